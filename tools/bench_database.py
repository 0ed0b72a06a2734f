"""The databases of `make bench`: templates with open items, copies for each run, code inside them.

A template is made when it is missing, and brought up to date when the addons have changed since.
"""

import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from . import environment
from .common import ADDONS, CACHE, PROJECT, Missing, locked, our_addons, say, step

PURPOSE = "bench"
RUN = "benchrun"
MODULES = ("account_bank_feed_dashboard",)
OPEN_ITEMS = """
SELECT move.name, round(move.amount_total, 2), partner.name, coalesce(bank.acc_number, '')
  FROM account_move move
  JOIN res_partner partner ON partner.id = move.partner_id
  LEFT JOIN res_partner_bank bank ON bank.partner_id = partner.id
 WHERE move.move_type = 'out_invoice' AND move.payment_state = 'not_paid'
 ORDER BY move.id::bigint * 7919 % 1000003, move.id
"""
"""In an order that has nothing to do with that of their numbers."""


def template(odoo, items, modules=MODULES, purpose=PURPOSE, task="fill", salt=()):
    """The name of a database with so many open items; made or brought up to date when needed.

    :param modules: what is installed, beside Odoo's own
    :param task: of bench_run.py, which makes the items, whatever they are; None for no items
    :param salt: what else it depends on; another one is another database
    """
    kind = odoo.name(f"{purpose}{items}")
    name, state = f"{kind}_{_key(odoo, modules, salt)}", _content(modules)
    with locked(CACHE / f"{kind}.lock"):
        for old in odoo.cluster.databases():
            if re.fullmatch(rf"{kind}_[0-9a-f]{{8}}", old) and old != name:
                odoo.drop(old)
        found = _comment(odoo, name)
        if found is None:
            _build(odoo, name, items, modules, task)
        elif found != state:
            with step(f"updating the database with {items:,} items: the addons have changed"):
                odoo.install(name, modules, update=set(our_addons()) & set(modules))
        if found != state:
            odoo.cluster.sql(f"COMMENT ON DATABASE {name} IS '{state}'")
    return name


def _build(odoo, name, items, modules, task):
    stock = odoo.template()
    with step(f"making a database with {items:,} items (once)"):
        odoo.copy(stock, name)
        odoo.install(name, modules)
        if task:
            inside(odoo, name, task, {"items": items})


def _key(odoo, modules, salt):
    """Changes with how the books are made, and with the versions of what is installed."""
    digest = hashlib.sha256(repr((modules, odoo.template(), *salt)).encode())
    for name in ("bench_books.py", "bench_copies.py"):
        digest.update((PROJECT / "tools" / name).read_bytes())
    for path in sorted(ADDONS.glob("*/__manifest__.py")):
        digest.update(re.search(r'"version": .*', path.read_text())[0].encode())
    return digest.hexdigest()[:8]


def _content(modules):
    """Changes with every file of our addons, where the database has them."""
    digest = hashlib.sha256(repr(modules).encode())
    if set(our_addons()) & set(modules):
        for path in sorted(ADDONS.rglob("*")):
            if path.suffix in (".py", ".xml", ".csv", ".json") and "tests" not in path.parts:
                digest.update(path.read_bytes())
    return digest.hexdigest()


def _comment(odoo, name):
    """What was noted on a finished database; None where there is none, or half of one."""
    rows = odoo.cluster.sql(
        f"SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '{name}'"
    )
    return rows[0][0] or None if rows else None


@contextlib.contextmanager
def copied(odoo, source):
    """A copy for one run, dropped at the end."""
    odoo.drop_abandoned(RUN)
    name = f"{odoo.name(RUN)}_{os.getpid()}"
    try:
        odoo.copy(source, name)
        yield name
    finally:
        odoo.drop(name)


def inside(odoo, database, task, given, limit=None):
    """Run a task of bench_run.py in a process with Odoo; return its answer.

    :param limit: seconds after which it is ended, and None returned
    """
    with tempfile.TemporaryDirectory() as folder, open(Path(folder) / "log", "w+") as log:
        source, target = Path(folder) / "given.json", Path(folder) / "answer.json"
        source.write_text(json.dumps(given))
        conf = odoo.config(f"{database}-{os.getpid()}", max_cron_threads=0)
        words = ["-m", "tools.bench_run", task, conf, database, source, target]
        try:
            done = subprocess.run(
                [str(word) for word in (odoo.python, *words)],
                env=environment.clean_environ(),
                cwd=PROJECT,
                stdin=subprocess.DEVNULL,
                stderr=log,
                timeout=limit,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return None
        finally:
            conf.unlink(missing_ok=True)
        log.seek(0)
        text = log.read()
        say_warnings(text)
        if done.returncode:
            say(text[-6000:])
            raise Missing(f"The task {task} failed in {database}: the log above says why.")
        return json.loads(target.read_text())


@contextlib.contextmanager
def statement_files(odoo, database, *accounts, references=False):
    """Write files for these open items; yield a fact sheet for each account, with their paths.

    :param accounts: of each its number, how many lines it has, and in how many files if not in one
    :param references: whether lines have the bank's references
    """
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    try:
        items = odoo.cluster.sql(OPEN_ITEMS, database)
        specification = folder / "specification.json"
        specification.write_text(
            json.dumps({"items": items, "accounts": accounts, "references": references})
        )
        done = subprocess.run(
            [odoo.python, "-m", "tools.bench_files", specification, folder],
            env=environment.clean_environ(PYTHONPATH=f"{ADDONS}:{PROJECT}"),
            cwd=PROJECT,
            check=False,
        )
        if done.returncode:
            raise Missing("The statement files could not be written: the message above says why.")
        yield json.loads((folder / "facts.json").read_text())
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def say_warnings(text):
    """What our addons warn of, such as that something is not done in bulk, each thing once."""
    found = re.findall(r" WARNING \S+ (odoo\.addons\.account_bank_feed.*)", text)
    for line in dict.fromkeys(found):
        say(f"  warning: {line}")
