"""The formats in words, as Markdown, made of what the formats say of themselves.

``python -m bank_statement_format --formats`` prints it; ``docs/formats.md`` is a copy.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator

from .profile import Profile, shipped
from .registry import Format, ProfiledFormat, formats

_HEAD = """# Formats

Generated from the docstrings of the formats by `make docs`; do not edit. What all formats have in
common is in the [README of `bank_statement_format`](../addons/bank_statement_format/README.md).
"""


def markdown() -> str:
    """One page: a table of all formats, a chapter for each, and the profiles that are shipped."""
    known = formats().values()
    return "\n".join([_HEAD, *_table(known), *(line for fmt in known for line in _chapter(fmt))])


def _table(known) -> Iterator[str]:
    yield "| name | what | recognised by |"
    yield "|---|---|---|"
    for fmt in known:
        yield f"| [`{fmt.name}`](#{_anchor(fmt)}) | {fmt.label} | {fmt.recognised_by} |"
    yield ""


def _anchor(fmt: Format) -> str:
    """The anchor that GitHub makes of a chapter's heading."""
    kept = (letter for letter in fmt.label.lower() if letter.isalnum() or letter in " -_")
    return "".join(kept).replace(" ", "-")


def _chapter(fmt: Format) -> Iterator[str]:
    yield f"## {fmt.label}\n"
    if fmt.extensions:
        yield f"Usual names: {', '.join(f'`*{ending}`' for ending in fmt.extensions)}\n"
    text = inspect.cleandoc(sys.modules[type(fmt).__module__].__doc__)
    yield text.replace("``", "`") + "\n"
    if isinstance(fmt, ProfiledFormat):
        yield from _profiles(shipped(fmt.profile_kind))


def _profiles(profiles: tuple[Profile, ...]) -> Iterator[str]:
    if not profiles:
        return
    yield "Profiles that are shipped:\n"
    yield "| profile | what |"
    yield "|---|---|"
    for profile in profiles:
        yield f"| `{profile.name}` | {profile.label} |"
    yield ""
