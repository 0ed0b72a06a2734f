"""Python's garbage collector, which has nothing to find where no reference cycles are made."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def without_collector() -> Iterator[None]:
    """Let the collector rest, which would walk through all open items again and again.

    Open items, their index and decisions hold no cycles, and there is an end to a batch.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
