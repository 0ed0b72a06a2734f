"""What the actions of an investment account do to its cash."""

from __future__ import annotations

from decimal import Decimal

_RECEIPTS = frozenset(
    (
        "cglong",
        "cgmid",
        "cgshort",
        "contribx",
        "div",
        "intinc",
        "miscinc",
        "rtrncap",
        "sell",
        "shtsell",
        "xin",
    )
)
_COSTS = frozenset(("buy", "cvrshrt", "margint", "miscexp", "withdrwx", "xout"))
# A negative amount corrects an earlier one.
_CORRECTABLE = frozenset(("cglong", "cgmid", "cgshort", "div", "intinc", "miscinc", "rtrncap"))
_TRANSFERRED_RECEIPTS = frozenset(
    (
        "cglongx",
        "cgmidx",
        "cgshortx",
        "divx",
        "intincx",
        "miscincx",
        "rtrncapx",
        "sellx",
        "shtsellx",
    )
)
_TRANSFERRED_COSTS = frozenset(("buyx", "cvrshrtx", "margintx", "miscexpx"))
_NEUTRAL = frozenset(
    (
        "expire",
        "grant",
        "reinvdiv",
        "reinvint",
        "reinvlg",
        "reinvmd",
        "reinvsh",
        "reminder",
        "shrsin",
        "shrsout",
        "stksplit",
        "vest",
    )
)
_CASH = "cash"


def cash_effect(action: str, amount: Decimal | None, transferred: Decimal | None) -> Decimal:
    """What the cash of the account changes by.

    An action that ends in X takes its money from another account, or gives it there, so
    that only what was not transferred stays.

    :param amount: of the action, None where it has none
    :param transferred: from or to the other account, None where it is not told
    :raises ValueError: when that cannot be told
    """
    action = action.strip().lower()
    if action in _NEUTRAL:
        return Decimal(0)
    if action in _TRANSFERRED_RECEIPTS | _TRANSFERRED_COSTS:
        if amount is None or transferred is None:
            return Decimal(0)
        left = abs(amount) - abs(transferred)
        return left if action in _TRANSFERRED_RECEIPTS else -left
    if action == _CASH:
        return amount or Decimal(0)
    if action not in _RECEIPTS | _COSTS:
        raise ValueError("the action is unknown")
    if amount is None:
        raise ValueError("the amount is missing")
    if action in _COSTS:
        return -abs(amount)
    if amount < 0 and action not in _CORRECTABLE:
        raise ValueError("the amount is negative")
    return amount
