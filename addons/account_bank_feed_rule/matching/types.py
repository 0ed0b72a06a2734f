"""The words of matching: payments, open items, evidence, candidates, decisions.

Plain data. Amounts are ``Decimal``, dates ``datetime.date``; the parameters of an
:class:`Evidence` hold only what JSON can hold, so that a decision can be kept as it is.
What each payment makes many of is a named tuple: it is made three times as fast as a frozen
data class.
"""

from __future__ import annotations

import datetime
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Literal, NamedTuple

from .errors import RuleError
from .sentences import OBJECTIONS, SENTENCES, _

Date = datetime.date
Id = Hashable
Band = Literal["post", "suggest", "leave"]
ItemKind = Literal["document", "payment", "order", "receivable", "transfer", "settled"]
AdjustmentKind = Literal["discount", "charges", "difference", "fee"]

ZERO = Decimal(0)
_NONE: Mapping = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Payment:
    """A bank transaction that waits for a decision, or one payment within a batch booking.

    ``amount`` is positive when money came in. ``text`` is all of the remittance,
    ``reference`` the structured reference where the bank has a field for it.
    ``original_amount`` and ``original_currency`` are what the parties agreed on where
    that differs; ``charges`` is what banks took off on the way, without sign.
    ``return_reason`` is given when the payment came back. ``details`` are the payments of
    a batch booking. ``identity`` is a digest of what the bank said: it breaks ties the
    same way in every database.
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
    original_amount: Decimal | None = None
    original_currency: str | None = None
    charges: Decimal | None = None
    mandate_id: str | None = None
    return_reason: str | None = None
    details: tuple[Payment, ...] = ()

    @property
    def is_in(self) -> bool:
        """Whether money came in."""
        return self.amount > 0


@dataclass(frozen=True, slots=True)
class Discount:
    """What may be taken off for paying early: ``amount`` has the sign of the residual."""

    amount: Decimal
    last_day: Date


@dataclass(frozen=True, slots=True)
class OpenItem:
    """Something that a payment may settle.

    ``kind`` tells what it is:

    - ``document``: the unpaid remainder of an invoice, a bill, a refund, or one instalment
    - ``payment``: a payment that is in the books already and waits for the bank;
      ``covers`` are the items that it pays where it has no journal entry of its own
    - ``order``: a sales order that is not invoiced yet
    - ``receivable``: what a till, a card terminal or a payment provider owes us
    - ``transfer``: money on its way between our own banks
    - ``settled``: what an earlier payment settled; only a returned payment takes it back

    ``residual`` is positive when we are owed (a customer's invoice, a vendor's refund)
    and negative when we owe. ``numbers`` are the document numbers by which people may
    quote it, the one to show first; ``references`` are its structured references and
    other ids that are only quoted as a whole. ``batch`` names the batch payment it
    belongs to, ``source`` the shop, terminal or provider. ``company_residual`` is the
    residual in the company's currency.
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
    kind: ItemKind = "document"
    discount: Discount | None = None
    company_residual: Decimal | None = None
    batch: str | None = None
    covers: frozenset[Id] = frozenset()
    source: str | None = None
    journal_id: Id | None = None

    @property
    def label(self) -> str:
        """What to call it in a sentence."""
        return next(iter(self.numbers + self.references), None) or self.source or f"item {self.id}"

    @property
    def age_key(self) -> tuple:
        """Sorts the longest due first, and equals by what is printed on them."""
        return (self.due_date or self.date, self.date, self.numbers, self.references, str(self.id))

    def agrees_in_direction(self, payment: Payment) -> bool:
        """Whether money flows the right way: in for what we are owed, out for what we owe."""
        return self.residual * payment.amount > 0


class Evidence(NamedTuple):
    """One thing that speaks for or against a candidate, or for or against posting.

    ``kind`` and ``params`` say it to machines (and to translators, see
    :data:`~.sentences.SENTENCES`), :attr:`sentence` says it in English. Ten ``points``
    make a candidate ten times as likely.
    """

    kind: str
    points: int = 0
    params: Mapping = _NONE

    @property
    def sentence(self) -> str:
        return SENTENCES[self.kind] % self.params

    @property
    def is_objection(self) -> bool:
        """Whether this is a reason not to post."""
        return self.kind in OBJECTIONS

    def counting(self, points: int) -> Evidence:
        """The same, counted for so many points."""
        return Evidence(self.kind, points, self.params)


class Allocation(NamedTuple):
    """How much of an open item is settled: in the item's currency, with its sign."""

    item: OpenItem
    amount: Decimal

    @property
    def is_full(self) -> bool:
        """Whether nothing remains open."""
        return self.amount == self.item.residual


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A part of the difference between what is settled and what was paid, and what it is.

    ``amount`` is in the payment's currency and added to what is settled: a discount that
    a customer took off is negative. ``item`` is the document that it belongs to, if one.
    """

    kind: AdjustmentKind
    amount: Decimal
    item: OpenItem | None = None


class Candidate(NamedTuple):
    """One way to account for a payment: what it settles, and what becomes of a difference.

    The payment's amount is the sum of the allocations, the adjustments and ``rest``, which
    stays open on the partner's account. ``score`` is the chance, in percent, that this is
    what the payment is for; ``points`` are those of its evidence together.
    """

    allocations: tuple[Allocation, ...]
    evidence: tuple[Evidence, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    rest: Decimal = ZERO
    points: int = 0
    score: int = 0

    def scored(self, score: int) -> Candidate:
        """The same with its score."""
        return Candidate(
            self.allocations, self.evidence, self.adjustments, self.rest, self.points, score
        )

    @property
    def items(self) -> tuple[OpenItem, ...]:
        """The open items that it settles, in whole or in part."""
        return tuple([allocation.item for allocation in self.allocations])

    @property
    def item(self) -> OpenItem:
        """The first of them."""
        return self.allocations[0].item

    @property
    def label(self) -> str:
        """What to call it in a sentence."""
        return ", ".join(item.label for item in self.items)

    @property
    def is_plain(self) -> bool:
        """Whether it settles whole items of one account and one partner, and nothing is left."""
        firsts = {(item.account_id, item.partner_id, item.kind) for item in self.items}
        return (
            len(firsts) == 1
            and not self.adjustments
            and not self.rest
            and all(allocation.is_full for allocation in self.allocations)
        )

    def has(self, *kinds: str) -> bool:
        """Whether evidence of one of these kinds is among it."""
        for evidence in self.evidence:  # noqa: SIM110  called too often for a generator
            if evidence.kind in kinds:
                return True
        return False


@dataclass(frozen=True, slots=True)
class Bands:
    """From which score on a payment is posted or suggested, and how clear a win must be."""

    post: int = 95
    suggest: int = 20
    margin: int = 10

    def __post_init__(self):
        if not 0 <= self.suggest <= self.post <= 100:
            raise RuleError(_("Bands must satisfy 0 <= suggest <= post <= 100"))
        if self.margin < 1:
            raise RuleError(_("The margin must be at least 1: equal candidates are never posted"))


@dataclass(frozen=True, slots=True)
class Terms:
    """Which differences between a payment and what it settles a rule accepts.

    :param tolerance: a difference up to this amount, in the payment's currency, is written off
    :param tolerance_percent: the same as a share of what is open; the smaller of both counts,
        where both are given
    :param discount_days: an early-payment discount is granted so many days after its last day
    :param most_charges: what banks may have taken off on the way, where nobody says how much
    :param partial: whether less than what is open may be posted as a partial payment
    :param overpaid: whether more may be posted, with the rest left open for the partner
    """

    tolerance: Decimal = Decimal("0.05")
    tolerance_percent: Decimal | None = None
    discount_days: int = 0
    most_charges: Decimal = Decimal("30")
    partial: bool = True
    overpaid: bool = True


class Decision(NamedTuple):
    """What shall happen with one payment, and why.

    ``settlement`` is what to post; it is filled in the band ``post`` only, and empty there
    for what a rule books to accounts, which has ``bookings`` instead, and for the first side
    of a transfer, whose ``pair`` is the payment that is its other side. ``margin`` is the
    distance to the runner-up. ``reasons`` are the evidence for the first candidate (or
    for the rule), then the objections that kept it from being posted.
    """

    payment_id: Id
    band: Band
    candidates: tuple[Candidate, ...] = ()
    settlement: Candidate | None = None
    score: int = 0
    margin: int = 0
    reasons: tuple[Evidence, ...] = ()
    rule_id: Id | None = None
    rule_name: str | None = None
    rule_version: int | None = None
    bookings: tuple[Booking, ...] = ()
    outcome: Literal["settle", "book", "transfer"] = "settle"
    pair: Id | None = None

    @property
    def chosen(self) -> tuple[OpenItem, ...]:
        """The open items to settle."""
        return self.settlement.items if self.settlement else ()

    @property
    def objections(self) -> tuple[Evidence, ...]:
        """Why the payment was not posted."""
        return tuple(reason for reason in self.reasons if reason.is_objection)

    def by_rule(self, rule_id: Id, name: str, version: int, met: Sequence[Evidence]) -> Decision:
        """The same as the decision of a rule whose conditions are ``met``."""
        return Decision(
            self.payment_id, self.band, self.candidates, self.settlement, self.score, self.margin,
            (*met, *self.reasons), rule_id, name, version, self.bookings, self.outcome, self.pair,
        )  # fmt: skip

    def withheld(self, objection: Evidence) -> Decision:
        """The same as a suggestion, for one more reason."""
        return self._replace(band="suggest", settlement=None, reasons=(*self.reasons, objection))


@dataclass(frozen=True, slots=True)
class Booking:
    """A part of a payment that a rule books to an account.

    ``amount`` has the payment's sign and includes the taxes. ``tax_ids`` and ``analytic``
    (analytic account ids, joined by commas, to percent) are passed on as they are.
    """

    account_id: Id
    amount: Decimal
    tax_ids: tuple[Id, ...] = ()
    analytic: tuple[tuple[str, float], ...] = ()
    label: str = ""
    partner_id: Id | None = None
