"""From evidence to a score: what the candidates for one payment are, best first.

The points are in :mod:`~.points`. Whether amount, currency and direction agree is looked at
whatever strategies are on: they are guard rails, not hints.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .amounts import fit
from .combine import Bundle, bundles
from .findings import Findings, gather
from .index import ItemIndex
from .names import are_called_alike
from .points import (
    LATER_INSTALMENT,
    MOST_FURTHER,
    OTHER_NAME,
    OTHER_PARTNER,
    QUOTED_FURTHER,
    REGISTERED,
    REGISTERED_DAYS,
    REGISTERED_LATER,
    RELATED_PARTNER,
)
from .strategy import Strategy
from .types import Candidate, Evidence, Id, OpenItem, Payment, Terms

_MOST_POINTS = 150
_SURELY_KNOWN = 40
_NAME_KNOWN = 25
KEPT = 12
"""Candidates that are kept; what is beyond can be no more likely than 1 in 12."""


def candidates(
    payment: Payment,
    index: ItemIndex,
    strategies: Sequence[Strategy],
    terms: Terms,
    findings: Findings | None = None,
) -> list[Candidate]:
    """What the payment may be for, the best first; equals in a fixed order."""
    findings = findings or gather(payment, index, strategies)
    weighed = [
        candidate
        for bundle in bundles(payment, findings, index, terms)
        if (candidate := _weigh(payment, bundle, findings, index, strategies, terms))
    ]
    if len(weighed) > 1:
        weighed = sorted(_sums_alike(weighed), key=lambda one: (-one.points, _order(one)))
    return scored(weighed)[:KEPT]


def _sums_alike(weighed: list[Candidate]) -> list[Candidate]:
    """Several items that add up to the same are each other's chance, however fine the amounts."""
    sums = [one for one in weighed if one.has("sum_equal")]
    if len(sums) < 2:
        return weighed
    least = min(part.points for one in sums for part in one.evidence if part.kind == "sum_equal")
    return [_with_sum(one, least) if one in sums else one for one in weighed]


def _with_sum(candidate: Candidate, points: int) -> Candidate:
    evidence = tuple(
        one.counting(points) if one.kind == "sum_equal" else one for one in candidate.evidence
    )
    return candidate._replace(evidence=evidence, points=sum(one.points for one in evidence))


def scored(weighed: Iterable[Candidate]) -> list[Candidate]:
    """The candidates with their chances, in percent, that exactly one or none of them is right.

    >>> from decimal import Decimal
    >>> [one.score for one in scored([Candidate((), points=20), Candidate((), points=10)])]
    [90, 9]
    """
    weighed = list(weighed)
    likelihoods = [10 ** (min(one.points, _MOST_POINTS) / 10) for one in weighed]
    everything = 1 + sum(likelihoods)
    return [
        one.scored(round(100 * likelihood / everything))
        for one, likelihood in zip(weighed, likelihoods, strict=True)
    ]


def _order(candidate: Candidate) -> tuple:
    return (len(candidate.allocations), *(item.age_key for item in candidate.items))


def _weigh(payment, bundle: Bundle, findings, index, strategies, terms) -> Candidate | None:
    quotes = [findings.quotes[item.id] for item in bundle.items if item.id in findings.quotes]
    fitted = bundle.fit or fit(payment, bundle.items, terms, index, named=bool(quotes))
    if fitted is None:
        return None
    evidence = [
        *(_named(quotes) if quotes or bundle.evidence else ()),
        *bundle.evidence,
        *fitted.evidence,
        *_counterparty(payment, bundle.items, findings, index),
    ]
    if not quotes and not bundle.evidence:
        evidence += _unnamed(payment, bundle, index, strategies if fitted.explains else ())
    if bundle.choice:
        evidence.append(bundle.choice)
    if len(bundle.items) == 1 and _is_later_instalment(bundle.items[0], index):
        evidence.append(Evidence("later_instalment", LATER_INSTALMENT))
    registered = [item for item in bundle.items if item.kind == "payment"]
    if registered:
        evidence.append(Evidence("registered", _registered_points(payment, registered)))
    return Candidate(
        allocations=fitted.allocations,
        evidence=tuple(evidence),
        adjustments=fitted.adjustments,
        rest=fitted.rest,
        points=sum([one.points for one in evidence]),
    )


def _registered_points(payment: Payment, registered: Sequence[OpenItem]) -> int:
    latest = max([item.date for item in registered])
    return REGISTERED_LATER if (latest - payment.date).days > REGISTERED_DAYS else REGISTERED


def _is_later_instalment(item: OpenItem, index: ItemIndex) -> bool:
    """Whether an equal instalment of the same document is due earlier: that one is paid first."""
    if not item.numbers or item.due_date is None or item.kind != "document":
        return False
    alike = index.of_partner_with_amount(item.partner_id, item.residual, item.currency)
    return len(alike) > 1 and any(
        one.numbers[0] == item.numbers[0]
        and one.residual == item.residual
        and one.due_date < item.due_date
        for one in alike
        if one.numbers and one.due_date and one.kind == "document"
    )


def _named(quotes: Sequence[Evidence]) -> list[Evidence]:
    """The strongest quotation counts in full, each further one a little."""
    if len(quotes) < 2:
        return list(quotes)
    ranked = sorted(quotes, key=lambda quote: -quote.points)
    counted = ranked[:1]
    for place, quote in enumerate(ranked[1:], start=1):
        points = QUOTED_FURTHER if place <= MOST_FURTHER else 0
        counted.append(quote.counting(points))
    return counted


def _unnamed(payment, bundle: Bundle, index: ItemIndex, strategies) -> list[Evidence]:
    """One of so many open items, unless its number was only mistyped."""
    found = [Evidence("unnamed", index.crowd, {"count": index.size})]
    if len(bundle.items) == 1:
        asked = [one for one in strategies if "support" in one.offers]
        supports = (one.support(payment, bundle.items[0], index) for one in asked)
        found += [evidence for evidence in supports if evidence]
    return found


def _counterparty(payment: Payment, items, findings: Findings, index) -> list[Evidence]:
    """Whether who paid is the partner of the items, or somebody else whom we know."""
    partners = {item.partner_id for item in items} - {None}
    agreeing = [evidence for one in partners for evidence in findings.who.get(one, ())]
    if agreeing:
        return findings.strongest(agreeing) + _for_others(partners, findings, index)
    if not partners:
        return []
    other = next(iter(findings.partners_by_points()), None)
    if other is None:
        return []
    strongest = findings.who[other][0]
    params = {"partner": index.partners.name_of(other)}
    if strongest.points >= _SURELY_KNOWN and strongest.kind in _SURE_KINDS:
        owes_the_same = index.of_partner_with_amount(other, payment.amount, payment.currency)
        if not owes_the_same and _all_called_like(params["partner"], partners, index):
            return [Evidence("related_partner", RELATED_PARTNER, params)]
        return [Evidence("other_partner", OTHER_PARTNER, params)]
    if strongest.points >= _NAME_KNOWN and strongest.kind == "counterparty_name":
        return [Evidence("other_name", OTHER_NAME, params)]
    return []


def _for_others(partners: Iterable[Id], findings: Findings, index) -> list[Evidence]:
    """Who is known to have paid, where items of somebody who has nothing to do with him are in."""
    others = [one for one in partners if one not in findings.who]
    if not others:
        return []
    payer = findings.partners_by_points()[0]
    if findings.who[payer][0].kind not in _SURE_KINDS:
        return []
    name = index.partners.name_of(payer)
    if _all_called_like(name, others, index):
        return []
    return [Evidence("other_partner", OTHER_PARTNER, {"partner": name})]


def _all_called_like(name: str, partners: Iterable[Id], index: ItemIndex) -> bool:
    return all(are_called_alike(name, index.partners.name_of(one)) for one in partners)


_SURE_KINDS = ("counterparty_iban", "mandate", "customer_number")
