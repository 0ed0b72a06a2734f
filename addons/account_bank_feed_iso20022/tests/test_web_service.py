"""The connector against the demo bank's web service, over mutual TLS."""

import base64
import datetime
import io
from decimal import Decimal
from pathlib import Path

from odoo import fields
from odoo.addons.account_bank_feed import vault
from odoo.addons.account_bank_feed_connection.protocol import (
    ConnectorError,
    NotAuthorised,
    PeriodTooLong,
    Permanent,
    RateLimited,
    RetryLater,
)
from odoo.addons.account_bank_feed_connection.tests.real import RealBankCase
from odoo.addons.bank_statement_format import read_statements
from odoo.exceptions import UserError
from odoo.tests import tagged

NAMESPACE = "urn:demo-bank:accounts:1"
DAY = datetime.timedelta(days=1)


@tagged("post_install", "-at_install")
class TestWebService(RealBankCase):
    def setUp(self):
        super().setUp()
        self.bank = self.start_demo_bank()
        self.today = self.bank.clock.today
        self.patch(fields.Date, "context_today", lambda *_: self.bank.clock.today)
        self.account = next(iter(self.bank.ledger.accounts.values()))
        certificate, key = map(Path, self.bank.client_certificate())
        self.connection = self.make_connection(
            "bank.connector.iso20022",
            url=f"{self.bank.url}/ws/accounts",
            certificate=certificate.read_text(),
            private_key=key.read_text(),
            authorities=Path(self.bank.ca_file).read_text(),
            iso20022_namespace=NAMESPACE,
            iso20022_accounts=f"{self.account.iban} {self.account.currency}\n",
        )

    def feed(self):
        return self.make_feed(self.connection, self.house_journal())

    def house_journal(self):
        start = self.today - 20 * DAY
        balance = self.bank.ledger.balance(self.account.iban, start - DAY)
        return self.make_journal(self.account.iban, "BNKW", start=str(start), balance=balance)

    def ask(self, start=None, end=None):
        feed = self.connection.feed_ids or self.feed()
        return self.documents(feed, start or self.today - 5 * DAY, end or self.today)

    def failing(self, **fault):
        """What comes of a request that meets a fault."""
        self.connection.feed_ids or self.feed()
        self.bank.faults.add(path="/ws/*", **fault)
        with self.assertRaises(ConnectorError) as caught:
            self.ask()
        return caught.exception

    def truth(self, start, end):
        return [t._replace(raw="") for t in self.bank.truth(self.account.iban, start, end)]

    def told(self, documents):
        return [
            transaction._replace(raw="")
            for document in documents
            for statement in read_statements(document.name, io.BytesIO(document.content))[1]
            for transaction in statement.transactions
            if transaction.booked
        ]

    # In and out

    def test_connected_until_the_certificate_ends(self):
        self.connection.action_connect()
        self.assertEqual(self.connection.state, "connected")
        left = self.connection.valid_until - fields.Datetime.now()
        self.assertIn(left.days, (364, 365))

    def test_with_a_key_file(self):
        content = self.bank.authority.client_p12("customer", "hunter2")
        values = {"key_file": base64.b64encode(content), "key_file_password": "hunter2"}
        self.connection.write({"certificate": False})
        vault.forget(self.connection)
        self.connection.write(values)
        self.connection.action_connect()
        self.assertEqual(self.connection.state, "connected")
        self.assertEqual(self.connection.secrets_set, "|private_key|")
        self.assertFalse(self.connection.key_file or self.connection.key_file_password)
        with self.assertRaisesRegex(UserError, "does not open"):
            self.connection.write({**values, "key_file_password": "wrong"})

    def test_without_a_certificate(self):
        self.connection.certificate = False
        self.connection.action_connect()
        self.assertRegex(self.connection.error, "wants a certificate")

    def test_a_certificate_that_ended(self):
        certificate, key = map(Path, self.bank.client_certificate("late", days=-1))
        self.connection.write(
            {"certificate": certificate.read_text(), "private_key": key.read_text()}
        )
        self.connection.action_connect()
        self.assertRegex(self.connection.error, "ended on")

    def test_a_certificate_that_was_revoked(self):
        self.feed()
        self.bank.soap.blocked.add("customer")
        with self.assertRaises(NotAuthorised):
            self.ask()

    def test_accounts_are_named_by_a_person_or_are_those_of_the_journals(self):
        connector = self.env["bank.connector.iso20022"]
        [account] = connector._accounts(self.connection)
        self.assertEqual((account.iban, account.currency), (self.account.iban, "EUR"))
        self.connection.iso20022_accounts = False
        [account] = connector._accounts(self.connection)
        self.assertEqual(account.iban, self.journal.bank_account_id.sanitized_acc_number)
        self.connection.iso20022_accounts = "PL61 1090 1014 0000 0712 1981 2874\n4711 PLN"
        first, second = connector._accounts(self.connection)
        self.assertEqual(first.iban, "PL61109010140000071219812874")
        self.assertEqual((second.number, second.currency), ("4711", "PLN"))

    # What it gives

    def test_balances(self):
        feed = self.feed()
        feed.action_get_balances()
        ledger = self.bank.ledger
        booked = ledger.balance(self.account.iban, self.today)
        self.assertEqual(Decimal(str(feed.booked_balance)), booked)
        available = ledger.available(self.account.iban)
        self.assertEqual(Decimal(str(feed.available_balance)), available)

    def test_closed_days_as_statements_and_today_as_a_report(self):
        start = self.today - 5 * DAY
        documents = self.ask()
        self.assertEqual([d.name.split()[0] for d in documents], ["statement", "report"])
        self.assertEqual(self.told(documents), self.truth(start, self.today))

    def test_by_wsdl_the_same(self):
        plain = self.told(self.ask())
        self.connection.write(
            {"iso20022_wsdl": f"{self.bank.url}/ws/accounts?wsdl", "iso20022_namespace": False}
        )
        self.assertEqual(self.told(self.ask()), plain)

    def test_reports_only_and_statements_only(self):
        start = self.today - 5 * DAY
        self.connection.iso20022_source = "reports"
        [report] = self.ask()
        self.assertEqual(self.told([report]), self.truth(start, self.today))
        self.connection.iso20022_source = "statements"
        [statement] = self.ask()
        self.assertEqual(self.told([statement]), self.truth(start, self.today - DAY))

    def test_long_periods_in_pieces(self):
        self.connection.iso20022_days = 7
        documents = self.ask(self.today - 20 * DAY)
        self.assertEqual(len(documents), 4)
        self.assertEqual(self.told(documents), self.truth(self.today - 20 * DAY, self.today))

    def test_nothing_to_report(self):
        """The bank's day may be one before ours."""
        self.feed()
        self.connection.iso20022_source = "statements"
        self.patch(fields.Date, "context_today", lambda *_: self.today + DAY)
        self.assertEqual(self.ask(self.today, self.today), [])

    def test_from_the_bank_to_the_books_once(self):
        """Reports of a day, then its statement: every transaction is booked once."""
        feed = self.feed()
        self.connection.action_connect()
        feed.action_start()
        self.run_jobs()
        feed.action_fetch_now()
        self.run_jobs()
        self.assertEqual(set(feed.window_ids.mapped("state")), {"fetched"})
        start = self.today - 20 * DAY
        self.assertEqual(self.booked(feed), self.amounts(start, self.today - DAY))
        self.bank.clock.advance(days=1)
        feed.action_fetch_now()
        self.run_jobs()
        self.assertEqual(self.booked(feed), self.amounts(start, self.today))

    def test_reports_that_are_booked_are_not_doubled_by_statements(self):
        feed = self.feed()
        feed.journal_id.bank_feed_book_reports = True
        self.connection.action_connect()
        feed.action_start()
        self.run_jobs()
        start = self.today - 20 * DAY
        self.assertEqual(self.booked(feed), self.amounts(start, self.today))
        self.bank.clock.advance(days=1)
        feed.action_fetch_now()
        self.run_jobs()
        self.assertEqual(self.booked(feed), self.amounts(start, self.today + DAY))

    def booked(self, feed):
        return sorted(row[1] for row in self.books(feed.journal_id))

    def amounts(self, start, end):
        return sorted(float(t.amount) for t in self.truth(start, end))

    # Faults

    def test_a_period_that_the_bank_does_not_give(self):
        self.feed()
        with self.assertRaises(PeriodTooLong) as caught:
            self.ask(self.today - 900 * DAY)
        self.assertEqual(caught.exception.earliest, self.bank.statements.earliest)

    def test_an_account_that_the_bank_does_not_know(self):
        self.connection.iso20022_accounts = "PL61109010140000071219812874"
        feed = self.make_feed(self.connection, self.house_journal())
        with self.assertRaisesRegex(Permanent, "UNKNOWN_ACCOUNT"):
            self.documents(feed, self.today, self.today)

    def test_statuses(self):
        for status, kind in (
            (401, NotAuthorised),
            (403, NotAuthorised),
            (500, RetryLater),
            (503, RetryLater),
        ):
            error = self.failing(kind="status", status=status)
            self.assertIs(type(error), kind, status)
        error = self.failing(kind="status", status=429, retry_after=17)
        self.assertIs(type(error), RateLimited)
        self.assertEqual(error.after, 17)
        error = self.failing(kind="closed", hours=2)
        self.assertTrue(7000 < error.after <= 7200)
        self.bank.faults.clear()

    def test_what_breaks_on_the_way(self):
        for kind in ("half_page", "malformed", "timeout", "reset"):
            self.assertIs(type(self.failing(kind=kind)), RetryLater, kind)

    def test_a_bank_with_a_wrong_certificate(self):
        self.feed()
        self.bank.faults.add("wrong_certificate")
        with self.assertRaisesRegex(RetryLater, "not safe"):
            self.ask()

    def test_half_a_wsdl(self):
        self.feed()
        self.connection.iso20022_wsdl = f"{self.bank.url}/ws/accounts?wsdl"
        for kind in ("malformed", "half_page"):
            self.bank.faults.add(kind, method="GET")
            with self.assertRaises(RetryLater):
                self.ask()

    def test_a_wsdl_elsewhere_is_refused(self):
        self.feed()
        for elsewhere in ("https://evil.example/x?wsdl", "file:///etc/passwd", "/etc/passwd"):
            self.connection.iso20022_wsdl = elsewhere
            with self.assertRaises(Permanent):
                self.ask()

    def test_an_operation_that_the_bank_has_not(self):
        self.feed()
        connector = type(self.env["bank.connector.iso20022"])
        self.patch(connector, "_statement_operation", "GetPension")
        with self.assertRaisesRegex(Permanent, "UNKNOWN_OPERATION"):
            self.ask()
        self.connection.iso20022_wsdl = f"{self.bank.url}/ws/accounts?wsdl"
        with self.assertRaisesRegex(Permanent, "GetPension"):
            self.ask()
