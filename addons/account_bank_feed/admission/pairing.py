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

    def told_by(self, source: str) -> bool:
        """Whether the source has described it; in other words it then means another one."""
        return any(source == other for other, _text in self.descriptions) or any(
            source == other for _day, other, _text in self.redated
        )


@dataclass(frozen=True, slots=True)
class Pairing:
    """An incoming transaction is this known one; ``similarity`` is 0.0 to 1.0.

    ``asks`` says that more than the words is in doubt.
    """

    known: Known
    similarity: float
    asks: bool = False

    @property
    def doubtful(self) -> bool:
        return self.asks or self.similarity < DOUBTFUL_BELOW


Similarity = Callable[[str, str], float]


def pair(
    incoming: Iterable[Incoming], known: Iterable[Known], similarity: Similarity
) -> dict[Hashable, Pairing]:
    """The incoming transactions that are not new, by their key.

    :param similarity: compares two normalised texts, 0.0 to 1.0
    """
    known_by_day = defaultdict(list)
    for entry in known:
        known_by_day[entry.date, entry.amount].append(entry)
    incoming_by_day = defaultdict(list)
    for entry in incoming:
        if (entry.date, entry.amount) in known_by_day:
            incoming_by_day[entry.date, entry.amount].append(entry)
    pairings: dict[Hashable, Pairing] = {}
    for day, arrivals in incoming_by_day.items():
        pairings.update(_pair_day(arrivals, known_by_day[day], similarity))
    return pairings


def _pair_day(arrivals, known, similarity):
    """Pair the transactions of one day and one amount."""
    pairings, rest, free = _pair_same_words(arrivals, known)
    by_source = defaultdict(list)
    for entry in rest:
        by_source[entry.source].append(entry)
    for source, entries in by_source.items():
        # What this source has described in other words is another transaction.
        eligible = [k for k in free if not k.told_by(source)]
        for entry, pairing in _pair_best_text(entries, eligible, similarity):
            pairings[entry.key] = pairing
            free.remove(pairing.known)
    return pairings


def _pair_same_words(arrivals, known):
    waiting = defaultdict(deque)
    for entry in known:
        for description in entry.descriptions:
            waiting[description].append(entry)
    pairings, rest, taken = {}, [], set()
    for entry in arrivals:
        queue = waiting[entry.source, entry.text]
        while queue and queue[0].key in taken:
            queue.popleft()
        if queue:
            match = queue.popleft()
            taken.add(match.key)
            pairings[entry.key] = Pairing(match, 1.0)
        else:
            rest.append(entry)
    return pairings, rest, [entry for entry in known if entry.key not in taken]


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
    return max((similarity(text, other) for _source, other in candidate.descriptions), default=0.0)
