"""The ledger's entries as the messages in which banks report them."""

from __future__ import annotations

import dataclasses
import datetime
import itertools
import secrets
from collections.abc import Iterable
from decimal import Decimal

from .clock import Clock
from .ledger import Entry, Ledger
from .statement_format import Balance, Statement, StatementAccount, Transaction, testing
from .web import Problem, Request

_DAY = datetime.timedelta(days=1)


class Statements:
    """Writes statements and reports of an account.

    :param history_days: how far back the bank tells
    """

    def __init__(self, ledger: Ledger, clock: Clock, history_days: int):
        self.ledger, self.clock, self.history_days = ledger, clock, history_days

    @property
    def earliest(self) -> datetime.date:
        """The first day that the bank still tells about."""
        return max(self.ledger.start, self.clock.today - self.history_days * _DAY)

    @property
    def yesterday(self) -> datetime.date:
        """The last day that is closed."""
        return self.clock.today - _DAY

    def check(self, first: datetime.date, last: datetime.date) -> None:
        """Refuse a period that nothing can be told about."""
        if first > last:
            raise Problem(400, "PERIOD_INVALID", "The period ends before it begins")
        if first < self.earliest:
            raise Problem(400, "PERIOD_INVALID", f"The earliest date is {self.earliest}")

    def entries(self, request: Request, iban: str, first, last) -> list[Entry]:
        """What is booked in a period, as the bank says it on this request."""
        return _told(request, self.ledger.entries(iban, first, last))

    def pending(self, request: Request, iban: str) -> list[Entry]:
        return _told(request, self.ledger.pending(iban))

    def of_period(self, request: Request, iban: str, first, last) -> Statement:
        """One statement of a period."""
        return self._statement(iban, first, last, self.entries(request, iban, first, last))

    def of_news(self, request: Request, iban: str, entries: list[Entry]) -> Statement:
        """What was not told before, up to now."""
        told = _told(request, entries)
        days = [entry.transaction.booking_date for entry in told] or [self.clock.today]
        statement = self._statement(iban, min(days), self.clock.today, told)
        opening = statement.closing.amount - sum(e.transaction.amount for e in told)
        return dataclasses.replace(statement, opening=Balance(opening, min(days)))

    def camt053(self, request: Request, iban: str, first, last) -> bytes:
        """The period as one statement."""
        return testing.camt053([self.of_period(request, iban, first, last)], **self._header())

    def daily_camt053(self, request: Request, iban: str, first, last) -> bytes:
        """A statement for every day with entries; without any, one of the whole period."""
        entries = self.entries(request, iban, first, last)
        days = itertools.groupby(entries, key=lambda entry: entry.transaction.booking_date)
        statements = [self._statement(iban, day, day, list(its)) for day, its in days]
        if not statements:
            statements = [self._statement(iban, first, last, [])]
        return testing.camt053(statements, **self._header())

    def camt052(self, request: Request, iban: str, first, last) -> bytes:
        """A report of a period: booked, and pending if it reaches today."""
        entries = self.entries(request, iban, first, last)
        statement = self._statement(iban, first, last, entries)
        waiting = ()
        if last >= self.clock.today:
            waiting = tuple(map(_announced, self.pending(request, iban)))
        return self._report(statement, statement.transactions + waiting)

    def balance_report(self, iban: str) -> bytes:
        """Today's balances and nothing else."""
        today = self.clock.today
        return self._report(self._statement(iban, today, today, []), ())

    def mt940(self, request: Request, iban: str, first, last) -> bytes:
        statement = self.of_period(request, iban, first, last)
        return testing.mt940([_with_swift_codes(statement)])

    def _report(self, statement: Statement, transactions: tuple[Transaction, ...]) -> bytes:
        iban, last = statement.account.iban, statement.end_date
        balances = {"ITBD": Balance(self.ledger.balance(iban, last), last)}
        if last >= self.clock.today:
            balances["ITAV"] = Balance(self.ledger.available(iban), last)
        open_ended = dataclasses.replace(statement, closing=None, transactions=transactions)
        return testing.camt052([open_ended], balances=[balances], **self._header())

    def _statement(self, iban: str, first, last, entries: Iterable[Entry]) -> Statement:
        account = self.ledger.accounts[iban]
        return Statement(
            account=StatementAccount(iban=iban, number=iban[-10:], bic=account.bic),
            currency=account.currency,
            opening=Balance(self.ledger.balance(iban, first - _DAY), first),
            closing=Balance(self.ledger.balance(iban, last), last),
            number=f"{last:%j}",
            start_date=first,
            end_date=last,
            transactions=tuple(entry.transaction for entry in entries),
        )

    def _header(self) -> dict:
        now = self.clock.now
        return {"message_id": f"DB{now:%y%m%d}{secrets.token_hex(6).upper()}", "created": now}


def _told(request: Request, entries: list[Entry]) -> list[Entry]:
    return [_renumbered(entry) for entry in entries] if request.has_flaw("changed_ids") else entries


def _renumbered(entry: Entry) -> Entry:
    id = str(10**12 + secrets.randbelow(9 * 10**12))
    transaction = entry.transaction._replace(bank_reference=id)
    return dataclasses.replace(entry, id=id, transaction=transaction)


def _announced(entry: Entry) -> Transaction:
    return entry.transaction._replace(booked=False)


def _with_swift_codes(statement: Statement) -> Statement:
    """SWIFT knows no ISO 20022 codes."""
    rows = (each._replace(code=None, reference=None) for each in statement.transactions)
    return dataclasses.replace(statement, transactions=tuple(rows))


def amount(value: Decimal, currency: str) -> dict[str, str]:
    """An amount as JSON interfaces write it."""
    return {"currency": currency, "amount": f"{value:f}"}
