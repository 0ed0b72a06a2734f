"""Where a profile's columns and lines are in a file."""

from __future__ import annotations

import contextlib
import functools
import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from operator import itemgetter

from ..errors import InvalidStatement
from ._table_profile import CURRENCY_SLOT, LineField, TableProfile, line_field
from ._table_source import MAX_LINE, Row, RowSource
from ._table_values import AmountParser, currency_of, is_date, tidy, title_key, undressed

_BLOCK = 2_000

_OF_ROWS = ("booking_date", "value_date", "amount", "debit", "credit", "balance")
"""Columns of which a transaction has at least one; a row without continues the one before."""

_SLOT = r"(?P<currency>[a-z]{3}|€|£|zł|kč)"


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things stand below a header.

    :ivar positions: the cells of each of the profile's columns that the file has
    :ivar width: how many cells a row must have
    :ivar currency: the one that a title names
    """

    titles: tuple[str, ...]
    positions: Mapping[str, tuple[int, ...]]
    width: int
    currency: str | None


class Header:
    """The header that a profile declares."""

    def __init__(self, profile: TableProfile):
        self._profile = profile
        self._least_width = max(map(_numbered, _referred(profile)), default=0)
        self._keys = self._without_unused([title_key(title) for title in profile.header])
        self._required = set(self._keys) - {""}
        self._renamed = {
            title_key(other): title_key(title)
            for title, others in profile.synonyms.items()
            for other in others
        }
        self._slots = [
            (re.compile(_SLOT.join(map(re.escape, key.split(CURRENCY_SLOT, 1)))), key)
            for key in {*self._keys, *map(title_key, _referred(profile))}
            if CURRENCY_SLOT in key
        ]

    @property
    def required(self) -> set[str]:
        """The titles that a file must have, as titles are compared."""
        return self._required

    def is_in(self, cells: list[str]) -> bool:
        """Whether a row is this header."""
        if len(cells) < len(self._required):
            return False
        keys = self._titles(cells)[0]
        return keys == self._keys if self._profile.exact else self._required <= set(keys)

    def could_be_a_row(self, cells: list[str]) -> bool:
        """Whether the first cells of a file without header are like the profile's rows."""
        profile = self._profile
        if len(cells) != len(profile.header):
            return False
        positions = self.layout_without(Row(cells, 1, "")).positions
        dates = positions.get("booking_date") or positions.get("value_date", ())
        amounts = [positions.get(name, ()) for name in ("amount", "debit", "credit")]
        parse = AmountParser(
            profile.decimal, profile.thousands, profile.debit_signs, profile.credit_signs
        ).parse
        return any(is_date(tidy(cells[place]), profile.dates) for place in dates) and any(
            parse(tidy(cells[place])) is not None for places in amounts for place in places
        )

    def layout(self, row: Row) -> Layout:
        """Where the columns are.

        :raises InvalidStatement: when a column that is needed occurs twice
        """
        keys, currency = self._titles(row.cells)
        positions = {}
        for key, references in self._profile.columns.items():
            found = [self._position(keys, reference, row) for reference in references]
            if any(position is not None for position in found):
                positions[key] = tuple(position for position in found if position is not None)
        return Layout(tuple(map(tidy, row.cells)), positions, len(keys), currency)

    def layout_without(self, row: Row) -> Layout:
        """The layout of a file that has no header, only rows as wide as declared."""
        width = len(self._profile.header)
        numbers = [f"#{number}" for number in range(1, width + 1)]
        layout = self.layout(Row(numbers, row.line, ""))
        return Layout((), layout.positions, width, None)

    def place(self, layout: Layout, reference: str) -> int | None:
        """The cell of any column that the profile refers to."""
        keys = self._titles(list(layout.titles))[0] or [""] * layout.width
        return self._position(keys, reference, Row(list(layout.titles), 0, ""))

    def _titles(self, cells: list[str]) -> tuple[list[str], str | None]:
        """The titles as the profile calls them, and the currency that one of them names."""
        keys, currency = self._without_unused([title_key(cell) for cell in cells]), None
        for place, key in enumerate(keys):
            key = self._renamed.get(key, key)
            for pattern, slot in self._slots:
                if match := pattern.fullmatch(key):
                    key, currency = slot, currency_of(match["currency"])
            keys[place] = key
        return keys, currency

    def _without_unused(self, keys: list[str]) -> list[str]:
        """Without the empty titles at the end that the profile does not refer to."""
        while len(keys) > max(self._least_width, 1) and not keys[-1]:
            keys.pop()
        return keys

    def _position(self, keys: list[str], reference: str, row: Row) -> int | None:
        title, mark, number = reference.rpartition("#")
        if not (mark and number.isdigit()):
            return self._only(keys, title_key(reference), row)
        nth = int(number) - 1
        places = list(range(len(keys)))
        if title:
            places = [place for place in places if keys[place] == title_key(title)]
        return places[nth] if 0 <= nth < len(places) else None

    def _only(self, keys: list[str], key: str, row: Row) -> int | None:
        if keys.count(key) > max(self._keys.count(key), 1):
            raise broken("A column occurs twice", row, "each column once")
        return keys.index(key) if key in keys else None


def _referred(profile: TableProfile) -> set[str]:
    return {title for titles in profile.columns.values() for title in titles}


def _numbered(reference: str) -> int:
    """The number of a column that is known by nothing else."""
    return int(reference[1:]) if reference[:1] == "#" and reference[1:].isdigit() else 0


class LineNames:
    """What the first cells of lines around the rows mean; a name may end in ``*``."""

    def __init__(self, names: Mapping[str, str]):
        self._exact = {_line_key(name): field for name, field in names.items() if name[-1:] != "*"}
        self._prefixes = [
            (_line_key(name[:-1]), field) for name, field in names.items() if name[-1:] == "*"
        ]
        self.find = functools.lru_cache(maxsize=1024)(self._find)

    def _find(self, cell: str) -> tuple[str, str] | None:
        """The field that a first cell announces, and what the cell itself says about it."""
        if (key := _line_key(cell)) in self._exact:
            return self._exact[key], ""
        before, mark, after = cell.partition(":")
        if mark and after.strip() and (key := _line_key(before)) in self._exact and key:
            return self._exact[key], tidy(after)
        text = title_key(cell)
        for prefix, field in self._prefixes:
            if text.startswith(prefix):
                return field, tidy(tidy(cell)[len(prefix) :].lstrip(":"))
        return None


def _line_key(text: str) -> str:
    return title_key(text).rstrip(":").rstrip()


class Sheet:
    """A source seen as rows below a header, with lines around them, as a profile says.

    :ivar fields: what the lines around the rows say, with their line numbers; filled while
        the rows are read
    :ivar unended: the last row, if no line break and no footer shows that it is complete;
        known when all rows have been read
    """

    def __init__(self, profile: TableProfile, source: RowSource):
        self.profile = profile
        self.layout: Layout | None = None
        self.fields: dict[str, tuple[str, int]] = {}
        self.unended: Row | None = None
        self._source = source
        self._header = Header(profile)

    def rows(self) -> Iterator[Row]:
        """The rows between header and footer, as wide as the header.

        :raises InvalidStatement: for rows of another width, and for a footer that is
            missing or counts other rows
        """
        rows = self._source.rows()
        if self.profile.nothing:
            rows = self._without_nothing(rows)
        if self.profile.headerless:
            first = next(rows, None)
            if first is None:
                return
            self.layout = self._header.layout_without(first)
            rows = _with_first(first, rows)
        else:
            self._read_head(rows)
        body = self._body(rows)
        yield from self._with_continuations(body) if self.profile.continuation else body

    def all_alike(self, places: list[int]) -> bool:
        """Whether all rows surely have the same in these cells. Fast, and only a first look."""
        told = itemgetter(*places)
        values = self._source.values()
        if not self.profile.headerless:
            for cells in values:
                if self._header.is_in([str(cell) for cell in cells]):
                    break
        found: set = set()
        for cells in values:
            # In blocks, since a step of its own for each row would take its time.
            with contextlib.suppress(IndexError):  # by a line that is no row
                found.add(told(cells))
                found.update(map(told, itertools.islice(values, _BLOCK)))
            if len(found) > 1:
                return False
        return True

    def values(self) -> Iterator[list]:
        """The cells of all rows of the file as they are."""
        return self._source.values()

    def place(self, reference: str) -> int | None:
        """The cell of a column that is known by its title."""
        return self._header.place(self.layout, reference) if self.layout else None

    def _read_head(self, rows: Iterator[Row]) -> None:
        names = LineNames(self.profile.preamble)
        below: LineField | None = None
        for row in rows:
            if self._header.is_in(row.cells):
                self.layout = self._header.layout(row)
                return
            if below is not None:
                self._keep_cell(row, below)
                below = None
            else:
                below = self._keep_field(row, names)
        raise InvalidStatement(
            "The file has no header line", expected=", ".join(self.profile.header)
        )

    def _body(self, rows: Iterator[Row]) -> Iterator[Row]:
        names = LineNames(self.profile.footer)
        has_footer = bool(self.profile.footer)
        width = self.layout.width
        count, in_footer, last = 0, False, None
        first_title = self.layout.titles[0] if self.layout.titles else None
        for row in rows:
            cells = row.cells
            if cells[0] == first_title and self._header.is_in(cells):
                continue  # files that were joined repeat it
            if has_footer and names.find(cells[0]) is not None:
                in_footer = True
                self._keep_field(row, names)
            elif in_footer:
                raise broken("There is something after the last line", row, "nothing")
            elif len(cells) == width or self._fits(row, width):
                count += 1
                last = row
                yield row
        self.unended = None if in_footer or self._source.ends else last
        if self.profile.footer_required and not in_footer:
            expected = " or ".join(self.profile.footer)
            raise InvalidStatement(
                "The file has no last line, so it was cut off", expected=f"a line {expected}"
            )
        self._check_count(count)

    def _fits(self, row: Row, width: int) -> bool:
        """Whether only empty cells are behind the columns that a row has.

        :raises InvalidStatement: for a row of another width
        """
        if len(row.cells) < width or any(map(tidy, row.cells[width:])):
            raise broken(f"The row has {len(row.cells)} columns", row, f"{width} columns")
        return True

    def _check_count(self, count: int) -> None:
        if "count" not in self.fields:
            return
        text, line = self.fields["count"]
        if text != str(count):
            raise InvalidStatement(
                "The file does not hold as many rows as it says",
                line=line,
                expected=f"{count} as read",
                found=text,
            )

    def _keep_field(self, row: Row, names: LineNames) -> LineField | None:
        """Keep what a line says; returned is what the line below it says.

        :raises InvalidStatement: when the line does not have the cell that says it
        """
        found = names.find(row.cells[0])
        field = line_field(found[0]) if found else None
        if field is None or not field.name:
            return None
        if field.below:
            return field
        if field.place is not None:
            self._keep_cell(row, field)
            return None
        beside = next((tidy(cell) for cell in row.cells[1:] if tidy(cell)), "")
        self.fields[field.name] = (undressed(beside or found[1]), row.line)
        return None

    def _keep_cell(self, row: Row, field: LineField) -> None:
        if len(row.cells) <= field.place or not tidy(row.cells[field.place]):
            message = f"The line does not say the {field.name}"
            raise broken(message, row, f"it in cell {field.place + 1}")
        self.fields[field.name] = (undressed(tidy(row.cells[field.place])), row.line)

    def _without_nothing(self, rows: Iterator[Row]) -> Iterator[Row]:
        """The rows with empty cells instead of the words that mean nothing."""
        words = {tidy(word).casefold() for word in self.profile.nothing}
        for row in rows:
            cells = ["" if cell.casefold() in words else cell for cell in row.cells]
            yield row._replace(cells=cells)

    def _with_continuations(self, rows: Iterator[Row]) -> Iterator[Row]:
        """Each row together with those that only continue its text."""
        before, more = None, []
        for row in rows:
            if before is not None and self._continues(row):
                more.append(row)
                if sum(len(one.raw) for one in more) > MAX_LINE:
                    raise broken("The text of a row does not end", before, "a row with a date", "")
                continue
            if before is not None:
                yield self._joined(before, more)
            before, more = row, []
        if before is not None:
            last = self._joined(before, more)
            if self.unended is not None:
                self.unended = last
            yield last

    def _continues(self, row: Row) -> bool:
        positions = self.layout.positions
        return not any(row.cells[p] for name in _OF_ROWS for p in positions.get(name, ()))

    def _joined(self, row: Row, more: list[Row]) -> Row:
        """One row of several; what further ones say is put behind the first one's text."""
        if not more:
            return row
        cells, place = list(row.cells), self.layout.positions["remittance"][-1]
        texts = [cells[place]]
        for each in more:
            # What the row has said already, such as the currency, is no text.
            said = itertools.zip_longest(each.cells, row.cells[: len(each.cells)])
            texts += [
                cell
                for at, (cell, before) in enumerate(said)
                if cell and (cell != before or at == place)
            ]
        cells[place] = " ".join(filter(None, texts))
        return Row(cells, row.line, "\n".join([row.raw, *(each.raw for each in more)]))


def _with_first(first: Row, rows: Iterator[Row]) -> Iterator[Row]:
    yield first
    yield from rows


def broken(message: str, row: Row, expected: str, found: str | None = None) -> InvalidStatement:
    """A row that is refused."""
    return InvalidStatement(
        message,
        line=row.line or None,
        expected=expected,
        found=row.raw if found is None else found,
    )
