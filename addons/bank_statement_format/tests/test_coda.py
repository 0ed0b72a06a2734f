"""CODA."""

import dataclasses
import datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bank_statement_format import Account, Counterparty, Detail, Transaction, formats, testing

from .helpers import parse_as, read, read_one
from .record_checks import (
    AMOUNTS,
    DATES,
    POSITIVE,
    balanced_or_refused,
    damage,
    line_cuts,
    maybe,
    read_or_refuse,
    refusal,
    statement,
    text,
    without_raw,
    word,
)

IBAN = "BE68539007547034"


def put(*fields: tuple[int, str]) -> str:
    line = ""
    for position, value in fields:
        line = line.ljust(position - 1) + value
    return line.ljust(128)


def header(version="2", separate="00000") -> str:
    return put((1, "0000001022472505"), (61, "KREDBEBB"), (84, separate), (128, version))


def old(amount="0000000001000000", account=f"{IBAN:34}EUR", structure="2", number="042") -> str:
    return put((1, f"1{structure}{number}{account}"), (43, f"{amount}010224"), (126, "007"))


def new(amount="0000000001250000", account=f"{IBAN:34}EUR") -> str:
    return put((1, f"8042{account}"), (42, f"{amount}290224"))


def first(
    amount="0000000000250000",
    communication="0",
    *,
    number="00010000",
    code="00150000",
    value="020224",
    entry="030224",
) -> str:
    """A record 2.1: sign and amount, then whether the communication is structured, then it."""
    head = put((1, f"21{number}BANKREF7"), (32, f"{amount}{value}{code}{communication}"))
    return put((1, head[:115]), (116, f"{entry}042"))


def second(communication="", reference="", bic="", reason="", number="00010000") -> str:
    return put((1, f"22{number}{communication}"), (64, reference), (99, bic), (113, f" {reason}"))


def third(account="", name="", communication="", number="00010000") -> str:
    return put((1, f"23{number}{account}"), (48, name), (83, communication))


def info(text: str, *more: str, structure="0", number="00010001") -> list[str]:
    lines = [put((1, f"31{number}BANKREF7"), (32, f"00150000{structure}{text}"))]
    return lines + [put((1, f"3{n}{number}{part}")) for n, part in enumerate(more, start=2)]


def trailer(records: int, debits=0, credits=250_000, more="2") -> str:
    return put((1, "9"), (17, f"{records:06d}{debits:015d}{credits:015d}"), (128, more))


def file(*lines: str) -> bytes:
    return "".join(f"{line}\r\n" for line in lines).encode()


def account(*moves: str, end: str | None = None, **kwargs) -> bytes:
    end = end or trailer(len(moves) + 2, **kwargs)
    return file(header(), old(), *moves, new(), end)


def one(*lines: str) -> Transaction:
    """The only movement, a credit of 250.00."""
    (entry,) = read_one(account(*lines)).transactions
    return entry


def test_a_statement_is_read():
    found = read_one(account(first(communication="0FACTURE 7")))
    assert found.account == Account(iban=IBAN, bic="KREDBEBB")
    assert (found.currency, found.number) == ("EUR", "042")
    assert (found.opening.amount, found.closing.amount) == (Decimal("1000.00"), Decimal("1250.00"))
    assert (found.start_date, found.end_date) == (
        datetime.date(2024, 2, 1),
        datetime.date(2024, 2, 29),
    )
    assert found.balanced and found.kind == "statement"
    (entry,) = found.transactions
    assert (entry.amount, entry.code) == (Decimal("250.00"), "0150")
    assert (entry.booking_date, entry.value_date) == (
        datetime.date(2024, 2, 3),
        datetime.date(2024, 2, 2),
    )
    assert (entry.remittance, entry.bank_reference) == ("FACTURE 7", "BANKREF7")
    assert entry.raw == first(communication="0FACTURE 7")


@pytest.mark.parametrize(
    ("structure", "field", "expected"),
    [
        ("0", "539007547034 EUR0BE", Account(iban=IBAN, number="539007547034", bic="KREDBEBB")),
        # Check digits that are wrong make no IBAN.
        ("0", "539007547035 EUR0BE", Account(number="539007547035", bic="KREDBEBB")),
        ("1", f"{'US1234567':34}EUR", Account(number="US1234567", bic="KREDBEBB")),
        ("2", f"{IBAN:34}EUR", Account(iban=IBAN, bic="KREDBEBB")),
        (
            "3",
            f"{'FR7610278022040001234560307':34}EUR",
            Account(iban="FR7610278022040001234560307", bic="KREDBEBB"),
        ),
    ],
)
def test_accounts_are_of_four_kinds(structure, field, expected):
    data = file(
        header(), old(account=field, structure=structure), first(), new(account=field), trailer(3)
    )
    assert read_one(data).account == expected


def test_version_1_has_other_parties():
    lines = [first(), put((1, "2300010000539007547034"), (48, "EXAMPLE SA"), (74, "STREET 1"))]
    account = "539007547034 EUR"
    data = file(header("1"), old(account=account, structure="0"), *lines, new(), trailer(4))
    (entry,) = read_one(data).transactions
    assert entry.counterparty == Counterparty("EXAMPLE SA", IBAN)
    assert entry.remittance == ""


def test_a_free_communication_goes_on_in_the_next_records():
    found = one(
        first(communication="0" + "x" * 53),
        second("y" * 53, "E2E-7", "GEBABEBB"),
        third(f"{IBAN:34}EUR", "EXAMPLE SA", "z FACTURE"),
    )
    assert found.remittance == "x" * 53 + "y" * 53 + "z FACTURE"
    assert found.counterparty == Counterparty("EXAMPLE SA", IBAN, "GEBABEBB")
    assert found.end_to_end_id == "E2E-7"


@pytest.mark.parametrize("field", ["539007547034 EUR", f"{IBAN:34}EUR", f"{IBAN} EUR", IBAN])
def test_the_account_of_the_counterparty(field):
    assert one(first(), third(field)).counterparty.iban == IBAN


@pytest.mark.parametrize("kind", ["101", "102"])
def test_a_structured_reference(kind):
    found = one(first(communication=f"1{kind}010806817183"))
    assert (found.reference, found.remittance) == ("010806817183", "")


def test_an_international_reference():
    assert one(first(communication="1100RF18539007547034")).reference == "RF18539007547034"


@pytest.mark.parametrize(
    ("communication", "expected"),
    [
        ("1103000000000042", "000000000042"),
        ("1111" + "1" * 35 + "EXAMPLE SHOP", "EXAMPLE SHOP"),
        ("1106" + "0" * 46, ""),
        ("1199WHAT IT IS", "WHAT IT IS"),
    ],
)
def test_of_other_structures_the_readable_part_is_kept(communication, expected):
    assert one(first(communication=communication)).remittance == expected


def test_a_terminal_tells_the_original_amount():
    text = "1113" + "1" * 40 + "EXAMPLE SHOP".ljust(26)
    rest = f"{30_000:015d}{'0' * 12}USD"
    zones = text[1:] + rest
    found = one(first(communication=f"1{zones[:53]}"), second(zones[53:106]))
    assert found.remittance == "EXAMPLE SHOP"
    assert (found.original_amount, found.original_currency) == (Decimal("30.00"), "USD")


def test_a_direct_debit_has_mandate_and_creditor():
    zones = (
        ("127" + "020224" + "110" + "BE12ZZZ0123456789".ljust(35) + "MANDATE-7".ljust(35))
        + "FACTURE 7".ljust(62)
        + "2AC04"
    )
    found = one(
        first(communication=f"1{zones[:53]}"),
        second(zones[53:106]),
        third(communication=zones[106:]),
    )
    assert (found.creditor_id, found.mandate_id) == ("BE12ZZZ0123456789", "MANDATE-7")
    assert (found.remittance, found.return_reason) == ("FACTURE 7", "AC04")


def test_the_reason_of_a_return():
    assert one(first(), second(reason="MD01")).return_reason == "MD01"


def test_information_records():
    found = one(
        first(communication="0FACTURE"),
        third(name="EXAMPLE COMPANY WITH A VERY LONG NA"),
        *info("001EXAMPLE COMPANY WITH A VERY LONG NAME", "STREET 1", structure="1"),
        *info("x" * 73, "y" * 105, "z", number="00010002"),
        *info(" AND MORE", number="00010003"),
    )
    assert found.counterparty.name == "EXAMPLE COMPANY WITH A VERY LONG NAME"
    assert found.remittance == f"FACTURE {'x' * 73}{'y' * 105}z AND MORE"


def test_the_details_of_a_total_are_not_booked_again():
    found = one(
        first(code="10107000", communication="0SALAIRES"),
        first("0000000000100000", "0A", number="00010001", code="50101000"),
        third(f"{IBAN:34}EUR", "EXAMPLE A", number="00010001"),
        first("0000000000150000", "1101010806817183", number="00010002", code="50101000"),
    )
    assert (found.amount, found.remittance) == (Decimal("250.00"), "SALAIRES")
    assert found.details == (
        Detail(
            amount=Decimal("100.00"),
            currency="EUR",
            counterparty=Counterparty("EXAMPLE A", IBAN),
            remittance="A",
            bank_reference="BANKREF7",
            code="0101",
        ),
        Detail(
            amount=Decimal("150.00"),
            currency="EUR",
            reference="010806817183",
            bank_reference="BANKREF7",
            code="0101",
        ),
    )


def test_what_details_agree_on_stands_on_the_transaction():
    details = [
        first("0000000000125000", "0RENT", number=f"0001000{n}", code="50101000") for n in (1, 2)
    ]
    found = one(first(code="10107000"), *details)
    assert (found.remittance, len(found.details)) == ("RENT", 2)


def test_a_single_detail_completes_the_transaction():
    detail = first(communication="0RENT", number="00010001", code="50101000")
    found = one(first(code="10107000"), detail)
    assert (found.remittance, found.details) == ("RENT", ())


def test_parts_of_an_amount_are_its_charges():
    found = one(
        first(code="34150000", communication="0EXPORT"),
        first("0000000000260000", number="00010001", code="84150100"),
        first("1000000000008000", number="00010002", code="84137013"),
        first("1000000000002000", number="00010003", code="84137011"),
    )
    assert (found.amount, found.charges, found.details) == (Decimal("250.00"), Decimal(10), ())


def test_detail_numbers_begin_again_after_9999():
    numbers = [f"0001{n % 10_000:04d}" for n in range(10_001)]
    lines = [first("0000000000000010", number=n, code="50101000") for n in numbers[1:]]
    data = account(first("0000000000100000", code="10107000"), *lines, credits=100_000)
    (entry,) = read_one(data.replace(b"0000000001250000", b"0000000001100000")).transactions
    assert len(entry.details) == 10_000


def test_dates_that_are_missing():
    assert one(first(value="000000")).value_date is None
    assert one(first(entry="000000")).booking_date == datetime.date(2024, 2, 2)


def test_a_file_without_movements_keeps_its_balance():
    found = read_one(file(header(), old(), trailer(1, credits=0)))
    assert (found.balanced, found.count) == (True, 0)


def test_free_communications_are_skipped():
    free = put((1, "4 00010000"), (33, "CALL US"))
    assert len(read(file(header(), old(), first(), new(), free, free, trailer(3)))) == 1


def test_a_separate_application_is_a_notification():
    zero = "0000000000000000"
    data = file(header(separate="01500"), old(zero), first(code="60150000"), new(zero), trailer(3))
    found = read_one(data)
    assert (found.kind, found.balanced, found.count) == ("notification", None, 1)


def test_several_statements_are_read():
    assert len(read(account(first(), more="1") + account(first()))) == 2


def test_lines_may_be_stripped_blank_or_missing():
    whole = account(first(communication="0FACTURE 7"), second(), third())
    expected = without_raw(read(whole))
    for data in (
        b"\n".join(whole.splitlines()),
        b"\r\n\r\n".join(whole.splitlines()),
        whole.replace(b"\r\n", b""),
        b"\n".join(line.rstrip() for line in whole.splitlines()),
        whole + b"\x1a",
    ):
        assert without_raw(read(data)) == expected


def test_contradictions_are_left_to_a_balance_that_does_not_fit():
    unbalanced = account(first(), end=trailer(9, 7, 7)).replace(b"1250000", b"1260000")
    assert read_one(unbalanced).balanced is False


@pytest.mark.parametrize(
    ("data", "line", "expected", "found"),
    [
        (account(first(), end=trailer(4)), 5, "3 as read", "000004"),
        (account(first(), credits=260_000), 5, "250.00 as read", f"{260_000:015d}"),
        (account(first(), debits=1000), 5, "0 as read", f"{1000:015d}"),
        (file(header("5"), old(), first(), new(), trailer(3)), 1, "1 or 2", "5"),
        (file(old(), first(), new(), trailer(3)), 1, "0", "1"),
        (file(header(), first(), new(), trailer(3)), 2, "1", "2"),
        (file(header(), old(), new(), first(), trailer(3)), 4, "4 or 9", "2"),
        (file(header(), old(), first(), trailer(2)), 4, "a record 8 before", "9"),
        (account(second()), 3, "a record 2.1 before", None),
        (account(first(), second(number="00020000")), 4, "sequence number 0001", None),
        (account(first(), second(), second()), 5, "2.1 to 3.3", "22"),
        (account(first(), info("x", "y")[1]), 4, "2.1 to 3.3", "32"),
        (account(first(number="00010001")), 3, "a detail 0000", "00010001"),
        (account(first("2000000000250000")), 3, "0 (credit) or 1 (debit)", "2"),
        (account(first("00000000002500A0")), 3, "digits", "0000000002500A0"),
        (account(first(value="320224")), 3, "DDMMYY", "320224"),
        (file(header(), old(account=" " * 37), new(), trailer(2)), 2, "an account number", None),
        (file(header(), old(account=IBAN), new(), trailer(2)), 2, "ISO 4217", None),
        (account(first()).replace(b"BANKREF7", b"BANK\0EF7"), 3, "text", None),
    ],
)
def test_refusals_name_their_place(data, line, expected, found):
    error = refusal("coda", data)
    assert error.line == line
    assert expected in error.expected
    assert found is None or error.found == found


def test_a_cut_file_is_refused():
    whole = account(first(), second(), third(), *info("x", "y"))
    # What the trailer tells ends before its middle.
    for cut in (*line_cuts(whole)[:-1], whole[: -len(trailer(0)) + 45]):
        assert not balanced_or_refused("coda", cut)
    assert "cut off" in str(refusal("coda", file(header(), old(), first(), new())))


def test_a_lost_record_is_refused_or_shows():
    lines = account(first(), second(), third(), *info("x")).splitlines(keepends=True)
    for lost in range(1, len(lines)):
        data = b"".join(lines[:lost] + lines[lost + 1 :])
        assert not balanced_or_refused("coda", data)


def test_others_are_not_claimed():
    fmt = formats()["coda"]
    assert fmt.sniff("x", account(first()))
    for data in (b"00000", b"0" * 500, b"\0" * 500, file(header(), header()), file(old(), new())):
        assert not fmt.sniff("x.cod", data)


def payments(draw) -> dict:
    """The fields that a transaction and a detail have in common."""
    kind = draw(st.sampled_from(["free", "reference", "mandate"]))
    reference = st.sampled_from(["010806817183", "RF18539007547034"])
    return {
        "currency": "EUR",
        "counterparty": Counterparty(
            name=draw(maybe(text(70))),
            iban=draw(maybe(st.just("BE68539007547034"))),
            bic=draw(maybe(st.just("GEBABEBB"))),
        ),
        "remittance": draw(text(400) | st.just("")),
        "reference": draw(reference) if kind == "reference" else None,
        "mandate_id": draw(word(5, 35)) if kind == "mandate" else None,
        "creditor_id": draw(word(5, 35)) if kind == "mandate" else None,
        "end_to_end_id": draw(maybe(word(5, 35))),
        "bank_reference": draw(maybe(word(5, 21))),
        "code": draw(st.sampled_from(["0150", "0437", "4150+100"])),
        "return_reason": draw(st.sampled_from([None, "AC04"])),
    }


@st.composite
def movements(draw) -> Transaction:
    amount = draw(AMOUNTS)
    fields = payments(draw)
    details = ()
    charges = None
    if draw(st.booleans()):
        parts = draw(st.lists(AMOUNTS, min_size=2, max_size=4))
        amount = sum(parts)
        # What details agree on would stand on the transaction too.
        details = tuple(
            Detail(amount=part, **{**payments(draw), "remittance": f"x{number}"})
            for number, part in enumerate(parts)
        )
        fields = {**agreed(details), **{key: value for key, value in fields.items() if value}}
        if fields["counterparty"] == Counterparty():
            fields |= {"counterparty": agreed(details).get("counterparty", Counterparty())}
    elif fields["reference"] is None and fields["mandate_id"] is None and draw(st.booleans()):
        original = draw(POSITIVE).copy_sign(amount)
        fields |= {"original_amount": original, "original_currency": "USD"}
    else:
        charges = draw(maybe(POSITIVE.filter(lambda cost: cost != -amount)))
    return Transaction(
        booking_date=draw(DATES),
        value_date=draw(maybe(DATES)),
        amount=Decimal(amount),
        charges=charges,
        details=details,
        **fields,
    )


def agreed(details) -> dict:
    names = ("counterparty", "end_to_end_id", "return_reason", "reference")
    names += ("mandate_id", "creditor_id")
    values = {name: {getattr(detail, name) for detail in details} for name in names}
    return {name: found.pop() for name, found in values.items() if len(found) == 1}


def writable(item: Transaction) -> bool:
    """Whether its communication is not of two structures at once."""
    return not (item.reference and (item.mandate_id or item.creditor_id))


@given(
    st.lists(movements().filter(writable), max_size=4),
    AMOUNTS,
    DATES,
    DATES,
    st.sampled_from(["utf-8-sig", "utf-16"]),
)
@settings(max_examples=40)
def test_what_is_written_is_read_back(items, opening, start, end, encoding):
    accounts = (
        Account(iban="BE68539007547034", bic="KREDBEBB"),
        Account(number="12345678901234", bic="KREDBEBB"),
    )
    written = [
        dataclasses.replace(
            statement(account, "EUR", opening, items, start, end), number=f"{number:03d}"
        )
        for number, account in enumerate(accounts, start=1)
    ]
    assert without_raw(read(testing.coda(written, encoding=encoding))) == written


@given(st.data())
def test_a_damaged_file_is_read_or_refused(data):
    whole = account(first(), second(), third(f"{IBAN:34}EUR", "X"), *info("x", "y", "z"))
    read_or_refuse("coda", damage(whole, data))


def test_events_come_in_order():
    events = parse_as("coda", account(first()))
    assert [type(event).__name__ for event in events] == ["Transaction", "Statement"]
