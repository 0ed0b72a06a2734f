"""Situations declare themselves: a function with a name, a share, and how many payments it makes.

A situation gets a `Scene` and gives one draft or several. `sensitive` ones depend on what is open
beside what they pay ("the only open item of 99.00"), so they run last and reserve what they need.
"""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Situation:
    """`share` is the weight among all payments; `makes` the payments per call."""

    name: str
    share: float
    makes: int
    sensitive: bool
    play: Callable


SITUATIONS: dict[str, Situation] = {}


def situation(share: float, makes: int = 1, sensitive: bool = False):
    """Declare the function below as a situation of that name."""

    def declare(play):
        name = play.__name__
        if name in SITUATIONS:
            raise ValueError(f"two situations are called {name}")
        SITUATIONS[name] = Situation(name, share, makes, sensitive, play)
        return play

    return declare


def all_situations() -> list[Situation]:
    """Every situation of the package `situations`, by name."""
    from . import situations

    for module in pkgutil.iter_modules(situations.__path__):
        importlib.import_module(f"{situations.__name__}.{module.name}")
    return [SITUATIONS[name] for name in sorted(SITUATIONS)]


def quotas(found: list[Situation], payments: int, filler: str = "exact_number") -> dict[str, int]:
    """How many payments each situation makes; `filler` takes what rounding leaves."""
    total = sum(one.share for one in found)
    counts = {}
    for one in found:
        calls = max(1, round(payments * one.share / total / one.makes))
        counts[one.name] = calls * one.makes
    counts[filler] += payments - sum(counts.values())
    if counts[filler] < 1:
        raise ValueError(f"{payments} payments are too few for {len(found)} situations")
    return counts
