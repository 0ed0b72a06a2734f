"""The words of learning: what became of past payments, and what is proposed because of it."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from .conditions import Condition
from .names import read_name
from .normalise import compact, words
from .partners import PartnerDirectory
from .rules import RuleSpec
from .types import Id, Payment

LEAST_SUPPORT = {"iban": 2, "name": 3, "rule": 3}
"""So many cases by hand make a proposal."""
ONE_IN = 20
"""At most one payment in so many that fulfil a condition may have been treated otherwise."""
AGAIN = 2
"""What a person has answered is asked again when so many times as many cases speak for it."""

Kind = Literal["iban", "name", "rule"]
Confidence = Literal["low", "medium", "high"]


@dataclass(frozen=True, slots=True)
class Booked:
    """A journal item that a payment was booked to; the items of its taxes are left out."""

    account_id: Id
    tax_ids: tuple[Id, ...] = ()
    analytic: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class History:
    """What became of a past payment.

    ``partner_id`` is whose payment it was, ``booked`` what it was booked to. ``settled`` tells
    that it was matched with open items, so that its accounts say nothing of its text.
    ``by_hand`` tells that a person decided it, ``person_id`` who, and ``date`` when, each as
    far as known.
    """

    payment: Payment
    partner_id: Id | None = None
    booked: tuple[Booked, ...] = ()
    settled: bool = False
    by_hand: bool = True
    person_id: Id | None = None
    date: datetime.date | None = None

    @property
    def is_decided(self) -> bool:
        """Whether anything is known of it."""
        return self.partner_id is not None or self.settled or bool(self.booked)

    @property
    def account_id(self) -> Id | None:
        """The one account that it was booked to; None for what was split or settled."""
        return self.booked[0].account_id if len(self.booked) == 1 and not self.settled else None


@dataclass(frozen=True, slots=True)
class Answer:
    """A proposal that a person has accepted or rejected, with the support that it had."""

    kind: Kind
    condition: Condition
    target: Id
    support: int
    direction: Literal["in", "out"] | None = None

    @property
    def key(self) -> tuple:
        """What makes it the same proposal."""
        return _key(self)


@dataclass(frozen=True, slots=True)
class Proposal:
    """Something that people did by hand again and again, and that could be done for them.

    ``kind`` tells what it is; ``target`` is a partner for the first two, an account for rules:

    - ``iban``: this account belongs to that partner
    - ``name``: who is called so is that partner; the condition is on the ``name`` or ``text``
    - ``rule``: what fulfils the condition goes to that account

    ``examples`` are the ids of the payments by hand that speak for it, ``counter_examples``
    of those that fulfil the condition and were treated otherwise, the newest first.
    ``people`` and ``days`` count who decided them, and on how many days they were booked.
    ``tax_ids`` and ``analytic`` are given where all examples had the same.
    """

    kind: Kind
    condition: Condition
    target: Id
    examples: tuple[Id, ...]
    counter_examples: tuple[Id, ...] = ()
    direction: Literal["in", "out"] | None = None
    people: int = 0
    days: int = 0
    tax_ids: tuple[Id, ...] = ()
    analytic: tuple[tuple[str, float], ...] = ()

    @property
    def support(self) -> int:
        """How many cases speak for it."""
        return len(self.examples)

    @property
    def key(self) -> tuple:
        """What makes it the same proposal."""
        return _key(self)

    @property
    def confidence(self) -> Confidence:
        """How sure it is, in a word: many cases on several days, and none against it."""
        if self.counter_examples or self.days < 2:
            return "low"
        many = LEAST_SUPPORT[self.kind] + 2
        if self.support >= 2 * many and self.days > 2:
            return "high"
        return "medium" if self.support >= many else "low"


@dataclass(frozen=True, slots=True)
class Known:
    """What needs no proposal.

    :param rules: all that exist, whether they are switched on or not
    :param answers: proposals that a person has accepted or rejected
    :param not_proposed: accounts that no rule should be proposed for, such as suspense
    """

    directory: PartnerDirectory = field(default_factory=PartnerDirectory)
    rules: Sequence[RuleSpec] = ()
    answers: Sequence[Answer] = ()
    not_proposed: frozenset[Id] = frozenset()


def propose(kind: Kind, condition: Condition, target: Id, examples, counters, **more) -> Proposal:
    """The proposal that these examples and counter-examples make.

    :param examples: of :class:`History`, as are the counter-examples
    """
    return Proposal(
        kind,
        condition,
        target,
        _newest_first(examples),
        _newest_first(counters),
        people=len({one.person_id for one in examples} - {None}),
        days=len({one.payment.date for one in examples}),
        **more,
    )


def _newest_first(entries) -> tuple[Id, ...]:
    ordered = sorted(
        entries, key=lambda one: (one.payment.date, one.payment.identity), reverse=True
    )
    return tuple(one.payment.id for one in ordered)


def name_key(name: str) -> str:
    """The name as names are compared: without order, legal forms and spelling of umlauts.

    >>> name_key("Müller, Max") == name_key("MAX MUELLER")
    True
    """
    return " ".join(sorted(read_name(name)[0]))


def _key(proposal: Proposal | Answer) -> tuple:
    value = proposal.condition.value
    if proposal.kind == "name":
        return "name", name_key(value), proposal.target
    value = compact(value) if proposal.condition.field == "iban" else words(value)
    return proposal.kind, proposal.condition.field, value, proposal.direction, proposal.target
