"""A decision in the words of an accountant: why this, why not something else, why nothing."""

from __future__ import annotations

from collections.abc import Iterable

from .sentences import HEADLINES, SENTENCES
from .types import Candidate, Decision, Evidence
from .wording import ENGLISH, Language, all_said


def explain(decision: Decision, language: Language = ENGLISH) -> str:
    """A few sentences: what happens with the payment, why, and why not something else.

    :param language: how to say what :mod:`~.sentences` has in English

    >>> explain(Decision(1, "leave", reasons=(Evidence("nothing_found"),)))
    'Left for a person: it names no open item, and nobody whom we know.'
    """
    because = [reason for reason in decision.reasons if not reason.is_objection]
    headline = _headline(decision, language)
    if decision.band == "leave" and not decision.candidates:
        return _sentence(headline, decision.reasons, language)
    parts = [_sentence(headline, because, language)]
    if decision.objections:
        parts.append(explain_objections(decision.objections, language))
    elif len(decision.candidates) > 1 and decision.settlement:
        parts.append(_runner_up(*decision.candidates[:2], language))
    return " ".join(parts)


def explain_objections(objections: Iterable[Evidence], language: Language = ENGLISH) -> str:
    """Why a payment was left to a person."""
    return _sentence(language.sentence(HEADLINES["objections"]), objections, language)


def _headline(decision: Decision, language: Language) -> str:
    params = {
        "rule": decision.rule_name or "",
        "score": decision.score,
        "item": decision.candidates[0].label if decision.candidates else "",
    }
    kind = _headline_kind(decision)
    if decision.rule_name and f"{kind}_by_rule" in HEADLINES:
        kind += "_by_rule"
    return language.sentence(HEADLINES[kind]) % params


def _headline_kind(decision: Decision) -> str:
    if decision.band == "post":
        return decision.outcome
    if not decision.candidates:
        return "left"
    return "suggested" if decision.band == "suggest" else "hardly"


def _runner_up(best: Candidate, second: Candidate, language: Language) -> str:
    """Why not the next best: what it lacks, and what speaks against it."""
    found = {evidence.kind for evidence in second.evidence}
    lacks = [one for one in best.evidence if one.kind not in found and one.points > 0]
    against = [one for one in second.evidence if one.points < 0]
    params = {"item": second.label, "score": second.score}
    headline = language.sentence(HEADLINES["runner_up" if against else "runner_up_lacks"]) % params
    return _sentence(headline, against or lacks, language)


def _sentence(headline: str, reasons: Iterable[Evidence], language: Language) -> str:
    parts = all_said(reasons, language)
    return f"{headline}: {'; '.join(parts)}." if parts else f"{headline}."


def reasons_as_data(reasons: tuple[Evidence, ...]) -> list[dict]:
    """The reasons as JSON can keep them."""
    return [
        {"kind": reason.kind, "points": reason.points, "params": dict(reason.params)}
        for reason in reasons
    ]


def objections_in(data: Iterable[dict]) -> list[Evidence]:
    """The objections among the reasons as JSON has kept them; a version may have dropped some."""
    reasons = [Evidence(**one) for one in data if one["kind"] in SENTENCES]
    return [reason for reason in reasons if reason.is_objection]
