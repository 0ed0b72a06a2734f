"""One payment by itself: what it would settle, or what keeps it from that."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal

from .collective import judge_details
from .findings import Findings, gather, same_place
from .index import ItemIndex
from .normalise import compact
from .points import QUOTE_CLEARLY, SERIOUS
from .returns import only_what_came_back, unknown_return
from .scoring import candidates
from .strategy import Strategy
from .types import ZERO, Bands, Candidate, Decision, Evidence, Id, OpenItem, Payment, Terms
from .unknown import unknown_documents

DEFAULT_TERMS = Terms()
_KNOWN_BY = frozenset(
    {
        "counterparty_iban", "mandate", "customer_number", "counterparty_name",
        "counterparty_name_like", "name_in_text",
    }
)  # fmt: skip
_NAMED_BY = frozenset({"document_number", "structured_reference", "end_to_end_id"})
_UNNAMED = ("unnamed", "return_unnamed")
_DEDUCTED = Decimal("0.05")
_SURE = ("counterparty_iban", "end_to_end_id")
_PART = {"paid_in_part": "partial", "overpaid": "overpaid"}


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
    objections = tuple(_objections(payment, findings, ranked, bands, taken, index, terms))
    band = _band(best, objections, bands)
    return Decision(
        payment.id,
        band,
        candidates=tuple(ranked),
        settlement=best if band == "post" else None,
        score=best.score,
        margin=best.score - (ranked[1].score if len(ranked) > 1 else 0),
        reasons=best.evidence + objections,
    )


def _band(best: Candidate, objections: Sequence[Evidence], bands: Bands) -> str:
    # A contradiction keeps from posting even where the bands would let its score pass.
    if not objections and not any(evidence.is_objection for evidence in best.evidence):
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


def _objections(
    payment, findings, ranked, bands: Bands, taken, index, terms: Terms
) -> Iterator[Evidence]:
    """Why the best candidate may not be posted; what it says itself is not repeated."""
    best = ranked[0]
    for item in best.items:
        if item.id in taken:
            yield Evidence("already_claimed", 0, {"item": item.label})
    yield from unknown_return(payment, best)
    yield from _ambiguity(ranked, bands)
    yield from _other_quotes(findings, best)
    yield from _unknown_quotes(payment, best, index)
    yield from _hardly_named(best)
    yield from _part(ranked, terms)
    yield from _unnamed_difference(best)
    if best.score < bands.post:
        yield Evidence("below_post", 0, {"score": best.score, "post": bands.post})


def _ambiguity(ranked: Sequence[Candidate], bands: Bands) -> Iterator[Evidence]:
    rivals = [one.label for one in ranked[1:] if ranked[0].score - one.score < bands.margin]
    if rivals:
        yield Evidence("ambiguous", 0, {"items": " or ".join(rivals), "count": len(rivals)})


def _other_quotes(findings: Findings, best: Candidate) -> Iterator[Evidence]:
    """Documents that the payer names clearly, and that the best candidate leaves out."""
    settled = {item.id for item in best.items}
    explained = [one for one in best.evidence if "start" in one.params]
    explained += [findings.quotes[key] for key in settled if key in findings.quotes]
    clearly = min([QUOTE_CLEARLY, *(one.points for one in explained[-1:])])
    others = [
        item
        for key, item in findings.items.items()
        if key not in settled
        and not _is_of_another_vendor(item, best)
        and findings.quotes[key].points >= clearly
        and not any(same_place(findings.quotes[key], one) for one in explained)
    ]
    if others:
        params = {"items": ", ".join(item.label for item in others), "count": len(others)}
        yield Evidence("quotes_others", 0, params)


def _is_of_another_vendor(item: OpenItem, best: Candidate) -> bool:
    """Whom we paid is certain, and vendors use each other's numbers."""
    sure = any(one.kind in _SURE for one in best.evidence)
    return sure and item.residual < 0 and item.partner_id != best.item.partner_id


def _unknown_quotes(payment: Payment, best: Candidate, index: ItemIndex) -> Iterator[Evidence]:
    """A document that the payer names and that is not open speaks against a guess."""
    if not best.has(*_UNNAMED) or any(_is_mistyped(one) for one in best.evidence):
        return
    known = index.settled if best.has("return_unnamed") else index
    for quoted in unknown_documents(payment, known.series_of(payment), best):
        yield Evidence("quotes_unknown", 0, {"quoted": quoted})
        return


def _is_mistyped(evidence: Evidence) -> bool:
    """Whether it is a mistyped number; one that ends otherwise may be the document before."""
    if evidence.kind != "near_number":
        return False
    quoted, number = compact(evidence.params["quoted"]), compact(evidence.params["number"])
    return len(quoted) != len(number) or quoted[:-1] != number[:-1]


def _is_clear(quote: Evidence) -> bool:
    return quote.points >= QUOTE_CLEARLY


def _hardly_named(best: Candidate) -> Iterator[Evidence]:
    """What may be quoted by chance is posted only when somebody who fits is known."""
    quotes = [one for one in best.evidence if "weaknesses" in one.params]
    if not quotes or any(not SERIOUS & set(one.params["weaknesses"]) for one in quotes):
        return
    if not best.has(*_KNOWN_BY):
        yield Evidence("hardly_named", 0, {"quoted": quotes[0].params["quoted"]})


def _part(ranked: Sequence[Candidate], terms: Terms) -> Iterator[Evidence]:
    """A part, or too much, is posted only to what the payer names, and when he is known."""
    best = ranked[0]
    for kind, allowed in _PART.items():
        found = [one for one in best.evidence if one.kind == kind]
        if not found:
            continue
        quote = next((one for one in best.evidence if _is_quote(one)), None)
        if (
            not getattr(terms, allowed)
            or len({item.numbers[:1] for item in best.items}) > 1
            or _looks_deducted(found[0].params)
            or not (quote and _is_clear(quote))
            or not best.has(*_KNOWN_BY)
            or any(one.has("amount_equal", "sum_equal") for one in ranked[1:])
        ):
            yield Evidence("amount_differs", 0, found[0].params)


def _is_quote(evidence: Evidence) -> bool:
    return evidence.kind in _NAMED_BY or "weaknesses" in evidence.params


def _unnamed_difference(best: Candidate) -> Iterator[Evidence]:
    """A difference is forgiven on what the payer names, not on what we guess."""
    if not best.has("unnamed"):
        return
    for one in best.evidence:
        if one.kind in ("small_difference", "charges_assumed"):
            yield Evidence("difference_unnamed", 0, one.params)


def _looks_deducted(params: dict) -> bool:
    """Whether so little is missing that it was taken off for a reason nobody has told."""
    missing = -Decimal(params["difference"])
    return ZERO < missing <= _DEDUCTED * Decimal(params["residual"])
