"""Opens a file that may hold tables, known or not, and reads what an unknown one proves."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from typing import BinaryIO

from ..errors import InvalidStatement, UnclearLayout, UnknownFormat
from ..messages import _
from ..profile import ProfileError, profile_from
from ..reader import HEAD_SIZE
from ..types import Event
from ._table_clues import Finding
from ._table_discovery import discover
from ._table_profile import TableProfile
from ._table_reader import read_table
from ._table_source import Row, RowSource, TextRows, first_that_decodes, text_rows
from ._table_top import TOP_ROWS, find_top
from ._text import encoding_of

DELIMITERS = (",", ";", "\t", "|")

_HEAD_TEXT = 32 * 1024
_OTHER_FORMATS = (b"{", b"[", b"<", b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"OFXHEADER", b"!")
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_GUESS = "guess"


def possible_encodings(head: bytes, more: tuple[str, ...]) -> list[str]:
    """In which encodings a file may begin: what its byte order mark says, or else UTF-8 first."""
    declared = [encoding for bom, encoding in _BOMS if head.startswith(bom)]
    return declared or ["utf-8", *more]


def looks_like_table(head: bytes) -> bool:
    """Whether a file's first bytes are a table of dates and amounts."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(_OTHER_FORMATS):
        return False
    return delimiter_of(_decoded(head), is_cut=len(head) >= HEAD_SIZE) is not None


def _decoded(head: bytes) -> str:
    """Bytes as text, good enough to see delimiters, dates and amounts."""
    (encoding, *_skipped) = possible_encodings(head, ())
    if encoding == "utf-8" and b"\0" in head[:200]:
        encoding = "utf-16-le" if head[1:2] == b"\0" else "utf-16-be"
    try:
        return head.decode(encoding)
    except UnicodeDecodeError:
        return head.decode("cp1252" if encoding == "utf-8" else encoding, "replace")


def delimiter_of(text: str, *, is_cut: bool) -> tuple[str, str] | None:
    """Delimiter and quote of the table that a text begins with; None where there is none.

    :param is_cut: the text goes on
    """
    head = text[:_HEAD_TEXT]
    is_cut = is_cut or len(head) < len(text)
    best: tuple[int, str, str] | None = None
    for delimiter in DELIMITERS:
        if delimiter not in head:
            continue
        for quote in ('"', ""):
            rows, whole = _first_rows(head, delimiter, quote)
            top = find_top(rows[:-1] if is_cut and len(rows) < TOP_ROWS else rows)
            if top and (best is None or top.width > best[0]):
                best = (top.width, delimiter, quote)
            if whole or is_cut:
                break
    return best and best[1:]


def _first_rows(text: str, delimiter: str, quote: str) -> tuple[list[Row], bool]:
    """The first rows, and whether none of them was broken."""
    rows: list[Row] = []
    try:
        for row in text_rows(io.StringIO(text, newline=""), delimiter, quote):
            rows.append(row)
            if len(rows) == TOP_ROWS:
                break
    except InvalidStatement:
        return rows, False
    return rows, True


def text_source(profile: TableProfile, stream: BinaryIO) -> TextRows:
    """The file's rows, in the encoding that the profile or else the file itself tells.

    :raises UnclearEncoding: when neither does
    """
    if profile.encodings:
        stream.seek(0)
        candidates = possible_encodings(stream.read(4), profile.encodings)
        encoding = first_that_decodes(stream, candidates)
    else:
        encoding = encoding_of(stream, profile.countries)
    return TextRows(
        stream, encoding, profile.delimiter, profile.quote, final_newline=profile.final_newline
    )


def unknown_text_source(stream: BinaryIO, encoding: str | None = None) -> TextRows:
    """The rows of a text that no profile knows.

    :param encoding: what a person said; else the file must tell
    :raises UnknownFormat: when it is no table
    :raises UnclearEncoding: when the characters can be read in several ways
    """
    encoding = encoding or encoding_of(stream)
    stream.seek(0)
    head = stream.read(HEAD_SIZE)
    found = delimiter_of(head.decode(encoding, "replace"), is_cut=len(head) == HEAD_SIZE)
    if found is None:
        raise UnknownFormat(_("The file is no table of dates and amounts"))
    return TextRows(stream, encoding, *found)


def any_text_source(stream: BinaryIO, encoding: str | None = None) -> TextRows:
    """The rows of any text, by the delimiter that it has most of, to be looked at."""
    stream.seek(0)
    head = stream.read(HEAD_SIZE)
    encoding = encoding or possible_encodings(head, ())[0]
    if not _decodes(head, encoding):
        encoding = "cp1252"
    text = head.decode(encoding, "replace")
    delimiter = max(DELIMITERS, key=text.count)
    return TextRows(stream, encoding, delimiter, "")


def _decodes(head: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeError:
        return False
    return True


def finding_of(source: RowSource, answers: dict[str, str] | None = None) -> Finding | None:
    """What an unknown table is, its draft complete with how the text is to be read."""
    finding = discover(source, answers)
    if finding and isinstance(source, TextRows):
        finding.draft["delimiter"] = source.delimiter
        finding.draft["quote"] = source.quote
        if source.encoding not in ("utf-8", "utf-8-sig", "utf-16"):
            finding.draft["encodings"] = [source.encoding]
    return finding


def draft_profile(draft: dict) -> TableProfile:
    """The profile that a draft makes.

    :raises ProfileError: when something in it is wrong or missing
    """
    try:
        return profile_from(_GUESS, draft)
    except ProfileError as error:
        problem = str(error).partition(": ")[2]
        raise ProfileError(f"The chosen columns cannot be read like that: {problem}") from None


def read_unknown(source: RowSource, finding: Finding | None) -> Iterator[Event]:
    """Read a table with what was found out about it.

    :raises UnclearLayout: when that leaves questions
    """
    if finding is None:
        raise UnknownFormat(_("The file is no table of dates and amounts"))
    if finding.problem or finding.questions:
        questions = [question.text for question in finding.questions]
        message = _(
            "The table has a layout that is not known yet, and does not tell all by itself: "
            "%(why)s",
            why=finding.problem or questions[0],
        )
        raise UnclearLayout(message, questions=questions or [finding.problem])
    yield from read_table(draft_profile(finding.draft), source, guessed=True)
