"""When to ask a bank again that could not answer."""

from __future__ import annotations

import random

MAX_ATTEMPTS = 8
"""Then it is left to a person. With the waits below the last is half a day after the first."""

FIRST_WAIT = 60
LONGEST_WAIT = 6 * 3600


def wait_before(attempt: int, wanted: float | None = None, draw=random.random) -> float:
    """Seconds until the next attempt: four times as long each time, and never all at once.

    Half of the wait is left to chance, so that what failed together is not tried together.

    :param attempt: how many have failed, at least one
    :param wanted: what the bank asked for; never less than that
    """
    longest = min(FIRST_WAIT * 4 ** (attempt - 1), LONGEST_WAIT)
    waits = longest * (1 + draw()) / 2
    return max(waits, (wanted or 0) * (1 + draw() / 20))
