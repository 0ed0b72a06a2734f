"""A CSV file as rows below a header, as its profile declares it."""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from ..errors import InvalidStatement
from ._table_profile import TableProfile
from ._values import is_currency

MAX_LINE = 256 * 1024
"""Characters in one physical line; more is no statement."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHUNK = 1 << 16


def has_header(profile: TableProfile, head: bytes) -> bool:
    """Whether the profile's header line is where it must be in a file's first bytes."""
    declared = [encoding for bom, encoding in _BOMS if head.startswith(bom)]
    # Whether the rest of the file can be decoded is seen later, and then refused with a reason.
    texts = (head.decode(e, "replace") for e in declared or ("utf-8", *profile.encodings))
    return any(_begins_with_header(profile, text) for text in texts)


def _begins_with_header(profile: TableProfile, text: str) -> bool:
    lines = _lines(io.StringIO(text, newline=""), [])
    reader = csv.reader(lines, delimiter=profile.delimiter, quotechar=profile.quote)
    try:
        for _, row in zip(range(profile.lines_before + 1), filter(None, reader), strict=False):
            if _is_header(profile, row):
                return True
    except (csv.Error, InvalidStatement):
        pass
    return False


def _is_header(profile: TableProfile, row: list[str]) -> bool:
    cells = [_tidy(cell) for cell in row]
    if profile.exact:
        return cells == list(profile.header)
    return set(profile.header) <= set(cells)


def _tidy(cell: str) -> str:
    """A cell without the blanks around it, no-break ones and stray byte order marks included."""
    return cell.strip().strip("\ufeff").strip()


def encoding_of(stream: BinaryIO, profile: TableProfile) -> str:
    """The first encoding in which the whole file can be read.

    :raises InvalidStatement: when there is none
    """
    stream.seek(0)
    head = stream.read(4)
    declared = [encoding for bom, encoding in _BOMS if head.startswith(bom)]
    candidates = declared or ["utf-8", *profile.encodings]
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
    return True


def _lines(text: io.TextIOBase, kept: list[str]) -> Iterator[str]:
    """The physical lines, each also appended to ``kept``.

    :raises InvalidStatement: for what no text file contains
    """
    number = 0
    while line := text.readline(MAX_LINE):
        number += 1
        if "\0" in line:
            raise InvalidStatement("The file contains NUL characters", line=number, expected="text")
        if len(line) == MAX_LINE and not line.endswith(("\n", "\r")):
            raise InvalidStatement(
                "The line is too long", line=number, expected=f"less than {MAX_LINE} characters"
            )
        kept.append(line)
        yield line


@dataclass(frozen=True, slots=True)
class Row:
    """One record: its cells, the line it begins on and its text in the file."""

    cells: list[str]
    line: int
    raw: str


@dataclass(frozen=True, slots=True)
class Key:
    """What a Statement is about: rows of another account or currency are another one's."""

    account: str
    currency: str


class Sheet:
    """The file seen as rows below a header, read as often as is needed."""

    def __init__(self, profile: TableProfile, stream: BinaryIO, encoding: str):
        self.profile = profile
        self.fields: dict[str, tuple[str, int]] = {}
        self._stream = stream
        self._encoding = encoding
        self._positions: dict[str, list[int]] = {}
        self._width = 0

    def survey(self) -> tuple[list[Key], bool]:
        """The statements in the file, and whether their rows are mixed; reads it all once.

        Also fills ``fields`` from the lines around the rows.
        """
        keys: dict[Key, None] = {}
        interleaved, last, rows = False, None, 0
        for row in self._rows(collect=True):
            key = self.key(row)
            interleaved |= key != last and key in keys
            keys[key] = None
            last, rows = key, rows + 1
        self._check_footer(rows)
        if len(keys) > 1 and {"opening", "closing"} & set(self.fields):
            raise InvalidStatement("Balances around the rows can be of one account only")
        return list(keys), interleaved

    def rows(self) -> Iterator[Row]:
        return self._rows(collect=False)

    def _check_footer(self, rows: int) -> None:
        if "count" not in self.fields:
            return
        text, line = self.fields["count"]
        if text != str(rows):
            raise InvalidStatement(
                "The file does not hold as many rows as it says",
                line=line,
                expected=f"{rows} as read",
                found=text,
            )

    def _rows(self, *, collect: bool) -> Iterator[Row]:
        records = self._records()
        for row in records:
            if _is_header(self.profile, row.cells):
                self._read_header(row)
                break
            if collect:
                self._keep_field(row, self.profile.preamble)
        footer = False
        for row in records:
            key = _tidy(row.cells[0]).rstrip(":")
            if key in self.profile.footer:
                footer = True
                if collect:
                    self._keep_field(row, self.profile.footer)
            elif footer:
                raise broken("There is something after the last line", row, "nothing")
            elif len(row.cells) != self._width:
                expected = f"{self._width} columns"
                raise broken(f"The row has {len(row.cells)} columns", row, expected)
            else:
                yield row
        if self.profile.footer_required and not footer:
            names = " or ".join(self.profile.footer)
            raise InvalidStatement(
                "The file has no last line, so it was cut off", expected=f"a line {names}"
            )

    def _records(self) -> Iterator[Row]:
        """All records that are not blank."""
        self._stream.seek(0)
        text = io.TextIOWrapper(self._stream, self._encoding, newline="")
        kept: list[str] = []
        profile = self.profile
        reader = csv.reader(
            _lines(text, kept),
            delimiter=profile.delimiter,
            quotechar=profile.quote,
            strict=True,
        )
        start, raw = 1, "\n"
        try:
            for cells in reader:
                raw = "".join(kept)
                kept.clear()
                if any(map(str.strip, cells)):
                    yield Row(cells, start, raw.rstrip("\r\n"))
                start = reader.line_num + 1
        except csv.Error as error:
            raise InvalidStatement(
                f"The row cannot be read ({error})",
                line=start,
                expected=f"quotes {profile.quote} that are closed",
            ) from error
        finally:
            # Otherwise the wrapper would close the caller's stream, unless that is closed already.
            with contextlib.suppress(ValueError):
                text.detach()
        if profile.final_newline and not raw.endswith(("\n", "\r")):
            raise InvalidStatement(
                "The last line does not end, so the file was cut off",
                line=start - 1,
                expected="a line break",
            )

    def _read_header(self, row: Row) -> None:
        names = [_tidy(cell) for cell in row.cells]
        self._width = len(names)
        self._positions = {}
        for key, columns in self.profile.columns.items():
            positions = [names.index(column) for column in columns if column in names]
            if any(names.count(column) > 1 for column in columns):
                raise broken("A column occurs twice", row, "each column once")
            if positions:
                self._positions[key] = positions

    def _keep_field(self, row: Row, names) -> None:
        name = names.get(_tidy(row.cells[0]).rstrip(":"))
        if not name:
            return
        text = next((_tidy(cell) for cell in row.cells[1:] if _tidy(cell)), "")
        self.fields[name] = (text, row.line)

    def cell(self, row: Row, key: str) -> str:
        """The text of one column, tidied; empty where the file has no such column."""
        positions = self._positions.get(key)
        return _tidy(row.cells[positions[0]]) if positions else ""

    def joined(self, row: Row, key: str) -> str:
        cells = (_tidy(row.cells[position]) for position in self._positions.get(key, ()))
        return " ".join(filter(None, cells))

    def has(self, key: str) -> bool:
        return key in self._positions

    def key(self, row: Row) -> Key:
        """The account and currency that the row belongs to.

        :raises InvalidStatement: when the row or the preamble should say and does not
        """
        currency = self._stated(row, "currency") or self.profile.currency or ""
        if not is_currency(currency):
            raise broken(
                "The currency is missing or unreadable", row, "three capital letters", currency
            )
        return Key(self._stated(row, "account") or self.profile.account or "", currency)

    def _stated(self, row: Row, key: str) -> str:
        field_names = (*self.profile.preamble.values(), *self.profile.footer.values())
        if self.has(key):
            text = self.cell(row, key)
        elif key in field_names:
            text = self.fields.get(key, ("", 0))[0]
        else:
            return ""
        if not text and getattr(self.profile, key) is None:
            raise broken(f"The {key} is not given", row, f"the {key}")
        return text

    def empty_key(self) -> Key | None:
        """What a file without rows is about, if its preamble tells."""
        account = self.fields.get("account", (self.profile.account, 0))[0]
        currency = self.fields.get("currency", (self.profile.currency, 0))[0]
        return Key(account, currency or "") if account else None


def broken(message: str, row: Row, expected: str, found: str | None = None) -> InvalidStatement:
    return InvalidStatement(
        message,
        line=row.line,
        expected=expected,
        found=row.raw if found is None else found,
    )
