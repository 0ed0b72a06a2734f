"""What the three camt messages share, batches, and that the quick way reads what lxml reads."""

import datetime
import io
import re
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bank_statement_format import (
    Account,
    Balance,
    Counterparty,
    Detail,
    InvalidStatement,
    Statement,
    StatementError,
    Transaction,
    formats,
    parse,
    testing,
)
from bank_statement_format.formats import _camt_source
from bank_statement_format.formats._camt_entry import EntryReader

from .helpers import (
    CUSTOMER_IBAN,
    IBAN,
    bal,
    details,
    document,
    ntry,
    one_entry,
    read,
    read_one,
    stmt,
    ustrd,
)

MESSAGES = {
    "camt.052": ("BkToCstmrAcctRpt", "Rpt", "report"),
    "camt.053": ("BkToCstmrStmt", "Stmt", "statement"),
    "camt.054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn", "notification"),
}


def message(name: str, *content: str, version: int = 8) -> bytes:
    """A file of one of the messages with one statement."""
    element, tag, _ = MESSAGES[name]
    body = re.sub("(</?)Stmt>", rf"\1{tag}>", stmt(*content))
    namespace = f"urn:iso:std:iso:20022:tech:xsd:{name}.001.{version:02}"
    return document(body, namespace=namespace, message=element + ("V01" if version == 1 else ""))


def events_of(name: str, data: bytes) -> list:
    return list(parse(formats()[name], io.BytesIO(data)))


# The messages


@pytest.mark.parametrize("version", range(1, 14))
@pytest.mark.parametrize("name", MESSAGES)
def test_every_message_and_version(name, version):
    data = message(name, bal("OPBD", "1"), bal("CLBD", "11"), ntry(), version=version)
    statement = read_one(data)
    assert statement.kind == MESSAGES[name][2]
    assert statement.balanced is True
    assert (statement.count, statement.account.iban) == (1, IBAN)
    assert [fmt.name for fmt in formats().values() if fmt.sniff("x", data)] == [name]


def test_a_report_of_balances_only():
    statement = read_one(message("camt.052", bal("OPBD", "1"), bal("ITBD", "1")))
    assert statement.transactions == ()
    assert (statement.opening.amount, statement.closing.amount) == (1, 1)


def test_the_writer_takes_what_stands_beside_the_statements():
    statement = Statement(Account(IBAN), "EUR", opening=Balance(Decimal(1)))
    data = testing.camt052(
        [statement],
        message_id="M7",
        created=datetime.datetime(2026, 3, 18, 15, 0),
        balances=[{"ITBD": Balance(Decimal(3)), "ITAV": Balance(Decimal(2))}],
    )
    assert b"<MsgId>M7</MsgId><CreDtTm>2026-03-18T15:00:00</CreDtTm>" in data
    assert data.count(b"<Bal>") == 3
    assert read_one(data).closing.amount == 3


def test_a_notification_needs_no_balances():
    assert read_one(message("camt.054", ntry())).balanced is None


@pytest.mark.parametrize("name", MESSAGES)
def test_errors_name_the_elements_of_the_message(name):
    with pytest.raises(InvalidStatement) as caught:
        read(message(name, ntry(amount="x")))
    assert f"{MESSAGES[name][1]}[1]/Ntry[1]/Amt" in str(caught.value)
    assert caught.value.line == 6


# Entries without a date


UNDATED = ntry(dates="", status="PDNG")
CREATED = "<CreDtTm>2024-01-20T10:00:00</CreDtTm>"
PERIOD = (
    "<FrToDt><FrDtTm>2024-01-{0}T00:00:00</FrDtTm><ToDtTm>2024-01-{1}T23:59:59</ToDtTm></FrToDt>"
)


@pytest.mark.parametrize("name", MESSAGES)
def test_what_is_pending_counts_for_the_day_it_was_told_of(name):
    entry = read_one(message(name, CREATED, UNDATED)).transactions[0]
    assert (entry.booking_date, entry.value_date) == (datetime.date(2024, 1, 20), None)
    entry = read_one(message(name, PERIOD.format(10, 19), CREATED, UNDATED)).transactions[0]
    assert entry.booking_date == datetime.date(2024, 1, 19)


@pytest.mark.parametrize("name", MESSAGES)
def test_without_any_day_at_all_an_entry_is_refused(name):
    with pytest.raises(InvalidStatement, match="BookgDt or ValDt"):
        read(message(name, UNDATED))


def test_the_day_of_the_message_is_the_last_resort():
    header = f"{CREATED}</GrpHdr>".encode()
    data = message("camt.054", ntry(dates="")).replace(b"</GrpHdr>", header)
    assert read_one(data).transactions[0].booking_date == datetime.date(2024, 1, 20)


def test_a_closed_statement_of_one_day_tells_the_day():
    undated = ntry(dates="")
    for content in (
        (PERIOD.format(19, 19), undated),
        (bal("OPBD", "1", date="2024-01-19"), bal("CLBD", "11", date="2024-01-19"), undated),
    ):
        entry = read_one(message("camt.053", *content)).transactions[0]
        assert entry.booking_date == datetime.date(2024, 1, 19)


def test_a_closed_statement_of_several_days_does_not():
    undated = ntry(dates="")
    for content in (
        (PERIOD.format(18, 19), undated),
        (bal("OPBD", "1", date="2024-01-18"), bal("CLBD", "11", date="2024-01-19"), undated),
        (CREATED, undated),
    ):
        with pytest.raises(InvalidStatement, match="BookgDt or ValDt"):
            read(message("camt.053", *content))


def test_the_status_may_be_missing_only_where_it_is_certain():
    statusless = ntry().replace("<Sts>BOOK</Sts>", "")
    assert read_one(message("camt.053", statusless)).transactions[0].booked is True
    for name in ("camt.052", "camt.054"):
        with pytest.raises(InvalidStatement, match="Sts"):
            read(message(name, statusless))


def test_what_is_not_booked_may_be_in_another_currency():
    data = message("camt.052", ntry(currency="SEK", status="PDNG"), ntry())
    first, second = read_one(data).transactions
    assert (first.currency, second.currency) == ("SEK", "EUR")


# Details


def test_the_details_of_a_batch():
    batch = details(
        "<Refs><AcctSvcrRef>B1</AcctSvcrRef><EndToEndId>E1</EndToEndId></Refs>"
        '<Amt Ccy="EUR">10</Amt>'
        f"<RltdPties><Dbtr><Nm>A</Nm></Dbtr></RltdPties>{ustrd('one')}",
        "<Refs><EndToEndId>E2</EndToEndId></Refs>"
        '<AmtDtls><InstdAmt><Amt Ccy="USD">30</Amt></InstdAmt>'
        '<TxAmt><Amt Ccy="EUR">21</Amt></TxAmt></AmtDtls>'
        '<Chrgs><Rcrd><Amt Ccy="EUR">1</Amt></Rcrd></Chrgs>'
        f"<RltdPties><Dbtr><Nm>B</Nm></Dbtr></RltdPties>{ustrd('two')}",
        "<AddtlTxInf>three</AddtlTxInf>",
    )
    entry = one_entry(batch, amount="40.00")
    assert entry.amount == 40
    assert entry.remittance == "one two"
    assert entry.details == (
        Detail(
            amount=Decimal(10),
            currency="EUR",
            counterparty=Counterparty("A"),
            remittance="one",
            end_to_end_id="E1",
            bank_reference="B1",
        ),
        Detail(
            amount=Decimal(21),
            currency="EUR",
            original_amount=Decimal(30),
            original_currency="USD",
            charges=Decimal(1),
            counterparty=Counterparty("B"),
            remittance="two",
            end_to_end_id="E2",
        ),
        Detail(remittance="three"),
    )


def test_one_payment_is_no_batch():
    assert one_entry(details(ustrd("one"))).details == ()


def test_details_go_in_the_direction_of_the_entry_or_their_own():
    own = '<Amt Ccy="EUR">3</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
    entry = one_entry(details('<Amt Ccy="EUR">13</Amt>', own), sign="DBIT")
    assert [detail.amount for detail in entry.details] == [-13, 3]
    data = document(stmt(ntry(details("", own.replace("CRDT", "PLUS")))))
    with pytest.raises(InvalidStatement, match=re.escape("Ntry[1]/NtryDtls/TxDtls/CdtDbtInd")):
        read(data)


def test_details_over_several_entry_details():
    assert len(one_entry(details(ustrd("a")) + details(ustrd("b"))).details) == 2


def test_a_foreign_detail_has_no_amount_of_the_account():
    first, _ = one_entry(details('<Amt Ccy="USD">5</Amt>', ""), sign="DBIT").details
    assert (first.amount, first.currency) == (None, None)
    assert (first.original_amount, first.original_currency) == (-5, "USD")


def test_the_entry_wins_where_its_batch_says_otherwise():
    batch = '<NtryDtls><Btch><NbOfTxs>9</NbOfTxs><TtlAmt Ccy="EUR">99</TtlAmt></Btch>'
    one = '<TxDtls><Amt Ccy="EUR">3</Amt></TxDtls>'
    entry = one_entry(f"{batch}{one}{one}</NtryDtls>")
    assert entry.amount == 10
    assert [detail.amount for detail in entry.details] == [3, 3]
    assert one_entry(f"{batch}</NtryDtls>").details == ()


@pytest.mark.parametrize(
    "reason, expected",
    [
        ("<Rsn><Cd>AC04</Cd></Rsn>", "AC04"),
        ("<Rsn><Prtry>914</Prtry></Rsn>", "914"),
        ("<RtrRsn><Cd>MD06</Cd></RtrRsn>", "MD06"),
        ("", None),
    ],
)
def test_the_reason_of_a_return(reason, expected):
    returned = f"<RtrInf>{reason}</RtrInf>"
    assert one_entry(details(returned)).return_reason == expected
    batch = one_entry(details(returned, ""))
    assert (batch.return_reason, batch.details[0].return_reason) == (None, expected)


def test_a_bank_as_the_other_side():
    agent = "<FinInstnId><BICFI>COBADEFFXXX</BICFI><Nm>Example Bank</Nm></FinInstnId>"
    party = one_entry(details(f"<RltdPties><Dbtr><Agt>{agent}</Agt></Dbtr></RltdPties>"))
    assert party.counterparty == Counterparty("Example Bank", None, "COBADEFFXXX")


def test_the_universal_reference_where_the_bank_has_no_other():
    uetr = "<UETR>00000000-0000-4000-8000-000000000001</UETR>"
    entry = one_entry(details(f"<Refs>{uetr}</Refs>"))
    assert entry.bank_reference == "00000000-0000-4000-8000-000000000001"
    entry = one_entry(details(f"<Refs><AcctSvcrRef>B</AcctSvcrRef>{uetr}</Refs>"))
    assert entry.bank_reference == "B"


# The quick way


def outcome(name: str, data: bytes, monkeypatch, *, quick: bool):
    """The events without ``raw``, or the error's text."""
    with monkeypatch.context() as patch:
        if not quick:
            patch.setattr(_camt_source, "_ENCODINGS", ())
        try:
            events = events_of(name, data)
        except StatementError as error:
            return str(error)
    return [event._replace(raw="") if isinstance(event, Transaction) else event for event in events]


def assert_both_ways_agree(data: bytes, monkeypatch, name: str = "camt.053") -> None:
    quick = outcome(name, data, monkeypatch, quick=True)
    slow = outcome(name, data, monkeypatch, quick=False)
    if isinstance(slow, str) and "XML is broken" in slow:
        # What libxml2 finds first in broken XML depends on the pieces that it is fed with.
        assert "XML is broken" in quick
    else:
        assert quick == slow


def taken_apart(data: bytes) -> int:
    """How many entries go the quick way."""
    pieces = _camt_source._Cutter(EntryReader().shapes).pieces(io.BytesIO(data))
    return sum(len(piece.fragments) for piece in pieces if not isinstance(piece, bytes))


FULL = ntry(
    details(
        "<Refs><EndToEndId>E&amp;1</EndToEndId></Refs>"
        "<RltdPties><Dbtr><Nm>M&#252;ller &lt;GmbH&gt;</Nm></Dbtr>"
        f"<DbtrAcct><Id><IBAN>{CUSTOMER_IBAN}</IBAN></Id></DbtrAcct></RltdPties>"
        + ustrd("Grüße", "zwei\nZeilen")
    )
    + "<NtryRef/>"
)
PLAIN = document(
    stmt(bal("OPBD", "1.00"), bal("CLBD", "301.00"), *[FULL] * 20, *[ntry(), FULL] * 5)
)


def prefixed(data: bytes) -> bytes:
    return re.sub(rb"<(/?)([A-Z])", rb"<\1n:\2", data).replace(b"xmlns=", b"xmlns:n=")


LAYOUTS = {
    "plain": PLAIN,
    "pretty": PLAIN.replace(b"><", b">\n  <"),
    "crlf": PLAIN.replace(b"><", b">\r\n\t<").replace(b"\n", b"\r\n").replace(b"\r\r", b"\r"),
    "prefix": prefixed(PLAIN),
    "latin": PLAIN.decode().replace("UTF-8", "ISO-8859-1").encode("latin-1"),
    "quotes": PLAIN.replace(b'"EUR"', b"'EUR'").replace(b"<Amt Ccy", b"<Amt\n Ccy"),
    "heading": PLAIN.replace(b"<Document", b"<!-- <Ntry> --><?x <Ntry> ?><Document"),
    "undeclared": PLAIN[PLAIN.index(b"<Document") :],
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_usual_layouts_go_the_quick_way(layout, monkeypatch):
    data = LAYOUTS[layout]
    assert taken_apart(data) == 30
    assert_both_ways_agree(data, monkeypatch)
    (statement,) = read(data)
    assert statement.balanced is True
    first = statement.transactions[0]
    assert first.counterparty.name == "Müller <GmbH>"
    assert (first.remittance, first.end_to_end_id) == ("Grüße zwei\nZeilen", "E&1")


def test_raw_is_the_source_itself():
    entry = PLAIN[PLAIN.index(b"<Ntry>") : PLAIN.index(b"</Ntry>") + 7].decode()
    assert read_one(PLAIN).transactions[0].raw == entry


UNUSUAL = {
    "comment": b"<!-- </Ntry> --><Ntry>",
    "comment around": b"<!-- <Ntry>",
    "open comment": b"<!-- ",
    "cdata": b"<![CDATA[</Ntry><Ntry>]]>",
    "cdata end": b"]]>",
    "instruction": b"<?x </Ntry> ?>",
    "reference": b"&#x1F600;",
    "bad reference": b"&#1;",
    "entity": b"&uuml;",
    "ampersand": b"R&D",
    "control": b"\x07",
    "noncharacter": b"\xef\xbf\xbf",
    "broken": b"\xff",
    "surrogate": b"\xed\xa0\x80",
    "nested": b"<SplmtryData><Ntry><Amt>1</Amt></Ntry></SplmtryData>",
    "other spelling": b"<SplmtryData><Ntry ><Ntry></Ntry></Ntry></SplmtryData>",
    "twice": b'<Amt Ccy="EUR" Ccy="EUR">1</Amt>',
    "attribute": b'<Amt Ccy="&amp;>">1</Amt>',
    "unquoted": b"<Amt Ccy=EUR>1</Amt>",
    "unclosed": b"<Nm>",
    "crossed": b"<Nm><Id></Nm></Id>",
    "prefix": b"<y:Nm/>",
    "namespace": b'<Nm xmlns="urn:other"/>',
    "less": b"a < b",
    "greater": b"a > b",
    "another end": b"</Ntry>",
    "another start": b"<Ntry>",
    "statement": b"</Ntry></Stmt><Stmt><Ntry>",
}
PLACES = {
    "text": b"Gr\xc3\xbc\xc3\x9fe",
    "start": b"<Ntry>",
    "end": b"</Ntry>",
    "tag": b"<Refs>",
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("unusual", UNUSUAL)
def test_what_is_unusual_is_read_or_refused_as_lxml_does(unusual, place, monkeypatch):
    what, where = UNUSUAL[unusual], PLACES[place]
    for number in (1, 12):
        parts = PLAIN.split(where)
        before, after = where.join(parts[:number]), where.join(parts[number:])
        assert_both_ways_agree(before + where + what + after, monkeypatch)
        assert_both_ways_agree(before + what + where + after, monkeypatch)


@given(data=st.data())
@settings(max_examples=150)
def test_whatever_is_done_to_a_file_both_ways_agree(data):
    original = LAYOUTS[data.draw(st.sampled_from(sorted(LAYOUTS)))]
    damaged = bytearray(original)
    junk = st.sampled_from([*UNUSUAL.values(), *PLACES.values()]) | st.binary(max_size=3)
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(damaged)))
        end = min(len(damaged), start + data.draw(st.integers(0, 12)))
        damaged[start:end] = data.draw(junk)
    with pytest.MonkeyPatch.context() as monkeypatch:
        assert_both_ways_agree(bytes(damaged), monkeypatch)


@pytest.mark.parametrize("size", [1, 7, 100, 1000, 4096])
def test_the_size_of_the_pieces_does_not_matter(size, monkeypatch):
    expected = outcome("camt.053", PLAIN, monkeypatch, quick=False)
    monkeypatch.setattr(_camt_source, "CHUNK", size)
    assert outcome("camt.053", PLAIN, monkeypatch, quick=True) == expected


@pytest.mark.parametrize("layout", ["plain", "pretty", "crlf", "quotes", "prefix"])
def test_lines_are_counted_alike(layout, monkeypatch):
    data = LAYOUTS[layout]
    place = data.rindex(b">10.00<") + 1
    wrong = data[:place] + b"x" + data[place:]
    assert_both_ways_agree(wrong, monkeypatch)
    assert "Ntry[30]" in outcome("camt.053", wrong, monkeypatch, quick=True)
    cut = data[: data.rindex(b"</")]
    line = [outcome("camt.053", cut, monkeypatch, quick=way).split(":")[0] for way in (True, False)]
    assert line[0] == line[1]


def test_an_endless_entry_is_left_to_lxml(monkeypatch):
    monkeypatch.setattr(_camt_source, "MAX_HELD", 1000)
    monkeypatch.setattr(_camt_source, "CHUNK", 500)
    data = document(stmt(ntry(), ntry(details(*[ustrd("text")] * 200))))
    assert taken_apart(data) == 1
    assert_both_ways_agree(data, monkeypatch)


# What the writers write


TEXT = st.text(st.characters(exclude_categories=("C",)), min_size=1, max_size=20).map(
    lambda text: f"<{text}&>"
)
MONEY = st.decimals(-(10**9), 10**9, places=2)
POSITIVE = st.decimals(Decimal("0.01"), 10**6, places=2)


def maybe(strategy):
    return st.none() | strategy


@st.composite
def payments(draw) -> Detail:
    """A payment of a batch, as the writer can write and the parser can know it."""
    amount = draw(maybe(MONEY))
    original = draw(maybe(POSITIVE)) if amount is not None else None
    return Detail(
        amount=amount,
        currency=None if amount is None else "EUR",
        original_amount=original if original is None or amount >= 0 else -original,
        original_currency=original and "USD",
        charges=draw(maybe(POSITIVE)) if amount is not None else None,
        counterparty=Counterparty(draw(maybe(TEXT)), draw(maybe(st.just(CUSTOMER_IBAN)))),
        remittance=draw(TEXT | st.just("")),
        reference=draw(maybe(TEXT)),
        end_to_end_id=draw(maybe(TEXT)),
        mandate_id=draw(maybe(TEXT)),
        bank_reference=draw(maybe(TEXT)),
        code=draw(st.sampled_from(["PMNT-RCDT-ESCT", "166", None])),
        return_reason=draw(st.sampled_from(["AC04", None])),
    )


@pytest.mark.parametrize("name", MESSAGES)
@given(details=st.lists(payments(), min_size=2, max_size=5), amount=MONEY)
def test_batches_are_read_back_as_they_were_written(name, details, amount):
    batch = Transaction(
        booking_date=datetime.date(2024, 1, 15),
        amount=amount,
        currency="EUR",
        bank_reference="own",
        code="own",
        details=tuple(details),
    )
    written = Statement(account=Account(iban=IBAN), currency="EUR", transactions=(batch,))
    found = read_one(getattr(testing, name.replace(".", ""))([written]))
    assert found.kind == MESSAGES[name][2]
    (transaction,) = found.transactions
    assert (transaction.amount, transaction.bank_reference) == (amount, "own")
    assert transaction.details == batch.details
    assert transaction.remittance == " ".join(d.remittance for d in details if d.remittance)
    for key in ("counterparty", "reference", "end_to_end_id", "mandate_id", "return_reason"):
        values = {getattr(detail, key) for detail in details}
        agreed = values.pop() if len(values) == 1 else getattr(Detail(), key)
        assert getattr(transaction, key) == agreed
