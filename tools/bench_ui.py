"""`make bench-ui`: how fast the screens get their data where a million transactions are stored.

Every call is what the screen itself asks, over JSON-RPC, of a real Odoo process. What counts is
the time until the whole answer is there. The database is kept for the next run.
"""

import argparse
import datetime
import shutil
import statistics
import time

from . import bench_database, bench_report, postgres
from .bench_report import Row
from .bench_ui_screens import screens
from .common import PROJECT, Missing, say, step
from .demo import Client
from .server import Odoo

COUNT, QUICK = 1_000_000, 10_000
CALLS = 7
LIMIT = 1
"""Seconds for every call."""

BYTES = 9_000
"""On the disk for each transaction with all that belongs to it, while it is being made."""

MODULES = ("account_bank_feed_dashboard",)


def bench(series, words):
    """Measure, print the table, and return the exit code."""
    chosen = _arguments(words)
    with postgres.cluster() as cluster:
        odoo = Odoo(series, cluster)
        say(odoo.description)
        heading = list(bench_report.heading(odoo, _command(series, words)))
        database = template(odoo, QUICK if chosen.quick else COUNT)
        # As PostgreSQL itself does with a database that has grown for two years.
        cluster.sql("VACUUM ANALYZE", database)
        clock = bench_report.Clock()
        rows, problems = measure(odoo, database, chosen.calls)
        heading.append(contents(cluster, database))
    say("")
    for line in (*heading, "", *bench_report.table(rows)):
        say(line)
    say(f"\n{clock}")
    for problem in problems:
        say(f"FAILED: {problem}")
    return int(bool(problems))


def _arguments(words):
    parser = argparse.ArgumentParser(prog="make bench-ui", description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK:,} transactions only")
    parser.add_argument("--calls", type=int, default=CALLS, help="how often each is asked")
    return parser.parse_args(words)


def _command(series, words):
    arguments = f' ARGS="{" ".join(words)}"' if words else ""
    return f"make bench-ui SERIES={series}{arguments}"


def template(odoo, count):
    """The name of the database with so many transactions; made when needed.

    Its dates end with the day on which it is made, so each month needs another one.
    """
    _room(odoo.cluster, count)
    parts = [PROJECT / "tools" / f"bench_ui_{name}.py" for name in ("books", "copies")]
    return bench_database.template(
        odoo,
        count,
        MODULES,
        purpose="benchui",
        task="fill_ui",
        salt=(f"{datetime.date.today():%Y-%m}", *(part.read_bytes() for part in parts)),
    )


def _room(cluster, count):
    """:raises Missing: when the disk could become full"""
    free = shutil.disk_usage(cluster.folder).free
    if free < count * BYTES:
        raise Missing(
            f"{count:,} transactions need {count * BYTES / 1e9:.0f} GB in {cluster.folder}, where "
            f"{free / 1e9:.0f} GB are free: use --quick."
        )


def contents(cluster, database):
    """What is in the database, in a line."""
    tables = {
        "transactions": "bank_transaction",
        "statement lines": "account_bank_statement_line",
        "journal items": "account_move_line",
        "imports": "bank_import",
    }
    counts = [
        f"{int(cluster.sql(f'SELECT count(*) FROM {table}', database)[0][0]):,} {name}"
        for name, table in tables.items()
    ]
    size = int(cluster.sql(f"SELECT pg_database_size('{database}')")[0][0])
    return f"{', '.join(counts)}; {size / 1e9:.1f} GB"


def measure(odoo, database, calls):
    """Rows of the table, and what could not be asked at all."""
    rows, problems = [], []
    # Without queue_job's runner and without crons, nothing changes meanwhile.
    quiet = {"server_wide_modules": "base,web", "max_cron_threads": 0}
    with odoo.running(database, **quiet) as node, step(f"asking each screen {calls} times"):
        client = Client(node)
        for what, *asked in screens(client, odoo.series):
            try:
                rows.append(_row(what, [_seconds(*asked) for _time in range(calls)]))
            except Missing as error:
                problems.append(f"{what}: {error}")
    return rows, problems


def _seconds(call, take_back=None):
    started = time.perf_counter()
    call()
    seconds = time.perf_counter() - started
    if take_back:
        take_back()
    return seconds


def _row(what, seconds):
    median, worst = statistics.median(seconds), max(seconds)
    note = f"worst of {len(seconds)}: {worst:.2f} s"
    return Row.at_most(what, median, LIMIT, "s", note, digits=2)
