"""The connector against the demo bank: in, fetch, out, and what goes wrong."""

import io
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from urllib.parse import parse_qsl, urljoin, urlsplit

import requests
from lxml import etree

from odoo import fields
from odoo.addons.account_bank_feed_connection.protocol import (
    ConnectorError,
    ConsentExpired,
    NotAuthorised,
    PeriodTooLong,
    Permanent,
    RateLimited,
    RetryLater,
)
from odoo.addons.account_bank_feed_connection.tests.common import somebody_asks
from odoo.addons.account_bank_feed_connection.tests.real import RealBankCase
from odoo.addons.bank_statement_format import Transaction, detect
from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

DAY = timedelta(days=1)


class Xs2aCase(RealBankCase, HttpCase):
    """HttpCase, since then transactions of their own see what the test has not committed."""

    SIGN_IN = "oauth"

    def setUp(self):
        super().setUp()
        self.connection = self.make_connection("bank.connector.nextgenpsd2")
        self.bank = bank = self.start_demo_bank(
            auto_approve=True, redirect_uris=(self.connection.redirect_uri,)
        )
        self.today = bank.clock.today
        self.patch(fields.Date, "context_today", lambda *_: bank.clock.today)
        self.connection.write(
            {
                "url": bank.url,
                "client_id": bank.client.id,
                "client_secret": bank.client.secret,
                "authorities": Path(bank.ca_file).read_text(),
                "xs2a_sign_in": self.SIGN_IN,
                "xs2a_auth_method": "client_secret_basic",
            }
        )
        self.account = next(iter(bank.ledger.accounts.values()))

    def visit(self, address):
        """A person agrees at the bank; what it sends back with him."""
        while not address.startswith(self.connection.redirect_uri):
            answer = requests.get(
                address, allow_redirects=False, verify=self.bank.ca_file, timeout=60
            )
            address = urljoin(address, answer.headers["Location"])
        found = dict(parse_qsl(urlsplit(address).query))
        found.setdefault("state", self.env["bank.sign.in"]._implied_state())
        return found

    def connect(self):
        address = self.connection.action_connect()["url"]
        while address:
            address = self.connection._signed_in(self.visit(address))

    def connect_and_link(self):
        start = self.today - 40 * DAY
        balance = self.bank.ledger.balance(self.account.iban, start - DAY)
        journal = self.make_journal(self.account.iban, "BNKN", start=str(start), balance=balance)
        self.connect()
        feeds = self.connection.feed_ids
        feed = feeds.filtered(lambda feed: feed.iban == self.account.iban)
        self.assertEqual(feed.journal_id, journal)
        return feed

    def told(self, documents):
        known = self.connection._connector()._formats()
        found = []
        for document in documents:
            stream = io.BytesIO(document.content)
            events = detect(document.name, stream, known).parse(stream)
            found += [event for event in events if isinstance(event, Transaction)]
        return found

    def facts(self, transactions):
        return sorted(
            (str(t.booking_date), t.amount, t.counterparty.name or "") for t in transactions
        )

    def assert_all(self, documents, start, end):
        told = [t for t in self.told(documents) if t.booked]
        truth = self.bank.truth(self.account.iban, start, end)
        self.assertTrue(truth)
        self.assertEqual(self.facts(told), self.facts(truth))

    def seen(self, path):
        """The statuses of what was asked for."""
        return [row["status"] for row in self.bank.log if row["path"].endswith(path)]

    def assert_in_and_out(self):
        self.connect()
        self.assertEqual(self.connection.state, "connected")
        until = self.connection.valid_until.date()
        self.assertEqual((until - fields.Date.today()).days, 180)
        consent = self.connection.xs2a_consent
        self.assertFalse(self.connection.xs2a_next_consent)
        self.connection.action_disconnect()
        self.assertEqual(self.bank.consents.get(consent).status, "terminatedByTpp")
        self.assertFalse(self.connection.xs2a_consent)
        self.assertFalse(self.connection.secrets_set)


@tagged("post_install", "-at_install")
class TestNextGenPsd2(Xs2aCase):
    def test_what_most_banks_do_without_is_folded(self):
        view = self.env.ref("account_bank_feed_connection.bank_connection_view_form")
        form = etree.fromstring(self.env["bank.connection"].get_view(view.id, "form")["arch"])
        names = form.xpath("//group[@name='xs2a']//field/@name")
        folded = form.xpath("//group[@name='xs2a']//details//field/@name")
        self.assertIn("xs2a_token_url", folded)
        self.assertLessEqual(len(names) - len(folded), 6)

    def test_in_and_out(self):
        self.assert_in_and_out()

    def test_our_certificate_may_end_before_the_consent(self):
        certificate, key = map(Path, self.bank.client_certificate(self.bank.client.id, days=100))
        self.connection.write(
            {"certificate": certificate.read_text(), "private_key": key.read_text()}
        )
        self.connect()
        self.assertIn((self.connection.valid_until - fields.Datetime.now()).days, (99, 100))

    def test_a_renewed_consent_takes_the_place_of_the_former(self):
        feed = self.connect_and_link()
        before = self.connection.xs2a_consent
        address = self.connection.action_connect()["url"]
        self.assertEqual(self.connection.xs2a_consent, before)
        while address:
            address = self.connection._signed_in(self.visit(address))
        self.assertNotEqual(self.connection.xs2a_consent, before)
        self.assert_all(
            self.documents(feed, self.today - 5 * DAY, self.today), self.today - 5 * DAY, self.today
        )

    def test_who_changes_the_address_for_tokens_gets_none(self):
        self.connect()
        self.assertIn("|oauth_token|", self.connection.secrets_set)  # the bank told where
        manager = self.env_of(self.make_user("manager"))
        self.connection.with_env(manager).xs2a_token_url = "https://evil.example/token"
        self.assertFalse(self.connection.secrets_set)

    def test_what_one_bank_told_is_not_used_for_the_next(self):
        self.connect()
        connection = self.connection.with_env(self.env_of(self.make_user("manager")))
        connection.sudo().xs2a_next_consent = "next"
        learnt = (
            *("xs2a_authorize_url", "xs2a_token_url", "xs2a_revoke_url"),
            *("xs2a_consent", "xs2a_next_consent", "xs2a_resources"),
        )
        connection.write({"url": f"{self.bank.url}/v2"})
        self.assertTrue(all(connection[name] for name in learnt))
        elsewhere = {"url": "https://next.example", "xs2a_token_url": "https://next.example/token"}
        connection.write(elsewhere)
        kept = {name: connection[name] for name in learnt if connection[name]}
        self.assertEqual(kept, {"xs2a_token_url": "https://next.example/token"})

    def test_addresses_may_be_entered_before_the_banks(self):
        connection = self.make_connection("bank.connector.nextgenpsd2")
        connection = connection.with_env(self.env_of(self.make_user("manager")))
        connection.xs2a_token_url = "https://bank.example/token"
        connection.url = "https://bank.example"
        self.assertEqual(connection.xs2a_token_url, "https://bank.example/token")

    def test_a_manager_connects(self):
        """The bank tells where tokens are to be had: no reason to forget what it is to be sent."""
        self.connection = self.connection.with_env(self.env_of(self.make_user("manager")))
        self.connect()
        self.assertEqual(self.connection.state, "connected")

    def test_whoever_refuses_is_not_connected(self):
        address = self.connection.action_connect()["url"]
        answer = self.visit(address)
        self.bank.consents.get(self.connection.xs2a_next_consent).status = "rejected"
        self.connection._signed_in(answer)
        self.assertRegex(self.connection.error, "Nobody has agreed")

    def test_listed_accounts_only(self):
        self.connection.write(
            {"xs2a_access": "listed", "xs2a_accounts": f" {self.account.iban}\n\n"}
        )
        self.connect()
        found = self.connection._connector()._accounts(self.connection)
        self.assertEqual([account.iban for account in found], [self.account.iban])

    # Fetch

    def test_a_feed_is_booked(self):
        feed = self.connect_and_link()
        self.assertEqual(len(self.connection.feed_ids), 4)
        feed.action_start()
        self.run_jobs()
        window = feed.window_ids
        self.assertEqual(window.state, "fetched", window.error)
        truth = self.bank.truth(self.account.iban, window.start_date, window.end_date)
        rows = self.env["account.bank.statement.line"].search(
            [("journal_id", "=", feed.journal_id.id)]
        )
        self.assertEqual(len(rows), len(truth))
        self.assertEqual(
            sum(Decimal(str(amount)) for amount in rows.mapped("amount")),
            sum(t.amount for t in truth),
        )
        balance = self.bank.ledger.balance(self.account.iban, self.today)
        self.assertEqual(Decimal(str(feed.booked_balance)), balance)

    def test_pages(self):
        feed = self.connect_and_link()
        self.bank.psd2.page_size = 7
        start = self.today - 30 * DAY
        self.assert_all(self.documents(feed, start, self.today), start, self.today)
        self.assertGreater(len(self.seen("/transactions")), 3)

    def test_pages_that_move_while_they_are_read(self):
        feed = self.connect_and_link()
        self.bank.psd2.page_size = 7
        page = self.bank.psd2._page

        def moved(request, *arguments):
            token = request.query.get("pageToken")
            if token:
                key, _dot, offset = token.partition(".")
                request.query["pageToken"] = f"{key}.{int(offset) - 1}"
            return page(request, *arguments)

        self.patch(self.bank.psd2, "_page", moved)
        with self.assertRaisesRegex(RetryLater, "twice"):
            self.documents(feed, self.today - 30 * DAY, self.today)

    def test_a_download_link(self):
        feed = self.connect_and_link()
        self.bank.psd2.download_from = 1
        start = self.today - 10 * DAY
        [file] = self.documents(feed, start, self.today)
        self.assertTrue(file.name.endswith(".xml"))
        self.assert_all([file], start, self.today)

    def test_statements_instead_of_json(self):
        feed = self.connect_and_link()
        start, end = self.today - 10 * DAY, self.today - DAY
        for wanted, ending in (("application/xml", ".xml"), ("text/plain", ".sta")):
            self.connection.xs2a_format = wanted
            [file] = self.documents(feed, start, end)
            self.assertTrue(file.name.endswith(ending))
            told = [(t.booking_date, t.amount) for t in self.told([file])]
            truth = self.bank.truth(self.account.iban, start, end)
            self.assertEqual(sorted(told), sorted((t.booking_date, t.amount) for t in truth))

    def test_pending(self):
        feed = self.connect_and_link()
        self.bank.book(self.account.iban, Decimal("-5.55"), "Coming", self.today + DAY)
        told = self.told(self.documents(feed, self.today, self.today, "both"))
        self.assertTrue(all(t.booking_date for t in told))
        alone = self.told(self.documents(feed, self.today, self.today))
        self.assertTrue(all(t.booked for t in alone))
        self.assertEqual(len([t for t in told if t.booked]), len(alone))

    def test_a_period_without_transactions(self):
        feed = self.connect_and_link()
        start = self.today + DAY
        self.assertEqual(self.documents(feed, start, start), [])

    def test_a_success_without_transactions_is_not_that_there_are_none(self):
        feed = self.connect_and_link()
        message = {"tppMessages": [{"category": "WARNING", "code": "SERVICE_BLOCKED"}]}
        for body in ({}, message, {"transactions": None}, {"transactions": []}):
            with self.subTest(body=body):
                self.patch(self.bank.psd2, "_page", lambda *_, body=body: body)
                with self.assertRaisesRegex(RetryLater, "no transactions"):
                    self.documents(feed, self.today - 3 * DAY, self.today)

    def test_balances(self):
        feed = self.connect_and_link()
        found = {
            b.kind: b
            for b in self.connection._connector()._balances(self.connection, feed._account())
        }
        self.assertEqual(
            found["booked"].amount, self.bank.ledger.balance(self.account.iban, self.today)
        )
        self.assertEqual(found["available"].amount, self.bank.ledger.available(self.account.iban))

    def test_accounts_that_are_named_anew(self):
        feed = self.connect_and_link()
        self.connection.xs2a_resources = {feed.account_ref: "gone"}
        self.documents(feed, self.today - 3 * DAY, self.today)
        self.assertEqual(self.connection.xs2a_resources[feed.account_ref], self.account.resource_id)
        self.connection.xs2a_resources = {}
        feed.account_ref = "nobody EUR"
        with self.assertRaisesRegex(Permanent, "any more"):
            self.documents(feed, self.today - 3 * DAY, self.today)

    def test_a_token_is_renewed_on_the_way(self):
        feed = self.connect_and_link()
        self.bank.clock.advance(minutes=10)
        self.documents(feed, self.today - 3 * DAY, self.today)
        self.assertIn(401, self.seen("/transactions"))

    # What goes wrong

    def failing(self, feed, **fault):
        self.bank.faults.add(**{"path": "/v1/accounts/*", **fault})
        with self.assertRaises(ConnectorError) as caught:
            self.documents(feed, self.today - 20 * DAY, self.today)
        self.bank.faults.clear()
        return caught.exception

    def test_faults(self):
        feed = self.connect_and_link()
        self.bank.psd2.page_size = 5
        for fault, kind in (
            ({"kind": "status", "status": 500}, RetryLater),
            ({"kind": "status", "status": 503, "retry_after": 77}, RetryLater),
            ({"kind": "status", "status": 429, "retry_after": 77}, RateLimited),
            ({"kind": "status", "status": 403}, NotAuthorised),
            ({"kind": "half_page"}, RetryLater),
            ({"kind": "malformed"}, RetryLater),
            ({"kind": "reset"}, RetryLater),
            ({"kind": "repeated_page", "times": 1}, RetryLater),
            ({"kind": "timeout"}, RetryLater),
        ):
            with self.subTest(fault=fault):
                error = self.failing(feed, **fault)
                self.assertIs(type(error), kind)
                if fault.get("retry_after"):
                    self.assertEqual(error.after, 77)
        start = self.today - 20 * DAY
        self.assert_all(self.documents(feed, start, self.today), start, self.today)

    def test_one_401_is_forgiven(self):
        feed = self.connect_and_link()
        self.bank.faults.add("status", status=401, path="/v1/accounts/*")
        start = self.today - 3 * DAY
        self.assert_all(self.documents(feed, start, self.today), start, self.today)

    def test_an_expired_consent_waits_for_a_person(self):
        feed = self.connect_and_link()
        self.assertIs(type(self.failing(feed, kind="expired_consent")), ConsentExpired)

    def test_a_revoked_token_waits_for_a_person(self):
        feed = self.connect_and_link()
        self.assertIs(type(self.failing(feed, kind="revoked_token")), ConsentExpired)

    def test_how_far_back_the_bank_goes(self):
        feed = self.connect_and_link()
        with self.assertRaises(PeriodTooLong) as caught:
            self.documents(feed, self.today - 1500 * DAY, self.today)
        self.assertEqual(caught.exception.earliest, self.bank.statements.earliest)

    def test_more_often_than_the_consent_allows(self):
        self.connection.xs2a_frequency = 1
        feed = self.connect_and_link()
        self.documents(feed, self.today, self.today)
        with self.assertRaises(RateLimited) as caught:
            self.documents(feed, self.today, self.today)
        self.assertGreater(caught.exception.after, 0)

    def test_a_person_does_not_count(self):
        self.connection.xs2a_frequency = 1
        feed = self.connect_and_link()
        with somebody_asks():
            for _time in range(3):
                self.documents(feed, self.today, self.today)

    def test_what_a_person_asks_for_does_not_count(self):
        self.connection.xs2a_frequency = 1
        feed = self.connect_and_link()
        feed.action_start()
        self.run_jobs()
        for _time in range(3):
            with somebody_asks():
                feed.action_fetch_now()
            self.run_jobs()
        self.assertEqual(set(feed.window_ids.mapped("state")), {"fetched"})
        feed.action_fetch_now()
        window = feed.window_ids.sorted("id")[-1].sudo()
        window._job_fetch()
        self.assertEqual(window.error_kind, "rate_limited")

    def test_a_person_at_the_screen_is_one(self):
        self.connection.xs2a_frequency = 1
        self.connect()
        user = self.make_user("manager")
        user.password = user.login
        self.authenticate(user.login, user.login)
        for _time in range(3):
            self.make_jsonrpc_request(
                "/web/dataset/call_kw/bank.connection/action_find_accounts",
                {
                    "model": "bank.connection",
                    "method": "action_find_accounts",
                    "args": [self.connection.ids],
                    "kwargs": {},
                },
            )
        with self.assertRaises(RateLimited):  # the one without a person was for connecting
            self.connection._connector()._accounts(self.connection)

    def test_a_bank_without_pending(self):
        feed = self.connect_and_link()
        self.patch(self.bank.psd2, "_period", self.only_booked(self.bank.psd2._period))
        start = self.today - 3 * DAY
        self.assert_all(self.documents(feed, start, self.today, "both"), start, self.today)

    def only_booked(self, period):
        problem = type(self.bank)._call.__globals__["Problem"]

        def check(request):
            if request.query.get("bookingStatus") == "both":
                raise problem(400, "PARAMETER_NOT_SUPPORTED", "Only booked")
            return period(request)

        return check

    def test_no_error_has_a_secret(self):
        feed = self.connect_and_link()
        connector = self.connection._connector()
        token = connector._stored_token(self.connection)
        for fault in ({"kind": "status", "status": 500}, {"kind": "revoked_token"}):
            error = self.failing(feed, **fault)
            shown = f"{error!r} {error.payload}"
            for secret in (token.access, token.refresh, self.bank.client.secret):
                self.assertNotIn(secret, shown)


@tagged("post_install", "-at_install")
class TestOAuthFirst(Xs2aCase):
    """The token comes before the consent, for which the person goes to the bank once more."""

    SIGN_IN = "oauth_first"

    def test_in_and_out(self):
        self.assert_in_and_out()

    def test_fetching(self):
        feed = self.connect_and_link()
        start = self.today - 5 * DAY
        self.assert_all(self.documents(feed, start, self.today), start, self.today)

    def test_whoever_refuses_is_not_connected(self):
        answer = self.visit(self.connection.action_connect()["url"])
        answer = self.visit(self.connection._signed_in(answer))
        self.bank.consents.get(self.connection.xs2a_next_consent).status = "rejected"
        self.connection._signed_in(answer)
        self.assertRegex(self.connection.error, "Nobody has agreed")


@tagged("post_install", "-at_install")
class TestRedirect(RealBankCase, HttpCase):
    """No OAuth: the consent and who we are is all that the bank wants."""

    def test_in_and_out(self):
        connection = self.make_connection("bank.connector.nextgenpsd2", xs2a_sign_in="redirect")
        bank = self.start_demo_bank(auto_approve=True, redirect_uris=(connection.redirect_uri,))
        connection.write(
            {
                "url": bank.url,
                "client_id": bank.client.id,
                "client_secret": bank.client.secret,
                "authorities": Path(bank.ca_file).read_text(),
            }
        )
        address = connection.action_connect()["url"]
        answer = requests.get(address, allow_redirects=False, verify=bank.ca_file, timeout=60)
        self.assertEqual(answer.headers["Location"], connection.redirect_uri)
        state = self.env["bank.sign.in"]._implied_state()
        self.assertIsNone(connection._signed_in({"state": state}))
        self.assertEqual(connection.state, "connected")
        with self.assertRaisesRegex(UserError, "is over"):
            connection._signed_in({"state": state})
        consent = connection.xs2a_consent
        connection.action_disconnect()
        self.assertEqual(bank.consents.get(consent).status, "terminatedByTpp")
