import datetime
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bank_statement_format import (
    Account,
    AmbiguousFormat,
    Balance,
    InvalidStatement,
    Statement,
    StatementError,
    Transaction,
    UnclearEncoding,
    UnclearLayout,
    UnknownFormat,
    testing,
)
from bank_statement_format.formats._table_opening import text_source
from bank_statement_format.formats._table_reader import read_table
from bank_statement_format.formats.csv import Csv
from bank_statement_format.profile import ProfileError, profile_from, shipped

from .helpers import IBAN, OTHER_IBAN, cuts, parse_as, read, read_one

DATA = {
    "label": "Test",
    "header": ["Date", "Text", "Amount", "Balance"],
    "dates": ["%Y-%m-%d"],
    "columns": {
        "booking_date": "Date",
        "remittance": "Text",
        "amount": "Amount",
        "balance": "Balance",
    },
    "account": IBAN,
    "currency": "EUR",
}
HEADER = "Date,Text,Amount,Balance\n"


def profile(**changes):
    return profile_from("test", {**DATA, **changes})


def events(text: str | bytes, *profiles) -> list:
    data = text.encode() if isinstance(text, str) else text
    return list(Csv(profiles or [profile()]).parse(io.BytesIO(data)))


def statement_of(text: str | bytes, *profiles) -> Statement:
    (statement,) = (e for e in events(text, *profiles) if isinstance(e, Statement))
    return statement


def refused(text: str | bytes, *parts: str, of=None) -> InvalidStatement:
    with pytest.raises(InvalidStatement) as caught:
        events(text, of or profile())
    for part in parts:
        assert part in str(caught.value)
    return caught.value


def demo_statement(*amounts: str, iban=IBAN, opening="100.00", day=1) -> Statement:
    transactions = tuple(
        Transaction(
            booking_date=datetime.date(2024, 1, day + number),
            amount=Decimal(amount),
            currency="EUR",
            remittance=f"Rechnung {number}",
        )
        for number, amount in enumerate(amounts)
    )
    return Statement(Account(iban), "EUR", Balance(Decimal(opening)), transactions=transactions)


DEMO = testing.csv_demo_bank([demo_statement("1234.50", "-20.00", "0.01", "-3.00")])


# Recognition


def test_the_shipped_profiles_are_all_usable():
    assert {"demo_bank", "demo_savings", "generic"} <= {p.name for p in shipped("table")}


def test_an_unknown_header_is_not_recognised():
    with pytest.raises(UnknownFormat):
        read(b"a,b,c\n1,2,3\n")
    with pytest.raises(UnknownFormat):
        events("a,b,c\n1,2,3\n")


def test_a_header_is_only_looked_for_where_it_may_be():
    assert not Csv([profile()]).sniff("x", b"other\n" + HEADER.encode())
    assert Csv([profile(lines_before=1)]).sniff("x", b"other\n" + HEADER.encode())


def test_two_profiles_that_fit_are_named():
    other = profile_from("other", {**DATA, "label": "Other"})
    with pytest.raises(AmbiguousFormat, match="Test, Other"):
        events(HEADER, profile(), other)


def test_an_exact_header_has_no_other_columns():
    more = "Date,Text,Amount,Balance,More\n"
    assert not Csv([profile()]).sniff("x", more.encode())
    assert Csv([profile(exact=False)]).sniff("x", more.encode())


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"label": ""}, "label"),
        ({"colour": "red"}, "unknown colour"),
        ({"columns": {**DATA["columns"], "colour": "Text"}}, "colour"),
        ({"columns": {**DATA["columns"], "name": "Name"}}, "Name"),
        ({"columns": {**DATA["columns"], "debit": "Amount"}}, "debit"),
        ({"columns": {**DATA["columns"], "name": []}}, "name"),
        ({"columns": {**DATA["columns"], "name": "Text#2"}}, "Text#2"),
        ({"columns": {**DATA["columns"], "name": "#5"}}, "#5"),
        ({"columns": {"amount": "Amount"}}, "booking date"),
        ({"columns": {**DATA["columns"], "sign": "Text"}}, "sign"),
        ({"columns": {**DATA["columns"], "status": "Text"}}, "pending"),
        ({"columns": []}, "object"),
        ({"decimal": ",", "thousands": ","}, "decimal"),
        ({"delimiter": ";;"}, "delimiter"),
        ({"order": "random"}, "order"),
        ({"currency": "Euro"}, "Euro"),
        ({"debit_signs": ["D"]}, "sign"),
        ({"amount_excludes_charges": True}, "charges"),
        ({"encodings": ["klingon"]}, "klingon"),
        ({"dates": ["%d %Q %Y"]}, "%Q"),
        ({"dates": 5}, "dates"),
        ({"preamble": {"A": "account"}}, "lines_before"),
        ({"footer": {"A": "account"}}, "account"),
        ({"footer": {"A": "colour"}}, "colour"),
        ({"footer_required": True}, "footer"),
        ({"lines_before": "3"}, "lines_before"),
    ],
)
def test_a_wrong_profile_says_what_is_wrong(changes, message):
    with pytest.raises(ProfileError, match=message):
        profile(**changes)


def test_a_profile_that_lacks_a_field_says_so():
    with pytest.raises(ProfileError, match="header"):
        profile_from("test", {"label": "x"})
    with pytest.raises(ProfileError, match="object"):
        profile_from("test", [])


# Encodings and line ends


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(encoding):
    text = HEADER + "2024-01-01,Größe €,1.00,1.00\n"
    found = events(text.encode(encoding), profile(encodings=["cp1252"]))
    assert found[0].remittance == "Größe €"


def test_utf_8_wins_over_the_declared_encoding_only_when_the_whole_file_is_valid():
    rows = "2024-01-01,plain,1.00,\n" * 10_000
    text = HEADER + rows + "2024-01-01,Größe,1.00,\n"
    found = events(text.encode("cp1252"), profile(encodings=["cp1252"]))
    assert found[-2].remittance == "Größe"


def test_characters_in_no_possible_encoding_are_refused():
    text = HEADER.encode() + b"2024-01-01,\x81,1.00,1.00\n"
    refused(text, "utf-8, cp1252", of=profile(encodings=["cp1252"]))
    with pytest.raises(UnclearEncoding):
        events(text, profile())


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(end):
    text = HEADER + "2024-01-01,a,1.00,1.00\n\n2024-01-02,b,2.00,3.00\n"
    assert statement_of(text.replace("\n", end)).total == 3


def test_no_break_spaces_and_blanks_around_cells():
    text = "\u00a0Date ,Text,Amount,Balance\n 2024-01-01\u00a0,\u00a0a ,\u00a01.00,1.00\u00a0\n"
    transaction = events(text)[0]
    assert (transaction.remittance, transaction.amount) == ("a", 1)


def test_quoted_line_breaks_and_delimiters():
    text = HEADER + '2024-01-01,"a,\n""b""",1.00,1.00\n2024-01-02,c,x,\n'
    assert refused(text, "'x'").line == 4
    assert events(text.replace(",x,", ",1,"))[0].remittance == 'a,\n"b"'


# Amounts and dates


@pytest.mark.parametrize(
    "text, amount",
    [
        ("1", "1"),
        ("-1.234,56", "-1234.56"),
        ("+1.234.567,8", "1234567.8"),
        ("1234,56", "1234.56"),
        ("12,00-", "-12"),
        ("\u2212 1,00".replace(" ", ""), "-1"),
        ("0,00", "0"),
        ("1 EUR", "1"),
        ("€ -1.234,56", "-1234.56"),
        ("-1,00 €", "-1"),
        ("(1,00)", "-1"),
        ("- 1,00", "-1"),
        (",5", "0.5"),
    ],
)
def test_amounts(text, amount):
    text = f'Date,Text,Amount,Balance\n2024-01-01,a,"{text}",\n'
    found = events(text, profile(decimal=",", thousands="."))
    assert found[0].amount == Decimal(amount)


@pytest.mark.parametrize(
    "text",
    ["", "x", "1.5", "1,2,3", "--1", "-1-", "1e5", "NaN", "12.34,5", "1" * 16, "1 USD", "(1"],
)
def test_amounts_that_are_none(text):
    text = f'Date,Text,Amount,Balance\n2024-01-01,a,"{text}",\n'
    assert refused(text, "Amount", of=profile(decimal=",", thousands=".")).line == 2


@pytest.mark.parametrize("separator", [" ", "\u00a0", "\u202f"])
def test_blanks_as_thousands(separator):
    text = f"{HEADER}2024-01-01,a,1{separator}234.50,\n"
    assert events(text, profile(thousands=" "))[0].amount == Decimal("1234.50")


@pytest.mark.parametrize("text", ["", "x", "2024-02-30", "01.01.2024", "1969-12-31", "2101-01-01"])
def test_dates_that_are_none(text):
    assert refused(f"{HEADER}{text},a,1.00,\n", "Date").line == 2


def test_dates_in_one_of_several_ways():
    text = HEADER + "2024-01-02,a,1.00,\n02.01.24,b,1.00,\n"
    dates = {e.booking_date for e in events(text, profile(dates=["%Y-%m-%d", "%d.%m.%y"]))[:2]}
    assert dates == {datetime.date(2024, 1, 2)}


PAIR = {"booking_date": "Date", "debit": "Text", "credit": "Amount"}


@pytest.mark.parametrize(
    "cells, amount",
    [("5.00,", "-5"), ("-5.00,", "-5"), (",5.00", "5"), ("0.00,5.00", "5"), ("0.00,0.00", "0")],
)
def test_a_pair_of_amount_columns(cells, amount):
    assert events(f"{HEADER}2024-01-01,{cells},\n", profile(columns=PAIR))[0].amount == Decimal(
        amount
    )


@pytest.mark.parametrize("cells", [",", "1.00,1.00"])
def test_a_pair_of_amounts_that_is_none(cells):
    assert refused(f"{HEADER}2024-01-01,{cells},\n", of=profile(columns=PAIR)).line == 2


def test_a_column_for_the_sign():
    signed = profile(
        columns={"booking_date": "Date", "sign": "Text", "amount": "Amount"},
        debit_signs=["S"],
        credit_signs=["H"],
    )
    text = HEADER + "2024-01-01,S,1.00,\n2024-01-01,H,2.00,\n"
    assert [e.amount for e in events(text, signed)[:2]] == [-1, 2]
    refused(HEADER + "2024-01-01,X,1.00,\n", "S or H", of=signed)
    # A sign that is given twice must be the same.
    assert events(HEADER + "2024-01-01,s,-1.00,\n", signed)[0].amount == -1
    refused(HEADER + "2024-01-01,H,-1.00,\n", "contradict", of=signed)


# Rows that are broken


@pytest.mark.parametrize(
    "row",
    [
        "2024-01-02,b",
        "2024-01-02,b,1.00,2.00,more",
        '2024-01-02,"b"c,1.00,2.00',
        '2024-01-02,"b,1.00,2.00',
        "2024-01-02",
    ],
)
def test_a_malformed_row_is_refused_with_its_line(row):
    assert refused(HEADER + "2024-01-01,a,1.00,1.00\n" + row + "\n").line == 3


def test_nul_and_endless_lines_are_refused():
    assert refused(HEADER + "2024-01-01,\0,1.00,1.00\n", "NUL").line == 2
    assert refused(HEADER + "x" * 300_000, "too long").line == 2
    assert refused(HEADER + '"' + "x\n" * 100_000).line == 2


def test_long_lines_are_read_once():
    lines = [f"2024-01-01,{'x' * 100_000},{number},\n" for number in range(1, 6)]
    assert [e.amount for e in events(HEADER + "".join(lines))[:-1]] == [1, 2, 3, 4, 5]
    quoted = [line.replace(",x", ',"x').replace("x,", 'x",') for line in lines]
    assert statement_of(HEADER + "".join([*lines, *quoted])).total == 30


def test_quotes_that_begin_late_in_a_file():
    plain = "2024-01-01,a,1.00,\n" * 10_000
    text = HEADER + plain + '2024-01-01,"b\n,c",2.00,\n' + plain
    found = events(text)
    assert (found[10_000].remittance, found[10_000].raw) == ("b\n,c", '2024-01-01,"b\n,c",2.00,')
    assert refused(text + "2024-01-01,x,-,\n", "'-'").line == 20_004


@pytest.mark.parametrize("data", cuts(DEMO))
def test_a_cut_file_is_refused(data):
    with pytest.raises(StatementError):
        read(data)


def test_a_file_cut_between_two_rows_is_refused():
    lines = DEMO.splitlines(keepends=True)
    for number in range(len(lines)):
        with pytest.raises(StatementError):
            read(b"".join(lines[:number]))


def test_a_lost_or_doubled_row_is_refused():
    lines = DEMO.splitlines(keepends=True)
    lost, doubled = [*lines[:4], *lines[5:]], [*lines[:4], lines[3], *lines[4:]]
    for wrong in (lost, doubled):
        with pytest.raises(InvalidStatement, match="as many rows"):
            read(b"".join(wrong))
        count = f";{len(wrong) - 4}".encode()
        lost_or_doubled = b"".join(wrong).replace(b";4", count)
        assert read_one(lost_or_doubled).balanced is False


def test_something_after_the_footer_is_refused():
    with pytest.raises(InvalidStatement, match="after the last line"):
        read(DEMO + DEMO.splitlines(keepends=True)[3])


def test_a_line_without_its_end_is_refused_where_the_profile_says_so():
    text = HEADER + "2024-01-01,a,1.00,1.00"
    assert statement_of(text).count == 1
    assert refused(text, "cut off", of=profile(final_newline=True)).line == 2
    assert statement_of(text + "\r\n", profile(final_newline=True)).count == 1


# Balances


def rows(*cells: str) -> str:
    return HEADER + "".join(f"{cell}\n" for cell in cells)


OLD_TO_NEW = ("2024-01-01,a,10.00,110.00", "2024-01-02,b,-5.00,105.00", "2024-01-03,c,1.00,106.00")


@pytest.mark.parametrize("lines", [OLD_TO_NEW, OLD_TO_NEW[::-1]], ids=["oldest", "newest"])
@pytest.mark.parametrize("order", ["auto", "given"])
def test_opening_and_closing_in_both_orders(lines, order):
    if order == "given":
        order = "oldest_first" if lines is OLD_TO_NEW else "newest_first"
    statement = statement_of(rows(*lines), profile(order=order))
    assert statement.opening == Balance(Decimal("100.00"), datetime.date(2024, 1, 1))
    assert statement.closing == Balance(Decimal("106.00"), datetime.date(2024, 1, 3))
    assert statement.balanced is True


def test_the_demo_bank_is_newest_first_and_not_swapped():
    statement = read_one(DEMO)
    assert statement.opening.amount == Decimal("100.00")
    assert statement.closing.amount == Decimal("1311.51")
    assert statement.transactions[0].booking_date == datetime.date(2024, 1, 4)


@pytest.mark.parametrize("order", ["auto", "oldest_first", "newest_first"])
def test_an_inconsistent_balance_names_its_line(order):
    lines = OLD_TO_NEW[::-1] if order == "newest_first" else OLD_TO_NEW
    wrong = [lines[0], lines[1].replace("105.00", "105.10"), lines[2]]
    assert refused(rows(*wrong), "running balance", of=profile(order=order)).line == 3


def test_the_wrong_order_is_refused_by_its_balances():
    refused(rows(*OLD_TO_NEW[::-1]), "running balance", of=profile(order="oldest_first"))


def test_one_day_whose_balances_fit_only_one_order():
    lines = [line.replace("01-02", "01-01").replace("01-03", "01-01") for line in OLD_TO_NEW]
    for ordered in (lines, lines[::-1]):
        statement = statement_of(rows(*ordered))
        assert (statement.opening.amount, statement.closing.amount) == (100, 106)


def test_one_day_whose_balances_fit_both_orders_proves_nothing():
    statement = statement_of(rows("2024-01-01,a,-20.00,858.47", "2024-01-01,b,20.00,878.47"))
    assert (statement.opening, statement.closing, statement.balanced) == (None, None, None)


@pytest.mark.parametrize("days, expected", [((2, 1), "858.47"), ((1, 2), "878.47")])
def test_dates_decide_where_the_balances_fit_both_orders(days, expected):
    first, second = days
    text = rows(f"2024-01-0{first},a,-20.00,858.47", f"2024-01-0{second},b,20.00,878.47")
    statement = statement_of(text)
    assert statement.opening.amount == statement.closing.amount == Decimal(expected)


@pytest.mark.parametrize("order", ["oldest_first", "newest_first", "auto"])
def test_rows_may_leave_the_balance_out(order):
    lines = (
        "2024-01-01,a,10.00,",
        "2024-01-02,b,-5.00,105.00",
        "2024-01-03,c,1.00,",
        "2024-01-04,d,2.00,108.00",
        "2024-01-05,e,3.00,",
    )
    ordered = lines[::-1] if order == "newest_first" else lines
    statement = statement_of(rows(*ordered), profile(order=order))
    assert (statement.opening.amount, statement.closing.amount) == (100, 111)


def test_without_any_balance_completeness_is_unproven():
    assert statement_of(rows("2024-01-01,a,10.00,")).balanced is None


def test_pending_rows_are_read_apart():
    pending = profile(
        columns={**DATA["columns"], "status": "Text"}, pending=["vorgemerkt"], order="newest_first"
    )
    text = rows("2024-01-09,vorgemerkt,99.00,", *OLD_TO_NEW[::-1])
    transactions = events(text, pending)
    assert [t.booked for t in transactions[:-1]] == [False, True, True, True]
    assert (transactions[-1].count, transactions[-1].pending_count) == (3, 1)
    assert transactions[-1].balanced is True
    assert transactions[-1].end_date == datetime.date(2024, 1, 3)


# Lines around the rows


SAVINGS = """Demo Savings Bank
Account:,DE02 1203 0000 0000 2020 51
Currency:,GBP
Opening balance:,"1,000.00"
Closing balance:,900.00

Posted,Details,More details,Paid out,Paid in
02/01/2024,Rent,January,"1,100.00",
03/01/2024,Salary,,,"1,000.00"
"""


def test_lines_before_the_header_say_account_currency_and_balances():
    statement = read_one(SAVINGS.encode())
    assert (statement.account.iban, statement.currency) == (IBAN, "GBP")
    assert statement.opening == Balance(Decimal("1000.00"), datetime.date(2024, 1, 2))
    assert statement.balanced is True
    assert [t.remittance for t in statement.transactions] == ["Rent January", "Salary"]
    assert [t.amount for t in statement.transactions] == [-1100, 1000]


def test_a_lost_row_shows_in_the_stated_balances():
    lines = SAVINGS.splitlines(keepends=True)
    assert read_one("".join(lines[:-1]).encode()).balanced is False


def test_lines_that_are_not_readable_are_refused():
    with pytest.raises(InvalidStatement, match="balance is not readable"):
        read(SAVINGS.replace('"1,000.00"\nC', "x\nC").encode())
    with pytest.raises(InvalidStatement, match="currency"):
        read(SAVINGS.replace("GBP", "Pounds").encode())
    with pytest.raises(InvalidStatement, match="account"):
        read(SAVINGS.replace("DE02 1203 0000 0000 2020 51", "").encode())


def test_a_file_without_rows_is_an_empty_statement():
    statement = read_one("".join(SAVINGS.splitlines(keepends=True)[:7]).encode())
    assert (statement.account.iban, statement.count) == (IBAN, 0)
    assert statement.balanced is False


# Several accounts


def test_two_accounts_in_a_file_stay_apart():
    data = testing.csv_demo_bank(
        [demo_statement("1.00", "2.00"), demo_statement("3.00", iban=OTHER_IBAN, opening="7.00")]
    )
    first, second = read(data)
    assert (first.account.iban, second.account.iban) == (IBAN, OTHER_IBAN)
    assert (first.total, second.total) == (3, 3)
    assert (first.opening.amount, second.opening.amount) == (100, 7)
    assert [len(s.transactions) for s in (first, second)] == [2, 1]


def test_mixed_rows_of_several_accounts_and_currencies():
    text = (
        "date,amount,currency,account,balance\n"
        "2024-01-01,1.00,EUR,A,11.00\n"
        "2024-01-01,5.00,EUR,B,5.00\n"
        "2024-01-02,2.00,EUR,A,13.00\n"
        "2024-01-02,9.00,USD,A,9.00\n"
        "2024-01-03,-1.00,EUR,B,4.00\n"
    )
    statements = read(text.encode())
    found = [(s.account.number, s.currency, s.opening.amount, s.closing.amount) for s in statements]
    assert found == [("A", "EUR", 10, 13), ("B", "EUR", 0, 4), ("A", "USD", 0, 9)]
    assert [len(s.transactions) for s in statements] == [2, 2, 1]
    assert all(s.balanced for s in statements)


def test_transactions_come_before_their_statement():
    text = (
        "date,amount,currency,account\n2024-01-01,1,EUR,A\n2024-01-01,2,EUR,B\n2024-01-01,3,EUR,A\n"
    )
    found = [
        event.account.number if isinstance(event, Statement) else int(event.amount)
        for event in parse_as("csv", text.encode())
    ]
    assert found == [1, 3, "A", 2, "B"]


@pytest.mark.parametrize("row", ["2024-01-01,1.00,EUR,", "2024-01-01,1.00,,A"])
def test_a_row_that_does_not_name_its_account_or_currency_is_refused(row):
    with pytest.raises(InvalidStatement) as caught:
        read(f"date,amount,currency,account\n{row}\n".encode())
    assert caught.value.line == 2


def test_the_plain_csv_needs_few_columns_and_knows_more():
    text = (
        "iban,date,amount,currency,account,remittance,name\n"
        f"{OTHER_IBAN},2024-01-01,-1.5,EUR,{IBAN},text,Muster GmbH\n"
    )
    (transaction,) = read_one(text.encode()).transactions
    assert transaction.counterparty.iban == OTHER_IBAN
    assert transaction.counterparty.name == "Muster GmbH"
    assert (transaction.remittance, transaction.amount) == ("text", Decimal("-1.5"))


def test_a_column_that_occurs_twice_is_refused():
    text = "date,amount,amount,currency,account\n2024-01-01,1,2,EUR,A\n"
    with pytest.raises(InvalidStatement, match="twice"):
        read(text.encode())


def test_raw_is_the_row_as_it_stands_in_the_file():
    text = HEADER + '2024-01-01,"a\nb",1.00,1.00\r\n2024-01-02,c,1.00,2.00'
    assert [e.raw for e in events(text)[:2]] == [
        '2024-01-01,"a\nb",1.00,1.00',
        "2024-01-02,c,1.00,2.00",
    ]


def test_the_callers_stream_stays_open():
    stream = io.BytesIO(DEMO)
    list(Csv().parse(stream))
    assert not stream.closed


# The last line without a line break


def last_line(row: str, *others: str, **changes) -> Statement:
    """The statement of a file whose last row is not ended by a line break."""
    return statement_of(rows(*others) + row, profile(**changes))


def cut_off(row: str, *others: str, **changes) -> None:
    refused(rows(*others) + row, "line break", of=profile(**changes))


NO_BALANCE = {"booking_date": "Date", "remittance": "Text", "amount": "Amount"}
LAST_IS_AMOUNT = {
    "header": ["Date", "Text", "Amount"],
    "columns": NO_BALANCE,
}


def test_an_amount_that_ends_the_file_must_be_whole():
    changed = profile(**LAST_IS_AMOUNT)
    text = "Date,Text,Amount\n2024-01-01,a,10.00\n2024-01-02,b,20."
    for end in ("", "0"):
        refused(text + end, "line break", of=changed)
    refused(text[:-1], "line break", of=changed)
    assert statement_of(text + "00", changed).total == 30
    assert statement_of(text.replace("20.", '"20"'), changed).total == 30


def test_a_balance_that_ends_the_file_is_proven_by_the_one_before():
    assert last_line("2024-01-02,b,1.00,12", "2024-01-01,a,10.00,11").closing.amount == 12
    cut_off("2024-01-02,b,1.00,1", "2024-01-01,a,10.00,12.00")


def test_a_missing_last_cell_that_all_others_have():
    cut_off("2024-01-02,b,1.00,", "2024-01-01,a,10.00,x", columns=NO_BALANCE)
    assert last_line("2024-01-02,b,1.00,", "2024-01-01,a,1.00,", columns=NO_BALANCE).count == 2


def test_quotes_that_all_others_have():
    cut_off("2024-01-02,b,1.00,x", '2024-01-01,a,10.00,"x"', columns=NO_BALANCE)
    cut_off('2024-01-02,b,1.00, "x', "2024-01-01,a,10.00,x", columns=NO_BALANCE)
    assert last_line('2024-01-02,b,1.00,"x"', "2024-01-01,a,1.00,", columns=NO_BALANCE).count == 2


@pytest.mark.parametrize(
    "last, other",
    [
        ("2024-01-0", "2024-01-02"),
        ("01.02.20", "01.02.2024"),
        (IBAN[:-1], OTHER_IBAN),
    ],
)
def test_a_date_or_an_account_that_ends_the_file_must_be_whole(last, other):
    cut_off(f"2024-01-02,b,1.00,{last}", f"2024-01-01,a,1.00,{other}", columns=NO_BALANCE)
    whole = last_line(
        f"2024-01-02,b,1.00,{other}", f"2024-01-01,a,1.00,{other}", columns=NO_BALANCE
    )
    assert whole.count == 2


def test_cells_of_one_length():
    others = [f"2024-01-01,a,1.00,{code}" for code in ("EUR", "USD", "CHF")]
    cut_off("2024-01-02,b,1.00,E", *others, columns=NO_BALANCE)
    assert last_line("2024-01-02,b,1.00,PLN", *others, columns=NO_BALANCE).count == 4


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_line_break_is_seen_in_any_encoding(encoding):
    text = "\ufeff" * (encoding != "utf-16") + rows("2024-01-01,a,10,11")
    assert statement_of(text.encode(encoding)).count == 1


@st.composite
def small_tables(draw) -> tuple[str, str]:
    """A table as text, and how its columns stand."""
    columns = draw(st.permutations(["Date", "Text", "Amount", "Balance", "Value"]))
    quote = draw(st.sampled_from(["", '"']))
    day, balance, lines = datetime.date(2024, 1, 1), Decimal(100), []
    for amount in draw(st.lists(st.decimals(-9999, 9999, places=2), min_size=2, max_size=5)):
        day, balance = day + datetime.timedelta(days=1), balance + amount
        cells = {
            "Date": day.isoformat(),
            "Text": draw(st.sampled_from(["Rent", "Salary 12", "Card 1234"])),
            "Amount": f"{amount:.2f}",
            "Balance": f"{balance:.2f}",
            "Value": day.isoformat(),
        }
        lines.append(",".join(f"{quote}{cells[column]}{quote}" for column in columns))
    return "".join(f"{line}\n" for line in [",".join(columns), *lines]), columns[-1]


@given(small_tables(), st.booleans(), st.data())
def test_a_table_cut_anywhere_is_never_half_read(table, with_balance, data):
    text, last = table
    columns = {**DATA["columns"], "value_date": "Value"}
    if not with_balance:
        del columns["balance"]
    known = profile(header=text.splitlines()[0].split(","), columns=columns)
    cut = text[: data.draw(st.integers(text.index("\n") + 1, len(text)))]
    try:
        *found, statement = events(cut, known)
    except StatementError:
        return
    if statement.balanced is not False:
        assert what_was_read(found, last) <= what_was_read(events(text, known)[:-1], last)


def what_was_read(transactions: list[Transaction], last: str) -> set[Transaction]:
    """The transactions without what nothing depends on: their lines, and a text at the end."""
    found = {each._replace(raw="") for each in transactions}
    return {each._replace(remittance="") for each in found} if last == "Text" else found


def test_a_guess_that_a_row_contradicts_says_what_was_taken_for_what():
    lines = "".join(f"2024-01-{day:02},a,-1.00,10.00\n" for day in range(1, 29))
    text = f"Date,Text,Amount,Balance\n{lines}2024-01-30,a,-1.00,\n2024-01-31,a,-1.00,none\n"
    with pytest.raises(UnclearLayout) as caught:
        list(read_table(profile(), text_source(profile(), io.BytesIO(text.encode())), guessed=True))
    assert caught.value.line == 31 and caught.value.questions
    assert "Balance" in str(caught.value) and "choose the columns" in str(caught.value)


def test_a_header_that_ends_the_file_must_be_whole():
    assert statement_of(HEADER).count == 0
    refused(HEADER.rstrip(), "may be cut off")
    refused("Date,Text,Amount", "may be cut off", of=profile(exact=False, header=["Date"]))
