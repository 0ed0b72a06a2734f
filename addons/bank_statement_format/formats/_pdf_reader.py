"""The glyphs of a PDF's pages, by pdfminer.six, kept within bounds.

Imported only when a PDF is read, so that nothing else needs the library.
"""

from __future__ import annotations

import re
import time
import zlib
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from pdfminer.ascii85 import ascii85decode, asciihexdecode
from pdfminer.pdfdevice import PDFTextDevice
from pdfminer.pdfdocument import PDFDocument, PDFEncryptionError
from pdfminer.pdffont import PDFUnicodeNotDefined
from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser, PDFSyntaxError
from pdfminer.pdftypes import (
    LITERALS_ASCII85_DECODE,
    LITERALS_ASCIIHEX_DECODE,
    LITERALS_FLATE_DECODE,
    PDFStream,
    stream_value,
)
from pdfminer.psparser import literal_name

from ..errors import InvalidStatement
from ..messages import _
from ._pdf_lines import UNKNOWN

MAX_PAGES = 500
MAX_UNPACKED = 64 << 20
"""Bytes of all streams that are read, unpacked."""

MAX_STREAM = 8 << 20
"""Bytes of one stream, unpacked."""

MAX_CONTENT = 4 << 20
"""Bytes of what draws a page, or a form on it."""

MAX_DEPTH = 200
"""Lists and dictionaries within each other."""

MAX_ITEMS = 100_000
"""Items of one list or dictionary."""

MAX_STRING = 100_000
"""Bytes of one text; the time that the library needs grows with their square."""

MAX_GLYPHS = 2_000_000
MAX_SECONDS = 30

_END = re.compile(rb"[\r\n]startxref[ \t]*[\r\n]+[ \t]*[0-9]+")
_END_WITHIN = 4096
_STRING_MARK = re.compile(rb"\\.|[()]", re.DOTALL)
_MAX_PARAMETER = 100_000
_INVISIBLE = (3, 7)
_TEXT_FILTERS = {
    **dict.fromkeys(LITERALS_ASCII85_DECODE, ascii85decode),
    **dict.fromkeys(LITERALS_ASCIIHEX_DECODE, asciihexdecode),
}


class Glyph(NamedTuple):
    """A character at its place, in points from the page's lower left corner."""

    text: str
    x: float
    y: float
    end: float
    size: float


def pages(stream: BinaryIO) -> Iterator[list[Glyph]]:
    """The glyphs of each page that can be seen, in the order in which they are drawn.

    :raises InvalidStatement: for a password and for what is beyond the bounds; the library's
        own exceptions, of any kind, for what is damaged
    """
    limits = _Limits()
    _check_end(stream)
    try:
        # No repair: what is missing in the directory of a cut file are its last pages.
        document = _Document(_Parser(stream, limits), limits)
    except PDFEncryptionError as error:
        raise InvalidStatement(
            _("The PDF is protected by a password"), expected=_("a PDF without password")
        ) from error
    resources = PDFResourceManager()
    device = _Glyphs(resources, limits)
    interpreter = _Interpreter(resources, device)
    for number, page in enumerate(PDFPage.create_pages(document), start=1):
        if number > MAX_PAGES:
            raise InvalidStatement(
                _("The PDF has too many pages"), expected=_("at most %(most)s", most=MAX_PAGES)
            )
        interpreter.process_page(page)
        yield device.glyphs


def _check_end(stream: BinaryIO) -> None:
    """Refuse a file without its last lines, for which the library would search it all."""
    size = stream.seek(0, 2)
    stream.seek(max(0, size - _END_WITHIN))
    if not _END.search(stream.read()):
        raise PDFSyntaxError("the end is missing")


class _Limits:
    """What of its bounds a file has used up."""

    def __init__(self):
        self._unpacked = self._glyphs = 0
        self._deadline = time.monotonic() + MAX_SECONDS

    def unpack(self, size: int) -> None:
        """A stream will have so many bytes."""
        if size > self.left:
            most = _(
                "%(most)s MB at once, %(total)s MB in all",
                most=MAX_STREAM >> 20,
                total=MAX_UNPACKED >> 20,
            )
            raise _beyond(_("unpacks to far more than statements do"), most)
        self._unpacked += size

    @property
    def left(self) -> int:
        """Bytes that the next stream may have, unpacked."""
        return min(MAX_STREAM, MAX_UNPACKED - self._unpacked)

    def spend(self, glyphs: int = 0) -> None:
        """Time has passed, and glyphs were drawn."""
        self._glyphs += glyphs
        if self._glyphs > MAX_GLYPHS:
            raise _beyond(
                _("holds far more text than statements do"),
                _("%(most)s characters", most=MAX_GLYPHS),
            )
        if time.monotonic() > self._deadline:
            raise _beyond(_("takes too long to read"), _("%(most)s seconds", most=MAX_SECONDS))


def _beyond(what: str, most: str) -> InvalidStatement:
    return InvalidStatement(
        _("The PDF %(what)s", what=what), expected=_("at most %(most)s", most=most)
    )


class _Parser(PDFParser):
    """A parser that looks at the time, and whose streams look at the bounds before unpacking."""

    def __init__(self, stream: BinaryIO, limits: _Limits):
        super().__init__(stream)
        self._limits = limits

    def push(self, *entries) -> None:
        # Where an object is not in its place, all behind it is searched.
        self._limits.spend()
        if len(self.curstack) > MAX_ITEMS:
            raise _beyond(_("holds a list far too long"), _("%(most)s items", most=MAX_ITEMS))
        super().push(
            *(
                (place, _Stream(item, self._limits)) if type(item) is PDFStream else (place, item)
                for place, item in entries
            )
        )

    def start_type(self, pos, type_) -> None:
        if len(self.context) > MAX_DEPTH:
            raise _beyond(_("is nested too deep"), _("%(most)s levels", most=MAX_DEPTH))
        super().start_type(pos, type_)

    def _parse_string(self, s, i) -> int:
        self._limits.spend()
        if len(self._curtoken) > MAX_STRING:
            raise _beyond(_("holds a text far too long"), _("%(most)s bytes", most=MAX_STRING))
        return super()._parse_string(s, i)


class _Document(PDFDocument):
    """A document in which time is spent with every object that is looked for."""

    def __init__(self, parser: _Parser, limits: _Limits):
        self._limits = limits
        super().__init__(parser, fallback=False)

    def getobj(self, objid: int):
        self._limits.spend()
        return super().getobj(objid)


class _Stream(PDFStream):
    """A stream that is unpacked only when that is known to be within bounds."""

    def __init__(self, stream: PDFStream, limits: _Limits):
        super().__init__(stream.attrs, stream.rawdata, stream.decipher)
        self._limits = limits

    def decode(self) -> None:
        data = self.rawdata or b""
        if self.decipher:
            data = self.decipher(self.objid, self.genno, data, self.attrs)
        packed = False
        for name, parameters in self.get_filters():
            if packed or name not in (*LITERALS_FLATE_DECODE, *_TEXT_FILTERS):
                raise _beyond(_("is packed in an unusual way"), _("one FlateDecode"))
            packed = name in LITERALS_FLATE_DECODE
            if packed:
                self._limits.unpack(_unpacked_size(data, self._limits.left))
            else:
                data = _TEXT_FILTERS[name](data)
            _check_parameters(parameters)
        if not packed:
            self._limits.unpack(len(data))
        super().decode()
        if literal_name(self.attrs.get("Type")) == "ObjStm":
            _check_strings(self.data or b"")


def _unpacked_size(data: bytes, most: int) -> int:
    """Bytes that packed data becomes, counted up to one more than the most."""
    decompressor, size = zlib.decompressobj(), 0
    try:
        while data and size <= most and not decompressor.eof:
            size += len(decompressor.decompress(data, 1 << 16))
            data = decompressor.unconsumed_tail
    except zlib.error:
        # Damaged from here on; the library reads up to here as well.
        pass
    return size


def _check_strings(data: bytes) -> None:
    """Refuse what would be a text without an end."""
    depth = start = 0
    for match in _STRING_MARK.finditer(data):
        mark = match[0]
        # A backslash escapes only what is within a text.
        if mark == b"(" or (mark == b"\\(" and not depth):
            start = start if depth else match.start()
            depth += 1
        elif mark == b")" and depth:
            depth -= 1
        if depth and match.start() - start > MAX_STRING:
            break
    else:
        if not depth or len(data) - start <= MAX_STRING:
            return
    raise _beyond(_("holds a text far too long"), _("%(most)s bytes", most=MAX_STRING))


def _check_parameters(parameters) -> None:
    """A predictor allocates as much memory as its parameters say."""
    values = parameters.values() if isinstance(parameters, dict) else ()
    if any(isinstance(value, int | float) and abs(value) > _MAX_PARAMETER for value in values):
        raise _beyond(
            _("is packed in an unusual way"), _("parameters of %(most)s", most=_MAX_PARAMETER)
        )


class _Interpreter(PDFPageInterpreter):
    """Draws what is not too much to draw."""

    def execute(self, streams) -> None:
        self.device.limits.spend()
        content, size = [], 0
        for stream in streams:
            content.append(stream_value(stream).get_data())
            size += len(content[-1])
            if size > MAX_CONTENT:
                raise _beyond(_("draws far more than statements do"), f"{MAX_CONTENT >> 20} MB")
        _check_strings(b"".join(content))
        super().execute(streams)


class _Glyphs(PDFTextDevice):
    """Collects the upright, visible glyphs of a page."""

    def __init__(self, resources: PDFResourceManager, limits: _Limits):
        super().__init__(resources)
        self.glyphs: list[Glyph] = []
        self.limits = limits
        self._box = (0.0, 0.0)
        self._visible = True

    def begin_page(self, page, ctm) -> None:
        self.glyphs = []
        x0, y0, x1, y1 = page.mediabox
        width, height = abs(x1 - x0), abs(y1 - y0)
        self._box = (height, width) if page.rotate in (90, 270) else (width, height)

    def begin_figure(self, name, bbox, matrix) -> None:
        self.limits.spend()

    def paint_path(self, graphicstate, stroke, fill, evenodd, path) -> None:
        self.limits.spend()

    def render_string(self, textstate, seq, ncs, graphicstate) -> None:
        self.limits.spend()
        self._visible = textstate.render not in _INVISIBLE
        super().render_string(textstate, seq, ncs, graphicstate)

    def render_char(self, matrix, font, fontsize, scaling, rise, cid, ncs, graphicstate) -> float:
        self.limits.spend(1)
        advance = font.char_width(cid) * fontsize * scaling
        a, b, c, d, x, y = matrix
        width, height = self._box
        # Slanted text is a watermark, and what lies outside the page nobody can see.
        upright = a > 0 and d > 0 and abs(b) < 0.01 * a and 0 <= x <= width and 0 <= y <= height
        if self._visible and upright:
            try:
                text = font.to_unichr(cid)
            except PDFUnicodeNotDefined:
                text = UNKNOWN
            self.glyphs.append(Glyph(text, x, y + rise * d, x + advance * a, abs(fontsize) * d))
        return advance
