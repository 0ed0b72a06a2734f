"""QIF in the shapes that programs and banks give it, and what must be refused."""

import dataclasses
import datetime
import importlib
import io
import time
import tracemalloc
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bank_statement_format import (
    Account,
    Balance,
    Counterparty,
    Detail,
    Statement,
    StatementError,
    Transaction,
    UnclearLayout,
    testing,
)
from bank_statement_format.reader import parse

from .helpers import IBAN, statements_of

QIF = importlib.import_module("bank_statement_format.formats.qif").Qif()


def read(data: bytes | str) -> list[Statement]:
    """The statements of a file, with their transactions."""
    return statements_of(QIF, data)


def bank(*records: str, kind: str = "Bank") -> str:
    return f"!Type:{kind}\n" + "".join(f"{record}\n^\n" for record in records)


def transactions(*records: str, kind: str = "Bank") -> tuple[Transaction, ...]:
    (statement,) = read(bank(*records, kind=kind))
    return statement.transactions


def dates(*texts: str) -> list[str]:
    return [str(item.booking_date) for item in transactions(*(f"D{text}\nT1.00" for text in texts))]


def amounts(*texts: str) -> list[Decimal]:
    return [item.amount for item in transactions(*(f"D2024-01-15\nT{text}" for text in texts))]


def refused(data: bytes | str) -> StatementError:
    with pytest.raises(StatementError) as caught:
        read(data)
    assert "breaks the format" not in caught.value.message
    return caught.value


def test_a_transaction():
    record = "D15/01/2024\nT-1,234.50\nU-1,234.50\nCX\nN1001\nPExample\nMInvoice 7\nLRent\nATown"
    (statement,) = read(f"!Account\nNMy Bank\nTBank\n^\n{bank(record)}")
    assert statement.account == Account(number="My Bank")
    assert (statement.currency, statement.opening, statement.closing) == (None, None, None)
    assert statement.balanced is None
    assert (statement.count, statement.total) == (1, Decimal("-1234.50"))
    assert statement.start_date == statement.end_date == datetime.date(2024, 1, 15)
    assert statement.transactions == (
        Transaction(
            booking_date=datetime.date(2024, 1, 15),
            amount=Decimal("-1234.50"),
            currency=None,
            counterparty=Counterparty("Example"),
            remittance="Invoice 7",
            bank_reference="1001",
            raw=record,
        ),
    )


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["25/12/2006"], ["2006-12-25"]),
        (["12/25/06"], ["2006-12-25"]),
        (["25.12.2006", "1.2.2007"], ["2006-12-25", "2007-02-01"]),
        (["12-25-2006"], ["2006-12-25"]),
        (["2006-12-25"], ["2006-12-25"]),
        (["2006/12/05"], ["2006-12-05"]),
        (["20061225"], ["2006-12-25"]),
        (["98/12/25"], ["1998-12-25"]),
        (["12/25'06", " 1/ 5' 7"], ["2006-12-25", "2007-01-05"]),
        (["8/31' 0"], ["2000-08-31"]),
        (["12/25/69", "12/25/70"], ["2069-12-25", "1970-12-25"]),
        # Only one order is sorted.
        (["01/02/2024", "02/01/2024", "03/01/2024"], ["2024-01-02", "2024-02-01", "2024-03-01"]),
        (["03/02/2024", "02/09/2024", "02/03/2024"], ["2024-03-02", "2024-02-09", "2024-02-03"]),
        # Nobody writes points and the month first.
        (["03.11.25", "04.11.25"], ["2025-11-03", "2025-11-04"]),
        # It makes no difference.
        (["01/01/2024", "02/02/2024"], ["2024-01-01", "2024-02-02"]),
    ],
)
def test_dates(texts, expected):
    assert dates(*texts) == expected


def test_a_decimal_comma_tells_that_the_day_comes_first():
    (item,) = transactions("D03/11/2025\nT1,50")
    assert str(item.booking_date) == "2025-11-03"


def test_the_order_of_dates_is_the_whole_files():
    first = bank("D01/02/2024\nT1.00", "D02/02/2024\nT1.00")
    days = [
        str(item.booking_date)
        for statement in read(first + bank("D13/02/2024\nT1.00"))
        for item in statement.transactions
    ]
    assert days == ["2024-02-01", "2024-02-02", "2024-02-13"]


def test_sections_are_sorted_each_by_itself():
    sections = [("03/01/2024", "04/01/2024", "05/02/2024"), ("01/01/2024", "02/01/2024")]
    content = "".join(bank(*(f"D{text}\nT1.00" for text in texts)) for texts in sections)
    with pytest.raises(UnclearLayout):
        read(content)


@pytest.mark.parametrize("texts", [["01/02/2024"], ["01/02/2024", "01/03/2024"]])
def test_dates_that_can_be_read_in_two_ways_are_asked_for(texts):
    with pytest.raises(UnclearLayout) as caught:
        dates(*texts)
    assert caught.value.questions == ("Is 01/02/2024 the 01 February 2024 or the 02 January 2024?",)
    assert caught.value.line == 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "32/01/2024",
        "13/13/2024",
        "30/02/2024",
        "25/12/1969",
        "03/25/099",
        "1/2/3/4",
        "25/12",
    ],
)
def test_unreadable_dates_are_refused(text):
    error = refused(bank("D25/01/2024\nT1.00", f"D{text}\nT1.00"))
    assert error.line == 5
    assert error.element == "D"


def test_dates_in_different_orders_are_refused():
    assert refused(bank("D25/01/2024\nT1.00", "D01/25/2024\nT1.00")).line == 5


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["-1,000.00", "5"], ["-1000.00", "5"]),
        (["1.000,00", "1.234"], ["1000.00", "1234"]),
        (["1,234", "1.50"], ["1234", "1.50"]),
        (["1,234,567"], ["1234567"]),
        (["1'234.50"], ["1234.50"]),
        (["1 234,50"], ["1234.50"]),
        (["0,123"], ["0.123"]),
        (["-5", "+6"], ["-5", "6"]),
        (["5.", "1.5"], ["5", "1.5"]),
    ],
)
def test_amounts(texts, expected):
    assert amounts(*texts) == list(map(Decimal, expected))


def test_amounts_that_can_be_read_in_two_ways_are_asked_for():
    with pytest.raises(UnclearLayout) as caught:
        amounts("1,234")
    assert caught.value.questions == ("Is 1,234 1234 or 1 and a fraction?",)


def test_decimal_marks_that_contradict_each_other_are_refused():
    assert refused(bank("D2024-01-15\nT1.50", "D2024-01-15\nT1,50")).line == 6


@pytest.mark.parametrize("text", ["", "x", "1.2.3,4", "$5.00", "1,23.00", "--1", "9" * 16])
def test_unreadable_amounts_are_refused(text):
    error = refused(bank(f"D2024-01-15\nT{text}"))
    assert (error.line, error.element) == (3, "T")


@pytest.mark.parametrize(
    "record",
    [
        "T1.00",
        "D2024-01-15",
        "D2024-01-15\nD2024-01-16\nT1.00",
        "D2024-01-15\nT1.00\nT2.00",
        "D2024-01-15\nT1.00\nU2.00",
        "D2024-01-15\nT1.00\n!Type:Cash",
    ],
)
def test_incomplete_records_are_refused(record):
    refused(bank(record))


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\r"),
        lambda text: "\ufeff" + text,
        lambda text: text.replace("^", "^^"),
        lambda text: text.replace("!Type:Bank\n", "!Type:Bank \n^\n"),
        lambda text: text.replace("!Type:Bank", "!type:bank"),
        lambda text: "# remark\n\n" + text,
        lambda text: "!Option:AutoSwitch\n" + text,
        lambda text: text.replace("\n", "\n\n"),
        lambda text: text.removesuffix("\n"),
        lambda text: text.removesuffix("^\n"),
        lambda text: f"{text}!Type:Memorized\nT-5.00\nPx\nKP\n^\n",
        lambda text: f'!Type:Prices\n"X",1,"1/1/24"\n^\n{text}',
        lambda text: text.replace("T1.00", "U1.00"),
    ],
)
def test_files_in_all_shapes(change):
    data = change(bank(*(f"D2024-01-15\nT{i}.00\nP{i}" for i in (1, 2, 3)))).encode()
    assert QIF.sniff("file", data)
    (statement,) = read(data)
    assert [str(item.amount) for item in statement.transactions] == ["1.00", "2.00", "3.00"]
    assert [item.counterparty.name for item in statement.transactions] == ["1", "2", "3"]


@pytest.mark.parametrize("kind", ["Bank", "Cash", "CCard", "Oth A", "Oth L", "Invoice"])
def test_kinds_of_accounts(kind):
    assert transactions("D2024-01-15\nT1.00", kind=kind)


def test_several_accounts():
    record = "D2024-01-15\nT1.00"
    content = (
        "!Option:AutoSwitch\n!Account\nNOne\nTBank\n^\nNTwo\nTCash\n^\n!Clear:AutoSwitch\n"
        f"!Account\nNTwo\nTCash\n^\n{bank(record, kind='Cash')}"
        f"!Account\nNOne\nTBank\n^\n{bank(record)}!Account\nNOne\n^\nNTwo\n^\n{bank(record)}"
    )
    assert [item.account.number for item in read(content)] == ["Two", "One", None]


def test_an_iban_as_account():
    content = f"!Account\nN{IBAN}\n^\n{bank('D2024-01-15' + chr(10) + 'T1.00')}"
    assert read(content)[0].account == Account(iban=IBAN)


def test_the_opening_balance_is_no_transaction():
    opening = "D2024-01-01\nT1,000.00\nCX\nPOpening Balance\nL[Savings]"
    (statement,) = read(bank(opening, "D2024-01-15\nT1.00"))
    assert statement.opening == Balance(Decimal("1000.00"), datetime.date(2024, 1, 1))
    assert statement.account.number == "Savings"
    assert (statement.count, statement.total) == (1, 1)
    own = opening.replace("Opening Balance", "what it began with")
    (statement,) = read(f"!Account\nNSavings\n^\n{bank(own, 'D2024-01-15' + chr(10) + 'T1.00')}")
    assert statement.opening.amount == 1000
    (statement,) = read(f"!Account\nNOther\n^\n{bank(opening)}")
    assert (statement.opening, statement.count) == (None, 1)
    assert refused(bank(opening, opening)).element == "P"


def test_texts():
    (item,) = transactions("D2024-01-15\nT1.00\nMone\nMtwo\nPx\nLy")
    assert (item.remittance, item.counterparty.name) == ("one two", "x")
    (item,) = transactions("D2024-01-15\nT1.00\nL[Savings]")
    assert item.remittance == "[Savings]"


def test_splits_are_details():
    record = "D2024-01-15\nT-10.00\nPx\nLRent\nSRent\nEflat\n$-7.00\nSPower\n$-3.00\n%30"
    (item,) = transactions(record)
    assert item.details == (
        Detail(amount=Decimal("-7.00"), remittance="flat"),
        Detail(amount=Decimal("-3.00"), remittance="Power"),
    )
    (item,) = transactions("D2024-01-15\nT-10.00\nSRent\n$-10.00")
    assert item.details == ()
    error = refused(bank(record.replace("$-3.00", "$-4.00")))
    assert (error.element, error.expected, error.found) == ("$", "-10.00", "-11.00")


def test_a_date_within_a_split_is_the_splits():
    (item,) = transactions("D2024-01-15\nT1.00\nSa\nD2024-01-10\n$0.50\nSb\n$0.50")
    assert str(item.booking_date) == "2024-01-15"


@pytest.mark.parametrize(
    ("record", "effect"),
    [
        ("NBuy\nYXYZ\nI5\nQ100\nT500.00", "-500"),
        ("NBuy\nYXYZ\nT-500.00", "-500"),
        ("NBuy\nYXYZ\nI5.01\nQ100\nO1.50", "-502.50"),
        ("NSell\nYXYZ\nI5.01\nQ-100\nO1.50", "499.50"),
        ("NSell\nYXYZ\nT500.00", "500"),
        ("NDiv\nYXYZ\nT5.00", "5"),
        ("NDiv  \nT-5.00", "-5"),
        ("NXIn\nT5.00\nL[Bank]\n$5.00", "5"),
        ("NXOut\nT5.00", "-5"),
        ("NMiscExp\nT5.00", "-5"),
        ("NCash\nT-5.00", "-5"),
        ("NBuyX\nT100.00\nL[Bank]\n$90.00", "-10"),
        ("NSellX\nT100.00\nL[Bank]\n$90.00", "10"),
    ],
)
def test_what_moves_cash_is_a_transaction(record, effect):
    (item,) = transactions(f"D2024-01-15\n{record}", kind="Invst")
    assert item.amount == Decimal(effect)
    assert item.code == record[1:].split()[0]


@pytest.mark.parametrize(
    "record",
    [
        "NShrsIn\nYXYZ\nT1,000.00",
        "NReinvDiv\nT5.00",
        "NBuyX\nT100.00\nL[Bank]\n$100.00",
        "NMiscIncX\nT36.00",
        "NCash\nL[Broker]",
        "NStkSplit\nQ20",
    ],
)
def test_what_moves_no_cash_is_none(record):
    assert transactions(f"D2024-01-15\n{record}", kind="Invst") == ()


@pytest.mark.parametrize("record", ["NPaint\nT5.00", "T5.00", "NBuy\nQ5", "NSell\nT-5.00"])
def test_unclear_investments_are_refused(record):
    assert refused(bank(f"D2024-01-15\n{record}", kind="Invst")).element == "N"


@pytest.mark.parametrize(
    "content",
    [
        "!Type:Painting\nD2024-01-15\nT1.00\n^\n",
        "!Foo\n",
        "!Account\nNx\n^\n",
        "!Type:Cat\nNx\n^\n",
        bank("D2024-01-15\nT1.00") + "D2024-01-15\nT1.00",
        bank("D2024-01-15\nT1.00") + "D2024-01-15\n",
        bank("D2024-01-15\nT1.00") + "!Type:Cat\nNx\n",
        "!Type:Bank\nD2024-01-15\nT1.00\n",
        "!Account\nNx\n!Type:Bank\n",
        f"!Account\nNx\n^\nD2024-01-15\nT1.00\n^\n{bank('D2024-01-15' + chr(10) + 'T1.00')}",
        bank("D2024-01-15\nT1.00\0"),
        bank("D2024-01-15\nT1.00").replace("^", "^ more"),
        "!Type:Bank\n" + "M" * 1_000_000,
    ],
)
def test_broken_files_are_refused(content):
    refused(content)


def test_a_section_without_transactions_is_an_empty_statement():
    (statement,) = read("!Type:Bank\n")
    assert (statement.count, statement.start_date) == (0, None)


def test_sniff_knows_its_own_only():
    for data in (b"", b"Date,Amount\n", b"<OFX>", b"!Types", b"x\n!Type:Bank\n"):
        assert not QIF.sniff("x.qif", data)
    assert QIF.sniff("x", "!Type:Bank\n".encode("utf-16"))


def test_encodings():
    for encoding in ("utf-8", "utf-16"):
        content = bank("D2024-01-15\nT1.00\nPŁódź").encode(encoding)
        assert read(content)[0].transactions[0].counterparty.name == "Łódź"


TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Co", "Cn", "Zl", "Zp")), min_size=1, max_size=60
).map(lambda text: f"<{text}>")
DATES = st.dates(datetime.date(1970, 1, 1), datetime.date(2069, 12, 31))
AMOUNTS = st.decimals(-(10**12), 10**12, places=2)


@st.composite
def records(draw) -> Transaction:
    amount = draw(AMOUNTS)
    details = ()
    if draw(st.booleans()):
        part = draw(AMOUNTS)
        details = (Detail(part, remittance="a"), Detail(amount - part, remittance="b"))
    return Transaction(
        booking_date=draw(DATES),
        amount=amount,
        currency=None,
        counterparty=Counterparty(draw(st.none() | TEXT)),
        remittance=draw(TEXT | st.just("")),
        bank_reference=draw(st.none() | TEXT),
        details=details,
    )


@st.composite
def statements(draw) -> list[Statement]:
    found = []
    for name in ("Checking", "Savings"):
        items = draw(st.lists(records(), max_size=5))
        days = [item.booking_date for item in items]
        opening = draw(st.none() | st.builds(Balance, AMOUNTS, DATES))
        found.append(
            Statement(
                account=Account(number=name),
                currency=None,
                opening=opening,
                count=len(items),
                total=sum((item.amount for item in items), Decimal(0)),
                start_date=min(days, default=None),
                end_date=max(days, default=None),
                transactions=tuple(items),
            )
        )
    return found


@given(statements(), st.sampled_from(["%Y-%m-%d", "%d/%m/%Y", "%m/%d'%y"]))
def test_qif_is_read_back_as_it_was_written(written, pattern):
    data = testing.qif(written, date=pattern, encoding="utf-8-sig")
    try:
        found = read(data)
    except UnclearLayout:
        assert pattern != "%Y-%m-%d"
        return
    for expected, item in zip(written, found, strict=True):
        plain = tuple(t._replace(raw="") for t in item.transactions)
        if plain != expected.transactions:
            # The dates happened to be sorted in the other order only.
            assert pattern != "%Y-%m-%d"
            return
        assert dataclasses.replace(item, transactions=plain) == expected


EXAMPLE = f"!Account\nNx\nTBank\n^\n{bank('D25/01/2024' + chr(10) + 'T5.00')}" + bank(
    "D26/01/2024\nT1,000.00\nPone\nMtext",
    "D27/01/2024\nT-3.50\nPtwo\nMtext\nSa\n$-3.00\nSb\n$-0.50",
    "D28/01/2024\nT-3.50\nPthree",
)


def test_a_file_cut_within_a_record_is_refused():
    whole = read(EXAMPLE)
    for end in range(len(EXAMPLE)):
        try:
            found = read(EXAMPLE[:end])
        except StatementError:
            continue
        # Cut between two records, nothing is missing from those that are there.
        for statement, expected in zip(found, whole, strict=False):
            assert statement.transactions == expected.transactions[: statement.count]


@given(data=st.data())
@settings(max_examples=150)
def test_a_damaged_file_is_read_or_refused(data):
    damaged = bytearray(EXAMPLE.encode())
    junk = st.sampled_from([b"", b"\0", b"\xff", b"^", b"!", b"\n", b"D", b"T", b"-", b"S$"])
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(damaged)))
        end = min(len(damaged), start + data.draw(st.integers(0, 20)))
        damaged[start:end] = data.draw(junk | st.binary(max_size=5))
    try:
        read(bytes(damaged))
    except StatementError as error:
        assert "breaks the format" not in error.message


def test_a_hostile_file_is_refused_fast():
    started = time.process_time()
    refused(b"!Type:Bank\n" + b"x" * 10_000_000)
    assert time.process_time() - started < 5


def test_reading_does_not_grow_with_the_file():
    items = (f"D2024-01-15\nT{i}.00\nPName {i}\nMsome longer text {i}" for i in range(10_000))
    stream = io.BytesIO(bank(*items).encode())
    tracemalloc.start()
    try:
        count = sum(1 for _ in parse(QIF, stream))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 10_001
    assert peak < 2 * 1024 * 1024
