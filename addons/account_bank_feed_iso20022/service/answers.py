"""What the documents say that a bank answers with."""

from __future__ import annotations

import datetime
from decimal import Decimal, InvalidOperation

from lxml import etree

from odoo.addons.account_bank_feed_connection.protocol import RemoteBalance, RetryLater

BOOKED = ("ITBD", "CLBD", "XPCD")
AVAILABLE = ("ITAV", "CLAV", "FWAV")
"""Types of balances, the first that is there counts. OPBD and the like are of a time past."""


def find(element, path):
    """The first element at a path of local names: every version has its own namespace."""
    return element.find("/".join(f"{{*}}{name}" for name in path.split("/")))


def text(element, path):
    found = find(element, path)
    return "" if found is None else (found.text or "").strip()


def as_file(document):
    """A Document that was taken out of its envelope, as bytes."""
    return etree.tostring(document, xml_declaration=True, encoding="UTF-8", with_tail=False)


def is_whole(document):
    """Whether the bank says that this page is the last; it is, where it says nothing of pages."""
    last = document.find("./{*}*/{*}GrpHdr/{*}MsgPgntn/{*}LastPgInd")
    return last is None or (last.text or "").strip() in ("true", "1")


def balances(document, account):
    """The balances in a report or statement of an account.

    :rtype: list[RemoteBalance]
    """
    found = {}
    for balance in document.iterfind("./{*}*/{*}*/{*}Bal"):
        kind = text(balance, "Tp/CdOrPrtry/Cd")
        amount = find(balance, "Amt")
        if amount is not None and account.currency in (None, amount.get("Ccy")):
            found.setdefault(kind, balance)
    return [
        _balance(kind, found[next(code for code in codes if code in found)])
        for kind, codes in (("booked", BOOKED), ("available", AVAILABLE))
        if found.keys() & set(codes)
    ]


def _balance(kind, element):
    amount = find(element, "Amt")
    sign = -1 if text(element, "CdtDbtInd") == "DBIT" else 1
    try:
        value = sign * Decimal((amount.text or "").strip())
    except InvalidOperation:
        raise RetryLater("A balance in the bank's answer is no number") from None
    return RemoteBalance(kind, value, amount.get("Ccy"), _moment(element))


def _moment(balance):
    """When it stood so; None where the bank gives a day only: then that is now."""
    said = text(balance, "Dt/DtTm")
    try:
        moment = datetime.datetime.fromisoformat(said)
    except ValueError:
        return None
    if moment.tzinfo:
        moment = moment.astimezone(datetime.UTC).replace(tzinfo=None)
    return moment
