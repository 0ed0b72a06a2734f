"""Money between our own banks: both sides meet on the transfer account.

Each bank reports its side, on its own day and in any order. The first side is booked to the
transfer account and stays open there; the second settles it. Two sides that wait together
are paired, so that whichever is booked later settles the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from .index import ItemIndex
from .types import Allocation, Candidate, Decision, Evidence, Id, OpenItem, Payment

DAYS_APART = 10
"""A transfer takes a bank day or two; holidays and slow banks make it more."""
_SURE = 100


def transfer(
    payment: Payment, index: ItemIndex, taken: Collection[Id] = frozenset(), *, sure: bool = False
) -> Decision | None:
    """The payment as one side of a transfer; None when it is none.

    :param sure: a person's conditions say that it is one, even if the bank does not name
        our other account
    """
    other = index.partners.own_account(payment.iban)
    if not payment.amount or (not sure and other in (None, payment.journal_id)):
        return None
    reasons = (Evidence("own_account", 0, {"iban": payment.iban}),) if other is not None else ()
    waiting = [item for item in _other_sides(payment, index, other) if item.id not in taken]
    if not waiting:
        return Decision(
            payment.id, "post", score=_SURE, margin=_SURE, outcome="transfer",
            reasons=(*reasons, Evidence("other_side_awaited")),
        )  # fmt: skip
    if rivals := {item.journal_id for item in waiting} - {waiting[0].journal_id}:
        return _undecided(payment, waiting, reasons, len(rivals))
    item = waiting[0]
    reasons += (Evidence("other_side", 0, {"date": item.date.isoformat()}),)
    settlement = Candidate((Allocation(item, item.residual),), reasons, score=_SURE)
    return Decision(
        payment.id, "post", (settlement,), settlement, _SURE, _SURE, reasons, outcome="transfer"
    )


def _undecided(payment: Payment, waiting, reasons, rivals: int) -> Decision:
    """Two of our banks wait for such an amount, and this side does not say which it is for."""
    candidates = tuple(
        Candidate((Allocation(item, item.residual),), reasons, score=_SURE // (rivals + 1))
        for item in waiting
    )
    others = " or ".join(one.label for one in candidates[1:])
    reasons += (Evidence("ambiguous", 0, {"items": others, "count": rivals}),)
    return Decision(
        payment.id, "suggest", candidates, None, candidates[0].score, 0, reasons,
        outcome="transfer",
    )  # fmt: skip


def _other_sides(payment: Payment, index: ItemIndex, other: Id | None) -> list[OpenItem]:
    """The open sides that this one may meet, the nearest in time first."""
    found = [
        item
        for item in index.transfers_of(payment.amount, payment.currency)
        if other in (None, item.journal_id)
        and item.journal_id != payment.journal_id
        and abs((item.date - payment.date).days) <= DAYS_APART
    ]
    return sorted(found, key=lambda item: (abs((item.date - payment.date).days), item.age_key))


def pair_transfers(
    payments: Iterable[Payment], decisions: Mapping[Id, Decision], index: ItemIndex
) -> dict[Id, Decision]:
    """Let the two sides of a transfer that wait together know of each other.

    Sides that name each other's bank come first. Where two banks are as likely, none is taken.
    """
    paired = dict(decisions)
    waiting = defaultdict(list)
    for payment in sorted(payments, key=lambda one: (one.date, one.identity, str(one.id))):
        if _awaits_other_side(decisions[payment.id]):
            waiting[payment.currency, abs(payment.amount)].append(payment)
    for sides in waiting.values():
        for one, other in _pairs(sides, index):
            paired[one.id] = paired[one.id]._replace(pair=other.id)
            paired[other.id] = paired[other.id]._replace(pair=one.id)
    return paired


def _awaits_other_side(decision: Decision) -> bool:
    return (
        decision.outcome == "transfer" and decision.band == "post" and decision.settlement is None
    )


def _pairs(sides: list[Payment], index: ItemIndex) -> Iterator[tuple[Payment, Payment]]:
    """The pairs among sides of one amount, the earliest first."""
    for meet in (_name_each_other, _meet):
        for payment in [side for side in sides if not side.is_in]:
            other = _best_side(payment, [side for side in sides if meet(payment, side, index)])
            if other is None:
                continue
            back = [side for side in sides if meet(side, other, index)]
            if _best_side(other, back) is payment:
                sides.remove(payment)
                sides.remove(other)
                yield payment, other


def _best_side(payment: Payment, sides: Sequence[Payment]) -> Payment | None:
    """The nearest in time; none where it may be one of two banks."""
    if len({side.journal_id for side in sides}) > 1:
        return None
    return min(sides, key=lambda one: abs((one.date - payment.date).days), default=None)


def _name_each_other(one: Payment, other: Payment, index: ItemIndex) -> bool:
    """Whether they meet, and one of them names the other's bank."""
    return _meet(one, other, index) and (
        index.partners.own_account(one.iban) == other.journal_id
        or index.partners.own_account(other.iban) == one.journal_id
    )


def _meet(one: Payment, other: Payment, index: ItemIndex) -> bool:
    """Whether both are sides of one transfer."""
    if one.amount != -other.amount or abs((one.date - other.date).days) > DAYS_APART:
        return False
    if one.journal_id == other.journal_id:
        return False
    names = [
        (index.partners.own_account(a.iban), b.journal_id) for a, b in ((one, other), (other, one))
    ]
    return all(named in (None, journal) for named, journal in names)
