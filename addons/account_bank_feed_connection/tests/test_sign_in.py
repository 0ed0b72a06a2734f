"""Somebody goes to the bank, comes back, and what is kept of that."""

import json
import logging
import os
from datetime import timedelta
from unittest.mock import patch
from urllib.parse import parse_qsl, urlsplit

from freezegun import freeze_time

from odoo import fields
from odoo.addons.account_bank_feed import keys, vault
from odoo.addons.account_bank_feed.envelope import new_key
from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from ..controllers.main import _WithoutAnswers
from ..models.bank_connection import CALLBACK
from ..models.bank_connector_oauth import TOKEN
from ..protocol import Consent, ConsentExpired, NotAuthorised
from ..protocol.oauth import OAuthSettings
from ..protocol.tests.oauth_server import CLIENT, PASSWORD, OAuthServer
from .common import ConnectionCase


@tagged("post_install", "-at_install")
class TestSignIn(ConnectionCase, HttpCase):
    """HttpCase, since then transactions of their own see what the test has not committed."""

    def setUp(self):
        super().setUp()
        self.startPatcher(patch.dict(os.environ, {keys.VARIABLE_KEYS: f"test {new_key()}"}))
        self.server = OAuthServer()
        self.addCleanup(self.server.close)
        self.connector = self.env["bank.connector.oauth"]
        methods = {
            "_connector_label": "OAuth bank",
            "_oauth": lambda model, connection: self.settings(connection.url),
            "_consent": lambda model, connection: self.consent(connection),
        }
        for name, value in methods.items():
            self.startPatcher(patch.object(type(self.connector), name, value))
        self.connection.write(
            {
                "connector": "bank.connector.oauth",
                "url": self.server.url,
                "client_id": CLIENT,
                "client_secret": PASSWORD,
            }
        )

    def settings(self, url):
        return OAuthSettings(
            f"{url}/authorize", f"{url}/token", scopes=("AIS",), revoke_url=f"{url}/revoke"
        )

    def consent(self, connection):
        self.connector._session(connection).get("accounts")
        return Consent("valid")

    def begin(self):
        """What the bank sends back with a person who has agreed."""
        return self.server.agree(self.connection.action_connect()["url"])

    def sign_in(self):
        self.connection._signed_in(self.begin())

    def expire(self):
        """The access token ends, as the bank sees it."""
        self.server.good = set()

    def stored(self):
        self.env.invalidate_all()  # another transaction has written it
        return json.loads(vault.reveal(vault.fetch(self.connection, TOKEN)))

    def token_requests(self):
        return [form["grant_type"] for path, form, _ in self.server.asked if path == "/token"]

    def test_a_person_goes_and_comes_back(self):
        answer = self.begin()
        self.assertEqual(self.connection.state, "waiting")
        self.connection._signed_in(answer)
        self.assertEqual(self.connection.state, "connected")
        self.assertIn(TOKEN, self.connection.secrets_set)
        self.assertFalse(self.env["bank.sign.in"].sudo().search([]))

    def test_where_the_bank_sends_people_back_to(self):
        base = self.connection.get_base_url()
        self.assertEqual(self.connection.redirect_uri, f"{base}{CALLBACK}")
        query = dict(parse_qsl(urlsplit(self.connection.action_connect()["url"]).query))
        self.assertEqual(query["redirect_uri"], self.connection.redirect_uri)

    def test_a_state_counts_once(self):
        answer = self.begin()
        self.connection._signed_in(answer)
        with self.assertRaisesRegex(UserError, "is over"):
            self.connection._signed_in(answer)
        self.assertEqual(self.token_requests(), ["authorization_code"])

    def test_a_state_is_used_up_by_a_failure_too(self):
        answer = self.begin()
        with self.assertRaisesRegex(UserError, "has not agreed: access_denied"):
            self.connection._signed_in({"state": answer["state"], "error": "access_denied"})
        with self.assertRaisesRegex(UserError, "is over"):
            self.connection._signed_in(answer)

    def test_a_state_ends_after_ten_minutes(self):
        answer = self.begin()
        with freeze_time(fields.Datetime.now() + timedelta(minutes=11)):
            with self.assertRaisesRegex(UserError, "is over"):
                self.connection._signed_in(answer)
            self.env["bank.sign.in"]._gc_over()
        self.assertFalse(self.env["bank.sign.in"].sudo().search([]))

    def test_a_state_is_of_one_person_and_connection(self):
        answer = self.begin()
        other = self.connection.copy({"client_secret": PASSWORD})
        with self.assertRaisesRegex(UserError, "is over"):
            other._signed_in(answer)
        manager = self.make_user("manager")
        with self.assertRaisesRegex(UserError, "is over"):
            self.connection.with_env(self.env_of(manager))._signed_in(answer)

    def test_only_the_last_sign_in_counts(self):
        first = self.begin()
        second = self.begin()
        with self.assertRaisesRegex(UserError, "is over"):
            self.connection._signed_in(first)
        self.connection._signed_in(second)

    def test_the_database_has_neither_state_nor_verifier(self):
        answer = self.begin()
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT s::text FROM bank_sign_in s UNION SELECT s::text FROM bank_secret s"
        )
        self.assertNotIn(answer["state"], repr(self.env.cr.fetchall()))

    def test_a_session_renews_the_token(self):
        self.sign_in()
        before = self.stored()
        with freeze_time(fields.Datetime.now() + timedelta(minutes=6)):
            self.consent(self.connection)
        self.assertEqual(self.token_requests(), ["authorization_code", "refresh_token"])
        self.assertNotEqual(self.stored()["refresh"], before["refresh"])

    def test_a_refused_token_is_renewed_once(self):
        self.sign_in()
        self.expire()
        self.consent(self.connection)
        self.assertEqual(self.token_requests(), ["authorization_code", "refresh_token"])

    def test_who_comes_second_uses_the_new_token(self):
        self.sign_in()
        old = self.stored()["access"]
        first = self.connector._good_token(self.connection, old)
        second = self.connector._good_token(self.connection, old)
        self.assertEqual(first, second)
        self.assertEqual(self.token_requests(), ["authorization_code", "refresh_token"])

    def test_a_token_that_was_taken_back(self):
        self.sign_in()
        self.server.revoke()
        with self.assertRaises(ConsentExpired):
            self.consent(self.connection)

    def test_without_a_token_nobody_is_asked(self):
        with self.assertRaises(ConsentExpired):
            self.consent(self.connection)
        self.assertFalse(self.server.asked)

    def test_disconnecting_gives_the_tokens_back(self):
        self.sign_in()
        self.connection.action_disconnect()
        self.assertTrue(self.server.revoked)
        self.assertFalse(self.connection.secrets_set)

    def test_logs_and_errors_have_no_token(self):
        with self.assertLogs(level=logging.DEBUG) as logs:
            logging.getLogger().debug("else there may be none")
            answer = self.begin()
            self.connection._signed_in(answer)
            token = self.stored()
            self.server.revoke()
            with self.assertRaises(ConsentExpired) as caught:
                self.consent(self.connection)
        shown = f"{logs.output} {caught.exception!r} {caught.exception.payload}"
        for secret in (*token.values(), answer["code"], PASSWORD):
            if isinstance(secret, str):
                self.assertNotIn(secret, shown)

    # The way back

    def come_back(self, **answer):
        self.authenticate(self.user.login, self.user.login)
        return self.url_open(
            f"{CALLBACK}?{'&'.join(f'{k}={v}' for k, v in answer.items())}", allow_redirects=False
        )

    def begin_as(self, role):
        self.user = self.make_user(role)
        self.user.password = self.user.login
        connection = self.connection.with_env(self.env_of(self.user))
        return self.server.agree(connection.action_connect()["url"])

    def test_the_way_back_leads_to_the_connection(self):
        response = self.come_back(**self.begin_as("manager"))
        self.assertEqual(response.status_code, 303)
        self.assertIn(f"/odoo/bank-connections/{self.connection.id}", response.headers["Location"])
        self.env.invalidate_all()
        self.assertEqual(self.connection.state, "connected")
        self.assertTrue(self.connection.feed_ids)

    def test_a_refusal_is_shown_on_the_connection(self):
        answer = self.begin_as("manager")
        response = self.come_back(state=answer["state"], error="access_denied")
        self.assertEqual(response.status_code, 303)
        self.env.invalidate_all()
        self.assertIn("access_denied", self.connection.error)
        self.assertEqual(self.connection.state, "waiting")

    def test_a_refusal_after_the_way_back_is_kept(self):
        def refuse(_connection):
            raise NotAuthorised("bank.example answers 403")

        answer = self.begin_as("manager")
        with patch.object(self, "consent", refuse):
            self.come_back(**answer)
        self.env.invalidate_all()
        self.assertEqual(self.connection.error, "bank.example answers 403")
        self.assertEqual(self.connection.state, "refused")

    def test_somebody_elses_way_back_is_none(self):
        answer = self.begin()
        self.begin_as("manager")
        response = self.come_back(**answer)
        self.assertEqual(response.status_code, 403)
        self.assertIn("This sign-in is over", response.text)

    def test_who_is_no_manager_any_more_does_not_get_back(self):
        answer = self.begin_as("manager")
        group = self.env.ref("account_bank_feed.group_manager")
        self.env.cr.execute(
            "DELETE FROM res_groups_users_rel WHERE gid = %s AND uid = %s", [group.id, self.user.id]
        )
        self.env.registry.clear_cache()
        self.env.invalidate_all()
        self.assertEqual(self.come_back(**answer).status_code, 403)
        self.assertFalse(self.token_requests())

    def test_the_servers_log_has_no_code(self):
        record = logging.LogRecord(
            "werkzeug",
            logging.INFO,
            "",
            0,
            '"%s" %s %s',
            (f"GET {CALLBACK}?code=C0DE&state=S HTTP/1.1", "303", "-"),
            None,
        )
        self.assertTrue(_WithoutAnswers().filter(record))
        self.assertIn(f"{CALLBACK}?… HTTP/1.1", record.getMessage())
        self.assertNotIn("C0DE", record.getMessage())
