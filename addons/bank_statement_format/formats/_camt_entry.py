"""One camt entry (``Ntry``), all versions, to one Transaction."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from ..identity import account_key
from ..messages import _
from ..types import Counterparty, Date, Detail, Transaction
from ._shape import Fragment, ShapeReader, Slot, View
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
_RETURN = {
    "RtrInf": "returned",
    "RtrInf/Rsn/Cd": "return_reason",
    "RtrInf/Rsn/Prtry": "return_reason",
    "RtrInf/RtrRsn/Cd": "return_reason",
    "RtrInf/RtrRsn/Prtry": "return_reason",
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
    "Refs/UETR": "universal_id",
    "Refs/EndToEndId": "end_to_end",
    "Refs/MndtId": "mandate",
    "Amt": "detail_amount",
    "CdtDbtInd": "sign",
    "RmtInf/Ustrd": "unstructured",
    "RmtInf/Strd/CdtrRefInf/Ref": "reference",
    "RmtInf/Strd/CdtrRefInf/CdtrRef": "reference",
    "RmtInf/Strd/RfrdDocInf/Nb": "document",
    "RmtInf/Strd/RfrdDocInf/RfrdDocNb": "document",
    "RmtInf/Strd/AddtlRmtInf": "structured_text",
    "RltdPties/CdtrSchmeId/Id/PrvtId/Othr/Id": "scheme_id",
    "AddtlTxInf": "info",
    **_RETURN,
    **_CODE,
    **_AMOUNTS,
}
_AGREED = ("instructed", "transacted", "detail_amount", "countervalue")
_AGREED_KEYS = frozenset(_AGREED)
_STRUCTURED = {"reference", "document", "structured_text"}
_SIDES = {"Dbtr": "debtor", "Cdtr": "creditor"}
_NAME, _ULTIMATE, _ACCOUNT, _BIC = (
    {side: f"{side}_{what}" for side in _SIDES.values()}
    for what in ("name", "ultimate", "account", "bic")
)


def _side_paths(tag: str, side: str) -> dict[str, str]:
    """The paths of one party. Newer versions wrap it in ``Pty`` or make it an agent."""
    paths = {}
    for wrapper in ("", "Pty/"):
        paths[f"RltdPties/{tag}/{wrapper}Nm"] = f"{side}_name"
        paths[f"RltdPties/Ultmt{tag}/{wrapper}Nm"] = f"{side}_ultimate"
        for kind in ("PrvtId", "OrgId"):
            paths[f"RltdPties/{tag}/{wrapper}Id/{kind}/Othr/Id"] = f"{side}_id"
    paths[f"RltdPties/{tag}/Agt/FinInstnId/Nm"] = f"{side}_name"
    for kind in ("BIC", "BICFI"):
        paths[f"RltdPties/{tag}/Agt/FinInstnId/{kind}"] = f"{side}_bic"
    for kind in ("IBAN", "Othr/Id", "BBAN", "UPIC", "PrtryAcct/Id"):
        paths[f"RltdPties/{tag}Acct/Id/{kind}"] = f"{side}_account"
    for kind in ("BIC", "BICFI", "CmbndId/BIC"):
        paths[f"RltdAgts/{tag}Agt/FinInstnId/{kind}"] = f"{side}_bic"
    return paths


for _tag, _side in _SIDES.items():
    _DETAIL.update(_side_paths(_tag, _side))


@dataclass(slots=True)
class EntryContext:
    """What the statement around an entry says.

    :ivar closed: whether the bank has closed it
    :ivar day_of: gives the day of entries that tell none, by whether they are booked
    :ivar own_key: the account's number as :func:`~..identity.account_key` gives it
    :ivar currency: what the entries must be in; None when not known yet
    """

    closed: bool
    day_of: Callable[[bool], Date | None]
    own_key: str = ""
    currency: str | None = None


class EntryReader:
    """Reads the entries of one document.

    After :meth:`read`, ``credit``, ``reversal`` and ``details_count`` tell about
    that entry; a debit of zero cannot be told by its amount.
    """

    def __init__(self):
        self.shapes = ShapeReader(_ENTRY, _DETAIL)
        self.credit = self.reversal = False
        self.details_count = 0

    def read(self, fragment: Fragment, where: str, context: EntryContext) -> Transaction:
        """One transaction per entry, whatever the number of payments below it.

        :param where: how errors call the entry, like ``Ntry[3]``
        :raises InvalidStatement: naming the element
        """
        entry = View(fragment.shape.level, fragment, where)
        payments = [View(level, fragment, where) for level in fragment.shape.parts]
        self.details_count = len(payments)
        self.reversal = entry.found.get("reversal") in ("true", "1")
        credit = self.credit = _is_credit(entry, entry.single("sign", "CdtDbtInd"))
        booked = _is_booked(entry, context)
        only = payments[0] if len(payments) == 1 else None
        view, slot = entry, entry.single("amount", "Amt")
        if booked and context.currency not in (None, slot.currency):
            view, slot = _countervalue(entry, only, context.currency) or (view, slot)
        # What is only announced may be in another currency than the account still.
        currency = entry.currency(slot, context.currency if booked else None)
        size = view.amount(slot)
        value_date = entry.date("valued_on")
        booking_date = entry.date("booked_on") or value_date or _undated(entry, booked, context)
        original, original_currency = _original(entry, only, size, currency)
        charges = only and _charges(only, currency)
        known = [self._known(payment, credit, context.own_key) for payment in payments]
        common = _agreed(known)
        bank_reference, code = common.pop("bank_reference", None), common.pop("code", None)
        return Transaction(
            booking_date=booking_date,
            amount=size if credit else -size,
            currency=currency,
            value_date=value_date,
            original_amount=-original if original and not credit else original,
            original_currency=original_currency,
            charges=_charges(entry, currency) if charges is None else charges,
            remittance=_remittance(entry, payments),
            bank_reference=_bank_reference(entry) or bank_reference,
            code=_code(entry.found) or code,
            booked=booked,
            details=() if len(payments) < 2 else self._details(payments, known, currency),
            raw=fragment.raw,
            **common,
        )

    def _details(
        self, payments: list[View], known: list[dict], currency: str
    ) -> tuple[Detail, ...]:
        """The payments of a batch, in the entry's direction where they tell none."""
        return tuple(
            _detail(payment, fields, _direction(payment, self.credit), currency)
            for payment, fields in zip(payments, known, strict=True)
        )

    def _known(self, payment: View, credit: bool, own_key: str) -> dict:
        """What a payment says that a transaction can say just as well."""
        found = payment.found
        mandate = _given(found.get("mandate"))
        # A returned payment keeps the parties of the original one, so the sides swap.
        swapped = self.reversal or "returned" in found
        other_is_debtor = _direction(payment, credit) != swapped
        return {
            "counterparty": _counterparty(found, other_is_debtor, own_key),
            "reference": _given(found.get("reference")),
            "end_to_end_id": _given(found.get("end_to_end")),
            "mandate_id": mandate,
            "creditor_id": _creditor_id(found, mandate),
            "bank_reference": found.get("bank_reference") or found.get("universal_id") or None,
            "code": _code(found),
            "return_reason": found.get("return_reason") or None,
        }


def _detail(payment: View, known: dict, credit: bool, currency: str) -> Detail:
    size = _own_amount(payment, currency)
    original, original_currency = _original(payment, None, size, currency)
    return Detail(
        amount=size if credit or size is None else -size,
        currency=None if size is None else currency,
        original_amount=-original if original and not credit else original,
        original_currency=original_currency,
        charges=_charges(payment, currency),
        remittance=" ".join(_payer_texts(payment) or payment.texts("info")),
        **known,
    )


def _countervalue(entry: View, only: View | None, currency: str) -> tuple[View, Slot] | None:
    """Where an entry whose amount is foreign tells the one that moved the account.

    Some banks put the payment's currency where the standard wants the account's. The
    other amount stands below it; that the balances fit is what proves it.

    :param only: the one payment of the entry
    """
    told = {}
    for view in filter(None, (only, entry)):
        for slot in (slot for key in _AGREED for slot in view.slots(key)):
            if slot.currency == currency:
                told.setdefault(view.amount(slot), (view, slot))
    return next(iter(told.values())) if len(told) == 1 else None


def _own_amount(payment: View, currency: str) -> Decimal | None:
    """What the payment moved, without sign, in the account's currency, where it tells that."""
    for key in ("detail_amount", "transacted", "countervalue", "instructed"):
        for slot in payment.slots(key):
            if slot.currency == currency:
                return payment.amount(slot)
    return None


def _direction(payment: View, credit: bool) -> bool:
    """Whether a payment is a credit: as it says itself, or else as its entry is."""
    if payment.found.get("sign"):
        return _is_credit(payment, payment.single("sign", "CdtDbtInd"))
    return credit


def _is_credit(view: View, slot: Slot) -> bool:
    """The direction of an entry or payment: ``CdtDbtInd`` as it stands.

    ISO 20022 lets it tell what the entry itself does to the account; ``RvslInd``
    adds that an earlier entry of the opposite direction is thereby undone.
    """
    credit = CREDIT.get(view.at(slot))
    if credit is None:
        raise view.refusal(slot, _("The direction is unknown"), _("CRDT or DBIT"))
    return credit


def _undated(entry: View, booked: bool, context: EntryContext) -> Date:
    """The day of an entry that tells none, which the standard allows."""
    day = context.day_of(booked)
    if day is None:
        raise entry.missing("BookgDt", "BookgDt or ValDt")
    return day


def _is_booked(entry: View, context: EntryContext) -> bool:
    """What the bank says of the entry.

    A bank's own status (``Prtry``) counts as booked only when it reads so; then
    the balances tell if that was wrong. A standard code that is unknown is refused.
    Every version of the standard wants a status; entries of a closed statement without
    one are booked, as a statement is about nothing else.
    """
    text = entry.found.get("status")
    if not text:
        own = entry.found.get("own_status")
        if own:
            return _BOOKED.get(own.upper(), False)
        if context.closed:
            return True
        raise entry.missing("Sts")
    booked = _BOOKED.get(text)
    if booked is None:
        slot = entry.slots("status")[-1]
        raise entry.refusal(slot, _("The status is unknown"), " or ".join(_BOOKED))
    return booked


def _bank_reference(entry: View) -> str | None:
    return entry.found.get("bank_reference") or entry.found.get("entry_reference")


def _code(found: dict[str, str]) -> str | None:
    if found.get("domain"):
        return _joined(found["domain"], found.get("family"), found.get("subfamily"))
    return found.get("own_code") or None


@functools.lru_cache(maxsize=256)
def _joined(*parts: str | None) -> str:
    return "-".join(filter(None, parts))


def _original(entry: View, only: View | None, size: Decimal | None, currency: str):
    """Amount without sign, and currency, that the parties agreed on, where not the entry's.

    An amount in a foreign currency says more than one in the account's own, which
    is told only when it is what was instructed (so the rest is charges).

    :param only: the one payment of the entry, whose amounts come first
    """
    if all(_AGREED_KEYS.isdisjoint(view.found) for view in (entry, only) if view):
        return None, None
    same = None
    for key in _AGREED:
        source = only if only and key in only.found else entry
        for slot in source.slots(key):
            own, amount = source.currency(slot), source.amount(slot)
            if own != currency and amount:
                return amount, own
            if same is None and key != "countervalue" and amount:
                same = amount
    return (None, None) if same in (None, size) else (same, currency)


def _charges(view: View, currency: str) -> Decimal | None:
    """What the bank kept, in the account's currency; negative when it gave; None for nothing."""
    if "charge" not in view.found and "charges_total" not in view.found:
        return None
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


def _remittance(entry: View, payments: list[View]) -> str:
    """What the payers wrote; where they wrote nothing, what the bank says."""
    texts: list[str] = []
    for payment in payments:
        texts += _payer_texts(payment)
    if not texts:
        for payment in payments:
            texts += payment.texts("info")
    return " ".join(texts or entry.texts("info"))


def _payer_texts(payment: View) -> list[str]:
    texts = payment.texts("unstructured")
    if not _STRUCTURED.isdisjoint(payment.found):
        more = payment.texts("reference")[1:]
        more += payment.texts("document") + payment.texts("structured_text")
        texts += [text for text in more if text not in texts]
    return texts


def _counterparty(found: dict[str, str], other_is_debtor: bool, own_key: str) -> Counterparty:
    side, ours = ("debtor", "creditor") if other_is_debtor else ("creditor", "debtor")
    account = compact(found.get(_ACCOUNT[side]))
    # Banks differ in whom they name in a return; our own account is never the other side.
    if other := compact(found.get(_ACCOUNT[ours])):
        nameless = not account and not found.get(_NAME[side])
        is_other = _account_key(other) not in ("", own_key)
        if is_other and (nameless or _account_key(account) == own_key):
            side, account = ours, other
    return Counterparty(
        found.get(_NAME[side]) or found.get(_ULTIMATE[side]) or None,
        account,
        found.get(_BIC[side]) or None,
    )


_account_key = functools.lru_cache(maxsize=1024)(account_key)


def _creditor_id(found: dict[str, str], mandate: str | None) -> str | None:
    """The SEPA creditor identifier; banks print it as the creditor's own id."""
    if scheme := found.get("scheme_id"):
        return scheme
    own = found.get("creditor_id")
    return own if own and mandate and _CREDITOR_ID.fullmatch(own) else None


def _given(text: str | None) -> str | None:
    return None if not text or text.upper() in _NOT_GIVEN else text


def _agreed(payments: list[dict]) -> dict:
    """What all payments of an entry say alike."""
    if len(payments) < 2:
        return payments[0] if payments else {}
    first = payments[0]
    return {key: value for key, value in first.items() if all(p[key] == value for p in payments)}
