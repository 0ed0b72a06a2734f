"""Fast access to many equally built XML fragments.

The entries of one bank are built alike: the same tags in the same order around
different texts. So which text is what is worked out once per shape, and not by
walking every entry's tree.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from xml.sax.saxutils import unescape

from lxml import etree

from ..errors import InvalidStatement
from ._values import is_currency
from ._xml import Paths, amount_from, date_from, missing

MAX_SHAPES = 200
MAX_CACHED_TAGS = 1000
"""Together they bound the memory that a hostile file can make the shapes take."""

# A namespace may hold ">" within its quotes.
_TAG = re.compile(r"""(<[^>"']*(?:"[^"]*"[^>"']*|'[^']*'[^>"']*)*>)""")
_NAME = re.compile(r"<(?:[^\s/>:]*:)?([^\s/>]+)")
_ESCAPES = {"&#13;": "\r"}
_CURRENCY = re.compile(r"""\sCcy=["']([^"']*)["']""")


@dataclass(frozen=True, slots=True)
class Slot:
    """Where an element's text is: its place among the pieces, and what an error needs.

    ``ordinal`` counts the elements of the fragment in document order; ``leaf`` is
    False when there are elements within.
    """

    index: int
    ordinal: int
    path: str
    currency: str | None
    leaf: bool


Slots = dict[str, tuple[Slot, ...]]


@dataclass(frozen=True, slots=True)
class Shape:
    """The slots of a fragment, and those of each of its parts of its own."""

    slots: Slots
    parts: tuple[Slots, ...]


class View:
    """Texts of one fragment, or of one of its parts, by key."""

    __slots__ = ("_element", "_pieces", "_slots", "_where")

    def __init__(self, slots: Slots, pieces: list[str], element, where: str):
        self._slots = slots
        self._pieces = pieces
        self._element = element
        self._where = where

    def __contains__(self, key: str) -> bool:
        return key in self._slots

    def slots(self, key: str) -> tuple[Slot, ...]:
        """All slots at a key."""
        return self._slots.get(key, ())

    def at(self, slot: Slot) -> str:
        """The text at a slot, trimmed."""
        text = self._pieces[slot.index].strip()
        return unescape(text, _ESCAPES) if "&" in text else text

    def text(self, key: str) -> str | None:
        """The first text at a key that is not empty."""
        # Asked fifteen times per entry, hence without further calls.
        for slot in self._slots.get(key, ()):
            text = self._pieces[slot.index].strip()
            if text:
                return unescape(text, _ESCAPES) if "&" in text else text
        return None

    def texts(self, key: str) -> list[str]:
        """All texts at a key that are not empty."""
        slots = self._slots.get(key)
        return [text for slot in slots if (text := self.at(slot))] if slots else []

    def single(self, key: str, name: str) -> Slot:
        """The one slot at a key.

        :raises InvalidStatement: when there is none, or several
        """
        slots = self._slots.get(key, ())
        if len(slots) == 1:
            return slots[0]
        if not slots:
            raise self.missing(name)
        raise self.refusal(slots[1], f"The element occurs {len(slots)} times", "it once")

    def amount(self, slot: Slot) -> Decimal:
        """The amount at a slot, without sign."""
        amount = amount_from(self.at(slot)) if slot.leaf else None
        if amount is None:
            raise self.refusal(slot, "The amount is not readable", "digits and a decimal point")
        return amount

    def currency(self, slot: Slot, expected: str | None = None) -> str:
        """The currency of an amount.

        :param expected: the only currency that is accepted, if any
        """
        currency = slot.currency
        if currency is not None and currency == expected:
            return currency
        if not is_currency(currency):
            message, expected = "The amount has no currency", "three capital letters"
        elif expected is None:
            return currency
        else:
            message = "The amount is in another currency than the account"
        raise self.refusal(slot, message, expected, attribute="Ccy", found=currency or "")

    def date(self, key: str) -> datetime.date | None:
        """The day at the first slot of a key; None when there is none."""
        for slot in self._slots.get(key, ()):
            try:
                return date_from(self.at(slot))
            except ValueError as error:
                message = f"The date is not readable ({error})"
                raise self.refusal(slot, message, "YYYY-MM-DD") from None
        return None

    def missing(self, name: str) -> InvalidStatement:
        """An error for a required element that is not there."""
        return missing(self._element, f"{self._where}/{name}")

    def refusal(self, slot, message, expected, *, attribute=None, found=None) -> InvalidStatement:
        """An error that names the element of a slot, its line and what it holds."""
        element = next(islice(self._element.iter(), slot.ordinal, None))
        place = f"{self._where}/{slot.path}"
        return InvalidStatement(
            message,
            line=element.sourceline,
            element=f"{place}/@{attribute}" if attribute else place,
            expected=expected,
            found=self.at(slot) if found is None else found,
        )


class ShapeReader:
    """Finds the texts of fragments, remembering the shapes it has met.

    :param paths: keys of the fragment by path; the key ``part`` marks what is to be
        looked at by itself
    :param part_paths: keys within such a part
    """

    def __init__(self, paths: dict[str, str], part_paths: dict[str, str]):
        self._paths = Paths(paths)
        self._part_paths = Paths(part_paths)
        self._shapes: dict[tuple[str, ...], Shape] = {}

    def read(self, element, where: str) -> tuple[str, View, list[View]]:
        """The fragment as text, the view of it, and of its parts."""
        raw = etree.tostring(element, encoding="unicode", with_tail=False)
        pieces = _TAG.split(raw)
        tags = tuple(pieces[1::2])
        shape = self._shapes.get(tags)
        if shape is None:
            shape = self._remember(tags)
        parts = [View(slots, pieces, element, where) for slots in shape.parts]
        return raw, View(shape.slots, pieces, element, where), parts

    def _remember(self, tags: tuple[str, ...]) -> Shape:
        shape = self._resolve(tags)
        if len(tags) <= MAX_CACHED_TAGS:
            if len(self._shapes) >= MAX_SHAPES:
                self._shapes.clear()
            self._shapes[tags] = shape
        return shape

    def _resolve(self, tags: tuple[str, ...]) -> Shape:
        own: dict[str, list[Slot]] = {}
        parts: list[dict[str, list[Slot]]] = []
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
                    index = 0 if closed else 2 * number + 2
                    currency = _CURRENCY.search(tag)
                    leaf = closed or tags[number + 1].startswith("</")
                    slot = Slot(index, ordinal, path, currency and currency[1], leaf)
                    slots.setdefault(key, []).append(slot)
            if not closed:
                stack.append(level)
            ordinal += 1
        return Shape(_frozen(own), tuple(map(_frozen, parts)))


def _frozen(slots: dict[str, list[Slot]]) -> Slots:
    return {key: tuple(several) for key, several in slots.items()}
