import contextlib
import datetime
import functools
from unittest.mock import patch

from odoo import fields
from odoo.addons.account_bank_feed.tests.browser import BrowserCase
from odoo.addons.account_bank_feed.tests.common import run_jobs, statement, transaction
from odoo.addons.account_bank_feed_rule.tests.common import RuleCase
from odoo.addons.bank_statement_format.testing import camt053
from odoo.tests import tagged


class _Enough(Exception):
    """One job was run."""


@tagged("post_install", "-at_install")
class TestBrowserDashboard(RuleCase, BrowserCase):
    """The dashboard in a real browser, for an accountant."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_login("accountant")
        cls.make_login("viewer")
        cls.make_rule(("text", "contains", "fee"))

    def one_job_runs_between_questions(self):
        """So that the screen sees every step of the way."""
        model = self.registry["bank.import"]
        search_read = model.search_read

        @functools.wraps(search_read)
        def run_and_search_read(records, *args, **kwargs):
            with contextlib.suppress(_Enough):
                run_jobs(self.env, pick=_only_one())
            return search_read(records, *args, **kwargs)

        run_and_search_read._readonly = False  # the jobs write
        return patch.object(model, "search_read", run_and_search_read)

    def ago(self, days):
        return str(fields.Date.context_today(self.env.user) - datetime.timedelta(days=days))

    def test_drop_three_files_and_follow_them(self):
        opening = 0
        for number, days in enumerate((12, 8, 4), start=1):
            entries = [
                transaction(self.ago(days), -3, "fee"),
                transaction(self.ago(days), 100 * number, f"Deposit {number}"),
            ]
            content = camt053([statement(entries, opening)])
            self.serve(f"file{number}.xml", content)
            opening += 100 * number - 3
        with self.one_job_runs_between_questions():
            self.start_tour(
                "/odoo/bank-feed",
                "account_bank_feed_dashboard_drop",
                login="bank_feed_accountant",
            )
        self.assertEqual(
            sorted(self.transactions().mapped("state")), ["processed"] * 3 + ["reconciled"] * 3
        )

    def test_viewer_looks_and_cannot_upload(self):
        self.receive(statement([transaction(self.ago(3), 100, "Deposit")]))
        self.start_tour(
            "/odoo/bank-feed", "account_bank_feed_dashboard_viewer", login="bank_feed_viewer"
        )


def _only_one():
    picked = []

    def pick(jobs):
        if picked:
            raise _Enough
        picked.append(jobs[0])
        return jobs[0]

    return pick
