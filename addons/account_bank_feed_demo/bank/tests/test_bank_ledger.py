"""What the bank takes for true."""

import datetime
from decimal import Decimal

import pytest
from stdnum import iban

from .. import ACCOUNTS, Clock, DemoBank, Ledger, Retailer, difference
from ..statement_format import Transaction
from .client import DAY
from .conftest import NOW

START = datetime.date(2024, 1, 1)


def ledger(clock=None, source=None):
    return Ledger(ACCOUNTS, source or Retailer(), clock or Clock(NOW), START)


@pytest.mark.parametrize("account", ACCOUNTS, ids=lambda account: account.currency)
def test_accounts_and_parties_have_valid_ibans(account):
    entries = ledger().entries(account.iban, START, NOW.date())
    numbers = {account.iban} | {each.transaction.counterparty.iban for each in entries}
    assert all(iban.is_valid(number) for number in numbers - {None})
    assert len(numbers) > 3


def test_the_same_seed_makes_the_same_and_another_one_something_else():
    first, again, other = ledger(), ledger(), ledger(source=Retailer("other"))
    of = [each.entries(ACCOUNTS[0].iban, START, NOW.date()) for each in (first, again, other)]
    assert of[0] == of[1] != of[2]


def test_time_adds_entries_and_changes_none():
    clock = Clock(NOW)
    known = ledger(clock)
    before = known.entries(ACCOUNTS[0].iban, START, NOW.date() + 30 * DAY)
    clock.advance(days=7)
    after = known.entries(ACCOUNTS[0].iban, START, NOW.date() + 30 * DAY)
    assert after[: len(before)] == before
    assert len(after) > len(before) + 5
    assert len({entry.id for entry in after}) == len(after)


def test_every_balance_is_the_one_before_and_the_day():
    known = ledger()
    for account in ACCOUNTS:
        day = NOW.date() - 60 * DAY
        while day <= NOW.date():
            booked = known.entries(account.iban, day, day)
            total = sum((entry.transaction.amount for entry in booked), Decimal(0))
            before = known.balance(account.iban, day - DAY)
            assert known.balance(account.iban, day) == before + total
            day += DAY


def test_a_business_lives_within_its_means():
    known = ledger()
    for account in ACCOUNTS:
        lowest = min(known.balance(account.iban, START + 30 * n * DAY) for n in range(27))
        assert lowest > 0, account


def test_pending_ones_are_booked_later_and_reserve_what_they_debit():
    clock = Clock(NOW)
    known = ledger(clock)
    iban = ACCOUNTS[0].iban
    pending = known.pending(iban)
    assert pending
    debits = sum((e.transaction.amount for e in pending if e.transaction.amount < 0), Decimal(0))
    assert known.available(iban) == known.balance(iban, NOW.date()) + debits
    clock.advance(days=2)
    booked = known.entries(iban, NOW.date(), NOW.date() + 2 * DAY)
    assert set(pending) <= set(booked)


def test_a_back_dated_entry_appears_in_the_past():
    known = ledger()
    iban, day = ACCOUNTS[0].iban, NOW.date() - 3 * DAY
    before, earlier = known.balance(iban, day), known.balance(iban, day - DAY)
    known.book(iban, Transaction(day, Decimal("5.00"), "EUR", remittance="late"))
    assert known.balance(iban, day) == before + 5
    assert known.balance(iban, day - DAY) == earlier
    texts = [entry.transaction.remittance for entry in known.entries(iban, day, day)]
    assert texts.count("late") == 1


def test_a_caller_supplies_the_transactions():
    paid = Transaction(NOW.date(), Decimal("119.00"), "EUR", remittance="INV/2026/00001")

    def payments(account, day):
        return [paid] if account is ACCOUNTS[0] and day == NOW.date() else []

    with DemoBank(source=payments, clock=Clock(NOW)) as bank:
        [found] = bank.truth(ACCOUNTS[0].iban, START, NOW.date())
        assert (found.amount, found.remittance) == (paid.amount, paid.remittance)
        assert not bank.truth(ACCOUNTS[1].iban, START, NOW.date())


def test_the_difference_counts_what_is_lost_and_what_is_doubled():
    one, two, three = (
        Transaction(START, Decimal(n), "EUR", remittance=f"text {n}") for n in (1, 2, 3)
    )
    assert difference([one, two, two], [two, one, two]) == ([], [])
    lost, doubled = difference([one, two, three], [one, one, two])
    assert [key[1] for key in lost] == [3]
    assert [key[1] for key in doubled] == [1]
