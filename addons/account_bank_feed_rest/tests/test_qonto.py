"""Qonto: numbered pages, amounts in cents, refresh tokens that rotate."""

from urllib.parse import parse_qsl, urlsplit

from odoo.addons.account_bank_feed.tests.common import IBAN
from odoo.tests import tagged

from .banks import Qonto, QontoByKey
from .common import RestCase


@tagged("post_install", "-at_install")
class TestQonto(RestCase):
    def setUp(self):
        super().setUp()
        self.use(Qonto(), "qonto")

    def test_signing_in_asks_for_no_more_than_reading(self):
        address = urlsplit(self.connection.action_connect()["url"])
        query = dict(parse_qsl(address.query))
        self.assertEqual(address.path, "/oauth2/auth")
        self.assertEqual(query["scope"], "offline_access organization.read")
        self.assertEqual(query["code_challenge_method"], "S256")

    def test_accounts_that_are_open(self):
        feed = self.start()
        self.assertEqual(self.connection.state, "connected")
        self.assertEqual(
            (feed.account_ref, feed.iban, feed.journal_id), ("acc-1", IBAN, self.journal)
        )
        self.assertEqual(self.connection.feed_ids, feed)

    def test_all_pages_are_booked_once(self):
        feed = self.start()
        self.run_jobs()
        self.assertEqual(self.amounts(), [round(10 + n / 100, 2) for n in range(150)])
        self.assertEqual(feed.booked_balance, sum(1000 + n for n in range(150)) / 100)
        self.assertEqual(feed.available_balance, feed.booked_balance - 5)
        pages = [a.query["current_page"] for a in self.bank.asked if "transactions" in a.path]
        self.assertEqual(pages, ["1", "2"])
        self.bank.booked.append(Qonto.transaction(900, "2026-02-09"))
        feed.action_fetch_now()
        self.run_jobs()
        self.assertEqual(len(self.books()), 151)

    def test_what_a_line_says(self):
        self.bank.booked = [
            Qonto.transaction(
                1,
                "2026-01-20",
                side="debit",
                operation_type="transfer",
                transfer={
                    "counterparty_account_number": "FR1420041010050500013M02606",
                    "counterparty_bank_identifier": "PSSTFRPPXXX",
                },
            )
        ]
        self.start()
        self.run_jobs()
        line = self.transactions()
        self.assertEqual(line.amount, -10.01)
        self.assertEqual(line.counterparty_name, "Client 1")
        self.assertEqual(line.counterparty_iban, "FR1420041010050500013M02606")
        self.assertIn('"transfer"', line.raw)

    def test_the_token_ends_between_two_pages(self):
        self.start()
        self.bank.pages_until_token_ends = 1
        self.run_jobs()
        self.assertEqual(len(self.books()), 150)
        grants = [a.form["grant_type"] for a in self.bank.asked if a.path == "/oauth2/token"]
        self.assertEqual(grants, ["authorization_code", "refresh_token"])
        self.assertEqual(len(self.bank.refresh), 1)  # the first one is used up

    def test_what_is_pending_is_shown_but_not_booked(self):
        self.bank.booked = self.bank.booked[:1]
        self.bank.pending = [Qonto.transaction(7, "2026-02-09", settled_at=None)]
        feed = self.start()
        feed.include_pending = True
        self.run_jobs()
        self.assertEqual(self.amounts(), [10.0])
        self.assertEqual(len(self.transactions()), 2)

    def test_disconnecting_revokes(self):
        self.start()
        self.connection.action_disconnect()
        self.assertTrue(self.bank.revoked)
        self.assertFalse(self.connection.secrets_set)


@tagged("post_install", "-at_install")
class TestQontoByKey(RestCase):
    def test_login_and_secret_key(self):
        self.use(QontoByKey(), "qonto_key")
        self.start()
        self.run_jobs()
        self.assertEqual(len(self.books()), 150)

    def test_a_refused_key_is_in_no_error(self):
        self.use(QontoByKey(), "qonto_key", client_secret="Wrong-Password-1")
        self.connection.action_connect()
        self.assertRegex(self.connection.error, "answers 401")
        self.use(QontoByKey(), "qonto_key")
        window = self.start().window_ids.sudo()
        self.connection.client_secret = "Wrong-Password-1"
        window._job_fetch()
        self.assertEqual(window.error_kind, "not_authorised")
        payload = window.payload_id._open().read()
        self.assertIn(b"unknown key", payload)
        self.assertNotIn(b"Wrong-Password-1", payload)

    def test_the_sandbox_wants_a_token_beside(self):
        self.use(QontoByKey(), "qonto_key", rest_sandbox=True, rest_sandbox_token="Staging-9")
        self.sign_in()
        self.assertEqual(self.bank.asked[0].headers["X-Qonto-Staging-Token"], "Staging-9")
