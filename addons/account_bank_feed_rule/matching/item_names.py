"""What an open item is called: its numbers and references, read once for all look-ups."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from . import quotations, references


class ItemNames(NamedTuple):
    """What the numbers and references of an item are looked up by, each only once.

    ``numbers`` are those that can be recognised in a text, ``keys`` the keys of all of them,
    ``series`` and ``shapes`` what such numbers begin with and look like. ``references`` are
    found in a text as a whole only, ``values`` in a field of their own.
    """

    numbers: tuple[str, ...]
    keys: tuple[str, ...]
    series: tuple[str, ...]
    shapes: tuple[str, ...]
    references: tuple[str, ...]
    values: tuple[str, ...]


Reader = Callable[[tuple[str, ...], tuple[str, ...]], ItemNames]


def read_names(numbers: tuple[str, ...], given: tuple[str, ...]) -> ItemNames:
    """The names of an item with these numbers and references.

    What follows no standard for references is read as a number.

    >>> names = read_names(("RE-2024/00123", "17"), ("RF18 5390 0754 7034",))
    >>> names.numbers, names.series, names.references
    (('RE-2024/00123',), ('RE',), ('RF18539007547034',))
    """
    proper = [one for one in given if references.scheme(one)]
    # A document is often its own payment reference.
    written = dict.fromkeys((*numbers, *(one for one in given if one not in proper)))
    keys = {one: found for one in written if (found := quotations.keys(one))}
    quotable = tuple(keys)
    values = {references.canonical(one): None for one in proper if quotations.is_quotable(one)}
    return ItemNames(
        quotable,
        tuple({key: None for found in keys.values() for key in found}),
        tuple({prefix: None for one in quotable if (prefix := quotations.prefix(one))}),
        tuple({quotations.shape_of(one): None for one in quotable}),
        tuple(values),
        tuple(dict.fromkeys([*map(references.canonical, quotable), *values])),
    )
