"""The table of `make bench`, as markdown, with what it was measured on."""

import datetime
import os
import platform
import re
import time
from dataclasses import dataclass
from pathlib import Path

from .common import Missing

MET, MISSED, UNKNOWN = "met", "MISSED", "not measured"
SETTINGS = (
    *("fsync", "synchronous_commit", "full_page_writes", "wal_level"),
    *("shared_buffers", "max_wal_size", "checkpoint_timeout"),
)
DURABLE = ("fsync", "synchronous_commit", "full_page_writes")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    what: str
    target: str
    measured: str
    verdict: str = ""
    note: str = ""

    @classmethod
    def at_most(cls, what, value, limit, unit, note="", digits=1):
        """Met when it is the limit or less.

        >>> Row.at_most("memory", 612.4, 600, "MB", digits=0).verdict
        'MISSED'
        """
        verdict = MET if value <= limit else MISSED
        return cls(what, f"≤ {limit:,} {unit}", f"{value:,.{digits}f} {unit}", verdict, note)

    @classmethod
    def at_least(cls, what, value, limit, unit="times", note="", digits=2):
        """Met when it is the limit or more.

        >>> Row.at_least("rate", 40, 35).measured
        '40.00 times'
        """
        verdict = MET if value >= limit else MISSED
        return cls(what, f"≥ {limit:,} {unit}", f"{value:,.{digits}f} {unit}", verdict, note)

    @classmethod
    def unknown(cls, what, target, why):
        """What this machine cannot show."""
        return cls(what, target, "", UNKNOWN, why)


def table(rows):
    """Markdown, a line each.

    >>> print("\\n".join(table([Row("what it is", "≤ 1 s", "0.5 s", "met", "by hand")])))
    | what       | target | measured | verdict | note    |
    |------------|--------|----------|---------|---------|
    | what it is | ≤ 1 s  | 0.5 s    | met     | by hand |
    """
    cells = [("what", "target", "measured", "verdict", "note")]
    cells += [(row.what, row.target, row.measured, row.verdict, row.note) for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for place, row in enumerate(cells):
        yield "| " + " | ".join(map(str.ljust, row, widths)) + " |"
        if not place:
            yield "|" + "|".join("-" * (width + 2) for width in widths) + "|"


def cores():
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0))


def processor():
    """What the processor calls itself."""
    found = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return found[1] if found else platform.machine()


def pace():
    """Seconds in which this Python counts to ten million, the best of three.

    Where hosts are shared, the same processor is three times as fast on one day as on another.
    """
    return min(_counting() for _time in range(3))


def _counting():
    started = time.perf_counter()
    for _number in range(10_000_000):
        pass
    return time.perf_counter() - started


class Clock:
    """Since when, and how much of the processors' time the host has given to others since."""

    def __init__(self):
        self.started = time.monotonic()
        self.ticks = _ticks()

    def __str__(self):
        spent = [now - before for now, before in zip(_ticks(), self.ticks, strict=True)]
        minutes, steal = (time.monotonic() - self.started) / 60, spent[7] / max(sum(spent[:8]), 1)
        return (
            f"Measured in {minutes:.0f} minutes. The host gave {steal:.0%} of the processors' time "
            f"to others; load at the end {os.getloadavg()[0]:.1f}."
        )


def _ticks():
    """Of all processors: user, nice, system, idle, waiting, two of interrupts, stolen, …"""
    return [int(word) for word in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]


def settings(cluster):
    """PostgreSQL's settings that count.

    :raises Missing: when it could lose what it has confirmed: such figures are worth nothing
    """
    names = ", ".join(f"'{name}'" for name in SETTINGS)
    rows = cluster.sql(
        f"SELECT name, current_setting(name) FROM pg_settings WHERE name IN ({names})"
    )
    found = dict(rows)
    off = [name for name in DURABLE if found[name] != "on"]
    if off:
        raise Missing(f"PostgreSQL runs without {', '.join(off)}: the benchmark needs them on.")
    return {name: found[name] for name in SETTINGS}


def heading(odoo, command):
    """When, where and how, in four lines."""
    memory = re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())[1]
    load = os.getloadavg()[0]
    yield (
        f"{datetime.datetime.now():%Y-%m-%d %H:%M}, {cores()} cores of {processor()}, "
        f"{int(memory) / 1e6:.0f} GB, load at the beginning {load:.1f}"
    )
    yield f"This Python counts to ten million in {pace():.2f} s"
    pairs = " ".join(f"{name}={value}" for name, value in settings(odoo.cluster).items())
    yield f"Odoo {odoo.series}, German chart, PostgreSQL {odoo.cluster.version}: {pairs}"
    yield f"To repeat it: `{command}`"
