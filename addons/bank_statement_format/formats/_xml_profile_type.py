"""What a bank's own XML looks like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ._described import CHECKS, DescribedProfile, described_problems

HEADER_FIELDS = frozenset(
    (
        *CHECKS,
        "account",
        "bank_code",
        "bic",
        "closing",
        "closing_date",
        "closing_sign",
        "currency",
        "end_date",
        "iban",
        "number",
        "opening",
        "opening_date",
        "opening_sign",
        "start_date",
    )
)
"""What a profile can say about a statement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class XmlProfile(DescribedProfile):
    """One bank's XML: what tells it, and the paths to what it says.

    Paths are local names with ``/`` between them and may end in ``@attribute``; they begin
    at the statement (``statement``, ``row``: at the root, at the statement), at the row for
    ``fields``, or at the root with a ``/`` in front. A field may have several paths: the texts
    of name and remittance are joined, of all others the first that is not empty counts.
    """

    kind = "xml"

    root: str
    row: str
    fields: Mapping[str, tuple[str, ...]]
    namespace: str | None = None
    elements: tuple[str, ...] = ()
    statement: str = ""
    header: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def problems(self):
        return _problems(self)


def _problems(profile: XmlProfile):
    yield from described_problems(profile, profile.fields)
    if profile.short_dates:
        yield "the dates need a year"
    if not profile.root or not profile.row:
        yield "root and row must not be empty"
    if unknown := set(profile.header) - HEADER_FIELDS:
        known = ", ".join(sorted(HEADER_FIELDS))
        yield f"unknown header {', '.join(sorted(unknown))} (known: {known})"
    if not profile.currency and not profile.header.get("currency", profile.fields.get("currency")):
        yield "the currency is nowhere: neither in a row, in the header nor fixed"
    paths = [path for several in profile.fields.values() for path in several]
    paths += [path for several in profile.header.values() for path in several]
    for path in paths:
        if not path.strip("/") or "@" in path.rpartition("/")[0]:
            yield f"the path {path!r} leads nowhere"
