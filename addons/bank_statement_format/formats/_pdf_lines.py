"""The text of a PDF as lines of words.

A PDF says where to draw glyphs, not what is a line or a word. Glyphs on one height are a
line, and a gap between them is a blank.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import BinaryIO

from ..errors import InvalidStatement, StatementError
from ..messages import _

MAX_FILE_SIZE = 32 << 20
"""Bytes of the file."""

MAX_LINE = 1_000
"""Characters of a line; patterns are not tried on more."""

UNKNOWN = "\ufffd"
"""A character of which the file does not say what it is."""

ASK_FOR_DATA = _("ask the bank for camt or CSV")

_BLANK_GAP = 0.18
"""Of the glyphs' size: more between two of them is a blank."""

_COLUMN_GAP = 1.2
"""Of the glyphs' size: more between two words is two blanks, as between columns."""

_SAME_LINE = 0.35
"""Of the glyphs' size: how far apart the heights of one line's glyphs may be."""

_SAME_PLACE = 0.25
"""Of a glyph's width: closer equal glyphs are one, drawn twice to look bold."""


@dataclass(frozen=True, slots=True)
class Word:
    """Glyphs without a gap, from ``x`` to ``end``, in points from the page's left edge."""

    text: str
    x: float
    end: float
    size: float


@dataclass(frozen=True, slots=True)
class Line:
    """The words on one height; ``page`` and ``number`` count from 1."""

    page: int
    number: int
    words: tuple[Word, ...]
    text: str

    @property
    def x(self) -> float:
        return self.words[0].x

    @property
    def where(self) -> str:
        return f"page {self.page}, line {self.number}"


def read_lines(stream: BinaryIO) -> Iterator[Line]:
    """All lines, page by page from top to bottom.

    :raises InvalidStatement: when the PDF is damaged, protected, a picture, or too large
    """
    empty = True
    for page, glyphs in enumerate(_pages(stream), start=1):
        for number, words in enumerate(_words_by_line(glyphs), start=1):
            empty = False
            text = _joined(words)
            if len(text) > MAX_LINE:
                raise InvalidStatement(
                    _("The line is too long"),
                    element=_("page %(page)s, line %(number)s", page=page, number=number),
                    expected=_("at most %(most)s characters", most=MAX_LINE),
                )
            yield Line(page, number, words, text)
    if empty:
        raise InvalidStatement(
            _(
                "The PDF is a picture of a statement, without any text in it: "
                "%(advice)s, or for a PDF with text",
                advice=ASK_FOR_DATA,
            ),
            expected=_("text"),
        )


def _pages(stream: BinaryIO) -> Iterator[list]:
    """The glyphs of each page; whatever the library stumbles over refuses the file."""
    if stream.seek(0, 2) > MAX_FILE_SIZE:
        raise InvalidStatement(
            _("The PDF is too large"), expected=_("at most %(most)s MB", most=MAX_FILE_SIZE >> 20)
        )
    stream.seek(0)
    try:
        from . import _pdf_reader
    except ModuleNotFoundError as error:
        raise InvalidStatement(
            _("PDFs can only be read with the Python package pdfminer.six"), expected=error.name
        ) from error
    # It tells whatever is odd, and hostile files are odd in every line.
    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)
    try:
        yield from _pdf_reader.pages(stream)
    except StatementError:
        raise
    except Exception as error:
        # A library for so rich a format fails in any way when a file is damaged.
        raise InvalidStatement(
            _(
                "The PDF is damaged or cut off (%(name)s): %(advice)s",
                name=type(error).__name__,
                advice=ASK_FOR_DATA,
            ),
            expected=_("a complete PDF"),
        ) from error


def _words_by_line(glyphs: list) -> Iterator[tuple[Word, ...]]:
    """The words of a page's lines, from top to bottom."""
    line: list = []
    for glyph in sorted(glyphs, key=lambda glyph: -glyph.y):
        if line and line[0].y - glyph.y > _SAME_LINE * max(glyph.size, line[0].size):
            if words := tuple(_words(line)):
                yield words
            line = []
        line.append(glyph)
    if line and (words := tuple(_words(line))):
        yield words


def _words(glyphs: list) -> Iterator[Word]:
    """The words of one line, from left to right."""
    text, x, end, size = "", 0.0, 0.0, 0.0
    last = None
    for glyph in sorted(glyphs, key=lambda glyph: glyph.x):
        if last and glyph.text == last.text and _is_same(glyph, last):
            continue
        last = glyph
        blank = not glyph.text.strip()
        if text and (blank or glyph.x - end > _BLANK_GAP * glyph.size):
            yield Word(text, x, end, size)
            text = ""
        if blank:
            continue
        if not text:
            x, size = glyph.x, glyph.size
        text += glyph.text
        end = max(glyph.end, glyph.x)
    if text:
        yield Word(text, x, end, size)


def _is_same(glyph, last) -> bool:
    return glyph.x - last.x < _SAME_PLACE * (last.end - last.x)


def _joined(words: tuple[Word, ...]) -> str:
    """The words with a blank between them, two where columns seem to be."""
    parts = [words[0].text]
    for before, word in pairwise(words):
        parts.append("  " if word.x - before.end > _COLUMN_GAP * word.size else " ")
        parts.append(word.text)
    return "".join(parts)
