"""OCA's side of `make bench`: its own import and reconciliation of the same files, on Odoo 18.0.

The packages are those beside which our system tests run. Reconciliation is as installed. A figure
of an earlier run is taken when machine, packages, books and files are the same.
"""

import contextlib
import datetime
import hashlib
import json
import shutil

from . import bench_database, environment
from .common import CACHE, PROJECT, locked, run, step
from .server import STOCK, Odoo

SERIES = "18.0"
PINS = PROJECT / "tests" / "system" / f"oca-requirements-{SERIES}.txt"
FOLDER = CACHE / f"oca-import-{SERIES}"
MODULES = (
    *STOCK,
    "account_statement_import_camt",
    "account_statement_import_file_reconcile_oca",
)
FIGURES = CACHE / "bench" / "oca.json"
LIMIT = 1_200
"""Seconds after which an import is given up; its rate is then at most what fits into them."""


class OdooWithOca(Odoo):
    """Odoo with OCA's addons in the place of ours."""

    def config(self, name, queue_job=None, **settings):
        path = environment.addons_path(self.series, self.venv).split(",")
        theirs = [folder for folder in path if not folder.startswith(str(PROJECT))]
        settings["addons_path"] = ",".join([str(FOLDER / "odoo" / "addons"), *theirs])
        return super().config(f"oca-{name}", queue_job, **settings)

    def command(self, *arguments):
        """The base class shares one configuration with all that have our addons."""
        conf = self.config(f"bench-{self.series}")
        return [self.python, self.venv / "bin" / "odoo", "-c", conf, *map(str, arguments)]


def measure(cluster, items, files, machine, again=False):
    """Import a file against so many open items.

    :param files: as for `bench_database.statement_files`, the one to warm up with first
    :param machine: what the figure is valid for
    :return: `lines`, `reconciled`, `seconds`, `date`; with `given_up` when it took too long
    """
    odoo = OdooWithOca(SERIES, cluster)
    _packages(odoo)
    database = bench_database.template(odoo, items, MODULES, purpose="benchoca")
    key = hashlib.sha256(repr((machine, database, files, PINS.read_text())).encode()).hexdigest()
    known = _figures()
    if again or key not in known:
        with step(f"OCA imports and reconciles {files[-1][1]:,} lines"):
            found = _import(odoo, database, files)
        known = {**_figures(), key: {**found, "date": f"{datetime.date.today()}"}}
        FIGURES.parent.mkdir(parents=True, exist_ok=True)
        FIGURES.write_text(json.dumps(known, indent=1))
    return known[key]


def _import(odoo, database, files):
    with contextlib.ExitStack() as stack:
        facts = stack.enter_context(bench_database.statement_files(odoo, database, *files))
        copy = stack.enter_context(bench_database.copied(odoo, database))
        warm, file = (one["paths"][0] for one in facts)
        found = bench_database.inside(odoo, copy, "oca", {"warm": warm, "file": file}, LIMIT)
    given_up = {"lines": files[-1][1], "reconciled": 0, "seconds": LIMIT, "given_up": True}
    return found or given_up


def _figures():
    with contextlib.suppress(OSError, ValueError):
        return json.loads(FIGURES.read_text())
    return {}


def _packages(odoo):
    """Fetch the packages, anew when the pins change."""
    stamp, wanted = FOLDER / "key", PINS.read_text()
    with locked(CACHE / f"{FOLDER.name}.lock"):
        if stamp.exists() and stamp.read_text() == wanted:
            return
        shutil.rmtree(FOLDER, ignore_errors=True)
        with step("getting OCA's import and reconciliation"):
            options = ["--quiet", "--no-input", "--no-deps", "--target", FOLDER]
            run(
                [odoo.python, "-m", "pip", "install", *options, "-r", PINS],
                "OCA's modules could not be got: check that pip reaches its package index.",
            )
        stamp.write_text(wanted)
