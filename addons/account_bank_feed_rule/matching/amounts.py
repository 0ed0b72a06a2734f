"""How an amount fits what it may settle, and what the difference is, if there is one.

Tried in this order: equal; less an early-payment discount; less the charges that the bank
names; but for a small difference; less charges that nobody names; a part; too much. What was
paid in another currency is compared in the currency of the items.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations
from typing import NamedTuple

from .charges import charges_in_text, may_take_charges
from .index import ItemIndex
from .points import (
    CHARGES_ASSUMED,
    CONVERTED,
    DAYS_BEFORE_DOCUMENT,
    DIFFERENT,
    DISCOUNT_LATE,
    DISCOUNTED,
    PART_NAMED,
    PART_UNNAMED,
    sum_points,
)
from .types import ZERO, Adjustment, Allocation, Evidence, OpenItem, Payment, Terms

_CENT = Decimal("0.01")
_HUNDRED = 100
_MOST_DISCOUNTS = 6
_CONVERTED_WITHIN = Decimal("0.05")


class Fit(NamedTuple):
    """What a payment settles of some items; ``explains`` tells if that is the whole amount."""

    allocations: tuple[Allocation, ...]
    evidence: tuple[Evidence, ...]
    adjustments: tuple[Adjustment, ...] = ()
    rest: Decimal = ZERO
    explains: bool = True


def fit(
    payment: Payment, items: Sequence[OpenItem], terms: Terms, index: ItemIndex, *, named: bool
) -> Fit | None:
    """How the payment fits these items; None where money would flow the wrong way.

    :param named: whether the payer quoted one of them: only then parts are likely
    """
    currency = items[0].currency
    if len(items) > 1 and len({item.currency for item in items}) > 1:
        return None
    if currency != payment.currency:
        return _fit_foreign(payment, items, terms, index, named=named)
    open_amount = sum([item.residual for item in items])
    if open_amount * payment.amount <= 0:
        return None
    points = _amount_points(payment, items, index)
    early = _long_before(payment, items)
    found = _fit_whole(payment, items, open_amount, terms, 0 if early else points)
    found = found or _fit_part(payment, items, open_amount, named)
    return found._replace(evidence=(*found.evidence, early)) if early else found


def _amount_points(payment: Payment, items: Sequence[OpenItem], index: ItemIndex) -> int:
    """What it is worth that the amount fits."""
    if len(items) == 1:
        item = items[0]
        if item.discount and payment.amount == item.residual - item.discount.amount:
            return index.points_of_amount(item.currency, payment.amount)
        return index.amount_points(item)
    return sum_points([int(item.residual * _HUNDRED) for item in items])


def _fit_whole(payment, items, open_amount: Decimal, terms: Terms, points: int) -> Fit | None:
    """All of the items, with the difference explained."""
    difference = payment.amount - open_amount
    if not difference:
        kind = "amount_equal" if len(items) == 1 else "sum_equal"
        params = {
            "amount": str(abs(payment.amount)), "currency": payment.currency, "count": len(items)
        }  # fmt: skip
        return Fit(_whole(items), (Evidence(kind, points, params),))
    for explain in (_discount, _charges, _small_difference, _assumed_charges):
        found = explain(payment, items, difference, terms, points)
        if found:
            evidence, adjustments = found
            return Fit(_whole(items), (evidence,), adjustments)
    return None


def _whole(items: Sequence[OpenItem]) -> tuple[Allocation, ...]:
    """All that is open on the items."""
    return tuple([Allocation(item, item.residual) for item in items])


def _discount(payment, items, difference: Decimal, terms: Terms, points: int):
    granted = _discounted_items(items, difference)
    if not granted:
        return None
    adjustments = [Adjustment("discount", -item.discount.amount, item) for item in granted]
    cents = difference - sum(one.amount for one in adjustments)
    if cents:
        adjustments.append(Adjustment("difference", cents, granted[-1]))
    last_day = min(item.discount.last_day for item in granted)
    late = (payment.date - last_day).days
    params = {
        "amount": str(abs(difference)),
        "currency": payment.currency,
        "last_day": last_day.isoformat(),
    }
    if late > terms.discount_days:
        return Evidence("discount_late", DISCOUNT_LATE + points, {**params, "days": late}), tuple(
            adjustments
        )
    return Evidence("discount_taken", DISCOUNTED + points, params), tuple(adjustments)


def _discounted_items(items, difference: Decimal) -> tuple[OpenItem, ...]:
    """The items whose discounts make up the difference, but for a cent each."""
    offered = [item for item in items if item.discount]
    sizes = range(len(offered), 0, -1) if len(offered) <= _MOST_DISCOUNTS else (len(offered),)
    for size in sizes:
        for chosen in combinations(offered, size):
            taken = -sum(item.discount.amount for item in chosen)
            if taken and abs(difference - taken) <= _CENT * size:
                return chosen
    return ()


def _charges(payment, items, difference: Decimal, terms: Terms, points: int):
    charges = payment.charges or charges_in_text(payment.text)
    if not charges or difference != -abs(charges):
        return None
    params = {"amount": str(abs(difference)), "currency": payment.currency}
    return (
        Evidence("charges_taken", DISCOUNTED + points, params),
        (Adjustment("charges", difference),),
    )


def _small_difference(payment, items, difference: Decimal, terms: Terms, points: int):
    if abs(difference) > tolerated(payment.amount - difference, terms):
        return None
    params = {"difference": str(difference), "currency": payment.currency}
    return (
        Evidence("small_difference", DIFFERENT + points, params),
        (Adjustment("difference", difference),),
    )


def tolerated(open_amount: Decimal, terms: Terms) -> Decimal:
    """The largest difference that is written off.

    >>> tolerated(Decimal(100), Terms(tolerance=Decimal(5), tolerance_percent=Decimal(1)))
    Decimal('1.00')
    """
    if terms.tolerance_percent is None:
        return terms.tolerance
    return min(terms.tolerance, abs(open_amount) * terms.tolerance_percent * _CENT)


def _assumed_charges(payment, items, difference: Decimal, terms: Terms, points: int):
    """Within SEPA nobody takes charges off on the way; from elsewhere it is usual."""
    taken_off = payment.is_in and ZERO < -difference <= terms.most_charges
    if not taken_off or payment.charges is not None or _is_discount(difference, payment):
        return None
    if not may_take_charges(payment):
        return None
    params = {"amount": str(abs(difference)), "currency": payment.currency}
    return (
        Evidence("charges_assumed", CHARGES_ASSUMED, params),
        (Adjustment("charges", difference),),
    )


def _is_discount(difference: Decimal, payment: Payment) -> bool:
    """Whether a usual percentage is missing: somebody took a discount, allowed or not."""
    percent = (abs(payment.amount) + abs(difference)) * _CENT
    return any(abs(abs(difference) - usual * percent) <= _CENT for usual in (1, 2, 3, 4, 5))


def _fit_part(payment, items, open_amount: Decimal, named: bool) -> Fit:
    """Some of the items, the oldest first, or all of them with something left."""
    difference = payment.amount - open_amount
    paid, owed = abs(payment.amount), abs(open_amount)
    params = {
        "amount": str(paid),
        "residual": str(owed),
        "difference": str(paid - owed),
        "currency": payment.currency,
    }
    points = PART_NAMED if named else PART_UNNAMED
    if difference * payment.amount > 0:
        return Fit(_whole(items), (Evidence("overpaid", points, params),), (), difference, False)
    allocations = tuple(_oldest_first(payment.amount, items))
    return Fit(allocations, (Evidence("paid_in_part", points, params),), explains=False)


def _oldest_first(amount: Decimal, items: Sequence[OpenItem]) -> Iterator[Allocation]:
    """Credit notes in full, then the oldest documents for as long as the money lasts."""
    against = [item for item in items if item.residual * amount < 0]
    for item in against:
        yield Allocation(item, item.residual)
    left = amount - sum(item.residual for item in against)
    for item in sorted((i for i in items if i not in against), key=lambda i: i.age_key):
        part = min(abs(item.residual), abs(left)).copy_sign(amount)
        if part:
            yield Allocation(item, part)
        left -= part


def _fit_foreign(payment, items, terms: Terms, index: ItemIndex, *, named: bool) -> Fit | None:
    """Items in another currency than the account's."""
    currency = items[0].currency
    if payment.original_amount and payment.original_currency == currency:
        agreed = dataclasses.replace(
            payment,
            amount=abs(payment.original_amount).copy_sign(payment.amount),
            currency=currency,
            original_amount=None,
            charges=None,
        )
        found = fit(agreed, items, dataclasses.replace(terms, tolerance=ZERO), index, named=named)
        # What was taken off is known in the other currency only; a person looks at it.
        return found if found and not found.adjustments and not found.rest else None
    return _fit_converted(payment, items)


def _fit_converted(payment, items) -> Fit | None:
    worth = [item.company_residual for item in items]
    total = ZERO if None in worth else sum(worth)
    params = {"currency": payment.currency, "item_currency": items[0].currency}
    whole = _whole(items)
    if total * payment.amount <= 0:
        wrong_way = sum(item.residual for item in items) * payment.amount <= 0
        differs = Evidence("currency_differs", PART_NAMED, params)
        return None if wrong_way else Fit(whole, (differs,), explains=False)
    # 500 EUR for 500 CHF: the payer took one currency for the other.
    mixed_up = payment.amount == sum(item.residual for item in items) != total
    if not mixed_up and abs(payment.amount - total) <= abs(total) * _CONVERTED_WITHIN:
        return Fit(whole, (Evidence("converted", CONVERTED, params),))
    return Fit(whole, (Evidence("currency_differs", PART_NAMED, params),), explains=False)


def _long_before(payment: Payment, items: Sequence[OpenItem]) -> Evidence | None:
    newest = max([item.date for item in items])
    if (newest - payment.date).days <= DAYS_BEFORE_DOCUMENT:
        return None
    return Evidence("long_before_document", 0, {"date": newest.isoformat()})
