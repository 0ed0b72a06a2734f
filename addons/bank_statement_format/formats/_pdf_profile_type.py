"""What a bank's PDF statement looks like."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ._described import CHECKS, DescribedProfile, described_problems

HEADER_FIELDS = frozenset(
    (
        *CHECKS,
        "account",
        "bank_code",
        "bic",
        "currency",
        "date",
        "end_date",
        "iban",
        "number",
        "start_date",
    )
)
"""What a profile can say about a statement beside its balances; ``date`` is its day."""

BALANCE_GROUPS = ("amount", "currency", "date", "sign")
"""What the pattern of a balance may name."""

Range = tuple[float, float]

_RANGE = re.compile(r"([0-9]{1,4})-([0-9]{1,4})")


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfProfile(DescribedProfile):
    """One bank's PDF: what tells it, and patterns for its lines.

    Patterns are regular expressions. ``row`` and ``continuation`` must fit the whole line,
    all others anything in it. Groups are named as the fields, with a number behind for
    another one of the same field. Instead of ``row``, ``columns`` can say from where to where
    on the page a field is, in points. The table is what lies between a line that fits
    ``start`` and one that fits ``end``, which may be several times. The header is what lies
    outside it.

    :ivar texts: what must be on page one, blanks not regarded
    :ivar indent: lines that begin at least so many points from the left continue the row before
    :ivar ignore: lines within the table that say nothing, such as page numbers
    :ivar start: by default the line of the opening balance
    :ivar end: by default the line of the closing balance
    """

    kind = "pdf"

    texts: tuple[str, ...]
    opening: str
    closing: str
    row: str | None = None
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    continuation: tuple[str, ...] = ()
    indent: int | None = None
    ignore: tuple[str, ...] = ()
    start: str | None = None
    end: str | None = None
    header: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def problems(self):
        return _problems(self)

    @property
    def ranges(self) -> dict[str, Range]:
        """From where to where each column is, in points."""
        matches = {key: _RANGE.fullmatch(several[0]) for key, several in self.columns.items()}
        return {key: (float(match[1]), float(match[2])) for key, match in matches.items() if match}


def field_of(group: str) -> str:
    """The field that a group of a pattern is about: ``remittance2`` is more remittance."""
    return group.rstrip("0123456789")


def _problems(profile: PdfProfile):
    patterns = list(_patterns(profile))
    broken = [problem for pattern in patterns if (problem := _pattern_problem(pattern))]
    if broken:
        yield from broken
        return
    if (profile.row is None) == (not profile.columns):
        yield "there must be either a row or columns"
    groups = re.compile(profile.row or "").groupindex
    fields = {field_of(group) for group in groups} | set(profile.columns)
    for pattern in profile.continuation:
        fields |= {field_of(group) for group in re.compile(pattern).groupindex}
    yield from described_problems(profile, fields)
    yield from _column_problems(profile)
    yield from _header_problems(profile)
    if not profile.texts or not all(map(str.strip, profile.texts)):
        yield "texts must not be empty"
    if profile.short_dates and "date" not in profile.header:
        yield "dates without a year need the date of the statement in the header"


def _patterns(profile: PdfProfile):
    yield from (profile.opening, profile.closing, *profile.continuation, *profile.ignore)
    yield from (pattern for pattern in (profile.row, profile.start, profile.end) if pattern)
    for several in profile.header.values():
        yield from several


def _pattern_problem(pattern: str) -> str | None:
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        return f"the pattern {pattern!r} is none ({error})"
    return "" if pattern and not compiled.fullmatch("") else f"the pattern {pattern!r} fits nothing"


def _column_problems(profile: PdfProfile):
    ranges = profile.ranges
    if wrong := set(profile.columns) - set(ranges):
        yield f"columns must be like 40-120: {', '.join(sorted(wrong))}"
    ordered = sorted(ranges.values())
    for before, after in zip(ordered, ordered[1:], strict=False):
        if before[0] >= before[1] or before[1] > after[0]:
            yield "columns must not overlap"


def _header_problems(profile: PdfProfile):
    if unknown := set(profile.header) - HEADER_FIELDS:
        known = ", ".join(sorted(HEADER_FIELDS))
        yield f"unknown header {', '.join(sorted(unknown))} (known: {known})"
    for pattern in (pattern for several in profile.header.values() for pattern in several):
        if re.compile(pattern).groups != 1:
            yield f"the pattern {pattern!r} must have one group"
    for pattern in (profile.opening, profile.closing):
        groups = set(re.compile(pattern).groupindex)
        if "amount" not in groups or not groups.issubset(BALANCE_GROUPS):
            yield f"a balance needs a group amount, and may have {', '.join(BALANCE_GROUPS)}"
    balance_groups = re.compile(profile.opening).groupindex
    known = (profile.currency, "currency" in profile.header, "currency" in balance_groups)
    if not any(known) and "(?P<currency" not in (profile.row or ""):
        yield "the currency is nowhere: neither in a row, in the header nor fixed"
