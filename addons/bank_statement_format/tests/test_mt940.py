"""SWIFT MT940: the frame of the messages, their entries, and what the texts say."""

import contextlib
import datetime
import io
import re
import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bank_statement_format import (
    Account,
    Balance,
    Counterparty,
    InvalidStatement,
    Statement,
    StatementError,
    Transaction,
    parse,
)
from bank_statement_format.formats.mt940 import Mt940
from bank_statement_format.formats.mt942 import Mt942
from bank_statement_format.testing.mt94x import mt940

IBAN = "DE02120300000000202051"
OTHER_IBAN = "DE89370400440532013000"
DAY = datetime.date(2024, 1, 15)


def read(text: str | bytes) -> list[Statement]:
    data = text.encode() if isinstance(text, str) else text
    assert Mt940().sniff("file", data)
    assert not Mt942().sniff("file", data)
    statements, transactions = [], []
    for event in parse(Mt940(), io.BytesIO(data)):
        if isinstance(event, Transaction):
            transactions.append(event)
        else:
            statements.append((event, transactions))
            transactions = []
    assert not transactions
    return statements


def message(
    *entries: str,
    account: str = IBAN,
    number: str = "7/1",
    opening: str = "60F:C240101EUR100,00",
    closing: str = "62F:C240131EUR100,00",
    end: str = "-",
) -> str:
    lines = [":20:REF", f":25:{account}", f":28C:{number}", f":{opening}", *entries]
    lines += [f":{closing}", end]
    return "\n".join(lines) + "\n"


def one(*entry: str) -> Transaction:
    ((_, (transaction,)),) = read(message(*entry))
    return transaction


def text(*lines: str, entry: str = ":61:2401150115C10,00NTRFNONREF") -> Transaction:
    return one(entry, f":86:{lines[0]}", *lines[1:])


def dialect(*lines: str) -> str | None:
    ((statement, _),) = read(
        message(":61:2401150115C10,00NTRFNONREF", f":86:{lines[0]}", *lines[1:])
    )
    return statement.dialect


def refusal(data: str | bytes) -> InvalidStatement:
    with pytest.raises(InvalidStatement) as caught:
        read(data)
    return caught.value


# Messages


def test_statement():
    file = message(":61:2401150116CR50,25NTRFNONREF//BANKREF1", closing="62F:C240131EUR150,25")
    ((statement, (transaction,)),) = read(file)
    assert statement.account == Account(iban=IBAN)
    assert (statement.currency, statement.number, statement.kind) == ("EUR", "7", "statement")
    assert statement.opening == Balance(Decimal("100.00"), datetime.date(2024, 1, 1))
    assert statement.closing == Balance(Decimal("150.25"), datetime.date(2024, 1, 31))
    assert statement.balanced is True
    assert transaction.amount == Decimal("50.25")
    assert transaction.value_date == datetime.date(2024, 1, 15)
    assert transaction.booking_date == datetime.date(2024, 1, 16)
    assert transaction.bank_reference == "BANKREF1"
    assert transaction.code == "NTRF"
    assert transaction.booked
    assert transaction.raw == ":61:2401150116CR50,25NTRFNONREF//BANKREF1"


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_line_ends(newline):
    file = message(":61:2401150115C0,00NTRFNONREF", ":86:first", "second").replace("\n", newline)
    ((statement, (transaction,)),) = read(file)
    assert statement.balanced
    assert transaction.remittance == "first second"
    assert transaction.raw == newline.join([":61:2401150115C0,00NTRFNONREF", ":86:first", "second"])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", ""),
        ("\n\n", "\n\n"),
        ("{1:F01KNABNL2HAXXX0000000000}{2:I940KNABNL2HXXXXN3020}{4:\n", "-}{5:}\n"),
        ("{1:F01INGBNL2ABXXX0000000000}\n{2:I940INGBNL2AXXXN}\n{4:\n", "-}\n"),
        ("ABNANL2A\n940\nABNANL2A\n", ""),
        ("0000 01INGBNL2AXXXX00001\n0000 01INGBNL2AXXXX00001\n940 00\n", "-XXX\n"),
        (":940:\n", ""),
        ("\x01\n", "-\x03"),
        ("\ufeff", ""),
    ],
)
def test_what_banks_write_around_a_message(before, after):
    file = before + message(":61:240115D1,5NTRFNONREF").removesuffix("-\n") + after
    for copies in (1, 2):
        statements = read(file * copies)
        assert [len(transactions) for _, transactions in statements] == [1] * copies


def test_no_line_end_after_the_last_line():
    file = message().removesuffix("-\n").removesuffix("\n")
    ((statement, _),) = read(file)
    assert statement.balanced


@pytest.mark.parametrize(
    ("text", "account"),
    [
        (IBAN, Account(iban=IBAN)),
        ("NL54INGB0001234500EUR", Account(iban="NL54INGB0001234500")),
        ("NL54INGB0001234500 EUR", Account(iban="NL54INGB0001234500")),
        ("12345678/1234567890", Account(number="12345678/1234567890")),
        ("12345678/1234567890EUR", Account(number="12345678/1234567890")),
        (f"COBADEFFXXX/{IBAN}", Account(iban=IBAN, bic="COBADEFFXXX")),
        ("UBRTHUHB/123456789/HUF", Account(number="123456789", bic="UBRTHUHB")),
        ("/PL29114010810000267002001002", Account(iban="PL29114010810000267002001002")),
        ("1291.99.348EUR", Account(number="1291.99.348")),
    ],
)
def test_account(text, account):
    ((statement, _),) = read(message(account=text))
    assert statement.account == account


def test_account_with_bic_on_the_next_line():
    file = message().replace(f":25:{IBAN}", f":25P:{IBAN}\nCOBADEFFXXX")
    ((statement, _),) = read(file)
    assert statement.account == Account(iban=IBAN, bic="COBADEFFXXX")


def page(number: int, opening: str, closing: str, amount: str = "10,") -> str:
    return message(
        f":61:240115C{amount}NTRFNONREF",
        number=f"5/{number}",
        opening=opening,
        closing=closing,
    )


def test_pages_become_one_statement():
    file = page(1, "60F:C240101EUR1,", "62M:C240115EUR11,")
    file += page(2, "60M:C240115EUR11,", "62M:C240115EUR21,")
    file += page(3, "60M:C240115EUR21,", "62F:C240115EUR31,")
    ((statement, transactions),) = read(file)
    assert len(transactions) == statement.count == 3
    assert (statement.opening.amount, statement.closing.amount) == (1, 31)
    assert statement.balanced


def test_pages_that_do_not_continue_stay_apart():
    file = page(1, "60F:C240101EUR1,", "62M:C240115EUR11,")
    file += page(2, "60M:C240115EUR12,", "62F:C240115EUR22,")
    assert [statement.balanced for statement, _ in read(file)] == [True, True]


def test_a_page_that_does_not_add_up_stays_apart():
    file = page(1, "60F:C240101EUR1,", "62M:C240115EUR12,")
    file += page(2, "60M:C240115EUR12,", "62F:C240115EUR21,")
    assert [statement.balanced for statement, _ in read(file)] == [False, False]


def test_a_last_page_may_carry_its_balance_forward():
    ((statement, _),) = read(page(1, "60F:C240101EUR1,", "62M:C240115EUR11,"))
    assert statement.balanced


# Entries


@pytest.mark.parametrize(
    ("entry", "amount"),
    [
        ("240115C300,NTRFNONREF", "300"),
        ("240115CR300NTRFNONREF", "300"),
        ("240115DR0,5NTRFNONREF", "-0.5"),
        ("240115RC1,00NTRFNONREF", "-1.00"),
        ("240115RCR1,00NTRFNONREF", "-1.00"),
        ("240115RD1,00NTRFNONREF", "1.00"),
        ("240115d1.25N946NONREF", "-1.25"),
        ("240115    D000000000025,00N102EREF", "-25.00"),
        ("240115C2,00", "2.00"),
        ("240115CN2,00//19239782213", "2.00"),
    ],
)
def test_amounts(entry, amount):
    assert one(f":61:{entry}").amount == Decimal(amount)


def test_expected_entries_are_not_booked():
    ((statement, (transaction,)),) = read(message(":61:240115EC5,00NTRFNONREF"))
    assert not transaction.booked
    assert (statement.count, statement.pending_count, statement.balanced) == (0, 1, True)


@pytest.mark.parametrize(
    ("entry", "value", "booking"),
    [
        ("240115C1,", "2024-01-15", "2024-01-15"),
        ("2401011231C1,", "2024-01-01", "2023-12-31"),
        ("2312310101C1,", "2023-12-31", "2024-01-01"),
        ("1602300301C1,", "2016-02-29", "2016-03-01"),
        ("2302290301C1,", "2023-02-28", "2023-03-01"),
        ("9912311231C1,", "1999-12-31", "1999-12-31"),
    ],
)
def test_dates(entry, value, booking):
    transaction = one(f":61:{entry}NTRFNONREF")
    assert str(transaction.value_date) == value
    assert str(transaction.booking_date) == booking


def test_entry_broken_before_its_amount_and_tag_broken_after_its_colon():
    transaction = one(":61:2401150115CR", "30,00N062NONREF", ":", "86:166?00GUTSCHR.?20SVWZ+Test")
    assert transaction.amount == Decimal("30.00")
    assert transaction.code == "N062+166"
    assert transaction.remittance == "Test"


def test_references_of_the_entry():
    transaction = one(":61:240115C1,NTRFINVOICE-4711//BANK1")
    assert transaction.end_to_end_id == "INVOICE-4711"
    assert transaction.bank_reference == "BANK1"


def test_original_amount_and_charges_below_the_entry():
    transaction = one(
        ":61:240115D12,35NRTINONREF//1", "/OCMT/USD11,85//CHGS/EUR0,50/", ":86:109?00RETOURE"
    )
    assert transaction.original_amount == Decimal("-11.85")
    assert transaction.original_currency == "USD"
    assert transaction.charges == Decimal("0.50")


# Texts


def test_german_text():
    transaction = text(
        "166?00GUTSCHRIFT?109310?20EREF+INVOICE-2024-0001-ABC-D?21EF?22MREF+",
        "M-1?23CRED+DE98ZZZ09999999999?24SVWZ+Rechnung 4711 vom erste?25n Januar",
        "?30COBADEFFXXX?31DE89370400440532013000?32Example Gesellschaft fuer a",
        "?33lles mbH",
    )
    assert dialect("166?00GUTSCHRIFT?20SVWZ+a") == "german"
    assert transaction.code == "NTRF+166"
    assert transaction.end_to_end_id == "INVOICE-2024-0001-ABC-DEF"
    assert transaction.mandate_id == "M-1"
    assert transaction.creditor_id == "DE98ZZZ09999999999"
    assert transaction.remittance == "Rechnung 4711 vom ersten Januar"
    assert transaction.counterparty == Counterparty(
        "Example Gesellschaft fuer alles mbH", OTHER_IBAN, "COBADEFFXXX"
    )


@pytest.mark.parametrize("lines", [["229", "?20Purpose", "?32ABC"], ["229", "229?20Purpose?32ABC"]])
def test_code_on_a_line_of_its_own(lines):
    transaction = text(*lines)
    assert transaction.code == "NTRF+229"
    assert transaction.remittance == "Purpose"
    assert transaction.counterparty.name == "ABC"


def test_subfields_that_are_not_full_end_a_word():
    assert text("051?20Rechnung 4711?21Kunde 12").remittance == "Rechnung 4711 Kunde 12"


def test_tags_within_subfields_and_broken_over_them():
    transaction = text("835?20Text?21EREF+ 123 PAYPAL?22MREF+ 1234 CRED+ DE98ZZZ09 SV?23WZ+ Hello")
    assert transaction.end_to_end_id == "123 PAYPAL"
    assert transaction.mandate_id == "1234"
    assert transaction.creditor_id == "DE98ZZZ09"
    assert transaction.remittance == "Text Hello"


def test_separator_within_a_text():
    assert text("166?20SVWZ+Really?Yes?32Example").remittance == "Really?Yes"


def test_time_broken_before_its_colon():
    transaction = text("106?20SVWZ+2024-01-12T13", ":12:11 Card?32Example Shop")
    assert transaction.remittance.replace(" ", "") == "2024-01-12T13:12:11Card"
    assert text("106?20SVWZ+At T16", ":26:37 Fo?25lgenr").remittance.startswith("At T16")


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["159?00RETOURE?20EREF+1?34914"], "MS03"),
        (["109?00RETOURE?20SVWZ+RETURN AC04 CLOSED"], "AC04"),
        (["166?00GUTSCHRIFT?20SVWZ+Article AC04?34000"], None),
    ],
)
def test_return_reason(lines, reason):
    assert text(*lines).return_reason == reason


def test_original_amount_and_charges_in_the_text():
    transaction = text("109?00RETOURE?20OAMT+11,85?21COAM+0,50?22SVWZ+x")
    assert transaction.original_amount == Decimal("11.85")
    assert transaction.original_currency == "EUR"
    assert transaction.charges == Decimal("0.50")


def test_unstructured_german_text():
    transaction = text("999PN0920RECHNUNG")
    assert transaction.code == "NTRF+999"
    assert transaction.remittance == "PN0920RECHNUNG"


@pytest.mark.parametrize("separator", "~<^")
def test_polish_subfields(separator):
    line = "020~00VE02~20Faktura 12~3012345678~31PL29114010810000267002001002~32Example"
    transaction = text(line.replace("~", separator))
    assert transaction.remittance == "Faktura 12"
    assert transaction.counterparty.iban == "PL29114010810000267002001002"
    assert transaction.counterparty.name == "Example"
    assert dialect(line.replace("~", separator)) == "polish"


def test_polish_words():
    transaction = text(
        "911 TRANSAKCJA; Z RACH.: ",
        "56114010810000267002001001; OD: EXAMPLE SP; TYT.: FV 1; ",
        "TNR: 179.1",
    )
    assert transaction.counterparty == Counterparty("EXAMPLE SP", "56114010810000267002001001")
    assert transaction.remittance == "FV 1"
    assert transaction.bank_reference == "179.1"


def test_other_separators():
    transaction = text("000>100987654321", ">20Rent>21of May>310390123456")
    assert transaction.remittance == "Rent of May"
    assert transaction.counterparty.iban == "0390123456"


@pytest.mark.parametrize(
    "lines",
    [
        [
            "/TRTP/SEPA OVERBOEKING/IBAN/NL54INGB0001234500/BIC/INGBNL2A/NAME/",
            "Example/REMI/Order 1/EREF/E2E-1",
        ],
        ["/EREF/E2E-1//CNTP/NL54INGB0001234500/INGBNL2A/Example///REMI/USTD//Order 1/"],
        ["/EREF/E2E-1/ORDP//NAME/Example/REMI/Order 1/IBAN/NL54INGB0001234500/BIC/INGBNL2A"],
        [
            "SEPA OVERBOEKING                 IBAN: NL54INGB0001234500",
            "BIC: INGBNL2A                    NAAM: Example",
            "OMSCHRIJVING: Order 1",
            "KENMERK: E2E-1",
        ],
    ],
)
def test_dutch_texts(lines):
    transaction = text(*lines)
    assert transaction.counterparty == Counterparty("Example", "NL54INGB0001234500", "INGBNL2A")
    assert transaction.remittance == "Order 1"
    assert transaction.end_to_end_id == "E2E-1"
    assert dialect(*lines) == "dutch"


def test_dutch_return_and_mandate():
    transaction = text("/RTRN/MD06//EREF/E//MARF/M1//CSID/NL99ZZZ999999999999//REMI/USTD//x/")
    assert transaction.return_reason == "MD06"
    assert transaction.mandate_id == "M1"
    assert transaction.creditor_id == "NL99ZZZ999999999999"


def test_structured_reference():
    transaction = text("/CNTP/NL54INGB0001234500///REMI/STRD/CUR/5200150700013379/")
    assert transaction.reference == "5200150700013379"


def test_account_and_name_of_asn_and_sns():
    transaction = one(
        ":61:2401150115D65,00NOVBNL54INGB0001234500",
        "example shop",
        ":86:NL54INGB0001234500 example shop",
        "",
        "Payment for jewels",
    )
    assert transaction.counterparty == Counterparty("example shop", "NL54INGB0001234500")
    assert transaction.remittance == "Payment for jewels"
    assert transaction.end_to_end_id is None


def test_foreign_amount_between_slashes():
    transaction = text("/OCMT/USD2853,12/", "PAYMENT OF INVOICES 1")
    assert transaction.original_amount == Decimal("2853.12")
    assert transaction.original_currency == "USD"
    assert transaction.remittance == "PAYMENT OF INVOICES 1"


def test_multicash_lines():
    transaction = one(
        ":61:240115C1,S051NONREF",
        ":NS:01Purpose 1",
        "02Purpose 2",
        "15Example",
        "3312345678",
        "340000012345",
    )
    assert transaction.remittance == "Purpose 1 Purpose 2"
    assert transaction.counterparty == Counterparty("Example", "0000012345", "12345678")


def test_several_texts_of_one_entry_and_texts_of_the_statement():
    file = message(
        ":86:About the account",
        ":61:240115C1,NTRFNONREF",
        ":86:one",
        ":86:two",
        closing="62F:C240131EUR101,\n:64:C240131EUR101,\n:86:About the balance",
    )
    ((statement, (transaction,)),) = read(file)
    assert transaction.remittance == "one two"
    assert statement.dialect == "plain"


def test_a_line_of_a_text_may_begin_with_a_hyphen():
    assert text("one", "- two", "-", "three").remittance == "one - two - three"


def test_texts_are_missing_empty_or_long():
    assert one(":61:240115C1,NTRFNONREF").remittance == ""
    assert text("").remittance == ""
    assert text("x" * 5000).remittance == "x" * 5000


def test_encodings():
    file = message(":61:240115C1,NTRFNONREF", ":86:166?20SVWZ+x?32Müller GmbH")
    for encoding in ("utf-8", "cp1252", "utf-16"):
        ((_, (transaction,)),) = read(file.encode(encoding))
        assert transaction.counterparty.name == "Müller GmbH"


# Refusals


@pytest.mark.parametrize(
    ("file", "line", "words"),
    [
        (message(":61:240115C1,NTRF").split(":62F")[0], 4, "cut off"),
        (message().replace(f":25:{IBAN}\n", ""), 3, "no account"),
        (message().replace(":60F:C240101EUR100,00\n", ":61:240115C1,NTRF\n"), 4, "not where"),
        (message(":61:240115X1,NTRF"), 5, "transaction is not readable"),
        (message(":61:240115C1.000,00NTRF"), 5, "transaction is not readable"),
        (message(":61:240115C1.000NTRF"), 5, "decimals or thousands"),
        (message(":61:241315C1,NTRF"), 5, "date is not possible"),
        (message(":61:2401151332C1,NTRF"), 5, "date is not possible"),
        (message(opening="60F:C240101EURx"), 4, "balance is not readable"),
        (message(closing="62F:C240131USD1,"), 5, "another currency"),
        (message(":61:240115C1,NTRF", ":25:166?00GUT"), 6, "not where"),
        (message(":61:240115C9999999999999999,NTRF"), 5, "amount is not readable"),
        (":20:REF\n", 1, "inside a message"),
        (":20:REF\n" + message(), 1, "before its statement begins"),
        (message() + "{1:F01KNABNL2HAXXX0000000000}{2:I940KNA", 7, "inside a message"),
        (message(end="-}{5:}\n{1"), 6, "inside a message"),
        (message(end="-}{5:{CHK:12"), 6, "inside a message"),
        (message() + "\n:2", 8, "inside a message"),
        (message() + ":61:240115C1,NTRF\n", 7, "not where"),
        (message(":61:240115C1,NTRF\0"), 5, "NUL"),
        (message(":86:" + "x" * 100_000), 5, "too long"),
    ],
)
def test_refusals(file, line, words):
    error = refusal(file)
    assert words in error.message
    assert error.line == line


def test_other_messages_are_not_claimed():
    for head in (b"{1:F01X}{2:I103BANKDEFFXXXXN}{4:\n:20:X\n", b"<a>\n:20:X\n:25:Y", b"a;b\n1;2\n"):
        assert not Mt940().sniff("x.sta", head)
        assert not Mt942().sniff("x.sta", head)


@pytest.mark.parametrize("end", ["", "\n\n", "-\n", " -\n", "-}", "-}{5:}", "-\x03", "-\n\x1a"])
def test_trailers(end):
    ((statement, _),) = read(message(end=end))
    assert statement.balanced


def test_cut_at_every_line():
    lines = message(
        ":61:240115C1,NTRFNONREF",
        ":86:166?20SVWZ+a",
        ":61:240116C2,NTRFNONREF",
        ":86:plain",
        closing="62F:C240131EUR103,00",
    ).splitlines(keepends=True)
    for count in range(1, len(lines) - 1):
        assert refusal("".join(lines[:count])).message
    balance = "".join(lines[:-1]).rstrip("\n")
    for shorter in (balance.removesuffix("3,00"), balance.removesuffix("03,00")):
        ((statement, _),) = read(shorter)
        assert statement.balanced is False


TRAILER = re.compile(r"\s*(?:-\}?(?:\{5:(?:\{CHK:12\})?\})?\x03?)?[\s\x01]*")


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "-\n"),
        ("", "\n"),
        (":940:\n", ""),
        ("\x01\n", "-\x03\n"),
        ("{1:F01KNABNL2HAXXX0000000000}{2:I940KNABNL2HXXXXN3020}{4:\n", "-}{5:{CHK:12}}"),
        ("{1:F01INGBNL2ABXXX0000000000}\n{2:I940INGBNL2AXXXN}\n{4:\n", "-}{5:}\n"),
    ],
)
def test_cut_behind_the_first_statement(before, after, newline):
    """What is read is all there is, or the balance (cut within its digits) does not fit."""
    closing = "62F:C240131EUR101,00"
    text = before + message(":61:240115C1,NTRF", ":86:x", closing=closing, end=after)
    text = text.removesuffix("\n").replace("\n", newline)
    first = text.index(closing) + len(closing)
    file = text * 2
    for end in range(first, len(file) + 1):
        try:
            statements = read(file[:end])
        except InvalidStatement as error:
            assert "cut off" in error.message or end > len(text) + len(before)
            continue
        assert [len(transactions) for _, transactions in statements] in ([1], [1, 1])
        if len(statements) == 1:
            assert TRAILER.fullmatch(file[first:end])
        else:
            balance = file[:end].rpartition(":62F:")[2]
            assert statements[1][0].balanced or len(balance) < len("C240131EUR101")


# What the writer writes

LETTERS = "abcdefghijklmnopqrstuvwxyzäöüABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
WORDS = st.text(LETTERS + ".,/-", min_size=1, max_size=60).map(lambda text: f"x{text}x")
IDS = st.none() | st.text(LETTERS[:26] + "0123456789", min_size=6, max_size=30).map("1{}".format)
AMOUNTS = st.decimals(-(10**12), 10**12, places=2)


@st.composite
def transactions(draw, german: bool) -> Transaction:
    value_date = draw(st.dates(datetime.date(2000, 1, 1), datetime.date(2069, 1, 1)))
    days = draw(st.integers(-100, 100))
    amount = draw(AMOUNTS)
    original = draw(st.none() | AMOUNTS.map(abs))
    party = Counterparty("Example GmbH", OTHER_IBAN, "COBADEFFXXX") if german else Counterparty()
    return Transaction(
        booking_date=max(value_date + datetime.timedelta(days), datetime.date(2000, 1, 1)),
        amount=amount,
        currency="EUR",
        value_date=value_date,
        original_amount=original if original is None or amount >= 0 else -original,
        original_currency=None if original is None else "USD",
        counterparty=party,
        remittance=draw(WORDS),
        end_to_end_id=draw(IDS) if german else None,
        mandate_id=draw(IDS) if german else None,
        bank_reference=draw(IDS.map(lambda text: text and text[:16])),
        code="NTRF+166" if german else "NTRF",
    )


@given(st.lists(transactions(True), max_size=5), st.booleans())
def test_round_trip_german(items, latin):
    _round_trip(items, german=True, encoding="cp1252" if latin else "utf-8")


@given(st.lists(transactions(False), max_size=5))
def test_round_trip_plain(items):
    _round_trip(items, german=False, encoding="utf-8")


def _round_trip(items, german: bool, encoding: str):
    total = sum((item.amount for item in items), Decimal(0))
    statement = Statement(
        account=Account(iban=IBAN),
        currency="EUR",
        opening=Balance(Decimal(7), DAY),
        closing=Balance(Decimal(7) + total, DAY),
        number="12",
        transactions=tuple(items),
    )
    data = mt940([statement], german=german, encoding=encoding)
    data = _declared(data, encoding)
    ((found, found_items),) = read(data)
    assert found.balanced
    assert (found.account, found.number) == (statement.account, statement.number)
    assert [_without_raw(item) for item in found_items] == [_without_raw(item) for item in items]


def _declared(data: bytes, encoding: str) -> bytes:
    """What is read is the structure; encodings are told apart elsewhere."""
    return b"\xef\xbb\xbf" + data.decode(encoding).encode()


def _without_raw(item: Transaction) -> dict:
    return {
        name: getattr(item, name) for name in Transaction._fields if name not in ("raw", "details")
    }


# Hostile files

LINES = st.sampled_from(
    [":20:X", f":25:{IBAN}", ":28C:1/1", ":60F:C240101EUR1,", ":60M:C240101EUR1,", ":61:240115C1,",
     ":86:166?20SVWZ+x?", ":62F:C240101EUR2,", ":62M:C240101EUR2,", ":34F:EUR0,", ":90C:1EUR1,",
     ":90D:x", "-", "-}", ":NS:01x", ":61:", ":86:", ":", "/OCMT/", "{1:F01}{2:I942X}{4:", "x"]
)  # fmt: skip


@given(st.lists(LINES | st.text(max_size=20), max_size=30))
def test_any_order_of_lines_is_read_or_refused(lines):
    for fmt in (Mt940(), Mt942()):
        data = "\n".join(lines).encode(errors="ignore")
        fmt.sniff("x", data)
        with contextlib.suppress(StatementError):
            list(parse(fmt, io.BytesIO(data)))


def test_endless_text_is_refused_at_once():
    head = message().split(":62F")[0].encode()
    for filling in (b"0" * 1000, b"0\n", b":86:x\n", b"\n"):
        began = time.process_time()
        with pytest.raises(StatementError):
            list(parse(Mt940(), io.BytesIO(head + filling * (2_000_000 // len(filling)))))
        assert time.process_time() - began < 5
