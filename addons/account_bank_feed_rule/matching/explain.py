"""A decision in the words of an accountant."""

from __future__ import annotations

from .types import Decision, Evidence


def explain(decision: Decision) -> str:
    """One or two sentences: what happens with the payment, why, and why not more.

    >>> explain(Decision(1, "leave", reasons=(Evidence("nothing_found"),)))
    'Left for a person: it names no open item, and nobody known by the account.'
    """
    because = [reason.sentence for reason in decision.reasons if not reason.is_objection]
    objections = [reason.sentence for reason in decision.objections]
    said = _sentence(_headline(decision), because)
    if decision.band == "leave" and not decision.candidates:
        return _sentence("Left for a person", because + objections)
    if objections:
        said += " " + _sentence("Not posted", objections)
    return said


def _headline(decision: Decision) -> str:
    by_rule = f" by the rule {decision.rule_name}" if decision.rule_name else ""
    if decision.band == "post" and not decision.chosen:
        return f"Written off{by_rule}"
    if decision.band == "post":
        settled = ", ".join(item.label for item in decision.chosen)
        return f"Settles {settled}{by_rule} with {decision.score} of 100 points"
    if not decision.candidates:
        return "Left for a person"
    best = decision.candidates[0].item.label
    word = "Suggested" if decision.band == "suggest" else "Hardly"
    return f"{word}: {best}{by_rule} with {decision.score} of 100 points"


def _sentence(headline: str, parts: list[str]) -> str:
    return f"{headline}: {'; '.join(parts)}." if parts else f"{headline}."


def reasons_as_data(reasons: tuple[Evidence, ...]) -> list[dict]:
    """The reasons as JSON can keep them."""
    return [
        {"kind": reason.kind, "points": reason.points, "params": reason.params}
        for reason in reasons
    ]
