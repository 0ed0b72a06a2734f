"""One payment by itself: which open item it would claim, or what keeps it from that."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from .index import ItemIndex
from .points import QUOTE_CLEARLY, quotation_points
from .quotations import names_unknown_document
from .references import is_given, scheme
from .scoring import candidates
from .strategy import Strategy
from .types import Bands, Candidate, Decision, Evidence, Id, Payment

_NAMED_WITHOUT_PREFIX = quotation_points(("prefix_left_out",))


def judge(
    payment: Payment,
    index: ItemIndex,
    bands: Bands,
    strategies: Sequence[Strategy],
    taken: Collection[Id] = frozenset(),
) -> Decision:
    """Decide on one payment as if no other were waiting.

    A decision in the band ``post`` is a claim only: :func:`~.settle.settle` compares it
    with the claims of all other payments.

    :param taken: ids of open items that something else has claimed already
    """
    everything = candidates(payment, index, strategies)
    ranked = [one for one in everything if one.item.agrees_in_direction(payment)]
    if not ranked:
        return Decision(payment.id, "leave", reasons=tuple(_nothing(payment, everything)))
    best = ranked[0]
    margin = best.score - ranked[1].score if len(ranked) > 1 else best.score
    objections = tuple(_objections(payment, everything, ranked, bands, taken, index))
    band = _band(best, objections, bands)
    return Decision(
        payment.id,
        band,
        candidates=tuple(ranked),
        chosen=(best.item,) if band == "post" else (),
        score=best.score,
        margin=margin,
        reasons=best.evidence + objections,
    )


def _band(best: Candidate, objections: Sequence[Evidence], bands: Bands) -> str:
    # A contradiction keeps from posting even where the bands would let its score pass.
    if not objections and not any(evidence.is_objection for evidence in best.evidence):
        return "post"
    return "suggest" if best.score >= bands.suggest else "leave"


def _nothing(payment: Payment, opposite: Sequence[Candidate]) -> Iterator[Evidence]:
    if not payment.amount:
        yield Evidence("no_amount")
    for candidate in opposite:
        yield Evidence("opposite_direction", 0, {"item": candidate.item.label})
    if payment.amount and not opposite:
        yield Evidence("nothing_found")


def _objections(payment, everything, ranked, bands: Bands, taken, index) -> Iterator[Evidence]:
    """Why the best candidate may not be posted; what it says itself is not repeated."""
    best = ranked[0]
    if best.item.id in taken:
        yield Evidence("already_claimed", 0, {"item": best.item.label})
    yield from _ambiguity(ranked, bands)
    yield from _other_quotes(payment, everything, best)
    yield from _unknown_quotes(payment, best, index)
    if best.score < bands.post:
        yield Evidence("below_post", 0, {"score": best.score, "post": bands.post})


def _ambiguity(ranked: Sequence[Candidate], bands: Bands) -> Iterator[Evidence]:
    rivals = [one.item.label for one in ranked[1:] if ranked[0].score - one.score < bands.margin]
    if rivals:
        yield Evidence("ambiguous", 0, {"items": ", ".join(rivals), "count": len(rivals)})


def _other_quotes(
    payment: Payment, everything: Sequence[Candidate], best: Candidate
) -> Iterator[Evidence]:
    """Other documents that the payer names about as clearly as the best candidate."""
    clearly = min(QUOTE_CLEARLY, best.quote.points if best.quote else 0)
    others = [
        one for one in everything if one is not best and one.quote and one.quote.points >= clearly
    ]
    apart = [one for one in others if not _same_place(one.quote, best.quote)]
    if apart:
        params = {"items": ", ".join(one.item.label for one in apart), "count": len(apart)}
        yield Evidence("quotes_others", 0, params)
    quoted = [one.item for one in (best, *others) if one.quote]
    same_currency = all(item.currency == payment.currency for item in quoted)
    total = sum(item.residual for item in quoted)
    if len(quoted) > 1 and same_currency and total == payment.amount:
        params = {"items": ", ".join(item.label for item in quoted), "count": len(quoted)}
        yield Evidence("adds_up", 0, params)


def _same_place(one: Evidence, other: Evidence | None) -> bool:
    """Whether two quotations are the same words, read as two numbers."""
    if other is None:
        return False
    if one.params["quoted"] == other.params["quoted"]:
        return True
    return (
        one.params["field"] == other.params["field"]
        and one.params["start"] < other.params["end"]
        and other.params["start"] < one.params["end"]
    )


def _unknown_quotes(payment: Payment, best: Candidate, index: ItemIndex) -> Iterator[Evidence]:
    """A document that the payer names and that is not open speaks against a guess."""
    if best.quote and best.quote.points >= _NAMED_WITHOUT_PREFIX:
        return
    unknown = names_unknown_document(payment.text, index.series)
    if not unknown and is_given(payment.reference) and scheme(payment.reference):
        unknown = payment.reference
    if unknown:
        yield Evidence("quotes_unknown", 0, {"quoted": unknown})
