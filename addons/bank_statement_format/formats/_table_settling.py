"""What a profile leaves to each file: the order of day and month, and the decimal mark.

Both are decided once for a file by all of its rows, never row by row.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping

from ..errors import InvalidStatement, UnclearLayout
from ..messages import _
from ._table_profile import (
    ANY_DECIMAL,
    DATE_COLUMNS,
    MONEY_COLUMNS,
    TableProfile,
    date_orders,
)
from ._table_shapes import CONVENTIONS, reading_of
from ._table_sheet import Sheet
from ._table_source import Row, RowSource
from ._table_values import DateCell, NumberCell, parse_table_date

_MAX_KNOWN = 20_000
_NINES = str.maketrans("012345678", "9" * 9)
_CHANGES = 4
"""How often the day must change before the order of the rows proves anything."""


def settled(profile: TableProfile, source: RowSource) -> TableProfile:
    """The profile as this file proves it to be meant; reads all rows where anything is open.

    :raises UnclearLayout: when the rows prove nothing
    :raises InvalidStatement: when they contradict each other
    """
    judges: list[_DateOrder | _DecimalMark] = []
    if orders := date_orders(profile.dates):
        judges.append(_DateOrder(orders))
    if profile.decimal == ANY_DECIMAL:
        judges.append(_DecimalMark())
    if not judges:
        return profile
    sheet = Sheet(profile, source)
    for row in sheet.rows():
        for judge in judges:
            judge.take(row, sheet.layout.positions)
    changes = {key: value for judge in judges for key, value in judge.verdict().items()}
    return dataclasses.replace(profile, **changes)


class _DateOrder:
    """Whether day or month comes first."""

    def __init__(self, orders: tuple[tuple[str, ...], ...]):
        self._orders = orders
        self._proofs: dict[int, tuple[Row, str]] = {}
        self._unclear: tuple[Row, str] | None = None
        self._rows = [_Rising() for _skipped in orders]
        self._known: dict[str, list[datetime.date | None]] = {}

    def take(self, row: Row, positions: Mapping[str, tuple[int, ...]]) -> None:
        for name in DATE_COLUMNS:
            for place in positions.get(name, ()):
                if (cell := row.cells[place]) and type(cell) is not DateCell:
                    self._take_date(row, cell, name)

    def _take_date(self, row: Row, cell: str, name: str) -> None:
        days = self._known.get(cell)
        if days is None:
            days = [_day(cell, patterns) for patterns in self._orders]
            self._judge(row, cell, days)
            if len(self._known) < _MAX_KNOWN:
                self._known[cell] = days
        if name == "booking_date" and None not in days:
            for rising, day in zip(self._rows, days, strict=True):
                rising.take(day)

    def _judge(self, row: Row, cell: str, days: list[datetime.date | None]) -> None:
        readable = [index for index, day in enumerate(days) if day is not None]
        if len(readable) == 1:
            self._proofs.setdefault(readable[0], (row, cell))
        elif readable and days[0] != days[1]:
            self._unclear = self._unclear or (row, cell)

    def verdict(self) -> dict[str, tuple[str, ...]]:
        """The patterns that the file's dates are written in."""
        if len(self._proofs) > 1:
            row, cell = max(self._proofs.values(), key=lambda proof: proof[0].line)
            raise InvalidStatement(
                _("Day and month are in another order in some rows"), line=row.line, found=cell
            )
        for index in self._proofs:
            return {"dates": self._orders[index]}
        if self._unclear is None:
            return {"dates": self._orders[0]}
        by_rows = [o for o, rows in zip(self._orders, self._rows, strict=True) if rows.is_sorted]
        if len(by_rows) == 1:
            return {"dates": by_rows[0]}
        row, cell = self._unclear
        raise _unclear(
            _(
                "In which order are day and month in %(cell)s in line %(line)s?",
                cell=cell,
                line=row.line,
            )
        )


class _Rising:
    """Whether days only rise, or only fall."""

    def __init__(self):
        self._last: datetime.date | None = None
        self._rises = self._falls = 0

    def take(self, day: datetime.date) -> None:
        if self._last is not None:
            self._rises += day > self._last
            self._falls += day < self._last
        self._last = day

    @property
    def is_sorted(self) -> bool:
        """Whether they do, and change often enough for that to be no accident."""
        return not (self._rises and self._falls) and self._rises + self._falls >= _CHANGES


class _DecimalMark:
    """Whether point or comma is the decimal mark, and what the thousands mark is."""

    def __init__(self):
        self._viable = frozenset(range(len(CONVENTIONS)))
        self._unclear: tuple[Row, str] | None = None
        self._known: set[str] = set()

    def take(self, row: Row, positions: Mapping[str, tuple[int, ...]]) -> None:
        for name in MONEY_COLUMNS:
            for place in positions.get(name, ()):
                cell = row.cells[place]
                if cell and type(cell) is not NumberCell:
                    # Amounts that differ in their digits only prove the same.
                    shape = cell.translate(_NINES)
                    if shape not in self._known:
                        self._take_amount(row, cell)
                        if len(self._known) < _MAX_KNOWN:
                            self._known.add(shape)

    def _take_amount(self, row: Row, cell: str) -> None:
        reading = reading_of(cell)
        if not reading.conventions:
            return  # refused with its place when it is read
        if not self._viable & reading.conventions:
            raise InvalidStatement(
                _("The amounts are not written in one way"),
                line=row.line,
                expected=_("the decimal mark of the rows before"),
                found=cell,
            )
        self._viable &= reading.conventions
        if reading.marked and self._unclear is None:
            self._unclear = (row, cell)

    def verdict(self) -> dict[str, str]:
        """The marks that the file's amounts are written with."""
        marks = {CONVENTIONS[index][0] for index in self._viable}
        if len(marks) > 1 and self._unclear:
            row, cell = self._unclear
            raise _unclear(
                _(
                    "Which is the decimal mark in %(cell)s in line %(line)s?",
                    cell=cell,
                    line=row.line,
                )
            )
        decimal, thousands = CONVENTIONS[min(self._viable)]
        return {"decimal": decimal, "thousands": thousands}


def _day(text: str, patterns: tuple[str, ...]) -> datetime.date | None:
    try:
        return parse_table_date(text, patterns)
    except ValueError:
        return None


def _unclear(question: str) -> UnclearLayout:
    message = _("The table does not tell all by itself: %(question)s", question=question)
    return UnclearLayout(message, questions=[question])
