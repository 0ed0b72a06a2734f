"""`make test`: the tests in groups, each in a pytest of its own, counted and never silently empty.

lint     the linters
plain    plain Python where Odoo cannot be imported
odoo     inside Odoo, on a database where all addons were installed from scratch
browser  the same with Chromium: tours through the web client
system   plain pytest that starts, kills and feeds real Odoo processes
"""

import collections
import contextlib
import itertools
import os
import shlex
import shutil
import time
import tomllib
import xml.etree.ElementTree as ElementTree

from . import environment, odoo_source, postgres
from .common import ADDONS, CACHE, PROJECT, SERIES, Missing, install, our_addons, say, step
from .pool import Pool
from .server import Odoo, free_port

PER_SERIES = ("odoo", "browser", "system")
GROUPS = ("lint", "plain", *PER_SERIES)
# pyproject.toml's settings for pytest are those of plain tests.
NOT_PLAIN = ("--override-ini=addopts=", "--override-ini=pythonpath=")
# Into how many portions the files of a group go that can run side by side.
PORTIONS = {"odoo": 4, "browser": 1, "system": 4}
PREPARE = """
from odoo.addons.account_bank_feed.tests.common import prepare
from odoo.tools import config

config["test_enable"] = True  # else Odoo 19 installs all that a German company may want
prepare(env)
"""
NUMBERS = itertools.count()
CHROMIUM = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")


def files_of(group):
    """The test files or folders of a group; their names decide which group they belong to."""
    if group == "plain":
        settings = tomllib.loads((PROJECT / "pyproject.toml").read_text())
        folders = settings["tool"]["pytest"]["ini_options"]["testpaths"]
        files = sorted((PROJECT / "tests").glob("test_*.py"))
        return [PROJECT / folder for folder in folders] + files
    if group == "system":
        return sorted((PROJECT / "tests" / "system").glob("**/test_*.py"))
    plain = ADDONS / "bank_statement_format"
    inside = [path for path in ADDONS.glob("*/tests/**/test_*.py") if plain not in path.parents]
    browser = {
        path
        for path in inside
        if path.parent.name == "browser" or path.name.startswith("test_browser_")
    }
    return sorted(browser if group == "browser" else set(inside) - browser)


def portions(group, arguments=""):
    """The files of a group in portions of like size that can run side by side.

    With arguments for pytest they stay together: a portion of which nothing is chosen would fail.
    """
    files = files_of(group)
    wanted = 1 if arguments else min(PORTIONS.get(group, 1), len(files))
    parts = [[] for _ in range(wanted)]
    for file in sorted(files, key=lambda file: file.stat().st_size, reverse=True):
        min(parts, key=lambda part: sum(each.stat().st_size for each in part)).append(file)
    return [sorted(part) for part in parts]


def test(series, groups, arguments, minutes=0):
    """Run the groups, print how each went, and return the exit code.

    :param int minutes: after which no portion of the series is begun any more; it is said which
        files were left out, and a group that did not run to its end on any series is a failure
    """
    groups = [group for group in GROUPS if group in groups]
    inside_odoo = [group for group in groups if group in PER_SERIES]
    count = sum(len(portions(group, arguments)) for group in groups if group in PER_SERIES)
    count = count * len(series) + len(groups) - len(inside_odoo)
    pool = Pool(max(1, min(os.cpu_count(), count)), time.monotonic() + minutes * 60)
    run = Run(pool, arguments, may_leave_out=bool(minutes))
    say(f"{os.cpu_count()} processors, {pool.at_once} runs at once; 10**7 steps: {pace():.2f} s")
    with contextlib.ExitStack() as stack:
        if inside_odoo:
            if "browser" in groups:
                _ensure_chromium()
            cluster = stack.enter_context(postgres.cluster())
            for rank, one in enumerate(series):
                pool.add((0, rank), run.start, one, cluster, inside_odoo, stack)
        for group in groups:
            if group not in PER_SERIES:
                pool.add((1, GROUPS.index(group)), getattr(run, group), series[0])
        pool.run()
    return run.report(groups, series)


def pace():
    """Seconds that this machine takes, as busy as it is now, for a loop of ten million steps."""
    started = time.perf_counter()
    for _ in range(10**7):
        pass
    return time.perf_counter() - started


class Run:
    """One `make test`: what is run, and how it went."""

    def __init__(self, pool, arguments, may_leave_out):
        self.pool = pool
        self.arguments = arguments
        self.may_leave_out = may_leave_out
        self.counts = collections.defaultdict(lambda: [0, 0, 0])  # passed, failed, skipped

    def count(self, group, series, *numbers):
        row = self.counts[group, series]
        for place, number in enumerate(numbers):
            row[place] += number

    def lint(self, series):
        python = environment.ensure(series) / "bin" / "python"
        commands = [
            [python, "-m", "ruff", "check", "--quiet", "."],
            [python, "-m", "ruff", "format", "--check", "--quiet", "."],
            [python, "-m", "pylint", *(f"addons/{name}" for name in our_addons())],
        ]
        codes = [self.pool.attend(command, "lint", cwd=PROJECT) for command in commands]
        self.count("lint", "", codes.count(0), len(codes) - codes.count(0), 0)

    def plain(self, series):
        """Plain tests need a Python environment only, whichever it is."""
        python = environment.ensure(series) / "bin" / "python"
        self._pytest("plain", "", [python, "-m", "pytest"], files_of("plain"))

    def start(self, series, cluster, groups, stack):
        """Install our addons, and let the groups run on copies of that database."""
        try:
            odoo = Odoo(series, cluster)
            say(f"{series}: {odoo.description}")
            installed = _installed(odoo, stack)
            prepared = _prepared(odoo, installed, stack) if set(groups) - {"system"} else None
        except Missing as error:
            say(f"Error: {error}")
            self.count("setup", series, 0, 1, 0)
            return
        for group in groups:
            call = self._around_odoo if group == "system" else self._inside_odoo
            template = installed if group == "system" else prepared
            for files in portions(group, self.arguments):
                self.pool.add(
                    (2 + PER_SERIES.index(group), SERIES.index(series)),
                    call,
                    *(odoo, template, group, files),
                    left_out=self.may_leave_out and (group, series, files),
                )

    def _inside_odoo(self, odoo, template, group, files):
        """Run tests inside Odoo, on a database of their own."""
        database = f"{odoo.name('test')}_{os.getpid()}_{next(NUMBERS)}"
        try:
            odoo.copy(template, database)
            # Compiling a query takes longer than running it on as few rows as tests have.
            odoo.cluster.sql(f'ALTER DATABASE "{database}" SET jit = off')
            self._pytest(group, odoo.series, inside(odoo, database), files)
        finally:
            odoo.drop(database)

    def _around_odoo(self, odoo, template, group, files):
        """Run tests that start Odoo themselves, on copies of the template."""
        command = [odoo.python, "-m", "pytest", *NOT_PLAIN, "-p", "no:odoo"]
        self._pytest(group, odoo.series, command, files, template)

    def _pytest(self, group, series, command, files, database=""):
        """Run one pytest and count its tests.

        :param str database: has all addons; the tests work on copies of it
        """
        if not files:
            say(f"Group {group} has no tests: an empty group is a failure.")
            return self.count(group, series, 0, 1, 0)
        report = CACHE / "log" / f"{group}-{series}-{os.getpid()}-{next(NUMBERS)}.xml"
        report.parent.mkdir(parents=True, exist_ok=True)
        environ = environment.clean_environ(BANK_FEED_SERIES=series, BANK_FEED_DATABASE=database)
        options = ["-ra", "-q", f"--junitxml={report}", *shlex.split(self.arguments)]
        label = f"{group} {series}"
        code = self.pool.attend([*command, *files, *options], label, cwd=PROJECT, env=environ)
        if not report.exists():
            say(f"Group {group} ended without a report (exit code {code}).")
            return self.count(group, series, 0, 1, 0)
        passed, failed, skipped = counts(report.read_text())
        report.unlink()
        total = passed + failed + skipped
        if group == "browser" and skipped:
            say("A skipped browser test proves nothing: the reason above must be mended.")
            failed += skipped
        if not total or code and not failed:  # 5: nothing collected; others: pytest itself broke
            say(f"{label} ran {total} tests and ended with exit code {code}: that is a failure.")
            failed += 1
        return self.count(group, series, passed, failed, skipped)

    def report(self, groups, series):
        """Print the counts and return the exit code."""
        left_out = collections.defaultdict(set)
        for group, one, files in self.pool.left_out:
            left_out[group].add(one)
            names = ", ".join(str(file.relative_to(PROJECT)) for file in files)
            say(f"NOT RUN, for want of time: {group} {one}: {names}")
        for group in groups:
            if left_out[group] >= set(series):
                say(f"Group {group} did not run to its end on any series: that is a failure.")
                self.count(group, "", 0, 1, 0)
        say("")
        for (group, one), (passed, failed, skipped) in sorted(self.counts.items()):
            note = f", {skipped} skipped" if skipped else ""
            say(f"{group:<8} {one or '-':<5} {passed} passed, {failed} failed{note}")
        failed = sum(row[1] for row in self.counts.values())
        say(f"Odoo series: {', '.join(series)}")
        say(f"{sum(row[0] for row in self.counts.values())} passed, {failed} failed")
        return 1 if failed else 0


def _installed(odoo, stack):
    """A database where all our addons were installed from scratch, dropped with the stack."""
    odoo.drop_abandoned("installed")
    installed = f"{odoo.name('installed')}_{os.getpid()}"
    template = odoo.template()
    stack.callback(odoo.drop, installed)
    with step(f"installing {len(our_addons())} addons in Odoo {odoo.series}"):
        odoo.copy(template, installed)
        odoo.install(installed, our_addons())
        # A planner without statistics takes full tables for empty ones.
        odoo.cluster.sql("ANALYZE", installed)
    return installed


def _prepared(odoo, installed, stack):
    """A copy of it with the companies that the tests inside Odoo share."""
    odoo.drop_abandoned("test")
    prepared = f"{odoo.name('test')}_{os.getpid()}"
    stack.callback(odoo.drop, prepared)
    with step(f"setting up the companies of the tests in Odoo {odoo.series}"):
        odoo.copy(installed, prepared)
        odoo.shell(prepared, PREPARE)
        odoo.cluster.sql("ANALYZE", prepared)
    return prepared


def inside(odoo, database):
    """The start of a pytest command that runs inside Odoo, on a database of this series."""
    conf = odoo.config(
        database,
        db_name=database,
        dbfilter=f"^{database}$",
        http_interface="127.0.0.1",
        http_port=free_port(),
        gevent_port=free_port(),
        max_cron_threads=0,
        log_level="critical",
        screenshots=CACHE / "log" / "screenshots",
    )
    options = f"-W ignore::DeprecationWarning -p tools.with_odoo --odoo-http --odoo-config={conf}"
    return [odoo.python, "-m", "pytest", *NOT_PLAIN, *options.split()]


def counts(report):
    """Passed, failed and skipped tests of a JUnit report, where each subtest has its own entry."""
    tests = {}
    for case in ElementTree.fromstring(report).iter("testcase"):
        marks = tests.setdefault((case.get("classname"), case.get("name")), set())
        marks.update(mark.tag for mark in case)
    failed = sum(bool(marks & {"failure", "error"}) for marks in tests.values())
    skipped = sum(
        "skipped" in marks and not marks & {"failure", "error"} for marks in tests.values()
    )
    return len(tests) - failed - skipped, failed, skipped


def _ensure_chromium():
    if any(shutil.which(name) for name in CHROMIUM):
        return
    if os.geteuid():
        raise Missing("Chromium is missing for the browser tests: run `apt-get install chromium`.")
    install("chromium")


def choose(wish, groups):
    """The series to test: one, or all that this machine has or can get."""
    if wish not in ("", "all"):
        odoo_source.find(wish)
        return [wish]
    if not set(PER_SERIES) & set(groups):
        return [odoo_source.preferred()]
    series = odoo_source.available()
    if series != list(odoo_source.SERIES):
        say(f"Only Odoo {', '.join(series)} can be had on this machine; it is tested alone.")
    return series
