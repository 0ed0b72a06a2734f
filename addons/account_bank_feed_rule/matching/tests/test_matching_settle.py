"""Competing claims over all waiting payments."""

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .make import ANNA, BERT, IBAN_ANNA, IBAN_BERT, chosen_ids, item, kinds, payment, settled

N = "INV/2026/00042"


def test_the_stronger_claim_has_the_item():
    weak, strong = payment("weak", N), payment("strong", N, days=5, iban=IBAN_ANNA)
    decisions = settled([weak, strong], [item()])
    assert chosen_ids(decisions["strong"]) == [1]
    assert decisions["weak"].band == "suggest"
    assert "claimed_by_stronger" in kinds(decisions["weak"])


@pytest.mark.parametrize("who", [{"iban": IBAN_ANNA}, {"name": "Anna  AG"}])
def test_of_one_counterparty_the_earliest_has_it_and_the_other_may_be_double(who):
    later, earlier = payment("a", N, days=2, **who), payment("b", N, days=1, **who)
    decisions = settled([later, earlier], [item()])
    assert chosen_ids(decisions["b"]) == [1]
    assert decisions["a"].band == "suggest"
    assert "double_payment" in kinds(decisions["a"])
    assert decisions["a"].candidates[0].item.id == 1


def test_on_one_day_the_identity_decides_whatever_the_id():
    for ids in (("a", "b"), ("b", "a")):
        first = payment(ids[0], N, name="Anna", identity="1")
        second = payment(ids[1], N, name="Anna", identity="2")
        decisions = settled([second, first], [item()])
        assert decisions[ids[0]].band == "post"
        assert decisions[ids[1]].band == "suggest"


@pytest.mark.parametrize(
    ("one", "other"),
    [({"name": "Anna"}, {"name": "Bert"}), ({}, {}), ({"name": "Anna"}, {})],
)
def test_of_different_counterparties_nobody_has_it(one, other):
    decisions = settled([payment("a", N, **one), payment("b", N, days=1, **other)], [item()])
    assert {decision.band for decision in decisions.values()} == {"suggest"}
    assert all("contested" in kinds(decision) for decision in decisions.values())


def test_a_loser_does_not_fall_back():
    payments = [payment("a", N, name="A"), payment("b", f"{N}", name="A", days=1)]
    decisions = settled(payments, [item(1, N), item(2, "INV/2026/00043")])
    assert not decisions["b"].chosen


def test_the_input_is_left_alone_without_a_contest():
    payments = [payment("a", N), payment("b", "INV/2026/00043")]
    decisions = settled(payments, [item(1, N), item(2, "INV/2026/00043")])
    assert [chosen_ids(decisions[key]) for key in "ab"] == [[1], [2]]


NUMBERS = [f"INV/2026/{i:05}" for i in range(40, 46)]
IBANS = [None, IBAN_ANNA, IBAN_BERT]
AMOUNTS = ["100.00", "119.00"]

ITEMS = st.lists(
    st.tuples(
        st.sampled_from(NUMBERS), st.sampled_from(AMOUNTS), st.sampled_from([ANNA, BERT, None])
    ),
    max_size=6,
)
PAYMENTS = st.lists(
    st.tuples(
        st.lists(st.sampled_from(NUMBERS), max_size=2),
        st.sampled_from(AMOUNTS),
        st.sampled_from(IBANS),
        st.sampled_from([None, "Anna", "Bert"]),
        st.integers(0, 2),
    ),
    max_size=8,
)


def built(items, payments):
    items = [
        item(i, number, residual, partner) for i, (number, residual, partner) in enumerate(items)
    ]
    payments = [
        payment(i, " ".join(quoted), amount, days, iban=iban, name=name)
        for i, (quoted, amount, iban, name, days) in enumerate(payments)
    ]
    return items, payments


@settings(max_examples=300, deadline=None)
@given(ITEMS, PAYMENTS, st.integers(0, 1000))
def test_settling(items, payments, seed):
    items, payments = built(items, payments)
    decisions = settled(payments, items)
    _nothing_is_settled_twice(decisions)
    _what_is_posted_is_clear(payments, decisions)
    shuffled_items, shuffled_payments = items[:], payments[:]
    random.Random(seed).shuffle(shuffled_items)
    random.Random(seed + 1).shuffle(shuffled_payments)
    assert settled(shuffled_payments, shuffled_items) == decisions


def _nothing_is_settled_twice(decisions):
    taken = Counter()
    for decision in decisions.values():
        for part in decision.settlement.allocations if decision.settlement else ():
            taken[part.item] += abs(part.amount)
    assert all(amount <= abs(one.residual) for one, amount in taken.items())


def _what_is_posted_is_clear(payments, decisions):
    for one in payments:
        decision = decisions[one.id]
        if decision.band == "post":
            settled = decision.settlement
            explained = sum(part.amount for part in (*settled.allocations, *settled.adjustments))
            assert explained + settled.rest == one.amount
            assert decision.score >= 95
            assert decision.margin >= 10
            assert not decision.objections
        else:
            assert not decision.chosen
            assert decision.objections


@settings(max_examples=100, deadline=None)
@given(ITEMS, PAYMENTS)
def test_payments_that_share_no_item_do_not_touch_each_other(items, payments):
    items, payments = built(items, payments)
    together = settled(payments, items)
    for one in payments:
        alone = settled([one], items)[one.id]
        if together[one.id].band == "post":
            assert alone == together[one.id]
