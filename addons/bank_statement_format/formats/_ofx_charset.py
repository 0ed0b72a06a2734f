"""In which characters an OFX file is written: what its header says, checked against its bytes.

Banks copy the header from each other, so that USASCII and 1252 stand above files in any
encoding. What the bytes prove counts more than what the header says.
"""

from __future__ import annotations

import codecs
import io
import re
from typing import BinaryIO

from ._text import encoding_of

HEADER_SIZE = 8 * 1024
"""In how many bytes the header of a file must end."""

_CHUNK = 1 << 18
_FIELD = re.compile(rb"\b(CHARSET|ENCODING)\s*[:=]\s*[\"']?([A-Za-z0-9_-]+)", re.IGNORECASE)
# The fields of a header without line breaks follow each other without any blank.
_NEXT_FIELD = re.compile(r"(?:CHARSET|COMPRESSION|OLDFILEUID)$", re.IGNORECASE)
_CODEPAGE = re.compile(r"(?:CP|WINDOWS-?|IBM)?(437|85[0-9]|125[0-8])", re.IGNORECASE)
_UNICODE = "utf-8"
_UNICODE_NAME = re.compile(r"UTF-?8|(?:CS)?UNICODE", re.IGNORECASE)
_ISO = re.compile(r"(?:ISO[-_]?)?8859[-_]?([0-9]{1,2})", re.IGNORECASE)


def open_document(stream: BinaryIO) -> io.TextIOWrapper:
    """The file as text from its start, line ends as they are.

    Whoever opens it must ``detach()`` it, or the caller's stream is closed with it.

    :raises UnclearEncoding: when the characters can be read in several ways
    """
    encoding = _encoding(stream)
    stream.seek(0)
    return io.TextIOWrapper(stream, encoding, newline="")


def _encoding(stream: BinaryIO) -> str:
    stream.seek(0)
    head = stream.read(HEADER_SIZE)
    if b"\0" in head:
        # UTF-16, or no text at all.
        return encoding_of(stream)
    if _decodes(stream, "ascii"):
        return "ascii"
    declared, unicode = _declared(head), _decodes(stream, "utf-8")
    if unicode and (not declared or _UNICODE in declared):
        return _UNICODE
    if not unicode:
        for codec in declared:
            if _decodes(stream, codec):
                return codec
    # The header is wrong, or a text in another encoding happens to be valid UTF-8.
    return encoding_of(stream)


def _declared(head: bytes) -> tuple[str, ...]:
    """The encodings that the header may mean; none when it tells none."""
    fields = sorted(_FIELD.findall(head), key=lambda field: field[0].upper() != b"CHARSET")
    for _, value in fields:
        name = _NEXT_FIELD.sub("", value.decode())
        if codepage := _CODEPAGE.fullmatch(name):
            return (f"cp{codepage[1]}",)
        if part := _ISO.fullmatch(name):
            # Whoever says ISO-8859-1 mostly means Windows, which has signs in place of controls.
            return ("cp1252", "iso8859-1") if part[1] == "1" else (f"iso8859-{part[1]}",)
        if _UNICODE_NAME.fullmatch(name):
            return (_UNICODE,)
    return ()


def _decodes(stream: BinaryIO, encoding: str) -> bool:
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
    except LookupError:
        return False
    stream.seek(0)
    try:
        while chunk := stream.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True
