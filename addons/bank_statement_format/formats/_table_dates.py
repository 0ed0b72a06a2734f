"""Which columns of an unknown table are its dates, and in which order day and month are."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..errors import InvalidStatement
from ..messages import _
from ._table_clues import Clues
from ._table_columns import Column, first_line, is_bare, label
from ._table_profile import DATE_COLUMNS
from ._table_shapes import reading_of
from ._table_source import Row
from ._table_titles import DAY_FIRST_LANGUAGE, plain_title
from ._table_values import parse_table_date

_ORDERS = {"dmy": _("day, month, year"), "mdy": _("month, day, year"), "ymd": _("year, month, day")}
_BOOKING_WORDS = re.compile(r"book|post|buch|ksieg|compt|contab|settle|complet|bokf|boek|uctov")


class DateClues(Clues):
    """Finds the dates."""

    def _find_dates(self) -> None:
        table = self.table
        dated = [
            column
            for column in table.columns
            if column.is_dates and (column.role in DATE_COLUMNS or not is_bare(column))
        ]
        if not dated:
            raise InvalidStatement(_("No column holds a date in every row"), line=first_line(table))
        always = [column for column in dated if column.filled == table.data_rows]
        booking = self._booking_column(always or dated)
        if booking is None:
            return
        self.roles["booking_date"] = [booking]
        values = [c for c in dated if c is not booking and c.role == "value_date"]
        values = values or [
            c for c in dated if c is not booking and c.role == "booking_date" and c.surety >= 2
        ]
        if values:
            self.roles["value_date"] = values[:1]
        if booking.role == "value_date":
            self.roles["value_date"] = [booking]
        self._decide_order([booking, *values[:1]])

    def _booking_column(self, dated: list[Column]) -> Column | None:
        if answer := self.answers.get("booking_date"):
            for column in dated:
                if self.table.reference(column) == answer:
                    return column
        titled = [column for column in dated if column.role == "booking_date"]
        if titled:
            booked = [c for c in titled if _BOOKING_WORDS.search(plain_title(c.title))]
            return max(booked or titled, key=lambda c: (c.surety, -c.place))
        if len(dated) == 1 or dated[0].role == "value_date":
            return dated[0]
        return self._ask_column("booking_date", _("Which column is the booking date?"), dated)

    def _decide_order(self, columns: list[Column]) -> None:
        ways: dict[tuple[str, ...], set[str]] = {}
        for column in columns:
            for known, viable in column.date_ways.items():
                ways[known] = ways.get(known, set(known)) & viable
        if not all(ways.values()):
            place = columns[0]
            raise InvalidStatement(
                _("The dates are not written in one way"), element=place.reference
            )
        orders = set(_ORDERS)
        for viable in ways.values():
            orders &= {_order(way) for way in viable} or orders
        if not orders:
            raise InvalidStatement(
                _("Day and month are in another order in some rows"), element=columns[0].reference
            )
        order = self._order(orders, ways, columns)
        chosen = [
            next((way for way in sorted(viable) if _order(way) == order), min(viable))
            for viable in ways.values()
        ]
        self.extra["dates"] = sorted(set(chosen))

    def _order(
        self, orders: set[str], ways: Mapping[tuple[str, ...], set[str]], columns: list[Column]
    ) -> str:
        if len(orders) == 1 or all(len(viable) == 1 for viable in ways.values()):
            return min(orders)
        titles = {word for title in self.table.top.titles for word in plain_title(title).split()}
        if "dmy" in orders and titles & DAY_FIRST_LANGUAGE - {"data", "saldo", "datum"}:
            return "dmy"
        sorted_by = [o for o in sorted(orders) if self._is_sorted(columns[0], ways, o)]
        if len(sorted_by) == 1:
            return sorted_by[0]
        row = self._unclear_date(columns[0])
        text = _(
            "In which order are day and month in the column %(column)s? For example "
            "%(text)s in line %(line)s",
            column=label(columns[0]),
            text=row.cells[columns[0].place].strip(),
            line=row.line,
        )
        choices = [(order, _ORDERS[order]) for order in sorted(orders)]
        return self._ask("date_order", text, *choices) or choices[0][0]

    def _unclear_date(self, column: Column) -> Row:
        return next(
            (row for row in self.table.sample if reading_of(row.cells[column.place]).dates),
            self.table.sample[0],
        )

    def _is_sorted(self, column: Column, ways: Mapping, order: str) -> bool:
        """Whether an order of day and month sorts the rows, which the others do not."""
        patterns = tuple(way for viable in ways.values() for way in viable if _order(way) == order)
        texts = [row.cells[column.place] for row in self.table.sample]
        days = [parse_table_date(text, patterns) for text in texts]
        if len(set(days)) < 5:
            return False
        return days == sorted(days) or days == sorted(days, reverse=True)


def _order(way: str) -> str:
    """Which of day, month and year comes first in a pattern."""
    directives = re.findall("%[dmbYy]", way)
    return "".join({"%b": "m"}.get(d, d[-1].lower()) for d in directives)
