"""Batch bookings whose payments the bank lists."""

from decimal import Decimal

from .make import ANNA, BERT, chosen_ids, item, judged, kinds, payment, settled

INVOICES = (
    item(1, "INV/2026/00042", "119.00"),
    item(2, "INV/2026/00043", "81.00", BERT),
    item(3, "INV/2026/00044", "50.00"),
)


def detail(number, text="", amount="119.00", **more):
    return payment(f"b/{number}", text, amount, **more)


def batch(amount, *details, **more):
    return payment("b", more.pop("text", "SAMMLER"), amount, details=details, **more)


ANNAS = detail(1, "INV/2026/00042", "119.00", name="Anna Blume")
BERTS = detail(2, "INV/2026/00043", "81.00", name="Bert Kramer")
NOBODYS = detail(3, "ohne Angaben", "77.00")


def adjustments(decision):
    return [(one.kind, one.amount) for one in decision.settlement.adjustments]


def accounted_for(candidate):
    parts = (*candidate.allocations, *candidate.adjustments)
    return sum(one.amount for one in parts) + candidate.rest


def test_all_decided_payments_are_posted_at_once():
    decision = judged(batch("200.00", ANNAS, BERTS), *INVOICES)
    assert (decision.band, sorted(chosen_ids(decision))) == ("post", [1, 2])
    assert kinds(decision) == {"collective"}
    assert decision.payment_id == "b"


def test_the_score_is_that_of_the_least_sure():
    decision = judged(batch("200.00", ANNAS, BERTS), *INVOICES)
    assert decision.score == min(judged(one, *INVOICES).score for one in (ANNAS, BERTS))


def test_one_undecided_keeps_all_from_being_posted():
    decision = judged(batch("277.00", ANNAS, BERTS, NOBODYS), *INVOICES)
    assert decision.band == "suggest"
    assert "details_undecided" in kinds(decision)
    best = decision.candidates[0]
    assert sorted(one.id for one in best.items) == [1, 2]
    assert (best.rest, accounted_for(best)) == (Decimal("77.00"), Decimal("277.00"))


def test_nothing_decided_leaves_the_booking_as_a_whole():
    decision = judged(batch("77.00", NOBODYS), *INVOICES)
    assert decision.band == "leave"


def test_an_item_is_not_used_twice():
    decision = judged(
        batch("238.00", ANNAS, detail(2, "INV/2026/00042", name="Anna Blume")), *INVOICES
    )
    assert decision.band != "post"


def test_an_amount_that_is_not_told_gives_up():
    untold = detail(2, "INV/2026/00043", "0")
    assert judged(batch("200.00", ANNAS, untold), *INVOICES).band != "post"


def test_a_difference_is_posted_only_if_it_is_the_charges():
    unexplained = judged(batch("198.00", ANNAS, BERTS), *INVOICES)
    assert (unexplained.band, "details_differ" in kinds(unexplained)) == ("suggest", True)
    told = judged(batch("198.00", ANNAS, BERTS, charges=Decimal("2.00")), *INVOICES)
    assert adjustments(told) == [("charges", Decimal("-2.00"))]
    assert accounted_for(told.settlement) == Decimal("198.00")


def test_a_providers_fee_is_taken_off_each_order():
    orders = (
        detail(1, "INV/2026/00042", "116.00", charges=Decimal("3.00")),
        detail(2, "INV/2026/00043", "79.00", original_amount=Decimal("81.00")),
    )
    decision = judged(batch("195.00", *orders), *INVOICES)
    assert sorted(chosen_ids(decision)) == [1, 2]
    assert adjustments(decision) == [("charges", Decimal("-3.00")), ("charges", Decimal("-2.00"))]


def collected(id, residual, reference, partner=ANNA):
    return item(
        id, f"INV/2026/1{id:04d}", residual, partner, kind="settled", references=(reference,)
    )


RETURNED = (collected(8, "-119.00", "E2E-80-X"), collected(9, "-81.00", "E2E-90-Y", BERT))


def test_returns_in_one_booking_carry_a_fee_each():
    details = (
        detail(1, "", "-122.50", end_to_end_id="E2E-80-X"),
        detail(2, "", "-84.50", end_to_end_id="E2E-90-Y"),
    )
    one = batch("-207.00", *details, text="RUECKLASTSCHRIFTEN 2 POSTEN")
    decision = judged(one, *RETURNED, *INVOICES)
    assert sorted(chosen_ids(decision)) == [8, 9]
    assert adjustments(decision) == [("fee", Decimal("-3.50"))] * 2


def test_the_fee_of_all_returns_may_stand_beside_them():
    details = (
        detail(1, "", "-119.00", end_to_end_id="E2E-80-X"),
        detail(2, "", "-81.00", end_to_end_id="E2E-90-Y"),
    )
    told = batch("-207.00", *details, code="109", text="RETOUREN ENTGELT 7,00")
    assert adjustments(judged(told, *RETURNED)) == [("fee", Decimal("-7.00"))]
    assert judged(batch("-207.00", *details, code="109"), *RETURNED).band == "suggest"


def test_a_batch_meets_the_claims_of_others():
    alone = payment("p", "INV/2026/00042", "119.00", name="Anna Blume")
    decisions = settled([batch("200.00", ANNAS, BERTS), alone], INVOICES)
    assert sum(one.band == "post" for one in decisions.values()) <= 1


def test_what_an_undecided_payment_is_likely_for_is_suggested_with_the_others():
    doubtful = detail(3, "INV/2026/00044 statt INV/2026/00077", "50.00", name="Anna Blume")
    open_items = (*INVOICES, item(7, "INV/2026/00077", "12.34", BERT))
    alone = judged(doubtful, *open_items)
    assert alone.band == "suggest"
    decision = judged(batch("250.00", ANNAS, BERTS, doubtful), *open_items)
    assert "details_undecided" in kinds(decision)
    best = decision.candidates[0]
    assert (sorted(one.id for one in best.items), best.rest) == ([1, 2, 3], 0)
    assert best.score == alone.score


def test_what_leaves_something_unexplained_is_less_sure():
    unexplained = judged(batch("277.00", ANNAS, BERTS, NOBODYS), *INVOICES)
    differing = judged(batch("198.00", ANNAS, BERTS), *INVOICES)
    assert max(unexplained.score, differing.score) <= 60
