"""What a table is, shown to a person before it is read: the screen's side of CSV and workbooks.

A table that no profile knows is looked at, and what was found is a draft of a profile. The
draft can be changed, and the same file is read with it again. Once it is confirmed,
:func:`~.profile.profile_from` makes the profile of it by which the file, and the next one
with the same header, are read.
"""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
from dataclasses import dataclass
from typing import Any, BinaryIO

from .errors import StatementError, UnclearEncoding, UnknownFormat
from .formats._table_clues import Finding, Question
from .formats._table_layout import Header
from .formats._table_opening import (
    any_text_source,
    draft_profile,
    finding_of,
    text_source,
    unknown_text_source,
)
from .formats._table_reader import read_table
from .formats._table_source import RowSource, TextRows
from .formats._table_values import title_key
from .formats.spreadsheet import kind_of_table, sheets_of
from .messages import _
from .types import Statement, Transaction

__all__ = ["PREVIEW_ROWS", "PREVIEW_TRANSACTIONS", "Preview", "Question", "preview"]

PREVIEW_ROWS = 40
PREVIEW_TRANSACTIONS = 10

_NO_TABLE = "The file is no table of dates and amounts"

_FIELDS = {
    "booking_date": ("columns", "dates"),
    "amount": ("columns", "decimal", "thousands", "debit_signs", "credit_signs"),
    "date_order": ("dates",),
    "decimal": ("decimal", "thousands"),
    "sign": ("invert",),
    "minus": ("columns", "debit_signs", "credit_signs", "written_minus"),
    "empty": ("skip",),
    "charges": ("amount_excludes_charges",),
    "rows": ("skip",),
    "total": ("footer", "skip"),
    "named": ("skip",),
    "status": ("columns", "pending", "booked", "skip"),
    "account": ("columns",),
    "encoding": ("encodings",),
}
"""What the answers to questions change in a draft."""


@dataclass(frozen=True)
class Preview:
    """A table as far as it is understood.

    :ivar source: what the file is: csv, xlsx, xls, ods, html or xml
    :ivar rows: the first rows that are not blank, as text, from the top of the file
    :ivar header_row: index of the header in ``rows``; None for a table without one
    :ivar draft: JSON data of a profile, without a name: what was found or edited so far
    :ivar questions: what a person has to decide before the draft can be trusted
    :ivar statement: what the draft reads, with its first transactions; None where it cannot
    :ivar problem: why it cannot
    :ivar row_count: how many transactions the file holds, or how many rows if it cannot be read
    """

    source: str
    encoding: str | None
    delimiter: str | None
    rows: tuple[tuple[str, ...], ...]
    header_row: int | None
    titles: tuple[str, ...]
    draft: dict[str, Any]
    questions: tuple[Question, ...]
    statement: Statement | None
    problem: str | None
    row_count: int


def preview(
    name: str,
    stream: BinaryIO,
    draft: dict[str, Any] | None = None,
    answers: dict[str, str] | None = None,
) -> Preview:
    """Read a table with a draft, or find one.

    Never raises for what is wrong with file or draft: that is the preview's ``problem``.

    :param name: the file's name, for people; it decides nothing
    :param draft: what a person has edited; None to find out all by the file itself
    :param answers: values that were chosen, by the key of the question
    """
    answers = dict(answers or {})
    try:
        return _preview(stream, draft, answers)
    except StatementError as error:
        return Preview("", None, None, (), None, (), draft or {}, (), None, str(error), 0)


def _preview(stream: BinaryIO, draft: dict[str, Any] | None, answers: dict[str, str]) -> Preview:
    stream.seek(0)
    kind = kind_of_table(stream.read(1 << 16))
    questions: list[Question] = []
    if kind:
        source, finding = _sheet(stream, answers)
    else:
        source, questions = _text(stream, draft, answers)
        finding = finding_of(source, answers)
    return _reading(kind or "csv", source, finding, draft, answers, questions)


def _sheet(stream: BinaryIO, answers: dict[str, str]) -> tuple[RowSource, Finding | None]:
    """The first sheet with a table, else the first one."""
    sheets = sheets_of(stream)
    for source in sheets:
        if finding := finding_of(source, answers):
            return source, finding
    if not sheets:
        raise StatementError(_("The workbook has no sheet"))
    return sheets[0], None


def _text(
    stream: BinaryIO, draft: dict[str, Any] | None, answers: dict[str, str]
) -> tuple[TextRows, list[Question]]:
    """The rows of a text, and the question about its encoding if there is one."""
    if draft and "encoding" not in answers:
        with contextlib.suppress(StatementError):
            return text_source(draft_profile(draft), stream), []
    try:
        return unknown_text_source(stream, answers.get("encoding")), []
    except UnknownFormat:
        return any_text_source(stream, answers.get("encoding")), []
    except UnclearEncoding as error:
        choices = tuple((code, f"{text} ({code})") for code, text in error.readings.items())
        question = Question("encoding", _("How is this text read right?"), choices)
        return _text(stream, None, {**answers, "encoding": choices[0][0]})[0], [question]


def _reading(
    kind: str,
    source: RowSource,
    finding: Finding | None,
    draft: dict[str, Any] | None,
    answers: dict[str, str],
    questions: list[Question],
) -> Preview:
    found = finding.draft if finding else {}
    open_questions = list(finding.questions) if finding else []
    problem = finding.problem if finding and draft is None else None
    if draft is None:
        draft = found
    else:
        given = draft
        draft = {**given, **_answered(found, answers)}
        open_questions = [q for q in open_questions if _is_open(q, given, found)]
    rows = [row.cells for row in itertools.islice(source.rows(), PREVIEW_ROWS)]
    statement, count, error = _read(source, draft) if draft else (None, 0, _NO_TABLE)
    header_row = _header_row(rows, draft)
    return Preview(
        source=kind,
        encoding=source.encoding if isinstance(source, TextRows) else None,
        delimiter=source.delimiter if isinstance(source, TextRows) else None,
        rows=tuple(tuple(map(str, cells)) for cells in rows),
        header_row=header_row,
        titles=tuple(map(str, rows[header_row])) if header_row is not None else (),
        draft=draft,
        questions=(*questions, *open_questions),
        statement=statement,
        problem=problem or error,
        row_count=count if statement else sum(1 for _skipped in source.rows()),
    )


def _answered(found: dict[str, Any], answers: dict[str, str]) -> dict[str, Any]:
    """What the answers change, as it was found with them."""
    fields = {field for key in answers for field in _FIELDS.get(key, ())}
    return {field: found[field] for field in fields if field in found}


def _is_open(question: Question, given: dict[str, Any], found: dict[str, Any]) -> bool:
    """Whether a question is still to be asked: not when the draft decides otherwise."""
    fields = _FIELDS.get(question.key, ())
    return all(given.get(field) == found.get(field) for field in fields)


def _read(source: RowSource, draft: dict[str, Any]) -> tuple[Statement | None, int, str | None]:
    """The first statement with its first transactions, how many there are, and what is wrong."""
    first: list[Transaction] = []
    statement, count = None, 0
    try:
        for event in read_table(draft_profile(draft), source, guessed=True):
            if isinstance(event, Statement):
                statement = statement or dataclasses.replace(event, transactions=tuple(first))
            else:
                count += 1
                if statement is None and len(first) < PREVIEW_TRANSACTIONS:
                    first.append(event)
    except StatementError as error:
        return None, 0, str(error)
    return statement, count, None


def _header_row(rows: list[list[str]], draft: dict[str, Any]) -> int | None:
    if not draft.get("header") or draft.get("headerless"):
        return None
    try:
        header = Header(draft_profile(draft))
    except StatementError:
        keys = [title_key(title) for title in draft["header"]]
        return next((i for i, row in enumerate(rows) if list(map(title_key, row)) == keys), None)
    return next((index for index, cells in enumerate(rows) if header.is_in(cells)), None)
