"""What the signs of the amounts of an unknown table mean."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from ..errors import InvalidStatement
from ..messages import _
from ._table_columns import Column, label
from ._table_profile import ORDERS, WRITTEN_MINUS
from ._table_shapes import reading_of
from ._table_sums import SumClues
from ._table_titles import CREDIT_WORDS, DEBIT_WORDS, plain_title
from ._table_values import parse_table_date

_CARD_WORDS = re.compile(r"\bcard|karte|merchant|\bkarta|carte")

_MINUS_WAYS = ("ignored", "reverses", "written", "inverted")
"""What a minus beside a column for debit and credit can mean, as profiles call it, or that
the amount is as written, or the opposite of it."""

_ENOUGH_LINKS = 3
"""How many balances must follow before they count more than titles for debits and credits."""


class SignClues(SumClues):
    """Finds out which amounts came in and which left: by words, by balances, or by asking.

    :ivar minus_is_clear: whether amounts and the column for debit and credit say the same
    """

    def __init__(self, *arguments: Any):
        super().__init__(*arguments)
        self.minus_is_clear = True

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
            self.roles["sign"] = [column]
            self.minus_is_clear = self._is_minus_clear(amount, column)
            self.extra["debit_signs"] = sorted(debits) or [_partner(credits)]
            self.extra["credit_signs"] = sorted(credits) or [_partner(debits)]
            return
        suffixes = amount.suffixes - {""}
        if suffixes and "" not in amount.suffixes and suffixes <= DEBIT_WORDS | CREDIT_WORDS:
            self.extra["debit_signs"] = sorted(suffixes & DEBIT_WORDS) or [_partner(suffixes)]
            self.extra["credit_signs"] = sorted(suffixes & CREDIT_WORDS) or [_partner(suffixes)]

    def _is_minus_clear(self, amount: Column, sign: Column) -> bool:
        """Whether no amount has a minus, or just all the debits have one."""
        if not amount.negative:
            return True
        seen = set()
        for row in self.table.sample:
            reading = reading_of(row.cells[amount.place])
            if reading.conventions and not reading.zero:
                debit = row.cells[sign.place].casefold() in DEBIT_WORDS
                seen.add((debit, reading.sign < 0))
        return seen <= {(True, True), (False, False)}

    def _decide_sign(self) -> None:
        if self.questions and "amount" not in self.roles and "debit" not in self.roles:
            return
        self._decide_minus()
        if answer := self.answers.get("sign"):
            self.extra["invert"] = answer == "inverted"
            self._set_balance()
        elif not self._set_balance() and "amount" in self.roles:
            self._ask_sign()
        self._leave_rows_without_amount()

    def _decide_minus(self) -> None:
        """What a minus beside a column for debit and credit means, as the balances have it."""
        if "sign" not in self.roles or self.minus_is_clear:
            return
        (amount,), (sign,) = self.roles["amount"], self.roles["sign"]
        fitting = {way: amounts for way in _MINUS_WAYS if (amounts := self._if_minus(way))}
        if len(fitting) > 1:
            # What contradicts the column in every row is the last thing to believe.
            fitting.pop("inverted", None)
        first = next(iter(fitting), None)
        if first and all(amounts == fitting[first] for amounts in fitting.values()):
            self._set_minus(first)
            return
        answer = self._ask(
            "minus",
            _(
                "What does a minus in the column %(amount)s mean beside %(sign)s?%(example)s",
                amount=label(amount),
                sign=label(sign),
                example=self._example_of_minus(amount, sign),
            ),
            ("ignored", _("nothing: %(sign)s tells what came in and what left", sign=label(sign))),
            ("reverses", _("a correction: the opposite of what %(sign)s says", sign=label(sign))),
            ("written", _("money that left the account, whatever %(sign)s says", sign=label(sign))),
        )
        if answer:
            self._set_minus(answer)

    def _example_of_minus(self, amount: Column, sign: Column) -> str:
        for row in self.table.sample:
            text = row.cells[amount.place]
            if reading_of(text).sign < 0:
                return _(
                    " For example %(text)s and %(sign)s in line %(line)s",
                    text=text,
                    sign=row.cells[sign.place],
                    line=row.line,
                )
        return ""

    def _if_minus(self, way: str) -> list[Decimal]:
        """The amounts with one meaning of the minus, if the balances follow from them."""
        balance = next(iter(self.roles.get("balance", [])), None)
        if balance is None:
            return []
        roles, extra = dict(self.roles), dict(self.extra)
        self._set_minus(way)
        factor = -1 if way == "inverted" else 1
        amounts = [factor * amount for amount in self._amounts(self.table.sample)]
        follows = self._follows([], balance, factor=factor)
        self.roles, self.extra = roles, extra
        return amounts if follows else []

    def _set_minus(self, way: str) -> None:
        if way in WRITTEN_MINUS:
            self.extra["written_minus"] = way
            return
        del self.roles["sign"], self.extra["debit_signs"], self.extra["credit_signs"]

    def _ask_sign(self) -> None:
        """Ask what a plain amount means, unless the rows say so and no balance objects."""
        (amount,) = self.roles["amount"]
        told = "sign" in self.roles or self.extra.get("debit_signs") or amount.plus
        card = any(_CARD_WORDS.search(plain_title(title)) for title in self.table.top.titles)
        mixed = amount.negative * 3 >= amount.negative + amount.positive
        natural = amount.negative and mixed and not card
        twice = "sign" in self.roles and amount.negative and self.minus_is_clear
        if twice or (told or natural) and not self._is_contradicted():
            return
        if not amount.positive + amount.negative:
            return
        text, line = amount.example
        answer = self._ask(
            "sign",
            _(
                "What do amounts without a minus in the column %(amount)s mean? For example "
                "%(text)s in line %(line)s",
                amount=label(amount),
                text=text,
                line=line,
            ),
            ("natural", _("money that came into the account")),
            ("inverted", _("money that left the account")),
        )
        if answer == "inverted":
            self.extra["invert"] = True

    def _is_contradicted(self) -> bool:
        """Whether more balances follow from the opposite of the amounts than from them.

        Balances that follow from neither are another matter: rows are missing, and the
        statement will not add up.
        """
        balance = next(iter(self.roles.get("balance", [])), None)
        return balance is not None and self._links(balance, -1) > self._links(balance, 1)

    def _links(self, balance: Column, factor: int) -> int:
        """How many rows follow from the one before, in the order that suits more of them."""
        last: dict[str, tuple[Decimal, Decimal]] = {}
        older = newer = 0
        pairs = self._pairs(balance, factor)
        for row, (amount, after) in zip(self.table.sample, pairs, strict=True):
            if after is None or not amount:
                continue
            before = last.get(self._key(row))
            if before is not None:
                older += before[1] + amount == after
                newer += after + before[0] == before[1]
            last[self._key(row)] = amount, after
        return max(older, newer)

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
            if "amount" not in self.roles and self._links(balance, -factor) < _ENOUGH_LINKS:
                return False
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

    def _leave_rows_without_amount(self) -> None:
        """Rows with an empty amount moved nothing, where the balances show it; else it is asked."""
        amount = next(iter(self.roles.get("amount", [])), None)
        if amount is None or amount.filled == self.table.data_rows:
            return
        balance = next(iter(self.roles.get("balance", [])), None)
        factor = -1 if self.extra.get("invert") else 1
        told = balance is not None and balance.filled == self.table.data_rows
        if not (told and self._follows_in_order([], balance, factor)):
            empty = self.table.data_rows - amount.filled
            lines = [row.line for row in self.table.sample if not row.cells[amount.place]]
            first = _(", the first in line %(line)s", line=lines[0]) if lines else ""
            place = {"column": label(amount), "first": first}
            one = _("1 row has no amount in the column %(column)s%(first)s. What is it?", **place)
            several = _(
                "%(count)s rows have no amount in the column %(column)s%(first)s. What are they?",
                count=empty,
                **place,
            )
            answer = self._ask(
                "empty",
                one if empty == 1 else several,
                ("skip", _("no transactions, they can be left out")),
                ("refuse", _("transactions, so the file is not complete")),
            )
            if answer == "refuse":
                raise InvalidStatement(_("A row has no amount"), element=amount.reference)
        self.extra.setdefault("skip", {})[self.table.reference(amount)] = [""]


def _partner(words: set[str]) -> str:
    """The word that stands for the other direction."""
    pairs = (
        ("d", "c"), ("s", "h"), ("-", "+"), ("debit", "credit"), ("dbit", "crdt"),
        ("dr", "cr"), ("soll", "haben"), ("af", "bij"), ("dare", "avere"),
        ("debe", "haber"), ("out", "in"),
    )  # fmt: skip
    both = dict(pairs) | {credit: debit for debit, credit in pairs}
    return next((both[word] for word in sorted(words) if word in both), "?")
