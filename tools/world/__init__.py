"""A labelled benchmark: the books of a growing retailer, its bank transactions, and the truth.

::

    world = build(seed=20260)
    world.truths[0].answer

`build` knows accounting and banks and nothing of the engine that it is to measure: it imports
nothing of the addons. A situation is one function in a module of `situations`; its decorator gives
its share, and nothing keeps a second list. `types` says what the words and the signs mean.
"""

from .build import build
from .registry import all_situations
from .types import (
    Detail,
    Discount,
    Document,
    OwnAccount,
    Partner,
    Payment,
    Rate,
    Truth,
    World,
)

__all__ = [
    "Detail",
    "Discount",
    "Document",
    "OwnAccount",
    "Partner",
    "Payment",
    "Rate",
    "Truth",
    "World",
    "all_situations",
    "build",
]
