"""A bank with a profile that fails: nothing lost, nothing doubled, the right thing done next."""

import dataclasses
from unittest.mock import patch

from odoo.addons.account_bank_feed_connection.tests.json_bank import AGAIN, HALF
from odoo.tests import tagged

from ..models import bank_connector_rest
from ..rest import shipped
from .banks import Ponto, Qonto
from .common import RestCase

NOT_LET_IN = {"errors": [{"code": "forbidden", "detail": "missing required OAuth scope"}]}


@tagged("post_install", "-at_install")
class TestFaults(RestCase):
    def setUp(self):
        super().setUp()
        self.use(Qonto(), "qonto")

    def begin(self, *faults):
        """Start a feed whose bank first fails so; one attempt is made."""
        window = self.start().window_ids.sudo()
        self.bank.faults = list(faults)
        window._job_fetch()
        return window

    def assert_comes_later(self, window):
        self.assertEqual((window.state, window.attempts), ("waiting", 1))
        self.assertEqual(self.books(), [])
        self.assertFalse(window.feed_id.fetched_until)
        self.run_jobs()
        self.assertEqual(len(self.books()), 150)

    def assert_passes(self, fault):
        """It happens on the second page; then the whole period comes later."""
        window = self.begin(None, fault)
        self.assertEqual(window.error_kind, "retry")
        self.assert_comes_later(window)

    def test_500(self):
        self.assert_passes((500, b""))

    def test_503(self):
        self.assert_passes((503, b"<html>maintenance</html>"))

    def test_half_a_page(self):
        self.assert_passes(HALF)

    def test_a_page_that_is_no_json(self):
        self.assert_passes((200, b"<html>maintenance</html>"))

    def test_a_page_whose_json_is_cut(self):
        self.assert_passes((200, b'{"transactions": ['))

    def test_a_page_that_is_none(self):
        self.assert_passes((200, {"message": "come back later"}))

    def test_the_same_page_again(self):
        window = self.begin(None, AGAIN)
        self.assertEqual(window.error_kind, "retry")
        self.assertRegex(window.error, "same page")
        self.assert_comes_later(window)

    def test_too_often(self):
        window = self.begin((429, b"", {"Retry-After": "3000"}))
        self.assertEqual(window.error_kind, "rate_limited")
        wait = (window.next_try_at - window.write_date).total_seconds()
        self.assertTrue(2900 < wait < 3200, wait)
        self.assert_comes_later(window)

    def test_too_often_without_a_time(self):
        window = self.begin((429, b""))
        wait = (window.next_try_at - window.write_date).total_seconds()
        self.assertTrue(590 < wait < 700, wait)  # as the profile says

    def test_a_scope_that_is_missing(self):
        window = self.begin((403, NOT_LET_IN))
        self.assertEqual(window.error_kind, "not_authorised")
        self.assertEqual(self.connection.state, "refused")

    def test_a_token_that_was_taken_back(self):
        window = self.start().window_ids.sudo()
        self.bank.good = self.bank.refresh = set()
        window._job_fetch()
        self.assertEqual(window.error_kind, "consent_expired")
        self.assertEqual(self.connection.state, "expired")
        self.sign_in()
        self.run_jobs()
        self.assertEqual(len(self.books()), 150)

    def test_an_account_that_is_gone(self):
        window = self.begin((404, {"errors": [{"code": "not_found"}]}))
        self.assertEqual((window.state, window.error_kind), ("dead", "permanent"))

    def test_a_transaction_without_amount_stops_the_file(self):
        self.bank.booked[3]["amount_cents"] = None
        self.start()
        self.run_jobs()
        record = self.env["bank.import"].search([("source", "=", "connection")])
        self.assertEqual(record.state, "refused")
        self.assertEqual(self.books(), [])

    def limited(self, **limits):
        profile = shipped()["qonto"]
        changed = dataclasses.replace(profile, limits=dataclasses.replace(profile.limits, **limits))
        known = {**shipped(), "qonto": changed}
        self.startPatcher(patch.object(bank_connector_rest, "shipped", lambda: known))

    def test_a_bank_that_does_not_go_back_so_far(self):
        self.limited(history_days=25)
        window = self.begin()
        self.assertEqual(window.error_kind, "period_too_long")
        self.assertEqual(str(window.start_date), "2026-01-16")
        self.run_jobs()
        self.assertEqual(len(self.books()), 150)

    def test_long_periods_in_pieces(self):
        self.limited(period_days=20)
        self.start()
        self.run_jobs()
        starts = {a.query["settled_at_from"] for a in self.bank.asked if "transactions" in a.path}
        self.assertEqual(
            starts,
            {"2025-12-31T23:00:00.000Z", "2026-01-20T23:00:00.000Z", "2026-02-09T23:00:00.000Z"},
        )
        self.assertEqual(len(self.books()), 150)

    def test_a_link_to_somebody_else_is_refused(self):
        self.use(Ponto(), "ponto")
        self.bank.booked = [Ponto.transaction(1, "2026-01-20")]
        window = self.start().window_ids.sudo()
        page = {"data": [self.bank.booked[0]], "links": {"next": "https://elsewhere.example/x"}}
        self.bank.faults = [page]
        window._job_fetch()
        self.assertEqual((window.state, window.error_kind), ("dead", "permanent"))
        self.assertIn("another host", window.error)
