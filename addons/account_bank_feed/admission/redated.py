"""Find what another source has dated otherwise, so that it is not booked a second time.

An interface may tell the day on which a payment was made where the statement tells the
day on which it was booked. Within one source days are never mixed: there another day is
another payment. Across sources two things show that it is one: the bank's own reference;
or that the statement covers the day of what we know but lacks it, and has the same amount
in like words some days before or after.

A payment that is taken for known is not booked, so only the strongest evidence goes
without asking: a reference that looks like one, that no other payment of this amount has,
and a day that the statement covers. All else waits for a person.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

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
    """For each of the arrivals those that are worth a look, some of them more than once.

    Where so many are alike that comparing all would take too long, none is: they prove nothing.
    """
    by_amount = _Index(arrivals, free, lambda e: [e.amount], lambda e: [e.amount])
    by_reference = _Index(
        arrivals,
        free,
        lambda e: [(e.reference, e.amount)] if is_reference(e.reference) else (),
        lambda e: [(reference, e.amount) for reference in e.references],
    )
    by_words = _Index(
        arrivals,
        free,
        lambda e: [(e.date, e.source, e.text, e.amount)],
        lambda e: [(*words, e.amount) for words in e.redated],
    )
    for entry in arrivals:
        yield [
            *by_words.of(entry),
            *by_reference.of(entry),
            *(by_amount.of(entry) if coverage.words else ()),
        ]


class _Index:
    """Those that have something in common with an arrival, unless very many have."""

    def __init__(self, arrivals, free, wanted, offered):
        self._wanted = wanted
        self._here = Counter(key for entry in arrivals for key in wanted(entry))
        self._there = defaultdict(list)
        for entry in free:
            for key in offered(entry):
                if key in self._here:
                    self._there[key].append(entry)

    def of(self, entry):
        for key in self._wanted(entry):
            found = self._there.get(key, ())
            if self._here[key] * len(found) <= COMPARE_ALL_BELOW:
                yield from found


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
        if (entry.date, entry.source, entry.text) in candidate.redated:
            return 0, -1.0, days, False
        if candidate.told_by(entry.source):
            return None
        if is_reference(entry.reference) and entry.reference in candidate.references:
            unique = (entry.reference, entry.amount) not in self.repeated
            asks = not (unique and candidate.date in self.coverage)
            return 1, -closeness(entry.text, candidate, self.similarity), days, asks
        if self.coverage.words and candidate.date in self.coverage:
            alike = closeness(entry.text, candidate, self.similarity)
            if alike >= _LIKE:
                return 2, -alike, days, True
        return None


def _repeated(incoming, known):
    """(reference, amount) that more than one transaction of the statement, or of ours, has."""
    here = Counter((e.reference, e.amount) for e in incoming if e.reference)
    there = Counter((reference, e.amount) for e in known for reference in e.references)
    return {key for counts in (here, there) for key, count in counts.items() if count > 1}
