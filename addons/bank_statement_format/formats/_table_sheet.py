"""A table's rows as its profile says they are, and what the lines around them say."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Mapping

from ..errors import InvalidStatement
from ..messages import _
from ._table_layout import Header, Layout, broken
from ._table_profile import DATE_COLUMNS, MONEY_COLUMNS, LineField, TableProfile, line_field
from ._table_source import MAX_LINE, Row, RowSource
from ._table_values import NumberCell, is_date, tidy, title_key, undressed


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
        if self.profile.spill:
            rows = self._with_spills(rows)
        if self.profile.balance_rows:
            rows = self._without_balances(rows)
        body = self._body(rows)
        yield from self._with_continuations(body) if self.profile.continuation else body

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
            _("The file has no header line"), expected=", ".join(self.profile.header)
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
                raise broken(_("There is something after the last line"), row, _("nothing"))
            elif len(cells) == width or self._fits(row, width):
                count += 1
                last = row
                yield row
        self.unended = None if in_footer or self._source.ends else last
        if self.profile.footer_required and self.profile.footer and not in_footer:
            expected = " or ".join(self.profile.footer)
            raise InvalidStatement(
                _("The file has no last line, so it was cut off"),
                expected=_("a line %(expected)s", expected=expected),
            )
        self._check_count(count)

    def _fits(self, row: Row, width: int) -> bool:
        """Whether only empty cells are behind the columns that a row has.

        :raises InvalidStatement: for a row of another width
        """
        if len(row.cells) < width or any(map(tidy, row.cells[width:])):
            raise broken(
                _("The row has %(count)s columns", count=len(row.cells)),
                row,
                _("%(width)s columns", width=width),
            )
        return True

    def _check_count(self, count: int) -> None:
        if "count" not in self.fields:
            return
        text, line = self.fields["count"]
        if text != str(count):
            raise InvalidStatement(
                _("The file does not hold as many rows as it says"),
                line=line,
                expected=_("%(count)s as read", count=count),
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
        beside = next((cell for cell in row.cells[1:] if tidy(cell)), "")
        self.fields[field.name] = (_value(beside or found[1]), row.line)
        return None

    def _keep_cell(self, row: Row, field: LineField) -> None:
        if len(row.cells) <= field.place or not tidy(row.cells[field.place]):
            message = _("The line does not say the %(name)s", name=field.name)
            raise broken(message, row, _("it in cell %(place)s", place=field.place + 1))
        self.fields[field.name] = (_value(row.cells[field.place]), row.line)

    def _without_nothing(self, rows: Iterator[Row]) -> Iterator[Row]:
        """The rows with empty cells instead of the words that mean nothing."""
        words = {tidy(word).casefold() for word in self.profile.nothing}
        for row in rows:
            cells = ["" if cell.casefold() in words else cell for cell in row.cells]
            yield row._replace(cells=cells)

    def _with_spills(self, rows: Iterator[Row]) -> Iterator[Row]:
        """The rows with one text of the cells into which delimiters within it have torn it."""
        place, width = self._header.place(self.layout, self.profile.spill), self.layout.width
        delimiter, quote = self.profile.delimiter, self.profile.quote
        for row in rows:
            surplus, parts = len(row.cells) - width, row.raw.split(delimiter)
            torn = surplus > 0 and any(row.cells[width:]) and len(parts) == len(row.cells)
            if not torn or (quote and quote in row.raw):
                yield row
                continue
            text = delimiter.join(parts[place : place + surplus + 1])
            cells = [*row.cells[:place], tidy(text), *row.cells[place + surplus + 1 :]]
            yield row._replace(cells=cells)

    def _without_balances(self, rows: Iterator[Row]) -> Iterator[Row]:
        """The rows that are transactions; what the others state is kept.

        :raises InvalidStatement: when none states a balance that the profile demands
        """
        ((title, words),) = self.profile.balance_rows.items()
        names = dict(zip(map(str.casefold, words), ("opening", "closing"), strict=True))
        place, missing = self._header.place(self.layout, title), set(names)
        for row in rows:
            word = row.cells[place].casefold() if len(row.cells) > place else ""
            if name := names.get(word):
                self._keep_balance(row, name)
                missing.discard(word)
            else:
                yield row
        if self.profile.footer_required and missing:
            raise InvalidStatement(
                _("The file has no balances at its end, so it was cut off"),
                expected=" and ".join(
                    f"a row {word}" for word in words if word.casefold() in missing
                ),
            )

    def _keep_balance(self, row: Row, name: str) -> None:
        """Keep the balance that a row states in the column of the amounts."""
        positions, profile = self.layout.positions, self.profile
        if len(row.cells) < self.layout.width or not (text := row.cells[positions["amount"][0]]):
            raise broken(
                _("The row does not say the %(name)s", name=name),
                row,
                _("the balance in its amount"),
            )
        if "sign" in positions:
            sign = row.cells[positions["sign"][0]].casefold()
            if sign in map(str.casefold, profile.debit_signs):
                text = f"-{text}"
            elif sign not in map(str.casefold, profile.credit_signs):
                expected = " or ".join(profile.debit_signs + profile.credit_signs)
                raise broken(_("The sign is unknown"), row, expected)
        self.fields[name] = (text, row.line)

    def _with_continuations(self, rows: Iterator[Row]) -> Iterator[Row]:
        """Each row together with those that only continue its text."""
        before, more, size = None, [], 0
        for row in rows:
            if before is not None and self._continues(row):
                more.append(row)
                size += len(row.raw)
                if size > MAX_LINE:
                    raise broken(
                        _("The text of a row does not end"), before, _("a row with a date"), ""
                    )
                continue
            if before is not None:
                yield self._joined(before, more)
            before, more, size = row, [], 0
        if before is not None:
            last = self._joined(before, more)
            if self.unended is not None:
                self.unended = last
            yield last

    def _continues(self, row: Row) -> bool:
        """Whether a row has no amount, and no date; banks put its text even where dates are."""
        cells, positions = row.cells, self.layout.positions
        if any(cells[place] for name in MONEY_COLUMNS for place in positions.get(name, ())):
            return False
        dates = [cells[place] for name in DATE_COLUMNS for place in positions.get(name, ())]
        return not any(is_date(tidy(text), self.profile.dates) for text in dates if text)

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


def _value(cell: str) -> str:
    """What a cell of a line around the rows says."""
    return cell if type(cell) is NumberCell else undressed(tidy(cell))


def _with_first(first: Row, rows: Iterator[Row]) -> Iterator[Row]:
    yield first
    yield from rows
