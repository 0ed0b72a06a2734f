"""`make bench-formats`: how fast files are read, beside public libraries that do the same.

Each reading is a process of its own; of several, the median counts. The best one is told too,
since on a machine that others use as well it says more about the reader. Time is from opening the
file to the last transaction as a Python object, memory is what the process grew by meanwhile.
"""

import hashlib
import json
import platform
import statistics
import subprocess
import time
from math import nan

from . import environment
from .common import ADDONS, CACHE, PROJECT, SERIES, locked, run, say, step

ROWS = 100_000
PATIENCE = 120
"""Seconds after which a reading is given up."""

OURS = "bank_statement_format"
READERS = {
    "camt.053": (OURS, "lxml.iterparse"),
    "camt.053 pretty-printed": (OURS, "lxml.iterparse"),
    "OFX": (OURS, "ofxtools", "ofxparse"),
    "QIF": (OURS, "quiffen"),
    "MT940": (OURS, "mt-940"),
    "CSV": (OURS,),
    "XLSX": (OURS, "openpyxl"),
}
TARGETS = {
    "camt.053": (4, 40),
    "camt.053 pretty-printed": (4, 40),
    "OFX": (1.5, 60),
    "QIF": (1.5, 60),
    "MT940": (1.5, 60),
    "CSV": (1.5, 60),
    "XLSX": (3, None),
}
"""Seconds, and megabytes."""

ENDINGS = {"OFX": ".ofx", "QIF": ".qif", "MT940": ".sta", "CSV": ".csv", "XLSX": ".xlsx"}
"""Some libraries read no file with another name; all others are XML."""

FOLDER = CACHE / "bench-formats"
CHILD = PROJECT / "tools" / "bench_formats_child.py"
PINS = PROJECT / "requirements-bench.txt"


def bench(rows=ROWS, repeat=3):
    """Print the table and return 0 when every file was read whole by ours, else 1."""
    python = _environment()
    say(f"{rows:,} transactions, median of {repeat}, {platform.machine()}, {_processor()}")
    say(f"(an empty loop of ten million rounds takes {_empty_loop():.2f} s on it)\n")
    say(f"{'file':<24} {'reader':<22} {'seconds':>8} {'best':>8} {'MB':>6} {'target':>14}")
    failed = False
    for kind, readers in READERS.items():
        path = _file(python, kind, rows)
        for reader in readers:
            found = _measure(python, reader, path, repeat)
            complete = found is not None and found["count"] == rows
            failed |= reader == OURS and not complete
            say(_row(kind, reader, found, rows))
    return int(failed)


def _empty_loop():
    """How fast the machine is just now, in seconds."""
    started = time.perf_counter()
    for _round in range(10_000_000):
        pass
    return time.perf_counter() - started


def _environment():
    """The Python of an environment that has the libraries; rebuilt when the pins change."""
    venv = CACHE / "venv-bench"
    python = venv / "bin" / "python"
    pins = [PINS, PROJECT / "requirements.txt"]
    key = hashlib.sha256("".join(path.read_text() for path in pins).encode()).hexdigest()
    stamp = venv / "key"
    with locked(CACHE / "venv-bench.lock"):
        if not stamp.exists() or stamp.read_text() != key:
            with step("installing the libraries to compare with"):
                base = environment.ensure(SERIES[0]) / "bin" / "python"
                run([base, "-m", "venv", "--clear", venv], "A virtual environment cannot be made.")
                run(
                    [python, "-m", "pip", "install", "--quiet", "--no-input", "-r", PINS],
                    "The libraries to compare with could not be installed.",
                )
            stamp.write_text(key)
    return python


def _processor():
    with open("/proc/cpuinfo") as lines:
        names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
        return next(names, platform.processor())


def _child(python, *words, **options):
    return subprocess.run(
        [str(word) for word in (python, CHILD, *words)],
        env=environment.clean_environ(PYTHONPATH=str(ADDONS)),
        capture_output=True,
        text=True,
        check=False,
        **options,
    )


def _file(python, kind, rows):
    path = FOLDER / f"{kind.replace(' ', '-')}-{rows}{ENDINGS.get(kind, '.xml')}"
    if not path.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        done = _child(python, "write", kind, part, rows)
        if done.returncode:
            raise RuntimeError(done.stderr)
        part.rename(path)
    return path


def _measure(python, reader, path, repeat):
    """Median seconds and megabytes, and the count; None when it was given up or failed."""
    found = []
    for _ in range(repeat):
        try:
            done = _child(python, "read", reader, path, timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            return None
        if done.returncode:
            say(done.stderr.strip().splitlines()[-1])
            return {"seconds": nan, "best": nan, "megabytes": nan, "count": -1}
        found.append(json.loads(done.stdout))
    return {
        "seconds": statistics.median(one["seconds"] for one in found),
        "best": min(one["seconds"] for one in found),
        "megabytes": statistics.median(one["megabytes"] for one in found),
        "count": found[0]["count"],
    }


def _row(kind, reader, found, rows):
    seconds, memory = TARGETS[kind]
    target = f"{seconds} s" + (f", {memory} MB" if memory else "") if reader == OURS else ""
    if found is None:
        return f"{kind:<24} {reader:<22} {f'>{PATIENCE}':>8} {'':>8} {'':>6} {target:>14}"
    note = "" if found["count"] == rows else f"  read {found['count']:,}"
    return (
        f"{kind:<24} {reader:<22} {found['seconds']:>8.2f} {found['best']:>8.2f} "
        f"{found['megabytes']:>6.0f} "
        f"{target:>14}{note}"
    )
