"""Where in a JSON text a value stands: ``meta.next_page``, ``legs[0].amount``, ``notes[*]``.

Names are separated by dots; ``[0]`` is an item of a list, ``[*]`` each of them. The empty path is
the whole. A leading ``^.`` is what the item was nested in, such as a leg's transaction.
"""

from __future__ import annotations

import functools
import re

from .errors import ProfileError

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+|\*)\]")
_WHOLE = re.compile(r"(\^\.)?([^.\[\]]+|\[(\d+|\*)\])((\.[^.\[\]]+)|(\[(\d+|\*)\]))*|\^|")


@functools.cache
def steps(path: str) -> tuple:
    """The path taken apart: names, numbers, and None for each item of a list.

    :raises ProfileError: when it is no path
    """
    if not _WHOLE.fullmatch(path):
        raise ProfileError(f"{path!r} is no path")
    found = _STEP.findall(path.removeprefix("^").removeprefix("."))
    return tuple(name or (None if index == "*" else int(index)) for name, index in found)


def find_all(path: str, item, outer=None) -> list:
    """All values at a path; null and what is not there are none."""
    values = [outer if path.startswith("^") else item]
    for step in steps(path):
        values = [value for found in values for value in _step(found, step)]
    return [value for value in values if value is not None]


def find(path: str, item, outer=None):
    """The first value at a path, or None."""
    return next(iter(find_all(path, item, outer)), None)


def _step(value, step):
    if isinstance(step, str):
        return [value[step]] if isinstance(value, dict) and step in value else []
    if not isinstance(value, list):
        return []
    return value if step is None else value[step : step + 1]
