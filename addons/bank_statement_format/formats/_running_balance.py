"""What a column with the running balance proves: order, opening, closing, completeness."""

from __future__ import annotations

from decimal import Decimal

Ends = tuple[Decimal, Decimal]
"""Opening and closing balance."""

_MAX_OPEN_ENDS = 20_000
"""Rows in utter disorder are not worth more memory than this."""


class RunningBalance:
    """Follows the balances of a statement's rows.

    In file order from the oldest or from the newest row, where rows may leave the balance
    out; and, where every row has one, in whatever order the rows stand: each row leads from
    a balance to another, and together they must lead from the opening to the closing one.

    :param orders: those that are possible, of ``oldest_first`` and ``newest_first``
    """

    def __init__(self, orders: tuple[str, ...]):
        self._chains = [_Chain(order) for order in orders]
        self._any_order = len(orders) > 1
        # How often a balance is reached more often than it is left, once no order holds.
        self._open_ends: dict[Decimal, int] = {}
        self._has_all = True
        # Amount and balance of the first and the last row that has a balance.
        self._first: tuple[Decimal, Decimal] | None = None
        self._last: tuple[Decimal, Decimal] | None = None

    def follow(self, amount: Decimal, balance: Decimal | None) -> Decimal | None:
        """Take one row in; the balance that was expected when this one breaks the order."""
        if balance is None:
            self._has_all = False
        else:
            self._last = last = (amount, balance)
            if self._first is None:
                self._first = last
        chains = self._chains
        if len(chains) == 1 and chains[0].add(amount, balance):
            return None
        if not chains:
            self._count_row(amount, balance)
            return None
        going_on = [chain for chain in chains if chain.add(amount, balance)]
        if len(going_on) == len(chains):
            return None
        self._chains = going_on
        if going_on:
            return None
        # The rows so far lead from one balance to another; from now on the order is free.
        if ends := chains[0].ends():
            self._count(ends[0], -1)
            self._count(ends[1], 1)
        self._count_row(amount, balance)
        return chains[-1].expected(amount)

    def _count_row(self, amount: Decimal, balance: Decimal | None) -> None:
        if self._any_order and balance is not None:
            self._count(balance - amount, -1)
            self._count(balance, 1)

    def _count(self, balance: Decimal, step: int) -> None:
        count = self._open_ends.get(balance, 0) + step
        if count:
            self._open_ends[balance] = count
        else:
            del self._open_ends[balance]
        if len(self._open_ends) > _MAX_OPEN_ENDS:
            self._any_order = False
            self._open_ends.clear()

    @property
    def several(self) -> bool:
        """Whether two rows or more had a balance."""
        return self._first is not self._last

    @property
    def proven(self) -> bool:
        """Whether the rows follow from each other, in some order."""
        return bool(self._chains) or self._set_ends() is not None

    def ends(self, newest_first: bool | None) -> Ends | None:
        """What the balances prove; nothing when both orders fit and differ.

        :param newest_first: what the dates say, if they do
        """
        chains = self._chains
        if not chains:
            return self._set_ends()
        if len(chains) > 1 and newest_first is not None:
            order = "newest_first" if newest_first else "oldest_first"
            chains = [chain for chain in chains if chain.order == order]
        ends = {chain.ends() for chain in chains}
        return ends.pop() if len(ends) == 1 else None

    def ends_in_file(self, newest_first: bool) -> Ends | None:
        """What the first and the last row say, whether or not the others lead there."""
        if self._first is None or self._last is None:
            return None
        oldest, newest = (self._first, self._last)[:: -1 if newest_first else 1]
        return oldest[1] - oldest[0], newest[1]

    def _set_ends(self) -> Ends | None:
        if not self._any_order or not self._has_all or len(self._open_ends) != 2:
            return None
        by_count = {count: balance for balance, count in self._open_ends.items()}
        return (by_count[-1], by_count[1]) if by_count.keys() == {-1, 1} else None


class _Chain:
    """Follows the running balance in one order; rows may leave the balance out."""

    def __init__(self, order: str):
        self.order = order
        self._forward = order == "oldest_first"
        # Balances before the first and after the last row, in the order of the file.
        self._start: Decimal | None = None
        self._end: Decimal | None = None
        self._before_first = Decimal(0)

    def expected(self, amount: Decimal) -> Decimal:
        """The balance that a row of this amount must show, once there was a balance."""
        return self._end + amount if self._forward else self._end

    def add(self, amount: Decimal, balance: Decimal | None) -> bool:
        """Go on with a row; False, and nothing else, for one that does not follow."""
        end = self._end
        if end is None:
            self._begin(amount, balance)
            return True
        if self._forward:
            end = end + amount
            if balance is not None and balance != end:
                return False
            self._end = end
            return True
        if balance is not None and balance != end:
            return False
        self._end = end - amount
        return True

    def _begin(self, amount: Decimal, balance: Decimal | None) -> None:
        """Take in the rows up to the first one with a balance."""
        if balance is None:
            self._before_first += amount if self._forward else -amount
        elif self._forward:
            self._start, self._end = balance - amount - self._before_first, balance
        else:
            self._start, self._end = balance - self._before_first, balance - amount

    def ends(self) -> Ends | None:
        if self._start is None or self._end is None:
            return None
        return (self._start, self._end) if self._forward else (self._end, self._start)
