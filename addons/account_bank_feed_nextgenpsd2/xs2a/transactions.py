"""The standard's transactions as ours."""

from __future__ import annotations

import datetime
import json

from odoo.addons.account_bank_feed_connection.json_format import JsonFormat
from odoo.addons.account_bank_feed_connection.protocol.answers import decimal
from odoo.addons.bank_statement_format import Counterparty, Detail, Transaction

from .answers import number_of

NOT_GIVEN = ("NOTPROVIDED", "NOT PROVIDED")


class NextGenPsd2(JsonFormat):
    """Pages of ``GET …/transactions``."""

    name = "nextgenpsd2"
    label = "NextGenPSD2"
    recognised_by = "its name, which the connector writes"

    def transactions(self, page, content):
        own = content["account"]["iban"] or content["account"]["number"]
        report = page.get("transactions") or {}
        for booked, kind in ((True, "booked"), (False, "pending")):
            for each in report.get(kind) or ():
                yield self._transaction(each, booked, own, content)

    def _transaction(self, each, booked, own, content):
        amount = self._amount(each, own)
        parts = [part for part in each.get("entryDetails") or () if isinstance(part, dict)]
        if len(parts) == 1:
            each, parts = {**parts[0], **each}, []
        value_date = _date(each.get("valueDate"))
        day = _date(each.get("bookingDate")) or value_date
        if day is None and not booked:
            day = datetime.date.fromisoformat(content["end"])  # it is still to come
        if day is None:
            raise ValueError("a booked transaction without a day")
        return Transaction(
            booking_date=day,
            amount=amount,
            currency=each["transactionAmount"]["currency"],
            value_date=value_date,
            original_currency=_foreign(each),
            bank_reference=_reference_of_bank(each, booked),
            code=each.get("bankTransactionCode")
            or each.get("proprietaryBankTransactionCode")
            or None,
            booked=booked,
            details=tuple(self._detail(part, amount, own) for part in parts),
            raw=json.dumps(each, default=str, ensure_ascii=False, separators=(",", ":")),
            **_told(each, amount, own),
        )

    def _detail(self, part, amount, own):
        """A payment of a batch, in the batch's direction where it has no sign of its own."""
        size = decimal(part["transactionAmount"]["amount"])
        size = -abs(size) if amount < 0 else size
        return Detail(
            amount=size,
            currency=part["transactionAmount"]["currency"],
            **_told(part, size, own),
        )

    def _amount(self, each, own):
        return decimal(each["transactionAmount"]["amount"])


class Unsigned(NextGenPsd2):
    """The same of banks that tell the direction only by who is named."""

    name = "nextgenpsd2_unsigned"
    label = "NextGenPSD2, amounts without sign"

    def _amount(self, each, own):
        size = super()._amount(each, own)
        return -size if size > 0 and _is_debit(each, own) else size


FORMATS = {cls.name: cls() for cls in (NextGenPsd2, Unsigned)}


def _is_debit(each, own):
    """Whether it went out: to a creditor, or from our own account."""
    if any(number_of(each.get("debtorAccount"))):
        return _is_own(each.get("debtorAccount"), own)
    if any(number_of(each.get("creditorAccount"))):
        return not _is_own(each.get("creditorAccount"), own)
    return bool(each.get("creditorName")) and not each.get("debtorName")


def _told(each, amount, own):
    """What a transaction and a payment within it have in common."""
    structured, more = _structured(each)
    texts = [_text(each.get("remittanceInformationUnstructured"))]
    listed = [_text(text) for text in _list(each.get("remittanceInformationUnstructuredArray"))]
    texts += [text for text in listed if text not in texts]
    texts += [text for text in more if text not in texts]
    remittance = " ".join(filter(None, texts))
    return {
        "counterparty": _counterparty(each, amount, own),
        "remittance": remittance or _text(each.get("additionalInformation")),
        "reference": structured,
        "end_to_end_id": _given(each.get("endToEndId")),
        "mandate_id": _given(each.get("mandateId")),
        "creditor_id": _given(each.get("creditorId")),
    }


def _structured(each):
    """The payee's reference, and further ones; once they were texts, later objects."""
    rows = [each.get("remittanceInformationStructured")]
    rows += _list(each.get("remittanceInformationStructuredArray"))
    found = [_text(row.get("reference") if isinstance(row, dict) else row) for row in rows]
    found = list(dict.fromkeys(filter(None, map(_given, found))))
    return (found[0] if found else None), found[1:]


def _counterparty(each, amount, own):
    """The other side; our own account never is, whatever a bank names in a return."""
    sides = ("creditor", "debtor") if amount < 0 else ("debtor", "creditor")
    for side in sides:
        account = each.get(f"{side}Account")
        name = each.get(f"{side}Name") or each.get(f"ultimate{side.capitalize()}")
        number = next(filter(None, number_of(account)), None)
        if (name or number) and not _is_own(account, own):
            return Counterparty(name, number, each.get(f"{side}Agent"))
        if name and side == sides[0] and not number:
            return Counterparty(name, None, each.get(f"{side}Agent"))
    return Counterparty()


def _is_own(reference, own):
    number = next(filter(None, number_of(reference)), None)
    return bool(number) and _compact(number) == _compact(own)


def _compact(number):
    return "".join(str(number or "").split()).upper()


def _foreign(each):
    """The currency that was changed, where it is another than the transaction's."""
    booked = each["transactionAmount"]["currency"]
    for rate in _list(each.get("currencyExchange")):
        for name in ("sourceCurrency", "targetCurrency", "unitCurrency"):
            if rate.get(name) not in (None, booked):
                return rate[name]
    return None


def _reference_of_bank(each, booked):
    """What the bank calls it; a pending one gets another name when it is booked."""
    if not booked:
        return None
    return each.get("entryReference") or each.get("transactionId") or None


def _list(value):
    return value if isinstance(value, list) else [] if value is None else [value]


def _text(value):
    return " ".join(str(value or "").split())


def _given(text):
    return None if not text or text.upper() in NOT_GIVEN else text


def _date(text):
    return datetime.date.fromisoformat(text[:10]) if text else None
