"""Tables in workbooks: XLSX, XLS and ODS.

A sheet is read like a CSV file: by a profile that knows its header, or by what its rows
prove. Dates and numbers that the workbook keeps as such are taken as they are, numbers
with the 15 digits that a workbook has and without binary noise; cells with text are read
as the profile declares. Formulas count with the value that was saved with them, and macros
are never run.

All sheets are looked at, and those that hold no table are passed over. When several sheets
hold a table, each of them is a statement of its own.

Refused with the reason: workbooks with a password, Excel 4.0 and older, Office documents
that are no workbook, damaged or cut archives, and what unpacks to far more than a
statement can be. Some banks send a page of HTML, or an XML Spreadsheet 2003, under the
name .xls; these are read too.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import BinaryIO

from ..errors import InvalidStatement
from ..messages import _
from ..types import Event
from ._html_table import HtmlRows
from ._table_clues import Finding
from ._table_format import TableFormat
from ._table_opening import finding_of, read_unknown
from ._table_reader import read_table
from ._table_source import KeptRows, RowSource
from ._workbook import Workbook, kind_of
from ._xml_workbook import is_xml_workbook, xml_sheets

_HTML = re.compile(
    rb"\s*(?:<!--.*?-->\s*)?<(?:!doctype\s+html|html|head|meta|table|style)\b", re.I | re.S
)


_MOST_KEPT = 200_000
"""Rows of a sheet that are kept in memory."""


class Spreadsheet(TableFormat):
    """Workbooks, and HTML that pretends to be one."""

    name = "spreadsheet"
    label = "Spreadsheet"
    recognised_by = "the structure of a workbook, an XML Spreadsheet 2003, or HTML with a table"
    extensions = (".xlsx", ".xls", ".ods")

    def sniff(self, name: str, head: bytes) -> bool:
        return kind_of_table(head) is not None

    def parse(self, stream: BinaryIO) -> Iterator[Event]:
        unknown: list[tuple[RowSource, Finding]] = []
        found = False
        for source in sheets_of(stream):
            top = [row.cells for row in itertools.islice(source.rows(), self.top_rows)]
            candidates = self.best(p for p in self.profiles() if self.begins(p, top))
            if candidates:
                found = True
                yield from read_table(self.only(candidates), source)
                continue
            source = _kept(source)
            if finding := finding_of(source):
                unknown.append((source, finding))
        if not found and not unknown:
            raise InvalidStatement(_("No sheet of the workbook holds a table of transactions"))
        for source, finding in unknown:
            yield from read_unknown(source, finding)


def _kept(source: RowSource) -> RowSource:
    """The rows in memory: unknown ones are read twice, and made of cells slowly."""
    rows = list(itertools.islice(source.rows(), _MOST_KEPT))
    return KeptRows(rows, ends=source.ends) if len(rows) < _MOST_KEPT else source


def kind_of_table(head: bytes) -> str | None:
    """What a file's first bytes begin: xlsx, xls, ods, html or xml; None for anything else."""
    if kind := kind_of(head):
        return kind
    if is_html_table(head):
        return "html"
    return "xml" if is_xml_workbook(head) else None


def is_html_table(head: bytes) -> bool:
    """Whether the bytes begin an HTML page that has a table."""
    start = head.removeprefix(b"\xef\xbb\xbf")
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        start = start.replace(b"\0", b"")[2:]
    return bool(_HTML.match(start)) and re.search(rb"<table\b", start, re.I) is not None


def sheets_of(stream: BinaryIO) -> list[RowSource]:
    """The tables of a file, each as rows.

    :raises InvalidStatement: when it cannot be opened
    """
    stream.seek(0)
    kind = kind_of_table(stream.read(1 << 16))
    if kind == "html":
        return [HtmlRows(stream)]
    return xml_sheets(stream) if kind == "xml" else list(Workbook(stream).sheets())
