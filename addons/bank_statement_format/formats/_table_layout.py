"""Where a profile's columns are in a file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ..errors import InvalidStatement
from ..messages import _
from ._table_profile import CURRENCY_SLOT, TableProfile
from ._table_source import Row
from ._table_values import AmountParser, currency_of, is_date, tidy, title_key

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
            raise broken(_("A column occurs twice"), row, _("each column once"))
        return keys.index(key) if key in keys else None


def _referred(profile: TableProfile) -> set[str]:
    return {title for titles in profile.columns.values() for title in titles}


def _numbered(reference: str) -> int:
    """The number of a column that is known by nothing else."""
    return int(reference[1:]) if reference[:1] == "#" and reference[1:].isdigit() else 0


def broken(message: str, row: Row, expected: str, found: str | None = None) -> InvalidStatement:
    """A row that is refused."""
    return InvalidStatement(
        message,
        line=row.line or None,
        expected=expected,
        found=row.raw if found is None else found,
    )
