"""Payouts of card terminals and payment providers: some days of some shops, less a fee."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from .. import references
from ..amounts import Fit
from ..index import ItemIndex
from ..payouts import (
    Receivables,
    Run,
    is_card_payout,
    is_cash,
    oldest_day,
    providers_named,
    runs,
    stands_in,
    told_days,
    told_gross,
)
from ..points import (
    PAYOUT_CARDS,
    PAYOUT_DATES,
    PAYOUT_EQUAL,
    PAYOUT_FEE,
    PAYOUT_NAMED,
    PAYOUT_PROVIDER,
    choices_points,
    run_points,
)
from ..quotations import remittance_tokens
from ..strategy import Proposal, Strategy
from ..types import Adjustment, Allocation, Date, Evidence, OpenItem, Payment

MOST_FEE = Decimal("0.04")
"""The share that cards and providers keep at most, where nobody says how much."""
MOST_SHOWN = 6


class Payout(Strategy):
    """A provider pays out what it took for us, net of its fee."""

    name = "payout"
    label = "Payouts of cards and providers"

    def proposals(self, payment: Payment, index: ItemIndex) -> Iterable[Proposal]:
        if payment.amount <= 0:
            return
        receivables = index.made(Receivables)
        if not receivables.by_source and not receivables.by_reference:
            return
        found = []
        for source in _sources(payment, index, receivables):
            found += _paid_out(payment, source)
        if found:
            yield from _clear(found)


@dataclass(frozen=True, slots=True)
class _Source:
    """Receivables that may be paid out together, and what names them."""

    items: Sequence[OpenItem]
    evidence: Evidence
    choices: int = 1


@dataclass(frozen=True, slots=True)
class _Found:
    """A run of days that a payout fits."""

    run: Run
    evidence: tuple[Evidence, ...]
    fit: Fit
    oldest: Date

    @property
    def is_guess(self) -> bool:
        """Whether only the fee's usual range speaks for these days."""
        return self.fit.evidence[0].kind == "payout_fee_assumed"

    @property
    def names_days(self) -> bool:
        return self.evidence[-1].kind == "payout_dates"


def _sources(payment: Payment, index: ItemIndex, receivables: Receivables) -> Iterator[_Source]:
    """Whose receivables they are: named by a number, by its label, or all of the provider's."""
    named = list(_by_reference(payment, receivables))
    if named:
        yield from named
        return
    labels, evidence = _labels(payment, index, receivables)
    if not labels:
        return
    said = [one for one in labels if stands_in(receivables.phrases[one], payment.text)]
    if said:
        params = {"source": ", ".join(said)}
        evidence = Evidence("payout_source", PAYOUT_NAMED, params)
    labels = said or labels
    choices = 1 if said and len(said) == 1 else len(labels) + (len(labels) > 1)
    if len(labels) > 1:
        yield _Source(receivables.items_of(labels), evidence, choices)
    for label in labels:
        yield _Source(receivables.by_source[label], evidence, choices)


def _by_reference(payment: Payment, receivables: Receivables) -> Iterator[_Source]:
    """What the text gives the number of: terminals, merchant accounts, payouts, orders."""
    tokens = remittance_tokens(payment.text)
    if receivables.digits.isdisjoint(tokens.values):
        return
    named: dict = {}
    first = None
    known = receivables.by_reference
    for start, end, value in references.references_in(tokens, known, receivables.shape):
        place = (tokens.starts[start], tokens.ends[end - 1])
        first = first or place
        named.update((item.id, item) for item in known[value])
    if first:
        quoted = tokens.text[slice(*first)]
        params = {"quoted": quoted, "field": "text", "start": first[0], "end": first[1]}
        yield _Source(list(named.values()), Evidence("payout_named", PAYOUT_NAMED, params))


def _labels(payment: Payment, index: ItemIndex, receivables: Receivables):
    """The sources of the provider who paid, and the evidence that it is he."""
    text = remittance_tokens(payment.text).text
    if payment.name:
        text = f"{payment.name.upper()} {text}"
    hinted = receivables.hints.search(text)
    named = hinted and receivables.any_provider.search(text) and _providers(text, receivables)
    if named:
        labels = [label for one in named for label in receivables.by_provider[one]]
        params = {"provider": ", ".join(named)}
        return labels, Evidence("payout_provider", PAYOUT_PROVIDER, params)
    owners = index.partners.partners_of(payment.iban) if receivables.of_partner else ()
    for owner in sorted(receivables.of_partner.keys() & owners, key=str):
        labels = sorted(receivables.of_partner[owner])
        return labels, Evidence("payout_provider", PAYOUT_PROVIDER, {"provider": payment.name})
    if is_card_payout(text if hinted else "", payment.code):
        return receivables.cards, Evidence("payout_cards", PAYOUT_CARDS)
    return [], None


def _providers(text: str, receivables: Receivables) -> list[str]:
    return [one for one in providers_named(text) if one in receivables.by_provider]


def _paid_out(payment: Payment, source: _Source) -> Iterator[_Found]:
    """The runs of days of the source that the payout fits."""
    items = [item for item in source.items if _may_be(payment, item)]
    gross = _gross(payment)
    most = payment.amount / (1 - MOST_FEE) if gross is None else max(gross, payment.amount)
    # The day of the payout itself is not what was sold on it.
    oldest = oldest_day(items, payment.date)
    days = told_days(payment.text, payment.date) - {payment.date}
    for run in runs(items, payment.date, most):
        fitted = _fit(payment, run, gross)
        if fitted:
            params = {
                "first": run.first.isoformat(),
                "last": run.last.isoformat(),
                "count": len(run.items),
            }
            points = choices_points(source.choices)
            if run.first in days and run.last in days:
                # There was no choice of days then.
                evidence = (
                    Evidence("payout_days", points, params),
                    Evidence("payout_dates", PAYOUT_DATES, params),
                )
            else:
                points += run_points((payment.date - run.last).days, run.days)
                evidence = (Evidence("payout_days", points, params),)
            yield _Found(run, (source.evidence, *evidence), fitted, oldest)


def _may_be(payment: Payment, item: OpenItem) -> bool:
    return item.currency == payment.currency and not (item.source and is_cash(item.source))


def _gross(payment: Payment) -> Decimal | None:
    """What the provider took, where bank or text say so."""
    same = payment.original_currency in (None, payment.currency)
    if payment.original_amount and same and abs(payment.original_amount) >= payment.amount:
        return abs(payment.original_amount)
    if payment.charges:
        return payment.amount + abs(payment.charges)
    told = told_gross(payment.text, payment.amount)
    # A gross below the net is something else.
    return told if told is not None and told >= payment.amount else None


def _fit(payment: Payment, run: Run, gross: Decimal | None) -> Fit | None:
    fee = run.total - payment.amount
    params = {"amount": str(fee), "currency": payment.currency}
    if run.total <= 0:
        return None
    if not fee:
        params["amount"] = str(payment.amount)
        evidence = Evidence("payout_equal", PAYOUT_EQUAL, params)
    elif run.total == gross:
        evidence = Evidence("payout_fee", PAYOUT_EQUAL, params)
    elif gross is None and 0 < fee <= run.total * MOST_FEE:
        percent = str((fee / run.total * 100).quantize(Decimal("0.01")))
        evidence = Evidence("payout_fee_assumed", PAYOUT_FEE, {**params, "percent": percent})
    else:
        return None
    whole = tuple(Allocation(item, item.residual) for item in run.items)
    return Fit(whole, (evidence,), (Adjustment("charges", -fee),) if fee else ())


def _clear(found: Sequence[_Found]) -> Iterator[Proposal]:
    """The runs that fit; where only the fee's usual range decides, it must be the only one."""
    best = sorted(found, key=lambda one: -sum(e.points for e in one.evidence + one.fit.evidence))
    guesses = [one for one in best if one.is_guess]
    # Where the text names the days of one of them, the others are none.
    guesses = [one for one in guesses if one.names_days] or guesses
    guessed = {frozenset(item.id for item in one.run.items) for one in guesses}
    several = Evidence("payout_unclear", 0, {"count": len(guessed)})
    for one in best[:MOST_SHOWN]:
        unclear = (several,) if len(guessed) > 1 and one.is_guess else ()
        yield Proposal(one.run.items, (*one.evidence, *unclear, *_out_of_turn(one)), one.fit)


def _out_of_turn(found: _Found) -> Iterator[Evidence]:
    """Payouts come in order: a guess at later days waits until the earlier ones are paid out.

    Where the days that were paid out are missing in the books, others fit by chance.
    """
    if found.is_guess and not found.names_days and found.run.first > found.oldest:
        yield Evidence("payout_out_of_turn", 0, {"date": found.oldest.isoformat()})
