"""The records of a BAI2 file, however they are laid out in lines, and their fields."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import BinaryIO

from ..errors import InvalidStatement
from ..messages import _
from ..types import Date
from ._text import open_text
from ._values import AMOUNT_DIGITS, parse_date

MAX_LINE = 256 * 1024
"""Characters in one physical line; more is no statement."""

_MAX_CONTINUATIONS = 5_000

_CODES = "01|02|03|16|49|88|98|99"
_START = re.compile(rf"({_CODES})[,:]")
_BREAK = re.compile(rf"(?<=/)\s+(?=(?:{_CODES})[,:])")
_AMOUNT = re.compile(rf"([+-]?)([0-9]{{1,{AMOUNT_DIGITS + 8}}})")

_NO_DECIMALS = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG"}
    | {"RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"}
)
_THREE_DECIMALS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})


@dataclass(slots=True)
class Record:
    """A record and those that continue it.

    :ivar line: the number of the line that it begins on
    :ivar parts: its text after the code, and those of its continuations
    :ivar continuations: how many records 88 it has
    :ivar raw: the lines, as they stand in the file
    """

    line: int
    code: str
    parts: list[str]
    raw: list[str]
    continuations: int = 0

    def fields(self) -> Fields:
        """The fields of a record without a text, continuations included."""
        return Fields(self, ",".join(map(_without_end, self.parts)).split(","))

    def refusal(self, message: str, element: str, expected: str, found: str) -> InvalidStatement:
        """What to raise for a field."""
        return InvalidStatement(
            message,
            line=self.line,
            element=_("%(element)s of record %(code)s", element=element, code=self.code),
            expected=expected,
            found=found,
        )


@dataclass(slots=True)
class Fields:
    """The fields of a record, read one after the other; missing ones are empty."""

    record: Record
    values: list[str]
    position: int = 0

    def __bool__(self) -> bool:
        return self.position < len(self.values)

    def next(self) -> str:
        self.position += 1
        return self.values[self.position - 1].strip() if self.position <= len(self.values) else ""

    def integer(self, what: str) -> int:
        text = self.next()
        if text.isascii() and text.removeprefix("+").isdigit() and len(text) <= AMOUNT_DIGITS:
            return int(text)
        raise self.record.refusal(
            _("The %(what)s is no number", what=what), what, _("digits"), text
        )

    def amount(self, decimals: int, what: str) -> Decimal | None:
        """A signed amount without decimal point, or None for an empty field."""
        text = self.next()
        if not text:
            return None
        match = _AMOUNT.fullmatch(text)
        digits = match[2].lstrip("0") if match else ""
        if not match or len(digits) > AMOUNT_DIGITS:
            message = _("The %(what)s is no amount", what=what)
            raise self.record.refusal(message, what, _("digits without a decimal point"), text)
        amount = Decimal(digits or 0).scaleb(-decimals)
        return -amount if match[1] == "-" and amount else amount

    def date(self, what: str) -> Date:
        text = self.next()
        if text.isascii() and text.isdigit() and len(text) in (6, 8):
            try:
                return parse_date(text, ("%y%m%d" if len(text) == 6 else "%Y%m%d",))
            except ValueError:
                pass
        raise self.record.refusal(
            _("The %(what)s is no date", what=what), what, _("a date as YYMMDD"), text
        )

    def funds(self, decimals: int) -> Date | None:
        """Skip the funds type with its own fields; the value date, where it tells one."""
        kind = self.next()
        if kind == "V":
            value_date = self.date("value date") if self._peek() else self.next() or None
            self.next()  # the time
            return value_date
        if kind == "S":
            for _skipped in range(3):
                self.amount(decimals, "available amount")
        elif kind == "D":
            for _skipped in range(self.integer("number of distributions")):
                if not self:
                    raise self.record.refusal(
                        _("Distributed amounts are missing"),
                        _("funds type"),
                        _("days and amounts"),
                        "",
                    )
                self.integer("number of days")
                self.amount(decimals, "available amount")
        elif kind not in ("", "0", "1", "2", "Z"):
            raise self.record.refusal(
                _("The funds type is unknown"),
                _("funds type"),
                _("0, 1, 2, D, S, V, Z or nothing"),
                kind,
            )
        return None

    def _peek(self) -> str:
        return self.values[self.position].strip() if self else ""


def detail_fields(record: Record) -> tuple[Fields, list[str]]:
    """The fields of a record 16, whose text may hold commas, and its further text lines.

    Continuations go on with fields until all are there, then they are text.
    """
    values = _without_end(record.parts[0]).split(",")
    rest = record.parts[1:]
    while rest and len(values) < _fields_before_text(values):
        values += _without_end(rest.pop(0)).split(",")
    return Fields(record, values), [_without_end(part) for part in rest]


def _fields_before_text(values: list[str]) -> int:
    """How many fields come before the text, as far as the funds type tells."""
    kind = values[2].strip() if len(values) > 2 else ""
    if kind == "D":
        number = values[3].strip() if len(values) > 3 else ""
        own = 1 + 2 * int(number) if number.isascii() and number.isdigit() else 1
    else:
        own = {"S": 3, "V": 2}.get(kind, 0)
    return 3 + own + 2


def decimals_of(currency: str) -> int:
    """How many digits of an amount are decimals."""
    if currency in _NO_DECIMALS:
        return 0
    return 3 if currency in _THREE_DECIMALS else 2


def _without_end(part: str) -> str:
    return part.strip().removesuffix("/")


def read_records(stream: BinaryIO) -> Iterator[Record]:
    """The records of a file, each with its continuations.

    A record may share its line with others, or go on in a line that has no code; records
    of a fixed length need no lines at all.

    :raises InvalidStatement: for lines that belong to no record
    """
    record: Record | None = None
    for line, text, raw in _pieces(stream):
        match = _START.match(text)
        if match and match[1] != "88":
            if record is not None:
                yield record
            record = Record(line, match[1], [text[3:]], [raw])
            continue
        if record is None:
            raise InvalidStatement(
                _("The file does not begin with a record"), line=line, expected="01", found=text
            )
        record.raw.append(raw)
        if match:
            record.parts.append(text[3:])
            record.continuations += 1
        else:
            record.parts[-1] += f" {text}"
        if len(record.raw) > _MAX_CONTINUATIONS:
            raise record.refusal(_("The record never ends"), _("continuations"), _("fewer"), text)
    if record is not None:
        yield record


def _pieces(stream: BinaryIO) -> Iterator[tuple[int, str, str]]:
    """Line number, text and source of each physical record."""
    for number, line in _lines(stream):
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
        pieces = _BREAK.split(line)
        if len(pieces) == 1:
            text = line.strip(" \t\r\n\x1a")
            if text:
                yield number, text, line
            continue
        for piece in pieces:
            if piece.strip():
                yield number, piece.strip(), f"{piece}\n"


def _lines(stream: BinaryIO) -> Iterator[tuple[int, str]]:
    """Lines, or records of a fixed length where the file has no lines."""
    text = open_text(stream, ("US",))
    try:
        first = text.readline(MAX_LINE)
        length = _fixed_length(first)
        if length:
            number = 0
            text.seek(0)
            while block := text.read(length):
                number += 1
                yield number, block.lstrip("\r\n")
            return
        number = 1
        while first:
            yield number, first
            first = text.readline(MAX_LINE)
            number += 1
    finally:
        text.detach()


def _fixed_length(line: str) -> int | None:
    """The length of records, where the first line holds more of them than it should."""
    fields = line.split(",", 8)
    length = fields[6].strip() if len(fields) > 6 else ""
    if not (length.isascii() and length.isdigit() and len(length) < 5):
        return None
    size = int(length)
    return size if size and line[size : size + 3] in ("02,", "88,") else None
