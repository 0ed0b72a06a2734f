from odoo.addons.bank_statement_format.testing import camt053
from odoo.tests import tagged

from .browser import BrowserCase
from .common import BankFeedCase, statement, transaction


@tagged("post_install", "-at_install")
class TestBrowserUpload(BankFeedCase, BrowserCase):
    """The drop zone in a real browser, for a user who may upload and nothing more."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_login("operator")

    def test_upload(self):
        january = statement(
            [
                transaction("2026-01-05", 800, "Rent January"),
                transaction("2026-01-29", -300, "Salaries"),
            ]
        )
        february = statement([transaction("2026-02-05", 800, "Rent February")], opening=500)
        self.serve("january.xml", camt053([january]))
        self.serve("february.xml", camt053([february]))
        self.serve("holiday.txt", b"See you in two weeks!")
        with self.jobs_run_between_questions():
            self.start_tour(
                "/odoo/bank-feed-upload", "account_bank_feed_upload", login="bank_feed_operator"
            )
        self.assertEqual(
            self.env["bank.import"].search([("company_id", "=", self.company.id)]).mapped("state"),
            ["refused", "done", "done"],
        )
        self.assertEqual(len(self.books()), 3)
