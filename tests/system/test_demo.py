"""`make demo`: what the demo bank has gets into the books, and files double nothing of it."""

import os
from decimal import Decimal

import pytest

from tools import demo
from tools.common import Missing

FETCHED = 72
"""Transactions of the quarter on the account that is fetched over NextGenPSD2."""
LEASE = Decimal("89.90")
"""What is always announced there."""


@pytest.fixture(scope="module")
def database(odoo):
    """One with the demo company, of which nothing was fetched or uploaded."""
    odoo.drop_abandoned("demorun")
    name = f"{odoo.name('demorun')}_{os.getpid()}"
    try:
        odoo.copy(os.environ["BANK_FEED_DATABASE"], name)
        yield name
    finally:
        odoo.drop(name)


@pytest.fixture(scope="module")
def first(odoo, database):
    """What the command says on the first run."""
    with pytest.MonkeyPatch.context() as patch:
        said = []
        patch.setattr(demo, "say", said.append)
        demo.show(odoo, database)
    return "\n".join(said)


@pytest.fixture
def client(odoo, database, first):
    with demo.node(odoo, database) as node:
        yield demo.Client(node)


def lines_of(text, word):
    return [line for line in text.splitlines() if word in line]


def figures(row):
    """Transactions and reconciled; booked, in the ledger, available."""
    *_names, count, reconciled, booked, ledger, available = row
    amounts = (Decimal(one.split()[0].replace(",", "")) for one in (booked, ledger, available))
    return int(count), int(reconciled), *amounts


def test_both_ways_in_bring_transactions_that_are_reconciled(first):
    ways = (("NextGenPSD2, OAuth", FETCHED, LEASE), ("web service, certificate", 29, 0))
    for way, expected, announced in ways:
        [row] = lines_of(first, way)
        words = [word.strip() for word in row.split("  ") if word.strip()]
        count, reconciled, booked, ledger, available = figures(words)
        assert count == expected
        assert count > reconciled > 0.9 * count
        assert booked == ledger > 10_000
        assert booked - available == announced


def test_it_is_shown_what_became_of_them(first):
    assert len(lines_of(first, "Settles RE/2026/")) >= 2
    assert len(lines_of(first, "waits for a person")) == 1


def test_files_of_the_same_accounts_double_nothing(first):
    assert lines_of(first, f"{FETCHED + 29} at the bank, {FETCHED + 29} in the books")
    row = lines_of(first, "demobank_2026-q1.csv")[-1]
    assert row.split()[2:6] == [str(FETCHED), "-", "-", str(FETCHED)]
    assert lines_of(first, "0 before, 473 now")


def test_what_is_paid_later_is_fetched_and_the_bank_remembers_it(odoo, client):
    for _time in range(2):
        with demo.connected(odoo, client) as customer:
            assert customer.pay() == 2
            demo._watch(client, customer.fetch())
    with demo.connected(odoo, client) as customer:
        _head, rest, _xml = customer.accounts()
        count, reconciled, booked, ledger, _available = figures(rest)
        assert count == FETCHED + 4
        assert booked == ledger
        assert f"{FETCHED + 29 + 4} at the bank, {FETCHED + 29 + 4} in" in customer.both_ways([])
        assert [row[-1] for row in customer.examples()[1:5]] == [
            f"Settles RE/2026/00{number}" for number in (336, 330, 388, 347)
        ]


def test_it_fails_when_the_bank_does_not_answer_as_it_should(odoo, client):
    with demo.connected(odoo, client) as customer:
        customer.bank.order({"kind": "status", "status": 400, "path": "/v1/*/transactions"})
        with pytest.raises(Missing, match="is dead"):
            customer.fetch()


def test_two_commands_do_not_take_the_bank_away_from_each_other(odoo, client):
    with (
        demo.connected(odoo, client),
        pytest.raises(Missing, match="has the demo bank running"),
        demo.connected(odoo, client),
    ):
        pass
