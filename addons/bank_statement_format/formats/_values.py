"""Limits that amounts and dates of every format must keep, and how texts are tidied."""

from __future__ import annotations

import datetime
import re

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
    return "".join(text.split()) or None if text else None


def is_iban(text: str | None) -> bool:
    """Whether a compact text has the shape of an IBAN (the checksum is not judged)."""
    return bool(text and _IBAN.fullmatch(text))


def is_currency(text: str | None) -> bool:
    """Whether the text has the shape of an ISO 4217 code."""
    return bool(text and _CURRENCY.fullmatch(text))
