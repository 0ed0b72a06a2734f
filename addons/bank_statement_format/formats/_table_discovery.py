"""What an unknown table is, as far as its rows prove it; the rest becomes questions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..errors import InvalidStatement
from ..messages import _
from ._table_accounts import AccountClues
from ._table_clues import Finding
from ._table_columns import Column, Table, label
from ._table_dates import DateClues
from ._table_shapes import reading_of
from ._table_source import Row, RowSource
from ._table_status import StatusClues
from ._table_titles import plain_title
from ._table_top import TOP_ROWS, find_top
from ._table_totals import TotalClues
from ._values import compact, is_currency, is_iban

_JOURNALS = (
    {"journal code", "compte num"},
    {"ecriture num", "compte num"},
    {"debit account", "credit account"},
    {"account debit", "account credit"},
    {"debit acct", "credit acct"},
    {"soll konto", "haben konto"},
    {"sollkonto", "habenkonto"},
    {"konto soll", "konto haben"},
    {"konto", "gegenkonto", "belegfeld 1"},
    {"compte debit", "compte credit"},
    {"conto dare", "conto avere"},
    {"cuenta debe", "cuenta haber"},
    {"konto wn", "konto ma"},
)
"""Columns that journals have, each pair or more of them."""

_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")


def discover(source: RowSource, answers: Mapping[str, str] | None = None) -> Finding | None:
    """What a table is, as far as it can be told; None where there is no table.

    :param answers: what a person decided, by the key of the question
    """
    head = [row for _skipped, row in zip(range(TOP_ROWS), source.rows(), strict=False)]
    top = find_top(head)
    if top is None:
        return None
    table = Table(source, top)
    return _Detective(table, dict(answers or {})).finding()


class _Detective(DateClues, TotalClues, StatusClues, AccountClues):
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
            raise InvalidStatement(_("No row has as many columns as the header"))
        self._refuse_journal()
        self._find_dates()
        self._find_amounts()
        self._find_balance()
        self._find_convention()
        self._find_currency()
        self._find_status()
        self._find_texts()
        self._find_charges()
        self._decide_sign()
        self._find_totals_among_rows()
        self._find_lines()
        if ragged is not None:
            raise InvalidStatement(
                _("The row has %(count)s columns", count=len(ragged.cells)),
                line=ragged.line,
                expected=_("%(width)s columns", width=self.table.top.width),
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

    # Texts

    def _find_texts(self) -> None:
        table, taken = self.table, sum(self.roles.values(), [])
        free = [c for c in table.columns if c.filled and c not in taken]
        for role in ("name", "end_to_end_id", "mandate_id", "creditor_id", "bank_reference"):
            self._take_role(role, free, surety=2)
        self._find_account(free)
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
        last = table.columns[-1]
        if table.top.titles and not last.title and last in free and last not in taken + texts:
            texts.append(last)  # a profile knows columns without a title only if it needs them
        if texts:
            self.roles["remittance"] = texts
        self._find_original(free)

    # Lines at the end and between the rows

    def _find_lines(self) -> None:
        """What rows without date and amount are: lines at the end, or something unclear."""
        self._move_complete_rows()
        ends_with_row = not self.table.at_end
        self._move_details()
        names = set()
        for row in self.table.at_end:
            self._check_footer(row)
            if row.cells[0]:
                names.add(row.cells[0].rstrip(":"))
            elif not self._skip_line(row):
                raise InvalidStatement(
                    _("The last line cannot be told from a transaction"),
                    line=row.line,
                    expected=_("a name in its first cell"),
                    found=row.raw,
                )
        if names:
            self.extra["footer"] = dict.fromkeys(sorted(names), "")
        if ends_with_row:
            self._ask_about_end()
        if self.table.odd:
            self._ask_about_odd()

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
            _(
                "The last line ends with %(cell)s and no line break. Is the file complete?",
                cell=repr(cell[-40:]),
            ),
            ("complete", _("yes, that is the end of the file")),
            ("cut", _("no, something is missing")),
        )
        if answer == "cut":
            raise InvalidStatement(_("The file was cut off"), line=last.line, found=last.raw)

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

    def _move_details(self) -> None:
        """Rows at the end that only say more about a transaction are like those amid the rows."""
        details = [place for place, row in enumerate(self.table.at_end) if self._is_detail(row)]
        if details:
            self.table.pass_odd(details[-1] + 1)

    def _is_detail(self, row: Row) -> bool:
        date = self.roles.get("booking_date", [None])[0]
        if date is None or row.cells[0] or len(row.cells) < self.table.top.width:
            return False
        if row.cells[date.place] or any(row.cells[column.place] for column in self._money()):
            return False
        if self.table.odd or self._told_by(row) is None:
            return True
        return bool(self._numbers(row)) and not self._is_total(row)

    def _check_footer(self, row: Row) -> None:
        """Refuse what may be the rest of a row as well as a line that says nothing.

        :raises InvalidStatement: for a line with a date, without words, or without an end
        """
        if self._numbers(row) and self._money():
            if not self._is_total(row):
                self._ask_about_amount(row)
            return
        date = any(reading_of(cell).dates for cell in row.cells)
        words = re.search(r"[^\W\d_]{3}", row.raw)
        is_cut = row is self.table.at_end[-1] and not self.table.ends
        first = self.roles.get("booking_date", [None])[0]
        if first is not None and first.place == 0 and row.cells[0][:1].isalpha():
            is_cut = False  # no row begins like that
        if date or not words or (is_cut and not self._follows_text(row)):
            raise InvalidStatement(
                _("The last row has no date or no amount, so the file may be cut off"),
                line=row.line,
                expected=_("a row of the table"),
                found=row.raw,
            )

    def _follows_text(self, row: Row) -> bool:
        """Whether a last line is a text below a line that is none of the table's either."""
        first = self.table.at_end[0]
        lines = [[cell for cell in each.cells if cell] for each in (first, row)]
        return row is not first and not self.table.odd and all(len(line) == 1 for line in lines)

    def _ask_about_odd(self) -> None:
        """Rows amid the others that have no date or no amount."""
        if not {"amount", "debit"} & set(self.roles) or "booking_date" not in self.roles:
            return  # other questions come first
        rows, count, empty_places = self.table.odd, self.table.odd_count, self.table.odd_empty
        if count == len(rows):
            rows = [row for row in rows if not (self._is_total(row) and self._skip_line(row))]
            if not rows:
                return
            count, empty_places = len(rows), _empty_in_all(rows, self.table.top.width)
        columns = [self.roles.get(role, [None])[0] for role in ("amount", "booking_date")]
        empty = [c for c in columns if c and c.place in empty_places]
        if not empty:
            raise InvalidStatement(
                _("The row has no date or no amount"),
                line=rows[0].line,
                expected=_("a row of the table"),
                found=rows[0].raw,
            )
        moves = self._moved()
        moved = [
            row for row in rows if any(place in moves for place, _skipped in self._numbers(row))
        ]
        self._ask_about((moved or rows)[0], count, empty[0])

    def _ask_about(self, row: Row, count: int, column: Column) -> None:
        """Rows that have nothing in a column that says the date or the amount."""
        place = {"column": label(column), "line": row.line, "row": repr(row.raw[:80])}
        one = _(
            "1 row has nothing in the column %(column)s, in line %(line)s: %(row)s. What is it?",
            **place,
        )
        several = _(
            "%(count)s rows have nothing in the column %(column)s, for example in line %(line)s: "
            "%(row)s. What are they?",
            count=count,
            **place,
        )
        answer = self._ask(
            "rows",
            one if count == 1 else several,
            ("skip", _("no transactions, they can be left out")),
            ("refuse", _("transactions, so the file is not complete")),
        )
        if answer == "refuse":
            raise InvalidStatement(
                _("A row has no amount or no date"), line=row.line, found=row.raw
            )
        self.extra.setdefault("skip", {})[self.table.reference(column)] = [""]

    # Journals

    def _refuse_journal(self) -> None:
        """Double entries are no statement: each sum is there twice.

        :raises InvalidStatement: for a table with the columns of a journal
        """
        titles = {plain_title(title) for title in self.table.top.titles}
        for columns in _JOURNALS:
            if columns <= titles:
                raise InvalidStatement(
                    _("The table is a journal of double entries"),
                    line=self.table.header_line,
                    expected=_("the statement of one account"),
                    found=", ".join(self.table.top.titles),
                )


def _empty_in_all(rows: list[Row], width: int) -> set[int]:
    """Which columns have nothing in any of the rows."""
    return {
        place
        for place in range(width)
        if all(place < len(row.cells) and not row.cells[place] for row in rows)
    }


def _is_bic(value: str) -> bool:
    return bool(_BIC.fullmatch(value.upper()))
