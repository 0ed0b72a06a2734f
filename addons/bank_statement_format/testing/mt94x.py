"""Writes SWIFT MT940 and MT942."""

from __future__ import annotations

import datetime
import textwrap
from collections.abc import Iterable
from decimal import Decimal

from ..types import Account, Balance, Statement, Transaction

_LINE = 65
_SUBFIELD = 27


def mt940(
    statements: Iterable[Statement], *, german: bool = True, encoding: str = "utf-8"
) -> bytes:
    """Statements, their texts in the German structure or as they are.

    :param statements: with opening and closing balance and ``transactions`` filled
    :param german: with subfields, and SEPA's references in them; else only the remittance
    """
    return _file(statements, _statement, german, encoding)


def mt942(
    statements: Iterable[Statement], *, german: bool = True, encoding: str = "utf-8"
) -> bytes:
    """Interim reports; balances are not written, whether entries are booked is not either."""
    return _file(statements, _report, german, encoding)


def _file(statements, message, german: bool, encoding: str) -> bytes:
    lines: list[str] = []
    for statement in statements:
        lines += [":20:STARTUMSE", f":25:{_account(statement.account)}"]
        if statement.number:
            lines.append(f":28C:{statement.number}/1")
        lines += message(statement, german)
        lines.append("-")
    return "".join(f"{line}\r\n" for line in lines).encode(encoding)


def _statement(statement: Statement, german: bool) -> Iterable[str]:
    yield f":60F:{_balance(statement.opening, statement.currency)}"
    for transaction in statement.transactions:
        yield from _entry(transaction, german)
    yield f":62F:{_balance(statement.closing, statement.currency)}"


def _report(statement: Statement, german: bool) -> Iterable[str]:
    yield f":34F:{statement.currency}0,"
    for transaction in statement.transactions:
        yield from _entry(transaction, german)
    amounts = [transaction.amount for transaction in statement.transactions]
    debits = [-amount for amount in amounts if amount < 0]
    credits = [amount for amount in amounts if amount >= 0]
    yield f":90D:{len(debits)}{statement.currency}{_amount(sum(debits, Decimal(0)))}"
    yield f":90C:{len(credits)}{statement.currency}{_amount(sum(credits, Decimal(0)))}"


def _entry(transaction: Transaction, german: bool) -> Iterable[str]:
    value_date = transaction.value_date or transaction.booking_date
    kind, _, code = (transaction.code or "NMSC").partition("+")
    mark = "C" if transaction.amount >= 0 else "D"
    behind = f"//{transaction.bank_reference}" if transaction.bank_reference else ""
    yield (
        f":61:{value_date:%y%m%d}{transaction.booking_date:%m%d}{mark}"
        f"{_amount(transaction.amount)}{kind}NONREF{behind}"
    )
    if transaction.original_amount is not None:
        yield f"/OCMT/{transaction.original_currency}{_amount(transaction.original_amount)}/"
    text = _subfields(transaction, code or "999") if german else transaction.remittance
    if text:
        lines = [text[start : start + _LINE] for start in range(0, len(text), _LINE)]
        yield f":86:{lines[0]}"
        yield from lines[1:]


def _subfields(transaction: Transaction, code: str) -> str:
    party = transaction.counterparty
    references = (
        ("EREF", transaction.end_to_end_id),
        ("MREF", transaction.mandate_id),
        ("CRED", transaction.creditor_id),
        ("SVWZ", transaction.remittance),
    )
    purpose: list[str] = []
    for tag, value in references:
        if value:
            text = f"{tag}+{value}"
            purpose += [text[i : i + _SUBFIELD] for i in range(0, len(text), _SUBFIELD)]
    numbers = [*range(20, 30), *range(60, 64)]
    name = textwrap.wrap(party.name, _SUBFIELD, drop_whitespace=False) if party.name else []
    fields = [
        *zip(numbers, purpose, strict=False),
        (30, party.bic),
        (31, party.iban),
        *zip((32, 33), name, strict=False),
    ]
    return code + "".join(f"?{number}{value}" for number, value in fields if value)


def _account(account: Account) -> str:
    return f"{account.bic}/{account.label}" if account.bic else account.label


def _balance(balance: Balance, currency: str) -> str:
    mark = "C" if balance.amount >= 0 else "D"
    date = balance.date or datetime.date(2000, 1, 1)
    return f"{mark}{date:%y%m%d}{currency}{_amount(balance.amount)}"


def _amount(amount: Decimal) -> str:
    """Without sign, with the comma that the standard wants even where no decimals follow."""
    text = f"{abs(amount):f}".replace(".", ",")
    return text if "," in text else f"{text},"
