"""Writes CFONB 120."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from ..formats.cfonb120 import WIDTH
from ..types import Balance, Statement, Transaction
from ._fixed import chunks, record


def cfonb120(statements: Iterable[Statement], *, encoding: str = "utf-8") -> bytes:
    """A CFONB file. The account's number has 21 characters: bank, branch, account.

    Balances are required. The remittance is written as complements LCC and LC2.
    """
    lines = []
    for statement in statements:
        lines.append(_balance("01", statement, statement.opening))
        for transaction in statement.transactions:
            lines.extend(_movement(statement, transaction))
        lines.append(_balance("07", statement, statement.closing))
    return "".join(f"{line}\r\n" for line in lines).encode(encoding)


def _head(kind: str, statement: Statement, internal: str = "") -> list[tuple[int, object]]:
    number = statement.account.number
    return [
        (1, f"{kind}{number[:5]}"),
        (8, internal),
        (12, number[5:10]),
        (17, f"{statement.currency}2"),
        (22, number[10:]),
    ]


def _balance(kind: str, statement: Statement, balance: Balance) -> str:
    date = f"{balance.date:%d%m%y}" if balance.date else ""
    return record(WIDTH, *_head(kind, statement), (35, date), (91, _amount(balance.amount)))


def _movement(statement: Statement, transaction: Transaction) -> Iterable[str]:
    operation, _, internal = (transaction.code or "").partition("+")
    date = [(33, operation), (35, f"{transaction.booking_date:%d%m%y}")]
    value_date = transaction.value_date
    yield record(
        WIDTH,
        *_head("04", statement, internal),
        *date,
        (43, f"{value_date:%d%m%y}" if value_date else ""),
        (82, "0000000"),
        (91, _amount(transaction.amount)),
    )
    for qualifier, text in _complements(transaction):
        yield record(WIDTH, *_head("05", statement, internal), *date, (46, qualifier), (49, text))


def _complements(transaction: Transaction) -> Iterable[tuple[str, str]]:
    for number, text in enumerate(chunks(transaction.remittance, 70)):
        if text:
            yield "LC2" if number else "LCC", text
    party = transaction.counterparty
    role = "BE" if transaction.amount < 0 else "PY"
    texts = {
        f"N{role}": party.name,
        f"C{role}": party.iban,
        "LCS": transaction.reference,
        "RCN": transaction.end_to_end_id,
        "RUM": transaction.mandate_id,
        "IBE": transaction.creditor_id,
        "REF": transaction.bank_reference,
        "MMO": _money(transaction.original_amount, transaction.original_currency),
        "FEE": _money(transaction.charges, transaction.currency),
    }
    yield from ((qualifier, text) for qualifier, text in texts.items() if text)


def _money(amount: Decimal | None, currency: str | None) -> str | None:
    return None if amount is None else f"{currency}2{int(abs(amount) * 100):014d}"


def _amount(amount: Decimal) -> str:
    digits = f"{int(abs(amount) * 100):014d}"
    signs = "}JKLMNOPQR" if amount < 0 else "{ABCDEFGHI"
    return digits[:-1] + signs[int(digits[-1])]
