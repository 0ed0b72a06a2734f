"""Writes tables."""

from __future__ import annotations

import csv
import datetime
import io
import zipfile
from collections.abc import Iterable, Iterator
from decimal import Decimal
from xml.sax.saxutils import escape

from ..types import Statement, Transaction

_DEMO_BANK_HEADER = (
    "Auftragskonto",
    "Buchungstag",
    "Valuta",
    "Empfänger/Auftraggeber",
    "IBAN",
    "BIC",
    "Buchungsart",
    "Verwendungszweck",
    "Referenz",
    "Ende-zu-Ende",
    "Mandat",
    "Gläubiger-ID",
    "Bankreferenz",
    "Status",
    "Betrag",
    "Währung",
    "Saldo",
)


def csv_demo_bank(statements: Iterable[Statement], *, encoding: str = "cp1252") -> bytes:
    """A CSV as the profile ``demo_bank`` declares it: newest row first.

    Original amounts and charges have no column there. The running balance starts
    from the statement's opening balance and is left out when that is not known.

    :raises UnicodeEncodeError: for texts that the encoding cannot write
    """
    text = io.StringIO()
    text.write("Demo Bank;Umsatzexport\r\n\r\n")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(_DEMO_BANK_HEADER)
    count = 0
    for statement in statements:
        rows = list(_demo_bank_rows(statement))
        count += len(rows)
        writer.writerows(reversed(rows))
    writer.writerow(("Anzahl Umsätze", count))
    return text.getvalue().encode(encoding)


def _demo_bank_rows(statement: Statement) -> Iterable[tuple]:
    """The statement's rows, oldest first."""
    balance = statement.opening.amount if statement.opening else None
    for transaction in statement.transactions:
        if balance is not None and transaction.booked:
            balance += transaction.amount
        party = transaction.counterparty
        yield (
            statement.account.label,
            _german_date(transaction.booking_date),
            _german_date(transaction.value_date),
            party.name,
            party.iban,
            party.bic,
            transaction.code,
            transaction.remittance,
            transaction.reference,
            transaction.end_to_end_id,
            transaction.mandate_id,
            transaction.creditor_id,
            transaction.bank_reference,
            "gebucht" if transaction.booked else "vorgemerkt",
            _german_amount(transaction.amount),
            transaction.currency,
            _german_amount(balance) if transaction.booked else "",
        )


def _german_date(date: datetime.date | None) -> str:
    return f"{date:%d.%m.%Y}" if date else ""


def _german_amount(amount: Decimal | None) -> str:
    if amount is None:
        return ""
    return f"{amount:,f}".translate({ord(","): ".", ord("."): ","})


_TITLES = (
    "Account",
    "Booking date",
    "Value date",
    "Counterparty name",
    "Counterparty IBAN",
    "BIC",
    "Description",
    "End-to-end ID",
    "Amount",
    "Currency",
    "Balance",
)

Cell = str | datetime.date | Decimal | None


def table_rows(statements: Iterable[Statement]) -> Iterator[list[Cell]]:
    """A table that no profile knows, with a header and a running balance, oldest row first."""
    yield list(_TITLES)
    for statement in statements:
        balance = statement.opening.amount if statement.opening else None
        for transaction in statement.transactions:
            if balance is not None:
                balance += transaction.amount
            yield _cells(statement, transaction, balance)


def _cells(statement: Statement, transaction: Transaction, balance: Decimal | None) -> list[Cell]:
    party = transaction.counterparty
    return [
        statement.account.label,
        transaction.booking_date,
        transaction.value_date,
        party.name,
        party.iban,
        party.bic,
        transaction.remittance,
        transaction.end_to_end_id,
        transaction.amount,
        transaction.currency,
        balance,
    ]


def csv_table(
    rows: Iterable[list[Cell]],
    *,
    delimiter: str = ",",
    decimal: str = ".",
    date: str = "%Y-%m-%d",
    encoding: str = "utf-8",
) -> bytes:
    """Any rows as delimited text."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    for row in rows:
        writer.writerow([_as_text(cell, decimal, date) for cell in row])
    return text.getvalue().encode(encoding)


def _as_text(cell: Cell, decimal: str, date: str) -> str:
    if isinstance(cell, datetime.date):
        return cell.strftime(date)
    if isinstance(cell, Decimal):
        return f"{cell:f}".replace(".", decimal)
    return cell or ""


def xlsx(*sheets: Iterable[list[Cell]]) -> bytes:
    """Any rows as a workbook in Office Open XML, with dates and numbers as such."""
    numbers = range(1, len(sheets) + 1)
    names = "".join(f'<sheet name="Sheet {n}" sheetId="{n}" r:id="r{n}"/>' for n in numbers)
    relations = "".join(
        f'<Relationship Id="r{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="{_SHEET_TYPE}.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        f"<sheets>{names}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'{relations}<Relationship Id="s" Type="{_OFFICE}/styles" Target="styles.xml"/>'
        "</Relationships>",
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><cellXfs count="2"><xf numFmtId="0"/>'
        '<xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>',
    }
    for number, rows in zip(numbers, sheets, strict=True):
        parts[f"xl/worksheets/sheet{number}.xml"] = _xlsx_sheet(rows)
    return _zipped(parts)


_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_DAY_ZERO = datetime.date(1899, 12, 30)


def _xlsx_sheet(rows: Iterable[list[Cell]]) -> str:
    lines = (
        f'<row r="{number}">'
        + "".join(_xlsx_cell(f"{_letter(n)}{number}", cell) for n, cell in enumerate(row))
        + "</row>"
        for number, row in enumerate(rows, start=1)
    )
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'


def _xlsx_cell(place: str, cell: Cell) -> str:
    if cell is None or cell == "":
        return ""
    if isinstance(cell, datetime.date):
        return f'<c r="{place}" s="1"><v>{(cell - _DAY_ZERO).days}</v></c>'
    if isinstance(cell, Decimal):
        return f'<c r="{place}"><v>{float(cell)!r}</v></c>'
    text = f'<t xml:space="preserve">{escape(cell)}</t>'
    return f'<c r="{place}" t="inlineStr"><is>{text}</is></c>'


def _letter(number: int) -> str:
    return chr(ord("A") + number)


def ods(*sheets: Iterable[list[Cell]]) -> bytes:
    """Any rows as a workbook in OpenDocument, with dates and numbers as such."""
    tables = "".join(
        f'<table:table table:name="Sheet {number}">{"".join(map(_ods_row, rows))}</table:table>'
        for number, rows in enumerate(sheets, start=1)
    )
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    content = (
        f"<office:document-content {spaces}><office:body><office:spreadsheet>{tables}"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        "</manifest:manifest>"
    )
    return _zipped({"mimetype": kind, "META-INF/manifest.xml": manifest, "content.xml": content})


def _ods_row(row: list[Cell]) -> str:
    return f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>"


def _ods_cell(cell: Cell) -> str:
    if cell is None or cell == "":
        return "<table:table-cell/>"
    if isinstance(cell, datetime.date):
        kind, value = "date", f'office:date-value="{cell.isoformat()}"'
    elif isinstance(cell, Decimal):
        kind, value = "float", f'office:value="{cell:f}"'
    else:
        kind, value = "string", ""
    text = f"<text:p>{escape(str(cell))}</text:p>"
    return f'<table:table-cell office:value-type="{kind}" {value}>{text}</table:table-cell>'


def xml_workbook(*sheets: Iterable[list[Cell]]) -> bytes:
    """Any rows as an XML Spreadsheet 2003; cells without content are left out."""
    tables = "".join(
        f'<Worksheet ss:Name="Sheet {number}"><Table>{"".join(map(_xml_row, rows))}</Table>'
        "</Worksheet>\n"
        for number, rows in enumerate(sheets, start=1)
    )
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    return (
        '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n'
        f'<Workbook xmlns="{space}" xmlns:ss="{space}">{tables}</Workbook>'
    ).encode()


def _xml_row(row: list[Cell]) -> str:
    cells = "".join(
        f'<Cell ss:Index="{place}">{_xml_data(cell)}</Cell>'
        for place, cell in enumerate(row, start=1)
        if cell not in (None, "")
    )
    return f"<Row>{cells}</Row>\n"


def _xml_data(cell: Cell) -> str:
    if isinstance(cell, datetime.date):
        return f'<Data ss:Type="DateTime">{cell.isoformat()}T00:00:00.000</Data>'
    kind = "Number" if isinstance(cell, Decimal) else "String"
    return f'<Data ss:Type="{kind}">{escape(str(cell))}</Data>'


def _zipped(parts: dict[str, str]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            method = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(name, text, method)
    return data.getvalue()
