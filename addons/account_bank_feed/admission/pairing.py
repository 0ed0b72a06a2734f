"""Pair incoming transactions with those that are known already.

Within one source, equal text means the same transaction and another text means
another one: the n-th equal payment of a day pairs with the n-th known one.
Across sources the texts differ (camt, CSV and an API word the same payment each
in their way), so a day's transactions of one amount are compared as a multiset:
every incoming one takes one known one that is still free, best text first, and
only the rest is new.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

DOUBTFUL_BELOW = 0.25
"""Text similarity under which a pairing across sources needs a proof or a person."""

COMPARE_ALL_BELOW = 2_500
"""Comparisons of texts per day and amount; beyond that equal multitudes pair in file order."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A transaction to be judged. ``key`` is the caller's handle."""

    key: Hashable
    date: date
    amount: Decimal
    source: str
    text: str
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """A transaction that is known, with every (source, text) that has described it so far.

    ``redated`` are descriptions on another day: (day, source, text).
    """

    key: Hashable
    date: date
    amount: Decimal
    descriptions: frozenset[tuple[str, str]]
    references: frozenset[str] = frozenset()
    redated: frozenset[tuple[date, str, str]] = frozenset()

    @property
    def days(self) -> set[date]:
        return {self.date, *(day for day, _source, _text in self.redated)}

    def told_on(self, day: date) -> set[tuple[str, str]]:
        """The (source, text) that have described it on a day."""
        told = {(source, text) for other, source, text in self.redated if other == day}
        return told | self.descriptions if day == self.date else told

    def told_by(self, source: str) -> bool:
        """Whether the source has described it; in other words it then means another one."""
        return any(source == other for other, _text in self.descriptions) or any(
            source == other for _day, other, _text in self.redated
        )


@dataclass(frozen=True, slots=True)
class Pairing:
    """An incoming transaction is this known one; ``similarity`` is 0.0 to 1.0.

    ``asks`` says that more than the words is in doubt; ``proven`` that nothing is, by balances.
    """

    known: Known
    similarity: float
    asks: bool = False
    proven: bool = False

    @property
    def doubtful(self) -> bool:
        return not self.proven and (self.asks or self.similarity < DOUBTFUL_BELOW)


Similarity = Callable[[str, str], float]


def pair(
    incoming: Iterable[Incoming], known: Iterable[Known], similarity: Similarity
) -> dict[Hashable, Pairing]:
    """The incoming transactions that are not new, by their key.

    :param similarity: compares two normalised texts, 0.0 to 1.0
    """
    known_by_day = defaultdict(list)
    for entry in known:
        for day in entry.days:
            known_by_day[day, entry.amount].append(entry)
    arrivals = defaultdict(list)
    for entry in incoming:
        if (entry.date, entry.amount) in known_by_day:
            arrivals[entry.date, entry.amount].append(entry)
    pairings: dict[Hashable, Pairing] = {}
    taken: set[Hashable] = set()
    # One that was told on several days must not be taken for its like before its own words come.
    for step in (_pair_same_words, _pair_other_words):
        for day, entries in arrivals.items():
            rest = [entry for entry in entries if entry.key not in pairings]
            free = [entry for entry in known_by_day[day] if entry.key not in taken]
            for entry, pairing in step(rest, free, similarity):
                pairings[entry.key] = pairing
                taken.add(pairing.known.key)
    return pairings


def _pair_same_words(arrivals, known, _similarity):
    """Pair the transactions of one day and one amount that are told as before."""
    waiting, taken = defaultdict(deque), set()
    for entry in known:
        for told in entry.told_on(arrivals[0].date):
            waiting[told].append(entry)
    for entry in arrivals:
        queue = waiting[entry.source, entry.text]
        while queue and queue[0].key in taken:
            queue.popleft()
        if queue:
            match = queue.popleft()
            taken.add(match.key)
            yield entry, Pairing(match, 1.0)


def _pair_other_words(arrivals, known, similarity):
    """Pair those of one day and one amount that another source has told."""
    by_source = defaultdict(list)
    for entry in arrivals:
        by_source[entry.source].append(entry)
    free = list(known)
    for source, entries in by_source.items():
        # What this source has described in other words is another transaction.
        eligible = [k for k in free if not k.told_by(source)]
        for entry, pairing in _pair_best_text(entries, eligible, similarity):
            yield entry, pairing
            free.remove(pairing.known)


def _pair_best_text(entries, eligible, similarity):
    if len(entries) * len(eligible) > COMPARE_ALL_BELOW:
        yield from _pair_in_order(entries, eligible, similarity)
        return
    ranked = sorted(
        (
            (-closeness(entry.text, candidate, similarity), i, j)
            for i, entry in enumerate(entries)
            for j, candidate in enumerate(eligible)
        ),
    )
    taken_entries, taken_known = set(), set()
    for distance, i, j in ranked:
        if i not in taken_entries and j not in taken_known:
            taken_entries.add(i)
            taken_known.add(j)
            yield entries[i], Pairing(eligible[j], -distance)


def _pair_in_order(entries, eligible, similarity):
    for entry, candidate in zip(entries, eligible, strict=False):
        yield entry, Pairing(candidate, closeness(entry.text, candidate, similarity))


def closeness(text, candidate, similarity):
    told = {other for _source, other in candidate.descriptions}
    told.update(other for _day, _source, other in candidate.redated)
    return max((similarity(text, other) for other in told), default=0.0)
