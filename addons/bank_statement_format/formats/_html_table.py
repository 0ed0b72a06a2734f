"""The rows of the tables in an HTML page, which some banks send under the name ``.xls``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree, html

from ..errors import InvalidStatement
from ..messages import _
from ._table_source import Row

MAX_HTML = 32 * 1024 * 1024


class HtmlRows:
    """All rows of all tables, in the order of the page; tables within tables are not looked at."""

    ends = True  # otherwise it could not have been opened

    def __init__(self, stream: BinaryIO):
        stream.seek(0)
        data = stream.read(MAX_HTML + 1)
        if len(data) > MAX_HTML:
            raise InvalidStatement(
                _("The page is too big"), expected=_("%(most)s MB at most", most=MAX_HTML >> 20)
            )
        if b"</table" not in data.lower().replace(b"\0", b""):
            raise InvalidStatement(_("The page has no end, so it was cut off"), expected="</table>")
        try:
            self._page = html.document_fromstring(
                data, parser=html.HTMLParser(no_network=True, huge_tree=False)
            )
        except (etree.LxmlError, ValueError, AssertionError) as error:
            raise InvalidStatement(_("The page cannot be read (%(error)s)", error=error)) from None

    def rows(self) -> Iterator[Row]:
        for number, line in enumerate(self._page.iter("tr"), start=1):
            cells = [
                text
                for cell in line.iterchildren("td", "th")
                for text in _with_span(cell, " ".join(cell.text_content().split()))
            ]
            if any(cells):
                yield Row(cells, line.sourceline or number, "\t".join(cells).rstrip("\t"))


def _with_span(cell, text: str) -> list[str]:
    """The text, and an empty cell for each further column that the cell covers."""
    span = cell.get("colspan", "1")
    return [text] + [""] * (min(int(span), 100) - 1 if span.isdigit() and int(span) else 0)
