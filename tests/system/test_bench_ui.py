"""The short form of `make bench-ui`: every screen gets an answer, however long it takes.

And the books that it asks about are true: Odoo says of the copies what it says of its own.
"""

import json

import pytest

from tools import bench_ui

TRUTH = """
import json

transactions = env["bank.transaction"].search([("statement_line_ids", "!=", False)])
few = transactions[:: max(len(transactions) // 400, 1)]
statements = env["account.bank.statement"].search([])
journals = statements.journal_id
items = env["account.move.line"]._read_group([], ["move_id"], ["balance:sum"])
paid = env["account.move"].search([("payment_state", "in", ("paid", "in_payment"))])
few_paid = paid[:: max(len(paid) // 200, 1)]
before = {one.id: (one.amount_residual, one.payment_state) for one in few_paid}
few_paid.line_ids._compute_amount_residual()
few_paid._compute_amount()
few_paid._compute_payment_state()
print(json.dumps({
    "untrue": [t.id for t in few if t.state != t.statement_line_ids._bank_feed_state()],
    "states": sorted({t.state for t in few}),
    "broken": [s.id for s in statements if not (s.is_valid and s.is_complete)],
    "unbalanced": [move.id for move, sum in items if round(sum, 2)],
    "unpaid": [o.id for o in few_paid if before[o.id] != (o.amount_residual, o.payment_state)],
    "gaps": env["account.move"].search_count([("made_sequence_gap", "=", True)]),
    "banks": [
        round(journal._bank_feed_balance(last.date) - last.balance_end_real, 2)
        for journal in journals
        for last in env["account.bank.statement"].search(
            [("journal_id", "=", journal.id)], order="date desc, id desc", limit=1
        )
    ],
}))
"""


@pytest.fixture(scope="module")
def database(odoo):
    return bench_ui.template(odoo, bench_ui.QUICK)


def test_every_screen_answers(odoo, database):
    rows, problems = bench_ui.measure(odoo, database, calls=1)
    assert problems == []
    assert len(rows) > 40


def test_the_copies_are_as_odoo_would_have_them(odoo, database):
    found = json.loads(odoo.shell(database, TRUTH).splitlines()[-1])
    assert found.pop("states") == ["processed", "reconciled"]
    assert found.pop("banks") == [0] * 4
    assert found == {"untrue": [], "broken": [], "unbalanced": [], "unpaid": [], "gaps": 0}


def test_each_state_is_there(odoo, database):
    rows = odoo.cluster.sql("SELECT DISTINCT state FROM bank_transaction", database)
    states = {state for (state,) in rows}
    assert states >= {"pending", "processed", "reconciled", "error", "duplicate", "quarantined"}
