from odoo.tests import tagged

from .browser import BrowserCase
from .common import BankFeedCase

APRIL = b"""Date,Description,Name,Amount
03/04/2026,Rent,Landlord Ltd,-700.00
05/04/2026,Salary,Example Corp,2100.00
07/04/2026,Shoes,Shoe Shop,-89.90
"""
MAY = b"""Date,Description,Name,Amount
09/05/2026,Insurance,Insurer plc,-12.00
"""


@tagged("post_install", "-at_install")
class TestBrowserColumns(BankFeedCase, BrowserCase):
    """The screen of a table's columns in a real browser, for an accountant."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_login("accountant")

    def test_confirm_the_columns_of_a_table(self):
        self.serve("april.csv", APRIL)
        self.serve("may.csv", MAY)
        with self.jobs_run_between_questions():
            self.start_tour(
                "/odoo/bank-feed-upload", "account_bank_feed_columns", login="bank_feed_accountant"
            )
        profile = self.env["bank.statement.profile"].search([("name", "=", "Example Bank")])
        self.assertEqual(profile.confirmed_by_id.login, "bank_feed_accountant")
        self.assertTrue(profile.journal_id)
        imports = self.env["bank.import"].search([("company_id", "=", self.company.id)])
        self.assertEqual(imports.mapped("state"), ["done", "done"])
        self.assertEqual(
            [(line[0], line[1]) for line in self.books(profile.journal_id)],
            [
                ("2026-04-03", -700),
                ("2026-04-05", 2100),
                ("2026-04-07", -89.9),
                ("2026-05-09", -12),
            ],
        )
