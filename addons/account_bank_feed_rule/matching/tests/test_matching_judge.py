"""One payment by itself: scores, bands and what keeps it from being posted."""

import datetime
import random

import pytest

from ..explain import explain, reasons_as_data
from ..strategy import all_strategies, strategies_named
from ..types import Bands
from .make import ANNA, BERT, DAY, IBAN_ANNA, IBAN_BERT, chosen_ids, item, judged, kinds, payment

N = "INV/2026/00042"
FOREIGN_IBAN = "FR1420041010050500013M02606"

SCORES = [
    # text, payment, item, score, band
    (N, {}, {}, 95, "post"),
    (N, {"iban": IBAN_ANNA}, {}, 100, "post"),
    (N, {"iban": FOREIGN_IBAN}, {}, 95, "post"),
    (N, {"iban": IBAN_BERT}, {}, 65, "suggest"),
    (N, {"amount": "100.00"}, {}, 70, "suggest"),
    (N, {"amount": "200.00", "iban": IBAN_ANNA}, {}, 70, "suggest"),
    (N, {"currency": "CHF"}, {}, 70, "suggest"),
    (N, {"days": -60}, {}, 95, "post"),
    (N, {"days": -61}, {}, 75, "suggest"),
    (N, {}, {"partner": None}, 95, "post"),
    ("INV/2026/000 42", {}, {}, 90, "post"),
    ("2026/00042", {}, {}, 75, "suggest"),
    ("2026/00042", {"iban": IBAN_ANNA}, {}, 100, "post"),
    ("10115 Berlin", {}, {"number": "10115"}, 80, "suggest"),
    ("10115 Berlin", {"iban": IBAN_ANNA}, {"number": "10115"}, 100, "post"),
    ("", {"iban": IBAN_ANNA}, {}, 92, "post"),
    ("", {"iban": IBAN_ANNA, "amount": "50.00"}, {}, 55, "suggest"),
    ("", {"iban": IBAN_BERT}, {}, 0, "leave"),
    ("", {"reference": N}, {}, 95, "post"),
    ("", {"end_to_end_id": N}, {}, 95, "post"),
    (N, {"reference": N, "end_to_end_id": N}, {}, 95, "post"),
    ("", {}, {}, 0, "leave"),
    (N, {"amount": "-119.00"}, {}, 0, "leave"),
    (N, {"amount": "0.00"}, {}, 0, "leave"),
    (N, {"amount": "-119.00"}, {"residual": "-119.00"}, 95, "post"),
    (N, {}, {"residual": "-119.00"}, 0, "leave"),
]


@pytest.mark.parametrize(("text", "paid", "opened", "score", "band"), SCORES)
def test_score_and_band(text, paid, opened, score, band):
    decision = judged(payment(text=text, **paid), item(**opened))
    assert (decision.score, decision.band) == (score, band)
    assert bool(decision.chosen) == (band == "post")
    assert bool(decision.objections) == (band != "post")


def test_points_add_up_to_the_score():
    decision = judged(payment(text="INV 2026 42", iban=IBAN_ANNA, amount="119"), item())
    assert min(100, sum(one.points for one in decision.candidates[0].evidence)) == decision.score


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
    whole = judged(payment(text=N, amount="119.00"), first, second)
    assert whole.band == "suggest"
    assert {"adds_up", "amount_differs"} <= kinds(whole)


def test_two_quoted_invoices_are_suggested_even_if_one_has_the_amount():
    items = item(1, N), item(2, "INV/2026/00043", "50.00")
    decision = judged(payment(text=f"{N} INV/2026/00043"), *items)
    assert decision.band == "suggest"
    assert "quotes_others" in kinds(decision)
    both = judged(payment(text=f"{N} INV/2026/00043", amount="169.00"), *items)
    assert both.band == "suggest"
    assert "adds_up" in kinds(both)
    assert {one.item.id for one in both.candidates} == {1, 2}


def test_a_deducted_refund_is_not_ignored():
    items = item(1, N), item(2, "RINV/2026/00003", "-19.00")
    decision = judged(payment(text=f"{N} RINV/2026/00003", amount="100"), *items)
    assert decision.band == "suggest"
    assert {"quotes_others", "adds_up"} <= kinds(decision)


def test_reference_field_against_text():
    items = item(1, N), item(2, "INV/2026/00043")
    decision = judged(payment(text=N, reference="INV/2026/00043"), *items)
    assert decision.band == "suggest"


def test_the_account_alone_is_no_reason_against_a_quoted_document():
    quoted, same_amount = item(1, "INV/2026/00041", "50.00"), item(2, N)
    decision = judged(payment(text="INV/2026/00041", iban=IBAN_ANNA), quoted, same_amount)
    assert decision.band == "suggest"
    assert "quotes_others" in kinds(decision)


@pytest.mark.parametrize("said", [{"text": "INV/2026/00041"}, {"reference": "RF18539007547034"}])
def test_the_account_alone_is_no_reason_for_a_document_that_is_not_open(said):
    decision = judged(payment(iban=IBAN_ANNA, **said), item())
    assert decision.band == "suggest"
    assert "quotes_unknown" in kinds(decision)


def test_two_items_of_one_amount_and_only_the_account():
    decision = judged(payment(iban=IBAN_ANNA), item(1, N), item(2, "INV/2026/00043"))
    assert (decision.band, decision.score, decision.margin) == ("suggest", 75, 0)


def test_taken_item_is_not_posted_nor_replaced():
    other = item(2, "INV/2026/00043")
    decision = judged(payment(text=N), item(1, N), other, taken={1})
    assert decision.band == "suggest"
    assert "already_claimed" in kinds(decision)


def test_the_amount_is_a_guard_rail_even_when_its_strategy_is_off():
    on = ["document_number", "counterparty_iban"]
    paid = payment(text=N, iban=IBAN_ANNA)
    assert judged(paid, item(), strategies=on).band == "post"
    short = payment(text=N, iban=IBAN_ANNA, amount="118.99")
    assert judged(short, item(), strategies=on, bands=Bands(post=50)).band == "suggest"


def test_bands_are_the_users():
    weak = payment(text="2026/00042")
    assert judged(weak, item(), bands=Bands(post=75)).band == "post"
    assert judged(weak, item(), bands=Bands(suggest=80)).band == "leave"
    for wrong in ({"margin": 0}, {"post": 101}, {"post": 30}):
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
    assert len(judged(payment(iban=IBAN_ANNA, amount="1"), *items).candidates) == 5


def test_strategies_are_found_by_being_there():
    assert list(all_strategies()) == [
        "amount",
        "counterparty_iban",
        "document_number",
        "structured_reference",
    ]
    with pytest.raises(ValueError, match="telepathy"):
        strategies_named(["telepathy"])


EXPLANATIONS = [
    (
        payment(text=N),
        "Settles INV/2026/00042 with 95 of 100 points: it quotes INV/2026/00042; "
        "the amount of 119.00 EUR is just what is open.",
    ),
    (
        payment(text="inv 2026/000 42", amount="100.00"),
        "Suggested: INV/2026/00042 with 70 of 100 points: it quotes INV/2026/00042 as "
        '"INV 2026/000 42" (wrapped). Not posted: the amount differs by -19.00 EUR '
        "(100.00 paid, 119.00 open); the score of 70 is below the 90 needed to post.",
    ),
    (
        payment(),
        "Left for a person: it names no open item, and nobody known by the account.",
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
