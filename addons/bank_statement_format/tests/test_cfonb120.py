"""CFONB 120."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bank_statement_format import Account, Counterparty, Statement, Transaction, formats, testing

from .helpers import parse_as, read, read_one
from .record_checks import (
    AMOUNTS,
    DATES,
    POSITIVE,
    balanced_or_refused,
    damage,
    line_cuts,
    maybe,
    read_or_refuse,
    refusal,
    statement,
    text,
    without_raw,
    word,
)

ACCOUNT = "00012345603"


def balance(kind: str, amount: str, date="010224", account=ACCOUNT, currency="EUR2") -> str:
    head = f"{kind}10278    02204{currency:4} {account}  {date}"
    return head.ljust(90) + amount


def move(amount: str, label="VIR EXAMPLE", *, code="B1", internal="0202", currency="EUR2") -> str:
    head = f"0410278{internal:4}02204{currency:4} {ACCOUNT}{code}020224  030224{label}"
    return head.ljust(81) + "0000000" + "  " + amount


def more(qualifier: str, content: str, account=ACCOUNT) -> str:
    return f"0510278020202204EUR2 {account}B1020224     {qualifier}{content}"


OPENING = balance("01", "0000000010000{")
CLOSING = balance("07", "0000000007500{", "290224")
DEBIT = move("0000000002500}")


def file(*lines: str) -> bytes:
    return "".join(f"{line.ljust(120)}\r\n" for line in lines).encode()


def account(*moves: str, closing=CLOSING) -> bytes:
    return file(OPENING, *moves, closing)


def one(*complements: str, amount="0000000002500}", **kwargs) -> Transaction:
    return read_one(account(move(amount, **kwargs), *complements)).transactions[0]


def test_a_statement_is_read():
    found = read_one(account(DEBIT, more("LIB", "FACTURE 7")))
    assert found.account == Account(
        iban="FR7610278022040001234560307", number="102780220400012345603"
    )
    assert found.currency == "EUR"
    assert (found.opening.amount, found.closing.amount) == (Decimal("1000.00"), Decimal("750.00"))
    assert (found.start_date, found.end_date) == (
        datetime.date(2024, 2, 1),
        datetime.date(2024, 2, 29),
    )
    assert found.balanced and found.kind == "statement"
    (entry,) = found.transactions
    assert entry.amount == Decimal("-250.00")
    assert (entry.booking_date, entry.value_date) == (
        datetime.date(2024, 2, 2),
        datetime.date(2024, 2, 3),
    )
    assert (entry.code, entry.remittance) == ("B1+0202", "VIR EXAMPLE FACTURE 7")
    assert entry.raw.splitlines()[1].rstrip().endswith("LIBFACTURE 7")


def test_the_iban_has_the_key_of_the_account():
    # The published example of a French IBAN.
    data = account(DEBIT).decode()
    data = data.replace(ACCOUNT, "0500013M026").replace("10278", "20041").replace("02204", "01005")
    assert read_one(data.encode()).account.iban == "FR1420041010050500013M02606"


def test_an_account_without_branch_has_no_iban():
    found = read_one(account(DEBIT).replace(b"02204EUR", b"00000EUR"))
    assert found.account == Account(number="102780000000012345603")


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("0000000000000{", "0.00"),
        ("0000000000000}", "0.00"),
        ("0000000001234A", "123.41"),
        ("0000000001234I", "123.49"),
        ("0000000001234J", "-123.41"),
        ("0000000001234R", "-123.49"),
        ("0000000001234a", "123.41"),
        ("0000000001234é", "123.40"),
        ("0000000001234è", "-123.40"),
        ("9999999999999R", "-999999999999.99"),
    ],
)
def test_the_last_digit_carries_the_sign(amount, expected):
    assert f"{one(amount=amount).amount:f}" == expected


def test_decimals_are_as_told():
    whole = file(
        balance("01", "0000000010000{", currency="XPF0"),
        move("0000000002500}", currency="XPF0"),
        balance("07", "0000000007500{", currency="XPF0"),
    )
    found = read_one(whole)
    assert (found.currency, found.closing.amount) == ("XPF", Decimal(75000))


def test_balances_may_lack_currency_and_decimals():
    whole = file(
        balance("01", "0000000010000{", currency=""),
        move("0000000002500}", currency="USD2"),
        balance("07", "0000000007500{", currency=""),
    )
    found = read_one(whole)
    assert (found.currency, found.balanced) == ("USD", True)
    empty = file(*(balance(kind, "0000000010000{", currency="") for kind in ("01", "07")))
    assert (read_one(empty).currency, read_one(empty).closing.amount) == ("EUR", Decimal(1000))


def test_texts_are_joined():
    long = "x" * 70
    found = one(more("LCC", long), more("LC2", "y"), more("LIB", "z"), more("ABC", "unknown"))
    assert found.remittance == f"VIR EXAMPLE {long}y z unknown"


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("0000000002500}", Counterparty("PAYEE SA", "FR7610278022040001234560307")),
        ("0000000002500{", Counterparty("PAYER SA", "BE68539007547034")),
    ],
)
def test_the_counterparty_is_the_one_that_is_not_us(amount, expected):
    parties = (
        more("NPY", "PAYER SA"),
        more("CPY", "BE68 5390 0754 7034"),
        more("NBE", "PAYEE SA"),
        more("CBE", "FR7610278022040001234560307"),
    )
    assert one(*parties, amount=amount).counterparty == expected
    # Some banks know only one side, whichever it is.
    assert one(more("NPY", "EXAMPLE SA")).counterparty.name == "EXAMPLE SA"


def test_references():
    found = one(
        more("RCN", "E2E-7".ljust(35) + "LOYER"),
        more("REF", "BANK-7"),
        more("LCS", "RF18539007547034"),
        more("RUM", "MANDAT-7"),
        more("IBE", "FR12ZZZ123456".ljust(35) + "SEPA"),
    )
    assert found.end_to_end_id == "E2E-7"
    assert found.bank_reference == "BANK-7"
    assert found.reference == "RF18539007547034"
    assert (found.mandate_id, found.creditor_id) == ("MANDAT-7", "FR12ZZZ123456")
    assert found.remittance == "VIR EXAMPLE LOYER"
    assert one().bank_reference is None


def test_original_amount_and_charges():
    found = one(more("MMO", "USD200000000003000"), more("FEE", "EUR200000000000740"))
    assert (found.original_amount, found.original_currency) == (Decimal("-30.00"), "USD")
    assert found.charges == Decimal("7.40")
    same = one(more("MMO", "EUR200000000025000"), amount="0000000002500{")
    assert (same.original_amount, same.original_currency) == (None, None)


def test_lines_may_be_stripped_blank_or_missing():
    whole = account(DEBIT, more("LIB", "FACTURE 7"))
    expected = without_raw(read(whole))
    for data in (
        b"\n".join(line.rstrip() for line in whole.splitlines()),
        b"\r\n\r\n".join(whole.splitlines()),
        whole.replace(b"\r\n", b""),
        whole + b"\x1a",
    ):
        assert without_raw(read(data)) == expected


def test_several_periods_and_accounts_are_read():
    day = account(DEBIT)
    other = day.replace(ACCOUNT.encode(), b"00020427603")
    assert [item.account.number[-11:] for item in read(day + day + other)] == [
        ACCOUNT,
        ACCOUNT,
        "00020427603",
    ]


def test_accents_come_out_right():
    for encoding in ("cp1252", "utf-8"):
        data = account(move("0000000002500}", "RÈGLEMENT SOCIÉTÉ")).decode().encode(encoding)
        assert read_one(data).transactions[0].remittance == "RÈGLEMENT SOCIÉTÉ"


def test_a_balance_that_does_not_fit_is_told():
    assert read_one(account()).balanced is False


@pytest.mark.parametrize(
    ("data", "line", "expected", "found"),
    [
        (file(DEBIT, CLOSING), 1, "01", "04"),
        (file(OPENING, OPENING, CLOSING), 2, "04, 05 or 07", "01"),
        (file(OPENING, more("LIB", "x"), CLOSING), 2, "04 or 07", "05"),
        (file(OPENING, DEBIT, CLOSING, CLOSING), 4, "01", "07"),
        (account(DEBIT, "99"), 3, "04, 05 or 07", "99"),
        (file(OPENING, balance("07", "0000000007500{", account="0" * 11)), 2, ACCOUNT, None),
        (account(DEBIT, more("LIB", "x", account="9" * 11)), 3, ACCOUNT, "9" * 11),
        (account(move("0000000002500}", currency="USD2")), 2, "EUR", "USD"),
        (account(move("00000000025000")), 2, "carries the sign", "00000000025000"),
        (account(move("0000000O02500}")), 2, "carries the sign", None),
        (account(move("0000000002500}", currency="EUR9")), 2, "0 to 6", "9"),
        (account(DEBIT.replace("020224", "320224")), 2, "DDMMYY", "320224"),
        (account(DEBIT, more("MMO", "USD2ABC")), 2, "currency", "USD2ABC"),
        (file(OPENING.replace("010224", "  CART"), CLOSING), 1, "DDMMYY", "  CART"),
        (account(DEBIT).replace(b"VIR", b"V\0R"), 2, "text", None),
        (account(DEBIT, *[more("LIB", "x")] * 10_001), 10_002, "at most 10000", "05"),
    ],
)
def test_refusals_name_their_place(data, line, expected, found):
    error = refusal("cfonb120", data)
    assert error.line == line
    assert expected in error.expected
    assert found is None or error.found == found


def test_a_cut_file_is_refused():
    for cut in line_cuts(account(DEBIT, more("LIB", "FACTURE 7"))):
        assert not balanced_or_refused("cfonb120", cut)
    assert "cut off" in str(refusal("cfonb120", file(OPENING, DEBIT)))


def test_others_are_not_claimed():
    fmt = formats()["cfonb120"]
    assert fmt.sniff("x", account(DEBIT))
    for data in (b"01,122099999,1", b"01" * 200, b"\0" * 500, file(DEBIT), file(OPENING, OPENING)):
        assert not fmt.sniff("x.cfo", data)


@st.composite
def movements(draw) -> Transaction:
    amount = draw(AMOUNTS)
    original = draw(maybe(POSITIVE))
    return Transaction(
        booking_date=draw(DATES),
        value_date=draw(maybe(DATES)),
        amount=amount,
        currency="EUR",
        original_amount=None if original is None else original.copy_sign(amount),
        original_currency=None if original is None else "USD",
        charges=draw(maybe(POSITIVE)),
        counterparty=Counterparty(
            name=draw(maybe(text(70))), iban=draw(maybe(st.just("BE68539007547034")))
        ),
        remittance=draw(text(300) | st.just("")),
        reference=draw(maybe(word(5, 25))),
        end_to_end_id=draw(maybe(word(5, 35))),
        mandate_id=draw(maybe(word(5, 35))),
        creditor_id=draw(maybe(st.just("FR12ZZZ123456"))),
        bank_reference=draw(maybe(word(5, 70))),
        code=draw(st.sampled_from(["B1+0202", "05", "62+BA12"])),
    )


@given(
    st.lists(movements(), max_size=4),
    AMOUNTS,
    DATES,
    DATES,
    st.sampled_from(["utf-8-sig", "utf-16"]),
)
def test_what_is_written_is_read_back(items, opening, start, end, encoding):
    written: list[Statement] = [
        statement(Account(iban=iban, number=number), "EUR", opening, items, start, end)
        for iban, number in (
            ("FR1420041010050500013M02606", "20041010050500013M026"),
            (None, "200410000000000000042"),
        )
    ]
    assert without_raw(read(testing.cfonb120(written, encoding=encoding))) == written


@given(st.data())
def test_a_damaged_file_is_read_or_refused(data):
    read_or_refuse("cfonb120", damage(account(DEBIT, more("MMO", "USD200000000003000")), data))


def test_events_come_in_order():
    events = parse_as("cfonb120", account(DEBIT))
    assert [type(event).__name__ for event in events] == ["Transaction", "Statement"]
