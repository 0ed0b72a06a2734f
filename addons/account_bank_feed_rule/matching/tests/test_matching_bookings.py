"""How a payment is cut into parts."""

from decimal import Decimal

import pytest

from ..bookings import BookingSpec, book, check_bookings
from .make import kinds, payment

HALF = Decimal(50)


def parts(amount, *specs, text=""):
    return [
        (one.account_id, str(one.amount)) for one in decided(amount, *specs, text=text).bookings
    ]


def decided(amount, *specs, text=""):
    return book(payment(text=text, amount=amount), specs)


@pytest.mark.parametrize(
    ("amount", "specs", "expected"),
    [
        ("-4.90", [BookingSpec(1)], [(1, "-4.90")]),
        (
            "100.00",
            [BookingSpec(1, "percent", Decimal(30)), BookingSpec(2)],
            [(1, "30.00"), (2, "70.00")],
        ),
        (
            "-100.00",
            [BookingSpec(1), BookingSpec(2, "fixed", Decimal("2.50"))],
            [(1, "-97.50"), (2, "-2.50")],
        ),
        ("2.50", [BookingSpec(1), BookingSpec(2, "fixed", Decimal("2.50"))], [(2, "2.50")]),
        (
            "97.50",
            [BookingSpec(1), BookingSpec(2, "fixed", Decimal("2.50"), deducted=True)],
            [(1, "100.00"), (2, "-2.50")],
        ),
        (
            "-10",
            [BookingSpec(1, "percent", HALF), BookingSpec(2, "percent", HALF)],
            [(1, "-5"), (2, "-5")],
        ),
        (
            "-0.125",
            [BookingSpec(1, "percent", HALF), BookingSpec(2)],
            [(1, "-0.063"), (2, "-0.062")],
        ),
    ],
)
def test_parts(amount, specs, expected):
    assert parts(amount, *specs) == expected
    assert sum(Decimal(part) for _account, part in expected) == Decimal(amount)


@pytest.mark.parametrize("amount", ["0.01", "0.02", "-0.05", "100.00", "-99.99"])
def test_percentages_lose_no_cent_and_add_none(amount):
    thirds = [
        BookingSpec(n, "percent", Decimal(p)) for n, p in enumerate(("33.33", "33.33", "33.34"))
    ]
    found = decided(amount, *thirds).bookings
    assert sum(one.amount for one in found) == Decimal(amount)
    assert all(one.amount * Decimal(amount) > 0 for one in found)


def test_two_halves_of_a_cent_are_one_cent():
    assert parts("0.01", BookingSpec(1, "percent", HALF), BookingSpec(2, "percent", HALF)) == [
        (1, "0.01")
    ]


FEE = BookingSpec(2, "captured", pattern=r"Entgelt (\S+)")


@pytest.mark.parametrize(
    ("written", "fee"),
    [("1,50", "1.50"), ("1.50-", "1.50"), ("12", "12"), ("1.000,00", "1000.00"), ("-1,5", "1.5")],
)
def test_a_captured_number_is_read_as_people_write_it(written, fee):
    found = parts("-2000.00", BookingSpec(1), FEE, text=f"Miete, Entgelt {written} EUR")
    assert found[1] == (2, f"-{fee}")


@pytest.mark.parametrize("text", ["Miete", "Entgelt frei", "Entgelt 12.03.26", "entgelt 1,50", ""])
def test_without_a_number_in_the_text_a_person_decides(text):
    decision = decided("-2000.00", BookingSpec(1), FEE, text=text)
    assert (decision.band, decision.bookings, kinds(decision)) == (
        "leave",
        (),
        {"nothing_captured"},
    )


def test_a_provider_s_fee_is_added_to_what_it_paid_out():
    fee = BookingSpec(2, "captured", pattern=r"FEE (\S+)", deducted=True)
    assert parts("97.50", BookingSpec(1), fee, text="PAYOUT FEE 2.50") == [
        (1, "100.00"),
        (2, "-2.50"),
    ]


@pytest.mark.parametrize("share", ["-10.01", "10.01"])
def test_fixed_parts_above_the_amount_are_left_to_a_person(share):
    amount = "10.00" if share[0] != "-" else "-10.00"
    decision = decided(amount, BookingSpec(1), BookingSpec(2, "fixed", abs(Decimal(share))))
    assert (decision.band, kinds(decision)) == ("leave", {"parts_too_large"})


def test_a_payment_of_nothing_is_left_to_a_person():
    assert kinds(decided("0.00", BookingSpec(1))) == {"no_amount"}


def test_what_a_part_says_besides_is_passed_on():
    spec = BookingSpec(1, tax_ids=(5,), analytic=(("7,8", 100.0),), label="Rent", partner_id=9)
    [found] = decided("-1.00", spec).bookings
    assert (found.tax_ids, found.analytic) == ((5,), (("7,8", 100.0),))
    assert (found.label, found.partner_id) == ("Rent", 9)


@pytest.mark.parametrize(
    "wrong",
    [
        {"account_id": None},
        {"share": "most"},
        {"share": "percent"},
        {"share": "fixed", "value": Decimal(0)},
        {"share": "fixed", "value": Decimal(-1)},
        {"share": "captured"},
        {"share": "captured", "pattern": r"\d+"},
        {"share": "captured", "pattern": r"(\d)(\d)"},
        {"share": "captured", "pattern": r"((a+)+)"},
        {"share": "percent", "value": HALF, "deducted": True},
        {"deducted": True},
    ],
)
def test_a_senseless_part_is_refused(wrong):
    with pytest.raises(ValueError):
        BookingSpec(**({"account_id": 1} | wrong))


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        [BookingSpec(1), BookingSpec(2)],
        [BookingSpec(1, "percent", HALF)],
        [BookingSpec(1, "fixed", Decimal(1))],
        [BookingSpec(1, "percent", Decimal(100)), BookingSpec(2, "fixed", Decimal(1))],
        [BookingSpec(1, "percent", Decimal(101)), BookingSpec(2)],
    ],
)
def test_parts_that_cannot_make_up_any_payment_are_refused(wrong):
    with pytest.raises(ValueError):
        check_bookings(wrong)
