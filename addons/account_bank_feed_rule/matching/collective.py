"""Batch bookings whose payments the bank lists: each is judged by itself, all are posted at once.

A collective direct debit, several returns in one booking, a provider's payout with its report.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Callable, Sequence
from decimal import Decimal

from .points import left_by
from .returns import how_returned, told_fees
from .types import (
    Adjustment,
    Allocation,
    Candidate,
    Decision,
    Evidence,
    Id,
    OpenItem,
    Payment,
)

_LIKELY = 50
_NARRATIVE = "NARR"
"""ISO 20022 for a reason that is told in words."""


def judge_details(payment: Payment, judge: Callable[[Payment], Decision]) -> Decision:
    """What to do with a batch booking: with its payments one by one, or else as a whole.

    :param judge: decides on one payment
    """
    whole = judge(dataclasses.replace(payment, details=()))
    details = [_as_payment(detail, payment) for detail in payment.details]
    difference = _difference(payment, details)
    if difference is None:
        return whole
    judged = [(detail, judge(detail)) for detail in details]
    together = _together(payment, judged, difference)
    if together is None or (whole.band == "post" and together.band != "post"):
        return whole
    if whole.band == "post":
        return whole if _ids(whole) == _ids(together) else _ambiguous(together, whole)
    return together


def _as_payment(detail: Payment, batch: Payment) -> Payment:
    """The detail with what the bank says of all of them; charges from gross and net."""
    reason = detail.return_reason or batch.return_reason
    if not reason and how_returned(batch) == "sure":
        reason = _NARRATIVE
    charges = detail.charges
    gross = detail.original_amount
    same = detail.original_currency in (None, detail.currency)
    if charges is None and detail.amount and gross and same and not reason:
        charges = gross.copy_sign(detail.amount) - detail.amount or None
    return dataclasses.replace(
        detail,
        code=detail.code or batch.code,
        return_reason=reason,
        journal_id=batch.journal_id,
        charges=charges,
        details=(),
    )


def _difference(payment: Payment, details: Sequence[Payment]) -> Decimal | None:
    """What the booking has beside its payments; None where their amounts are not all known."""
    if any(not detail.amount or detail.currency != payment.currency for detail in details):
        return None
    return payment.amount - sum(detail.amount for detail in details)


def _together(
    payment: Payment, judged: Sequence[tuple[Payment, Decision]], difference: Decimal
) -> Decision | None:
    decided = _without_conflicts([pair for pair in judged if _is_decided(pair[1])])
    if not decided:
        return None
    posted = [decision for _detail, decision in decided]
    objections = tuple(_objections(payment, len(judged), len(posted), difference))
    likely = _likely(judged, posted)
    found = [one.settlement for one in posted] + [best for _detail, best in likely]
    accounted = [detail.amount for detail, _one in (*decided, *likely)]
    undecided = payment.amount - difference - sum(accounted)
    count = Evidence("collective", 0, {"count": len(posted), "of": len(judged)})
    candidate = _joined(payment, found, undecided, difference, count)
    if candidate.rest:
        left = left_by([one.kind for one in objections])
        candidate = candidate.scored(candidate.score * left // 100)
    return Decision(
        payment.id,
        "suggest" if objections else "post",
        candidates=(candidate,),
        settlement=None if objections else candidate,
        score=candidate.score,
        margin=min(one.margin for one in posted),
        reasons=candidate.evidence + objections,
    )


def _likely(
    judged: Sequence[tuple[Payment, Decision]], posted: Sequence[Decision]
) -> list[tuple[Payment, Candidate]]:
    """What the others more likely than not settle, of items that are there for all of them."""
    claimed = {one.item.id for decision in posted for one in decision.settlement.allocations}
    found = []
    for detail, decision in judged:
        if decision.settlement is not None or not decision.candidates:
            continue
        best = decision.candidates[0]
        ids = {item.id for item in best.items}
        if best.score >= _LIKELY and not best.rest and claimed.isdisjoint(ids):
            claimed |= ids
            found.append((detail, best))
    return found


def _is_decided(decision: Decision) -> bool:
    """What is left over stays with a partner; in a batch of many nobody would know with whom."""
    return decision.settlement is not None and not decision.settlement.rest


def _without_conflicts(
    judged: Sequence[tuple[Payment, Decision]],
) -> list[tuple[Payment, Decision]]:
    """Those whose items are there for all that claim them."""
    claimed: dict[Id, Decimal] = defaultdict(Decimal)
    for _detail, decision in judged:
        for one in decision.settlement.allocations:
            claimed[one.item.id] += abs(one.amount)
    return [
        (detail, decision)
        for detail, decision in judged
        if all(
            claimed[one.item.id] <= abs(one.item.residual)
            for one in decision.settlement.allocations
        )
    ]


def _joined(
    payment: Payment,
    settlements: Sequence[Candidate],
    undecided: Decimal,
    difference: Decimal,
    count: Evidence,
) -> Candidate:
    """One candidate of what the payments settle; ``rest`` is what a person must look at."""
    adjustments = [one for settlement in settlements for one in settlement.adjustments]
    told = difference and _is_told(payment, difference)
    if told:
        kind = "fee" if how_returned(payment) else "charges"
        adjustments.append(Adjustment(kind, difference))
    points = min(one.points for one in settlements)
    return Candidate(
        allocations=tuple(_merged(settlements)),
        evidence=(count.counting(points),),
        adjustments=tuple(adjustments),
        rest=undecided if told else undecided + difference,
        points=points,
        score=min(one.score for one in settlements),
    )


def _merged(settlements: Sequence[Candidate]) -> list[Allocation]:
    """One allocation for each item, also where two payments pay parts of it."""
    items: dict[Id, OpenItem] = {}
    amounts: dict[Id, Decimal] = defaultdict(Decimal)
    for settlement in settlements:
        for one in settlement.allocations:
            items[one.item.id] = one.item
            amounts[one.item.id] += one.amount
    return [Allocation(item, amounts[key]) for key, item in items.items()]


def _is_told(payment: Payment, difference: Decimal) -> bool:
    """Whether the bank says that it took the difference for itself."""
    told = {abs(payment.charges)} if payment.charges else set()
    if how_returned(payment) == "sure":
        told |= told_fees(payment)
    return -difference in told


def _objections(payment, count: int, posted: int, difference: Decimal):
    if posted < count:
        yield Evidence("details_undecided", 0, {"count": count - posted, "of": count})
    if difference and not _is_told(payment, difference):
        params = {"difference": str(difference), "currency": payment.currency}
        yield Evidence("details_differ", 0, params)


def _ids(decision: Decision) -> frozenset[Id]:
    return frozenset(item.id for item in decision.chosen)


def _ambiguous(together: Decision, whole: Decision) -> Decision:
    """Its payments say one thing, the booking as a whole another: a person decides."""
    params = {"items": whole.settlement.label, "count": 1}
    return together._replace(
        band="suggest",
        settlement=None,
        candidates=together.candidates + whole.candidates,
        reasons=(*together.reasons, Evidence("ambiguous", 0, params)),
    )
