"""What an unknown table is, as far as its rows prove it; the rest becomes questions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..errors import InvalidStatement
from ._table_clues import Finding
from ._table_columns import Column, Table, label
from ._table_dates import DateClues
from ._table_money import MoneyClues
from ._table_shapes import reading_of
from ._table_source import Row, RowSource
from ._table_titles import DEAD_WORDS, PENDING_WORDS
from ._table_top import TOP_ROWS, find_top
from ._values import compact, is_currency, is_iban

_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")


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


class _Detective(DateClues, MoneyClues):
    """Concludes a profile from a table."""

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

    # Texts and status

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

    # Lines at the end and between the rows

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
            f"{self.table.odd_count} rows have nothing in the column {label(column)}, "
            f"the first in line {rows[0].line}: {rows[0].raw[:80]!r}. What are they?",
            ("skip", "no transactions, they can be left out"),
            ("refuse", "transactions, so the file is not complete"),
        )
        if answer == "refuse":
            raise InvalidStatement(
                "A row has no amount or no date", line=rows[0].line, found=rows[0].raw
            )
        self.extra.setdefault("skip", {})[self.table.reference(column)] = [""]


def _is_bic(value: str) -> bool:
    return bool(_BIC.fullmatch(value.upper()))


def _first_word(value: str) -> str:
    return (value.split() or [""])[0]
