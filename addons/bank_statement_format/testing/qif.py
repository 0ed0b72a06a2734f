"""Writes QIF."""

from __future__ import annotations

from collections.abc import Iterable

from ..types import Detail, Statement, Transaction


def qif(
    statements: Iterable[Statement], *, date: str = "%d/%m/%Y", encoding: str = "utf-8"
) -> bytes:
    """Accounts of the type Bank with their transactions; details are written as splits.

    QIF knows no currency, no value date, no closing balance and nobody's account.

    :param date: a pattern of :meth:`datetime.date.strftime`
    :raises UnicodeEncodeError: for texts that the encoding cannot write
    """
    lines: list[str] = []
    for statement in statements:
        name = statement.account.label
        if name:
            lines += ("!Account", f"N{name}", "TBank", "^")
        lines.append("!Type:Bank")
        if statement.opening is not None:
            lines.append(f"D{statement.opening.date.strftime(date)}")
            lines.append(f"T{statement.opening.amount:,f}")
            lines += ("CX", "POpening Balance", f"L[{name}]", "^")
        for item in statement.transactions:
            lines += _record(item, date)
    return "".join(f"{line}\r\n" for line in lines).encode(encoding)


def _record(item: Transaction, date: str) -> list[str]:
    lines = [f"D{item.booking_date.strftime(date)}", f"T{item.amount:,f}"]
    if item.bank_reference:
        lines.append(f"N{item.bank_reference}")
    if item.counterparty.name:
        lines.append(f"P{item.counterparty.name}")
    if item.remittance:
        lines.append(f"M{item.remittance}")
    for detail in item.details:
        lines += _split(detail)
    return [*lines, "^"]


def _split(detail: Detail) -> list[str]:
    return ["SCategory", f"E{detail.remittance}", f"${detail.amount:,f}"]
