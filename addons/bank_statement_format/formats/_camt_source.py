"""Reads camt documents of any size quickly: the entries as source text, the rest with lxml.

Nearly all of a statement file are its entries, and building a tree of them takes most of
the time. So they are cut out of the source and taken apart as text, see
:mod:`._shape`, while lxml reads the document around them, in which an empty entry as many
lines long stands for each run of entries. So lxml still proves the rest well-formed,
tells where in the document the entries stand, and counts the lines right.

That is done only where it is certain to give what lxml would. From the first thing that
is not (a comment after the first entry, an unusual character reference, an encoding that
is no superset of ASCII, broken XML), all of the file goes to lxml as it is, and lxml
judges it.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import BinaryIO, NoReturn

from lxml import etree

from ..errors import InvalidStatement
from ._shape import ShapeReader, SourceFragment
from ._xml import CHUNK, Document

ENTRY = "Ntry"

MAX_HELD = 1024 * 1024
"""How many bytes to wait for an entry's end: longer ones are left to lxml."""

_ENCODINGS = ("utf-8", "us-ascii", "iso-8859-1", "iso-8859-15", "windows-1252")
# After a byte order mark, a declaration does not count.
_DECLARED = re.compile(rb"""<\?xml[^>]*?\sencoding\s*=\s*["']([\w.-]+)["']""")
_COMMENT = re.compile(rb"<!--.*?-->|<\?.*?\?>", re.DOTALL)
_ANY_ENTRY = re.compile(rb"<(?:([A-Za-z_][\w.-]*):)?Ntry(?=[\s/>])", re.ASCII)
# CDATA, and what of comments is left where those that end are masked.
_OTHER_MARKUP = re.compile(rb"<[!?]")
_UNCERTAIN = re.compile(_OTHER_MARKUP.pattern + rb"|" + _ANY_ENTRY.pattern, re.ASCII)
_BLANKS = re.compile(r"[ \t\r\n]*")

_FORBIDDEN = bytes(set(range(32)) - set(b"\t\n\r"))
_NO_CHARACTERS = ("\ufffe", "\uffff")
# References are certain up to what every parser takes: no control or surrogate.
_OTHER_REFERENCE = re.compile(
    rb"&(?!(?:amp|lt|gt|quot|apos"
    rb"|#(?:3[2-9]|[4-9][0-9]|[1-9][0-9]{2,3})"
    rb"|#x(?:[2-9A-Fa-f][0-9A-Fa-f]|[1-9A-Fa-f][0-9A-Fa-f]{2}|[1-9A-Ca-c][0-9A-Fa-f]{3}));)"
)


Entries = list[SourceFragment]


@dataclass(slots=True)
class Run:
    """Entries with nothing but blanks between them, and what lxml gets in their place."""

    fragments: Entries
    placeholder: bytes


Item = tuple[str, etree._Element, Entries]


def read_document(stream: BinaryIO, names: tuple[str, ...], shapes: ShapeReader) -> Iterator[Item]:
    """``("start" | "end", element, ())``, or ``("run", placeholder, entries)``.

    The placeholder stands where the entries stand in the document. Entries come as
    elements of their own, too, where nothing quicker was certain.

    :param names: the local names of the elements, besides the entries, to tell about
    :raises InvalidStatement: for what is not one complete, well-formed document
    """
    document = Document((*names, ENTRY))
    for piece in _Cutter(shapes).pieces(stream):
        if isinstance(piece, bytes):
            for event, element in document.feed(piece):
                yield event, element, ()
        else:
            events = [*document.feed(piece.placeholder)]
            for event, element in events[:-1]:
                yield event, element, ()
            if not events or events[-1][0] != "end":
                _refuse_broken(document)
            placeholder = events[-1][1]
            yield "run", placeholder, piece.fragments
    for event, element in document.close():
        yield event, element, ()


def _refuse_broken(document: Document) -> NoReturn:
    """Refuse a document that lxml has silently stopped to read: closing it tells why."""
    for _ in document.close():
        pass
    raise InvalidStatement(_("The XML is broken or cut off"))


class _Cutter:
    """Cuts a document into runs of entries, and bytes that are for lxml."""

    def __init__(self, shapes: ShapeReader):
        self._shapes = shapes
        self._encoding = self._start_tag = self._end_tag = ""
        self._line = 1
        self._certain = True

    def pieces(self, stream: BinaryIO) -> Iterator[bytes | Run]:
        """The whole document, in order."""
        held = stream.read(CHUNK)
        head = self._head(held)
        self._line += head.count(b"\n")
        yield head
        held = held[len(head) :]
        while self._certain:
            held = yield from self._cut(held)
            data = stream.read(CHUNK)
            if not data:
                break
            self._certain &= len(held) <= MAX_HELD
            held += data
        while held:
            yield held
            held = stream.read(CHUNK)

    def _head(self, data: bytes) -> bytes:
        """What comes before the first entry, which tells how this file spells the tags."""
        declared = _DECLARED.match(data)
        self._encoding = declared[1].decode().lower() if declared else "utf-8"
        masked = _COMMENT.sub(lambda comment: b" " * len(comment[0]), data)
        entry = _ANY_ENTRY.search(masked)
        size = entry.start() if entry else 0
        self._certain = (
            entry is not None
            and masked.startswith(b">", entry.end())
            and not _OTHER_MARKUP.search(masked, 0, size)
            and self._encoding in _ENCODINGS
        )
        if self._certain:
            self._start_tag = entry[0].decode() + ">"
            self._end_tag = self._start_tag.replace("<", "</")
        return data[:size]

    def _cut(self, held: bytes) -> Generator[bytes | Run, None, bytes]:
        """Hand out what is held, up to its last whole entry; returns the rest."""
        end_tag = self._end_tag.encode()
        end = held.rfind(end_tag) + len(end_tag)
        if end < len(end_tag):
            return held
        source = self._decoded(held[:end])
        if source is None:
            self._certain = False
            return held
        place = line_breaks = 0
        while self._certain and place < len(source):
            start = source.find(self._start_tag, place)
            around = source[place:start].encode(self._encoding)
            self._certain = start >= 0 and not _UNCERTAIN.search(around)
            if self._certain:
                fragments, place = self._run(source, start)
                run_breaks = source.count("\n", start, place)
                line_breaks += around.count(b"\n") + run_breaks
                yield around
                if fragments:
                    yield Run(fragments, self._placeholder(run_breaks))
        self._line += line_breaks
        return source[place:].encode(self._encoding) + held[end:]

    def _decoded(self, data: bytes) -> str | None:
        """The source as text; None where only a parser can tell what it is."""
        if len(data.translate(None, _FORBIDDEN)) != len(data) or _OTHER_REFERENCE.search(data):
            return None
        try:
            source = data.decode(self._encoding)
        except UnicodeDecodeError:
            return None
        if any(character in source for character in _NO_CHARACTERS):
            return None
        # The end of CDATA must not stand in a text; a single bracket is quickly found.
        return None if "]" in source and "]]>" in source else source

    def _run(self, source: str, start: int) -> tuple[Entries, int]:
        """The entries from here on, and where they end."""
        fragments: Entries = []
        while source.startswith(self._start_tag, start):
            end = source.index(self._end_tag, start) + len(self._end_tag)
            fragment = self._shapes.of_source(source, start, end, self._line)
            if fragment is None:
                self._certain = False
                break
            fragments.append(fragment)
            start = _BLANKS.match(source, end).end()
        return fragments, start

    def _placeholder(self, line_breaks: int) -> bytes:
        return f"{self._start_tag}{line_breaks * chr(10)}{self._end_tag}".encode()
