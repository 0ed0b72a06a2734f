"""Workbooks as rows of cells: opened with care, since a small file can unpack to gigabytes."""

from __future__ import annotations

import datetime
import functools
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, BinaryIO

from ..errors import InvalidStatement
from ..messages import _
from ._table_source import Row, row_of
from ._table_values import DateCell, NumberCell
from ._values import AMOUNT_DECIMALS

MAX_FILE = 64 * 1024 * 1024
MAX_UNPACKED = 512 * 1024 * 1024
"""Bytes that the parts of a workbook may have when unpacked; 100,000 rows have some 60 MB."""

MAX_RATIO = 200
_SMALL = 10 * 1024 * 1024
MAX_CELLS = 12_000_000
"""Cells between the first and the last one of a sheet, empty ones included."""

_CHUNK = 1 << 20
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PK = b"PK\x03\x04"
_OLD_EXCEL = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00")
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
_FIRST_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br="(\d+)"')
_CELL = re.compile(rb' r="([A-Z]{1,3})(\d+)"')
_WIDE_CELL = re.compile(rb' r="([A-Z]{2,3})\d')  # begins with a literal, which is searched fast
_FILLED_CELL = re.compile(rb'<(?:\w+:)?c r="([A-Z]{1,3})(\d+)"[^>]*(?<!/)>')
_ODD_REFERENCES = (
    (b"'", b" r='"),
    (b"\t", b"\tr="),
    (b"\n", b"\nr="),
    (b"\r", b"\rr="),
    (b" r =", b" r ="),
)
"""Ways to write a cell's place that no program uses, and that would not be measured; before
each of them a part that is rare, and that is searched faster."""

_ODS_PIECE = re.compile(
    rb"<table:table-row(?P<row>\s[^>]*)?>|<table:(?:covered-)?table-cell(?P<cell>\s[^>]*)?>|"
    rb"(?P<end></table:table-row>)"
)
_ODS_ROWS = re.compile(rb'table:number-rows-repeated="(\d+)"')
_ODS_COLUMNS = re.compile(rb'table:number-columns-repeated="(\d+)"')


def kind_of(head: bytes) -> str | None:
    """Which kind of workbook a file's first bytes belong to: xlsx, ods or xls."""
    if head.startswith(_OLE) or head.startswith(_OLD_EXCEL):
        return "xls"
    if not head.startswith(_PK):
        return None
    names = set(_member_names(head))
    if b"mimetype" in names and _ODS in head[:200]:
        return "ods"
    if b"[Content_Types].xml" in names or any(name.startswith(b"xl/") for name in names):
        return "xlsx"
    return None


def _member_names(head: bytes) -> Iterator[bytes]:
    """Names of an archive's own members whose headers are among its first bytes.

    A member that is an archive itself, and not packed, has such headers too; they are skipped.
    """
    start = 0
    while start >= 0 and head.startswith(_PK, start) and start + 30 <= len(head):
        flags, size = head[start + 6], int.from_bytes(head[start + 18 : start + 22], "little")
        name = start + 30
        name_end = name + int.from_bytes(head[start + 26 : start + 28], "little")
        yield head[name:name_end]
        data = name_end + int.from_bytes(head[start + 28 : start + 30], "little")
        if flags & 8 and not size:  # the size comes behind the data
            start = head.find(_PK, _end_of_deflated(head, data))
        else:
            start = data + size


def _end_of_deflated(head: bytes, start: int) -> int:
    """Where packed data end, or the end of the bytes where they go on or are damaged."""
    unpacker, rest = zlib.decompressobj(-zlib.MAX_WBITS), head[start:]
    try:
        while rest and not unpacker.eof:
            unpacker.decompress(rest, _CHUNK)
            rest = unpacker.unconsumed_tail
    except zlib.error:
        return len(head)
    return len(head) - len(unpacker.unused_data)


class Workbook:
    """An opened workbook.

    :raises InvalidStatement: when it is damaged, encrypted, no workbook, or far too big
    """

    def __init__(self, stream: BinaryIO):
        stream.seek(0, 2)
        if stream.tell() > MAX_FILE:
            raise InvalidStatement(
                _("The workbook is too big"), expected=_("at most %(most)s MB", most=MAX_FILE >> 20)
            )
        stream.seek(0)
        head = stream.read(1 << 16)
        self.kind = kind_of(head)
        if self.kind == "xls" and not head.startswith(_OLE):
            raise InvalidStatement(
                _("The workbook is of Excel 4.0 or older"), expected=_("Excel 5.0 or newer")
            )
        if self.kind in ("xlsx", "ods"):
            _check_archive(stream, self.kind)
        self._book = _opened(stream)

    def sheets(self) -> list[SheetRows]:
        """The sheets with rows; those that are hidden too, since banks do not hide anything."""
        return [SheetRows(self._book, name) for name in self._book.sheet_names]


class SheetRows:
    """One sheet of a workbook as rows of cells, numbered as people see them."""

    ends = True  # otherwise it could not have been opened

    def __init__(self, book: Any, name: str):
        self.name = name
        self._book = book
        self._sheet: Any = None

    def rows(self) -> Iterator[Row]:
        sheet = self._opened()
        if sheet is None or sheet.start is None:
            return
        first_row, first_column = sheet.start
        before, as_text = [""] * first_column, _AS_TEXT
        for number, values in enumerate(sheet.iter_rows(), start=first_row + 1):
            cells = before + [
                value.strip() if type(value) is str else as_text.get(type(value), str)(value)
                for value in values
            ]
            if any(cells):
                yield row_of((cells, number, "\t".join(cells).rstrip("\t")))

    def _opened(self) -> Any:
        if self._sheet is None:
            self._sheet = _guarded(lambda: self._book.get_sheet_by_name(self.name))
        return self._sheet


@functools.lru_cache(maxsize=4096)
def _date(value: datetime.date) -> str:
    """A date, or a time of which only the day counts."""
    return DateCell(value.isoformat()[:10])


def number_cell(value: float) -> str:
    """A float as the number that was meant: 15 digits, which is what workbooks keep."""
    text = repr(value)
    if len(text) <= 15 and "e" not in text:
        return NumberCell(text[:-2] if text.endswith(".0") else text)
    rounded = round(value, AMOUNT_DECIMALS)
    if abs(value - rounded) <= 1e-9 * max(1.0, abs(value)):
        value = rounded
    return NumberCell(f"{Decimal(f'{value:.15g}'):f}")


_AS_TEXT: dict[type, Callable[[Any], str]] = {
    float: number_cell,
    int: NumberCell,
    datetime.date: _date,
    datetime.datetime: _date,
}
"""How a cell becomes text that remembers its type; all others are plain text."""


def _opened(stream: BinaryIO) -> Any:
    try:
        import python_calamine
    except ImportError:
        raise InvalidStatement(
            _("Workbooks cannot be read here: the Python package python-calamine is missing")
        ) from None
    stream.seek(0)
    return _guarded(lambda: python_calamine.CalamineWorkbook.from_filelike(stream))


def _guarded(action) -> Any:
    """The result, with whatever the library raises as a refusal of the file."""
    import python_calamine

    try:
        return action()
    except python_calamine.PasswordError:
        raise InvalidStatement(
            _("The workbook is protected by a password"), expected=_("a file without a password")
        ) from None
    except MemoryError:
        raise
    except BaseException as error:
        # The library is written in Rust, whose panics are no Exception; what else is none
        # (an interrupt, the end of a worker) is not about the file.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise InvalidStatement(
            _("The workbook is damaged or is none (%(error)s)", error=error)
        ) from None


def _check_archive(stream: BinaryIO, kind: str) -> None:
    """Refuse what would unpack to more than a statement can be.

    Declared sizes are only a first hint: what counts is what comes out.
    """
    try:
        with zipfile.ZipFile(stream) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > MAX_UNPACKED:
                raise _too_big()
            names = {member.filename for member in members}
            if kind == "xlsx" and not any(name.startswith("xl/") for name in names):
                raise InvalidStatement(_("The file is an Office document, but no workbook"))
            if any(member.flag_bits & 1 for member in members):
                raise InvalidStatement(
                    _("The workbook is encrypted"), expected=_("a file without a password")
                )
            left = MAX_UNPACKED
            for member in members:
                left -= _check_member(archive, member, kind, left)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise InvalidStatement(
            _("The workbook is cut off or damaged (%(error)s)", error=error)
        ) from None


def _check_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, kind: str, limit: int) -> int:
    """Unpack a part piece by piece; how many bytes came out."""
    measure = None
    if kind == "xlsx" and member.filename.startswith("xl/worksheets/"):
        measure = _XlsxExtent()
    elif kind == "ods" and member.filename == "content.xml":
        measure = _OdsExtent()
    size, rest = 0, b""
    with archive.open(member) as part:
        while chunk := part.read(_CHUNK):
            size += len(chunk)
            if size > limit or (size > _SMALL and size > MAX_RATIO * max(member.compress_size, 1)):
                raise _too_big()
            if measure:
                data = rest + chunk
                cut = data.rfind(b"<")
                measure.take(data[:cut])
                rest = data[cut:]
        if measure:
            measure.take(rest)
            if measure.cells() > MAX_CELLS:
                _check_filled(archive, member, kind)
    return size


def _check_filled(archive: zipfile.ZipFile, member: zipfile.ZipInfo, kind: str) -> None:
    """Refuse a sheet whose cells with content reach too far; formatted ones do not count."""
    rows = [1 << 30, 0]
    column, rest = 1, b""
    if kind == "xlsx":
        with archive.open(member) as part:
            while chunk := part.read(_CHUNK):
                data = rest + chunk
                cut = max(data.rfind(b"<c "), 0)
                for match in _FILLED_CELL.finditer(data, 0, cut):
                    column = max(column, _column_number(match[1]))
                    rows = [min(rows[0], int(match[2])), max(rows[1], int(match[2]))]
                rest = data[cut:]
        for match in _FILLED_CELL.finditer(rest):
            column = max(column, _column_number(match[1]))
            rows = [min(rows[0], int(match[2])), max(rows[1], int(match[2]))]
        if (rows[1] - rows[0] + 1) * column <= MAX_CELLS:
            return
    raise InvalidStatement(
        _("A sheet of the workbook is too big"),
        expected=_("at most %(most)s cells", most=MAX_CELLS),
    )


def _too_big() -> InvalidStatement:
    return InvalidStatement(
        _("The workbook unpacks to far more than a statement can be"),
        expected=_("at most %(most)s MB", most=MAX_UNPACKED >> 20),
    )


class _XlsxExtent:
    """How far a sheet's cells reach, whatever it says about its dimension."""

    def __init__(self):
        self._rows: list[int] = []
        self._columns = 26

    def take(self, data: bytes) -> None:
        if any(rare in data and odd in data for rare, odd in _ODD_REFERENCES):
            raise InvalidStatement(_("A sheet of the workbook is written in an unknown way"))
        ends = [*_CELL.finditer(data, 0, 4096), *_CELL.finditer(data, max(0, len(data) - 4096))]
        rows = [int(match[2]) for match in ends]
        rows += [int(match[1]) for match in _FIRST_ROW.finditer(data, 0, 4096)]
        rows += [int(match[1]) for match in _FIRST_ROW.finditer(data, max(0, len(data) - 4096))]
        if rows:
            self._rows = [min(*self._rows, *rows, rows[0]), max(*self._rows, *rows, rows[0])]
        if wide := {match[1] for match in _WIDE_CELL.finditer(data)}:
            self._columns = max(self._columns, *map(_column_number, wide))

    def cells(self) -> int:
        return (self._rows[-1] - self._rows[0] + 1) * self._columns if self._rows else 0


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


class _OdsExtent:
    """How many cells the repetitions of a sheet come to."""

    def __init__(self):
        self._cells = 0
        self._waiting = 0  # empty rows count only when something follows
        self._repeat = 1
        self._width = self._open_width = 0

    def take(self, data: bytes) -> None:
        for match in _ODS_PIECE.finditer(data):
            if match["end"]:
                self._end_row()
            elif match[0].startswith(b"<table:table-row"):
                self._repeat = _repeated(_ODS_ROWS, match["row"])
                self._width = self._open_width = 0
                if (match["row"] or b"").endswith(b"/"):
                    self._end_row()
            else:
                self._open_width += _repeated(_ODS_COLUMNS, match["cell"])
                if not (match["cell"] or b"").endswith(b"/"):
                    self._width = self._open_width

    def _end_row(self) -> None:
        if self._width:
            self._cells += (self._waiting + self._repeat) * self._width
            self._waiting = 0
        else:
            self._waiting += self._repeat

    def cells(self) -> int:
        return self._cells


def _repeated(pattern: re.Pattern, attributes: bytes | None) -> int:
    match = pattern.search(attributes or b"")
    return int(match[1]) if match else 1
