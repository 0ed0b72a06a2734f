"""Amounts and dates as OFX writes them, and as banks do."""

from __future__ import annotations

import datetime
import functools
import re
from decimal import Decimal

from ._values import AMOUNT_DIGITS, plausible_date

_DECIMALS = 20
"""Banks whose programs count in binary fractions write many; they are read as they are."""


_PLAIN = re.compile(rf"[+-]?[0-9]{{1,{AMOUNT_DIGITS}}}(?:\.[0-9]{{0,{_DECIMALS}}})?")
# One Brazilian bank writes the currency's sign into balances.
_WRITTEN = re.compile(r"(?P<sign>[+-]?)(?:R\$)?(?P<digits>[0-9.,]*[0-9][0-9.,]*)")
_GROUPED = {
    ",": re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+"),
    ".": re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+"),
}
_DATE = re.compile(
    r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})(?:[T ]?[0-9:]{0,8})(?:[.,:][0-9]+)?Z?\s*(?:\[.*)?\s*"
)


def ofx_amount(text: str) -> Decimal | None:
    """A signed number, or None when the text is no such number.

    A comma is a decimal mark too. Three digits after a single comma could be
    thousands, so that is no number either.

    >>> ofx_amount("-1.234,56"), ofx_amount("+0000012.5000"), ofx_amount("1,234")
    (Decimal('-1234.56'), Decimal('12.5000'), None)
    """
    if _PLAIN.fullmatch(text):
        return Decimal(text)
    match = _WRITTEN.fullmatch("".join(text.split()).replace("\u2212", "-"))
    if not match:
        return None
    whole, decimals = _split(match["digits"])
    if whole is None:
        return None
    whole = whole.lstrip("0")
    if len(whole) > AMOUNT_DIGITS or len(decimals) > _DECIMALS:
        return None
    return Decimal(f"{match['sign']}{whole or '0'}.{decimals or '0'}")


def _split(digits: str) -> tuple[str | None, str]:
    """The whole part without thousands marks and the decimals; None when unclear."""
    mark = "," if digits.rfind(",") > digits.rfind(".") else "."
    other = "." if mark == "," else ","
    whole, _, decimals = digits.rpartition(mark) if mark in digits else (digits, "", "")
    if digits.count(mark) > 1:
        whole, decimals, other = digits, "", mark
    elif mark == "," and other not in whole and len(decimals) == 3 and len(whole) <= 3:
        return None, ""
    if other in whole:
        if not _GROUPED[other].fullmatch(whole):
            return None, ""
        whole = whole.replace(other, "")
    return whole, decimals


_SLASHES = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")
_RIB_LETTERS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "12345678912345678923456789")
_RIB = re.compile(r"[0-9]{10}[0-9A-Z]{11}[0-9]{2}")


@functools.lru_cache(maxsize=4096)
def ofx_date(text: str) -> datetime.date:
    """The date as written; time and time zone are left aside.

    :raises ValueError: for anything else, and for days no statement can be about
    """
    match = _DATE.fullmatch(text)
    if not match:
        raise ValueError("it is not written YYYYMMDD")
    return plausible_date(datetime.date(*map(int, match.groups())))


def optional_date(text: str | None) -> datetime.date | None:
    """A date that may be missing; banks also fill it with zeros.

    :raises ValueError: for what is neither a date nor nothing
    """
    return ofx_date(text) if text and text.strip("0") else None


def balance_date(text: str | None) -> datetime.date | None:
    """The date of a balance, which some banks write with slashes.

    It is None as well where day and month could be either way round.

    :raises ValueError: for what is neither a date nor nothing
    """
    match = _SLASHES.fullmatch(text or "")
    if not match:
        return optional_date(text)
    first, second, year = map(int, match.groups())
    if first <= 12 and second <= 12 and first != second:
        return None
    day, month = (first, second) if second <= 12 else (second, first)
    return plausible_date(datetime.date(year, month, day))


def french_iban(bank: str, branch: str, account: str, key: str) -> str | None:
    """The IBAN of a French account, or None when its own check digits do not prove it.

    >>> french_iban("20041", "01005", "0500013M026", "06")
    'FR1420041010050500013M02606'
    """
    rib = f"{bank}{branch}{account}{key}".upper()
    if not _RIB.fullmatch(rib) or int(rib.translate(_RIB_LETTERS)) % 97:
        return None
    digits = "".join(str(int(character, 36)) for character in f"{rib}FR00")
    return f"FR{98 - int(digits) % 97:02}{rib}"
