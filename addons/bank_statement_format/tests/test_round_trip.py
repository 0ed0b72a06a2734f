"""What the writers write, the parsers read back; and whatever is done to it, none crashes."""

import dataclasses
import datetime
import io
import tracemalloc
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bank_statement_format import (
    Account,
    Balance,
    Counterparty,
    Statement,
    StatementError,
    Transaction,
    formats,
    parse,
    testing,
)

from .helpers import IBAN, OTHER_IBAN, read

DATES = st.dates(datetime.date(1970, 1, 1), datetime.date(2100, 12, 31))
AMOUNTS = st.decimals(-(10**12), 10**12, places=2)
POSITIVE = st.decimals(Decimal("0.01"), 10**9, places=2)
# What XML can hold, without what trimming takes away at the ends.
TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Co", "Cn"), include_characters="\t\n"),
    min_size=1,
    max_size=80,
).map(lambda text: f"<{text}&>")
CP1252 = st.text(st.characters(codec="cp1252", exclude_categories=("Cc",)), min_size=1).map(
    lambda text: f'";{text}"'
)
CODES = st.sampled_from(["PMNT-RCDT-ESCT", "166", "NTRF+166", None])


def maybe(strategy):
    return st.none() | strategy


@st.composite
def transactions(draw, text, full: bool) -> Transaction:
    charges = original = None
    amount = draw(AMOUNTS)
    if full:
        charges = draw(maybe(POSITIVE))
        original = draw(maybe(POSITIVE.map(lambda size: size if amount >= 0 else -size)))
    return Transaction(
        booking_date=draw(DATES),
        amount=amount,
        currency="EUR",
        value_date=draw(maybe(DATES)),
        original_amount=original,
        original_currency=None if original is None else "USD",
        charges=charges,
        counterparty=Counterparty(
            name=draw(maybe(text)),
            iban=draw(maybe(st.just("DE89370400440532013000"))),
            bic=draw(maybe(st.just("COBADEFFXXX"))),
        ),
        remittance=draw(text | st.just("")),
        reference=draw(maybe(text)),
        end_to_end_id=draw(maybe(text)),
        mandate_id=draw(maybe(text)),
        creditor_id=draw(maybe(st.just("DE98ZZZ09999999999"))),
        bank_reference=draw(maybe(text)),
        code=draw(CODES),
        booked=draw(st.booleans()),
    )


def statements(text, *, full: bool, min_size: int = 0):
    """One statement per account, balanced."""
    several = st.lists(transactions(text, full), min_size=min_size, max_size=6)
    pairs = st.tuples(several, several)
    return st.builds(
        lambda pair, opening: [
            statement(iban, opening, items)
            for iban, items in zip((IBAN, OTHER_IBAN), pair, strict=True)
        ],
        pairs,
        AMOUNTS,
    )


def statement(iban: str, opening: Decimal, items: list[Transaction]) -> Statement:
    booked = [item.amount for item in items if item.booked]
    total = sum(booked, Decimal(0))
    dates = [item.booking_date for item in items] or [datetime.date(2024, 1, 1)]
    return Statement(
        account=Account(iban=iban),
        currency="EUR",
        opening=Balance(opening, min(dates)),
        closing=Balance(opening + total, max(dates)),
        number="7",
        count=len(booked),
        total=total,
        pending_count=len(items) - len(booked),
        start_date=min(dates),
        end_date=max(dates),
        transactions=tuple(items),
    )


def without_raw(found: list[Statement]) -> list[Statement]:
    return [
        dataclasses.replace(
            item,
            transactions=tuple(t._replace(raw="") for t in item.transactions),
        )
        for item in found
    ]


@given(statements(TEXT, full=True))
def test_camt_is_read_back_as_it_was_written(written):
    assert without_raw(read(testing.camt053(written))) == written


@given(statements(CP1252, full=False, min_size=1), st.sampled_from(["cp1252", "utf-8", "utf-16"]))
def test_csv_is_read_back_as_it_was_written(written, encoding):
    found = without_raw(read(testing.csv_demo_bank(written, encoding=encoding)))
    for expected, item in zip(written, found, strict=True):
        assert item.transactions == tuple(reversed(expected.transactions))
        assert item.account == expected.account
        assert (item.count, item.total) == (expected.count, expected.total)
        assert item.pending_count == expected.pending_count
        if item.count:
            assert item.opening.amount == expected.opening.amount
            assert item.closing.amount == expected.closing.amount


def example() -> list[Statement]:
    items = [
        Transaction(
            booking_date=datetime.date(2024, 1, day),
            amount=Decimal(day) - 5,
            currency="EUR",
            value_date=datetime.date(2024, 1, day),
            counterparty=Counterparty("Müller", "DE89370400440532013000", "COBADEFFXXX"),
            remittance='Rechnung "1"; & <2>',
            reference="RF18539007547034",
        )
        for day in range(1, 11)
    ]
    return [statement(IBAN, Decimal("100.00"), items)]


FILES = {"camt": testing.camt053(example()), "csv": testing.csv_demo_bank(example())}
JUNK = [
    b"",
    b"\0",
    b"\xff",
    b"<",
    b">",
    b'"',
    b"&",
    b"\n",
    b";",
    b"-",
    b"<!--",
    b"<![CDATA[",
    b"9" * 40,
]


@pytest.mark.parametrize("name", FILES)
@given(data=st.data())
@settings(max_examples=100)
def test_a_damaged_file_is_read_or_refused(name, data):
    """No other exception escapes, and what is read has still got its account."""
    original = FILES[name]
    damaged = bytearray(original)
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(damaged)))
        end = min(len(damaged), start + data.draw(st.integers(0, 20)))
        damaged[start:end] = data.draw(st.sampled_from(JUNK) | st.binary(max_size=5))
    try:
        found = read(bytes(damaged))
    except StatementError as error:
        assert str(error)
    else:
        assert all(item.account.label or item.guessed for item in found)


@pytest.mark.parametrize("name", FILES)
@given(data=st.data())
@settings(max_examples=100)
def test_a_cut_file_is_always_refused(name, data):
    original = FILES[name]
    # The last line break may be missing.
    end = data.draw(st.integers(0, len(original.rstrip()) - 1))
    with pytest.raises(StatementError):
        read(original[:end])


@pytest.mark.parametrize("name", FILES)
def test_reading_does_not_grow_with_the_file(name):
    """Memory while streaming stays far below the size of the file."""
    (few,) = example()
    many = dataclasses.replace(few, transactions=few.transactions * 1_500, closing=None)
    write = {"camt": testing.camt053, "csv": testing.csv_demo_bank}[name]
    data = write([many])
    stream = io.BytesIO(data)
    fmt = formats()["camt.053" if name == "camt" else "csv"]
    count = 0
    assert list(parse(fmt, io.BytesIO(FILES[name])))  # profiles are loaded and kept once
    tracemalloc.start()
    try:
        for _ in parse(fmt, stream):
            count += 1
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 15_001
    assert peak < len(data) / 2
