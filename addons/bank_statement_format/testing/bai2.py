"""Writes BAI2."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from decimal import Decimal

from ..formats._bai2_records import decimals_of
from ..types import Statement, Transaction

_NO_DATE = datetime.date(2000, 1, 1)


def bai2(statements: Iterable[Statement], *, encoding: str = "utf-8") -> bytes:
    """A BAI2 file with a group for each statement, of the day that the statement ends.

    Transactions are written as of that day; counterparties have no fields there.
    """
    lines = ["01,021000021,EXAMPLE,240101,0000,1,,,2/"]
    total, groups = 0, 0
    for statement in statements:
        group, group_total = _group(statement)
        lines.extend(group)
        total += group_total
        groups += 1
    lines.append(f"99,{total},{groups},{len(lines) + 1}/")
    return "".join(f"{line}\r\n" for line in lines).encode(encoding)


def _group(statement: Statement) -> tuple[list[str], int]:
    """The group's lines and its control total."""
    decimals = decimals_of(statement.currency)
    account, total = _account(statement, decimals)
    modifier = "3" if statement.kind == "report" else "2"
    date = statement.end_date or _NO_DATE
    lines = [
        f"02,EXAMPLE,021000021,1,{date:%y%m%d},2359,{statement.currency},{modifier}/",
        *account,
    ]
    return [*lines, f"98,{total},1,{len(lines) + 1}/"], total


def _account(statement: Statement, decimals: int) -> tuple[list[str], int]:
    lines = [f"03,{statement.account.number},{statement.currency}/"]
    total = 0
    for code, balance in (("010", statement.opening), ("015", statement.closing)):
        if balance is not None:
            amount = _digits(balance.amount, decimals)
            total += amount
            lines.append(f"88,{code},{amount},,/")
    for transaction in statement.transactions:
        total += abs(_digits(transaction.amount, decimals))
        lines.append(_detail(transaction, decimals))
    return [*lines, f"49,{total},{len(lines) + 1}/"], total


def _detail(transaction: Transaction, decimals: int) -> str:
    code = transaction.code or ("195" if transaction.amount >= 0 else "495")
    value_date = transaction.value_date
    funds = f"V,{value_date:%y%m%d}," if value_date else ""
    fields = (
        "16",
        code,
        str(abs(_digits(transaction.amount, decimals))),
        funds,
        transaction.bank_reference or "",
        transaction.end_to_end_id or "",
        transaction.remittance,
    )
    return ",".join(fields) + "/"


def _digits(amount: Decimal, decimals: int) -> int:
    return int(amount.scaleb(decimals))
