"""Find what another source has dated otherwise, so that it is not booked a second time.

An interface may tell the day on which a payment was made where the statement tells the
day on which it was booked. Within one source days are never mixed: there another day is
another payment. Across sources two things show that it is one: the bank's own reference;
or that the statement covers the day of what we know but lacks it, and has the same amount
in like words some days before or after.

A payment that is taken for known is not booked, so only the strongest evidence goes
without asking: a reference that looks like one, that no other payment of this amount has,
and a day that the statement covers. All else waits for a person, unless balances tell.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain

from .pairing import COMPARE_ALL_BELOW, Incoming, Known, Pairing, Similarity, closeness

DAYS_APART = 5
"""Days that two sources may date a payment apart: a card payment before a long weekend."""

_LIKE = 0.75
"""Text similarity from which words alone are reason to ask."""
_SHORTEST_REFERENCE = 8
"""Characters of a reference, without leading zeros; shorter ones may start anew each day."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """The days of which a statement tells all; ``words`` says whether these count as evidence."""

    start: date
    end: date
    words: bool = True

    def __contains__(self, day):
        return self.start <= day <= self.end


def is_reference(text: str | None) -> bool:
    """Whether it may tell one payment from all others; ``NONREF`` or ``0001`` may not."""
    bare = (text or "").lstrip("0 ")
    return len(bare) >= _SHORTEST_REFERENCE and any(char.isdigit() for char in bare)


def pair_redated(
    incoming: Iterable[Incoming],
    known: Iterable[Known],
    paired: dict[Hashable, Pairing],
    similarity: Similarity,
    coverage: Coverage,
) -> dict[Hashable, Pairing]:
    """The incoming transactions that are known of another day, by their key.

    :param incoming: all of a statement
    :param known: those with its references, and those of its days
    :param paired: which of them are known of the same day
    """
    incoming, known = list(incoming), list(known)
    taken = {pairing.known.key for pairing in paired.values()}
    arrivals = [entry for entry in incoming if entry.key not in paired]
    free = [entry for entry in known if entry.key not in taken]
    evidence = _Evidence(_repeated(incoming, known), similarity, coverage)
    ranked = sorted(
        (
            (*found, i, candidate)
            for i, candidates in enumerate(_candidates(arrivals, free, coverage))
            for candidate in candidates
            if (found := evidence.of(arrivals[i], candidate))
        ),
        key=lambda row: row[:-1],
    )
    return _best_first(arrivals, ranked)


def _best_first(arrivals, ranked):
    pairings, taken = {}, set()
    for _strength, distance, _days, asks, i, candidate in ranked:
        entry = arrivals[i]
        if entry.key not in pairings and candidate.key not in taken:
            taken.add(candidate.key)
            pairings[entry.key] = Pairing(candidate, -distance, asks)
    return pairings


def _candidates(arrivals, free, coverage):
    """For each of the arrivals those that are worth a look, some of them more than once."""
    indexes = [
        _Index(
            arrivals,
            free,
            lambda e: [(e.reference, e.amount)] if is_reference(e.reference) else (),
            lambda e: [(reference, e.amount) for reference in e.references],
        )
    ]
    if coverage.words:
        indexes.append(_Index(arrivals, free, lambda e: [e.amount], lambda e: [e.amount]))
    for i in range(len(arrivals)):
        yield chain.from_iterable(index.of(i) for index in indexes)


class _Index:
    """Those of about the same days that have something in common with an arrival.

    Where very many have, so that comparing all would take too long, each arrival is compared
    with a few, in the order of their days.
    """

    def __init__(self, arrivals, free, wanted, offered):
        self._here, self._there = _by_key(arrivals, wanted), _by_key(free, offered)
        self._places = [[] for _entry in arrivals]
        for key, group in self._here.items():
            if key in self._there:
                for place, i in enumerate(group.numbers):
                    self._places[i].append((key, place))
        self._free = free

    def of(self, i):
        for key, place in self._places[i]:
            here, there = self._here[key], self._there[key]
            day = here.days[place]
            first, last = there.around(day)
            begin, end = here.around(day)
            most = max(1, COMPARE_ALL_BELOW // (end - begin))
            if last - first > most:
                first = min(first + place - begin, last - most)
            yield from (self._free[j] for j in there.numbers[first : min(last, first + most)])


@dataclass(frozen=True, slots=True)
class _Group:
    """Days in their order, and the number of what is of each."""

    days: list[date]
    numbers: list[int]

    def around(self, day):
        """The places from the first to behind the last of those days that may be meant."""
        margin = timedelta(DAYS_APART)
        return bisect_left(self.days, day - margin), bisect_right(self.days, day + margin)


def _by_key(entries, keys):
    found = defaultdict(list)
    for i, entry in enumerate(entries):
        for key in keys(entry):
            found[key].append((entry.date, i))
    return {key: _Group(*map(list, zip(*sorted(rows), strict=True))) for key, rows in found.items()}


@dataclass(frozen=True, slots=True)
class _Evidence:
    """How strongly two transactions of different days seem to be one."""

    repeated: set[tuple[str, Decimal]]
    similarity: Similarity
    coverage: Coverage

    def of(self, entry, candidate):
        """(rank, -similarity, days apart, whether to ask); the least is the best; None for none."""
        days = abs((entry.date - candidate.date).days)
        if not 0 < days <= DAYS_APART:
            return None
        if candidate.told_by(entry.source):
            return None
        if is_reference(entry.reference) and entry.reference in candidate.references:
            unique = (entry.reference, entry.amount) not in self.repeated
            asks = not (unique and candidate.date in self.coverage)
            return 0, -closeness(entry.text, candidate, self.similarity), days, asks
        if self.coverage.words and candidate.date in self.coverage:
            alike = closeness(entry.text, candidate, self.similarity)
            if alike >= _LIKE:
                return 1, -alike, days, True
        return None


def _repeated(incoming, known):
    """(reference, amount) that more than one transaction of the statement, or of ours, has."""
    here = Counter((e.reference, e.amount) for e in incoming if e.reference)
    there = Counter((reference, e.amount) for e in known for reference in e.references)
    return {key for counts in (here, there) for key, count in counts.items() if count > 1}
