"""Which columns of an unknown table are money: amounts, their sign, balances, charges, currency."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal

from ..errors import InvalidStatement
from ._running_balance import RunningBalance
from ._table_clues import Clues
from ._table_columns import Column, first_line, is_bare, label
from ._table_profile import CURRENCY_SLOT, ORDERS
from ._table_shapes import CONVENTIONS, reading_of
from ._table_source import Row
from ._table_titles import CREDIT_WORDS, DEBIT_WORDS, plain_title
from ._table_values import AmountParser, currency_of, parse_table_date, title_key
from ._values import is_currency

_CARD_WORDS = re.compile(r"\bcard|karte|merchant|\bkarta|carte")


class MoneyClues(Clues):
    """Finds the amounts, and what they mean."""

    # Amounts

    def _find_amounts(self) -> None:
        table = self.table
        numeric = [
            column
            for column in table.columns
            if column.is_numbers and column not in sum(self.roles.values(), [])
        ]
        chosen = self.answers.get("amount")
        amount = next((c for c in numeric if table.reference(c) == chosen), None)
        debit = self._best(numeric, "debit")
        credit = self._best(numeric, "credit")
        if amount is None and not (debit and credit):
            debit, credit = self._pair_with_empty(debit, credit)
        if amount is None and debit and credit:
            self.roles["debit"], self.roles["credit"] = [debit], [credit]
            return
        amount = amount or self._amount_column(numeric)
        if amount is not None:
            self.roles["amount"] = [amount]
            self._find_sign_column(amount)

    def _best(self, numeric: list[Column], role: str) -> Column | None:
        found = [column for column in numeric if column.role == role]
        return max(found, key=lambda c: (c.surety, -c.place), default=None)

    def _pair_with_empty(
        self, debit: Column | None, credit: Column | None
    ) -> tuple[Column | None, Column | None]:
        """The pair, when one of both is empty in all rows."""
        empty = {c.role: c for c in self.table.columns if not c.filled and c.surety >= 2}
        return debit or (credit and empty.get("debit")), credit or (debit and empty.get("credit"))

    def _amount_column(self, numeric: list[Column]) -> Column | None:
        titled = [column for column in numeric if column.role == "amount"]
        if titled:
            surest = max(column.surety for column in titled)
            titled = [column for column in titled if column.surety == surest]
            full = [c for c in titled if c.filled == self.table.data_rows]
            titled = full or titled
        else:
            known = {"balance", "charges", "original_amount", "bank_reference", "account", "code"}
            titled = [
                c
                for c in numeric
                if c.role not in known
                and c.surety < 3
                and c.filled == self.table.data_rows
                and (c.marked or not c.title)
                and not is_bare(c)
            ]
            titled = [c for c in titled if c.marked] or titled
            if len(titled) > 1:
                titled = self._by_arithmetic(titled) or titled
        if len(titled) == 1:
            return titled[0]
        if not titled:
            raise InvalidStatement(
                "No column holds an amount in every row", line=first_line(self.table)
            )
        return self._ask_column(
            "amount", "Which column is the amount that the account changed by?", titled
        )

    def _by_arithmetic(self, columns: list[Column]) -> list[Column]:
        """The one column of which another one is the running balance."""
        for amount in columns:
            for balance in columns:
                if amount is not balance and self._follows([amount], balance):
                    self.roles["balance"] = [balance]
                    return [amount]
        return []

    def _find_sign_column(self, amount: Column) -> None:
        rows = self.table.data_rows
        for column in self.table.columns:
            if column is amount or column.filled != rows or not column.values:
                continue
            values = set(column.values)
            debits, credits = values & DEBIT_WORDS, values & CREDIT_WORDS
            told = column.role == "sign" or not column.title
            if values - debits - credits or not (told or (debits and credits)):
                continue
            if column.role != "sign" and column.surety == 3:
                continue
            if amount.negative and not self._sign_agrees(amount, column):
                continue
            self.roles["sign"] = [column]
            self.extra["debit_signs"] = sorted(debits) or [_partner(credits)]
            self.extra["credit_signs"] = sorted(credits) or [_partner(debits)]
            return
        suffixes = amount.suffixes - {""}
        if suffixes and "" not in amount.suffixes and suffixes <= DEBIT_WORDS | CREDIT_WORDS:
            self.extra["debit_signs"] = sorted(suffixes & DEBIT_WORDS) or [_partner(suffixes)]
            self.extra["credit_signs"] = sorted(suffixes & CREDIT_WORDS) or [_partner(suffixes)]

    def _sign_agrees(self, amount: Column, sign: Column) -> bool:
        for row in self.table.sample:
            reading = reading_of(row.cells[amount.place])
            word = row.cells[sign.place].casefold()
            if reading.sign < 0 and word in CREDIT_WORDS:
                return False
        return True

    # Balance, convention and sign

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

    def _money(self) -> list[Column]:
        names = ("amount", "debit", "credit", "balance")
        return [column for name in names for column in self.roles.get(name, [])]

    def _find_convention(self) -> None:
        money = [column for column in self._money() if column.filled]
        viable = frozenset(range(len(CONVENTIONS)))
        for column in money:
            viable &= column.conventions
        if not viable:
            raise InvalidStatement(
                "The amounts are not written in one way",
                element=", ".join(column.reference for column in money),
            )
        marks = {CONVENTIONS[index][0] for index in viable}
        if len(marks) > 1 and any(column.marked for column in money):
            column = next(column for column in money if column.marked)
            text, line = column.unclear
            answer = self._ask(
                "decimal",
                f"Which is the decimal mark in the column {label(column)}? "
                f"For example {text} in line {line}",
                (".", "the point"),
                (",", "the comma"),
            )
            marks = {answer or "."}
        decimal = "." if "." in marks else ","
        index = min(index for index in viable if CONVENTIONS[index][0] == decimal)
        self.extra["decimal"], self.extra["thousands"] = CONVENTIONS[index]

    def _parser(self) -> AmountParser:
        return AmountParser(
            self.extra.get("decimal", "."),
            self.extra.get("thousands", ","),
            tuple(self.extra.get("debit_signs", ())) if "sign" not in self.roles else (),
            tuple(self.extra.get("credit_signs", ())) if "sign" not in self.roles else (),
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
            words = [row.cells[place].casefold() for row in rows]
            amounts = [
                -abs(amount) if word in DEBIT_WORDS else amount
                for amount, word in zip(amounts, words, strict=True)
            ]
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
        several = max(Counter(keys).values()) > 1
        return several and all(chain.proven for chain in chains.values())

    def _pairs(self, balance: Column, factor: int) -> list[tuple[Decimal, Decimal | None]]:
        parse = self._parser().parse
        amounts = [factor * amount for amount in self._amounts(self.table.sample)]
        cells = [row.cells[balance.place] for row in self.table.sample]
        balances = [parse(cell) if cell else None for cell in cells]
        return list(zip(amounts, balances, strict=True))

    def _key(self, row: Row) -> str:
        columns = self.table.with_role("account") + self.table.with_role("currency")
        return "|".join(row.cells[column.place] for column in columns)

    def _decide_sign(self) -> None:
        if self.questions and "amount" not in self.roles and "debit" not in self.roles:
            return
        if answer := self.answers.get("sign"):
            self.extra["invert"] = answer == "inverted"
            self._set_balance()
            return
        proven = self._set_balance()
        if proven or "amount" not in self.roles:
            return
        (amount,) = self.roles["amount"]
        told = "sign" in self.roles or self.extra.get("debit_signs") or amount.plus
        card = any(_CARD_WORDS.search(plain_title(title)) for title in self.table.top.titles)
        mixed = amount.negative * 3 >= amount.negative + amount.positive
        natural = amount.negative and mixed and not card
        if told or natural or not amount.positive + amount.negative:
            return
        text, line = amount.example
        answer = self._ask(
            "sign",
            f"What do amounts without a minus in the column {label(amount)} mean? "
            f"For example {text} in line {line}",
            ("natural", "money that came into the account"),
            ("inverted", "money that left the account"),
        )
        if answer == "inverted":
            self.extra["invert"] = True

    def _set_balance(self) -> bool:
        """Keep the balance column that fits; whether it proves the sign too."""
        balance = next(iter(self.roles.get("balance", [])), None)
        if balance is None:
            return False
        factor = -1 if self.extra.get("invert") else 1
        natural = inverted = False
        for orders in (self._order_of_dates(), ORDERS[1:]):
            natural = self._follows([], balance, factor=factor, orders=orders)
            inverted = self._follows([], balance, factor=-factor, orders=orders)
            if natural != inverted:
                break
        if inverted and not natural:
            if factor == 1:
                self.extra["invert"] = True
            else:
                self.extra["invert_balance"] = True
        return natural != inverted

    def _order_of_dates(self) -> tuple[str, ...]:
        """The order of the rows, as their dates have it."""
        columns, rows = self.roles.get("booking_date"), self.table.sample
        if not columns:
            return ORDERS[1:]
        place, patterns = columns[0].place, tuple(self.extra["dates"])
        days = [parse_table_date(row.cells[place], patterns) for row in (rows[0], rows[-1])]
        if days[0] == days[1]:
            return ORDERS[1:]
        return ("oldest_first",) if days[0] < days[1] else ("newest_first",)

    # Currency and charges

    def _find_currency(self) -> None:
        coded = [
            c
            for c in self.table.columns
            if c.values and c.filled and all(is_currency(currency_of(v)) for v in c.values)
        ]
        titled = [c for c in coded if c.role == "currency" and c.filled == self.table.data_rows]
        if titled:
            money = self._money()
            place = money[0].place if money else 0
            # Where several columns hold currencies, the one beside the amount is its own.
            best = min(titled, key=lambda c: (-c.surety, (c.place - place) % len(self.header)))
            self.roles["currency"] = [best]
            return
        for column in self._money():
            match = re.search(r"(?<![A-Za-z])([A-Z]{3}|€|£|zł|Kč)(?![A-Za-z])", column.title)
            if match and (code := currency_of(match[1])):
                self._name_currency(column, match, code)
                return

    def _name_currency(self, column: Column, match: re.Match, code: str) -> None:
        """The title names the currency; the next file's title may name another."""
        title = column.title
        if title_key(match[1]) == code.lower():
            changed = title[: match.start(1)] + CURRENCY_SLOT + title[match.end(1) :]
            self.header[column.place] = column.title = changed
            self.table.top = self.table.top._replace(titles=tuple(self.header))
        else:
            self.extra["currency"] = code

    def _find_original(self, free: list[Column]) -> None:
        amounts = [c for c in free if c.role == "original_amount" and c.is_numbers]
        currencies = [c for c in free if c.role == "original_currency"]
        viable = CONVENTIONS.index((self.extra["decimal"], self.extra["thousands"]))
        if amounts and currencies and viable in amounts[0].conventions:
            self.roles["original_amount"] = amounts[:1]
            self.roles["original_currency"] = currencies[:1]

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
                f"Is the column {label(fee)} already taken off the column {label(amount)}?",
                ("included", "yes, the amount is what the account changed by"),
                ("excluded", "no, the account changed by the amount less the charges"),
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


def _difference(row: Row, parse, gross: Column, net: Column, fee: Column, negative: bool):
    """How far gross, fee and net are from adding up; None where one of them is no number."""
    values = [parse(row.cells[column.place] or "0") for column in (gross, net, fee)]
    if None in values:
        return None
    before, after, charge = values
    return before - after + (charge if negative else -charge)


def _partner(words: set[str]) -> str:
    """The word that stands for the other direction."""
    pairs = (
        ("d", "c"), ("s", "h"), ("-", "+"), ("debit", "credit"), ("dbit", "crdt"),
        ("dr", "cr"), ("soll", "haben"), ("af", "bij"), ("dare", "avere"),
        ("debe", "haber"), ("out", "in"),
    )  # fmt: skip
    both = dict(pairs) | {credit: debit for debit, credit in pairs}
    return next((both[word] for word in sorted(words) if word in both), "?")
