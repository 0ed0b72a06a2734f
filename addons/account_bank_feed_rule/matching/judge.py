"""One payment by itself: what it would settle, or what keeps it from that."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from .collective import judge_details
from .findings import Findings, gather
from .index import ItemIndex
from .objections import objections
from .points import left_by
from .returns import only_what_came_back, unknown_return
from .scoring import candidates
from .strategy import Strategy
from .types import Bands, Candidate, Decision, Evidence, Id, Payment, Terms

DEFAULT_TERMS = Terms()


def judge(
    payment: Payment,
    index: ItemIndex,
    bands: Bands,
    strategies: Sequence[Strategy],
    taken: Collection[Id] = frozenset(),
    terms: Terms = DEFAULT_TERMS,
) -> Decision:
    """Decide on one payment as if no other were waiting.

    A decision in the band ``post`` is a claim only: :func:`~.settle.settle` compares it
    with the claims of all other payments.

    :param taken: ids of open items that something else has claimed already
    """
    if payment.details:
        return judge_details(
            payment, lambda one: judge(one, index, bands, strategies, taken, terms)
        )
    findings = gather(payment, index, strategies)
    ranked = candidates(payment, index, strategies, terms, findings)
    ranked = only_what_came_back(payment, ranked)
    if not ranked:
        return Decision(payment.id, "leave", reasons=tuple(_nothing(payment, findings)))
    best = ranked[0]
    found = tuple(objections(payment, findings, ranked, bands, taken, index, terms))
    ranked = _doubted(ranked, found)
    best = ranked[0]
    band = _band(best, found, bands)
    return Decision(
        payment.id,
        band,
        candidates=tuple(ranked),
        settlement=best if band == "post" else None,
        score=best.score,
        margin=max(0, best.score - (ranked[1].score if len(ranked) > 1 else 0)),
        reasons=best.evidence + found,
    )


def _doubted(ranked: Sequence[Candidate], found: Sequence[Evidence]) -> list[Candidate]:
    """The candidates with what the gravest objection leaves of their scores.

    What speaks against the first speaks against all that are as little named as it is.
    """
    best = ranked[0]
    left = left_by([one.kind for one in (*best.evidence, *found)])
    if left == 100:
        return list(ranked)
    alike = best.has("unnamed")
    return [
        one.scored(one.score * left // 100) if one is best or one.has("unnamed") == alike else one
        for one in ranked
    ]


def _band(best: Candidate, found: Sequence[Evidence], bands: Bands) -> str:
    # A contradiction keeps from posting even where the bands would let its score pass.
    if not found and not any(evidence.is_objection for evidence in best.evidence):
        return "post"
    return "suggest" if best.score >= bands.suggest else "leave"


def _nothing(payment: Payment, findings: Findings) -> Iterator[Evidence]:
    if not payment.amount:
        yield Evidence("no_amount")
        return
    yield from unknown_return(payment, None)
    for item in findings.items.values():
        yield Evidence("opposite_direction", 0, {"item": item.label})
    if findings.items:
        return
    for partner_id in findings.partners_by_points()[:1]:
        yield findings.who[partner_id][0]
        yield Evidence("nothing_open")
    if not findings.who:
        yield Evidence("nothing_found")
