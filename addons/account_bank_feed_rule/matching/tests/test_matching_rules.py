"""Conditions that people write, and rules in their order."""

import time
from decimal import Decimal

import pytest

from ..conditions import Condition, matches
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
)

HOLDS = [
    ("text", "contains", "kontofuhrung 01", True),
    ("text", "contains", "KONTOFÜHRUNG 01", True),
    ("text", "contains", "fee", False),
    ("text", "starts_with", "Konto", True),
    ("text", "starts_with", "führung", False),
    ("text", "equals", "kontoführung 01/2026", True),
    ("text", "equals", "kontoführung", False),
    ("text", "regex", r"\bkonto\S+\s+\d\d/\d{4}$", True),
    ("text", "regex", r"\D{20}", False),
    ("text", "regex", r"^(?-i:konto)", False),
    ("name", "equals", "example bank", True),
    ("iban", "equals", "de89370400440532013000", True),
    ("iban", "starts_with", "DE89", True),
    ("code", "starts_with", "PMNT", True),
    ("reference", "equals", "AB12", True),
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


def test_a_missing_field_fulfils_nothing():
    assert matches([Condition("name", "contains", "a")], payment()) is None
    assert matches([], payment()) == []


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
    started = time.perf_counter()
    assert matches([Condition("text", "regex", r"a*a*b")], hostile) is None
    # Without the bound this would take hours.
    assert time.perf_counter() - started < 10


WRITE_OFF = RuleSpec(
    1, "Bank fees", "write_off", conditions=(Condition("text", "contains", "fee"),), account_id=6855
)
MATCH = RuleSpec(2, "Invoices")


@pytest.mark.parametrize(
    ("rules", "rule_id", "chosen"),
    [
        ([MATCH, WRITE_OFF], 2, [1]),
        ([WRITE_OFF, MATCH], 1, []),
        ([MATCH], 2, [1]),
        ([WRITE_OFF], 1, []),
    ],
)
def test_the_order_of_rules_is_respected(rules, rule_id, chosen):
    decision = decide([payment(text=f"{N} fee")], rules, index_of(item()))["p1"]
    assert (decision.band, decision.rule_id, chosen_ids(decision)) == ("post", rule_id, chosen)
    assert (decision.account_id == 6855) == (rule_id == 1)


def test_an_unsure_match_leaves_the_payment_to_the_next_rule():
    decisions = decide([payment(text="fee 2026/00042")], [MATCH, WRITE_OFF], index_of(item()))
    assert decisions["p1"].rule_id == 1


def test_the_best_suggestion_is_kept():
    blunt = RuleSpec(3, "By account only", strategies=("counterparty_iban",))
    decisions = decide([payment(text="2026/00042")], [blunt, MATCH], index_of(item()))
    assert (decisions["p1"].band, decisions["p1"].rule_id) == ("suggest", 2)


def test_a_lost_claim_is_not_written_off():
    payments = [
        payment("a", f"{N} fee", name="A"),
        payment("b", f"{N} fee", name="A", days=1),
    ]
    decisions = decide(payments, [MATCH, WRITE_OFF], index_of(item()))
    assert chosen_ids(decisions["a"]) == [1]
    assert decisions["b"].band == "suggest"
    assert "double_payment" in kinds(decisions["b"])


def test_claims_of_different_rules_meet():
    small = RuleSpec(3, "Reference", direction="in", strategies=("structured_reference", "amount"))
    payments = [payment("a", N), payment("b", reference=N, days=1)]
    decisions = decide(payments, [small, MATCH], index_of(item()))
    assert {decision.band for decision in decisions.values()} == {"suggest"}
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
        {"kind": "write_off", "account_id": 1},
        {"kind": "write_off", "conditions": WRITE_OFF.conditions},
        {"direction": "up"},
        {"strategies": ("telepathy",)},
    ],
)
def test_an_impossible_rule_is_refused(wrong):
    with pytest.raises(ValueError):
        RuleSpec(1, "Rule", **wrong)


def test_a_write_off_explains_itself():
    decision = decide([payment(text="Monthly fee")], [WRITE_OFF], index_of())["p1"]
    assert explain(decision) == "Written off by the rule Bank fees: text contains fee."


@pytest.mark.parametrize(
    "pattern",
    [r"(?:fee|charge)s?\s{1,3}\d{2}/\d{4}", r"Kto\s+\d{4,10}", r".*fee.*", r"(ab){2}", r"\d+,\d\d"],
)
def test_ordinary_patterns_are_welcome(pattern):
    Condition("text", "regex", pattern)
