"""Structured references: numbers that carry their own check digits.

ISO 11649 (``RF``), the Belgian structured communication, the Swiss QR reference, the
Finnish reference and the Norwegian KID. A reference proves itself, so only the whole
value counts and only when its check digits hold.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterator
from functools import lru_cache

from stdnum import iso11649, luhn
from stdnum.ch import esr

from .normalise import Tokens, compact
from .quotations import KeyShape, stands_behind_another_word, windows

_SHORT = 6
_LEAST_GROUPED = 10
_MOST_ADDED_ZEROS = 20
_NO_REFERENCE = frozenset({"NOTPROVIDED", "NONREF", "NOTAVAILABLE", "NONE", "NICHTANGEGEBEN"})


@lru_cache(maxsize=512)
def scheme(reference: str) -> str | None:
    """Which standard a reference follows, with its check digits verified.

    >>> scheme("RF18 5390 0754 7034"), scheme("RF19 5390 0754 7034")
    ('rf', None)
    >>> scheme("+++090/9337/55493+++"), scheme("21 00000 00003 13947 14300 09017")
    ('be', 'qr')
    >>> scheme("1234561"), scheme("INV/2026/00042")
    ('fi', None)
    """
    value = compact(reference)
    if not value.isdigit() and not value.startswith("RF"):
        return None
    return next((name for name, holds in _SCHEMES.items() if holds(value)), None)


def _is_belgian(value: str) -> bool:
    if not re.fullmatch(r"\d{12}", value):
        return False
    return (int(value[:10]) % 97 or 97) == int(value[10:])


def _is_finnish(value: str) -> bool:
    digits = value.lstrip("0")
    if not re.fullmatch(r"\d{4,20}", digits):
        return False
    weighted = sum(
        int(digit) * (7, 3, 1)[place % 3] for place, digit in enumerate(reversed(digits[:-1]))
    )
    return (weighted + int(digits[-1])) % 10 == 0


def _is_kid(value: str) -> bool:
    if not re.fullmatch(r"\d{4,25}", value):
        return False
    return luhn.is_valid(value) or _is_mod_11(value)


def _is_mod_11(value: str) -> bool:
    weights = (2, 3, 4, 5, 6, 7)
    weighted = sum(
        int(digit) * weights[place % 6] for place, digit in enumerate(reversed(value[:-1]))
    )
    # A remainder of 10 has no digit; KID writes a dash for it, which is not kept here.
    return (weighted + int(value[-1])) % 11 == 0


_SCHEMES = {
    "rf": lambda value: value.startswith("RF") and iso11649.is_valid(value),
    "qr": lambda value: len(value) == 27 and value.isdigit() and esr.is_valid(value),
    "be": _is_belgian,
    "fi": _is_finnish,
    "kid": _is_kid,
}


def canonical(reference: str) -> str:
    """The value that is compared: closed up, without the leading zeros that banks add or drop.

    >>> canonical("RF18 0000 5390 0754 7034"), canonical("00 0001 2345")
    ('RF18539007547034', '12345')
    """
    return _without_zeros(compact(reference))


def _without_zeros(value: str) -> str:
    if value.startswith("RF"):
        return value[:4] + value[4:].lstrip("0")
    return value.lstrip("0") if value.isdigit() else value


def is_given(reference: str | None) -> bool:
    """Whether the field says anything; banks fill it with ``NOTPROVIDED`` and the like."""
    return bool(reference) and compact(reference) not in _NO_REFERENCE


def references_in(
    tokens: Tokens, known: Container[str], shape: KeyShape
) -> Iterator[tuple[int, int, str]]:
    """The known references that stand in a text: first token, end, canonical value.

    Blanks, dashes, slashes and dots may stand anywhere inside; a reference that goes on
    without a blank is another one.
    """
    for first, end, closed, _plain in windows(tokens, shape):
        value = _without_zeros(closed) if closed[0] in "0R" else closed
        if value in known and not _goes_on(tokens, first, end):
            yield first, end, value


def shape(known: Collection[str]) -> KeyShape:
    """The shape of all references, with room for leading zeros that a bank may have added."""
    found = KeyShape.of(known)
    return KeyShape(found.longest + _MOST_ADDED_ZEROS if known else 0, found.beginnings)


def _goes_on(tokens: Tokens, first: int, end: int) -> bool:
    before = tokens.is_attached(first) and tokens.values[first - 1].isdigit()
    after = tokens.is_attached(end) and tokens.values[end].isdigit()
    return before or after or stands_behind_another_word(tokens, first)


def reference_weaknesses(value: str, pieces: int) -> tuple[str, ...]:
    """What weakens a reference that was found in a text in so many pieces.

    >>> reference_weaknesses("RF18539007547034", 4), reference_weaknesses("1234561", 2)
    ((), ('wrapped',))
    """
    if not value.isdigit():
        return ()
    wrapped = ("wrapped",) if pieces > 1 and len(value) < _LEAST_GROUPED else ()
    return wrapped + (("short",) if len(value) <= _SHORT else ())
