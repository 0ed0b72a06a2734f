"""Fio banka's API: a file of a period, for whoever has the account's token.

As in the bank's manual, https://www.fio.cz/docs/cz/API_Bankovnictvi.pdf, and in the messages that
users have reported (https://github.com/Ubiquiti-App/UCRM-plugins/issues/305). The token is a part
of the address, so the address is a secret.
"""

from __future__ import annotations

import datetime
import re
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal

from odoo.addons.account_bank_feed_connection.protocol import (
    ConnectorError,
    NotAuthorised,
    PeriodTooLong,
    Permanent,
    RateLimited,
    RetryLater,
)
from odoo.addons.account_bank_feed_connection.protocol.answers import as_described, decimal
from odoo.addons.account_bank_feed_connection.protocol.http import BankSession, scrubbed
from odoo.addons.account_bank_feed_connection.protocol.xml import parse_xml

ADDRESS = "https://fioapi.fio.cz/v1/rest/"
PAUSE = 30
"""Seconds between two requests with one token."""
HISTORY = 90
"""Days that are given without a person's authorisation in the internet banking."""

_TOKEN = re.compile(r"[A-Za-z0-9]{64}")
_CZECH_DAY = re.compile(r"\(od (\d{1,2})\.(\d{1,2})\.(\d{4})\)")


class TooMany(Permanent):
    """More transactions than the bank gives at once: 50,000."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A period as the bank gave it, and what is at its top."""

    content: bytes
    iban: str | None
    number: str
    currency: str | None
    closing: Decimal | None


class FioSession(BankSession):
    """One account, by its token."""

    def __init__(self, token, base=None, **options):
        if not _TOKEN.fullmatch(token or ""):
            raise NotAuthorised("A token of Fio banka has 64 letters and digits")
        super().__init__(base or ADDRESS, **options)
        self._secret = token

    def statement(self, period):
        """
        :rtype: Statement
        :raises TooMany: when the period has to be shorter
        """
        path = f"periods/{self._secret}/{period.start}/{period.end}/transactions.xml"
        try:
            return _read(self.get(path).content)
        except ConnectorError as error:
            raise scrubbed(error, self._secret) from None

    def check(self, response):
        status, body = response.status_code, response.content
        what = f"{self._host} answers {status}"
        if status == 409:
            raise RateLimited(f"{what}: one request in {PAUSE} seconds", PAUSE, body)
        if status == 413:
            raise TooMany(f"{what}: too many transactions at once", body)
        if status == 422:
            text = f"{what}: older days only after authorisation in the internet banking"
            raise PeriodTooLong(text, _earliest(body), body)
        if status == 500:
            # Its manual says so: a token that does not exist, or not yet, looks like this too.
            raise RetryLater(f"{what}: it is out of order, or the token is not valid", payload=body)
        super().check(response)


def _earliest(body):
    """The day that the bank names; else what its manual says."""
    found = _CZECH_DAY.search(body.decode("utf-8", "replace"))
    with suppress(ValueError):
        if found:
            return datetime.date(*map(int, reversed(found.groups())))
    return datetime.date.today() - datetime.timedelta(days=HISTORY)


def _read(content):
    root = parse_xml(content)
    if root.tag != "AccountStatement":
        said = root.findtext(".//message") or root.tag
        raise Permanent(f"The bank gives no statement but says: {said}"[:300], content)
    number = _text(root, "accountId") or _text(root, "iban")
    if not number:
        raise Permanent("The bank's statement does not say of which account it is", content)
    return Statement(
        content,
        iban=_text(root, "iban"),
        number=number,
        currency=_text(root, "currency"),
        closing=_amount(_text(root, "closingBalance")),
    )


def _text(root, name):
    return (root.findtext(f"Info/{name}") or "").strip() or None


def _amount(text):
    with as_described("balances"):
        return text and decimal(text)
