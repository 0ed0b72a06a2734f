"""What a profile can say about a table beyond its columns."""

import datetime
from decimal import Decimal

import pytest

from bank_statement_format import Statement, Transaction, UnclearLayout
from bank_statement_format.profile import ProfileError, profile_data, profile_from

from .helpers import IBAN, OTHER_IBAN
from .test_table import DATA, HEADER, events, profile, refused, statement_of

ROW = "2024-01-01,a,1.00,\n"


def transactions(text: str, of) -> list[Transaction]:
    return [event for event in events(text, of) if isinstance(event, Transaction)]


def with_columns(**columns: str):
    """A profile of few and many columns, with an account of its own row."""
    titles = ["Date", "Amount", *dict.fromkeys(columns.values())]
    named = {"booking_date": "Date", "amount": "Amount", **columns}
    return {"header": titles, "columns": named, "account": ""}


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"lines_before": 1, "preamble": {"A": "closing#0"}}, "closing#0"),
        ({"lines_before": 1, "preamble": {"A": "colour#5"}}, "colour#5"),
        ({"lines_before": 1, "preamble": {"A": "#5"}}, "#5"),
        ({"footer": {"A": "closing#2 below"}}, "below"),
        ({"footer": {"A": "account#2"}}, "account"),
        ({"continuation": "yes"}, "continuation must be of type bool"),
        (
            {"continuation": True, "columns": {"booking_date": "Date", "amount": "Amount"}},
            "remittance",
        ),
        ({"spill": "Colour"}, "Colour"),
        ({"nothing": {"n/a": ""}}, "nothing must be a text or a list"),
        ({"booked": ["done"]}, "booked"),
        ({"decimal": "any", "thousands": ","}, "thousands"),
        ({"decimal": "either"}, "decimal"),
        ({"decimal": "any", "headerless": True}, "header"),
    ],
)
def test_a_wrong_option_says_what_is_wrong(changes, message):
    with pytest.raises(ProfileError, match=message):
        profile(**changes)


def test_a_profile_with_all_options_can_be_written_down_again():
    columns = {**DATA["columns"], "status": "Text"}
    given = profile(
        lines_before=3,
        preamble={"IBAN": "account#3 below"},
        footer={"End": "closing#5"},
        continuation=True,
        spill="Text",
        nothing=["n/a", "--"],
        decimal="any",
        dates=["%d/%m/%Y", "%m/%d/%Y"],
        columns=columns,
        pending=["open"],
        booked=["done", "paid"],
    )
    assert profile_from("test", profile_data(given)) == given


# Which cell of a line says it


PLACES = profile(
    lines_before=4,
    preamble={"Konto": "account#3 below", "Last balance": "opening#5"},
    footer={"Balance": "closing#5"},
    footer_required=True,
    columns={"booking_date": "Date", "remittance": "Text", "amount": "Amount"},
    account="",
)
PLACED = (
    f"Konto,Number,IBAN\nGiro,123,{IBAN}\nLast balance,,,,10.00,EUR\n{HEADER}"
    f"{ROW}Balance,2024-01-31,,,11.00 EUR,EUR\n"
)


def test_a_line_around_the_rows_says_which_of_its_cells_counts():
    statement = statement_of(PLACED, PLACES)
    assert statement.account.iban == IBAN
    assert (statement.opening.amount, statement.closing.amount) == (10, 11)
    assert statement.balanced is True


@pytest.mark.parametrize("line", ["Balance,2024-01-31,,", "Balance,2024-01-31,,,,EUR"])
def test_a_line_that_does_not_have_that_cell_is_refused(line):
    text = PLACED.replace("Balance,2024-01-31,,,11.00 EUR,EUR", line)
    assert refused(text, "does not say the closing", of=PLACES).line == 6


# Spreadsheet dress


@pytest.mark.parametrize("dress", ['"=""{}"""', "'{}", "'{}'", '="{}"', "={}"])
def test_what_tells_a_spreadsheet_that_it_is_text_is_no_part_of_a_value(dress):
    dressed = profile(**with_columns(iban="I", account="A", bank_reference="R"))
    cells = ",".join(dress.format(text) for text in (OTHER_IBAN, IBAN, "77"))
    (transaction, statement) = events(f"Date,Amount,I,A,R\n2024-01-01,1.00,{cells}\n", dressed)
    assert transaction.counterparty.iban == OTHER_IBAN
    assert transaction.bank_reference == "77"
    assert statement.account.iban == IBAN


def test_lines_before_the_header_are_undressed_too():
    before = profile(lines_before=2, preamble={"Konto": "account", "Currency": "currency"})
    text = f'Konto:,="{IBAN}"\nCurrency:,="GBP"\n{HEADER}{ROW}'
    statement = statement_of(text, before)
    assert (statement.account.iban, statement.currency) == (IBAN, "GBP")


def test_other_texts_keep_their_marks():
    text = HEADER + "2024-01-01,'quoted',1.00,\n"
    assert events(text)[0].remittance == "'quoted'"
    referring = profile(**with_columns(bank_reference="R"))
    for cell, reference in (("''", None), ("'-'", "'-'"), ('""";7"""', '";7"')):
        found = transactions(f"Date,Amount,R\n2024-01-01,1.00,{cell}\n", referring)
        assert found[0].bank_reference == reference


def test_an_account_is_told_from_the_name_behind_it():
    named = profile(lines_before=1, preamble={"Konto": "account"}, account=None)
    for said in (f"{IBAN} / Girokonto", f"{IBAN[:4]} {IBAN[4:]}"):
        assert statement_of(f"Konto,{said}\n{HEADER}{ROW}", named).account.iban == IBAN


# Columns without a title at the end


def test_columns_without_a_title_at_the_end_can_be_referred_to():
    unnamed = profile(
        header=["Date", "Amount", "Text"],
        exact=False,
        columns={"booking_date": "Date", "amount": "Amount", "remittance": ["Text", "#4", "#5"]},
    )
    for end, expected in (("", "a"), (",", "a b"), (",,", "a b c"), (",,,", "a b c")):
        cells = ["a", "b", "c", ""][: len(end) + 1]
        text = f"Date,Amount,Text{end}\n2024-01-01,1.00,{','.join(cells)}\n"
        assert transactions(text, unnamed)[0].remittance == expected


def test_an_unnamed_column_at_the_end_may_hold_the_sign():
    signed = profile(
        header=["Date", "Amount", " "],
        columns={"booking_date": "Date", "amount": "Amount", "sign": "#3"},
        debit_signs="S",
        credit_signs="H",
    )
    text = 'Date,Amount," "\n2024-01-01,1.00,S\n2024-01-02,2.00,H\n'
    assert [t.amount for t in transactions(text, signed)] == [-1, 2]
    refused(text.replace(",H", ""), "2 columns", of=signed)


# Rows that continue the one before


CONTINUED = profile(**{**DATA, "continuation": True})
CONTINUED_TEXT = HEADER + "2024-01-01,a,1.00,1.00\n,b,,\n,c,,\n2024-01-02,d,2.00,3.00\n,e,,"


def test_rows_without_date_and_amount_continue_the_text_of_the_one_before():
    first, second = transactions(CONTINUED_TEXT + "\n", CONTINUED)
    assert (first.remittance, second.remittance) == ("a b c", "d e")
    assert first.raw == "2024-01-01,a,1.00,1.00\n,b,,\n,c,,"
    assert statement_of(CONTINUED_TEXT, CONTINUED).count == 2


def test_text_that_continues_may_stand_where_dates_are():
    text = HEADER + ROW + "more of it,,,\n"
    assert transactions(text, CONTINUED)[0].remittance == "a more of it"
    refused(HEADER + ROW + "2024-01-02,b,,\n", "amount is missing", of=CONTINUED)


def test_rows_that_continue_nothing_are_refused():
    assert refused(HEADER + ",b,,\n" + ROW, "date is missing", of=CONTINUED).line == 2
    assert refused(CONTINUED_TEXT, "date is missing").line == 3
    assert refused(HEADER + ROW + ",b,2.00,\n", "date is missing", of=CONTINUED).line == 3


def test_a_text_that_never_ends_is_refused():
    refused(HEADER + ROW + ",bbbb,,\n" * 50_000, "does not end", of=CONTINUED)


# Texts that hold the delimiter


def test_surplus_cells_belong_to_the_text_that_may_hold_the_delimiter():
    of = profile(**{**DATA, "spill": "Text"})
    text = HEADER + "2024-01-01,a, b,,c,1.00,1.00\n2024-01-02,d,1.00,2.00,,\n"
    assert [t.remittance for t in transactions(text, of)] == ["a, b,,c", "d"]
    refused(text, "7 columns")
    refused(
        HEADER + "2024-01-01,a,x,1.00,2.00,3.00\n",
        "not readable",
        of=profile(**{**DATA, "spill": "Date"}),
    )
    refused(HEADER + '2024-01-01,"a",b,1.00,1.00\n', "5 columns", of=of)


# Words that mean nothing


def test_words_that_mean_nothing_are_empty_cells():
    columns = with_columns(iban="I", value_date="V")
    text = "Date,Amount,I,V\n2024-01-01,1.00,N/A,--\n"
    (transaction,) = transactions(text, profile(**columns, nothing=["n/a", "--"]))
    assert (transaction.counterparty.iban, transaction.value_date) == (None, None)
    refused(text, "'--'", of=profile(**columns))


# Status


def test_a_status_that_is_neither_pending_nor_booked_is_refused():
    columns = {**DATA["columns"], "status": "Text"}
    of = profile(columns=columns, pending="open", booked="done")
    text = HEADER + "2024-01-01,Done,1.00,\n2024-01-02,open,1.00,\n"
    assert [t.booked for t in transactions(text, of)] == [True, False]
    assert refused(text + "2024-01-03,offen,1.00,\n", "done or open", of=of).line == 4
    lacking = profile(
        header=["Date", "Amount"],
        exact=False,
        columns={"booking_date": "Date", "amount": "Amount", "status": "State"},
        pending="open",
        booked="done",
    )
    assert transactions("Date,Amount\n2024-01-01,1\n", lacking)[0].booked


# What each file decides


EITHER = profile(dates=["%d/%m/%Y", "%m/%d/%Y"], **with_columns())


def days_of(*dates: str) -> list[datetime.date]:
    text = "Date,Amount\n" + "".join(f"{date},1.00\n" for date in dates)
    return [t.booking_date for t in transactions(text, EITHER)]


def test_a_day_above_twelve_proves_the_order_of_all_dates():
    assert days_of("02/03/2024", "13/03/2024")[0] == datetime.date(2024, 3, 2)
    assert days_of("02/03/2024", "02/13/2024")[0] == datetime.date(2024, 2, 3)
    assert days_of("05/05/2024") == [datetime.date(2024, 5, 5)]


def test_the_order_of_the_rows_proves_the_order_of_their_dates():
    dates = ["01/09/2024", "01/11/2024", "02/01/2024", "02/10/2024", "03/01/2024"]
    assert days_of(*dates)[0] == days_of(*dates[::-1])[-1] == datetime.date(2024, 1, 9)


def test_dates_that_prove_no_order_are_a_question():
    with pytest.raises(UnclearLayout, match="02/03/2024 in line 2") as caught:
        days_of("02/03/2024", "03/03/2024")
    assert len(caught.value.questions) == 1


def test_dates_that_prove_both_orders_are_refused():
    text = "Date,Amount\n13/03/2024,1.00\n03/13/2024,1.00\n"
    assert refused(text, "Day and month", of=EITHER).line == 3


ANY = profile(decimal="any", **with_columns(balance="Balance"))


def amounts_of(*cells: str) -> list[Decimal]:
    text = "Date,Amount,Balance\n" + "".join(f"2024-01-01,{cell}\n" for cell in cells)
    return [t.amount for t in transactions(text, ANY)]


def test_all_amounts_of_a_file_prove_its_decimal_mark():
    assert amounts_of('"1.234,50",', '"1.234",') == [Decimal("1234.50"), Decimal("1234")]
    assert amounts_of('"1,234.50",', '"1,234",') == [Decimal("1234.50"), Decimal("1234")]
    assert amounts_of('"1,234","0,50"') == [Decimal("1.234")]
    assert amounts_of("5,", "6,") == [5, 6]
    assert amounts_of("1 234.50,") == [Decimal("1234.50")]


def test_amounts_that_prove_no_decimal_mark_are_a_question():
    with pytest.raises(UnclearLayout, match="1.234 in line 3"):
        amounts_of("5,", "1.234,")


def test_amounts_that_prove_both_marks_are_refused():
    text = 'Date,Amount,Balance\n2024-01-01,1.50,\n2024-01-02,"1,50",\n'
    assert refused(text, "not written in one way", of=ANY).line == 3


def test_a_file_without_rows_decides_nothing():
    (statement,) = events("Date,Amount,Balance\n", ANY)
    assert isinstance(statement, Statement)


# Rows that state balances


BALANCE_ROWS = {
    "header": ["Date", "Text", "Amount", " "],
    "columns": {"booking_date": "Date", "remittance": "Text", "amount": "Amount", "sign": "#4"},
    "debit_signs": "S",
    "credit_signs": "H",
    "balance_rows": {"Text": ["anfangssaldo", "Endsaldo"]},
    "footer_required": True,
}
STATED = (
    "Date,Text,Amount,\n2024-01-02,a,5.00,S\n2024-01-01,b,2.00,H\n"
    "2024-01-01,Anfangssaldo,1.00,H\n2024-01-02,Endsaldo,2.00,S\n"
)


def test_rows_may_state_the_balances():
    statement = statement_of(STATED, profile(**BALANCE_ROWS))
    assert (statement.opening.amount, statement.closing.amount) == (1, -2)
    assert (statement.count, statement.balanced) == (2, True)


def test_rows_that_do_not_state_the_balances_are_refused():
    of = profile(**BALANCE_ROWS)
    without = "".join(STATED.splitlines(keepends=True)[:-1])
    refused(without, "no balances at its end", "Endsaldo", of=of)
    assert refused(STATED.replace("2.00,S", ",S"), "does not say the closing", of=of).line == 5
    assert refused(STATED.replace("2.00,S", "2.00,X"), "sign is unknown", of=of).line == 5


@pytest.mark.parametrize(
    "rows",
    [{"Text": ["a"]}, {"Text": ["a", "b"], "Date": ["a", "b"]}, {"Colour": ["a", "b"]}],
)
def test_wrong_rows_of_balances_say_what_is_wrong(rows):
    with pytest.raises(ProfileError, match="balance_rows"):
        profile(balance_rows=rows)
