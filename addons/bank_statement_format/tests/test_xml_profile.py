"""XML of single banks, described by profiles."""

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
    AmbiguousFormat,
    Balance,
    Counterparty,
    InvalidStatement,
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
    testing,
)
from bank_statement_format.profile import shipped

from .helpers import CUSTOMER_IBAN, IBAN, parse_as, read, read_one
from .test_round_trip import TEXT, example, maybe, statement, without_raw

FIO = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<AccountStatement>
  <Info>
    <accountId>2000000001</accountId>
    <bankId>2010</bankId>
    <currency>CZK</currency>
    <iban>CZ7920100000002000000001</iban>
    <bic>FIOBCZPPXXX</bic>
    <openingBalance>1000.00</openingBalance>
    <closingBalance>1145.50</closingBalance>
    <dateStart>2024-01-01+01:00</dateStart>
    <dateEnd>2024-07-31+02:00</dateEnd>
  </Info>
  <TransactionList>
    <Transaction>
      <column_22 name="ID pohybu" id="22">10000000001</column_22>
      <column_0 name="Datum" id="0">2024-01-15+01:00</column_0>
      <column_1 name="Objem" id="1">200.00</column_1>
      <column_14 name="Měna" id="14">CZK</column_14>
      <column_2 name="Protiúčet" id="2">1234567890</column_2>
      <column_3 name="Kód banky" id="3">0100</column_3>
      <column_10 name="Název protiúčtu" id="10">Příklad s.r.o.</column_10>
      <column_5 name="VS" id="5">20240001</column_5>
      <column_7 name="Uživatelská identifikace" id="7">Faktura</column_7>
      <column_16 name="Zpráva pro příjemce" id="16">Faktura</column_16>
      <column_25 name="Komentář" id="25">leden</column_25>
      <column_8 name="Typ" id="8">Bezhotovostní příjem</column_8>
      <column_27 name="Reference plátce" id="27">E2E-1</column_27>
    </Transaction>
    <Transaction>
      <column_22 id="22">10000000002</column_22>
      <column_0 id="0">2024-07-15+02:00</column_0>
      <column_1 id="1">-54.50</column_1>
      <column_14 id="14">CZK</column_14>
      <column_8 id="8">Poplatek</column_8>
    </Transaction>
  </TransactionList>
</AccountStatement>
"""

FINSTA = """<?xml version="1.0" encoding="windows-1250"?>
<FINSTA>
<FINSTA03>
<S28_CISLO_VYPISU>12</S28_CISLO_VYPISU>
<S25_CISLO_UCTU>100000001/0300</S25_CISLO_UCTU>
<S60_CD_INDIK>D</S60_CD_INDIK>
<S60_DATUM>31.12.2023</S60_DATUM>
<S60_MENA>CZK</S60_MENA>
<S60_CASTKA>100,00</S60_CASTKA>
<SUMA_KREDIT>=400,00</SUMA_KREDIT>
<S62_CD_INDIK>C</S62_CD_INDIK>
<S62_DATUM>31.01.2024</S62_DATUM>
<S62_CASTKA>310,00</S62_CASTKA>
<FINSTA05>
<REF_TRANS_SYS>2001</REF_TRANS_SYS>
<S61_DATUM>06.01.2024</S61_DATUM>
<DPROCD>05.01.2024</DPROCD>
<S61_CD_INDIK>C</S61_CD_INDIK>
<S61_CASTKA>+400,00</S61_CASTKA>
<S86_VARSYMOUR>11</S86_VARSYMOUR>
<PART_ACCNO>156789</PART_ACCNO>
<PART_BANK_ID>0100</PART_BANK_ID>
<PART_ACC_ID>Příklad</PART_ACC_ID>
<PART_ID1_1>První řádek</PART_ID1_1>
<PART_ID1_2/>
<PART_MSG_1>druhý</PART_MSG_1>
<ORIG_AMOUNT>16,00</ORIG_AMOUNT>
<ORIG_CURR>EUR</ORIG_CURR>
</FINSTA05>
<FINSTA05><DPROCD>08.01.2024</DPROCD><S61_CD_INDIK>CR</S61_CD_INDIK><S61_CASTKA>30,00</S61_CASTKA></FINSTA05>
<FINSTA05><DPROCD>09.01.2024</DPROCD><S61_CD_INDIK>DR</S61_CD_INDIK><S61_CASTKA>50,00</S61_CASTKA></FINSTA05>
<FINSTA05><DPROCD>10.01.2024</DPROCD><S61_CD_INDIK>D</S61_CD_INDIK><S61_CASTKA>-10,00</S61_CASTKA></FINSTA05>
</FINSTA03>
</FINSTA>
"""

DAYS = {
    "kind": "xml",
    "label": "Bank of Days",
    "root": "Days",
    "namespace": "urn:bank:days",
    "elements": ["Day"],
    "row": "List/Day/Entry",
    "header": {
        "iban": "Account/@iban",
        "opening": "Balances/@first",
        "closing": "Balances/@last",
        "count": "Summary/Number",
        "total": "Summary/Total",
        "credit_total": "Summary/In",
        "debit_total": "Summary/Out",
    },
    "fields": {
        "booking_date": "../@date",
        "value_date": "Value",
        "debit": "Out",
        "credit": "In",
        "name": ["First", "Last"],
        "remittance": "Text",
        "status": "@state",
        "balance": "Balance",
        "charges": "Fee",
    },
    "dates": "%d/%m/%Y",
    "decimal": ",",
    "thousands": ".",
    "pending": "P",
    "currency": "EUR",
}

DAYS_FILE = f"""<?xml version="1.0"?>
<b:Days xmlns:b="urn:bank:days">
<b:Account iban="{IBAN}"/>
<b:Balances first="1.000,00" last="1.100,00"/>
<b:List>
<b:Day date="01/02/2024">
<b:Entry><b:In>200,00</b:In><b:Text>one</b:Text><b:Text>two</b:Text></b:Entry>
<b:Entry state="P"><b:In>7,00</b:In></b:Entry>
</b:Day>
<b:Day date="02/02/2024">
<b:Entry><b:Value>03/02/2024</b:Value><b:Out>-100,00</b:Out><b:First>Example</b:First>
<b:Last>GmbH</b:Last><b:Text>three <i>and</i> four</b:Text><b:Fee>1,50</b:Fee></b:Entry>
</b:Day>
</b:List>
<b:Summary><b:Number>3</b:Number><b:Total>100,00</b:Total><b:In>200,00</b:In><b:Out>100,00</b:Out>
</b:Summary>
</b:Days>
"""


def days_profile(**changes):
    return profile_from("days", {**DAYS, **changes})


def read_days(text: str, **changes) -> list:
    known = formats_with([days_profile(**changes)])
    stream = io.BytesIO(text.encode())
    return list(parse(detect("x", stream, known), stream))


def refused_days(text: str, **changes) -> InvalidStatement:
    with pytest.raises(InvalidStatement) as refusal:
        read_days(text, **changes)
    return refusal.value


def test_fio_banka():
    found = read_one(FIO.encode())
    first, second = found.transactions
    assert found.account == Account("CZ7920100000002000000001", "2000000001/2010", "FIOBCZPPXXX")
    assert (found.currency, found.count, found.total) == ("CZK", 2, Decimal("145.50"))
    assert found.opening == Balance(Decimal("1000.00"), datetime.date(2024, 1, 1))
    assert found.closing == Balance(Decimal("1145.50"), datetime.date(2024, 7, 31))
    assert found.balanced and found.dialect == "xml_fio_banka" and found.kind == "statement"
    assert first._replace(raw="") == Transaction(
        booking_date=datetime.date(2024, 1, 15),
        amount=Decimal("200.00"),
        currency="CZK",
        counterparty=Counterparty("Příklad s.r.o.", "1234567890/0100"),
        remittance="Faktura leden",
        reference="20240001",
        end_to_end_id="E2E-1",
        bank_reference="10000000001",
        code="Bezhotovostní příjem",
    )
    assert first.raw.startswith("<Transaction>") and first.raw.endswith("</Transaction>")
    assert (second.amount, second.booking_date) == (
        Decimal("-54.50"),
        datetime.date(2024, 7, 15),
    )
    assert second.counterparty == Counterparty()


def test_csob_finsta():
    found = read_one(FINSTA.encode("cp1250"))
    assert found.account == Account(number="100000001/0300")
    assert found.number == "12" and found.dialect == "xml_csob_finsta"
    assert found.opening == Balance(Decimal("-100.00"), datetime.date(2023, 12, 31))
    assert found.closing == Balance(Decimal("310.00"), datetime.date(2024, 1, 31))
    assert found.balanced
    assert [t.amount for t in found.transactions] == [400, -30, 50, -10]
    first = found.transactions[0]
    assert first.booking_date == datetime.date(2024, 1, 5)
    assert first.value_date == datetime.date(2024, 1, 6)
    assert first.counterparty == Counterparty("Příklad", "156789/0100")
    assert first.remittance == "První řádek druhý"
    assert (first.original_amount, first.original_currency) == (Decimal("16.00"), "EUR")
    assert (first.reference, first.bank_reference) == ("11", "2001")


def test_several_statements_keep_their_own_fields():
    one = FINSTA[FINSTA.index("<FINSTA03>") : FINSTA.index("</FINSTA>")]
    other = one.replace("<S28_CISLO_VYPISU>12</S28_CISLO_VYPISU>", "").replace("100000001", "2")
    found = read(FINSTA.replace(one, one + other).encode("cp1250"))
    assert [item.account.number for item in found] == ["100000001/0300", "2/0300"]
    assert [item.number for item in found] == ["12", None]
    assert [item.count for item in found] == [4, 4]


def test_rows_in_days_attributes_and_namespaces():
    first, pending, second, found = read_days(DAYS_FILE)
    assert found.account == Account(IBAN) and found.balanced
    assert (found.count, found.pending_count, found.total) == (2, 1, Decimal(100))
    assert first.booking_date == pending.booking_date == datetime.date(2024, 2, 1)
    assert second.booking_date == datetime.date(2024, 2, 2)
    assert second.value_date == datetime.date(2024, 2, 3)
    assert first.remittance == "one two" and second.remittance == "three and four"
    assert second.counterparty.name == "Example GmbH"
    assert (first.amount, second.amount, second.charges) == (200, -100, Decimal("1.50"))
    assert not pending.booked


def test_running_balances_give_what_the_header_does_not():
    text = DAYS_FILE.replace('first="1.000,00" last="1.100,00"', "")
    text = text.replace(
        "<b:In>200,00</b:In><b:Text>", "<b:In>200,00</b:In><b:Balance>250,00</b:Balance><b:Text>"
    ).replace("<b:Fee>", "<b:Balance>150,00</b:Balance><b:Fee>")
    found = read_days(text)[-1]
    assert (found.opening.amount, found.closing.amount) == (50, 150)
    assert "running" in str(refused_days(text.replace("150,00</b:Bal", "151,00</b:Bal")))


@pytest.mark.parametrize(
    ("old", "new", "message", "place"),
    [
        ("<b:Number>3", "<b:Number>4", "as many", "count"),
        ("<b:Total>100,00", "<b:Total>100,01", "sum", "total"),
        ("<b:In>200,00</b:In><b:Out>", "<b:In>201,00</b:In><b:Out>", "sum", "credit_total"),
        ("<b:Out>100,00</b:Out>\n", "<b:Out>99,00</b:Out>\n", "sum", "debit_total"),
        ("<b:Out>-100,00", "<b:In>1,00</b:In><b:Out>-100,00", "Both", "Entry[3]"),
        ("<b:Out>-100,00", "<b:Out>-1OO,00", "amount is not readable", "debit"),
        ("<b:Out>-100,00", "<b:Out>1,00</b:Out><b:Out>2,00", "twice", "Out"),
        ("<b:Out>-100,00", "<b:Out>1<c/>,00", "elements within", "Out"),
        ("<b:Out>-100,00</b:Out>", "", "amount is missing", "Entry[3]"),
        ('date="02/02/2024"', 'date="2024-02-02"', "date is not readable", "booking_date"),
        ('date="02/02/2024"', 'date="02/02/1066"', "date is not readable", "booking_date"),
        ('date="01/02/2024"', "", "date is missing", "booking_date"),
        ("<b:Value>03/02/2024", "<b:Value>31/02/2024", "date is not readable", "value_date"),
        ('last="1.100,00"', 'last="x"', "amount is not readable", "closing"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(old, new, message, place):
    assert old in DAYS_FILE
    error = refused_days(DAYS_FILE.replace(old, new, 1))
    assert message in error.message
    assert place in error.element
    assert error.line and error.line > 1


def test_a_sign_that_is_missing_unknown_or_contradicts():
    for old, new in (
        ("<S61_CD_INDIK>CR</S61_CD_INDIK>", ""),
        ("<S61_CD_INDIK>CR<", "<S61_CD_INDIK>X<"),
        ("<S61_CASTKA>+400,00<", "<S61_CASTKA>-400,00<"),
        ("<S62_CD_INDIK>C</S62_CD_INDIK>", ""),
    ):
        assert old in FINSTA
        with pytest.raises(InvalidStatement, match="sign is unknown, or contradicts"):
            read(FINSTA.replace(old, new).encode("cp1250"))


def test_another_currency_than_the_accounts():
    with pytest.raises(InvalidStatement, match=r"another currency.*expected CZK.*found 'EUR'"):
        read(FIO.replace('id="14">CZK', 'id="14">EUR', 1).encode())
    without = FIO.replace('<column_14 name="Měna" id="14">CZK</column_14>', "")
    assert read_one(without.encode()).currency == "CZK"
    with pytest.raises(InvalidStatement, match="currency is not given"):
        read(without.replace("<currency>CZK</currency>", "").encode())


def test_a_file_without_rows():
    start, end = FIO.index("<Transaction>"), FIO.index("</TransactionList>")
    empty = FIO[:start] + FIO[end:]
    found = read_one(empty.encode())
    assert (found.count, found.balanced) == (0, False)
    assert found.currency == "CZK"


def test_a_file_without_a_statement():
    with pytest.raises(InvalidStatement, match="no statement"):
        read(b"<FINSTA><FINSTA04/></FINSTA>")


@pytest.mark.parametrize("data", [FIO.encode(), FINSTA.encode("cp1250"), DAYS_FILE.encode()])
def test_a_cut_file_is_refused(data):
    known = formats_with([days_profile()])
    for end in range(0, len(data.rstrip()) - 1, 37):
        stream = io.BytesIO(data[:end])
        with pytest.raises(StatementError):
            list(parse(detect("x", stream, known), stream))


def test_hostile_xml_is_refused():
    doctype = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    with pytest.raises(InvalidStatement, match="DOCTYPE"):
        parse_as("xml", FIO.replace("<AccountStatement>", f"{doctype}<AccountStatement>").encode())
    with pytest.raises(InvalidStatement):
        parse_as("xml", FIO.replace("<Info>", "<Info>" + "<x>" * 5_000).encode())
    many = "<x/>" * 20_000
    with pytest.raises(InvalidStatement, match="too large"):
        parse_as("xml", FIO.replace("<Transaction>", f"<Transaction>{many}", 1).encode())
    with pytest.raises(InvalidStatement):
        parse_as("xml", FIO.replace("200.00", "9" * 40).encode())


def test_memory_does_not_grow_with_what_is_not_wanted():
    """Neither with rows nor with elements that no path leads to."""
    junk = "<junk><a>text</a></junk>" * 60_000
    data = FIO.replace("<TransactionList>", f"{junk}<TransactionList>").encode()
    row = FIO[FIO.index("<Transaction>") : FIO.index("</TransactionList>")]
    data = data.replace(b"</TransactionList>", row.encode() * 2_000 + b"</TransactionList>")
    tracemalloc.start()
    try:
        count = sum(1 for _ in parse(formats()["xml"], io.BytesIO(data)))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 2 * 2_001 + 1
    assert peak < len(data) / 2


def test_an_unknown_root_is_named():
    with pytest.raises(UnknownFormat, match=r"profile.*KontoAuszug"):
        parse_as("xml", b"<?xml version='1.0'?><KontoAuszug><a/></KontoAuszug>")
    with pytest.raises(UnknownFormat):
        detect("x", io.BytesIO(b"<KontoAuszug><a/></KontoAuszug>"))


def test_standards_are_left_to_their_own_formats():
    camt = testing.camt053(example())
    greedy = profile_from("greedy", {**DAYS, "root": "Document", "elements": [], "namespace": None})
    known = formats_with([greedy])
    assert detect("x", io.BytesIO(camt), known).name == "camt.053"
    assert not known["xml"].sniff("x", b"<OFX><BANKMSGSRSV1/></OFX>")
    assert not known["xml"].sniff("x", b"Document;Days")


def test_the_namespace_and_the_elements_must_be_there():
    known = formats_with([days_profile()])["xml"]
    assert known.sniff("x", DAYS_FILE.encode())
    assert not known.sniff("x", DAYS_FILE.replace("urn:bank:days", "urn:other").encode())
    assert not known.sniff("x", DAYS_FILE.replace("b:Day ", "b:Week ").encode())


def test_own_profiles_come_first_and_two_are_ambiguous():
    fio = next(profile for profile in shipped("xml") if profile.name == "xml_fio_banka")
    own = profile_from("own", {**profile_data(fio), "label": "Own"})
    fmt = formats_with([own])["xml"]
    assert list(parse(fmt, io.BytesIO(FIO.encode())))[-1].dialect == "own"
    fmt = formats_with([own, dataclasses.replace(own, name="twin")])["xml"]
    with pytest.raises(AmbiguousFormat, match="Own, Own"):
        list(parse(fmt, io.BytesIO(FIO.encode())))


def test_a_profile_survives_its_json():
    profile = days_profile()
    assert profile_from("days", profile_data(profile)) == profile


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"root": ""}, "root and row"),
        ({"row": ""}, "root and row"),
        ({"dates": []}, "dates must not be empty"),
        ({"dates": "%d.%m."}, "need a year"),
        ({"dates": "%Q %Y"}, "dates know"),
        ({"fields": {"amount": "A"}}, "no field for the booking date"),
        ({"fields": {"booking_date": "D"}}, "either one field or the pair"),
        ({"fields": {"booking_date": "D", "amount": "A", "debit": "B"}}, "either one field"),
        ({"fields": {"booking_date": "D", "amount": "A", "colour": "C"}}, "unknown fields colour"),
        ({"fields": {"booking_date": "D", "amount": "A", "sign": "S"}}, "sign needs"),
        ({"fields": {"booking_date": "D", "amount": "A"}}, "status needs"),
        ({"header": {"colour": "C"}}, "unknown header colour"),
        ({"header": {"iban": "@a/b"}}, "leads nowhere"),
        ({"header": {"iban": "/"}}, "leads nowhere"),
        ({"decimal": "."}, "decimal must be"),
        ({"debit_signs": "D"}, "need each other"),
        ({"currency": "Euro"}, "no ISO 4217"),
        ({"currency": None}, "currency is nowhere"),
        ({"colour": "red"}, "unknown colour"),
    ],
)
def test_a_wrong_profile(changes, problem):
    with pytest.raises(ProfileError, match=problem):
        days_profile(**changes)


def fio_transactions(text):
    return st.builds(
        lambda day, amount, party, remittance, texts: Transaction(
            booking_date=day,
            amount=amount,
            currency="EUR",
            counterparty=party,
            remittance=remittance,
            reference=texts[0],
            end_to_end_id=texts[1],
            bank_reference=texts[2],
            code=texts[3],
        ),
        st.dates(datetime.date(1970, 1, 1), datetime.date(2100, 12, 31)),
        st.decimals(-(10**12), 10**12, places=2),
        st.builds(Counterparty, maybe(text), maybe(st.just(CUSTOMER_IBAN)), maybe(text)),
        text | st.just(""),
        st.tuples(*[maybe(text)] * 4),
    )


@given(st.lists(fio_transactions(TEXT), max_size=5), st.decimals(-(10**9), 10**9, places=2))
def test_fio_is_read_back_as_it_was_written(items, opening):
    written = dataclasses.replace(statement(IBAN, opening, items), dialect="xml_fio_banka")
    written = with_dates(written)
    assert without_raw(read(testing.xml_fio_banka(written))) == [written]


@given(st.lists(fio_transactions(TEXT), max_size=5), st.decimals(-(10**9), 10**9, places=2))
def test_finsta_is_read_back_as_it_was_written(items, opening):
    items = [
        item._replace(
            code=None,
            end_to_end_id=None,
            value_date=item.booking_date,
            counterparty=item.counterparty._replace(bic=None),
        )
        for item in items
    ]
    written = dataclasses.replace(statement(IBAN, opening, items), dialect="xml_csob_finsta")
    if not items:
        written = dataclasses.replace(written, start_date=None, end_date=None)
    assert without_raw(read(testing.xml_csob_finsta([written]))) == [written]


def with_dates(item: Statement) -> Statement:
    """Balances are of the period's ends, where the file gives them no dates."""
    return dataclasses.replace(
        item,
        opening=Balance(item.opening.amount, item.start_date),
        closing=Balance(item.closing.amount, item.end_date),
    )


@given(st.data())
@settings(max_examples=100)
def test_a_damaged_file_is_read_or_refused(data):
    damaged = bytearray(data.draw(st.sampled_from([FIO.encode(), FINSTA.encode("cp1250")])))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(damaged)))
        end = min(len(damaged), start + data.draw(st.integers(0, 20)))
        damaged[start:end] = data.draw(
            st.sampled_from([b"", b"\0", b"\xff", b"<", b">", b"&", b'"', b"</Info>", b"9" * 40])
            | st.binary(max_size=5)
        )
    try:
        found = parse_as("xml", bytes(damaged))
    except StatementError as error:
        assert str(error)
    else:
        assert isinstance(found[-1], Statement)
