"""SWIFT messages as banks put them into text files: one field after another.

A field begins with its tag between colons at the start of a line and goes on until the
next one. Around the messages there may be SWIFT's own envelope (``{1:...}{2:...}{4:`` up
to ``-}``) or a bank's wrapper lines; they are no part of any field.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple, TextIO

from ..errors import InvalidStatement
from ..messages import _

MAX_FIELD = 64 * 1024
"""Characters in one field, or between two messages; texts of banks have some hundred."""

ENVELOPE, END = "{", "-"
"""What stands in place of a tag for an envelope's opening line and for a message's end."""

_FRAME = frozenset((ENVELOPE, END))

_BLOCK = 128 * 1024

_HEADER_TAGS = frozenset(("20", "21", "25", "25P", "28", "28C"))
_LIMIT_TAGS = frozenset(("13", "13D", "34", "34F"))
_TEXT_TAGS = frozenset(("61", "86", "NS"))
_OPENING_TAGS = frozenset(("60", "60F", "60M"))
_CLOSING_TAGS = frozenset(("62", "62F", "62M", "90C", "90D"))
_AVAILABLE_TAGS = frozenset(("64", "64F", "65", "65F"))
_TAGS = _HEADER_TAGS | _LIMIT_TAGS | _TEXT_TAGS | _OPENING_TAGS | _CLOSING_TAGS | _AVAILABLE_TAGS

# Lines of one field, as far as none of them may begin something else.
_LINES = r"(.*+(?:\n ?[^ \t\x01\x03\ufeff:{\-\n].*+)*)"
# A tag may be broken after its first colon, and control characters stand before messages.
# Nearly all of a file are entries with one text each, which are quicker read at once.
_MARK = re.compile(
    rf"\n(?::61:{_LINES}\n:86:{_LINES}(?=\n:6(?:1:|2[FM]:[CD]))"
    r"|[ \t\x01\x03\ufeff]*(?::\n?([0-9]{2}[A-Za-z]?|NS|ns):|(\{[1-5]:[^\n]*))|(-[^\n]*))"
)
_END = re.compile(r"-(?:[}\x03]|XXX|[ \t]*$)")
# A time of day within a text, broken before its colon: "T16" and then ":26:37".
_REST_OF_TIME = re.compile(r"[0-5][0-9](?:[^0-9]|$)")


class Field(NamedTuple):
    """One field: its tag in capitals, what follows the tag, and the number of its line.

    Lines are separated by ``\\n`` in ``value``. ``raw`` is what the file has, tag and line
    ends included. An entry (61) that is followed by one text (86) and nothing else that
    belongs to it comes with this ``text``, and ``raw`` is of both.
    """

    tag: str
    value: str
    line: int
    raw: str
    text: str | None = None


def read_fields(text: TextIO) -> Iterator[Field]:
    """The fields of all messages, with ENVELOPE and END between them.

    :param text: with its line ends as they are
    :raises InvalidStatement: for what no text file contains
    """
    # The field that has begun goes on until the next mark is seen.
    buffer, begin, value, line = "\n", 0, 0, 1
    tag, state = "", _State()
    for block in _blocks(text):
        buffer += block
        if "\0" in block:
            line += buffer.count("\n", 1, buffer.index("\0"))
            raise InvalidStatement(
                _("The file contains NUL characters"), line=line, expected=_("text")
            )
        newline = text.newlines if isinstance(text.newlines, str) else "\n"
        # Only complete lines are looked at.
        for match in _MARK.finditer(buffer, value, buffer.rfind("\n")):
            entry, entry_text, new, _skipped, _skipped = match.groups()
            if entry is None and new not in _TEXT_TAGS:
                new = _tag_of(match, buffer, tag, state)
                if new is None:
                    continue
                state.follow(new)
            start, end = match.span()
            if start != begin:
                if start - begin > MAX_FIELD:
                    raise _too_long(line)
                if tag:
                    raw = buffer[begin + 1 : start + 1].replace("\n", newline)
                    yield Field(tag, buffer[value:start], line, raw)
                line += buffer.count("\n", begin, start)
            if entry is None:
                begin, tag = start, new
                value = start + 1 if new in _FRAME else end
                continue
            if end - start > MAX_FIELD < max(len(entry), len(entry_text)):
                raise _too_long(line)
            raw = buffer[start + 1 : end]
            if newline != "\n":
                raw = raw.replace("\n", newline)
            yield Field._make(("61", entry, line, raw, entry_text))
            line += buffer.count("\n", start, end)
            begin, tag, value = end, "", end
        buffer, value, begin = buffer[begin:], value - begin, 0
        if len(buffer) > MAX_FIELD:
            raise _too_long(line)
    if tag:
        yield Field(tag, buffer[value:], line, buffer[1:].replace("\n", newline))


def _too_long(line: int) -> InvalidStatement:
    return InvalidStatement(
        _("The text without a tag is too long"),
        line=line,
        expected=_("at most %(most)s characters", most=MAX_FIELD),
    )


class _State:
    """Where in a message a field stands."""

    __slots__ = ("closed", "unending")

    def __init__(self):
        # Whether the last transaction is over; whether the message must go on before its end.
        self.closed = self.unending = False

    def follow(self, tag: str) -> None:
        if tag in _CLOSING_TAGS or tag == END:
            self.closed, self.unending = True, False
        elif tag in _OPENING_TAGS:
            self.closed, self.unending = False, True
        elif tag == "20":
            self.closed = self.unending = False


def _blocks(text: TextIO) -> Iterator[str]:
    """The text in blocks, lines ending with a line feed only, and so does the last one."""
    held = ""
    while block := text.read(_BLOCK):
        block, held = held + block, ""
        if block[-1] == "\r":
            block, held = block[:-1], "\r"
        if "\r" in block:
            block = block.replace("\r\n", "\n").replace("\r", "\n")
        yield block
    yield "\n"


def _tag_of(match: re.Match, buffer: str, tag: str, state: _State) -> str | None:
    """What begins at a mark; None when it belongs to the text before it."""
    new = match[3]
    in_text = tag in _TEXT_TAGS and not state.closed
    if new is not None:
        if new not in _TAGS:
            new = new.upper()
            if new not in _TAGS:
                return None
        if in_text and new not in _TEXT_TAGS and _REST_OF_TIME.match(buffer, match.end()):
            return None if buffer[match.start() - 1].isdigit() else new
        return new
    if match[4]:
        return ENVELOPE
    # A line of a text may begin with a hyphen, and a statement ends after its balance only.
    line = match[5]
    ends = not in_text or line.startswith("-}") or (not state.unending and _END.match(line))
    return END if ends else None
