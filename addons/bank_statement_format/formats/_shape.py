"""Fast access to many equally built XML fragments.

The entries of one bank are built alike: the same tags in the same order around
different texts. Which text is what, and whether the tags are well-formed at all, is
worked out once per such *shape*. A shape that is met often becomes a regular
expression that takes the wanted texts out of a fragment in one go, and that proves
with it that the fragment has this very shape.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from typing import Protocol

from lxml import etree

from ..errors import InvalidStatement
from ..messages import _
from ._values import is_currency
from ._xml import Paths, amount_from, date_from, missing_on_line

MAX_SHAPES = 500
MAX_CACHED_TAGS = 1000
MAX_PATTERNS = 64
"""Together they bound what a hostile file can make the shapes cost."""

_USES_UNTIL_PATTERN = 8

_SOURCE_TAG = re.compile(r"(<[^<>]*>)")
# What lxml writes may hold ">" within the quotes of a namespace.
_WRITTEN_TAG = re.compile(r"""(<[^>"']*(?:"[^"]*"[^>"']*|'[^']*'[^>"']*)*>)""")
_NAME = re.compile(r"<(?:[^\s/>:]*:)?([^\s/>]+)")
_CURRENCY = re.compile(r"""\sCcy=["']([^"']*)["']""")
# Tags of which it is certain, without knowing anything else, that they are well-formed.
_PLAIN_START = re.compile(
    r"""<(?P<name>(?:(?P<prefix>[A-Za-z_][\w.-]*):)?[A-Za-z_][\w.-]*)"""
    r"""(?P<attributes>(?:[ \t\r\n]+(?!xmlns)[A-Za-z_][\w.-]*"""
    r"""=(?:"[^"&\t\r\n]*"|'[^'&\t\r\n]*'))*)"""
    r"""[ \t\r\n]*(?P<closed>/?)>""",
    re.ASCII,
)
_PLAIN_END = re.compile(r"</(?P<name>[A-Za-z_][\w.:-]*)[ \t\r\n]*>", re.ASCII)
_ATTRIBUTE_NAME = re.compile(r"([\w.-]+)=(?:\"[^\"]*\"|'[^']*')", re.ASCII)

_REFERENCE = re.compile(r"&(?:#([0-9]+)|#x([0-9A-Fa-f]+)|(amp|lt|gt|quot|apos));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


def unescape(text: str) -> str:
    """The text with XML's own and the numeric references resolved."""
    return _REFERENCE.sub(_character, text)


def _character(match: re.Match) -> str:
    decimal, hexadecimal, name = match.groups()
    if name:
        return _NAMED[name]
    return chr(int(decimal) if decimal else int(hexadecimal, 16))


@dataclass(frozen=True, slots=True)
class Slot:
    """Where an element's text is: its place among the texts taken, and what an error needs.

    ``ordinal`` counts the elements of the fragment in document order; ``leaf`` is
    False when there are elements within.
    """

    index: int
    ordinal: int
    path: str
    currency: str | None
    leaf: bool


class Level:
    """The slots of a fragment, or of one of its parts, by key."""

    __slots__ = ("repeated", "single", "slots")

    def __init__(self, slots: dict[str, list[Slot]]):
        self.slots = {key: tuple(several) for key, several in slots.items()}
        # Where the places of their texts are; around elements there is no text.
        indexes = {
            key: [slot.index for slot in several if slot.leaf] or [several[0].index]
            for key, several in slots.items()
        }
        self.single = [(key, some[0]) for key, some in indexes.items() if len(some) == 1]
        self.repeated = [(key, some) for key, some in indexes.items() if len(some) > 1]


@dataclass(slots=True)
class Shape:
    """The slots of a fragment, and those of each of its parts.

    ``taken`` are the places of the texts among what is before, between and after the tags.
    """

    tags: tuple[str, ...]
    level: Level
    parts: tuple[Level, ...]
    taken: tuple[int, ...]
    uses: int = 0

    def texts(self, pieces: Sequence[str]) -> list[str]:
        """The texts that the slots are about, out of a fragment split at its tags."""
        return [pieces[place] for place in self.taken]

    def pattern(self, pieces: Sequence[str]) -> re.Pattern:
        """Matches fragments of this shape and no others; its groups are :meth:`texts`.

        :param pieces: a fragment whose indentation others of the file will have, too
        """
        taken = set(self.taken)
        parts = ["()"]  # the empty text before the first tag
        for place in range(1, len(pieces) - 1):
            if place % 2:
                parts.append(re.escape(pieces[place]))
            elif place in taken:
                parts.append("([^<]*)")
            else:
                parts.append("[^<]*" if pieces[place].strip() else re.escape(pieces[place]))
        return re.compile("".join(parts))


class Fragment(Protocol):
    """One fragment, taken apart: its texts are unescaped and trimmed."""

    shape: Shape
    texts: list[str]
    raw: str

    def line(self, ordinal: int) -> int:
        """The line of the file on which the start tag of an element ends."""


@dataclass(slots=True)
class ElementFragment:
    """A fragment that lxml has parsed."""

    shape: Shape
    texts: list[str]
    raw: str
    element: etree._Element

    def line(self, ordinal: int) -> int:
        return next(islice(self.element.iter(), ordinal, None)).sourceline


@dataclass(slots=True)
class SourceFragment:
    """A fragment that stands at ``offset`` of a source text that begins on ``first_line``."""

    shape: Shape
    texts: list[str]
    raw: str
    source: str = field(repr=False)
    offset: int
    first_line: int

    def line(self, ordinal: int) -> int:
        starts = (tag for tag in _SOURCE_TAG.finditer(self.raw) if not tag[0].startswith("</"))
        end = next(islice(starts, ordinal, None)).end()
        return self.first_line + self.source.count("\n", 0, self.offset + end)


class View:
    """Texts of one fragment, or of one of its parts, by key.

    :ivar found: the first text at each key that is not empty; empty where all are
    """

    __slots__ = ("_fragment", "_slots", "_where", "found")

    def __init__(self, level: Level, fragment: Fragment, where: str):
        texts = fragment.texts
        self.found = {key: texts[index] for key, index in level.single}
        for key, indexes in level.repeated:
            self.found[key] = next(filter(None, [texts[index] for index in indexes]), "")
        self._slots = level.slots
        self._fragment = fragment
        self._where = where

    def slots(self, key: str) -> tuple[Slot, ...]:
        """All slots at a key."""
        return self._slots.get(key, ())

    def at(self, slot: Slot) -> str:
        """The text at a slot."""
        return self._fragment.texts[slot.index]

    def texts(self, key: str) -> list[str]:
        """All texts at a key that are not empty."""
        texts = self._fragment.texts
        return [text for slot in self._slots.get(key, ()) if (text := texts[slot.index])]

    def single(self, key: str, name: str) -> Slot:
        """The one slot at a key.

        :raises InvalidStatement: when there is none, or several
        """
        slots = self._slots.get(key, ())
        if len(slots) == 1:
            return slots[0]
        if not slots:
            raise self.missing(name)
        raise self.refusal(
            slots[1], _("The element occurs %(count)s times", count=len(slots)), _("it once")
        )

    def amount(self, slot: Slot) -> Decimal:
        """The amount at a slot, without sign."""
        amount = amount_from(self._fragment.texts[slot.index]) if slot.leaf else None
        if amount is None:
            raise self.refusal(
                slot, _("The amount is not readable"), _("digits and a decimal point")
            )
        return amount

    def currency(self, slot: Slot, expected: str | None = None) -> str:
        """The currency of an amount.

        :param expected: the only currency that is accepted, if any
        """
        currency = slot.currency
        if currency is not None and currency == expected:
            return currency
        if not is_currency(currency):
            message, expected = _("The amount has no currency"), _("three capital letters")
        elif expected is None:
            return currency
        else:
            message = _("The amount is in another currency than the account")
        raise self.refusal(slot, message, expected, attribute="Ccy", found=currency or "")

    def date(self, key: str) -> datetime.date | None:
        """The day at the one slot of a key; None when there is none."""
        if key not in self.found:
            return None
        try:
            return date_from(self.found[key])
        except ValueError as error:
            message = _("The date is not readable (%(error)s)", error=error)
            raise self.refusal(self._slots[key][0], message, "YYYY-MM-DD") from None

    def missing(self, name: str, expected: str | None = None) -> InvalidStatement:
        """An error for a required element that is not there."""
        return missing_on_line(self._fragment.line(0), f"{self._where}/{name}", expected)

    def refusal(self, slot, message, expected, *, attribute=None, found=None) -> InvalidStatement:
        """An error that names the element of a slot, its line and what it holds."""
        place = f"{self._where}/{slot.path}"
        return InvalidStatement(
            message,
            line=self._fragment.line(slot.ordinal),
            element=f"{place}/@{attribute}" if attribute else place,
            expected=expected,
            found=self.at(slot) if found is None else found,
        )


class ShapeReader:
    """Takes fragments apart, remembering the shapes it has met.

    :param paths: keys of the fragment by path; the key ``part`` marks what is to be
        looked at by itself
    :param part_paths: keys within such a part
    """

    def __init__(self, paths: dict[str, str], part_paths: dict[str, str]):
        self._paths = Paths(paths)
        self._part_paths = Paths(part_paths)
        # What lxml wrote is remembered apart from sources, whose tags were proven.
        self._written: dict[tuple[str, ...], Shape] = {}
        self._proven: dict[tuple[str, ...], Shape] = {}
        # By number of tags, the one used last comes first.
        self._patterns: dict[int, list[tuple[re.Pattern, Shape]]] = {}
        self._pattern_count = 0

    def of_element(self, element: etree._Element) -> ElementFragment:
        """The fragment that an element is."""
        raw = etree.tostring(element, encoding="unicode", with_tail=False)
        pieces = _WRITTEN_TAG.split(raw)
        tags = tuple(pieces[1::2])
        shape = self._written.get(tags) or self._remember(tags, self._written)
        return ElementFragment(shape, _plain(shape.texts(pieces), raw), raw, element)

    def of_source(self, source: str, start: int, end: int, line: int) -> SourceFragment | None:
        """The fragment between two places of a source text, or None.

        None means that it is not certain, without a full parser, that the fragment is one
        well-formed element. The source must be free of forbidden characters, of "]]>", and of
        references that :func:`unescape` does not know.

        :param line: the line of the file on which the source begins
        """
        raw = source[start:end]
        taken = self._matched(raw) or self._split(raw)
        if taken is None:
            return None
        shape, texts = taken
        return SourceFragment(shape, _plain(texts, raw), raw, source, start, line)

    def _matched(self, raw: str) -> tuple[Shape, Sequence[str]] | None:
        """The shape whose pattern matches, and its texts."""
        candidates = self._patterns.get(raw.count("<"), ())
        for number, (pattern, shape) in enumerate(candidates):
            if match := pattern.fullmatch(raw):
                if number:
                    candidates.insert(0, candidates.pop(number))
                return shape, match.groups()
        return None

    def _split(self, raw: str) -> tuple[Shape, Sequence[str]] | None:
        """The shape that the tags make up, once it is proven, and its texts."""
        pieces = _SOURCE_TAG.split(raw)
        tags = tuple(pieces[1::2])
        # No "<" is left over in well-formed XML.
        if len(tags) != raw.count("<"):
            return None
        shape = self._proven.get(tags)
        if shape is None:
            if not _is_proven(tags):
                return None
            shape = self._remember(tags, self._proven)
        self._count_use(shape, pieces)
        return shape, shape.texts(pieces)

    def _count_use(self, shape: Shape, pieces: Sequence[str]) -> None:
        """Give the shape a pattern when it is met often; that takes some milliseconds."""
        shape.uses += 1
        if shape.uses == _USES_UNTIL_PATTERN and self._pattern_count < MAX_PATTERNS:
            self._pattern_count += 1
            same_count = self._patterns.setdefault(len(shape.tags), [])
            same_count.insert(0, (shape.pattern(pieces), shape))

    def _remember(self, tags: tuple[str, ...], known: dict[tuple[str, ...], Shape]) -> Shape:
        shape = self._resolve(tags)
        if len(tags) <= MAX_CACHED_TAGS:
            if len(known) >= MAX_SHAPES:
                known.clear()
            known[tags] = shape
        return shape

    def _resolve(self, tags: tuple[str, ...]) -> Shape:
        own: dict[str, list[Slot]] = {}
        parts: list[dict[str, list[Slot]]] = []
        # The first text, that before the first tag, is empty: it stands for "<Tag/>".
        taken = [0]
        # What is open: the paths below it, where their slots go, and its own path.
        stack: list[tuple[Paths | None, dict, str]] = []
        ordinal = 0
        for number, tag in enumerate(tags):
            if tag.startswith("</"):
                stack.pop()
                continue
            closed = tag.endswith("/>")
            if not stack:
                level = (self._paths, own, "")
            else:
                paths, slots, parent = stack[-1]
                name = _NAME.match(tag)[1]
                step = None if paths is None else paths.step(name)
                key, below = step or (None, None)
                path = f"{parent}/{name}" if parent else name
                level = (below, slots, path)
                if key == "part":
                    parts.append({})
                    level = (self._part_paths, parts[-1], path)
                elif key:
                    index = 0 if closed else len(taken)
                    if not closed:
                        taken.append(2 * number + 2)
                    currency = _CURRENCY.search(tag)
                    leaf = closed or tags[number + 1].startswith("</")
                    slot = Slot(index, ordinal, path, currency and currency[1], leaf)
                    slots.setdefault(key, []).append(slot)
            if not closed:
                stack.append(level)
            ordinal += 1
        return Shape(tags, Level(own), tuple(map(Level, parts)), tuple(taken))


def _plain(texts: Iterable[str], raw: str) -> list[str]:
    """What a parser would make of the texts of a fragment, trimmed."""
    plain = [*map(str.strip, texts)]
    if "\r" in raw:
        plain = [_one_kind_of_line_breaks(text) if "\r" in text else text for text in plain]
    if "&" in raw:
        plain = [unescape(text).strip() if "&" in text else text for text in plain]
    return plain


def _one_kind_of_line_breaks(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _is_proven(tags: tuple[str, ...]) -> bool:
    """Whether the tags certainly make up one well-formed element.

    They need the prefix of the outermost tag, so that it is enough to know that this
    one is declared.
    """
    open_names: list[str] = []
    outermost = _PLAIN_START.fullmatch(tags[0])
    for number, tag in enumerate(tags):
        if number and not open_names:
            return False
        if end := _PLAIN_END.fullmatch(tag):
            if not open_names or open_names.pop() != end["name"]:
                return False
            continue
        start = _PLAIN_START.fullmatch(tag)
        if not start or start["prefix"] != outermost["prefix"]:
            return False
        attributes = _ATTRIBUTE_NAME.findall(start["attributes"])
        if len(attributes) != len(set(attributes)):
            return False
        if not start["closed"]:
            open_names.append(start["name"])
    return not open_names
