"""The demo company as a customer of the demo bank: two of its accounts are fetched from there.

One is fetched over NextGenPSD2, where somebody signs in on the bank's page (OAuth); the other
over the bank's XML web service, with a certificate.
"""

import base64
import contextlib
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

from . import demo_bank
from .common import Missing, say

BACK = "/account_bank_feed/oauth/callback"
REST, XML = "Demo Bank, NextGenPSD2", "Demo Bank, web service"
LABELS = {REST: "NextGenPSD2, OAuth", XML: "web service, certificate"}
OFTEN = 1_000
"""Fetches a day that the bank shall allow: somebody tries what happens."""
PATIENCE = 120
"""Seconds for a period to be fetched."""
COLUMNS = ("account", "fetched by", "transactions", "reconciled", "booked", "available", "in the books")
BOOKED = ["state", "in", ["processed", "reconciled"]]


@contextlib.contextmanager
def connected(odoo, client):
    """The demo bank answers, and the demo company is connected; both only within.

    :param client: a `tools.demo.Client`, who plays the person at the bank's page as well
    """
    known = client.call("bank.feed.demo", "bank_accounts")
    with tempfile.TemporaryDirectory(prefix="demo-bank-") as folder:
        file = Path(folder) / known["name"]
        file.write_bytes(base64.b64decode(known["data"]))
        with demo_bank.running(odoo.python, _backs(client.node.url), "--statement", file) as said:
            customer = Customer(client, demo_bank.Bank(said), known)
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
        self.coming = known["next"]
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
            self.client.open(self.bank.agree(action["url"], back))
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
                start = {"history_start": journal["bank_feed_start_date"]}
                call("bank.feed", "write", [feed["id"]], start)
                call("bank.feed", "action_start", [feed["id"]])
            else:
                call("bank.feed", "action_fetch_now", [feed["id"]])
        self.wait(feeds)
        now = call("bank.import", "search", [["feed_id", "in", list(feeds)]], order="id")
        return [each for each in now if each not in before]

    def feeds(self):
        """By id."""
        fields = ["name", "state", "journal_id", "connection_id", "fetched_until", "currency_code"]
        fields += ["booked_balance", "available_balance"]
        domain = [["connection_id", "in", self._connections]]
        found = self.client.call("bank.feed", "search_read", domain, fields, order="id")
        return {feed["id"]: feed for feed in found}

    def wait(self, feeds, state="fetched"):
        """Wait until no period is waiting any more, and the last one of each is in a state."""
        deadline = time.monotonic() + PATIENCE
        waiting = [["feed_id", "in", list(feeds)], ["state", "=", "waiting"]]
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

    # Told

    def examples(self, count=6):
        """Some of what was fetched, as rows with a head: each with what became of it."""
        fields = ["booking_date", "amount", "counterparty_name", "remittance", "explained"]
        domain = [["import_id.feed_id.connection_id", "in", self._connections], BOOKED]
        found = self.client.call(
            "bank.transaction", "search_read", domain, fields, order="booking_date desc", limit=count
        )
        return [["day", "amount", "from or to", "text", "became"]] + [
            [
                one["booking_date"],
                f"{one['amount']:,.2f}",
                one["counterparty_name"] or "-",
                (one["remittance"] or "-")[:40],
                (one["explained"] or "-").split("\n")[0][:60],
            ]
            for one in found
        ]

    def accounts(self):
        """Each account's figures, as rows with a head."""
        return [list(COLUMNS), *(self._account(feed) for feed in self.feeds().values())]

    def _account(self, feed):
        count = self.client.call
        came = [["import_id.feed_id", "=", feed["id"]], BOOKED]
        reconciled = [*came, ["state", "=", "reconciled"]]
        return [
            feed["journal_id"][1],
            LABELS[feed["connection_id"][1]],
            str(count("bank.transaction", "search_count", came)),
            str(count("bank.transaction", "search_count", reconciled)),
            f"{feed['booked_balance']:,.2f} {feed['currency_code']}",
            f"{feed['available_balance']:,.2f} {feed['currency_code']}",
            "",
        ]
