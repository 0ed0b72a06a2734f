"""What becomes of a document number on its way through hands and banks."""

from collections.abc import Sequence
from random import Random

from .text import parts


def reformatted(rng: Random, number: str) -> str:
    """The same number to a human: other separators, lower case, no prefix, zeros dropped."""
    pieces = parts(number)
    if len(pieces) == 1:
        return _plain_number(rng, number)
    if pieces[0].isalpha() and len(pieces) > 2 and rng.random() < 0.45:
        pieces = pieces[1:]
    if rng.random() < 0.35:
        pieces[-1] = pieces[-1].lstrip("0") or "0"
        separators = ("/", "-", " ", ".")  # without any, nobody could read it back
    else:
        separators = ("/", "-", " ", ".", "", "", "_", " / ", "//")
    written = rng.choice([sign for sign in separators if sign.join(pieces) != number])
    found = written.join(pieces)
    return found.lower() if rng.random() < 0.3 else found


def _plain_number(rng: Random, number: str) -> str:
    half = len(number) // 2
    return rng.choice(
        (
            f"{number[:4]} {number[4:]}",
            f"{number[:4]}/{number[4:]}",
            f"{number[:half]}.{number[half:]}",
            f"RE{number}",
            f"RG-{number}",
            f"00{number}",
        )
    )


def broken(rng: Random, number: str) -> str:
    """Split by a line's end: ``INV/2026/00 042``."""
    place = rng.randrange(3, len(number) - 1)
    return number[:place] + rng.choice((" ", " ", " ", "\n", "  ")) + number[place:]


def cut(rng: Random, number: str) -> str:
    """What a field that is too short leaves of it."""
    return number[: rng.randrange(max(4, len(number) - 4), len(number))]


def mistyped(rng: Random, number: str) -> str:
    """One digit wrong, one missing, one doubled, or two swapped."""
    places = [place for place, sign in enumerate(number) if sign.isdigit()]
    place = rng.choice(places[-5:])
    dice = rng.random()
    if dice < 0.5:
        others = [digit for digit in "0123456789" if digit != number[place]]
        return number[:place] + rng.choice(others) + number[place + 1 :]
    if dice < 0.65:
        return number[:place] + number[place + 1 :]
    doubled = number[:place] + number[place] + number[place:]
    if dice < 0.75 and not doubled.startswith(number):  # or the right number would stand in it
        return doubled
    return _swapped(number, places) or mistyped(rng, number)


def _swapped(number: str, places: Sequence[int]) -> str | None:
    for right in reversed(places):
        left = right - 1
        if left in places and number[left] != number[right]:
            return number[:left] + number[right] + number[left] + number[right + 1 :]
    return None


def listed(rng: Random, numbers: Sequence[str]) -> str:
    """Several numbers, each in full."""
    return rng.choice((", ", " ", " / ", "; ", " + ", " und ", ",", "\n")).join(numbers)


def abbreviated(rng: Random, numbers: Sequence[str]) -> str:
    """The first in full, of the others what differs: ``RE 2026/0042, 43, 44``."""
    first, *others = numbers
    separator = rng.choice((", ", ",", "/", " + ", " u. ", " "))
    width = max(_differing(first, other) for other in others)
    width = max(2, min(width, len(parts(first)[-1])))
    if separator == "/" and width < 3:
        separator = ", "
    return separator.join([first, *(other[-width:] for other in others)])


def _differing(first: str, other: str) -> int:
    same = 0
    while same < len(first) and first[same] == other[same]:
        same += 1
    return len(first) - same
