"""Rules in the order that finance gave them: find what is open, book, transfer or leave.

For each payment the first rule that is confident decides. One that books, transfers or leaves
is confident by its conditions: when its parts do not come out, a person decides and no later
rule. What more likely than not settles something is left to no later rule either. What the
matching rules claim is then settled over all payments, see :mod:`~.settle`. A
payment that lost its claim waits for a person; no later rule gets it, since what one rule
found to be a customer's payment must not end up as a bank fee in another.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from .bookings import BookingSpec, book, check_bookings
from .collector import without_collector
from .conditions import DIRECTIONS, Condition, direction, matches
from .errors import RuleError
from .index import ItemIndex
from .judge import DEFAULT_TERMS, judge
from .returns import MOST_FEE
from .sentences import _
from .settle import settle_claims
from .strategy import strategies_named
from .transfers import pair_transfers, transfer
from .types import Bands, Decision, Evidence, Id, Payment, Terms

DEFAULT_BANDS = Bands()
_LIKELY = 50
KINDS = ("match", "book", "transfer", "leave")


@dataclass(frozen=True, slots=True)
class RuleSpec:
    """One rule. It applies when direction, amount and all conditions do.

    ``kind`` is one of

    - ``match``: find open items with the ``strategies`` (None for all), accept differences on
      these ``terms`` and decide by the ``bands``
    - ``book``: book to accounts as the ``bookings`` say
    - ``transfer``: money on its way between our own banks
    - ``leave``: a person decides, no further rule is tried

    ``journals`` are those it is limited to, None for all. ``amount_min`` and ``amount_max``
    are included and compared without sign. ``version`` tells which wording of the rule
    decided.
    """

    id: Id
    name: str
    kind: Literal["match", "book", "transfer", "leave"] = "match"
    version: int = 1
    conditions: tuple[Condition, ...] = ()
    journals: frozenset[Id] | None = None
    direction: Literal["in", "out"] | None = None
    amount_min: Decimal | None = None
    amount_max: Decimal | None = None
    strategies: tuple[str, ...] | None = None
    bands: Bands = DEFAULT_BANDS
    terms: Terms = DEFAULT_TERMS
    bookings: tuple[BookingSpec, ...] = ()

    def __post_init__(self):
        if self.kind not in KINDS:
            raise ValueError(f"A rule's kind is one of {KINDS}, not {self.kind!r}")
        if self.direction not in (None, *DIRECTIONS):
            raise ValueError(f"The direction is one of {DIRECTIONS}, not {self.direction!r}")
        if self.kind == "book":
            check_bookings(self.bookings)
        if self.kind in ("book", "leave") and not self.conditions:
            raise RuleError(
                _("The rule %(name)s needs a condition, or it takes everything"), name=self.name
            )
        strategies_named(self.strategies)

    def applies(self, payment: Payment) -> list[Evidence] | None:
        """The evidence of its conditions when the rule is for this payment, else None."""
        if self.journals is not None and payment.journal_id not in self.journals:
            return None
        if self.direction and direction(payment) != self.direction:
            return None
        if self.amount_min is not None and abs(payment.amount) < self.amount_min:
            return None
        if self.amount_max is not None and abs(payment.amount) > self.amount_max:
            return None
        return matches(self.conditions, payment)


def decide(
    payments: Iterable[Payment],
    rules: Sequence[RuleSpec],
    index: ItemIndex,
    taken: Collection[Id] = frozenset(),
) -> dict[Id, Decision]:
    """Decide on all waiting payments by the rules, in the order given; by payment id.

    :param taken: ids of open items that something else has claimed already
    """
    payments = list(payments)
    with without_collector():
        alone = {payment.id: _by_rules(payment, rules, index, taken) for payment in payments}
        return pair_transfers(payments, settle_claims(payments, alone), index)


def _by_rules(payment: Payment, rules, index: ItemIndex, taken) -> Decision:
    """The first confident rule's decision, else the best suggestion, of equals the first."""
    undecided = []
    for rule in rules:
        evidence = rule.applies(payment)
        if evidence is None:
            continue
        decision = _by_rule(payment, rule, evidence, index, taken)
        if decision is None:
            continue
        if decision.band == "post" or rule.kind != "match" or _is_found_out(payment, decision):
            return decision
        undecided.append(decision)
    if not undecided:
        return Decision(payment.id, "leave", reasons=(Evidence("no_rule"),))
    return max(undecided, key=lambda decision: (decision.band == "suggest", decision.score))


def _is_found_out(payment: Payment, decision: Decision) -> bool:
    """Whether it is known what the payment is, if not for which document: no fee, and no rent.

    It more likely than not settles something, or it came back and is more than the fee for that.
    """
    if decision.score >= _LIKELY:
        return True
    came_back = any(one.kind == "return_unknown" for one in decision.reasons)
    return came_back and abs(payment.amount) > MOST_FEE


_strategies_of = lru_cache(maxsize=256)(strategies_named)
"""The strategies of a rule, looked up once for all payments."""


def _by_rule(payment: Payment, rule: RuleSpec, evidence, index: ItemIndex, taken):
    """What the rule says; None when it has nothing to say about such a payment."""
    if rule.kind == "match":
        strategies = _strategies_of(rule.strategies)
        decision = judge(payment, index, rule.bands, strategies, taken, rule.terms)
    elif rule.kind == "book":
        decision = book(payment, rule.bookings)
    elif rule.kind == "transfer":
        decision = transfer(payment, index, taken, sure=bool(rule.conditions))
    else:
        decision = Decision(payment.id, "leave", reasons=(Evidence("left_by_rule"),))
    return decision and decision.by_rule(rule.id, rule.name, rule.version, evidence)
