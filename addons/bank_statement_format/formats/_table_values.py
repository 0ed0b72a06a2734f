"""Dates, amounts and currencies as the cells of a table write them."""

from __future__ import annotations

import datetime
import functools
import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal

from ._values import AMOUNT_DECIMALS, AMOUNT_DIGITS, is_currency, plausible_date

TITLE_BLANKS = " \t\r\n\u00a0\u202f\ufeff"


class NumberCell(str):
    """A number that a spreadsheet keeps as such: plain digits with a decimal point."""

    __slots__ = ()


class DateCell(str):
    """A day that a spreadsheet keeps as such, in ISO 8601."""

    __slots__ = ()


def tidy(cell: str) -> str:
    """A cell without the blanks around it, no-break ones and stray byte order marks included."""
    return cell.strip().strip("\ufeff").strip()


_DRESSED = re.compile(r"""(?:'|"?="?'?)((?:[+-]?\w[\w .,:'/+-]*?)?)["']{0,2}""")
DRESS = frozenset("=\"'")
"""How a value begins that a spreadsheet is told to take as text."""


def undressed(text: str) -> str:
    """A value without what tells a spreadsheet to take it as text.

    >>> undressed('="CH93"'), undressed("'6110'"), undressed("=CHF"), undressed("DE89")
    ('CH93', '6110', 'CHF', 'DE89')
    """
    match = _DRESSED.fullmatch(text) if text[:1] in DRESS else None
    return match[1].strip() if match else text


@functools.lru_cache(maxsize=8192)
def title_key(title: str) -> str:
    """A title as titles are compared: letter case, blanks and composition do not matter.

    >>> title_key("\\ufeff Amount\\u00a0 (EUR) ")
    'amount (eur)'
    """
    return " ".join(unicodedata.normalize("NFC", tidy(title)).casefold().split())


_MONTHS = (
    "january jan januar jänner jän janvier janv stycznia styczeń styczen sty januari enero ene "
    "gennaio gen leden ledna led janeiro ianuarie",
    "february feb februar februari feber février fevrier févr fevr fév lutego luty lut febrero "
    "febbraio únor února úno fevereiro fev februarie",
    "march mar märz mrz maerz mär mars marca marzec maart mrt marzo březen března bře março martie",
    "april apr avril avr kwietnia kwiecień kwiecien kwi abril abr aprile duben dubna dub aprilie",
    "may mai maja maj mei mayo maggio mag květen května kvě maio",
    "june jun juni juin czerwca czerwiec cze junio giugno giu červen června čvn junho iunie",
    "july jul juli juillet juil lipca lipiec lip julio luglio lug červenec července čvc julho "
    "iulie",
    "august aug augusti août aout aoû sierpnia sierpień sierpien sie augustus agosto ago srpen "
    "srpna srp",
    "september sep sept septembre września wrzesień wrzesien wrz septiembre settembre set září "
    "zář setembro septembrie",
    "october oct oktober okt octobre października październik pazdziernik paź paz octubre ottobre "
    "ott říjen října říj outubro out octombrie",
    "november nov novembre listopada listopad lis noviembre listopadu novembro noiembrie",
    "december dec dezember dez décembre decembre déc grudnia grudzień grudzien gru diciembre dic "
    "dicembre prosinec prosince pro desember des dezembro decembrie",
)

MONTHS = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names.split()}
"""Months by their name or short name, in lower case. ``listopad`` is Polish here: in Czech
too it is November. ``srpen`` and ``sierpień`` differ, so no name means two months."""

_DIRECTIVES = {
    "%d": r"(?P<day>3[01]|[12][0-9]|0?[1-9])",
    "%m": r"(?P<month>1[0-2]|0?[1-9])",
    "%b": r"(?P<name>[^\W\d_]{3,12})\.?",
    "%Y": r"(?P<year>[0-9]{4})",
    "%y": r"(?P<short>[0-9]{2})",
    "%H": r"(?:2[0-3]|[01]?[0-9])",
    "%I": r"(?:1[0-2]|0?[0-9])",
    "%M": r"[0-5]?[0-9]",
    "%S": r"[0-6]?[0-9]",
    "%f": r"[0-9]{1,9}",
    "%p": r"[AaPp]\.?[Mm]\.?",
    "%Z": r"(?:Z|[+-][0-9]{2}:?[0-9]{2}|[A-Z][A-Za-z/_]{1,30}(?:[+-][0-9:]{1,5})?)",
}


@functools.cache
def _date_pattern(pattern: str) -> re.Pattern:
    parts = re.split("(%.)", pattern)
    return re.compile("".join(_DIRECTIVES.get(part) or _literal(part) for part in parts))


def _literal(text: str) -> str:
    """Any run of blanks stands for any other."""
    return r"\s+".join(map(re.escape, re.split(r"\s+", text)))


@functools.lru_cache(maxsize=8192)
def parse_table_date(text: str, patterns: tuple[str, ...]) -> datetime.date:
    """The day written in one of the patterns; the time of the day is only checked.

    :raises ValueError: for anything else, and for days no statement can be about
    """
    for pattern in patterns:
        if match := _date_pattern(pattern).fullmatch(text):
            return _date_of(match.groupdict())
    raise ValueError("written in none of the ways known")


def is_date(text: str, patterns: tuple[str, ...]) -> bool:
    try:
        parse_table_date(text, patterns)
    except ValueError:
        return False
    return True


def _date_of(parts: dict[str, str | None]) -> datetime.date:
    if "name" in parts:
        name = (parts["name"] or "").lower()
        if name not in MONTHS:
            raise ValueError(f"{parts['name']} is no month")
        month = MONTHS[name]
    else:
        month = int(parts["month"] or 0)
    if "short" in parts:
        year = int(parts["short"] or 0)
        year += 1900 if year >= 70 else 2000
    else:
        year = int(parts["year"] or 0)
    return plausible_date(datetime.date(year, month, int(parts["day"] or 0)))


_SYMBOLS = {
    "€": "EUR",
    "£": "GBP",
    "zł": "PLN",
    "zl": "PLN",
    "kč": "CZK",
    "ft": "HUF",
    "euro": "EUR",
    "euros": "EUR",
    "fr.": "CHF",
    "sfr": "CHF",
    "sfr.": "CHF",
}
"""Signs that mean one currency. A dollar sign or a Scandinavian ``kr`` means several."""

_MARKS = r"[A-Za-z]{3}|[$€£¥₹₺]|US\$|zł|zl|Kč|kč|kr\.?|Ft|Fr\.?|SFr\.?|lei|лв\.?"
_MARKED = re.compile(
    rf"(?P<open>\()?\s*(?P<sign>[+-])?\s*(?P<left>{_MARKS})?\s*(?P<sign2>[+-])?\s*"
    rf"(?P<number>[0-9.,'][0-9.,' ]*?)"
    rf"\s*(?P<sign3>[+-])?\s*(?P<right>{_MARKS}|[A-Z]{{1,2}})?\s*(?P<close>\))?"
)


def currency_of(text: str) -> str | None:
    """An ISO 4217 code from a code in any case or from a sign; None for anything else.

    >>> currency_of("cad"), currency_of("€"), currency_of("$")
    ('CAD', 'EUR', None)
    """
    if (code := text.upper()) and is_currency(code):
        return code
    return _SYMBOLS.get(text.lower())


_LETTERS = re.compile(rf"(?<![A-Za-z])(?:{_MARKS})(?![A-Za-z])")


def currency_beside(amount: str) -> str | None:
    """The currency that is written beside a number, if it is a certain one.

    >>> currency_beside("1.234,56 EUR"), currency_beside("$5"), currency_beside("5.00")
    ('EUR', None, None)
    """
    if type(amount) is NumberCell or not (match := _LETTERS.search(amount)):
        return None
    return currency_of(match[0])


@functools.cache
def _number_pattern(decimal: str, thousands: str) -> re.Pattern:
    mark = re.escape(thousands)
    grouped = rf"[0-9]{{1,3}}(?:{mark}[0-9]{{3}})+|" if thousands else ""
    return re.compile(
        rf"[+-]?(?:{grouped}[0-9]{{1,{AMOUNT_DIGITS}}})?"
        rf"(?:{re.escape(decimal)}[0-9]{{0,{AMOUNT_DECIMALS}}})?"
    )


@functools.cache
def _plain_pattern(decimal: str, thousands: str) -> re.Pattern:
    """Numbers as they are nearly always written, which need no closer look."""
    groups = rf"(?:{re.escape(thousands)}[0-9]{{3}}){{0,4}}" if thousands else ""
    return re.compile(
        rf"[+-]?[0-9]{{1,3}}{groups}(?:{re.escape(decimal)}[0-9]{{1,{AMOUNT_DECIMALS}}})?"
    )


def normalised_amount(text: str) -> str:
    """The text with plain signs and blanks instead of what programs make of them."""
    if text.isascii():
        return text
    return (
        text.replace("\u2212", "-")
        .replace("\u2013", "-")
        .replace("\u00a0", " ")
        .replace("\u202f", " ")
        .replace("\u2009", " ")
        .replace("\u2019", "'")
        .strip()
    )


class AmountParser:
    """Reads the amounts of one table.

    :param debit_signs: letters behind a number that make it negative, such as ``DR``
    :param credit_signs: letters behind a number that make it positive
    """

    def __init__(
        self,
        decimal: str,
        thousands: str,
        debit_signs: tuple[str, ...] = (),
        credit_signs: tuple[str, ...] = (),
    ):
        self._decimal = decimal
        self._thousands = thousands
        self._is_plain: Callable = _plain_pattern(decimal, thousands).fullmatch
        self._fullmatch: Callable = _number_pattern(decimal, thousands).fullmatch
        self._debit_signs = {sign.casefold() for sign in debit_signs}
        self._credit_signs = {sign.casefold() for sign in credit_signs}

    def parse(self, cell: str, currency: str | None = None) -> Decimal | None:
        """A signed number, or None when the text is no such number.

        :param currency: what a currency written beside the number must be
        """
        if type(cell) is NumberCell:
            return _bounded(cell)
        plain = self._is_plain(cell)
        if not plain and not self._fullmatch(cell):
            return self._marked(normalised_amount(cell), currency)
        if self._thousands:
            cell = cell.replace(self._thousands, "")
        if self._decimal != ".":
            cell = cell.replace(self._decimal, ".")
        return Decimal(cell) if plain else _bounded(cell)

    def _marked(self, text: str, currency: str | None) -> Decimal | None:
        """An amount with a currency, with its sign elsewhere, or in brackets if negative."""
        match = _MARKED.fullmatch(text)
        if not match or bool(match["open"]) != bool(match["close"]):
            return None
        number = match["number"]
        if not self._fullmatch(number):
            return None
        minus = [match[name] for name in ("sign", "sign2", "sign3") if match[name]]
        if match["open"]:
            minus.append("-")
        left, right = match["left"] or "", (match["right"] or "").casefold()
        if right in self._debit_signs or right in self._credit_signs:
            minus.append("-" if right in self._debit_signs else "+")
            right = ""
        marks = [mark for mark in (left, right) if mark]
        if len(minus) > 1 or len(marks) > 1 or not all(_may_be(m, currency) for m in marks):
            return None
        amount = self.parse(number)
        return -amount if amount is not None and minus == ["-"] else amount


def _may_be(mark: str, currency: str | None) -> bool:
    """Whether a sign beside an amount can mean the currency."""
    meant = currency_of(mark)
    if meant is None:
        return not mark.isascii() or not mark.isalpha() or mark.lower().startswith("kr")
    return currency is None or meant == currency


def _bounded(text: str) -> Decimal | None:
    """The number, unless it has more digits than money has."""
    point = text.find(".")
    if len(text) <= AMOUNT_DIGITS and text[-1:].isdigit():
        if point < 0 or len(text) - point <= AMOUNT_DECIMALS:
            return Decimal(text)
    elif not text[-1:].isdigit() and not text[-2:-1].isdigit():
        return None
    amount = Decimal(text)
    _, digits, exponent = amount.as_tuple()
    if len(digits) + exponent > AMOUNT_DIGITS or -exponent > AMOUNT_DECIMALS:
        return None
    return amount
