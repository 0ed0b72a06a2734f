"""What rules would have done with past payments, beside what was done."""

from decimal import Decimal

import pytest

from ..bookings import BookingSpec
from ..conditions import Condition
from ..partners import PartnerDirectory
from ..rules import RuleSpec, decide
from ..simulation import (
    SLICE_DAYS,
    Accounts,
    Actual,
    Difference,
    Effect,
    Result,
    compare,
    difference,
    effect_of,
    replay,
)
from ..types import Adjustment, Allocation, Candidate, Decision, Discount, Evidence, OpenItem
from .make import DIRECTORY, IBAN_ANNA, IBAN_BERT, index_of, item, payment

MATCH = RuleSpec(1, "Match")
FEES = RuleSpec(
    2,
    "Fees",
    "book",
    conditions=(Condition("text", "contains", "fee"),),
    bookings=(BookingSpec(4970),),
)
TRANSFERS = RuleSpec(
    3, "Transfers", "transfer", conditions=(Condition("text", "contains", "pool"),)
)
ONE, TWO = "INV/2026/00042", "INV/2026/00043"


def settled(*pairs, **more):
    return Effect({key: Decimal(amount) for key, amount in pairs}, **more)


def booked(account, amount):
    return Effect(accounts={account: Decimal(amount)})


def actual(id="p1", effect=None, by="person", amount="119.00", **more):
    return Actual(id, Decimal(amount), effect or Effect(), by if effect else None, **more)


def tried(*payments, items=(), actuals=(), rules=(MATCH,), **more):
    known = {one.id: actual(one.id, amount=one.amount) for one in payments}
    known |= {one.payment_id: one for one in actuals}
    return replay(payments, rules, items, known, DIRECTORY, **more), known


def result(*payments, accounts=None, **more) -> Result:
    return compare(*tried(*payments, **more), accounts)


def only(found: Result) -> Difference:
    [one] = [one for kind in found.by_kind for one in found.of(kind)]
    return one


def post(**more):
    values = {"payment_id": "p1", "band": "post"} | more
    return Decision(**values)


# ----------------------------------------------------------------------
# Kinds
# ----------------------------------------------------------------------


def test_to_do_just_what_was_done_agrees():
    done = actual(effect=settled((1, "119.00")))
    found = only(result(payment(text=ONE), items=[item()], actuals=[done]))
    assert (found.kind, found.effect, found.found) == ("agrees", done.effect, None)


@pytest.mark.parametrize(
    "done",
    [
        settled((2, "119.00")),
        settled((1, "119.00"), (2, "5.00")),
        settled((1, "118.00"), rest=Decimal("1.00")),
        settled(rest=Decimal("119.00")),
        booked(4970, "119.00"),
    ],
    ids=["another item", "one more item", "another amount", "left open", "booked"],
)
@pytest.mark.parametrize("by", ["person", "rule", "other"])
def test_to_post_otherwise_than_was_done_differs_whoever_did_it(done, by):
    found = only(result(payment(text=ONE), items=[item()], actuals=[actual(effect=done, by=by)]))
    assert found.kind == "differs"


def test_to_post_what_waits_on_suspense_is_new():
    assert only(result(payment(text=ONE), items=[item()])).kind == "new"


def test_what_waits_and_would_wait_still_is_told_apart_from_what_is_missed():
    assert only(result(payment(text="thanks"), items=[item()])).kind == "waits"


@pytest.mark.parametrize(
    ("by", "kind"), [("person", "misses"), ("other", "misses"), ("rule", "loses")]
)
def test_what_would_not_be_posted_any_more_depends_on_who_did_it(by, kind):
    done = actual(effect=settled((1, "119.00")), by=by)
    found = only(result(payment(text="thanks"), items=[item()], actuals=[done]))
    assert (found.kind, found.found) == (kind, "no")


def test_what_was_done_is_looked_for_in_the_suggestions():
    twins = [item(1, ONE), item(2, TWO)]
    places = {}
    for right in (1, 2, 3):
        done = actual(effect=settled((right, "119.00")))
        paid = payment(text="thanks", iban=IBAN_ANNA)
        found = only(result(paid, items=twins, actuals=[done]))
        assert found.kind == "misses"
        places[right] = found.found
    assert sorted(places.values()) == ["among", "no", "top"]
    assert places[3] == "no"


def test_who_loses_an_item_to_another_payment_is_a_conflict_whatever_was_done():
    first = payment("p1", ONE, iban=IBAN_ANNA)
    second = payment("p2", ONE, iban=IBAN_ANNA, days=1)
    for done in (None, booked(4970, "119.00")):
        found = result(first, second, items=[item()], actuals=[actual("p2", done)])
        assert [one.payment_id for one in found.of("new")] == ["p1"]
        assert [one.payment_id for one in found.of("conflicts")] == ["p2"]


def test_payments_of_equal_right_are_all_conflicts():
    one = payment("p1", ONE, iban=IBAN_ANNA)
    two = payment("p2", ONE, iban=IBAN_ANNA, name="Somebody else")
    three = payment("p3", "thanks")
    found = result(one, two, three, items=[item()])
    assert (found.count("conflicts") in (1, 2), found.count("waits")) == (True, 1)
    contested = Decision("p1", "suggest", reasons=(Evidence("contested"),))
    assert difference(contested, actual(), Accounts()).kind == "conflicts"


# ----------------------------------------------------------------------
# What a decision does
# ----------------------------------------------------------------------


def test_bookings_are_compared_by_account_and_amount():
    fee = payment(text="fee", amount="-4.90")
    kinds = {}
    for account, amount in ((4970, "-4.90"), (4980, "-4.90"), (4970, "-4.00")):
        done = actual(effect=booked(account, amount), amount="-4.90")
        kinds[account, amount] = only(result(fee, rules=[FEES], actuals=[done])).kind
    assert kinds == {
        (4970, "-4.90"): "agrees",
        (4980, "-4.90"): "differs",
        (4970, "-4.00"): "differs",
    }


def test_a_discount_is_compared_by_the_account_that_the_books_have_for_it():
    open_item = item(discount=Discount(Decimal("2.38"), item().date), residual="119.00")
    paid = payment(text=ONE, amount="116.62", iban=IBAN_ANNA)
    accounts = Accounts(of_adjustment=lambda decision, part: {"discount": 4730}[part.kind])
    done = Effect({1: Decimal("119.00")}, {4730: Decimal("-2.38")})
    kinds = []
    for effect in (done, Effect({1: Decimal("116.62")})):
        known = actual(effect=effect, amount="116.62")
        found = result(paid, items=[open_item], actuals=[known], accounts=accounts)
        kinds.append(only(found).kind)
    assert kinds == ["agrees", "differs"]


def test_what_was_paid_too_much_and_used_since_is_no_difference():
    kept = settled((1, "119.00"), rest=Decimal("20.00"))
    used = settled((1, "119.00"), (9, "20.00"))
    other = settled((9, "119.00"), (1, "20.00"))
    candidate = Candidate((Allocation(item(), Decimal("119.00")),), rest=Decimal("20.00"))
    decision = post(settlement=candidate, candidates=(candidate,))
    kinds = [
        difference(decision, actual(effect=done, amount="139.00"), Accounts()).kind
        for done in (kept, used, other)
    ]
    assert kinds == ["agrees", "agrees", "differs"]


def test_an_order_that_was_invoiced_since_is_no_difference():
    order = item("order-5", "S00042", kind="order")
    candidate = Candidate((Allocation(order, Decimal("119.00")),))
    effect = effect_of(post(settlement=candidate), Decimal("119.00"), Accounts())
    assert effect == settled(rest=Decimal("119.00"))
    assert effect.agrees_with(settled((7, "119.00")))


def test_a_payment_without_an_entry_settles_the_document_behind_it():
    intention = item("payment-3", kind="payment", covers=frozenset({7}))
    candidate = Candidate((Allocation(intention, Decimal("119.00")),))
    effect = effect_of(post(settlement=candidate), Decimal("119.00"), Accounts())
    assert effect == settled((7, "119.00"))


@pytest.mark.parametrize("waiting", [True, False], ids=["second side", "first side"])
def test_either_side_of_a_transfer_is_compared_by_its_account(waiting):
    paid = payment(text="pool", journal_id="bank A")
    side = item(8, (), "119.00", partner=None, kind="transfer", journal_id="bank B")
    found = only(
        result(
            paid,
            rules=[TRANSFERS],
            items=[side] if waiting else [],
            actuals=[actual(effect=booked(1360, "119.00"))],
            accounts=Accounts(transfer=1360),
        )
    )
    assert found.kind == "agrees"


def test_adjustments_to_one_account_are_added_up():
    parts = (Adjustment("charges", Decimal("-3")), Adjustment("difference", Decimal("1")))
    candidate = Candidate((Allocation(item(), Decimal("119.00")),), adjustments=parts)
    accounts = Accounts(of_adjustment=lambda decision, part: 4970)
    effect = effect_of(post(settlement=candidate), Decimal("117.00"), accounts)
    assert effect.accounts == {4970: Decimal("-2")}


# ----------------------------------------------------------------------
# Time
# ----------------------------------------------------------------------


def test_what_an_earlier_payment_settled_is_no_rival_later():
    rent = [item(1, ONE), item(2, TWO, date=item().date.replace(month=6))]
    months = [payment("p1", iban=IBAN_ANNA), payment("p2", iban=IBAN_ANNA, days=32)]
    done = [actual(f"p{n}", settled((n, "119.00"))) for n in (1, 2)]
    decisions, known = tried(*months, items=rent, actuals=done)
    at_once = decide(months, [MATCH], index_of(*rent))
    assert {one.band for one in at_once.values()} == {"suggest"}
    assert compare(decisions, known).count("agrees") == 2


def test_what_was_settled_by_others_than_the_rules_is_gone_all_the_same():
    months = [payment("p1", "thanks"), payment("p2", ONE, days=SLICE_DAYS)]
    done = [actual("p1", settled((1, "119.00")))]
    decisions, _known = tried(*months, items=[item()], actuals=done)
    assert decisions["p2"].candidates == ()


def test_part_payments_see_what_the_earlier_ones_left_open():
    parts = [payment("p1", ONE, "100.00"), payment("p2", ONE, "19.00", days=SLICE_DAYS)]
    done = [
        actual("p1", settled((1, "100.00")), amount="100.00"),
        actual("p2", settled((1, "19.00")), amount="19.00"),
    ]
    decisions, _known = tried(
        *parts, items=[item(company_residual=Decimal("119.00"))], actuals=done
    )
    [candidate] = decisions["p2"].candidates
    assert candidate.item.residual == candidate.item.company_residual == Decimal("19.00")
    assert decisions["p2"].band == "post"


def test_an_item_that_the_rules_gave_to_an_earlier_payment_is_a_conflict_for_the_right_one():
    months = [
        payment("p1", ONE, iban=IBAN_ANNA),
        payment("p2", ONE, iban=IBAN_ANNA, days=SLICE_DAYS),
    ]
    done = [actual("p2", settled((1, "119.00")))]
    found = result(*months, items=[item()], actuals=done)
    assert [one.payment_id for one in found.of("new")] == ["p1"]
    [conflict] = found.of("conflicts")
    assert (conflict.payment_id, conflict.found) == ("p2", "top")


def test_a_payment_that_came_back_has_not_used_up_what_it_settled():
    months = [
        payment("p1", ONE, iban=IBAN_ANNA),
        payment("p2", ONE, iban=IBAN_ANNA, days=SLICE_DAYS),
    ]
    done = [
        actual("p1", settled((1, "119.00")), has_come_back=True),
        actual("p2", settled((1, "119.00"))),
    ]
    assert result(*months, items=[item()], actuals=done).count("agrees") == 2


def test_documents_of_later_are_not_known_yet():
    later = item(2, TWO, date=item().date.replace(month=7))
    assert only(result(payment(text=TWO), items=[later])).kind == "waits"
    soon = item(2, TWO, date=item().date.replace(day=9))
    assert only(result(payment(text=TWO), items=[soon])).kind == "new"


def test_what_a_batch_on_its_way_has_claimed_is_a_conflict():
    found = only(result(payment(text=ONE), items=[item()], taken=frozenset({1})))
    assert found.kind == "conflicts"


# ----------------------------------------------------------------------
# The result
# ----------------------------------------------------------------------


def test_the_result_counts_and_ranks_by_amount():
    paid = [
        payment("small", "fee", "-1.00"),
        payment("large", "fee", "-100.00"),
        payment("none", "thanks", iban=IBAN_BERT),
        payment("done", "fee", "-5.00"),
    ]
    done = [actual("done", booked(4970, "-5.00"), amount="-5.00")]
    found = result(*paid, rules=[FEES], actuals=done)
    assert [one.payment_id for one in found.of("new")] == ["large", "small"]
    assert (found.total, found.count("new"), found.count("agrees")) == (4, 2, 1)
    assert found.share("new") == 0.5
    assert Result({}).share("new") == 0.0


def test_the_order_of_payments_and_items_makes_no_difference():
    items = [item(n, f"INV/2026/{n:05}", f"{100 + n}.00") for n in range(1, 30)]
    paid = [payment(f"p{n}", f"INV/2026/{n:05}", f"{100 + n}.00", days=n) for n in range(1, 30)]
    done = [actual(f"p{n}", settled((n, f"{100 + n}.00"))) for n in range(1, 20)]
    forth, known = tried(*paid, items=items, actuals=done)
    back, _known = tried(*paid[::-1], items=items[::-1], actuals=done[::-1])
    assert forth == back
    assert compare(forth, known).count("agrees") == 19


def test_nothing_to_try_gives_nothing():
    assert replay([], [MATCH], [item()], {}, PartnerDirectory()) == {}
    assert isinstance(item(), OpenItem)
