"""From evidence to a score: what the candidates for one payment are, best first.

The points are in :mod:`~.points`. Whether amount, currency and direction agree is looked at
whatever strategies are on: they are guard rails, not hints.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from .index import ItemIndex
from .points import CONTRADICTED_CAP, HIGHEST, ONLY_ITEM, SUPPORT
from .strategy import Strategy
from .types import Candidate, Evidence, OpenItem, Payment

Found = dict[Strategy, Evidence]


def candidates(
    payment: Payment, index: ItemIndex, strategies: Iterable[Strategy]
) -> list[Candidate]:
    """The open items that the payment may settle, the best first; equals in a fixed order.

    Items whose direction disagrees are among them, with a score of 0, because what a
    payer quotes tells something even then.
    """
    items, found = _collect(payment, index, strategies)
    scored = [_candidate(payment, items[key], found[key], index, strategies) for key in items]
    return sorted(scored, key=lambda candidate: (-candidate.score, candidate.item.age_key))


def _collect(payment, index, strategies) -> tuple[dict, dict]:
    """All items that any strategy finds, each with the strongest evidence per strategy."""
    items: dict = {}
    found: dict = {}
    for strategy in strategies:
        for item, evidence in strategy.find(payment, index):
            items[item.id] = item
            known = found.setdefault(item.id, {})
            if strategy not in known or evidence.points > known[strategy].points:
                known[strategy] = evidence
    return items, found


def _candidate(
    payment: Payment, item: OpenItem, found: Found, index: ItemIndex, strategies
) -> Candidate:
    quotes = [evidence for strategy, evidence in found.items() if strategy.nature == "quotes"]
    quote = max(quotes, key=lambda evidence: evidence.points, default=None)
    if not item.agrees_in_direction(payment):
        return Candidate(item, 0, tuple(quotes), quote)
    evidence = _identifying(found)
    evidence += _supporting(payment, item, found, index, strategies)
    kinds = {one.kind for one in evidence}
    if {"counterparty_iban", "amount_equal"} <= kinds:
        evidence += _only_item(payment, item, index)
    contradictions = _contradictions(payment, item)
    score = sum(one.points for one in evidence)
    score = max(0, min(score, CONTRADICTED_CAP if contradictions else HIGHEST))
    return Candidate(item, score, tuple(evidence + contradictions), quote)


def _identifying(found: Found) -> list[Evidence]:
    """The strongest evidence counts in full, another nature supports, the same counts once."""
    ranked = sorted(found.items(), key=lambda pair: (-pair[1].points, pair[0].name))
    natures: set[str] = set()
    counted = []
    for strategy, evidence in ranked:
        points = evidence.points if not natures else SUPPORT
        counted.append(
            dataclasses.replace(evidence, points=0 if strategy.nature in natures else points)
        )
        natures.add(strategy.nature)
    return counted


def _supporting(payment, item, found: Found, index, strategies) -> list[Evidence]:
    supports = (
        strategy.support(payment, item, index) for strategy in strategies if strategy not in found
    )
    return [evidence for evidence in supports if evidence]


def _only_item(payment: Payment, item: OpenItem, index: ItemIndex) -> list[Evidence]:
    """Whether no other item of the account's owners has this amount."""
    partners = index.partners_of(payment)
    equal = [
        other
        for partner in partners
        for other in index.of_partner_with_amount(partner, payment, limit=2)
    ]
    return [Evidence("only_item", ONLY_ITEM)] if equal == [item] else []


def _contradictions(payment: Payment, item: OpenItem) -> list[Evidence]:
    if payment.currency != item.currency:
        params = {"currency": payment.currency, "item_currency": item.currency}
        return [Evidence("currency_differs", 0, params)]
    if payment.amount == item.residual:
        return []
    params = {
        "amount": str(abs(payment.amount)),
        "residual": str(abs(item.residual)),
        "difference": str(abs(payment.amount) - abs(item.residual)),
        "currency": payment.currency,
    }
    return [Evidence("amount_differs", 0, params)]
