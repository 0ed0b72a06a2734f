"""SWIFT MT942: reports of what is not booked yet, and their totals."""

import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bank_statement_format import Account, InvalidStatement, Statement, Transaction, parse
from bank_statement_format.formats.mt940 import Mt940
from bank_statement_format.formats.mt942 import Mt942
from bank_statement_format.testing.mt94x import mt942

from .test_mt940 import IBAN, message, transactions


def read(text: str) -> list:
    data = text.encode()
    assert Mt942().sniff("file", data)
    assert not Mt940().sniff("file", data)
    return list(parse(Mt942(), io.BytesIO(data)))


def report(
    *entries: str, floor: str = "EUR0,", totals=("0EUR0,", "1EUR10,"), end: str = "-"
) -> str:
    debits, credits = totals or (None, None)
    lines = [":20:STARTDISPE", f":25:{IBAN}", ":28C:1/1", f":34F:{floor}", ":13D:2401151200+0100"]
    lines += entries
    lines += [f":90D:{debits}", f":90C:{credits}"] if totals else []
    return "\n".join([*lines, end])


ENTRY = ":61:2401150115CR10,00NTRFNONREF"


def test_report():
    transaction, statement = read(report(ENTRY, ":86:166?00GUTSCHRIFT?20SVWZ+x"))
    assert not transaction.booked
    assert transaction.amount == Decimal("10.00")
    assert statement.kind == "report"
    assert statement.account == Account(iban=IBAN)
    assert (statement.count, statement.pending_count, statement.total) == (0, 1, 0)
    assert statement.currency == "EUR"
    assert statement.balanced is None
    assert statement.dialect == "german"


def test_envelope_decides():
    file = "{1:F01BANKDEFFAXXX0123456789}{2:I942BANKDEFFAXXXN}{4:\n" + report(ENTRY, end="-}")
    assert len(read(file)) == 2


def test_reports_behind_statements():
    events = list(parse(Mt940(), io.BytesIO((message() + report(ENTRY)).encode())))
    kinds = [event.kind for event in events if isinstance(event, Statement)]
    assert kinds == ["statement", "report"]


@pytest.mark.parametrize(
    ("entries", "floor", "totals"),
    [
        ((), "EUR0,", ("3EUR5,", "1EUR1,")),
        ((ENTRY,), "EUR100,", ("3EUR5,", "4EUR100,")),
        ((ENTRY, ":61:240115RC1,NTRF"), "EUR0,", ("0EUR0,", "1EUR9,")),
        ((ENTRY,), "EURD0,", None),
    ],
)
def test_totals_that_fit(entries, floor, totals):
    assert len(read(report(*entries, floor=floor, totals=totals))) == len(entries) + 1


@pytest.mark.parametrize(
    "totals",
    [("0EUR0,", "2EUR20,"), ("0EUR0,", "1EUR11,"), ("1EUR1,", "1EUR10,"), ("0EUR0,", "0EUR0,")],
)
def test_totals_that_do_not_fit(totals):
    with pytest.raises(InvalidStatement, match="total does not fit") as caught:
        read(report(ENTRY, totals=totals))
    assert caught.value.line in (7, 8)


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (report(ENTRY, totals=None, end=""), "cut off"),
        (report(ENTRY, totals=None, end="") + report(ENTRY), "cut off"),
        (report(ENTRY, floor="x"), "floor limit"),
        (report(ENTRY, totals=("x", "y")), "total is not readable"),
        (report(ENTRY, totals=("0USD0,", "1USD10,")), "currency changes"),
        (report(ENTRY).replace(f":25:{IBAN}\n", ""), "no account"),
    ],
)
def test_refusals(file, words):
    with pytest.raises(InvalidStatement, match=words):
        read(file)


def test_cut_at_every_line():
    lines = report(ENTRY, ":86:x", ENTRY, ":86:y", totals=("0EUR0,", "2EUR20,")).splitlines()
    for count in range(4, len(lines) - 2):
        with pytest.raises(InvalidStatement):
            read("\n".join(lines[:count]))


@given(st.lists(transactions(True), max_size=4))
def test_round_trip(items):
    statement = Statement(Account(iban=IBAN), "EUR", number="3", transactions=tuple(items))
    data = mt942([statement]).decode()
    *found, last = read("\ufeff" + data)
    assert (last.kind, last.pending_count, last.number) == ("report", len(items), "3")
    assert all(isinstance(item, Transaction) and not item.booked for item in found)
    assert [item.amount for item in found] == [item.amount for item in items]
    assert [item.remittance for item in found] == [item.remittance for item in items]
