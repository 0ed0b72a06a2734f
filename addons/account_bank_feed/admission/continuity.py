"""Does a statement continue what we have? The balance before its first new transaction decides.

Overlapping downloads are normal, so it is not the opening balance that must be
ours, but the opening balance plus the transactions that we know already.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Cause(StrEnum):
    """Why a statement waits in quarantine."""

    UNBALANCED = "unbalanced"
    UNKNOWN_ACCOUNT = "unknown_account"
    AMBIGUOUS_ACCOUNT = "ambiguous_account"
    NO_ACCOUNT = "no_account"
    OPENING = "opening"
    GAP = "gap"
    SURPLUS = "surplus"


@dataclass(frozen=True, slots=True)
class Verdict:
    """``proven`` says that balances prove completeness; None of them means nothing is proven.

    ``difference`` is the bank's balance before the first new transaction minus
    ours. ``overlap_void`` says that what looked known is new after all.
    """

    admitted: bool
    proven: bool = False
    cause: Cause | None = None
    bank_balance: Decimal | None = None
    our_balance: Decimal | None = None
    overlap_void: bool = False

    @property
    def difference(self) -> Decimal | None:
        if self.bank_balance is None or self.our_balance is None:
            return None
        return self.bank_balance - self.our_balance


def judge(
    *,
    opening: Decimal | None,
    known_total: Decimal,
    has_new: bool,
    our_balance: Decimal,
    is_first: bool,
    has_surplus: bool,
    may_void_overlap: bool,
) -> Verdict:
    """Judge one statement against what its journal holds up to the statement's last day.

    :param opening: the bank's balance before the statement's first transaction
    :param known_total: sum of the statement's transactions that we have already
    :param our_balance: the journal's balance on the statement's last day
    :param is_first: the journal has no confirmed balance by the bank yet
    :param has_surplus: we have transactions inside the period that the statement lacks
    :param may_void_overlap: the known ones may be other, equally worded transactions:
        two statements of one day can hold equal payments that do not overlap
    """
    if opening is None:
        return Verdict(admitted=True)
    bank_balance = opening + known_total
    if bank_balance == our_balance:
        return Verdict(True, True, None, bank_balance, our_balance)
    if may_void_overlap and opening == our_balance:
        return Verdict(True, True, None, opening, our_balance, overlap_void=True)
    if not has_new:
        # There is nothing to take in. Still, these balances prove nothing.
        return Verdict(True, False, None, bank_balance, our_balance)
    if is_first:
        cause = Cause.OPENING
    else:
        cause = Cause.SURPLUS if has_surplus else Cause.GAP
    return Verdict(False, False, cause, bank_balance, our_balance)
