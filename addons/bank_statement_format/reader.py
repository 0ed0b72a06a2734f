"""From bytes to statements: recognise the format, then let it parse."""

from __future__ import annotations

import codecs
import dataclasses
import tempfile
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from .errors import AmbiguousFormat, InvalidStatement, StatementError, UnknownFormat
from .messages import _
from .registry import Format, formats
from .types import Event, Statement, Transaction

HEAD_SIZE = 64 * 1024
"""How much of a file, in bytes, a format may look at to recognise it."""

_SPOOL_SIZE = 8 * 1024 * 1024


def detect(name: str, stream: BinaryIO, known: Mapping[str, Format] | None = None) -> Format:
    """The one format that recognises the file.

    :param known: the formats that are tried; all when None
    :raises UnknownFormat: when none does
    :raises AmbiguousFormat: when several do; the message names them
    """
    stream.seek(0)
    head = stream.read(HEAD_SIZE)
    stream.seek(0)
    if not head.strip(b"\0\t\r\n \xef\xbb\xbf"):
        raise UnknownFormat(_("The file is empty"))
    known = formats() if known is None else known
    candidates = [fmt for fmt in known.values() if fmt.sniff(name, head)]
    if len(candidates) > 1:
        names = ", ".join(fmt.label for fmt in candidates)
        raise AmbiguousFormat(_("The file could be any of: %(names)s", names=names))
    if not candidates:
        names = ", ".join(fmt.label for fmt in known.values())
        raise UnknownFormat(_("No format recognises the file (known: %(names)s)", names=names))
    return candidates[0]


def parse(fmt: Format, stream: BinaryIO) -> Iterator[Event]:
    """Stream the file's events; any failure is a :class:`StatementError`."""
    stream.seek(0)
    try:
        yield from fmt.parse(stream)
    except StatementError:
        raise
    except (ValueError, ArithmeticError, LookupError, TypeError, RecursionError) as error:
        # A format's own slip on hostile bytes must refuse the file, never half-read it.
        raise InvalidStatement(
            _(
                "The file breaks the format %(label)s (%(name)s: %(error)s)",
                label=fmt.label,
                name=type(error).__name__,
                error=error,
            )
        ) from error


def recoded(stream: BinaryIO, encoding: str) -> BinaryIO:
    """The text file as UTF-8 with a byte order mark, which every text format obeys.

    For files whose encoding a person has told, see :class:`UnclearEncoding`.

    :param encoding: a name that Python knows
    :raises InvalidStatement: when the file is not in that encoding
    """
    stream.seek(0)
    reader = codecs.getreader(encoding)(stream)
    copy = tempfile.SpooledTemporaryFile(max_size=_SPOOL_SIZE)  # noqa: SIM115
    try:
        copy.write(codecs.BOM_UTF8)
        while text := reader.read(HEAD_SIZE):
            copy.write(text.encode())
    except UnicodeError as error:
        copy.close()
        raise InvalidStatement(
            _("The file is not in the encoding that was chosen"), expected=encoding
        ) from error
    copy.seek(0)
    return copy


def read_statements(name: str, stream: BinaryIO) -> tuple[Format, list[Statement]]:
    """Read a whole file into memory, transactions included.

    For files of ordinary size and for tests; a pipeline streams with :func:`parse`.
    """
    fmt = detect(name, stream)
    statements: list[Statement] = []
    transactions: list[Transaction] = []
    for event in parse(fmt, stream):
        if isinstance(event, Transaction):
            transactions.append(event)
        else:
            statements.append(dataclasses.replace(event, transactions=tuple(transactions)))
            transactions = []
    return fmt, statements
