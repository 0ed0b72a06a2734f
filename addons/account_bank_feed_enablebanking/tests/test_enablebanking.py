"""A consent at Enable Banking, what it gives, and what becomes of its errors."""

import datetime
import logging
import os
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.addons.account_bank_feed import keys
from odoo.addons.account_bank_feed.envelope import new_key
from odoo.addons.account_bank_feed.tests.common import IBAN
from odoo.addons.account_bank_feed_connection.tests.common import ConnectionCase, somebody_asks
from odoo.addons.account_bank_feed_connection.tests.json_bank import AGAIN, HALF
from odoo.addons.account_bank_feed_rest.tests.banks import private_key
from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from .bank import APPLICATION, HASH, EnableBanking, error

KEY = private_key()


@tagged("post_install", "-at_install")
class TestEnableBanking(ConnectionCase, HttpCase):
    """HttpCase, since then transactions of their own see what the test has not committed."""

    def setUp(self):
        super().setUp()
        self.startPatcher(patch.dict(os.environ, {keys.VARIABLE_KEYS: f"test {new_key()}"}))
        self.bank = EnableBanking(KEY)
        self.addCleanup(self.bank.close)
        self.bank.booked = [
            EnableBanking.transaction(n, f"2026-01-{n + 10}", n) for n in range(1, 9)
        ]
        self.connection.write(
            {
                "connector": "bank.connector.enablebanking",
                "url": self.bank.url,
                "client_id": APPLICATION,
                "private_key": KEY,
                "enablebanking_country_id": self.env.ref("base.fi").id,
            }
        )

    def choose(self, name="Nordea"):
        action = self.connection.action_enablebanking_banks()
        banks = self.env[action["res_model"]].search(action["domain"])
        banks.filtered(lambda bank: bank.name == name).action_choose()
        return banks

    def sign_in(self):
        address = self.connection.action_connect()["url"]
        self.connection._signed_in(self.bank.agree(address))

    def start(self):
        """Choose, sign in, find the account, start its feed; nothing is fetched yet."""
        self.choose()
        self.sign_in()
        self.connection.action_find_accounts()
        feed = self.connection.feed_ids
        feed.action_start()
        return feed

    def attempt(self, *faults):
        """Start a feed whose bank first fails so; one attempt is made."""
        window = self.start().window_ids.sudo()
        self.bank.faults = list(faults)
        window._job_fetch()
        return window

    def amounts(self):
        return sorted(row[1] for row in self.books())

    def asked(self, word):
        return [asked for asked in self.bank.asked if word in asked.path]

    # ------------------------------------------------------------------
    # In and out
    # ------------------------------------------------------------------

    def test_a_form_shows_what_is_needed(self):
        self.assertEqual(self.connection.asks_for, "|client_id|private_key|")
        self.assertTrue(self.connection.redirect_uri)
        self.assertIn("control panel", self.connection.how_to)

    def test_the_bank_is_chosen_first(self):
        with self.assertRaisesRegex(UserError, "Choose the bank first"):
            self.connection.action_connect()
        self.assertEqual(self.choose("Aktia").mapped("name"), ["Aktia", "Nordea"])
        self.assertEqual(self.connection.enablebanking_bank, "Aktia")
        self.assertEqual(self.connection.enablebanking_seconds, 90 * 86_400)

    def test_what_somebody_agrees_to(self):
        self.choose()
        self.sign_in()
        sent = self.bank.agreed_to
        self.assertEqual(sent["aspsp"], {"name": "Nordea", "country": "FI"})
        self.assertEqual(sent["psu_type"], "business")
        self.assertEqual(sent["redirect_url"], self.connection.redirect_uri)
        self.assertEqual(self.connection.state, "connected")
        left = self.connection.valid_until - fields.Datetime.now()
        self.assertEqual(left.days, 89)
        self.assertIn("|enablebanking_session|", self.connection.secrets_set)

    def test_somebody_who_does_not_agree(self):
        self.choose()
        state = self.bank.agree(self.connection.action_connect()["url"])["state"]
        with self.assertRaisesRegex(UserError, "has not agreed"):
            self.connection._signed_in({"state": state, "error": "access_denied"})
        with self.assertRaisesRegex(UserError, "is over"):
            self.connection._signed_in({"state": state, "code": "code-1"})

    def test_a_key_of_another_application(self):
        self.connection.private_key = private_key()
        with self.assertRaisesRegex(UserError, "answers 401"):
            self.choose()
        self.connection.private_key = "nonsense"
        with self.assertRaisesRegex(UserError, "not in PEM format"):
            self.choose()

    def test_the_log_has_neither_key_nor_signature(self):
        with self.assertLogs(level=logging.DEBUG) as logs:
            logging.getLogger().debug("else there may be none")
            self.start()
            self.run_jobs()
        shown = "\n".join(str(record.__dict__) for record in logs.records)
        proofs = {asked.bearer for asked in self.bank.asked}
        for secret in (*proofs, *self.bank.sessions, *KEY.splitlines()[1:-1]):
            self.assertNotIn(secret, shown)

    def test_disconnecting_ends_the_consent(self):
        self.start()
        self.connection.action_disconnect()
        (session,) = self.bank.sessions.values()
        self.assertEqual(session["status"], "CLOSED")
        self.assertFalse(self.connection.secrets_set)

    # ------------------------------------------------------------------
    # What it gives
    # ------------------------------------------------------------------

    def test_all_pages_also_after_empty_ones(self):
        feed = self.start()
        self.assertEqual((feed.account_ref, feed.iban, feed.journal_id), (HASH, IBAN, self.journal))
        self.run_jobs()
        self.assertEqual(self.amounts(), list(range(1, 9)))
        self.assertEqual((feed.booked_balance, feed.available_balance), (100, 95))
        queries = [asked.query for asked in self.asked("transactions")]
        self.assertEqual(len(queries), 6)
        self.assertEqual({query["date_from"] for query in queries}, {"2026-01-01"})

    def test_what_a_line_says(self):
        self.bank.booked = [
            EnableBanking.transaction(
                1, "2026-01-20", -5, creditor_account={"iban": "FI2112345600000785"}
            ),
            EnableBanking.transaction(2, "2026-01-21", 6),
        ]
        self.start()
        self.run_jobs()
        paid, received = self.transactions().sorted("booking_date")
        self.assertEqual((paid.amount, paid.counterparty_name), (-5, "Creditor 1"))
        self.assertEqual(paid.counterparty_iban, "FI2112345600000785")
        self.assertEqual((paid.remittance, paid.bank_reference), ("RE-1 thank you", "ref-1"))
        self.assertEqual(paid.code, "PMNT-ICDT-STDO")
        self.assertEqual((received.amount, received.counterparty_name), (6, "Debtor 2"))

    def test_what_is_pending_is_shown_but_not_booked(self):
        self.bank.pending = [EnableBanking.transaction(99, "2026-02-09", 7, status="PDNG")]
        feed = self.start()
        feed.include_pending = True
        self.run_jobs()
        self.assertEqual(len(self.books()), 8)
        self.assertEqual(len(self.transactions()), 9)

    def test_a_renewed_consent_finds_the_same_account(self):
        feed = self.start()
        self.run_jobs()
        for session in self.bank.sessions.values():
            session["status"] = "EXPIRED"
        feed.action_fetch_now()
        window = feed.window_ids.sorted("id")[-1].sudo()
        window._job_fetch()
        self.assertEqual((window.error_kind, self.connection.state), ("consent_expired", "expired"))
        self.assertEqual(feed.state, "paused")
        self.sign_in()
        self.connection.action_find_accounts()
        self.assertEqual(self.connection.feed_ids, feed)
        self.run_jobs()
        self.assertEqual((window.state, len(self.books())), ("fetched", 8))

    def test_who_asks_is_told_only_while_somebody_does(self):
        self.start()
        self.run_jobs()
        self.assertFalse([a for a in self.bank.asked if "Psu-Ip-Address" in a.headers])
        with somebody_asks():
            self.connection.feed_ids.action_get_balances()
            headers = {n.lower(): v for n, v in self.asked("balances")[-1].headers.items()}
            self.assertEqual(headers["psu-ip-address"], "192.0.2.7")
            self.connection.enablebanking_headers = "Psu-Ip-Address Psu-Geo-Location"
            self.connection.feed_ids.action_get_balances()
            headers = {n.lower() for n in self.asked("balances")[-1].headers}
            self.assertNotIn("psu-ip-address", headers)  # all that the bank wants, or nothing

    # ------------------------------------------------------------------
    # Errors
    # ------------------------------------------------------------------

    def assert_comes_later(self, window, kind="retry"):
        self.assertEqual((window.state, window.error_kind), ("waiting", kind))
        self.assertEqual(self.books(), [])
        self.run_jobs()
        self.assertEqual(len(self.books()), 8)

    def test_a_bank_that_is_down(self):
        self.assert_comes_later(self.attempt(None, error(400, "ASPSP_ERROR")))

    def test_a_key_that_does_not_go_on(self):
        self.assert_comes_later(self.attempt(None, error(422, "WRONG_CONTINUATION_KEY")))

    def test_half_a_page(self):
        self.assert_comes_later(self.attempt(None, HALF))

    def test_the_same_page_again(self):
        self.assert_comes_later(self.attempt(None, AGAIN))

    def test_no_json(self):
        self.assert_comes_later(self.attempt(None, (200, b"<html>")))

    def test_503(self):
        self.assert_comes_later(self.attempt((503, b"")))

    def wait_of(self, window):
        return (window.next_try_at - fields.Datetime.now()).total_seconds()

    def test_too_often_today(self):
        text = "Daily PSU not present consultation limit has been exceeded"
        with freeze_time("2026-02-10 20:00:00", tick=True):
            window = self.attempt(error(429, "ASPSP_RATE_LIMIT_EXCEEDED", text))
            self.assertTrue(4 * 3600 - 120 < self.wait_of(window) < 4.5 * 3600)
        self.assert_comes_later(window, "rate_limited")

    def test_too_often(self):
        window = self.attempt(error(429, "ASPSP_RATE_LIMIT_EXCEEDED"))
        self.assertTrue(3500 < self.wait_of(window) < 4000)

    def test_too_often_says_how_long(self):
        window = self.attempt((429, b"", {"Retry-After": "7000"}))
        self.assertTrue(6900 < self.wait_of(window) < 7500)

    def test_consents_that_end(self):
        window = self.attempt(error(401, "REVOKED_SESSION"))
        self.assertEqual((window.error_kind, self.connection.state), ("consent_expired", "expired"))
        self.assertEqual(len(self.asked("transactions")), 1)  # another signature would not help

    def test_not_let_in(self):
        window = self.attempt(error(403, "ACCESS_DENIED"))
        self.assertEqual((window.error_kind, self.connection.state), ("not_authorised", "refused"))

    def test_an_account_that_is_gone(self):
        window = self.attempt(error(404, "ACCOUNT_DOES_NOT_EXIST"))
        self.assertEqual((window.state, window.error_kind), ("dead", "permanent"))
        self.assertEqual(window.error, "127.0.0.1 answers 404 Not Found")

    def test_a_bank_that_does_not_go_back_so_far(self):
        self.bank.history = 60
        self.journal.bank_feed_start_date = "2025-10-01"
        today = datetime.date(2026, 2, 10)
        with freeze_time(today, tick=True):
            feed = self.start()
            feed.history_start = "2025-10-01"
            feed.sudo()._fetch(feed._next_period(), "history")
            window = feed.window_ids.sorted("id")[-1].sudo()
            window._job_fetch()
            self.assertEqual(window.error_kind, "period_too_long")
            self.assertEqual(window.start_date, today - datetime.timedelta(days=89))
            window._job_fetch()
            self.assertEqual(window.start_date, today - datetime.timedelta(days=59))
            self.run_jobs()
        self.assertEqual(len(self.books()), 8)
