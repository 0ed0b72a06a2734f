"""Writes tables."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Iterable
from decimal import Decimal

from ..types import Statement

_DEMO_BANK_HEADER = (
    "Auftragskonto",
    "Buchungstag",
    "Valuta",
    "Empfänger/Auftraggeber",
    "IBAN",
    "BIC",
    "Buchungsart",
    "Verwendungszweck",
    "Referenz",
    "Ende-zu-Ende",
    "Mandat",
    "Gläubiger-ID",
    "Bankreferenz",
    "Status",
    "Betrag",
    "Währung",
    "Saldo",
)


def csv_demo_bank(statements: Iterable[Statement], *, encoding: str = "cp1252") -> bytes:
    """A CSV as the profile ``demo_bank`` declares it: newest row first.

    Original amounts and charges have no column there. The running balance starts
    from the statement's opening balance and is left out when that is not known.

    :raises UnicodeEncodeError: for texts that the encoding cannot write
    """
    text = io.StringIO()
    text.write("Demo Bank;Umsatzexport\r\n\r\n")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(_DEMO_BANK_HEADER)
    count = 0
    for statement in statements:
        rows = list(_demo_bank_rows(statement))
        count += len(rows)
        writer.writerows(reversed(rows))
    writer.writerow(("Anzahl Umsätze", count))
    return text.getvalue().encode(encoding)


def _demo_bank_rows(statement: Statement) -> Iterable[tuple]:
    """The statement's rows, oldest first."""
    balance = statement.opening.amount if statement.opening else None
    for transaction in statement.transactions:
        if balance is not None and transaction.booked:
            balance += transaction.amount
        party = transaction.counterparty
        yield (
            statement.account.label,
            _german_date(transaction.booking_date),
            _german_date(transaction.value_date),
            party.name,
            party.iban,
            party.bic,
            transaction.code,
            transaction.remittance,
            transaction.reference,
            transaction.end_to_end_id,
            transaction.mandate_id,
            transaction.creditor_id,
            transaction.bank_reference,
            "gebucht" if transaction.booked else "vorgemerkt",
            _german_amount(transaction.amount),
            transaction.currency,
            _german_amount(balance) if transaction.booked else "",
        )


def _german_date(date: datetime.date | None) -> str:
    return f"{date:%d.%m.%Y}" if date else ""


def _german_amount(amount: Decimal | None) -> str:
    if amount is None:
        return ""
    return f"{amount:,f}".translate({ord(","): ".", ord("."): ","})
