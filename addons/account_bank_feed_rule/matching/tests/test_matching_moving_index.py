"""An index that moves through time is the same as one made anew each time."""

import dataclasses
import functools
import random
from decimal import Decimal

import pytest

from ..index import COMMON, ItemIndex
from ..item_names import read_names
from ..moving_index import MovingIndex
from .make import item

LOOKUPS = (
    "_by_number", "_by_reference", "_by_value", "_by_partner", "_by_partner_amount",
    "_by_kind", "_common", "_crowds",
)  # fmt: skip
SUMS = ("size", "crowd", "series", "_own_series", "_series_in", "_shapes_in", "_series_out")


def _many(count, seed=1):
    """Items of some partners, many of which have numbers in common."""
    choose = random.Random(seed)
    kinds = ("document",) * 12 + ("payment", "transfer", "receivable", "settled")
    found = []
    for place in range(count):
        numbers = (f"INV/2026/{place:05d}", f"Rent {choose.randint(1, 4):02d}/2026")
        found.append(
            dataclasses.replace(
                item(
                    f"item-{place}", numbers[: choose.randint(1, 2)], partner=choose.randint(1, 9)
                ),
                kind=choose.choice(kinds),
                residual=Decimal(choose.choice((100, 200, -50))),
                references=choose.choice(
                    ((), (f"RF{choose.randint(10, 14)}",), ("Order 4711/26",))
                ),
            )
        )
    return found


def _contents(index):
    """All that an index knows, without what is empty."""
    lookups = {name: _lists(getattr(index, name)) for name in LOOKUPS}
    sums = {name: getattr(index, name) for name in SUMS}
    amounts = {key: count for key, count in index._by_amount.items() if count}
    return lookups, sums, amounts


def _lists(lookup):
    if isinstance(lookup, list):
        return [_lists(one) for one in lookup]
    return {
        key: _lists(found) if isinstance(found, dict) else list(found)
        for key, found in lookup.items()
        if found
    }


def _assert_same(moving, shown):
    fresh = ItemIndex(shown, None)
    for one, other in ((moving, fresh), (moving.settled, fresh.settled)):
        assert _contents(one) == _contents(other)
        assert one._number_shape.beginnings >= other._number_shape.beginnings
        assert one._number_shape.longest >= other._number_shape.longest
        assert one._reference_shape.beginnings >= other._reference_shape.beginnings
    return fresh


@pytest.mark.parametrize("seed", range(5))
def test_what_is_shown_is_what_an_index_of_just_that_knows(seed):
    items = _many(300, seed)
    choose = random.Random(seed)
    moving = MovingIndex(items, None, functools.cache(read_names))
    shown = choose.sample(items, 200)
    for _day in range(6):
        moving.show(shown)
        fresh = _assert_same(moving, shown)
        assert max(map(len, fresh._crowds)), "no number is common"
        kept = choose.sample(shown, len(shown) - 30)
        new = [one for one in items if one not in shown]
        shown = kept + choose.sample(new, min(len(new), 25))


def test_what_is_paid_in_part_is_entered_with_what_is_left():
    items = _many(60)
    moving = MovingIndex(items)
    moving.show(items)
    shown = [
        dataclasses.replace(one, residual=one.residual / 4) if place % 3 == 0 else one
        for place, one in enumerate(items)
    ]
    moving.show(shown)
    _assert_same(moving, shown)


def test_a_number_is_common_only_for_as_long_as_many_have_it():
    items = [item(f"item-{place}", ("Rent 03/2026",), partner=1) for place in range(COMMON + 1)]
    others = [item(f"other-{place}", (f"INV/2026/{place:05d}",), partner=2) for place in range(99)]
    moving = MovingIndex([*items, *others])
    moving.show([*items, *others])
    assert not list(moving.documents_quoted("Rent 03/2026"))
    moving.show([*items[1:], *others])
    quoted = {one.item.id for one in moving.documents_quoted("Rent 03/2026")}
    assert quoted == {one.id for one in items[1:]}
    moving.show([*items, *others])
    assert not list(moving.documents_quoted("Rent 03/2026"))


def _size(index):
    return index.size


def test_what_strategies_made_of_earlier_items_is_forgotten():
    items = [item(f"item-{place}", (f"INV/2026/{place:05d}",)) for place in range(40)]
    moving = MovingIndex(items)
    for shown in (items, items[:30], items[:35]):
        moving.show(shown)
        assert moving.made(_size) == len(shown)


def test_an_item_that_is_there_twice_stays_there_twice():
    items = _many(50)
    moving = MovingIndex([*items, items[0]])
    for shown in ([*items, items[0]], [items[0], *items[:20]], [*items[:20]]):
        moving.show(shown)
        _assert_same(moving, shown)
