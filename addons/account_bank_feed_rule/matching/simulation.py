"""Rules tried on past payments: what they would have done, beside what was done.

:func:`replay` decides on the payments in slices of time, so that each sees what was open in
its days: neither what earlier payments had settled by then, nor documents that did not exist
yet. :func:`compare` sets the decisions beside the books. It looks at open items, accounts and
amounts, never at texts.
"""

from __future__ import annotations

import dataclasses
import functools
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Literal

from .item_names import read_names
from .moving_index import MovingIndex
from .partners import PartnerDirectory
from .rules import RuleSpec, decide
from .types import ZERO, Adjustment, Allocation, Candidate, Decision, Id, OpenItem, Payment

Kind = Literal["differs", "conflicts", "loses", "misses", "new", "agrees", "waits"]
KINDS: tuple[Kind, ...] = ("differs", "conflicts", "loses", "misses", "new", "agrees", "waits")
"""The most dangerous first."""
Found = Literal["top", "among", "no"]

SLICE_DAYS = 14
"""Payments of so many days are decided together, as if they had come in one import."""
FORESEEN_DAYS = 10
"""A document dated so much after a slice may have been there: people date ahead."""

_CONTESTED = frozenset({"contested", "double_payment", "claimed_by_stronger", "already_claimed"})


@dataclass(frozen=True, slots=True)
class Effect:
    """What becomes of a payment in the books.

    ``items`` is how much of which open item is settled, in the item's currency and with its
    sign. ``accounts`` is what is booked to which account, with the payment's sign and with
    the taxes in it. ``rest`` stays open on the partner's account. ``by_account`` is told by
    the books alone: what each account has of all that, settled since or not.
    """

    items: Mapping[Id, Decimal] = field(default_factory=dict)
    accounts: Mapping[Id, Decimal] = field(default_factory=dict)
    rest: Decimal = ZERO
    by_account: Mapping[Id, Decimal] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.items or self.accounts or self.rest)

    def agrees_with(self, done: Effect) -> bool:
        """Whether just this was done; what it leaves open may have been settled since.

        >>> paid_too_much = Effect({7: Decimal(100)}, rest=Decimal(20))
        >>> paid_too_much.agrees_with(Effect({7: Decimal(100), 8: Decimal(20)}))
        True
        >>> paid_too_much.agrees_with(Effect({7: Decimal(120)}))
        False
        """
        if done.by_account and not self.items and not self.rest:
            return dict(self.accounts) == dict(done.by_account)
        if dict(self.accounts) != dict(done.accounts):
            return False
        if any(done.items.get(item) != amount for item, amount in self.items.items()):
            return False
        since = sum((a for item, a in done.items.items() if item not in self.items), ZERO)
        extra = len(done.items) > len(self.items)
        return done.rest + since == self.rest and not (extra and not self.rest)


NOTHING = Effect()


@dataclass(frozen=True, slots=True)
class Actual:
    """What the books say of a past payment; nothing when it waits on suspense.

    ``by`` is who did it: a person within the bank feed, a rule, or others (people elsewhere
    in the books, other programs). ``has_come_back`` is set when the payment was returned
    later: ``effect`` is what it had settled, which is open again.
    """

    payment_id: Id
    amount: Decimal
    effect: Effect = NOTHING
    by: Literal["person", "rule", "other"] | None = None
    rule_id: Id | None = None
    has_come_back: bool = False


@dataclass(frozen=True, slots=True)
class Accounts:
    """Which accounts stand behind what a decision leaves to the books.

    :param transfer: the account for money between our own banks
    :param of_adjustment: where the difference of a decision is booked; None for nowhere
    """

    transfer: Id | None = None
    of_adjustment: Callable[[Decision, Adjustment], Id | None] = lambda _decision, _part: None


@dataclass(frozen=True, slots=True)
class Difference:
    """One payment: what the rules would do with it, beside what was done.

    ``kind`` is one of

    - ``differs``: they would post it, and to something else
    - ``conflicts``: it loses its claim on an item to another payment, or nobody has it
    - ``loses``: a rule posted it, now a person would have to
    - ``misses``: people or other programs settled it, the rules would not post it
    - ``new``: it waits on suspense, the rules would post it
    - ``agrees``: they would do just what was done
    - ``waits``: it waits on suspense, and would still

    ``found`` says for what they would not post whether what was done is on top of the
    suggestions, among them, or not; None where nothing was done.
    """

    payment_id: Id
    kind: Kind
    decision: Decision
    actual: Actual
    effect: Effect = NOTHING
    found: Found | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """All differences by their kind, the largest amounts first."""

    by_kind: Mapping[Kind, Sequence[Difference]]

    @property
    def total(self) -> int:
        """How many payments were tried."""
        return sum(map(len, self.by_kind.values()))

    def of(self, kind: Kind) -> Sequence[Difference]:
        """The differences of a kind."""
        return self.by_kind.get(kind, ())

    def count(self, kind: Kind, found: Found | None = None) -> int:
        """How many there are of a kind, with what was done found so, if given."""
        return sum(found in (None, one.found) for one in self.of(kind))

    def share(self, kind: Kind) -> float:
        """The part of all payments, from 0 to 1."""
        return self.count(kind) / self.total if self.total else 0.0


# ----------------------------------------------------------------------
# What the rules would have done
# ----------------------------------------------------------------------


def replay(
    payments: Iterable[Payment],
    rules: Sequence[RuleSpec],
    items: Iterable[OpenItem],
    actuals: Mapping[Id, Actual],
    partners: PartnerDirectory | None = None,
    taken: Collection[Id] = frozenset(),
) -> dict[Id, Decision]:
    """Decide on past payments slice by slice; by payment id.

    :param items: what was open before the first of the payments, and came since
    :param actuals: what was done with each payment; what an earlier slice has settled in
        fact is not open in a later one
    :param taken: ids of open items that something else has claimed already
    """
    past = _Past(items, actuals, taken)
    # Most items are open in many slices, under the same names in all of them.
    read = functools.cache(read_names)
    index = MovingIndex(past.items, partners, read)
    decisions: dict[Id, Decision] = {}
    for cut in _slices(payments):
        index.show(past.open_until(cut[-1].date))
        found = decide(cut, rules, index, past.taken())
        past.go_on(found)
        decisions.update(found)
    return decisions


def _slices(payments: Iterable[Payment]) -> list[list[Payment]]:
    cuts: list[list[Payment]] = []
    for payment in sorted(payments, key=lambda one: one.date):
        if not cuts or (payment.date - cuts[-1][0].date).days >= SLICE_DAYS:
            cuts.append([])
        cuts[-1].append(payment)
    return cuts


class _Past:
    """What is open at the time of a slice."""

    def __init__(self, items: Iterable[OpenItem], actuals: Mapping[Id, Actual], taken):
        self.items = list(items)
        self._actuals = actuals
        self._taken = frozenset(taken)
        self._settled: dict[Id, Decimal] = defaultdict(lambda: ZERO)
        self._claimed: dict[Id, Decimal] = defaultdict(lambda: ZERO)
        self._used_up: set[Id] = set()

    def open_until(self, last_day) -> list[OpenItem]:
        """The items of a slice that ends on this day, each with what was open then."""
        horizon = last_day + timedelta(days=FORESEEN_DAYS)
        self._used_up.clear()
        return [
            left
            for item in self.items
            if item.date <= horizon and (left := self._left(item)) is not None
        ]

    def _left(self, item: OpenItem) -> OpenItem | None:
        if item.kind == "settled" or not self._touched(item):
            return item
        residual = item.residual - self._settled.get(item.id, ZERO)
        if residual * item.residual <= 0:
            return None
        claimed = self._claimed.get(item.id, ZERO)
        if abs(claimed) >= abs(residual):
            self._used_up.add(item.id)
        else:
            residual -= claimed
        return _with_residual(item, residual)

    def _touched(self, item: OpenItem) -> bool:
        return item.id in self._settled or item.id in self._claimed

    def taken(self) -> frozenset[Id]:
        """What cannot be claimed any more."""
        return self._taken | self._used_up

    def go_on(self, decisions: Mapping[Id, Decision]) -> None:
        """The slice is over: what it settled in fact is gone, what it claimed beyond is taken."""
        for payment_id, decision in decisions.items():
            actual = self._actuals.get(payment_id)
            done = actual.effect.items if actual and not actual.has_come_back else {}
            for item_id, amount in done.items():
                self._settled[item_id] += amount
            for claim in decision.settlement.allocations if decision.settlement else ():
                if not actual or claim.item.id not in actual.effect.items:
                    self._claimed[claim.item.id] += claim.amount


def _with_residual(item: OpenItem, residual: Decimal) -> OpenItem:
    """The item with less open on it; a discount is granted on untouched items only."""
    if residual == item.residual:
        return item
    in_company = item.company_residual
    if in_company is not None:
        in_company *= residual / item.residual
    return dataclasses.replace(item, residual=residual, company_residual=in_company, discount=None)


# ----------------------------------------------------------------------
# Beside what was done
# ----------------------------------------------------------------------


def compare(
    decisions: Mapping[Id, Decision],
    actuals: Mapping[Id, Actual],
    accounts: Accounts | None = None,
) -> Result:
    """Each decision beside what was done with its payment."""
    accounts = accounts or Accounts()
    by_kind: dict[Kind, list[Difference]] = {kind: [] for kind in KINDS}
    for payment_id, decision in decisions.items():
        found = difference(decision, actuals[payment_id], accounts)
        by_kind[found.kind].append(found)
    for differences in by_kind.values():
        differences.sort(key=lambda one: (-abs(one.actual.amount), str(one.payment_id)))
    return Result(by_kind)


def difference(decision: Decision, actual: Actual, accounts: Accounts) -> Difference:
    """What a decision would have changed."""
    if decision.band == "post":
        effect = effect_of(decision, actual.amount, accounts)
        kind = _kind_of_posting(effect, actual)
        return Difference(decision.payment_id, kind, decision, actual, effect)
    kind = _kind_of_waiting(decision, actual)
    found = _found(decision, actual, accounts) if actual.effect else None
    return Difference(decision.payment_id, kind, decision, actual, found=found)


def _kind_of_posting(effect: Effect, actual: Actual) -> Kind:
    if not actual.effect:
        return "new"
    return "agrees" if effect.agrees_with(actual.effect) else "differs"


def _kind_of_waiting(decision: Decision, actual: Actual) -> Kind:
    if any(objection.kind in _CONTESTED for objection in decision.objections):
        return "conflicts"
    if not actual.effect:
        return "waits"
    return "loses" if actual.by == "rule" else "misses"


def _found(decision: Decision, actual: Actual, accounts: Accounts) -> Found:
    """Where what was done stands in the suggestions."""
    for place, candidate in enumerate(decision.candidates):
        effect = _effect_of_candidate(candidate, decision, actual.amount, accounts)
        if effect.agrees_with(actual.effect):
            return "among" if place else "top"
    return "no"


def effect_of(decision: Decision, amount: Decimal, accounts: Accounts) -> Effect:
    """What a posting does; nothing for what is not posted.

    :param amount: the payment's
    """
    if decision.settlement:
        return _effect_of_candidate(decision.settlement, decision, amount, accounts)
    if decision.outcome == "transfer" and decision.band == "post":
        return Effect(accounts={accounts.transfer: amount})
    return Effect(accounts=_sums((one.account_id, one.amount) for one in decision.bookings))


def _effect_of_candidate(
    candidate: Candidate, decision: Decision, amount: Decimal, accounts: Accounts
) -> Effect:
    if decision.outcome == "transfer":
        # Which side settles which is a matter of what the banks report first.
        return Effect(accounts={accounts.transfer: amount})
    orders = [one for one in candidate.allocations if one.item.kind == "order"]
    settled = [one for one in candidate.allocations if one.item.kind != "order"]
    return Effect(
        items=_sums(map(_settled, settled)),
        accounts=_sums(
            (accounts.of_adjustment(decision, one), one.amount) for one in candidate.adjustments
        ),
        rest=candidate.rest + sum((one.amount for one in orders), ZERO),
    )


def _settled(allocation: Allocation) -> tuple[Id, Decimal]:
    """A payment without an entry of its own settles the document behind it."""
    item = allocation.item
    behind = next(iter(item.covers)) if len(item.covers) == 1 and _has_no_entry(item) else item.id
    return behind, allocation.amount


def _has_no_entry(item: OpenItem) -> bool:
    return item.kind == "payment" and not isinstance(item.id, int)


def _sums(amounts: Iterable[tuple[Id, Decimal]]) -> dict[Id, Decimal]:
    sums: dict[Id, Decimal] = defaultdict(lambda: ZERO)
    for key, amount in amounts:
        sums[key] += amount
    return {key: amount for key, amount in sums.items() if amount}
