"""The files within an archive, within bounds that no statement reaches and every bomb does."""

from __future__ import annotations

import gzip
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from ..errors import InvalidStatement
from ..messages import _

MAX_MEMBERS = 1_000
"""Files within an archive, those of archives within it included."""

MAX_MEMBER_SIZE = 1 << 30
"""Bytes of one file, unpacked."""

MAX_TOTAL_SIZE = 2 << 30
"""Bytes of all files, unpacked."""

MAX_RATIO = 200
"""How many bytes one byte of the archive may become: statements stay below 60."""

FREE_SIZE = 64 << 20
"""Unpacked bytes up to which the ratio does not matter."""

MAX_DEPTH = 2
"""An archive may hold archives, but these none."""

_MAX_DIRECTORY_SIZE = 4 << 20
_SPOOL_SIZE = 8 << 20
_CHUNK = 1 << 18

_LOCAL_HEADER = b"PK\x03\x04"
_DESCRIPTOR = b"PK\x07\x08"
_END_RECORD = b"PK\x05\x06"
_GZIP = b"\x1f\x8b\x08"
_ENCRYPTED, _STREAMED = 0x2041, 0x0008
"""Flags of a member: of any kind of encryption; sizes only behind the data."""

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_DOCUMENT_NAMES = ("[Content_Types].xml", "mimetype", "META-INF/manifest.xml")
_DOCUMENT_FOLDERS = ("_rels/", "docProps/", "xl/", "word/", "ppt/")
_JUNK_NAMES = (".DS_Store", "Thumbs.db", "desktop.ini")
_DAMAGE = (
    zipfile.BadZipFile,
    gzip.BadGzipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OSError,
    ValueError,
    RuntimeError,
)
"""What the standard library raises for archives that are not as they should be."""


def is_archive(head: bytes) -> bool:
    """Whether a file's first bytes are those of a ZIP or GZIP, but not of an office document."""
    if head.startswith((_GZIP, _END_RECORD)):
        return True
    return head.startswith(_LOCAL_HEADER) and not any(map(_is_document, first_names(head)))


def members(stream: BinaryIO) -> Iterator[tuple[str, BinaryIO]]:
    """The files within a ZIP or GZIP, in its order, each as name and seekable stream.

    Archives within the archive are opened too: their files' names begin with theirs. A
    stream is closed when the next one is asked for. Names are for people only: never
    write to them.

    :raises InvalidStatement: when the archive is damaged, encrypted, or beyond its bounds
    """
    stream.seek(0)
    head = stream.read(_CHUNK)
    size = stream.seek(0, 2)
    yield from _Budget(size).members(stream, head, "", 1)


class _Budget:
    """What of its bounds an archive has used up.

    :param size: of the outermost archive, in bytes
    """

    def __init__(self, size: int):
        self._size = size
        self._count = self._unpacked = 0

    def members(self, stream, head: bytes, prefix: str, depth: int):
        if depth > MAX_DEPTH:
            raise InvalidStatement(
                _("The archives are nested too deep"),
                element=prefix.rstrip("/"),
                expected=_("at most an archive within an archive"),
            )
        packed = _gzipped if head.startswith(_GZIP) else _zipped
        for name, opened in packed(stream, prefix):
            self._count += 1
            if self._count > MAX_MEMBERS:
                raise InvalidStatement(
                    _("The archive holds too many files"),
                    expected=_("at most %(most)s", most=MAX_MEMBERS),
                )
            with tempfile.SpooledTemporaryFile(max_size=_SPOOL_SIZE) as copy:
                with opened as source:
                    self._unpack(source, copy, name)
                copy.seek(0)
                first = copy.read(_CHUNK)
                copy.seek(0)
                if is_archive(first):
                    yield from self.members(copy, first, f"{name}/", depth + 1)
                else:
                    yield name, copy

    def _unpack(self, source, copy, name: str) -> None:
        size = 0
        while chunk := source.read(_CHUNK):
            size += len(chunk)
            self._unpacked += len(chunk)
            if size > MAX_MEMBER_SIZE or self._unpacked > MAX_TOTAL_SIZE:
                raise InvalidStatement(
                    _("The archive is too large when unpacked"),
                    element=name,
                    expected=_(
                        "at most %(most)s MB a file, %(total)s MB in all",
                        most=MAX_MEMBER_SIZE >> 20,
                        total=MAX_TOTAL_SIZE >> 20,
                    ),
                )
            if self._unpacked > max(FREE_SIZE, MAX_RATIO * self._size):
                raise InvalidStatement(
                    _("The archive unpacks to far more than statements do"),
                    element=name,
                    expected=_("at most %(most)s times its size", most=MAX_RATIO),
                )
            copy.write(chunk)


class _Source:
    """A member while it is unpacked; any damage is told with the member's name.

    :param size: how many bytes it must have, if that is declared
    """

    def __init__(self, stream, name: str, size: int | None):
        self._stream = stream
        self._name = name
        self._missing = size

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._stream.close()

    def read(self, size: int) -> bytes:
        try:
            chunk = self._stream.read(size)
        except _DAMAGE as error:
            raise _damaged(self._name, error) from error
        if self._missing is not None:
            self._missing -= len(chunk)
            if not chunk and self._missing:
                raise _damaged(self._name, _("its size is not as declared"))
        return chunk


def _gzipped(stream, prefix: str):
    stream.seek(0)
    name = f"{prefix}content"
    yield name, _Source(gzip.GzipFile(fileobj=stream, mode="rb"), name, None)


def _zipped(stream, prefix: str):
    _check_directory(stream, prefix)
    try:
        archive = zipfile.ZipFile(stream)
    except _DAMAGE as error:
        raise _damaged(prefix.rstrip("/"), error) from error
    with archive:
        for info in archive.infolist():
            if info.is_dir() or _is_junk(info.filename):
                continue
            name = f"{prefix}{info.filename}"
            _check_member(info, name)
            try:
                opened = archive.open(info)
            except _DAMAGE as error:
                raise _damaged(name, error) from error
            yield name, _Source(opened, name, info.file_size)


def _check_directory(stream, prefix: str) -> None:
    """Refuse a directory that would fill the memory, before it is read."""
    size = stream.seek(0, 2)
    stream.seek(max(0, size - 66_000))
    tail = stream.read()
    place = tail.rfind(_END_RECORD)
    record = tail[place : place + 22]
    if place < 0 or len(record) < 22:
        raise _damaged(prefix.rstrip("/"), _("its directory at the end is missing"))
    (directory_size,) = struct.unpack("<I", record[12:16])
    if directory_size > _MAX_DIRECTORY_SIZE:
        raise InvalidStatement(
            _("The archive holds too many files"),
            element=prefix.rstrip("/") or None,
            expected=_("at most %(most)s", most=MAX_MEMBERS),
        )


def _check_member(info: zipfile.ZipInfo, name: str) -> None:
    if info.flag_bits & _ENCRYPTED:
        raise InvalidStatement(
            _("The archive is protected by a password"),
            element=name,
            expected=_("one without password"),
        )
    if info.compress_type not in _METHODS:
        raise InvalidStatement(
            _("The file is packed in an unusual way"),
            element=name,
            expected=_("the methods stored or deflate"),
            found=zipfile.compressor_names.get(info.compress_type, info.compress_type),
        )
    if info.file_size > MAX_MEMBER_SIZE:
        raise InvalidStatement(
            _("The archive is too large when unpacked"),
            element=name,
            expected=_("at most %(most)s MB a file", most=MAX_MEMBER_SIZE >> 20),
        )


def _damaged(name: str, reason) -> InvalidStatement:
    return InvalidStatement(
        _("The archive is damaged or cut off (%(reason)s)", reason=reason),
        element=name or None,
        expected=_("a complete archive"),
    )


def _is_junk(name: str) -> bool:
    """What operating systems add by themselves."""
    base = name.rpartition("/")[2]
    return name.startswith("__MACOSX/") or base.startswith("._") or base in _JUNK_NAMES


def _is_document(name: str) -> bool:
    return name in _DOCUMENT_NAMES or name.startswith(_DOCUMENT_FOLDERS)


def first_names(head: bytes) -> Iterator[str]:
    """Names of the members whose headers are in a ZIP's first bytes."""
    place = 0
    while head.startswith(_LOCAL_HEADER, place) and len(head) >= place + 30:
        (flags,) = struct.unpack_from("<H", head, place + 6)
        (size,) = struct.unpack_from("<I", head, place + 18)
        name_size, extra_size = struct.unpack_from("<HH", head, place + 26)
        start = place + 30
        yield head[start : start + name_size].decode("utf-8", "replace")
        place = start + name_size + extra_size + size
        if flags & _STREAMED and not size:
            # The size stands behind the data, after a mark that is optional but usual.
            end = head.find(_DESCRIPTOR, place)
            if end < 0:
                return
            place = end + 16
