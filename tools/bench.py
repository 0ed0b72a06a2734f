"""`make bench`: how fast transactions are imported, matched and posted, and whether all is right.

Every part works on a copy of a database with open items, which is dropped at the end. What is wrong
in the books ends the command with exit code 1; a target of time that is missed is only said.
"""

import argparse
import contextlib
import statistics

from . import bench_checks, bench_database, bench_nodes, bench_oca, bench_report, postgres
from .bench_books import ACCOUNTS
from .bench_report import Row
from .common import say, step
from .server import Odoo

MAIN, WARM = (ACCOUNTS[0], 0), (ACCOUNTS[3], 100)
SIZES = {1_000: 3_000, 5_000: 6_000}
"""Lines of a file, and the open items against which it is matched, where one worker is measured."""

MIDDLE, MANY = 20_000, 100_000
MEGABYTES = 600
SPEEDUPS = {2: 1.6, 4: 2.8}


def bench(series, words):
    """Measure, print the table, and return the exit code."""
    chosen = _arguments(words)
    with postgres.cluster() as cluster:
        odoo = Odoo(series, cluster)
        say(odoo.description)
        heading = list(bench_report.heading(odoo, _command(series, words)))
        measured = Bench(odoo, again=chosen.oca_again)
        clock = bench_report.Clock()
        for part in chosen.parts:
            getattr(measured, part)()
    measured.memory()
    say("")
    for line in (*heading, "", *bench_report.table(measured.rows)):
        say(line)
    say(f"\n{clock}")
    for problem in measured.problems:
        say(f"WRONG: {problem}")
    return int(bool(measured.problems))


PARTS = ("one_worker", "beside_oca", "workers", "many")


def _arguments(words):
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    only = f"of {', '.join(PARTS)}"
    parser.add_argument("--quick", action="store_true", help="5,000 lines, one and two workers")
    parser.add_argument("--only", action="append", choices=PARTS, metavar="PART", help=only)
    parser.add_argument("--oca-again", action="store_true", help="measure OCA's side anew")
    chosen = parser.parse_args(words)
    chosen.parts = ("quick",) if chosen.quick else chosen.only or PARTS
    return chosen


def _command(series, words):
    arguments = f' ARGS="{" ".join(words)}"' if words else ""
    return f"make bench SERIES={series}{arguments}"


class Bench:
    """Measures part by part; keeps the rows of the table, and what was wrong."""

    def __init__(self, odoo, again=False):
        self.odoo = odoo
        self.again = again
        self.cores = bench_report.cores()
        self.rows = []
        self.problems = []
        self.drained = {}
        self.ran = {}
        self.peaks = []

    # One worker

    def one_worker(self):
        """Milliseconds for a transaction, by stage; the queries of a batch."""
        for lines in SIZES:
            self._one_worker(lines)

    def _one_worker(self, lines):
        found = self._drain(lines)
        each = found["seconds"] / lines * 1000
        self.rows.append(
            Row.at_most(
                f"one worker, {_sizes(lines)}: from parse to reconciled, per transaction",
                *(each, 5, "ms"),
                note=_by_stage(found["stages"], lines),
                digits=2,
            )
        )
        if lines > 1_000:
            self.rows.append(_queries(found["stages"]["post"]["queries"]))

    def _drain(self, lines):
        """One worker in a process of ours, once for each size."""
        if lines not in self.drained:
            source = bench_database.template(self.odoo, SIZES[lines])
            with contextlib.ExitStack() as stack:
                stack.enter_context(step(f"one worker, {lines:,} lines"))
                facts = stack.enter_context(
                    bench_database.statement_files(self.odoo, source, WARM, (ACCOUNTS[0], lines))
                )
                copy = stack.enter_context(bench_database.copied(self.odoo, source))
                warm, file = (one["paths"][0] for one in facts)
                found = bench_database.inside(
                    self.odoo, copy, "drain", {"warm": warm, "file": file}
                )
                self._note(f"one worker, {lines:,} lines", self._check(copy, facts))
            self.peaks.append(found["peak"])
            self.drained[lines] = found
        return self.drained[lines]

    def _check(self, database, facts):
        return bench_checks.problems(self.odoo.cluster, database, facts)

    def _note(self, where, problems):
        self.problems += [f"{where}: {problem}" for problem in problems]

    # Beside OCA

    def beside_oca(self):
        """The same files against the same books, on one processor each."""
        for lines, items in SIZES.items():
            what = f"times OCA's rate, {_sizes(lines)}"
            if self.odoo.series != bench_oca.SERIES:
                self.rows.append(Row.unknown(what, "≥ 35 times", f"on {bench_oca.SERIES} only"))
                continue
            machine = (self.cores, bench_report.processor())
            files = (WARM, (ACCOUNTS[0], lines))
            theirs = bench_oca.measure(self.odoo.cluster, items, files, machine, self.again)
            self.rows.append(self._beside(what, lines, self._drain(lines)["seconds"], theirs))

    def _beside(self, what, lines, seconds, theirs):
        rate = theirs["lines"] / theirs["seconds"]
        most, end = "", f"reconciled {theirs['reconciled'] / theirs['lines']:.0%} of them"
        if theirs.get("given_up"):
            most, end = "at most ", f"was ended after {theirs['seconds'] / 60:.0f} minutes"
        note = (
            f"{lines / seconds:,.0f} and {most}{rate:,.1f} lines a second; OCA, measured "
            f"{theirs['date']}, {end}"
        )
        return Row.at_least(what, lines / seconds / rate, 35, note=note, digits=0)

    # Several workers

    def workers(self):
        """So many lines in four files, with one worker, two and four; one journal, and four."""
        self._within_ninety_seconds()
        for journals in (1, 4):
            accounts = _accounts(MANY, journals, files=4)
            found = {n: self._many(accounts, n) for n in (1, *SPEEDUPS) if n <= self.cores}
            for workers, target in SPEEDUPS.items():
                row = self._speedup(found[1], found.get(workers), workers, target, journals)
                self.rows.append(row)

    def _within_ninety_seconds(self):
        what = f"{MIDDLE:,} lines, 2 workers"
        if self.cores < 2:
            self.rows.append(Row.unknown(what, "≤ 90 s", "this machine has 1 core"))
            return
        found = self._many(_accounts(MIDDLE, 1), 2)
        note = f"of the processors {found.cpu:.0f} s"
        self.rows.append(Row.at_most(what, found.seconds, 90, "s", note, digits=0))

    def _speedup(self, one, several, workers, target, journals):
        """From the upload to the end, since posting goes on while others read or match."""
        what = f"{one.lines:,} lines in four files, {workers} workers against 1"
        what += f", {_journals(journals)}"
        if not several:
            return Row.unknown(what, f"≥ {target} times", f"this machine has {self.cores} cores")
        note = (
            f"{one.seconds:.1f} s and {several.seconds:.1f} s, of which from the first batch to "
            f"the last {one.posting:.1f} s and {several.posting:.1f} s; {several.in_vain} tries "
            "in vain"
        )
        return Row.at_least(what, one.seconds / several.seconds, target, note=note)

    # Very many lines

    def many(self):
        """A hundred thousand lines with all that the machine has; against a thousand."""
        whole = self._many(_accounts(MANY, 1), self.cores)
        parts = self._many(_accounts(MANY, 4, files=4), self.cores)
        self._within_minutes(whole, "one file")
        self._within_minutes(parts, "4 journals")
        source = bench_database.template(self.odoo, SIZES[1_000])
        small = self._nodes(source, _accounts(1_000, 1), 1, WARM)
        self._steady(small, whole)

    def _within_minutes(self, found, how):
        what = f"{found.lines:,} lines, {found.workers} workers, {how}"
        note = f"posting {found.posting / 60:.1f}; of the processors {found.cpu / 60:.1f} minutes"
        limit = 4 if self.cores >= 4 else 8
        self.rows.append(Row.at_most(what, found.seconds / 60, limit, "minutes", note))

    def _steady(self, small, large):
        note = f"{large.each:.2f} and {small.each:.2f} ms of the processors, PostgreSQL's included"
        what = f"per transaction at {large.lines:,} lines against {small.lines:,}"
        ratio = large.each / small.each
        self.rows.append(Row.at_most(what, ratio, 1.2, "times", note, digits=2))

    def _many(self, accounts, workers):
        """Against as many open items as the biggest file has lines; each run once."""
        if (accounts, workers) not in self.ran:
            source = bench_database.template(self.odoo, MANY)
            self.ran[accounts, workers] = self._nodes(source, accounts, workers)
        return self.ran[accounts, workers]

    # The short form

    def quick(self):
        """One worker, and two, on 5,000 lines."""
        self._one_worker(5_000)
        source = bench_database.template(self.odoo, SIZES[5_000])
        found = self._nodes(source, _accounts(5_000, 2), 2)
        note = f"posting {found.posting:.0f} s; of the processors {found.cpu:.1f} s"
        what = "5,000 lines, 2 workers, 2 journals"
        self.rows.append(Row(what, "", f"{found.seconds:.1f} s", "", note))

    # Together

    def memory(self):
        """The most that any worker had in any of these runs."""
        what = "peak memory of a worker"
        self.rows.append(Row.at_most(what, max(self.peaks), MEGABYTES, "MB", digits=0))

    def _nodes(self, source, accounts, workers, warm=None):
        found = bench_nodes.run(self.odoo, source, accounts, workers, warm)
        where = f"{found.lines:,} lines, {workers} workers, {_journals(len(accounts))}"
        self._note(where, found.problems)
        self.peaks.append(found.peak)
        return found


def _accounts(lines, journals, files=None):
    """So many lines in all, in so many files, else in one for each journal."""
    each = (files or journals) // journals
    return tuple((account, lines // journals, each) for account in ACCOUNTS[:journals])


def _sizes(lines):
    return f"{lines:,} lines against {SIZES[lines]:,} open items"


def _queries(counts):
    """:param counts: of each batch of a file"""
    note = f"the first one, with its specimens, {max(counts)}"
    middle = statistics.median(counts)
    what = "queries of a batch of 1,000"
    return Row.at_most(what, middle, 150, "queries", note=note, digits=0)


def _journals(count):
    return "one journal" if count == 1 else f"{count} journals"


def _by_stage(stages, lines):
    """Milliseconds for a transaction of each kind of job, and of the processor for all."""
    parts = [f"{name} {one['seconds'] / lines * 1000:.2f}" for name, one in stages.items()]
    cpu = sum(one["cpu"] for one in stages.values()) / lines * 1000
    return f"{', '.join(parts)}; of its processor {cpu:.2f}"
