from unittest.mock import patch

from odoo.addons.account_bank_feed.tests.browser import BrowserCase
from odoo.addons.account_bank_feed.tests.common import statement, transaction
from odoo.addons.account_bank_feed_rule.tests.common import RuleCase
from odoo.tests import tagged

from ..models import bank_transaction_bulk_actions


@tagged("post_install", "-at_install")
class TestBrowserClosing(RuleCase, BrowserCase):
    """Closing a month, and a bulk action in the background, in a real browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_rule(("text", "contains", "Fee"))
        cls.make_login("accountant")

    def test_what_blocks_a_month_and_the_way_to_it(self):
        self.receive(
            statement(
                [transaction("2026-01-05", -5, "Fee"), transaction("2026-01-30", 10, "Who knows")],
                start="2026-01-01",
                end="2026-01-31",
            )
        )
        self.start_tour(
            "/odoo/bank-feed-closing?month=2026-01",
            "account_bank_feed_dashboard_closing",
            login="bank_feed_accountant",
        )

    def test_a_bulk_action_runs_in_the_background(self):
        lines = [transaction("2026-01-05", 10 + n, f"Payment {n}") for n in range(4)]
        records = self.receive(statement(lines)).transaction_ids
        with patch.object(bank_transaction_bulk_actions, "AT_ONCE", 2):
            self.start_tour(
                "/odoo/bank-feed-transactions",
                "account_bank_feed_dashboard_bulk",
                login="bank_feed_accountant",
            )
        self.assertFalse(records.assigned_user_id)
        self.run_jobs()
        self.assertEqual(records.assigned_user_id.login, "bank_feed_accountant")
        self.start_tour(
            "/odoo/bank-feed-tasks",
            "account_bank_feed_dashboard_tasks",
            login="bank_feed_accountant",
        )
