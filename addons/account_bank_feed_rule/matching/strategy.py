"""What a strategy is, and how strategies are found: by being a file in ``strategies/``."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from abc import ABC
from collections.abc import Iterable
from typing import Literal

from .index import ItemIndex
from .types import Evidence, OpenItem, Payment

_registered: list[type[Strategy]] = []


class Strategy(ABC):
    """One way to find or support candidates. Having a ``name`` registers a subclass.

    ``name`` is the technical name that rules keep; ``label`` is what people read.
    ``nature`` says what its evidence is about: a strategy that ``quotes`` reads the
    document from the payment itself, one of the ``counterparty`` knows who paid, one
    that ``supports`` finds nothing by itself. Evidence of one nature counts once.
    """

    name: str
    label: str
    nature: Literal["quotes", "counterparty", "supports"]

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if "name" in cls.__dict__:
            _registered.append(cls)

    def find(self, payment: Payment, index: ItemIndex) -> Iterable[tuple[OpenItem, Evidence]]:
        """The open items that the payment names, with the evidence; points as if it were alone.

        Must take a bounded number of lookups, however many items are open.
        """
        return ()

    def support(self, payment: Payment, item: OpenItem, index: ItemIndex) -> Evidence | None:
        """What speaks for or against an item that another strategy found."""
        return None


@functools.cache
def all_strategies() -> dict[str, Strategy]:
    """All strategies by name, found in the folder ``strategies``."""
    package = importlib.import_module(f"{__package__}.strategies")
    for module in sorted(found.name for found in pkgutil.iter_modules(package.__path__)):
        importlib.import_module(f"{package.__name__}.{module}")
    return {cls.name: cls() for cls in sorted(_registered, key=lambda cls: cls.name)}


def strategies_named(names: Iterable[str] | None = None) -> tuple[Strategy, ...]:
    """The strategies with these names, all for None.

    :raises ValueError: for a name that no strategy has
    """
    known = all_strategies()
    if names is None:
        return tuple(known.values())
    names = set(names)
    if unknown := sorted(names - known.keys()):
        raise ValueError(f"Unknown strategies {unknown}, known are {sorted(known)}")
    return tuple(strategy for name, strategy in known.items() if name in names)
