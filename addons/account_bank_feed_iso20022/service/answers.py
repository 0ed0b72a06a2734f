"""What the documents say that a bank answers with."""

from __future__ import annotations

import datetime

from lxml import etree

from odoo.addons.account_bank_feed_connection.protocol import RemoteBalance
from odoo.addons.account_bank_feed_connection.protocol.answers import as_described, decimal

BOOKED = ("ITBD", "CLBD")
AVAILABLE = ("ITAV", "CLAV", "FWAV", "XPCD")
"""Types of balances, the first that is there counts. OPBD and the like are of a time past."""
CLOSING = ("CLBD", "CLAV")
"""How it stands when the day is over."""


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
    with as_described("balances"):
        value = sign * decimal((amount.text or "").strip())
    return RemoteBalance(kind, value, amount.get("Ccy"), _moment(element) or _end_of_day(element))


def _moment(balance):
    """When it stood so, where the bank says more than the day."""
    try:
        moment = datetime.datetime.fromisoformat(text(balance, "Dt/DtTm"))
    except ValueError:
        return None
    if moment.tzinfo:
        moment = moment.astimezone(datetime.UTC).replace(tzinfo=None)
    return moment


def _end_of_day(balance):
    """The end of the day that it is of; None for today's, if it is not its last: that is now."""
    try:
        day = datetime.date.fromisoformat(text(balance, "Dt/Dt"))
    except ValueError:
        return None
    if day >= datetime.date.today() and text(balance, "Tp/CdOrPrtry/Cd") not in CLOSING:
        return None
    return datetime.datetime.combine(day, datetime.time(23, 59, 59))
