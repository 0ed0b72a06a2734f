"""An unknown table looked at as a whole, and what the cells of each column have in common."""

from __future__ import annotations

from collections import Counter

from ._table_profile import DATE_COLUMNS
from ._table_shapes import CONVENTIONS, NOTHING, Reading, reading_of
from ._table_source import Row, RowSource
from ._table_titles import role_of
from ._table_top import Top, is_data
from ._table_values import title_key
from ._values import compact, is_iban

_SAMPLE_ROWS = 400
_ODD_ROWS = 200
_DISTINCT = 40
_ACCOUNT_ROWS = 500
_PLAIN_ROWS = 2_000


class Column:
    """What the cells of one column have in common, collected row by row."""

    def __init__(self, place: int, title: str):
        self.place = place
        self.title = title
        self.role, self.surety = role_of(title)
        self.filled = 0
        self.date_ways: dict[tuple[str, ...], frozenset[str]] = {}
        self.dates = self.numbers = self.marked = 0
        self.negative = self.positive = self.plus = 0
        self.conventions = frozenset(range(len(CONVENTIONS)))
        self.values: Counter[str] | None = Counter()
        self.suffixes: set[str] = set()
        self.currencies: set[str] = set()
        self.ibans = self.accounts = 0
        self.length = 0
        self.example: tuple[str, int] = ("", 0)
        self.unclear: tuple[str, int] = ("", 0)

    def take(self, cell: str, reading: Reading, line: int) -> None:
        self.filled += 1
        self.length += len(cell)
        if self.values is None and reading is NOTHING and self.filled > _ACCOUNT_ROWS:
            return
        if self.values is not None:
            self.values[cell.casefold()] += 1
            if len(self.values) > _DISTINCT:
                self.values = None
        if reading.dates:
            self.dates += 1
            viable = self.date_ways.get(reading.ways, frozenset(reading.ways))
            self.date_ways[reading.ways] = viable & reading.dates
        if reading.conventions:
            self._take_number(cell, reading, line)
        if self.filled <= _ACCOUNT_ROWS:
            self._take_account(cell, reading)

    def _take_number(self, cell: str, reading: Reading, line: int) -> None:
        self.numbers += 1
        self.marked += reading.marked
        self.conventions &= reading.conventions
        self.example = self.example if self.example[1] else (cell, line)
        if reading.marked and not self.unclear[1]:
            self.unclear = (cell, line)
        if not reading.zero:
            self.negative += reading.sign < 0
            self.positive += reading.sign >= 0
            self.plus += reading.sign > 0
        self.suffixes.add(reading.suffix)
        if reading.currency:
            self.currencies.add(reading.currency)

    def _take_account(self, cell: str, reading: Reading) -> None:
        if reading.dates or len(cell) < 8:
            return
        number = compact(cell)
        if is_iban(number):
            self.ibans += 1
            self.accounts += 1
        elif sum(map(str.isdigit, number)) >= 6 and len(number) < 36:
            self.accounts += 1

    @property
    def is_accounts(self) -> bool:
        """Whether all of its first cells are account numbers."""
        return self.filled > 0 and self.accounts == min(self.filled, _ACCOUNT_ROWS)

    @property
    def is_dates(self) -> bool:
        return self.filled > 0 and self.dates == self.filled

    @property
    def is_numbers(self) -> bool:
        return self.filled > 0 and self.numbers == self.filled and bool(self.conventions)

    @property
    def reference(self) -> str:
        return self.title or f"#{self.place + 1}"


class Table:
    """An unknown table, looked at as a whole."""

    def __init__(self, source: RowSource, top: Top):
        self.top = top
        titles = top.titles or ("",) * top.width
        self.columns = [Column(place, title) for place, title in enumerate(titles)]
        self.sample: list[Row] = []
        self.before: list[Row] = []
        self.odd: list[Row] = []
        self.odd_count = 0
        self.odd_empty = set(range(top.width))
        self.at_end: list[Row] = []
        self.data_rows = 0
        self.header_line: int | None = None
        self.ragged: Row | None = None
        self.ends = source.ends
        self.last: Row | None = None
        self._texts: set[int] = set()
        self._date_places = {c.place for c in self.columns if c.role in DATE_COLUMNS}
        self._scan(source)

    def _scan(self, source: RowSource) -> None:
        header_keys = [title_key(title) for title in self.top.titles]
        for index, row in enumerate(source.rows()):
            if index < self.top.start:
                if index == self.top.header:
                    self.header_line = row.line
                else:
                    self.before.append(row)
                continue
            cells = row.cells
            readings = [
                reading_of(cell) if cell and place not in self._texts else NOTHING
                for place, cell in enumerate(cells)
            ]
            if not is_data(readings, self._date_places):
                if [title_key(cell) for cell in cells[: len(header_keys)]] != header_keys:
                    self._note_odd(row)
                continue
            self.pass_odd()
            if len(cells) < self.top.width or any(cells[self.top.width :]):
                self.ragged = self.ragged or row
            self.data_rows += 1
            self.last = row
            if len(self.sample) < _SAMPLE_ROWS and len(cells) >= self.top.width:
                self.sample.append(row)
            for column, cell, reading in zip(self.columns, cells, readings, strict=False):
                if cell:
                    column.take(cell, reading, row.line)
            if self.data_rows == _PLAIN_ROWS:
                self._leave_texts()

    def _leave_texts(self) -> None:
        """Columns that were plain text for so many rows need no closer look."""
        self._texts = {c.place for c in self.columns if c.values is None and not c.dates}
        self._texts -= {c.place for c in self.columns if c.numbers}

    def _note_odd(self, row: Row) -> None:
        """A row without date or amount: perhaps a line at the end."""
        self.at_end.append(row)
        if len(self.at_end) > _ODD_ROWS:
            self.pass_odd()

    def pass_odd(self) -> None:
        """Such rows are not at the end: others follow."""
        for row in self.at_end:
            self.odd_count += 1
            self.odd_empty &= {
                place for place in self.odd_empty if place < len(row.cells) and not row.cells[place]
            }
            if len(self.odd) < _ODD_ROWS:
                self.odd.append(row)
        self.at_end.clear()

    def with_role(self, role: str) -> list[Column]:
        """The columns that a role's title names, the surest first."""
        found = [column for column in self.columns if column.role == role and column.filled]
        return sorted(found, key=lambda column: (-column.surety, column.place))

    def reference(self, column: Column) -> str:
        """How a profile calls the column."""
        titles = [title_key(title) for title in self.top.titles]
        if not column.title:
            return f"#{column.place + 1}"
        key = title_key(column.title)
        if titles.count(key) > 1:
            return f"{column.title}#{titles[: column.place + 1].count(key)}"
        return column.title


def is_bare(column: Column) -> bool:
    """Whether its dates are mere digits."""
    return any(way.replace("%", "").isalpha() for ways in column.date_ways for way in ways)


def label(column: Column) -> str:
    return f"“{column.title}”" if column.title else f"number {column.place + 1}"


def first_line(table: Table) -> int | None:
    return table.sample[0].line if table.sample else table.header_line
