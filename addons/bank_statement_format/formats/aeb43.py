"""Spanish account statements: AEB/CSB "Cuaderno 43" (Norma 43), modalities 1 to 3.

Records of 80 characters: an account's header (11), its movements (22) with up to five
concept records (23) and the amount in another currency (24), the account's end (33) with
counts and sums, and the file's end (88) with the number of records. Lines without their
trailing blanks are read, and so are files without line ends and several files in one.

- The account's number is bank, branch and account as printed (18 digits); the IBAN is
  computed from it, since the file has none.
- `code` is the interbank concept and the bank's own one: `04+016`, or `04` where the bank
  gives none of its own.
- The document number is the bank's reference. A numeric reference 1 with a right check
  digit is the structured reference. What else references 1 and 2 hold follows the concept
  texts in the remittance; where reference 1 holds letters, banks use both as one text.
- SEPA direct debits as in annex 4 give creditor, creditor identifier and mandate.
- Amounts have two decimals in every currency.
- Currencies are ISO 4217 numbers: those of Europe, the Americas and what else Spanish
  banks keep accounts in. Others are refused.

Refused are files with a missing end, counts or sums that are not those of the movements,
fewer records than the file's end tells, records out of order, and another account or
currency at an account's end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import BinaryIO

from ..errors import InvalidStatement
from ..messages import _
from ..registry import Format
from ..types import Account, Balance, Counterparty, Event, Statement, Transaction
from ._records import Record, first_records, fixed_records, iban, joined

WIDTH = 80

CURRENCIES = {
    "032": "ARS", "036": "AUD", "048": "BHD", "068": "BOB", "124": "CAD", "144": "LKR",
    "152": "CLP", "156": "CNY", "170": "COP", "188": "CRC", "191": "HRK", "203": "CZK",
    "208": "DKK", "214": "DOP", "320": "GTQ", "340": "HNL", "344": "HKD", "348": "HUF",
    "352": "ISK", "356": "INR", "360": "IDR", "376": "ILS", "392": "JPY", "400": "JOD",
    "410": "KRW", "414": "KWD", "458": "MYR", "484": "MXN", "504": "MAD", "512": "OMR",
    "554": "NZD", "558": "NIO", "566": "NGN", "578": "NOK", "586": "PKR", "590": "PAB",
    "600": "PYG", "604": "PEN", "608": "PHP", "634": "QAR", "643": "RUB", "682": "SAR",
    "702": "SGD", "704": "VND", "710": "ZAR", "752": "SEK", "756": "CHF", "764": "THB",
    "784": "AED", "788": "TND", "818": "EGP", "826": "GBP", "840": "USD", "858": "UYU",
    "901": "TWD", "928": "VES", "933": "BYN", "941": "RSD", "944": "AZN", "946": "RON",
    "949": "TRY", "950": "XAF", "952": "XOF", "953": "XPF", "975": "BGN", "978": "EUR",
    "980": "UAH", "981": "GEL", "985": "PLN", "986": "BRL", "012": "DZD", "008": "ALL",
    "422": "LBP", "724": "ESP",
}  # fmt: skip
"""ISO 4217 letters by numbers."""

_SIGN = {"1": -1, "2": 1}
_DATE = "%y%m%d"
_CENT = Decimal("0.01")

_HEADER = re.compile(r"11[0-9]{18}[0-9]{12}[0-2 ][0-9]{14}[0-9]{3}[0-9 ]")
_SECOND = re.compile(r"22.{8}[0-9]{12}[0-9 ]{5}[12][0-9]{14}|33[0-9]{18}")
_CREDITOR = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{3}[A-Z0-9]{1,28}")

_ACCOUNT_WEIGHTS = (1, 2, 4, 8, 5, 10, 9, 7, 3, 6)


class Aeb43(Format):
    """Norma 43 files, of one account or several."""

    name = "aeb43"
    label = "AEB Norma 43"
    recognised_by = "two records of 80 characters, of types 11 and then 22 or 33"
    extensions = (".n43", ".q43", ".c43", ".aeb", ".txt")

    def sniff(self, name: str, head: bytes) -> bool:
        records = first_records(head, WIDTH, 2)
        return (
            len(records) == 2
            and bool(_HEADER.match(records[0]))
            and bool(_SECOND.match(records[1]))
        )

    def parse(self, stream: BinaryIO) -> Iterator[Event]:
        statement: _OpenStatement | None = None
        count, last = 0, None
        for last in fixed_records(stream, ("ES",), WIDTH):
            kind = last.text[:2]
            count += 1
            if kind == "88":
                _check_end(last, count - 1, statement)
                count = 0
            elif kind == "11" and statement is None:
                statement = _OpenStatement(last)
            elif statement is None or kind not in ("22", "23", "24", "33"):
                raise _out_of_order(last, statement)
            elif kind in ("23", "24"):
                statement.add(last)
            else:
                if statement.movement is not None:
                    yield statement.finish()
                if kind == "22":
                    statement.movement = _Movement(last)
                else:
                    yield statement.close(last)
                    statement = None
        if last is None or count:
            raise InvalidStatement(
                _("The file was cut off: its last record is missing"),
                line=last and last.line,
                expected=_("a record 33 and a record 88") if statement else _("a record 88"),
                found=last and last.text.rstrip(),
            )


def _check_end(record: Record, count: int, statement: _OpenStatement | None) -> None:
    if statement is not None:
        raise _out_of_order(record, statement)
    # Some banks count the last record too. Where fewer are told than were read nothing is
    # missing, and the accounts' own counts and sums have proven what was read.
    if record.integer(21, 26, "number of records") > count + 1:
        raise record.refusal(_("Records are missing"), 21, 26, _("%(count)s as read", count=count))


def _out_of_order(record: Record, statement: _OpenStatement | None) -> InvalidStatement:
    expected = "22, 23, 24 or 33" if statement else "11 or 88"
    return record.refusal(_("The record is none that can stand here"), 1, 2, expected)


@dataclass(slots=True)
class _Movement:
    """A movement and the records that complete it."""

    main: Record
    concepts: list[Record] = field(default_factory=list)
    equivalent: Record | None = None


class _OpenStatement:
    """An account whose movements pass by.

    :ivar movement: the movement that is not complete yet
    """

    def __init__(self, header: Record):
        self._key = header.text[2:20]
        self._account = _account(header)
        self._start = header.date(21, 26, _DATE, "first date")
        self._end = header.date(27, 32, _DATE, "last date")
        self._opening = _balance(header, 33, "opening balance")
        self._currency = _currency(header, 48, 50)
        self.movement: _Movement | None = None
        # Number and sum, by sign.
        self._tallies = {-1: [0, Decimal(0)], 1: [0, Decimal(0)]}

    def add(self, record: Record) -> None:
        """A record that completes the movement."""
        movement = self.movement
        if movement is None:
            raise record.refusal(_("The record completes no movement"), 1, 2, _("22 or 33"))
        if record.text.startswith("23"):
            if len(movement.concepts) == 99:
                raise record.refusal(
                    _("The movement has too many concept records"), 1, 4, _("at most 5")
                )
            movement.concepts.append(record)
        elif movement.equivalent is not None:
            raise record.refusal(
                _("The movement has two amounts in other currencies"), 1, 4, _("one")
            )
        else:
            movement.equivalent = record

    def finish(self) -> Transaction:
        """The movement, which is now complete."""
        movement, self.movement = self.movement, None
        main = movement.main
        sign = _sign(main, 28)
        amount = sign * _amount(main, 29, 42, "amount")
        tally = self._tallies[sign]
        tally[0] += 1
        tally[1] += amount
        original, original_currency = _original(movement.equivalent, sign)
        reference, more = _references(main)
        texts = _direct_debit(movement.concepts) or _plain(movement.concepts)
        return Transaction(
            booking_date=main.date(11, 16, _DATE, "operation date"),
            value_date=_value_date(main),
            amount=amount,
            currency=self._currency,
            original_amount=original,
            original_currency=original_currency,
            counterparty=Counterparty(name=texts.name),
            remittance=" ".join(filter(None, (texts.remittance, *more))),
            reference=reference,
            mandate_id=texts.mandate_id,
            creditor_id=texts.creditor_id,
            bank_reference=_number(main.get(43, 52)),
            code=_code(main),
            raw="".join(record.raw for record in _records(movement)).rstrip("\r\n"),
        )

    def close(self, record: Record) -> Statement:
        """The statement, when its last record fits what was read."""
        if record.text[2:20] != self._key:
            raise record.refusal(_("The record ends another account"), 3, 20, self._key)
        currency = _currency(record, 74, 76)
        if currency != self._currency:
            raise record.refusal(_("The record is in another currency"), 74, 76, self._currency)
        for sign, side, first in ((-1, "debits", 21), (1, "credits", 40)):
            self._compare(record, sign, side, first)
        (debits, debit_sum), (credits, credit_sum) = self._tallies[-1], self._tallies[1]
        return Statement(
            account=self._account,
            currency=self._currency,
            opening=Balance(self._opening, self._start),
            closing=Balance(_balance(record, 59, "closing balance"), self._end),
            count=debits + credits,
            total=debit_sum + credit_sum,
            start_date=self._start,
            end_date=self._end,
        )

    def _compare(self, record: Record, sign: int, side: str, first: int) -> None:
        count, total = self._tallies[sign]
        if record.integer(first, first + 4, f"number of {side}") != count:
            message = _("The number of %(side)s is not that of the movements", side=side)
            raise record.refusal(message, first, first + 4, _("%(count)s as read", count=count))
        if sign * _amount(record, first + 5, first + 18, f"sum of {side}") != total:
            message = _("The sum of %(side)s is not that of the movements", side=side)
            raise record.refusal(
                message, first + 5, first + 18, _("%(total)s as read", total=abs(total))
            )


@dataclass(frozen=True, slots=True)
class _Texts:
    """What concept records say."""

    remittance: str
    name: str | None = None
    mandate_id: str | None = None
    creditor_id: str | None = None


def _plain(concepts: list[Record]) -> _Texts:
    return _Texts(joined(record.text[4:] for record in concepts))


def _direct_debit(concepts: list[Record]) -> _Texts | None:
    """The concept records of a SEPA direct debit, when they are laid out as annex 4 says."""
    if len(concepts) < 2 or [record.get(3, 4) for record in concepts[:2]] != ["01", "02"]:
        return None
    scheme, creditor = concepts[0].get(5, 8), concepts[1].get(5, 39)
    if scheme not in ("CORE", "B2B", "COR1") or not _CREDITOR.fullmatch(creditor):
        return None
    # Purpose and category of the third record are codes.
    texts = [record.text[12 if at == 0 else 4 :] for at, record in enumerate(concepts[2:])]
    return _Texts(
        remittance=joined(texts),
        name=concepts[0].get(9, 78) or None,
        mandate_id=concepts[1].get(40, 74) or None,
        creditor_id=creditor,
    )


def _records(movement: _Movement) -> Iterator[Record]:
    yield movement.main
    yield from movement.concepts
    if movement.equivalent is not None:
        yield movement.equivalent


def _account(header: Record) -> Account:
    bank, branch, number = header.text[2:6], header.text[6:10], header.text[10:20]
    if not _is_digits(header.text[2:20]):
        raise header.refusal(_("The account number is not readable"), 3, 20, _("eighteen digits"))
    national = bank + branch + _check_digit(f"00{bank}{branch}") + _check_digit(number) + number
    # Nobody is bank 0000: the number is made up, or belongs to no Spanish account.
    return Account(iban=iban("ES", national) if int(bank) else None, number=bank + branch + number)


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _check_digit(digits: str) -> str:
    total = sum(weight * int(digit) for weight, digit in zip(_ACCOUNT_WEIGHTS, digits, strict=True))
    digit = 11 - total % 11
    return str({10: 1, 11: 0}.get(digit, digit))


def _sign(record: Record, position: int) -> int:
    sign = _SIGN.get(record.text[position - 1])
    if sign is None:
        raise record.refusal(
            _("The sign is unknown"), position, position, _("1 (debit) or 2 (credit)")
        )
    return sign


def _amount(record: Record, first: int, last: int, what: str) -> Decimal:
    return record.integer(first, last, what) * _CENT


def _balance(record: Record, position: int, what: str) -> Decimal:
    """A balance and the sign before it. A sign left out means credit, as banks use it."""
    amount = _amount(record, position + 1, position + 14, what)
    return amount if record.text[position - 1] in "0 " else _sign(record, position) * amount


def _currency(record: Record, first: int, last: int) -> str:
    currency = CURRENCIES.get(record.get(first, last))
    if currency is None:
        raise record.refusal(
            _("The currency is unknown"), first, last, _("an ISO 4217 number like 978")
        )
    return currency


def _original(record: Record | None, sign: int) -> tuple[Decimal | None, str | None]:
    if record is None:
        return None, None
    return sign * _amount(record, 8, 21, "original amount"), _currency(record, 5, 7)


def _value_date(record: Record):
    if record.get(17, 22).strip("0"):
        return record.date(17, 22, _DATE, "value date")
    return None


def _number(text: str) -> str | None:
    """The text, unless it is only filling."""
    return text if text.strip("0") else None


def _code(record: Record) -> str | None:
    common, own = record.get(23, 24), record.get(25, 27)
    return f"{common}+{own}" if own.strip("0") else common or None


def _references(record: Record) -> tuple[str | None, list[str]]:
    """The structured reference, and what else the two references say."""
    first, second = record.get(53, 64), record.get(65, 80)
    if not first.isdigit():
        both = record.get(53, 80)
        return None, [both] if _number(both) else []
    more = [second] if _number(second) else []
    if not _number(first):
        return None, more
    if _has_check_digit(first):
        return first, more
    return None, [first, *more]


def _has_check_digit(reference: str) -> bool:
    """Whether the last of twelve digits is the check digit of annex 3."""
    if len(reference) != 12 or not reference.isascii():
        return False
    weights = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4)
    digits = map(int, reversed(reference[:-1]))
    total = sum(weight * digit for weight, digit in zip(weights, digits, strict=True))
    return total % 11 % 10 == int(reference[-1])
