"""`make bench` through real Odoo nodes: upload as a person does, watch, read the meters.

Processor seconds are those of the node's processes and of PostgreSQL's connections with the
database: what others do on the machine meanwhile is not in them, though it slows them down.
"""

import base64
import contextlib
import os
import time
from dataclasses import dataclass, field
from pathlib import Path

from . import bench_checks, bench_database
from .common import Missing, say
from .demo import Client
from .server import process_stat

PATIENCE = 1_800
"""Seconds in which something must move; matching is one job, and moves nothing until its end."""

PEOPLE = 2
"""Workers of a node that are left for people: uploads and screens must not wait for jobs."""

START = 60
RUNNER_IS_READY = "database connections ready"
"""What queue_job logs, and within how many seconds after the node answers."""

LOOK, TELL = 0.5, 10
"""Seconds between two looks, and between two messages."""

PROGRESS = """
SELECT (SELECT count(*) FROM account_bank_statement_line),
       (SELECT count(*) FROM queue_job WHERE state = 'done'),
       (SELECT count(*) FROM queue_job WHERE state NOT IN ('done', 'failed', 'cancelled')),
       (SELECT count(*) FROM bank_import WHERE state IN ('received', 'processing')),
       (SELECT count(*) FROM queue_job WHERE state = 'failed')
"""
STAGES = """
SELECT replace(method_name, '_job_', ''), sum(exec_time), count(*), sum(retry),
       extract(epoch FROM max(date_done) - min(date_started))
  FROM queue_job WHERE state = 'done' AND id > {after} GROUP BY 1 ORDER BY min(id)
"""


@dataclass(slots=True)
class Run:
    """What a run through nodes has shown."""

    lines: int
    workers: int
    journals: int
    seconds: float = 0
    """From the upload until every statement is closed."""
    stages: dict = field(default_factory=dict)
    """By kind of job: seconds of all together, how many, tries, seconds from first to last."""
    cpu: float = 0
    """Processor seconds, PostgreSQL's included."""
    peak: float = 0
    """The most memory that any process of the node had, in megabytes."""
    problems: list = field(default_factory=list)

    @property
    def posting(self):
        """Seconds from the first batch's beginning to the last one's end."""
        return self.stages["post"][3] if "post" in self.stages else 0

    @property
    def in_vain(self):
        """How often jobs were begun again because two wanted the same row.

        Those that only came back since it was another one's turn are not counted by the queue.
        """
        return int(sum(tries - jobs for _all, jobs, tries, _span in self.stages.values()))

    @property
    def each(self):
        """Processor milliseconds for a transaction."""
        return self.cpu / self.lines * 1000


def run(odoo, template, accounts, workers, warm=None):
    """Send files through a node with so many workers for jobs; check what came of them.

    :param accounts: as for `bench_database.statement_files`
    :param warm: one that comes before, for a worker that has run for a while
    """
    count = sum(lines for _iban, lines, *_files in accounts)
    with contextlib.ExitStack() as stack:
        before = [warm] if warm else []
        facts = stack.enter_context(
            bench_database.statement_files(odoo, template, *before, *accounts, references=True)
        )
        files = sum(len(one["paths"]) for one in facts[len(before) :])
        say(f"- {count:,} lines in {files} files, {workers} workers ...")
        database = stack.enter_context(bench_database.copied(odoo, template))
        settings = {"workers": workers + PEOPLE, "channels": f"root:{workers}"}
        with odoo.running(database, **settings) as node:
            _wait_for_job_runner(node)
            if warm:
                _send(odoo, node, facts[:1])
            found = _measured(odoo, node, facts[len(before) :], Run(count, workers, len(accounts)))
        bench_database.say_warnings(node.log.read_text(errors="replace"))
        found.problems += bench_checks.problems(odoo.cluster, database, facts)
    say(
        f"  {found.seconds:.1f} s (posting {found.posting:.1f} s), of the processors "
        f"{found.cpu:.1f} s, {found.peak:.0f} MB at most, {found.in_vain} tries in vain"
    )
    for problem in found.problems:
        say(f"  WRONG: {problem}")
    return found


def _wait_for_job_runner(node):
    """It sleeps for some seconds before it looks for jobs: a node's start, and no import's."""
    deadline = time.monotonic() + START
    while RUNNER_IS_READY not in node.log.read_text(errors="replace"):
        if time.monotonic() > deadline:
            raise Missing(f"No job runner has started: see {node.log} for the cause.")
        time.sleep(0.1)


def _measured(odoo, node, facts, found):
    meter = Meter(odoo.cluster, node)
    after = odoo.cluster.sql("SELECT coalesce(max(id), 0) FROM queue_job", node.database)[0][0]
    found.seconds = _send(odoo, node, facts, meter)
    found.cpu, found.peak = meter.read(), meter.peak
    rows = odoo.cluster.sql(STAGES.format(after=after), node.database)
    found.stages = {name: [float(value or 0) for value in values] for name, *values in rows}
    return found


def _send(odoo, node, facts, meter=None):
    """Upload the files and wait until all is done; return the seconds."""
    files = [
        {"name": path.name, "data": base64.b64encode(path.read_bytes())}
        for one in facts
        for path in map(Path, one["paths"])
    ]
    client = Client(node)
    started = time.monotonic()
    client.upload(files)
    _watch(odoo, node, sum(one["lines"] for one in facts), meter)
    return time.monotonic() - started


def _watch(odoo, node, count, meter):
    """Return once no import and no job is left, or jobs have failed and nobody goes on."""
    started = moved = told = time.monotonic()
    last = first = None
    while True:
        found = [int(value) for value in odoo.cluster.sql(PROGRESS, node.database)[0]]
        now = time.monotonic()
        first = first or found
        if meter:
            meter.look()
        if found != last:
            moved, last = now, found
        if not found[2] and (not found[3] or found[4]):
            return
        if now - moved > PATIENCE:
            raise Missing(f"Nothing moved for {PATIENCE} s: see {node.log} for the cause.")
        if meter and now - told > TELL:
            told = now
            say(
                f"  {now - started:4.0f} s: {found[0] - first[0]:,} of {count:,} lines in the books"
            )
        time.sleep(LOOK)


class Meter:
    """Processor time and memory of a node, and of PostgreSQL on its behalf."""

    TICK = os.sysconf("SC_CLK_TCK")

    def __init__(self, cluster, node):
        self.cluster = cluster
        self.node = node
        self.peak = 0
        self.start = self._clocks()

    def look(self):
        """Memory must be read while a process lives."""
        for pid in self._processes():
            self.peak = max(self.peak, _peak(pid))

    def read(self):
        """Processor seconds since the beginning."""
        self.look()
        now = self._clocks()
        return sum(ticks - self.start.get(pid, 0) for pid, ticks in now.items()) / self.TICK

    def _clocks(self):
        """Process -> processor time in ticks."""
        rows = self.cluster.sql(
            f"SELECT pid FROM pg_stat_activity WHERE datname = '{self.node.database}' "
            "AND pid <> pg_backend_pid()"
        )
        pids = [*self._processes(), *(int(pid) for (pid,) in rows)]
        return {pid: sum(map(int, stat[11:13])) for pid in pids if (stat := process_stat(pid))}

    def _processes(self):
        """The node's master and all its workers: they are one process group."""
        pids = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
        group = str(self.node.process.pid)
        return [pid for pid in pids if (stat := process_stat(pid)) and stat[2] == group]


def _peak(pid):
    """The most memory that a process ever had, in megabytes."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0
