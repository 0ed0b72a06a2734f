"""Texts as they are compared: one case, plain characters, tokens with their gaps."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

_TOKEN = re.compile(r"([^\W\d_]+|[0-9]+)")
_NOT_ALNUM = re.compile(r"[\W_]+")
_GAP = re.compile(r"[\s\-/._\\]{1,5}")
_LABEL_GAP = re.compile(r"[\s\-/._\\:#]{1,5}")
_ATTACHED = re.compile(r"[\-/._\\]*")
_WRAP = re.compile(r"[\s\-]{1,3}")
_LINKS = frozenset(["", " ", "-", "/", "."])
"""The gaps that are found most, and that always link."""


def fold(text: str) -> str:
    """Upper case without accents; every kind of dash, blank and digit is the plain one.

    >>> fold("Überweisung RE–2024")
    'UBERWEISUNG RE-2024'
    """
    return text.upper() if text.isascii() else _folded(text)


# Several strategies fold the same remittance, one after the other.
@lru_cache(maxsize=256)
def _folded(text: str) -> str:
    return "".join(map(_plain, unicodedata.normalize("NFKD", text.upper()).upper()))


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Mn", "Cf"):
        return ""
    if category == "Pd":
        return "-"
    if category == "Nd":
        return str(unicodedata.decimal(character))
    return character


def compact(text: str) -> str:
    """Letters and digits alone.

    >>> compact("re-2024/ 00123")
    'RE202400123'
    """
    text = text.upper() if text.isascii() else _folded(text)
    return text if text.isalnum() else _NOT_ALNUM.sub("", text)


def words(text: str) -> str:
    """Folded text with single blanks.

    >>> words(" Bank   gebühr\\n")
    'BANK GEBUHR'
    """
    return " ".join(fold(text).split())


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text cut into runs of letters and runs of digits, with the gaps between them.

    ``values[i]`` stands in ``text[starts[i]:ends[i]]``; ``plain[i]`` is the same without
    leading zeros. ``linked[i]`` tells whether token ``i`` can belong to the same number as
    the token before it.

    >>> Tokens.of("RE-2024/00123").values
    ('RE', '2024', '00123')
    """

    text: str
    values: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    linked: tuple[bool, ...]
    plain: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Tokens:
        """The tokens of a text, which is folded first."""
        text = fold(text)
        # Gap, token, gap, …, token, gap.
        pieces = _TOKEN.split(text)
        places = tuple(accumulate(map(len, pieces)))
        gaps, values = pieces[:-1:2], tuple(pieces[1::2])
        linked = [
            gap in _LINKS or _is_link(before, gap)
            for before, gap in zip(values, gaps[1:], strict=False)
        ]
        plain = tuple([without_zeros(one) if one[0] == "0" else one for one in values])
        return cls(
            text, values, places[:-1:2], places[1::2], (False, *linked)[: len(values)], plain
        )

    def __len__(self) -> int:
        return len(self.values)

    def gap(self, position: int) -> str:
        """What stands between the token at ``position`` and the one before."""
        return self.text[self.ends[position - 1] : self.starts[position]]

    def is_attached(self, position: int) -> bool:
        """Whether no blank separates the token from the one before it."""
        if position < 1 or position >= len(self.values) or not self.linked[position]:
            return False
        gap = self.text[self.ends[position - 1] : self.starts[position]]
        return not gap or (gap != " " and bool(_ATTACHED.fullmatch(gap)))

    def is_wrapped(self, position: int) -> bool:
        """Whether only what a line wrap leaves separates the token from the one before."""
        return bool(_WRAP.fullmatch(self.gap(position)))


def _is_link(before: str, gap: str) -> bool:
    if gap in _LINKS:
        return True
    # "INV: 2026/00042", but "2026: 00042" are two things.
    pattern = _LABEL_GAP if before.isalpha() else _GAP
    return bool(pattern.fullmatch(gap))


def token_values(text: str) -> tuple[str, ...]:
    """The tokens of a text alone, for what is never looked for in another text.

    >>> token_values("RE-2024/00123")
    ('RE', '2024', '00123')
    """
    return tuple(_TOKEN.findall(fold(text)))


def without_zeros(token: str) -> str:
    """A digit run without its leading zeros; a letter run as it is.

    >>> without_zeros("00042"), without_zeros("000"), without_zeros("RE")
    ('42', '0', 'RE')
    """
    return (token.lstrip("0") or "0") if token[0] == "0" else token
