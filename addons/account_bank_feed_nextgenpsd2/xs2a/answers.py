"""Accounts, balances and consents, as banks answer."""

from __future__ import annotations

import datetime

from odoo.addons.account_bank_feed_connection.protocol import (
    Consent,
    Permanent,
    RemoteAccount,
    RemoteBalance,
    RetryLater,
)
from odoo.addons.account_bank_feed_connection.protocol.answers import as_described, decimal

STATES = {
    "valid": "valid",
    "received": "waiting",
    "partiallyAuthorised": "waiting",
    "expired": "expired",
    "rejected": "revoked",
    "revokedByPsu": "revoked",
    "terminatedByTpp": "revoked",
}
BALANCES = {
    "booked": ("interimbooked", "itbd", "closingbooked", "clbd", "openingbooked", "opbd"),
    "available": (
        "interimavailable",
        "itav",
        "closingavailable",
        "clav",
        "forwardavailable",
        "fwav",
        "expected",
        "xpcd",
    ),
}
"""Which of the bank's balances counts, the best first; some name them as ISO 20022 does."""
SEVERAL = "XXX"
"""The currency of an account that has several."""


def link(body, name):
    """The address of a link, or None."""
    links = body.get("_links") if isinstance(body, dict) else None
    found = links.get(name) if isinstance(links, dict) else None
    return found.get("href") if isinstance(found, dict) else found or None


def number_of(reference):
    """IBAN, and number where there is none, of an account's reference."""
    reference = reference or {}
    other = reference.get("other") or {}
    own = reference.get("bban") or other.get("identification") or reference.get("maskedPan")
    return reference.get("iban"), None if reference.get("iban") else own


def accounts(body):
    """The accounts, and how the bank wants each to be named at present.

    That name may be another with every consent. So an account's id is its number and currency.

    :return: id -> name, and the list of :class:`RemoteAccount`
    """
    names, found = {}, []
    with as_described("accounts"):
        for each in _rows(body, "accounts"):
            if each.get("status") != "deleted":
                account = _account(each)
                names[account.id] = each["resourceId"]
                found.append(account)
    return names, found


def _account(each):
    iban, number = number_of(each)
    currency = each.get("currency")
    currency = None if currency == SEVERAL else currency
    key = " ".join(filter(None, (iban or number, currency))) if iban or number else None
    return RemoteAccount(
        id=key or each["resourceId"],
        iban=iban,
        number=number,
        currency=currency,
        name=each.get("displayName") or each.get("name") or each.get("product"),
    )


def balances(body, account):
    """The best booked and available balance of an account."""
    known = {}
    with as_described("balances"):
        for each in _rows(body, "balances"):
            if account.currency in (None, each["balanceAmount"].get("currency")):
                known.setdefault(str(each.get("balanceType")).lower(), each)
        for kind, names in BALANCES.items():
            best = next((known[name] for name in names if name in known), None)
            if best:
                yield _balance(kind, best)


def _balance(kind, each):
    told = each["balanceAmount"]
    return RemoteBalance(kind, decimal(told["amount"]), told["currency"], _as_of(each))


def _as_of(each):
    if each.get("lastChangeDateTime"):
        return _utc(each["lastChangeDateTime"])
    closed = str(each.get("balanceType")).lower() in ("closingbooked", "clbd")
    return _end_of(each.get("referenceDate")) if closed else None


def consent(body):
    """
    :rtype: Consent
    """
    with as_described("consents"):
        state = STATES.get(body.get("consentStatus"))
    if not state:
        raise Permanent(f"The consent is {body.get('consentStatus')}")
    return Consent(state, _end_of(body.get("validUntil")))


def _rows(body, name):
    rows = body.get(name) if isinstance(body, dict) else None
    if not isinstance(rows, list):
        raise RetryLater(f"The bank's answer has no {name}")
    return rows


def _utc(text):
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo:
        moment = moment.astimezone(datetime.UTC)
    return moment.replace(tzinfo=None, microsecond=0)


def _end_of(text):
    try:
        day = datetime.date.fromisoformat(text or "")
    except ValueError:
        return None
    return datetime.datetime.combine(day, datetime.time(23, 59, 59))
