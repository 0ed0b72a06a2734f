"""An unknown table looked at as a whole, and what the cells of each column have in common."""

from __future__ import annotations

import functools
import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from ..messages import _
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
_BLOCK = 1_000


LineOf = Callable[[str], int]


class Column:
    """What the cells of one column have in common, collected row by row.

    :ivar title: how a profile calls it
    :ivar written_title: how the file calls it
    """

    def __init__(self, place: int, title: str):
        self.place = place
        self.title = self.written_title = title
        self.role, self.surety = role_of(title)
        self.filled = 0
        self.date_ways: dict[tuple[str, ...], frozenset[str]] = {}
        self.dates = self.numbers = self.marked = 0
        self.negative = self.positive = self.plus = 0
        self.conventions = frozenset(range(len(CONVENTIONS)))
        self.values: Counter[str] | None = Counter()
        self.suffixes: set[str] = set()
        self.currencies: set[str] = set()
        self.ibans = self.accounts = self.looked_at = 0
        self.length = 0
        self.example: tuple[str, int] = ("", 0)
        self.unclear: tuple[str, int] = ("", 0)

    def take(self, cell: str, reading: Reading, line_of: LineOf, times: int = 1) -> None:
        """Count a cell that is not empty.

        :param line_of: tells where it stands first
        :param times: how many rows have just the same
        """
        self.filled += times
        self.length += times * len(cell)
        if self.values is not None:
            self.values[cell.casefold()] += times
            if len(self.values) > _DISTINCT:
                self.values = None
        if reading.dates:
            self.dates += times
            viable = self.date_ways.get(reading.ways, frozenset(reading.ways))
            self.date_ways[reading.ways] = viable & reading.dates
        if reading.conventions:
            self._take_number(cell, reading, line_of, times)
        if self.looked_at < _ACCOUNT_ROWS:
            self.looked_at += times
            self.ibans += times * _is_iban(cell, reading)
            self.accounts += times * _is_account(cell, reading)

    def telling(self, count: Counter[str], found: dict[str, Reading]) -> Iterable[tuple[str, int]]:
        """Cells that stand for all of them, and for how many.

        Once a column has so many values that they do not matter, one of each reading will do.
        """
        if self.values is not None or self.looked_at < _ACCOUNT_ROWS:
            return count.items()
        first: dict[int, str] = {}
        times: Counter[str] = Counter()
        for cell, number in count.items():
            if cell:
                times[first.setdefault(id(found[cell]), cell)] += number
        return times.items()

    def _take_number(self, cell: str, reading: Reading, line_of: LineOf, times: int) -> None:
        self.numbers += times
        self.marked += times * reading.marked
        self.conventions &= reading.conventions
        if not self.example[1]:
            self.example = (cell, line_of(cell))
        if reading.marked and not reading.typed and not self.unclear[1]:
            self.unclear = (cell, line_of(cell))
        if not reading.zero:
            self.negative += times * (reading.sign < 0)
            self.positive += times * (reading.sign >= 0)
            self.plus += times * (reading.sign > 0)
        self.suffixes.add(reading.suffix)
        if reading.currency:
            self.currencies.add(reading.currency)

    @property
    def is_accounts(self) -> bool:
        """Whether all of its first cells are account numbers."""
        return 0 < self.looked_at == self.accounts

    @property
    def is_dates(self) -> bool:
        return self.filled > 0 and self.dates == self.filled

    @property
    def is_numbers(self) -> bool:
        return self.filled > 0 and self.numbers == self.filled and bool(self.conventions)

    @property
    def reference(self) -> str:
        return self.written_title or f"#{self.place + 1}"


def _is_iban(cell: str, reading: Reading) -> bool:
    return len(cell) >= 8 and not reading.dates and is_iban(compact(cell))


def _is_account(cell: str, reading: Reading) -> bool:
    """Whether the cell is an IBAN, or digits enough for a bank's own number of an account."""
    if len(cell) < 8 or reading.dates:
        return False
    number = compact(cell)
    return is_iban(number) or sum(map(str.isdigit, number)) >= 6 and len(number) < 36


def _first_line_of(rows: list[Row], cells: tuple[str, ...], cell: str) -> int:
    return rows[cells.index(cell)].line


def _in_each_row(fitting: list[set[str]], columns: list[tuple[str, ...]]) -> bool:
    """Whether each row has a fitting cell in some column."""
    left = range(len(columns[0]))
    for fits, cells in zip(fitting, columns, strict=True):
        if fits:
            left = [index for index in left if cells[index] not in fits]
    return not left


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
        self._source = source
        self._texts: set[int] = set()
        self._date_places = {c.place for c in self.columns if c.role in DATE_COLUMNS}
        self._header = [title_key(title) for title in top.titles]
        self._scan(source)

    def _scan(self, source: RowSource) -> None:
        rows = iter(source.rows())
        for index, row in enumerate(itertools.islice(rows, self.top.start)):
            if index == self.top.header:
                self.header_line = row.line
            else:
                self.before.append(row)
        while block := list(itertools.islice(rows, _BLOCK)):
            if not self._take_block(block):
                for row in block:
                    self._take_row(row)
            if not self._texts and self.data_rows >= _PLAIN_ROWS:
                self._leave_texts()

    def _take_block(self, rows: list[Row]) -> bool:
        """Take many rows at once, column by column; False when one of them is not like the others.

        Most cells of a column come again and again, so each of them is looked at once.
        """
        if len({len(row.cells) for row in rows}) > 1 or len(rows[0].cells) < self.top.width:
            return False
        columns = list(zip(*(row.cells for row in rows), strict=True))
        counts = [Counter(cells) for cells in columns]
        readings = [self._readings(place, cells) for place, cells in enumerate(counts)]
        beyond = any(any(cells) for cells in counts[self.top.width :])
        if beyond or not self._are_data(columns, readings):
            return False
        self._note_data(rows)
        for column, cells, count, found in zip(
            self.columns, columns, counts, readings, strict=False
        ):
            if column.place in self._texts:
                column.filled += len(rows) - count[""]
                column.length += sum(map(len, cells))
                continue
            line_of = functools.partial(_first_line_of, rows, cells)
            for cell, times in column.telling(count, found):
                if cell:
                    column.take(cell, found[cell], line_of, times)
        return True

    def _readings(self, place: int, cells: Iterable[str]) -> dict[str, Reading]:
        if place in self._texts:
            return {}
        return {cell: reading_of(cell) if cell else NOTHING for cell in cells}

    def _are_data(self, columns: list[tuple[str, ...]], readings: list[dict]) -> bool:
        """Whether :func:`is_data` holds for each row."""
        dated, counted = [], []
        for place, found in enumerate(readings):
            titled = place in self._date_places
            dated.append({c for c, r in found.items() if r.dates and (titled or not r.bare)})
            counted.append(
                {c for c, r in found.items() if r.conventions and not (titled and r.dates)}
            )
        return _in_each_row(dated, columns) and _in_each_row(counted, columns)

    def _take_row(self, row: Row) -> None:
        cells, width = row.cells, self.top.width
        readings = [
            reading_of(cell) if cell and place not in self._texts else NOTHING
            for place, cell in enumerate(cells)
        ]
        if not is_data(readings, self._date_places):
            if [title_key(cell) for cell in cells[: len(self._header)]] != self._header:
                self._note_odd(row)
            return
        if len(cells) < width or any(cells[width:]):
            self.ragged = self.ragged or row
        self._note_data([row])
        for column, cell, reading in zip(self.columns, cells, readings, strict=False):
            if cell:
                column.take(cell, reading, lambda cell: row.line)

    def _note_data(self, rows: list[Row]) -> None:
        self.pass_odd()
        self.data_rows += len(rows)
        self.last = rows[-1]
        room = _SAMPLE_ROWS - len(self.sample)
        self.sample += [row for row in rows[: max(room, 0)] if len(row.cells) >= self.top.width]

    def _leave_texts(self) -> None:
        """Columns that were plain text for so many rows need no closer look."""
        self._texts = {c.place for c in self.columns if c.values is None and not c.dates}
        self._texts -= {c.place for c in self.columns if c.numbers}

    def _note_odd(self, row: Row) -> None:
        """A row without date or amount: perhaps a line at the end."""
        self.at_end.append(row)
        if len(self.at_end) > _ODD_ROWS:
            self.pass_odd()

    def pass_odd(self, count: int | None = None) -> None:
        """Such rows are not at the end: others follow.

        :param count: how many of them; None for all
        """
        for row in self.at_end[:count]:
            self.odd_count += 1
            self.odd_empty &= {
                place for place in self.odd_empty if place < len(row.cells) and not row.cells[place]
            }
            if len(self.odd) < _ODD_ROWS:
                self.odd.append(row)
        del self.at_end[:count]

    def data(self) -> Iterator[Row]:
        """All rows with a date and an amount, read once more."""
        for row in itertools.islice(self._source.rows(), self.top.start, None):
            readings = [reading_of(cell) for cell in row.cells]
            if len(row.cells) >= self.top.width and is_data(readings, self._date_places):
                yield row

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
    return (
        f"“{column.written_title}”"
        if column.title
        else _("number %(place)s", place=column.place + 1)
    )


def first_line(table: Table) -> int | None:
    return table.sample[0].line if table.sample else table.header_line
