"""Limits that amounts and dates of every format must keep, and how texts are tidied."""

from __future__ import annotations

import datetime
import functools
import re
from decimal import Decimal

AMOUNT_DIGITS = 15
"""Digits before the decimal mark: more is a damaged file, not money."""

AMOUNT_DECIMALS = 6

FIRST_YEAR, LAST_YEAR = 1970, 2100

_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{8,30}")
_CURRENCY = re.compile(r"[A-Z]{3}")


def plausible_date(date: datetime.date) -> datetime.date:
    """The date itself, when a bank statement can be about it.

    :raises ValueError: before 1970 or after 2100
    """
    if not FIRST_YEAR <= date.year <= LAST_YEAR:
        raise ValueError(f"the year {date.year} is not between {FIRST_YEAR} and {LAST_YEAR}")
    return date


def compact(text: str | None) -> str | None:
    """Without any whitespace, as account numbers are compared; None for nothing."""
    if text and text.isalnum():
        return text
    return "".join(text.split()) or None if text else None


def is_iban(text: str | None) -> bool:
    """Whether a compact text has the shape of an IBAN (the checksum is not judged)."""
    return bool(text and _IBAN.fullmatch(text))


def is_currency(text: str | None) -> bool:
    """Whether the text has the shape of an ISO 4217 code."""
    return bool(text and _CURRENCY.fullmatch(text))


@functools.lru_cache(maxsize=4096)
def parse_date(text: str, patterns: tuple[str, ...]) -> datetime.date:
    """A date written in one of the patterns of :meth:`datetime.datetime.strptime`.

    :raises ValueError: for anything else, and for days no statement can be about
    """
    for pattern in patterns:
        try:
            return plausible_date(datetime.datetime.strptime(text, pattern).date())
        except ValueError as error:
            problem = error
    raise problem


@functools.cache
def _amount_pattern(decimal: str, thousands: str) -> re.Pattern:
    grouped = rf"[0-9]{{1,3}}(?:{re.escape(thousands)}[0-9]{{3}})+|" if thousands else ""
    return re.compile(
        rf"(?P<sign>[+-]?)(?P<whole>{grouped}[0-9]{{1,{AMOUNT_DIGITS}}})"
        rf"(?:{re.escape(decimal)}(?P<decimals>[0-9]{{0,{AMOUNT_DECIMALS}}}))?(?P<trailing>-?)"
    )


def parse_amount(text: str, decimal: str, thousands: str) -> Decimal | None:
    """A signed number, or None when the text is no such number."""
    # Typographic minus and blanks are what spreadsheet programs make of plain ones.
    text = text.replace("\u2212", "-").replace("\u00a0", " ").replace("\u202f", " ")
    match = _amount_pattern(decimal, thousands).fullmatch(text)
    if not match or (match["sign"] and match["trailing"]):
        return None
    whole = match["whole"].replace(thousands, "") if thousands else match["whole"]
    if len(whole) > AMOUNT_DIGITS:
        return None
    amount = Decimal(f"{whole}.{match['decimals'] or '0'}" if match["decimals"] else whole)
    return -amount if "-" in (match["sign"], match["trailing"]) else amount
