"""Text PDFs of the banks that a profile declares.

A PDF is made to be looked at: there are no rows in it, only characters at places. So this
is the last resort, for banks that give nothing else. A profile tells the statement by
texts on its first page, and its rows by a pattern or by columns.

Nothing is taken on trust: opening and closing balance are required, and the rows must lead
from one to the other to the cent, or else the file is refused, since a row may have been
missed. Within the table every line must be a row, continue the row before, or be one that
the profile calls to be ignored; a line that is nothing of that is refused and told.

Where rows give only day and month, the year follows from the statement's date.

Refused are scans (pictures of a statement, even with text recognised beneath), files with
a password, damaged ones, and those beyond 500 pages or 32 MB, each with the advice what to
ask the bank for. One file is one statement of one account.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from ..errors import AmbiguousFormat, InvalidStatement, UnknownFormat
from ..messages import _
from ..profile import shipped
from ..registry import ProfiledFormat
from ..types import Event, Statement, Transaction
from ._described import Place, StatementBuilder, ValueReader
from ._pdf_lines import ASK_FOR_DATA, UNKNOWN, Line, read_lines
from ._pdf_profile_type import PdfProfile, field_of

MAGIC = b"%PDF-"
MAGIC_WITHIN = 1024
"""Where a PDF's first bytes may be, at most: some programs write something before them."""

_JOINED = ("name", "remittance")
_MANY_UNKNOWN = 0.2


class PdfByProfile(ProfiledFormat):
    """PDF files with text; every PDF is claimed, so that the refusal says what to do."""

    name = "pdf"
    label = "PDF with text"
    recognised_by = "the signature `%PDF-`; a profile by texts on page one"
    extensions = (".pdf",)
    profile_kind = "pdf"

    def sniff(self, name: str, head: bytes) -> bool:
        return MAGIC in head[: MAGIC_WITHIN + len(MAGIC)]

    def parse(self, stream: BinaryIO) -> Iterator[Event]:
        lines = list(read_lines(stream))
        profile = self._profile_of(lines)
        transactions, statement = _Table(profile, lines).read()
        yield from transactions
        yield statement

    def _profile_of(self, lines: list[Line]) -> PdfProfile:
        """The one profile whose texts are on page one.

        :raises UnknownFormat: when there is none
        :raises AmbiguousFormat: when there are several; the message names them
        """
        page = "".join(_compact(line.text) for line in lines if line.page == lines[0].page)
        for profiles in (self.own_profiles, shipped(self.profile_kind)):
            candidates = [p for p in profiles if all(_compact(text) in page for text in p.texts)]
            if len(candidates) > 1:
                names = ", ".join(profile.label for profile in candidates)
                raise AmbiguousFormat(_("The PDF could be any of: %(names)s", names=names))
            if candidates:
                return candidates[0]
        if page.count(UNKNOWN) > _MANY_UNKNOWN * len(page):
            raise InvalidStatement(
                _(
                    "The PDF does not say which characters its text is made of: %(advice)s",
                    advice=ASK_FOR_DATA,
                ),
                expected=_("readable text"),
            )
        raise UnknownFormat(
            _(
                "No profile describes this PDF: %(advice)s, or have a profile written",
                advice=ASK_FOR_DATA,
            ),
            expected=_("the texts of a profile on page one"),
            found=lines[0].text,
        )


def _compact(text: str) -> str:
    return "".join(text.split()).casefold()


@dataclass(slots=True)
class _Row:
    """What has been read of a row, and the lines that it stands on."""

    texts: dict[str, str]
    lines: list[Line]


class _Table:
    """The lines of one statement, each taken for what the profile says it is."""

    def __init__(self, profile: PdfProfile, lines: Iterable[Line]):
        self._profile = profile
        self._lines = lines
        self._header: dict[str, str] = {}
        self._rows: list[_Row] = []
        self._start = re.compile(profile.start or profile.opening)
        self._end = re.compile(profile.end or profile.closing)
        self._row = re.compile(profile.row) if profile.row else None
        self._ranges = profile.ranges
        self._continuation = [re.compile(pattern) for pattern in profile.continuation]
        self._ignore = [re.compile(pattern) for pattern in profile.ignore]
        self._header_patterns = [
            (key, re.compile(pattern))
            for key, several in profile.header.items()
            for pattern in several
        ]
        self._balances = {key: re.compile(getattr(profile, key)) for key in ("opening", "closing")}

    def read(self) -> tuple[list[Transaction], Statement]:
        """The transactions and the statement.

        :raises InvalidStatement: when a line is not understood, or the rows do not add up
        """
        self._sort_lines()
        place = Place("the statement")
        for key in self._balances:
            if not self._header.get(key):
                raise InvalidStatement(
                    _(
                        "The %(key)s balance is missing, so nothing shows whether all rows "
                        "were read",
                        key=key,
                    ),
                    expected=getattr(self._profile, key),
                )
        day = ValueReader(self._profile).date(self._header, "date", place)
        values = ValueReader(self._profile, day)
        builder = StatementBuilder(
            self._profile, values, values.currency(self._header, "currency", place)
        )
        transactions = [
            builder.add(row.texts, "\n".join(line.text for line in row.lines), _place(row.lines[0]))
            for row in self._rows
        ]
        statement = builder.finish(self._header, place)
        if not statement.balanced:
            raise InvalidStatement(
                _(
                    "The rows do not lead from the opening to the closing balance, so one may have "
                    "been missed"
                ),
                expected=_(
                    "%(amount)s as read",
                    amount=format(statement.opening.amount + statement.total, "f"),
                ),
                found=f"{statement.closing.amount:f}",
            )
        return transactions, statement

    def _sort_lines(self) -> None:
        within = begun = False
        for line in self._lines:
            said = self._read_balance(line)
            if self._start.search(line.text):
                within = begun = True
            elif within and self._end.search(line.text):
                within = False
            elif within and not said:
                self._read_line(line)
            elif not within:
                self._read_header(line)
        if within or not begun:
            what, pattern = ("end", self._end) if within else ("begin", self._start)
            raise InvalidStatement(
                _("The table of transactions does not %(what)s", what=what),
                expected=pattern.pattern,
            )

    def _read_header(self, line: Line) -> None:
        for key, pattern in self._header_patterns:
            if match := pattern.search(line.text):
                self._keep(key, match[1], line)

    def _read_balance(self, line: Line) -> bool:
        """Whether the line gives a balance, which may be within the table and without."""
        said = False
        for key, pattern in self._balances.items():
            if (match := pattern.search(line.text)) and not self._is_ignored(line):
                said = True
                for group, text in match.groupdict().items():
                    name = {"amount": key, "currency": "currency"}.get(group, f"{key}_{group}")
                    self._keep(name, text, line)
        return said

    def _keep(self, key: str, text: str | None, line: Line) -> None:
        if text is None and not key.endswith("_sign"):
            return
        text = _tidy(text or "")
        if self._header.setdefault(key, text) != text:
            expected = f"only {self._header[key]!r}"
            raise _place(line).wrong(_("It is given twice"), key, expected, text)

    def _is_ignored(self, line: Line) -> bool:
        return any(pattern.search(line.text) for pattern in self._ignore)

    def _read_line(self, line: Line) -> None:
        if self._is_ignored(line):
            return
        if UNKNOWN in line.text:
            raise _place(line).wrong(
                _("The PDF does not say what some characters are"), "text", _("text"), line.text
            )
        texts, is_row = self._by_columns(line) if self._ranges else self._by_pattern(line)
        if is_row:
            self._rows.append(_Row(texts, [line]))
        elif texts and self._rows:
            self._continue_row(texts, line)
        else:
            raise _place(line).wrong(
                _("The line is neither a row nor to be ignored"), "line", _("a row"), line.text
            )

    def _by_pattern(self, line: Line) -> tuple[dict[str, str], bool]:
        """What a line says, and whether it begins a row."""
        if match := self._row.fullmatch(line.text):
            return _texts(match), True
        for pattern in self._continuation:
            if match := pattern.fullmatch(line.text):
                return _texts(match) or {"remittance": _tidy(line.text)}, False
        if self._profile.indent is not None and line.x >= self._profile.indent:
            return {"remittance": _tidy(line.text)}, False
        return {}, False

    def _by_columns(self, line: Line) -> tuple[dict[str, str], bool]:
        texts = dict.fromkeys(self._ranges, "")
        for word in line.words:
            middle = (word.x + word.end) / 2
            key = next((k for k, (x, end) in self._ranges.items() if x <= middle < end), None)
            if key is None:
                return {}, False
            texts[key] = f"{texts[key]} {word.text}".strip()
        has_date = texts.get("booking_date") or texts.get("value_date")
        has_amount = any(texts.get(key) for key in ("amount", "debit", "credit"))
        if has_date and has_amount:
            return texts, True
        texts = {key: text for key, text in texts.items() if text}
        return (texts if set(texts).issubset(_JOINED) else {}), False

    def _continue_row(self, texts: dict[str, str], line: Line) -> None:
        row = self._rows[-1]
        row.lines.append(line)
        for key, text in texts.items():
            before = row.texts.get(key, "")
            if before and text and key not in _JOINED:
                raise _place(line).wrong(
                    _("It is given twice"), key, _("only %(before)s", before=repr(before)), text
                )
            row.texts[key] = f"{before} {text}".strip()


def _place(line: Line) -> Place:
    return Place(line.where)


def _tidy(text: str) -> str:
    return " ".join(text.split())


def _texts(match: re.Match) -> dict[str, str]:
    """The groups of a pattern as texts by field."""
    texts: dict[str, str] = {}
    for group, text in match.groupdict().items():
        key = field_of(group)
        texts[key] = f"{texts.get(key, '')} {_tidy(text or '')}".strip()
    return texts
