"""Tables that no profile knows: read where the rows prove it, asked about where not."""

import dataclasses
import datetime
import io
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bank_statement_format import (
    Account,
    Balance,
    Counterparty,
    InvalidStatement,
    Statement,
    StatementError,
    Transaction,
    UnclearLayout,
    UnknownFormat,
    detect,
    formats_with,
    parse,
    profile_from,
    testing,
)
from bank_statement_format.tables import preview

from .helpers import CUSTOMER_IBAN, IBAN, cuts, read, read_one

DAY = datetime.date


def table(*lines: str) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def amounts(data: bytes) -> list[Decimal]:
    return [t.amount for t in read_one(data).transactions]


def asked(data: bytes, *keys: str) -> dict:
    """The questions that a file is refused with, by key."""
    with pytest.raises(UnclearLayout):
        read(data)
    questions = {q.key: q for q in preview("x", io.BytesIO(data)).questions}
    assert set(questions) == set(keys)
    return questions


def answered(data: bytes, **answers: str) -> Statement:
    found = preview("x", io.BytesIO(data), answers=answers)
    assert (found.problem, found.questions) == (None, ())
    return found.statement


# What rows prove


def test_a_table_with_a_balance_proves_itself():
    statement = read_one(
        table(
            "Some Bank;Statement",
            "",
            "Buchungstag;Valuta;Empfänger;IBAN;Verwendungszweck;Betrag;Währung;Saldo",
            f"31.01.2024;31.01.2024;Example GmbH;{CUSTOMER_IBAN};Rechnung 7;-1.234,50;EUR;765,50",
            "30.01.2024;29.01.2024;Muster AG;;Gehalt;2.000,00;EUR;2.000,00",
            "Summe;;;;;;;",
        )
    )
    assert statement.guessed and statement.dialect is None
    assert statement.currency == "EUR" and statement.balanced
    assert (statement.opening.amount, statement.closing.amount) == (0, Decimal("765.50"))
    first = statement.transactions[0]
    assert first == Transaction(
        booking_date=DAY(2024, 1, 31),
        value_date=DAY(2024, 1, 31),
        amount=Decimal("-1234.50"),
        currency="EUR",
        counterparty=Counterparty("Example GmbH", CUSTOMER_IBAN),
        remittance="Rechnung 7",
        raw=first.raw,
    )


@pytest.mark.parametrize(
    "header, row",
    [
        ("Date,Description,Amount", "2024-01-31,Rent,-10.00"),
        ("Data operacji;Opis;Kwota", "31-01-2024;Czynsz;-10,00"),
        ("Datum;Omschrijving;Bedrag", "31/01/2024;Huur;-10,00"),
        ("Date opération;Libellé;Montant", "31/01/2024;Loyer;-10,00"),
        ("Fecha;Concepto;Importe", "31/01/2024;Alquiler;-10,00"),
        ("Data;Descrizione;Importo", "31/01/2024;Affitto;-10,00"),
        ("Datum;Popis;Částka", "31.01.2024;Nájem;-10,00"),
        ("Bokföringsdag\tBeskrivning\tBelopp", "2024-01-31\tHyra\t-10,00"),
        ("Date|Details|Debit|Credit", "31 Jan 2024|Rent|10.00|"),
        ("Datum;Text;Betrag;Soll/Haben", "31. Januar 2024;Miete;10,00;S"),
        ("Date,Narrative,Money Out,Money In", "31-Jan-24,Rent,10.00,"),
        ("Date,Memo,Amount,DR/CR", '"Jan 31, 2024",Rent,10.00,DR'),
        ("Time,Note,Amount", "2024-01-31T23:59:59Z,Rent,-£10.00"),
    ],
)
def test_languages_and_notations(header, row):
    (transaction,) = read_one(table(header, row)).transactions
    assert (transaction.booking_date, transaction.amount) == (DAY(2024, 1, 31), -10)
    assert transaction.remittance


def test_the_currency_of_a_title():
    data = table("Date,Text,Amount (EUR)", "2024-01-31,a,-1.00")
    assert read_one(data).currency == "EUR"
    draft = preview("x", io.BytesIO(data)).draft
    known = formats_with([profile_from("own", draft)])
    other = io.BytesIO(data.replace(b"EUR", b"USD"))
    (statement,) = (e for e in parse(detect("x", other, known), other) if isinstance(e, Statement))
    assert (statement.currency, statement.dialect, statement.guessed) == ("USD", "own", False)


def test_a_file_without_header():
    data = table("6/13/24,Rent,-10.00,90.00", "6/12/24,Start,100.00,100.00")
    statement = read_one(data)
    assert [t.amount for t in statement.transactions] == [-10, 100]
    assert (statement.closing.amount, statement.balanced) == (90, True)
    known = formats_with([profile_from("own", preview("x", io.BytesIO(data)).draft)])
    assert detect("x", io.BytesIO(data), known).name == "csv"


def test_rows_in_no_order_are_complete_when_their_balances_meet():
    data = table(
        "Date,Text,Amount,Balance",
        "2024-01-02,b,5.00,15.00",
        "2024-01-03,c,1.00,16.00",
        "2024-01-01,a,10.00,10.00",
    )
    statement = read_one(data)
    assert (statement.opening.amount, statement.closing.amount) == (0, 16)


def test_a_missing_row_does_not_add_up():
    data = table(
        "Date,Text,Amount,Balance",
        "2024-01-01,a,-10.00,-10.00",
        "2024-01-03,c,1.00,6.00",
    )
    assert read_one(data).balanced is False


def test_missing_rows_that_make_up_for_each_other_are_refused():
    data = table(
        "Date,Text,Amount,Balance",
        "2024-01-01,a,-10.00,-10.00",
        "2024-01-03,c,-1.00,-6.00",
        "2024-01-05,e,-1.00,-12.00",
    )
    with pytest.raises(InvalidStatement, match="running balance"):
        read(data)


def test_payments_that_were_not_made_are_left_out_and_pending_ones_told_apart():
    statement = read_one(
        table(
            "Date,Text,Amount,Status",
            "2024-01-01,a,-1.00,Completed",
            "2024-01-02,b,-2.00,Declined",
            "2024-01-03,c,-4.00,Pending",
        )
    )
    assert (statement.count, statement.total, statement.pending_count) == (1, -1, 1)


def test_several_accounts_by_name_stay_apart():
    data = table(
        "Date,Text,Amount,Account", "2024-01-01,a,-1.00,Savings", "2024-01-02,b,-2.00,Checking"
    )
    assert [s.account.number for s in read(data)] == ["Savings", "Checking"]


def test_net_amounts_are_known_by_their_gross():
    data = table(
        "Date,Text,Gross,Fee,Net,Balance",
        "2024-01-31,a,100.00,-3.00,97.00,97.00",
        "2024-01-31,b,-10.00,0.00,-10.00,87.00",
    )
    statement = read_one(data)
    assert [(t.amount, t.charges) for t in statement.transactions] == [(97, 3), (-10, None)]


# What is a question


def test_the_order_of_day_and_month():
    data = table("Date,Text,Amount", "02/03/2024,a,-1.00", "05/04/2024,b,-2.00")
    question = asked(data, "date_order")["date_order"]
    assert "02/03/2024" in question.text and "line 2" in question.text
    assert {value for value, _ in question.choices} == {"dmy", "mdy"}
    for order, day in (("dmy", DAY(2024, 3, 2)), ("mdy", DAY(2024, 2, 3))):
        assert answered(data, date_order=order).transactions[0].booking_date == day


def test_one_row_decides_the_order_of_all():
    data = table("Date,Text,Amount", "02/03/2024,a,-1.00", "04/25/2024,b,-2.00")
    assert read_one(data).transactions[0].booking_date == DAY(2024, 2, 3)


def test_rows_that_are_sorted_decide_the_order():
    days = ["02/01/2024", "03/01/2024", "04/01/2024", "01/02/2024", "02/02/2024", "03/02/2024"]
    data = table("Date,Text,Amount", *(f"{day},a,-1.00" for day in days))
    assert read_one(data).end_date == DAY(2024, 2, 3)


def test_the_decimal_mark():
    data = table("Date;Text;Amount", "2024-01-31;a;-1.234", "2024-01-31;b;-2.000")
    question = asked(data, "decimal")["decimal"]
    assert "-1.234" in question.text and "line 2" in question.text
    assert answered(data, decimal=",").total == -3234
    assert answered(data, decimal=".").total == Decimal("-3.234")


def test_the_sign():
    data = table("Date,Merchant,Amount", "2024-01-31,Shop,36.33", "2024-01-30,Cafe,3.00")
    asked(data, "sign")
    assert answered(data, sign="inverted").total == Decimal("-39.33")
    assert answered(data, sign="natural").total == Decimal("39.33")


def test_the_charges():
    data = table("Date,Text,Amount,Fee", "2024-01-31,a,-100.00,1.00", "2024-01-31,b,-5.00,0")
    asked(data, "charges")
    assert [t.amount for t in answered(data, charges="excluded").transactions] == [-101, -5]
    assert [t.amount for t in answered(data, charges="included").transactions] == [-100, -5]


def test_the_amount_and_the_date():
    data = table("4-1-2024,5-1-2024,a,-1.00,-2.00", "13-1-2024,14-1-2024,b,-3.00,-4.00")
    asked(data, "booking_date", "amount")
    assert answered(data, booking_date="#2", amount="#5").total == -6


def test_rows_without_an_amount():
    data = table("Date,Text,Amount", "2024-01-31,a,-1.00", "2024-01-31,note,", "2024-01-30,b,-2.00")
    asked(data, "rows")
    assert answered(data, rows="skip").count == 2


def test_a_text_that_may_go_on():
    data = table("Date,Amount,Text", "2024-01-31,-1.00,a", "2024-01-30,-2.00,Exam").rstrip()
    asked(data, "end")
    assert answered(data, end="complete").count == 2
    assert preview("x", io.BytesIO(data), answers={"end": "cut"}).problem
    assert read_one(data + b"ple\n").count == 2


ROWS = ("Datum;Text;Betrag", "14.10.2022;Hotel;-90,91", "15.10.2022;Taxi;-20,00")


@pytest.mark.parametrize("last", [";Kontoführung;-5,00", "vorgemerkt;Tanken;-55,00"])
def test_a_last_row_with_an_amount_but_no_date(last):
    data = table(*ROWS, last)
    assert last in asked(data, "total")["total"].text
    assert answered(data, total="total").count == 2
    assert preview("x", io.BytesIO(data), answers={"total": "refuse"}).problem


def test_a_last_row_whose_date_cannot_be_read_is_refused():
    with pytest.raises(InvalidStatement, match="date cannot be read.*31.1o.2022"):
        read(table(*ROWS, "31.1o.2022;Kontoführung;-5,00"))


@pytest.mark.parametrize(
    "last",
    [
        ";;-110,91",
        "Summe;;-110,91",
        "Saldo per 31.10.2022;;1000,00",
        "31.10.2022;Summe;-110,91",
    ],
)
def test_totals_are_no_transactions(last):
    if last.startswith(";;"):
        asked(table(*ROWS, ";;-110,92"), "total")
    statement = read_one(table(*ROWS, last))
    assert (statement.count, statement.total) == (2, Decimal("-110.91"))


def test_a_row_that_is_only_named_like_a_total_is_a_transaction():
    assert amounts(table(*ROWS, "16.10.2022;Total;-55,00"))[-1] == -55


def test_balances_among_the_rows():
    opening, closing = "13.10.2022;Anfangssaldo;110,92", "15.10.2022;Endsaldo;0,01"
    statement = read_one(table(*ROWS, opening, closing))
    assert (statement.count, statement.balanced) == (2, True)
    assert (statement.opening.amount, statement.closing.amount) == (
        Decimal("110.92"),
        Decimal("0.01"),
    )
    data = table(*ROWS, "15.10.2022;Endsaldo;1,00")
    asked(data, "named")
    assert answered(data, named="total").count == 2
    assert answered(data, named="transaction").count == 3


def test_a_text_that_begins_like_a_total_proves_nothing():
    rows = ("Hotel;2022-10-14;-90.91", "Taxi;2022-10-15;-20.00", "Total Wine;;-55.00")
    asked(table("Text;Date;Amount", *rows), "total")


def test_totals_below_the_header():
    statement = read_one(
        table(
            "Date;Text;Debit;Credit;Balance",
            "Some words;;30.00;100.00;",
            "2024-01-02;a;10.00;;70.00",
            "2024-01-02;b;20.00;;80.00",
            "2024-01-01;c;;100.00;100.00",
        )
    )
    assert (statement.count, statement.balanced) == (3, True)


def test_rows_that_say_more_about_others():
    data = table(*ROWS, ";Hotel, Zimmer 1;", "16.10.2022;Bus;-1,00", ";Bus, Linie 2;")
    assert asked(data, "rows")["rows"].text.startswith("2 rows have nothing")
    assert answered(data, rows="skip").count == 3
    assert asked(table(*ROWS, ";Mehr;", ROWS[1]), "rows")["rows"].text.startswith("1 row has")


@pytest.mark.parametrize(
    "title, booked, pending",
    [
        ("Status", "gebucht", "nicht gebucht"),
        ("Stato", "Contabilizzato", "Non contabilizzato"),
        ("Status", "Zrealizowana", "W realizacji"),
        ("Info", "Umsatz gebucht", "Umsatz vorgemerkt"),
        ("Hinweis", "", "Vorgemerkt"),
    ],
)
def test_pending_payments(title, booked, pending):
    statement = read_one(
        table(
            f"Data;Opis;Kwota;{title}",
            f"2024-01-31;a;-1,00;{booked}",
            f"2024-01-31;b;-2,00;{pending}",
        )
    )
    assert (statement.total, statement.pending_count) == (-1, 1)


def test_a_status_that_nobody_knows():
    data = table(
        "Date,Text,Amount,Status", "2024-01-31,a,-1.00,Booked", "2024-01-31,b,-2.00,Phase 2"
    )
    assert "phase 2" in asked(data, "status")["status"].text
    assert answered(data, status="booked").total == -3
    assert answered(data, status="pending").pending_count == 1
    assert answered(data, status="dead").count == 1


def test_a_later_file_must_not_have_a_status_that_was_never_seen():
    data = table("Date,Text,Amount,Status", "2024-01-31,a,-1.00,Booked")
    known = formats_with([profile_from("own", preview("x", io.BytesIO(data)).draft)])
    later = io.BytesIO(data.replace(b"Booked", b"Phase 2"))
    with pytest.raises(InvalidStatement, match="status is unknown"):
        list(parse(detect("x", later, known), later))


ACCOUNT = "Datum;Empfänger;Zweck;Kontonummer;BLZ;Betrag"


def test_the_other_sides_account_is_not_ones_own():
    statement = read_one(
        table(
            ACCOUNT,
            "14.10.2022;Example GmbH;a;0532013000;37040044;-1,00",
            "13.10.2022;Muster AG;b;1234567;37050198;-2,00",
        )
    )
    assert statement.account == Account() and statement.count == 2
    party = statement.transactions[0].counterparty
    assert "0532013000" in (party.iban or party.account)


def test_an_account_above_the_rows_is_ones_own():
    rows = (ACCOUNT, "14.10.2022;Example GmbH;a;0532013000;37040044;-1,00")
    (statement,) = read(table("Kontonummer:;DE123456 / Girokonto", "", *rows))
    assert statement.account.number != "0532013000"
    (statement,) = read(table("Kontonummer:;0532013000 / Girokonto", "", *rows))
    assert statement.account.number == "0532013000"


def test_whose_account_is_a_question():
    row = "14.10.2022;Example GmbH;a;0532013000;37040044;-1,00"
    data = table(ACCOUNT, row, row.replace("14", "13"))
    assert "Kontonummer" in asked(data, "account")["account"].text
    assert answered(data, account="own").account.number == "0532013000"
    assert answered(data, account="other").account == Account()


def test_a_journal_is_no_statement():
    with pytest.raises(InvalidStatement, match="double entries"):
        read(
            table(
                "JournalCode\tEcritureDate\tCompteNum\tEcritureLib\tDebit\tCredit",
                "BQ\t20240131\t512000\ta\t1.00\t",
                "BQ\t20240131\t606000\ta\t\t1.00",
            )
        )


def test_a_last_column_without_a_title():
    statement = read_one(
        table("Datum;Text;Betrag;", "14.10.2022;a;100,00;H", "15.10.2022;b;50,00;S")
    )
    assert [t.amount for t in statement.transactions] == [100, -50]
    (transaction,) = read_one(table("Datum;Betrag;", "14.10.2022;-1,00;Miete")).transactions
    assert transaction.remittance == "Miete"


def test_words_at_the_end_need_no_line_break():
    data = table(
        "Period;Booking date;Text;Amount in CHF",
        "Now;31.10.2024;a;-34.00",
        "Now;31.10.2024;b;-1.85",
        "Disclaimer:;;;",
    )
    assert read_one(data + b"The bank is not responsible.;;;").count == 2
    with pytest.raises(InvalidStatement):
        read(data[: data.index(b"Disclaimer")] + b"Now;30.10.2024;c;")


def test_the_booking_date_is_asked_before_rows_without_one():
    rows = ("31.01.2024;a;-1.00;31.01.2024", ";more;1.00;", "30.01.2024;b;-2.00;31.01.2024")
    asked(table("Auftragsdatum;Buchungstext;Betrag;Valutadatum", *rows), "booking_date")


def test_messages_name_a_column_as_the_file_does():
    data = table("Date,Merchant,Amount (EUR)", "2024-01-31,Shop,36.33", "2024-01-30,Cafe,3.00")
    assert "“Amount (EUR)”" in asked(data, "sign")["sign"].text


# What is refused


@pytest.mark.parametrize(
    "data",
    [
        b"Dear customer, on 2024-01-31, we charged 10.00.\nKind regards, your bank\n",
        b"Name,Phone\nExample,123\nMuster,456\n",
        b"Date,Text,Amount\n",
        b"Date,Text\n2024-01-31,a\n2024-01-31,b\n",
        b'{"date": "2024-01-31", "amount": 1.00}\n{"date": "2024-01-31", "amount": 2.00}\n',
        b":20:START\n:25:10020030/1234567\n:60F:C240101EUR100,00\n:61:2401020102D10,00NTRF\n",
        b"01,122099999,123456789,240621,0200,1,65,,2/\n16,165,1500000,1,DD1620,,DEALER/\n",
        b"!Type:Bank\nD01/02/24\nT-1,000.00\nPExample\n^\n",
    ],
)
def test_what_is_no_table(data):
    with pytest.raises(StatementError):
        read(data)
    assert not any(
        fmt.sniff("x.csv", data) for name, fmt in formats_with([]).items() if name == "csv"
    )


@pytest.mark.parametrize(
    "last, message",
    [
        ("2024-01-29,c", "no date or no amount|cut"),
        ("2024-01-29,c,-3", "may be cut off"),
        ("2024-01", "cut off"),
        ("2024-01-29,", "no date or no amount"),
    ],
)
def test_a_last_row_that_is_cut_is_refused(last, message):
    data = table("Date,Text,Amount", "2024-01-31,a,-1.00", "2024-01-30,b,-2.00") + last.encode()
    with pytest.raises(InvalidStatement, match=message):
        read(data)


def test_dates_that_contradict_each_other_are_refused():
    data = table("Date,Text,Amount", "13/02/2024,a,-1.00", "02/13/2024,b,-2.00")
    with pytest.raises(InvalidStatement, match="in one way"):
        read(data)


def test_amounts_that_contradict_each_other_are_refused():
    data = table("Date;Text;Amount", "2024-01-31;a;-1.234,00", "2024-01-31;b;-1,234.00")
    with pytest.raises(InvalidStatement, match="amount"):
        read(data)


# The preview


def test_a_preview_shows_what_was_found():
    data = table("Bank;X", "Date;Text;Amount", "2024-01-31;a;-1,00", "2024-01-30;b;-2,00")
    found = preview("x.csv", io.BytesIO(data))
    assert (found.source, found.encoding, found.delimiter) == ("csv", "utf-8", ";")
    assert (found.header_row, found.titles) == (1, ("Date", "Text", "Amount"))
    assert found.rows[2] == ("2024-01-31", "a", "-1,00")
    assert (found.row_count, len(found.statement.transactions)) == (2, 2)
    assert found.draft["columns"] == {
        "booking_date": "Date",
        "remittance": "Text",
        "amount": "Amount",
    }


def test_an_edited_draft_is_read_and_its_problems_are_told():
    data = table("Date,Text,Amount", "2024-01-31,a,-1.00", "2024-01-30,b,-2.00")
    draft = preview("x", io.BytesIO(data)).draft
    changed = {**draft, "columns": {"booking_date": "Date", "name": "Text", "amount": "Amount"}}
    found = preview("x", io.BytesIO(data), changed)
    assert found.statement.transactions[0].counterparty.name == "a"
    wrong = {**draft, "columns": {"booking_date": "Text", "amount": "Amount"}}
    found = preview("x", io.BytesIO(data), wrong)
    assert found.statement is None and "line 2" in found.problem and found.rows
    found = preview("x", io.BytesIO(data), {**draft, "columns": {}})
    assert found.statement is None and "booking date" in found.problem and found.rows


def test_answers_change_a_draft():
    data = table("Date,Merchant,Amount", "2024-01-31,Shop,36.33", "2024-01-30,Cafe,3.00")
    first = preview("x", io.BytesIO(data))
    second = preview("x", io.BytesIO(data), first.draft, {"sign": "inverted"})
    assert second.draft["invert"] and not second.questions
    assert second.statement.total < 0


def test_a_file_that_is_no_table_is_shown_all_the_same():
    found = preview("x", io.BytesIO(b"a,b\nc,d\n"))
    assert found.problem and found.statement is None
    assert found.rows[0] == ("a", "b")


# Properties

NAMES = st.sampled_from(["Example GmbH", "Müller & Söhne", "Łódź Sp. z o.o.", "a;b,c", 'say "x"'])


@st.composite
def statements(draw) -> Statement:
    opening = draw(st.decimals(-(10**6), 10**6, places=2))
    day = draw(st.dates(DAY(2000, 1, 1), DAY(2090, 1, 1)))
    items = []
    for number in range(draw(st.integers(2, 8))):
        items.append(
            Transaction(
                booking_date=day + datetime.timedelta(days=7 * number),
                amount=draw(st.decimals(-9999, 9999, places=2).filter(bool)),
                currency="EUR",
                value_date=day + datetime.timedelta(days=7 * number),
                counterparty=Counterparty(draw(NAMES), CUSTOMER_IBAN, "COBADEFFXXX"),
                remittance=f"Invoice {number}",
            )
        )
    total = sum((t.amount for t in items), Decimal(0))
    return Statement(
        Account(IBAN),
        "EUR",
        Balance(opening, items[0].booking_date),
        Balance(opening + total, items[-1].booking_date),
        count=len(items),
        total=total,
        start_date=items[0].booking_date,
        end_date=items[-1].booking_date,
        guessed=True,
        transactions=tuple(items),
    )


def without_raw(statement: Statement) -> Statement:
    items = tuple(t._replace(raw="") for t in statement.transactions)
    return dataclasses.replace(statement, transactions=items)


@given(
    statements(),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from([".", ","]),
    st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%d %b %Y", "%Y%m%d"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_tables_of_all_kinds_are_read_back_as_they_were_written(
    written, delimiter, decimal, date, encoding
):
    data = testing.csv_table(
        testing.table_rows([written]),
        delimiter=delimiter,
        decimal=decimal,
        date=date,
        encoding=encoding,
    )
    assert without_raw(read_one(data)) == written


@given(statements(), st.data())
@settings(max_examples=40)
def test_a_damaged_table_is_read_or_refused(written, data):
    original = testing.csv_table(testing.table_rows([written]))
    damaged = bytearray(original)
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(damaged)))
        end = min(len(damaged), start + data.draw(st.integers(0, 20)))
        damaged[start:end] = data.draw(st.binary(max_size=5))
    try:
        read(bytes(damaged))
    except StatementError as error:
        assert str(error)
    assert preview("x", io.BytesIO(bytes(damaged))) is not None


@given(statements())
@settings(max_examples=15)
def test_a_cut_table_is_refused_or_does_not_add_up_to_more(written):
    """A file cut between two rows cannot tell; but no row is ever half read."""
    rows = {(t.booking_date, t.amount, t.remittance) for t in written.transactions}
    for data in cuts(testing.csv_table(testing.table_rows([written]))):
        try:
            found = read_one(data)
        except StatementError:
            continue
        assert {(t.booking_date, t.amount, t.remittance) for t in found.transactions} <= rows


def test_hostile_files_are_refused_fast():
    for data in (b"\0" * 1_000_000, b"," * 1_000_000, b'"' * 500_001, b"1,\n" * 100_000):
        with pytest.raises((StatementError, UnknownFormat)):
            read(data)
