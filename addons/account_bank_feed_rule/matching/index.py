"""All open items, prepared once per run so that each payment costs the same few lookups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from . import quotations, references
from .normalise import Tokens
from .points import quotation_points
from .types import Id, OpenItem, PartnerDirectory, Payment

COMMON = 20
"""A number that more open items than this carry ("Rent 03/2026") identifies none of them."""


@dataclass(frozen=True, slots=True)
class Quotation:
    """An open item's number as it stands in a payment: where, how it reads, what weakens it."""

    item: OpenItem
    number: str
    quoted: str
    start: int
    end: int
    weaknesses: tuple[str, ...] = ()


class ItemIndex:
    """Open items by everything that a payment may say about them.

    :param items: in any order; the index does not depend on it
    :param partners: whom an IBAN belongs to
    """

    def __init__(self, items: Iterable[OpenItem], partners: PartnerDirectory | None = None):
        self.partners = partners or PartnerDirectory()
        self.series: set[str] = set()
        self._by_number: dict[str, list[OpenItem]] = defaultdict(list)
        self._by_reference: dict[str, list[OpenItem]] = defaultdict(list)
        self._by_value: dict[str, list[OpenItem]] = defaultdict(list)
        self._by_partner: dict[tuple, list[OpenItem]] = defaultdict(list)
        self._by_partner_amount: dict[tuple, list[OpenItem]] = defaultdict(list)
        for item in sorted(items, key=lambda item: item.age_key):
            self._add(item)
        for lookup in (self._by_number, self._by_reference, self._by_value):
            _drop_common(lookup)
        self._number_shape = quotations.KeyShape.of(self._by_number)
        self._reference_shape = references.shape(self._by_reference)

    def _add(self, item: OpenItem) -> None:
        if item.partner_id is not None:
            self._by_partner[item.partner_id, item.residual > 0].append(item)
            self._by_partner_amount[item.partner_id, item.currency, item.residual].append(item)
        for number in _document_numbers(item):
            for key in quotations.keys(number):
                _append_once(self._by_number[key], item)
            if quotations.is_quotable(number):
                self.series.add(quotations.prefix(number))
                _append_once(self._by_value[references.canonical(number)], item)
        for reference in item.references:
            if references.scheme(reference) and quotations.is_quotable(reference):
                value = references.canonical(reference)
                _append_once(self._by_reference[value], item)
                _append_once(self._by_value[value], item)
        self.series.discard("")

    def documents_quoted(self, text: str) -> Iterator[Quotation]:
        """The document numbers that stand in a text, each with its weaknesses."""
        tokens = quotations.remittance_tokens(text)
        known = self._by_number
        for first, end, closed, plain in quotations.windows(tokens, self._number_shape):
            found = known.get(closed, ())
            if plain != closed and plain in known:
                found = [*found, *known[plain]]
            for item in found:
                quotation = self._quotation(item, tokens, first, end)
                if quotation:
                    yield quotation

    def _quotation(self, item: OpenItem, tokens: Tokens, first: int, end: int) -> Quotation | None:
        readings = []
        for number in _document_numbers(item):
            if quotations.is_quotable(number):
                weak = quotations.weaknesses(number, tokens, first, end, self.series)
                if weak is not None:
                    readings.append((-quotation_points(weak), number, weak))
        if not readings:
            return None
        _points, number, weak = min(readings)
        return _quotation_at(item, number, tokens, first, end, weak)

    def references_quoted(self, text: str) -> Iterator[Quotation]:
        """The structured references that stand in a text."""
        tokens = quotations.remittance_tokens(text)
        known, shape = self._by_reference, self._reference_shape
        for first, end, value in references.references_in(tokens, known, shape):
            weak = references.reference_weaknesses(value, end - first)
            for item in known[value]:
                yield _quotation_at(item, value, tokens, first, end, weak)

    def named_by(self, value: str) -> list[OpenItem]:
        """The items with a reference or number that equals a whole field."""
        return self._by_value.get(references.canonical(value), [])

    def partners_of(self, payment: Payment) -> frozenset[Id]:
        """The partners that the payment's IBAN belongs to."""
        return self.partners.partners_of(payment.iban)

    def of_partner(self, partner_id: Id, payment: Payment, limit: int) -> list[OpenItem]:
        """The partner's items that wait longest, of the payment's direction."""
        return self._by_partner.get((partner_id, payment.amount > 0), [])[:limit]

    def of_partner_with_amount(
        self, partner_id: Id, payment: Payment, limit: int
    ) -> list[OpenItem]:
        """The partner's items whose residual is just the payment's amount."""
        key = (partner_id, payment.currency, payment.amount)
        return self._by_partner_amount.get(key, [])[:limit]


def _document_numbers(item: OpenItem) -> list[str]:
    """What is read as a document number: also references that follow no standard."""
    return [*item.numbers, *(ref for ref in item.references if not references.scheme(ref))]


def _quotation_at(item, number, tokens: Tokens, first: int, end: int, weak) -> Quotation:
    start, stop = tokens.starts[first], tokens.ends[end - 1]
    return Quotation(item, number, tokens.text[start:stop], start, stop, weak)


def _append_once(found: list[OpenItem], item: OpenItem) -> None:
    if not found or found[-1] is not item:
        found.append(item)


def _drop_common(lookup: dict[str, list[OpenItem]]) -> None:
    for key in [key for key, found in lookup.items() if len(found) > COMMON]:
        del lookup[key]
