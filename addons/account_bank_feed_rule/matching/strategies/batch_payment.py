"""Registered payments that the bank books in one: a batch payment, or all of one day."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal

from .. import references
from ..index import ItemIndex
from ..points import BATCH_DAYS, BATCH_FAR, BATCH_NAMED, BATCH_TOTAL, choices_points
from ..quotations import is_quotable, remittance_tokens
from ..references import is_given
from ..strategy import Proposal, Strategy
from ..types import Evidence, OpenItem, Payment

_FIELDS = ("reference", "end_to_end_id")
_LEAST_NAME = 5
"""A shorter name of a batch is found in its own field only."""


class BatchPayment(Strategy):
    """The payment is a batch of ours: by its name, or by a total that no other batch has."""

    name = "batch_payment"
    label = "Batch payments"

    def proposals(self, payment: Payment, index: ItemIndex) -> Iterable[Proposal]:
        groups = index.made(_Groups)
        if not groups.by_total or not payment.amount:
            return
        for items, evidence in _named(payment, groups):
            if _agrees(payment, items):
                yield Proposal(items, (evidence,))
        yield from _of_total(payment, groups)


class _Groups:
    """The open payments by batch, and by total; made once for an index."""

    def __init__(self, index: ItemIndex):
        self.by_name: dict[str, list[OpenItem]] = defaultdict(list)
        days = defaultdict(list)
        for item in index.of_kind("payment"):
            if item.batch:
                self.by_name[references.canonical(item.batch)].append(item)
            days[item.date, item.residual > 0, item.journal_id, item.currency].append(item)
        self.shape = references.shape(
            [key for key in self.by_name if len(key) >= _LEAST_NAME and is_quotable(key)]
        )
        self.endings = {key[-2:] for key in self.by_name}
        batches = [items[0].batch for items in self.by_name.values()]
        self.digits = {digits for batch in batches for digits in _digits_of(batch)}
        self.by_total = self._by_total(days.values())

    def _by_total(self, days: Iterable[list[OpenItem]]) -> dict[tuple, list[tuple[OpenItem, ...]]]:
        """Each group of more than one payment, the same payments only once."""
        found: dict[tuple, dict] = defaultdict(dict)
        for items in (*self.by_name.values(), *days):
            if len({item.currency for item in items}) == 1:
                ids = frozenset(item.id for item in items)
                total = sum((item.residual for item in items), Decimal(0))
                found[items[0].currency, total].setdefault(ids, tuple(items))
        self.count = sum(map(len, found.values()))
        return {
            key: [items for items in groups.values() if len(items) > 1]
            for key, groups in found.items()
        }


def _digits_of(name: str) -> set[str]:
    """The digits of which a text that names the batch holds some: the last, or all closed up.

    >>> sorted(_digits_of("BATCH/OUT/2026/0012"))
    ['0012', '12', '20260012']
    """
    groups = re.findall(r"\d+", name) or [""]
    return {groups[-1], groups[-1].lstrip("0") or "0", "".join(groups)}


def _named(payment: Payment, groups: _Groups) -> Iterator[tuple[tuple[OpenItem, ...], Evidence]]:
    for field in _FIELDS:
        value = getattr(payment, field)
        # Most values end otherwise than any batch, which spares to look further.
        if value and value[-2:].upper() in groups.endings and is_given(value):
            yield from _batch(groups, references.canonical(value), value, field, 0, len(value))
    if not groups.shape.longest or not payment.text:
        return
    tokens = remittance_tokens(payment.text)
    if groups.digits.isdisjoint(tokens.values):
        return
    for first, end, value in references.references_in(tokens, groups.by_name, groups.shape):
        start, stop = tokens.starts[first], tokens.ends[end - 1]
        yield from _batch(groups, value, tokens.text[start:stop], "text", start, stop)


def _batch(groups: _Groups, value: str, quoted: str, field: str, start: int, end: int):
    items = groups.by_name.get(value, ())
    if items:
        params = {"batch": items[0].batch, "quoted": quoted}
        params |= {"field": field, "start": start, "end": end}
        yield tuple(items), Evidence("batch", BATCH_NAMED, params)


def _agrees(payment: Payment, items: Iterable[OpenItem]) -> bool:
    return all(item.currency == payment.currency and _fits_journal(payment, item) for item in items)


def _fits_journal(payment: Payment, item: OpenItem) -> bool:
    return None in (item.journal_id, payment.journal_id) or item.journal_id == payment.journal_id


def _of_total(payment: Payment, groups: _Groups) -> Iterator[Proposal]:
    """All payments of a batch or a day, where their total is the amount to the cent."""
    for items in groups.by_total.get((payment.currency, payment.amount), ()):
        if not _agrees(payment, items):
            continue
        newest = max(item.date for item in items)
        near = -2 <= (payment.date - newest).days <= BATCH_DAYS
        points = BATCH_TOTAL + choices_points(groups.count) + (0 if near else BATCH_FAR)
        batches = {item.batch for item in items}
        batch = items[0].batch if len(batches) == 1 else None
        if batch:
            yield Proposal(items, (Evidence("batch_total", points, {"batch": batch}),))
        else:
            params = {"date": newest.isoformat(), "count": len(items)}
            yield Proposal(items, (Evidence("day_total", points, params),))
