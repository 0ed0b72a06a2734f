"""One camt entry (``Ntry``), all versions, to one Transaction."""

from __future__ import annotations

import re
from decimal import Decimal

from lxml import etree

from ..errors import InvalidStatement
from ..identity import account_key
from ..types import Counterparty, Transaction
from ._values import compact, is_currency
from ._xml import (
    Found,
    Paths,
    all_texts,
    date_of,
    first_text,
    local_name,
    missing,
    refusal,
    single,
    unsigned_amount,
)

_CREDIT = {"CRDT": True, "DBIT": False}
_BOOKED = {"BOOK": True, "PDNG": False, "INFO": False, "FUTR": False}
_NOT_GIVEN = {"NOTPROVIDED", "NOT PROVIDED"}
_CREDITOR_ID = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{3}[A-Za-z0-9+?/:().,'-]{1,28}")

_CODE = {
    "BkTxCd/Domn/Cd": "domain",
    "BkTxCd/Domn/Fmly/Cd": "family",
    "BkTxCd/Domn/Fmly/SubFmlyCd": "subfamily",
    "BkTxCd/Prtry/Cd": "own_code",
}
_AMOUNTS = {
    "AmtDtls/InstdAmt/Amt": "instructed",
    "AmtDtls/TxAmt/Amt": "transacted",
    "AmtDtls/CntrValAmt/Amt": "countervalue",
    # Up to version 3 a charge is an element of its own, later a record.
    "Chrgs/TtlChrgsAndTaxAmt": "charges_total",
    "Chrgs/Amt": "charge",
    "Chrgs/CdtDbtInd": "charge_sign",
    "Chrgs/Rcrd/Amt": "charge",
    "Chrgs/Rcrd/CdtDbtInd": "charge_sign",
}
_ENTRY = {
    "Amt": "amount",
    "CdtDbtInd": "sign",
    "RvslInd": "reversal",
    "Sts": "status",
    "Sts/Cd": "status",
    "Sts/Prtry": "own_status",
    "BookgDt/Dt": "booked_on",
    "BookgDt/DtTm": "booked_on",
    "ValDt/Dt": "valued_on",
    "ValDt/DtTm": "valued_on",
    "AcctSvcrRef": "bank_reference",
    "NtryRef": "entry_reference",
    "AddtlNtryInf": "info",
    "NtryDtls/TxDtls": "details",
    "TxDtls": "details",
    **_CODE,
    **_AMOUNTS,
}
_DETAIL = {
    "Refs/AcctSvcrRef": "bank_reference",
    "Refs/EndToEndId": "end_to_end",
    "Refs/MndtId": "mandate",
    "Amt": "detail_amount",
    "RmtInf/Ustrd": "unstructured",
    "RmtInf/Strd/CdtrRefInf/Ref": "reference",
    "RmtInf/Strd/CdtrRefInf/CdtrRef": "reference",
    "RmtInf/Strd/RfrdDocInf/Nb": "document",
    "RmtInf/Strd/RfrdDocInf/RfrdDocNb": "document",
    "RmtInf/Strd/AddtlRmtInf": "structured_text",
    "RltdPties/CdtrSchmeId/Id/PrvtId/Othr/Id": "scheme_id",
    "RtrInf": "returned",
    "AddtlTxInf": "info",
    **_CODE,
    **_AMOUNTS,
}
_SIDES = {"Dbtr": "debtor", "Cdtr": "creditor"}


def _side_paths(tag: str, side: str) -> dict[str, str]:
    """The paths of one party. Newer versions wrap it in ``Pty`` or make it an agent."""
    paths = {}
    for wrapper in ("", "Pty/"):
        paths[f"RltdPties/{tag}/{wrapper}Nm"] = f"{side}_name"
        paths[f"RltdPties/Ultmt{tag}/{wrapper}Nm"] = f"{side}_ultimate"
        paths[f"RltdPties/{tag}/{wrapper}Id/PrvtId/Othr/Id"] = f"{side}_private_id"
    paths[f"RltdPties/{tag}/Agt/FinInstnId/Nm"] = f"{side}_name"
    for kind in ("IBAN", "Othr/Id", "BBAN", "UPIC", "PrtryAcct/Id"):
        paths[f"RltdPties/{tag}Acct/Id/{kind}"] = f"{side}_account"
    for kind in ("BIC", "BICFI", "CmbndId/BIC"):
        paths[f"RltdAgts/{tag}Agt/FinInstnId/{kind}"] = f"{side}_bic"
    return paths


for _tag, _side in _SIDES.items():
    _DETAIL.update(_side_paths(_tag, _side))


class EntryReader:
    """Reads the entries of one document.

    After :meth:`read`, ``details_count`` and ``reversal`` tell about that entry.
    """

    def __init__(self):
        self._entry_paths = Paths(_ENTRY)
        self._detail_paths = Paths(_DETAIL)
        self.details_count = 0
        self.reversal = False

    def read(self, entry, where: str, own_key: str, currency: str | None) -> Transaction:
        """One transaction per entry, whatever the number of details below it.

        :param where: how errors call the entry, like ``Ntry[3]``
        :param own_key: the account's number as :func:`~..identity.account_key` gives it
        :param currency: what the entry must be in; None when not known yet
        :raises InvalidStatement: naming the element
        """
        found = self._entry_paths.collect(entry)
        details = [self._detail_paths.collect(element) for element in found.get("details", ())]
        self.details_count = len(details)
        self.reversal = first_text(found, "reversal") in ("true", "1")
        element = single(found, "amount", entry, f"{where}/Amt")
        own_currency = currency_of(element, f"{where}/Amt", currency)
        size = unsigned_amount(element, f"{where}/Amt")
        credit = is_credit(found, entry, where)
        value_date = _entry_date(found, "valued_on", f"{where}/ValDt")
        booking_date = _entry_date(found, "booked_on", f"{where}/BookgDt") or value_date
        if booking_date is None:
            raise missing(entry, f"{where}/BookgDt")
        only = details[0] if len(details) == 1 else {}
        original, original_currency = _original(found, only, size, own_currency, where)
        return Transaction(
            booking_date=booking_date,
            amount=size if credit else -size,
            currency=own_currency,
            value_date=value_date,
            original_amount=-original if original and not credit else original,
            original_currency=original_currency,
            charges=_charges(only, own_currency, where) or _charges(found, own_currency, where),
            remittance=_remittance(details, found),
            bank_reference=_bank_reference(found, only),
            code=_code(found) or _code(only),
            booked=_is_booked(found, entry, where),
            raw=etree.tostring(entry, encoding="unicode", with_tail=False),
            **_common([self._texts(detail, credit, own_key) for detail in details]),
        )

    def _texts(self, detail: Found, credit: bool, own_key: str) -> dict:
        mandate = _given(first_text(detail, "mandate"))
        # A returned payment keeps the parties of the original one, so the sides swap.
        other_is_debtor = credit != (self.reversal or "returned" in detail)
        return {
            "counterparty": _counterparty(detail, other_is_debtor, own_key),
            "reference": _given(first_text(detail, "reference")),
            "end_to_end_id": _given(first_text(detail, "end_to_end")),
            "mandate_id": mandate,
            "creditor_id": _creditor_id(detail, mandate),
        }


def is_credit(found: Found, parent, where: str) -> bool:
    """The direction of an amount: ``CdtDbtInd`` as it stands.

    ISO 20022 lets it tell what the entry itself does to the account; ``RvslInd``
    adds that an earlier entry of the opposite direction is thereby undone.
    """
    element = single(found, "sign", parent, f"{where}/CdtDbtInd")
    text = (element.text or "").strip()
    if text not in _CREDIT:
        raise refusal("The direction is unknown", element, f"{where}/CdtDbtInd", "CRDT or DBIT")
    return _CREDIT[text]


def currency_of(element, where: str, expected: str | None = None) -> str:
    """The currency of an amount element.

    :param expected: the only currency that is accepted, if any
    """
    currency = element.get("Ccy")
    if is_currency(currency) and expected in (None, currency):
        return currency
    raise InvalidStatement(
        "The amount is in another currency than the account"
        if is_currency(currency)
        else "The amount has no currency",
        line=element.sourceline,
        element=f"{where}/@Ccy",
        expected=expected or "three capital letters",
        found=currency or "",
    )


def _entry_date(found: Found, key: str, where: str):
    elements = found.get(key)
    return date_of(elements[0], where) if elements else None


def _is_booked(found: Found, entry, where: str) -> bool:
    """What the bank says of the entry; required by every version of the standard.

    A bank's own status (``Prtry``) counts as booked only when it reads so; then
    the balances tell if that was wrong. A standard code that is unknown is refused.
    """
    text = first_text(found, "status")
    if text is None and "own_status" in found:
        return _BOOKED.get((first_text(found, "own_status") or "").upper(), False)
    if text is None:
        raise missing(entry, f"{where}/Sts")
    if text not in _BOOKED:
        element = found["status"][-1]
        raise refusal("The status is unknown", element, f"{where}/Sts", ", ".join(_BOOKED))
    return _BOOKED[text]


def _bank_reference(found: Found, only: Found) -> str | None:
    return (
        first_text(found, "bank_reference")
        or first_text(found, "entry_reference")
        or first_text(only, "bank_reference")
    )


def _code(found: Found) -> str | None:
    parts = [first_text(found, key) for key in ("domain", "family", "subfamily")]
    return "-".join(filter(None, parts)) or first_text(found, "own_code")


def _original(found: Found, only: Found, size: Decimal, currency: str, where: str):
    """Amount without sign, and currency, that the parties agreed on, where not the entry's.

    An amount in a foreign currency says more than one in the account's own, which
    is told only when it is what was instructed (so the rest is charges).
    """
    same = None
    for key in ("instructed", "transacted", "detail_amount", "countervalue"):
        for element in only.get(key) or found.get(key, ()):
            path = f"{where}/{local_name(element.getparent())}/Amt"
            own, amount = currency_of(element, path), unsigned_amount(element, path)
            if own != currency and amount:
                return amount, own
            if same is None and key != "countervalue" and amount:
                same = amount
    return (None, None) if same in (None, size) else (same, currency)


def _charges(found: Found, currency: str, where: str) -> Decimal | None:
    """What the bank kept, in the account's currency; negative when it gave; None for nothing."""
    totals = found.get("charges_total", ())
    if len(totals) == 1 and totals[0].get("Ccy") == currency:
        return unsigned_amount(totals[0], f"{where}/TtlChrgsAndTaxAmt") or None
    charges = Decimal(0)
    for element in found.get("charge", ()):
        if element.get("Ccy") == currency:
            amount = unsigned_amount(element, f"{where}/Chrgs/Amt")
            charges += -amount if _is_returned(element) else amount
    return charges or None


def _is_returned(charge) -> bool:
    return any(
        local_name(sibling) == "CdtDbtInd" and (sibling.text or "").strip() == "CRDT"
        for sibling in charge.itersiblings()
    )


def _remittance(details: list[Found], found: Found) -> str:
    """What the payers wrote; where they wrote nothing, what the bank says."""
    texts = [text for detail in details if (text := _detail_remittance(detail))]
    if not texts:
        texts = [text for detail in details for text in all_texts(detail, "info")]
    return " ".join(texts or all_texts(found, "info"))


def _detail_remittance(detail: Found) -> str:
    texts = all_texts(detail, "unstructured")
    structured = all_texts(detail, "reference")[1:]
    structured += all_texts(detail, "document") + all_texts(detail, "structured_text")
    return " ".join(texts + [text for text in structured if text not in texts])


def _counterparty(detail: Found, other_is_debtor: bool, own_key: str) -> Counterparty:
    side, ours = ("debtor", "creditor") if other_is_debtor else ("creditor", "debtor")
    account = compact(first_text(detail, f"{side}_account"))
    other = compact(first_text(detail, f"{ours}_account"))
    # Banks differ in whom they name in a return; our own account is never the other side.
    if other and account_key(other) != own_key and (not account or account_key(account) == own_key):
        if account or not first_text(detail, f"{side}_name"):
            side, account = ours, other
    return Counterparty(
        name=first_text(detail, f"{side}_name") or first_text(detail, f"{side}_ultimate"),
        iban=account,
        bic=first_text(detail, f"{side}_bic"),
    )


def _creditor_id(detail: Found, mandate: str | None) -> str | None:
    """The SEPA creditor identifier; banks print it as the creditor's private id."""
    scheme = first_text(detail, "scheme_id")
    if scheme:
        return scheme
    private = first_text(detail, "creditor_private_id")
    return private if private and mandate and _CREDITOR_ID.fullmatch(private) else None


def _given(text: str | None) -> str | None:
    return None if text is None or text.upper() in _NOT_GIVEN else text


def _common(details: list[dict]) -> dict:
    """What all details of an entry agree on."""
    if not details:
        return {}
    first = details[0]
    return {key: value for key, value in first.items() if all(d[key] == value for d in details)}
