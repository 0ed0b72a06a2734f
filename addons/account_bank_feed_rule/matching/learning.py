"""What could be done by itself, judging by what people do by hand? Proposals, nothing more.

::

    for proposal in learn(history, Known(directory, rules, answers)):
        ...  # a person accepts or rejects it

From 2 cases on an IBAN is proposed as its partner's, from 3 on a name as another name of its
partner and a text (or name, IBAN, code) as a rule that books to an account. Every past payment
that fulfils the condition and was treated otherwise is a counter-example, whoever treated it.

What is known needs no proposal: payments that an existing rule would book so, names and
accounts that are the partner's already. What a person has answered is asked again only when
twice as many cases speak for it.
"""

from __future__ import annotations

from collections.abc import Iterable

from .learned import AGAIN, Answer, Booked, History, Known, Proposal
from .learned_aliases import propose_ibans, propose_names, propose_names_in_texts
from .learned_rules import propose_rules

__all__ = ["Answer", "Booked", "History", "Known", "Proposal", "learn"]


def learn(history: Iterable[History], known: Known | None = None) -> list[Proposal]:
    """What the history suggests, best supported first; the order of the history is all one.

    >>> import datetime
    >>> from decimal import Decimal
    >>> from .types import Payment
    >>> fees = [
    ...     History(Payment(day, datetime.date(2026, 1, day), Decimal("-4.90"), "EUR",
    ...                     f"Kontoführung 0{day}/26"), booked=(Booked(4970),))
    ...     for day in (1, 2, 3)
    ... ]
    >>> [(one.condition.value, one.target, one.support) for one in learn(fees)]
    [('Kontoführung', 4970, 3)]
    """
    known = known or Known()
    decided = sorted(
        (one for one in history if one.is_decided),
        key=lambda one: (one.payment.date, one.payment.identity, str(one.payment.id)),
    )
    found = list(propose_ibans(decided, known))
    explained = {example for one in found for example in one.examples}
    for more in (propose_names, propose_names_in_texts):
        found += more(decided, known, explained)
        explained.update(example for one in found for example in one.examples)
    found += propose_rules(decided, known)
    answered = {answer.key: answer.support for answer in known.answers}
    fresh = [one for one in found if one.support >= AGAIN * answered.get(one.key, 0)]
    return sorted(fresh, key=lambda one: (-one.support, one.kind, str(one.key)))
