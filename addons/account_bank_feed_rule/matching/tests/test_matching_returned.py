"""Returned direct debits and bounced transfers."""

import datetime
from decimal import Decimal

import pytest

from ..returns import how_returned, told_fees
from ..types import Adjustment
from .make import ANNA, BERT, DAY, IBAN_ANNA, IBAN_BERT, chosen_ids, item, judged, kinds, payment

E2E = "E2E-7731-A"
BEFORE = DAY - datetime.timedelta(days=20)


def collected(id=1, number="INV/2026/00042", residual="-119.00", **more):
    """A collected invoice, as its return would take it back."""
    values = {"kind": "settled", "date": BEFORE, "references": (E2E, "M-ANNA-1")} | more
    return item(id, number, residual, **values)


def returned(amount="-119.00", text="RUECKLASTSCHRIFT", **more):
    return payment(text=text, amount=amount, **more)


def fee_of(decision):
    return [(one.kind, one.amount) for one in decision.settlement.adjustments]


def accounts_for_everything(decision, amount):
    settlement = decision.settlement
    parts = [one.amount for one in (*settlement.allocations, *settlement.adjustments)]
    return sum(parts) + settlement.rest == Decimal(amount)


@pytest.mark.parametrize(
    ("code", "text", "reason", "how"),
    [
        ("PMNT-IDDT-UPDD", "", None, "sure"),
        ("PMNT-ICDT-RRTN", "", None, "sure"),
        ("PMNT-RDDT-PMDD", "", None, None),
        ("PMNT-RDDT-ESDD", "", None, None),
        ("NRTI+109", "", None, "sure"),
        ("109", "", None, "sure"),
        ("184", "", None, "sure"),
        ("185", "", None, None),
        ("0137+109", "", None, None),
        (None, "", "AC04", "sure"),
        (None, "Rückbuchung wegen IBAN ungültig", None, "sure"),
        (None, "SEPA-Überweisung Retoure", None, "sure"),
        (None, "Returned direct debit", None, "sure"),
        (None, "Gutschrift zu Ihrer Retoure 4711", None, "said"),
        (None, "Rueckgabe Sessel", None, "said"),
        (None, "Rechnung 4711", None, None),
        (None, "Karls GmbH", None, None),
    ],
)
def test_a_return_is_told_by_code_reason_or_words(code, text, reason, how):
    assert how_returned(payment(text=text, code=code, return_reason=reason)) == how


@pytest.mark.parametrize(
    ("text", "more", "fees"),
    [
        ("RLS ENTGELT 3,00 EUR", {}, {"3.00"}),
        ("RLS GEBUEHR FREMDE BANK 3,00 EIGENE KOSTEN 2,50", {}, {"5.50", "3.00"}),
        ("", {"charges": Decimal("3.5")}, {"3.5"}),
        ("", {"original_amount": Decimal("-119.00"), "original_currency": "EUR"}, {"3.50"}),
        ("", {"original_amount": Decimal("-119.00"), "original_currency": "USD"}, set()),
        ("URSPRUNGSBETRAG 1.119,00", {"amount": "-1122.00"}, {"3.00"}),
        ("Rechnung 4711 vom 01.02.2026", {}, set()),
    ],
)
def test_the_fee_is_read_from_what_the_bank_says(text, more, fees):
    assert told_fees(payment(text=text, **{"amount": "-122.50"} | more)) == set(map(Decimal, fees))


@pytest.mark.parametrize("fee", ["0.00", "3.50", "15.00"])
def test_the_end_to_end_id_finds_the_original_and_the_rest_is_the_fee(fee):
    amount = Decimal("-119.00") - Decimal(fee)
    decision = judged(returned(str(amount), end_to_end_id=E2E), collected())
    assert (decision.band, chosen_ids(decision)) == ("post", [1])
    assert fee_of(decision) == ([("fee", -Decimal(fee))] if Decimal(fee) else [])
    assert accounts_for_everything(decision, amount)


def test_more_than_a_fee_is_not_posted():
    decision = judged(returned("-135.00", end_to_end_id=E2E), collected())
    assert decision.band == "suggest"
    assert "amount_differs" in kinds(decision)


def test_less_than_the_original_is_not_posted():
    assert judged(returned("-118.00", end_to_end_id=E2E), collected()).band == "suggest"


def test_a_large_fee_is_posted_where_the_bank_says_it():
    one = returned("-139.00", end_to_end_id=E2E, charges=Decimal("20"))
    decision = judged(one, collected())
    assert fee_of(decision) == [("fee", Decimal("-20.00"))]
    assert decision.settlement.adjustments == (Adjustment("fee", Decimal("-20.00")),)


def test_a_fee_that_contradicts_what_the_bank_says_is_not_posted():
    one = returned("-122.50", end_to_end_id=E2E, charges=Decimal("5"))
    assert judged(one, collected()).band == "suggest"


def test_the_number_in_the_text_finds_the_original():
    decision = judged(returned("-122.00", "RUECKLASTSCHRIFT INV/2026/00042"), collected())
    assert chosen_ids(decision) == [1]


def test_the_partner_and_the_amount_find_the_original():
    decision = judged(returned("-119.00", iban=IBAN_ANNA), collected(), collected(2, "X77", "-50"))
    assert chosen_ids(decision) == [1]


def test_equal_originals_of_one_partner_are_ambiguous():
    twins = collected(1), collected(2, "INV/2026/00043", references=("E2E-7732-B",))
    decision = judged(returned(iban=IBAN_ANNA), *twins)
    assert decision.band == "suggest"
    assert "ambiguous" in kinds(decision)
    assert {one.item.id for one in decision.candidates} == {1, 2}
    assert chosen_ids(judged(returned(iban=IBAN_ANNA, end_to_end_id=E2E), *twins)) == [1]


def test_documents_paid_together_come_back_together():
    both = collected(1), collected(2, "INV/2026/00043", "-81.00")
    decision = judged(returned("-203.00", end_to_end_id=E2E), *both)
    assert sorted(chosen_ids(decision)) == [1, 2]
    assert fee_of(decision) == [("fee", Decimal("-3.00"))]


def test_a_bounced_transfer_comes_back_as_money_in():
    paid_bill = collected(1, "BILL/77", "119.00", partner=BERT)
    one = returned("116.00", "IBAN ungültig", end_to_end_id=E2E, name="Bert Kramer")
    decision = judged(one, paid_bill)
    assert chosen_ids(decision) == [1]
    assert fee_of(decision) == [("fee", Decimal("-3.00"))]


def test_money_of_the_wrong_direction_undoes_nothing():
    assert not judged(returned("119.00", end_to_end_id=E2E), collected()).chosen


def test_a_later_payment_did_not_come_back():
    late = collected(date=DAY + datetime.timedelta(days=1))
    assert not judged(returned(end_to_end_id=E2E), late).chosen


def test_a_return_settles_nothing_open():
    credit_note = item(5, "RINV/2026/00007", "-119.00")
    decision = judged(returned(iban=IBAN_ANNA), credit_note)
    assert decision.band != "post"
    assert "return_unknown" in kinds(decision)
    assert chosen_ids(judged(returned(iban=IBAN_ANNA), credit_note, collected())) == [1]


def test_an_unknown_return_says_that_it_is_one():
    decision = judged(returned(iban=IBAN_BERT, text="RETOURE SEPA"))
    assert (decision.band, "return_unknown" in kinds(decision)) == ("leave", True)


def test_the_amount_alone_is_a_suggestion_at_most():
    decision = judged(returned(), collected())
    assert decision.band != "post"
    assert decision.candidates[0].item.id == 1


def test_a_number_that_nothing_earlier_has_keeps_from_posting():
    one = returned(text="RUECKLASTSCHRIFT INV/2026/00099", iban=IBAN_ANNA)
    assert judged(one, collected()).band == "suggest"


def test_a_word_that_may_mean_goods_takes_nothing_back():
    one = returned(text="Erstattung Retoure", iban=IBAN_ANNA)
    decision = judged(one, collected())
    assert decision.band != "post"
    credit_note = item(5, "RINV/2026/00007", "-119.00")
    named = returned(text="Retoure RINV/2026/00007", iban=IBAN_ANNA)
    assert chosen_ids(judged(named, credit_note, collected())) == [5]


def test_an_ordinary_payment_undoes_nothing():
    one = payment(text="INV/2026/00042", amount="-119.00", iban=IBAN_ANNA, end_to_end_id=E2E)
    assert not judged(one, collected()).candidates


def test_the_partner_is_not_enough_where_two_amounts_are_near():
    near = collected(1), collected(2, "INV/2026/00043", "-118.00", references=("E2E-8-B",))
    assert (
        judged(returned("-122.00", iban=IBAN_ANNA), *near, collected(3, partner=ANNA)).band
        != "post"
    )
