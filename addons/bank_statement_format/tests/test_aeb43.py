"""AEB Norma 43."""

import datetime
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bank_statement_format import Account, Transaction, detect, testing

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
)

HEADER = "112100041812345678902401012401312000000001000009783EXAMPLE SL"
DEBITS, CREDITS = "0000100000000002500", "0000100000000010000"
END = f"33210004181234567890{DEBITS}{CREDITS}200000000107500978"
MOVES = (
    "22    0418240102240103040161000000000025000000000042000000000000",
    "2301TRANSFERENCIA A EXAMPLE GMBH",
    "22    041824011524011502000200000000010000",
)


def file(*lines: str, count: int | None = None) -> bytes:
    records = len(lines) if count is None else count
    return "".join(f"{line}\r\n" for line in (*lines, f"88{'9' * 18}{records:06d}")).encode()


def account(*moves: str, header: str = HEADER, end: str = END) -> bytes:
    return file(header, *moves, end)


def one(*lines: str) -> Transaction:
    """The only debit of 25.00, with the records that follow it."""
    return read_one(account(lines[0], *lines[1:], MOVES[2])).transactions[0]


def move(*, common="04", own="016", document="0" * 10, first="0" * 12, second="") -> str:
    return f"22    0418240102240103{common}{own}100000000002500{document}{first}{second}"


def test_an_account_is_read():
    found = read_one(account(*MOVES))
    assert found.account == Account(iban="ES1221000418461234567890", number="210004181234567890")
    assert (found.currency, found.opening.amount, found.closing.amount) == (
        "EUR",
        Decimal("1000.00"),
        Decimal("1075.00"),
    )
    assert (found.start_date, found.end_date) == (
        datetime.date(2024, 1, 1),
        datetime.date(2024, 1, 31),
    )
    assert found.balanced
    first, second = found.transactions
    assert first.amount == Decimal("-25.00")
    assert first.booking_date == datetime.date(2024, 1, 2)
    assert first.value_date == datetime.date(2024, 1, 3)
    assert (first.code, first.bank_reference) == ("04+016", "0000000042")
    assert first.remittance == "TRANSFERENCIA A EXAMPLE GMBH"
    assert first.raw.count("\r\n") == 1
    assert (second.amount, second.code) == (Decimal("100.00"), "02")


def test_the_check_digits_of_the_account_are_those_of_its_iban():
    # Published example of a Spanish account number.
    header = HEADER.replace("210004181234567890", "210004180200051332")
    end = END.replace("210004181234567890", "210004180200051332")
    found = read_one(account(*MOVES, header=header, end=end))
    assert found.account.iban == "ES9121000418450200051332"


def test_an_account_of_no_bank_has_no_iban():
    header, end = (text.replace("2100041812", "0000041812") for text in (HEADER, END))
    assert read_one(account(*MOVES, header=header, end=end)).account.iban is None


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("2301PAGO FACTURA", "2302NUMERO 7"), "PAGO FACTURA NUMERO 7"),
        # A text goes on where a field is full.
        (("2301" + "x" * 76, "2302y"), "x" * 76 + "y"),
        (("2301" + "x" * 37 + "AB",), "x" * 37 + "AB"),
        ((), ""),
    ],
)
def test_concepts_are_joined(lines, expected):
    assert one(move(), *lines).remittance == expected


def test_references():
    valid = one(move(first="825467890138", second="CLIENTE 7"))
    assert (valid.reference, valid.remittance) == ("825467890138", "CLIENTE 7")
    other = one(move(first="825467890130", second="0000000000000000"))
    assert (other.reference, other.remittance) == (None, "825467890130")
    text = one(move(first="TRANSFERENCI", second="A48555633617"))
    assert (text.reference, text.remittance) == (None, "TRANSFERENCIA48555633617")
    assert one(move(document="0000000042")).bank_reference == "0000000042"
    assert one(move()).bank_reference is None


def test_codes():
    assert one(move(common="12", own="408")).code == "12+408"
    assert one(move(common="12", own="000")).code == "12"


def test_the_amount_in_another_currency_has_the_sign_of_the_movement():
    found = one(move(), "2401840" + "00000000002700")
    assert (found.original_amount, found.original_currency) == (Decimal("-27.00"), "USD")


def test_a_direct_debit_is_laid_out_as_the_annex_says():
    found = one(
        move(common="03"),
        "2301CORE" + "EXAMPLE ENERGIA SA",
        "2302" + "ES12000B12345678".ljust(35) + "MANDATO-7",
        "2303" + "SUPPSUPP" + "FACTURA 1",
    )
    assert found.counterparty.name == "EXAMPLE ENERGIA SA"
    assert (found.creditor_id, found.mandate_id) == ("ES12000B12345678", "MANDATO-7")
    assert found.remittance == "FACTURA 1"


def test_lines_may_be_stripped_blank_or_missing():
    whole = account(*MOVES)
    expected = without_raw(read(whole))
    blocks = b"".join(line.ljust(80) for line in whole.splitlines())
    for data in (
        whole.replace(b"\r\n", b"\n"),
        whole.replace(b"\r\n", b"\r"),
        whole.replace(b"\r\n", b"\r\n\r\n"),
        b"".join(line.ljust(90) + b"\n" for line in whole.splitlines()),
        whole.rstrip() + b"\r\n\x1a",
        b"\xef\xbb\xbf" + whole,
        blocks,
    ):
        assert without_raw(read(data)) == expected


@pytest.mark.parametrize("encoding", ["cp1252", "cp850", "utf-8"])
def test_spanish_letters_come_out_right(encoding):
    data = account(move(), "2301COMPAÑIA ESPAÑOLA", MOVES[2]).decode().encode(encoding)
    assert read_one(data).transactions[0].remittance == "COMPAÑIA ESPAÑOLA"


def test_several_accounts_and_files_are_read():
    other = [line.replace("1234567890", "0987654321") for line in (HEADER, *MOVES, END)]
    found = read(file(HEADER, *MOVES, END, *other))
    assert [item.account.number[-10:] for item in found] == ["1234567890", "0987654321"]
    assert len(read(account(*MOVES) + account(*MOVES))) == 2


def test_a_sign_left_out_of_a_balance_means_credit():
    found = read_one(account(*MOVES, end=f"{END[:58]}0{END[59:]}"))
    assert found.balanced


def test_a_balance_that_does_not_fit_is_told():
    assert read_one(account(*MOVES, end=END.replace("107500", "107501"))).balanced is False


@pytest.mark.parametrize(
    ("data", "line", "expected", "found"),
    [
        (account(*MOVES, end=END.replace(DEBITS, f"00002{DEBITS[5:]}")), 5, "1 as read", "00002"),
        (account(*MOVES, end=END.replace("2500", "2600")), 5, "25.00 as read", "00000000002600"),
        (account(*MOVES[:2]), 4, "0 as read", "00001"),
        (file(HEADER, *MOVES, END, count=9), 6, "5 as read", "000009"),
        (account(*MOVES, end=END.replace("978", "840")), 5, "EUR", "840"),
        (account(*MOVES, end=END.replace("7890", "7891")), 5, "210004181234567890", None),
        (account(*MOVES, header=HEADER.replace("978", "000")), 1, "like 978", "000"),
        (account(MOVES[1], *MOVES), 2, "22 or 33", "23"),
        (account(HEADER, *MOVES), 2, "22, 23, 24 or 33", "11"),
        (account("44", *MOVES), 2, "22, 23, 24 or 33", "44"),
        (account(MOVES[0].replace("240102", "240132"), *MOVES[1:]), 2, "YYMMDD", "240132"),
        (account(MOVES[0].replace("02500", "O2500"), *MOVES[1:]), 2, "digits", None),
        (account(move(), "2401840", MOVES[2]), 3, "digits", " " * 14),
        (account(*MOVES).replace(b"GMBH", b"GM\0H"), 3, "text", None),
        (file(HEADER), 2, "22, 23, 24 or 33", "88"),
    ],
)
def test_refusals_name_their_place(data, line, expected, found):
    error = refusal("aeb43", data)
    assert error.line == line
    assert expected in error.expected
    assert found is None or error.found == found


def test_a_cut_file_is_refused():
    for cut in line_cuts(account(*MOVES)):
        assert not balanced_or_refused("aeb43", cut)
    assert "cut off" in str(refusal("aeb43", b"\r\n".join(account(*MOVES).splitlines()[:-1])))


def test_others_are_not_claimed():
    fmt = detect("x", io.BytesIO(account(*MOVES)))
    assert fmt.name == "aeb43"
    for data in (b"11", b"1111 2222", b"11;22;33\n22;33;44\n", b"\0" * 500, END.encode()):
        assert not fmt.sniff("x.n43", data)


@st.composite
def movements(draw) -> Transaction:
    original = draw(maybe(POSITIVE))
    amount = draw(AMOUNTS)
    return Transaction(
        booking_date=draw(DATES),
        value_date=draw(maybe(DATES)),
        amount=amount,
        currency="EUR",
        original_amount=None if original is None else original.copy_sign(amount),
        original_currency=None if original is None else "USD",
        remittance=draw(text(380) | st.just("")),
        reference=draw(st.sampled_from([None, "825467890138"])),
        bank_reference=draw(st.sampled_from([None, "0000000042", "1234567890"])),
        code=draw(st.sampled_from(["04+016", "99", "17+001"])),
    )


@given(
    st.lists(movements(), max_size=4),
    AMOUNTS,
    DATES,
    DATES,
    st.sampled_from(["utf-8-sig", "utf-16"]),
)
def test_what_is_written_is_read_back(items, opening, start, end, encoding):
    written = [
        statement(
            Account(iban=iban, number=number),
            "EUR",
            opening,
            items,
            start,
            end,
        )
        for iban, number in (
            ("ES9121000418450200051332", "210004180200051332"),
            (None, "000000000000000001"),
        )
    ]
    assert without_raw(read(testing.aeb43(written, encoding=encoding))) == written


@given(st.data())
def test_a_damaged_file_is_read_or_refused(data):
    read_or_refuse("aeb43", damage(account(*MOVES), data))


def test_a_line_without_end_is_refused_at_its_first_record():
    assert refusal("aeb43", b"0" * 5_000_000).line == 1
    assert "NUL" in str(refusal("aeb43", account(*MOVES)[:82] + b"\0" * 5_000_000))


def test_events_come_in_order():
    events = parse_as("aeb43", account(*MOVES))
    assert [type(event).__name__ for event in events] == ["Transaction", "Transaction", "Statement"]
