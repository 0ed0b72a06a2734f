"""Reading what a bank answers: what cannot be read is the bank's nonsense, and no fault of ours."""

from __future__ import annotations

from contextlib import contextmanager
from decimal import Decimal, InvalidOperation

from .errors import RetryLater

NONSENSE = (KeyError, TypeError, ValueError, AttributeError, InvalidOperation)
"""What comes of taking apart an answer that is not as it should be."""


@contextmanager
def as_described(what: str):
    """Take apart the bank's ``what``.

    :raises RetryLater: when they are not as the bank's interface describes them
    """
    try:
        yield
    except NONSENSE:
        raise RetryLater(f"The bank's {what} are not as it describes them") from None


def decimal(value) -> Decimal:
    """An amount, however a bank sends it; it has an end.

    :raises ValueError: when it has none
    :raises InvalidOperation: when it is no number
    """
    found = Decimal(str(value))
    if not found.is_finite():
        raise ValueError("an amount without end")
    return found
