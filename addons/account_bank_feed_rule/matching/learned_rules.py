"""What goes to which account? Learned from what people booked by hand.

Of the payments that went to one account, the condition is sought that most of them fulfil and
others don't: the counterparty's name, its IBAN, the bank's code, or the shortest phrase of the
text. What it leaves is asked again, so that one account may have several rules.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from .conditions import Condition, direction
from .learned import AGAIN, LEAST_SUPPORT, ONE_IN, History, Known, Proposal, propose
from .normalise import compact, words
from .phrases import Run, Texts, as_written, is_generic, phrases, runs, telling_words, words_of
from .types import Id, Payment

LEAST = LEAST_SUPPORT["rule"]
CONTRAST = 50
"""A bank's code is a condition only where so many payments of other codes are known."""
_FIELDS = ("name", "iban", "code", "text")
"""Best first, where as many payments have it in common."""
_PEERS = 40
"""So many of the best conditions of an account are compared with each other."""
_NEARLY = 10
"""A condition is as good as another if at most one case in so many is missing."""


class _Found(NamedTuple):
    """A condition that some payments of an account have in common."""

    field: str
    value: str


@dataclass
class _Past:
    """The payments of one direction, and by what they can be found."""

    entries: Sequence[History]

    @cached_property
    def folded(self) -> list[str]:
        return [words(one.payment.text) for one in self.entries]

    @cached_property
    def _texts(self) -> Texts:
        return Texts(self.folded)

    @cached_property
    def _places(self) -> dict[_Found, list[int]]:
        places = defaultdict(list)
        for place, one in enumerate(self.entries):
            for found in _values(one.payment):
                places[found].append(place)
        return places

    @cached_property
    def _coded(self) -> int:
        return sum(len(some) for found, some in self._places.items() if found.field == "code")

    def tells_apart(self, found: _Found) -> bool:
        """Whether it is no code, or one in contrast to many of others."""
        return found.field != "code" or self._coded - len(self._places[found]) >= CONTRAST

    def fulfilling(self, found: _Found) -> list[int]:
        """The places of the payments for which the condition holds."""
        if found.field == "text":
            return self._texts.containing(found.value)
        return self._places[found]


def propose_rules(history: Sequence[History], known: Known) -> Iterator[Proposal]:
    """Conditions for each account and direction."""
    for way in ("in", "out"):
        past = _Past([one for one in history if direction(one.payment) == way])
        yield from _rules_of(past, way, known)


def _rules_of(past: _Past, way: str, known: Known) -> Iterator[Proposal]:
    examples = _examples(past, way, known)
    shared = {account: _shared(past, places) for account, places in examples.items()}
    spread = _Spread(past, shared)
    for account, found in shared.items():
        for condition in _chosen(found, account, past, spread):
            yield _proposal(condition, found[condition], account, past, way)


# ------------------------------------------------------------------
# Examples
# ------------------------------------------------------------------


def _examples(past: _Past, way: str, known: Known) -> dict[Id, list[int]]:
    """By account the places of what was booked there by hand, and by no rule that exists."""
    found = defaultdict(list)
    for place, one in enumerate(past.entries):
        account = one.account_id
        if one.by_hand and account is not None and account not in known.not_proposed:
            found[account].append(place)
    rules, answers = _rules_by_account(known), _answers_by_account(known, way)
    for account, places in found.items():
        for is_known in (_by_rules(rules[account]), _by_answers(answers[account], past, places)):
            places[:] = [place for place in places if not is_known(past.entries[place].payment)]
    return {account: places for account, places in found.items() if len(places) >= LEAST}


def _rules_by_account(known: Known) -> dict[Id, list]:
    found = defaultdict(list)
    for rule in known.rules:
        accounts = {spec.account_id for spec in rule.bookings}
        if rule.kind == "book" and len(accounts) == 1:
            found[accounts.pop()].append(rule)
    return found


def _answers_by_account(known: Known, way: str) -> dict[Id, list]:
    found = defaultdict(list)
    for answer in known.answers:
        if answer.kind == "rule" and answer.direction in (None, way):
            found[answer.target].append(answer)
    return found


def _by_rules(rules):
    return lambda payment: any(rule.applies(payment) is not None for rule in rules)


def _by_answers(answers, past: _Past, places: list[int]):
    """Silent are answers that no twice as many cases speak for: also in other words."""
    silent = [
        answer.condition
        for answer in answers
        if _count(answer.condition, past, places) < AGAIN * answer.support
    ]
    return lambda payment: any(condition.holds(payment) for condition in silent)


def _count(condition: Condition, past: _Past, places: list[int]) -> int:
    return sum(condition.holds(past.entries[place].payment) for place in places)


# ------------------------------------------------------------------
# What they have in common
# ------------------------------------------------------------------


def _values(payment: Payment) -> Iterator[_Found]:
    """What a payment has as a whole field, as conditions compare it."""
    if payment.name and not is_generic(payment.name):
        yield _Found("name", words(payment.name))
    if payment.iban:
        yield _Found("iban", compact(payment.iban))
    if payment.code and words(payment.code):
        yield _Found("code", words(payment.code))


def _shared(past: _Past, places: list[int]) -> dict[_Found, frozenset[int]]:
    """What enough of the payments at these places share, and which of them."""
    having = defaultdict(set)
    parted = [runs(past.folded[place]) for place in places]
    frequent = _frequent_words(parted)
    for place, parts in zip(places, parted, strict=True):
        for found in _values(past.entries[place].payment):
            having[found].add(place)
        for phrase in phrases(past.folded[place], parts, frequent):
            having[_Found("text", phrase)].add(place)
    return {
        found: frozenset(some)
        for found, some in having.items()
        if len(some) >= LEAST and past.tells_apart(found)
    }


def _frequent_words(parted: Iterable[list[Run]]) -> set[str]:
    counts = Counter(word for parts in parted for word in telling_words(parts))
    return {word for word, count in counts.items() if count >= LEAST}


class _Spread:
    """How common the candidates' words are, and how often phrases stand in other payments.

    Counted once for all accounts. A phrase inside a word is not seen here, so that the
    counter-examples are these at least.
    """

    def __init__(self, past: _Past, shared: dict[Id, dict[_Found, frozenset[int]]]):
        wanted = {one.value for found in shared.values() for one in found if one.field == "text"}
        ends = {word for phrase in wanted for word in (words_of(phrase)[0], words_of(phrase)[-1])}
        self._words: Counter[str] = Counter()
        self._all: Counter[str] = Counter()
        self._booked: Counter[tuple[str, Id]] = Counter()
        for one, text in zip(past.entries, past.folded, strict=True) if wanted else ():
            here = wanted & phrases(text, runs(text), ends)
            for phrase in here:
                self._all[phrase] += 1
                self._booked[phrase, one.account_id] += 1
            for word in {word for phrase in here for word in phrase.split()}:
                self._words[word] += 1

    def otherwise(self, found: _Found, account: Id) -> tuple[int, int]:
        """How many payments with the phrase were treated otherwise, and how many have it."""
        have = self._all[found.value]
        return have - self._booked[found.value, account], have

    def commonness(self, found: _Found) -> int:
        """How many payments have the most common of its words."""
        return max(self._words[word] for word in found.value.split())


# ------------------------------------------------------------------
# The best conditions
# ------------------------------------------------------------------


def _chosen(shared, account: Id, past: _Past, spread: _Spread) -> Iterator[_Found]:
    """Conditions that together cover what can be covered, the one that covers most first."""
    waiting = [
        (-len(places), _rank(found, account, spread), found)
        for found, places in shared.items()
        if _may_hold(found, account, spread)
    ]
    heapify(waiting)
    covered: set[int] = set()
    while waiting:
        peers = _peers(waiting, shared, covered)
        for place, (_gain, _ranked, found) in enumerate(peers):
            if _holds(found, account, past):
                covered |= shared[found]
                yield found
                for peer in peers[place + 1 :]:
                    heappush(waiting, peer)
                break


def _peers(waiting: list, shared, covered: set[int]) -> list:
    """Take the best off those that wait, and those nearly as good; by rank."""
    peers: list = []
    while waiting and len(peers) < _PEERS:
        most = -peers[0][0] if peers else 0
        if peers and -waiting[0][0] * _NEARLY < most * (_NEARLY - 1):
            break
        before, rank, found = heappop(waiting)
        gain = len(shared[found] - covered)
        if gain < LEAST:
            continue
        if -gain == before:
            peers.append((before, rank, found))
        else:
            heappush(waiting, (-gain, rank, found))
    return sorted(peers, key=lambda peer: peer[1:])


def _rank(found: _Found, account: Id, spread: _Spread) -> tuple:
    """Which of two conditions is better that cover as much: the lower one."""
    if found.field != "text":
        return (_FIELDS.index(found.field), 0, 0, 0, 0)
    against, _have = spread.otherwise(found, account)
    return (
        _FIELDS.index("text"),
        against,
        len(words_of(found.value)),
        spread.commonness(found),
        -len(found.value),
    )


def _may_hold(found: _Found, account: Id, spread: _Spread) -> bool:
    if found.field != "text":
        return True
    against, have = spread.otherwise(found, account)
    # The phrase may stand in more payments that agree, within words; so this is generous.
    return ONE_IN * against <= 2 * have


def _holds(found: _Found, account: Id, past: _Past) -> bool:
    """Whether few enough of the payments that fulfil it were treated otherwise."""
    places = past.fulfilling(found)
    against = sum(past.entries[place].account_id != account for place in places)
    return ONE_IN * against <= len(places)


def _proposal(found: _Found, places, account: Id, past: _Past, way: str) -> Proposal:
    examples = [past.entries[place] for place in sorted(places)]
    holding = [past.entries[place] for place in past.fulfilling(found)]
    counters = [one for one in holding if one.account_id != account]
    operator = "contains" if found.field == "text" else "equals"
    value = _as_written(found, examples[-1].payment)
    return propose(
        "rule",
        Condition(found.field, operator, value),
        account,
        examples,
        counters,
        direction=way,
        **_common_treatment(examples),
    )


def _as_written(found: _Found, payment: Payment) -> str:
    if found.field == "text":
        return as_written(found.value, payment.text)
    if found.field == "iban":
        return found.value
    return " ".join(getattr(payment, found.field).split())


def _common_treatment(examples: list[History]) -> dict:
    """Taxes and analytics, each where all examples had the same."""
    booked = [one.booked[0] for one in examples]
    same = {}
    for name in ("tax_ids", "analytic"):
        values = {getattr(one, name) for one in booked}
        if len(values) == 1:
            same[name] = values.pop()
    return same
