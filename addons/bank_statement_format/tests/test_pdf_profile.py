"""Text PDFs, described by profiles."""

import dataclasses
import datetime
import io
import zlib
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bank_statement_format import (
    Account,
    AmbiguousFormat,
    Balance,
    Counterparty,
    ProfileError,
    Statement,
    StatementError,
    Transaction,
    UnknownFormat,
    detect,
    formats,
    formats_with,
    parse,
    profile_data,
    profile_from,
)
from bank_statement_format.formats import _pdf_lines, _pdf_reader
from bank_statement_format.testing import EXAMPLE_PDF_PROFILE, pdf, pdf_example
from bank_statement_format.testing.pdf import pdf_file, pdf_stream

from .helpers import CUSTOMER_IBAN, IBAN
from .test_round_trip import example, maybe, without_raw

COLUMNS = {
    "kind": "pdf",
    "label": "Bank of Columns",
    "texts": ["Kontoauszug", "Musterbank"],
    "header": {
        "account": "Konto ([0-9]+)",
        "date": "vom ([0-9.]+)",
        "count": "([0-9]+) Buchungen",
        "start_date": "Zeitraum ([0-9.]+) bis",
        "end_date": "bis ([0-9.]+)",
    },
    "opening": r"Alter Kontostand (?P<currency>[A-Z]{3}) (?P<amount>\S+) (?P<sign>[SH])",
    "closing": r"Neuer Kontostand (?P<currency>[A-Z]{3}) (?P<amount>\S+) (?P<sign>[SH])",
    "start": "^Datum +Text +Soll +Haben$",
    "end": "^(Übertrag|Neuer Kontostand)",
    "columns": {
        "booking_date": "40-100",
        "remittance": "100-350",
        "debit": "350-450",
        "credit": "450-560",
    },
    "ignore": "^ *Seite",
    "dates": ["%d.%m.%Y", "%d.%m."],
    "decimal": ",",
    "thousands": ".",
    "debit_signs": "S",
    "credit_signs": "H",
}


def columns_pages(*, closing="Neuer Kontostand EUR 1.050,00 H", more=()) -> list:
    head = [(50, 100, "Datum"), (110, 100, "Text"), (370, 100, "Soll"), (470, 100, "Haben")]
    return [
        [
            (50, 40, "Musterbank"),
            (200, 40, "Kontoauszug vom 03.01.2024"),
            (50, 52, "Konto 123456"),
            (50, 64, "Zeitraum 28.12.2023 bis 03.01.2024"),
            (50, 76, "Alter Kontostand EUR 100,00 S"),
            *head,
            (50, 112, "28.12."),
            (110, 112, "Gutschrift"),
            (480, 112, "1.200,00"),
            (110, 124, "Example GmbH"),
            (50, 136, "Übertrag"),
            (480, 136, "1.100,00"),
            (50, 800, "Bankverein, gegründet 1901"),
        ],
        [
            *head,
            (50, 112, "02.01."),
            (110, 112, "Lastschrift"),
            (380, 112, "50,00"),
            *more,
            (50, 300, closing),
            (50, 312, "2 Buchungen"),
        ],
    ]


def profile(data=EXAMPLE_PDF_PROFILE, name="example", **changes):
    return profile_from(name, {**data, **changes})


def events(data: bytes, *profiles) -> list:
    known = formats_with(profiles or [profile()])
    stream = io.BytesIO(data)
    return list(parse(detect("x", stream, known), stream))


def refused(data: bytes, *profiles) -> StatementError:
    with pytest.raises(StatementError) as refusal:
        events(data, *profiles)
    return refusal.value


def statement(items, opening=Decimal("100.00"), end=datetime.date(2024, 1, 31)) -> Statement:
    total = sum((item.amount for item in items), Decimal(0))
    dates = [item.booking_date for item in items]
    return Statement(
        account=Account(iban=IBAN),
        currency="EUR",
        opening=Balance(opening, min(dates, default=None)),
        closing=Balance(opening + total, max(dates, default=None)),
        number="7",
        count=len(items),
        total=total,
        start_date=min(dates, default=None),
        end_date=max(dates, default=None) if items else end,
        dialect="example",
        transactions=tuple(items),
    )


EXAMPLE = pdf_example(example()[0])


def test_rows_by_a_pattern():
    (written,) = example()
    *transactions, found = events(EXAMPLE)
    assert found.account == Account(IBAN) and found.number == "7" and found.currency == "EUR"
    assert (found.opening.amount, found.closing.amount, found.count) == (100, 105, 10)
    assert found.balanced and found.dialect == "example"
    assert [(t.amount, t.booking_date, t.value_date) for t in transactions] == [
        (t.amount, t.booking_date, t.value_date) for t in written.transactions
    ]
    first = transactions[0]
    assert first.counterparty == Counterparty("Müller", CUSTOMER_IBAN)
    assert first.remittance == 'Rechnung "1"; & <2>'
    assert first.raw.splitlines() == [
        "01.01.  01.01.  Müller  4,00-",
        f"IBAN: {CUSTOMER_IBAN}",
        'Rechnung "1"; & <2>',
    ]


def test_rows_by_columns_over_two_pages_and_a_turn_of_the_year():
    first, second, found = events(pdf(columns_pages()), profile(COLUMNS, "columns"))
    assert found.account == Account(number="123456") and found.currency == "EUR"
    assert (found.opening.amount, found.closing.amount) == (-100, 1050)
    assert (found.start_date, found.end_date) == (
        datetime.date(2023, 12, 28),
        datetime.date(2024, 1, 3),
    )
    assert (first.booking_date, first.amount) == (datetime.date(2023, 12, 28), 1200)
    assert (second.booking_date, second.amount) == (datetime.date(2024, 1, 2), -50)
    assert first.remittance == "Gutschrift Example GmbH"
    assert first.raw == "28.12.  Gutschrift  1.200,00\nExample GmbH"


def test_a_row_that_is_missed_shows_in_the_balances():
    for closing in ("1.050,01", "1.051,00"):
        pages = columns_pages(closing=f"Neuer Kontostand EUR {closing} H")
        error = refused(pdf(pages), profile(COLUMNS, "columns"))
        assert "one may have been missed" in error.message
        assert error.found == closing.replace(".", "").replace(",", ".")
        assert error.expected == "1050.00 as read"


@pytest.mark.parametrize("drop", ["Alter Kontostand", "Neuer Kontostand"])
def test_both_balances_are_required(drop):
    pages = [[text for text in page if drop not in text[2]] for page in columns_pages()]
    error = refused(pdf(pages), profile(COLUMNS, "columns", end="^(Übertrag|2 Buchungen)"))
    assert "balance is missing" in error.message


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ([(110, 200, "Zins"), (380, 200, "1,00")], "neither a row"),
        ([(50, 200, "Zwischensumme")], "neither a row"),
        ([(570, 200, "9")], "neither a row"),
        ([(50, 200, "32.01."), (380, 200, "1,00")], "date is not readable"),
        ([(50, 200, "02.01."), (380, 200, "1,0O")], "amount is not readable"),
        ([(50, 200, "02.01."), (380, 200, "1,00"), (480, 200, "1,00")], "Both"),
    ],
)
def test_a_line_that_is_not_understood_is_told(more, message):
    error = refused(pdf(columns_pages(more=more)), profile(COLUMNS, "columns"))
    assert message in error.message
    assert error.element.startswith("page 2, line 3, ")


def test_lines_to_be_ignored_and_a_count_that_is_wrong():
    ignored = columns_pages(more=[(110, 200, "Seite 2")])
    assert len(events(pdf(ignored), profile(COLUMNS, "columns"))) == 3
    wrong = [[(x, y, t.replace("2 Bu", "3 Bu")) for x, y, t in p] for p in columns_pages()]
    error = refused(pdf(wrong), profile(COLUMNS, "columns"))
    assert "as many" in error.message and error.found == "3"


def test_a_table_that_does_not_begin_or_end():
    ignored = ["Seite", "Buchungen"]
    endless = profile(COLUMNS, "columns", end="^Übertrag", ignore=ignored)
    error = refused(pdf(columns_pages()), endless)
    assert error.message.endswith("does not end")
    error = refused(pdf(columns_pages()), profile(COLUMNS, "columns", start="^Anfang"))
    assert error.message.endswith("does not begin")


def test_what_is_given_twice_must_be_the_same():
    pages = columns_pages()
    pages[1].append((50, 330, "Konto 123456"))
    assert len(events(pdf(pages), profile(COLUMNS, "columns"))) == 3
    pages[1].append((50, 342, "Konto 654321"))
    error = refused(pdf(pages), profile(COLUMNS, "columns"))
    assert "given twice" in error.message and error.found == "654321"


def test_a_continuation_may_not_give_an_amount_again():
    again = profile(continuation=[r"Code: (?P<amount>\S+)"], indent=None)
    items = [row(code="1,00+")]
    error = refused(pdf_example(statement(items)), again)
    assert "given twice" in error.message


def row(amount="5.00", day=15, **values) -> Transaction:
    date = datetime.date(2024, 1, day)
    return Transaction(
        booking_date=date, value_date=date, amount=Decimal(amount), currency="EUR", **values
    )


def test_a_scan_is_refused_with_advice():
    for scan in (pdf([[], []]), pdf_file([b"<< /Type /Catalog >>"])):
        error = refused(scan)
        assert "picture of a statement" in error.message and "camt or CSV" in error.message


def content(data: bytes, resources: bytes = b"", **kwargs) -> bytes:
    """A PDF of one page with this content."""
    return pdf_file(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R "
            b"/Resources << /Font << /F1 3 0 R >> %s >> >>" % resources,
            pdf_stream(data, **kwargs),
            b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 14 >>\n"
            b"stream\n/X Do /X Do    \nendstream",
        ]
    )


def lines(data: bytes) -> list[str]:
    return [line.text for line in _pdf_lines.read_lines(io.BytesIO(data))]


def test_text_recognised_beneath_a_scan_is_not_read():
    hidden = b"BT /F1 9 Tf 3 Tr 50 700 Td (Opening balance 100,00) Tj ET"
    assert "picture" in refused(content(hidden)).message
    assert lines(content(hidden.replace(b"3 Tr", b"0 Tr"))) == ["Opening balance 100,00"]


def test_what_nobody_sees_is_not_read():
    text = b"BT /F1 9 Tf 1 0 0 1 %s Tm (seen) Tj ET\n"
    outside = [b"-50 700", b"700 700", b"50 900", b"50 -20"]
    assert lines(content(b"".join(text % place for place in [b"50 700", *outside]))) == ["seen"]
    watermark = b"BT /F1 60 Tf .7 .7 -.7 .7 100 100 Tm (COPY) Tj ET\n"
    assert lines(content(watermark + text % b"50 700")) == ["seen"]


def test_words_are_put_together_from_glyphs_in_any_order():
    parts = b"".join(
        b"1 0 0 1 %s Tm (%s) Tj\n" % (place, text)
        for place, text in (
            (b"200 700.8", b"100,00"),
            (b"50 700", b"Op"),
            (b"61.5 700", b"ening"),
            (b"90 700", b"balance"),
            (b"50.2 688", b"bold"),
            (b"50.4 688", b"bold"),
        )
    )
    data = content(b"BT /F1 9 Tf\n" + parts + b"ET")
    assert lines(data) == ["Opening balance  100,00", "bold"]


def test_a_form_that_is_drawn_is_read_and_one_that_draws_itself_is_refused():
    text = b"BT /F1 9 Tf 50 700 Td (text) Tj ET"
    data = content(b"/X Do " + text, b"/XObject << /X 6 0 R >>")
    started = datetime.datetime.now()
    assert isinstance(refused(data), StatementError)
    assert datetime.datetime.now() - started < datetime.timedelta(seconds=5)


def test_a_password():
    encrypt = (
        "/Encrypt << /Filter /Standard /V 1 /R 2 /P -1 /O <"
        + "41" * 32
        + "> /U <"
        + "42" * 32
        + "> >> /ID [<41><41>] "
    )
    data = pdf_file([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages >>"], encrypt)
    assert "password" in refused(data).message
    data = pdf_file([b"<< /Type /Catalog >>"], encrypt.replace("Standard", "Secret"))
    assert "password" in refused(data).message


def test_a_pdf_without_a_profile():
    error = refused(pdf([[(50, 50, "Invoice")]]))
    assert isinstance(error, UnknownFormat)
    assert "No profile" in error.message and "camt or CSV" in error.message
    assert error.found == "Invoice"


def test_text_without_characters():
    font = b"/Encoding << /Type /Encoding /Differences [0 /g1 /g2 /g3 /g4] >>"
    data = content(b"BT /F1 9 Tf 50 700 Td (\\000\\001\\002\\003) Tj ET").replace(
        b"/Encoding /WinAnsiEncoding", font
    )
    # The places of the objects behind have moved.
    data = moved(data)
    assert "which characters" in refused(data).message


def moved(data: bytes) -> bytes:
    """The PDF with its directory made anew."""
    body = data[data.index(b"1 0 obj") : data.index(b"xref\n0")]
    return pdf_file(part.split(b"obj\n", 1)[1] for part in body.split(b"\nendobj\n")[:-1])


def test_own_profiles_come_first_and_two_are_ambiguous():
    twins = profile(), profile(name="twin")
    error = refused(EXAMPLE, *twins)
    assert isinstance(error, AmbiguousFormat) and "Example Bank, Example Bank" in error.message


def test_every_pdf_is_claimed():
    fmt = formats()["pdf"]
    assert fmt.sniff("x", b"%PDF-1.7\nrubbish")
    assert fmt.sniff("x", b"\n" * 1_000 + b"%PDF-1.4")
    assert not fmt.sniff("x.pdf", b"\n" * 2_000 + b"%PDF-1.4")
    assert not fmt.sniff("x.pdf", b"Kontoauszug")
    assert "damaged or cut off" in refused(b"%PDF-1.7\nrubbish").message


def test_too_many_pages(monkeypatch):
    monkeypatch.setattr(_pdf_reader, "MAX_PAGES", 3)
    assert "too many pages" in refused(pdf([[(50, 50, "x")]] * 4)).message


def test_too_large(monkeypatch):
    monkeypatch.setattr(_pdf_lines, "MAX_FILE_SIZE", 500)
    assert "too large" in refused(EXAMPLE).message


def test_too_many_characters(monkeypatch):
    monkeypatch.setattr(_pdf_reader, "MAX_GLYPHS", 50)
    assert "far more text" in refused(EXAMPLE).message


def test_too_slow(monkeypatch):
    monkeypatch.setattr(_pdf_reader, "MAX_SECONDS", -1)
    assert "too long to read" in refused(EXAMPLE).message


def test_too_long_a_line():
    data = pdf([[(1, 50, "i" * 1_500)]], size=1)
    assert len(lines(pdf([[(1, 50, "i" * 900)]], size=1))[0]) == 900
    assert "line is too long" in refused(data).message


def test_a_bomb():
    """A stream that unpacks to far more than a page needs, also in two steps."""
    bomb = content(b" " * (70 << 20), compress=True)
    assert len(bomb) < 1 << 20
    assert "unpacks to far more" in refused(bomb).message
    twice = zlib.compress(zlib.compress(b" " * (20 << 20)))
    data = moved(
        content(b"").replace(
            pdf_stream(b""),
            b"<< /Filter [/FlateDecode /FlateDecode] /Length %d >>\nstream\n%s\nendstream"
            % (len(twice), twice),
        )
    )
    assert "unusual way" in refused(data).message


def packed_as_text(data: bytes) -> bytes:
    text = zlib.compress(data).hex().encode()
    return b"<< /Filter [/ASCIIHexDecode /FlateDecode] /Length %d >>\nstream\n%s>\nendstream" % (
        len(text) + 1,
        text,
    )


def test_a_stream_packed_as_text():
    text = b"BT /F1 9 Tf 50 700 Td (text) Tj ET"
    assert lines(moved(content(b"").replace(pdf_stream(b""), packed_as_text(text)))) == ["text"]
    bomb = packed_as_text(b" " * (20 << 20))
    assert "unpacks" in refused(moved(content(b"").replace(pdf_stream(b""), bomb))).message


def test_forms_that_draw_forms_end_in_time(monkeypatch):
    monkeypatch.setattr(_pdf_reader, "MAX_SECONDS", 0.5)
    names = b" ".join(b"/X%d %d 0 R" % (number, number) for number in range(5, 15))
    pages = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] >>",
        b"<< /Type /Page /Contents 4 0 R /Resources << /XObject << %s >> >> >>" % names,
        pdf_stream(b"/X5 Do " * 10),
    ]
    for number in range(6, 16):
        drawing = b"/X%d Do " % number * 10
        head = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length %d" % len(drawing)
        pages.append(b"<< %s >>\nstream\n%s\nendstream" % (head, drawing))
    assert "too long to read" in refused(pdf_file(pages)).message


def test_a_directory_of_a_billion_objects(monkeypatch):
    monkeypatch.setattr(_pdf_reader, "MAX_SECONDS", 0.5)
    data = (
        b"%PDF-1.5\n1 0 obj\n<< /Type /XRef /Size 999999999 /Index [0 999999999] /W [1 1 1] "
        b"/Root 2 0 R /Length 3 >>\nstream\nabc\nendstream\nendobj\nstartxref\n9\n%%EOF"
    )
    assert "too long to read" in refused(data).message


@pytest.mark.parametrize("opened", [b"[", b"<<", b"("])
def test_what_is_opened_a_million_times(opened):
    data = pdf_file([b"<< /Type /Catalog /Pages 2 0 R >>", opened * 1_000_000])
    assert isinstance(refused(data), StatementError)


@pytest.mark.parametrize("text", [b"(" * 300_000, b"(" + b"\\n" * 150_000, b"\\(" + b"(" * 200_000])
def test_a_text_without_an_end(text):
    assert "text far too long" in refused(content(text)).message


def test_a_predictor_that_wants_all_memory():
    packed = zlib.compress(b"x")
    stream = (
        b"<< /Filter /FlateDecode /DecodeParms << /Predictor 12 /Columns 2000000000 >> "
        b"/Length %d >>\nstream\n%s\nendstream" % (len(packed), packed)
    )
    assert "unusual way" in refused(moved(content(b"").replace(pdf_stream(b""), stream))).message


@pytest.mark.parametrize("compress", [False, True])
def test_a_cut_file_is_refused(compress):
    items = [row(day=1 + n % 28, remittance=f"row {n}") for n in range(30)]
    data = pdf_example(statement(items), compress=compress)
    assert len(events(data)) == 31
    for tenth in range(1, 10):
        assert "damaged or cut off" in refused(data[: len(data) * tenth // 10]).message


def test_a_hundred_pages():
    items = [row(day=1 + n % 28, counterparty=Counterparty("Example")) for n in range(1_200)]
    *transactions, found = events(pdf_example(statement(items), compress=True))
    assert (len(transactions), found.count) == (1_200, 1_200)


def test_a_profile_survives_its_json():
    for made in (profile(), profile(COLUMNS, "columns")):
        assert profile_from(made.name, profile_data(made)) == made


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"texts": []}, "texts must not be empty"),
        ({"texts": [" "]}, "texts must not be empty"),
        ({"row": None}, "either a row or columns"),
        ({"columns": {"amount": "1-2"}}, "either a row or columns"),
        ({"row": None, "columns": {"amount": "1-2", "booking_date": "a"}}, "like 40-120"),
        ({"row": None, "columns": {"amount": "1-9", "booking_date": "5-20"}}, "must not overlap"),
        ({"row": "(?P<amount>"}, "is none"),
        ({"ignore": ".*"}, "fits nothing"),
        ({"ignore": ""}, "fits nothing"),
        ({"row": "(?P<amount>1)"}, "no field for the booking date"),
        ({"row": "(?P<amount>1)(?P<colour>1)"}, "unknown fields colour"),
        ({"opening": "Opening"}, "a balance needs a group amount"),
        ({"opening": "(?P<amount>1)(?P<colour>1)"}, "a balance needs a group amount"),
        ({"header": {"colour": "(x)"}}, "unknown header colour"),
        ({"header": {"iban": "x"}}, "must have one group"),
        ({"header": {"currency": "(x)"}}, "need the date of the statement"),
        ({"header": {"date": "(x)"}}, "currency is nowhere"),
        ({"indent": "far"}, "must be of type int"),
    ],
)
def test_a_wrong_profile(changes, problem):
    with pytest.raises(ProfileError, match=problem):
        profile(**changes)


WORDS = st.text(
    st.characters(codec="cp1252", exclude_categories=("Cc", "Zs", "Cf")), min_size=1, max_size=12
)
PHRASES = st.lists(WORDS, min_size=1, max_size=3).map(" ".join)


@given(
    st.lists(
        st.builds(
            lambda day, amount, name, iban, remittance: Transaction(
                booking_date=datetime.date(2023, 12, 1) + datetime.timedelta(days=day),
                value_date=datetime.date(2023, 12, 1) + datetime.timedelta(days=day // 2),
                amount=amount,
                currency="EUR",
                counterparty=Counterparty(name, iban),
                remittance=remittance,
            ),
            st.integers(0, 100),
            st.decimals(-(10**9), 10**9, places=2),
            maybe(PHRASES.map(lambda text: f"n{text}")),
            maybe(st.just(CUSTOMER_IBAN)),
            st.just("") | PHRASES.map(lambda text: f"r{text}"),
        ),
        max_size=30,
    ),
    st.decimals(-(10**9), 10**9, places=2),
    st.booleans(),
)
@settings(max_examples=40)
def test_what_is_written_is_read_back(items, opening, compress):
    written = statement(items, opening)
    *transactions, found = events(pdf_example(written, compress=compress))
    found = dataclasses.replace(found, transactions=tuple(transactions))
    if not items:
        written = dataclasses.replace(written, end_date=None)
    assert without_raw([found]) == [written]


@given(st.data())
@settings(max_examples=150)
def test_a_damaged_file_is_read_or_refused(data):
    """Whatever is read still adds up."""
    damaged = bytearray(EXAMPLE)
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(damaged)))
        end = min(len(damaged), start + data.draw(st.integers(0, 20)))
        junk = st.sampled_from(
            [b"", b"\0", b"<<", b">>", b"(", b")", b"[", b"99999999 0 R", b"stream"]
        )
        damaged[start:end] = data.draw(junk | st.binary(max_size=5))
    if b"%PDF-" not in damaged[:1024]:
        return
    try:
        found = events(bytes(damaged))
    except StatementError as error:
        assert str(error)
    else:
        assert found[-1].balanced
