"""QIF, the Quicken Interchange Format: what old programs and some banks still hand out.

What is read:

- Sections of the types Bank, Cash, CCard, Oth A, Oth L and Invst, any number of them.
  Each is a statement. Lists (categories, classes, securities, prices, memorised
  transactions) and options are passed over.
- The account is the name in !Account before the section. A list of several accounts
  names none. The currency is never told.
- Dates with slashes, points, dashes or Quicken's apostrophe, with years of two or four
  digits (70 to 99 are 1970 to 1999). Whether day or month comes first is decided from
  the whole file: the order that fits all dates, else the day where dates have points or
  amounts have decimal commas (no country writes these and the month first), else the only
  order in which the dates are sorted.
- Amounts with point or comma as the decimal mark, and with thousands marks; this too is
  decided from the whole file.

How it is read:

- P is the counterparty, M the remittance, N (number of a check, or the bank's number)
  the bank's reference. L, a category or another account, is a user's and not a bank's
  field; it is the remittance only where there is neither P nor M. Addresses (A) are kept
  in the raw text only.
- C (cleared) is what the program's user has ticked off. All transactions are booked.
- A transaction "Opening Balance" of the account with itself is the opening balance.
- Splits (S, E, $) are details. Together they must be the amount.
- Investments: what changes cash is a transaction, with the action as code; without a
  total it is price times quantity with the commission. Actions whose money comes from or
  goes to another account (BuyX, SellX), reinvestments and movements of shares are none.

What is refused:

- Dates or amounts that can be read in two ways, with the question that decides.
- Transactions without date or amount, or with one of them twice.
- Splits that do not add up, unknown sections and unknown investment actions.
- A last record without its end sign (^), unless it ends with a line break and all records
  of its section have the same fields as it. A file that was cut between two records looks
  whole: QIF has neither count nor total.
"""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import BinaryIO

from ..errors import InvalidStatement
from ..messages import _
from ..registry import Format
from ..types import Account, Balance, Counterparty, Date, Detail, Event, Statement, Transaction
from ._qif_investment import cash_effect
from ._qif_records import Record, Section, cut_off, records
from ._qif_values import DateOrder, DecimalMark
from ._text import encoding_of
from ._values import compact, is_iban

_START = re.compile(
    rb"(?:[\s^]|#[^\n\r]*[\n\r])*!(?:type\s*:|account\b|option\s*:|clear\s*:)", re.IGNORECASE
)
_BRACKETS = re.compile(r"\[(.*)\]")
_OPENING_NAMES = frozenset(
    (
        "anfangssaldo",
        "beginsaldo",
        "opening balance",
        "saldo inicial",
        "saldo iniziale",
        "solde initial",
    )
)
_MANY = 2
"""So many other records of a section show which fields all of them have."""

_ONCE = frozenset("DTU")
_AMOUNT_CODES = frozenset("TU$")
_SPLIT_CODES = frozenset("SE$%")


class Qif(Format):
    """QIF files."""

    name = "qif"
    label = "QIF"
    recognised_by = "a first line !Type, !Account, !Option or !Clear"
    extensions = (".qif",)

    def sniff(self, name: str, head: bytes) -> bool:
        # UTF-16 looks like ASCII when its zeros are left out.
        return bool(_START.match(head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xfe\xff")))

    def parse(self, stream: BinaryIO) -> Iterator[Event]:
        encoding = encoding_of(stream)
        survey = _Survey()
        item: Section | Record | None = None
        for item in _items(stream, encoding):
            survey.note(item)
        if isinstance(item, Record) and not item.ended:
            _check_last(item, _items(stream, encoding))
        survey.decide()
        statement: _Building | None = None
        for item in _items(stream, encoding):
            if isinstance(item, Record):
                transaction = statement.read(item)
                if transaction is not None:
                    yield transaction
            else:
                if statement is not None:
                    yield statement.finish()
                statement = _Building(item, survey.dates, survey.amounts)
        if statement is None:
            raise InvalidStatement(
                _("The file holds no transactions, but lists at most"),
                expected=_("a section like !Type:Bank"),
            )
        yield statement.finish()


def _items(stream: BinaryIO, encoding: str) -> Iterator[Section | Record]:
    stream.seek(0)
    text = io.TextIOWrapper(stream, encoding, newline="")
    try:
        yield from records(text)
    except UnicodeError as error:
        raise InvalidStatement(
            _("The file's characters are not in its own encoding"), expected=encoding
        ) from error
    finally:
        # Otherwise the wrapper would close the caller's stream, unless that is closed already.
        with contextlib.suppress(ValueError):
            text.detach()


class _Survey:
    """What the whole file tells about how its dates and amounts are written."""

    def __init__(self):
        self.dates = DateOrder()
        self.amounts = DecimalMark()
        self._last_date = ""

    def note(self, item: Section | Record) -> None:
        """Take a section or a record into account.

        :raises InvalidStatement: when it contradicts those before
        """
        if isinstance(item, Section):
            self.dates.begin_section()
            self._last_date = ""
            return
        for number, line in enumerate(item.lines):
            code = line[:1]
            if code == "D":
                if line != self._last_date:
                    self._last_date = line
                    self.dates.note(line[1:], item.line + number)
            elif code in _AMOUNT_CODES:
                self.amounts.note(line[1:].strip(), item.line + number)

    def decide(self) -> None:
        """Settle the order of dates and the decimal mark."""
        self.amounts.decide()
        self.dates.decide(day_first_country=self.amounts.has_comma)


def _check_last(last: Record, items: Iterator[Section | Record]) -> None:
    """Refuse a last record without end sign, unless it has what its whole section has.

    :param items: of the whole file
    """
    count, shapes = 0, set()
    for item in items:
        if isinstance(item, Record) and item.section.line == last.section.line:
            count += 1
            shapes.add("".join(line[:1].strip() for line in item.lines))
    if count <= _MANY or len(shapes) > 1 or last.lines[-1].strip():
        raise cut_off(last.line)


class _Building:
    """One statement while its records pass by."""

    def __init__(self, section: Section, dates: DateOrder, amounts: DecimalMark):
        self._section = section
        self._dates = dates
        self._amounts = amounts
        self._account = section.account
        self._opening: Balance | None = None
        self._count = 0
        self._total = Decimal(0)
        self._first: Date | None = None
        self._last: Date | None = None

    def read(self, record: Record) -> Transaction | None:
        """A record as a transaction; None when it is none.

        :raises InvalidStatement: naming the line and the field
        """
        fields = _fields(record)
        text = fields.get("D")
        if not text:
            raise _wrong(record, "D", _("The date is missing"), _("a date"))
        date = self._dates.read(text)
        if self._section.investments:
            transaction = self._investment(record, fields, date)
        else:
            amount = self._amount(record, fields)
            if amount is None:
                raise _wrong(record, "T", _("The amount is missing"), _("an amount"))
            if self._is_opening(fields):
                self._set_opening(record, Balance(amount, date))
                return None
            details = self._details(record, amount) if "$" in fields else ()
            transaction = _transaction(record, fields, date, amount, details)
        if transaction is not None:
            self._count += 1
            self._total += transaction.amount
            if self._first is None or date < self._first:
                self._first = date
            if self._last is None or date > self._last:
                self._last = date
        return transaction

    def finish(self) -> Statement:
        number = self._account
        iban = compact(number)
        return Statement(
            account=Account(iban=iban) if is_iban(iban) else Account(number=number or None),
            currency=None,
            opening=self._opening,
            count=self._count,
            total=self._total,
            start_date=self._first,
            end_date=self._last,
        )

    def _amount(self, record: Record, fields: dict[str, str]) -> Decimal | None:
        amount = self._number(record, fields, "T")
        if "U" not in fields:
            return amount
        same = self._number(record, fields, "U")
        if amount is not None and same is not None and same != amount:
            raise _wrong(
                record, "U", _("The amount is given twice, and differently"), f"{amount:f}"
            )
        return same if amount is None else amount

    def _number(self, record: Record, fields: dict[str, str], code: str) -> Decimal | None:
        text = fields.get(code)
        if not text:
            return None
        number = self._amounts.read(text)
        if number is None:
            raise _wrong(record, code, _("The amount is not readable"), _("a number"))
        return number

    def _is_opening(self, fields: dict[str, str]) -> bool:
        """Whether a transfer of the account to itself says what it began with."""
        match = _BRACKETS.fullmatch(fields.get("L", ""))
        if not match or (self._account and match[1] != self._account):
            return False
        if fields.get("P", "").lower() in _OPENING_NAMES:
            self._account = match[1]
            return True
        return bool(self._account) and not self._count and self._opening is None

    def _set_opening(self, record: Record, balance: Balance) -> None:
        if self._opening is not None:
            raise _wrong(record, "P", _("There is a second opening balance"), _("one"))
        self._opening = balance

    def _details(self, record: Record, amount: Decimal) -> tuple[Detail, ...]:
        """The parts that the amount is split into.

        :raises InvalidStatement: when they do not add up to it
        """
        splits: list[dict[str, str]] = []
        for line in record.lines:
            code = line[:1]
            if code == "S" or (code in _SPLIT_CODES and not splits):
                splits.append({})
            if code in _SPLIT_CODES:
                splits[-1][code] = line[1:].strip()
        details = tuple(
            Detail(
                amount=self._number(record, split, "$"),
                remittance=split.get("E") or split.get("S", ""),
            )
            for split in splits
        )
        total = sum((detail.amount or Decimal(0) for detail in details), Decimal(0))
        if total != amount:
            raise _wrong(
                record,
                "$",
                _("The splits do not add up to the amount"),
                f"{amount:f}",
                f"{total:f}",
            )
        return details if len(details) > 1 else ()

    def _price(self, record: Record, fields: dict[str, str]) -> Decimal | None:
        """What a purchase or sale without total comes to; None when that is not told either."""
        price, quantity = self._number(record, fields, "I"), self._number(record, fields, "Q")
        if price is None or quantity is None:
            return None
        fee = self._number(record, fields, "O") or Decimal(0)
        bought = fields.get("N", "").lower().startswith("buy")
        total = abs(price * quantity) + (fee if bought else -fee)
        return total.quantize(Decimal("0.01"), ROUND_HALF_UP)

    def _investment(self, record: Record, fields: dict[str, str], date: Date) -> Transaction | None:
        action = fields.get("N", "")
        amount = self._amount(record, fields)
        if amount is None:
            amount = self._price(record, fields)
        transferred = self._number(record, fields, "$")
        try:
            effect = cash_effect(action, amount, transferred)
        except ValueError as error:
            raise _wrong(
                record,
                "N",
                _(
                    "What the investment action does to the cash cannot be told: %(error)s",
                    error=error,
                ),
                _("an action like Buy, SellX, Div or ReinvDiv, with its amount"),
            ) from None
        if not effect:
            return None
        texts = dict(fields, M=" ".join(filter(None, (fields.get("M"), fields.get("Y")))), N="")
        return _transaction(record, texts, date, effect, (), code=action)


def _fields(record: Record) -> dict[str, str]:
    """The texts by their codes; those of several lines joined.

    :raises InvalidStatement: when date or amount is there twice
    """
    lines = record.lines
    fields = {line[:1]: line[1:].strip() for line in lines}
    if len(fields) < len(lines):
        fields = {}
        for line in lines:
            code, text = line[:1], line[1:].strip()
            if code not in fields:
                fields[code] = text
            elif code == "D" and "S" in fields:
                # The date of a split, which is not the transaction's.
                continue
            elif code in _ONCE:
                raise _wrong(record, code, _("The record holds this twice"), _("it once"))
            else:
                fields[code] = f"{fields[code]} {text}".strip()
    if "!" in fields:
        raise _wrong(record, "!", _("A record does not end before the next heading"), "^")
    return fields


def _transaction(
    record: Record,
    fields: dict[str, str],
    date: Date,
    amount: Decimal,
    details: tuple[Detail, ...],
    code: str | None = None,
) -> Transaction:
    name, memo = fields.get("P"), fields.get("M")
    return Transaction(
        booking_date=date,
        amount=amount,
        currency=None,
        counterparty=Counterparty(name or None),
        remittance=memo or ("" if name else fields.get("L", "")),
        bank_reference=fields.get("N") or None,
        code=code,
        details=details,
        raw="\n".join(record.lines).strip("\r\n"),
    )


def _line_of(record: Record, code: str) -> int:
    """The last line with that code, else the record's first one."""
    numbers = (i for i in range(len(record.lines) - 1, -1, -1) if record.lines[i][:1] == code)
    return record.line + next(numbers, 0)


def _wrong(
    record: Record, code: str, message: str, expected: str, found: str | None = None
) -> InvalidStatement:
    line = _line_of(record, code)
    if found is None:
        found = record.lines[line - record.line].strip()
    return InvalidStatement(message, line=line, element=code, expected=expected, found=found)
