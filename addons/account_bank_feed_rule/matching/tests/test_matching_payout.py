"""Payouts of cards and providers, and cash deposits."""

import datetime
from decimal import Decimal

import pytest

from ..payouts import told_gross
from .make import DAY, chosen_ids, item, judged, kinds, payment

TID = "54000137"
SHOP = f"Filiale 07 Hannover TID {TID}"


def taken(id, gross, days_ago, source=SHOP, **more):
    """What a source took on a day."""
    values = {
        "kind": "receivable",
        "source": source,
        "date": DAY - datetime.timedelta(days=days_ago),
        "due_date": None,
        "references": (TID,) if source == SHOP else (),
    } | more
    return item(id, (), gross, None, **values)


WEEK = [
    taken(1, "1234.00", 4),
    taken(2, "871.55", 3),
    taken(3, "402.10", 2),
    taken(4, "655.20", 1),
]


def fees(decision):
    return [(one.kind, one.amount) for one in decision.settlement.adjustments]


def test_terminal_and_told_fee_find_the_day():
    text = f"KARTENUMSAETZE TID {TID} BRUTTO 1.234,00 ENTGELT 12,34"
    decision = judged(payment(text=text, amount="1221.66"), *WEEK)
    assert (decision.band, chosen_ids(decision)) == ("post", [1])
    assert fees(decision) == [("charges", Decimal("-12.34"))]


def test_terminal_and_told_fee_find_several_days():
    text = f"TID {TID} BRUTTO 2.105,55 GEB 21,06"
    assert chosen_ids(judged(payment(text=text, amount="2084.49"), *WEEK)) == [1, 2]


def test_a_gross_that_no_days_add_up_to_is_not_posted():
    text = f"TID {TID} BRUTTO 1.230,00 ENTGELT 8,34"
    assert judged(payment(text=text, amount="1221.66"), *WEEK).band != "post"


def test_a_usual_fee_is_enough_where_one_run_of_days_fits():
    decision = judged(payment(text=f"EC-UMSATZ {TID}", amount="1220.00"), *WEEK)
    assert chosen_ids(decision) == [1]
    assert fees(decision) == [("charges", Decimal("-14.00"))]


def test_a_guess_at_later_days_waits_for_its_turn():
    decision = judged(payment(text=f"EC-UMSATZ {TID}", amount="651.93"), *WEEK)
    assert (decision.band, decision.candidates[0].item.id) == ("suggest", 4)
    assert "payout_out_of_turn" in kinds(decision)
    dated = payment(text=f"EC-UMSATZ {TID} {WEEK[3].date:%d.%m.%Y}", amount="651.93")
    assert chosen_ids(judged(dated, *WEEK)) == [4]


def test_two_days_within_the_usual_fee_are_not_posted():
    days = taken(1, "1000.00", 3), taken(2, "1010.00", 2)
    decision = judged(payment(text=f"EC-UMSATZ {TID}", amount="995.00"), *days)
    assert decision.band != "post"
    assert "payout_unclear" in kinds(decision)


def test_the_days_in_the_text_decide_between_them():
    days = taken(1, "1000.00", 3), taken(2, "1010.00", 2)
    one = payment(text=f"EC-UMSATZ {TID} {days[1].date:%d.%m.%Y}", amount="995.00")
    assert chosen_ids(judged(one, *days)) == [2]


def test_the_gross_itself_is_taken_before_a_usual_fee():
    days = taken(1, "1000.00", 3), taken(2, "1010.00", 2)
    decision = judged(payment(text=f"EC-UMSATZ {TID}", amount="1000.00"), *days)
    assert chosen_ids(decision) == [1]
    assert not decision.settlement.adjustments


@pytest.mark.parametrize("amount", ["1190.00", "1180.00", "1240.00"])
def test_a_fee_beyond_the_usual_is_none(amount):
    text = "Gutschrift " + TID
    decision = judged(payment(text=text, amount=amount), taken(1, "1234.00", 1))
    assert (decision.band == "post") == (amount == "1190.00")


def test_a_terminal_of_many_days_is_found():
    days = [taken(i, f"{700 + 37 * i}.13", i) for i in range(1, 31)]
    text = f"TID {TID} BRUTTO 737,13 DISAGIO 4,42"
    assert chosen_ids(judged(payment(text=text, amount="732.71"), *days)) == [1]


def test_two_terminals_named_are_paid_out_together():
    other = taken(9, "500.00", 4, "Filiale 08 Kiel TID 54000999", references=("54000999",))
    text = f"SAMMELAUSZAHLUNG TID {TID} 54000999 BRUTTO 1.734,00 GEBUEHR 17,34"
    assert chosen_ids(judged(payment(text=text, amount="1716.66"), *WEEK, other)) == [1, 9]


def paypal(id, gross, days_ago, shop="DE-WEB", **more):
    return taken(id, gross, days_ago, f"PayPal {shop}", references=(f"ORD-{id}771",), **more)


def test_the_provider_and_a_usual_fee_find_the_orders_of_a_day():
    orders = [paypal(1, "120.00", 1), paypal(2, "79.90", 1), paypal(3, "15.00", 0)]
    one = payment(name="PayPal Europe S.a r.l. et Cie S.C.A", text="AUSZAHLUNG", amount="194.80")
    decision = judged(one, *orders)
    assert (decision.band, sorted(chosen_ids(decision))) == ("post", [1, 2])


def test_the_merchant_account_in_the_text_is_taken():
    orders = paypal(1, "120.00", 1), paypal(2, "121.00", 1, "AT-WEB")
    one = payment(name="PayPal", text="PAYPAL AT-WEB PAYOUT", amount="118.90")
    assert chosen_ids(judged(one, *orders)) == [2]
    unnamed = payment(name="PayPal", text="PAYOUT", amount="118.90")
    assert judged(unnamed, *orders).band != "post"


def test_another_provider_pays_out_nothing_of_it():
    one = payment(name="Stripe Payments Europe Ltd", text="PAYOUT", amount="118.90")
    assert not judged(one, paypal(1, "120.00", 1)).chosen


def test_a_strangers_payment_of_that_amount_is_none():
    assert not judged(payment(name="Anna Blume", amount="118.90"), paypal(1, "120.00", 1)).chosen


def test_money_that_a_provider_takes_is_no_payout():
    one = payment(name="PayPal", text="EINKAUF", amount="-120.00")
    assert not judged(one, paypal(1, "120.00", 1)).chosen


def test_days_after_the_payout_are_not_in_it():
    one = payment(text=f"TID {TID}", amount="1234.00")
    candidates = judged(one, taken(1, "1234.00", -1)).candidates
    assert not any(candidate.has("payout_days") for candidate in candidates)


def test_a_gross_below_the_payout_is_no_gross():
    assert told_gross("ohne Angaben 12,34", Decimal("100")) is None


# ----------------------------------------------------------------------
# Cash
# ----------------------------------------------------------------------


def cash(id, amount, days_ago, shop="Kasse Filiale 07", **more):
    return taken(id, amount, days_ago, shop, **more)


def deposit(amount, text="SB-EINZAHLUNG", **more):
    return payment(text=text, amount=amount, **more)


def test_a_deposit_of_just_what_one_till_held_is_posted():
    tills = cash(1, "1250.00", 1), cash(2, "985.00", 1, "Kasse Filiale 08")
    assert chosen_ids(judged(deposit("1250.00"), *tills)) == [1]
    by_code = deposit("1250.00", "", code="PMNT-CNTR-CDPT")
    assert chosen_ids(judged(by_code, *tills)) == [1]


def test_two_tills_of_one_amount_are_ambiguous_until_the_shop_is_named():
    tills = cash(1, "1250.00", 1), cash(2, "1250.00", 2, "Kasse Filiale 08")
    assert "ambiguous" in kinds(judged(deposit("1250.00"), *tills))
    named = deposit("1250.00", "BAREINZAHLUNG FILIALE 08")
    assert chosen_ids(judged(named, *tills)) == [2]


def test_two_days_in_one_bag_are_posted():
    tills = cash(1, "1250.00", 2), cash(2, "985.00", 1)
    decision = judged(deposit("2235.00", "EINZAHLUNG FILIALE 07"), *tills)
    assert chosen_ids(decision) == [1, 2]


def test_the_bag_in_the_text_takes_what_is_in_it():
    bags = (
        cash(1, "1250.00", 2, references=("4470056",)),
        cash(2, "985.00", 1, references=("4470056",)),
        cash(3, "2235.00", 1, references=("4470057",)),
    )
    decision = judged(deposit("2235.00", "EINZAHLUNG SAFEBAG 4470056"), *bags)
    assert (decision.band, sorted(chosen_ids(decision))) == ("post", [1, 2])
    miscounted = judged(deposit("2230.00", "EINZAHLUNG SAFEBAG 4470056"), *bags)
    assert miscounted.band == "suggest"
    assert sorted(one.id for one in miscounted.candidates[0].items) == [1, 2]


def test_a_shop_in_kassel_is_no_till():
    shop = taken(1, "737.13", 1, "Filiale 02 Kassel TID 54000137", references=(TID,))
    text = f"TID {TID} BRUTTO 737,13 DISAGIO 4,42"
    assert chosen_ids(judged(payment(text=text, amount="732.71"), shop)) == [1]


def test_cash_on_its_way_is_found():
    bag = cash(1, "1250.00", 1, "Filiale 07", kind="transfer")
    assert chosen_ids(judged(deposit("1250.00"), bag)) == [1]


@pytest.mark.parametrize(
    ("one", "till"),
    [
        (deposit("1250.00"), cash(1, "1250.00", 11)),
        (deposit("1250.00"), cash(1, "1250.00", -1)),
        (deposit("1249.00"), cash(1, "1250.00", 1)),
        (deposit("1250.00"), cash(1, "1250.00", 1, "Terminal 5 TID 54000137")),
        (deposit("1250.00", "Zahlung"), cash(1, "1250.00", 1)),
        (deposit("-1250.00"), cash(1, "1250.00", 1)),
        (deposit("1250.00", "EINZAHLUNG FILIALE 08"), None),
    ],
)
def test_what_is_no_deposit_of_a_till_is_not_posted(one, till):
    tills = [till] if till else [cash(1, "1250.00", 1), cash(2, "5.00", 1, "Kasse Filiale 08")]
    assert judged(one, *tills).band != "post"
