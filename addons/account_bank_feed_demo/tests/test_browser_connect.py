import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from odoo.addons.account_bank_feed.tests.browser import BrowserCase
from odoo.addons.account_bank_feed.tests.common import make_iban
from odoo.addons.account_bank_feed_connection.tests.real import RealBankCase
from odoo.tests import tagged

from ..bank import Account

NUMBER = make_iban(4711)


@tagged("post_install", "-at_install")
class TestBrowserConnect(RealBankCase, BrowserCase):
    """The demo bank is connected, and fetched from, by a manager in a real browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_login("manager")

    def test_connect_the_demo_bank_and_see_what_arrives(self):
        today = date.today()
        bank = self.start_demo_bank(
            accounts=[Account(NUMBER, "EUR", "Main account", Decimal(0))],
            source=lambda *_: (),
        )
        bank.book(NUMBER, Decimal(100), "Deposit", today - timedelta(days=3))
        bank.book(NUMBER, Decimal(50), "Refund", today - timedelta(days=2))
        said = bank.description()
        customer = {
            "url": said["url"],
            "client_id": NUMBER,
            "client_secret": said["tokens"][NUMBER],
            "authorities": Path(said["ca_file"]).read_text(),
        }
        self.serve("bank.json", json.dumps(customer).encode())
        self.start_tour(
            "/odoo/bank-connections", "account_bank_feed_demo_connect", login="bank_feed_manager"
        )
        self.run_jobs()
        self.start_tour(
            "/odoo/bank-feed", "account_bank_feed_demo_arrived", login="bank_feed_manager"
        )
        feed = self.env["bank.feed"].search([("iban", "=", NUMBER)])
        lines = self.env["account.bank.statement.line"].search(
            [("journal_id", "=", feed.journal_id.id)], order="amount"
        )
        self.assertEqual(lines.mapped("amount"), [50, 100])
