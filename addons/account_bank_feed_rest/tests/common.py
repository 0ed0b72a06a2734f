"""A connection with one of the small banks."""

import os
from unittest.mock import patch

from odoo.addons.account_bank_feed import keys
from odoo.addons.account_bank_feed.envelope import new_key
from odoo.addons.account_bank_feed_connection.tests.common import ConnectionCase
from odoo.tests import HttpCase

from .banks import CLIENT, PASSWORD


class RestCase(ConnectionCase, HttpCase):
    """HttpCase, since then transactions of their own see what the test has not committed."""

    def setUp(self):
        super().setUp()
        self.startPatcher(patch.dict(os.environ, {keys.VARIABLE_KEYS: f"test {new_key()}"}))

    def use(self, bank, profile, **values):
        """Have the connection speak with a bank."""
        self.bank = bank
        self.addCleanup(bank.close)
        self.connection.write(
            {
                "connector": "bank.connector.rest",
                "rest_profile": profile,
                "url": bank.url,
                "client_id": CLIENT,
                "client_secret": PASSWORD,
                **values,
            }
        )

    def sign_in(self):
        """A person goes to the bank, where the profile wants it, and comes back."""
        action = self.connection.action_connect()
        if action:
            implied = {"state": self.env["bank.sign.in"]._implied_state()}  # as the way back does
            self.connection._signed_in(implied | self.bank.agree(action["url"]))

    def start(self):
        """Sign in, find the accounts, start the feeds that have a journal; nothing is fetched."""
        self.sign_in()
        self.connection.action_find_accounts()
        feeds = self.connection.feed_ids.filtered("journal_id")
        feeds.action_start()
        return feeds

    def amounts(self):
        return sorted(round(row[1], 2) for row in self.books())
