import datetime
import io
import os
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree

from bank_statement_format import (
    Balance,
    InvalidStatement,
    Statement,
    StatementError,
    UnknownFormat,
    formats,
    parse,
    read_statements,
)

from .helpers import (
    CUSTOMER_IBAN,
    IBAN,
    OTHER_IBAN,
    bal,
    cuts,
    details,
    document,
    ntry,
    one_entry,
    parse_as,
    read,
    read_one,
    stmt,
    ustrd,
)

BALANCED = document(
    stmt(
        bal("OPBD", "100.00", date="2024-01-01"),
        bal("CLBD", "105.50"),
        ntry(details(ustrd("Rechnung 1")), amount="10.00"),
        ntry(details(ustrd("Rechnung 2")), amount="4.50", sign="DBIT"),
    )
)


def refused(data: bytes, *parts: str) -> InvalidStatement:
    """The error that the file is refused with, whose text must hold the parts."""
    with pytest.raises(InvalidStatement) as caught:
        parse_as("camt.053", data)
    for part in parts:
        assert part in str(caught.value)
    return caught.value


def party(tag: str, name: str = "", iban: str = "", wrapper: bool = False) -> str:
    inner = f"<Nm>{name}</Nm>" if name else ""
    inner = f"<Pty>{inner}</Pty>" if wrapper else inner
    account = f"<{tag}Acct><Id><IBAN>{iban}</IBAN></Id></{tag}Acct>" if iban else ""
    return f"<{tag}>{inner}</{tag}>{account}"


def parties(*contents: str) -> str:
    return details(f"<RltdPties>{''.join(contents)}</RltdPties>")


def test_a_balanced_statement():
    statement = read_one(BALANCED)
    assert statement.account.iban == IBAN
    assert statement.currency == "EUR"
    assert statement.opening.amount == Decimal("100.00")
    assert statement.opening.date == datetime.date(2024, 1, 1)
    assert statement.closing.amount == Decimal("105.50")
    assert (statement.count, statement.total) == (2, Decimal("5.50"))
    assert statement.balanced is True
    assert [t.amount for t in statement.transactions] == [Decimal("10.00"), Decimal("-4.50")]
    assert [t.remittance for t in statement.transactions] == ["Rechnung 1", "Rechnung 2"]


def test_a_difference_is_data_and_no_refusal():
    data = BALANCED.replace(b"105.50", b"105.51")
    assert read_one(data).balanced is False
    assert read_one(data).difference == Decimal("0.01")


@pytest.mark.parametrize("version", range(1, 14))
def test_every_version_by_its_local_names(version):
    message = "BkToCstmrStmtV01" if version == 1 else "BkToCstmrStmt"
    namespace = f"urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version:02}"
    data = document(stmt(ntry()), namespace=namespace, message=message)
    assert read_one(data).count == 1


def test_prefixes_and_no_namespace_at_all():
    prefixed = BALANCED.decode().replace("<", "<x:").replace("<x:/", "</x:")
    prefixed = prefixed.replace("<x:?", "<?").replace("xmlns=", "xmlns:x=")
    assert read_one(prefixed.encode()).total == Decimal("5.50")
    assert read_one(BALANCED.replace(b" xmlns=", b" other=")).total == Decimal("5.50")


def test_a_text_that_names_the_message_is_not_the_message():
    with pytest.raises(UnknownFormat):
        read(b"date;text\n2024-01-01;<BkToCstmrStmt>\n")
    with pytest.raises(UnknownFormat):
        read(b"<other><!-- <BkToCstmrStmt> --></other>")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "iso-8859-1", "utf-8-sig"])
def test_encodings(encoding):
    text = document(stmt(ntry(details(ustrd("Grüße"))))).decode()
    name = encoding.removesuffix("-sig").removesuffix("-le")
    data = text.replace('"UTF-8"', f'"{name}"').encode(encoding)
    assert read_one(data).transactions[0].remittance == "Grüße"


# Files that must be refused


@pytest.mark.parametrize("data", cuts(BALANCED))
def test_a_cut_file_is_refused(data):
    with pytest.raises(StatementError):
        read(data)
    refused(data)


def test_a_cut_file_names_the_line():
    cut = BALANCED[: BALANCED.index(b"</Stmt>")]
    lines = cut.count(b"\n")
    # Versions of libxml2 differ in whether an empty last line counts.
    assert refused(cut, "cut off").line in (lines, lines + 1)


@pytest.mark.parametrize(
    "doctype",
    [
        b"<!DOCTYPE Document>",
        b'<!DOCTYPE Document [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        b'<!DOCTYPE Document SYSTEM "http://localhost:1/x.dtd">',
        b'<!DOCTYPE Document [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>',
    ],
)
def test_a_doctype_is_refused_before_anything_is_read(doctype):
    data = BALANCED.replace(b"<Document", doctype + b"<Document").replace(b"Rechnung 1", b"&x;")
    events = parse(formats()["camt.053"], io.BytesIO(data))
    with pytest.raises(InvalidStatement, match="DOCTYPE"):
        next(events)


def test_an_entity_bomb_is_refused():
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE Document [<!ENTITY e0 "aaaaaaaaaa">{levels}]><Document x="&e11;"'
    refused(BALANCED.replace(b"<Document", bomb.encode()))


def test_an_undeclared_entity_is_refused():
    refused(BALANCED.replace(b"Rechnung 1", b"&x;"))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<Document>",
        b"\0" * 100,
        BALANCED.replace(b"Rechnung 1", b"Rechnung\x001"),
        BALANCED.replace(b"Rechnung 1", "Grüße".encode("latin-1")),
        BALANCED.replace(b"Rechnung 1", b"<a>" * 5000),
        BALANCED.replace(b"Rechnung 1", b"x" * 11_000_000),
        BALANCED.replace(b'encoding="UTF-8"', b'encoding="nonsense"'),
        BALANCED + BALANCED,
        BALANCED.replace(b"</Stmt>", b"</Statement>"),
    ],
    ids=["empty", "root", "NULs", "NUL", "bytes", "deep", "huge", "encoding", "twice", "tags"],
)
def test_broken_xml_is_refused(data):
    refused(data, "XML is broken or cut off")


def test_a_message_without_statement_is_refused():
    assert refused(document(), "BkToCstmrStmt", "at least one Stmt").line == 3


def test_a_statement_without_entries_is_legal():
    statement = read_one(document(stmt(bal("OPBD", "5.00"), bal("CLBD", "5.00"))))
    assert statement.transactions == ()
    assert statement.balanced is True


@pytest.mark.parametrize("lost", ["Amt", "CdtDbtInd", "BookgDt"])
def test_what_an_entry_must_have(lost):
    entry = etree.fromstring(ntry())
    entry.remove(entry.find(lost))
    data = document(stmt(ntry(), etree.tostring(entry).decode()))
    error = refused(data, f"Ntry[2]/{lost}")
    assert error.line == data[: data.rindex(b"<Ntry")].count(b"\n") + 1


@pytest.mark.parametrize("twice", ["Amt", "CdtDbtInd"])
def test_what_an_entry_must_not_have_twice(twice):
    entry = etree.fromstring(ntry())
    entry.append(etree.fromstring(etree.tostring(entry.find(twice))))
    refused(document(stmt(etree.tostring(entry).decode())), f"Ntry[1]/{twice}", "2 times")


@pytest.mark.parametrize(
    "amount",
    ["", "NaN", "Infinity", "1e5", "-1.00", "1,00", "1.000,00", "1" * 16, "1.1234567", "١"],
)
def test_amounts_that_are_none(amount):
    refused(document(stmt(ntry(amount=amount))), "Ntry[1]/Amt", "amount")


def test_an_amount_with_something_in_it_is_refused():
    refused(document(stmt(ntry(amount="1<x/>0"))), "amount")


@pytest.mark.parametrize("amount", ["0", "0.00", "007", "1.", ".5", "+3.10", "1.12345"])
def test_amounts_that_are_legal(amount):
    assert one_entry(amount=amount).amount == Decimal(amount)


@pytest.mark.parametrize(
    "date", ["", "2024-02-30", "1969-12-31", "2101-01-01", "31.01.2024", "2024-1-5", "20240105"]
)
def test_dates_that_are_none(date):
    refused(document(stmt(ntry(dates=f"<BookgDt><Dt>{date}</Dt></BookgDt>"))), "BookgDt", "date")


@pytest.mark.parametrize("date", ["2024-01-15", "2024-01-15Z", "2024-01-15+01:00"])
def test_dates_that_are_legal(date):
    entry = one_entry(dates=f"<BookgDt><Dt>{date}</Dt></BookgDt>")
    assert entry.booking_date == datetime.date(2024, 1, 15)


@pytest.mark.parametrize("time", ["2024-01-15T23:59:59.999+14:00", "2024-01-15T00:00:00.000000000"])
def test_date_and_time_is_the_day_as_written(time):
    entry = one_entry(dates=f"<BookgDt><DtTm>{time}</DtTm></BookgDt>")
    assert entry.booking_date == datetime.date(2024, 1, 15)


def test_an_unknown_direction_or_status_is_refused():
    refused(document(stmt(ntry(sign="PLUS"))), "CdtDbtInd", "CRDT or DBIT", "PLUS")
    refused(document(stmt(ntry(status="DONE"))), "Sts", "BOOK", "DONE")


def test_the_error_names_the_line_far_down_in_the_file():
    entries = [ntry()] * 70_000 + [ntry(amount="x")]
    error = refused(document(stmt(*entries)), "Ntry[70001]/Amt")
    assert error.line == 70_000 + 6


def test_the_account_is_required():
    refused(BALANCED.replace(IBAN.encode(), b""), "Stmt[1]/Acct/Id")


def test_foreign_entries_in_an_account_are_refused():
    data = document(stmt(ntry(), ntry(currency="USD")))
    refused(data, "Ntry[2]/Amt/@Ccy", "'USD'", "EUR")
    data = document(stmt(ntry(), ntry(currency="USD"), currency=None))
    refused(data, "Ntry[2]/Amt/@Ccy", "'USD'", "EUR")
    two = '<Amt Ccy="EUR">1</Amt>', '<Amt Ccy="EUR">2</Amt>'
    amounts = f"<AmtDtls><InstdAmt>{two[0]}</InstdAmt><TxAmt>{two[1]}</TxAmt></AmtDtls>"
    refused(document(stmt(ntry(details(amounts), currency="USD"))), "Ntry[1]/Amt/@Ccy", "'USD'")
    refused(document(stmt(ntry(details(*two), currency="USD"))), "Ntry[1]/Amt/@Ccy", "'USD'")


@pytest.mark.parametrize("within", [details, "{}".format], ids=["payment", "entry"])
def test_a_foreign_entry_counts_with_what_it_tells_in_the_accounts_currency(within):
    amounts = (
        '<AmtDtls><InstdAmt><Amt Ccy="EUR">19.69</Amt></InstdAmt>'
        '<TxAmt><Amt Ccy="USD">20.97</Amt></TxAmt></AmtDtls>'
    )
    entry = one_entry(within(amounts), amount="20.97", currency="USD", sign="DBIT")
    assert (entry.amount, entry.currency) == (Decimal("-19.69"), "EUR")
    assert (entry.original_amount, entry.original_currency) == (Decimal("-20.97"), "USD")


@pytest.mark.parametrize("currency", ["", "eur", "EURO"])
def test_unreadable_currencies_are_refused(currency):
    refused(document(stmt(ntry(currency=currency), currency=None)), "currency")
    refused(document(stmt(ntry(), currency="X" + currency)), "Acct/Ccy")
    refused(document(stmt(bal("OPBD", "1", currency=currency))), "currency")


# Balances


def test_without_balances_completeness_is_unproven():
    statement = read_one(document(stmt(ntry())))
    assert statement.opening is None
    assert statement.closing is None
    assert statement.balanced is None


def test_debit_balances_are_negative():
    statement = read_one(document(stmt(bal("OPBD", "5.00", "DBIT"), bal("CLBD", "5.00"), ntry())))
    assert statement.opening.amount == Decimal("-5.00")
    assert statement.balanced is True


@pytest.mark.parametrize(
    "kinds, expected",
    [
        (["OPBD 1", "PRCD 2", "CLBD 3"], (1, 3)),
        (["PRCD 2", "CLBD 3"], (2, 3)),
        (["CLBD 3", "OPBD 1"], (1, 3)),
        (["OPBD 1", "ITBD 2"], (1, 2)),
        (["ITBD 2", "CLBD 3"], (2, 3)),
        (["ITBD 1", "ITBD 2"], (1, 2)),
        (["ITBD 1"], (None, None)),
        (["OPBD 1", "ITBD 2", "CLBD 3"], (1, 3)),
        (["OPBD 1", "CLBD 3", "CLAV 8", "FWAV 9", "OPAV 7", "XXXX 6"], (1, 3)),
        (["OPBD 1", "CLBD 2", "OPBD 2", "CLBD 3"], (1, 3)),
    ],
)
def test_which_balance_is_opening_and_closing(kinds, expected):
    balances = [bal(*kind.split()) for kind in kinds]
    statement = read_one(document(stmt(*balances)))
    found = tuple(b and b.amount for b in (statement.opening, statement.closing))
    assert found == expected


def test_daily_balances_in_any_order_give_the_ends_of_the_period():
    days = [
        bal("OPBD", "2", date="2024-01-02") + bal("CLBD", "3", date="2024-01-02"),
        bal("OPBD", "1", date="2024-01-01") + bal("CLBD", "2", date="2024-01-01"),
    ]
    statement = read_one(document(stmt(*days)))
    assert (statement.opening.amount, statement.closing.amount) == (1, 3)


def test_a_balance_in_another_currency_is_not_the_accounts():
    statement = read_one(document(stmt(bal("OPBD", "1"), bal("CLBD", "2", currency="SEK"))))
    assert statement.opening.amount == 1
    assert statement.closing is None


def test_the_currency_is_the_balances_where_the_account_has_none():
    statement = read_one(document(stmt(bal("OPBD", "1", currency="CHF"), currency=None)))
    assert statement.currency == "CHF"
    statement = read_one(document(stmt(ntry(currency="CHF"), currency=None)))
    assert statement.currency == "CHF"


def test_what_a_balance_must_have():
    refused(document(stmt(_balance_without("Amt"))), "Stmt[1]/Bal(OPBD)/Amt")


def test_a_balance_without_a_date_or_direction():
    dateless = read_one(document(stmt(_balance_without("Dt"), bal("CLBD", "11"), ntry())))
    assert dateless.opening == Balance(Decimal(1))
    assert dateless.balanced is True
    # It is taken for a credit, which adding up confirms.
    undirected = document(stmt(_balance_without("CdtDbtInd"), bal("CLBD", "11"), ntry()))
    assert read_one(undirected).balanced is True
    refused(undirected.replace(b">CRDT<", b"><"), "CdtDbtInd", "CRDT or DBIT")


def _balance_without(tag: str) -> str:
    balance = etree.fromstring(bal("OPBD", "1"))
    balance.remove(balance.find(tag))
    return etree.tostring(balance).decode()


def test_the_period():
    period = (
        "<FrToDt><FrDtTm>2024-01-01T00:00:00</FrDtTm><ToDtTm>2024-01-31T23:59:59</ToDtTm></FrToDt>"
    )
    statement = read_one(document(stmt(period, ntry())))
    assert statement.start_date == datetime.date(2024, 1, 1)
    assert statement.end_date == datetime.date(2024, 1, 31)


def test_the_period_without_any_word_on_it_is_that_of_the_entries():
    late = "<BookgDt><Dt>2024-01-20</Dt></BookgDt>"
    statement = read_one(document(stmt(ntry(dates=late), ntry())))
    assert statement.start_date == datetime.date(2024, 1, 15)
    assert statement.end_date == datetime.date(2024, 1, 20)


@pytest.mark.parametrize(
    "numbers, expected",
    [
        ("<ElctrncSeqNb>7</ElctrncSeqNb><LglSeqNb>8</LglSeqNb>", "7"),
        ("<LglSeqNb>8</LglSeqNb>", "8"),
        ("", "S"),
    ],
)
def test_the_statement_number(numbers, expected):
    assert read_one(document(stmt(numbers))).number == expected


@pytest.mark.parametrize(
    "identifier",
    ["<Othr><Id>123 456</Id></Othr>", "<PrtryAcct><Id>123 456</Id></PrtryAcct>"],
)
def test_an_account_without_iban(identifier):
    data = BALANCED.replace(f"<IBAN>{IBAN}</IBAN>".encode(), identifier.encode())
    assert read_one(data).account.iban is None
    assert read_one(data).account.number == "123 456"


# Several statements


def test_two_accounts_in_a_file_stay_apart():
    data = document(
        stmt(bal("OPBD", "1"), bal("CLBD", "11"), ntry(details(ustrd("one")))),
        stmt(
            bal("OPBD", "2", currency="USD"),
            ntry(details(ustrd("two")), amount="2", currency="USD"),
            ntry(details(ustrd("three")), amount="3", currency="USD"),
            iban=OTHER_IBAN,
            currency="USD",
        ),
    )
    first, second = read(data)
    assert (first.account.iban, second.account.iban) == (IBAN, OTHER_IBAN)
    assert [t.remittance for t in first.transactions] == ["one"]
    assert [t.remittance for t in second.transactions] == ["two", "three"]
    assert first.balanced is True
    assert second.closing is None
    assert (second.count, second.total, second.currency) == (2, 5, "USD")


def test_entries_come_before_their_statement():
    kinds = [type(event).__name__ for event in parse_as("camt.053", BALANCED)]
    assert kinds == ["Transaction", "Transaction", "Statement"]


def test_attributes_and_namespaces_that_look_like_tags():
    note = """<AddtlNtryInf a="&gt;&lt;x/>" b='"/>'>text</AddtlNtryInf>"""
    assert one_entry(note).remittance == "text"
    data = document(stmt(ntry(note))).replace(b"<Document", b'<Document xmlns:x="urn:a>b/>c"')
    try:
        assert read_one(data).transactions[0].remittance == "text"
    except InvalidStatement as error:
        # Newer versions of libxml2 refuse such a namespace themselves.
        assert "not a valid URI" in str(error)


def test_supplementary_data_is_not_read_as_entries():
    nested = f"<SplmtryData><Envlp>{ntry(amount='99')}<Stmt><Id>x</Id></Stmt></Envlp></SplmtryData>"
    statement = read_one(document(stmt(ntry(nested), nested)))
    assert (statement.count, statement.total) == (1, 10)


# The summary


def summary(count=None, total=None, kind="TtlNtries") -> str:
    parts = f"<NbOfNtries>{count}</NbOfNtries>" if count is not None else ""
    parts += f"<Sum>{total}</Sum>" if total is not None else ""
    return f"<TxsSummry><{kind}>{parts}</{kind}></TxsSummry>"


ENTRIES = (ntry(amount="10"), ntry(amount="4", sign="DBIT"), ntry(amount="1", status="PDNG"))


@pytest.mark.parametrize(
    "text",
    [
        summary(3, "15"),
        summary(2, "14"),
        summary(3, "7.00"),
        summary(2, "-6"),
        summary(2, "11", "TtlCdtNtries"),
        summary(1, "4", "TtlDbtNtries"),
    ],
)
def test_a_summary_that_fits(text):
    assert read_one(document(stmt(text, *ENTRIES))).count == 2


@pytest.mark.parametrize(
    "text",
    [
        summary(4),
        summary(1),
        summary(None, "14.01"),
        summary(3, "11", "TtlCdtNtries"),
        summary(1, "5", "TtlDbtNtries"),
        summary("x"),
    ],
)
def test_a_summary_that_contradicts_the_entries_is_refused(text):
    refused(document(stmt(text, *ENTRIES)), "TxsSummry")


def test_a_batch_may_be_counted_by_its_details():
    batch = ntry(details(ustrd("a"), ustrd("b"), ustrd("c")))
    assert read_one(document(stmt(summary(3), batch))).count == 1


def test_a_debit_of_zero_counts_as_a_debit():
    data = document(stmt(summary(1, "0", "TtlDbtNtries"), ntry(amount="0.00", sign="DBIT")))
    assert read_one(data).count == 1


def test_balances_prove_more_than_a_summary():
    def balanced(closing):
        data = document(stmt(bal("OPBD", "0"), bal("CLBD", closing), summary(9), ntry(amount="5")))
        return read_one(data).balanced

    assert balanced("5") is True
    assert balanced("6") is False


def test_the_summary_of_a_page_is_about_the_whole_statement():
    page = "<StmtPgntn><PgNb>2</PgNb><LastPgInd>true</LastPgInd></StmtPgntn>"
    assert read_one(document(stmt(page, summary(9, "99"), ntry()))).count == 1


# Entries


def test_the_entry_amount_is_booked_and_not_a_foreign_detail():
    amounts = (
        '<AmtDtls><InstdAmt><Amt Ccy="USD">120.00</Amt></InstdAmt>'
        '<TxAmt><Amt Ccy="EUR">99.00</Amt></TxAmt></AmtDtls>'
    )
    entry = one_entry(details(amounts), amount="100.00", sign="DBIT")
    assert (entry.amount, entry.currency) == (Decimal("-100.00"), "EUR")
    assert (entry.original_amount, entry.original_currency) == (Decimal("-120.00"), "USD")


def test_the_entry_amount_is_booked_and_not_one_net_of_charges():
    content = (
        '<AmtDtls><InstdAmt><Amt Ccy="EUR">100.00</Amt></InstdAmt>'
        '<TxAmt><Amt Ccy="EUR">97.50</Amt></TxAmt></AmtDtls>'
        '<Chrgs><TtlChrgsAndTaxAmt Ccy="EUR">2.50</TtlChrgsAndTaxAmt></Chrgs>'
    )
    entry = one_entry(details(content), amount="97.50")
    assert entry.amount == Decimal("97.50")
    assert (entry.original_amount, entry.original_currency) == (Decimal("100.00"), "EUR")
    assert entry.charges == Decimal("2.50")


def test_an_equal_detail_amount_says_nothing_more():
    amounts = '<AmtDtls><InstdAmt><Amt Ccy="EUR">10.00</Amt></InstdAmt></AmtDtls>'
    entry = one_entry(details(amounts))
    assert (entry.original_amount, entry.original_currency) == (None, None)


def test_a_foreign_amount_of_zero_says_nothing():
    entry = one_entry(details('<Amt Ccy="SEK">0</Amt>'))
    assert (entry.original_amount, entry.original_currency) == (None, None)


def test_an_empty_element_does_not_take_the_text_after_it():
    assert one_entry("<NtryRef/>stray").bank_reference is None


def test_charges_of_both_directions():
    records = (
        '<Rcrd><Amt Ccy="EUR">3</Amt><CdtDbtInd>DBIT</CdtDbtInd></Rcrd>'
        '<Rcrd><Amt Ccy="EUR">1</Amt><CdtDbtInd>CRDT</CdtDbtInd></Rcrd>'
        '<Rcrd><Amt Ccy="USD">9</Amt></Rcrd>'
    )
    assert one_entry(details(f"<Chrgs>{records}</Chrgs>")).charges == 2
    assert one_entry(f"<Chrgs>{records}</Chrgs>").charges == 2


@pytest.mark.parametrize("status", ["PDNG", "INFO", "FUTR", "<Cd>PDNG</Cd>", "<Prtry>X</Prtry>"])
def test_what_is_not_booked_does_not_count(status):
    data = document(stmt(bal("OPBD", "1"), bal("CLBD", "11"), ntry(), ntry(status=status)))
    statement = read_one(data)
    assert [t.booked for t in statement.transactions] == [True, False]
    assert (statement.count, statement.pending_count) == (1, 1)
    assert statement.balanced is True


@pytest.mark.parametrize("status", ["BOOK", "<Cd>BOOK</Cd>", "<Prtry>BOOK</Prtry>"])
def test_what_is_booked(status):
    assert one_entry(status=status).booked is True


def test_a_value_date_alone_is_the_booking_date():
    entry = one_entry(dates="<ValDt><Dt>2024-01-17</Dt></ValDt>")
    assert entry.booking_date == entry.value_date == datetime.date(2024, 1, 17)


def test_both_dates():
    dates = "<BookgDt><Dt>2024-01-15</Dt></BookgDt><ValDt><Dt>2024-01-17</Dt></ValDt>"
    entry = one_entry(dates=dates)
    assert entry.booking_date == datetime.date(2024, 1, 15)
    assert entry.value_date == datetime.date(2024, 1, 17)


def test_no_text_leaks_from_one_entry_into_the_next():
    full = details(
        "<Refs><EndToEndId>E</EndToEndId><MndtId>M</MndtId></Refs>"
        f"<RltdPties>{party('Dbtr', 'Muster GmbH', CUSTOMER_IBAN)}</RltdPties>"
        "<RmtInf><Ustrd>U</Ustrd><Strd><CdtrRefInf><Ref>R</Ref></CdtrRefInf></Strd></RmtInf>"
    )
    data = document(stmt(ntry(full), ntry(), ntry(details("")), ntry(details(ustrd("")))))
    first, *others = read_one(data).transactions
    assert (first.remittance, first.reference, first.end_to_end_id) == ("U", "R", "E")
    for other in others:
        assert other.remittance == ""
        assert other.counterparty.name is None
        assert other.counterparty.iban is None
        assert (other.reference, other.end_to_end_id, other.mandate_id) == (None, None, None)


def test_texts_are_joined_and_unescaped():
    entry = one_entry(details(ustrd(" R&amp;D &lt;1&gt; ", "<![CDATA[a & b]]>", "c<!-- x -->d")))
    assert entry.remittance == "R&D <1> a & b cd"


def test_a_batch_stays_one_transaction():
    batch = details(
        f"<RltdPties>{party('Dbtr', 'A')}</RltdPties>{ustrd('one')}",
        f"<RltdPties>{party('Dbtr', 'B')}</RltdPties>{ustrd('two')}",
    )
    entry = one_entry(batch, amount="30.00")
    assert entry.amount == Decimal("30.00")
    assert entry.remittance == "one two"
    assert entry.counterparty.name is None


def test_what_all_details_of_a_batch_share_is_kept():
    detail = f"<RltdPties>{party('Dbtr', 'A', CUSTOMER_IBAN)}</RltdPties>"
    assert one_entry(details(detail, detail)).counterparty.iban == CUSTOMER_IBAN


@pytest.mark.parametrize(
    "more, expected",
    [
        ("<AddtlNtryInf>entry</AddtlNtryInf>", "entry"),
        (
            details("<AddtlTxInf>detail</AddtlTxInf>") + "<AddtlNtryInf>entry</AddtlNtryInf>",
            "detail",
        ),
        (details(ustrd("text") + "<AddtlTxInf>detail</AddtlTxInf>"), "text"),
        (details("<RmtInf><Strd><RfrdDocInf><Nb>RE1</Nb></RfrdDocInf></Strd></RmtInf>"), "RE1"),
    ],
)
def test_where_the_remittance_comes_from(more, expected):
    assert one_entry(more).remittance == expected


def test_references():
    refs = "<Refs><AcctSvcrRef>D</AcctSvcrRef><EndToEndId>E</EndToEndId><MndtId>M</MndtId></Refs>"
    entry = one_entry(details(refs))
    assert (entry.end_to_end_id, entry.mandate_id, entry.bank_reference) == ("E", "M", "D")
    assert one_entry("<NtryRef>N</NtryRef>" + details(refs)).bank_reference == "N"
    both = "<NtryRef>N</NtryRef><AcctSvcrRef>A</AcctSvcrRef>"
    assert one_entry(both).bank_reference == "A"


def test_notprovided_is_no_reference():
    refs = "<Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>"
    assert one_entry(details(refs)).end_to_end_id is None


def test_the_creditor_identifier():
    scheme = "<Id><PrvtId><Othr><Id>DE98ZZZ09999999999</Id></Othr></PrvtId></Id>"
    creditor = f"<RltdPties><Cdtr>{scheme}</Cdtr></RltdPties>"
    mandate = "<Refs><MndtId>M</MndtId></Refs>"
    assert one_entry(details(mandate + creditor)).creditor_id == "DE98ZZZ09999999999"
    assert one_entry(details(creditor)).creditor_id is None
    scheme_id = f"<RltdPties><CdtrSchmeId>{scheme}</CdtrSchmeId></RltdPties>"
    assert one_entry(details(scheme_id)).creditor_id == "DE98ZZZ09999999999"


@pytest.mark.parametrize(
    "content, expected",
    [
        (
            "<Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn>",
            "PMNT-RCDT-ESCT",
        ),
        ("<Prtry><Cd>NTRF+166</Cd></Prtry>", "NTRF+166"),
    ],
)
def test_the_bank_transaction_code(content, expected):
    code = f"<BkTxCd>{content}</BkTxCd>"
    assert one_entry(code).code == expected
    assert one_entry(details(code)).code == expected


def test_raw_is_the_entry_and_only_that():
    entry = read_one(BALANCED).transactions[1]
    element = etree.fromstring(entry.raw)
    assert etree.QName(element).localname == "Ntry"
    assert element.findtext(".//{*}Ustrd") == "Rechnung 2"
    assert entry.raw.endswith("</Ntry>")


# The counterparty


@pytest.mark.parametrize("wrapper", [False, True])
@pytest.mark.parametrize("sign, expected", [("CRDT", "Debtor"), ("DBIT", "Creditor")])
def test_the_other_side(sign, expected, wrapper):
    both = parties(
        party("Dbtr", "Debtor", wrapper=wrapper), party("Cdtr", "Creditor", wrapper=wrapper)
    )
    assert one_entry(both, sign=sign).counterparty.name == expected


@pytest.mark.parametrize("sign, expected", [("CRDT", "Creditor"), ("DBIT", "Debtor")])
@pytest.mark.parametrize("how", ["reversal", "return"])
def test_the_other_side_of_a_returned_payment(sign, expected, how):
    both = f"<RltdPties>{party('Dbtr', 'Debtor')}{party('Cdtr', 'Creditor')}</RltdPties>"
    if how == "reversal":
        entry = one_entry("<RvslInd>true</RvslInd>" + details(both), sign=sign)
    else:
        reason = "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>"
        entry = one_entry(details(both + reason), sign=sign)
    assert entry.counterparty.name == expected
    assert entry.amount == (10 if sign == "CRDT" else -10)


def test_our_own_account_is_never_the_other_side():
    both = parties(
        party("Dbtr", "Muster GmbH", CUSTOMER_IBAN), party("Cdtr", "We", f"{IBAN[:4]} {IBAN[4:]}")
    )
    assert one_entry(both, sign="CRDT").counterparty.name == "Muster GmbH"
    assert one_entry(both, sign="DBIT").counterparty.name == "Muster GmbH"


def test_accounts_and_banks_of_the_other_side():
    content = (
        "<RltdPties><Dbtr><Nm>A</Nm></Dbtr><DbtrAcct><Id><Othr><Id>77-1</Id></Othr></Id></DbtrAcct>"
        "</RltdPties><RltdAgts><DbtrAgt><FinInstnId><{0}>COBADEFFXXX</{0}></FinInstnId></DbtrAgt>"
        "</RltdAgts>"
    )
    for tag in ("BIC", "BICFI"):
        party_ = one_entry(details(content.format(tag))).counterparty
        assert (party_.iban, party_.bic) == ("77-1", "COBADEFFXXX")


def test_the_ultimate_party_where_there_is_no_other_name():
    ultimate = "<UltmtDbtr><Nm>Ultimate</Nm></UltmtDbtr>"
    assert one_entry(parties(ultimate)).counterparty.name == "Ultimate"
    assert one_entry(parties(ultimate, party("Dbtr", "A"))).counterparty.name == "A"


# Real files, where a folder with some is given


SAMPLES = os.environ.get("BANK_STATEMENT_SAMPLES")


def camt_samples() -> list[Path]:
    if not SAMPLES:
        return []
    files = (path for path in Path(SAMPLES).rglob("*") if path.is_file())
    return sorted(path for path in files if b"<BkToCstmr" in path.read_bytes())


@pytest.mark.skipif(not SAMPLES, reason="BANK_STATEMENT_SAMPLES names no folder")
def test_there_are_samples():
    assert camt_samples()


@pytest.mark.parametrize("path", camt_samples(), ids=lambda path: path.name)
def test_a_sample_reads_as_a_plain_count_of_its_xml(path):
    root = etree.parse(path, etree.XMLParser(resolve_entities=False)).getroot()
    statements = root.iterfind("{*}*/{*}*")
    expected = [_plain_count(item) for item in statements if item.tag.endswith(_STATEMENTS)]
    with path.open("rb") as stream:
        if not expected:
            with pytest.raises(InvalidStatement):
                read_statements(path.name, stream)
            return
        statements = read_statements(path.name, stream)[1]
    assert [_count(statement) for statement in statements] == expected


_STATEMENTS = ("}Stmt", "}Rpt", "}Ntfctn")


def _plain_count(element) -> tuple[int, Decimal]:
    total = Decimal(0)
    entries = element.findall("{*}Ntry")
    for entry in entries:
        amount = Decimal(entry.findtext("{*}Amt"))
        total += amount if entry.findtext("{*}CdtDbtInd") == "CRDT" else -amount
    return len(entries), total


def _count(statement: Statement) -> tuple[int, Decimal]:
    amounts = [transaction.amount for transaction in statement.transactions]
    return len(amounts), sum(amounts, Decimal(0))
