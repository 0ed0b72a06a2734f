"""The books depend neither on the number of workers nor on the size of batches nor on chance."""

import threading

import harness
import pytest

LINES = 1_100  # more than one batch of 1,000
# How many jobs run at once, and how many transactions each of them books.
REFERENCE = (1, 1_000)
OTHERS = [(1, 100), (2, 1_000), (4, 100)]
PEOPLE = ("admin", "second")

BOOKS = """
import json

transactions = env["bank.transaction"].search([], order="position")
invoices = env["account.move"].search([("move_type", "=", "out_invoice")], order="name")
accounts = env["account.move.line"]._read_group(
    [("parent_state", "=", "posted")], ["account_id", "partner_id"], ["balance:sum", "__count"]
)
print(json.dumps({
    "decisions": [
        [
            t.position,
            t.state,
            t.score,
            t.partner_id.name,
            t.counterpart_account_id.code,
            sorted(t.matched_item_ids.move_id.mapped("name")),
            t.explanation,
        ]
        for t in transactions
    ],
    "entries": [
        sorted(
            [i.account_id.code or "", i.balance, i.amount_residual, i.partner_id.name or ""]
            for i in t.statement_line_ids.line_ids
        )
        for t in transactions
    ],
    "invoices": [[i.name, i.amount_residual, i.payment_state] for i in invoices],
    "balances": sorted(
        [account.code or "", partner.name or "", round(balance, 2), count]
        for account, partner, balance, count in accounts
    ),
}))
"""
COUNT_ANEW = """
env["bank.transaction"]._recount_days()
env.cr.commit()
print("true")
"""


@pytest.fixture(scope="module")
def file(prepared):
    return harness.statement_file(LINES, prepared.invoices)


@pytest.fixture(scope="module")
def reference(new_books, file):
    jobs, size = REFERENCE
    result = book(new_books(size), file, jobs)
    states = {state for _position, state, *_rest in result["decisions"]}
    assert states == {"processed", "reconciled"}, "nothing was matched, or everything"
    return result


def book(books, file, jobs):
    with harness.nodes(books, count=min(jobs, 2), jobs=jobs) as nodes:
        harness.Person(nodes[0]).drop(file)
        books.wait(books.booked, "line")
        books.read(COUNT_ANEW)
        books.wait_until_finished()
    books.assert_hold(file)
    return books.read(BOOKS)


@pytest.mark.parametrize(("jobs", "size"), OTHERS)
def test_workers_and_batches_change_nothing(new_books, file, reference, jobs, size):
    result = book(new_books(size), file, jobs)
    for part, expected in reference.items():
        assert result[part] == expected, part


def test_two_people_upload_the_same_file_at_once(new_books, file, reference):
    books = new_books(100)
    with harness.nodes(books, count=2, jobs=4) as nodes:
        people = [harness.Person(node, login) for node, login in zip(nodes, PEOPLE, strict=True)]
        barrier = threading.Barrier(len(people))

        def drop(person):
            barrier.wait()
            person.drop(file)

        threads = [threading.Thread(target=drop, args=(person,)) for person in people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        books.wait_until_finished()
    assert sorted(
        books.sql(
            "SELECT count(*) FILTER (WHERE state = 'duplicate'), "
            "count(*) FILTER (WHERE state IN ('processed', 'reconciled')) "
            "FROM bank_transaction GROUP BY import_id"
        )
    ) == [["0", str(LINES)], [str(LINES), "0"]]
    assert books.lines() == file.lines
    balances = books.read(BOOKS)
    for part in ("invoices", "balances"):
        assert balances[part] == reference[part], part
