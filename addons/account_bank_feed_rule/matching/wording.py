"""Evidence in the words of a language: sentences with what is filled in, written as is usual there.

The parameters of evidence are the same in every language, for machines: words of ours in English,
dates in ISO 8601, amounts with a point.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache, reduce

from .sentences import ONE_OF_SEVERAL, SENTENCES, WORDS
from .types import Evidence

DATES = frozenset({"date", "last_day", "first", "last"})
MONEY = frozenset({"amount", "difference", "residual"})
AMOUNTS = MONEY | {"percent"}

_WITH_CURRENCY = re.compile(rf"(%\((?:{'|'.join(sorted(MONEY))})\)s) %\(currency\)s")

_WORDS = {
    "document_number_weak": ("because",),
    "near_number": ("error",),
    "account_missing": ("kind",),
    "condition": ("field", "operator", "value"),
}
"""Parameters that are words of :data:`~.sentences.WORDS`, by the kind of evidence."""


@dataclass(frozen=True, slots=True)
class Language:
    """How a language says what :mod:`~.sentences` says in English."""

    sentence: Callable[[str], str] = str
    """From an English template or word."""
    date: Callable[[str], str] = str
    """From ISO 8601."""
    amount: Callable[[str], str] = str
    """From a number with a decimal point."""
    money: Callable[[str, str], str] | None = None
    """From such a number and its currency, where the language has a way to write them."""


ENGLISH = Language()


def said(evidence: Evidence, language: Language = ENGLISH) -> str:
    """One piece of evidence in words.

    >>> said(Evidence("near_number", 0, {"number": "12", "quoted": "21", "error": "cut off"}))
    'it writes "21" for 12 (cut off)'
    >>> german = Language(amount=lambda number: number.replace(".", ","))
    >>> said(Evidence("charges_taken", 0, {"amount": "1.50", "currency": "EUR"}), german)
    'less bank charges of 1,50 EUR'
    """
    template = language.sentence(SENTENCES[evidence.kind])
    if language is ENGLISH:
        return template % evidence.params
    params = _filled_in(evidence, language)
    if language.money and "currency" in params:
        template = _without_currency(template)
    return template % params


def all_said(evidence: Iterable[Evidence], language: Language = ENGLISH) -> list[str]:
    """Several pieces of evidence in words: a number that was mistyped is named all the same.

    >>> mistyped = Evidence("near_number", 0, {"number": "12", "quoted": "21", "error": "short"})
    >>> all_said([Evidence("unnamed", 0, {"count": 7}), mistyped])
    ['it writes "21" for 12 (short)']
    """
    evidence = list(evidence)
    is_named = any(one.kind == "near_number" for one in evidence)
    return [said(one, language) for one in evidence if one.kind != "unnamed" or not is_named]


@lru_cache(maxsize=256)
def _without_currency(template: str) -> str:
    """The template, for amounts that bring their currency along.

    >>> _without_currency("%(amount)s of %(residual)s %(currency)s are paid")
    '%(amount)s of %(residual)s are paid'
    """
    return _WITH_CURRENCY.sub(r"\1", template)


def _filled_in(evidence: Evidence, language: Language) -> dict:
    params = dict(evidence.params)
    for name in DATES & params.keys():
        params[name] = language.date(params[name])
    currency = language.money and params.get("currency")
    for name in AMOUNTS & params.keys():
        if currency and name in MONEY:
            params[name] = language.money(params[name], currency)
        else:
            params[name] = language.amount(params[name])
    for name in _words_of(evidence):
        words = params[name].split(", ")
        params[name] = ", ".join(language.sentence(w) if w in WORDS else w for w in words)
    if evidence.kind == "ambiguous":
        params["items"] = _either(params["items"].split(" or "), language)
    return params


def _words_of(evidence: Evidence) -> tuple[str, ...]:
    """What people entered as the value of a condition stays as it is."""
    found = _WORDS.get(evidence.kind, ())
    entered = found and evidence.kind == "condition" and not _is_ours(evidence.params)
    return found[:-1] if entered else found


def _is_ours(params: dict) -> bool:
    return params["operator"] == "is" or params["field"] == "direction"


def _either(items: list[str], language: Language) -> str:
    template = language.sentence(ONE_OF_SEVERAL)
    return reduce(lambda items, item: template % {"items": items, "item": item}, items)
