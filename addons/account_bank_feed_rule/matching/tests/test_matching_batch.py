"""Registered payments that the bank books in one."""

import datetime

from .make import ANNA, BERT, DAY, chosen_ids, item, judged, kinds, payment

BATCH = "BATCH/OUT/2026/0012"


def ordered(id, residual, partner=ANNA, batch=BATCH, **more):
    """A payment that is in the books and waits for the bank."""
    values = {"kind": "payment", "batch": batch, "references": (f"E2E-99-{id}",)} | more
    return item(id, f"PBNK1/2026/{id:05d}", residual, partner, **values)


BOTH = ordered(1, "-100.00"), ordered(2, "-19.50", BERT)


def test_the_name_of_the_batch_takes_all_of_its_payments():
    for one in (
        payment(text=f"SAMMEL-UEBERWEISUNG 2 POSTEN {BATCH}", amount="-119.50"),
        payment(text="Sammler batch-out-2026-0012", amount="-119.50"),
        payment(end_to_end_id=BATCH, amount="-119.50"),
        payment(reference=BATCH, amount="-119.50"),
    ):
        decision = judged(one, *BOTH)
        assert (decision.band, sorted(chosen_ids(decision))) == ("post", [1, 2])


def test_a_named_batch_of_another_total_is_not_posted():
    decision = judged(payment(text=BATCH, amount="-100.50"), *BOTH)
    assert decision.band != "post"
    assert sorted(one.id for one in decision.candidates[0].items) == [1, 2]


def test_the_total_of_one_batch_is_enough():
    decision = judged(payment(text="SEPA SAMMLER ANZAHL 2", amount="-119.50"), *BOTH)
    assert (decision.band, sorted(chosen_ids(decision))) == ("post", [1, 2])
    assert "batch_total" in kinds(decision)


def test_two_batches_of_one_total_are_ambiguous():
    more = ordered(3, "-110.00", batch="B/13"), ordered(4, "-9.50", BERT, batch="B/13")
    decision = judged(payment(amount="-119.50"), *BOTH, *more)
    assert decision.band != "post"
    assert "ambiguous" in kinds(decision)


def test_the_total_of_an_old_batch_is_not_enough():
    old = [
        ordered(i, r, date=DAY - datetime.timedelta(days=40)) for i, r in ((1, "-100"), (2, "-9"))
    ]
    others = [ordered(10 + i, f"-{i}.10", batch=f"B/{i}") for i in range(1, 30)]
    assert judged(payment(amount="-109.00"), *old, *others).band != "post"


def test_payments_of_one_day_go_together():
    singles = ordered(1, "-100.00", batch=None), ordered(2, "-19.50", BERT, batch=None)
    decision = judged(payment(text="SAMMLER", amount="-119.50"), *singles)
    assert sorted(chosen_ids(decision)) == [1, 2]
    assert "day_total" in kinds(decision)


def test_another_bank_account_does_not_execute_it():
    elsewhere = [ordered(i, r, journal_id="B") for i, r in ((1, "-100.00"), (2, "-19.50"))]
    one = payment(text=BATCH, amount="-119.50", journal_id="A")
    assert judged(one, *elsewhere).band != "post"
    assert judged(payment(text=BATCH, amount="-119.50", journal_id="B"), *elsewhere).band == "post"


def test_money_in_is_no_batch_of_transfers():
    assert not judged(payment(text=BATCH, amount="119.50"), *BOTH).chosen


def test_a_part_of_a_batch_is_not_posted_as_one():
    three = (*BOTH, ordered(3, "-7.77"))
    assert judged(payment(text="SAMMLER", amount="-119.50"), *three).band != "post"
