"""SWIFT MT942 (interim transaction report): what has happened since the last statement.

A report shows entries of the running day, or such as are only noted (in German
Vormerkposten); the next statement (MT940) books them. So its transactions are never
booked: they count in no total and a statement that follows does not double them. The
report has no balances.

Account, entries and texts are read as in MT940, see there. The currency is that of the
floor limit (:34F:). The file's first message decides whether it is MT940 or MT942; what
comes after it is read as what it is, since banks put reports behind statements.

The number and sum of entries (:90D:, :90C:) are compared with those that were read. There
may be more than are shown when the floor limit is not zero, or when none is shown at all;
reversed and expected entries are left out of the comparison, because banks count them on
either side.

Refused is a report whose totals do not fit its entries, one that neither has totals nor
an end (a line with only -, or -}), because it was cut off, and whatever is refused in MT940.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from ..registry import Format
from ..types import Event
from ._mt94x import message_type, read_statements


class Mt942(Format):
    """Interim reports of entries that a statement will book."""

    name = "mt942"
    label = "SWIFT MT942"
    recognised_by = "tags between colons, with a floor limit (`:34F:`) or as message type 942"
    extensions = (".sta", ".mt942", ".942", ".swi", ".txt")

    def sniff(self, name: str, head: bytes) -> bool:
        return message_type(head) == "942"

    def parse(self, stream: BinaryIO) -> Iterator[Event]:
        yield from read_statements(stream)
