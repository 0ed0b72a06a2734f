from decimal import Decimal


def exact(amount, currency):
    """A float that the database holds as a decimal number, as that number again."""
    return Decimal(f"{amount:.{currency.decimal_places}f}")
