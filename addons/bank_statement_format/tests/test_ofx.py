"""OFX in the shapes that banks give it, and what must be refused."""

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
    InvalidStatement,
    Statement,
    StatementError,
    Transaction,
    UnclearEncoding,
    testing,
)
from bank_statement_format.reader import parse

from .helpers import CUSTOMER_IBAN, IBAN, OTHER_IBAN, statements_of

module = importlib.import_module("bank_statement_format.formats.ofx")
values = importlib.import_module("bank_statement_format.formats._ofx_values")
OFX = module.Ofx()

HEADER = (
    "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nSECURITY:NONE\nENCODING:USASCII\nCHARSET:1252\n"
    "COMPRESSION:NONE\nOLDFILEUID:NONE\nNEWFILEUID:NONE\n\n"
)
XML_HEADER = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<?OFX OFXHEADER="200" VERSION="211" SECURITY="NONE" OLDFILEUID="NONE" NEWFILEUID="NONE"?>\n'
)
STATUS = "<STATUS><CODE>0<SEVERITY>INFO</STATUS>"
SIGNON = (
    f"<SIGNONMSGSRSV1><SONRS>{STATUS}<DTSERVER>20240131<LANGUAGE>ENG</SONRS></SIGNONMSGSRSV1>\n"
)
ACCOUNT = "<BANKACCTFROM><BANKID>123456789<ACCTID>4711<ACCTTYPE>CHECKING</BANKACCTFROM>"
BALANCE = "<LEDGERBAL><BALAMT>100.50<DTASOF>20240131120000</LEDGERBAL>"


def read(data: bytes | str) -> list[Statement]:
    """The statements of a file, with their transactions."""
    return statements_of(OFX, data)


def document(*answers: str, header: str = HEADER) -> str:
    body = "".join(
        f"<STMTTRNRS><TRNUID>1\n{STATUS}\n{answer}\n</STMTTRNRS>\n" for answer in answers
    )
    return f"{header}<OFX>\n{SIGNON}<BANKMSGSRSV1>\n{body}</BANKMSGSRSV1>\n</OFX>\n"


def stmtrs(
    *entries: str, currency: str = "USD", account: str = ACCOUNT, balance: str = BALANCE
) -> str:
    items = "\n".join(entries)
    return (
        f"<STMTRS>\n<CURDEF>{currency}\n{account}\n<BANKTRANLIST>\n<DTSTART>20240101"
        f"<DTEND>20240131\n{items}\n</BANKTRANLIST>\n{balance}\n</STMTRS>"
    )


def entry(
    more: str = "",
    *,
    kind: str = "DEBIT",
    date: str = "20240115120000.000[-5:EST]",
    amount: str = "-12.34",
    fitid: str = "A1",
    tag: str = "STMTTRN",
) -> str:
    return (
        f"<{tag}><TRNTYPE>{kind}\n<DTPOSTED>{date}\n<TRNAMT>{amount}\n<FITID>{fitid}\n"
        f"{more}</{tag}>"
    )


def transaction(*args, **kwargs) -> Transaction:
    """The only transaction of a statement with one entry."""
    ((found,),) = [item.transactions for item in read(document(stmtrs(entry(*args, **kwargs))))]
    return found


def refused(data: bytes | str) -> StatementError:
    with pytest.raises(StatementError) as caught:
        read(data)
    assert "breaks the format" not in caught.value.message
    return caught.value


def test_a_statement():
    (statement,) = read(document(stmtrs(entry("<NAME>Example Inc\n<MEMO>Invoice 7\n"))))
    (item,) = statement.transactions
    assert statement.account == Account(number="4711")
    assert statement.currency == "USD"
    assert statement.opening is None
    assert statement.closing == Balance(Decimal("100.50"), datetime.date(2024, 1, 31))
    assert statement.balanced is None
    assert (statement.count, statement.total) == (1, Decimal("-12.34"))
    assert statement.start_date == datetime.date(2024, 1, 1)
    assert statement.end_date == datetime.date(2024, 1, 31)
    assert item == Transaction(
        booking_date=datetime.date(2024, 1, 15),
        amount=Decimal("-12.34"),
        currency="USD",
        counterparty=Counterparty("Example Inc"),
        remittance="Invoice 7",
        bank_reference="A1",
        code="DEBIT",
        raw=entry("<NAME>Example Inc\n<MEMO>Invoice 7\n"),
    )


@pytest.mark.parametrize(
    "header",
    [
        HEADER,
        HEADER.replace("\n", "\r\n"),
        HEADER.replace("\n", ""),
        HEADER.replace("\n", " "),
        HEADER.rstrip() + "\n",
        "\n\n\n" + HEADER,
        "\ufeff" + HEADER,
        "",
        XML_HEADER,
        XML_HEADER.replace("\n", ""),
    ],
)
def test_headers_in_all_shapes(header):
    data = document(stmtrs(entry()), header=header).encode()
    assert OFX.sniff("file", data)
    assert read(data)[0].count == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", ""),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\r"),
        lambda text: text.replace("<", "\n\t  <"),
        str.lower,
        lambda text: text.replace("<", "<ofx:").replace("<ofx:/", "</ofx:"),
        lambda text: text.replace("<STMTRS>", "<!-- a <STMTTRN> --><STMTRS>"),
        lambda text: text.replace("<TRNAMT>-12.34", "<TRNAMT><![CDATA[-12.34]]>"),
        lambda text: text.replace("<STMTRS>", '<STMTRS xmlns="urn:example">'),
        lambda text: text.replace("<FITID>A1", "<FITID>A1</DTUSER>"),
        lambda text: text.replace("<STMTTRN>", "<stmttrn>"),
        lambda text: text.replace("<TRNAMT>-12.34", "<TRNAMT>\n-12.34\n</TRNAMT>"),
        lambda text: text.replace("</BANKTRANLIST>", ""),
        lambda text: text.replace("<LANGUAGE>ENG", "<LANGUAGE><FI><ORG>\n<FID>1</FI>"),
    ],
)
def test_tags_in_all_shapes(change):
    content = document(stmtrs(entry("<NAME>x\n"), entry()), header="")
    (statement,) = read(change(content))
    assert statement.total == Decimal("-24.68")
    assert statement.account.number == "4711"
    assert statement.closing.amount == Decimal("100.50")
    assert statement.transactions[0].counterparty.name == "x"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("M&amp;M", "M&M"),
        ("M&M & Sons", "M&M & Sons"),
        ("a &lt;b&gt; c", "a <b> c"),
        ("a &amp;amp; b", "a &amp; b"),
        ("a&nbsp;b", "a\u00a0b"),
        ("caf&#233; &#xe9; &eacute;", "café é é"),
        ("5 < 6 > 4", "5 < 6 > 4"),
        ("mail a <b@example.com>", "mail a <b@example.com>"),
        ("two\r\n  lines", "two lines"),
        ("<![CDATA[a <b> & c]]>", "a <b> & c"),
        ("a<!-- remark -->b", "ab"),
        ("  trimmed\t", "trimmed"),
        ("&unknown; &#0;", "&unknown;"),
    ],
)
def test_texts(text, name):
    assert transaction(f"<NAME>{text}\n").counterparty.name == name
    assert transaction(f"<NAME>{text}</NAME>").counterparty.name == name


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("-12.34", "-12.34"),
        ("+12", "12"),
        ("-00000000001500.0000", "-1500"),
        ("-5,50", "-5.5"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("-1,234,567", "-1234567"),
        ("1.234.567", "1234567"),
        ("- 5.00", "-5"),
        ("1 234,50", "1234.5"),
        (".5", "0.5"),
        ("0", "0"),
        ("-943.5043319408105", "-943.5043319408105"),
    ],
)
def test_amounts(text, amount):
    assert transaction(amount=text).amount == Decimal(amount)


@pytest.mark.parametrize(
    "text", ["", "$120", "1,234", "12.3.4", "1,23,456.00", "--5", ".", "NaN", "1e5", "9" * 16]
)
def test_unreadable_amounts_are_refused(text):
    error = refused(document(stmtrs(entry(amount=text))))
    assert error.element == "STMTTRN/TRNAMT"
    assert error.line == 23


@pytest.mark.parametrize(
    "text",
    [
        "20240115",
        "20240115120000",
        "20240115235959.999[-11:SST]",
        "20240115000000[+13]",
        "2024-01-15",
        "20240115120000:014",
        "202401151200",
    ],
)
def test_dates_are_as_written(text):
    assert transaction(date=text).booking_date == datetime.date(2024, 1, 15)


@pytest.mark.parametrize(
    "text", ["", "00000000", "201120000000", "20240230", "15/01/2024", "18990101", "2024"]
)
def test_unreadable_dates_are_refused(text):
    error = refused(document(stmtrs(entry(date=text))))
    assert error.element == "STMTTRN/DTPOSTED"
    assert error.line == 22


def test_the_sign_of_the_amount_counts():
    assert transaction(kind="CREDIT", amount="-5").amount == -5
    assert transaction(kind="DEBIT", amount="5").amount == 5


def test_a_repeated_fitid_identifies_nothing():
    (statement,) = read(document(stmtrs(entry(), entry(), entry(fitid=""))))
    assert [item.bank_reference for item in statement.transactions] == ["A1", "A1", None]


@pytest.mark.parametrize("tag", ["FITID", "TRNAMT", "DTPOSTED"])
def test_two_of_what_there_can_be_one_are_refused(tag):
    error = refused(document(stmtrs(entry(f"<{tag}>20240101\n"))))
    assert error.element == f"STMTTRN/{tag}"
    assert "twice" in error.message


def test_several_memos_are_joined():
    assert transaction("<MEMO>one\n<MEMO>two\n").remittance == "one two"


def test_the_counterparty():
    assert transaction("<NAME>Example\n<EXTDNAME>Example Inc").counterparty.name == "Example Inc"
    assert transaction("<NAME>A\n<EXTDNAME>of B").counterparty.name == "A of B"
    payee = "<PAYEE><NAME>Example\n<ADDR1>Street\n<CITY>Town</PAYEE>"
    assert transaction(payee).counterparty.name == "Example"
    assert transaction("<PAYEE>Example</PAYEE>").counterparty.name == "Example"
    other = f"<BANKACCTTO><BANKID>COBADEFFXXX<ACCTID>{CUSTOMER_IBAN}</BANKACCTTO>"
    assert transaction(other).counterparty == Counterparty(None, CUSTOMER_IBAN, "COBADEFFXXX")
    card = "<CCACCTTO><ACCTID>4111 1111</CCACCTTO>"
    assert transaction(card).counterparty.iban == "41111111"


def test_references_and_value_date():
    item = transaction("<DTAVAIL>20240117<CHECKNUM>1001<REFNUM>R7", kind="CHECK")
    assert item.end_to_end_id == "1001"
    assert item.value_date == datetime.date(2024, 1, 17)
    assert transaction("<CHECKNUM>0000", kind="CHECK").end_to_end_id is None
    assert transaction("<CHECKNUM>77").end_to_end_id is None
    assert transaction("<REFNUM>R7", fitid="").bank_reference == "R7"


def test_a_correction_is_refused_unless_of_itself():
    assert transaction("<CORRECTFITID>A1<CORRECTACTION>REPLACE").amount
    error = refused(document(stmtrs(entry("<CORRECTFITID>A0<CORRECTACTION>DELETE"))))
    assert error.element == "STMTTRN/CORRECTFITID"


def test_pending_transactions_are_not_booked():
    pending = entry(tag="STMTTRNP").replace("DTPOSTED", "DTTRAN")
    body = stmtrs(entry(), entry(kind="HOLD"))
    body = body.replace(
        "</STMTRS>", f"<BANKTRANLISTP><DTASOF>20240131{pending}</BANKTRANLISTP></STMTRS>"
    )
    (statement,) = read(document(body))
    assert [item.booked for item in statement.transactions] == [True, False, False]
    assert (statement.count, statement.pending_count) == (1, 2)
    assert statement.total == Decimal("-12.34")


def test_an_original_amount_follows_from_the_rate():
    item = transaction("<ORIGCURRENCY><CURRATE>1.06<CURSYM>EUR</ORIGCURRENCY>", amount="-10.60")
    assert (item.amount, item.currency) == (Decimal("-10.60"), "USD")
    assert (item.original_amount, item.original_currency) == (Decimal("-10.00"), "EUR")
    for rate in ("", "0", "1.0"):
        content = f"<ORIGCURRENCY><CURRATE>{rate}<CURSYM>EUR</ORIGCURRENCY>"
        item = transaction(content)
        assert (item.original_amount, item.original_currency) == (None, "EUR")
    item = transaction("<ORIGCURRENCY><CURRATE>1.0<CURSYM>USD</ORIGCURRENCY>")
    assert item.original_currency is None


def test_amounts_in_another_currency_are_a_statement_of_their_own():
    foreign = entry("<CURRENCY><CURRATE>1.06<CURSYM>EUR</CURRENCY>", amount="5")
    same = entry("<CURRENCY><CURRATE>1<CURSYM>USD</CURRENCY>", amount="7")
    own, other = read(document(stmtrs(foreign, same)))
    assert (own.currency, own.total, own.count) == ("USD", 7, 1)
    assert (other.currency, other.total, other.count) == ("EUR", 5, 1)
    assert other.account == own.account
    assert other.closing is None
    assert other.transactions[0].currency == "EUR"


def test_the_currency_may_stand_with_the_transactions_only():
    item = entry("<CURRENCY><CURRATE>1<CURSYM>AUD</CURRENCY>")
    (statement,) = read(document(stmtrs(item, entry(), currency="</CURDEF>")))
    assert (statement.currency, statement.count) == ("AUD", 2)


@pytest.mark.parametrize(
    ("account", "expected"),
    [
        (f"<BANKID>DEUTDEFF<ACCTID>{IBAN}", Account(iban=IBAN, bic="DEUTDEFF")),
        ("<BANKID>10020030<ACCTID>1234567", Account(number="10020030/1234567")),
        ("<BANKID>123456789<ACCTID>4711", Account(number="4711")),
        (
            "<BANKID>20041<BRANCHID>01005<ACCTID>0500013M026<ACCTTYPE>CHECKING<ACCTKEY>06",
            Account(iban="FR1420041010050500013M02606"),
        ),
        (
            "<BANKID>20041<BRANCHID>01005<ACCTID>0500013M026<ACCTKEY>07",
            Account(number="0500013M026"),
        ),
    ],
)
def test_accounts(account, expected):
    content = f"<BANKACCTFROM>{account}</BANKACCTFROM>"
    (statement,) = read(document(stmtrs(account=content, currency="EUR")))
    assert statement.account == expected


def test_several_accounts_and_documents():
    card = stmtrs(entry()).replace("STMTRS", "CCSTMTRS").replace("BANKACCTFROM", "CCACCTFROM")
    content = document(stmtrs(), card)
    assert [item.count for item in read(content)] == [0, 1]
    assert [item.count for item in read(content + content)] == [0, 1, 0, 1]


@pytest.mark.parametrize(
    "balance",
    [
        "",
        "<LEDGERBAL></LEDGERBAL>",
        "<LEDGERBAL><BALAMT/><DTASOF/></LEDGERBAL>",
        "<LEDGERBAL><BALAMT></BALAMT><DTASOF></DTASOF></LEDGERBAL>",
        "<LEDGERBAL><BALAMT/><DTASOF>20240131</LEDGERBAL>",
        "<AVAILBAL><BALAMT>5<DTASOF>20240131</AVAILBAL>",
    ],
)
def test_a_balance_may_be_missing(balance):
    assert read(document(stmtrs(balance=balance)))[0].closing is None


def test_balances():
    def closing(text):
        return read(document(stmtrs(balance=f"<LEDGERBAL>{text}</LEDGERBAL>")))[0].closing

    assert closing("<BALAMT>0,00<DTASOF>00000000") == Balance(Decimal(0))
    assert closing("<BALAMT>R$ 5.326,43<DTASOF>30/06/2025") == Balance(
        Decimal("5326.43"), datetime.date(2025, 6, 30)
    )
    assert closing("<BALAMT>1<DTASOF>05/06/2025").date is None


def test_an_empty_balance_with_a_date_is_refused():
    balance = "<LEDGERBAL>\n<BALAMT> </BALAMT><DTASOF>20240131</DTASOF></LEDGERBAL>"
    error = refused(document(stmtrs(balance=balance)))
    assert error.element == "LEDGERBAL/BALAMT"


def test_errors_of_the_bank_are_told_in_its_words():
    status = "<STATUS><CODE>2000<SEVERITY>ERROR<MESSAGE>General error</STATUS>"
    error = refused(f"{HEADER}<OFX><SIGNONMSGSRSV1><SONRS>{status}</SONRS></SIGNONMSGSRSV1></OFX>")
    assert "General error" in error.message
    assert error.found == "2000"
    failed = document(stmtrs(), "x").replace(f"{STATUS}\nx", status)
    assert "General error" in refused(failed).message
    assert read(document(stmtrs()).replace("<CODE>0<SEV", "<CODE>15000<SEV"))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (SIGNON, "sign-on"),
        ("<SIGNUPMSGSRSV1><ACCTINFORS><DESC>x</ACCTINFORS></SIGNUPMSGSRSV1>", "list of accounts"),
        ("<PROFRS><FINAME>x</PROFRS>", "services"),
        ("", "sign-on"),
    ],
)
def test_files_without_statement_say_what_they_are(content, reason):
    assert reason in refused(f"{HEADER}<OFX>{content}</OFX>").message


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("</OFX>", ""),
        ("</STMTRS>", ""),
        ("</STMTTRN>", ""),
        ("</LEDGERBAL>", ""),
        ("</BANKACCTFROM>", ""),
        ("</OFX>", "</OFX>and more"),
        ("VERSION:102", "VERSION:300"),
        ("<CURDEF>USD", "<CURDEF>Dollar"),
        ("<OFX>", "<OFC>"),
        ("<OFX>", '<!DOCTYPE OFX [<!ENTITY a "b">]><OFX>'),
        ("<BANKTRANLIST>", "loose<BANKTRANLIST>"),
        ("<BANKTRANLIST>", "</FI><BANKTRANLIST>"),
        ("<STMTRS>", "<STMTRS><STMTRS>"),
        ("<BANKMSGSRSV1>", entry()),
        ("<TRNAMT>", "<TRNAMT>\0"),
        ("<NAME>", "<!-- "),
    ],
)
def test_broken_files_are_refused(old, new):
    content = document(stmtrs(entry("<NAME>x\n")))
    assert old in content
    refused(content.replace(old, new, 1))


@pytest.mark.parametrize("data", [b"<OFX>" + b"<A>" * 100_000, b"<OFX>" + b"x" * 10_000_000])
def test_hostile_files_are_refused_fast(data):
    started = time.process_time()
    refused(data)
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("CHARSET:1252", "cp1252"),
        ("CHARSET:1250", "cp1250"),
        ("CHARSET:ISO-8859-2", "iso8859-2"),
        ("CHARSET:1252", "utf-8"),
        ("CHARSET:NONE", "utf-8"),
        ("CHARSET:NONE", "utf-16"),
    ],
)
def test_encodings(declared, encoding):
    name = "Łódź Müller" if encoding not in ("cp1252",) else "Müller & Söhne"
    content = document(stmtrs(entry(f"<NAME>{name}\n"))).replace("CHARSET:1252", declared)
    data = content.encode(encoding)
    assert OFX.sniff("file", data)
    assert read(data)[0].transactions[0].counterparty.name == name


def test_an_encoding_that_the_bytes_disprove_is_judged_or_asked_for():
    content = document(stmtrs(entry("<NAME>Müller Großhändler Übung\n")))
    data = content.replace("CHARSET:1252", "CHARSET:NONE").replace("USASCII", "UTF-8")
    try:
        (item,) = read(data.encode("cp1252"))[0].transactions
    except UnclearEncoding:
        return
    assert item.counterparty.name == "Müller Großhändler Übung"


def test_sniff_knows_its_own_only():
    assert OFX.sniff("x", HEADER.encode())
    for data in (
        b"",
        b"a;b;c",
        b"<Document><OFX></OFX></Document>",
        b"!Type:Bank\n",
        b"<OFC></OFC>",
    ):
        assert not OFX.sniff("x.ofx", data)


def investment(*entries: str, balance: str = "") -> Statement:
    items = "\n".join(entries)
    content = (
        "<INVSTMTRS><DTASOF>20240131<CURDEF>USD<INVACCTFROM><BROKERID>example.com<ACCTID>X1"
        f"</INVACCTFROM><INVTRANLIST><DTSTART>20240101<DTEND>20240131{items}</INVTRANLIST>"
        f"{balance}</INVSTMTRS>"
    )
    (statement,) = read(document(content))
    return statement


def trade(kind: str, inner: str, *, fund: str = "CASH", wrapper: str = "") -> str:
    content = (
        f"<INVTRAN><FITID>F1<DTTRADE>20240115<DTSETTLE>20240117<MEMO>text</INVTRAN>"
        f"<SECID><UNIQUEID>0001<UNIQUEIDTYPE>CUSIP</SECID>{inner}<SUBACCTFUND>{fund}"
    )
    content = f"<{wrapper}>{content}</{wrapper}>" if wrapper else content
    return f"<{kind}>{content}</{kind}>"


@pytest.mark.parametrize(
    ("item", "effect"),
    [
        (trade("BUYSTOCK", "<UNITS>10<TOTAL>-500.00", wrapper="INVBUY"), "-500"),
        (trade("BUYSTOCK", "<UNITS>10<TOTAL>500.00", wrapper="INVBUY"), "-500"),
        (trade("SELLSTOCK", "<UNITS>-10<TOTAL>500.00", wrapper="INVSELL"), "500"),
        (trade("INCOME", "<INCOMETYPE>DIV<TOTAL>5"), "5"),
        (trade("INVEXPENSE", "<TOTAL>5"), "-5"),
        (trade("MARGININTEREST", "<TOTAL>-5"), "-5"),
        (trade("RETOFCAP", "<TOTAL>5"), "5"),
        (f"<INVBANKTRAN>{entry(amount='-7')}<SUBACCTFUND>CASH</INVBANKTRAN>", "-7"),
        ("<BUYDEBT><INVBUY><INVTRAN><FITID>1<DTTRADE>20240115</INVTRAN><UNITS>1<TOTAL>-100"
         "<SUBACCTFUND>CASH</INVBUY><ACCRDINT>2.50</BUYDEBT>", "-102.5"),
    ],
)  # fmt: skip
def test_what_moves_cash_is_a_transaction(item, effect):
    statement = investment(item)
    assert statement.account == Account(number="X1")
    (found,) = statement.transactions
    assert found.amount == Decimal(effect) == statement.total
    assert found.booking_date == datetime.date(2024, 1, 15)
    assert found.raw == item


@pytest.mark.parametrize(
    "item",
    [
        trade("BUYMF", "<UNITS>1<TOTAL>-5", fund="OTHER", wrapper="INVBUY"),
        trade("REINVEST", "<TOTAL>-5<UNITS>1"),
        trade("TRANSFER", "<UNITS>5"),
        trade("SPLIT", "<OLDUNITS>5"),
    ],
)
def test_what_moves_no_cash_is_none(item):
    balance = "<INVBAL><AVAILCASH>12.5<MARGINBALANCE>0<SHORTBALANCE>0</INVBAL>"
    statement = investment(item, balance=balance)
    assert statement.transactions == ()
    assert statement.closing == Balance(Decimal("12.5"), datetime.date(2024, 1, 31))


def test_entries_of_several_kinds_may_take_turns():
    buy = trade("BUYMF", "<UNITS>1<TOTAL>-5", wrapper="INVBUY")
    sell = trade("SELLMF", "<UNITS>-1<TOTAL>7", wrapper="INVSELL")
    none = trade("REINVEST", "<UNITS>1<TOTAL>-5")
    income = trade("INCOME", "<UNITS>1<TOTAL>-5")
    statement = investment(*[buy, sell, none, income] * 3)
    assert [item.code for item in statement.transactions] == ["BUYMF", "SELLMF", "INCOME"] * 3
    assert statement.total == -9


@pytest.mark.parametrize(
    "item",
    [
        trade("BUYPAINTING", "<TOTAL>-5"),
        trade("INCOME", "<TOTAL>x"),
        trade("BUYMF", "<TOTAL>-5", wrapper="INVBUY"),
        trade("INCOME", "<TOTAL>5").replace("20240115", "2024"),
    ],
)
def test_unclear_investments_are_refused(item):
    with pytest.raises(InvalidStatement):
        investment(item)


def test_a_confirmed_transfer_is_a_notification():
    content = (
        "<INTRARS><CURDEF>USD<SRVRTID>9<XFERINFO><BANKACCTFROM><BANKID>1<ACCTID>11</BANKACCTFROM>"
        "<BANKACCTTO><BANKID>1<ACCTID>22</BANKACCTTO><TRNAMT>200.00</XFERINFO>"
        "<DTPOSTED>20240115</INTRARS>"
    )
    (statement,) = read(document(content))
    (item,) = statement.transactions
    assert (statement.kind, statement.account.number) == ("notification", "11")
    assert (item.amount, item.counterparty.iban, item.booked) == (-200, "22", True)
    planned = content.replace("DTPOSTED", "DTXFERPRJ")
    assert not read(document(planned))[0].transactions[0].booked


TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Co", "Cn", "Zl", "Zp")), min_size=1, max_size=60
).map(lambda text: f"<{text}&>")
# In cp1252 an ü is a byte that UTF-8 never has, so that none of these is valid UTF-8 by chance.
WINDOWS = st.text(
    st.characters(codec="cp1252", exclude_categories=("Cc",)), min_size=1, max_size=60
).map(lambda text: f'"ü{text}&>')
DATES = st.dates(datetime.date(1970, 1, 1), datetime.date(2100, 12, 31))
AMOUNTS = st.decimals(-(10**12), 10**12, places=2)


@st.composite
def statements(draw, text):
    found = []
    for iban in (IBAN, OTHER_IBAN):
        items = sorted(
            draw(st.lists(transactions(text), max_size=5)), key=lambda item: not item.booked
        )
        booked = [item.amount for item in items if item.booked]
        found.append(
            Statement(
                account=Account(iban=iban, bic="DEUTDEFF"),
                currency="EUR",
                closing=Balance(draw(AMOUNTS), draw(DATES)),
                count=len(booked),
                total=sum(booked, Decimal(0)),
                pending_count=len(items) - len(booked),
                start_date=datetime.date(2024, 1, 1),
                end_date=datetime.date(2024, 12, 31),
                transactions=tuple(items),
            )
        )
    return found


@st.composite
def transactions(draw, text):
    code = draw(st.sampled_from(["CREDIT", "CHECK"]))
    iban = draw(st.none() | st.just(CUSTOMER_IBAN))
    return Transaction(
        booking_date=draw(DATES),
        amount=draw(AMOUNTS),
        currency="EUR",
        value_date=draw(st.none() | DATES),
        counterparty=Counterparty(draw(st.none() | text), iban, "COBADEFFXXX" if iban else None),
        remittance=draw(text | st.just("")),
        end_to_end_id="1001" if code == "CHECK" else None,
        bank_reference=draw(st.none() | text),
        code=code,
        booked=draw(st.booleans()),
    )


def without_raw(found):
    return [
        dataclasses.replace(item, transactions=tuple(t._replace(raw="") for t in item.transactions))
        for item in found
    ]


@given(statements(TEXT))
def test_xml_is_read_back_as_it_was_written(written):
    assert without_raw(read(testing.ofx_xml(written))) == written


@given(statements(WINDOWS), st.sampled_from(["cp1252", "utf-8"]))
def test_sgml_is_read_back_as_it_was_written(written, encoding):
    assert without_raw(read(testing.ofx_sgml(written, encoding=encoding))) == written


def test_original_amounts_are_read_back():
    item = Transaction(
        booking_date=datetime.date(2024, 1, 1),
        amount=Decimal("-110.25"),
        currency="EUR",
        original_amount=Decimal("-123.99"),
        original_currency="USD",
        code="DEBIT",
    )
    statement = Statement(account=Account(iban=IBAN), currency="EUR", transactions=(item,))
    ((found,),) = [s.transactions for s in read(testing.ofx_sgml([statement]))]
    assert found._replace(raw="") == item


EXAMPLE = document(
    stmtrs(
        *(entry(f"<NAME>Name {i}\n<MEMO>a & b\n", amount=f"{i}.{i}5") for i in range(1, 6)),
        entry(),
    ),
    stmtrs(entry("<CURRENCY><CURRATE>1.5<CURSYM>EUR</CURRENCY>")),
)


def test_a_file_cut_anywhere_is_refused():
    whole = EXAMPLE.rstrip()
    for end in range(len(HEADER), len(whole)):
        with pytest.raises(StatementError):
            read(whole[:end])


JUNK = [
    b"",
    b"\0",
    b"\xff",
    b"<",
    b">",
    b"&",
    b"\n",
    b"<!--",
    b"<![CDATA[",
    b"</STMTTRN>",
    b"9" * 40,
]


@given(data=st.data())
@settings(max_examples=200)
def test_a_damaged_file_is_read_or_refused(data):
    damaged = bytearray(EXAMPLE.encode())
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(damaged)))
        end = min(len(damaged), start + data.draw(st.integers(0, 20)))
        damaged[start:end] = data.draw(st.sampled_from(JUNK) | st.binary(max_size=5))
    try:
        read(bytes(damaged))
    except StatementError as error:
        assert "breaks the format" not in error.message


def test_reading_does_not_grow_with_the_file():
    body = stmtrs(*(entry(f"<NAME>Name {i}\n", fitid=str(i)) for i in range(6_000)))
    data = document(body).encode()
    stream = io.BytesIO(data)
    tracemalloc.start()
    try:
        count = sum(1 for _ in parse(OFX, stream))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 6_001
    assert peak < 2 * 1024 * 1024
