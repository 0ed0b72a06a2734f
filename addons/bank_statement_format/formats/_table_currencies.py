"""Which amounts of an unknown table are in the account's currency, and which one it is."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from ..messages import _
from ._table_columns import Column
from ._table_profile import CURRENCY_SLOT
from ._table_shapes import CONVENTIONS
from ._table_sums import SumClues
from ._table_titles import SETTLED_WORDS, plain_title
from ._table_values import AmountParser, currency_of, title_key
from ._values import is_currency

AMOUNT_QUESTION = _("Which column is the amount that the account changed by?")

_CURRENCY_IN_TITLE = re.compile(r"(?<![A-Za-z])([A-Z]{3}|€|£|zł|Kč)(?![A-Za-z])")


class CurrencyClues(SumClues):
    """Tells the account's currency from those that payments were made in.

    :ivar own_currency: the columns with the currencies of untitled ones, by their place
    """

    def __init__(self, *arguments: Any):
        super().__init__(*arguments)
        self.own_currency: dict[int, Column] = {}

    def _rivals(self, numeric: list[Column], pair: list[Column]) -> list[Column]:
        """Amounts of which only one can be in the account's currency; none where it is clear."""
        full = self.table.data_rows
        rivals = [c for c in numeric if c.role == "amount" and c.filled == full]
        settled = [c for c in rivals if is_settled(c)]
        coded = self._coded()
        several = len(coded) > 1 or any(len(c.values) > 1 for c in coded)
        by_title = len(set(map(_currency_in_title, rivals)) - {None}) > 1
        if not (coded and (several or settled) or by_title):
            return []
        if len(rivals) < 2 and not (settled and pair):
            return []
        if pair and len(rivals) == len(settled) == 1:
            return [*rivals, *pair]
        texts = [[row.cells[c.place] for row in self.table.sample] for c in rivals]
        same = all(text == texts[0] for text in texts)
        return [] if same and not settled else rivals

    def _coded(self) -> list[Column]:
        """The columns that hold the currencies of amounts."""
        return [
            c
            for c in self.table.columns
            if c.role in ("currency", "original_currency")
            and c.filled == self.table.data_rows
            and is_coded(c)
        ]

    def _in_account_currency(self, rivals: list[Column]) -> Column | None:
        """The amount that moved the account, by a balance or by the titles; else it is asked."""
        amounts = [c for c in rivals if c.role == "amount"]
        proven = self._proven_by_balance(amounts)
        if len(proven) == 1:
            return proven[0]
        settled = [c for c in amounts if is_settled(c)]
        if not proven and len(settled) == 1 and self._is_foreign_beside(settled[0], rivals):
            return settled[0]
        return self._ask_column("amount", AMOUNT_QUESTION, amounts)

    def _proven_by_balance(self, amounts: list[Column]) -> list[Column]:
        """Those from which a running balance follows, each in its own currency."""
        balances = [c for c in self.table.with_role("balance") if c.is_numbers]
        proven = []
        for amount in amounts:
            self.foreign = [c for c in [self._foreign_currency(amount, amounts)] if c]
            if any(self._follows([amount], balance) for balance in balances):
                proven.append(amount)
        self.foreign = []
        return proven

    def _is_foreign_beside(self, settled: Column, rivals: list[Column]) -> bool:
        """Whether the others have a currency of their own, and agree where it is the account's."""
        foreign = self._foreign_currency(settled, rivals)
        if foreign is None:
            return False
        own = self._own_currency_of(settled)
        parse = AmountParser(*self._marks(*rivals)).parse
        for row in self.table.sample:
            code = currency_of(row.cells[foreign.place])
            account_code = own if isinstance(own, str) else own and row.cells[own.place].upper()
            others = [row.cells[c.place] for c in rivals if c is not settled]
            amounts = {abs(parse(text) or Decimal(0)) for text in others if text}
            if account_code == code and abs(parse(row.cells[settled.place])) not in amounts:
                return False
        return True

    def _own_currency_of(self, settled: Column) -> Column | str | None:
        """The currency that the title names, or else the column right beside that holds it."""
        if code := _currency_in_title(settled):
            return code
        beside = [c for c in self._coded() if abs(c.place - settled.place) == 1]
        named = [c for c in beside if SETTLED_WORDS.search(plain_title(c.title))]
        return next(iter(named or [c for c in beside if c.place > settled.place]), None)

    def _foreign_currency(self, amount: Column, others: list[Column]) -> Column | None:
        """The column with the currency of the amounts beside the account's."""
        own = self._own_currency_of(amount)
        coded = [c for c in self._coded() if c is not own]
        places = [c.place for c in others if c is not amount]
        return min(coded, key=lambda c: min(abs(c.place - place) for place in places), default=None)

    def _find_currency(self) -> None:
        money = self._money()
        if money and (own := self.own_currency.get(money[0].place)):
            self.roles["currency"] = [own]
            return
        coded = [c for c in self._coded() if c.role == "currency" and c not in self.foreign]
        if coded:
            place = money[0].place if money else 0
            # Where several columns hold currencies, the one beside the amount is its own.
            best = min(coded, key=lambda c: (-c.surety, (c.place - place) % len(self.header)))
            self.roles["currency"] = [best]
            return
        for column in money:
            match = _CURRENCY_IN_TITLE.search(column.title)
            if match and (code := currency_of(match[1])):
                self._name_currency(column, match, code)
                return

    def _name_currency(self, column: Column, match: re.Match, code: str) -> None:
        """The title names the currency; the next file's title may name another."""
        title = column.title
        before, after = title[: match.start(1)], title[match.end(1) :]
        others = [c.title for c in self.table.columns if c is not column]
        alike = re.compile(rf"{re.escape(before)}[A-Z]{{3}}{re.escape(after)}", re.IGNORECASE)
        if title_key(match[1]) == code.lower() and not any(map(alike.fullmatch, others)):
            changed = before + CURRENCY_SLOT + after
            self.header[column.place] = column.title = changed
            self.table.top = self.table.top._replace(titles=tuple(self.header))
        else:
            self.extra["currency"] = code

    def _find_original(self, free: list[Column]) -> None:
        amounts = [c for c in free if c.role == "original_amount" and c.is_numbers]
        currencies = [c for c in free if c.role == "original_currency"]
        if len(self.foreign) == 2:
            amounts, currencies = self.foreign[:1], self.foreign[1:]
        viable = CONVENTIONS.index((self.extra["decimal"], self.extra["thousands"]))
        if amounts and currencies and viable in amounts[0].conventions:
            self.roles["original_amount"] = amounts[:1]
            self.roles["original_currency"] = currencies[:1]


def is_coded(column: Column) -> bool:
    """Whether all that it holds are currencies."""
    values = column.values or ()
    return bool(values) and all(is_currency(currency_of(value)) for value in values)


def is_settled(column: Column) -> bool:
    """Whether the title says that it is in the account's currency, or in which one."""
    told = _currency_in_title(column) or SETTLED_WORDS.search(plain_title(column.title))
    return bool(told)


def _currency_in_title(column: Column) -> str | None:
    match = _CURRENCY_IN_TITLE.search(column.title)
    return currency_of(match[1]) if match else None
