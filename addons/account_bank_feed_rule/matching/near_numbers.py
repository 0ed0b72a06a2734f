"""Document numbers with one mistake: a wrong digit, two swapped, one too few, cut off.

This is for the few open items of a partner who is known from elsewhere. Most writings that
are near a number are simply another number of the same series, so what is found here
supports a guess and never carries one.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from .normalise import Tokens, token_values, without_zeros
from .quotations import is_introduced, plain_key

Error = Literal[
    "digit_wrong", "digits_swapped", "digit_missing", "digit_extra", "cut_off", "letter_mixed_up"
]

LEAST_DIGITS = 5
"""Significant digits of a number that may be quoted with a mistake; one less behind its prefix."""

LEAST_SHOWN = 0.6
"""The share of its digits that a number cut off at the end of the text still shows."""

LEAST_QUOTED = 3
"""Digits that are left of the shortest such number with one too few, or cut off."""

_LEAST_COUNTED = 4
_YEARS_APART = 10
_LOOKS_LIKE = {"O": "0", "I": "1", "L": "1", "S": "5", "B": "8"}
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True, slots=True)
class NearNumber:
    """A writing with one mistake: the words, their characters in ``tokens.text``, the mistake."""

    quoted: str
    start: int
    end: int
    error: Error


@dataclass(frozen=True, slots=True)
class _Own:
    """A number, prepared for many comparisons."""

    prefix: tuple[str, ...]
    runs: tuple[str, ...]
    closed: str
    plain: str
    breaks: frozenset[int]
    significant: int
    digits: int


@lru_cache(maxsize=512)
def _own(number: str) -> _Own:
    values = token_values(number)
    count = next((i for i, value in enumerate(values) if value.isdigit()), len(values))
    runs = values[count:]
    breaks, length = set(), 0
    for run in runs:
        length += len(run)
        breaks.add(length)
    digits = [run for run in runs if run.isdigit()]
    significant = sum(len(without_zeros(run)) for run in digits)
    return _Own(
        values[:count],
        runs,
        "".join(runs),
        plain_key(runs),
        frozenset(breaks),
        significant,
        sum(map(len, digits)),
    )


def near_any(text_tokens: Tokens, numbers: Iterable[str]) -> dict[str, NearNumber]:
    """The numbers that the text holds with a mistake, each with its writing.

    What is one of the other numbers to the letter is that number, and near no other.
    """
    if sum(map(len, filter(str.isdigit, text_tokens.values))) < LEAST_QUOTED:
        return {}
    owns = {number: _own(number) for number in numbers}
    others = {own.plain for own in owns.values()}
    found = ((number, _search(own, text_tokens, others)) for number, own in owns.items())
    return {number: writing for number, writing in found if writing}


def near(number: str, tokens: Tokens) -> NearNumber | None:
    """The first writing of the number with just one mistake in its digits.

    None if the number stands in the text as it is, since then nothing is mistaken.

    >>> near("INV/2026/10042", Tokens.of("Rechnung INV 2026/10024")).error
    'digits_swapped'
    >>> near("INV/2026/10042", Tokens.of("INV/2026/10042 oder INV/2026/10024"))
    """
    return _search(_own(number), tokens, ())


def _search(own: _Own, tokens: Tokens, others: Container[str]) -> NearNumber | None:
    if own.significant < LEAST_DIGITS - bool(own.prefix):
        return None
    writing = None
    for first, end in _candidates(own, tokens):
        error = _compared(own, tokens, first, end)
        if error == "none":
            return None
        if error and writing is None and "|".join(tokens.plain[first:end]) not in others:
            writing = _at(tokens, _start(own, tokens, first), end, error)
    if writing and writing.error != "digit_missing":
        return writing
    return _cut_off(own, tokens) or writing


def _start(own: _Own, tokens: Tokens, first: int) -> int:
    return first - len(own.prefix) if _has_prefix(own, tokens, first) else first


def _at(tokens: Tokens, first: int, end: int, error: Error) -> NearNumber:
    start, stop = tokens.starts[first], tokens.ends[end - 1]
    return NearNumber(tokens.text[start:stop], start, stop, error)


def _candidates(own: _Own, tokens: Tokens) -> Iterator[tuple[int, int]]:
    """Sequences of linked tokens that are about as long as the number without its prefix."""
    values, linked = tokens.values, tokens.linked
    count, least, most = len(values), len(own.plain) - len(own.runs), len(own.closed) + 1
    for first, value in enumerate(values):
        if not value.isdigit() and value not in _LOOKS_LIKE:
            continue
        end, length = first + 1, len(value)
        while length <= most:
            if length >= least:
                yield first, end
            if end == count or not linked[end]:
                break
            length += len(values[end])
            end += 1


def _compared(own: _Own, tokens: Tokens, first: int, end: int) -> Error | Literal["none"] | None:
    """Which mistake the tokens make; "none" for the number as it is; None: something else."""
    closed = "".join(tokens.values[first:end])
    if closed == own.closed:
        return "none"
    plain = "|".join(tokens.plain[first:end])
    if plain == own.plain:
        return "none"
    error, place = _one_mistake(own.closed, closed)
    if error is None and len(plain) == len(own.plain):
        # The payer leaves zeros out: "2026/24" for 2026/00042.
        error, place = _one_mistake(own.plain, plain)
        place = None if error else place
    if error is None or not _stands_alone(own, tokens, first, end):
        return None
    return error if _is_allowed(own, tokens, first, end, error, place) else None


def _one_mistake(own: str, other: str) -> tuple[Error | None, int | None]:
    """The one mistake between two writings, and the character of the first where it is."""
    longer = len(other) - len(own)
    if not -1 <= longer <= 1:
        return None, None
    half = (len(own) - 2) // 2
    # A single mistake leaves one half as it is: most candidates end here.
    if own[:half] != other[:half] and own[len(own) - half :] != other[len(other) - half :]:
        return None, None
    shorter = min(len(own), len(other))
    place = next((i for i in range(shorter) if own[i] != other[i]), shorter)
    if longer == 1 and own[place:] == other[place + 1 :]:
        return ("digit_extra" if other[place].isdigit() else None), place
    if longer == -1 and own[place + 1 :] == other[place:]:
        return ("digit_missing" if own[place].isdigit() else None), place
    return (_same_length(own, other, place), place) if not longer else (None, None)


def _same_length(own: str, other: str, place: int) -> Error | None:
    mine, theirs = own[place : place + 2], other[place : place + 2]
    if own[place + 1 :] == other[place + 1 :]:
        if mine[:1].isdigit() and theirs[:1].isdigit():
            return "digit_wrong"
        mixed_up = mine[:1].isdigit() and _LOOKS_LIKE.get(theirs[:1]) == mine[:1]
        return "letter_mixed_up" if mixed_up else None
    swapped = mine == theirs[::-1] and own[place + 2 :] == other[place + 2 :]
    return "digits_swapped" if swapped and mine.isdigit() else None


def _stands_alone(own: _Own, tokens: Tokens, first: int, end: int) -> bool:
    """Whether nothing else is attached: a foreign prefix, more digits, a part's number."""
    if tokens.is_attached(end) and (tokens.values[end].isdigit() or len(tokens.values[end]) == 1):
        return False
    if _has_prefix(own, tokens, first):
        return True
    if own.significant < LEAST_DIGITS:
        return False
    return not tokens.is_attached(first) or is_introduced(tokens, first)


def _has_prefix(own: _Own, tokens: Tokens, first: int) -> bool:
    begin = first - len(own.prefix)
    return (
        bool(own.prefix)
        and begin >= 0
        and (tokens.values[begin:first] == own.prefix and all(tokens.linked[begin + 1 : first + 1]))
    )


def _is_allowed(
    own: _Own, tokens: Tokens, first: int, end: int, error: Error, place: int | None
) -> bool:
    """Whether the mistake is one that people make, and not another document's number."""
    one_more_or_less = error in ("digit_missing", "digit_extra")
    # "2026/0002" is number 2 rather than 42 with a digit missing.
    if one_more_or_less and len(without_zeros(own.runs[-1])) < _LEAST_COUNTED:
        return False
    if not _is_broken_like(own, tokens, first, end):
        return False
    return error == "letter_mixed_up" or not _is_other_period(own, tokens.values[first:end])


def _is_broken_like(own: _Own, tokens: Tokens, first: int, end: int) -> bool:
    """Whether gaps are where the number has its own, give or take one digit."""
    length = 0
    as_many_runs = end - first == len(own.runs)
    for position in range(first + 1, end):
        length += len(tokens.values[position - 1])
        near_own = as_many_runs or any(length + by in own.breaks for by in (-1, 0, 1))
        if tokens.gap(position) and not near_own:
            return False
    return True


def _is_other_period(own: _Own, quoted: tuple[str, ...]) -> bool:
    """Whether the mistake is in the year or month: then it is a document of another period."""
    if len(own.runs) < 2 or len(quoted) != len(own.runs):
        return False
    for mine, theirs in zip(own.runs[:-1], quoted[:-1], strict=True):
        if mine == theirs or without_zeros(mine) == without_zeros(theirs):
            continue
        if len(mine) <= 2:
            return True
        if _YEAR.fullmatch(mine) and _YEAR.fullmatch(theirs):
            return abs(int(mine) - int(theirs)) <= _YEARS_APART
    return False


def _cut_off(own: _Own, tokens: Tokens) -> NearNumber | None:
    """The number's beginning at the very end of the text, where a field was too short."""
    count = len(tokens)
    if not count or tokens.text[tokens.ends[-1] :].strip(" -/."):
        return None
    closed, first = "", count
    while first and len(closed) < len(own.closed):
        first -= 1
        closed = tokens.values[first] + closed
        if own.closed.startswith(closed) and _shows_enough(own, closed):
            has_prefix = _has_prefix(own, tokens, first)
            if has_prefix or (not own.prefix and not tokens.is_attached(first)):
                return _at(tokens, first - len(own.prefix), count, "cut_off")
        if not tokens.linked[first]:
            break
    return None


def _shows_enough(own: _Own, closed: str) -> bool:
    """Whether enough digits are left, and one that counts of the last run among them."""
    shown = sum(map(str.isdigit, closed))
    last = closed[len(own.closed) - len(own.runs[-1]) :]
    # Without a prefix nothing says what "260500" at the end of a text is.
    least = LEAST_SHOWN * own.digits if own.prefix else own.digits - 1
    return least <= shown and len(closed) < len(own.closed) and bool(last.strip("0"))
