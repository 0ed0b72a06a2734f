"""A decision in the words of an accountant: why this, why not something else, why nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from .sentences import HEADLINES, SENTENCES
from .types import Candidate, Decision, Evidence

Translate = Callable[[str], str]


def explain(decision: Decision, translate: Translate = str) -> str:
    """A few sentences: what happens with the payment, why, and why not something else.

    :param translate: gives a template of :mod:`~.sentences` in another language

    >>> explain(Decision(1, "leave", reasons=(Evidence("nothing_found"),)))
    'Left for a person: it names no open item, and nobody whom we know.'
    """
    because = [reason for reason in decision.reasons if not reason.is_objection]
    headline = _headline(decision, translate)
    if decision.band == "leave" and not decision.candidates:
        return _sentence(headline, decision.reasons, translate)
    parts = [_sentence(headline, because, translate)]
    if decision.objections:
        parts.append(_sentence(translate(HEADLINES["objections"]), decision.objections, translate))
    elif len(decision.candidates) > 1 and decision.settlement:
        parts.append(_runner_up(*decision.candidates[:2], translate))
    return " ".join(parts)


def _headline(decision: Decision, translate: Translate) -> str:
    params = {
        "rule": decision.rule_name or "",
        "score": decision.score,
        "item": decision.candidates[0].label if decision.candidates else "",
    }
    kind = _headline_kind(decision)
    if decision.rule_name and f"{kind}_by_rule" in HEADLINES:
        kind += "_by_rule"
    return translate(HEADLINES[kind]) % params


def _headline_kind(decision: Decision) -> str:
    if decision.band == "post":
        return decision.outcome
    if not decision.candidates:
        return "left"
    return "suggested" if decision.band == "suggest" else "hardly"


def _runner_up(best: Candidate, second: Candidate, translate: Translate) -> str:
    """Why not the next best: what it lacks, and what speaks against it."""
    found = {evidence.kind for evidence in second.evidence}
    lacks = [one for one in best.evidence if one.kind not in found and one.points > 0]
    against = [one for one in second.evidence if one.points < 0]
    params = {"item": second.label, "score": second.score}
    headline = translate(HEADLINES["runner_up" if against else "runner_up_lacks"]) % params
    return _sentence(headline, against or lacks, translate)


def _sentence(headline: str, reasons: Iterable[Evidence], translate: Translate) -> str:
    parts = [said(reason, translate) for reason in reasons]
    return f"{headline}: {'; '.join(parts)}." if parts else f"{headline}."


def said(evidence: Evidence, translate: Translate = str) -> str:
    """One piece of evidence in words."""
    return translate(SENTENCES[evidence.kind]) % evidence.params


def reasons_as_data(reasons: tuple[Evidence, ...]) -> list[dict]:
    """The reasons as JSON can keep them."""
    return [
        {"kind": reason.kind, "points": reason.points, "params": dict(reason.params)}
        for reason in reasons
    ]
