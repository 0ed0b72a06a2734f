"""Writes AEB Norma 43."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from ..formats.aeb43 import CURRENCIES, WIDTH
from ..types import Statement, Transaction
from ._fixed import chunks, record

_NUMBERS = {letters: number for number, letters in CURRENCIES.items()}


def aeb43(statements: Iterable[Statement], *, encoding: str = "utf-8") -> bytes:
    """A Norma 43 file. The account's number has 18 digits; texts have at most 380 characters.

    Counterparties have no fields there. Balances are required.
    """
    lines = []
    for statement in statements:
        lines.extend(_account(statement))
    lines.append(record(WIDTH, (1, "88"), (3, "9" * 18), (21, f"{len(lines):06d}")))
    return "".join(f"{line}\r\n" for line in lines).encode(encoding)


def _account(statement: Statement) -> Iterable[str]:
    number, currency = statement.account.number, _NUMBERS[statement.currency]
    opening, closing = statement.opening, statement.closing
    yield record(
        WIDTH,
        (1, f"11{number}"),
        (21, f"{opening.date:%y%m%d}{closing.date:%y%m%d}"),
        (33, _signed(opening.amount)),
        (48, f"{currency}3"),
    )
    for transaction in statement.transactions:
        yield from _movement(transaction)
    amounts = [transaction.amount for transaction in statement.transactions]
    debits = [amount for amount in amounts if amount < 0]
    credits = [amount for amount in amounts if amount >= 0]
    yield record(
        WIDTH,
        (1, f"33{number}"),
        (21, f"{len(debits):05d}{_digits(sum(debits, Decimal(0)))}"),
        (40, f"{len(credits):05d}{_digits(sum(credits, Decimal(0)))}"),
        (59, f"{_signed(closing.amount)}{currency}"),
    )


def _movement(transaction: Transaction) -> Iterable[str]:
    common, _, own = (transaction.code or "").partition("+")
    value_date = transaction.value_date
    yield record(
        WIDTH,
        (1, "22"),
        (7, "0001"),
        (11, f"{transaction.booking_date:%y%m%d}"),
        (17, f"{value_date:%y%m%d}" if value_date else "000000"),
        (23, common),
        (25, own or "000"),
        (28, _signed(transaction.amount)),
        (43, transaction.bank_reference or "0" * 10),
        (53, transaction.reference or "0" * 12),
    )
    if transaction.remittance:
        for number, text in enumerate(chunks(transaction.remittance, 76), start=1):
            yield record(WIDTH, (1, f"23{number:02d}"), (5, text))
    if transaction.original_amount is not None:
        currency = _NUMBERS[transaction.original_currency]
        yield record(WIDTH, (1, "2401"), (5, f"{currency}{_digits(transaction.original_amount)}"))


def _signed(amount: Decimal) -> str:
    return f"{1 if amount < 0 else 2}{_digits(amount)}"


def _digits(amount: Decimal) -> str:
    return f"{int(abs(amount) * 100):014d}"
