"""What a format is, and how formats are found: by being a file in ``formats/``."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import BinaryIO

from .types import Event

_registered: list[type[Format]] = []


class Format(ABC):
    """One statement format. A subclass that has a ``name`` registers itself by being defined.

    ``name`` is the technical name that transactions carry as their source;
    ``label`` is what people read.
    """

    name: str
    label: str

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if "name" in cls.__dict__:
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

        :param stream: a seekable binary stream at its start
        :raises InvalidStatement: at the first thing that breaks the format; what
            was yielded before must then be thrown away by the caller
        """


@functools.cache
def formats() -> dict[str, Format]:
    """All formats by name, found in the folder ``formats``."""
    package = importlib.import_module(f"{__package__}.formats")
    for module in sorted(m.name for m in pkgutil.iter_modules(package.__path__)):
        importlib.import_module(f"{package.__name__}.{module}")
    return {cls.name: cls() for cls in sorted(_registered, key=lambda cls: cls.name)}
