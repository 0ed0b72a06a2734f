"""All waiting payments together: competing claims are settled before anything is posted.

Each payment is judged alone first. Where several would settle the same open item:

- the highest score has it;
- at equal scores of one counterparty, the earliest payment has it: the others may be
  double payments;
- at equal scores of different counterparties nobody has it.

Who does not get the item is a suggestion with the reason. It never falls back to another
item, because that one was weaker evidence before and has not become stronger. The result
depends on what is in the payments alone, neither on their order nor on how they are cut
into batches afterwards.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from .index import ItemIndex
from .judge import judge
from .normalise import compact, words
from .strategy import Strategy
from .types import Bands, Decision, Evidence, Id, Payment


def settle(
    payments: Iterable[Payment],
    index: ItemIndex,
    bands: Bands,
    strategies: Sequence[Strategy],
    taken: Collection[Id] = frozenset(),
) -> dict[Id, Decision]:
    """Decide on all waiting payments, by payment id.

    :param strategies: those that are on, see :func:`~.strategy.strategies_named`
    :param taken: ids of open items that something else has claimed already
    """
    payments = list(payments)
    alone = {payment.id: judge(payment, index, bands, strategies, taken) for payment in payments}
    return settle_claims(payments, alone)


def settle_claims(
    payments: Iterable[Payment], decisions: Mapping[Id, Decision]
) -> dict[Id, Decision]:
    """Let at most one payment have each open item; the other claims become suggestions."""
    settled = dict(decisions)
    claims: dict[Id, list[Payment]] = defaultdict(list)
    for payment in sorted(payments, key=_stable_key):
        for item in decisions[payment.id].chosen:
            claims[item.id].append(payment)
    for claimants in claims.values():
        if len(claimants) > 1:
            settled.update(_contest(claimants, decisions))
    return settled


def _stable_key(payment: Payment) -> tuple:
    return (payment.date, payment.identity, str(payment.id))


def _contest(claimants: Sequence[Payment], decisions) -> dict[Id, Decision]:
    """The decisions of those who do not get the item; ``claimants`` are the earliest first."""
    highest = max(decisions[payment.id].score for payment in claimants)
    strongest = [payment for payment in claimants if decisions[payment.id].score == highest]
    winner = strongest[0] if _one_counterparty(strongest) else None
    return {
        payment.id: _lost(decisions[payment.id], _why_lost(payment, winner, claimants))
        for payment in claimants
        if payment is not winner
    }


def _one_counterparty(payments: Sequence[Payment]) -> bool:
    if len(payments) == 1:
        return True
    counterparties = {_counterparty(payment) for payment in payments}
    return len(counterparties) == 1 and None not in counterparties


def _counterparty(payment: Payment) -> tuple[str, str] | None:
    if payment.iban:
        return ("iban", compact(payment.iban))
    name = words(payment.name or "")
    return ("name", name) if name else None


def _why_lost(payment: Payment, winner: Payment | None, claimants: Sequence[Payment]) -> Evidence:
    if winner is None:
        others = [str(other.id) for other in claimants if other is not payment]
        return Evidence("contested", 0, {"payments": ", ".join(others), "count": len(others)})
    params = {"payment": str(winner.id), "date": winner.date.isoformat()}
    if _one_counterparty([payment, winner]):
        return Evidence("double_payment", 0, params)
    return Evidence("claimed_by_stronger", 0, params)


def _lost(decision: Decision, reason: Evidence) -> Decision:
    return dataclasses.replace(
        decision, band="suggest", chosen=(), reasons=(*decision.reasons, reason)
    )
