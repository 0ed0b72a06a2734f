"""Files of fixed-width records, and what national account numbers in them make of an IBAN."""

from __future__ import annotations

import codecs
import functools
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from ..errors import InvalidStatement
from ..messages import _
from ..types import Date
from ._text import open_text
from ._values import parse_date

_RECORDS_AT_ONCE = 256
"""Records that are read in one go where a file has no line ends."""

_UTF8_MARK = codecs.BOM_UTF8.decode("latin-1")

_PADDING = "\r\n\x1a"
"""Line ends, and the mark at the end of files from DOS."""


@dataclass(slots=True)
class Record:
    """One record. Positions are counted from 1 and include the last one, as standards do.

    :ivar line: the number of its line in the file
    :ivar text: filled with blanks up to its full width
    :ivar raw: as it stands in the file
    """

    line: int
    text: str
    raw: str

    def get(self, first: int, last: int) -> str:
        """A field without the blanks around it."""
        return self.text[first - 1 : last].strip()

    def integer(self, first: int, last: int, what: str) -> int:
        """An unsigned number. Blanks may fill it up on the left only: elsewhere digits are lost."""
        text = self.text[first - 1 : last].lstrip(" ")
        if text.isascii() and text.isdigit():
            return int(text)
        raise self.refusal(_("The %(what)s is no number", what=what), first, last, _("digits"))

    def date(self, first: int, last: int, order: str, what: str) -> Date:
        """A date of six digits.

        :param order: ``%d%m%y`` or ``%y%m%d``
        """
        text = self.text[first - 1 : last]
        try:
            return _six_digit_date(text, order)
        except ValueError:
            pass
        expected = _("a date as DDMMYY") if order.startswith("%d") else _("a date as YYMMDD")
        raise self.refusal(_("The %(what)s is no date", what=what), first, last, expected)

    def refusal(self, message: str, first: int, last: int, expected: str) -> InvalidStatement:
        """What to raise for a field."""
        return InvalidStatement(
            message,
            line=self.line,
            element=_("positions %(first)s to %(last)s", first=first, last=last),
            expected=expected,
            found=self.text[first - 1 : last],
        )


@functools.lru_cache(maxsize=4096)
def _six_digit_date(text: str, order: str) -> Date:
    # strptime would accept blanks and single digits.
    if not (text.isascii() and text.isdigit()):
        raise ValueError(text)
    return parse_date(text, (order,))


def fixed_records(stream: BinaryIO, countries: Iterable[str], width: int) -> Iterator[Record]:
    """The records of a file, whether each has a line of its own or not.

    Empty lines are left out. Lines may lack blanks at their end, or have more of them.

    :raises InvalidStatement: for a line that is too long to be one record, and for NUL characters
    """
    text = open_text(stream, countries)
    try:
        pieces = iter(functools.partial(text.readline, _RECORDS_AT_ONCE * width), "")
        yield from _split(pieces, width)
    finally:
        text.detach()


def first_records(head: bytes, width: int, count: int) -> list[str]:
    """The first records in a file's first bytes, for recognising it; never raises."""
    lines = io.StringIO(head_text(head), newline="")
    records = []
    try:
        for record in _split(lines, width):
            records.append(record.text)
            if len(records) == count:
                break
    except InvalidStatement:
        pass
    return records


def head_text(head: bytes) -> str:
    """A file's first bytes as text, in which at least digits and separators are right."""
    utf16 = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = head.decode("utf-16" if utf16 else "latin-1", "replace")
    return text.removeprefix(_UTF8_MARK)


def _split(pieces: Iterator[str], width: int) -> Iterator[Record]:
    """Records out of lines, or out of parts of a line that never ends."""
    line = 1
    for piece in pieces:
        if "\0" in piece:
            raise InvalidStatement(
                _("The file contains NUL characters"), line=line, expected=_("text")
            )
        content = piece.rstrip(_PADDING)
        if len(content) > width and content[width:].strip():
            yield from _blocks(content, line, width)
        elif content and not content.isspace():
            yield Record(line, content[:width].ljust(width), piece)
        if piece[-1] in "\r\n":
            line += 1


def _blocks(content: str, line: int, width: int) -> Iterator[Record]:
    for start in range(0, len(content), width):
        block = content[start : start + width]
        if block.strip():
            yield Record(line, block.ljust(width), block)


def joined(texts: Iterable[str]) -> str:
    """Texts as one, where each goes on where the one before was full, one blank between words."""
    return tidy("".join(texts))


def tidy(text: str) -> str:
    """The text with one blank between its words."""
    return " ".join(text.split())


def iban(country: str, national: str) -> str:
    """The IBAN of a national account number, with its check digits.

    :param national: digits and capital letters
    """
    digits = "".join(str(int(char, 36)) for char in f"{national}{country}00")
    return f"{country}{98 - int(digits) % 97:02d}{national}"
