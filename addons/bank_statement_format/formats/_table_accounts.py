"""Whether the account in the rows of an unknown table is one's own or the other side's."""

from __future__ import annotations

import re

from ..messages import _
from ._table_clues import Clues
from ._table_columns import Column, label
from ._table_titles import plain_title, role_of
from ._values import compact, is_iban

_OWN = frozenset(
    [
        "auftragskonto", "iban auftragskonto", "bezeichnung auftragskonto", "eigene iban",
        "iban auftraggeberkonto", "own iban", "your account", "ordering account",
        "posting account", "clearing account", "vlastni ucet", "produit",
    ]
)  # fmt: skip
"""Titles that only one's own account has."""

_EITHER = frozenset(["iban", "number", "kontonummer iban", "iban kontonummer"])
"""Titles of the other side's account that one's own has too."""

_OWNER = frozenset(
    ["kontoinhaber", "account holder", "account owner", "titulaire", "titulaire du compte"]
)
"""Titles of the name that belongs to one's own account."""

_BANK_CODE = re.compile(r"\b(?:blz|bankleitzahl|bank ?code|sort code|kod bank[uy])\b")
_OTHER_WORD = re.compile(
    r"gegen|partner|empf|zahlung|auftraggeber|counter|benef|tegen|contre|contra|destin|kontrah"
    r"|nadawc|odbiorc|proti|mot|saaja|payee|payer|recipient|sender"
)
"""Words of titles that only the other side has."""

_ACCOUNT_WORD = re.compile(r"konto|account|compte|conto|cuenta|rekening|rachun|uctu|ucet|iban")


class AccountClues(Clues):
    """Finds the account."""

    def _find_account(self, free: list[Column]) -> None:
        """Decide who the account of a column belongs to, or ask.

        :param free: columns that are nothing else
        """
        self._take_role("iban", [c for c in free if c.is_accounts], surety=2)
        # A mere name of the account matters only where it tells the rows of several apart.
        own = [c for c in free if c.is_accounts or c.values is None or len(c.values) > 1]
        own = [c for c in own if c.filled == self.table.data_rows]
        self._take_role("account", own, surety=3)
        self._own_account_by_content()
        column = next(iter(self.roles.get("account", [])), None)
        if column is None or plain_title(column.title) in _OWN or not _is_numbered(column):
            return
        whose = self._whose(column) or self._ask(
            "account",
            _(
                "Is the column %(column)s your own account or the other side's?",
                column=label(column),
            ),
            ("own", _("my own account")),
            ("other", _("the account of whom I paid or who paid me")),
        )
        if whose == "other":
            self._give_to_other_side(self.roles.pop("account"))

    def _give_to_other_side(self, columns: list[Column]) -> None:
        if "iban" not in self.roles:
            self.roles["iban"] = columns
            if (bank := self._bank_code()) and bank not in sum(self.roles.values(), []):
                self.roles["bank_code"] = [bank]

    def _bank_code(self) -> Column | None:
        named = [c for c in self.table.columns if _BANK_CODE.search(plain_title(c.title))]
        return next((column for column in named if column.filled), None)

    def _take_role(self, role: str, columns: list[Column], surety: int) -> None:
        taken = sum(self.roles.values(), [])
        found = [c for c in columns if c.role == role and c.surety >= surety and c not in taken]
        if found:
            self.roles[role] = [max(found, key=lambda c: (c.surety, -c.place))]

    def _own_account_by_content(self) -> None:
        """An IBAN that is the same in every row may be the account itself."""
        column = next(iter(self.roles.get("iban", [])), None)
        rows = self.table.data_rows
        if column is None or "account" in self.roles or rows < 3:
            return
        title = plain_title(column.title)
        if title not in _EITHER and (column.surety == 3 or _OTHER_WORD.search(title)):
            return
        if column.values and len(column.values) == 1 and column.filled == rows:
            self.roles["account"] = self.roles.pop("iban")

    def _whose(self, column: Column) -> str | None:
        """What the lines above the rows and the columns beside it prove."""
        if above := self._accounts_above():
            return "own" if column.values and above >= set(map(_plain, column.values)) else "other"
        if "iban" in self.roles:
            return "own"
        name = next(iter(self.roles.get("name", [])), None)
        titles = set(map(plain_title, self.table.top.titles))
        if titles & _OWNER:
            return "own"
        bank = self._bank_code()
        if column.values and len(column.values) == 1:
            # Different people do not share an account.
            alone = not bank and (name is None or column.place == 0)
            return "own" if alone or (name and _varies(name)) else None
        # One's own accounts, as far as one file has them, are at one bank.
        return "other" if bank and (name or _varies(bank)) else None

    def _accounts_above(self) -> set[str]:
        """The accounts that the lines above the header name."""
        found = set()
        for row in self.table.before:
            for place, cell in enumerate(row.cells):
                before, _skipped, after = cell.partition(":")
                values = [cell, after]
                if _names_account(before):
                    values += [after, *row.cells[place + 1 : place + 2]]
                    found |= {_plain(v) for v in values[1:] if sum(map(str.isdigit, v)) >= 6}
                found |= {_plain(value) for value in values if is_iban(compact(value))}
        return found - {""}


def _varies(column: Column) -> bool:
    return column.values is None or len(column.values) > 1


def _is_numbered(column: Column) -> bool:
    """Whether the accounts are numbers rather than names."""
    values = column.values
    return column.is_accounts or bool(values) and any(re.search("[0-9]{4}", v) for v in values)


def _names_account(title: str) -> bool:
    return role_of(title)[0] == "account" or bool(_ACCOUNT_WORD.search(plain_title(title)))


def _plain(account: str) -> str:
    """An account as it is compared: its number without blanks and without what is behind it."""
    number = compact(account)
    first = re.match(r"[0-9A-Za-z.\-*]+(?: [0-9A-Za-z.*]+)*", account.strip())
    return (number if is_iban(number) else compact(first[0]) if first else number).casefold()
