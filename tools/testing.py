"""`make test`: the tests in groups, each in a pytest of its own, counted and never silently empty.

lint     the linters
plain    plain Python where Odoo cannot be imported
odoo     inside Odoo, on a database where all addons were installed from scratch
browser  the same with Chromium: tours through the web client
system   plain pytest that starts, kills and feeds real Odoo processes
"""

import contextlib
import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
import xml.etree.ElementTree as ElementTree

from . import environment, odoo_source, postgres
from .common import ADDONS, CACHE, PROJECT, Missing, attend, install, our_addons, say, step
from .server import Odoo, free_port

PER_SERIES = ("odoo", "browser", "system")
GROUPS = ("lint", "plain", *PER_SERIES)
# pyproject.toml's settings for pytest are those of plain tests.
NOT_PLAIN = ("--override-ini=addopts=", "--override-ini=pythonpath=")
CHROMIUM = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")


def files_of(group):
    """The test files or folders of a group; their names decide which group they belong to."""
    if group == "plain":
        folders = [PROJECT / "tests" / "plain", ADDONS / "bank_statement_format" / "tests"]
        folders += [ADDONS / "account_bank_feed_rule" / "matching" / "tests"]
        files = sorted((PROJECT / "tests").glob("test_*.py"))
        return [folder for folder in folders if folder.is_dir()] + files
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


def test(series, groups, arguments):
    """Run the groups, print how each went, and return the exit code."""
    results = []
    with contextlib.ExitStack() as stack:
        odoo_too = set(PER_SERIES) & set(groups)
        if odoo_too:
            if "browser" in groups:
                _ensure_chromium()
            cluster = stack.enter_context(postgres.cluster())
        if odoo_too and len(series) > 1:
            results = _side_by_side(series, groups, arguments)
        else:
            parts = [("", _without_odoo(series[0], groups, arguments))]
            if odoo_too:
                parts.append((series[0], _with_odoo(series[0], cluster, groups, arguments)))
            for one, part in parts:
                try:
                    results += [(group, one, *counts) for group, counts in part]
                except Missing as error:
                    say(f"Error: {error}")
                    results.append(("setup", one, 0, 1, 0))
    say("")
    for group, one, passed, failed, skipped in results:
        note = f", {skipped} skipped" if skipped else ""
        say(f"{group:<8} {one or '-':<5} {passed} passed, {failed} failed{note}")
    failed = sum(row[3] for row in results)
    say(f"Odoo series: {', '.join(series)}")
    say(f"{sum(row[2] for row in results)} passed, {failed} failed")
    return 1 if failed else 0


def _without_odoo(series, groups, arguments):
    """The groups that need a Python environment only, whichever it is."""
    python = environment.ensure(series) / "bin" / "python"
    if "lint" in groups:
        commands = [
            [python, "-m", "ruff", "check", "--quiet", "."],
            [python, "-m", "ruff", "format", "--check", "--quiet", "."],
            [python, "-m", "pylint", *(f"addons/{name}" for name in our_addons())],
        ]
        say("\n== lint ==")
        codes = [attend(command, cwd=PROJECT) for command in commands]
        yield "lint", (codes.count(0), len(codes) - codes.count(0), 0)
    if "plain" in groups:
        command = [python, "-m", "pytest", *files_of("plain")]
        yield "plain", _pytest("plain", "", command, arguments)


def _side_by_side(series, groups, arguments):
    """Every series in a run of its own, and so the groups without Odoo, all at once.

    A series keeps one processor busy at most, so that two or three runs fill two of them. Their
    lines are mixed, so each bears its run; their counts are read from their last lines.
    """
    wanted = {one: (one, PER_SERIES) for one in series}
    if {"lint", "plain"} & set(groups):
        wanted = {"plain": (series[0], ("lint", "plain")), **wanted}
    runs = {}
    results = {name: [] for name in wanted}
    relays = []

    def relay(name):
        for line in runs[name].stdout:
            say(f"{name:<5} {line.rstrip()}")
            row = re.match(
                r"(\w+) +(-|[\d.]+) +(\d+) passed, (\d+) failed(?:, (\d+) skip.*)?$", line
            )
            if row:
                group, one, *numbers = row.groups()
                results[name].append((group, one, *(int(number or 0) for number in numbers)))

    try:
        for name, (one, theirs) in wanted.items():
            chosen = ",".join(group for group in theirs if group in groups)
            options = [f"--series={one}", f"--group={chosen}", f"--args={arguments}"]
            runs[name] = subprocess.Popen(
                [sys.executable, "-m", "tools", "test", *options],
                cwd=PROJECT,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                start_new_session=True,  # Ctrl-C ends this program, and this program ends them
            )
            relays.append(threading.Thread(target=relay, args=[name]))
            relays[-1].start()
        for relayed in relays:
            relayed.join()
    finally:
        for run in runs.values():
            run.terminate()  # does nothing to those that have ended
        codes = {name: run.wait() for name, run in runs.items()}
    for name, code in codes.items():
        if code and not any(row[3] for row in results[name]):
            results[name].append(("setup", name, 0, 1, 0))
    return [row for name in wanted for row in results[name]]


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


def _with_odoo(series, cluster, groups, arguments):
    """The groups that need a series of Odoo, on copies of a database that has all addons."""
    odoo = Odoo(series, cluster)
    say(f"\n{odoo.description}")
    odoo.drop_abandoned("installed")
    installed = f"{odoo.name('installed')}_{os.getpid()}"
    try:
        template = odoo.template()
        with step(f"installing {len(our_addons())} addons"):
            odoo.copy(template, installed)
            odoo.install(installed, our_addons())
            # A planner without statistics takes full tables for empty ones.
            cluster.sql("ANALYZE", installed)
        if {"odoo", "browser"} & set(groups):
            yield from _inside_odoo(odoo, installed, groups, arguments)
        if "system" in groups:
            command = [odoo.python, "-m", "pytest", *NOT_PLAIN, "-p", "no:odoo"]
            command += files_of("system")
            yield "system", _pytest("system", series, command, arguments, installed)
    finally:
        odoo.drop(installed)


def _inside_odoo(odoo, installed, groups, arguments):
    """The groups that run inside Odoo, one after the other on the same database.

    They leave prepared companies there (tools/with_odoo.py), so that it is one of their own.
    """
    odoo.drop_abandoned("test")
    database = f"{odoo.name('test')}_{os.getpid()}"
    try:
        odoo.copy(installed, database)
        # Compiling a query takes longer than running it on as few rows as tests have.
        odoo.cluster.sql(f'ALTER DATABASE "{database}" SET jit = off')
        for group in ("odoo", "browser"):
            if group in groups:
                command = [*inside(odoo, database), *files_of(group)]
                yield group, _pytest(group, odoo.series, command, arguments)
    finally:
        odoo.drop(database)


def _pytest(group, series, command, arguments, database=""):
    """Run one pytest and return how many passed, failed and were skipped.

    :param str database: has all addons; the tests work on copies of it
    """
    say(f"\n== {group} {series} ==")
    if not files_of(group):
        say(f"Group {group} has no tests: an empty group is a failure.")
        return 0, 1, 0
    report = CACHE / "log" / f"{group}-{series}-{os.getpid()}.xml"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.unlink(missing_ok=True)
    environ = environment.clean_environ(BANK_FEED_SERIES=series, BANK_FEED_DATABASE=database)
    command = [*command, "-ra", "-q", f"--junitxml={report}", *shlex.split(arguments)]
    code = attend(command, cwd=PROJECT, env=environ)
    if not report.exists():
        say(f"Group {group} ended without a report (exit code {code}).")
        return 0, 1, 0
    passed, failed, skipped = counts(report.read_text())
    report.unlink()
    total = passed + failed + skipped
    if group == "browser" and skipped:
        say("A skipped browser test proves nothing: the reason above must be mended.")
        failed += skipped
    if not total or code and not failed:  # 5: nothing collected; others: pytest itself broke
        say(f"Group {group} ran {total} tests and ended with exit code {code}: that is a failure.")
        failed += 1
    return passed, failed, skipped


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
