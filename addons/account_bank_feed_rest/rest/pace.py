"""No more requests in a minute than a bank allows."""

from __future__ import annotations

import collections
import time

MINUTE = 60


class Pace:
    """Waits before a request where it would be one too many."""

    def __init__(self, per_minute: int | None, clock=time.monotonic, sleep=time.sleep):
        self._most = per_minute
        self._clock, self._sleep = clock, sleep
        self._asked = collections.deque()

    def wait(self):
        if not self._most:
            return
        now = self._clock()
        while self._asked and self._asked[0] <= now - MINUTE:
            self._asked.popleft()
        if len(self._asked) >= self._most:
            self._sleep(self._asked.popleft() + MINUTE - now)
        self._asked.append(self._clock())
