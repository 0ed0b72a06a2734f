"""Fio banka's connector against the demo bank, which has a service of that shape."""

import datetime
import io
import logging
import types
from decimal import Decimal
from pathlib import Path
from unittest.mock import patch

from odoo import fields
from odoo.addons.account_bank_feed_connection.protocol import (
    ConnectorError,
    NotAuthorised,
    Period,
    PeriodTooLong,
    Permanent,
    RateLimited,
    RetryLater,
)
from odoo.addons.account_bank_feed_connection.tests.real import RealBankCase
from odoo.addons.bank_statement_format import read_statements
from odoo.tests import BaseCase, tagged

from ..fio import FioSession
from ..models import bank_connector_fio

DAY = datetime.timedelta(days=1)
REFUSED = (
    "Data není možné poskytnout bez silné autorizace. Nebo požádejte o data, která nejsou starší "
    "jak 90 dní (od 27.04.2023), v takovém případě není autorizace třeba."
)


@tagged("post_install", "-at_install")
class TestFio(RealBankCase):
    def setUp(self):
        super().setUp()
        self.bank = self.start_demo_bank()
        self.bank.fio.pause = datetime.timedelta(0)
        self.today = self.bank.clock.today
        self.patch(fields.Date, "context_today", lambda *_: self.bank.clock.today)
        self.account = next(iter(self.bank.ledger.accounts.values()))
        self.token = self.bank.fio.token(self.account.iban)
        self.connection = self.make_connection(
            "bank.connector.fio",
            url=f"{self.bank.url}/fio/",
            client_secret=self.token,
            authorities=Path(self.bank.ca_file).read_text(),
        )

    def feed(self):
        start = self.today - 20 * DAY
        balance = self.bank.ledger.balance(self.account.iban, start - DAY)
        journal = self.make_journal(self.account.iban, "BNKF", start=str(start), balance=balance)
        return self.make_feed(self.connection, journal)

    def failing(self, **fault):
        feed = self.connection.feed_ids or self.feed()
        self.bank.faults.add(path="/fio/*", **fault)
        with self.assertRaises(ConnectorError) as caught:
            self.documents(feed, self.today - 5 * DAY, self.today)
        error = caught.exception
        self.assertNotIn(self.token, error.message)
        self.assertNotIn(self.token.encode(), error.payload or b"")
        return error

    def asked(self):
        return [each for each in self.bank.log if each["path"].startswith("/fio")]

    def test_the_token_tells_the_account(self):
        self.connection.action_connect()
        self.assertEqual(self.connection.state, "connected")
        feed = self.feed()
        self.assertEqual((feed.iban, feed.currency_code), (self.account.iban, "EUR"))
        self.assertEqual(len(self.asked()), 1)  # a second would have to wait

    def test_what_is_no_token(self):
        for token in ("short", f"{self.token}/", "x" * 63 + "ž"):
            self.connection.client_secret = token
            self.connection.action_connect()
            self.assertRegex(self.connection.error, "64 letters and digits")

    def test_a_period(self):
        start = self.today - 5 * DAY
        [document] = self.documents(self.feed(), start, self.today)
        [statement] = read_statements(document.name, io.BytesIO(document.content))[1]
        told = [(t.booking_date, t.amount, t.bank_reference) for t in statement.transactions]
        truth = self.bank.truth(self.account.iban, start, self.today)
        self.assertEqual(told, [(t.booking_date, t.amount, t.bank_reference) for t in truth])
        self.assertTrue(statement.balanced)

    def test_from_the_bank_to_the_books(self):
        """Transactions and balance come with one request, since the next would have to wait."""
        self.connection.action_connect()
        feed = self.feed()
        before = len(self.asked())
        feed.action_start()
        self.run_jobs()
        self.assertEqual(len(self.asked()), before + 1)
        truth = self.bank.truth(self.account.iban, self.today - 20 * DAY, self.today)
        booked = sorted(row[1] for row in self.books(feed.journal_id))
        self.assertEqual(booked, sorted(float(t.amount) for t in truth))
        balance = self.bank.ledger.balance(self.account.iban, self.today)
        self.assertEqual(Decimal(str(feed.booked_balance)), balance)
        feed.action_fetch_now()
        self.run_jobs()
        self.assertEqual(len(self.books(feed.journal_id)), len(truth))

    def test_balances_alone(self):
        feed = self.feed()
        feed.action_get_balances()
        balance = self.bank.ledger.balance(self.account.iban, self.today)
        self.assertEqual(Decimal(str(feed.booked_balance)), balance)

    def test_one_request_in_thirty_seconds(self):
        feed = self.feed()
        self.bank.fio.pause = datetime.timedelta(seconds=30)
        with self.assertRaises(RateLimited) as caught:
            self.documents(feed, self.today, self.today)
        self.assertEqual(caught.exception.after, 30)

    def test_a_period_that_needs_a_person(self):
        feed = self.feed()
        with self.assertRaises(PeriodTooLong) as caught:
            self.documents(feed, self.today - 900 * DAY, self.today)
        self.assertEqual(caught.exception.earliest, self.bank.statements.earliest)

    def test_a_token_that_the_bank_does_not_know(self):
        self.connection.client_secret = "f" * 64
        self.connection.action_connect()
        self.assertRegex(self.connection.error, "token is not valid")

    def test_too_many_at_once(self):
        """Asked for by halves, each as long after the former as the bank wants."""
        feed = self.feed()
        asked, waits = [], []

        def check(session, response):
            asked.append(response.url.split("/")[-3:-1])
            if len(asked) == 1:
                response.status_code = 413
            real(session, response)

        real = FioSession.check
        start = self.today - 4 * DAY
        with (
            patch.object(FioSession, "check", check),
            patch.object(bank_connector_fio.time, "sleep", waits.append),
        ):
            self.assertEqual(len(self.documents(feed, start, self.today)), 2)
        middle = start + 2 * DAY
        whole = [[str(start), str(self.today)]]
        halves = [[str(start), str(middle)], [str(middle + DAY), str(self.today)]]
        self.assertEqual((asked, waits), (whole + halves, [31, 31]))

    def test_faults(self):
        for status, kind in (
            (401, NotAuthorised),
            (404, Permanent),
            (500, RetryLater),
            (503, RetryLater),
        ):
            self.assertIs(type(self.failing(kind="status", status=status)), kind)
        error = self.failing(kind="status", status=429, retry_after=17)
        self.assertEqual((type(error), error.after), (RateLimited, 17))
        for kind in ("half_page", "malformed", "timeout", "reset"):
            self.assertIs(type(self.failing(kind=kind)), RetryLater, kind)

    def test_a_wrong_certificate(self):
        self.feed()
        self.bank.faults.add("wrong_certificate")
        with self.assertRaisesRegex(RetryLater, "not safe") as caught:
            self.documents(self.connection.feed_ids, self.today, self.today)
        self.assertNotIn(self.token, str(caught.exception))

    def test_the_token_is_nowhere(self):
        """Not in the log at its most talkative, not in a record, not in what is kept of errors."""
        with self.assertLogs(level=logging.DEBUG) as logs:
            logging.getLogger().debug("one")
            self.connection.action_connect()
            feed = self.feed()
            for fault in ("half_page", "malformed", "reset", "timeout"):
                self.bank.faults.add(fault, path="/fio/*")
            self.bank.faults.add("status", status=404, path="/fio/*")
            feed.action_start()
            self.run_jobs()
        self.assertNotIn(self.token, "\n".join(map(str, logs.output)))
        self.assertNotIn(self.token, "\n".join(str(r.__dict__) for r in logs.records))
        self.env.flush_all()
        for table in ("bank_connection", "bank_feed", "bank_feed_window", "bank_import"):
            self.env.cr.execute(f"SELECT t::text FROM {table} t")
            self.assertNotIn(self.token, str(self.env.cr.fetchall()), table)
        for table in ("queue_job", "mail_message", "bank_audit_log"):
            query = f"SELECT count(*) FROM {table} t WHERE t::text LIKE %s"
            self.env.cr.execute(query, [f"%{self.token}%"])
            self.assertEqual(self.env.cr.fetchone(), (0,), table)
        for file in feed.window_ids.payload_id:
            self.assertNotIn(self.token.encode(), file._open().read())


class Answering(FioSession):
    """Gives one answer, with its own address in it."""

    def __init__(self, status, body):
        super().__init__("a" * 64)
        self.answer = types.SimpleNamespace(
            status_code=status, content=body.encode(), reason="", headers={}
        )

    def request(self, method, path, **kwargs):
        self.answer.content += path.encode()
        self.check(self.answer)
        return self.answer


@tagged("post_install", "-at_install")
class TestFioAnswers(BaseCase):
    def refused(self, status, body, kind):
        session = Answering(status, body)
        with self.assertRaises(kind) as caught:
            session.statement(Period(datetime.date(2023, 1, 1), datetime.date(2023, 1, 31)))
        self.assertNotIn(b"aaaa", caught.exception.payload)
        return caught.exception

    def test_the_day_that_the_bank_names(self):
        error = self.refused(422, REFUSED, PeriodTooLong)
        self.assertEqual(error.earliest, datetime.date(2023, 4, 27))

    def test_without_a_day_the_manual_counts(self):
        for body in ("", "(od 99.99.2023)"):
            error = self.refused(422, body, PeriodTooLong)
            self.assertEqual(error.earliest, datetime.date.today() - 90 * DAY)

    def test_other_statuses(self):
        self.assertEqual(self.refused(409, "Too many requests", RateLimited).after, 30)
        self.assertIn("token", self.refused(500, "", RetryLater).message)
        self.refused(413, "Příliš mnoho položek", Permanent)
        self.refused(503, "<html>", RetryLater)
        self.refused(200, "<html>", RetryLater)

    def test_an_answer_that_is_no_statement(self):
        session = Answering(200, "")
        error = "<response><result><message>Výpis neexistuje</message></result></response>"
        session.request = lambda *_args, **_options: types.SimpleNamespace(content=error.encode())
        with self.assertRaisesRegex(Permanent, "Výpis neexistuje"):
            session.statement(Period(datetime.date(2023, 1, 1), datetime.date(2023, 1, 31)))
