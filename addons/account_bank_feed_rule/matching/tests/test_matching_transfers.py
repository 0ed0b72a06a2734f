"""The two sides of money on its way between our own banks."""

from ..conditions import Condition
from ..index import ItemIndex
from ..partners import Partner, PartnerDirectory
from ..rules import RuleSpec, decide
from .make import item, kinds, payment

A, B, C = "bank A", "bank B", "bank C"
IBANS = {"DE02120300000000202051": A, "DE02500105170137075030": B, "NL91ABNA0417164300": C}
IBAN_OF = {journal: iban for iban, journal in IBANS.items()}
NAMED = RuleSpec(1, "Internal transfers", "transfer")
BY_TEXT = RuleSpec(
    2, "Cash pool", "transfer", conditions=(Condition("text", "contains", "Umbuchung"),)
)


def decisions(*payments, waiting=(), rules=(NAMED, BY_TEXT), taken=frozenset()):
    index = ItemIndex(waiting, PartnerDirectory([Partner(1)], own_ibans=IBANS))
    return decide(payments, rules, index, taken)


def side(id, journal, amount, other=None, days=0, **more):
    """One side, as its bank reports it; ``other`` is the bank whose account it names."""
    iban = IBAN_OF[other] if other else None
    values = {"text": "Umbuchung", "journal_id": journal, "iban": iban} | more
    return payment(id, amount=amount, days=days, **values)


def open_side(id, journal, residual, **more):
    """A side that is in the books; ``residual`` is what is open on the transfer account."""
    return item(id, (), residual, partner=None, kind="transfer", journal_id=journal, **more)


def outcome(decision):
    return decision.band, decision.outcome, [found.id for found in decision.chosen], decision.pair


def test_the_first_side_awaits_the_other():
    decision = decisions(side("a", A, "-500.00", B))["a"]
    assert outcome(decision) == ("post", "transfer", [], None)
    assert {"own_account", "other_side_awaited"} <= kinds(decision)


def test_the_second_side_settles_the_first():
    waiting = [open_side(1, A, "500.00"), open_side(2, A, "-500.00"), open_side(3, C, "500.00")]
    decision = decisions(side("b", B, "500.00", A), waiting=waiting)["b"]
    assert outcome(decision) == ("post", "transfer", [1], None)


def test_both_sides_at_once_know_of_each_other_in_any_order():
    both = side("a", A, "-500.00", B), side("b", B, "500.00", A, days=2)
    for payments in (both, both[::-1]):
        found = decisions(*payments)
        assert (found["a"].pair, found["b"].pair) == ("b", "a")


def test_sides_that_name_other_banks_are_no_pair():
    found = decisions(side("a", A, "-500.00", C), side("b", B, "500.00", A))
    assert (found["a"].pair, found["b"].pair) == (None, None)


def test_sides_of_one_bank_or_far_apart_are_no_pair():
    for late in (side("b", A, "500.00"), side("b", B, "500.00", days=11)):
        found = decisions(side("a", A, "-500.00"), late)
        assert (found["a"].pair, found["b"].pair) == (None, None)


def test_the_side_that_names_the_bank_is_taken_before_one_that_names_none():
    found = decisions(
        side("c", C, "-500.00"), side("a", A, "-500.00", B, days=1), side("b", B, "500.00", days=2)
    )
    assert (found["a"].pair, found["b"].pair, found["c"].pair) == ("b", "a", None)


def test_several_equal_transfers_between_two_banks_are_all_paired():
    outs = [side(f"a{day}", A, "-500.00", B, days=day) for day in (0, 1)]
    ins = [side(f"b{day}", B, "500.00", A, days=day) for day in (1, 2)]
    found = decisions(*ins, *outs)
    assert {found[one.id].pair for one in outs} == {one.id for one in ins}
    assert {found[one.id].pair for one in ins} == {one.id for one in outs}


def test_where_two_banks_are_as_likely_none_is_taken():
    found = decisions(side("a", A, "-500.00"), side("c", C, "-500.00"), side("b", B, "500.00"))
    assert {one.pair for one in found.values()} == {None}


def test_of_two_open_sides_of_different_banks_none_is_settled():
    waiting = [open_side(1, A, "500.00"), open_side(3, C, "500.00")]
    decision = decisions(side("b", B, "500.00"), waiting=waiting)["b"]
    assert outcome(decision) == ("suggest", "transfer", [], None)
    assert [found.item.id for found in decision.candidates] == [1, 3]
    assert "ambiguous" in kinds(decision)


def test_of_two_open_sides_of_one_bank_the_nearest_is_settled():
    waiting = [open_side(1, A, "500.00"), open_side(2, A, "500.00")]
    near = side("b", B, "500.00", A)
    assert outcome(decisions(near, waiting=waiting, taken={1})["b"])[2] == [2]


def test_a_side_that_lost_its_open_item_is_no_pair_for_another():
    waiting = [open_side(1, A, "500.00")]
    found = decisions(
        side("b", B, "500.00", A), side("c", C, "500.00"), side("d", A, "-500.00", C, days=1),
        waiting=waiting,
    )  # fmt: skip
    lost = [one for one in found.values() if one.band == "suggest"]
    assert lost
    assert all(one.pair is None for one in lost)
    assert found["d"].pair not in {one.payment_id for one in lost}


def test_a_payment_that_names_no_account_of_ours_is_no_transfer_by_itself():
    stranger = payment("p", amount="500.00", iban="DE89370400440532013000", journal_id=A)
    assert decisions(stranger, rules=(NAMED,))["p"].rule_id is None


def test_an_account_naming_itself_or_a_payment_of_nothing_is_no_transfer():
    own, nothing = side("a", A, "-1.00", A), side("z", A, "0.00", B)
    found = decisions(own, nothing, rules=(NAMED,))
    assert {one.rule_id for one in found.values()} == {None}
    assert decisions(nothing)["z"].band == "leave"


def test_an_undecided_transfer_is_not_given_to_a_later_rule():
    waiting = [open_side(1, A, "500.00"), open_side(3, C, "500.00")]
    later = RuleSpec(9, "Anything", "leave", conditions=BY_TEXT.conditions)
    decision = decisions(side("b", B, "500.00"), waiting=waiting, rules=(BY_TEXT, later))["b"]
    assert decision.rule_id == 2
