"""Ponto: no days to ask for, and only as fresh as its last synchronization."""

import datetime

from odoo.tests import tagged

from .banks import Ponto, day_before
from .common import RestCase

TODAY = "2026-02-10"


@tagged("post_install", "-at_install")
class TestPonto(RestCase):
    def setUp(self):
        super().setUp()
        self.use(Ponto(), "ponto")
        self.bank.booked = [Ponto.transaction(n, day_before(TODAY, n), n) for n in range(1, 60)]

    def test_all_that_the_period_needs(self):
        feed = self.start()
        self.assertFalse(self.connection.valid_until)
        self.assertEqual(str(feed.valid_until), "2026-06-01 12:00:00")
        self.run_jobs()
        self.assertEqual(self.amounts(), list(range(1, 41)))  # since 2026-01-01
        self.assertEqual(str(feed.balance_at), "2026-02-09 00:00:00")
        self.assertEqual(feed.booked_balance, sum(range(1, 60)))
        self.assertEqual(feed.available_balance, sum(range(1, 60)) - 5)

    def test_later_pages_are_left_alone(self):
        feed = self.start()
        self.run_jobs()
        before = len(self.bank.asked)
        feed.action_fetch_now()
        self.run_jobs()
        pages = [path for path in self.bank.paths()[before:] if "transactions" in path]
        self.assertEqual(len(pages), 6)  # 7 days, a week more since the order is not sure
        self.assertEqual(len(self.books()), 40)

    def test_days_that_are_not_synchronized_do_not_count_as_fetched(self):
        self.bank.synchronized_at = "2026-02-07T05:00:00Z"
        feed = self.start()
        window = feed.window_ids.sudo()
        window._job_fetch()
        self.assertEqual((window.state, window.error_kind), ("waiting", "retry"))
        self.assertIn("last on 2026-02-07 05:00 UTC", window.error)
        self.assertFalse(feed.fetched_until)
        self.bank.synchronized_at = datetime.datetime.now(datetime.UTC).isoformat()
        self.run_jobs()
        self.assertEqual(len(self.books()), 40)

    def test_days_before_the_last_synchronization_are_there(self):
        feed = self.start()
        self.run_jobs()
        self.bank.synchronized_at = "2026-02-07T05:00:00Z"
        period = self.env["bank.feed.period"].with_context(active_ids=feed.ids)
        period.create({"start_date": "2026-01-05", "end_date": "2026-01-09"}).action_fetch()
        self.run_jobs()
        self.assertEqual(set(feed.window_ids.mapped("state")), {"fetched"})

    def test_the_bank_lets_ponto_in_no_more(self):
        feed = self.start()
        self.bank.errors = [{"code": "authorizationInvalid", "detail": "reauthorize"}]
        feed.window_ids.sudo()._job_fetch()
        self.assertEqual((self.connection.state, feed.state), ("connected", "paused"))
        self.assertIn("must be renewed there", feed.trouble)
        self.bank.errors = []
        feed.action_resume()
        self.run_jobs()
        self.assertEqual(len(self.books()), 40)

    def test_the_bank_says_so_of_the_account(self):
        feed = self.start()
        refusal = {"errors": [{"code": "authorizationInvalid", "detail": "reauthorize"}]}
        self.bank.faults = [None, None, (400, refusal)]
        feed.window_ids.sudo()._job_fetch()
        self.assertEqual((self.connection.state, feed.state), ("connected", "paused"))

    def test_a_token_that_ends(self):
        self.start()
        self.bank.faults = [None, (401, {"errors": [{"code": "unauthorized"}]})]
        self.run_jobs()
        self.assertEqual(len(self.books()), 40)

    def test_pending(self):
        self.bank.pending = [Ponto.transaction(99, TODAY, 7)]
        feed = self.start()
        feed.include_pending = True
        self.run_jobs()
        self.assertEqual(len(self.books()), 40)
        self.assertEqual(len(self.transactions()), 41)
