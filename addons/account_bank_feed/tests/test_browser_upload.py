import functools
from unittest.mock import patch

from odoo.addons.bank_statement_format.testing import camt053
from odoo.tests import tagged

from ..series import user_groups_field
from .browser import BrowserCase
from .common import BankFeedCase, run_jobs, statement, transaction


@tagged("post_install", "-at_install")
class TestBrowserUpload(BankFeedCase, BrowserCase):
    """The drop zone in a real browser, for a user who may upload and nothing more."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.users"].create(
            {
                "name": "Operator",
                "login": "bank_feed_operator",
                "password": "bank_feed_operator",
                "company_id": cls.company.id,
                "company_ids": [(6, 0, cls.company.ids)],
                user_groups_field(cls.env): [
                    (6, 0, cls.env.ref("account_bank_feed.group_operator").ids)
                ],
            }
        )

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

    def serve(self, name, content):
        """Put the file where the tour fetches it from."""
        self.env["ir.attachment"].create(
            {
                "name": name,
                "raw": content,
                "url": f"/account_bank_feed/tour/{name}",
                "type": "binary",
                "public": True,
                "mimetype": "application/octet-stream",
            }
        )

    def jobs_run_between_questions(self):
        """No worker sees the test's database transaction: run the jobs whenever the screen asks."""
        model = self.registry["bank.import"]
        search_read = model.search_read

        @functools.wraps(search_read)
        def run_and_search_read(records, *args, **kwargs):
            run_jobs(self.env)
            return search_read(records, *args, **kwargs)

        run_and_search_read._readonly = False  # the jobs write
        return patch.object(model, "search_read", run_and_search_read)
