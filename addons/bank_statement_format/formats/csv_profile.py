"""CSV of the banks that a profile declares.

Nothing is guessed: a file is recognised by the header line of exactly one profile,
and then every row must be as that profile says. The encoding is the byte order
mark's, else UTF-8 where the whole file is valid UTF-8, else the profile's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import BinaryIO

from ..errors import AmbiguousFormat, InvalidStatement, UnknownFormat
from ..profile import shipped
from ..reader import HEAD_SIZE
from ..registry import ProfiledFormat
from ..types import Account, Balance, Counterparty, Date, Event, Statement, Transaction
from ._sheet import Key, Row, Sheet, encoding_of, has_header
from ._table_profile import TableProfile
from ._values import compact, is_iban, parse_amount, parse_date

MAX_PASSES = 500
"""How often a file is read at most, once for each account whose rows are mixed with others."""


class CsvProfile(ProfiledFormat):
    """CSV files that one of the profiles recognises."""

    name = "csv"
    label = "CSV"
    recognised_by = "the header line of exactly one profile"
    extensions = (".csv", ".tsv", ".txt")
    profile_kind = "table"

    def profiles(self) -> tuple[TableProfile, ...]:
        """The profiles that are tried, one of which a file must fit."""
        return self.own_profiles or shipped(self.profile_kind)

    def sniff(self, name: str, head: bytes) -> bool:
        return bool(self._candidates(head))

    def parse(self, stream: BinaryIO) -> Iterator[Event]:
        profile = self.profile_of(stream)
        encoding = encoding_of(stream, profile)
        sheet = Sheet(profile, stream, encoding)
        keys, interleaved = sheet.survey()
        if interleaved and len(keys) > MAX_PASSES:
            raise InvalidStatement(
                f"The file mixes the rows of {len(keys)} accounts",
                expected=f"at most {MAX_PASSES} accounts, or each account's rows together",
            )
        if interleaved:
            for key in keys:
                yield from _statements(profile, sheet, only=key)
        else:
            yield from _statements(profile, sheet)

    def profile_of(self, stream: BinaryIO) -> TableProfile:
        """The one profile whose header line the file has.

        :raises UnknownFormat: when there is none
        :raises AmbiguousFormat: when there are several; the message names them
        """
        stream.seek(0)
        candidates = self._candidates(stream.read(HEAD_SIZE))
        if not candidates:
            raise UnknownFormat("No CSV profile recognises the file's header line")
        if len(candidates) > 1:
            names = ", ".join(profile.label for profile in candidates)
            raise AmbiguousFormat(f"The CSV could be any of: {names}")
        return candidates[0]

    def _candidates(self, head: bytes) -> list[TableProfile]:
        return [profile for profile in self.profiles() if has_header(profile, head)]


def _statements(profile: TableProfile, sheet: Sheet, only: Key | None = None) -> Iterator[Event]:
    """The events of one reading of the file.

    :param only: skip the rows of other accounts than this
    """
    current: _Building | None = None
    for row in sheet.rows():
        key = sheet.key(row)
        if only is not None and key != only:
            continue
        if current is None or current.key != key:
            if current is not None:
                yield current.finish()
            current = _Building(profile, sheet, key)
        yield current.read(row)
    if current is None and (key := sheet.empty_key()):
        current = _Building(profile, sheet, key)
    if current is not None:
        yield current.finish()


class _Building:
    """One statement while its rows pass by."""

    def __init__(self, profile: TableProfile, sheet: Sheet, key: Key):
        self.key = key
        self._profile = profile
        self._sheet = sheet
        self._count = self._pending = 0
        self._total = Decimal(0)
        self._dates: list[Date] = []
        self._chains = [
            _Chain(order)
            for order in ("oldest_first", "newest_first")
            if profile.order in ("auto", order)
        ]

    def read(self, row: Row) -> Transaction:
        """One row as a transaction.

        :raises InvalidStatement: naming the line and the column
        """
        transaction = self._transaction(row)
        if not transaction.booked:
            self._pending += 1
            return transaction
        self._count += 1
        self._total += transaction.amount
        self._note_date(transaction.booking_date)
        self._follow_balance(row, transaction)
        return transaction

    def finish(self) -> Statement:
        opening, closing = self._balances()
        dates = self._dates
        number = self._sheet.fields.get("number", (None, 0))[0]
        return Statement(
            account=_account(self.key.account),
            currency=self.key.currency or None,
            opening=opening,
            closing=closing,
            number=number or None,
            count=self._count,
            total=self._total,
            pending_count=self._pending,
            start_date=min(dates, default=None),
            end_date=max(dates, default=None),
            dialect=self._profile.name,
        )

    def _transaction(self, row: Row) -> Transaction:
        sheet, cell = self._sheet, self._sheet.cell
        value_date = self._date(row, "value_date")
        booking_date = self._date(row, "booking_date") or value_date
        if booking_date is None:
            raise self._wrong(row, "booking_date", "The date is missing", "a date")
        original = self._number(row, "original_amount")
        return Transaction(
            booking_date=booking_date,
            amount=self._amount(row),
            currency=self.key.currency,
            value_date=value_date,
            original_amount=original,
            original_currency=(cell(row, "original_currency") or None) if original else None,
            charges=self._number(row, "charges"),
            counterparty=Counterparty(
                name=cell(row, "name") or None,
                iban=compact(cell(row, "iban")),
                bic=cell(row, "bic") or None,
            ),
            remittance=sheet.joined(row, "remittance"),
            reference=cell(row, "reference") or None,
            end_to_end_id=cell(row, "end_to_end_id") or None,
            mandate_id=cell(row, "mandate_id") or None,
            creditor_id=cell(row, "creditor_id") or None,
            bank_reference=cell(row, "bank_reference") or None,
            code=cell(row, "code") or None,
            booked=cell(row, "status") not in self._profile.pending,
            raw=row.raw,
        )

    def _amount(self, row: Row) -> Decimal:
        if self._sheet.has("amount"):
            amount = self._number(row, "amount")
            if amount is None:
                raise self._wrong(row, "amount", "The amount is missing", "an amount")
            return self._with_sign(row, amount) if self._sheet.has("sign") else amount
        debit, credit = self._number(row, "debit"), self._number(row, "credit")
        if debit is not None and credit is not None and debit and credit:
            raise self._wrong(row, "credit", "Both debit and credit are given", "one of them")
        if debit is None and credit is None:
            raise self._wrong(row, "debit", "Neither debit nor credit is given", "one of them")
        # Some banks print the amounts of the debit column with a minus.
        return -abs(debit) if debit else credit or Decimal(0)

    def _with_sign(self, row: Row, amount: Decimal) -> Decimal:
        sign, profile = self._sheet.cell(row, "sign"), self._profile
        if amount < 0 or sign not in profile.debit_signs + profile.credit_signs:
            expected = " or ".join(profile.debit_signs + profile.credit_signs)
            raise self._wrong(row, "sign", "The sign is unknown, or given twice", expected)
        return -amount if sign in profile.debit_signs else amount

    def _date(self, row: Row, key: str) -> Date | None:
        text = self._sheet.cell(row, key)
        if not text:
            return None
        try:
            return parse_date(text, self._profile.dates)
        except ValueError as error:
            expected = " or ".join(self._profile.dates)
            raise self._wrong(row, key, f"The date is not readable ({error})", expected) from None

    def _number(self, row: Row, key: str) -> Decimal | None:
        text = self._sheet.cell(row, key)
        if not text:
            return None
        number = parse_amount(text, self._profile.decimal, self._profile.thousands)
        if number is None:
            expected = f"a number like 1{self._profile.thousands}234{self._profile.decimal}56"
            raise self._wrong(row, key, "The amount is not readable", expected)
        return number

    def _wrong(self, row: Row, key: str, message: str, expected: str) -> InvalidStatement:
        return InvalidStatement(
            message,
            line=row.line,
            element=" ".join(self._profile.columns.get(key, (key,))),
            expected=expected,
            found=self._sheet.cell(row, key),
        )

    def _note_date(self, date: Date) -> None:
        """Keep the first, the last, the earliest and the latest booking date."""
        if not self._dates:
            self._dates = [date] * 4
        first, _, earliest, latest = self._dates
        self._dates = [first, date, min(earliest, date), max(latest, date)]

    def _follow_balance(self, row: Row, transaction: Transaction) -> None:
        balance = self._number(row, "balance")
        before, expected = self._chains, None
        self._chains = []
        for chain in before:
            expected = chain.expected(transaction.amount)
            if balance is None or expected in (None, balance):
                chain.add(transaction.amount, balance)
                self._chains.append(chain)
        if not self._chains:
            raise self._wrong(
                row,
                "balance",
                "The running balance does not follow from the row before",
                f"{expected:f}",
            )

    def _balances(self) -> tuple[Balance | None, Balance | None]:
        """Opening and closing balance, by the lines around the rows, else by the rows."""
        opening, closing = self._running_balances()
        stated = self._stated_balance("opening"), self._stated_balance("closing")
        first, last = self._dates[2:] or (None, None)
        if stated[0] is not None:
            opening = Balance(stated[0], first)
        if stated[1] is not None:
            closing = Balance(stated[1], last)
        return opening, closing

    def _running_balances(self) -> tuple[Balance | None, Balance | None]:
        """What the running balance proves; nothing when both directions fit and differ."""
        first, last = self._dates[:2] or (None, None)
        chains = self._chains
        if len(chains) > 1 and first != last:
            order = "newest_first" if first > last else "oldest_first"
            chains = [chain for chain in chains if chain.order == order]
        ends = {chain.ends() for chain in chains}
        if len(ends) != 1 or None in ends:
            return None, None
        (opening, closing) = ends.pop()
        return Balance(opening, self._dates[2]), Balance(closing, self._dates[3])

    def _stated_balance(self, name: str) -> Decimal | None:
        text, line = self._sheet.fields.get(name, ("", 0))
        if not text:
            return None
        amount = parse_amount(text, self._profile.decimal, self._profile.thousands)
        if amount is None:
            raise InvalidStatement(
                "The balance is not readable", line=line, element=name, found=text
            )
        return amount


class _Chain:
    """Follows the running balance in one order; rows may leave the balance out."""

    def __init__(self, order: str):
        self.order = order
        self._direction = 1 if order == "oldest_first" else -1
        # Balances before the first and after the last row, in the order of the file.
        self._start: Decimal | None = None
        self._end: Decimal | None = None
        self._before_first = Decimal(0)

    def expected(self, amount: Decimal) -> Decimal | None:
        """The balance that a row of this amount must show; None when any will do."""
        if self._end is None:
            return None
        return self._end + amount if self._direction > 0 else self._end

    def add(self, amount: Decimal, balance: Decimal | None) -> None:
        if self._end is not None:
            self._end += self._direction * amount
        elif balance is None:
            self._before_first += self._direction * amount
        elif self._direction > 0:
            self._start, self._end = balance - amount - self._before_first, balance
        else:
            self._start, self._end = balance - self._before_first, balance - amount

    def ends(self) -> tuple[Decimal, Decimal] | None:
        """Opening and closing balance."""
        if self._start is None or self._end is None:
            return None
        ends = (self._start, self._end)
        return ends if self._direction > 0 else ends[::-1]


def _account(text: str) -> Account:
    number = compact(text)
    return Account(iban=number) if is_iban(number) else Account(number=text or None)
