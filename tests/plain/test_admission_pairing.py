"""Which incoming transactions are known already: duplicates within and across sources."""

import datetime
import itertools
import random
import sys
import time
from decimal import Decimal
from pathlib import Path

import pytest

from bank_statement_format import text_similarity

sys.path.append(str(Path(__file__).parents[2] / "addons" / "account_bank_feed"))

from admission import DAYS_APART, Coverage, Incoming, Known, pair, pair_redated

DAY = datetime.date(2026, 1, 2)


def incoming(key, text, amount=50, source="camt.053", date=DAY):
    return Incoming(key, date, Decimal(amount), source, text)


def known(key, text, amount=50, source="camt.053", date=DAY, more=()):
    return Known(key, date, Decimal(amount), frozenset({(source, text), *more}))


def pairs(arrivals, entries):
    found = pair(arrivals, entries, text_similarity)
    return {key: pairing.known.key for key, pairing in found.items()}


def test_nothing_known_means_all_new():
    assert pairs([incoming(1, "ticket")], []) == {}


def test_equal_text_of_one_source_is_the_same_transaction():
    assert pairs([incoming(1, "ticket")], [known("a", "ticket")]) == {1: "a"}


def test_other_text_of_the_same_source_is_another_transaction():
    assert pairs([incoming(1, "ticket")], [known("a", "ticket 2")]) == {}


@pytest.mark.parametrize(
    "change", [{"amount": 51}, {"amount": -50}, {"date": DAY + datetime.timedelta(1)}]
)
def test_another_day_or_amount_is_another_transaction(change):
    assert pairs([incoming(1, "ticket", **change)], [known("a", "ticket")]) == {}


@pytest.mark.parametrize(("arrive", "there"), list(itertools.product(range(4), range(4))))
def test_the_nth_equal_one_pairs_with_the_nth_known_one(arrive, there):
    found = pairs(
        [incoming(n, "ticket") for n in range(arrive)],
        [known(f"k{n}", "ticket") for n in range(there)],
    )
    assert found == {n: f"k{n}" for n in range(min(arrive, there))}


@pytest.mark.parametrize(("arrive", "there"), list(itertools.product(range(4), range(4))))
def test_across_sources_a_day_is_a_multiset(arrive, there):
    found = pairs(
        [incoming(n, f"card payment {n}", source="csv") for n in range(arrive)],
        [known(f"k{n}", f"payment by card no {n}") for n in range(there)],
    )
    assert len(found) == min(arrive, there)
    assert len(set(found.values())) == len(found), "a known one is taken once"


def test_across_sources_the_best_text_wins():
    entries = [known("a", "re 2026 17 muster gmbh berlin"), known("b", "re 2026 18 beispiel ag")]
    arrivals = [
        incoming(1, "beispiel ag 18", source="csv"),
        incoming(2, "muster gmbh 17", source="csv"),
    ]
    assert pairs(arrivals, entries) == {1: "b", 2: "a"}


def test_what_its_own_source_worded_otherwise_is_not_taken():
    """The CSV has told of "a" in its words; another wording of the CSV is another payment."""
    entries = [known("a", "ticket", more=[("csv", "fahrkarte")])]
    assert pairs([incoming(1, "ticket berlin", source="csv")], entries) == {}
    assert pairs([incoming(1, "fahrkarte", source="csv")], entries) == {1: "a"}


def test_every_wording_that_was_seen_counts():
    entries = [known("a", "xyz 4711", more=[("csv", "fahrkarte berlin")])]
    (pairing,) = pair([incoming(1, "fahrkarte", source="api")], entries, text_similarity).values()
    assert not pairing.doubtful


def test_a_pair_without_a_common_word_is_doubtful():
    entries = [known("a", "4711 xyz")]
    (pairing,) = pair([incoming(1, "donation", source="csv")], entries, text_similarity).values()
    assert pairing.doubtful


def test_typed_lines_take_part_like_another_source():
    entries = [known("line", "insurance", source="ledger"), known("other", "one", source="ledger")]
    assert pairs([incoming(1, "one")], entries) == {1: "other"}


def test_several_sources_in_one_file_do_not_take_the_same_one():
    arrivals = [incoming(1, "ticket", source="csv"), incoming(2, "ticket", source="api")]
    found = pairs(arrivals, [known("a", "ticket")])
    assert list(found.values()) == ["a"]


def test_thousands_of_equal_amounts_are_paired_in_file_order():
    arrivals = [incoming(n, f"fee {n}", source="csv") for n in range(300)]
    entries = [known(n, f"charge {n}") for n in range(200)]
    assert pairs(arrivals, entries) == {n: n for n in range(200)}


def test_the_order_of_different_texts_does_not_matter():
    texts = ["alpha one", "beta two", "gamma three", "delta four"]
    expected = {text: text for text in texts}
    for seed in range(10):
        shuffled = random.Random(seed).sample(texts, len(texts))
        arrivals = [incoming(text, text, source="csv") for text in shuffled]
        assert pairs(arrivals, [known(text, f"{text} eur") for text in texts]) == expected


# Known of another day


def redated(arrivals, entries, start=DAY, days=7, words=True):
    coverage = Coverage(start, start + datetime.timedelta(days), words)
    paired = pair(arrivals, entries, text_similarity)
    found = pair_redated(arrivals, entries, paired, text_similarity, coverage)
    return {key: (pairing.known.key, pairing.doubtful) for key, pairing in found.items()}


def later(days):
    return DAY + datetime.timedelta(days)


def api(key, days, text="rent of january", reference="REF20260102", amount=50):
    return Incoming(key, later(days), Decimal(amount), "api", text, reference)


def filed(key, days, text="rent january", reference="REF20260102", amount=50, **values):
    return Known(
        key,
        later(days),
        Decimal(amount),
        frozenset({("camt.053", text)}),
        frozenset({reference} if reference else ()),
        **values,
    )


@pytest.mark.parametrize("days", [1, 2, DAYS_APART])
def test_the_reference_tells_that_it_is_one_payment(days):
    assert redated([api(1, days)], [filed("a", 0)]) == {1: ("a", False)}


@pytest.mark.parametrize(
    ("arrival", "entry"),
    [
        (api(1, DAYS_APART + 1), filed("a", 0)),
        (api(1, 1, amount=51), filed("a", 0)),
        (api(1, 1, text="donation", reference="REF99999999"), filed("a", 0)),
        (api(1, 1, text="donation", reference="NONREF"), filed("a", 0, reference="NONREF")),
        (api(1, 1, text="donation", reference="000000001"), filed("a", 0, reference="000000001")),
        (api(1, 1, text="donation", reference=None), filed("a", 0, reference=None)),
    ],
)
def test_too_little_is_alike(arrival, entry):
    assert redated([arrival], [entry]) == {}


@pytest.mark.parametrize(
    ("arrivals", "entries", "start"),
    [
        ([api(1, 1)], [filed("a", 0)], later(1)),  # the statement does not cover the day
        ([api(1, 1, text="77")], [filed("a", 0)], DAY),  # in other words
        ([api(1, 1, reference=None)], [filed("a", 0)], DAY),  # by like words alone
        ([api(1, 1), api(2, 9)], [filed("a", 0)], DAY),  # the reference is not of one alone
        ([api(1, 1)], [filed("a", 0), filed("b", -30)], DAY),
    ],
)
def test_in_doubt_a_person_is_asked(arrivals, entries, start):
    assert redated(arrivals, entries, start) == {1: ("a", True)}


def test_like_words_are_no_reason_where_balances_tell():
    assert redated([api(1, 1, reference=None)], [filed("a", 0)], words=False) == {}


def test_like_words_are_no_reason_on_a_day_that_is_not_covered():
    assert redated([api(1, 1, reference=None)], [filed("a", 0)], later(1)) == {}


def test_what_the_source_has_told_is_known_in_these_words_only():
    told = frozenset({(later(1), "api", "rent of january")})
    entry = filed("a", 0, redated=told)
    assert pairs([api(1, 1)], [entry]) == {1: "a"}
    for arrival in (api(1, 2), api(1, 0), api(1, 1, "rent of february")):
        assert pairs([arrival], [entry]) == {}
        assert redated([arrival], [entry]) == {}


def test_a_third_source_may_tell_it_on_either_day():
    told = frozenset({(later(1), "api", "rent of january")})
    entry = filed("a", 0, text="miete", redated=told)
    assert pairs([incoming(1, "january")], [entry]) == {}, "its own source"
    for days in (0, 1):
        arrival = incoming(1, "rent 1", source="csv", date=later(days))
        (pairing,) = pair([arrival], [entry], text_similarity).values()
        assert (pairing.known, pairing.doubtful) == (entry, False)


def test_one_that_was_told_on_two_days_is_taken_once():
    told = frozenset({(later(1), "api", "rent of january")})
    entry, other = filed("a", 0, redated=told), filed("b", 1, text="rent")
    csv = [incoming(n, "rent", source="csv", date=later(n)) for n in (0, 1)]
    assert pairs(csv, [entry]) == {0: "a"}
    assert pairs(csv, [entry, other]) == {0: "a", 1: "b"}
    assert pairs([api(1, 1), incoming(0, "rent", source="csv")], [entry]) == {1: "a"}


def test_a_known_one_is_taken_once_and_the_nearest_first():
    arrivals = [api(1, 2), api(2, 1)]
    assert redated(arrivals, [filed("a", 0)]) == {2: ("a", True)}
    both = [api(1, 0), api(2, 1)]
    assert redated(both, [filed("a", 0)]) == {}, "it is known of its own day"


@pytest.mark.parametrize("reference", [None, "REF20260102"])
def test_very_many_of_one_amount_take_no_time_and_are_asked_for(reference):
    arrivals = [api(n, 1, reference=reference) for n in range(30_000)]
    entries = [filed(n, 0, reference=reference) for n in range(30_000)]
    started = time.process_time()
    assert redated(arrivals, entries) == {n: (n, True) for n in range(30_000)}
    assert time.process_time() - started < 10


def test_others_of_the_amount_long_before_change_nothing():
    entries = [filed(n, -DAYS_APART - n // 100, reference=None) for n in range(10_000)]
    entries.append(filed("a", 0, reference=None))
    arrivals = [api(n, 1 + 7 * n, reference=None) for n in range(100)]
    assert redated(arrivals, entries, later(-100), 800) == {0: ("a", True)}
