"""What a bank's own kind of file looks like: a declaration in JSON, checked when loaded.

Profiles of a ``kind`` (table, xml, pdf) are a dataclass of their own, beside the format
that understands them. Shipped ones are files in the folder ``profiles``; callers may
bring others, see :func:`~.registry.formats_with`.
"""

from __future__ import annotations

import dataclasses
import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from .errors import StatementError

FOLDER = Path(__file__).parent / "profiles"
DEFAULT_KIND = "table"

_kinds: dict[str, type[Profile]] = {}


class ProfileError(StatementError):
    """A profile that declares nonsense."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What all profiles have. A subclass with a ``kind`` registers itself by being defined.

    :raises ProfileError: when fields are missing, unknown or contradict each other
    """

    kind: ClassVar[str]
    name: str
    label: str

    def __init_subclass__(cls, **kwargs):
        # A dataclass with slots is made twice; the second one is meant.
        if "kind" in cls.__dict__:
            _kinds[cls.kind] = cls

    def __post_init__(self):
        for problem in self.problems():
            raise ProfileError(f"The profile {self.name} is wrong: {problem}")

    def problems(self):
        """Yield what is wrong with it, in words."""
        yield from ()


def profile_from(name: str, data: object) -> Profile:
    """A profile from its JSON data.

    :raises ProfileError: naming the profile and what is wrong with it
    """
    from .registry import formats

    formats()  # their modules declare the kinds
    if not isinstance(data, dict):
        raise ProfileError(f"The profile {name} is wrong: it must be a JSON object")
    data = dict(data)
    kind = data.pop("kind", DEFAULT_KIND)
    cls = _kinds.get(kind)
    if cls is None:
        known = ", ".join(sorted(_kinds))
        raise ProfileError(f"The profile {name} is wrong: unknown kind {kind!r} (known: {known})")
    kinds = {item.name: item.type for item in dataclasses.fields(cls) if item.name != "name"}
    if unknown := set(data) - set(kinds):
        raise ProfileError(f"The profile {name} is wrong: unknown {', '.join(sorted(unknown))}")
    try:
        values = {key: _frozen(key, kinds[key], value) for key, value in data.items()}
        return cls(name=name, **values)
    except TypeError as error:
        raise ProfileError(f"The profile {name} is wrong: {error}") from None


def profile_data(profile: Profile) -> dict[str, Any]:
    """The JSON data that :func:`profile_from` makes the profile of; defaults are left out."""
    data: dict[str, Any] = {"kind": profile.kind}
    for item in dataclasses.fields(profile):
        value = getattr(profile, item.name)
        if item.name != "name" and value != _default(item):
            data[item.name] = _plain(value)
    return data


def shipped(kind: str) -> tuple[Profile, ...]:
    """The profiles of one kind in the folder ``profiles``, by name.

    :raises ProfileError: when one of them cannot be used
    """
    return tuple(profile for profile in _all_shipped() if profile.kind == kind)


@functools.cache
def _all_shipped() -> tuple[Profile, ...]:
    return tuple(_load(path) for path in sorted(FOLDER.glob("*.json")))


def _load(path: Path) -> Profile:
    try:
        data = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise ProfileError(f"The profile {path.stem} is not JSON: {error}") from error
    return profile_from(path.stem, data)


def _frozen(key: str, kind: str, value: object):
    """A JSON value as the type that the field declares."""
    if kind.startswith("tuple"):
        return texts(key, value)
    if kind.startswith("Mapping[str, tuple"):
        return {name: texts(key, item) for name, item in _object(key, value).items()}
    if kind.startswith("Mapping"):
        return {name: str(item or "") for name, item in _object(key, value).items()}
    expected = {"bool": bool, "int": int}.get(kind.removesuffix(" | None"), str)
    if value is None and "None" in kind:
        return None
    if type(value) is not expected:
        raise TypeError(f"{key} must be of type {expected.__name__}")
    return value


def _object(key: str, value: object) -> dict:
    if not isinstance(value, dict):
        raise TypeError(f"{key} must be an object")
    return value


def texts(key: str, value: object) -> tuple[str, ...]:
    """A text, or a list of them, as a tuple."""
    several = (value,) if isinstance(value, str) else value
    if not isinstance(several, list | tuple) or not all(isinstance(t, str) for t in several):
        raise TypeError(f"{key} must be a text or a list of texts")
    return tuple(several)


def _plain(value):
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return value[0] if len(value) == 1 else list(value)
    return value


def _default(item: dataclasses.Field):
    if item.default_factory is not dataclasses.MISSING:
        return item.default_factory()
    return item.default
