import functools
from unittest.mock import patch

from odoo.addons.bank_statement_format.testing import camt053
from odoo.tests import tagged

from .browser import BrowserCase
from .common import BankFeedCase, make_iban, run_jobs, statement, transaction


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

    def test_a_statement_that_is_checked_again_says_by_itself_what_came_of_it(self):
        self.make_login("accountant")
        self.make_journal(make_iban(8), "BNK8", start=None)
        first = statement([transaction("2026-01-05", 800, "Rent")], 500, iban=make_iban(8))
        part = self.receive(first).statement_ids
        self.assertEqual((part.state, part.cause), ("quarantined", "opening"))
        with self.jobs_run_on_the_second_look(part):
            self.start_tour(
                f"/odoo/bank-feed-quarantine/{part.id}",
                "account_bank_feed_quarantine",
                login="bank_feed_accountant",
            )
        self.assertEqual(part.state, "closed")

    def jobs_run_on_the_second_look(self, part):
        """The first one shows that it is being checked."""
        model = self.registry[part._name]
        web_read = model.web_read
        looks = iter(range(1, 100))

        @functools.wraps(web_read)
        def look(records, *args, **kwargs):
            if records == part and not records.cause and next(looks) > 1:
                run_jobs(self.env)
            return web_read(records, *args, **kwargs)

        look._readonly = False  # the jobs write
        return patch.object(model, "web_read", look)
