"""What is said in another language: sentences, and whatever is filled into them."""

from typing import get_args

import pytest

from ..conditions import Condition
from ..explain import explain
from ..near_numbers import Error
from ..points import WEAKNESSES
from ..sentences import SENTENCES, STRATEGIES, WORDS
from ..strategy import all_strategies
from ..types import AdjustmentKind, Decision, Evidence
from ..wording import Language, said

GERMAN = {
    SENTENCES["document_number_weak"]: "%(quoted)s ist %(number)s: %(because)s",
    "leading zeros": "führende Nullen",
    "prefix left out": "Präfix weggelassen",
    "it may just as well be %(items)s": "vielleicht %(items)s",
    "%(items)s or %(item)s": "%(items)s oder %(item)s",
    "text": "Text",
    "contains": "enthält",
    "is": "ist",
    "empty": "leer",
    "Left for a person": "Wartet",
}
LANGUAGE = Language(
    lambda text: GERMAN.get(text, text),
    lambda day: ".".join(reversed(day.split("-"))),
    lambda number: number.replace(".", ","),
)


@pytest.mark.parametrize(
    "words",
    [
        [weakness.replace("_", " ") for weakness in WEAKNESSES],
        [error.replace("_", " ") for error in get_args(Error)],
        get_args(AdjustmentKind),
    ],
)
def test_every_word_that_is_filled_in_is_known_to_translators(words):
    assert set(words) <= WORDS


def test_every_condition_is_said_in_words_that_translators_know():
    for field, operator, value in (
        *(("text", name, "x") for name in ("contains", "not_contains", "equals", "starts_with")),
        *(("amount", name, "1") for name in ("less_than", "at_most", "at_least", "more_than")),
        ("text", "regex", "x"),
        ("direction", "equals", "in"),
    ):
        params = Condition(field, operator, value).evidence().params
        assert {params["field"], params["operator"]} <= WORDS
    assert Condition("name", "is_empty").evidence().params["value"] in WORDS


def test_every_strategy_is_known_to_translators():
    assert {strategy.label for strategy in all_strategies().values()} == STRATEGIES


def test_words_dates_and_amounts_are_written_as_the_language_does():
    weak = Evidence(
        "document_number_weak",
        0,
        {"number": "INV/7", "quoted": "7", "because": "prefix left out, leading zeros"},
    )
    assert said(weak, LANGUAGE) == "7 ist INV/7: Präfix weggelassen, führende Nullen"
    discount = Evidence(
        "discount_taken", 0, {"amount": "2.40", "currency": "EUR", "last_day": "2026-01-31"}
    )
    assert said(discount, LANGUAGE).endswith("of 2,40 EUR, allowed until 31.01.2026")


def test_what_people_entered_is_not_translated():
    entered = Condition("text", "contains", "empty").evidence()
    assert said(entered, LANGUAGE) == "Text enthält empty"
    assert said(Condition("text", "is_empty").evidence(), LANGUAGE) == "Text ist leer"


def test_several_are_joined_in_the_language():
    rivals = Evidence("ambiguous", 0, {"items": "INV/1 or INV/2 or INV/3", "count": 3})
    assert said(rivals, LANGUAGE) == "vielleicht INV/1 oder INV/2 oder INV/3"


def test_what_machines_read_stays_as_it_is():
    rivals = Evidence("ambiguous", 0, {"items": "INV/1 or INV/2", "count": 2})
    decision = Decision(1, "leave", reasons=(rivals,))
    assert explain(decision, LANGUAGE) == "Wartet: vielleicht INV/1 oder INV/2."
    assert rivals.params["items"] == "INV/1 or INV/2"
