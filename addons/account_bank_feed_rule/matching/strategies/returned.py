"""Returned direct debits and bounced transfers: what earlier payments settled is open again."""

from __future__ import annotations

import datetime
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal

from ..amounts import Fit
from ..findings import Findings
from ..index import ItemIndex
from ..points import (
    DISCOUNTED,
    PART_NAMED,
    PERHAPS_RETURNED,
    RETURN_UNNAMED,
    SUM_EQUAL,
    window_points,
)
from ..returns import MOST_FEE, how_returned, told_fees
from ..strategy import Proposal, Strategy, all_strategies
from ..types import Adjustment, Allocation, Evidence, OpenItem, Payment

_LATEST = datetime.timedelta(days=430)
"""An unauthorised direct debit may be returned for 13 months."""
_MOST_PARTNERS = 5
_MOST_ITEMS = 200
_MOST_SAME_AMOUNT = 5


class Returned(Strategy):
    """A payment came back: it is looked for among what earlier payments settled, only there.

    Whatever names a document or a partner in an ordinary payment names it here as well,
    whether or not the rule has that strategy.
    """

    name = "returned"
    label = "Returned payments"

    def proposals(self, payment: Payment, index: ItemIndex) -> Iterable[Proposal]:
        if not index.settled.size or not payment.amount:
            return
        how = how_returned(payment)
        if how:
            search = _Search(payment, index)
            yield from search.proposals(sure=how == "sure")


class _Amounts:
    """What earlier payments settled, by amount; made once for an index."""

    def __init__(self, settled: ItemIndex):
        self._items: dict[tuple, list[OpenItem]] = defaultdict(list)
        self._sorted: dict[str, list[Decimal]] = defaultdict(list)
        for item in settled.of_kind("settled"):
            self._items[item.currency, item.residual].append(item)
            self._sorted[item.currency].append(item.residual)
        for amounts in self._sorted.values():
            amounts.sort()

    def equal(self, amount: Decimal, currency: str) -> list[OpenItem]:
        return self._items.get((currency, amount), [])

    def count(self, low: Decimal, high: Decimal, currency: str) -> int:
        """How many are between two amounts, both included."""
        amounts = self._sorted.get(currency, [])
        return bisect_right(amounts, high) - bisect_left(amounts, low)


class _Search:
    """The originals that one return may belong to."""

    def __init__(self, payment: Payment, index: ItemIndex):
        self.payment, self.settled = payment, index.settled
        self.amounts = self.settled.made(_Amounts)
        self.fees = told_fees(payment)
        self.findings = Findings()
        for strategy in all_strategies().values():
            for item, evidence in strategy.documents(payment, self.settled):
                if self._may_be(item):
                    self.findings.add_document(item, evidence)
            for partner, evidence in strategy.partners(payment, index):
                self.findings.add_partner(partner, evidence)

    def proposals(self, *, sure: bool) -> Iterator[Proposal]:
        seen = set()
        for items, evidence in (*self._named(), *self._of_partners(), *self._same_amount(sure)):
            fitted = self._fit(items) or (self._unfit(items) if _is_named(evidence) else None)
            ids = frozenset(item.id for item in items)
            if fitted and ids not in seen:
                seen.add(ids)
                doubt = () if sure or evidence.kind == "end_to_end_id" else (_doubt(),)
                yield Proposal(items, (evidence, *doubt), fitted)

    def _may_be(self, item: OpenItem) -> bool:
        payment = self.payment
        return (
            item.residual * payment.amount > 0
            and item.currency == payment.currency
            and item.date <= payment.date
        )

    def _named(self) -> Iterator[tuple[tuple[OpenItem, ...], Evidence]]:
        """What the return names: all together, what was paid together, each by itself."""
        quotes, items = self.findings.quotes, self.findings.items
        together = defaultdict(list)
        for key, item in items.items():
            together[quotes[key].params["quoted"]].append(item)
        for group in (list(items.values()), *together.values()):
            if len(group) > 1 and self._fit(group):
                yield tuple(group), max((quotes[i.id] for i in group), key=lambda one: one.points)
        for key, item in items.items():
            yield (item,), quotes[key]

    def _of_partners(self) -> Iterator[tuple[tuple[OpenItem, ...], Evidence]]:
        params = {"count": self.settled.size}
        evidence = Evidence("return_unnamed", self.settled.crowd, params)
        for partner in self.findings.partners_by_points()[:_MOST_PARTNERS]:
            items = [item for item in self.settled.of_partner(partner) if self._is_recent(item)]
            for item in items[-_MOST_ITEMS:]:
                yield (item,), evidence
            for group in _paid_together(items[-_MOST_ITEMS:]):
                yield group, evidence

    def _same_amount(self, sure: bool) -> Iterator[tuple[tuple[OpenItem, ...], Evidence]]:
        """Where nobody is named: a suggestion, if the amount is rare."""
        if not sure or self.findings.quotes or self.findings.who:
            return
        points = self.settled.crowd + RETURN_UNNAMED
        evidence = Evidence("return_unnamed", points, {"count": self.settled.size})
        for fee in sorted({Decimal(0), *self.fees}):
            found = self.amounts.equal(self.payment.amount + fee, self.payment.currency)
            for item in [one for one in found if self._is_recent(one)][:_MOST_SAME_AMOUNT]:
                yield (item,), evidence

    def _is_recent(self, item: OpenItem) -> bool:
        return self._may_be(item) and self.payment.date - item.date <= _LATEST

    def _fit(self, items: Iterable[OpenItem]) -> Fit | None:
        """The whole original, with the rest as the bank's fee, if it may be one."""
        items = tuple(items)
        fee = sum(item.residual for item in items) - self.payment.amount
        points = self.settled.amount_points(items[0]) if len(items) == 1 else SUM_EQUAL
        params = {"amount": str(abs(self.payment.amount)), "currency": self.payment.currency}
        whole = tuple(Allocation(item, item.residual) for item in items)
        if not fee:
            return Fit(whole, (Evidence("return_equal", points, params),))
        params["amount"] = str(fee)
        if fee in self.fees:
            evidence = Evidence("return_fee", DISCOUNTED + points, params)
        elif not self.fees and 0 < fee <= MOST_FEE:
            evidence = Evidence("return_fee_assumed", self._window_points(), params)
        else:
            return None
        return Fit(whole, (evidence,), (Adjustment("fee", -fee),))

    def _window_points(self) -> int:
        """How few originals are up to a fee smaller than the return."""
        amount = self.payment.amount
        within = self.amounts.count(amount, amount + MOST_FEE, self.payment.currency)
        return window_points(within, self.settled.size)

    def _unfit(self, items: tuple[OpenItem, ...]) -> Fit:
        """What the return names, though the amount is another one: for a person to look at."""
        original = sum(item.residual for item in items)
        rest = self.payment.amount - original
        params = {
            "amount": str(abs(self.payment.amount)),
            "residual": str(abs(original)),
            "difference": str(abs(self.payment.amount) - abs(original)),
            "currency": self.payment.currency,
        }
        whole = tuple(Allocation(item, item.residual) for item in items)
        return Fit(whole, (Evidence("amount_differs", PART_NAMED, params),), (), rest, False)


def _is_named(evidence: Evidence) -> bool:
    return evidence.kind != "return_unnamed"


def _doubt() -> Evidence:
    return Evidence("perhaps_returned", PERHAPS_RETURNED)


def _paid_together(items: list[OpenItem]) -> Iterator[tuple[OpenItem, ...]]:
    """What one payment settled: items with a reference in common, if it is not on all of them."""
    by_reference = defaultdict(list)
    for item in items:
        for reference in set(item.references):
            by_reference[item.date, reference].append(item)
    for group in by_reference.values():
        if len(group) > 1:
            yield tuple(group)
