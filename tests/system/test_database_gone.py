"""The database goes away in the middle of an import: nothing lost, nothing doubled."""

import contextlib
import os
import shutil
import time

import harness
import pytest

from tools.common import Missing
from tools.postgres import Cluster
from tools.server import Odoo

LINES = 600
BATCH = 50
FROM = 100  # lines in the books when it goes
SETTINGS = {"workers": 4, "channels": "root:2", "max_cron_threads": 0}
UNTIL_IT_STARTS = 60  # seconds; the killed one's processes must have ended before


def test_lost_connections(new_books):
    books = new_books(batch_size=BATCH)
    file = harness.statement_file(LINES)
    with books.odoo.running(books.name, log=books.log("cut"), **SETTINGS) as node:
        harness.Person(node).drop(file)
        for lines in (FROM, 2 * FROM, 4 * FROM):  # in the middle of different things
            books.wait(lambda lines=lines: books.booked() >= lines and books.jobs_in_hand(), "line")
            _cut_connections(books)
        books.wait_until_finished()
    books.assert_hold(file)


def _cut_connections(books):
    books.sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )


@pytest.fixture
def books_apart(odoo, prepared):
    """A copy of the prepared database in a cluster of its own."""
    apart = Cluster(f"-{os.getpid()}")
    books = harness.Books(Odoo(odoo.series, apart), f"{odoo.name('apart')}_{os.getpid()}")
    try:
        apart.start()
        apart.sql(f'CREATE DATABASE "{books.name}" OWNER odoo')
        dump = apart.folder / "dump"
        odoo.cluster.call(
            *("pg_dump", "-h", odoo.cluster.folder, "-U", "owner", "-Fc", "-f", dump, prepared.name)
        )
        apart.call("pg_restore", "-h", apart.folder, "-U", "owner", "-d", books.name, dump)
        books.set_parameter("account_bank_feed.batch_size", BATCH)
        yield books
    finally:
        with contextlib.suppress(Missing):
            apart.stop()
        shutil.rmtree(apart.folder, ignore_errors=True)


def test_postgresql_is_killed(books_apart):
    books, cluster = books_apart, books_apart.odoo.cluster
    file = harness.statement_file(LINES)
    with books.odoo.running(books.name, log=books.log("killed"), **SETTINGS) as node:
        harness.Person(node).drop(file)
        books.wait(lambda: books.booked() >= FROM, "line")
        assert books.jobs_in_hand()
        cluster.kill()
        _start_again(cluster)
        assert FROM <= books.booked() < LINES
        books.wait_until_finished()
    books.assert_hold(file)


def _start_again(cluster):
    deadline = time.monotonic() + UNTIL_IT_STARTS
    while True:
        try:
            return cluster.start()
        except Missing:
            if time.monotonic() > deadline:
                raise
            time.sleep(1)
