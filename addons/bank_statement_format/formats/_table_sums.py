"""What the amounts of an unknown table come to, and whether the running balance follows."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ._running_balance import RunningBalance
from ._table_clues import Clues
from ._table_columns import Column
from ._table_profile import ORDERS, WRITTEN_MINUS
from ._table_shapes import CONVENTIONS
from ._table_source import Row
from ._table_titles import DEBIT_WORDS
from ._table_values import AmountParser


class SumClues(Clues):
    """Calculates with the columns as far as they are known.

    :ivar foreign: the amount and the currency before the conversion, or only the currency
    """

    def __init__(self, *arguments: Any):
        super().__init__(*arguments)
        self.foreign: list[Column] = []

    def _money(self) -> list[Column]:
        names = ("amount", "debit", "credit", "balance")
        return [column for name in names for column in self.roles.get(name, [])]

    def _marks(self, *columns: Column) -> tuple[str, str]:
        """Decimal and thousands mark, as far as known or as the columns have them."""
        if "decimal" in self.extra:
            return self.extra["decimal"], self.extra["thousands"]
        viable = frozenset(range(len(CONVENTIONS)))
        for column in (*self._money(), *columns):
            viable &= column.conventions if column.filled else viable
        return CONVENTIONS[min(viable, default=0)]

    def _parser(self, *columns: Column) -> AmountParser:
        told = "sign" not in self.roles
        return AmountParser(
            *self._marks(*columns),
            tuple(self.extra.get("debit_signs", ())) if told else (),
            tuple(self.extra.get("credit_signs", ())) if told else (),
        )

    def _amounts(self, rows: list[Row]) -> list[Decimal]:
        """The rows' amounts by what is known so far."""
        parse, roles = self._parser().parse, self.roles

        def number(row: Row, role: str) -> Decimal:
            cell = row.cells[roles[role][0].place]
            return (parse(cell) or Decimal(0)) if cell else Decimal(0)

        if "amount" not in roles:
            return [number(row, "credit") - abs(number(row, "debit")) for row in rows]
        amounts = [number(row, "amount") for row in rows]
        if "sign" in roles:
            place = roles["sign"][0].place
            debits = [row.cells[place].casefold() in DEBIT_WORDS for row in rows]
            minus = WRITTEN_MINUS[self.extra.get("written_minus", "agrees")]
            amounts = list(map(minus, amounts, debits))
        return amounts

    def _follows(
        self,
        amount: list[Column],
        balance: Column,
        *,
        factor: int = 1,
        orders: tuple[str, ...] = ORDERS[1:],
    ) -> bool:
        """Whether the balances of at least two rows follow from the amounts."""
        before = dict(self.roles)
        if amount:
            self.roles["amount"] = amount
        try:
            pairs = self._pairs(balance, factor)
        finally:
            self.roles = before
        keys = [self._key(row) for row in self.table.sample]
        chains: dict[str, RunningBalance] = {}
        for key, (value, after) in zip(keys, pairs, strict=True):
            chain = chains.setdefault(key, RunningBalance(orders))
            chain.follow(value, after)
        several = any(chain.several for chain in chains.values())
        return several and all(chain.proven for chain in chains.values())

    def _follows_in_order(self, amount: list[Column], balance: Column, factor: int = 1) -> bool:
        """Whether each balance follows from the one beside it, also where nothing moved."""
        return any(
            self._follows(amount, balance, factor=factor, orders=(order,)) for order in ORDERS[1:]
        )

    def _pairs(self, balance: Column, factor: int) -> list[tuple[Decimal, Decimal | None]]:
        parse = self._parser(balance).parse
        amounts = [factor * amount for amount in self._amounts(self.table.sample)]
        cells = [row.cells[balance.place] for row in self.table.sample]
        balances = [parse(cell) if cell else None for cell in cells]
        return list(zip(amounts, balances, strict=True))

    def _key(self, row: Row) -> str:
        columns = self.table.with_role("account") + self.table.with_role("currency")
        return "|".join(
            row.cells[column.place]
            for column in columns
            if column.filled == self.table.data_rows and column not in self.foreign
        )
