"""The words of matching: payments, open items, evidence, candidates, decisions.

Plain data. Amounts are ``Decimal``, dates ``datetime.date``; the parameters of an
:class:`Evidence` hold only what JSON can hold, so that a decision can be kept as it is.
"""

from __future__ import annotations

import datetime
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from .normalise import compact
from .sentences import OBJECTIONS, SENTENCES

Date = datetime.date
Id = Hashable
Band = Literal["post", "suggest", "leave"]


@dataclass(frozen=True, slots=True)
class Payment:
    """A bank transaction that waits for a decision.

    ``amount`` is positive when money came in. ``text`` is all of the remittance,
    ``reference`` the structured reference where the bank has a field for it.
    ``identity`` is a digest of what the bank said: it breaks ties the same way in
    every database.
    """

    id: Id
    date: Date
    amount: Decimal
    currency: str
    text: str = ""
    reference: str | None = None
    end_to_end_id: str | None = None
    iban: str | None = None
    name: str | None = None
    code: str | None = None
    journal_id: Id | None = None
    identity: str = ""


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An unpaid remainder of a document: an invoice, a bill, a refund, or one instalment.

    ``residual`` is positive when we are owed (a customer's invoice, a vendor's refund)
    and negative when we owe. ``numbers`` are the document numbers by which people may
    quote it, the one to show first; ``references`` are its structured references.
    """

    id: Id
    account_id: Id
    partner_id: Id | None
    date: Date
    due_date: Date | None
    residual: Decimal
    currency: str
    numbers: tuple[str, ...] = ()
    references: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What to call it in a sentence."""
        return next(iter(self.numbers + self.references), f"item {self.id}")

    @property
    def age_key(self) -> tuple:
        """Sorts the longest due first, and equals by what is printed on them."""
        return (self.due_date or self.date, self.date, self.numbers, self.references, str(self.id))

    def agrees_in_direction(self, payment: Payment) -> bool:
        """Whether money flows the right way: in for what we are owed, out for what we owe."""
        return self.residual * payment.amount > 0


class PartnerDirectory:
    """Which partners an IBAN belongs to. One account may serve several partners of a group.

    >>> directory = PartnerDirectory({"DE89 3704 0044 0532 0130 00": [7]})
    >>> directory.partners_of("de89370400440532013000")
    frozenset({7})
    """

    def __init__(self, ibans: Mapping[str, Iterable[Id]] | None = None):
        self._partners: dict[str, frozenset] = {}
        for iban, partners in (ibans or {}).items():
            key = compact(iban)
            self._partners[key] = self._partners.get(key, frozenset()) | frozenset(partners)

    def partners_of(self, iban: str | None) -> frozenset:
        """The IBAN's owners; empty where it is unknown."""
        if not iban:
            return frozenset()
        return self._partners.get(iban) or self._partners.get(compact(iban), frozenset())


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that speaks for or against an open item, or for or against posting.

    ``kind`` and ``params`` say it to machines (and to translators, see
    :data:`~.sentences.SENTENCES`), :attr:`sentence` says it in English. ``points`` is
    what it counted for in its candidate's score.
    """

    kind: str
    points: int = 0
    params: dict = field(default_factory=dict, hash=False)

    @property
    def sentence(self) -> str:
        return SENTENCES[self.kind] % self.params

    @property
    def is_objection(self) -> bool:
        """Whether this is a reason not to post."""
        return self.kind in OBJECTIONS


@dataclass(frozen=True, slots=True)
class Candidate:
    """An open item that a payment may settle, with all that speaks for and against it.

    ``quote`` is the strongest evidence that the payer named this very document, with
    the points that it is worth by itself; None when nobody named it.
    """

    item: OpenItem
    score: int
    evidence: tuple[Evidence, ...]
    quote: Evidence | None = None


@dataclass(frozen=True, slots=True)
class Bands:
    """From which score on a payment is posted or suggested, and how clear a win must be."""

    post: int = 90
    suggest: int = 40
    margin: int = 10

    def __post_init__(self):
        if not 0 <= self.suggest <= self.post <= 100:
            raise ValueError("Bands must satisfy 0 <= suggest <= post <= 100")
        if self.margin < 1:
            raise ValueError("The margin must be at least 1: equal candidates are never posted")


@dataclass(frozen=True, slots=True)
class Decision:
    """What shall happen with one payment, and why.

    ``chosen`` are the open items to settle; it is filled in the band ``post`` only, and
    empty there for a write-off, which has an ``account_id`` instead. ``margin`` is the
    distance to the runner-up. ``reasons`` are the evidence for the first candidate (or
    for the rule), then the objections that kept it from being posted.
    """

    payment_id: Id
    band: Band
    candidates: tuple[Candidate, ...] = ()
    chosen: tuple[OpenItem, ...] = ()
    score: int = 0
    margin: int = 0
    reasons: tuple[Evidence, ...] = ()
    rule_id: Id | None = None
    rule_name: str | None = None
    rule_version: int | None = None
    account_id: Id | None = None

    @property
    def objections(self) -> tuple[Evidence, ...]:
        """Why the payment was not posted."""
        return tuple(reason for reason in self.reasons if reason.is_objection)
