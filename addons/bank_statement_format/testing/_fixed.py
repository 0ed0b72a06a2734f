"""Records of a fixed width."""

from __future__ import annotations


def record(width: int, *fields: tuple[int, object]) -> str:
    """A record with texts at their positions, counted from 1; the rest is blank.

    :raises ValueError: when texts overlap or do not fit
    """
    line = ""
    for position, value in fields:
        text = "" if value is None else str(value)
        if len(line) > position - 1:
            raise ValueError(f"{line!r} reaches into position {position}")
        line = line.ljust(position - 1) + text
    if len(line) > width:
        raise ValueError(f"{line!r} is longer than {width}")
    return line.ljust(width)


def chunks(text: str, *sizes: int) -> list[str]:
    """The text in parts of these sizes, the last size repeated; at least one part."""
    parts, sizes_left = [], list(sizes)
    while text or not parts:
        size = sizes_left.pop(0) if len(sizes_left) > 1 else sizes_left[0]
        parts.append(text[:size])
        text = text[size:]
    return parts
