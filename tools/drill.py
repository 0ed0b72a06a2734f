"""`make drill`: what a bank does wrong, and what becomes of it: nothing lost, nothing twice."""

import argparse
import contextlib
import json
import os
import subprocess
import tempfile
from pathlib import Path

from . import bench_database, demo_bank, drill_many, drill_secrets, environment, postgres
from .common import CACHE, PROJECT, Missing, our_addons, run, say, step
from .server import Odoo, free_port

PURPOSE = "drill"
PARTS = ("keys", "secrets", "many")
"""Beside the scenarios: other keys for 10,000 secrets, where secrets are seen, many accounts."""
BACK = "/account_bank_feed/oauth/callback"
MOST, FEW = 200, 10
"""Records of each model that are searched for secrets; few in the short form."""
MOST_WAITS = 8
LOGS_FORMS = ("odoo.api", "odoo.service.model", "odoo.http")
"""At debug these log whatever people enter; everything else is at debug in a drill."""
COLUMNS = (
    "bank", "what it did wrong", "the bank", "failed attempts", "waits", "announced", "a person",
    "lost", "doubled", "told", "mails", "later", "",
)  # fmt: skip


def drill(series, words):
    """Everything, or parts of it; 1 when something is not as it must be."""
    parser = argparse.ArgumentParser(prog="make drill ARGS=")
    parser.add_argument(
        "--only", action="append", default=[], help=f"{', '.join(PARTS)}, or words of scenarios"
    )
    parser.add_argument("--short", action="store_true", help="the most important scenarios")
    options = parser.parse_args(words)
    parts = [part for part in PARTS if part in options.only] or ([] if options.only else PARTS)
    names = [word for word in options.only if word not in PARTS]
    with postgres.cluster() as cluster:
        odoo = Odoo(series, cluster)
        say(odoo.description)
        source = bench_database.template(odoo, 0, tuple(our_addons()), PURPOSE, None)
        wrong = []
        if parts != ["many"]:
            found = faults(odoo, source, names, options.short, parts)
            report(found)
            wrong += problems(found)
        if "many" in parts:
            wrong += many(odoo, source)
    for one in wrong:
        say(f"WRONG: {one}")
    return 1 if wrong else 0


def faults(odoo, source, names=(), short=False, parts=()):
    """Play the scenarios on a copy of a database that has all addons."""
    url = f"http://localhost:{free_port()}"
    with (
        copied(odoo, source) as database,
        keys(odoo) as conf,
        step("the bank does wrong"),
        demo_bank.running(odoo.python, [url + BACK]) as bank,
    ):
        given = {"bank": bank, "base_url": url, "names": names, "short": short}
        if "keys" in parts:
            given["command"] = [str(odoo.python), str(odoo.venv / "bin" / "odoo"), str(conf)]
        if "secrets" in parts:
            given["searched"] = FEW if short else MOST
        found = inside(odoo, "faults", database, given)
        if "secrets" in parts:
            found["shown"] = search(odoo, database, log_of(odoo), found["secrets"])
        return found


def search(odoo, database, log, secrets):
    """Look for secrets where an operator's backups and logs are.

    :return: of each place its size, and how many secrets are in it
    """
    cluster = odoo.cluster
    dump = cluster.call("pg_dump", "-h", cluster.folder, "-U", "owner", database).encode()
    store = odoo.data_dir / "filestore" / database
    files = b"\n".join(path.read_bytes() for path in store.rglob("*") if path.is_file())
    places = {"database dump": dump, "filestore": files, "log": log.read_bytes()}
    return {
        name: (len(text), drill_secrets.found_in(text, secrets)) for name, text in places.items()
    }


def many(odoo, source):
    """Fifty accounts at ten banks, one of which is slow."""
    url = f"http://localhost:{free_port()}"

    def prepare(banks):
        given = {"banks": banks, "base_url": url, "slow": drill_many.SLOW}
        return inside(odoo, "many", database, given)

    count = drill_many.BANKS * drill_many.ACCOUNTS
    with (
        copied(odoo, source) as database,
        keys(odoo),
        step(f"{count} accounts of {drill_many.TRANSACTIONS:,} transactions at ten banks"),
    ):
        slow, others, booked = drill_many.many(odoo, database, prepare, url + BACK)
    say(
        f"The slow bank was through after {slow:.0f} s, the others after {others[0]:.0f} s to "
        f"{others[-1]:.0f} s."
    )
    if booked != {drill_many.ACCOUNTS * drill_many.TRANSACTIONS}:
        return [f"the banks have other numbers of transactions: {sorted(booked)}"]
    return ["the slow bank held up the others"] if others[-1] > slow else []


def problems(found):
    """Everything that is not as it must be."""
    wrong = [f"{row['bank']}, {row['name']}: {row['why']}" for row in found["rows"] if row["why"]]
    if found["slips"]:
        wrong.append(f"the demo bank itself was wrong {found['slips']} times")
    for place, (_size, count) in found.get("shown", {}).items():
        if count:
            wrong.append(f"{count} secrets are in the {place}")
    for role, (_models, _fields, shown) in found.get("readers", {}).items():
        wrong += [f"{role} can read a secret in {field}" for field in shown]
    changed = found.get("keys", {"broken": 0, "why": []})
    if changed["broken"]:
        wrong.append(f"{changed['broken']} secrets do not open any more")
    return wrong + changed["why"]


def report(found):
    """Say what was found."""
    say("")
    say(table(found["rows"]))
    for place, (size, count) in found.get("shown", {}).items():
        say(f"{len(found['secrets'])} secrets, {place} of {size / 2**10:,.0f} kB: {count} found")
    for role, (models, fields, shown) in found.get("readers", {}).items():
        say(f"{role} reads {fields} fields of {models} models: {len(shown)} show a secret")
    if "keys" in found:
        say(f"Another key in {found['keys']['seconds']:.1f} s: " + "; ".join(found["keys"]["said"]))


@contextlib.contextmanager
def copied(odoo, source):
    """A copy for one drill, dropped at the end."""
    odoo.drop_abandoned("drillrun")
    for log in log_of(odoo).parent.glob(f"{odoo.name(PURPOSE)}_*.log"):
        if not Path(f"/proc/{log.stem.rpartition('_')[2]}").exists():
            log.unlink(missing_ok=True)
    name = f"{odoo.name('drillrun')}_{os.getpid()}"
    try:
        odoo.copy(source, name)
        odoo.cluster.sql(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
        yield name
    finally:
        odoo.drop(name)


@contextlib.contextmanager
def keys(odoo):
    """The operator's keys, in a file that all processes find; yields the configuration."""
    conf = odoo.config(f"{odoo.name(PURPOSE)}-keys-{os.getpid()}")
    with tempfile.TemporaryDirectory(prefix="drill-") as folder:
        path = Path(folder) / "keys"
        command = [odoo.python, odoo.venv / "bin" / "odoo", "bank_feed_keys", "new"]
        environ = environment.clean_environ(ODOO_RC=str(conf))
        run([*command, "--id", "first", "--file", path], "No key could be made.", env=environ)
        os.environ["BANK_FEED_KEY_FILE"] = str(path)
        try:
            yield conf
        finally:
            del os.environ["BANK_FEED_KEY_FILE"]
            conf.unlink(missing_ok=True)


def inside(odoo, task, database, given):
    """Run a task of drill_run.py in a process with Odoo; return its answer.

    What it logs stays in a file, as an operator's log would, who wants to know everything.
    """
    log = log_of(odoo)
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "given.json", Path(folder) / "answer.json"
        source.write_text(json.dumps(given))
        levels = ",".join([":DEBUG", *(f"{name}:INFO" for name in LOGS_FORMS)])
        logged = {"log_level": "debug", "log_handler": levels, "logfile": log}
        conf = odoo.config(database, **logged, max_cron_threads=0)
        words = (odoo.python, "-m", "tools.drill_run", task, conf, database, source, target)
        log.parent.mkdir(parents=True, exist_ok=True)
        log.unlink(missing_ok=True)
        with open(log, "a") as errors:
            done = subprocess.run(
                [str(word) for word in words],
                env=environment.clean_environ(),
                cwd=PROJECT,
                stdin=subprocess.DEVNULL,
                stderr=errors,
                check=False,
            )
        conf.unlink(missing_ok=True)
        if done.returncode:
            say(log.read_text()[-3000:])
            raise Missing(f"The drill broke off: {log} says why.")
        return json.loads(target.read_text())


def log_of(odoo):
    """Each drill has its own, which is kept until another one begins."""
    return CACHE / "log" / f"{odoo.name(PURPOSE)}_{os.getpid()}.log"


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
    did = f"new tokens ×{row['refreshes']}" if row["race"] else did
    kinds = ", ".join(f"{kind} ×{times}" for kind, times in row["kinds"].items())
    waits = ", ".join(map(duration, row["waits"][:MOST_WAITS]))
    if len(row["waits"]) > MOST_WAITS:
        waits += f", … ({len(row['waits'])})"
    announced = ", ".join(f"{days} d" for days in row["announced"])
    later = "yes" if row["later"] else "NO"
    return (
        row["bank"], row["name"], did, kinds, waits, announced, row["person"], row["lost"],
        row["doubled"], row["told"], row["mails"], later, row["ok"],
    )  # fmt: skip


def duration(seconds):
    """A wait, as people say it.

    >>> duration(42), duration(300), duration(7260)
    ('42 s', '5 min', '2.0 h')
    """
    if seconds < 120:
        return f"{seconds} s"
    return f"{seconds / 60:.0f} min" if seconds < 3600 else f"{seconds / 3600:.1f} h"
