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
    return explain_data(
        **explanation_as_data(decision), reasons=decision.reasons, language=language
    )


def explanation_as_data(decision: Decision) -> dict:
    """What :func:`explain_data` needs besides the decision's reasons, as JSON can keep it."""
    data = {"headline": _headline(decision), "params": _headline_params(decision)}
    if decision.band == "leave" and not decision.candidates:
        data["in_one"] = True
    if not decision.objections and len(decision.candidates) > 1 and decision.settlement:
        data["runner_up"] = _runner_up(*decision.candidates[:2])
    return data


def explain_data(
    headline: str,
    params: dict,
    reasons: Iterable[Evidence],
    runner_up: dict | None = None,
    in_one: bool = False,
    language: Language = ENGLISH,
) -> str:
    """A decision in words, from what was kept of it.

    :param in_one: all reasons in one sentence, whether they speak for or against something

    >>> explain_data("left", {}, [Evidence("nothing_found")], in_one=True)
    'Left for a person: it names no open item, and nobody whom we know.'
    """
    reasons = list(reasons)
    objections = [] if in_one else [one for one in reasons if one.is_objection]
    because = [one for one in reasons if in_one or not one.is_objection]
    parts = [_sentence(language.sentence(HEADLINES[headline]) % params, because, language)]
    if objections:
        parts.append(explain_objections(objections, language))
    elif runner_up:
        title = language.sentence(HEADLINES[runner_up["headline"]]) % runner_up["params"]
        parts.append(_sentence(title, evidence_in(runner_up["reasons"]), language))
    return " ".join(parts)


def explain_objections(objections: Iterable[Evidence], language: Language = ENGLISH) -> str:
    """Why a payment was left to a person."""
    return _sentence(language.sentence(HEADLINES["objections"]), objections, language)


def _headline_params(decision: Decision) -> dict:
    return {
        "rule": decision.rule_name or "",
        "score": decision.score,
        "item": decision.candidates[0].label if decision.candidates else "",
    }


def _headline(decision: Decision) -> str:
    kind = _headline_kind(decision)
    by_rule = decision.rule_name and f"{kind}_by_rule" in HEADLINES
    return f"{kind}_by_rule" if by_rule else kind


def _headline_kind(decision: Decision) -> str:
    if decision.band == "post":
        return decision.outcome
    if not decision.candidates:
        return "left"
    return "suggested" if decision.band == "suggest" else "hardly"


def _runner_up(best: Candidate, second: Candidate) -> dict:
    """Why not the next best: what it lacks, and what speaks against it."""
    found = {evidence.kind for evidence in second.evidence}
    lacks = [one for one in best.evidence if one.kind not in found and one.points > 0]
    against = [one for one in second.evidence if one.points < 0]
    return {
        "headline": "runner_up" if against else "runner_up_lacks",
        "params": {"item": second.label, "score": second.score},
        "reasons": reasons_as_data(against or lacks),
    }


def _sentence(headline: str, reasons: Iterable[Evidence], language: Language) -> str:
    parts = all_said(reasons, language)
    return f"{headline}: {'; '.join(parts)}." if parts else f"{headline}."


def reasons_as_data(reasons: Iterable[Evidence]) -> list[dict]:
    """The reasons as JSON can keep them."""
    return [
        {"kind": reason.kind, "points": reason.points, "params": dict(reason.params)}
        for reason in reasons
    ]


def evidence_in(data: Iterable[dict]) -> list[Evidence]:
    """The reasons as JSON has kept them; a version may have dropped some."""
    return [Evidence(**one) for one in data if one["kind"] in SENTENCES]


def objections_in(data: Iterable[dict]) -> list[Evidence]:
    """The objections among them."""
    return [reason for reason in evidence_in(data) if reason.is_objection]
