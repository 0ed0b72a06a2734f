"""The short form of `make bench`: 5,000 lines. It fails on wrong books only, never on time.

And its checks can fail: books that are spoilt in one place are found out.
"""

from types import SimpleNamespace

import pytest

from tools import bench, bench_checks, bench_database

LINE = "(SELECT max(id) FROM account_bank_statement_line)"
PAID = "(SELECT max(id) FROM account_move WHERE payment_state IN ('paid', 'in_payment'))"
FIRST_MATCH = "(SELECT min(id) FROM account_partial_reconcile)"
SPOILT = {
    "lost": f"DELETE FROM account_bank_statement_line WHERE id = {LINE}",
    "changed": f"UPDATE account_bank_statement_line SET payment_ref = 'x' WHERE id = {LINE}",
    "renumbered": "UPDATE account_move SET sequence_number = sequence_number + 1 "
    f"WHERE statement_line_id = {LINE}",
    "unbalanced": "UPDATE account_move_line SET balance = balance + 1 "
    "WHERE id = (SELECT max(id) FROM account_move_line)",
    "untrue state": "UPDATE bank_transaction SET state = 'processed' "
    "WHERE id = (SELECT max(id) FROM bank_transaction WHERE state = 'reconciled')",
    "unpaid": f"UPDATE account_move SET payment_state = 'not_paid' WHERE id = {PAID}",
    "unmatched": f"DELETE FROM account_partial_reconcile WHERE id = {FIRST_MATCH}",
    "matched wrongly": "UPDATE account_partial_reconcile SET debit_move_id = "
    f"(SELECT max(debit_move_id) FROM account_partial_reconcile) WHERE id = {FIRST_MATCH}",
    "not closed": "UPDATE bank_import_statement SET state = 'admitted' "
    "WHERE id = (SELECT max(id) FROM bank_import_statement)",
    "failed": "UPDATE bank_import_batch SET state = 'failed' "
    "WHERE id = (SELECT max(id) FROM bank_import_batch)",
}


def test_the_short_form_finds_nothing_wrong(odoo):
    measured = bench.Bench(odoo)
    measured.quick()
    measured.memory()
    assert len(measured.rows) == 4
    assert measured.problems == []


@pytest.fixture(scope="module")
def books(odoo):
    """Two small files in the books."""
    source = bench_database.template(odoo, 6_000)
    files = bench.WARM, (bench.ACCOUNTS[0], 200)
    with (
        bench_database.statement_files(odoo, source, *files) as facts,
        bench_database.copied(odoo, source) as copy,
    ):
        warm, file = (one["paths"][0] for one in facts)
        bench_database.inside(odoo, copy, "drain", {"warm": warm, "file": file})
        yield SimpleNamespace(cluster=odoo.cluster, name=copy, facts=facts)


def test_right_books_have_no_problem(books):
    assert bench_checks.problems(books.cluster, books.name, books.facts) == []


@pytest.mark.parametrize("how", SPOILT)
def test_spoilt_books_are_found_out(books, how):
    assert bench_checks.problems(Spoilt(books.cluster, SPOILT[how]), books.name, books.facts)


class Spoilt:
    """A cluster in which something else happens before each question, and is taken back after."""

    def __init__(self, cluster, statement):
        self.cluster = cluster
        # Odoo's foreign keys would keep some of these from happening.
        self.before = f"BEGIN; SET LOCAL session_replication_role = replica; {statement}"

    def sql(self, statement, database):
        return self.cluster.sql(f"{self.before}; {statement}; ROLLBACK", database)
