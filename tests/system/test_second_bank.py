"""An addon of one file adds a bank; nothing else changes."""

import base64
import datetime
import json
import os
import subprocess
import urllib.parse
import urllib.request

import pytest

from tools import environment
from tools.common import ADDONS

BANK = ADDONS / "account_bank_feed_demo" / "bank"
CONNECTOR = ADDONS / "account_bank_feed_demo" / "models" / "bank_connector_demo.py"
"""The file that docs/connectors.md shows."""
MANIFEST = {
    "name": "Second bank",
    "version": "1.0.0",
    "license": "LGPL-3",
    "author": "Odoo Bank Feed contributors",
    "depends": ["account_bank_feed_connection"],
}
DAYS = 30
FETCH = """
import datetime, json
from odoo.addons.account_bank_feed.tests.common import run_jobs

given = json.loads('@GIVEN@')
env = env(user=env.ref("base.user_admin").id)
journal = env["account.journal"].create({
    "name": "Second bank", "code": "SCND", "type": "bank", "bank_acc_number": given["iban"],
})
connection = env["bank.connection"].create({
    "name": "Second bank", "connector": "bank.connector.second", "url": given["url"],
    "client_id": given["iban"], "client_secret": given["token"],
})
connection.action_connect()
connection.action_find_accounts()
feed = connection.feed_ids
feed.action_get_balances()
start = datetime.date.fromisoformat(given["start"])
journal._bank_feed_confirm_start(start, feed.booked_balance - given["sum"])
feed.action_start()
run_jobs(env)
transactions = env["bank.transaction"].search([("journal_id", "=", journal.id)])
print(json.dumps({
    "windows": feed.window_ids.mapped("state"),
    "states": sorted(set(transactions.mapped("state"))),
    "transactions": sorted([str(t.booking_date), f"{t.amount:.2f}"] for t in transactions),
}))
"""


@pytest.fixture
def bank(odoo):
    """The demo bank as a process of its own: what it prints of itself."""
    with subprocess.Popen(
        [odoo.python, BANK, "--port", "0", "--http"],
        stdout=subprocess.PIPE,
        text=True,
        env=environment.clean_environ(),
    ) as process:
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()


@pytest.fixture
def addon(tmp_path):
    """The shipped example as another bank's addon, in one file beside its manifest."""
    folder = tmp_path / "account_bank_feed_second"
    folder.mkdir()
    code = CONNECTOR.read_text().replace("bank.connector.demo", "bank.connector.second")
    (folder / "__init__.py").write_text(code)
    (folder / "__manifest__.py").write_text(repr(MANIFEST))
    return folder


def truth(bank, iban, start, end):
    """What the bank says that it booked."""
    query = urllib.parse.urlencode({"account": iban, "from": start, "to": end})
    request = urllib.request.Request(
        f"{bank['url']}/admin/truth?{query}", headers={"X-Admin-Token": bank["admin_token"]}
    )
    with urllib.request.urlopen(request) as answer:
        rows = json.load(answer)
    return sorted([row["booking_date"], f"{float(row['amount']):.2f}"] for row in rows)


def test_it_is_fetched(odoo, new_books, bank, addon):
    books = new_books(batch_size=100)
    iban, token = next(iter(bank["tokens"].items()))
    end = datetime.date.today()
    start = end - datetime.timedelta(days=DAYS)
    expected = truth(bank, iban, start, end)
    assert expected
    given = {"url": bank["url"], "iban": iban, "token": token, "start": str(start)}
    given["sum"] = sum(float(amount) for _day, amount in expected)
    paths = f"--addons-path={environment.addons_path(odoo.series, odoo.venv)},{addon.parent}"
    odoo.call(
        *("-d", books.name, "-i", addon.name, "--stop-after-init", "--no-http", paths),
        complaint="The second bank cannot be installed",
    )
    done = subprocess.run(
        odoo.command("shell", "-d", books.name, "--no-http", paths),
        input=FETCH.replace("@GIVEN@", json.dumps(given)),
        env=environment.clean_environ(
            BANK_FEED_KEYS=f"test {base64.b64encode(os.urandom(32)).decode()}"
        ),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout.splitlines()[-1])
    assert answer["windows"] == ["fetched"]
    assert answer["transactions"] == expected
    assert set(answer["states"]) <= {"processed", "reconciled"}
    assert token not in done.stdout + done.stderr
