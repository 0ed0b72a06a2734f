"""The demo company as a customer of the demo bank: two of its accounts are fetched from there.

One is fetched over NextGenPSD2, where somebody signs in on the bank's page (OAuth); the other
over the bank's XML web service, with a certificate.
"""

import base64
import contextlib
import datetime
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

from . import demo_bank
from .common import Missing, locked

BACK = "/account_bank_feed/oauth/callback"
REST, XML = "Demo Bank, NextGenPSD2", "Demo Bank, web service"
LABELS = {REST: "NextGenPSD2, OAuth", XML: "web service, certificate"}
OFTEN = 1_000
"""Fetches a day that the bank shall allow: somebody tries what happens."""
PATIENCE = 120
"""Seconds for a period to be fetched."""
LONG = 700
"""Days that the bank tells about."""
MOST = 38
"""Characters of a text."""
EXAMPLE = ("day", "amount", "from or to", "text", "journal entry", "became")
ACCOUNT = (
    "account", "fetched by", "transactions", "reconciled", "booked at the bank", "in the ledger",
    "available",
)  # fmt: skip


@contextlib.contextmanager
def connected(odoo, client):
    """The demo bank answers, and the demo company is connected; both only within.

    :param client: a `tools.demo.Client`, who plays the person at the bank's page as well
    """
    with contextlib.ExitStack() as stack:
        try:
            lock = odoo.data_dir / "filestore" / client.node.database / "demo-bank.lock"
            stack.enter_context(locked(lock, wait=False))
        except BlockingIOError:
            text = "Another `make demo` or `make serve` has the demo bank running: end that first."
            raise Missing(text) from None
        known = client.call("bank.feed.demo", "bank_accounts")
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="demo-bank-")))
        file = folder / known["name"]
        file.write_bytes(base64.b64decode(known["data"]))
        running = demo_bank.running(odoo.python, _backs(client.node.url), "--statement", file)
        customer = Customer(client, demo_bank.Bank(stack.enter_context(running)), known)
        customer.connect()
        yield customer


def _backs(url):
    """Where people may come from, since a browser knows this machine by two names."""
    port = urlsplit(url).port
    return [f"http://{host}:{port}{BACK}" for host in ("127.0.0.1", "localhost")]


class Customer:
    """The demo company, at its bank."""

    def __init__(self, client, bank, known):
        self.client, self.bank = client, bank
        self._next = known["next"]
        self._ibans = dict(zip((REST, XML), known["ibans"], strict=True))
        self._connections = []

    # Connect

    def connect(self):
        """Connect both ways; the bank has forgotten former consents, so somebody agrees anew."""
        said = self.bank.known
        secret = {"client_secret": said["client_secret"], "xs2a_auth_method": "client_secret_basic"}
        # Found by themselves at the bank's address.
        pages = dict.fromkeys(("xs2a_authorize_url", "xs2a_token_url", "xs2a_revoke_url"), False)
        self._connect(
            REST,
            connector="bank.connector.nextgenpsd2",
            url=self.bank.url,
            client_id=said["client_id"],
            xs2a_access="listed",
            xs2a_accounts=self._ibans[REST],
            xs2a_frequency=OFTEN,
            **secret,
            **pages,
        )
        self._connect(
            XML,
            connector="bank.connector.iso20022",
            url=f"{self.bank.url}/ws/accounts",
            iso20022_wsdl=f"{self.bank.url}/ws/accounts?wsdl",
            iso20022_accounts=self._ibans[XML],
            iso20022_days=366,
            certificate=Path(said["certificate"]).read_text(),
            private_key=Path(said["key"]).read_text(),
        )

    def _connect(self, name, **values):
        call = self.client.call
        values["authorities"] = Path(self.bank.known["ca_file"]).read_text()
        ids = call("bank.connection", "search", [["name", "=", name]])
        if ids:
            call("bank.connection", "write", ids, values)
        else:
            ids = [call("bank.connection", "create", {"name": name, **values})]
        action = call("bank.connection", "action_connect", ids)
        if action and action.get("url"):
            back = f"{self.client.node.url}{BACK}"
            self.client.open(self.bank.decide(action["url"], back))
        [now] = call("bank.connection", "read", ids, ["state", "error", "feed_ids"])
        if now["state"] != "connected" or not now["feed_ids"]:
            raise Missing(f"{name} is {now['state']}: {now['error'] or 'it has no accounts'}.")
        self._connections += ids

    # Fetch

    def fetch(self):
        """Fetch the whole history the first time, what is new later.

        :return: the ids of the imports that came of it
        """
        feeds = self.feeds()
        call = self.client.call
        before = call("bank.import", "search", [["feed_id", "in", list(feeds)]])
        for feed in feeds.values():
            if feed["state"] == "draft":
                journal = call("account.journal", "read", feed["journal_id"][:1], [])[0]
                start = journal["bank_feed_start_date"]
                values = {"name": journal["name"], "history_start": start}
                call("bank.feed", "write", [feed["id"]], values)
                call("bank.feed", "action_start", [feed["id"]])
            else:
                call("bank.feed", "action_fetch_now", [feed["id"]])
        self.wait(feeds)
        now = call("bank.import", "search", [["feed_id", "in", list(feeds)]], order="id")
        return [each for each in now if each not in before]

    def feeds(self):
        """By id."""
        fields = ["name", "state", "journal_id", "connection_id", "fetched_until", "currency_id"]
        fields += ["booked_balance", "available_balance"]
        domain = [["connection_id", "in", self._connections]]
        found = self.client.call("bank.feed", "search_read", domain, fields, order="id")
        return {feed["id"]: feed for feed in found}

    def wait(self, feeds, state="fetched"):
        """Wait until all periods have been read, and the last one of each feed is in a state."""
        deadline = time.monotonic() + PATIENCE
        waiting = [["feed_id", "in", list(feeds)], ["state", "in", ["waiting", "reading"]]]
        while self.client.call("bank.feed.window", "search_count", waiting):
            if time.monotonic() > deadline:
                raise Missing(f"The demo bank was not fetched: see {self.client.node.log}.")
            time.sleep(0.2)
        for id in feeds:
            domain = [["feed_id", "=", id]]
            [last] = self.client.call(
                "bank.feed.window", "search_read", domain, ["state", "error"], limit=1
            )
            if last["state"] != state:
                raise Missing(f"{feeds[id]['name']} is {last['state']}: {last['error']}.")

    def pay(self, most=2):
        """Customers pay what they still owe.

        :return: how many, since all of them have paid some day
        """
        for payment in self._next[:most]:
            self.bank.book(payment)
        return len(self._next[:most])

    def refuse_once(self):
        """The bank answers in a way that is no use trying again; the period is given up."""
        self.bank.order({"kind": "status", "status": 400, "path": "/v1/*/transactions"})
        feeds = {id: one for id, one in self.feeds().items() if LABELS[REST] == _way(one)}
        call = self.client.call
        call("bank.feed", "action_fetch_now", list(feeds))
        self.wait(feeds, "dead")
        checks = [["ir_actions_server_id.model_id.model", "=", "bank.feed.problem"]]
        call("ir.cron", "method_direct_trigger", call("ir.cron", "search", checks))

    # Told

    def examples(self):
        """Some of what came over NextGenPSD2, as rows with a head."""
        fields = ["booking_date", "amount", "counterparty_name", "remittance", "move_id", "state"]
        came = [["import_id.feed_id.connection_id.name", "=", REST]]
        found = []
        for state, count in (("reconciled", 5), ("processed", 1)):
            domain = [*came, ["state", "=", state]]
            found += self.client.call(
                *("bank.transaction", "search_read", domain, [*fields, "explained"]),
                order="booking_date desc, id desc",
                limit=count,
            )
        return [EXAMPLE, *map(_example, found)]

    def accounts(self):
        """Each account's figures, as rows with a head."""
        return [ACCOUNT, *(self._account(feed) for feed in self.feeds().values())]

    def _account(self, feed):
        came = [["import_id.feed_id", "=", feed["id"]]]
        states = [["state", "in", ["processed", "reconciled"]]], [["state", "=", "reconciled"]]
        counts = [self._count("bank.transaction", [*came, *one]) for one in states]
        currency = feed["currency_id"][1]
        figures = feed["booked_balance"], self._in_ledger(feed), feed["available_balance"]
        return [
            feed["journal_id"][1],
            _way(feed),
            *map(str, counts),
            *(f"{figure:,.2f} {currency}" for figure in figures),
        ]

    def both_ways(self, imports):
        """A sentence about what is in uploaded files, too.

        :param imports: the ids of those
        """
        journals = [feed["journal_id"][0] for feed in self.feeds().values()]
        keeps = ["journal_id", "in", journals]
        uploaded = self._count("bank.transaction", [keeps, ["import_id", "in", imports]])
        lines = self._count("account.bank.statement.line", [keeps])
        today = datetime.date.today()
        begin = today - datetime.timedelta(days=LONG)
        there = sum(len(self.bank.truth(iban, begin, today)) for iban in self._ibans.values())
        return (
            f"The files have {uploaded} transactions of these accounts as well, and nothing is "
            f"doubled: {there} at the bank, {lines} in the books."
        )

    def _count(self, model, domain):
        return self.client.call(model, "search_count", domain)

    def _in_ledger(self, feed):
        """The account's balance in the general ledger."""
        call = self.client.call
        [journal] = call("account.journal", "read", feed["journal_id"][:1], ["default_account_id"])
        domain = [
            ["account_id", "=", journal["default_account_id"][0]],
            ["parent_state", "=", "posted"],
        ]
        items = call("account.move.line", "search_read", domain, ["amount_currency"])
        return sum(item["amount_currency"] for item in items)


def _way(feed):
    return LABELS[feed["connection_id"][1]]


def _example(transaction):
    became = (transaction["explained"] or "").partition(" by the rule Match")[0].partition(":")[0]
    return [
        transaction["booking_date"],
        f"{transaction['amount']:,.2f}",
        transaction["counterparty_name"] or "-",
        (transaction["remittance"] or "-")[:MOST],
        transaction["move_id"][1].split()[0],
        became if transaction["state"] == "reconciled" else "waits for a person",
    ]
