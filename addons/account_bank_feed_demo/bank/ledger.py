"""What is true: the entries of every account, whatever the bank says of them to whom."""

from __future__ import annotations

import datetime
import threading
from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from .accounts import Account
from .clock import Clock
from .statement_format import Transaction

Source = Callable[[Account, datetime.date], Iterable[Transaction]]
"""What is booked on an account on a day; asked once per account and day, oldest first."""

Key = Callable[[Transaction], Hashable]

_OPENS = datetime.time(6, tzinfo=datetime.UTC)
_HOURS = 12
_NOTICE = datetime.timedelta(hours=20)
_SOME_DAY = datetime.datetime.max.replace(tzinfo=datetime.UTC)


@dataclass(frozen=True, slots=True)
class Entry:
    """A transaction, from when on the bank knows of it, and from when on it is booked."""

    id: str
    transaction: Transaction
    announced: datetime.datetime
    booked: datetime.datetime


class Ledger:
    """The entries and balances of accounts, as known at the bank's present time.

    :param source: makes each day's transactions
    :param start: the day before which nothing was booked
    """

    def __init__(
        self, accounts: Iterable[Account], source: Source, clock: Clock, start: datetime.date
    ):
        self.accounts = {account.iban: account for account in accounts}
        self.start = start
        self._source = source
        self._clock = clock
        self._lock = threading.RLock()
        self._made: dict[str, list[Entry]] = {iban: [] for iban in self.accounts}
        self._made_until = dict.fromkeys(self.accounts, start)
        self._added = dict.fromkeys(self.accounts, 0)

    def book(self, iban: str, transaction: Transaction) -> Entry:
        """Book a transaction now, or announce it for some day when it is not booked.

        Its booking date may lie in the past.
        """
        now = self._clock.now
        booked = now if transaction.booked else _SOME_DAY
        with self._lock:
            self._added[iban] += 1
            # Numbered apart, so that the day's own entries keep their numbers.
            entry = self._entry(iban, transaction, 50000 + self._added[iban], now, booked)
            self._made[iban].append(entry)
        return entry

    def entries(self, iban: str, first: datetime.date, last: datetime.date) -> list[Entry]:
        """What is booked in a period, first and last day included, oldest first."""
        return [e for e in self._booked(iban) if first <= e.transaction.booking_date <= last]

    def pending(self, iban: str) -> list[Entry]:
        """What is announced but not booked."""
        now = self._clock.now
        return [entry for entry in self._all(iban) if entry.announced <= now < entry.booked]

    def since(self, iban: str, moment: datetime.datetime) -> list[Entry]:
        """What was booked after a moment, in the order of booking."""
        found = [entry for entry in self._booked(iban) if entry.booked > moment]
        return sorted(found, key=lambda entry: (entry.booked, entry.id))

    def balance(self, iban: str, day: datetime.date) -> Decimal:
        """The booked balance at the end of a day."""
        booked = (e.transaction for e in self._booked(iban) if e.transaction.booking_date <= day)
        return sum((each.amount for each in booked), self.accounts[iban].opening)

    def available(self, iban: str) -> Decimal:
        """What can be disposed of now: what is booked, without what will be debited."""
        waiting = (entry.transaction.amount for entry in self.pending(iban))
        debits = (amount for amount in waiting if amount < 0)
        return sum(debits, self.balance(iban, self._clock.today))

    def _booked(self, iban: str) -> list[Entry]:
        now = self._clock.now
        return [entry for entry in self._all(iban) if entry.booked <= now]

    def _all(self, iban: str) -> list[Entry]:
        with self._lock:
            # Tomorrow's may be announced today.
            tomorrow = self._clock.today + datetime.timedelta(days=1)
            while self._made_until[iban] <= tomorrow:
                self._make(iban, self._made_until[iban])
                self._made_until[iban] += datetime.timedelta(days=1)
            return sorted(self._made[iban], key=_order)

    def _make(self, iban: str, day: datetime.date) -> None:
        transactions = list(self._source(self.accounts[iban], day))
        opening = datetime.datetime.combine(day, _OPENS)
        for number, transaction in enumerate(transactions, start=1):
            booked = opening + datetime.timedelta(hours=_HOURS * number / (len(transactions) + 1))
            # Every other one is announced the day before.
            announced = booked - _NOTICE if number % 2 else booked
            self._made[iban].append(self._entry(iban, transaction, number, announced, booked))

    def _entry(self, iban: str, transaction: Transaction, number: int, announced, booked) -> Entry:
        rank = list(self.accounts).index(iban) + 1
        id = f"{transaction.booking_date:%y%m%d}{rank:02}{number:05}"
        return Entry(id, transaction._replace(bank_reference=id), announced, booked)


def _order(entry: Entry):
    return entry.transaction.booking_date, entry.id


def booking(transaction: Transaction) -> Hashable:
    """What a transaction is known by, whatever its id: day, amount and text."""
    return transaction.booking_date, transaction.amount, transaction.remittance


def difference(
    truth: Iterable[Transaction], found: Iterable[Transaction], key: Key = booking
) -> tuple[list, list]:
    """What is lost (in the truth only) and what is too much (found more often than true)."""
    true, fetched = Counter(map(key, truth)), Counter(map(key, found))
    return list((true - fetched).elements()), list((fetched - true).elements())
