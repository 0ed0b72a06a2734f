"""Tables as rows of cells: from delimited text here, from workbooks in ``_workbook``."""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
import itertools
from collections.abc import Iterable, Iterator
from typing import BinaryIO, NamedTuple, Protocol

from ..errors import InvalidStatement

MAX_LINE = 256 * 1024
"""Characters in one physical line; more is no statement."""

_CHUNK = 1 << 14


class Row(NamedTuple):
    """One record: its cells without blanks around them, its line and its text in the file."""

    cells: list[str]
    line: int
    raw: str


class RowSource(Protocol):
    """A table's rows, from the first, as often as is asked.

    :ivar ends: the last row is known to be complete
    """

    ends: bool

    def rows(self) -> Iterator[Row]:
        """All rows that are not blank.

        :raises InvalidStatement: for what is no table
        """

    def values(self) -> Iterator[list]:
        """The cells of all rows as they are, which is enough to compare them, and fast."""


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
        return bool({b"\n", b"\r"} & {self._stream.read(1), self._stream.read(1)})

    def rows(self) -> Iterator[Row]:
        with self._text() as text:
            yield from text_rows(text, self.delimiter, self.quote, self._final_newline)

    def values(self) -> Iterator[list]:
        # What is wrong with a row is told when the rows are read.
        with self._text() as text, contextlib.suppress(csv.Error):
            yield from _reader(_lines(text), self.delimiter, self.quote)

    @contextlib.contextmanager
    def _text(self) -> Iterator[io.TextIOWrapper]:
        self._stream.seek(0)
        text = io.TextIOWrapper(self._stream, self.encoding, newline="")
        try:
            yield text
        except UnicodeError as error:
            raise InvalidStatement(
                "The file has characters that its encoding does not know",
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
    lines, kept = itertools.tee(_lines(text))
    reader = _reader(lines, delimiter, quote)
    end, raw = 0, "\n"
    strip, row_of = str.strip, Row._make
    try:
        for cells in reader:
            start, end = end + 1, reader.line_num
            raw = next(kept) if start == end else "".join(itertools.islice(kept, end - start + 1))
            cells = list(map(strip, cells))
            if any(cells):
                yield row_of((cells, start, raw.rstrip("\r\n")))
    except csv.Error as error:
        raise InvalidStatement(
            f"The row cannot be read ({error})",
            line=end + 1,
            expected=f"quotes {quote} that are closed",
        ) from error
    if final_newline and not raw.endswith(("\n", "\r")):
        raise InvalidStatement(
            "The last line does not end, so the file was cut off",
            line=end,
            expected="a line break",
        )


def _reader(lines: Iterable[str], delimiter: str, quote: str):
    return csv.reader(
        lines,
        delimiter=delimiter,
        quotechar=quote or None,
        quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
        strict=True,
    )


def _lines(text: io.TextIOBase) -> Iterator[str]:
    """The physical lines.

    :raises InvalidStatement: for what no text file contains
    """
    return itertools.chain.from_iterable(_blocks(text))


def _blocks(text: io.TextIOBase) -> Iterator[list[str]]:
    """The physical lines, many at once: a step of its own for each of them would take its time."""
    number, rest = 0, ""
    while chunk := text.read(_CHUNK):
        if chunk[-1] == "\r":
            chunk += text.read(1)  # a line break of two characters must not be torn apart
        lines = list(io.StringIO(rest + chunk, newline=""))
        if "\0" in chunk or max(map(len, lines)) >= MAX_LINE:
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
            raise InvalidStatement("The file contains NUL characters", line=number, expected="text")
        if len(line) >= MAX_LINE:
            raise InvalidStatement(
                "The line is too long", line=number, expected=f"less than {MAX_LINE} characters"
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
        "The file has characters that none of its possible encodings knows",
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
