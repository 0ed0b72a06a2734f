"""`make drill`: what a bank does wrong, and what becomes of it: nothing lost, nothing twice."""

import argparse
import contextlib
import json
import os
import subprocess
import tempfile
from pathlib import Path

from . import bench_database, drill_bank, environment, postgres
from .common import CACHE, PROJECT, Missing, our_addons, say
from .server import Odoo

PURPOSE = "drill"
BASE_URL = "http://localhost:8069"
COLUMNS = (
    "bank", "what it did wrong", "the bank", "failed attempts", "waits", "a person",
    "lost", "doubled", "told", "mails", "later", "",
)  # fmt: skip


def drill(series, words):
    """Everything, or parts of it; 1 when something is not as it must be."""
    parser = argparse.ArgumentParser(prog="make drill ARGS=")
    parser.add_argument("--only", action="append", default=[], help="words of scenarios")
    parser.add_argument("--short", action="store_true", help="the most important scenarios")
    options = parser.parse_args(words)
    with postgres.cluster() as cluster:
        odoo = Odoo(series, cluster)
        say(odoo.description)
        source = bench_database.template(odoo, 0, tuple(our_addons()), PURPOSE, None)
        found = faults(odoo, source, options.only, options.short)
    say("")
    say(table(found["rows"]))
    return 1 if problems(found) else 0


def faults(odoo, source, names=(), short=False):
    """Play the scenarios on a copy of a database that has all addons."""
    with (
        copied(odoo, source) as database,
        tempfile.TemporaryDirectory(prefix="drill-") as folder,
    ):
        keys = Path(folder) / "keys"
        new_key(odoo, keys, "first")
        back = f"{BASE_URL}/account_bank_feed/oauth/callback"
        with drill_bank.running(odoo.python, back) as bank:
            given = {"bank": bank, "base_url": BASE_URL, "names": names, "short": short}
            return inside(odoo, database, given, keys)


def problems(found):
    """Everything that is not as it must be."""
    wrong = [f"{row['bank']}, {row['name']}: {row['why']}" for row in found["rows"] if row["why"]]
    if found["slips"]:
        wrong.append(f"the demo bank itself was wrong {found['slips']} times")
    return wrong


@contextlib.contextmanager
def copied(odoo, source):
    """A copy for one drill, dropped at the end."""
    odoo.drop_abandoned("drillrun")
    name = f"{odoo.name('drillrun')}_{os.getpid()}"
    try:
        odoo.copy(source, name)
        odoo.cluster.sql(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
        yield name
    finally:
        odoo.drop(name)


def new_key(odoo, path, key_id):
    """Make a key with the operators' command."""
    words = ("bank_feed_keys", "new", "--id", key_id, "--file", path)
    environment_ = environment.clean_environ(ODOO_RC=str(odoo.config(odoo.name("keys"))))
    command = [odoo.python, odoo.venv / "bin" / "odoo", *words]
    done = subprocess.run(
        [str(word) for word in command], env=environment_, capture_output=True, text=True
    )
    if done.returncode:
        raise Missing(f"No key could be made: {done.stderr or done.stdout}")


def inside(odoo, database, given, keys):
    """Run the drill in a process with Odoo; return its answer.

    What it logs stays in a file, as an operator's log would.
    """
    log = log_of(odoo)
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "given.json", Path(folder) / "answer.json"
        source.write_text(json.dumps(given))
        conf = odoo.config(database, log_level="info", logfile=log, max_cron_threads=0)
        words = (odoo.python, "-m", "tools.drill_run", conf, database, source, target)
        log.parent.mkdir(parents=True, exist_ok=True)
        log.unlink(missing_ok=True)
        done = subprocess.run(
            [str(word) for word in words],
            env=environment.clean_environ(BANK_FEED_KEY_FILE=str(keys)),
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        conf.unlink(missing_ok=True)
        if done.returncode:
            raise Missing(f"The drill broke off: the message above, or {log}, says why.")
        return json.loads(target.read_text())


def log_of(odoo):
    return CACHE / "log" / f"{odoo.name(PURPOSE)}.log"


# The table


def table(rows):
    cells = [COLUMNS, *(tuple(map(str, _cells(row))) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in cells
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])


def _cells(row):
    did = ", ".join(f"{what} ×{times}" for what, times in row["did"].items())
    kinds = ", ".join(f"{kind} ×{times}" for kind, times in row["kinds"].items())
    waits = ", ".join(map(duration, row["waits"]))
    later = "yes" if row["later"] else "NO"
    return (
        row["bank"], row["name"], did, kinds, waits, row["person"], row["lost"], row["doubled"],
        row["told"], row["mails"], later, row["ok"],
    )  # fmt: skip


def duration(seconds):
    """A wait, as people say it.

    >>> duration(42), duration(300), duration(7260)
    ('42 s', '5 min', '2.0 h')
    """
    if seconds < 120:
        return f"{seconds} s"
    return f"{seconds / 60:.0f} min" if seconds < 3600 else f"{seconds / 3600:.1f} h"
