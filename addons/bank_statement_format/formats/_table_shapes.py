"""What a single cell could be: in which ways it reads as a date or as a number."""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

from ._table_values import (
    MONTHS,
    AmountParser,
    DateCell,
    NumberCell,
    currency_beside,
    is_date,
    normalised_amount,
)

CONVENTIONS = (
    (".", ","),
    (",", "."),
    (".", " "),
    (",", " "),
    (".", "'"),
    (",", "'"),
    (".", ""),
    (",", ""),
)
"""Decimal mark and thousands mark, as amounts are written in Europe and America."""

_TIME = re.compile(
    r"(?P<blank>[T ,]+)(?P<hour>\d{1,2}):\d{2}(?P<second>:\d{2}(?P<mark>[.,])?(?(mark)\d{1,9}))?"
    r"(?P<half>\s?[AaPp]\.?[Mm]\.?)?(?P<zone>\s?(?:Z|[+-]\d{2}:?\d{2}|[A-Z]{2,5}))?"
)
_NUMERIC = re.compile(r"(\d{1,4})(\.\s?|[-/ ])(\d{1,2})(\.\s?|[-/ ])(\d{1,4})(?!\d)\.?")
_NAMED = re.compile(r"(\d{1,2})([ .\-/]+)([^\W\d_]{3,12})\.?([ ,\-/]+)(\d{4}|\d{2})(?!\d)")
_NAME_FIRST = re.compile(r"([^\W\d_]{3,12})\.?( )(\d{1,2})(,? )(\d{4})(?!\d)")
_YEAR_NAMED = re.compile(r"(\d{4})([ \-/])([^\W\d_]{3,12})\.?([ \-/])(\d{1,2})(?!\d)")
_DIGITS = re.compile(r"\d{6}|\d{8}")
_NUMBER_LIKE = re.compile(r"[-+(]?\s?\S{0,4}\s?[-+]?\s?\d[\d.,' ]*\s?[-+]?\s?[^\d.,]{0,5}\.?\)?")


class Reading(NamedTuple):
    """All that one cell could be.

    :ivar ways: the patterns by which such texts can be dates
    :ivar dates: those of them that make a day of this text
    :ivar bare: it is a date of mere digits, which only a title can tell from a number
    :ivar conventions: indexes of :data:`CONVENTIONS` by which it is a number
    :ivar sign: of the number: -1, 0 for none written, 1 for a written plus
    :ivar marked: the number has a decimal or thousands mark
    :ivar typed: a workbook keeps it as a number, so that its marks are no question
    :ivar currency: what stands beside the number
    :ivar suffix: letters behind the number that may tell debit from credit
    """

    ways: tuple[str, ...] = ()
    dates: frozenset[str] = frozenset()
    bare: bool = False
    conventions: frozenset[int] = frozenset()
    sign: int = 0
    marked: bool = False
    typed: bool = False
    zero: bool = False
    currency: str | None = None
    suffix: str = ""


NOTHING = Reading()
_ALL = frozenset(range(len(CONVENTIONS)))
_DAY = Reading(("%Y-%m-%d",), frozenset({"%Y-%m-%d"}))
# By whether they have decimals.
_POSITIVE = [Reading(conventions=_ALL, typed=True, marked=marked) for marked in (False, True)]
_NEGATIVE = [positive._replace(sign=-1) for positive in _POSITIVE]
_ZERO = _POSITIVE[0]._replace(zero=True)


def reading_of(cell: str) -> Reading:
    """What a tidied cell could be."""
    if type(cell) is DateCell:
        return _DAY
    if type(cell) is NumberCell:
        if not cell.strip("-0."):
            return _ZERO
        return (_NEGATIVE if cell.startswith("-") else _POSITIVE)["." in cell]
    return _read(cell)


def _read(text: str) -> Reading:
    if len(text) > 60:
        return NOTHING
    shape = text.translate(_NINES)
    if shape == text and "9" not in text:
        return NOTHING
    reading = _shape_reading(shape)
    if reading.ways:
        dates = _dates(text, reading.ways)
        if not dates:
            return _number(shape)._replace(zero=_is_zero(text))
        return reading._replace(dates=dates, zero=_is_zero(text))
    if reading.conventions and _is_zero(text):
        return reading._replace(zero=True)
    return reading


_NINES = str.maketrans("012345678", "9" * 9)


def _is_zero(text: str) -> bool:
    return not any(digit in text for digit in "123456789")


@functools.lru_cache(maxsize=1 << 14)
def _shape_reading(shape: str) -> Reading:
    """What any text of a shape could be, where 9 stands for all digits."""
    ways = _date_ways(shape)
    if not ways:
        return _number(shape)
    return _number(shape)._replace(ways=ways, bare=True) if shape.isdigit() else Reading(ways)


@functools.lru_cache(maxsize=1 << 13)
def _dates(text: str, ways: tuple[str, ...]) -> frozenset[str]:
    return frozenset(way for way in ways if is_date(text, (way,)))


def _date_ways(text: str) -> tuple[str, ...]:
    if _DIGITS.fullmatch(text):
        return ("%Y%m%d", "%d%m%Y") if len(text) == 8 else ("%y%m%d", "%d%m%y")
    for pattern, ways_of in (
        (_NUMERIC, _numeric_ways),
        (_NAMED, lambda m: [f"%d{m[2]}%b{m[4]}{_year(m[5])}"]),
        (_NAME_FIRST, lambda m: [f"%b{m[2]}%d{m[4]}%Y"]),
        (_YEAR_NAMED, lambda m: [f"%Y{m[2]}%b{m[4]}%d"]),
    ):
        match = pattern.match(text)
        if not match or (pattern is not _NUMERIC and not _names_month(match)):
            continue
        if (time := _time_way(text[match.end() :])) is not None:
            dot = "." if pattern is _NUMERIC and match[0].endswith(".") else ""
            return tuple(f"{way}{dot}{time}" for way in ways_of(match))
    return ()


def _names_month(match: re.Match) -> bool:
    return any((group or "").lower() in MONTHS for group in match.groups())


def _year(digits: str) -> str:
    return "%Y" if len(digits) == 4 else "%y"


def _numeric_ways(match: re.Match) -> list[str]:
    first, mark, _, second_mark, last = match.groups()
    if mark.strip() != second_mark.strip():
        return []
    if len(first) == 4:
        return [f"%Y{mark}%m{second_mark}%d"] if len(last) <= 2 else []
    if len(first) > 2 or len(last) not in (2, 4):
        return []
    year = _year(last)
    ways = [f"%d{mark}%m{second_mark}{year}"]
    if not mark.startswith("."):
        # Nobody writes the month before the day with dots between.
        ways.append(f"%m{mark}%d{second_mark}{year}")
    if year == "%y" and mark == "-" and len(first) == 2:
        ways.append(f"%y{mark}%m{second_mark}%d")
    return ways


def _time_way(text: str) -> str | None:
    """The pattern of the time behind a date; empty for none, None for something else."""
    if not text:
        return ""
    match = _TIME.fullmatch(text)
    if not match:
        return None
    hour = "%I" if match["half"] else "%H"
    second = f":%S{match['mark']}%f" if match["mark"] else ":%S" if match["second"] else ""
    half, zone = match["half"] or "", match["zone"] or ""
    way = f"{match['blank']}{hour}:%M{second}"
    way += f"{' ' if half[:1].isspace() else ''}%p" if half else ""
    return way + (f"{' ' if zone[:1].isspace() else ''}%Z" if zone else "")


@functools.cache
def _parsers() -> tuple[AmountParser, ...]:
    return tuple(AmountParser(*convention) for convention in CONVENTIONS)


@functools.lru_cache(maxsize=1 << 14)
def _number(text: str) -> Reading:
    """What a text could be as a number."""
    normal = normalised_amount(text)
    if not _NUMBER_LIKE.fullmatch(normal):
        return NOTHING
    suffix = ""
    if match := re.fullmatch(r"(.*\d)\s?([A-Za-z]{1,2})", normal):
        normal, suffix = match[1], match[2].casefold()
    values = [parser.parse(normal) for parser in _parsers()]
    conventions = frozenset(i for i, value in enumerate(values) if value is not None)
    if not conventions:
        return NOTHING
    value = next(value for value in values if value is not None)
    return Reading(
        conventions=conventions,
        sign=-1 if value < 0 else 1 if "+" in normal else 0,
        marked=any(mark in normal for mark in ".,"),
        currency=currency_beside(normal),
        suffix=suffix,
    )
