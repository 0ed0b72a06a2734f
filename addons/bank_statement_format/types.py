"""The one structure that every format is read into.

Names follow ISO 20022 (camt.053) in English words. Amounts are ``Decimal`` in
units of the currency, positive when the account is credited. Dates are
``datetime.date``. Texts are as the bank wrote them, whitespace trimmed.

What there is one of per transaction is a named tuple, made four times as fast as a frozen
dataclass with as many fields; ``_replace`` makes a changed copy.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple

from .cleaning import clean_name, clean_remittance

Date = datetime.date


@dataclass(frozen=True, slots=True)
class Account:
    """The account that a statement is about: an IBAN, or the bank's own number."""

    iban: str | None = None
    number: str | None = None
    bic: str | None = None

    @property
    def label(self) -> str:
        return self.iban or self.number or ""


@dataclass(frozen=True, slots=True)
class Balance:
    """A booked balance, signed, at the start or the end of ``date``."""

    amount: Decimal
    date: Date | None = None


class Counterparty(NamedTuple):
    """The other side of a transaction: who paid us, or whom we paid.

    ``iban`` holds the bank's own account number where there is no IBAN.
    """

    name: str | None = None
    iban: str | None = None
    bic: str | None = None

    @property
    def clean_name(self) -> str | None:
        """The name as people write it; see :func:`~.cleaning.clean_name`."""
        return clean_name(self.name)


class Detail(NamedTuple):
    """One payment within a batch booking. The bank books the batch, not its details.

    ``amount`` is signed, in ``currency``; None where the bank tells only the batch's total.
    """

    amount: Decimal | None = None
    currency: str | None = None
    original_amount: Decimal | None = None
    original_currency: str | None = None
    charges: Decimal | None = None
    counterparty: Counterparty = Counterparty()
    remittance: str = ""
    reference: str | None = None
    end_to_end_id: str | None = None
    mandate_id: str | None = None
    creditor_id: str | None = None
    bank_reference: str | None = None
    code: str | None = None
    return_reason: str | None = None

    @property
    def clean_remittance(self) -> str:
        """The remittance as people read it; see :func:`~.cleaning.clean_remittance`."""
        return clean_remittance(self.remittance)


class Transaction(NamedTuple):
    """One entry of an account, as the bank booked it (or announced it).

    ``amount`` is what the account's balance changed by, after charges and in
    the account's currency; ``original_amount`` is what the parties agreed on
    where that differs. ``currency`` is None where the file tells none. ``booked`` is
    False for entries the bank itself still calls pending or for information.
    ``return_reason`` says why a payment came back, as ISO 20022 code (``AC04``) where the
    bank gives one. ``details`` are the payments of a batch booking, two or more; what
    they agree on stands on the transaction too. ``raw`` is the unaltered source fragment.
    """

    booking_date: Date
    amount: Decimal
    currency: str | None
    value_date: Date | None = None
    original_amount: Decimal | None = None
    original_currency: str | None = None
    charges: Decimal | None = None
    counterparty: Counterparty = Counterparty()
    remittance: str = ""
    reference: str | None = None
    end_to_end_id: str | None = None
    mandate_id: str | None = None
    creditor_id: str | None = None
    bank_reference: str | None = None
    code: str | None = None
    return_reason: str | None = None
    booked: bool = True
    details: tuple[Detail, ...] = ()
    raw: str = ""

    @property
    def clean_remittance(self) -> str:
        """The remittance as people read it; see :func:`~.cleaning.clean_remittance`."""
        return clean_remittance(self.remittance)


StatementKind = Literal["statement", "report", "notification"]


@dataclass(frozen=True, slots=True)
class Statement:
    """An account's statement, or what a bank sends before or beside it.

    ``kind`` is ``statement`` for what the bank has closed (camt.053, MT940), ``report``
    for a view within the day (camt.052, MT942), and ``notification`` for details of
    entries that a statement books (camt.054). ``account`` has no label where the file
    names no account (QIF, many CSV). ``dialect`` tells who worded the transactions where
    one format has many wordings, such as the profile of a CSV file; ``guessed`` says that
    nobody has confirmed that wording yet. ``count`` and ``total`` are over the *booked*
    transactions. While streaming, ``transactions`` is empty, because they were handed out
    before; only :func:`~.reader.read_statements` fills it.
    """

    account: Account
    currency: str | None
    opening: Balance | None = None
    closing: Balance | None = None
    number: str | None = None
    count: int = 0
    total: Decimal = Decimal(0)
    pending_count: int = 0
    start_date: Date | None = None
    end_date: Date | None = None
    dialect: str | None = None
    kind: StatementKind = "statement"
    guessed: bool = False
    transactions: tuple[Transaction, ...] = ()

    @property
    def balanced(self) -> bool | None:
        """Whether opening + booked entries = closing; None where a balance is missing."""
        if self.opening is None or self.closing is None:
            return None
        return self.opening.amount + self.total == self.closing.amount

    @property
    def difference(self) -> Decimal | None:
        """What the closing balance holds more than opening + entries; None where unknown."""
        if self.opening is None or self.closing is None:
            return None
        return self.closing.amount - self.opening.amount - self.total


Event = Transaction | Statement
"""What a format yields: a statement's transactions in file order, then the Statement."""
