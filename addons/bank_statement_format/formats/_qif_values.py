"""Dates and amounts of QIF, which mean nothing before the whole file was seen.

Whether the day or the month comes first, and whether the comma is the decimal mark,
depends on the country of the computer that wrote the file.
"""

from __future__ import annotations

import datetime
import functools
import re
from decimal import Decimal

from ..errors import InvalidStatement, UnclearLayout
from ..messages import _
from ._values import AMOUNT_DIGITS, parse_amount, plausible_date

_DATE = re.compile(r"\s*([0-9]{1,4})\s*[/.\-]\s*([0-9]{1,2})\s*[/.\-' ]\s*([0-9]{1,2}|[0-9]{4})\s*")
_COMPACT_DATE = re.compile(r"\s*([0-9]{4})([0-9]{2})([0-9]{2})\s*")
_POINT = re.compile(rf"[+-]?[0-9]{{1,{AMOUNT_DIGITS}}}\.[0-9]{{1,2}}")
_FIRST_OF_CENTURY = 70
"""Years of two digits from here on are in the 20th century."""

Numbers = tuple[int, int, int]


@functools.lru_cache(maxsize=8192)
def _numbers(text: str) -> tuple[Numbers, bool]:
    """The three numbers of a date, the year last, and whether it came first.

    With the year first, the numbers are month, day and year.

    :raises ValueError: for what is no date
    """
    match = _DATE.fullmatch(text) or _COMPACT_DATE.fullmatch(text)
    if not match:
        raise ValueError("it is no date")
    first, second, third = match.groups()
    if len(first) > 2 or int(first) > 31:
        return (int(second), int(third), _year(first)), True
    return (int(first), int(second), _year(third)), False


def _year(digits: str) -> int:
    year = int(digits)
    if len(digits) == 4:
        return year
    if len(digits) == 3:
        raise ValueError("the year has three digits")
    return year + (1900 if year >= _FIRST_OF_CENTURY else 2000)


@functools.lru_cache(maxsize=8192)
def _date(numbers: Numbers, day_first: bool) -> datetime.date:
    first, second, year = numbers
    month, day = (second, first) if day_first else (first, second)
    return plausible_date(datetime.date(year, month, day))


class DateOrder:
    """Finds out which number of the dates is the day; then reads them."""

    def __init__(self):
        self.day_first = False
        self._orders = {day_first: _Order() for day_first in (False, True)}
        self._example: tuple[str, int] | None = None
        self._has_points = True

    def begin_section(self) -> None:
        """Dates follow each other within a section only."""
        for order in self._orders.values():
            order.begin()

    def note(self, text: str, line: int) -> None:
        """Take a date into account.

        :raises InvalidStatement: when no order that fits all dates so far fits this one
        """
        try:
            numbers, year_first = _numbers(text)
            if year_first:
                _date(numbers, False)
                return
        except ValueError as error:
            raise _unreadable_date(text, line, error) from None
        if numbers[0] != numbers[1] and self._example is None:
            self._example = (text, line)
        self._has_points &= "." in text
        problem = None
        for day_first, order in list(self._orders.items()):
            try:
                order.add(_date(numbers, day_first))
            except ValueError as error:
                problem = error
                del self._orders[day_first]
        if not self._orders:
            raise _unreadable_date(text, line, problem)

    def decide(self, *, day_first_country: bool) -> None:
        """Choose the only order that fits, or the country's, or the only sorted one.

        :param day_first_country: whether the file is from where the day comes first
        :raises UnclearLayout: when both do, and it matters
        """
        orders = self._orders
        if len(orders) == 2 and self._example is not None:
            sorted_ones = {key: order for key, order in orders.items() if order.is_sorted()}
            if self._has_points or day_first_country:
                sorted_ones = {True: orders[True]}
            elif len(sorted_ones) != 1:
                self._ask()
            orders = sorted_ones
        self.day_first = next(iter(orders))

    def _ask(self) -> None:
        text, line = self._example
        numbers, _skipped = _numbers(text)
        days = [_date(numbers, day_first).strftime("%d %B %Y") for day_first in (True, False)]
        raise UnclearLayout(
            _("The dates can be read with the day or with the month first"),
            questions=[
                _(
                    "Is %(text)s the %(day)s or the %(other)s?",
                    text=text.strip(),
                    day=days[0],
                    other=days[1],
                )
            ],
            line=line,
            expected=_("dates that fit only one of them"),
            found=text.strip(),
        )

    def read(self, text: str) -> datetime.date:
        """One of the dates that were noted, once the order is decided."""
        numbers, year_first = _numbers(text)
        return _date(numbers, self.day_first and not year_first)


class _Order:
    """Whether dates come in ascending or descending order, within each section."""

    def __init__(self):
        self._sorted = True
        self.begin()

    def begin(self) -> None:
        if hasattr(self, "_last"):
            self._sorted = self.is_sorted()
        self._last: datetime.date | None = None
        self._rises = self._falls = False

    def add(self, date: datetime.date) -> None:
        if self._last is not None:
            self._rises |= date > self._last
            self._falls |= date < self._last
        self._last = date

    def is_sorted(self) -> bool:
        return self._sorted and not (self._rises and self._falls)


def _unreadable_date(text: str, line: int, error: Exception | None) -> InvalidStatement:
    return InvalidStatement(
        _("The date is not readable (%(error)s)", error=error),
        line=line,
        element="D",
        expected=_("a date like 31/12/2024, 12/31'24 or 2024-12-31, in one order"),
        found=text.strip(),
    )


class DecimalMark:
    """Finds out which mark separates the decimals; then reads amounts."""

    def __init__(self):
        self._mark = "."
        self._proofs: dict[str, tuple[str, int]] = {}
        self._unclear: tuple[str, int] | None = None

    def note(self, text: str, line: int) -> None:
        """Take an amount into account.

        :raises InvalidStatement: when it contradicts those before
        """
        if _POINT.fullmatch(text):
            if "." in self._proofs:
                return
            mark = "."
        else:
            mark = self._mark_in(text, line)
        if mark and mark not in self._proofs:
            self._proofs[mark] = (text, line)
            if len(self._proofs) > 1:
                other, place = self._proofs["." if mark == "," else ","]
                raise InvalidStatement(
                    _(
                        "The amounts have different decimal marks (line %(place)s: %(other)s)",
                        place=place,
                        other=repr(other),
                    ),
                    line=line,
                    found=text,
                )

    def _mark_in(self, text: str, line: int) -> str:
        marks = [character for character in text if character in ".,"]
        if not marks:
            return ""
        last = marks[-1]
        if marks.count(last) > 1:
            return "." if last == "," else ","
        before, _skipped, after = text.rpartition(last)
        digits = before.lstrip("+- ")
        if len(marks) == 1 and len(after.strip()) == 3 and len(digits) <= 3 and digits[:1] != "0":
            self._unclear = self._unclear or (text, line)
            return ""
        return last

    def decide(self) -> None:
        """Choose the mark that an amount proves.

        :raises UnclearLayout: when none does, and it matters
        """
        if self._unclear and not self._proofs:
            text, line = self._unclear
            bare = text.replace(",", "").replace(".", "")
            raise UnclearLayout(
                _("The amounts can be read with a decimal or with a thousands mark"),
                questions=[
                    _(
                        "Is %(text)s %(whole)s or %(other)s and a fraction?",
                        text=text,
                        whole=bare,
                        other=bare[:-3],
                    )
                ],
                line=line,
                expected=_("an amount with two decimals"),
                found=text,
            )
        self._mark = next(iter(self._proofs), ".")

    @property
    def has_comma(self) -> bool:
        """Whether the comma separates the decimals, once that is decided."""
        return self._mark == ","

    def read(self, text: str) -> Decimal | None:
        """An amount, once the mark is decided; None when it is none."""
        if self._mark == "." and _POINT.fullmatch(text):
            return Decimal(text)
        for thousands in ("," if self._mark == "." else ".", "'", " "):
            amount = parse_amount(text, self._mark, thousands)
            if amount is not None:
                return amount
        return None
