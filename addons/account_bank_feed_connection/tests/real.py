"""Connectors against servers that really listen, with keys that are really kept."""

import importlib
import os
from unittest.mock import patch

from odoo.addons.account_bank_feed import keys
from odoo.addons.account_bank_feed.envelope import new_key
from odoo.addons.account_bank_feed.tests.common import BankFeedCase
from odoo.tests import common

from ..protocol import Period, http


class RealBankCase(BankFeedCase):
    """A company that may store secrets, and may call servers on this machine."""

    def setUp(self):
        super().setUp()
        self.startPatcher(patch.dict(os.environ, {keys.VARIABLE_KEYS: f"test {new_key()}"}))
        # Odoo's guard of requests in tests does not understand a pair of time-outs.
        self.startPatcher(patch.object(http.requests.Session, "send", common._super_send))
        self.startPatcher(patch.object(http, "TIMEOUTS", (3, 1)))

    def start_demo_bank(self, **options):
        """The demo bank. Its addon need not be installed, and is none that this one leans on."""
        module = importlib.import_module("odoo.addons.account_bank_feed_demo.bank")
        bank = module.DemoBank(**options)
        bank.start()
        self.addCleanup(bank.stop)
        return bank

    def make_connection(self, connector, **values):
        return self.env["bank.connection"].create(
            {"name": "House bank", "connector": connector, "company_id": self.company.id, **values}
        )

    def make_feed(self, connection, journal=None):
        """The feed of the connection's first account; its journal, where it has none."""
        connection.action_find_accounts()
        feed = connection.feed_ids[:1]
        feed.journal_id = feed.journal_id or journal
        return feed

    def documents(self, feed, start, end, status="booked"):
        """What the connector gives for a period."""
        connection = feed.connection_id
        period = Period(start, end)
        account = feed._account()
        return list(connection._connector()._documents(connection, account, period, status))
