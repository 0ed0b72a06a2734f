"""Small functions on text that generator and situations share."""

import re
from decimal import Decimal

TRANSLITERATION = str.maketrans(
    {
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
        "Ä": "Ae",
        "Ö": "Oe",
        "Ü": "Ue",
        "ß": "ss",
        "é": "e",
        "è": "e",
        "ç": "c",
        "ë": "e",
        "ø": "o",
        "í": "i",
        "ó": "o",
        "ł": "l",
        "ş": "s",
        "ı": "i",
    }
)
BARE = str.maketrans("äöüÄÖÜéèçëøíółşı", "aouAOUeeceoiolsi")


def transliterated(text: str) -> str:
    """As most banks send it: ``ue`` for ``ü``."""
    return text.translate(TRANSLITERATION)


def bare(text: str) -> str:
    """As foreign banks send it: ``u`` for ``ü``."""
    return text.translate(BARE).replace("ß", "ss")


def parts(number: str) -> list[str]:
    """The letters and digits of a number, apart.

    >>> parts("INV/2026/00042")
    ['INV', '2026', '00042']
    """
    return re.findall(r"[A-Za-zÄÖÜäöü]+|\d+", number)


def digits(number: str) -> str:
    return "".join(re.findall(r"\d", number))


def plain(text: str) -> str:
    """Letters and digits only, to compare what different hands wrote."""
    return re.sub(r"[^a-z0-9]", "", transliterated(text).lower())


def german(amount: Decimal) -> str:
    """
    >>> german(Decimal("-1234.50"))
    '1.234,50'
    """
    return f"{abs(amount):,.2f}".translate(str.maketrans(",.", ".,"))


def wrapped(text: str, width: int = 27, glue: str = " ") -> str:
    """Cut into the fixed lines of a statement and joined again."""
    return glue.join(text[start : start + width] for start in range(0, len(text), width))
