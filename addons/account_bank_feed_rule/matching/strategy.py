"""What a strategy is, and how strategies are found: by being a file in ``strategies/``."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from abc import ABC
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from .amounts import Fit
from .index import ItemIndex
from .types import Evidence, Id, OpenItem, Payment

_METHODS = ("documents", "partners", "support", "proposals")
_registered: list[type[Strategy]] = []


@dataclass(frozen=True, slots=True)
class Proposal:
    """Items that only make sense together, such as a payout, and what names them.

    ``fit`` is given where the strategy knows what was taken off them.
    """

    items: tuple[OpenItem, ...]
    evidence: tuple[Evidence, ...]
    fit: Fit | None = None


class Strategy(ABC):
    """One way to find or support candidates. Having a ``name`` registers a subclass.

    ``name`` is the technical name that rules keep; ``label`` is what people read. A strategy
    overrides what it knows something about. Each method must take a bounded number of
    lookups, however many items are open.
    """

    name: str
    label: str
    offers: frozenset[str] = frozenset()

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        # What a strategy does not override need not be asked, payment by payment.
        cls.offers = frozenset(
            method for method in _METHODS if getattr(cls, method) is not getattr(Strategy, method)
        )
        if "name" in cls.__dict__:
            _registered.append(cls)

    def documents(
        self, payment: Payment, index: ItemIndex, known: Collection[Id] = ()
    ) -> Iterable[tuple[OpenItem, Evidence]]:
        """The items that the payment names, with the evidence.

        Its ``params`` tell the place: ``field``, ``start``, ``end`` and how it is ``quoted``.

        :param known: partners that strategies found: a number that too many use may still
            identify one of theirs
        """
        return ()

    def partners(self, payment: Payment, index: ItemIndex) -> Iterable[tuple[Id, Evidence]]:
        """The partners that may have paid, or were paid."""
        return ()

    def support(self, payment: Payment, item: OpenItem, index: ItemIndex) -> Evidence | None:
        """What speaks for an item of a partner that another strategy found."""
        return None

    def proposals(self, payment: Payment, index: ItemIndex) -> Iterable[Proposal]:
        """Items that the payment settles together."""
        return ()


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
