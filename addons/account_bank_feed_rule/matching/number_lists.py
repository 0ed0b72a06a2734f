"""Lists of document numbers that a payer abbreviates: "RE 2026/0042, 43, 44", "1042 - 1045".

What windows over the text can find are whole numbers. Here a number found already is
carried on: each further run of digits replaces the end of the last one. What comes out is
a guess, to be looked up among the open numbers and nowhere else. Amounts, percentages,
dates, quantities and years are left out, since those stand behind a number just as often.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .normalise import Tokens

LONGEST_LIST = 50
"""So many numbers of one list are read; a collective payment names more in a remittance advice."""

LONGEST_RANGE = 20
"""The greatest difference between the ends of a range; a greater one is no range."""

_AND = frozenset({"UND", "U", "AND", "ET", "E", "Y", "SOWIE"})
_UP_TO = frozenset({"BIS", "TO"})
_LABELS = frozenset({"NR", "NO"})
_SEPARATOR = re.compile(r"\s{0,3}[,/+&]\s{0,3}")
_DASH = re.compile(r"\s{0,3}-\s{0,3}")
_SPACE = re.compile(r"[\s.]{0,3}")
_AROUND_WORD = re.compile(r"[\s.,]{0,3}")
_YEAR = re.compile(r"(?:19|20)\d\d")

_MONTH_NAME = r"(?:JAN|FEB|MA[ERYI]|APR|JU[NL]|AUG|SEP|O[KC]T|NOV|DE[ZC])"
_UNIT = (
    r"(?:EURO?|CHF|USD|ST(?:K|CK|UE?CK)|TAGE?|RATEN?|MONATE?|MAL|X|UHR|KG|H|STD|PERS\w*|NACHTE?)"
)
_SOMETHING_ELSE = re.compile(
    rf"\s?(?:[%€$:]|{_UNIT}\b)"  # a share, an amount, a quantity, a time
    rf"|\.\s?(?:\d|{_MONTH_NAME})|\s{_MONTH_NAME}|-\d\d-\d"  # a date
    r"|\.\s?RATE",  # an instalment
    re.ASCII,
)
_AMOUNT = re.compile(r"\d{1,6},(?:\d\d|-)(?!\d)", re.ASCII)
_ROUND_AMOUNT = re.compile(r"\d{1,6},(?:00|-)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Continuation:
    """A number that a list means: its runs, and the tokens that say so."""

    values: tuple[str, ...]
    start_token: int
    end_token: int


def continuations(tokens: Tokens, first: int, end: int) -> list[Continuation]:
    """The numbers that carry on the one in ``tokens[first:end]``, in the order of the text.

    A shorter run replaces as many digits at the end ("0042, 43" is 0043), one of the same
    length all of them. Look the values up like a number's own: closed up, and by
    :func:`.quotations.plain_key`.

    >>> tokens = Tokens.of("RE 2026/0042, 43 bis 45, 19 % MwSt")
    >>> ["/".join(one.values) for one in continuations(tokens, 0, 3)]
    ['RE/2026/0043', 'RE/2026/0044', 'RE/2026/0045']
    """
    last, count = tokens.values[first:end], len(tokens)
    found: list[Continuation] = []
    while end < count and last[-1].isdigit() and len(found) < LONGEST_LIST:
        meant = list(_next(tokens, first, end, last))
        if not meant:
            break
        found += meant
        last, end = meant[-1].values, meant[-1].end_token
    return found


def _next(tokens: Tokens, first: int, end: int, last: tuple[str, ...]) -> Iterator[Continuation]:
    """The number that follows the last one; all numbers up to it, if it ends a range."""
    position, up_to = _skip_separator(tokens, end)
    if position is None:
        return
    position = _skip_label(tokens, position, tokens.values[first])
    if position is None or _is_something_else(tokens, position):
        return
    values, stop = _replaced(tokens, position, last)
    if up_to:
        meant = list(_range(last, values, position, stop))
        yield from meant or _range(last, *_closed_up(tokens, position, last))
    elif values and values != last and _is_plausible(tokens, position, stop, values, last):
        yield Continuation(values, position, stop)


def _skip_separator(tokens: Tokens, end: int) -> tuple[int | None, bool]:
    """The token behind a comma, an "and" or an "up to"; and whether it was an "up to"."""
    if end >= len(tokens):
        return None, False
    gap, value = tokens.gap(end), tokens.values[end]
    if value in _AND or value in _UP_TO:
        behind = end + 1 < len(tokens) and _SPACE.fullmatch(tokens.gap(end + 1))
        return (end + 1 if behind and _AROUND_WORD.fullmatch(gap) else None), value in _UP_TO
    if gap == " ":
        return None, False
    if _DASH.fullmatch(gap):
        if gap.startswith(" ") != gap.endswith(" "):
            return None, False  # "RE-2026-001- 09": a line was wrapped within the number
        # "20260042-3" is a part of one document, or a copy.
        return (end if gap != "-" or len(value) > 1 else None), True
    return (end if _SEPARATOR.fullmatch(gap) else None), False


def _skip_label(tokens: Tokens, position: int, prefix: str) -> int | None:
    """The digits behind a repeated prefix or "no.", or right here."""
    if tokens.values[position].isdigit():
        return position
    is_label = tokens.values[position] in _LABELS or tokens.values[position] == prefix
    behind = position + 1
    if not is_label or behind >= len(tokens) or not tokens.linked[behind]:
        return None
    return behind if tokens.values[behind].isdigit() else None


def _is_something_else(tokens: Tokens, position: int) -> bool:
    """Whether the digits begin a date, an amount, a share, a quantity or a time."""
    text, start = tokens.text, tokens.starts[position]
    if _SOMETHING_ELSE.match(text, tokens.ends[position]) or _ROUND_AMOUNT.match(text, start):
        return True
    # "1042,43,44" is a list; in "1042, 43,44" the blank tells that 43,44 is an amount.
    spaced = text[tokens.ends[position - 1] : start].endswith((" ", "\n"))
    return spaced and bool(_AMOUNT.match(text, start))


def _replaced(tokens: Tokens, position: int, last: tuple[str, ...]) -> tuple[tuple[str, ...], int]:
    """The last number with its end replaced by the digits at ``position``; where they end.

    No values at all if the digits cannot belong to such a number.
    """
    value, stop = tokens.values[position], position + 1
    if _repeats_year(tokens, position, last):
        return (*last[:-2], value, tokens.values[stop]), stop + 1
    return _with_end(last, value), stop


def _closed_up(
    tokens: Tokens, position: int, last: tuple[str, ...]
) -> tuple[tuple[str, ...], int, int]:
    """The number at ``position`` that a line wrap cut, as long as the last one or as its end."""
    ends = [last[-1:]]
    if len(last) > 1 and last[-2].isdigit():
        ends.insert(0, last[-2:])
    for own in ends:
        stop, closed = position, ""
        while stop < len(tokens) and tokens.values[stop].isdigit() and len(closed) < _length(own):
            closed, stop = closed + tokens.values[stop], stop + 1
        same = "".join(own[:-1])
        if len(closed) == _length(own) and closed.startswith(same):
            return (*last[: len(last) - len(own)], *own[:-1], closed[len(same) :]), position, stop
    return (), position, position


def _length(values: tuple[str, ...]) -> int:
    return sum(map(len, values))


def _repeats_year(tokens: Tokens, position: int, last: tuple[str, ...]) -> bool:
    """Whether the year stands there again: "2026/42, 2026/43"."""
    if len(last) < 2 or not last[-2].isdigit() or not tokens.is_attached(position + 1):
        return False
    value = tokens.values[position]
    same = value == last[-2] or (_YEAR.fullmatch(value) and _YEAR.fullmatch(last[-2]))
    return bool(same) and tokens.values[position + 1].isdigit()


def _with_end(last: tuple[str, ...], value: str) -> tuple[str, ...]:
    own = last[-1]
    if len(value) < len(own):
        return (*last[:-1], own[: len(own) - len(value)] + value)
    if len(last) > 1 and value.startswith(last[-2]) and len(value) == len(last[-2] + own):
        # A line wrap cut the number found: "2026/000 42, 00043".
        return (*last[:-2], value)
    grown = len(value) == len(own) + 1 and 0 < int(value) - int(own) <= LONGEST_RANGE
    return (*last[:-1], value) if len(value) == len(own) or grown else ()


def _is_plausible(
    tokens: Tokens, position: int, stop: int, values: tuple[str, ...], last: tuple[str, ...]
) -> bool:
    value = tokens.values[position]
    if stop == position + 1 and _YEAR.fullmatch(value):
        # "0042/2026" has its year behind.
        return 0 < int(value) - int(last[-1]) <= LONGEST_RANGE
    if len(value) == 1:
        # "1042/3", but not "1042, 2 Tische": a single digit says little.
        behind = tokens.values[stop] if stop < len(tokens) and tokens.linked[stop] else ""
        return values > last and not (behind.isalpha() and behind not in _AND)
    return True


def _range(
    last: tuple[str, ...], values: tuple[str, ...], position: int, stop: int
) -> Iterator[Continuation]:
    if not values or values[:-1] != last[:-1]:
        return
    begin, finish = int(last[-1]), int(values[-1])
    if 0 < finish - begin <= LONGEST_RANGE:
        width = len(last[-1])
        for number in range(begin + 1, finish + 1):
            yield Continuation((*last[:-1], f"{number:0{width}d}"), position, stop)
