"""What an unknown table is, as far as its rows prove it; the rest becomes questions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from ..errors import InvalidStatement
from ._running_balance import RunningBalance
from ._table_profile import CURRENCY_SLOT, ORDERS
from ._table_shapes import CONVENTIONS, NOTHING, Reading, reading_of
from ._table_source import Row, RowSource
from ._table_titles import (
    CREDIT_WORDS,
    DAY_FIRST_LANGUAGE,
    DEAD_WORDS,
    DEBIT_WORDS,
    PENDING_WORDS,
    plain_title,
    role_of,
)
from ._table_values import AmountParser, currency_of, parse_table_date, tidy, title_key
from ._values import compact, is_currency, is_iban

TOP_ROWS = 60
"""Among how many rows the header must be."""

_SAMPLE_ROWS = 400
_ODD_ROWS = 200
_DISTINCT = 40
_ACCOUNT_ROWS = 500
_PLAIN_ROWS = 2_000
_ORDERS = {"dmy": "day, month, year", "mdy": "month, day, year", "ymd": "year, month, day"}
_DATE_ROLES = ("booking_date", "value_date")
_BOOKING_WORDS = re.compile(r"book|post|buch|ksieg|compt|contab|settle|complet|bokf|boek|uctov")
_CARD_WORDS = re.compile(r"\bcard|karte|merchant|\bkarta|carte")
_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")


@dataclass(frozen=True)
class Question:
    """What a person has to decide, since the rows do not.

    :ivar choices: values and what they mean in words
    """

    key: str
    text: str
    choices: tuple[tuple[str, str], ...]


class Top(NamedTuple):
    """Where the rows begin.

    :ivar header: index of the header among the rows; None for a file without one
    :ivar width: how many columns the table has
    """

    header: int | None
    start: int
    titles: tuple[str, ...]
    width: int


@dataclass
class Finding:
    """What was found out: a draft of a profile, and what it takes to finish it."""

    draft: dict[str, Any]
    questions: list[Question] = field(default_factory=list)
    header_line: int | None = None
    problem: str | None = None


def find_top(rows: list[Row]) -> Top | None:
    """Where a table begins among the first rows of a file; None where there is none."""
    readings = [[reading_of(cell) for cell in row.cells] for row in rows]
    for index, row in enumerate(rows):
        if _is_header(row.cells, readings[index]):
            top = _below(index, row, readings)
            if top:
                return top
    return _structural_top(rows, readings)


def _is_header(cells: list[str], readings: list[Reading]) -> bool:
    """Whether the cells are titles of a date and an amount among others."""
    if any(reading.dates or reading.marked for reading in readings):
        return False
    roles = {role_of(cell)[0] for cell in cells}
    return bool(roles & set(_DATE_ROLES)) and bool(roles & {"amount", "debit", "credit"})


def _below(index: int, row: Row, readings: list[list[Reading]]) -> Top | None:
    """The table below a header, when at least one row below it is one."""
    titles = [tidy(cell) for cell in row.cells]
    while titles and not titles[-1]:
        titles.pop()
    dated = {place for place, title in enumerate(titles) if role_of(title)[0] in _DATE_ROLES}
    body = readings[index + 1 :]
    good = sum(_is_data(line, dated) and len(line) >= len(titles) for line in body)
    if len(titles) < 2 or not good:
        return None
    return Top(index, index + 1, tuple(titles), len(titles))


def _is_data(readings: list[Reading], dated: set[int]) -> bool:
    """Whether a row has a date and an amount."""
    date = any(
        reading.dates and (not reading.bare or place in dated)
        for place, reading in enumerate(readings)
    )
    return date and any(
        reading.conventions and (not reading.dates or place not in dated)
        for place, reading in enumerate(readings)
    )


def _structural_top(rows: list[Row], readings: list[list[Reading]]) -> Top | None:
    """The table by its rows alone: two or more of one width, with dates and amounts."""
    data = [
        index
        for index, line in enumerate(readings)
        if _is_data(line, set()) and any(reading.marked for reading in line)
    ]
    widths = Counter(len(rows[index].cells) for index in data)
    if not widths:
        return None
    width, count = widths.most_common(1)[0]
    first = next(index for index in data if len(rows[index].cells) == width)
    if count < 2 or width < 2 or count < 0.8 * (len(rows) - first):
        return None
    if first:
        titles = [tidy(cell) for cell in rows[first - 1].cells]
        while titles and not titles[-1]:
            titles.pop()
        is_text = not any(r.dates or r.conventions for r in readings[first - 1])
        if is_text and 1 < len(titles) <= width and len(set(titles)) > 1:
            return Top(first - 1, first, tuple(titles), len(titles))
    return Top(None, 0, (), width) if first == 0 else None


class Column:
    """What the cells of one column have in common, collected row by row."""

    def __init__(self, place: int, title: str):
        self.place = place
        self.title = title
        self.role, self.surety = role_of(title)
        self.filled = 0
        self.date_ways: dict[tuple[str, ...], frozenset[str]] = {}
        self.dates = self.numbers = self.marked = 0
        self.negative = self.positive = self.plus = 0
        self.conventions = frozenset(range(len(CONVENTIONS)))
        self.values: Counter[str] | None = Counter()
        self.suffixes: set[str] = set()
        self.currencies: set[str] = set()
        self.ibans = self.accounts = 0
        self.length = 0
        self.example: tuple[str, int] = ("", 0)
        self.unclear: tuple[str, int] = ("", 0)

    def take(self, cell: str, reading: Reading, line: int) -> None:
        self.filled += 1
        self.length += len(cell)
        if self.values is not None:
            self.values[cell.casefold()] += 1
            if len(self.values) > _DISTINCT:
                self.values = None
        if reading.dates:
            self.dates += 1
            viable = self.date_ways.get(reading.ways, frozenset(reading.ways))
            self.date_ways[reading.ways] = viable & reading.dates
        if reading is NOTHING and self.values is None and self.filled > _ACCOUNT_ROWS:
            return
        if reading.conventions:
            self._take_number(cell, reading, line)
        if self.filled <= _ACCOUNT_ROWS:
            self._take_account(cell, reading)

    def _take_number(self, cell: str, reading: Reading, line: int) -> None:
        self.numbers += 1
        self.marked += reading.marked
        self.conventions &= reading.conventions
        self.example = self.example if self.example[1] else (cell, line)
        if reading.marked and not self.unclear[1]:
            self.unclear = (cell, line)
        if not reading.zero:
            self.negative += reading.sign < 0
            self.positive += reading.sign >= 0
            self.plus += reading.sign > 0
        self.suffixes.add(reading.suffix)
        if reading.currency:
            self.currencies.add(reading.currency)

    def _take_account(self, cell: str, reading: Reading) -> None:
        if reading.dates or len(cell) < 8:
            return
        number = compact(cell)
        if is_iban(number):
            self.ibans += 1
            self.accounts += 1
        elif sum(map(str.isdigit, number)) >= 6 and len(number) < 36:
            self.accounts += 1

    @property
    def is_accounts(self) -> bool:
        """Whether all of its first cells are account numbers."""
        return self.filled > 0 and self.accounts == min(self.filled, _ACCOUNT_ROWS)

    @property
    def is_dates(self) -> bool:
        return self.filled > 0 and self.dates == self.filled

    @property
    def is_numbers(self) -> bool:
        return self.filled > 0 and self.numbers == self.filled and bool(self.conventions)

    @property
    def reference(self) -> str:
        return self.title or f"#{self.place + 1}"


class Table:
    """An unknown table, looked at as a whole."""

    def __init__(self, source: RowSource, top: Top):
        self.top = top
        titles = top.titles or ("",) * top.width
        self.columns = [Column(place, title) for place, title in enumerate(titles)]
        self.sample: list[Row] = []
        self.before: list[Row] = []
        self.odd: list[Row] = []
        self.odd_count = 0
        self.odd_empty = set(range(top.width))
        self.at_end: list[Row] = []
        self.data_rows = 0
        self.header_line: int | None = None
        self.ragged: Row | None = None
        self.ends = source.ends
        self.last: Row | None = None
        self._texts: set[int] = set()
        self._date_places = {c.place for c in self.columns if c.role in _DATE_ROLES}
        self._scan(source)

    def _scan(self, source: RowSource) -> None:
        header_keys = [title_key(title) for title in self.top.titles]
        for index, row in enumerate(source.rows()):
            if index < self.top.start:
                if index == self.top.header:
                    self.header_line = row.line
                else:
                    self.before.append(row)
                continue
            cells = row.cells
            readings = [
                reading_of(cell) if cell and place not in self._texts else NOTHING
                for place, cell in enumerate(cells)
            ]
            if not _is_data(readings, self._date_places):
                if [title_key(cell) for cell in cells[: len(header_keys)]] != header_keys:
                    self._note_odd(row)
                continue
            self.pass_odd()
            if len(cells) < self.top.width or any(cells[self.top.width :]):
                self.ragged = self.ragged or row
            self.data_rows += 1
            self.last = row
            if len(self.sample) < _SAMPLE_ROWS and len(cells) >= self.top.width:
                self.sample.append(row)
            for column in self.columns:
                if column.place < len(cells) and (cell := cells[column.place]):
                    column.take(cell, readings[column.place], row.line)
            if self.data_rows == _PLAIN_ROWS:
                self._leave_texts()

    def _leave_texts(self) -> None:
        """Columns that were plain text for so many rows need no closer look."""
        self._texts = {c.place for c in self.columns if c.values is None and not c.dates}
        self._texts -= {c.place for c in self.columns if c.numbers}

    def _note_odd(self, row: Row) -> None:
        """A row without date or amount: perhaps a line at the end."""
        self.at_end.append(row)
        if len(self.at_end) > _ODD_ROWS:
            self.pass_odd()

    def pass_odd(self) -> None:
        """Such rows are not at the end: others follow."""
        for row in self.at_end:
            self.odd_count += 1
            self.odd_empty &= {
                place for place in self.odd_empty if place < len(row.cells) and not row.cells[place]
            }
            if len(self.odd) < _ODD_ROWS:
                self.odd.append(row)
        self.at_end.clear()

    def with_role(self, role: str) -> list[Column]:
        """The columns that a role's title names, the surest first."""
        found = [column for column in self.columns if column.role == role and column.filled]
        return sorted(found, key=lambda column: (-column.surety, column.place))

    def reference(self, column: Column) -> str:
        """How a profile calls the column."""
        titles = [title_key(title) for title in self.top.titles]
        if not column.title:
            return f"#{column.place + 1}"
        key = title_key(column.title)
        if titles.count(key) > 1:
            return f"{column.title}#{titles[: column.place + 1].count(key)}"
        return column.title


def discover(source: RowSource, answers: Mapping[str, str] | None = None) -> Finding | None:
    """What a table is, as far as it can be told; None where there is no table.

    :param answers: what a person decided, by the key of the question
    """
    head = [row for _, row in zip(range(TOP_ROWS), source.rows(), strict=False)]
    top = find_top(head)
    if top is None:
        return None
    table = Table(source, top)
    return _Detective(table, dict(answers or {})).finding()


class _Detective:
    """Concludes a profile from a table."""

    def __init__(self, table: Table, answers: dict[str, str]):
        self.table = table
        self.answers = answers
        self.questions: list[Question] = []
        self.roles: dict[str, list[Column]] = {}
        self.extra: dict[str, Any] = {}
        self.header = list(table.top.titles) or [
            f"#{number}" for number in range(1, table.top.width + 1)
        ]

    def finding(self) -> Finding:
        try:
            self._conclude()
        except InvalidStatement as error:
            return Finding(self._draft(), self.questions, self.table.header_line, str(error))
        return Finding(self._draft(), self.questions, self.table.header_line)

    def _conclude(self) -> None:
        ragged = self.table.ragged
        if not self.table.sample:
            raise InvalidStatement("No row has as many columns as the header")
        self._find_dates()
        self._find_amounts()
        self._find_balance()
        self._find_convention()
        self._find_currency()
        self._find_texts()
        self._find_status()
        self._find_charges()
        self._decide_sign()
        self._find_lines()
        if ragged is not None:
            raise InvalidStatement(
                f"The row has {len(ragged.cells)} columns",
                line=ragged.line,
                expected=f"{self.table.top.width} columns",
                found=ragged.raw,
            )

    def _draft(self) -> dict[str, Any]:
        table = self.table
        columns = {
            role: [table.reference(column) for column in columns]
            for role, columns in self.roles.items()
        }
        draft: dict[str, Any] = {
            "kind": "table",
            "label": "Table: " + ", ".join(filter(None, self.header))[:80],
            "header": self.header,
            "columns": {
                role: names[0] if len(names) == 1 else names for role, names in columns.items()
            },
        }
        if table.top.header is None:
            draft["headerless"] = True
        if table.before:
            draft["lines_before"] = len(table.before) + 5
        draft.update(self.extra)
        return draft

    def _ask(self, key: str, text: str, *choices: tuple[str, str]) -> str | None:
        """The answer to a question, if it was given."""
        answer = self.answers.get(key)
        if answer in [value for value, _ in choices]:
            return answer
        self.questions.append(Question(key, text, choices))
        return None

    def _ask_column(self, key: str, text: str, columns: list[Column]) -> Column | None:
        names = {self.table.reference(column): column for column in columns}
        labels = [(name, _label(column)) for name, column in names.items()]
        answer = self._ask(key, text, *labels)
        return names[answer] if answer else None

    # Dates

    def _find_dates(self) -> None:
        table = self.table
        dated = [
            column
            for column in table.columns
            if column.is_dates and (column.role in _DATE_ROLES or not _is_bare(column))
        ]
        if not dated:
            raise InvalidStatement("No column holds a date in every row", line=_first_line(table))
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
        return self._ask_column("booking_date", "Which column is the booking date?", dated)

    def _decide_order(self, columns: list[Column]) -> None:
        ways: dict[tuple[str, ...], set[str]] = {}
        for column in columns:
            for known, viable in column.date_ways.items():
                ways[known] = ways.get(known, set(known)) & viable
        if not all(ways.values()):
            place = columns[0]
            raise InvalidStatement("The dates are not written in one way", element=place.reference)
        orders = set(_ORDERS)
        for viable in ways.values():
            orders &= {_order(way) for way in viable} or orders
        if not orders:
            raise InvalidStatement(
                "Day and month are in another order in some rows", element=columns[0].reference
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
        text = (
            f"In which order are day and month in the column {_label(columns[0])}? "
            f"For example {row.cells[columns[0].place].strip()} in line {row.line}"
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
                and not _is_bare(c)
            ]
            titled = [c for c in titled if c.marked] or titled
            if len(titled) > 1:
                titled = self._by_arithmetic(titled) or titled
        if len(titled) == 1:
            return titled[0]
        if not titled:
            raise InvalidStatement(
                "No column holds an amount in every row", line=_first_line(self.table)
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
                f"Which is the decimal mark in the column {_label(column)}? "
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
            f"What do amounts without a minus in the column {_label(amount)} mean? "
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

    # The rest

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

    def _find_texts(self) -> None:
        table, taken = self.table, sum(self.roles.values(), [])
        free = [c for c in table.columns if c.filled and c not in taken]
        for role in ("name", "end_to_end_id", "mandate_id", "creditor_id", "bank_reference"):
            self._take_role(role, free, surety=2)
        self._take_role("iban", [c for c in free if c.is_accounts], surety=2)
        # A mere name of the account matters only where it tells the rows of several apart.
        own = [c for c in free if c.is_accounts or c.values is None or len(c.values) > 1]
        own = [c for c in own if c.filled == table.data_rows]
        self._take_role("account", own, surety=3)
        self._own_account_by_content()
        bics = [c for c in free if c.values is None or all(map(_is_bic, c.values))]
        self._take_role("bic", bics, surety=2)
        self._take_role("reference", free, surety=3)
        taken = sum(self.roles.values(), [])
        texts = [c for c in free if c not in taken and c.role == "remittance" and not c.is_dates]
        if not texts and "name" not in self.roles:
            unknown = [
                c
                for c in free
                if c not in taken and not c.surety and not c.is_dates and not c.is_numbers
            ]
            texts = sorted(unknown, key=lambda c: -c.length / c.filled)[:1]
        if texts:
            self.roles["remittance"] = texts
        self._find_original(free)

    def _take_role(self, role: str, columns: list[Column], surety: int) -> None:
        taken = sum(self.roles.values(), [])
        found = [c for c in columns if c.role == role and c.surety >= surety and c not in taken]
        if found:
            self.roles[role] = [max(found, key=lambda c: (c.surety, -c.place))]

    def _own_account_by_content(self) -> None:
        """An IBAN that is the same in every row is the account itself."""
        column = next(iter(self.roles.get("iban", [])), None)
        rows = self.table.data_rows
        if column is None or "account" in self.roles or rows < 3:
            return
        if column.values and len(column.values) == 1 and column.filled == rows:
            self.roles["account"] = self.roles.pop("iban")

    def _find_original(self, free: list[Column]) -> None:
        amounts = [c for c in free if c.role == "original_amount" and c.is_numbers]
        currencies = [c for c in free if c.role == "original_currency"]
        viable = CONVENTIONS.index((self.extra["decimal"], self.extra["thousands"]))
        if amounts and currencies and viable in amounts[0].conventions:
            self.roles["original_amount"] = amounts[:1]
            self.roles["original_currency"] = currencies[:1]

    def _find_status(self) -> None:
        for column in self.table.with_role("status"):
            if not column.values:
                continue
            values = set(column.values)
            dead = sorted(v for v in values if _first_word(v) in DEAD_WORDS)
            pending = sorted(v for v in values if _first_word(v) in PENDING_WORDS)
            if dead:
                self.extra["skip"] = {self.table.reference(column): dead}
            if pending:
                self.roles["status"] = [column]
                self.extra["pending"] = pending
            return

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
                f"Is the column {_label(fee)} already taken off the column {_label(amount)}?",
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

    def _find_lines(self) -> None:
        """What rows without date and amount are: lines at the end, or something unclear."""
        self._move_complete_rows()
        for row in self.table.at_end:
            self._check_footer(row)
        if self.table.at_end:
            names = {row.cells[0].rstrip(":") for row in self.table.at_end}
            self.extra["footer"] = dict.fromkeys(sorted(names), "")
        else:
            self._ask_about_end()
        if self.table.odd:
            self._ask_about(self.table.odd)

    def _ask_about_end(self) -> None:
        """A last line that ends within a text could go on; a balance would show that."""
        last = self.table.last
        if self.table.ends or last is None or "balance" in self.roles:
            return
        cell = last.cells[-1]
        reading = reading_of(cell)
        whole = reading.dates or reading.conventions or is_currency(cell) or is_iban(compact(cell))
        if not cell or whole or last.raw.endswith('"'):
            return
        answer = self._ask(
            "end",
            f"The last line ends with {cell[-40:]!r} and no line break. Is the file complete?",
            ("complete", "yes, that is the end of the file"),
            ("cut", "no, something is missing"),
        )
        if answer == "cut":
            raise InvalidStatement("The file was cut off", line=last.line, found=last.raw)

    def _move_complete_rows(self) -> None:
        """Rows at the end that are dated and have all cells are no lines that say nothing."""
        table, width = self.table, self.table.top.width
        dated = [
            row
            for row in table.at_end
            if len(row.cells) == width and any(reading_of(cell).dates for cell in row.cells)
        ]
        if dated and table.ends:
            table.pass_odd()

    def _check_footer(self, row: Row) -> None:
        """Refuse what may be the rest of a row as well as a line that says nothing.

        :raises InvalidStatement: for a line with a date, without words, or without an end
        """
        date = any(reading_of(cell).dates for cell in row.cells)
        words = re.search(r"[^\W\d_]{3}", row.raw)
        is_cut = row is self.table.at_end[-1] and not self.table.ends
        first = self.roles.get("booking_date", [None])[0]
        if first is not None and first.place == 0 and row.cells[0][:1].isalpha():
            is_cut = False  # no row begins like that
        if date or not words or is_cut:
            raise InvalidStatement(
                "The last row has no date or no amount, so the file may be cut off",
                line=row.line,
                expected="a row of the table",
                found=row.raw,
            )

    def _ask_about(self, rows: list[Row]) -> None:
        """Rows amid the others that have no date or no amount."""
        columns = [self.roles.get(role, [None])[0] for role in ("amount", "booking_date")]
        empty = [c for c in columns if c and c.place in self.table.odd_empty]
        if not empty:
            row = rows[0]
            raise InvalidStatement(
                "The row has no date or no amount",
                line=row.line,
                expected="a row of the table",
                found=row.raw,
            )
        column = empty[0]
        answer = self._ask(
            "rows",
            f"{self.table.odd_count} rows have nothing in the column {_label(column)}, "
            f"the first in line {rows[0].line}: {rows[0].raw[:80]!r}. What are they?",
            ("skip", "no transactions, they can be left out"),
            ("refuse", "transactions, so the file is not complete"),
        )
        if answer == "refuse":
            raise InvalidStatement(
                "A row has no amount or no date", line=rows[0].line, found=rows[0].raw
            )
        self.extra.setdefault("skip", {})[self.table.reference(column)] = [""]


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


def _order(way: str) -> str:
    """Which of day, month and year comes first in a pattern."""
    directives = re.findall("%[dmbYy]", way)
    return "".join({"%b": "m"}.get(d, d[-1].lower()) for d in directives)


def _is_bare(column: Column) -> bool:
    """Whether its dates are mere digits."""
    return any(way.replace("%", "").isalpha() for ways in column.date_ways for way in ways)


def _is_bic(value: str) -> bool:
    return bool(_BIC.fullmatch(value.upper()))


def _first_word(value: str) -> str:
    return (value.split() or [""])[0]


def _label(column: Column) -> str:
    return f"“{column.title}”" if column.title else f"number {column.place + 1}"


def _first_line(table: Table) -> int | None:
    return table.sample[0].line if table.sample else table.header_line
