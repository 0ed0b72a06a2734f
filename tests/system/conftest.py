"""Real Odoo processes on a real database: `make test GROUP=system`."""

import os
import sys
from types import SimpleNamespace

import pytest

from tools.common import ADDONS
from tools.postgres import Cluster
from tools.server import Odoo

sys.path.insert(0, str(ADDONS))
pytest.register_assert_rewrite("harness")
import harness  # noqa: E402


@pytest.fixture(scope="session")
def odoo():
    return Odoo(os.environ["BANK_FEED_SERIES"], Cluster())


@pytest.fixture(scope="session")
def prepared(odoo):
    """A database with all addons, a bank journal, two people and open invoices.

    A copy of the one where `make test` has installed the addons.
    """
    odoo.drop_abandoned("system")
    name = f"{odoo.name('system')}_{os.getpid()}"
    try:
        odoo.copy(os.environ["BANK_FEED_DATABASE"], name)
        invoices = harness.prepare(odoo, name)
        odoo.cluster.sql("ANALYZE", name)
        yield SimpleNamespace(name=name, invoices=invoices)
    finally:
        odoo.drop(name)


@pytest.fixture(scope="session")
def new_books(odoo, prepared):
    """Call it for a `Books`: a copy of the prepared database."""
    made = []

    def make(batch_size):
        books = harness.Books(odoo, f"{odoo.name(f'system{len(made)}')}_{os.getpid()}")
        made.append(books.name)
        odoo.copy(prepared.name, books.name)
        books.set_parameter("account_bank_feed.batch_size", batch_size)
        return books

    yield make
    for name in made:
        odoo.drop(name)
