"""What a format is, and how formats are found: by being a file in ``formats/``."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from typing import BinaryIO

from .types import Event

_registered: list[type[Format]] = []


class Format(ABC):
    """One statement format. A subclass that has a ``name`` registers itself by being defined,
    unless ``registered`` is false: then only who asks for it reads files by it.

    ``name`` is the technical name that transactions carry as their source;
    ``label`` is what people read; ``recognised_by`` says in a few words what in the
    content tells; ``extensions`` are usual endings of file names, for information only.
    Together with the docstring of its module they are the format's chapter in
    ``docs/formats.md``.
    """

    name: str
    label: str
    recognised_by: str
    extensions: tuple[str, ...] = ()
    registered: bool = True

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if cls.registered and "name" in cls.__dict__:
            _registered.append(cls)

    @abstractmethod
    def sniff(self, name: str, head: bytes) -> bool:
        """Whether the file's first bytes say that it is of this format.

        :param name: the file's name; a hint at most, never the only reason
        :param head: the first :data:`~.reader.HEAD_SIZE` bytes
        """

    @abstractmethod
    def parse(self, stream: BinaryIO) -> Iterator[Event]:
        """Yield each statement's transactions, in file order, then its Statement.

        :param stream: a seekable binary stream at its start; not to be closed
        :raises InvalidStatement: at the first thing that breaks the format; what
            was yielded before must then be thrown away by the caller
        """


class ProfiledFormat(Format):
    """A format whose files differ from bank to bank, each described by a profile.

    :cvar profile_kind: the ``kind`` of the profiles that it understands
    :param own: profiles that come before those in the folder ``profiles``, such as
        those that an Odoo database keeps
    """

    profile_kind: str

    def __init__(self, own: Iterable = ()):
        self.own_profiles = tuple(own)


class ContainerFormat(Format):
    """A format whose files hold files of other formats, such as an archive.

    :param known: the formats of what is within; all when None
    """

    def __init__(self, known: Mapping[str, Format] | None = None):
        self.known = known


def formats_with(profiles: Iterable) -> dict[str, Format]:
    """All formats by name, the profiled ones knowing these profiles of the caller too.

    :param profiles: objects with a ``kind``, as :func:`~.profiles.profile_from` makes them
    """
    own = tuple(profiles)
    known = {
        name: type(fmt)(p for p in own if p.kind == fmt.profile_kind)
        if isinstance(fmt, ProfiledFormat)
        else fmt
        for name, fmt in formats().items()
    }
    containers = {
        name: type(fmt)(known) for name, fmt in known.items() if isinstance(fmt, ContainerFormat)
    }
    return known | containers


@functools.cache
def formats() -> dict[str, Format]:
    """All formats by name, found in the folder ``formats``."""
    package = importlib.import_module(f"{__package__}.formats")
    for module in sorted(m.name for m in pkgutil.iter_modules(package.__path__)):
        # Helpers are imported by those whom they help, and only when needed.
        if not module.startswith("_"):
            importlib.import_module(f"{package.__name__}.{module}")
    return {cls.name: cls() for cls in sorted(_registered, key=lambda cls: cls.name)}
