"""Exchange rates: a random walk per currency, one rate for each day."""

import datetime
from collections.abc import Iterator
from decimal import Decimal
from random import Random

from .money import cents
from .types import Rate

STARTS = {
    "USD": "1.0850",
    "CHF": "0.9420",
    "GBP": "0.8530",
    "NOK": "11.7200",
    "SEK": "11.3400",
    "DKK": "7.4590",
    "PLN": "4.2900",
}
LENGTH = 90
"""Days, up to today."""


class Rates:
    """Units of a currency for one EUR, by currency and day."""

    def __init__(self, rng: Random, today: datetime.date):
        self._rates: dict[tuple[str, datetime.date], Decimal] = {}
        for currency, start in STARTS.items():
            rate = Decimal(start)
            for back in range(LENGTH, -1, -1):
                rate = (rate * (1 + Decimal(rng.randrange(-40, 41)) / 10_000)).quantize(
                    Decimal("0.0001")
                )
                self._rates[currency, today - datetime.timedelta(back)] = rate

        self._today = today

    def today(self, currency: str) -> Decimal:
        return self._rates[currency, self._today]

    def in_euro(self, amount: Decimal, currency: str, day: datetime.date) -> Decimal:
        """The amount in EUR at that day's rate, rounded to the cent."""
        return cents(amount if currency == "EUR" else amount / self._rates[currency, day])

    def __iter__(self) -> Iterator[Rate]:
        return (Rate(currency, day, rate) for (currency, day), rate in self._rates.items())
