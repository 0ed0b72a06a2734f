"""Which open items together are just the amount paid? Exact sums of whole minor units.

The items come oldest first, invoices and credit notes with opposite signs. What people do
deliberately is told from what merely adds up: to pay everything (``all``), the oldest so many
(``oldest``), or some (``chosen``).

The items are cut into two halves, and the sums of one half are looked up among those of the
other ("meet in the middle"): 2 · 2¹³ partial sums instead of 2²⁶ sets. Equal amounts are one
group of which a number is taken: thirty equal instalments make 31 partial sums, not 2³⁰.

Within ``most_items``, these are always looked at: everything, and the oldest so many. All
other sets are, too, if their partial sums fit the effort: at the default those of up to 27
different amounts, where items too large for the payment do not count; equal ones cost less.
Beyond that, the sets of up to ``k`` items and those that leave out up to ``k`` are looked at, and
``complete`` is false: k is 6 at 30 different amounts, 4 at 40, 3 at 60, 2 at 100, 1 at 240.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import nsmallest
from itertools import accumulate, chain, combinations, islice
from math import comb
from operator import add

KINDS = ("all", "oldest", "chosen")
"""Whether the items are everything, the oldest so many, or some; the likeliest habit first."""


@dataclass(frozen=True, slots=True)
class Subset:
    """Items that add up, by ascending position; ``kind`` is one of :data:`KINDS`."""

    kind: str
    positions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SubsetSearch:
    """What adds up, and how far one may rely on there being nothing else.

    ``found`` is in the order of :data:`KINDS`, then fewest items, then oldest items first.
    ``complete``: no other permitted set adds up. False when the effort did not suffice to
    know, and when there are more than ``most_results``.
    ``one_combination``: it is certain that just one combination of *amounts* adds up. If the
    sets are still several, they differ in which of some equal items they take.
    ``choices``: how many combinations of amounts there were to choose from, for the
    probability that one agrees by chance. Items too large for any set do not count.
    """

    found: tuple[Subset, ...] = ()
    complete: bool = True
    one_combination: bool = False
    choices: int = 0

    @property
    def unique(self) -> bool:
        """Certain that these items and no others add up."""
        return self.complete and len(self.found) == 1

    @property
    def ambiguous(self) -> bool:
        """Certain that several sets add up."""
        return len(self.found) > 1


def subsets_that_add_up(
    amounts: Sequence[int],
    target: int,
    *,
    must_have: Collection[int] = (),
    most_items: int = 40,
    most_results: int = 2,
    effort: int = 50_000,
) -> SubsetSearch:
    """The sets of items whose amounts add up to the target.

    >>> subsets_that_add_up([4990, 1000, 7500], 8500).found
    (Subset(kind='chosen', positions=(1, 2)),)
    >>> equal = subsets_that_add_up([4990, 4990, 1000], 5990)
    >>> [one.positions for one in equal.found], equal.unique, equal.one_combination
    ([(0, 2), (1, 2)], False, True)

    :param amounts: minor units, oldest item first; items of zero are never chosen
    :param target: minor units; nothing adds up to zero
    :param must_have: positions that are in every set, since the payer quoted them
    :param most_items: in one set, with ``must_have``
    :param most_results: at least 2, so that ambiguity shows
    :param effort: bounds the time; a partial sum costs two, and more from 120 items on
    :raises ValueError: ``must_have`` names no position, or ``most_results`` is below 2
    """
    required = frozenset(must_have)
    if most_results < 2 or not all(0 <= position < len(amounts) for position in required):
        raise ValueError("must_have names positions, and most_results is at least 2")
    rest = target - sum(amounts[position] for position in required)
    free = _within_reach(amounts, rest, required)
    if not target or free is None or len(required) > most_items:
        return SubsetSearch()
    most = min(most_items - len(required), len(free))
    search = _Search([amounts[position] for position in free], rest, most, effort)
    masks = search.combinations(most_results + 1)
    sets = {
        tuple(sorted([*required, *(free[i] for i in search.indexes(equal))]))
        for mask in masks
        for equal in search.with_equals(mask, most_results + 1)
    }
    payable = [i for i, amount in enumerate(amounts) if amount or i in required]
    oldest = set(_oldest(amounts, target, payable, required, most_items))
    found = [Subset(_kind(one, payable, oldest), one) for one in sets | oldest]
    found.sort(key=lambda one: (KINDS.index(one.kind), len(one.positions), one.positions))
    return SubsetSearch(
        found=tuple(found[:most_results]),
        complete=search.exhaustive and len(found) <= most_results,
        one_combination=search.exhaustive and len(masks) == 1,
        choices=search.choices - (not required),
    )


def _within_reach(amounts: Sequence[int], rest: int, required: Collection[int]) -> list | None:
    """The positions that can be in a set; None if all of them cannot reach the target."""
    free = [i for i, amount in enumerate(amounts) if amount and i not in required]
    while True:
        highest = sum(amounts[i] for i in free if amounts[i] > 0)
        lowest = sum(amounts[i] for i in free if amounts[i] < 0)
        if not lowest <= rest <= highest:
            return None
        # An item is out if even all items of the other sign cannot make up for it.
        kept = [i for i in free if rest - highest <= amounts[i] <= rest - lowest]
        if len(kept) == len(free):
            return free
        free = kept


def _oldest(amounts, target, payable, required, most_items) -> Iterable[tuple[int, ...]]:
    sums = accumulate(amounts[position] for position in payable[:most_items])
    for count, total in enumerate(sums, 1):
        if total == target and required.issubset(payable[:count]):
            yield tuple(payable[:count])


def _kind(positions: tuple[int, ...], payable: Sequence[int], oldest: Collection) -> str:
    if len(positions) == len(payable):
        return "all"
    return "oldest" if positions in oldest else "chosen"


class _Search:
    """All sums of some items, in two halves.

    A set is a *mask* in which the oldest item is the highest bit. Its *rank* is
    ``(items << n) - mask``: the lower, the fewer or else the older the items. Ranks add up like
    amounts, so the first sets of the whole are made of the first ones of the halves.
    """

    def __init__(self, values: Sequence[int], rest: int, most: int, effort: int):
        self.n, self.rest, self.most, self.total = len(values), rest, most, sum(values)
        groups = defaultdict(list)
        for i, value in enumerate(values):
            groups[value].append(1 << (self.n - 1 - i))
        # By multiplicity, so that dealing them out makes halves of about the same size.
        groups = sorted(groups.items(), key=lambda group: len(group[1]))
        self.halves = groups[::2], groups[1::2]
        self.equals = [bits for _value, bits in groups if len(bits) > 1]
        left, right = (_by_size(half, most) for half in self.halves)
        up_to = list(accumulate(right))
        self.choices = sum(count * up_to[most - size] for size, count in enumerate(left))
        costs = map(add, accumulate(left), up_to)
        self.size = bisect_right(list(costs), effort // (2 + self.n // 120)) - 1
        self.exhaustive = self.size >= most

    def combinations(self, wanted: int) -> list[int]:
        """The first masks, one per combination of amounts; of equal items the oldest."""
        if self.size < 0:
            return []
        masks = self._meet(self.rest, wanted)
        if not self.exhaustive and self.n - self.size <= self.most:
            everything = (1 << self.n) - 1
            left_out = self._meet(self.total - self.rest, wanted)
            masks += [everything ^ mask for mask in left_out]
        return [mask for mask in masks if mask.bit_count() <= self.most]

    def _meet(self, target: int, wanted: int) -> list[int]:
        left, right = self._sums
        met = set(left).intersection([target - one for one in right])
        if not met:
            return []
        lefts = _first(left, self._ranks[0], met, wanted)
        rights = _first(right, self._ranks[1], {target - one for one in met}, wanted)
        ranks = (a + b for one in met for a in lefts[one] for b in rights[target - one])
        return [-rank & ((1 << self.n) - 1) for rank in nsmallest(wanted, ranks)]

    @cached_property
    def _sums(self) -> list[list[int]]:
        return [
            self._partial([[value] * len(bits) for value, bits in half]) for half in self.halves
        ]

    @cached_property
    def _ranks(self) -> list[list[int]]:
        """In the order of the sums. Apart from them, because mostly nobody needs them."""
        one = 1 << self.n
        return [
            self._partial([[one - bit for bit in bits] for _value, bits in half])
            for half in self.halves
        ]

    def _partial(self, groups: list[list[int]]) -> list[int]:
        """What any permitted number of each group adds up to, the first ones of it taken."""
        if self.size < self.n:
            return self._partial_up_to_size(groups)
        sums = [0]
        for group in groups:
            sums += [known + step for step in accumulate(group) for known in sums]
        return sums

    def _partial_up_to_size(self, groups: list[list[int]]) -> list[int]:
        sums = [[0], *([] for _ in range(self.size))]
        for group in groups:
            steps = list(accumulate(group[: self.size]))
            for size in range(self.size, 0, -1):
                for taken, step in enumerate(steps[:size], 1):
                    sums[size] += [known + step for known in sums[size - taken]]
        return list(chain.from_iterable(sums))

    def with_equals(self, mask: int, wanted: int) -> list[int]:
        """The first masks that take as many of each amount, the oldest first."""
        masks = [mask]
        for bits in self.equals:
            taken = mask & sum(bits)
            ways = list(islice(combinations(bits, taken.bit_count()), wanted))
            masks = [one - taken + sum(way) for one in masks for way in ways]
            masks = sorted(masks, reverse=True)[:wanted]
        return masks

    def indexes(self, mask: int) -> list[int]:
        """Of the values, ascending."""
        return [i for i in range(self.n) if mask >> (self.n - 1 - i) & 1]


def _first(sums: list[int], ranks: list[int], met: set[int], wanted: int) -> dict:
    """By sum, the lowest ranks; more of a half are not needed for the lowest of the whole."""
    by_sum = defaultdict(list)
    for total, rank in zip(sums, ranks, strict=True):
        if total in met:
            by_sum[total].append(rank)
    return {total: sorted(some)[:wanted] for total, some in by_sum.items()}


def _by_size(groups: Sequence[tuple[int, list]], most: int) -> list[int]:
    """How many combinations of amounts have 0, 1, … ``most`` items."""
    single = sum(1 for _value, bits in groups if len(bits) == 1)
    counts = [comb(single, size) for size in range(most + 1)]
    for _value, bits in groups[single:]:  # sorted by multiplicity
        total = [0, *accumulate(counts)]
        counts = [total[k + 1] - total[max(0, k - len(bits))] for k in range(most + 1)]
    return counts
