"""Booking a payment to accounts: which account gets how much of it.

A part is a percentage of the payment, a fixed amount, a number that stands in its text, or
what remains.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from .conditions import LONGEST_SEARCHED, compiled
from .errors import RuleError
from .sentences import _
from .types import ZERO, Booking, Decision, Evidence, Id, Payment

_SURE = 100
_PERCENT = Decimal(100)
_AMOUNT = re.compile(
    r"[+-]?(\d+|\d{1,3}(?:(?P<mark>[.,'’ \u00a0])\d{3})(?:(?P=mark)\d{3})*)([.,]\d{1,2})?-?"
)
"""Whole part, with one and the same mark of thousands or none, and up to two decimals."""
SHARES = ("rest", "percent", "fixed", "captured")


@dataclass(frozen=True, slots=True)
class BookingSpec:
    """One part of what a rule books.

    :param share: ``rest``, ``percent`` of the payment, a ``fixed`` amount, or the number that
        the ``pattern``, a regular expression with one group, has ``captured``
    :param value: the percentage, or the fixed amount without sign
    :param deducted: a fixed or captured amount has the other sign than the payment, such as
        the fee that a provider kept of what it pays out; the rest is larger by it
    :param tax_ids: taxes that the amount includes
    """

    account_id: Id
    share: Literal["rest", "percent", "fixed", "captured"] = "rest"
    value: Decimal | None = None
    pattern: str | None = None
    deducted: bool = False
    tax_ids: tuple[Id, ...] = ()
    analytic: tuple[tuple[str, float], ...] = ()
    label: str = ""
    partner_id: Id | None = None

    def __post_init__(self):
        if self.share not in SHARES:
            raise ValueError(f"A part is one of {SHARES}, not {self.share!r}")
        if self.account_id is None:
            raise RuleError(_("Each part needs an account to book to"))
        if self.share in ("percent", "fixed") and not (self.value and self.value > 0):
            raise RuleError(_("A percentage or a fixed part needs a value above zero"))
        if self.share == "captured" and compiled(self.pattern or "").groups != 1:
            raise RuleError(_("A captured part needs a pattern with just one group ( )"))
        if self.deducted and self.share not in ("fixed", "captured"):
            raise RuleError(_("Only a fixed or a captured part can be deducted"))


def check_bookings(specs: Sequence[BookingSpec]) -> None:
    """:raises ValueError: unless the parts are sure to make up any payment"""
    if not specs:
        raise RuleError(_("A rule that books needs an account"))
    rests = sum(spec.share == "rest" for spec in specs)
    percents = sum(spec.value for spec in specs if spec.share == "percent")
    if rests > 1:
        raise RuleError(_("Only one part can be the rest"))
    if percents > _PERCENT:
        raise RuleError(_("The percentages are more than 100"))
    if not rests and (percents != _PERCENT or any(s.share != "percent" for s in specs)):
        raise RuleError(_("The parts must have a rest, or be percentages that make 100"))


def book(payment: Payment, specs: Sequence[BookingSpec]) -> Decision:
    """The payment, cut into parts; left to a person when the parts do not come out.

    Parts are rounded to as many decimals as the payment's amount has.

    >>> import datetime
    >>> fee = Payment(1, datetime.date(2026, 1, 2), Decimal("-119.00"), "EUR")
    >>> parts = BookingSpec(4970, "percent", Decimal(50)), BookingSpec(4980)
    >>> [(one.account_id, one.amount) for one in book(fee, parts).bookings]
    [(4970, Decimal('-59.50')), (4980, Decimal('-59.50'))]
    """
    if not payment.amount:
        return _left(payment, Evidence("no_amount"))
    amounts = _percentages(payment.amount, specs)
    for place, spec in enumerate(specs):
        if spec.share in ("fixed", "captured"):
            amounts[place] = _amount(payment, spec)
            if amounts[place] is None:
                return _left(payment, Evidence("nothing_captured", 0, {"pattern": spec.pattern}))
    left = payment.amount - sum(amounts, ZERO)
    if left * payment.amount < 0:
        return _left(payment, Evidence("parts_too_large"))
    for place, spec in enumerate(specs):
        if spec.share == "rest":
            amounts[place] = left
    bookings = tuple(
        Booking(spec.account_id, amount, spec.tax_ids, spec.analytic, spec.label, spec.partner_id)
        for spec, amount in zip(specs, amounts, strict=True)
        if amount
    )
    return Decision(payment.id, "post", (), None, _SURE, _SURE, bookings=bookings, outcome="book")


def _left(payment: Payment, why: Evidence) -> Decision:
    return Decision(payment.id, "leave", reasons=(why,))


def _percentages(amount: Decimal, specs: Sequence[BookingSpec]) -> list[Decimal]:
    """What each percentage makes, zero for other parts.

    Rounded as they add up, so that no cent is lost or too many: 100 % are the amount.
    """
    smallest = Decimal((0, (1,), amount.as_tuple().exponent))
    parts, percent, given = [], ZERO, ZERO
    for spec in specs:
        percent += spec.value if spec.share == "percent" else ZERO
        until = (amount * percent / _PERCENT).quantize(smallest, ROUND_HALF_UP)
        parts.append(until - given)
        given = until
    return parts


def _amount(payment: Payment, spec: BookingSpec) -> Decimal | None:
    """A fixed or captured part, with its sign; None when its number is not in the text."""
    amount = spec.value
    if spec.share == "captured":
        found = compiled(spec.pattern).search(payment.text[:LONGEST_SEARCHED])
        amount = _number(found[1] or "") if found else None
    if amount is None:
        return None
    return amount.copy_sign(-payment.amount if spec.deducted else payment.amount)


def _number(written: str) -> Decimal | None:
    """An amount as people write it, without its sign; None for what is none, such as a date.

    >>> [str(_number(one)) for one in ("1.234,50", "1,234.5", "1.234", "1'234.50", "12,50")]
    ['1234.50', '1234.5', '1234', '1234.50', '12.50']
    >>> _number("12.03.26"), _number("1.23,456"), _number("x")
    (None, None, None)
    """
    found = _AMOUNT.fullmatch(written.strip())
    if not found or (found["mark"] and (found[3] or "").startswith(found["mark"])):
        return None
    return Decimal(re.sub(r"\D", "", found[1]) + (found[3] or "").replace(",", "."))
