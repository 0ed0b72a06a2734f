"""Tables as rows of cells: from delimited text here, from workbooks in ``_workbook``."""

from __future__ import annotations

import codecs
import contextlib
import csv
import functools
import io
import itertools
from collections.abc import Iterable, Iterator
from typing import BinaryIO, NamedTuple, Protocol

from ..errors import InvalidStatement
from ..messages import _

MAX_LINE = 256 * 1024
"""Characters in one physical line; more is no statement."""

_CHUNK = 1 << 16


class Row(NamedTuple):
    """One record: its cells without blanks around them, its line and its text in the file."""

    cells: list[str]
    line: int
    raw: str


# There is one per row, and checking the number of fields would take its time.
row_of = functools.partial(tuple.__new__, Row)


class RowSource(Protocol):
    """A table's rows, from the first, as often as is asked.

    :ivar ends: the last row is known to be complete
    """

    ends: bool

    def rows(self) -> Iterator[Row]:
        """All rows that are not blank.

        :raises InvalidStatement: for what is no table
        """


class KeptRows:
    """Rows that are all in memory."""

    def __init__(self, rows: list[Row], *, ends: bool = True):
        self.kept = rows
        self.ends = ends

    def rows(self) -> Iterator[Row]:
        return iter(self.kept)


class TextRows:
    """The records of delimited text.

    :param quote: empty where the file knows no quotes
    :param final_newline: a last line that does not end is refused as cut off
    """

    def __init__(
        self,
        stream: BinaryIO,
        encoding: str,
        delimiter: str,
        quote: str,
        *,
        final_newline: bool = False,
    ):
        self._stream = stream
        self.encoding = encoding
        self.delimiter = delimiter
        self.quote = quote
        self._final_newline = final_newline

    @property
    def ends(self) -> bool:
        """Whether the last line ends with a line break."""
        size = self._stream.seek(0, io.SEEK_END)
        self._stream.seek(max(0, size - 2))
        end = self._stream.read(2)
        if self.encoding.startswith("utf-16"):
            end = end.replace(b"\0", b"")
        return end.endswith((b"\n", b"\r"))

    def rows(self) -> Iterator[Row]:
        with self._text() as text:
            yield from text_rows(text, self.delimiter, self.quote, self._final_newline)

    @contextlib.contextmanager
    def _text(self) -> Iterator[io.TextIOWrapper]:
        self._stream.seek(0)
        text = io.TextIOWrapper(self._stream, self.encoding, newline="")
        try:
            yield text
        except UnicodeError as error:
            raise InvalidStatement(
                _("The file has characters that its encoding does not know"),
                expected=self.encoding,
            ) from error
        finally:
            # Otherwise the wrapper would close the caller's stream, unless that is closed already.
            with contextlib.suppress(ValueError):
                text.detach()


def text_rows(
    text: io.TextIOBase, delimiter: str, quote: str, final_newline: bool = False
) -> Iterator[Row]:
    """The records of a text that are not blank."""
    strip = str.strip
    line, raw = 0, "\n"
    for line, cells, raw in _records(text, delimiter, quote):
        cells = list(map(strip, cells))
        if any(cells):
            yield row_of((cells, line, raw.rstrip("\r\n")))
    if final_newline and not raw.endswith(("\n", "\r")):
        raise InvalidStatement(
            _("The last line does not end, so the file was cut off"),
            line=line,
            expected=_("a line break"),
        )


Record = tuple[int, list[str], str]
"""Line, cells and text."""


def _records(text: io.TextIOBase, delimiter: str, quote: str) -> Iterator[Record]:
    number = 0
    for lines, has_quotes in _parts(text, quote):
        if has_quotes:
            yield from _quoted_records(lines, number, delimiter, quote)
        else:
            for line in lines:
                number += 1
                yield number, line.split(delimiter), line


def _quoted_records(
    lines: Iterable[str], before: int, delimiter: str, quote: str
) -> Iterator[Record]:
    """The records of lines with quotes, which can go over several lines.

    :param before: the number of lines before these
    """
    lines, kept = itertools.tee(lines)
    reader = _reader(lines, delimiter, quote)
    end = before
    try:
        for cells in reader:
            start, end = end + 1, before + reader.line_num
            raw = next(kept) if start == end else "".join(itertools.islice(kept, end - start + 1))
            yield start, cells, raw
    except csv.Error as error:
        raise InvalidStatement(
            _("The row cannot be read (%(error)s)", error=error),
            line=end + 1,
            expected=_("quotes %(quote)s that are closed", quote=quote),
        ) from error


def _reader(lines: Iterable[str], delimiter: str, quote: str):
    return csv.reader(lines, delimiter=delimiter, quotechar=quote, strict=True)


def _parts(text: io.TextIOBase, quote: str) -> Iterator[tuple[Iterable[str], bool]]:
    """The lines up to the first quote, which need no more than to be split, and all others.

    :return: lines, and whether there are quotes among them
    :raises InvalidStatement: for what no text file contains
    """
    blocks = _blocks(text)
    for lines in blocks:
        if quote and any(quote in line for line in lines):
            yield itertools.chain(lines, itertools.chain.from_iterable(blocks)), True
        else:
            yield lines, False


def _blocks(text: io.TextIOBase) -> Iterator[list[str]]:
    """The physical lines, many at once: a step of its own for each of them would take its time."""
    number, rest = 0, ""
    while chunk := text.read(_CHUNK):
        if chunk[-1] == "\r":
            chunk += text.read(1)  # a line break of two characters must not be torn apart
        lines = list(io.StringIO(rest + chunk, newline=""))
        may_be_long = len(rest) + len(chunk) >= MAX_LINE
        if "\0" in chunk or (may_be_long and max(map(len, lines)) >= MAX_LINE):
            yield from _good_lines(lines, number)
        rest = "" if lines[-1].endswith(("\n", "\r")) else lines.pop()
        if "\ufeff" in chunk:
            # Before a quote it would hide it; files that were joined have them inside.
            lines = [line.lstrip("\ufeff") for line in lines]
        number += len(lines)
        yield lines
    if rest:
        yield [rest.lstrip("\ufeff")]


def _good_lines(lines: list[str], before: int) -> Iterator[list[str]]:
    """The lines before the one that no text file contains, which is refused.

    :param before: the number of lines before these
    """
    for number, line in enumerate(lines, start=before + 1):
        if "\0" in line:
            raise InvalidStatement(
                _("The file contains NUL characters"), line=number, expected=_("text")
            )
        if len(line) >= MAX_LINE:
            raise InvalidStatement(
                _("The line is too long"),
                line=number,
                expected=_("less than %(most)s characters", most=MAX_LINE),
            )
        yield [line]


def first_that_decodes(stream: BinaryIO, encodings: Iterable[str]) -> str:
    """The first encoding in which the whole file can be read.

    :raises InvalidStatement: when there is none
    """
    candidates = list(encodings)
    for encoding in candidates:
        if _decodes(stream, encoding):
            return encoding
    raise InvalidStatement(
        _("The file has characters that none of its possible encodings knows"),
        expected=", ".join(candidates),
    )


def _decodes(stream: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    stream.seek(0)
    try:
        while chunk := stream.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    finally:
        stream.seek(0)
    return True
