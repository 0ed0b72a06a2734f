"""Writes text PDFs."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from decimal import Decimal

from ..types import Statement, Transaction

Text = tuple[float, float, str]
"""Where a text begins, in points from the page's left and upper edges, and the text."""

PAGE_WIDTH, PAGE_HEIGHT = 595, 842

EXAMPLE_PDF_PROFILE = {
    "kind": "pdf",
    "label": "Example Bank",
    "texts": ["Example Bank", "Account statement"],
    "header": {
        "iban": r"IBAN: ([A-Z]{2}[0-9]{2}[A-Z0-9 ]+)",
        "currency": "Currency: ([A-Z]{3})",
        "number": "Number: ([0-9]+)",
        "date": r"Date: ([0-9.]+)",
    },
    "opening": r"^Opening balance +(?P<amount>\S+)$",
    "closing": r"^Closing balance +(?P<amount>\S+)$",
    "row": (
        r"(?P<booking_date>\d\d\.\d\d\.) +(?P<value_date>\d\d\.\d\d\.)"
        r"(?: +(?P<name>.*?))? +(?P<amount>[0-9.,]+[+-])"
    ),
    "continuation": ["Code: (?P<code>.+)", "IBAN: (?P<iban>.+)"],
    "indent": 120,
    "ignore": ["^Page [0-9]+$", "^Carried forward", "^Brought forward", "^Date +Value +Text"],
    "dates": ["%d.%m.%Y", "%d.%m."],
    "decimal": ",",
    "thousands": ".",
}
"""A profile that reads what :func:`pdf_example` writes: a start for a bank's own one."""

_ROWS_PER_PAGE = 12
_LEFT, _TEXT, _RIGHT = 50, 130, 500


def pdf(pages: Iterable[Iterable[Text]], *, size: int = 9, compress: bool = False) -> bytes:
    """A PDF with texts at places, in Helvetica.

    :raises UnicodeEncodeError: for texts beyond Windows-1252
    """
    contents = [_content(texts, size) for texts in pages]
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(contents)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(contents)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, content in enumerate(contents):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {PAGE_WIDTH} {PAGE_HEIGHT}] "
            f"/Contents {5 + 2 * number} 0 R /Resources << /Font << /F1 3 0 R >> >> >>".encode()
        )
        objects.append(pdf_stream(content, compress=compress))
    return pdf_file(objects)


def pdf_stream(data: bytes, *, compress: bool = False) -> bytes:
    """A stream object."""
    entries = ""
    if compress:
        data, entries = zlib.compress(data, 9), "/Filter /FlateDecode "
    return b"<< %s/Length %d >>\nstream\n%s\nendstream" % (entries.encode(), len(data), data)


def pdf_file(objects: Iterable[bytes], trailer: str = "") -> bytes:
    """A PDF of these objects, numbered from 1, the first one being its catalog.

    :param trailer: more entries of the trailer
    """
    data = bytearray(b"%PDF-1.4\n")
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
    for place in places:
        data += b"%010d 00000 n \n" % place
    data += f"trailer\n<< /Size {len(places) + 1} /Root 1 0 R {trailer}>>\n".encode()
    data += b"startxref\n%d\n%%%%EOF\n" % start
    return bytes(data)


def pdf_example(statement: Statement, *, compress: bool = False) -> bytes:
    """A statement as :data:`EXAMPLE_PDF_PROFILE` describes it.

    It has dates without years, counterparties' names, accounts, codes and remittance, and
    needs both balances and the end date.
    """
    rows = list(statement.transactions)
    chunks = [rows[i : i + _ROWS_PER_PAGE] for i in range(0, len(rows), _ROWS_PER_PAGE)] or [[]]
    pages = []
    for number, chunk in enumerate(chunks, start=1):
        lines = _head(statement) if number == 1 else [[(_LEFT, "Brought forward")]]
        lines.append([(_LEFT, "Date"), (90, "Value"), (_TEXT, "Text")])
        for row in chunk:
            lines.extend(_row(row))
        if number < len(chunks):
            lines.append([(_LEFT, "Carried forward")])
        else:
            closing = _amount(statement.closing.amount)
            lines.append([(_LEFT, "Closing balance"), (_RIGHT, closing)])
        lines.append([(_LEFT, f"Page {number}")])
        pages.append(
            [(x, 40 + 12 * place, text) for place, line in enumerate(lines) for x, text in line]
        )
    return pdf(pages, compress=compress)


def _content(texts: Iterable[Text], size: int) -> bytes:
    parts = [b"BT /F1 %d Tf" % size]
    for x, y, text in texts:
        escaped = text.encode("cp1252")
        for mark in (b"\\", b"(", b")"):
            escaped = escaped.replace(mark, b"\\" + mark)
        parts.append(b"1 0 0 1 %g %g Tm (%s) Tj" % (x, PAGE_HEIGHT - y, escaped))
    return b"\n".join([*parts, b"ET"])


def _head(statement: Statement) -> list[list[tuple[float, str]]]:
    texts = (
        "Example Bank",
        "Account statement",
        f"IBAN: {statement.account.iban}",
        f"Currency: {statement.currency}",
        f"Number: {statement.number}" if statement.number else "",
        f"Date: {statement.end_date:%d.%m.%Y}",
    )
    lines = [[(_LEFT, text)] for text in texts if text]
    opening = _amount(statement.opening.amount)
    return [*lines, [(_LEFT, "Opening balance"), (_RIGHT, opening)]]


def _row(transaction: Transaction) -> Iterable[list[tuple[float, str]]]:
    party = transaction.counterparty
    value_date = transaction.value_date or transaction.booking_date
    sign = "-" if transaction.amount < 0 else "+"
    yield [
        (_LEFT, f"{transaction.booking_date:%d.%m.}"),
        (90, f"{value_date:%d.%m.}"),
        *([(_TEXT, party.name)] if party.name else ()),
        (_RIGHT, f"{_amount(abs(transaction.amount))}{sign}"),
    ]
    for label, text in (("Code", transaction.code), ("IBAN", party.iban)):
        if text:
            yield [(_TEXT, f"{label}: {text}")]
    if transaction.remittance:
        yield [(_TEXT, transaction.remittance)]


def _amount(amount: Decimal) -> str:
    return f"{amount:,.2f}".translate({ord(","): ".", ord("."): ","})
