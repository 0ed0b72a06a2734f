"""Amounts as a retailer sees them: price points that repeat, and invoices that do not."""

from decimal import ROUND_HALF_UP, Decimal
from random import Random

CENT = Decimal("0.01")


def _prices(text: str) -> tuple[Decimal, ...]:
    return tuple(Decimal(price) for price in text.split())


PRICE_POINTS = _prices(
    "9.99 14.95 19.99 19.99 24.90 29.95 29.99 39.90 49.90 49.90 49.90 59.00 69.95 79.90 89.00 "
    "99.00 99.00 129.00 149.00 199.00 249.00 299.00 399.00 499.00"
)
FLAT_RATES = _prices("59.50 119.00 178.50 238.00 357.00 595.00 1190.00 2380.00 5950.00")
SHIPPING = _prices("0 0 0 4.90 5.95")


def cents(amount) -> Decimal:
    """Rounded to the cent, half up, as invoices are."""
    return Decimal(amount).quantize(CENT, ROUND_HALF_UP)


def retail(rng: Random) -> Decimal:
    """A consumer's basket."""
    goods = sum(rng.choice(PRICE_POINTS) for _ in range(rng.choice((1, 1, 1, 1, 2, 2, 3))))
    return goods + rng.choice(SHIPPING)


def trade(rng: Random) -> Decimal:
    """A business invoice, VAT included; one in six is a flat rate that others pay as well."""
    if rng.random() < 0.16:
        return rng.choice(FLAT_RATES)
    return cents(Decimal(round(rng.lognormvariate(6.3, 1.1), 2) + 8) * Decimal("1.19"))


def percentage(amount: Decimal, percent: Decimal) -> Decimal:
    return cents(amount * percent / 100)
