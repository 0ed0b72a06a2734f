"""Raiffeisenbank's connector against a small server of that shape."""

import base64
import datetime
import io
from decimal import Decimal

from odoo import fields
from odoo.addons.account_bank_feed_connection.protocol import (
    ConnectorError,
    NotAuthorised,
    PeriodTooLong,
    Permanent,
    RateLimited,
    RetryLater,
)
from odoo.addons.account_bank_feed_connection.tests.real import RealBankCase
from odoo.addons.bank_statement_format import parse
from odoo.tests import tagged

from .. import rb
from ..rb import RbFormat
from .server import IBAN, RbServer, entry

START, END = datetime.date(2026, 1, 10), datetime.date(2026, 2, 10)


@tagged("post_install", "-at_install")
class TestRb(RealBankCase):
    def setUp(self):
        super().setUp()
        self.bank = RbServer()
        self.bank.start()
        self.addCleanup(self.bank.stop)
        self.patch(fields.Date, "context_today", lambda *_: END)
        self.bank.entries = [
            entry(number, f"2026-01-{10 + number}", amount, f"payment {number}")
            for number, amount in enumerate((100, -1668.59, 0.1, 5, 7))
        ]
        self.connection = self.make_connection(
            "bank.connector.rb",
            url=self.bank.url,
            client_id="our application",
            authorities=self.bank.authority.file.read_text(),
            key_file=base64.b64encode(self.bank.authority.client_p12("we", "hunter2")),
            key_file_password="hunter2",
        )

    def feed(self):
        koruna = self.env.ref("base.CZK")
        koruna.active = True
        journal = self.make_journal(IBAN, "BNKR", currency=koruna)
        return self.make_feed(self.connection, journal)

    def failing(self, fault):
        feed = self.connection.feed_ids[:1] or self.feed()
        self.bank.faults = [fault]
        with self.assertRaises(ConnectorError) as caught:
            self.documents(feed, START, END)
        return caught.exception

    def told(self, documents):
        return [
            each
            for document in documents
            for each in parse(RbFormat(), io.BytesIO(document.content))
            if hasattr(each, "booking_date")
        ]

    def test_connected_until_the_yearly_block(self):
        """The certificate is valid for longer; its year began 30 days ago."""
        content = self.bank.authority.client_p12("we", "x", days=1800)
        self.connection.write({"key_file": base64.b64encode(content), "key_file_password": "x"})
        self.connection.action_connect()
        self.assertEqual(self.connection.state, "connected")
        left = self.connection.valid_until - fields.Datetime.now()
        self.assertIn(left.days, (334, 335))

    def test_accounts_of_all_pages_by_currency(self):
        connector = self.env["bank.connector.rb"]
        first, second = connector._accounts(self.connection)
        self.assertEqual(
            (first.id, first.iban, first.number, first.currency, first.name),
            ("6760653036/CZK", IBAN, "6760653036/5500", "CZK", "Account 1"),
        )
        self.assertEqual(second.number, "19-5500000017/5500")

    def test_balances(self):
        feed = self.feed()
        feed.action_get_balances()
        total = sum(Decimal(str(e["amount"]["value"])) for e in self.bank.entries)
        self.assertEqual(Decimal(str(feed.booked_balance)), total)
        self.assertEqual(Decimal(str(feed.available_balance)), total + 1000)

    def test_all_pages(self):
        feed = self.feed()
        self.bank.asked.clear()
        transactions = self.told(self.documents(feed, START, END))
        self.assertEqual([query["page"] for _p, query, _h in self.bank.asked], ["1", "2", "3"])
        self.assertEqual([t.bank_reference for t in transactions], list("01234"))
        self.assertEqual(transactions[1].amount, Decimal("-1668.59"))
        ids = {headers["X-Request-Id"] for _p, _q, headers in self.bank.asked}
        self.assertEqual(len(ids), 3)
        self.assertEqual(self.bank.asked[0][2]["X-IBM-Client-Id"], "our application")

    def test_pages_that_never_say_that_they_are_the_last(self):
        answer = self.bank.answer

        def shy(path, query):
            status, data = answer(path, query)
            (data or {}).pop("lastPage", None)
            return status, data

        feed = self.feed()
        self.bank.answer = shy
        self.assertEqual(len(self.told(self.documents(feed, START, END))), 5)

    def test_nothing_booked(self):
        feed = self.feed()
        self.bank.entries = []
        self.assertEqual(self.documents(feed, START, END), [])

    def test_a_transaction_with_everything(self):
        rich = entry(
            9,
            "2026-01-20",
            -1668.59,
            "61 EUR;FIRMA LTD",
            references={"endToEndIdentification": "EBGTF015477198"},
            instructedAmount={"value": 61, "currency": "EUR", "exchangeRate": 0.03656},
            relatedParties={
                "counterParty": {
                    "name": "Firma Ltd.",
                    "organisationIdentification": {"bicOrBei": "KOMBCZPP", "bankCode": "0100"},
                    "account": {"accountNumberPrefix": "000019", "accountNumber": "2000145399"},
                }
            },
            remittanceInformation={
                "unstructured": "61 EUR;FIRMA LTD",
                "creditorReferenceInformation": {"variable": "1234567890", "constant": "558"},
                "originatorMessage": "naše platba",
            },
        )
        rich["bookingDate"] = "2026-01-19T23:30:00.0Z"  # half past midnight in Prague
        feed = self.feed()
        self.bank.entries = [rich]
        [found] = self.told(self.documents(feed, datetime.date(2026, 1, 19), END))
        self.assertEqual(str(found.booking_date), "2026-01-20")
        self.assertEqual((found.original_amount, found.original_currency), (61, "EUR"))
        self.assertEqual(found.counterparty, ("Firma Ltd.", "000019-2000145399/0100", "KOMBCZPP"))
        self.assertEqual(found.remittance, "61 EUR;FIRMA LTD naše platba")
        self.assertEqual((found.reference, found.end_to_end_id), ("1234567890", "EBGTF015477198"))

    def test_from_the_bank_to_the_books(self):
        feed = self.feed()
        self.connection.action_connect()
        feed.action_start()
        self.run_jobs()
        feed.action_fetch_now()
        self.run_jobs()
        self.assertEqual(set(feed.window_ids.mapped("state")), {"fetched"})
        booked = sorted(row[1] for row in self.books(feed.journal_id))
        self.assertEqual(booked, [-1668.59, 0.1, 5.0, 7.0, 100.0])

    def test_a_page_that_is_not_as_described(self):
        feed = self.feed()
        self.bank.entries = [{"bookingDate": "2026-01-20", "amount": "much"}]
        self.connection.action_connect()
        feed.action_start()
        self.run_jobs()
        self.assertEqual(feed.window_ids.import_ids.state, "refused")

    # Signing in

    def test_without_a_client_id(self):
        self.connection.client_id = False
        self.connection.action_connect()
        self.assertRegex(self.connection.error, "client id")

    def test_a_certificate_that_the_bank_has_blocked(self):
        refusal = {"error": "UNAUTHORISED", "error_description": "invalid state"}
        self.bank.faults = [(401, {}, refusal)]
        self.connection.action_connect()
        self.assertRegex(self.connection.error, "UNAUTHORISED invalid state. Perhaps")

    # Faults

    def test_statuses(self):
        for status, code, kind in (
            (403, "INSUFFICIENT_RIGHTS", NotAuthorised),
            (404, "ID_NOT_FOUND", Permanent),
            (400, "OTHER", Permanent),
            (500, "", RetryLater),
            (503, "", RetryLater),
        ):
            error = self.failing((status, {}, {"error": code}))
            self.assertIs(type(error), kind)
        self.assertIs(type(self.failing((502, {}, b"<html>gateway</html>"))), RetryLater)

    def test_too_old(self):
        error = self.failing((400, {}, {"error": "DT01"}))
        self.assertIs(type(error), PeriodTooLong)
        self.assertEqual((datetime.date.today() - error.earliest).days, 89)

    def test_limits(self):
        refusal = {"error": "TOO_MANY_REQUESTS"}
        for headers, after in (
            ({}, 1),
            ({"RateLimit-Reset": "3"}, 3),
            ({"X-RateLimit-Remaining-Day": "0"}, 3600),
            ({"Retry-After": "120", "X-RateLimit-Remaining-Day": "0"}, 120),
        ):
            error = self.failing((429, headers, refusal))
            self.assertEqual((type(error), error.after), (RateLimited, after))

    def test_it_slows_down_before_it_is_told_to(self):
        waits = []
        feed = self.feed()
        self.patch(rb.time, "sleep", waits.append)
        self.bank.headers = {"X-RateLimit-Remaining-Second": "0"}
        self.documents(feed, START, END)
        self.assertEqual(waits, [1, 1, 1])

    def test_what_breaks_on_the_way(self):
        for fault in ("half_page", "malformed", "timeout", "reset", (200, {}, b"[]")):
            self.assertIs(type(self.failing(fault)), RetryLater, fault)

    def test_half_of_the_pages_is_none(self):
        feed = self.feed()
        self.bank.faults = [None, (503, {}, {})]
        with self.assertRaises(RetryLater):
            self.documents(feed, START, END)

    def test_the_same_page_again(self):
        feed = self.feed()
        real = self.bank.answer
        self.bank.answer = lambda path, query: real(path, {**query, "page": "1"})
        with self.assertRaisesRegex(RetryLater, "same page"):
            self.documents(feed, START, END)

    def test_a_bank_that_nobody_vouches_for(self):
        feed = self.feed()
        self.connection.authorities = False
        with self.assertRaisesRegex(RetryLater, "not safe"):
            self.documents(feed, START, END)

    def test_a_page_elsewhere(self):
        """The bank gives no links; were there a redirect, our certificate would not go along."""
        error = self.failing((302, {"Location": "https://evil.example/"}, b""))
        self.assertIs(type(error), Permanent)
