"""The table of `make bench`, as markdown, with what it was measured on."""

import datetime
import os
import platform
import re
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

    @classmethod
    def at_most(cls, what, value, limit, unit, note="", digits=1):
        """Met when it is the limit or less.

        >>> Row.at_most("memory", 612.4, 600, "MB", digits=0).verdict
        'MISSED'
        """
        verdict = MET if value <= limit else MISSED
        return cls(what, f"≤ {limit:,} {unit}", _with(value, unit, note, digits), verdict)

    @classmethod
    def at_least(cls, what, value, limit, unit="times", note="", digits=2):
        """Met when it is the limit or more.

        >>> Row.at_least("rate", 40, 35).measured
        '40.00 times'
        """
        verdict = MET if value >= limit else MISSED
        return cls(what, f"≥ {limit:,} {unit}", _with(value, unit, note, digits), verdict)

    @classmethod
    def unknown(cls, what, target, why):
        """What this machine cannot show."""
        return cls(what, target, why, UNKNOWN)


def _with(value, unit, note, digits):
    return f"{value:,.{digits}f} {unit}" + (f" ({note})" if note else "")


def table(rows):
    """Markdown, a line each.

    >>> print("\\n".join(table([Row("what it is", "≤ 1 s", "0.5 s", "met")])))
    | what       | target | measured | verdict |
    |------------|--------|----------|---------|
    | what it is | ≤ 1 s  | 0.5 s    | met     |
    """
    cells = [("what", "target", "measured", "verdict")]
    cells += [(row.what, row.target, row.measured, row.verdict) for row in rows]
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


def settings(cluster):
    """PostgreSQL's settings that count.

    :raises Missing: when it could lose what it has confirmed: such figures are worth nothing
    """
    names = ", ".join(f"'{name}'" for name in SETTINGS)
    rows = cluster.sql(f"SELECT name, current_setting(name) FROM pg_settings WHERE name IN ({names})")
    found = dict(rows)
    off = [name for name in DURABLE if found[name] != "on"]
    if off:
        raise Missing(f"PostgreSQL runs without {', '.join(off)}: the benchmark needs them on.")
    return {name: found[name] for name in SETTINGS}


def heading(odoo, command):
    """When, where and how, in three lines."""
    memory = re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())[1]
    load = os.getloadavg()[0]
    yield (
        f"{datetime.datetime.now():%Y-%m-%d %H:%M}, {cores()} cores of {processor()}, "
        f"{int(memory) / 1e6:.0f} GB, load at the beginning {load:.1f}"
    )
    pairs = " ".join(f"{name}={value}" for name, value in settings(odoo.cluster).items())
    yield f"Odoo {odoo.series}, German chart, PostgreSQL {odoo.cluster.version}: {pairs}"
    yield f"To repeat it: `{command}`"
