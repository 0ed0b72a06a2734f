"""Beside OCA's statement import and reconciliation, in one database, one journal, at once.

Both series have these modules on PyPI, so this runs on both, with the releases that are pinned
in `oca-requirements-*.txt`. Their own dependencies are already there or among them.
"""

import base64
import collections
import contextlib
import datetime
import os
import subprocess
from decimal import Decimal
from pathlib import Path

import harness
import pytest

from tools import environment
from tools.common import ADDONS, PROJECT, run
from tools.server import Odoo
from tools.testing import inside

STATEMENTS = ("account_statement_import_camt",)
"""They import statements, and leave matching to others."""

MODULES = ("account_statement_import_camt", "account_statement_import_file_reconcile_oca")
# The administrator gets the groups that OCA's wizard asks for.
MAY_IMPORT = """
INSERT INTO res_groups_users_rel (gid, uid)
SELECT res_id, 2 FROM ir_model_data WHERE module = 'account'
   AND name IN ('group_account_basic', 'group_account_user') ON CONFLICT DO NOTHING
"""
VIEWS = {
    "account.journal": ("list", "form", "kanban", "search"),
    "account.bank.statement.line": ("list", "form", "kanban", "search"),
    "bank.transaction": ("list", "form", "search"),
}


class OdooWithOca(Odoo):
    """Odoo that finds OCA's modules in a folder, and keeps its configuration files there."""

    def __init__(self, odoo, folder):
        super().__init__(odoo.series, odoo.cluster)
        self.folder = folder

    def config(self, name, queue_job=None, **settings):
        ours = environment.addons_path(self.series, self.venv)
        path = f"{ours},{self.folder / 'odoo' / 'addons'}"
        return super().config(f"{self.folder}/{name}", queue_job, addons_path=path, **settings)


@pytest.fixture(scope="module")
def beside(odoo, tmp_path_factory):
    folder = tmp_path_factory.mktemp("oca")
    pins = Path(__file__).with_name(f"oca-requirements-{odoo.series}.txt")
    pip = [odoo.python, "-m", "pip", "install", "--quiet", "--no-deps", "--target", folder]
    run([*pip, "-r", pins], "OCA's modules could not be installed: check that pip reaches PyPI.")
    return OdooWithOca(odoo, folder)


@contextlib.contextmanager
def books_with(beside, database, modules, source):
    """A copy of a database, with these modules of OCA's installed."""
    found = harness.Books(beside, f"{beside.name(database)}_{os.getpid()}")
    try:
        beside.copy(source, found.name)
        beside.install(found.name, modules)
        yield found
    finally:
        beside.drop(found.name)


@pytest.fixture(scope="module")
def books(beside, prepared):
    """A database where people work with the bank feed and with OCA's modules."""
    with books_with(beside, "system_oca", MODULES, prepared.name) as found:
        found.sql(MAY_IMPORT)
        yield found


@pytest.fixture(scope="module")
def bank(prepared):
    return Bank(prepared.invoices)


@pytest.fixture(scope="module")
def person(books, bank):
    """Somebody who has worked with both: through the feed, through OCA, the same once more."""
    with harness.nodes(books, count=1, jobs=1) as (node,):
        person = harness.Person(node)

        def drop(file):
            person.upload([file])
            books.wait_until_finished()

        drop(bank.file("january.xml", "2026-01-01", "2026-01-31"))
        february = bank.file("february.xml", "2026-02-01", "2026-02-28")
        wizard = {"statement_file": february["data"], "statement_filename": february["name"]}
        number = person.call("account.statement.import", "create", [wizard])
        person.call("account.statement.import", "import_file_button", number)
        drop(february)
        drop(bank.file("march.xml", "2026-02-20", "2026-03-31"))
        yield person


class Bank:
    """Three months of an account: one comes through the feed, one through OCA, one through both."""

    def __init__(self, invoices):
        self.january = [
            self.payment("2026-01-10", invoices[0]),
            ("2026-01-12", "-50.00", "Rent"),
            ("2026-01-13", str(invoices[3][1]), "Thanks"),
        ]
        self.february = [
            self.payment("2026-02-03", invoices[1]),
            ("2026-02-10", "10.00", "Equal"),
            ("2026-02-10", "10.00", "Equal"),
            ("2026-02-24", "-7.50", "Fee"),
        ]
        self.march = [self.payment("2026-03-05", invoices[2]), ("2026-03-31", "-7.50", "Fee")]

    def payment(self, date, invoice):
        number, amount, _customer = invoice
        return date, f"{amount:.2f}", f"Invoice {number}"

    def file(self, name, start, end):
        """The camt.053 file for these days."""
        from bank_statement_format import Account, Balance, Statement, Transaction
        from bank_statement_format.testing import camt053

        everything = self.january + self.february + self.march
        opening = harness.OPENING + sum(Decimal(a) for date, a, _text in everything if date < start)
        inside = [
            Transaction(
                booking_date=datetime.date.fromisoformat(date),
                value_date=datetime.date.fromisoformat(date),
                amount=Decimal(amount),
                currency="EUR",
                remittance=text,
            )
            for date, amount, text in everything
            if start <= date <= end
        ]
        first, last = datetime.date.fromisoformat(start), datetime.date.fromisoformat(end)
        closing = opening + sum(one.amount for one in inside)
        content = camt053(
            [
                Statement(
                    account=Account(iban=harness.IBAN),
                    currency="EUR",
                    opening=Balance(opening, first),
                    closing=Balance(closing, last),
                    start_date=first,
                    end_date=last,
                    transactions=tuple(inside),
                )
            ]
        )
        return {"name": name, "data": base64.b64encode(content).decode()}


def test_every_transaction_is_in_the_books_once(books, bank, person):
    assert books.lines() == collections.Counter(
        (date, Decimal(amount), text)
        for month in (bank.january, bank.february, bank.march)
        for date, amount, text in month
    )
    assert books.read(BOOKS) == {
        "bank": float(sum(amount * count for (_d, amount, _t), count in books.lines().items())),
        "untrue": [],
    }


def test_lines_that_oca_made_are_known_to_the_feed(books, bank, person):
    assert books.sql(
        "SELECT import.name, transaction.state, count(*), count(duplicate_of_line_id) "
        "FROM bank_transaction transaction JOIN bank_import import ON import.id = import_id "
        "GROUP BY 1, 2 ORDER BY 1, 2"
    ) == [
        ["february.xml", "duplicate", "4", "4"],
        ["january.xml", "processed", "2", "0"],
        ["january.xml", "reconciled", "1", "0"],
        ["march.xml", "duplicate", "1", "1"],
        ["march.xml", "processed", "1", "0"],
        ["march.xml", "reconciled", "1", "0"],
    ]
    assert books.sql("SELECT DISTINCT state FROM bank_import") == [["done"]]
    assert books.sql(
        "SELECT count(DISTINCT duplicate_of_line_id) FROM bank_transaction "
        "JOIN bank_import import ON import.id = import_id WHERE import.name = 'february.xml'"
    ) == [["4"]], "two equal payments are two lines"


def test_a_match_of_ours_is_undone(books, bank, person):
    payment = Payment(person, bank.january[0][2])
    assert (payment.state, payment.invoice["amount_residual"]) == ("reconciled", 0)
    payment.undo()
    assert payment.state == "processed"
    assert payment.invoice["amount_residual"] == payment.invoice["amount_total"]
    assert payment.invoice["payment_state"] == "not_paid"


def test_what_is_matched_in_ocas_widget_counts_and_is_undone_by_ours(books, person, prepared):
    number, amount, _customer = prepared.invoices[3]
    payment = Payment(person, "Thanks", number)
    assert (payment.state, payment.invoice["amount_residual"]) == ("processed", amount)
    books.odoo.shell(books.name, MATCH_IN_OCAS_WIDGET.replace("@NUMBER@", number))
    assert payment.state == "reconciled"
    assert payment.invoice["amount_residual"] == 0
    payment.undo()
    assert payment.state == "processed"
    assert payment.invoice["amount_residual"] == amount
    assert books.read(BOOKS)["untrue"] == []


@pytest.mark.parametrize("model", VIEWS)
def test_views_still_load(person, model):
    names = [[False, name] for name in VIEWS[model]]
    found = person.call(model, "get_views", names)["views"]
    assert set(found) == set(VIEWS[model])
    if model == "account.journal":
        form = found["form"]["arch"]
        assert 'name="bank_feed_start_date"' in form
        assert 'name="reconcile_mode"' in form


class Payment:
    """A transaction, by its text, and the invoice that it pays."""

    def __init__(self, person, text, number=None):
        self.person = person
        domain = [["remittance", "=", text], ["state", "!=", "duplicate"]]
        self.ids = person.call("bank.transaction", "search", domain)
        self.number = number or text.removeprefix("Invoice ")

    @property
    def state(self):
        (values,) = self.person.call("bank.transaction", "read", self.ids, ["state"])
        return values["state"]

    @property
    def invoice(self):
        names = ["amount_total", "amount_residual", "payment_state"]
        domain = [["name", "=", self.number]]
        (found,) = self.person.call("account.move", "search_read", domain, names)
        return found

    def undo(self):
        """As the dialog does that asks for the reason."""
        wizard = {
            "action": "undo",
            "res_model": "bank.transaction",
            "res_ids": self.ids,
            "reason": "wrong",
        }
        number = self.person.call("bank.feed.reason", "create", [wizard])
        self.person.call("bank.feed.reason", "action_confirm", number)


MATCH_IN_OCAS_WIDGET = """
line = env["account.bank.statement.line"].search([("payment_ref", "=", "Thanks")])
line.add_multiple_lines(
    [("move_id.name", "=", "@NUMBER@"), ("account_type", "=", "asset_receivable")]
)
line.reconcile_bank_line()
env.cr.commit()
"""

BOOKS = """
import json

lines = env["account.bank.statement.line"].search([])
items = lines.line_ids.filtered(lambda i: i.account_id == i.journal_id.default_account_id)
transactions = lines.bank_transaction_id
print(json.dumps({
    "bank": round(sum(items.mapped("balance")), 2),
    "untrue": [
        t.id for t in transactions if t.state != t.statement_line_ids._bank_feed_state()
    ],
}))
"""


# What is written in bulk

SAME_ROWS = "test_payments_of_invoices or test_payments_in_part or test_what_nobody_decided"


def test_with_ocas_statements_the_same_rows_are_written(beside, odoo, prepared):
    """Bulk posting, held against stock Odoo with OCA's hooks: every column of every row."""
    if odoo.series != "18.0":
        pytest.skip("Where OCA's modules are as old as Odoo, that is on 18.0.")
    tests = ADDONS / "account_bank_feed" / "tests" / "test_bulk_equality.py"
    with books_with(beside, "system_rows", STATEMENTS, prepared.name) as books:
        command = [*inside(beside, books.name), "-q", tests, "-k", SAME_ROWS]
        done = subprocess.run(
            [str(word) for word in command],
            cwd=PROJECT,
            env=environment.clean_environ(),
            capture_output=True,
            text=True,
        )
    assert "3 passed" in done.stdout, done.stdout[-5_000:]


def test_with_ocas_reconciliation_odoo_writes(books):
    """It matches lines as they are created, which bulk posting would leave out."""
    found = books.read(
        "from odoo.addons.account_bank_feed.bulk.stock import strangers\n"
        "import json\n"
        "print(json.dumps(strangers(env, {})))"
    )
    assert "account.bank.statement.line.create (account_reconcile_oca)" in found
