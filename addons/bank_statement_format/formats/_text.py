"""Text files of unknown encoding, as lines."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterable
from typing import BinaryIO

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def open_text(stream: BinaryIO, countries: Iterable[str] = ()) -> io.TextIOWrapper:
    """The file as text from its start, line ends as they are.

    Whoever opens it must ``detach()`` it, or the caller's stream is closed with it.

    :param countries: ISO 3166 codes of where the bank may be, as the file tells
    :raises UnclearEncoding: when the characters can be read in several ways
    """
    stream.seek(0)
    return io.TextIOWrapper(stream, encoding_of(stream, countries), newline="")


def encoding_of(stream: BinaryIO, countries: Iterable[str] = ()) -> str:
    """The name of the encoding in which the whole file is meant to be read."""
    stream.seek(0)
    head = stream.read(4)
    stream.seek(0)
    for bom, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if head.startswith(bom):
            return name
    try:
        for line in stream:
            line.decode()
    except UnicodeDecodeError:
        return "cp1252"
    finally:
        stream.seek(0)
    return "utf-8"
