"""Why the best candidate may not be posted, whatever its score: hard rules beside the chances."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal

from .findings import Findings, same_place
from .index import ItemIndex
from .normalise import compact, fold
from .payouts import providers_named
from .points import QUOTE_CLEARLY, QUOTED, SERIOUS, WEAKNESSES
from .purposes import other_purpose
from .quotations import stands_behind_invoice
from .returns import unknown_return
from .types import ZERO, Bands, Candidate, Evidence, Id, OpenItem, Payment, Terms
from .unknown import unknown_documents

_SURELY_KNOWN_BY = ("counterparty_iban", "mandate", "customer_number")
_KNOWN_BY = (
    *_SURELY_KNOWN_BY, "counterparty_name", "counterparty_name_like", "name_in_text",
)  # fmt: skip
_NAMED_BY = frozenset({"document_number", "structured_reference", "end_to_end_id"})
_UNNAMED = ("unnamed", "return_unnamed")
_DEDUCTED = Decimal("0.05")
_DEDUCTION = re.compile(
    r"\b(?:GUTSCHRIFT\w*|GS|STORNO\w*|ABZUG|ABZ|ABZGL|ABZU?E?GLICH|MINUS|K(?:UE|U)RZUNG|MINDERUNG"
    r"|M(?:AE|A)NGEL\w*|EINBEHALT\w*|RETOUREN?|RABATT|BONUS|CREDIT ?NOTES?|LESS|DEDUCT\w*"
    r"|AVOIR|NOTA (?:DI )?CREDITO|DOBROPIS\w*)\b|\./\."
)
"""What a payer calls something that he took off, such as a credit note."""
_DIGITS = re.compile(r"\d+")
_FAR_APART = 100
_WITH_YEAR, _WITH_FULL_YEAR = 7, 8
_YEARS = 5
_RARE_AMOUNT = 25
_SURE_PAYEE = ("counterparty_iban", "end_to_end_id")
_PART = {"paid_in_part": "partial", "overpaid": "overpaid"}
_CLEAR_OF_KNOWN = QUOTED - WEAKNESSES["short"]
_OTHERWISE = {"attached", "other_prefix"}
_ALMOST_EQUAL = 92
_EXACT = ("amount_equal", "sum_equal")


def objections(
    payment: Payment,
    findings: Findings,
    ranked: Sequence[Candidate],
    bands: Bands,
    taken: Collection[Id],
    index: ItemIndex,
    terms: Terms,
) -> Iterator[Evidence]:
    """Why the first of the ranked may not be posted; what it says itself is not repeated."""
    best = ranked[0]
    for item in best.items:
        if item.id in taken:
            yield Evidence("already_claimed", 0, {"item": item.label})
    yield from unknown_return(payment, best)
    yield from _ambiguity(ranked, bands)
    yield from _other_quotes(payment, findings, best)
    yield from _hardly_named(payment, best)
    yield from _part(payment, ranked, terms)
    yield from _assumed(ranked)
    yield from _stranger_paid(payment, best)
    if best.has(*_UNNAMED):
        yield from _guessed(payment, findings, best, index)
        yield from _rival(ranked)
    if best.score < bands.post:
        yield Evidence("below_post", 0, {"score": best.score, "post": bands.post})


def _ambiguity(ranked: Sequence[Candidate], bands: Bands) -> Iterator[Evidence]:
    rivals = [one.label for one in ranked[1:] if ranked[0].score - one.score < bands.margin]
    if rivals:
        yield Evidence("ambiguous", 0, {"items": " or ".join(rivals), "count": len(rivals)})


# ----------------------------------------------------------------------
# What the payer names
# ----------------------------------------------------------------------


def _other_quotes(payment: Payment, findings: Findings, best: Candidate) -> Iterator[Evidence]:
    """Documents that the payer names clearly, and that the best candidate leaves out."""
    if not payment.is_in and best.has("end_to_end_id"):
        # Our own id for a payment of ours; what the text names is the payee's.
        return
    settled = {item.id for item in best.items}
    if settled.issuperset(findings.items):
        return
    explained = [one for one in best.evidence if "start" in one.params]
    explained += [findings.quotes[key] for key in settled if key in findings.quotes]
    clearly = min([QUOTE_CLEARLY, *(one.points for one in explained[-1:])])
    others = [
        item
        for key, item in findings.items.items()
        if key not in settled
        and findings.quotes[key].points >= clearly
        and not _is_of_another_vendor(item, best)
        and not _is_explained(findings.quotes[key], explained, best)
    ]
    if others:
        params = {"items": ", ".join(item.label for item in others), "count": len(others)}
        yield Evidence("quotes_others", 0, params)


def _is_explained(quote: Evidence, explained: Sequence[Evidence], best: Candidate) -> bool:
    """Whether the words mean something else: what is settled, or the payer's customer number.

    An end-to-end id is the payer's own, and looks like one of our numbers by chance.
    """
    if any(same_place(quote, one) for one in explained):
        return True
    if quote.params["field"] == "end_to_end_id" and best.has("document_number"):
        return True
    numbers = [one.params["number"] for one in best.evidence if one.kind == "customer_number"]
    return compact(quote.params["quoted"]) in map(compact, numbers)


def _is_of_another_vendor(item: OpenItem, best: Candidate) -> bool:
    """Whom we paid is certain, and vendors use each other's numbers."""
    sure = best.has(*_SURE_PAYEE)
    return sure and item.residual < 0 and item.partner_id != best.item.partner_id


def _hardly_named(payment: Payment, best: Candidate) -> Iterator[Evidence]:
    """What may be quoted by chance is posted only when somebody who fits is known."""
    quotes = [one for one in best.evidence if "weaknesses" in one.params]
    if len(quotes) != 1 or not SERIOUS & set(quotes[0].params["weaknesses"]):
        return
    if not best.has(*_KNOWN_BY) and not _is_called_invoice(payment, quotes[0], best):
        yield Evidence("hardly_named", 0, {"quoted": quotes[0].params["quoted"]})


def _is_called_invoice(payment: Payment, quote: Evidence, best: Candidate) -> bool:
    """Whether it is short and nothing else, "invoice" stands in front, and the amount is rare."""
    if set(quote.params["weaknesses"]) != {"short"} or quote.params["field"] != "text":
        return False
    equal = [one.points for one in best.evidence if one.kind in _EXACT]
    rare = bool(equal) and equal[0] >= _RARE_AMOUNT
    return rare and stands_behind_invoice(payment.text, quote.params["start"])


def _is_clear(quote: Evidence) -> bool:
    """Whether the words can hardly mean something else when the payer is known."""
    unclear = _OTHERWISE & set(quote.params.get("weaknesses", ()))
    return quote.points >= _CLEAR_OF_KNOWN and not unclear


def _is_quote(evidence: Evidence) -> bool:
    return evidence.kind in _NAMED_BY or "weaknesses" in evidence.params


# ----------------------------------------------------------------------
# How much
# ----------------------------------------------------------------------


def _part(payment: Payment, ranked: Sequence[Candidate], terms: Terms) -> Iterator[Evidence]:
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
            or _DEDUCTION.search(fold(payment.text))
            or not (quote and _is_clear(quote))
            or not best.has(*_KNOWN_BY)
            or any(one.has(*_EXACT) for one in ranked[1:])
        ):
            yield Evidence("amount_differs", 0, found[0].params)


def _looks_deducted(params: dict) -> bool:
    """Whether so little is missing that it was taken off for a reason nobody has told."""
    missing = -Decimal(params["difference"])
    return ZERO < missing <= _DEDUCTED * Decimal(params["residual"])


def _assumed(ranked: Sequence[Candidate]) -> Iterator[Evidence]:
    """Charges are assumed only where nothing else has just the amount."""
    assumed = [one for one in ranked[0].evidence if one.kind == "charges_assumed"]
    if assumed and any(one.has(*_EXACT) for one in ranked[1:]):
        yield Evidence("difference_unnamed", 0, assumed[0].params)


# ----------------------------------------------------------------------
# Who paid, and what for
# ----------------------------------------------------------------------


def _stranger_paid(payment: Payment, best: Candidate) -> Iterator[Evidence]:
    """Anybody may pay us; but whom we pay we have chosen, and it must be the vendor."""
    if payment.is_in:
        return
    told = payment.name or payment.iban
    ours = all(item.kind in ("document", "order") for item in best.items)
    if told and ours and not best.has(*_KNOWN_BY):
        yield Evidence("payee_unknown", 0, {"payee": told})


def _guessed(payment, findings: Findings, best: Candidate, index) -> Iterator[Evidence]:
    """What speaks against an item that the payer does not name."""
    yield from _unknown_quotes(payment, best, index)
    for one in best.evidence:
        if one.kind in ("small_difference", "charges_assumed"):
            yield Evidence("difference_unnamed", 0, one.params)
    if best.has("return_unnamed"):
        return
    if purpose := other_purpose(payment.text):
        yield Evidence("other_purpose", 0, {"purpose": purpose.capitalize()})
    yield from _other_identity(findings, best, index)
    if best.has(*_KNOWN_BY) and not best.has(*_SURELY_KNOWN_BY) and _is_unsure(payment, best):
        yield Evidence("hardly_known")


def _unknown_quotes(payment: Payment, best: Candidate, index: ItemIndex) -> Iterator[Evidence]:
    """A document that the payer names and that is not open speaks against a guess.

    A number with one wrong digit may be mistyped, or right: of a document that is paid.
    """
    # What we pay ourselves is copied from the bill.
    if payment.is_in and any(_is_mistyped(one) for one in best.evidence):
        return
    if best.has("near_number"):
        yield Evidence("perhaps_mistyped")
        return
    known = index.settled if best.has("return_unnamed") else index
    for quoted in unknown_documents(payment, known, best):
        yield Evidence("quotes_unknown", 0, {"quoted": quoted})
        return


def _is_mistyped(evidence: Evidence) -> bool:
    """Whether it is a mistyped number; with another digit it may be another document, paid.

    Documents with numbers nearby are written at the same time, to the same customers.
    """
    if evidence.kind != "near_number":
        return False
    return evidence.params["error"] != "digit wrong" or _are_far_apart(evidence.params)


def _are_far_apart(params: dict) -> bool:
    own, written = (_DIGITS.findall(params[key])[-1:] for key in ("number", "quoted"))
    if not own or not written or _is_of_another_year(own[0], written[0]):
        return False
    return abs(int(own[0]) - int(written[0])) >= _FAR_APART


def _is_of_another_year(own: str, written: str) -> bool:
    """Whether only the year in front differs: the same number of last year is paid long since.

    >>> _is_of_another_year("20260700324", "20250700324"), _is_of_another_year("2600042", "2500042")
    (True, True)
    >>> _is_of_another_year("27559", "26559")
    False
    """
    width = 2 if len(own) < _WITH_FULL_YEAR or own[:2] != "20" else 4
    if len(own) < _WITH_YEAR or own[width:] != written[width:]:
        return False
    return abs(int(own[:width]) - int(written[:width])) <= _YEARS


def _other_identity(findings: Findings, best: Candidate, index) -> Iterator[Evidence]:
    """Somebody else is named as well: by a number, an account or a full name."""
    own = {one.kind for one in findings.who.get(best.item.partner_id, ())}
    for partner_id, found in findings.who.items():
        if partner_id == best.item.partner_id:
            continue
        for one in found:
            sure = one.kind in _SURELY_KNOWN_BY and one.points > QUOTED
            named = one.kind == "counterparty_name"
            if (sure or named) and one.kind not in own:
                yield Evidence("other_identity", 0, {"partner": index.partners.name_of(partner_id)})
                return


def _rival(ranked: Sequence[Candidate]) -> Iterator[Evidence]:
    """Somebody else who is named in another way, and whose item has just the amount as well."""
    best = ranked[0]
    own = {one.kind for one in best.evidence}
    for other in ranked[1:]:
        if other.item.partner_id == best.item.partner_id or not other.has(*_EXACT):
            continue
        if any(one.kind in _KNOWN_BY and one.kind not in own for one in other.evidence):
            yield Evidence("ambiguous", 0, {"items": other.label, "count": 1})
            return


def _is_unsure(payment: Payment, best: Candidate) -> bool:
    """Whether only a similar name speaks for the partner, or words of somebody else's text."""
    if best.has("counterparty_name"):
        return False
    similar = [one for one in best.evidence if one.kind == "counterparty_name_like"]
    if similar:
        return max(one.params["similarity"] for one in similar) < _ALMOST_EQUAL
    return bool(payment.name) and not providers_named(payment.name)
