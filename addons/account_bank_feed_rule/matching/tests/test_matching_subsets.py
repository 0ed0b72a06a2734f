"""Which items together are just the amount paid."""

import random
from itertools import combinations
from math import comb

import pytest

from ..subsets import Subset, SubsetSearch, subsets_that_add_up


def positions(search) -> list[tuple[int, ...]]:
    return [one.positions for one in search.found]


def test_the_only_set_is_unique():
    search = subsets_that_add_up([11900, 4990, 23800, 700], 28790)
    assert search.found == (Subset("chosen", (1, 2)),)
    assert search.unique and search.one_combination and not search.ambiguous


def test_everything_comes_first_then_the_oldest_then_the_fewest():
    search = subsets_that_add_up([30, 20, 50, -50, 60, -60], 50, most_results=9)
    assert search.found[:4] == (
        Subset("all", (0, 1, 2, 3, 4, 5)),
        Subset("oldest", (0, 1)),
        Subset("oldest", (0, 1, 2, 3)),
        Subset("chosen", (2,)),
    )


def test_the_fewest_then_the_oldest_of_what_is_chosen():
    search = subsets_that_add_up([1, 60, 40, 70, 30, 100, 90, 10], 100, most_results=9)
    assert positions(search)[:5] == [(5,), (1, 2), (3, 4), (6, 7), (1, 4, 7)]


def test_equal_amounts_are_ambiguous_but_one_combination():
    search = subsets_that_add_up([4990, 1000, 4990], 5990)
    assert search.found == (Subset("oldest", (0, 1)), Subset("chosen", (1, 2)))
    assert search.complete and search.ambiguous and search.one_combination
    assert not search.unique


def test_all_of_some_equal_amounts_are_unique():
    assert subsets_that_add_up([4990, 1000, 4990], 9980).unique


def test_different_amounts_are_not_one_combination():
    search = subsets_that_add_up([30, 70, 40, 60], 100)
    assert positions(search) == [(0, 1), (2, 3)]
    assert search.complete and not search.one_combination


def test_more_than_can_be_returned_is_not_complete():
    search = subsets_that_add_up([5, 5, 5], 5)
    assert positions(search) == [(0,), (1,)]
    assert not search.complete and search.one_combination


def test_a_credit_note_is_taken_off():
    assert positions(subsets_that_add_up([11900, -1900, 5000], 10000)) == [(0, 1)]


def test_a_refund_is_the_mirror_image():
    amounts = [11900, -1900, 5000, 700]
    paid = subsets_that_add_up(amounts, 10700)
    assert subsets_that_add_up([-amount for amount in amounts], -10700) == paid
    assert paid.found


@pytest.mark.parametrize("amounts", [[], [0], [5, -5], [100]])
def test_nothing_adds_up_to_zero(amounts):
    search = subsets_that_add_up(amounts, 0)
    assert not search.found and search.complete


def test_an_item_of_zero_is_never_chosen():
    assert positions(subsets_that_add_up([0, 100, 0], 100)) == [(1,)]
    assert positions(subsets_that_add_up([0, 100, 0], 100, must_have=[2])) == [(1, 2)]


@pytest.mark.parametrize("target", [351, -51, 1, 10**12])
def test_out_of_reach(target):
    assert not subsets_that_add_up([100, 250, -50], target).found


@pytest.mark.parametrize("target", [351, -51])
def test_more_than_everything_leaves_no_choice(target):
    assert subsets_that_add_up([100, 250, -50], target) == SubsetSearch()


def test_what_is_quoted_is_in_every_set():
    amounts = [60, 40, 70, 30]
    assert positions(subsets_that_add_up(amounts, 100)) == [(0, 1), (2, 3)]
    search = subsets_that_add_up(amounts, 100, must_have=[3])
    assert search.found == (Subset("chosen", (2, 3)),)
    assert search.unique


def test_what_is_quoted_may_be_enough():
    search = subsets_that_add_up([60, 40, 70], 100, must_have=[0, 1])
    assert positions(search) == [(0, 1)]
    assert search.choices == 1


def test_what_is_quoted_counts_among_the_items():
    quoted = {"must_have": [0, 1], "most_items": 2}
    assert not subsets_that_add_up([60, 40, 70], 170, **quoted).found
    assert subsets_that_add_up([60, 40, 70], 100, **quoted).unique
    assert not subsets_that_add_up([60, 40, 70], 100, must_have=[0, 1], most_items=1).found


@pytest.mark.parametrize(
    "wrong", [{"must_have": [2]}, {"must_have": [-1]}, {"most_results": 1}], ids=str
)
def test_what_cannot_be_meant(wrong):
    with pytest.raises(ValueError):
        subsets_that_add_up([60, 40], 100, **wrong)


def test_items_too_large_for_the_payment_are_no_choice():
    search = subsets_that_add_up([60, 40, *range(1000, 3000)], 100)
    assert search.unique and search.choices == 3


def test_thirty_equal_instalments_are_cheap():
    search = subsets_that_add_up([4990] * 30, 4990 * 12, effort=200)
    assert search.one_combination and search.ambiguous
    assert search.found[0] == Subset("oldest", tuple(range(12)))
    assert search.choices == 30


# Powers of two add up in one way only, so that what is found is known beforehand.
POWERS = [1 << i for i in range(40)]


def test_everything_and_the_oldest_are_found_without_any_effort():
    amounts = POWERS + [-3] * 10
    search = subsets_that_add_up(amounts, sum(POWERS[:17]), effort=0)
    assert search.found == (Subset("oldest", tuple(range(17))),)
    assert not search.complete and not search.unique
    search = subsets_that_add_up(amounts, sum(amounts), effort=0, most_items=50)
    assert search.found == (Subset("all", tuple(range(50))),)
    assert not subsets_that_add_up(amounts, sum(amounts), effort=0, most_items=49).found


def test_beyond_the_effort_few_items_are_found_and_all_but_few():
    amounts = POWERS[::-1] + [-1]
    few, but_few = (3, 20, 39), tuple(i for i in range(40) if i not in (1, 7, 31))
    for wanted in (few, but_few):
        search = subsets_that_add_up(amounts, sum(amounts[i] for i in wanted))
        assert wanted in positions(search)
        assert not search.complete and not search.unique


def test_all_but_few_may_be_just_as_many_as_are_permitted():
    amounts = POWERS[::-1] + [-1]
    wanted = tuple(i for i in range(41) if i not in (1, 7, 31, 40))
    search = subsets_that_add_up(amounts, sum(amounts[i] for i in wanted), most_items=37)
    assert wanted in positions(search)


def test_how_many_different_amounts_the_default_effort_proves():
    for count, complete in ((27, True), (28, False)):
        odd = [(1 << 40) + power for power in POWERS[:count]]
        assert subsets_that_add_up(odd, sum(odd[::2]) + 1).complete is complete


def test_beyond_the_effort_the_middle_is_not_known():
    odd = [(1 << 40) + power for power in POWERS]
    search = subsets_that_add_up(odd, sum(odd[::2]))
    assert not search.found and not search.complete


def test_few_permitted_items_are_looked_at_in_full():
    odd = [(1 << 40) + power for power in POWERS]
    search = subsets_that_add_up(odd, sum(odd[5:8]), most_items=3)
    assert positions(search) == [(5, 6, 7)] and search.unique
    assert search.choices == comb(40, 1) + comb(40, 2) + comb(40, 3)


def in_reach(amounts, rest, free) -> list[int]:
    """By the definition: those without which no items of the same reach get there."""
    while True:
        highest = sum(max(0, amounts[i]) for i in free)
        lowest = sum(min(0, amounts[i]) for i in free)
        out = [
            i
            for i in free
            if (amounts[i] + lowest > rest if amounts[i] > 0 else amounts[i] + highest < rest)
        ]
        if not out:
            return free if lowest <= rest <= highest else []
        free = [i for i in free if i not in out]


def by_hand(amounts, target, must_have, most_items):
    """All sets that add up, and how many combinations of amounts there are to choose from."""
    free = [i for i, amount in enumerate(amounts) if amount and i not in must_have]
    rest = target - sum(amounts[i] for i in must_have)
    found = []
    for size in range(most_items - len(must_have) + 1):
        for some in combinations(free, size):
            if target and sum(amounts[i] for i in some) == rest:
                found.append(tuple(sorted({*some, *must_have})))
    free, choices = in_reach(amounts, rest, free), set()
    for size in range(most_items - len(must_have) + 1):
        choices |= {tuple(sorted(amounts[i] for i in some)) for some in combinations(free, size)}
    return found, len(choices - ({()} if not must_have else set()))


def kind(one, amounts, must_have) -> str:
    payable = [i for i, amount in enumerate(amounts) if amount or i in must_have]
    if list(one) == payable:
        return "all"
    return "oldest" if list(one) == payable[: len(one)] else "chosen"


def a_case(random) -> dict:
    amounts = [
        random.choice([1, 1, 1, -1]) * random.randint(0, random.choice([3, 12, 40]))
        for _ in range(random.choice([0, 1, 3, 6, 8, 10]))
    ]
    quoted = random.sample(range(len(amounts)), min(len(amounts), random.choice([0, 0, 1, 2])))
    paid = [amount for amount in amounts if random.random() < 0.4]
    return {
        "amounts": amounts,
        "target": random.choice([sum(paid), sum(amounts), random.randint(-9, 60)]),
        "must_have": quoted,
        "most_items": random.choice([2, 3, 5, 40]),
        "most_results": random.choice([2, 2, 3, 7]),
    }


def expected(case):
    quoted = set(case["must_have"])
    sets, choices = by_hand(case["amounts"], case["target"], quoted, case["most_items"])
    ordered = sorted(
        (["all", "oldest", "chosen"].index(kind(one, case["amounts"], quoted)), len(one), one)
        for one in sets
    )
    return [one for _kind, _size, one in ordered], choices


@pytest.mark.parametrize("seed", range(8))
def test_it_agrees_with_trying_everything(seed):
    chance = random.Random(seed)
    for _ in range(150):
        case = a_case(chance)
        amounts, most = case["amounts"], case["most_results"]
        sets, choices = expected(case)
        search = subsets_that_add_up(**case)
        combined = {tuple(sorted(amounts[i] for i in one)) for one in sets}
        assert positions(search) == sets[:most], case
        assert [one.kind for one in search.found] == [
            kind(one, amounts, case["must_have"]) for one in sets[:most]
        ], case
        assert search.complete == (len(sets) <= most), case
        assert search.one_combination == (len(combined) == 1), case
        assert search.ambiguous == (len(sets) > 1), case
        if sets:
            assert search.choices == choices, case


@pytest.mark.parametrize("target", [31, 40, 53])
@pytest.mark.parametrize("most", [2, 20])
def test_the_first_of_very_many(target, most):
    amounts = [7, 3, 12, 1, 9, 5, 11, 2, 8, -1, 6, 10, 4]
    sets, _choices = by_hand(amounts, target, (), 40)
    sets.sort(key=lambda one: (kind(one, amounts, ()) != "oldest", len(one), one))
    assert len(sets) > 20
    search = subsets_that_add_up(amounts, target, most_results=most)
    assert positions(search) == sets[:most]


def test_the_fewest_of_many_equal_sums_come_first():
    amounts = [1, 100, 2, 200, 3, 400, 4, 800, 5, 1600, 6, 3200, 7, 8, 9, 10]
    search = subsets_that_add_up(amounts, 3210, most_results=3)
    assert positions(search) == [(11, 15), (0, 11, 14), (2, 11, 13)]


@pytest.mark.parametrize("seed", range(8))
def test_with_little_effort_it_claims_nothing_that_is_not_so(seed):
    chance = random.Random(1000 + seed)
    incomplete = 0
    for _ in range(150):
        case = a_case(chance)
        sets, _choices = expected(case)
        search = subsets_that_add_up(**case, effort=chance.choice([0, 4, 10, 20, 40]))
        assert set(positions(search)) <= set(sets), case
        assert len(set(positions(search))) == len(search.found) <= case["most_results"], case
        if search.complete:
            assert positions(search) == sets, case
        if search.one_combination:
            amounts = case["amounts"]
            assert len({tuple(sorted(amounts[i] for i in one)) for one in sets}) == 1, case
        special = [one for one in sets if kind(one, case["amounts"], case["must_have"]) != "chosen"]
        assert positions(search)[: len(special)] == special[: case["most_results"]], case
        incomplete += not search.complete
    assert incomplete > 20
