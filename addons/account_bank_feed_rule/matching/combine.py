"""Which open items a payment may settle together: what it names, and what the payer owes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from math import comb
from typing import NamedTuple

from .amounts import Fit
from .findings import Findings, same_place
from .index import ItemIndex
from .points import DAYS_BEFORE_DOCUMENT, QUOTE_CLEARLY, choice_points
from .subsets import Subset, SubsetSearch, subsets_that_add_up
from .types import Evidence, Id, OpenItem, Payment, Terms

MOST_PARTNERS = 5
"""Of further partners, such as many of one name, only items of just the amount are weighed."""
EQUAL_AMOUNTS = 10
"""Equal amounts beyond a pair are all ambiguous alike; these many are shown."""
OLDEST = 3
"""So many of the partner's items are offered when nothing fits."""
MOST_ITEMS = 60
"""Of a partner with more open items than this, only single ones and the oldest are tried."""
_EFFORT = 20_000
_READINGS = 6
_THOUSANDTHS = Decimal("1000")


class Bundle(NamedTuple):
    """Items to weigh together.

    ``evidence`` names them where their own numbers do not; ``choice`` tells how many other
    choices there were; ``fit`` is given where the strategy knows what was taken off.
    """

    items: tuple[OpenItem, ...]
    evidence: tuple[Evidence, ...] = ()
    choice: Evidence | None = None
    fit: Fit | None = None


def bundles(
    payment: Payment, findings: Findings, index: ItemIndex, terms: Terms
) -> Iterator[Bundle]:
    """All that is worth weighing, each set of items once, the best founded first."""
    seen: set[frozenset[Id]] = set()
    for bundle in _all_bundles(payment, findings, index):
        ids = frozenset([item.id for item in bundle.items])
        if ids not in seen:
            seen.add(ids)
            yield bundle


def _all_bundles(payment, findings: Findings, index: ItemIndex) -> Iterator[Bundle]:
    for proposal in findings.proposals:
        yield Bundle(proposal.items, proposal.evidence, None, proposal.fit)
    yield from _named(payment, findings)
    likely = findings.partners_by_points()
    for partner_id in likely[:MOST_PARTNERS]:
        yield from _of_partner(payment, partner_id, findings, index)
    for partner_id in likely[MOST_PARTNERS:]:
        for item in _one_of_partner(payment, partner_id, index)[:EQUAL_AMOUNTS]:
            yield Bundle((item,))
    yield from _with_more_of_partner(payment, findings, index)


def _named(payment: Payment, findings: Findings) -> Iterator[Bundle]:
    """The items that the payer named: each, all together, and those of them that add up."""
    named = _oldest_first(findings.items.values())
    for item in named:
        if item.agrees_in_direction(payment):
            yield Bundle((item,))
    if len(named) < 2:
        return
    apart = _one_for_each_place(named, findings)
    clear = [item for item in apart if findings.quotes[item.id].points >= QUOTE_CLEARLY]
    for several in (apart, clear):
        if len(several) > 1:
            yield Bundle(tuple(several))
    if 2 < len(named) <= MOST_ITEMS:
        for subset in _adding_up(payment, named, most_results=_READINGS).found:
            several = [named[position] for position in subset.positions]
            if several == _one_for_each_place(several, findings):
                yield Bundle(tuple(several))


def _one_for_each_place(named: Sequence[OpenItem], findings: Findings) -> list[OpenItem]:
    """Of what the same words may mean only the best reading, with all of its instalments."""
    if len(named) < 2:
        return list(named)
    kept: list[OpenItem] = []
    for item in sorted(named, key=lambda item: -_founded(item, findings)):
        quote = findings.quotes[item.id]
        rivals = [one for one in kept if same_place(findings.quotes[one.id], quote)]
        if all(_of_one_document(one, item, findings) for one in rivals):
            kept.append(item)
    return _oldest_first(kept)


def _oldest_first(items: Iterable[OpenItem]) -> list[OpenItem]:
    items = list(items)
    return sorted(items, key=lambda item: item.age_key) if len(items) > 1 else items


def _founded(item: OpenItem, findings: Findings) -> int:
    who = findings.who.get(item.partner_id)
    return findings.quotes[item.id].points + (who[0].points if who else 0)


def _of_one_document(one: OpenItem, other: OpenItem, findings: Findings) -> bool:
    """Whether they are instalments, or invoices of one order: the same number names both."""
    if one.partner_id != other.partner_id:
        return False
    named = [findings.quotes[item.id].params.get("number") for item in (one, other)]
    same = named[0] == named[1] is not None and one.kind == other.kind == "document"
    return same or one.numbers[:1] == other.numbers[:1]


def _of_partner(payment, partner_id: Id, findings, index: ItemIndex) -> Iterator[Bundle]:
    """What the partner owes or is owed: one item, several that add up, else the oldest."""
    equal = _one_of_partner(payment, partner_id, index)[:EQUAL_AMOUNTS]
    for item in equal:
        yield Bundle((item,))
    if equal:
        # That several others add up to just the same is a hundred times less likely.
        return
    if findings.quotes:
        return
    items = _payable(payment, index.of_partner(partner_id))
    if 1 < len(items) <= MOST_ITEMS:
        yield from _several(_adding_up(payment, items), items, ())
    for item in [i for i in items if i.agrees_in_direction(payment)][:OLDEST]:
        yield Bundle((item,))


def _one_of_partner(payment: Payment, partner_id: Id, index: ItemIndex) -> list[OpenItem]:
    found = index.of_partner_with_amount(partner_id, payment.amount, payment.currency)
    if payment.original_amount and payment.original_currency:
        agreed = abs(payment.original_amount).copy_sign(payment.amount)
        found = found + index.of_partner_with_amount(partner_id, agreed, payment.original_currency)
    return found


def _with_more_of_partner(payment, findings: Findings, index: ItemIndex) -> Iterator[Bundle]:
    """What the payer named, with further items of the same partner that make up the amount."""
    if not findings.items:
        return
    named = _of_who_paid(_one_for_each_place(list(findings.items.values()), findings), findings)
    partners = {item.partner_id for item in named}
    if len(partners) != 1 or None in partners or _add_up(payment, named):
        return
    if not any(item.agrees_in_direction(payment) for item in named):
        return
    items = _payable(payment, index.of_partner(partners.pop()))
    wanted = {item.id for item in named}
    must_have = [place for place, item in enumerate(items) if item.id in wanted]
    if len(must_have) < len(named) or not len(named) < len(items) <= MOST_ITEMS:
        return
    search = _adding_up(payment, items, must_have)
    yield from _several(search, items, must_have)


def _of_who_paid(named: Sequence[OpenItem], findings: Findings) -> Sequence[OpenItem]:
    """Those of the payer, if he is known and named any: others have such numbers by chance."""
    return [item for item in named if item.partner_id in findings.who] or named


def _add_up(payment: Payment, named: Sequence[OpenItem]) -> bool:
    """Whether what is named explains the amount, alone or together."""
    residuals = [item.residual for item in named]
    return payment.amount in residuals or payment.amount == sum(residuals)


def _payable(payment: Payment, items: Sequence[OpenItem]) -> list[OpenItem]:
    """Items of the payment's currency that were there when it was made, up to one too many."""
    found = []
    for item in items:
        early = (item.date - payment.date).days > DAYS_BEFORE_DOCUMENT
        if item.currency == payment.currency and not early and item.kind != "order":
            found.append(item)
            if len(found) > MOST_ITEMS:
                break
    return found


def _adding_up(payment: Payment, items, must_have=(), most_results=2) -> SubsetSearch:
    return subsets_that_add_up(
        [_units(item.residual) for item in items],
        _units(payment.amount),
        must_have=must_have,
        most_results=most_results,
        effort=_EFFORT,
    )


def _units(amount: Decimal) -> int:
    return int(amount * _THOUSANDTHS)


def _several(search: SubsetSearch, items, must_have) -> Iterator[Bundle]:
    for subset in search.found:
        if len(subset.positions) > max(1, len(must_have)):
            chosen = tuple(items[position] for position in subset.positions)
            yield Bundle(chosen, choice=_choice(subset, search, len(items), len(must_have)))


def _choice(subset: Subset, search: SubsetSearch, items: int, named: int) -> Evidence:
    """How likely these items add up by chance: by how many others there were to choose.

    There was no choice of those that the payer named.
    """
    if subset.kind == "all":
        return Evidence("all_open_items", choice_points(1), {"count": len(subset.positions)})
    chosen = len(subset.positions) - named
    choices = items - named if subset.kind == "oldest" else comb(items - named, chosen)
    if not search.complete:
        choices = max(choices, search.choices)
    params = {"count": len(subset.positions), "items": items, "choices": choices}
    return Evidence("chosen_items", choice_points(choices), params)
