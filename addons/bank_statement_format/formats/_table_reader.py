"""Statements from the rows of a table."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator
from decimal import Decimal

from ..errors import InvalidStatement
from ..messages import _
from ..types import Account, Balance, Date, Event, Statement, Transaction
from ._running_balance import RunningBalance
from ._table_keys import Key, Keys
from ._table_layout import broken
from ._table_profile import ORDERS, TableProfile
from ._table_row import RowReader
from ._table_settling import settled
from ._table_sheet import Sheet
from ._table_source import Row, RowSource
from ._values import compact, is_iban

MAX_PASSES = 500
"""How often a file is read at most, once for each account whose rows are mixed with others."""

_COMPARED = 2_000
"""With how many rows one that may have been cut is compared."""


def read_table(
    profile: TableProfile, source: RowSource, *, guessed: bool = False
) -> Iterator[Event]:
    """The transactions of each statement, and the statement after them.

    :param guessed: the profile was found by looking at the file; nobody has confirmed it
    :raises InvalidStatement: at the first thing that is not as the profile says
    """
    reading = _Reading(Sheet(settled(profile, source), source), guessed)
    yield from reading.events()
    if reading.is_empty and not source.ends:
        raise InvalidStatement(
            _("The file may be cut off: it has no rows, and its last line does not end"),
            expected=_("a line break"),
        )


class _Reading:
    """Reads a file once while all rows are of one account, as nearly always they are."""

    def __init__(self, sheet: Sheet, guessed: bool):
        self._sheet = sheet
        self._keys = Keys(sheet)
        self._guessed = guessed
        self._reader: RowReader | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there was no row; known when all events have been read."""
        return self._reader is None

    def events(self) -> Iterator[Event]:
        current, count = None, 0
        with contextlib.closing(self._rows()) as rows:
            for key, row in rows:
                if current is None:
                    current = self._begin(key)
                elif key is not current.key and key != current.key:
                    break
                count += 1
                yield current.read(row)
            else:
                if current is None and (key := self._keys.of_empty_file()) is not None:
                    current = self._begin(key)
                if current is not None:
                    yield current.finish()
                return
        yield from self._several(current, count)

    def _several(self, current: _Building, count: int) -> Iterator[Event]:
        """The events of the other rows of a file with several accounts.

        :param current: the first account's statement so far
        :param count: the number of rows in it, with which the file begins
        """
        mixed = self._keys.mixed()
        if len(mixed) > MAX_PASSES:
            raise InvalidStatement(
                _("The file mixes the rows of %(count)s accounts", count=len(mixed)),
                expected=_(
                    "at most %(most)s accounts, or each account's rows together", most=MAX_PASSES
                ),
            )
        if not mixed:
            yield from self._statements(self._rows(), current, count)
        for only in mixed:
            yield from self._statements(self._rows(only), current, count)
            current, count = None, 0

    def _statements(
        self, rows: Iterator[tuple[Key, Row]], current: _Building | None, count: int
    ) -> Iterator[Event]:
        for key, row in itertools.islice(rows, count, None):
            if current is None or key != current.key:
                if current is not None:
                    yield current.finish()
                current = self._begin(key)
            yield current.read(row)
        if current is not None:
            yield current.finish()

    def _rows(self, only: Key | None = None) -> Iterator[tuple[Key, Row]]:
        """The rows that touch an account, with their keys.

        :param only: leave out the rows of other accounts than this
        """
        reader: RowReader | None = None
        for row in self._sheet.rows():
            if reader is None:
                reader = self._reader = RowReader(self._sheet, self._guessed)
                key_of = self._keys.reader()
            if reader.can_skip and reader.skips(row.cells):
                continue
            key = key_of(row)
            if only is None or key == only:
                yield key, row

    def _begin(self, key: Key) -> _Building:
        return _Building(self._sheet, self._reader or RowReader(self._sheet), key, self._guessed)


class _Building:
    """One statement while its rows pass by."""

    def __init__(self, sheet: Sheet, reader: RowReader, key: Key, guessed: bool):
        self.key = key
        self._sheet = sheet
        self._reader = reader
        self._transaction = reader.transaction
        self._guessed = guessed
        self._count = self._pending = 0
        self._total = Decimal(0)
        self._first: Date | None = None
        self._last: Date | None = None
        self._earliest: Date | None = None
        self._latest: Date | None = None
        order = sheet.profile.order
        self._balances = RunningBalance(ORDERS[1:] if order == "auto" else (order,))
        self._follow, self._balance = self._balances.follow, reader.balance
        self._break: InvalidStatement | None = None
        self._row: Row | None = None
        self._has_balance = bool(sheet.layout and "balance" in sheet.layout.positions)

    def read(self, row: Row) -> Transaction:
        """One row as a transaction.

        :raises InvalidStatement: naming the line and the column
        """
        transaction = self._transaction(row, self.key.currency)
        self._row = row
        if not transaction.booked:
            self._pending += 1
            return transaction
        date, amount = transaction.booking_date, transaction.amount
        self._count += 1
        self._total += amount
        if date is not self._last:
            self._note_date(date)
        if self._has_balance:
            self._follow_balance(row, amount)
        return transaction

    def finish(self) -> Statement:
        """The statement.

        :raises InvalidStatement: when its running balances follow in no order, and that
            would not show in the balances of the statement; and when the file ends
            within a number or date that nothing proves to be complete
        """
        opening, closing = self._opening_and_closing()
        number = self._sheet.fields.get("number", (None, 0))[0]
        statement = Statement(
            account=account_from(self.key.account),
            currency=self.key.currency or None,
            opening=opening,
            closing=closing,
            number=number or None,
            count=self._count,
            total=self._total,
            pending_count=self._pending,
            start_date=self._earliest,
            end_date=self._latest,
            dialect=None if self._guessed else self._sheet.profile.name,
            guessed=self._guessed,
        )
        if self._break and not self._balances.proven and statement.balanced is not False:
            raise self._break
        if self._row is not None and self._row is self._sheet.unended:
            self._check_end(self._row, statement)
        return statement

    def _check_end(self, row: Row, statement: Statement) -> None:
        """Refuse a last row that may have been cut.

        :raises InvalidStatement: naming the line
        """
        proven = bool(statement.balanced) and self._is_in_balances(row)
        rows = itertools.islice(self._sheet.rows(), _COMPARED)
        width = len(row.cells)
        others = [other for other in rows if other.line != row.line and len(other.cells) >= width]
        if self._reader.may_be_cut(row, others, proven):
            message = _("The file may be cut off: the last line does not end with a line break")
            raise broken(message, row, _("a line break, or a balance that proves the row"))

    def _is_in_balances(self, row: Row) -> bool:
        """Whether the row's amount and balance are proven by those of others."""
        if {"opening", "closing"} <= set(self._sheet.fields):
            return True
        if not self._balances.several or not self._has_balance:
            return False
        return self._reader.balance(row, self.key.currency) is not None

    def _note_date(self, date: Date) -> None:
        self._last = date
        if self._first is None:
            self._first = self._earliest = self._latest = date
        elif date < self._earliest:
            self._earliest = date
        elif date > self._latest:
            self._latest = date

    def _follow_balance(self, row: Row, amount: Decimal) -> None:
        balance = self._balance(row, self.key.currency)
        expected = self._follow(amount, balance)
        if expected is not None:
            self._break = InvalidStatement(
                _("The running balance does not follow from the row before"),
                line=row.line,
                element=" ".join(self._sheet.profile.columns["balance"]),
                expected=f"{expected:f}",
                found=f"{balance:f}",
            )

    def _opening_and_closing(self) -> tuple[Balance | None, Balance | None]:
        """Opening and closing balance, by the lines around the rows, else by the rows."""
        opening, closing = self._running_balances()
        stated_opening, stated_closing = self._stated("opening"), self._stated("closing")
        if stated_opening is not None:
            opening = Balance(stated_opening, self._earliest)
        if stated_closing is not None:
            closing = Balance(stated_closing, self._latest)
        return opening, closing

    def _running_balances(self) -> tuple[Balance | None, Balance | None]:
        newest_first = None if self._first == self._last else self._first > self._last
        ends = self._balances.ends(newest_first)
        if ends is None and self._break:
            # Rows are missing or wrong: it does not add up, so that somebody looks at it.
            ends = self._balances.ends_in_file(newest_first or False)
        if ends is None:
            return None, None
        return Balance(ends[0], self._earliest), Balance(ends[1], self._latest)

    def _stated(self, name: str) -> Decimal | None:
        text, line = self._sheet.fields.get(name, ("", 0))
        if not text:
            return None
        return self._reader.stated(text, line, name, self.key.currency)


def account_from(text: str) -> Account:
    """An account by its IBAN, maybe with a name behind, else by the bank's own number."""
    number = compact(text)
    if is_iban(number):
        return Account(iban=number)
    first = text.partition(" ")[0]
    return Account(iban=first) if is_iban(first) else Account(number=text or None)
