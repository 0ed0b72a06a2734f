"""The part of `make bench` that runs inside Odoo.

    python -m tools.bench_run TASK CONFIGURATION_FILE DATABASE GIVEN ANSWER

Given and answer are JSON files. The tasks: `fill` makes the books, `fill_ui` those of `make
bench-ui`, `drain` is one worker that we look over the shoulder, `oca` sends a file through OCA's
import and reconciliation.
"""

import base64
import contextlib
import json
import re
import sys
import threading
import time
from collections import defaultdict
from pathlib import Path

import odoo
from odoo.modules.registry import Registry

from . import bench_books, bench_ui_books

STAGES = ("read", "admit", "match", "post", "close")
NEXT = """
SELECT uuid, method_name FROM queue_job
 WHERE state = 'pending' AND (eta IS NULL OR eta <= now() AT TIME ZONE 'utc')
 ORDER BY priority, id LIMIT 1
"""
ALL_MONTHS = {"past_months_limit": 0}


def main(task, conf, database, source, target):
    odoo.tools.config.parse_config(["-c", conf, "-d", database, "--no-http"])
    given = json.loads(Path(source).read_text())
    answer = TASKS[task](Registry(database), **given)
    Path(target).write_text(json.dumps(answer))


def fill(registry, items):
    """Make the benchmark's books."""
    with environment(registry) as env:
        bench_books.fill(env, items)


def fill_ui(registry, items):
    """Make the books of the screens' benchmark."""
    bench_ui_books.fill(registry, items, Worker(registry))


@contextlib.contextmanager
def environment(registry, user=odoo.SUPERUSER_ID):
    """A cursor of its own, as each request and each job has; committed at the end."""
    with registry.cursor() as cr:
        yield odoo.api.Environment(cr, user, {})


def peak():
    """The most memory that this process ever had, in megabytes."""
    found = re.search(r"^VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
    return int(found[1]) / 1024


# One worker


def drain(registry, warm, file):
    """Import the first file to warm up, as a worker is that has run for a while; then the other.

    :return: seconds from upload to the end, peak memory, and of each kind of job how many there
        were, their seconds, their processor seconds, and the queries of each
    """
    Worker(registry).run(warm)
    print("  warm", flush=True)
    worker = Worker(registry)
    worker.run(file)
    return {"seconds": worker.seconds, "stages": dict(worker.stages), "peak": peak()}


class Worker:
    """Does jobs as queue_job's controller does, one after the other, and counts what they cost."""

    def __init__(self, registry):
        from odoo.addons.queue_job.controllers.main import RunJobController

        self.registry = registry
        self.controller = RunJobController
        self.stages = defaultdict(lambda: {"jobs": 0, "seconds": 0, "cpu": 0, "queries": []})
        self.seconds = 0

    def run(self, path):
        """Upload the file, and do all jobs that come of it."""
        started = time.perf_counter()
        self.upload(Path(path).name, Path(path).read_bytes())
        self.work()
        self.seconds = time.perf_counter() - started

    def upload(self, name, content):
        """As the administrator does."""
        with environment(self.registry) as env:
            env = env(user=env.ref("base.user_admin").id)
            env["bank.import"]._upload(name, content)

    def work(self, until=None):
        """Do all jobs.

        :param until: the stage before whose first job it stops
        """
        while self._next(until):
            pass

    def _next(self, until):
        """Do the next job; False when there is none."""
        with environment(self.registry) as env:
            env.cr.execute(NEXT)
            found = env.cr.fetchone()
            if not found or until and found[1] == f"_job_{until}":
                return False
            self._measure(env, found[0])
        return True

    def _measure(self, env, uuid):
        thread = threading.current_thread()
        thread.query_count, thread.query_time = 0, 0
        clocks = time.perf_counter(), time.process_time()
        job = self._perform(env, uuid)
        stage = self.stages[job.method_name.removeprefix("_job_")]
        stage["jobs"] += 1
        stage["seconds"] += time.perf_counter() - clocks[0]
        stage["cpu"] += time.process_time() - clocks[1]
        stage["queries"].append(thread.query_count)

    def _perform(self, env, uuid):
        from odoo.addons.queue_job.job import Job

        job = Job.load(env, uuid)
        job.set_enqueued()
        job.store()
        env.flush_all()
        job = self.controller._acquire_job(env, uuid)
        self.controller._try_perform_job(env, job)
        self.controller._enqueue_dependent_jobs(env, job)
        return job


# OCA


def oca(registry, warm, file):
    """Import with OCA's wizard; its reconciliation does its part as the lines are created.

    :return: seconds of the second file, its lines, and how many of them were reconciled
    """
    with environment(registry) as env:
        # As installed, but for a limit in months: the benchmark's dates do not move with time.
        env["account.reconcile.model"].search([]).write(ALL_MONTHS)
        groups = [env.ref(f"account.group_account_{role}").id for role in ("basic", "user")]
        env.ref("base.user_admin").groups_id = [(4, group) for group in groups]
    for path in (warm, file):
        started = time.perf_counter()
        with environment(registry) as env:
            lines = _import_with_oca(env, Path(path))
            reconciled = len(lines.filtered("is_reconciled"))
            found = {"lines": len(lines), "reconciled": reconciled}
        found["seconds"] = time.perf_counter() - started
    return {**found, "peak": peak()}


def _import_with_oca(env, path):
    env = env(user=env.ref("base.user_admin").id)
    known = env["account.bank.statement.line"].search([])
    content = base64.b64encode(path.read_bytes())
    wizard = env["account.statement.import"].create(
        {"statement_file": content, "statement_filename": path.name}
    )
    wizard.import_file_button()
    env.flush_all()
    return known.search([]) - known


TASKS = {"fill": fill, "fill_ui": fill_ui, "drain": drain, "oca": oca}

if __name__ == "__main__":
    main(*sys.argv[1:])
