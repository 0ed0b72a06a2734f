"""All open items, prepared once per run so that each payment costs the same few lookups."""

from __future__ import annotations

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple, TypeVar

from . import quotations, references
from .collector import without_collector
from .item_names import ItemNames, Reader, read_names
from .normalise import Tokens
from .number_lists import continuations
from .partners import PartnerDirectory
from .points import amount_points, crowd_points, quotation_points
from .types import Id, OpenItem, Payment

T = TypeVar("T")
Lookup = dict[str, Sequence[OpenItem]]

COMMON = 20
"""A number that more open items than this carry ("Rent 03/2026") identifies none of them,
unless the partner is known."""
_OWN_SERIES = 0.02
"""The share of the documents that we are owed which a series of our own has at least."""


class Quotation(NamedTuple):
    """An open item's number as it stands in a payment: where, how it reads, what weakens it."""

    item: OpenItem
    number: str
    quoted: str
    start: int
    end: int
    weaknesses: tuple[str, ...] = ()


class ItemIndex:
    """Open items by everything that a payment may say about them.

    What earlier payments settled is kept apart in :attr:`settled`, an index of its own. Items
    that a registered payment covers are found under that payment.

    :param items: in any order; the index does not depend on it
    :param partners: who pays, see :class:`~.partners.PartnerDirectory`
    :param read: :func:`~.item_names.read_names`, or the same with a memory of what it has read
    """

    def __init__(
        self,
        items: Iterable[OpenItem],
        partners: PartnerDirectory | None = None,
        read: Reader = read_names,
    ):
        self._read = read
        self.settled = ItemIndex.__new__(ItemIndex)
        self.settled._read = read
        with without_collector():
            items = sorted(items, key=lambda item: item.age_key)
            self._fill((i for i in with_covered(items) if i.kind != "settled"), partners)
            self.settled._fill((i for i in items if i.kind == "settled"), self.partners)

    def _fill(self, items: Iterable[OpenItem], partners: PartnerDirectory | None) -> None:
        self._start(partners)
        for item in items:
            self._add(item)
        self._finish()

    def _start(self, partners: PartnerDirectory | None) -> None:
        self.partners = PartnerDirectory() if partners is None else partners
        self._series_in: Counter[str] = Counter()
        self._series_out: Counter[str] = Counter()
        self._called_in: Counter[str] = Counter()
        self._shapes_in: Counter[str] = Counter()
        self._shapes_out: Counter[str] = Counter()
        self.size = 0
        self._quotable: dict[Id, tuple[str, ...]] = {}
        self._by_number: Lookup = {}
        self._by_reference: Lookup = {}
        self._by_value: Lookup = {}
        self._by_partner: dict[Id, list[OpenItem]] = defaultdict(list)
        self._by_partner_amount: dict[tuple, list[OpenItem]] = defaultdict(list)
        self._by_amount: Counter = Counter()
        self._by_kind: dict[str, list[OpenItem]] = defaultdict(list)
        self._made: dict[Callable, object] = {}

    def _finish(self) -> None:
        self._crowds = [crowded(lookup, lookup) for lookup in self._named]
        self._number_shape = quotations.KeyShape.of(self._by_number)
        self._reference_shape = references.shape(self._by_reference)
        self._sum_up()

    @property
    def _named(self) -> tuple[Lookup, Lookup, Lookup]:
        return self._by_number, self._by_reference, self._by_value

    def _sum_up(self) -> None:
        """What is known once all items are in."""
        self._common = {key: _by_partner(items) for key, items in self._crowds[0].items()}
        self.series = self._series_in.keys() | self._series_out.keys()
        # "RE 1042" is "invoice 1042", though some vendor calls his documents RE.
        words = quotations.ABBREVIATES_INVOICE
        many = self._called_in.total() * _OWN_SERIES
        self._own_series = self.series - {word for word in words if self._called_in[word] <= many}
        self.crowd = crowd_points(self.size)

    def _add(self, item: OpenItem) -> None:
        self.size += 1
        self._by_kind[item.kind].append(item)
        self._by_amount[item.currency, item.residual] += 1
        if item.partner_id is not None:
            self._by_partner[item.partner_id].append(item)
            for amount in amounts_to_pay(item):
                self._by_partner_amount[item.partner_id, item.currency, amount].append(item)
        if item.kind != "transfer":
            self._name(item)

    def _name(self, item: OpenItem) -> None:
        """Let the item be found under its numbers and references."""
        found = self._read(item.numbers, item.references)
        self._quotable[item.id] = found.numbers
        alone = (item,)
        _enter(self._by_number, found.keys, alone)
        _enter(self._by_reference, found.references, alone)
        _enter(self._by_value, found.values, alone)
        for counter, said in self._counted(item, found):
            for one in said:
                counter[one] += 1

    def _counted(self, item: OpenItem, found: ItemNames) -> Iterator[tuple[Counter, Iterable[str]]]:
        """What the names of an item count for: how the documents of its direction look."""
        if item.residual > 0:
            yield self._called_in, found.series or ("",)
            yield self._series_in, found.series
            yield self._shapes_in, found.shapes
        else:
            yield self._series_out, found.series
            yield self._shapes_out, found.shapes

    def series_of(self, payment: Payment) -> Collection[str]:
        """What the numbers of documents begin with that such a payment settles."""
        return self._series_in if payment.is_in else self._series_out

    def shapes_of(self, payment: Payment) -> Collection[str]:
        """What the numbers of such documents look like."""
        return self._shapes_in if payment.is_in else self._shapes_out

    # ------------------------------------------------------------------
    # By what a payment quotes
    # ------------------------------------------------------------------

    def documents_quoted(self, text: str, known: Collection[Id] = ()) -> Iterator[Quotation]:
        """The document numbers that stand in a text, each with its weaknesses.

        :param known: partners among whom a number is looked for that too many use
        """
        tokens = quotations.remittance_tokens(text)
        numbers = self._by_number
        whole: set[Id] = set()
        for first, end, closed, plain in quotations.windows(tokens, self._number_shape):
            if closed not in numbers and plain not in numbers:
                continue
            for item in self._with_keys(closed, plain, known):
                # What is quoted as a whole needs no second look at a part of it.
                if item.id in whole:
                    continue
                quotation = self._quotation(item, tokens, first, end)
                if quotation is None:
                    continue
                if not quotation.weaknesses:
                    whole.add(item.id)
                yield quotation
                if end < len(tokens.values):
                    yield from self._continued(quotation, tokens, first, end)

    def _with_keys(self, closed: str, plain: str, known: Collection[Id] = ()) -> Sequence[OpenItem]:
        found = self._by_number.get(closed, ())
        if plain != closed and plain in self._by_number:
            found = [*found, *self._by_number[plain]]
        if known and (closed in self._common or plain in self._common):
            common = {**self._common.get(closed, {}), **self._common.get(plain, {})}
            found = [*found, *(item for one in known for item in common.get(one, ()))]
        return found

    def _quotation(self, item: OpenItem, tokens: Tokens, first: int, end: int) -> Quotation | None:
        readings = []
        for number in self._quotable[item.id]:
            # What has letters itself is told from others by them.
            series = self.series if quotations.prefix(number) else self._own_series
            weak = quotations.weaknesses(number, tokens, first, end, series)
            if weak is not None:
                readings.append((-quotation_points(weak), number, weak))
        if not readings:
            return None
        _points, number, weak = min(readings) if len(readings) > 1 else readings[0]
        return _quotation_at(item, number, tokens, first, end, weak)

    def _continued(
        self, begun: Quotation, tokens: Tokens, first: int, end: int
    ) -> Iterator[Quotation]:
        """The further numbers of a list that begins with a quotation: "0042, 43, 44"."""
        for more in continuations(tokens, first, end):
            weak = (*begun.weaknesses, "continued")
            closed, plain = "".join(more.values), quotations.plain_key(more.values)
            for item in self._with_keys(closed, plain):
                number = next(iter(item.numbers), closed)
                if quotations.prefix(number) == quotations.prefix(begun.number):
                    yield _quotation_at(
                        item, number, tokens, more.start_token, more.end_token, weak
                    )

    def references_quoted(self, text: str) -> Iterator[Quotation]:
        """The structured references that stand in a text."""
        tokens = quotations.remittance_tokens(text)
        known, shape = self._by_reference, self._reference_shape
        for first, end, value in references.references_in(tokens, known, shape):
            weak = references.reference_weaknesses(value, end - first)
            for item in known[value]:
                yield _quotation_at(item, value, tokens, first, end, weak)

    def named_by(self, value: str) -> Sequence[OpenItem]:
        """The items with a reference or number that equals a whole field."""
        return self._by_value.get(references.canonical(value), ())

    # ------------------------------------------------------------------
    # By who pays how much
    # ------------------------------------------------------------------

    def of_partner(self, partner_id: Id) -> list[OpenItem]:
        """The partner's items, those that wait longest first."""
        return self._by_partner.get(partner_id, [])

    def of_partner_with_amount(
        self, partner_id: Id, amount: Decimal, currency: str
    ) -> list[OpenItem]:
        """The partner's items of that amount, before or after an early-payment discount."""
        return self._by_partner_amount.get((partner_id, currency, amount), [])

    def of_kind(self, kind: str) -> list[OpenItem]:
        """All items of a kind, those that wait longest first."""
        return self._by_kind.get(kind, [])

    def transfers_of(self, amount: Decimal, currency: str) -> list[OpenItem]:
        """The open sides of transfers between our own banks, of that amount."""
        return self._transfers.get((currency, amount), [])

    def amount_points(self, item: OpenItem) -> int:
        """What it is worth that an amount equals this item's."""
        return self.points_of_amount(item.currency, item.residual)

    def points_of_amount(self, currency: str, amount: Decimal) -> int:
        """What it is worth that a payment has just that amount."""
        return amount_points(self._by_amount[currency, amount] or 1, self.size)

    def made(self, make: Callable[[ItemIndex], T]) -> T:
        """What a strategy prepares from all items, prepared once: ``make(index)``."""
        if make not in self._made:
            self._made[make] = make(self)
        return self._made[make]

    @cached_property
    def _transfers(self) -> dict[tuple, list[OpenItem]]:
        found = defaultdict(list)
        for item in self.of_kind("transfer"):
            found[item.currency, item.residual].append(item)
        return dict(found)

    @cached_property
    def by_batch(self) -> dict[str, list[OpenItem]]:
        """The items of each batch payment, by its canonical name."""
        found = defaultdict(list)
        for items in self._by_kind.values():
            for item in items:
                if item.batch:
                    found[references.canonical(item.batch)].append(item)
        return dict(found)


def _enter(lookup: Lookup, keys: Iterable[str], alone: tuple[OpenItem]) -> None:
    """Let an item be found under some keys; most name no other, and share one tuple."""
    for key in keys:
        known = lookup.get(key)
        if known is None:
            lookup[key] = alone
        elif isinstance(known, tuple):
            lookup[key] = [*known, *alone]
        else:
            known.append(*alone)


def amounts_to_pay(item: OpenItem) -> set[Decimal]:
    if item.discount is None:
        return {item.residual}
    return {item.residual, item.residual - item.discount.amount}


def with_covered(items: list[OpenItem]) -> Iterator[OpenItem]:
    """Each registered payment under the names of what it pays, instead of what it pays."""
    if not any(item.covers for item in items):
        yield from items
        return
    by_id = {item.id: item for item in items if item.covers or item.kind == "document"}
    paid: set[Id] = set()
    for item in items:
        covered = [by_id[one] for one in item.covers if one in by_id]
        if covered and abs(item.residual) >= abs(sum(one.residual for one in covered)):
            paid.update(one.id for one in covered)
    for item in items:
        if item.covers:
            covered = [by_id[one] for one in sorted(item.covers, key=str) if one in by_id]
            numbers = item.numbers + tuple(n for one in covered for n in one.numbers)
            refs = item.references + tuple(r for one in covered for r in one.references)
            item = dataclasses.replace(item, numbers=numbers, references=refs)
        if item.id not in paid:
            yield item


def _quotation_at(item, number, tokens: Tokens, first: int, end: int, weak) -> Quotation:
    start, stop = tokens.starts[first], tokens.ends[end - 1]
    return Quotation(item, number, tokens.text[start:stop], start, stop, weak)


def crowded(lookup: Lookup, keys: Iterable[str]) -> Lookup:
    """Empty what too many items are called, of these keys, and give it back."""
    crowded = {key: lookup[key] for key in keys if len(lookup.get(key, ())) > COMMON}
    for key in crowded:
        lookup[key] = []
    return crowded


def _by_partner(items: Iterable[OpenItem]) -> dict[Id, list[OpenItem]]:
    found = defaultdict(list)
    for item in items:
        found[item.partner_id].append(item)
    return found
