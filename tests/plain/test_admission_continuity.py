"""May a statement go in? The balance before its first new transaction decides."""

import sys
from decimal import Decimal
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[2] / "addons" / "account_bank_feed"))

from admission import Cause, judge


def verdict(opening, known=0, ours=0, **values):
    values = {
        "has_new": True,
        "is_first": False,
        "has_surplus": False,
        "may_void_overlap": False,
        **values,
    }
    return judge(
        opening=None if opening is None else Decimal(opening),
        known_total=Decimal(known),
        our_balance=Decimal(ours),
        **values,
    )


def test_what_continues_our_balance_is_admitted_and_proven():
    found = verdict("80.00", ours="80.00")
    assert (found.admitted, found.proven, found.cause) == (True, True, None)


def test_the_overlap_is_added_to_the_opening():
    assert verdict(50, known=30, ours=80).proven
    assert not verdict(50, known=30, ours=50).admitted


def test_a_gap_has_an_exact_difference():
    found = verdict("114.01", ours="80.00")
    assert (found.admitted, found.cause) == (False, Cause.GAP)
    assert found.difference == Decimal("34.01")


def test_a_surplus_is_told_from_a_gap():
    found = verdict(80, ours=83, has_surplus=True)
    assert (found.cause, found.difference) == (Cause.SURPLUS, -3)


def test_a_first_statement_asks_for_its_opening():
    found = verdict(500, is_first=True, has_surplus=True)
    assert (found.admitted, found.cause, found.difference) == (False, Cause.OPENING, 500)
    assert verdict(500, ours=500, is_first=True).proven


def test_without_balances_it_is_admitted_and_nothing_is_proven():
    found = verdict(None, known=30, ours=80)
    assert (found.admitted, found.proven, found.difference) == (True, False, None)


def test_with_nothing_new_it_is_admitted_but_other_balances_prove_nothing():
    assert verdict(50, known=30, ours=80, has_new=False).proven
    found = verdict(50, known=30, ours=99, has_new=False)
    assert (found.admitted, found.proven) == (True, False)
    assert not verdict(512, is_first=True, has_new=False).proven


@pytest.mark.parametrize("has_new", [True, False])
def test_equal_payments_that_do_not_overlap_are_new(has_new):
    """The second statement of a day opens where we are, though we know its payments by text."""
    found = verdict(50, known=50, ours=50, has_new=has_new, may_void_overlap=True)
    assert (found.admitted, found.proven, found.overlap_void) == (True, True, True)
    assert found.bank_balance == 50


def test_an_overlap_that_fits_is_not_void():
    assert not verdict(0, known=50, ours=50, may_void_overlap=True).overlap_void


def test_an_overlap_is_void_only_if_the_opening_fits():
    found = verdict(10, known=50, ours=50, may_void_overlap=True)
    assert (found.admitted, found.cause) == (False, Cause.GAP)
