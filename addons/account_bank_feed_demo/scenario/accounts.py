"""The accounts that the company keeps, and when everything starts."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal

START = datetime.date(2026, 1, 1)
END = datetime.date(2026, 3, 31)
SEED = 2026


def iban(country: str, bban: str) -> str:
    """An IBAN with its check digits.

    >>> iban("DE", "370400440532013000")
    'DE89370400440532013000'
    """
    number = "".join(str(int(letter, 36)) for letter in f"{bban}{country}00")
    return f"{country}{98 - int(number) % 97:02}{bban}"


def german_iban(bank: int, number: int) -> str:
    """An IBAN of a bank that does not exist: no German bank code begins with a nine."""
    return iban("DE", f"99900{bank:03}{number:010}")


@dataclass(frozen=True, slots=True)
class Account:
    """A bank account of the company, and the journal that keeps it.

    ``mark`` begins the references that the bank gives its entries.
    """

    key: str
    code: str
    mark: str
    name: str
    iban: str
    currency: str
    opening: Decimal


ACCOUNTS = {
    account.key: account
    for account in (
        Account("main", "BNK1", "MB", "Musterbank Hauptkonto", german_iban(10, 1000),
                "EUR", Decimal("80000.00")),
        Account("second", "BNK2", "DB", "Demo Bank Zweitkonto", german_iban(20, 2000),
                "EUR", Decimal("50000.00")),
        Account("usd", "BNKUS", "US", "Musterbank USD-Konto", german_iban(10, 1001),
                "USD", Decimal("10000.00")),
        Account("card", "CARD", "KZ", "Kartenkasse (Zahlungsdienst)", german_iban(30, 3000),
                "EUR", Decimal("2000.00")),
    )
}  # fmt: skip

OWN_IBANS = tuple(account.iban for account in ACCOUNTS.values())
UNKNOWN_IBAN = german_iban(40, 4711)


def business_day(day: datetime.date) -> datetime.date:
    """The day itself, or the next one on which banks work."""
    while day.weekday() >= 5 or day == START:
        day += datetime.timedelta(days=1)
    return day
