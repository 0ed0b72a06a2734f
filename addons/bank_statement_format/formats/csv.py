"""Tables as text: CSV, TSV and their like.

A file is read as a profile declares its bank's table, and recognised by its header line:
the caller's own profiles come first, then those that are shipped. Of two profiles that fit,
the one that demands more titles is meant; otherwise the file is refused and both are named.

A table that no profile knows is looked at as a whole. Delimiter, encoding, header, footer,
the order of day and month, decimal mark, sign and running balance are concluded from all
rows. What the rows prove is read, and marked as guessed, so that somebody confirms it once.
What they do not prove is a question, never an assumption: the file is then refused with the
questions, in words.

Every row must be as the profile says. A running balance must follow from row to row, in
the order of the file or, where all rows have one, in any order. A line that is cut, a quote
that is not closed, a missing footer that the profile demands: the file is refused with the
line. Where a table has no balance at all, nothing can prove it complete.

Many banks end a file without a line break, and so does a file that was cut. Its last row
is read when its last cell is whole by the balances, by its quotes, or by what other rows
have in that column; an amount, a date or an account number that could go on is refused.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator
from typing import BinaryIO

from ..errors import InvalidStatement
from ..reader import HEAD_SIZE
from ..types import Event
from ._table_format import TableFormat
from ._table_opening import (
    finding_of,
    looks_like_table,
    possible_encodings,
    read_unknown,
    text_source,
    unknown_text_source,
)
from ._table_profile import TableProfile
from ._table_reader import read_table
from ._table_source import Row, text_rows


class Csv(TableFormat):
    """Delimited text."""

    name = "csv"
    label = "CSV"
    recognised_by = "the header line of a profile, or columns of dates and amounts"
    extensions = (".csv", ".tsv", ".txt")

    def sniff(self, name: str, head: bytes) -> bool:
        return bool(self._candidates(head)) or looks_like_table(head)

    def parse(self, stream: BinaryIO) -> Iterator[Event]:
        stream.seek(0)
        candidates = self._candidates(stream.read(HEAD_SIZE))
        if candidates:
            profile = self.only(candidates)
            yield from read_table(profile, text_source(profile, stream))
        else:
            source = unknown_text_source(stream)
            yield from read_unknown(source, finding_of(source))

    def _candidates(self, head: bytes) -> list[TableProfile]:
        tops: dict[tuple, list[list[str]]] = {}
        size = self.top_rows
        return self.best(
            profile
            for profile in self.profiles()
            if any(
                self.begins(profile, _top(head, encoding, profile, tops, size))
                for encoding in possible_encodings(head, profile.encodings or ("cp1252",))
            )
        )


def _top(
    head: bytes, encoding: str, profile: TableProfile, known: dict, size: int
) -> list[list[str]]:
    """The cells of the first rows, which a profile's header may be among."""
    key = (encoding, profile.delimiter, profile.quote)
    if key not in known:
        # Whether the rest of the file can be decoded is seen later, and refused with a reason.
        text = io.TextIOWrapper(io.BytesIO(head), encoding, "replace", newline="")
        rows = text_rows(text, profile.delimiter, profile.quote)
        known[key] = list(_first_cells(rows, size))
    return known[key]


def _first_cells(rows: Iterator[Row], size: int) -> Iterator[list[str]]:
    try:
        for row in itertools.islice(rows, size):
            yield row.cells
    except InvalidStatement:
        return
