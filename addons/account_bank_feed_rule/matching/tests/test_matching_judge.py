"""One payment by itself: scores, bands and what keeps it from being posted."""

import datetime
import pathlib
import random

import pytest

from ..explain import explain, reasons_as_data
from ..strategy import all_strategies, strategies_named
from ..types import Bands
from .make import ANNA, BERT, DAY, IBAN_ANNA, IBAN_BERT, chosen_ids, item, judged, kinds, payment

N = "INV/2026/00042"
FOREIGN_IBAN = "FR1420041010050500013M02606"

JUDGED = [
    # text, payment, item, band, and what keeps it from being posted
    (N, {}, {}, "post", ()),
    (N, {"iban": IBAN_ANNA}, {}, "post", ()),
    (N, {"iban": FOREIGN_IBAN}, {}, "post", ()),
    (N, {"iban": IBAN_BERT}, {}, "suggest", {"other_partner"}),
    (N, {"name": "Bert Kramer"}, {}, "post", ()),
    (N, {"amount": "100.00"}, {}, "suggest", {"amount_differs"}),
    (N, {"amount": "100.00", "iban": IBAN_ANNA}, {}, "post", ()),
    (N, {"amount": "100.00", "iban": IBAN_BERT}, {}, "suggest", {"amount_differs"}),
    (N, {"amount": "115.00", "iban": IBAN_ANNA}, {}, "suggest", {"amount_differs"}),
    (N, {"amount": "118.97", "iban": IBAN_ANNA}, {}, "post", ()),
    (N, {"amount": "200.00", "iban": IBAN_ANNA}, {}, "post", ()),
    (N, {"amount": "200.00"}, {}, "suggest", {"amount_differs"}),
    (N, {"currency": "CHF"}, {}, "suggest", {"currency_differs"}),
    (N, {"days": -60}, {}, "post", ()),
    (N, {"days": -61}, {}, "suggest", {"long_before_document"}),
    (N, {}, {"partner": None}, "post", ()),
    ("INV/2026/000 42", {}, {}, "post", ()),
    ("2026/00042", {}, {}, "post", ()),
    ("10115 Berlin", {}, {"number": "10115"}, "suggest", {"hardly_named"}),
    ("10115 Berlin", {"iban": IBAN_ANNA}, {"number": "10115"}, "post", ()),
    ("10115 Berlin", {"name": "Anna Blume"}, {"number": "10115"}, "post", ()),
    ("", {"iban": IBAN_ANNA}, {}, "post", ()),
    ("", {"name": "Anna Blume"}, {}, "post", ()),
    ("", {"name": "Anna Blume", "amount": "118.00"}, {}, "leave", {"amount_differs"}),
    ("", {"iban": IBAN_ANNA, "amount": "50.00"}, {}, "suggest", {"amount_differs"}),
    ("", {"iban": IBAN_BERT}, {}, "leave", {"nothing_open"}),
    ("", {"reference": N}, {}, "post", ()),
    ("", {"end_to_end_id": N}, {}, "post", ()),
    (N, {"reference": N, "end_to_end_id": N}, {}, "post", ()),
    ("", {}, {}, "leave", {"nothing_found"}),
    (N, {"amount": "-119.00"}, {}, "leave", {"opposite_direction"}),
    (N, {"amount": "0.00"}, {}, "leave", {"no_amount"}),
    (N, {"amount": "-119.00"}, {"residual": "-119.00"}, "post", ()),
    (N, {}, {"residual": "-119.00"}, "leave", {"opposite_direction"}),
]


@pytest.mark.parametrize(("text", "paid", "opened", "band", "objections"), JUDGED)
def test_what_becomes_of_it(text, paid, opened, band, objections):
    decision = judged(payment(text=text, **paid), item(**opened))
    assert decision.band == band
    assert bool(decision.chosen) == (band == "post")
    found = {one.kind for one in decision.objections}
    assert found >= set(objections) if objections else not found


BERTS = item(7, "INV/2026/00077", "5.00", BERT)


def test_the_score_is_a_share_of_all_that_it_may_be():
    decision = judged(payment(iban=IBAN_ANNA), *(item(i, f"INV/2026/{i:05}") for i in (1, 2, 3)))
    assert [one.score for one in decision.candidates[:3]] == [33, 33, 33]
    assert decision.band == "suggest"


def test_a_contradiction_lowers_the_points():
    plain = judged(payment(text=N), item()).candidates[0]
    for other in ({"iban": IBAN_BERT}, {"iban": IBAN_BERT, "name": "Bert Kramer"}):
        assert judged(payment(text=N, **other), item()).candidates[0].points < plain.points


def test_what_somebody_else_owes_as_much_is_not_posted_to_whom_he_names():
    """The account says Bert, who owes the same amount; the text names Anna's invoice."""
    mine, theirs = item(1, N), item(2, "INV/2026/00077", partner=BERT)
    decision = judged(payment(text=N, iban=IBAN_BERT), mine, theirs)
    assert decision.band == "suggest"


def test_points_are_those_of_the_evidence():
    best = judged(payment(text="INV 2026 42", iban=IBAN_ANNA), item()).candidates[0]
    assert best.points == sum(one.points for one in best.evidence)


def test_same_number_of_invoice_and_bill_is_told_apart_by_direction():
    invoice, bill = item(1, "2026/00042"), item(2, "2026/00042", "-119.00")
    assert chosen_ids(judged(payment(text="2026/00042"), invoice, bill)) == [1]
    assert chosen_ids(judged(payment(text="2026/00042", amount="-119"), invoice, bill)) == [2]


def test_equal_candidates_are_never_posted():
    twins = item(1, "INV/2026/00042"), item(2, "INV/2026/00042", partner=BERT)
    decision = judged(payment(text=N), *twins, bands=Bands(post=0, suggest=0, margin=1))
    assert decision.band == "suggest"
    assert "ambiguous" in kinds(decision)
    assert len(decision.candidates) == 2


def test_the_amount_tells_instalments_of_one_invoice_apart():
    first, second = item(1, N, "40.00"), item(2, N, "79.00")
    assert chosen_ids(judged(payment(text=N, amount="79.00"), first, second)) == [2]
    assert chosen_ids(judged(payment(text=N, amount="119.00"), first, second)) == [1, 2]


def test_two_quoted_invoices_are_paid_together_or_wait_for_a_person():
    items = item(1, N), item(2, "INV/2026/00043", "50.00")
    both = judged(payment(text=f"{N} INV/2026/00043", amount="169.00"), *items)
    assert chosen_ids(both) == [1, 2]
    one = judged(payment(text=f"{N} INV/2026/00043"), *items)
    assert one.band == "suggest"
    assert "quotes_others" in kinds(one)


def test_a_credit_note_that_is_quoted_is_netted():
    items = item(1, N), item(2, "RINV/2026/00003", "-19.00")
    netted = judged(payment(text=f"{N} RINV/2026/00003", amount="100"), *items)
    assert chosen_ids(netted) == [1, 2]
    ignored = judged(payment(text=f"{N} RINV/2026/00003", amount="119"), *items)
    assert ignored.band == "suggest"


def test_reference_field_against_text():
    items = item(1, N), item(2, "INV/2026/00043")
    decision = judged(payment(text=N, reference="INV/2026/00043"), *items)
    assert decision.band == "suggest"


def test_the_account_alone_is_no_reason_against_a_quoted_document():
    quoted, same_amount = item(1, "INV/2026/00041", "50.00"), item(2, N)
    decision = judged(payment(text="INV/2026/00041", iban=IBAN_ANNA), quoted, same_amount)
    assert decision.band == "suggest"
    assert {one.item.id for one in decision.candidates} == {1, 2}


@pytest.mark.parametrize("said", [{"text": "INV/2026/00041"}, {"reference": "RF18539007547034"}])
def test_the_account_alone_is_no_reason_for_a_document_that_is_not_open(said):
    decision = judged(payment(iban=IBAN_ANNA, **said), item())
    assert decision.band == "suggest"
    assert {"quotes_unknown", "perhaps_mistyped"} & kinds(decision)


def test_two_objections_to_one_oddity_count_once():
    """Bert's number is that of another document, and of none that Anna owes."""
    once = judged(payment(text="INV/2025/09876", iban=IBAN_ANNA), item(), BERTS)
    twice = judged(payment(text="INV/2026/00077", iban=IBAN_ANNA), item(), BERTS)
    assert kinds(twice) >= {"quotes_unknown", "quotes_others"}
    assert twice.score == once.score >= 90


def test_another_payer_is_likely_to_mean_it_only_if_the_amount_is_right():
    equal = judged(payment(text=N, iban=IBAN_BERT), item())
    other = judged(payment(text=N, amount="77.00", iban=IBAN_BERT), item())
    assert equal.score >= 90 > 50 > other.score


def test_digits_that_may_mean_anything_are_no_document_where_the_amount_differs_too():
    decision = judged(payment(text="Filiale 126029", amount="77.00"), item(number="126029"))
    assert {"hardly_named", "amount_differs"} <= kinds(decision)
    assert decision.score < 50


def test_two_items_of_one_amount_and_only_the_account():
    decision = judged(payment(iban=IBAN_ANNA), item(1, N), item(2, "INV/2026/00043"))
    assert (decision.band, decision.score, decision.margin) == ("suggest", 50, 0)


def test_taken_item_is_not_posted_nor_replaced():
    other = item(2, "INV/2026/00043")
    decision = judged(payment(text=N), item(1, N), other, taken={1})
    assert decision.band == "suggest"
    assert "already_claimed" in kinds(decision)


def test_the_amount_is_a_guard_rail_whatever_strategies_are_on():
    on = ["counterparty_iban", "document_number"]
    short = payment(text=N, iban=IBAN_ANNA, amount="115.00")
    assert judged(short, item(), strategies=on, bands=Bands(post=50)).band == "suggest"


def test_bands_are_the_users():
    weak = payment(iban=IBAN_ANNA, amount="50.00")
    assert judged(weak, item()).band == "suggest"
    assert judged(weak, item(), bands=Bands(suggest=50)).band == "leave"
    twins = item(1, N), item(2, "INV/2026/00099", "50.00")
    unsure = payment(text="INV/2026/00099", iban=IBAN_ANNA, amount="50.00")
    assert judged(unsure, *twins, bands=Bands(post=100, margin=100)).band == "post"
    for wrong in ({"margin": 0}, {"post": 101}, {"post": 10}):
        with pytest.raises(ValueError):
            Bands(**wrong)


def test_the_order_of_items_does_not_matter():
    items = [
        item(i, f"INV/2026/{i:05}", due_date=DAY + datetime.timedelta(days=i % 3))
        for i in range(40)
    ]
    paid = payment(iban=IBAN_ANNA, text="INV/2026/00007 INV/2026/00008")
    first = judged(paid, *items)
    for seed in range(5):
        random.Random(seed).shuffle(items)
        assert judged(paid, *items) == first


def test_many_items_of_one_partner_give_few_candidates():
    items = [item(i, f"INV/2026/{i:05}", partner=ANNA) for i in range(500)]
    assert len(judged(payment(iban=IBAN_ANNA), *items).candidates) == 10
    assert len(judged(payment(iban=IBAN_ANNA, amount="1"), *items).candidates) == 3


def test_strategies_are_found_by_being_there():
    here = pathlib.Path(__file__).parent.parent / "strategies"
    files = [path.stem for path in here.glob("*.py") if path.stem != "__init__"]
    assert sorted(all_strategies()) == sorted(files)
    with pytest.raises(ValueError, match="telepathy"):
        strategies_named(["telepathy"])


EXPLANATIONS = [
    (
        payment(text=N),
        "Settles INV/2026/00042 with 100 of 100 points: it quotes INV/2026/00042; "
        "the amount of 119.00 EUR is just what is open.",
    ),
    (
        payment(text="inv 2026/000 42", amount="100.00"),
        "Suggested: INV/2026/00042 with 94 of 100 points: it quotes INV/2026/00042 as "
        '"INV 2026/000 42" (wrapped); 100.00 of 119.00 EUR are paid. Not posted: the amount '
        "differs by -19.00 EUR (100.00 paid, 119.00 open).",
    ),
    (
        payment(),
        "Left for a person: it names no open item, and nobody whom we know.",
    ),
    (
        payment(text=N, amount="-119.00"),
        "Left for a person: it quotes INV/2026/00042, where money must flow the other way.",
    ),
]


@pytest.mark.parametrize(("paid", "sentence"), EXPLANATIONS)
def test_explanation(paid, sentence):
    assert explain(judged(paid, item())) == sentence


def test_reasons_can_be_kept_as_json():
    import json

    decision = judged(payment(text="2026/00042", amount="1", iban=IBAN_BERT), item())
    assert json.loads(json.dumps(reasons_as_data(decision.reasons)))
