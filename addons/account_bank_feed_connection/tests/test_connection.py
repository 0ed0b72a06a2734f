"""In and out of a bank, and finding the accounts there."""

import os
from unittest.mock import patch

from odoo.addons.account_bank_feed import keys, vault
from odoo.addons.account_bank_feed.envelope import new_key
from odoo.addons.account_bank_feed.tests.common import make_iban
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..protocol import (
    Consent,
    ConsentExpired,
    NotAuthorised,
    RateLimited,
    RemoteAccount,
    RetryLater,
)
from .common import ConnectionCase


@tagged("post_install", "-at_install")
class TestConnection(ConnectionCase):
    def setUp(self):
        self.real_consent = type(self.env["bank.connector"])._consent
        super().setUp()

    def test_a_connector_is_found_by_what_it_inherits(self):
        labels = dict(self.env["bank.connector"]._labels())
        self.assertEqual(labels["bank.connector"], "Inner bank")

    def test_a_bank_without_sign_in_is_connected_at_once(self):
        self.connection.action_connect()
        self.assertEqual(self.connection.state, "connected")

    def test_accounts_are_there_at_once(self):
        self.connection.action_connect()
        self.assertEqual(self.connection.feed_ids.journal_id, self.journal)
        self.assertEqual(self.connection.next_step, "start")

    def test_a_journal_that_is_made_later_is_found_too(self):
        number = make_iban(4711)
        self.bank.accounts = [RemoteAccount("acc-2", iban=number, currency="EUR")]
        self.connection.action_connect()
        self.assertFalse(self.connection.feed_ids.journal_id)
        journal = self.make_journal(number, "BNKB")
        self.connection.action_find_accounts()
        self.assertEqual(self.connection.feed_ids.journal_id, journal)

    def test_connected_even_if_the_accounts_cannot_be_had(self):
        def fail(*_args):
            raise RetryLater("bank.example answers 503")

        self.patch(type(self.env["bank.connector"]), "_accounts", fail)
        self.connection.action_connect()
        self.assertEqual(self.connection.state, "connected")
        self.assertEqual(self.connection.error, "bank.example answers 503")
        self.assertEqual(self.connection.next_step, "find")

    def test_the_accounts_say_how_a_bank_without_sign_in_is(self):
        def refuse(*_args):
            raise NotAuthorised("bank.example answers 401")

        connector = type(self.env["bank.connector"])
        self.patch(connector, "_consent", self.real_consent)
        self.connection.action_connect()
        self.assertEqual(self.connection.state, "connected")
        self.patch(connector, "_accounts", refuse)
        with self.assertRaisesRegex(NotAuthorised, "answers 401"):
            self.env["bank.connector"]._consent(self.connection)

    def test_who_may_only_look_is_told_to_do_nothing(self):
        view = self.env.ref("account_bank_feed_connection.bank_connection_view_form")
        for role, offered in (("auditor", False), ("manager", True)):
            env = self.env_of(self.make_user(role))
            form = env["bank.connection"].get_view(view.id, "form")["arch"]
            for what in ("action_make_journal", "action_start", "action_stop", "o_bank_feed_next"):
                self.assertEqual(what in form, offered, f"{role}: {what}")

    def test_a_form_asks_for_what_the_connector_needs(self):
        connector = type(self.env["bank.connector"])
        self.patch(connector, "_asks_for", ("url", "client_id"))
        self.patch(connector, "_how_to", lambda model: "Look into the letter")
        self.connection.invalidate_recordset()
        self.assertEqual(self.connection.asks_for, "|url|client_id|")
        self.assertEqual(self.connection.how_to, "Look into the letter")

    def test_a_person_is_sent_to_the_bank(self):
        self.bank.sign_in_at = "https://bank.example/agree"
        action = self.connection.action_connect()
        self.assertEqual(action["url"], "https://bank.example/agree")
        self.assertEqual(self.connection.state, "waiting")
        self.connection._signed_in({})
        self.assertEqual(self.connection.state, "connected")

    def test_a_manager_who_comes_back_sets_going_what_waited(self):
        feed = self.connect()
        self.connection._note(NotAuthorised("bank.example answers 401"))
        feed._pause("bank.example answers 401")
        self.bank.sign_in_at = "https://bank.example/agree"
        manager = self.make_user("manager")
        self.connection.with_env(self.env_of(manager)).action_connect()
        self.connection.with_env(self.env_of(manager))._signed_in({})
        self.assertEqual((self.connection.state, feed.state), ("connected", "active"))

    def test_a_second_person_agrees_later(self):
        self.bank.sign_in_at = "https://bank.example/agree"
        self.bank.consent = Consent("waiting")
        self.connection.action_connect()
        self.connection._signed_in({})
        self.assertEqual(self.connection.state, "waiting")
        self.bank.consent = Consent("valid")
        self.connection.action_check()
        self.assertEqual(self.connection.state, "connected")

    def test_whoever_looks_too_early_is_told_so(self):
        def not_yet(*_args):
            raise ConsentExpired("Nobody has agreed yet")

        self.bank.sign_in_at = "https://bank.example/agree"
        self.connection.action_connect()
        self.patch(type(self.env["bank.connector"]), "_consent", not_yet)
        told = self.connection.action_check()
        self.assertIn("Nobody has agreed yet", told["params"]["message"])
        self.assertEqual(self.connection.state, "waiting")

    def test_a_bank_that_says_that_the_consent_is_over(self):
        for state in ("expired", "revoked", "missing"):
            with self.subTest(state):
                self.bank.consent = Consent("valid")
                feed = self.connection.feed_ids or self.connect()
                self.connection.action_check()
                self.assertEqual((self.connection.state, feed.state), ("connected", "active"))
                self.bank.consent = Consent(state)
                told = self.connection.action_check()
                self.assertIn("consent", told["params"]["message"])
                self.assertEqual((self.connection.state, feed.state), ("expired", "paused"))

    def test_a_bank_that_waits_for_another_person(self):
        self.connect()
        self.bank.consent = Consent("waiting")
        self.connection.action_check()
        self.assertEqual(self.connection.state, "waiting")

    def test_nobody_has_agreed_yet(self):
        self.bank.sign_in_at = "https://bank.example/agree"
        self.connection.action_connect()
        self.bank.consent = Consent("missing")
        self.connection.action_check()
        self.assertEqual(self.connection.state, "waiting")
        self.bank.consent = Consent("revoked")
        self.connection.action_check()
        self.assertEqual(self.connection.state, "expired")

    def test_a_bank_that_is_not_told_is_named(self):
        def fail(*_args):
            raise RetryLater("bank.example answers 503")

        self.connect()
        self.patch(type(self.env["bank.connector"]), "_sign_out", fail)
        self.connection.action_disconnect()
        self.assertEqual(self.connection.state, "disconnected")
        self.assertIn("answers 503", self.connection.message_ids[0].body)

    def test_accounts_find_their_journals(self):
        self.bank.accounts.append(RemoteAccount("acc-2", number="4711", currency="EUR"))
        self.connection.action_connect()
        self.connection.action_find_accounts()
        known, unknown = self.connection.feed_ids.sorted("account_ref")
        self.assertEqual(known.journal_id, self.journal)
        self.assertFalse(unknown.journal_id)
        with self.assertRaises(UserError):
            unknown.action_start()
        self.connection.action_find_accounts()
        self.assertEqual(len(self.connection.feed_ids), 2)

    def test_a_number_of_the_banks_own_is_told_to_the_journal(self):
        self.bank.accounts = [RemoteAccount("acc-2", number="4711", currency="EUR")]
        self.connection.action_connect()
        self.connection.action_find_accounts()
        feed = self.connection.feed_ids
        feed.journal_id = self.make_journal(False, "BNKB")
        feed.action_start()
        self.assertEqual(feed.journal_id.bank_feed_account_number, "4711")

    def test_a_refusal_is_said(self):
        def refuse(*_args):
            raise NotAuthorised("bank.example answers 401")

        self.patch(type(self.env["bank.connector"]), "_consent", refuse)
        told = self.connection.action_connect()
        self.assertIn("answers 401", told["params"]["message"])
        self.assertEqual(self.connection.state, "refused")
        self.assertEqual(self.connection.error, "bank.example answers 401")

    def test_what_a_bank_says_to_people_is_kept(self):
        feed = self.connect()

        def refuse(*_args):
            raise NotAuthorised("bank.example answers 401")

        for name, action in (
            ("_consent", self.connection.action_check),
            ("_accounts", self.connection.action_find_accounts),
            ("_balances", feed.action_get_balances),
        ):
            with self.subTest(name):
                with patch.object(type(self.env["bank.connector"]), name, refuse):
                    told = action()
                self.assertIn("answers 401", told["params"]["message"])
                self.assertEqual(self.connection.state, "refused")
                self.assertEqual(self.connection.error, "bank.example answers 401")
                self.connection.action_connect()

    def test_disconnecting_tells_the_bank_and_stops_the_feeds(self):
        feed = self.connect()
        self.connection.action_disconnect()
        self.assertTrue(self.bank.signed_out)
        self.assertEqual((self.connection.state, feed.state), ("disconnected", "paused"))

    def as_manager(self):
        """The connection, connected and with secrets, as a manager sees it."""
        self.startPatcher(patch.dict(os.environ, {keys.VARIABLE_KEYS: f"test {new_key()}"}))
        self.connection.write(
            {
                "url": "https://bank.example/v1",
                "client_secret": "Password-1",
                "private_key": "Key-1",
            }
        )
        vault.store(self.connection, "oauth_token", "Token-1")
        return self.connection.with_env(self.env_of(self.make_user("manager")))

    def test_secrets_do_not_follow_the_address(self):
        connection = self.as_manager()
        for address in ("https://BANK.example/v2", "https://bank.example/"):
            connection.url = address
            self.assertEqual(connection.secrets_set, "|client_secret|oauth_token|private_key|")
        connection.write({"url": "https://bank.example.evil/v1", "client_secret": "Password-2"})
        self.assertEqual(connection.secrets_set, "|client_secret|")
        self.assertEqual(self.connection._secret("client_secret"), "Password-2")
        said = connection.message_ids.filtered(lambda m: "forgotten" in (m.body or ""))
        self.assertEqual(len(said), 1)

    def test_secrets_are_for_one_connector_at_one_host(self):
        for values in (
            {"url": False},
            {"url": "https://bank.example:8443/v1"},
            {"url": "https://bank.example@evil.example/v1"},
            {"url": "https://[bank"},
            {"connector": "bank.connector.oauth"},
        ):
            with self.subTest(values=values):
                connection = self.as_manager()
                connection.connector = "bank.connector"
                connection.client_secret = "Password-1"
                connection.write(values)
                self.assertFalse(connection.secrets_set)

    def test_a_limit_ends_when_the_bank_lets_us_in_or_is_another(self):
        connection = self.as_manager()
        for change in (connection.action_connect, lambda: connection.write({"url": False})):
            connection._keep_limit(RateLimited("bank.example answers 429", after=7200))
            self.assertTrue(connection.not_before)
            change()
            self.assertFalse(connection.not_before)

    def test_certificates_do_not_follow_the_address(self):
        """The next bank's connector may hide the field of what would stand in its way."""
        for values, kept in (
            ({"connector": "bank.connector.oauth"}, False),
            ({"url": "https://elsewhere.example"}, False),
            (
                {"url": "https://elsewhere.example", "certificate": "New", "authorities": "New"},
                "New",
            ),
            ({"url": "https://bank.example/v2"}, "Old"),
        ):
            for secret in ("Key-1", False):
                with self.subTest(values=values, secret=secret):
                    connection = self.as_manager()
                    connection.connector = "bank.connector"
                    connection.write(
                        {"private_key": secret, "certificate": "Old", "authorities": "Old"}
                    )
                    connection.write(values)
                    self.assertEqual((connection.certificate, connection.authorities), (kept,) * 2)

    def test_only_managers_connect(self):
        accountant = self.make_user("accountant")
        connection = self.connection.with_env(self.env_of(accountant))
        for method in (
            "action_connect",
            "action_check",
            "action_disconnect",
            "action_find_accounts",
        ):
            with self.assertRaises(AccessError):
                getattr(connection, method)()
        with self.assertRaises(AccessError):
            connection.write({"url": "https://elsewhere.example"})
