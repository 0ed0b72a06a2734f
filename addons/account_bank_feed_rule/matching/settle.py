"""All waiting payments together: competing claims are settled before anything is posted.

Each payment is judged alone first. Where several would settle the same open item, and it is
not enough for all of them:

- whoever has the most points of evidence has it;
- at equal points of one counterparty, the earliest payment has it: the others may be
  double payments;
- at equal points of different counterparties nobody has it.

Who does not get the item is a suggestion with the reason. It never falls back to another
item, because that one was weaker evidence before and has not become stronger. The result
depends on what is in the payments alone, neither on their order nor on how they are cut
into batches afterwards.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from .index import ItemIndex
from .judge import DEFAULT_TERMS, judge
from .normalise import compact, words
from .strategy import Strategy
from .types import Allocation, Bands, Decision, Evidence, Id, Payment, Terms


def settle(
    payments: Iterable[Payment],
    index: ItemIndex,
    bands: Bands,
    strategies: Sequence[Strategy],
    taken: Collection[Id] = frozenset(),
    terms: Terms = DEFAULT_TERMS,
) -> dict[Id, Decision]:
    """Decide on all waiting payments, by payment id.

    :param strategies: those that are on, see :func:`~.strategy.strategies_named`
    :param taken: ids of open items that something else has claimed already
    """
    payments = list(payments)
    alone = {
        payment.id: judge(payment, index, bands, strategies, taken, terms) for payment in payments
    }
    return settle_claims(payments, alone)


def settle_claims(
    payments: Iterable[Payment], decisions: Mapping[Id, Decision]
) -> dict[Id, Decision]:
    """Let payments have no more of an open item than there is; other claims are suggestions."""
    settled = dict(decisions)
    claims: dict[Id, list[tuple[Payment, Allocation]]] = defaultdict(list)
    for payment in sorted(payments, key=_stable_key):
        if settlement := decisions[payment.id].settlement:
            for allocation in settlement.allocations:
                claims[allocation.item.id].append((payment, allocation))
    for claimed in claims.values():
        if len(claimed) > 1 and not _is_enough(claimed):
            settled.update(_contest([payment for payment, _allocation in claimed], decisions))
    return settled


def _is_enough(claimed: Sequence[tuple[Payment, Allocation]]) -> bool:
    """Whether the item is there for all: several part payments of one invoice."""
    total = sum(abs(allocation.amount) for _payment, allocation in claimed)
    return total <= abs(claimed[0][1].item.residual)


def _stable_key(payment: Payment) -> tuple:
    return (payment.date, payment.identity, str(payment.id))


def _contest(claimants: Sequence[Payment], decisions) -> dict[Id, Decision]:
    """The decisions of those who do not get the item; ``claimants`` are the earliest first."""
    points = {payment.id: decisions[payment.id].settlement.points for payment in claimants}
    highest = max(points.values())
    strongest = [payment for payment in claimants if points[payment.id] == highest]
    winner = strongest[0] if _one_counterparty(strongest) else None
    return {
        payment.id: decisions[payment.id].withheld(_why_lost(payment, winner, claimants))
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
