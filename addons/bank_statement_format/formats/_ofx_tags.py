"""OFX as tags and texts, whether SGML or XML, read from a stream.

In SGML only what holds other elements must be closed: a text ends where the next tag
begins. XML is the case in which everything is closed, so one reader does for both.
What is repeated (transactions) is taken out in one piece, and pieces that are built
alike are looked through only once.
"""

from __future__ import annotations

import html.entities
import io
import operator
import re
from collections.abc import Sequence

from ..errors import InvalidStatement
from ..messages import _

MAX_PIECE = 256 * 1024
"""Characters of a single text or transaction; more is no statement."""

MAX_SHAPES = 200
"""How many ways to build a transaction are remembered at once."""

_RECENT = 6
"""How many of them are tried on a transaction before it is looked through."""

_CHUNK = 1 << 17
_TAG = re.compile(r"<(/?[A-Za-z][\w.:-]*/?(?:\s[^<>]*)?)>")
_TAG_OR_SECTION = re.compile(
    r"<(?:(/?[A-Za-z][\w.:-]*/?(?:\s[^<>]*)?)>|(!--|!\[CDATA\[|![A-Za-z]))"
)
_NAME = re.compile(r"(/?)(?:[\w.-]*:)?([\w.-]+)\s*(?:[\w.:-]+\s*=.*?)?(/?)\s*", re.DOTALL)
_SECTION = re.compile(r"<!--.*?-->|<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_SECTION_ENDS = {"!--": "-->", "![CDATA[": "]]>"}
_REFERENCE = re.compile(r"&(?:#([0-9]{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z][A-Za-z0-9]{1,31}));")


def tag_name(tag: str) -> tuple[str, bool, bool]:
    """The name in a tag, in capitals without its prefix; whether it closes, and is empty.

    :raises ValueError: for what is no tag
    """
    match = _NAME.fullmatch(tag)
    if not match:
        raise ValueError(tag)
    return match[2].upper(), bool(match[1]), bool(match[3])


def plain(text: str) -> str:
    """A text as its writer meant it: trimmed, one line, references resolved once.

    >>> plain(" M&amp;M & Sons &#8211; &amp;lt; ")
    'M&M & Sons – &lt;'
    """
    if "<!" in text:
        text = _SECTION.sub(_escaped, text)
    if "&" in text:
        if text.count("&") == text.count("&amp;"):
            text = text.replace("&amp;", "&")
        else:
            text = _REFERENCE.sub(_resolved, text)
    return one_line(text)


def _escaped(section: re.Match) -> str:
    return (section[1] or "").replace("&", "&amp;").replace("<", "&lt;")


def _resolved(reference: re.Match) -> str:
    decimal, hexadecimal, name = reference.groups()
    if name:
        return html.entities.html5.get(f"{name};", reference[0])
    code = int(decimal) if decimal else int(hexadecimal, 16)
    printable = 32 <= code < 0x110000 and not 0xD800 <= code < 0xE000 and not 127 <= code < 160
    return chr(code) if printable else " "


def one_line(text: str) -> str:
    """A text, trimmed, whose line breaks are blanks: files are wrapped, names are not."""
    text = text.strip()
    if "\n" in text or "\r" in text:
        return " ".join(line.strip() for line in text.splitlines())
    return text


class Piece:
    """A transaction, or whatever else is taken out in one piece.

    It knows its place only until the next one is taken out.
    """

    __slots__ = ("_scanner", "_shape", "_texts", "name", "raw")

    def __init__(self, name: str, texts: tuple[str, ...], shape: _Shape, scanner: Scanner):
        self.name = name
        self.raw = texts[0]
        self._texts = texts
        self._shape = shape
        self._scanner = scanner

    @property
    def fields(self) -> dict[str, str]:
        """Its texts by path (``PAYEE/NAME``); of repeated ones the first."""
        texts = zip(self._shape.paths, self._texts[1:-1], strict=True)
        return {path: plain(text) for path, text in reversed(list(texts))}

    @property
    def repeated(self) -> frozenset[str]:
        """The paths at which there are several texts."""
        return self._shape.repeated

    def pick(self, paths: tuple[str, ...]) -> Sequence[str]:
        """The texts at some paths, empty where there are none; blanks may follow them."""
        texts = self._shape.picker(paths)(self._texts)
        if "&" in self.raw or "<!" in self.raw:
            return [plain(text) if "&" in text else text for text in texts]
        return texts

    def all(self, path: str) -> str:
        """All texts at a path, a blank between them."""
        texts = zip(self._shape.paths, self._texts[1:-1], strict=True)
        return " ".join(filter(None, (plain(text) for key, text in texts if key == path)))

    def refusal(self, message: str, path: str, *, expected: str | None = None) -> InvalidStatement:
        """An error about one of the fields, with its place."""
        before = self._shape.position(path, self.raw)
        return InvalidStatement(
            message,
            line=self._scanner.line + self.raw.count("\n", 0, before),
            element=f"{self.name}/{path}",
            expected=expected,
            found=self.fields.get(path),
        )


class _Shape:
    """Where the texts are in pieces that have the same tags.

    ``pattern`` matches such a piece. Its first group is the piece, its last one is empty,
    and those between are the texts.
    """

    def __init__(self, tags: tuple[str, ...], line: int):
        found = _slots(tags, line)
        self.name = tag_name(tags[0])[0]
        self.paths = tuple(path for path, _skipped in found)
        self.slots = tuple(slot for _skipped, slot in found)
        self.repeated = frozenset(path for path in self.paths if self.paths.count(path) > 1)
        slots = set(self.slots)
        # A text of several lines, or with a "<", does not match: such a piece is looked through.
        text = r"\s*+([^<\r\n]*+)\s*+"
        between = (text if 2 * i + 2 in slots else r"\s*+" for i in range(len(tags) - 1))
        inner = "".join(
            f"{re.escape(f'<{tag}>')}{after}"
            for tag, after in zip(tags, (*between, ""), strict=True)
        )
        self.pattern = re.compile(rf"\s*+({inner})()")
        self._pickers: dict[tuple[str, ...], operator.itemgetter] = {}

    def picker(self, paths: tuple[str, ...]) -> operator.itemgetter:
        """What takes the first text at each path out of the texts, of which the last is empty."""
        picker = self._pickers.get(paths)
        if picker is None:
            known, none = ("", *self.paths), -1
            picker = operator.itemgetter(*(known.index(p) if p in known else none for p in paths))
            self._pickers[paths] = picker
        return picker

    def position(self, path: str, raw: str) -> int:
        """Where in the piece the text at a path begins; 0 when there is none."""
        if path not in self.paths:
            return 0
        slot = self.slots[self.paths.index(path)]
        tags = list(_TAG.finditer(raw))
        # Comments may hide tags, so that this is only about right then.
        return tags[min(slot // 2, len(tags)) - 1].end() if tags else 0


class Scanner:
    """Walks through the tags of a file, keeping as little of it as possible."""

    def __init__(self, text: io.TextIOBase):
        self._text = text
        self._buffer = ""
        self._position = 0
        self._start = 0
        self._counted = 0
        self._line = 1
        self._shapes: dict[tuple[str, ...], _Shape] = {}
        self._recent: list[_Shape] = []

    @property
    def line(self) -> int:
        """The line of the last tag, counted from 1."""
        self._line += self._buffer.count("\n", self._counted, self._start)
        self._counted = self._start
        return self._line

    def tag(self) -> tuple[str, str] | None:
        """The text up to the next tag, and that tag without its brackets; None at the end.

        The text at the end of the file is left for :meth:`rest`.
        """
        match = self._find()
        if match is None:
            return None
        loose = self._buffer[self._position : match.start()]
        self._start, self._position = match.span()
        return loose, match[1]

    def text(self) -> str:
        """The text after the last tag, up to the next one."""
        match = self._find()
        end = match.start() if match else len(self._buffer)
        text = plain(self._buffer[self._position : end])
        self._position = end
        return text

    def rest(self) -> str:
        """What comes after the last tag of the file."""
        return plain(self._buffer[self._position :])

    def piece(self, name: str) -> Piece:
        """The last tag, up to the tag that closes it.

        :raises InvalidStatement: when it is not closed, or built in an impossible way
        """
        raw = self._raw(self._buffer[self._start + 1 : self._position - 1].strip())
        self._position = self._start + len(raw)
        content = _SECTION.sub(_escaped, raw) if "<!" in raw else raw
        texts = _TAG.split(content)
        shape = self._shape(tuple(texts[1::2]))
        return Piece(name, (raw, *(texts[slot].strip() for slot in shape.slots), ""), shape, self)

    def another(self, name: str) -> Piece | None:
        """What follows, if it has this name and is built as one of the last; else None."""
        for number, shape in enumerate(self._recent):
            if shape.name != name:
                continue
            if match := shape.pattern.match(self._buffer, self._position):
                if number:
                    self._recent.insert(0, self._recent.pop(number))
                self._start, self._position = match.span(1)
                return Piece(name, match.groups(), shape, self)
        return None

    def _raw(self, tag: str) -> str:
        closing = f"</{tag}>"
        while True:
            end = self._buffer.find(closing, self._position)
            if end >= 0:
                raw = self._buffer[self._start : end + len(closing)]
                if "<!" not in raw:
                    return raw
            if (found := self._closing(tag.upper())) is not None:
                return self._buffer[self._start : found]
            if not self._fill():
                raise InvalidStatement(
                    _("The file ends within a transaction, so it was cut off"),
                    line=self.line,
                    element=tag,
                    expected=closing,
                )

    def _closing(self, tag: str) -> int | None:
        """Where the tag's end is, in whatever way that is written."""
        position = self._position
        while match := _TAG_OR_SECTION.search(self._buffer, position):
            position = match.end()
            if match[2]:
                end = self._buffer.find(_SECTION_ENDS.get(match[2], ">"), position)
                if end < 0:
                    return None
                position = end
            elif match[1].rstrip().upper() == f"/{tag}":
                return position
        return None

    def _find(self) -> re.Match | None:
        """The next tag, which no comment or CDATA contains; None at the end of the file."""
        position = self._position
        while True:
            match = _TAG_OR_SECTION.search(self._buffer, position)
            if match and match[1]:
                return match
            end = self._section_end(match) if match else None
            if end is not None:
                position = end
                continue
            dropped = self._start
            if self._fill():
                position -= dropped
            elif match:
                raise self._broken(_("A comment or CDATA does not end"), _SECTION_ENDS[match[2]])
            else:
                return None

    def _section_end(self, match: re.Match) -> int | None:
        closing = _SECTION_ENDS.get(match[2])
        if closing is None:
            raise self._broken(_("The file declares a document type or entities"), match[0])
        end = self._buffer.find(closing, match.end())
        return None if end < 0 else end + len(closing)

    def _fill(self) -> bool:
        """Read on, dropping what is done with; False at the end of the file."""
        if len(self._buffer) - self._start > MAX_PIECE + _CHUNK:
            raise self._broken(
                _("The text is too long"), _("at most %(most)s characters", most=MAX_PIECE)
            )
        chunk = self._text.read(_CHUNK)
        if not chunk:
            return False
        if "\0" in chunk:
            raise self._broken(_("The file contains NUL characters"), _("text"))
        self._line += self._buffer.count("\n", self._counted, self._start)
        self._buffer = self._buffer[self._start :] + chunk
        self._position -= self._start
        self._start = self._counted = 0
        return True

    def _broken(self, message: str, expected: str) -> InvalidStatement:
        return InvalidStatement(message, line=self.line, expected=expected)

    def _shape(self, tags: tuple[str, ...]) -> _Shape:
        shape = self._shapes.get(tags)
        if shape is None:
            shape = _Shape(tags, self.line)
            if len(self._shapes) >= MAX_SHAPES:
                self._shapes.clear()
            self._shapes[tags] = shape
        if shape not in self._recent:
            self._recent = [shape, *self._recent[: _RECENT - 1]]
        return shape


def _slots(tags: tuple[str, ...], line: int) -> list[tuple[str, int]]:
    """The path below the first tag of each text between these tags, and its number."""
    try:
        names = [tag_name(tag) for tag in tags]
    except ValueError as error:
        raise InvalidStatement(_("The tag is not readable"), line=line, found=error) from None
    holders = _holders(names, line)
    slots: list[tuple[str, int]] = []
    path: list[str] = []
    for number, (name, closes, _skipped) in enumerate(names):
        if closes:
            if path and path[-1] == name:
                path.pop()
        elif number in holders:
            path.append(name)
        else:
            # The first tag is the piece's own.
            slots.append(("/".join((*path[1:], name)), 2 * number + 2))
    return slots


def _holders(names: list[tuple[str, bool, bool]], line: int) -> set[int]:
    """The numbers of the tags that hold others: those that are closed, but not at once."""
    opened: list[int] = []
    holders: set[int] = set()
    for number, (name, closes, empty) in enumerate(names):
        if not closes:
            if not empty:
                opened.append(number)
        elif name in (names[i][0] for i in opened):
            while names[opened[-1]][0] != name:
                opened.pop()
            opening = opened.pop()
            if opening != number - 1:
                holders.add(opening)
        elif opened[-1:] == [number - 1]:
            # The text before ends here, although the tag closes it by a wrong name.
            opened.pop()
        else:
            raise InvalidStatement(
                _("A tag is closed that was not opened, or after what holds it"),
                line=line,
                element=names[0][0],
                found=f"</{name}>",
            )
    return holders
