"""An index that is carried through time: from day to day only what changes is entered."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from . import references
from .collector import without_collector
from .index import ItemIndex, amounts_to_pay, crowded, with_covered
from .item_names import Reader, read_names
from .partners import PartnerDirectory
from .quotations import KeyShape
from .types import Id, OpenItem


class MovingIndex(ItemIndex):
    """An index that shows some items now and others later, as if it were made anew each time.

    Of a hundred thousand open items a few thousand come and go in a fortnight. Each is known
    by its kind and id; what is open on it may change from time to time.

    :param items: all that is open at some time
    """

    def __init__(
        self,
        items: Iterable[OpenItem],
        partners: PartnerDirectory | None = None,
        read: Reader = read_names,
    ):
        items = sorted(items, key=_age)
        self._ranks = {_key(item): rank for rank, item in enumerate(items)}
        # Of two that are one and the same nobody could tell which one goes.
        self._tells_apart = len(self._ranks) == len(items)
        self._shown: dict[tuple, OpenItem] = {}
        super().__init__((), partners, read)
        self.settled = _MovingPart(self)

    def show(self, items: Iterable[OpenItem]) -> None:
        """Have these items, and no others."""
        with without_collector():
            items = sorted(items, key=self._rank if self._tells_apart else _age)
            self._turn_to([item for item in with_covered(items) if item.kind != "settled"])
            self.settled._turn_to([item for item in items if item.kind == "settled"])

    def _rank(self, item: OpenItem) -> int:
        return self._ranks[_key(item)]

    def _turn_to(self, items: Sequence[OpenItem]) -> None:
        now, before = {_key(item): item for item in items}, self._shown
        gone = [item for key, item in before.items() if not _is_same(item, now.get(key))]
        come = [item for key, item in now.items() if not _is_same(item, before.get(key))]
        self._shown = now
        self._forget_what_was_made()
        if not self._tells_apart or len(come) > len(items) // 2:
            self._fill(items, self.partners)
        elif gone or come:
            self._change(gone, come)
            self._by_kind = _by_kind(items)

    def _change(self, gone: Iterable[OpenItem], come: Iterable[OpenItem]) -> None:
        """Enter what has come, and take out what is gone."""
        for lookup, crowd in zip(self._named, self._crowds, strict=True):
            lookup.update(crowd)
        touched: list[set[str]] = [set(crowd) for crowd in self._crowds]
        for item in gone:
            self._count(item, -1)
            for lookup, key in self._places(item):
                self._take_out(lookup, key, item)
        for item in come:
            self._count(item, 1)
            for lookup, key in self._places(item):
                self._put_in(lookup, key, item)
            for keys, added in zip(touched, self._names_of(item), strict=True):
                keys.update(added)
        self._join_shapes(touched)
        self._crowds = [crowded(*pair) for pair in zip(self._named, touched, strict=True)]
        self._sum_up()

    def _join_shapes(self, keys: Sequence[set[str]]) -> None:
        """Let the shapes be those of these keys, too; those that are gone do no harm."""
        numbers, named, _values = keys
        self._number_shape = self._number_shape.joined(KeyShape.of(numbers))
        self._reference_shape = self._reference_shape.joined(references.shape(named))

    def _forget_what_was_made(self) -> None:
        self._made.clear()
        for name in ("_transfers", "by_batch"):
            self.__dict__.pop(name, None)

    def _names_of(self, item: OpenItem) -> tuple[Sequence[str], Sequence[str], Sequence[str]]:
        """Under which numbers, references and values an item is found."""
        if item.kind == "transfer":
            return (), (), ()
        found = self._read(item.numbers, item.references)
        return found.keys, found.references, found.values

    def _places(self, item: OpenItem) -> Iterator[tuple[dict, object]]:
        """Everywhere that an item is entered, but by its kind."""
        if item.partner_id is not None:
            yield self._by_partner, item.partner_id
            for amount in amounts_to_pay(item):
                yield self._by_partner_amount, (item.partner_id, item.currency, amount)
        for lookup, keys in zip(self._named, self._names_of(item), strict=True):
            for key in keys:
                yield lookup, key

    def _put_in(self, lookup: dict, key: object, item: OpenItem) -> None:
        found = list(lookup.get(key, ()))
        found.insert(bisect_left(found, self._rank(item), key=self._rank), item)
        lookup[key] = found

    def _take_out(self, lookup: dict, key: object, item: OpenItem) -> None:
        found = list(lookup[key])
        del found[bisect_left(found, self._rank(item), key=self._rank)]
        if found:
            lookup[key] = found
        else:
            del lookup[key]

    def _count(self, item: OpenItem, by: int) -> None:
        """Count an item in or out."""
        self.size += by
        self._by_amount[item.currency, item.residual] += by
        if item.kind == "transfer":
            return
        found = self._read(item.numbers, item.references)
        self._quotable[item.id] = found.numbers
        for counter, said in self._counted(item, found):
            for one in said:
                counter[one] += by
                if not counter[one]:
                    del counter[one]


class _MovingPart(MovingIndex):
    """What earlier payments settled, in the order and with the partners of all items."""

    def __init__(self, whole: MovingIndex):
        self._ranks, self._tells_apart = whole._ranks, whole._tells_apart
        self._read, self._shown = whole._read, {}
        self._fill((), whole.partners)


def _key(item: OpenItem) -> tuple[str, Id]:
    return item.kind, item.id


def _age(item: OpenItem) -> tuple:
    return item.age_key


def _is_same(item: OpenItem, other: OpenItem | None) -> bool:
    return item is other or item == other


def _by_kind(items: Iterable[OpenItem]) -> dict[str, list[OpenItem]]:
    found = defaultdict(list)
    for item in items:
        found[item.kind].append(item)
    return found
