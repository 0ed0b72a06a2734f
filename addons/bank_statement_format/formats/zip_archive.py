"""ZIP archives (and single files packed with GZIP) of statements of any other format.

Each file within is recognised and read as if it came by itself; its statements' dialect
says how, such as camt.053 or csv/demo_bank. An archive may hold archives, but these none.

All or nothing: a file that no format recognises, or that its format refuses, refuses the
archive, and the message names it. Folders and what operating systems add by themselves
(__MACOSX, .DS_Store, Thumbs.db) are passed over. Nothing else is left out: a file that is
in the archive twice is read twice, since telling duplicates is the caller's business.

Refused are archives with a password, with a damaged or missing directory, with wrong
checksums or sizes, with other methods than stored and deflate, with more than 1,000 files,
and those that unpack to more than 1 GB a file, 2 GB in all, or 200 times their own size.
The names within are never used as paths. Office documents (.xlsx, .ods, .docx) are ZIP
archives too, but not these.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import BinaryIO

from ..errors import InvalidStatement, StatementError
from ..messages import Message, _
from ..reader import detect, parse
from ..registry import ContainerFormat, Format, formats
from ..types import Event, Statement
from ._zip_members import is_archive, members

__all__ = ["ZipArchive", "members"]


class ZipArchive(ContainerFormat):
    """Archives whose files are of other formats."""

    name = "zip"
    label = "ZIP archive"
    recognised_by = "the signature of ZIP or GZIP, without the parts of an office document"
    extensions = (".zip", ".gz")

    def sniff(self, name: str, head: bytes) -> bool:
        return is_archive(head)

    def parse(self, stream: BinaryIO) -> Iterator[Event]:
        known = formats() if self.known is None else self.known
        inner = {name: fmt for name, fmt in known.items() if not isinstance(fmt, ContainerFormat)}
        found = False
        for name, member in members(stream):
            try:
                fmt = detect(name, member, inner)
                for event in parse(fmt, member):
                    found |= isinstance(event, Statement)
                    yield _told(event, fmt)
            except StatementError as error:
                _name_member(error, name)
                raise
        if not found:
            raise InvalidStatement(
                _("The archive contains no statement"), expected=_("statement files")
            )


def _told(event: Event, fmt: Format) -> Event:
    """The event, its statement telling the format that it was found in."""
    if not isinstance(event, Statement):
        return event
    dialect = f"{fmt.name}/{event.dialect}" if event.dialect else fmt.name
    return dataclasses.replace(event, dialect=dialect)


def _name_member(error: StatementError, name: str) -> None:
    """Tell in the error in which member it is."""
    error.message = Message("%(name)s: %(message)s", {"name": name, "message": error.message})
    if error.element:
        error.element = Message("%(name)s, %(place)s", {"name": name, "place": error.element})
    else:
        error.element = name
