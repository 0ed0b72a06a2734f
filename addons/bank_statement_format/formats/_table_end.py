"""Whether the last row of a table is whole, where no line break ends it."""

from __future__ import annotations

import re
from typing import NamedTuple

from ._table_source import Row
from ._values import compact, is_iban

_ENOUGH = 3
"""How many rows of one length say that a cell always has that length."""

_DATE = re.compile(r"(?:[0-9]{2}){1,2}([-./])[0-9]{2}\1[0-9]{2}")
"""How a date begins where days and months have two digits."""


class LastColumn(NamedTuple):
    """What is known about the cells that end the rows.

    :ivar place: which cell it is
    :ivar quote: what may enclose a cell, or empty
    :ivar others: other rows of the table
    """

    place: int
    quote: str
    others: list[Row]

    @property
    def filled(self) -> list[str]:
        """What other rows have in the column."""
        return [row.cells[self.place] for row in self.others if row.cells[self.place]]

    def is_torn(self, row: Row) -> bool:
        """Whether a row ends within the cell's quotes, or lacks quotes or a cell others have.

        For cells of any content, since even what comes to nothing shows that the file was cut.
        """
        cell, quote = row.cells[self.place], self.quote
        if quote:
            if cell.count(quote) % 2:
                return True
            if row.raw.endswith(quote):
                return False
            if self.others and all(other.raw.endswith(quote) for other in self.others):
                return True
        filled = self.filled
        if not cell:
            return len(filled) == len(self.others)
        return self._is_shorter(cell, filled)

    def _is_shorter(self, cell: str, filled: list[str]) -> bool:
        """Whether a cell is shorter than those of all others, which have one length."""
        if not filled or len(cell) >= min(map(len, filled)):
            return False
        if all(_DATE.match(other) for other in filled):
            return True
        if all(map(_is_iban, filled)):
            # Each country's have a length of their own.
            return not _is_iban(cell) or any(other[:2] == cell[:2] for other in filled)
        if len(filled) < _ENOUGH or len(set(map(len, filled))) > 1:
            return False
        of_digits = all(re.search("[0-9]", other) for other in filled)
        return of_digits or any(other.startswith(cell) for other in filled)

    def has_length_of_others(self, cell: str) -> bool:
        """Whether all cells of the column have the length of this one."""
        return len(self.others) >= _ENOUGH and set(map(len, self.filled)) == {len(cell)}


def _is_iban(cell: str) -> bool:
    return is_iban(compact(cell))


def number_may_go_on(text: str, others: list[str], decimal: str) -> bool:
    """Whether a number lacks decimals, or what is behind them, by those of other rows."""
    ending = re.compile(rf"(?:{re.escape(decimal)}([0-9]*))?([^0-9]*)$")
    decimals, behind = ending.search(text).groups("")
    known = [ending.search(other).groups("") for other in others]
    usual = max((len(digits) for digits, _ in known), default=0)
    return len(decimals) < max(usual, 2) or not behind and any(tail for _, tail in known)
