"""Which columns of an unknown table are money: amounts, balances and charges."""

from __future__ import annotations

import itertools

from ..errors import InvalidStatement
from ..messages import _
from ._table_columns import Column, first_line, is_bare, label
from ._table_currencies import AMOUNT_QUESTION, CurrencyClues, is_coded, is_settled
from ._table_shapes import CONVENTIONS
from ._table_signs import SignClues
from ._table_source import Row
from ._table_titles import GROSS_WORDS, NET_WORDS, TAX_WORDS, plain_title
from ._table_values import AmountParser


class MoneyClues(CurrencyClues, SignClues):
    """Finds the amounts, and what they mean."""

    # Amounts

    def _find_amounts(self) -> None:
        self._pass_titles_on()
        table = self.table
        numeric = [
            column
            for column in table.columns
            if column.is_numbers and column not in sum(self.roles.values(), [])
        ]
        chosen = self.answers.get("amount")
        amount = next((c for c in numeric if table.reference(c) == chosen), None)
        pair = self._pair(numeric) if amount is None else []
        if amount is None and len(rivals := self._rivals(numeric, pair)) > 1:
            amount = self._in_account_currency(rivals)
            if amount is None:
                return
        if amount is None and pair:
            self.roles["debit"], self.roles["credit"] = [pair[0]], [pair[1]]
            return
        amount = amount or self._amount_column(numeric)
        if amount is not None:
            self.roles["amount"] = [amount]
            self._note_foreign(amount, numeric)
            self._find_sign_column(amount)

    def _pass_titles_on(self) -> None:
        """A title above a currency is that of the amount beside it, where that has none."""
        for left, right in itertools.pairwise(self.table.columns):
            if right.title or not right.is_numbers or left.role not in ("amount", "balance"):
                continue
            if left.filled and not is_coded(left) or not left.filled and left.role == "amount":
                continue
            right.role, right.surety = left.role, left.surety
            left.role, left.surety = ("currency", 1) if left.filled else ("", 0)
            if left.filled == right.filled:
                self.own_currency[right.place] = left

    def _pair(self, numeric: list[Column]) -> list[Column]:
        """The columns of debits and credits, if there are both."""
        debit, credit = self._best(numeric, "debit"), self._best(numeric, "credit")
        if not (debit and credit):
            debit, credit = self._pair_with_empty(debit, credit)
        return [debit, credit] if debit and credit else []

    def _best(self, numeric: list[Column], role: str) -> Column | None:
        found = [column for column in numeric if column.role == role]
        return max(found, key=lambda c: (c.surety, -c.place), default=None)

    def _pair_with_empty(
        self, debit: Column | None, credit: Column | None
    ) -> tuple[Column | None, Column | None]:
        """The pair, when one of both is empty in all rows."""
        empty = {c.role: c for c in self.table.columns if not c.filled and c.surety >= 2}
        return debit or (credit and empty.get("debit")), credit or (debit and empty.get("credit"))

    def _note_foreign(self, amount: Column, numeric: list[Column]) -> None:
        """Keep the amount and the currency that the account's were converted from."""
        others = [c for c in self._rivals(numeric, []) if c is not amount and not is_settled(c)]
        if len(others) == 1 and (currency := self._foreign_currency(amount, others)):
            self.foreign = [others[0], currency]
        elif is_settled(amount) and (pair := self._pair(numeric)):
            # Debits and credits are what was paid, in whatever currency that was.
            self.foreign = [c for c in [self._foreign_currency(amount, pair)] if c]

    # One amount among others

    def _amount_column(self, numeric: list[Column]) -> Column | None:
        titled = [column for column in numeric if column.role == "amount"]
        if titled:
            surest = max(column.surety for column in titled)
            titled = [column for column in titled if column.surety == surest]
            full = [c for c in titled if c.filled == self.table.data_rows]
            titled = self._gross_or_net(full or titled, numeric)
        else:
            titled = self._untitled(numeric)
        titled = [self._moved_by(titled[0], numeric)] if len(titled) == 1 else titled
        if len(titled) == 1:
            return titled[0]
        if not titled:
            raise InvalidStatement(
                _("No column holds an amount in every row"), line=first_line(self.table)
            )
        return self._ask_column("amount", AMOUNT_QUESTION, titled)

    def _untitled(self, numeric: list[Column]) -> list[Column]:
        """The columns that could be the amount where no title says so."""
        known = {"balance", "charges", "original_amount", "bank_reference", "account", "code"}
        found = [
            c
            for c in numeric
            if c.role not in known and c.surety < 3 and (c.marked or not c.title) and not is_bare(c)
        ]
        found = [c for c in found if c.marked] or found
        full = [c for c in found if c.filled == self.table.data_rows]
        if len(found) > 1 and (proven := self._by_arithmetic(found)):
            return proven
        # An amount that is missing in some rows is one nevertheless.
        often = [c for c in found if c.filled * 2 >= self.table.data_rows]
        return often if full else []

    def _gross_or_net(self, titled: list[Column], numeric: list[Column]) -> list[Column]:
        """With the tax the gross moved, and without the fee the net; else it is unclear."""
        gross = [c for c in numeric if _says(c, GROSS_WORDS) and c.filled == self.table.data_rows]
        if len(titled) != 1 or len(gross) != 1 or not _says(titled[0], NET_WORDS):
            return titled
        if any(c.is_numbers for c in self.table.with_role("charges")):
            return titled
        both = [titled[0], gross[0]]
        taxes = [c for c in self.table.columns if c.is_numbers and _says(c, TAX_WORDS)]
        if any(self._add_up(titled[0], tax, gross[0]) for tax in taxes):
            return gross
        return self._proven_by_balance(both) or both

    def _add_up(self, one: Column, other: Column, total: Column) -> bool:
        """Whether two columns make a third in every row, and that is not the one of them."""
        columns = (one, other, total)
        parse = AmountParser(*self._marks(*columns)).parse
        rows = [
            [parse(row.cells[column.place] or "0") for column in columns]
            for row in self.table.sample
        ]
        if any(None in row for row in rows) or not any(row[1] for row in rows):
            return False
        return all(a + b == c or a + abs(b).copy_sign(a) == c for a, b, c in rows)

    def _moved_by(self, amount: Column, numeric: list[Column]) -> Column:
        """Another column, where what seemed to be the amount is the running balance of it."""
        for other in numeric:
            if other is amount or other.negative + other.positive < 2 or self.table.data_rows < 3:
                continue
            if other.role not in ("balance", "original_amount") and self._follows([other], amount):
                self.roles["balance"] = [amount]
                return other
        return amount

    def _by_arithmetic(self, columns: list[Column]) -> list[Column]:
        """The one column of which another one is the running balance."""
        for amount in columns:
            for balance in columns:
                if balance.filled < self.table.data_rows or balance is amount:
                    continue
                if self._follows_in_order([amount], balance):
                    self.roles["balance"] = [balance]
                    return [amount]
        return []

    # Balance, convention and charges

    def _find_balance(self) -> None:
        if "balance" in self.roles:
            return
        taken = sum(self.roles.values(), [])
        candidates = [
            c for c in self.table.columns if c.is_numbers and c not in taken and c.role == "balance"
        ]
        if candidates:
            best = max(candidates, key=lambda c: (c.surety, c.filled, -c.place))
            self.roles["balance"] = [best]

    def _find_convention(self) -> None:
        money = [column for column in self._money() if column.filled]
        viable = frozenset(range(len(CONVENTIONS)))
        for column in money:
            viable &= column.conventions
        if not viable:
            raise InvalidStatement(
                _("The amounts are not written in one way"),
                element=", ".join(column.reference for column in money),
            )
        marks = {CONVENTIONS[index][0] for index in viable}
        if len(marks) > 1 and any(column.unclear[1] for column in money):
            column = next(column for column in money if column.unclear[1])
            text, line = column.unclear
            answer = self._ask(
                "decimal",
                _(
                    "Which is the decimal mark in the column %(column)s? For example %(text)s in "
                    "line %(line)s",
                    column=label(column),
                    text=text,
                    line=line,
                ),
                (".", _("the point")),
                (",", _("the comma")),
            )
            marks = {answer or "."}
        decimal = "." if "." in marks else ","
        index = min(index for index in viable if CONVENTIONS[index][0] == decimal)
        self.extra["decimal"], self.extra["thousands"] = CONVENTIONS[index]

    def _find_charges(self) -> None:
        amount = next(iter(self.roles.get("amount", [])), None)
        fees = [c for c in self.table.with_role("charges") if c.is_numbers]
        fees = [c for c in fees if c.positive + c.negative]
        if amount is None or not fees:
            return
        fee, negative = fees[0], fees[0].negative > fees[0].positive
        index = CONVENTIONS.index((self.extra["decimal"], self.extra["thousands"]))
        if index not in fee.conventions:
            return
        balance = next(iter(self.roles.get("balance", [])), None)
        excluded = None
        if self._is_net(amount, fee, negative) or (balance and self._follows([], balance)):
            excluded = False
        if excluded is None:
            answer = self._ask(
                "charges",
                _(
                    "Is the column %(fee)s already taken off the column %(amount)s?",
                    fee=label(fee),
                    amount=label(amount),
                ),
                ("included", _("yes, the amount is what the account changed by")),
                ("excluded", _("no, the account changed by the amount less the charges")),
            )
            excluded = answer == "excluded"
        self.roles["charges"] = [fee]
        self.extra["charges_negative"] = negative
        self.extra["amount_excludes_charges"] = excluded

    def _is_net(self, amount: Column, fee: Column, negative: bool) -> bool:
        """Whether another column holds the amount before charges in every row."""
        parse = self._parser().parse
        for gross in self.table.columns:
            if gross in (amount, fee) or gross.filled != self.table.data_rows:
                continue
            if all(
                _difference(row, parse, gross, amount, fee, negative) == 0
                for row in self.table.sample
            ):
                return True
        return False


def _says(column: Column, words: frozenset[str]) -> bool:
    """Whether one of the words is in the title, as in ``MwSt`` and in ``VatAmount``."""
    title = column.title
    return not words.isdisjoint(f"{plain_title(title)} {plain_title(title.casefold())}".split())


def _difference(row: Row, parse, gross: Column, net: Column, fee: Column, negative: bool):
    """How far gross, fee and net are from adding up; None where one of them is no number."""
    values = [parse(row.cells[column.place] or "0") for column in (gross, net, fee)]
    if None in values:
        return None
    before, after, charge = values
    return before - after + (charge if negative else -charge)
