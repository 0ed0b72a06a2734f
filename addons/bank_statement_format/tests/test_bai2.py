"""BAI2."""

import dataclasses
import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bank_statement_format import Account, Counterparty, Transaction, formats, testing

from .helpers import read, read_one
from .record_checks import (
    AMOUNTS,
    DATES,
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

HEADER = "01,021000021,EXAMPLE,240131,0800,1,,,2/"
GROUP = "02,EXAMPLE,021000021,1,240130,2359,USD,2/"
BALANCES = "03,0123456789,,010,100000,,,015,112500,,/"
CREDIT = "16,195,15000,V,240131,,BANKREF7,E2E-7,FROM EXAMPLE INC/"
DEBIT = "16,495,2500,,,,FEE/"


def file(*accounts: tuple[int, list[str]], group=GROUP, header=HEADER) -> bytes:
    """A file of one group. Each account comes with its control total."""
    lines = [header, group]
    for total, account in accounts:
        lines += [*account, f"49,{total},{len(account) + 1}/"]
    total = sum(total for total, _ in accounts)
    lines.append(f"98,{total},{len(accounts)},{len(lines)}/")
    lines.append(f"99,{total},1,{len(lines) + 1}/")
    return "".join(f"{line}\r\n" for line in lines).encode()


def whole(**kwargs) -> bytes:
    return file((230_000, [BALANCES, CREDIT, DEBIT]), **kwargs)


def one(*lines: str, total: int, group=GROUP, account="03,1,/") -> Transaction:
    """The only transaction of an account."""
    found = read_one(file((total, [account, *lines]), group=group))
    (transaction,) = found.transactions
    return transaction


def test_an_account_is_read():
    found = read_one(whole())
    assert found.account == Account(number="0123456789")
    assert (found.currency, found.kind) == ("USD", "statement")
    assert (found.opening.amount, found.closing.amount) == (Decimal("1000.00"), Decimal("1125.00"))
    assert found.balanced
    assert found.end_date == datetime.date(2024, 1, 30)
    credit, debit = found.transactions
    assert credit.amount == Decimal("150.00")
    assert credit.booking_date == datetime.date(2024, 1, 30)
    assert credit.value_date == datetime.date(2024, 1, 31)
    assert (credit.code, credit.bank_reference, credit.end_to_end_id) == (
        "195",
        "BANKREF7",
        "E2E-7",
    )
    assert (credit.remittance, credit.raw) == ("FROM EXAMPLE INC", CREDIT)
    assert (debit.amount, debit.remittance, debit.value_date) == (Decimal("-25.00"), "FEE", None)


@pytest.mark.parametrize(
    ("funds", "value_date"),
    [
        ("", None),
        ("Z", None),
        ("0", None),
        ("1", None),
        ("2", None),
        ("S,100,200,300", None),
        ("S,,,", None),
        ("D,2,0,100,1,200", None),
        ("V,240201,", datetime.date(2024, 2, 1)),
        ("V,240201,0930", datetime.date(2024, 2, 1)),
        ("V,20240201,", datetime.date(2024, 2, 1)),
        ("V,,", None),
    ],
)
def test_funds_types(funds, value_date):
    found = one(f"16,195,300,{funds},BANK7,CUST7,TEXT, AND MORE/", total=300)
    assert (found.value_date, found.bank_reference, found.end_to_end_id, found.remittance) == (
        value_date,
        "BANK7",
        "CUST7",
        "TEXT, AND MORE",
    )


@pytest.mark.parametrize(
    ("code", "sign"),
    [(100, 1), (399, 1), (400, -1), (699, -1), (721, 1), (761, -1), (935, 1), (975, -1)],
)
def test_the_type_tells_the_sign(code, sign):
    found = one(f"16,{code},300,,,,/", total=300)
    assert (found.amount, found.code) == (Decimal(3 * sign), str(code))


@pytest.mark.parametrize(
    ("group", "account", "expected"),
    [
        ("", "", ("USD", "123.45")),
        ("CAD", "", ("CAD", "123.45")),
        ("CAD", "JPY", ("JPY", "12345")),
        ("KWD", "", ("KWD", "12.345")),
    ],
)
def test_the_currency_tells_the_decimals(group, account, expected):
    group = f"02,EXAMPLE,021000021,1,240130,2359,{group},2/"
    data = file((12_345, [f"03,1,{account}/", "16,195,12345,,,,/"]), group=group)
    found = read_one(data)
    assert (found.currency, f"{found.transactions[0].amount}") == expected


def test_balances_go_on_in_continuations():
    lines = [
        "03,1,,010,+000100000,,,040/",
        "88,99000,,S,1,2,3,100,15000,1,D,2,0,5000,1,10000/",
        "88,400,2500,1,V,240131,0800,015/",
        "88,112500,,,/",
        CREDIT,
        DEBIT,
    ]
    total = 100_000 + 99_000 + 15_000 + 2_500 + 112_500 + 15_000 + 2_500
    assert read_one(file((total, lines))).balanced


@pytest.mark.parametrize(
    ("status", "opening", "closing"),
    [
        ("010,100,,,015,200,,", "1.00", "2.00"),
        ("030,200,,", None, "2.00"),
        ("060,200,,", None, "2.00"),
        ("015,250,,,100,100,1,,400,50,1,", "2.00", "2.50"),
        ("010,200,,,100,100,1,,400,50,1,", "2.00", "2.50"),
        ("040,200,,,045,300,,", None, None),
        ("010,-100,,,015,+200,,", "-1.00", "2.00"),
        (",,,,015,200,,", None, "2.00"),
    ],
)
def test_which_balances_count(status, opening, closing):
    amounts = [int(part) for part in status.split(",")[1::4] if part]
    found = read_one(file((sum(amounts), [f"03,1,,{status}/"])))
    assert (found.opening and f"{found.opening.amount}") == opening
    assert (found.closing and f"{found.closing.amount}") == closing


def test_texts_go_on_in_continuations():
    found = one("16,195,300,,,,PAYMENT", "88,EREF: E2E-9", "88,FOR INVOICE 7/", total=300)
    assert found.remittance == "PAYMENT EREF: E2E-9 FOR INVOICE 7"
    assert (found.end_to_end_id, found.raw.count("\n")) == ("E2E-9", 2)
    fields = one("16,195,300,V/", "88,240201,,BANK7/", "88,CUST7,TEXT/", total=300)
    assert (fields.end_to_end_id, fields.remittance) == ("CUST7", "TEXT")
    assert one("16,195,300/", total=300).remittance == ""


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("195", Counterparty("DEBTOR INC", "111", "CITIUS33")),
        ("495", Counterparty("CREDITOR INC", "222", "COBADEFF")),
    ],
)
def test_labelled_continuations_tell_the_counterparty(code, expected):
    labels = ("DBNM: DEBTOR INC", "DACT: 111", "DBIC: CITIUS33", "CRNM: CREDITOR INC")
    lines = (*labels, "CACT: 222", "CBIC: COBADEFF")
    found = one(f"16,{code},300,,,,X", *(f"88,{line}" for line in lines), total=300)
    assert found.counterparty == expected


def test_a_slash_within_a_text_does_not_end_it():
    found = one("16,195,300,,AB/CD,,PAID 08/18/23 / REST/", total=300)
    assert (found.bank_reference, found.remittance) == ("AB/CD", "PAID 08/18/23 / REST")


def test_records_may_share_lines_and_texts_may_wrap():
    data = whole().decode().replace("FROM EXAMPLE INC", "FROM EXAMPLE\r\nINC")
    data = data.replace("2/\r\n02", "2/  02").replace("/\r\n16,495", "/ 16,495")
    found = read_one(data.encode())
    assert found.balanced
    assert [item.remittance for item in found.transactions] == ["FROM EXAMPLE INC", "FEE"]


def test_records_of_a_fixed_length_need_no_lines():
    header = HEADER.replace(",1,,,2", ",1,80,1,2")
    data = b"".join(line.ljust(80) for line in whole(header=header).splitlines())
    assert without_raw(read(data)) == without_raw(read(whole()))


def test_blank_lines_and_other_line_ends():
    expected = without_raw(read(whole()))
    for data in (
        whole().replace(b"\r\n", b"\n"),
        whole().replace(b"\r\n", b" \r\n\r\n"),
        whole().replace(b"\r\n", b"\r"),
        b"\xef\xbb\xbf" + whole() + b"\x1a",
        whole().rstrip(),
    ):
        assert without_raw(read(data)) == expected


def test_interim_figures_are_a_report():
    found = read_one(whole(group=GROUP.replace(",2/", ",3/")))
    assert (found.kind, found.balanced) == ("report", None)
    assert (found.count, found.pending_count, found.total) == (0, 2, 0)
    assert not any(item.booked for item in found.transactions)


def test_a_report_must_not_contradict_itself():
    data = whole(group=GROUP.replace(",2/", ",3/")).replace(b"112500", b"112600")
    assert "control total" in str(refusal("bai2", data))


def test_several_accounts_groups_and_files_are_read():
    account = (230_000, [BALANCES, CREDIT, DEBIT])
    assert len(read(file(account, account))) == 2
    assert len(read(whole() + whole())) == 2
    lines = whole().decode().split("\r\n")
    both = [*lines[:-2], *lines[1:-2], "99,460000,2,14/"]
    assert len(read("\r\n".join(both).encode())) == 2


def test_information_is_no_transaction():
    data = file((230_000, [BALANCES, CREDIT, DEBIT, "16,890,,,,,NOTICE/"]))
    assert read_one(data).count == 2


@pytest.mark.parametrize(
    "totals",
    [
        230_000,  # as the standard says
        17_500,  # transactions only
        12_500,  # credits less debits
        225_000,  # all of it, debits subtracted
    ],
)
def test_banks_count_totals_in_different_ways(totals):
    assert read_one(file((totals, [BALANCES, CREDIT, DEBIT]))).balanced


@pytest.mark.parametrize("records", [4, 3, 2])
def test_banks_count_records_in_different_ways(records):
    assert read_one(whole().replace(b"49,230000,4", b"49,230000,%d" % records)).balanced


def test_contradictions_are_left_to_a_balance_that_does_not_fit():
    data = whole().replace(b"112500", b"112600").replace(b"49,230000,4", b"49,7,77")
    assert read_one(data).balanced is False


@pytest.mark.parametrize(
    ("data", "line", "expected", "found"),
    [
        (whole().replace(b"49,230000", b"49,230001"), 6, "2300.00 as read", "2300.01"),
        (whole().replace(b"49,230000,4", b"49,230000,5"), 6, "4 as read", "5"),
        (whole().replace(b"98,230000", b"98,230001"), 7, "230000 as read", "230001"),
        (whole().replace(b"98,230000,1", b"98,230000,2"), 7, "1 as read", "2"),
        (whole().replace(b"98,230000,1,6", b"98,230000,1,7"), 7, "6 as read", "7"),
        (whole().replace(b"99,230000", b"99,230001"), 8, "230000 as read", "230001"),
        (whole().replace(b"99,230000,1", b"99,230000,2"), 8, "1 as read", "2"),
        (whole().replace(b"99,230000,1,8", b"99,230000,1,9"), 8, "8 as read", "9"),
        (whole(header=HEADER.replace(",2/", ",1/")), 1, "2", "1"),
        (whole(group=GROUP.replace(",1,", ",2,", 1)), 2, "1 (update) or 3 (correction)", "2"),
        (whole(group=GROUP.replace(",1,", ",4,", 1)), 2, "1 (update) or 3 (correction)", "4"),
        (whole(group=GROUP.replace("240130", "240132")), 2, "a date as YYMMDD", "240132"),
        (whole(group=GROUP.replace("USD", "DOLLAR")), 2, "an ISO 4217 code", "DOLLAR"),
        (file((0, ["03,,USD/"])), 3, "an account number", ""),
        (file((100, ["03,1,,ABC,100,,/"])), 3, "three digits", "ABC"),
        (file((100, ["03,1,,,100,,/"])), 3, "three digits", ""),
        (file((100, ["03,1,,010,1.00,,/"])), 3, "digits without a decimal point", "1.00"),
        (file((100, ["03,1,/", "16,015,100,,,,/"])), 4, "such as 195 or 495", "015"),
        (file((100, ["03,1,/", "16,195,,,,,/"])), 4, "digits", ""),
        (file((100, ["03,1,/", "16,195,1O0,,,,/"])), 4, "digits without a decimal point", "1O0"),
        (file((100, ["03,1,/", "16,195,100,Q,,,/"])), 4, "0, 1, 2, D, S, V, Z or nothing", "Q"),
        (file((100, ["03,1,/", "16,195,100,D,9,1,2/"])), 4, "days and amounts", ""),
        (file((100, ["03,1,/", "16,195,100,V,991399,/"])), 4, "a date as YYMMDD", "991399"),
        (file((100, ["16,195,100,,,,/"])), 3, "03 or 98", "16"),
        (b"88,x/\r\n" + whole(), 1, "01", "88,x/"),
        (whole().replace(b"EXAMPLE INC", b"EXAM\0LE INC"), 4, "text", None),
        (whole() + b"x" * 300_000, 9, "less than", None),
    ],
)
def test_refusals_name_their_place(data, line, expected, found):
    error = refusal("bai2", data)
    assert error.line == line
    assert expected in error.expected
    assert found is None or error.found == found


def test_a_cut_file_is_refused():
    for cut in line_cuts(whole()):
        assert not balanced_or_refused("bai2", cut)
    assert "cut off" in str(refusal("bai2", b"\n".join(whole().splitlines()[:-1])))


def test_a_lost_record_is_refused_or_shows():
    lines = whole().splitlines(keepends=True)
    for lost in range(len(lines)):
        assert not balanced_or_refused("bai2", b"".join(lines[:lost] + lines[lost + 1 :]))


def test_others_are_not_claimed():
    fmt = formats()["bai2"]
    assert fmt.sniff("x", whole())
    assert fmt.sniff("x", whole().replace(b"02,EX", b"88,MORE/\r\n02,EX", 1))
    endless = HEADER.encode() + b"\n88, " * 5_000
    for data in (b"01,a,b", HEADER.encode(), HEADER.encode() + b"\n16,", b"\0" * 500, endless):
        assert not fmt.sniff("x.bai", data)


@st.composite
def transactions(draw, date, booked: bool) -> Transaction:
    amount = draw(AMOUNTS)
    return Transaction(
        booking_date=date,
        value_date=draw(maybe(DATES)),
        amount=amount,
        currency="USD",
        remittance=draw(text(300, exclude="/") | st.just("") | st.just("A/B, C")),
        end_to_end_id=draw(maybe(word(5, 20))),
        bank_reference=draw(maybe(word(5, 20))),
        code=draw(st.sampled_from(["195", "301"] if amount > 0 else ["495", "699"])),
        booked=booked,
    )


@given(st.data(), DATES, AMOUNTS, st.sampled_from(["utf-8-sig", "utf-16"]))
def test_what_is_written_is_read_back(data, date, opening, encoding):
    items = data.draw(st.lists(transactions(date, booked=True), max_size=4))
    account = Account(number="0123456789")
    booked = statement(account, "USD", opening, items, date, date)
    interim = data.draw(st.lists(transactions(date, booked=False), max_size=2))
    report = dataclasses.replace(
        statement(account, "USD", opening, (), date, date),
        opening=None,
        closing=None,
        pending_count=len(interim),
        kind="report",
        transactions=tuple(interim),
    )
    written = [booked, report]
    assert without_raw(read(testing.bai2(written, encoding=encoding))) == written


@given(st.data())
def test_a_damaged_file_is_read_or_refused(data):
    read_or_refuse("bai2", damage(whole(), data))
