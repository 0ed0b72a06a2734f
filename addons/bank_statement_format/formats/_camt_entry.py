"""One camt entry (``Ntry``), all versions, to one Transaction."""

from __future__ import annotations

import re
from decimal import Decimal

from ..identity import account_key
from ..types import Counterparty, Transaction
from ._shape import ShapeReader, Slot, View
from ._values import compact

CREDIT = {"CRDT": True, "DBIT": False}
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
    "NtryDtls/TxDtls": "part",
    "TxDtls": "part",
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

    After :meth:`read`, ``credit``, ``reversal`` and ``details_count`` tell about
    that entry; a debit of zero cannot be told by its amount.
    """

    def __init__(self):
        self._shapes = ShapeReader(_ENTRY, _DETAIL)
        self.credit = self.reversal = False
        self.details_count = 0

    def read(self, entry, where: str, own_key: str, currency: str | None) -> Transaction:
        """One transaction per entry, whatever the number of details below it.

        :param where: how errors call the entry, like ``Ntry[3]``
        :param own_key: the account's number as :func:`~..identity.account_key` gives it
        :param currency: what the entry must be in; None when not known yet
        :raises InvalidStatement: naming the element
        """
        raw, view, details = self._shapes.read(entry, where)
        self.details_count = len(details)
        self.reversal = view.text("reversal") in ("true", "1")
        slot = view.single("amount", "Amt")
        own_currency, size = view.currency(slot, currency), view.amount(slot)
        credit = self.credit = _is_credit(view)
        value_date = view.date("valued_on")
        booking_date = view.date("booked_on") or value_date
        if booking_date is None:
            raise view.missing("BookgDt")
        only = details[0] if len(details) == 1 else None
        original, original_currency = _original(view, only, size, own_currency)
        charges = only and _charges(only, own_currency)
        return Transaction(
            booking_date=booking_date,
            amount=size if credit else -size,
            currency=own_currency,
            value_date=value_date,
            original_amount=-original if original and not credit else original,
            original_currency=original_currency,
            charges=_charges(view, own_currency) if charges is None else charges,
            remittance=_remittance(view, details),
            bank_reference=_bank_reference(view, only),
            code=_code(view) or (only and _code(only)),
            booked=_is_booked(view),
            raw=raw,
            **_common([self._texts(detail, credit, own_key) for detail in details]),
        )

    def _texts(self, detail: View, credit: bool, own_key: str) -> dict:
        mandate = _given(detail.text("mandate"))
        # A returned payment keeps the parties of the original one, so the sides swap.
        other_is_debtor = credit != (self.reversal or "returned" in detail)
        return {
            "counterparty": _counterparty(detail, other_is_debtor, own_key),
            "reference": _given(detail.text("reference")),
            "end_to_end_id": _given(detail.text("end_to_end")),
            "mandate_id": mandate,
            "creditor_id": _creditor_id(detail, mandate),
        }


def _is_credit(view: View) -> bool:
    """The direction of an entry: ``CdtDbtInd`` as it stands.

    ISO 20022 lets it tell what the entry itself does to the account; ``RvslInd``
    adds that an earlier entry of the opposite direction is thereby undone.
    """
    slot = view.single("sign", "CdtDbtInd")
    credit = CREDIT.get(view.at(slot))
    if credit is None:
        raise view.refusal(slot, "The direction is unknown", "CRDT or DBIT")
    return credit


def _is_booked(view: View) -> bool:
    """What the bank says of the entry; required by every version of the standard.

    A bank's own status (``Prtry``) counts as booked only when it reads so; then
    the balances tell if that was wrong. A standard code that is unknown is refused.
    """
    text = view.text("status")
    if text is None:
        own = view.text("own_status")
        if own is None:
            raise view.missing("Sts")
        return _BOOKED.get(own.upper(), False)
    booked = _BOOKED.get(text)
    if booked is None:
        raise view.refusal(view.slots("status")[-1], "The status is unknown", " or ".join(_BOOKED))
    return booked


def _bank_reference(view: View, only: View | None) -> str | None:
    return (
        view.text("bank_reference")
        or view.text("entry_reference")
        or (only and only.text("bank_reference"))
    )


def _code(view: View) -> str | None:
    parts = [view.text("domain"), view.text("family"), view.text("subfamily")]
    return "-".join(filter(None, parts)) or view.text("own_code")


def _original(view: View, only: View | None, size: Decimal, currency: str):
    """Amount without sign, and currency, that the parties agreed on, where not the entry's.

    An amount in a foreign currency says more than one in the account's own, which
    is told only when it is what was instructed (so the rest is charges).
    """
    same = None
    for key in ("instructed", "transacted", "detail_amount", "countervalue"):
        source = only if only and key in only else view
        for slot in source.slots(key):
            own, amount = source.currency(slot), source.amount(slot)
            if own != currency and amount:
                return amount, own
            if same is None and key != "countervalue" and amount:
                same = amount
    return (None, None) if same in (None, size) else (same, currency)


def _charges(view: View, currency: str) -> Decimal | None:
    """What the bank kept, in the account's currency; negative when it gave; None for nothing."""
    totals = view.slots("charges_total")
    if len(totals) == 1 and totals[0].currency == currency:
        return view.amount(totals[0]) or None
    charges = Decimal(0)
    for slot in view.slots("charge"):
        if slot.currency == currency:
            amount = view.amount(slot)
            charges += -amount if _is_refund(view, slot) else amount
    return charges or None


def _is_refund(view: View, charge: Slot) -> bool:
    """Whether the direction that follows the amount, within the same record, is a credit."""
    signs = (sign for sign in view.slots("charge_sign") if sign.ordinal == charge.ordinal + 1)
    return any(view.at(sign) == "CRDT" for sign in signs)


def _remittance(view: View, details: list[View]) -> str:
    """What the payers wrote; where they wrote nothing, what the bank says."""
    texts = [text for detail in details if (text := _detail_remittance(detail))]
    if not texts:
        texts = [text for detail in details for text in detail.texts("info")]
    return " ".join(texts or view.texts("info"))


def _detail_remittance(detail: View) -> str:
    texts = detail.texts("unstructured")
    if "reference" in detail or "document" in detail or "structured_text" in detail:
        more = detail.texts("reference")[1:]
        more += detail.texts("document") + detail.texts("structured_text")
        texts += [text for text in more if text not in texts]
    return " ".join(texts)


def _counterparty(detail: View, other_is_debtor: bool, own_key: str) -> Counterparty:
    side, ours = ("debtor", "creditor") if other_is_debtor else ("creditor", "debtor")
    account = compact(detail.text(f"{side}_account"))
    other = compact(detail.text(f"{ours}_account"))
    nameless = not account and not detail.text(f"{side}_name")
    # Banks differ in whom they name in a return; our own account is never the other side.
    if (nameless or account_key(account) == own_key) and account_key(other) not in ("", own_key):
        side, account = ours, other
    return Counterparty(
        name=detail.text(f"{side}_name") or detail.text(f"{side}_ultimate"),
        iban=account,
        bic=detail.text(f"{side}_bic"),
    )


def _creditor_id(detail: View, mandate: str | None) -> str | None:
    """The SEPA creditor identifier; banks print it as the creditor's private id."""
    scheme = detail.text("scheme_id")
    if scheme:
        return scheme
    private = detail.text("creditor_private_id")
    return private if private and mandate and _CREDITOR_ID.fullmatch(private) else None


def _given(text: str | None) -> str | None:
    return None if text is None or text.upper() in _NOT_GIVEN else text


def _common(details: list[dict]) -> dict:
    """What all details of an entry agree on."""
    if len(details) < 2:
        return details[0] if details else {}
    first = details[0]
    return {key: value for key, value in first.items() if all(d[key] == value for d in details)}
