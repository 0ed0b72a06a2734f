"""What the movement and information records of a CODA file say, one payment at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from ..messages import _
from ..types import Counterparty, Date
from ._records import Record, iban, joined, tidy
from ._values import is_currency

WIDTH = 128
DATE = "%d%m%y"

_REFERENCES = {"100": 25, "101": 12, "102": 12}
"""Structured communications that are a creditor's reference, and its length."""

_READABLE = {
    "103": ((0, 12),),  # number of the cheque or card
    "111": ((35, 61),),  # terminal
    "113": ((40, 66),),  # terminal
    "114": ((27, 53), (53, 69)),  # terminal, reference
    "115": ((67, 93), (93, 105)),  # terminal, message
    "121": ((50, 63),),  # number of the bill
    "122": ((32, 45),),  # number of the bill
    "123": ((44, 57),),  # number of the guarantee
    "124": ((0, 20), (21, 33), (33, 48)),  # card, invoice, customer
    "125": ((99, 112),),  # reference
    "126": ((0, 15),),  # number of the deposit
    "127": ((79, 141),),  # the payer's communication
}
"""Where structured communications hold what people read. Others are only numbers."""

_NOT_GIVEN = ("", "NOTPROVIDED", "NOT PROVIDED")

_NUMBERS_ONLY = frozenset({"105", "106", "108"})

_ORIGINALS = {"105": (15, 42), "113": (66, 93)}
"""Where structured communications hold the original amount and its currency."""

_COSTS = frozenset(
    f"{category:03d}"
    for category in (
        *range(3, 16), *range(17, 24), 26, 27, *range(29, 34), *range(35, 38), 39, 41, 42, 43, 45,
        47, 49, 53, 61, 65, *range(72, 75), 201, 202, 203, 204, 206, 207, 208, *range(209, 215),
        400, 401, 402, *range(404, 417), 418, 419, 420, 425, 426,
    )
)  # fmt: skip
"""Categories of charges, commissions and what is added to them."""


@dataclass(slots=True)
class Movement:
    """A record 2.1 with those that belong to it; details of a movement are movements again."""

    main: Record
    second: Record | None = None
    third: Record | None = None
    infos: list[list[Record]] = field(default_factory=list)
    details: list[Movement] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)

    @property
    def sequence(self) -> str:
        return self.main.text[2:6]

    @property
    def detail_number(self) -> str:
        return self.main.text[6:10]

    @property
    def kind(self) -> str:
        """First digit of the transaction code: simple, total, or detail of what."""
        return self.main.text[53]

    @property
    def category(self) -> str:
        return self.main.text[58:61]

    @property
    def code(self) -> str | None:
        """Family and transaction, with the category where there is one: ``0137+013``."""
        code = self.main.get(55, 58)
        if self.category.strip("0 "):
            return f"{code}+{self.category}"
        return code if code.strip("0") else None

    def amount(self) -> Decimal:
        sign = self.main.text[31]
        if sign not in "01":
            raise self.main.refusal(_("The sign is unknown"), 32, 32, _("0 (credit) or 1 (debit)"))
        amount = amount_of(self.main, 33, 47, "amount")
        return -amount if sign == "1" else amount

    def booking_date(self) -> Date:
        """The entry date; a file that lacks it means the value date."""
        if self.main.get(116, 121).strip("0"):
            return self.main.date(116, 121, DATE, "entry date")
        return self.main.date(48, 53, DATE, "value date")

    def value_date(self) -> Date | None:
        if self.main.get(48, 53).strip("0"):
            return self.main.date(48, 53, DATE, "value date")
        return None

    def cost(self) -> Decimal:
        """What the bank took, when this is the part of a movement that tells it."""
        is_cost = self.category in _COSTS and self.main.text[31] == "1"
        return -self.amount() if is_cost else Decimal(0)

    def communication(self, version: str) -> tuple[str, str]:
        """Type of the structured communication, or nothing, and its text."""
        text = self.main.text[62:115]
        if self.second is not None:
            text += self.second.text[10:63]
        if self.third is not None and version != "1":
            text += self.third.text[82:125]
        if self.main.text[61] == "1":
            return text[:3], text[3:].ljust(146)
        return "", text


@dataclass(slots=True)
class Payment:
    """What a movement says apart from its amount, in the fields of Transaction and Detail."""

    counterparty: Counterparty = field(default_factory=Counterparty)
    remittance: str = ""
    reference: str | None = None
    end_to_end_id: str | None = None
    mandate_id: str | None = None
    creditor_id: str | None = None
    return_reason: str | None = None
    original_amount: Decimal | None = None
    original_currency: str | None = None


def payment_of(movement: Movement, version: str, currency: str | None) -> Payment:
    """Read one movement, without its details."""
    kind, text = movement.communication(version)
    payment = Payment()
    texts = [_read_communication(payment, kind, text)]
    if kind in _ORIGINALS:
        _read_original(payment, kind, text, movement, currency)
    account, name = _party(movement.third, version)
    bic = None
    if movement.second is not None:
        reference = movement.second.get(64, 98)
        payment.end_to_end_id = None if reference in _NOT_GIVEN else reference
        bic = movement.second.get(99, 109) or None
        payment.return_reason = movement.second.get(114, 117) or payment.return_reason
    free: list[str] = []
    for records in movement.infos:
        info_kind, info = _information(records)
        if not info_kind:
            free.append(info)
        elif info_kind == "002":
            texts.append(tidy(info))
        elif info_kind == "001":
            name = _longer(name, tidy(info[:70]))
    if free:
        # A free text goes on from one information record to the next.
        texts.append(joined(free))
    payment.counterparty = Counterparty(name=name or None, iban=account, bic=bic)
    payment.remittance = " ".join(filter(None, texts))
    return payment


def _read_communication(payment: Payment, kind: str, text: str) -> str:
    """Set what a structured communication tells; returns what people read of it."""
    if kind in _REFERENCES:
        payment.reference = "".join(text[: _REFERENCES[kind]].split()) or None
        return tidy(text[_REFERENCES[kind] :])
    if kind == "105":
        reference = text[45:57]
        payment.reference = reference if reference.strip("0 ") else None
    elif kind == "127":
        payment.creditor_id = text[9:44].strip() or None
        payment.mandate_id = text[44:79].strip() or None
        payment.return_reason = text[142:146].strip() or None
    if kind in _NUMBERS_ONLY:
        return ""
    if kind in _READABLE:
        return tidy(" ".join([text[start:end] for start, end in _READABLE[kind]]))
    return tidy(text)


def _read_original(
    payment: Payment, kind: str, text: str, movement: Movement, own_currency: str | None
) -> None:
    start, end = _ORIGINALS[kind]
    digits, currency = text[start : start + 15], text[end : end + 3]
    if is_currency(currency) and currency != own_currency and digits.strip("0 ").isdigit():
        original = decimal_of(digits.replace(" ", "0"))
        payment.original_amount = original.copy_sign(movement.amount())
        payment.original_currency = currency


def _party(third: Record | None, version: str) -> tuple[str | None, str]:
    """Account and name of the other side."""
    if third is None:
        return None, ""
    if version == "1":
        return belgian_iban(third.get(11, 22)) or third.get(11, 22) or None, third.get(48, 73)
    # The currency may follow the account at once, or at the end of the field.
    account = (third.get(11, 44).split() or [""])[0]
    return belgian_iban(account) or account or None, tidy(third.text[47:82])


def _information(records: list[Record]) -> tuple[str, str]:
    """Type of a structured information, or nothing, and its text."""
    ends = {"1": (40, 113), "2": (10, 115), "3": (10, 100)}
    text = "".join(record.text[slice(*ends[record.text[1]])] for record in records)
    return (text[:3], text[3:]) if records[0].text[39] == "1" else ("", text)


def _longer(name: str, full: str) -> str:
    """The full name where the other field could hold only its beginning."""
    return full if not name or full.startswith(name) else name


def belgian_iban(number: str) -> str | None:
    """The IBAN of a Belgian account number of twelve digits, if its check digits are right."""
    if len(number) != 12 or not (number.isascii() and number.isdigit()):
        return None
    return iban("BE", number) if (int(number[:10]) % 97 or 97) == int(number[10:]) else None


def amount_of(record: Record, first: int, last: int, what: str) -> Decimal:
    """An unsigned amount with three decimals."""
    record.integer(first, last, what)
    return decimal_of(record.get(first, last))


def decimal_of(digits: str) -> Decimal:
    """Digits with three decimals; the third is left out where it is zero."""
    thousandths = int(digits)
    if thousandths % 10:
        return Decimal(thousandths).scaleb(-3)
    return Decimal(thousandths // 10).scaleb(-2)
