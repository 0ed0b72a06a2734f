"""What day and time it is at the bank: the real one, unless a test turns it."""

from __future__ import annotations

import datetime


class Clock:
    """The bank's time, in UTC.

    :param at: where the clock stands still; without it runs along with the real time
    """

    def __init__(self, at: datetime.datetime | None = None):
        self._at = at and (at if at.tzinfo else at.replace(tzinfo=datetime.UTC))
        self._ahead = datetime.timedelta()

    @property
    def now(self) -> datetime.datetime:
        return (self._at or datetime.datetime.now(datetime.UTC)) + self._ahead

    @property
    def today(self) -> datetime.date:
        return self.now.date()

    def advance(self, **by) -> None:
        """Turn it forward: ``advance(days=1)``, with the arguments of a ``timedelta``."""
        self._ahead += datetime.timedelta(**by)
