"""Which lines of an unknown table are totals or balances, proved by the rows or by their names."""

from __future__ import annotations

import functools
import re
from decimal import Decimal
from operator import itemgetter
from typing import NamedTuple

from ..errors import InvalidStatement
from ..messages import _
from ._table_columns import Column, label
from ._table_money import MoneyClues
from ._table_shapes import reading_of
from ._table_source import Row
from ._table_titles import plain_title

_TOTAL = re.compile(
    r"\b(?:\w*saldo|saldi|sald\w{0,2}|\w*total|totals|totale|totali|totales|totaux|totaal|\w*summe"
    r"|summa|suma|sumy|gesamt\w*|(?:end|anfangs)?bestand|\w*kontostand|balance|solde|razem|celkem"
    r"|zustatek|soucet|som|i alt|yhteensa|osszesen|egyenleg|ingoing|outgoing)\b"
)
"""Words that totals and balances are named by."""

_BALANCE_NAME = re.compile(
    r"(?:(?:anfangs|end|schluss|begin|eind|alter |neuer |aktueller |opening |closing |initial "
    r"|final |starting |ending |previous |new |ancien |nouveau )?"
    r"(?:saldo|kontostand|balance|solde|zustatek|bestand|summe|suma|summa))"
    r"(?: (?:iniziale|finale|inicial|final|initial|poczatkowe|koncowe))?"
)
"""What nothing but a total or a balance is called."""

_MAX_WORDS = 6


class Totals(NamedTuple):
    """What the lines around the rows may repeat, without its sign.

    :ivar sums: of two amounts at least
    :ivar single: amounts that are the only one of their side
    """

    sums: frozenset[Decimal]
    single: frozenset[Decimal]
    balances: frozenset[Decimal]


def names_total(cell: str) -> bool:
    """Whether a text is the name of a total or a balance."""
    plain = plain_title(cell)
    return len(plain.split()) <= _MAX_WORDS and bool(_TOTAL.search(plain))


def names_balance(cell: str) -> bool:
    """Whether a text is the name of a total or a balance, and of nothing else."""
    return bool(_BALANCE_NAME.fullmatch(plain_title(cell)))


def _meet(balances: list[Decimal], total: Decimal) -> bool:
    """Whether one of two balances follows from the other."""
    first, second = balances
    return total in (second - first, first - second)


class TotalClues(MoneyClues):
    """Tells totals from transactions."""

    def _is_total(self, row: Row) -> bool:
        """Whether a row without a date is a total by its name, or because all its numbers are."""
        if names_total(row.cells[0]) and not self._could_be_text(row.cells[0]):
            return True
        numbers = [(place, cell) for place, cell in self._numbers(row) if not reading_of(cell).zero]
        if not numbers:
            return False
        # The only amount of its side can be an accident, unless more than that says so.
        told = len(numbers) > 1 or any(map(names_total, row.cells))
        return all(self._proves(place, cell, told) for place, cell in numbers)

    def _could_be_text(self, cell: str) -> bool:
        """Whether a first cell is more than a name, where transactions have their texts."""
        texts = [c for role in ("name", "remittance") for c in self.roles.get(role, [])]
        return any(c.place == 0 for c in texts) and len(plain_title(cell).split()) > 1

    def _numbers(self, row: Row) -> list[tuple[int, str]]:
        """The cells that could be amounts of a transaction."""
        money = {column.place for column in self._money()}
        return [
            (place, cell)
            for place, cell in enumerate(row.cells)
            if (reading := reading_of(cell)).conventions
            and (place in money or reading.marked and not reading.dates)
        ]

    def _moved(self) -> set[int]:
        """The places of what moves money."""
        names = ("amount", "debit", "credit")
        return {column.place for name in names for column in self.roles.get(name, [])}

    def _proves(self, place: int, cell: str, told: bool) -> bool:
        """Whether a number is the sum of rows or one of their balances."""
        value = self._parser().parse(cell)
        if value is None:
            return False
        known = self._totals.sums
        if told:
            known |= self._totals.single
        if place not in self._moved():
            known |= self._totals.balances
        return abs(value) in known

    @functools.cached_property
    def _totals(self) -> Totals:
        rows = list(self.table.data())
        amounts, parse = self._amounts(rows), self._parser().parse
        parts = [amounts, [a for a in amounts if a < 0], [a for a in amounts if a > 0]]
        for place in self._moved():
            values = [parse(row.cells[place]) for row in rows if row.cells[place]]
            parts.append([value for value in values if value])
        return Totals(
            frozenset(abs(sum(part, Decimal(0))) for part in parts if len(part) > 1),
            frozenset(abs(part[0]) for part in parts if len(part) == 1),
            self._balances(rows),
        )

    def _balances(self, rows: list[Row]) -> frozenset[Decimal]:
        column = next(iter(self.roles.get("balance", [])), None)
        if column is None:
            return frozenset()
        parse = self._parser().parse
        found: set[Decimal] = set()
        for row, amount in zip(rows, self._amounts(rows), strict=True):
            after = parse(row.cells[column.place]) if row.cells[column.place] else None
            if after is not None:
                found |= {abs(after), abs(after - amount)}
        return frozenset(found)

    def _find_totals_among_rows(self) -> None:
        """A first or last row that has a date, but is named a total or balance, may be one."""
        last, table = self.table.last, self.table
        if table.data_rows < 3 or not self._moved() or len(last.cells) < table.top.width:
            return
        for row in (last, table.sample[0]):
            for column in table.columns:
                cell = row.cells[column.place]
                if names_total(cell) and not reading_of(cell).dates and self._has_no_balance(row):
                    self._judge_named(column)
                    return

    def _has_no_balance(self, row: Row) -> bool:
        """Whether no running balance tells what a row is."""
        return not any(row.cells[column.place] for column in self.roles.get("balance", []))

    def _judge_named(self, column: Column) -> None:
        rows, place = list(self.table.data()), column.place
        named = [row for row in rows if names_balance(row.cells[place])]
        exact = bool(named)
        named = named or [row for row in rows if names_total(row.cells[place])]
        moved = self._amounts([row for row in rows if row not in named])
        total, stated = sum(moved, Decimal(0)), self._amounts(named)
        if len(named) == 1 and len(moved) > 1 and stated == [total]:
            self._skip(column, named[0].cells[place])
        elif len(named) == 2 and "amount" in self.roles and _meet(stated, total):
            first, second = (row.cells[place] for row in named)
            is_first = stated[0] + total == stated[1]
            balances = [first, second] if is_first else [second, first]
            self.extra["balance_rows"] = {self.table.reference(column): balances}
        elif exact:
            self._ask_about_named(column, named)

    def _ask_about_named(self, column: Column, rows: list[Row]) -> None:
        answer = self._ask(
            "named",
            _(
                "Line %(line)s has a date and an amount, but is named like a total or a "
                "balance: %(row)s. What is it?",
                line=rows[0].line,
                row=repr(rows[0].raw[:80]),
            ),
            ("total", _("a total or a balance, no transaction")),
            ("transaction", _("a transaction")),
        )
        if answer == "total":
            for row in rows:
                self._skip(column, row.cells[column.place])

    def _skip(self, column: Column, cell: str) -> None:
        """Leave out the rows with a cell."""
        values = self.extra.setdefault("skip", {}).setdefault(self.table.reference(column), [])
        if cell not in values:
            values.append(cell)

    def _skip_line(self, row: Row) -> bool:
        """Leave out a line by the first of its cells, if no transaction has the same there."""
        if told := self._told_by(row):
            self._skip(*told)
        return told is not None

    def _told_by(self, row: Row) -> tuple[Column, str] | None:
        """What tells a line from transactions: the first of its cells and that one's column."""
        place, cell = next(filter(itemgetter(1), enumerate(row.cells)), (0, ""))
        column = self.table.columns[place] if place < self.table.top.width else None
        if column is None or column.values is None or cell.casefold() in column.values:
            return None
        return column, cell

    def _ask_about_amount(self, row: Row) -> None:
        """A line behind the rows that has an amount, but no date, and is no total.

        :raises InvalidStatement: where its date is unreadable, or the answer is a transaction
        """
        date = next(iter(self.roles.get("booking_date", [])), None)
        cell = row.cells[date.place] if date and date.place < len(row.cells) else ""
        if re.search("[0-9]", cell) and re.search(r"[-./]", cell) and len(cell) < 30:
            raise InvalidStatement(
                _("The date cannot be read"),
                line=row.line,
                element=label(date),
                expected=_("a date"),
                found=cell,
            )
        if any(question.key == "total" for question in self.questions):
            return
        answer = self._ask(
            "total",
            _(
                "The last lines, from line %(line)s on, hold an amount but no date: %(row)s. "
                "What are they?",
                line=row.line,
                row=repr(row.raw[:80]),
            ),
            ("total", _("totals or balances, no transactions")),
            ("refuse", _("transactions, so the file is not complete")),
        )
        if answer == "refuse":
            raise InvalidStatement(_("A row has no date"), line=row.line, found=row.raw)
