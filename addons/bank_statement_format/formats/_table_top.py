"""Where an unknown table begins: its header, or else its first row."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from ._table_profile import DATE_COLUMNS
from ._table_shapes import Reading, reading_of
from ._table_source import Row
from ._table_titles import role_of
from ._table_values import tidy

TOP_ROWS = 60
"""Among how many rows the header must be."""


class Top(NamedTuple):
    """Where the rows begin.

    :ivar header: index of the header among the rows; None for a file without one
    :ivar width: how many columns the table has
    """

    header: int | None
    start: int
    titles: tuple[str, ...]
    width: int


def find_top(rows: list[Row]) -> Top | None:
    """Where a table begins among the first rows of a file; None where there is none."""
    readings = [[reading_of(cell) for cell in row.cells] for row in rows]
    for index, row in enumerate(rows):
        if _is_header(row.cells, readings[index]):
            top = _below(index, rows, readings)
            if top:
                return top
    return _structural_top(rows, readings)


def _is_header(cells: list[str], readings: list[Reading]) -> bool:
    """Whether the cells are titles of a date and an amount among others."""
    if any(reading.dates or reading.marked for reading in readings):
        return False
    roles = {role_of(cell)[0] for cell in cells}
    return bool(roles & set(DATE_COLUMNS)) and bool(roles & {"amount", "debit", "credit"})


def _below(index: int, rows: list[Row], readings: list[list[Reading]]) -> Top | None:
    """The table below a header, when at least one row below it is one."""
    titles = [tidy(cell) for cell in rows[index].cells]
    named = len(_named(titles))
    dated = {place for place, title in enumerate(titles) if role_of(title)[0] in DATE_COLUMNS}
    body = readings[index + 1 :]
    good = [
        below.cells
        for below, line in zip(rows[index + 1 :], body, strict=True)
        if is_data(line, dated) and len(line) >= named
    ]
    if named < 2 or not good:
        return None
    titles = titles[: max(named, _filled(good))]
    return Top(index, index + 1, tuple(titles), len(titles))


def _named(titles: list[str]) -> list[str]:
    """The titles without the blank ones at the end."""
    return titles[: max((place + 1 for place, title in enumerate(titles) if title), default=0)]


def _filled(rows: list[list[str]]) -> int:
    """How many columns the rows have, without those at the end that are empty in all of them."""
    return max(len(_named(cells)) for cells in rows)


def is_data(readings: list[Reading], dated: set[int]) -> bool:
    """Whether a row has a date and an amount."""
    date = any(
        reading.dates and (not reading.bare or place in dated)
        for place, reading in enumerate(readings)
    )
    return date and any(
        reading.conventions and (not reading.dates or place not in dated)
        for place, reading in enumerate(readings)
    )


def _structural_top(rows: list[Row], readings: list[list[Reading]]) -> Top | None:
    """The table by its rows alone: two or more of one width, with dates and amounts."""
    data = [
        index
        for index, line in enumerate(readings)
        if is_data(line, set()) and any(reading.marked for reading in line)
    ]
    widths = Counter(len(rows[index].cells) for index in data)
    if not widths:
        return None
    width, count = widths.most_common(1)[0]
    first = next(index for index in data if len(rows[index].cells) == width)
    if count < 2 or width < 2 or count < 0.8 * (len(rows) - first):
        return None
    if first:
        titles = _named([tidy(cell) for cell in rows[first - 1].cells])
        is_text = not any(r.dates or r.conventions for r in readings[first - 1])
        if is_text and 1 < len(titles) <= width and len(set(titles)) > 1:
            filled = _filled([rows[at].cells for at in data if len(rows[at].cells) == width])
            titles += [""] * (min(filled, len(rows[first - 1].cells)) - len(titles))
            return Top(first - 1, first, tuple(titles), len(titles))
    return Top(None, 0, (), width) if first == 0 else None
