"""Raiffeisenbank CZ, Premium API: JSON over mutual TLS.

As described by its OpenAPI document, version 1.1.20240910, at
https://developers.rb.cz/premium/documentation/01rbczpremiumapi
"""

from __future__ import annotations

import datetime
import json
import time
import uuid
from decimal import Decimal

import pytz

from odoo.addons.account_bank_feed_connection.json_format import JsonFormat
from odoo.addons.account_bank_feed_connection.protocol import (
    NotAuthorised,
    PeriodTooLong,
    RateLimited,
    RetryLater,
)
from odoo.addons.account_bank_feed_connection.protocol.http import (
    BankSession,
    as_json,
    retry_after,
)
from odoo.addons.bank_statement_format import Counterparty, Transaction

ADDRESS = "https://api.rb.cz/rbcz/premium/api/"
HISTORY = 89
"""Days that are given: nothing older than 90, and days end at different hours."""
DAY_IS_SPENT = 3600
"""Seconds to wait when the requests of a day are used up; the day slides."""
PRAGUE = pytz.timezone("Europe/Prague")


class RbSession(BankSession):
    """
    :param client_id: our application's, from the bank's developer portal
    """

    def __init__(self, client_id, base=None, **options):
        if not client_id:
            raise NotAuthorised("The bank wants the application's client id")
        headers = {"X-IBM-Client-Id": client_id, "Accept": "application/json"}
        super().__init__(base or ADDRESS, headers=headers, **options)

    def request(self, method, path, **kwargs):
        headers = {"X-Request-Id": str(uuid.uuid4()), **kwargs.pop("headers", {})}
        response = super().request(method, path, headers=headers, **kwargs)
        if response.headers.get("X-RateLimit-Remaining-Second", "").strip() == "0":
            time.sleep(1)
        return response

    def pages(self, path, last, **params):
        """The answers of all pages: their bodies, and what is in them.

        :param str last: the name under which a page says that it is the last
        """
        number, former = 1, None
        while True:
            response = self.get(path, params={**params, "page": number})
            if response.status_code == 204:
                return
            if response.content == former:
                raise RetryLater("The bank gives the same page again and again", payload=former)
            page = as_json(response)
            if not isinstance(page, dict):
                raise RetryLater("The bank's answer is no page", payload=response.content)
            yield response.content, page
            if page.get(last):
                return
            number, former = number + 1, response.content

    def check(self, response):
        if response.status_code < 400:
            super().check(response)
            return
        status, body = response.status_code, response.content
        code, said = _error(response)
        what = " ".join(filter(None, (f"{self._host} answers {status}:", code, said)))[:300]
        if status == 400 and code == "DT01":
            earliest = datetime.date.today() - datetime.timedelta(days=HISTORY)
            raise PeriodTooLong(what, earliest, body)
        if status == 401:
            # The bank blocks every certificate once a year, until a person unblocks it there.
            raise NotAuthorised(f"{what}. Perhaps the certificate must be unblocked", body)
        if status == 429:
            raise RateLimited(what, _wait(response), body)
        super().check(response)


def _error(response):
    try:
        error = json.loads(response.content)
        return error.get("error") or "", error.get("error_description") or ""
    except (ValueError, AttributeError):
        return "", response.reason or ""


def _wait(response):
    said = retry_after(response)
    if said is not None:
        return said
    if response.headers.get("X-RateLimit-Remaining-Day", "").strip() == "0":
        return DAY_IS_SPENT
    reset = response.headers.get("RateLimit-Reset", "").strip()
    return float(reset) if reset.isdecimal() else 1


class RbFormat(JsonFormat):
    """Pages of transactions. All are booked: the bank has no pending ones here."""

    name = "rb_premium"
    label = "Raiffeisenbank CZ, Premium API"
    recognised_by = "the connector tells"

    def transactions(self, page, content):
        for entry in page.get("transactions") or ():
            yield _transaction(entry)


def _transaction(entry):
    details = (entry.get("entryDetails") or {}).get("transactionDetails") or {}
    remittance = details.get("remittanceInformation") or {}
    symbols = remittance.get("creditorReferenceInformation") or {}
    currency = entry["amount"]["currency"]
    amount = abs(Decimal(entry["amount"]["value"]))
    original, original_currency = _original(details, currency)
    booked = _day(entry.get("bookingDate") or entry["valueDate"])
    return Transaction(
        booking_date=booked,
        amount=-amount if entry["creditDebitIndication"] == "DBIT" else amount,
        currency=currency,
        value_date=_day(entry["valueDate"]) if entry.get("valueDate") else booked,
        original_amount=original,
        original_currency=original_currency,
        counterparty=_counterparty(details),
        remittance=_remittance(remittance),
        reference=symbols.get("variable") or None,
        end_to_end_id=(details.get("references") or {}).get("endToEndIdentification") or None,
        bank_reference=str(entry["entryReference"]),
        code=(entry.get("bankTransactionCode") or {}).get("code") or None,
        raw=json.dumps(entry, ensure_ascii=False, default=str),
    )


def _original(details, currency):
    instructed = details.get("instructedAmount") or {}
    if not instructed or instructed["currency"] == currency:
        return None, None
    return abs(Decimal(instructed["value"])), instructed["currency"]


def _counterparty(details):
    party = (details.get("relatedParties") or {}).get("counterParty") or {}
    bank = party.get("organisationIdentification") or {}
    account = party.get("account") or {}
    number = "-".join(
        part
        for part in (account.get("accountNumberPrefix"), account.get("accountNumber"))
        if part and part.strip("0")
    )
    if number and bank.get("bankCode"):
        number = f"{number}/{bank['bankCode']}"
    return Counterparty(
        name=party.get("name") or None,
        iban=account.get("iban") or number or None,
        bic=bank.get("bicOrBei") or None,
    )


def _remittance(remittance):
    """What the parties wrote, each text once, and the symbols that Czech payments carry."""
    texts = (remittance.get("unstructured"), remittance.get("originatorMessage"))
    return " ".join(dict.fromkeys(filter(None, texts)))


def _day(text):
    """The day in Prague of a date, or of a moment."""
    moment = datetime.datetime.fromisoformat(text)
    return (moment.astimezone(PRAGUE) if moment.tzinfo else moment).date()
