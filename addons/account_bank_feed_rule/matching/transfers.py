"""Money between our own banks: both sides meet on the transfer account.

Each bank reports its side, on its own day and in any order. The first side is booked to the
transfer account and stays open there; the second settles it. Two sides that wait together
are paired, so that whichever is booked later settles the other.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

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
    """Let the two sides of a transfer that wait together know of each other."""
    paired = dict(decisions)
    waiting = defaultdict(list)
    for payment in sorted(payments, key=lambda one: (one.date, one.identity, str(one.id))):
        decision = decisions[payment.id]
        if decision.outcome != "transfer" or decision.band != "post" or decision.settlement:
            continue
        sides = waiting[payment.currency, abs(payment.amount)]
        meeting = [side for side in sides if _meet(payment, side, index)]
        other = _best_side(payment, meeting, index)
        if other is None:
            sides.append(payment)
            continue
        sides.remove(other)
        paired[payment.id] = dataclasses.replace(paired[payment.id], pair=other.id)
        paired[other.id] = dataclasses.replace(paired[other.id], pair=payment.id)
    return paired


def _best_side(payment: Payment, sides: Sequence[Payment], index: ItemIndex) -> Payment | None:
    """One that names this bank, else the nearest in time; none where two banks are as likely."""
    named = [one for one in sides if index.partners.own_account(one.iban) == payment.journal_id]
    sides = named or sides
    if len({side.journal_id for side in sides}) > 1:
        return None
    return min(sides, key=lambda one: abs((one.date - payment.date).days), default=None)


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
