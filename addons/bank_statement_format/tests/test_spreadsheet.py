"""Workbooks: read like text, opened with care."""

import datetime
import io
import zipfile
from decimal import Decimal

import pytest
from hypothesis import given, settings

from bank_statement_format import InvalidStatement, StatementError, detect, testing
from bank_statement_format.formats._table_values import NumberCell
from bank_statement_format.formats._workbook import kind_of, number_cell
from bank_statement_format.tables import preview

from .helpers import cuts, parse_as, read, read_one
from .test_table_discovery import statements, without_raw

pytest.importorskip("python_calamine")

DAY = datetime.date
ROWS = [
    ["Date", "Text", "Amount", "Balance"],
    [DAY(2024, 1, 30), "a", Decimal("10.10"), Decimal("110.10")],
    [DAY(2024, 1, 31), "b", Decimal("-0.2"), Decimal("109.9")],
]


@pytest.mark.parametrize("write", [testing.xlsx, testing.ods, testing.xml_workbook])
@given(written=statements())
@settings(max_examples=25)
def test_workbooks_are_read_back_as_they_were_written(write, written):
    data = write(testing.table_rows([written]))
    assert detect("x", io.BytesIO(data)).name == "spreadsheet"
    assert without_raw(read_one(data)) == written


def test_old_excel():
    xlwt = pytest.importorskip("xlwt")
    book = xlwt.Workbook()
    sheet = book.add_sheet("One")
    style = xlwt.easyxf(num_format_str="DD.MM.YYYY")
    for number, row in enumerate(ROWS):
        for place, cell in enumerate(row):
            if isinstance(cell, DAY):
                sheet.write(number, place, cell, style)
            else:
                sheet.write(number, place, float(cell) if isinstance(cell, Decimal) else cell)
    data = io.BytesIO()
    book.save(data)
    statement = read_one(data.getvalue())
    assert [t.amount for t in statement.transactions] == [Decimal("10.1"), Decimal("-0.2")]
    assert statement.opening.amount == 100 and statement.balanced


@pytest.mark.parametrize(
    "value, text",
    [
        (0.1 + 0.2, "0.3"),
        (1234.56, "1234.56"),
        (-0.0, "-0"),
        (100.0, "100"),
        (1e15, "1000000000000000"),
        (123456789.1 + 0.01, "123456789.11"),
        (1e-9, "0"),
    ],
)
def test_numbers_without_binary_noise(value, text):
    assert (number_cell(value), type(number_cell(value))) == (text, NumberCell)


def test_amounts_that_are_no_money_are_refused():
    rows = [ROWS[0][:3], *(row[:2] + [Decimal(1) / 3] for row in ROWS[1:])]
    with pytest.raises(StatementError):
        read(testing.xlsx(rows))


def test_several_sheets_are_several_statements_and_others_are_passed_over():
    notes = [["Please note"], ["nothing"]]
    data = testing.xlsx(notes, ROWS, ROWS)
    assert [s.count for s in read(data)] == [2, 2]


def test_typed_cells_prove_a_table_whose_titles_nobody_knows():
    titles = ["Wann", "Was", "Wie viel", "Danach"]
    statement = read_one(testing.xlsx([["Auszug"], titles, *ROWS[1:]]))
    assert [t.amount for t in statement.transactions] == [Decimal("10.1"), Decimal("-0.2")]
    assert statement.balanced


def test_lines_around_the_table():
    data = testing.xlsx([["My Bank"], ["Account", "123"], *ROWS, ["Total", "", Decimal(1)]])
    assert read_one(data).count == 2


def test_a_preview_of_a_workbook():
    found = preview("x.xlsx", io.BytesIO(testing.xlsx([["My Bank"], *ROWS])))
    assert (found.source, found.delimiter, found.header_row) == ("xlsx", None, 1)
    assert found.rows[2] == ("2024-01-30", "a", "10.1", "110.1")
    assert found.statement.balanced


@pytest.mark.parametrize("data", cuts(testing.xlsx(ROWS)) + cuts(testing.ods(ROWS)))
def test_a_cut_workbook_is_refused(data):
    with pytest.raises(StatementError):
        read(data)


def test_other_archives_are_not_claimed():
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("statement.csv", "Date,Text,Amount\n2024-01-31,a,-1.00\n")
    assert detect("x.zip", data).name != "spreadsheet"


def test_other_office_documents_are_refused():
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<document/>")
    with pytest.raises(InvalidStatement, match="no workbook"):
        read(data.getvalue())


@pytest.mark.parametrize(
    "head", [b"\x09\x04\x06\x00\x00\x00\x10\x00", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]
)
def test_what_cannot_be_opened_is_refused(head):
    with pytest.raises(InvalidStatement):
        read(head + b"\0" * 600)


def test_a_workbook_that_unpacks_to_too_much_is_refused():
    data = io.BytesIO(testing.xlsx(ROWS))
    with zipfile.ZipFile(data, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", b" " * (40 << 20))
    with pytest.raises(InvalidStatement, match="unpacks"):
        read(data.getvalue())


def sheet_xml(cells: str) -> bytes:
    data = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(testing.xlsx(ROWS))) as source,
        zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in source.namelist():
            text = source.read(name).decode()
            if "sheet1" in name:
                text = text.replace("</sheetData>", f"{cells}</sheetData>")
            archive.writestr(name, text)
    return data.getvalue()


def test_cells_that_are_far_away_are_refused_unless_they_are_empty():
    far = '<row r="1048576"><c r="XFD1048576" s="1">{}</c></row>'
    with pytest.raises(InvalidStatement, match="too big"):
        read(sheet_xml(far.format("<v>1</v>")))
    empty = '<row r="1048576"><c r="XFD1048576" s="1"/></row>'
    assert read_one(sheet_xml(empty)).count == 2


def test_repeated_cells_are_counted_before_they_are_made():
    data = testing.ods(ROWS)
    bomb = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(bomb, "w") as archive:
        archive.writestr("mimetype", source.read("mimetype"))
        row = (
            b'<table:table-row table:number-rows-repeated="1000000"><table:table-cell '
            b'table:number-columns-repeated="1000" office:value-type="float" office:value="1">'
            b"</table:table-cell></table:table-row></table:table>"
        )
        content = source.read("content.xml").replace(b"</table:table>", row)
        archive.writestr("content.xml", content)
    with pytest.raises(InvalidStatement, match="too big"):
        read(bomb.getvalue())


def test_an_xml_spreadsheet():
    data = testing.xml_workbook([["Please note"]], ROWS)
    statement = read_one(data)
    assert [t.amount for t in statement.transactions] == [Decimal("10.1"), Decimal("-0.2")]
    assert statement.balanced
    assert preview("x.xls", io.BytesIO(data)).source == "xml"
    with pytest.raises(InvalidStatement, match="cut off"):
        read(data[:-20])


@pytest.mark.parametrize(
    "cell, reason",
    [
        ('<Cell ss:Index="9999999"><Data ss:Type="String">x</Data></Cell>', "too wide"),
        ('<Cell ss:MergeAcross="1e9"/>', "MergeAcross"),
        ('<Cell><Data ss:Type="Number">1,5</Data></Cell>', "number is not readable"),
    ],
)
def test_broken_cells_of_an_xml_spreadsheet_are_refused(cell, reason):
    data = testing.xml_workbook(ROWS).replace(b"</Row>", cell.encode() + b"</Row>", 1)
    with pytest.raises(InvalidStatement, match=reason):
        read(data)


HTML = """<html><head><meta charset="utf-8"></head><body><table>
<tr><td colspan="3">My Bank</td></tr>
<tr><th>Date</th><th>Text</th><th>Amount</th></tr>
<tr><td>31.01.2024</td><td>Müller</td><td>-1.234,50&nbsp;€</td></tr>
<tr><td>30.01.2024</td><td>b</td><td>-2,00&nbsp;€</td></tr>
</table></body></html>"""


def test_a_page_that_pretends_to_be_a_workbook():
    (first, _, statement) = parse_as("spreadsheet", HTML.encode())
    assert (first.amount, first.remittance) == (Decimal("-1234.50"), "Müller")
    assert statement.currency == "EUR"
    with pytest.raises(InvalidStatement, match="cut off"):
        read(HTML[:-60].encode())


class Unseekable(io.RawIOBase):
    """What an archive is written to that learns the size of a member only behind it."""

    def __init__(self):
        self.data = b""

    def writable(self):
        return True

    def write(self, data):
        self.data += bytes(data)
        return len(data)


@pytest.mark.parametrize("packing", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("names", [("a.xlsx", "b.xlsx"), ("a.csv", "b.xlsx")])
def test_a_workbook_within_an_archive_is_not_the_archive(packing, names):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", packing) as archive:
        for name in names:
            archive.writestr(name, testing.xlsx(ROWS) if "xlsx" in name else "a,b\n")
    assert detect("x", data).name == "zip"
    assert kind_of(data.getvalue()[: 1 << 16]) is None


@pytest.mark.parametrize("level", [0, 9])
def test_archives_that_tell_sizes_behind_the_data(level):
    def written(members: dict[str, bytes]) -> bytes:
        target = Unseekable()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
            for name, content in members.items():
                archive.writestr(name, content)
        return target.data

    assert kind_of(written({"a.xlsx": testing.xlsx(ROWS), "b": b"b"})) is None
    with zipfile.ZipFile(io.BytesIO(testing.xlsx(ROWS))) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    assert kind_of(written({"docProps/app.xml": b"<x/>" * 500, **parts})) == "xlsx"
    assert read_one(written(parts)).count == 2
