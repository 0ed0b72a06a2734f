"""Which columns of an unknown table are money: decided where the rows prove it, else asked."""

import io
from decimal import Decimal

import pytest

from bank_statement_format import (
    InvalidStatement,
    Statement,
    StatementError,
    UnclearLayout,
    profile_from,
)
from bank_statement_format.tables import preview

from .helpers import IBAN, read, read_one


def table(*lines: str) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def amounts(data: bytes) -> list[Decimal]:
    return [t.amount for t in read_one(data).transactions]


def asked(data: bytes) -> dict[str, list[str]]:
    """The questions that a file is refused with, and the answers that can be given."""
    with pytest.raises(UnclearLayout):
        read(data)
    questions = preview("x", io.BytesIO(data)).questions
    return {q.key: [value for value, _ in q.choices] for q in questions}


def answered(data: bytes, **answers: str) -> Statement:
    found = preview("x", io.BytesIO(data), answers=answers)
    assert (found.problem, found.questions) == (None, ())
    return found.statement


def decimals(*texts: str) -> list[Decimal]:
    return list(map(Decimal, texts))


# Running balances

BROKER = (
    "Datum,Omschrijving,FX,Mutatie,,Saldo,",
    '30-12-2019,Conversie,,,,EUR,"13,88"',
    '27-12-2019,Dividend,,EUR,"0,19",EUR,"13,88"',
    '27-12-2019,Belasting,,EUR,"-0,03",EUR,"13,69"',
    '25-09-2019,Dividend,,EUR,"0,46",EUR,"13,72"',
)


def test_a_title_above_a_currency_is_that_of_the_amount_beside_it():
    statement = read_one(table(*BROKER))
    assert [t.amount for t in statement.transactions] == decimals("0.19", "-0.03", "0.46")
    assert (statement.currency, statement.balanced) == ("EUR", True)
    assert statement.closing.amount == Decimal("13.88")


def test_a_row_without_amount_is_asked_about_unless_the_balances_show_that_nothing_moved():
    data = table(BROKER[0], BROKER[1].replace("13,88", "13,87"), *BROKER[2:])
    assert asked(data) == {"empty": ["skip", "refuse"]}
    assert len(answered(data, empty="skip").transactions) == 3
    assert preview("x", io.BytesIO(data), answers={"empty": "refuse"}).problem


def test_the_running_balance_is_not_taken_for_the_amount_because_rows_lack_one():
    lines = ("2024-01-01,a,10.00,110.00", "2024-01-02,b,,110.00", "2024-01-03,c,-5.00,105.00")
    statement = read_one(table("Date,Text,Movement,After", *lines))
    assert [t.amount for t in statement.transactions] == decimals("10", "-5")
    assert statement.balanced


def test_without_titles_a_column_with_gaps_may_be_the_amount_too():
    lines = ("2024-01-01,a,10.00,110.00", "2024-01-02,b,,120.00", "2024-01-03,c,-5.00,105.00")
    assert asked(table("Date,Text,Movement,After", *lines))["amount"] == ["Movement", "After"]


def test_a_total_that_is_the_running_balance_is_not_the_amount():
    lines = ("2024-01-01,a,10.00,110.00", "2024-01-02,b,-30.00,80.00", "2024-01-03,c,5.00,85.00")
    statement = read_one(table("Date,Text,Movement,Total", *lines))
    assert statement.total == Decimal("-15.00")
    assert statement.balanced


def test_balances_with_a_decimal_comma_prove_the_amount():
    lines = ("01.01.2024;a;10,00;110,00", "02.01.2024;b;-30,00;80,00", "03.01.2024;c;5,00;85,00")
    assert amounts(table("Datum;Text;Bewegung;Danach", *lines)) == decimals("10", "-30", "5")


# Signs that the running balance proves

SIGNED = "Date;Text;Amount;D/C;Balance"


def test_the_balance_proves_that_the_column_alone_tells_debit_from_credit():
    lines = ("2024-12-15;a;33.50;D;-23.50", "2024-12-15;b;-1533.50;C;1510.00")
    statement = read_one(table(SIGNED, *lines))
    assert [t.amount for t in statement.transactions] == decimals("-33.50", "1533.50")
    assert statement.balanced


REVERSAL = (
    "2022-10-14;a;100.00;C;1100.00",
    "2022-10-15;b;50.00;D;1050.00",
    "2022-10-16;c;-50.00;D;1100.00",
    "2022-10-17;d;150.00;D;950.00",
)


def test_the_balance_proves_that_a_minus_is_a_reversal():
    statement = read_one(table(SIGNED, *REVERSAL))
    assert [t.amount for t in statement.transactions] == decimals("100", "-50", "50", "-150")
    assert statement.balanced


def test_the_balance_proves_that_amounts_are_as_written_whatever_the_column_says():
    lines = (
        "2024-01-01;a;10.00;C;10.00",
        "2024-01-02;b;5.00;D;15.00",
        "2024-01-03;c;-1.00;C;14.00",
    )
    statement = read_one(table(SIGNED, *lines))
    assert [t.amount for t in statement.transactions] == decimals("10", "5", "-1")
    assert statement.balanced


def test_a_minus_that_contradicts_the_column_is_asked_about_where_no_balance_tells():
    data = table(SIGNED[:-8], *(line.rpartition(";")[0] for line in REVERSAL))
    assert asked(data) == {"minus": ["ignored", "reverses", "written"]}
    for answer, third in (("ignored", -50), ("reverses", 50)):
        assert answered(data, minus=answer).transactions[2].amount == third
    written = answered(data, minus="written", sign="natural")
    assert [t.amount for t in written.transactions] == [100, 50, -50, 150]


def test_balances_that_no_meaning_of_the_minus_fits_are_asked_about():
    data = table(SIGNED, *REVERSAL[:3], "2022-10-17;d;150.00;D;777.00")
    assert asked(data) == {"minus": ["ignored", "reverses", "written"]}


def test_a_minus_in_one_of_many_debits_is_no_matter_of_course():
    rows = [f"2024-01-01;text {number};1.00;D" for number in range(500)]
    data = table("Date;Text;Amount;D/C", *rows, "2024-01-02;storno;-1.00;D")
    assert "minus" in asked(data)
    rows = [f"2024-01-01;text {number};-1.00;D" for number in range(500)]
    with pytest.raises(InvalidStatement, match="minus in some rows only") as error:
        read(table("Date;Text;Amount;D/C", *rows, "2024-01-02;storno;1.00;D"))
    assert error.value.line == 502


def test_a_profile_says_what_a_minus_beside_the_sign_means():
    data = table(SIGNED, *REVERSAL)
    draft = preview("x", io.BytesIO(data)).draft
    assert draft["written_minus"] == "reverses"
    with pytest.raises(StatementError, match="written_minus"):
        profile_from("x", draft | {"written_minus": "perhaps"})


def test_balances_that_speak_for_the_opposite_are_asked_about():
    lines = (
        "2024-01-01,a,-10.00,10.00",
        "2024-01-02,b,-5.00,15.00",
        "2024-01-03,c,-1.00,16.00",
        "2024-01-05,e,4.00,99.00",
    )
    assert asked(table("Date,Text,Amount,Balance", *lines)) == {"sign": ["natural", "inverted"]}


# Amounts in several currencies

CARD = (
    "datum verrichting;bedrag;credit;debet;munt;koers;bedrag in EUR;Handelaar",
    "01/02/2020;-16,52;;-16,52;EUR;1;-16,52;Shop A",
    "28/01/2020;-100,00;;-100,00;USD;1,1;-90,91;Shop B",
    "24/01/2020;35,77;35,77;;EUR;1;35,77;Payment",
)


def test_of_two_amounts_the_one_whose_title_names_the_currency_moved_the_account():
    statement = read_one(table(*CARD))
    assert statement.currency == "EUR"
    assert [t.amount for t in statement.transactions] == decimals("-16.52", "-90.91", "35.77")
    second = statement.transactions[1]
    assert (second.original_amount, second.original_currency) == (Decimal("-100.00"), "USD")


BILLED = (
    "Date,Description,Amount,Currency,Billing amount,Billing currency",
    "14/10/2022,Hotel,-100.00,USD,-90.91,EUR",
    "15/10/2022,Taxi,-20.00,EUR,-20.00,EUR",
    "16/10/2022,Refund,30.00,EUR,30.00,EUR",
)


def test_of_two_amounts_the_one_that_is_billed_moved_the_account():
    statement = read_one(table(*BILLED))
    assert (statement.currency, statement.count) == ("EUR", 3)
    first = statement.transactions[0]
    assert (first.amount, first.original_amount) == (Decimal("-90.91"), Decimal("-100.00"))
    assert first.original_currency == "USD"


def test_a_billed_amount_that_differs_in_the_same_currency_is_asked_about():
    data = table(*BILLED[:2], BILLED[2].replace("-20.00,EUR,-20.00", "-20.00,EUR,-21.00"))
    assert asked(data)["amount"] == ["Amount", "Billing amount"]


ANY_TWO = (
    "Date,Description,Amount,Currency,Other amount,Other currency",
    "14/10/2022,Hotel,-100.00,USD,-90.91,EUR",
    "15/10/2022,Taxi,-20.00,GBP,-23.00,EUR",
)


def test_two_amounts_in_different_currencies_are_asked_about():
    data = table(*ANY_TWO)
    assert asked(data)["amount"] == ["Amount", "Other amount"]
    chosen = answered(data, amount="Other amount")
    assert (chosen.currency, chosen.total) == ("EUR", Decimal("-113.91"))
    assert chosen.transactions[1].original_currency == "GBP"


def test_the_running_balance_proves_which_of_two_amounts_moved_the_account():
    balances = ("Balance", "909.09", "886.09")
    lines = [f"{line},{cell}" for line, cell in zip(ANY_TWO, balances, strict=True)]
    statement = read_one(table(*lines))
    assert (statement.currency, statement.total) == ("EUR", Decimal("-113.91"))
    assert statement.balanced


def test_amounts_whose_titles_name_different_currencies_are_asked_about():
    lines = ("2024-12-15,a,-33.50,-30.00", "2024-12-16,b,10.00,11.00")
    data = table("Date,Text,Amount USD,Amount EUR", *lines)
    assert asked(data) == {"amount": ["Amount USD", "Amount EUR"]}
    chosen = answered(data, amount="Amount USD")
    assert (chosen.currency, chosen.total) == ("USD", Decimal("-23.50"))


def test_an_amount_in_a_currency_is_no_amount_that_came_in():
    lines = ("2024-12-15,a,-33.50,CHF,-30.00", "2024-12-16,b,10.00,USD,10.00")
    statement = read_one(table("Date,Text,Amount,Currency,Amount in USD", *lines))
    assert (statement.currency, statement.total) == ("USD", Decimal("-20.00"))


# Gross and net


@pytest.mark.parametrize("title", ["MwSt", "USt-Betrag", "VAT", "TVA"])
def test_with_the_tax_the_gross_moved(title):
    lines = ("14.10.2022;Verkauf;100,00;19,00;119,00", "15.10.2022;Einkauf;-50,00;-9,50;-59,50")
    assert amounts(table(f"Datum;Text;Netto;{title};Brutto", *lines)) == decimals("119", "-59.50")


def test_with_a_fee_the_net_moved():
    lines = ("2022-10-14,Sale,119.00,-2.00,117.00", "2022-10-15,Refund,-50.00,0.00,-50.00")
    statement = read_one(table("Date,Description,Gross,Fee,Net", *lines))
    assert [t.amount for t in statement.transactions] == decimals("117", "-50")
    assert statement.transactions[0].charges == 2


def test_gross_and_net_that_nothing_tells_apart_are_asked_about():
    lines = ("2022-10-14,Sale,119.00,100.00", "2022-10-15,Refund,-59.50,-50.00")
    data = table("Date,Description,Gross,Net", *lines)
    assert asked(data)["amount"] == ["Net", "Gross"]
    assert answered(data, amount="Gross").total == Decimal("59.50")


# Accounts


def test_an_account_with_a_quote_that_was_left_open_is_refused():
    data = table(
        '"Own IBAN","Date","Text","Amount"',
        f'"{IBAN}","2024-01-01","a","-1.00"',
        f'{IBAN}","2024-01-02","b","-2.00"',
    )
    with pytest.raises(InvalidStatement, match="line 3"):
        read(data)


def test_two_rows_do_not_prove_the_opposite_of_what_titles_say():
    lines = ("2024-07-31,Interest,,1.00,2.00", "2024-02-03,Withdrawal,2.00,,3.00")
    data = table("Date,Text,Withdrawal,Deposit,Balance", *lines)
    assert amounts(data) == decimals("1.00", "-2.00")
