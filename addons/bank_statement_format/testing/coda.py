"""Writes CODA."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from ..formats._coda_records import WIDTH
from ..types import Detail, Statement, Transaction
from ._fixed import chunks, record


def coda(statements: Iterable[Statement], *, encoding: str = "utf-8") -> bytes:
    """A CODA file, version 2. Balances are required.

    A payment has one structured communication: a mandate or creditor identifier, an original
    amount, or a reference. Where the remittance does not fit it becomes free information.
    """
    lines: list[str] = []
    statements = list(statements)
    for number, statement in enumerate(statements, start=1):
        lines.extend(_statement(statement, is_last=number == len(statements)))
    return "".join(f"{line}\r\n" for line in lines).encode(encoding)


def _statement(statement: Statement, is_last: bool) -> Iterator[str]:
    account = statement.account
    yield record(WIDTH, (1, "0000001012400005"), (61, account.bic), (84, "00000"), (128, "2"))
    body = [
        record(
            WIDTH,
            (1, f"13{statement.number or '000'}{account.iban or account.number}"),
            (40, statement.currency),
            (43, _signed(statement.opening.amount)),
            (59, f"{statement.opening.date:%d%m%y}"),
            (126, "000"),
        )
    ]
    for number, transaction in enumerate(statement.transactions, start=1):
        body.extend(_Movement(transaction, number).lines())
    body.append(
        record(
            WIDTH,
            (1, f"8{statement.number or '000'}{account.iban or account.number}"),
            (39, statement.currency),
            (42, _signed(statement.closing.amount)),
            (58, f"{statement.closing.date:%d%m%y}"),
            (128, "0"),
        )
    )
    yield from body
    amounts = [transaction.amount for transaction in statement.transactions]
    debits = sum((amount for amount in amounts if amount < 0), Decimal(0))
    credits = sum((amount for amount in amounts if amount > 0), Decimal(0))
    sums = f"{_digits(debits)}{_digits(credits)}"
    end = "2" if is_last else "1"
    yield record(WIDTH, (1, "9"), (17, f"{len(body):06d}"), (23, sums), (128, end))


class _Movement:
    """A transaction as its records, each payment with the next detail number."""

    def __init__(self, transaction: Transaction, number: int):
        self._transaction = transaction
        self._sequence = f"{number % 10_000:04d}"
        self._details = 0
        self._kind = "0"
        if transaction.details:
            self._kind = "1"
        elif transaction.charges:
            self._kind = "3"

    def lines(self) -> Iterator[str]:
        transaction = self._transaction
        yield from self._payment(transaction, self._kind, transaction.amount)
        for detail in transaction.details:
            yield from self._payment(detail, "5", detail.amount)
        if transaction.charges:
            yield self._first(transaction, "8", -transaction.charges, "013", "0", "")

    def _payment(self, payment: Transaction | Detail, kind: str, amount: Decimal) -> Iterator[str]:
        structure, text, free = _communication(payment)
        code, _, category = (payment.code or "").partition("+")
        zones = chunks(text, 53, 53, 43) + ["", ""]
        yield self._first(payment, f"{kind}{code}", amount, category or "000", structure, zones[0])
        number = f"{self._sequence}{self._details - 1:04d}"
        party = payment.counterparty
        yield record(
            WIDTH,
            (1, f"22{number}"),
            (11, zones[1]),
            (64, payment.end_to_end_id),
            (99, party.bic),
            (114, payment.return_reason),
        )
        name = party.name or ""
        yield record(WIDTH, (1, f"23{number}"), (11, party.iban), (48, name[:35]), (83, zones[2]))
        if len(name) > 35:
            yield from self._information("1", f"001{name}")
        if free:
            yield from self._information("0", free)

    def _first(
        self,
        payment: Transaction | Detail,
        code: str,
        amount: Decimal,
        category: str,
        structure: str,
        text: str,
    ) -> str:
        """A record 2.1. All payments of a movement have its dates."""
        value_date = self._transaction.value_date
        line = record(
            WIDTH,
            (1, f"21{self._sequence}{self._details:04d}"),
            (11, payment.bank_reference),
            (32, _signed(amount)),
            (48, f"{value_date:%d%m%y}" if value_date else "000000"),
            (54, code.ljust(5, "0")),
            (59, category),
            (62, f"{structure}{text}"),
            (116, f"{self._transaction.booking_date:%d%m%y}000"),
        )
        self._details += 1
        return line

    def _information(self, structure: str, text: str) -> Iterator[str]:
        for part in chunks(text, 268):
            number = f"{self._sequence}{self._details:04d}"
            self._details += 1
            first, *others = chunks(part, 73, 105, 90)
            yield record(WIDTH, (1, f"31{number}"), (32, "00150000"), (40, f"{structure}{first}"))
            for article, other in enumerate(others, start=2):
                yield record(WIDTH, (1, f"3{article}{number}"), (11, other))


def _communication(payment: Transaction | Detail) -> tuple[str, str, str]:
    """Whether the communication is structured, its text, and the free information."""
    text, free = payment.remittance, ""
    if payment.mandate_id or payment.creditor_id:
        if len(text) > 62:
            text, free = "", text
        creditor, mandate = payment.creditor_id or "", payment.mandate_id or ""
        head = f"127{'0' * 9}{creditor:35}{mandate:35}{text:62}0"
        return "1", f"{head}{payment.return_reason or ''}", free
    if payment.original_amount is not None:
        original = _digits(payment.original_amount)
        return "1", f"105{'0' * 15}{original}{'0' * 12}{payment.original_currency}", text
    if payment.reference:
        kind, size = ("101", 12) if payment.reference.isdigit() else ("100", 25)
        if len(text) > 146 - size:
            text, free = "", text
        return "1", f"{kind}{payment.reference:{size}}{text}", free
    return ("0", "", text) if len(text) > 149 else ("0", text, "")


def _signed(amount: Decimal) -> str:
    return f"{1 if amount < 0 else 0}{_digits(amount)}"


def _digits(amount: Decimal) -> str:
    return f"{int(abs(amount) * 1000):015d}"
