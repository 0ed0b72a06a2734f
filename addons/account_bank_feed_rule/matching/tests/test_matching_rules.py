"""Conditions that people write, and rules in their order."""

import time
from decimal import Decimal

import pytest

from ..bookings import BookingSpec
from ..conditions import TEXT_FIELDS, Condition, matches
from ..explain import explain
from ..rules import RuleSpec, decide
from .make import chosen_ids, index_of, item, kinds, payment

N = "INV/2026/00042"
FEE = payment(
    "fee",
    "Kontoführung  01/2026",
    "-4.90",
    name="Example Bank",
    iban="DE89 3704 0044 0532 0130 00",
    code="PMNT-CCRD",
    reference="ab-12",
    end_to_end_id="E2E-77",
    mandate_id="MND 1",
    return_reason="AC04 closed",
    original_currency="USD",
)

HOLDS = [
    ("text", "contains", "kontofuhrung 01", True),
    ("text", "contains", "KONTOFÜHRUNG 01", True),
    ("text", "contains", "fee", False),
    ("text", "starts_with", "Konto", True),
    ("text", "starts_with", "führung", False),
    ("text", "equals", "kontoführung 01/2026", True),
    ("text", "equals", "kontoführung", False),
    ("text", "not_contains", "fee", True),
    ("text", "not_contains", "kontofuhrung", False),
    ("text", "is_set", "", True),
    ("text", "is_empty", "", False),
    ("text", "regex", r"\bKonto\S+\s+\d\d/\d{4}$", True),
    ("text", "regex", r"\bkonto", False),
    ("text", "regex", r"(?i)\bkonto", True),
    ("text", "regex", r"Kontofuhrung", False),
    ("text", "regex", r"Kontoführung\s{2}01", True),
    ("text", "regex", r"\D{20}", False),
    ("name", "equals", "example bank", True),
    ("iban", "equals", "de89370400440532013000", True),
    ("iban", "starts_with", "DE89", True),
    ("code", "starts_with", "PMNT", True),
    ("reference", "equals", "AB12", True),
    ("end_to_end_id", "equals", "e2e77", True),
    ("mandate_id", "starts_with", "MND1", True),
    ("return_reason", "contains", "ac04", True),
    ("original_currency", "equals", "usd", True),
    ("original_currency", "not_contains", "usd", False),
    ("amount", "equals", "4.9", True),
    ("amount", "less_than", "4.90", False),
    ("amount", "at_most", "4.90", True),
    ("amount", "at_least", "5", False),
    ("amount", "more_than", "4", True),
    ("direction", "equals", "out", True),
    ("direction", "equals", "in", False),
]


@pytest.mark.parametrize(("field", "operator", "value", "expected"), HOLDS)
def test_condition(field, operator, value, expected):
    evidence = matches([Condition(field, operator, value)], FEE)
    assert (evidence is not None) is expected


@pytest.mark.parametrize("field", sorted(TEXT_FIELDS))
def test_a_missing_field_contains_and_equals_nothing(field):
    bare = payment(text="")
    for operator in ("contains", "equals", "starts_with", "regex"):
        assert matches([Condition(field, operator, "a")], bare) is None
    assert matches([Condition(field, "regex", "^")], bare) is None
    assert matches([Condition(field, "is_set")], bare) is None
    for condition in (Condition(field, "not_contains", "a"), Condition(field, "is_empty")):
        assert matches([condition], bare) is not None


def test_no_condition_holds_always():
    assert matches([], payment()) == []


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        (("text", "contains", "fee"), "text contains fee"),
        (("name", "not_contains", "GmbH"), "name does not contain GmbH"),
        (("end_to_end_id", "is_empty"), "end-to-end id is empty"),
        (("mandate_id", "is_set"), "mandate is set"),
        (("text", "regex", r"^\d+$"), r"text matches ^\d+$"),
        (("amount", "at_most", "20"), "amount is at most 20"),
    ],
)
def test_what_a_condition_says(condition, sentence):
    assert Condition(*condition).evidence().sentence == sentence


@pytest.mark.parametrize(
    "wrong",
    [
        ("text", "resembles", "x"),
        ("mood", "equals", "x"),
        ("amount", "contains", "4"),
        ("amount", "equals", "four"),
        ("amount", "equals", "NaN"),
        ("direction", "equals", "up"),
        ("text", "contains", "  "),
        ("iban", "equals", "--"),
        ("text", "regex", ""),
        ("text", "is_empty", "x"),
        ("amount", "is_set", ""),
        ("amount", "not_contains", "4"),
        ("direction", "is_empty", ""),
        ("text", "regex", "("),
        ("text", "regex", "(a+)+$"),
        ("text", "regex", "(a|a)*$"),
        ("text", "regex", "(a*)*b"),
        ("text", "regex", "(?:x?)+y"),
        ("text", "regex", "((ab)*c)*d"),
        ("text", "regex", ".*a.*b.*c"),
        ("text", "regex", "a{0,30}" * 5),
        ("text", "regex", "a" * 201),
    ],
)
def test_a_senseless_or_dangerous_condition_is_refused(wrong):
    with pytest.raises(ValueError):
        Condition(*wrong)


def test_a_pattern_sees_a_bounded_text():
    hostile = payment(text="a" * 100_000)
    started = time.process_time()
    assert matches([Condition("text", "regex", r"a*a*b")], hostile) is None
    # Without the bound this would take hours.
    assert time.process_time() - started < 10


FEES = RuleSpec(
    1,
    "Bank fees",
    "book",
    conditions=(Condition("text", "contains", "fee"),),
    bookings=(BookingSpec(6855),),
)
MATCH = RuleSpec(2, "Invoices")
BOOKS = index_of(item())


@pytest.mark.parametrize(
    ("rules", "rule_id", "chosen"),
    [
        ([MATCH, FEES], 2, [1]),
        ([FEES, MATCH], 1, []),
        ([MATCH], 2, [1]),
        ([FEES], 1, []),
    ],
)
def test_the_order_of_rules_is_respected(rules, rule_id, chosen):
    decision = decide([payment(text=f"{N} fee")], rules, index_of(item()))["p1"]
    assert (decision.band, decision.rule_id, chosen_ids(decision)) == ("post", rule_id, chosen)
    assert [one.account_id for one in decision.bookings] == ([6855] if rule_id == 1 else [])


def test_an_unsure_match_leaves_the_payment_to_the_next_rule():
    decisions = decide([payment(text="fee 10115", amount="4.90")], [MATCH, FEES], BOOKS)
    assert decisions["p1"].rule_id == 1


def test_what_likely_settles_something_is_no_fee():
    decisions = decide([payment(text="fee 2026/00042", amount="118.00")], [MATCH, FEES], BOOKS)
    assert (decisions["p1"].rule_id, decisions["p1"].band) == (2, "suggest")


@pytest.mark.parametrize(("amount", "rule_id"), [("-122.00", 2), ("-3.00", 1)])
def test_a_return_of_what_nobody_knows_is_no_fee_but_its_fee_is(amount, rule_id):
    returned = payment(text="RUECKLASTSCHRIFT fee 3,00", amount=amount)
    assert decide([returned], [MATCH, FEES], BOOKS)["p1"].rule_id == rule_id


def test_the_best_suggestion_is_kept():
    blunt = RuleSpec(3, "By account only", strategies=("counterparty_iban",))
    decisions = decide([payment(text="2026/00042", amount="118.00")], [blunt, MATCH], BOOKS)
    assert (decisions["p1"].band, decisions["p1"].rule_id) == ("suggest", 2)


def test_a_lost_claim_is_not_booked_as_a_fee():
    payments = [
        payment("a", f"{N} fee", name="A"),
        payment("b", f"{N} fee", name="A", days=1),
    ]
    decisions = decide(payments, [MATCH, FEES], index_of(item()))
    assert chosen_ids(decisions["a"]) == [1]
    assert decisions["b"].band == "suggest"
    assert "double_payment" in kinds(decisions["b"])


def test_claims_of_different_rules_meet():
    small = RuleSpec(3, "Reference", direction="in", strategies=("structured_reference",))
    payments = [payment("a", N), payment("b", reference=N, days=1)]
    decisions = decide(payments, [small, MATCH], index_of(item()))
    assert sorted(decision.band for decision in decisions.values()) == ["post", "suggest"]
    assert {decision.rule_id for decision in decisions.values()} == {2, 3}


@pytest.mark.parametrize(
    ("limits", "applies"),
    [
        ({}, True),
        ({"direction": "in"}, True),
        ({"direction": "out"}, False),
        ({"journals": frozenset({7})}, True),
        ({"journals": frozenset({8})}, False),
        ({"amount_min": Decimal(119)}, True),
        ({"amount_min": Decimal("119.01")}, False),
        ({"amount_max": Decimal(119)}, True),
        ({"amount_max": Decimal("118.99")}, False),
    ],
)
def test_when_a_rule_applies(limits, applies):
    rule = RuleSpec(1, "Rule", **limits)
    decision = decide([payment(text=N, journal_id=7)], [rule], index_of(item()))["p1"]
    assert (decision.band == "post") is applies
    assert ("no_rule" in kinds(decision)) is not applies


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "guess"},
        {"kind": "book", "bookings": FEES.bookings},
        {"kind": "book", "conditions": FEES.conditions},
        {"kind": "leave"},
        {"direction": "up"},
        {"strategies": ("telepathy",)},
    ],
)
def test_an_impossible_rule_is_refused(wrong):
    with pytest.raises(ValueError):
        RuleSpec(1, "Rule", **wrong)


def test_a_booking_explains_itself():
    decision = decide([payment(text="Monthly fee")], [FEES], index_of())["p1"]
    assert explain(decision) == "Booked by the rule Bank fees: text contains fee."


@pytest.mark.parametrize(
    "pattern",
    [r"(?:fee|charge)s?\s{1,3}\d{2}/\d{4}", r"Kto\s+\d{4,10}", r".*fee.*", r"(ab){2}", r"\d+,\d\d"],
)
def test_ordinary_patterns_are_welcome(pattern):
    Condition("text", "regex", pattern)


def test_what_a_rule_leaves_is_left_although_a_later_one_is_sure():
    leave = RuleSpec(3, "Ask me", "leave", conditions=FEES.conditions)
    decision = decide([payment(text=f"{N} fee")], [leave, MATCH], index_of(item()))["p1"]
    assert (decision.band, decision.rule_id, decision.candidates) == ("leave", 3, ())
    assert (
        explain(decision)
        == "Left for a person: text contains fee; the rule says that a person decides."
    )


def test_a_payment_whose_parts_do_not_come_out_is_booked_by_no_later_rule():
    net = (BookingSpec(1, "captured", pattern=r"net (\d+)"), BookingSpec(2))
    split = RuleSpec(3, "Split", "book", conditions=FEES.conditions, bookings=net)
    decision = decide([payment(text="fee")], [split, FEES], index_of())["p1"]
    assert (decision.band, decision.rule_id) == ("leave", 3)
    assert "nothing_captured" in kinds(decision)
