"""The rows of an XML Spreadsheet 2003, which some banks send under the name ``.xls``."""

from __future__ import annotations

from typing import BinaryIO

from ..errors import InvalidStatement
from ..messages import _
from ._table_source import KeptRows, Row
from ._table_values import DateCell
from ._workbook import MAX_FILE, number_cell
from ._xml import element_names, local_name, read_events, refusal

MAX_COLUMNS = 1_000
_NAMESPACE = "urn:schemas-microsoft-com:office:spreadsheet"
_TYPE, _INDEX, _ACROSS = (f"{{{_NAMESPACE}}}{name}" for name in ("Type", "Index", "MergeAcross"))


def is_xml_workbook(head: bytes) -> bool:
    """Whether the bytes begin such a workbook."""
    named = _NAMESPACE.encode() in head.replace(b"\0", b"")
    return named and next(element_names(head), None) == "Workbook"


def xml_sheets(stream: BinaryIO) -> list[KeptRows]:
    """The sheets of a workbook; rows have the numbers that people see.

    :raises InvalidStatement: when it is too big, not well-formed, or has unreadable cells
    """
    if stream.seek(0, 2) > MAX_FILE:
        raise InvalidStatement(
            _("The workbook is too big"), expected=_("%(most)s MB at most", most=MAX_FILE >> 20)
        )
    stream.seek(0)
    sheets: list[KeptRows] = []
    number = 0
    for event, element in read_events(stream, ("Workbook", "Worksheet", "Row")):
        name = local_name(element)
        if event == "start" and name == "Worksheet":
            sheets.append(KeptRows([]))
            number = 0
        elif event == "end" and name == "Row" and sheets:
            number = _number(element, _INDEX) or number + 1
            cells = _cells(element)
            if any(cells):
                sheets[-1].kept.append(Row(cells, number, "\t".join(cells).rstrip("\t")))
            element.clear()
    return sheets


def _cells(row) -> list[str]:
    cells: list[str] = []
    for cell in row.iterchildren("{*}Cell"):
        # Empty cells are left out: the next one tells its place.
        left_out = (_number(cell, _INDEX) or len(cells) + 1) - 1 - len(cells)
        covered = _number(cell, _ACROSS)
        if len(cells) + max(left_out, 0) + covered >= MAX_COLUMNS:
            raise refusal(
                _("The row is too wide"),
                cell,
                "Cell",
                _("less than %(most)s columns", most=MAX_COLUMNS),
            )
        cells += [""] * left_out + [_text(cell)] + [""] * covered
    return cells


def _text(cell) -> str:
    """What the cell holds, remembering the types that the workbook tells."""
    data = next(cell.iterchildren("{*}Data"), None)
    if data is None:
        return ""
    text, kind = "".join(data.itertext()).strip(), data.get(_TYPE)
    try:
        if kind == "Number" and text:
            return number_cell(float(text))
    except ValueError:
        raise refusal(_("The number is not readable"), data, "Data", _("a number")) from None
    return DateCell(text[:10]) if kind == "DateTime" and text else text


def _number(element, attribute: str) -> int:
    text = element.get(attribute)
    if text is None:
        return 0
    if not text.isdecimal() or len(text) > 7:
        name = attribute.rpartition("}")[2]
        raise refusal(
            _("The %(name)s is not readable", name=name),
            element,
            local_name(element),
            _("a number"),
        )
    return int(text)
