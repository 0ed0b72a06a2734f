"""A bank that fails: nothing lost, nothing doubled, and what is done about it."""

import datetime
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2 import OperationalError

from odoo import fields
from odoo.addons.account_bank_feed.tests.common import transaction
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.job import Job
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..protocol import (
    MAX_ATTEMPTS,
    AccountConsentExpired,
    ConsentExpired,
    NotAuthorised,
    Period,
    PeriodTooLong,
    Permanent,
    RateLimited,
    RemoteAccount,
    RetryLater,
)
from .common import ConnectionCase, somebody_asks


@tagged("post_install", "-at_install")
class TestWindow(ConnectionCase):
    def setUp(self):
        super().setUp()
        self.bank.booked = [transaction("2026-01-20", 100, "first")]

    def fetch(self, *errors):
        """Start a feed whose bank first fails so; one attempt is made."""
        self.bank.errors = list(errors)
        window = self.connect().sudo().window_ids
        window._job_fetch()
        return window

    def assert_booked_once(self):
        self.run_jobs()
        self.assertEqual([row[1] for row in self.books()], [100.0])

    def wait_of(self, window):
        return (window.next_try_at - fields.Datetime.now()).total_seconds()

    def test_it_is_tried_again_later(self):
        window = self.fetch(RetryLater("bank.example answers 503"))
        self.assertEqual((window.state, window.attempts), ("waiting", 1))
        self.assertEqual(window.error, "bank.example answers 503")
        self.assertFalse(window.feed_id.fetched_until)
        self.assertTrue(25 < self.wait_of(window) <= 60)
        job = Job.load(self.env, window.job_uuid)
        self.assertEqual(job.eta, window.next_try_at)
        self.assert_booked_once()
        self.assertEqual(str(window.feed_id.fetched_until), "2026-02-10")

    def test_the_bank_says_how_long_to_wait(self):
        window = self.fetch(RateLimited("bank.example answers 429", after=7200))
        self.assertTrue(7150 < self.wait_of(window) <= 7600)

    def test_in_the_end_it_is_given_up_and_a_person_can_try_again(self):
        window = self.fetch(*[RetryLater("down") for _ in range(MAX_ATTEMPTS)])
        self.run_jobs()
        self.assertEqual((window.state, window.attempts), ("dead", MAX_ATTEMPTS))
        self.assertEqual(self.books(), [])
        window.action_requeue()
        self.assert_booked_once()

    def test_what_will_never_do_is_given_up_at_once(self):
        window = self.fetch(Permanent("bank.example answers 404", payload=b"no such account"))
        self.assertEqual((window.state, window.attempts), ("dead", 1))
        self.assertEqual(window.payload_id._open().read(), b"no such account")

    def test_of_what_the_bank_sends_in_vain_the_last_is_kept(self):
        files = self.env["bank.file"].sudo()
        before = files.search_count([])
        texts = (b"one", b"two", b"two", None, b"three")
        window = self.fetch(*[RetryLater("down", payload=text) for text in texts])
        for text in texts[1:]:
            window._job_fetch()
            kept = window.payload_id._open().read() if window.payload_id else None
            self.assertEqual(kept, text)
        self.assertEqual(files.search_count([]), before + 1)

    def test_a_fault_in_the_connector_tells_nothing_of_its_text(self):
        with self.assertLogs("odoo.addons.account_bank_feed_connection", "ERROR") as logs:
            window = self.fetch(ValueError("token abc123"))
        self.assertEqual(window.state, "dead")
        self.assertNotIn("abc123", f"{window.error} {logs.output}")
        self.assertIn("common.py", logs.output[0])  # where it was raised

    def test_the_database_failing_is_no_fault_of_the_connector(self):
        self.bank.errors = [OperationalError("could not serialize access")]
        window = self.connect().sudo().window_ids
        with self.assertRaises(OperationalError):
            window._job_fetch()
        self.assertEqual((window.state, window.attempts), ("waiting", 0))

    def test_a_job_that_fails_again_and_again_is_given_up(self):
        window = self.connect().sudo().window_ids
        for _attempt in range(MAX_ATTEMPTS):
            job = self.env["queue.job"].sudo().search([("uuid", "=", window.job_uuid)])
            job.write({"state": "failed"})
            self.env["bank.feed"].sudo()._cron_fetch()
        self.assertEqual((window.state, window.attempts), ("dead", MAX_ATTEMPTS))

    def test_a_consent_that_ended_pauses_the_feeds_until_it_is_renewed(self):
        window = self.fetch(ConsentExpired("The consent has ended"))
        feed, connection = window.feed_id, self.connection
        self.assertEqual(
            (connection.state, feed.state, window.state), ("expired", "paused", "waiting")
        )
        self.run_jobs()
        self.assertEqual(len(self.bank.asked), 1)  # nothing is asked in vain
        connection.action_connect()
        self.assertEqual((connection.state, feed.state), ("connected", "active"))
        self.assert_booked_once()

    def test_a_consent_for_one_account_leaves_the_others_alone(self):
        self.bank.accounts.append(RemoteAccount("acc-2", number="4711", currency="EUR"))
        self.connection.action_connect()
        feed, other = self.connection.feed_ids.sorted("account_ref")
        other.journal_id = self.make_journal(False, "BNKB")
        self.bank.errors = [AccountConsentExpired("The access to acc-1 has ended")]
        (feed | other).action_start()
        self.run_jobs()
        self.assertEqual((feed.state, other.state), ("paused", "active"))
        self.assertEqual((feed.window_ids.state, other.window_ids.state), ("waiting", "fetched"))
        self.assertEqual(self.connection.state, "connected")
        self.assertEqual(feed.trouble, "The access to acc-1 has ended")
        self.assertIn("access to this account", feed._plan_in_words())
        feed.action_resume()
        self.run_jobs()
        self.assertEqual((feed.state, feed.trouble), ("active", False))
        self.assertEqual(feed.window_ids.state, "fetched")

    def test_a_refused_token_does_the_same(self):
        self.fetch(NotAuthorised("bank.example answers 401"))
        self.assertEqual(self.connection.state, "refused")
        self.assertEqual(self.connection.error, "bank.example answers 401")

    def test_a_bank_that_does_not_go_back_so_far(self):
        earliest = datetime.date(2026, 1, 15)
        window = self.fetch(PeriodTooLong("only 26 days", earliest))
        self.assertEqual(window.start_date, earliest)
        self.assert_booked_once()
        lost = window.feed_id.window_ids - window
        self.assertEqual(self.days_of(lost), ("2026-01-01", "2026-01-14"))
        self.assertEqual((lost.state, lost.error), ("dead", "only 26 days"))
        self.assertEqual(str(window.feed_id.fetched_until), "2026-02-10")

    def test_history_that_nobody_has_named_is_no_letter(self):
        self.journal.bank_feed_start_date = False
        window = self.fetch(PeriodTooLong("only 26 days", datetime.date(2026, 1, 15)))
        self.run_jobs()
        lost = window.feed_id.window_ids - window
        self.assertEqual((lost.state, str(lost.end_date)), ("ignored", "2026-01-14"))
        self.assertEqual(str(window.feed_id.fetched_until), "2026-02-10")

    def test_days_that_a_bank_gives_and_yet_refuses_are_not_lost(self):
        window = self.fetch(PeriodTooLong("too old", datetime.date(2026, 1, 1)))
        feed = window.feed_id
        self.assertEqual((window.state, window.error), ("dead", "too old"))
        feed._fetch(Period(self.TODAY, self.TODAY), "schedule")
        self.run_jobs()
        self.assertFalse(feed.fetched_until)  # the first days are still to come

    def days_of(self, window):
        return str(window.start_date), str(window.end_date)

    def test_days_that_a_later_fetch_lost_are_shown(self):
        window = self.fetch()
        self.run_jobs()
        feed = window.feed_id
        feed.fetched_until = "2026-01-10"
        late = feed._fetch(feed._next_period(), "schedule")
        self.bank.errors = [PeriodTooLong("only 26 days", datetime.date(2026, 1, 15))]
        late._job_fetch()
        lost = feed.window_ids.filtered(lambda w: w.state == "dead")
        self.assertEqual(self.days_of(lost), ("2026-01-03", "2026-01-14"))
        self.run_jobs()
        self.assertEqual(str(feed.fetched_until), "2026-02-10")  # the next fetch goes on from there
        self.TODAY += datetime.timedelta(days=1)
        feed._fetch(feed._next_period(), "schedule")
        self.run_jobs()
        self.assertEqual(self.bank.asked[-1][1].start, datetime.date(2026, 2, 3))
        self.assertEqual(feed.window_ids.filtered(lambda w: w.state == "dead"), lost)

    def test_days_before_the_start_of_the_books_are_not_missing(self):
        feed = self.fetch().feed_id
        self.run_jobs()
        feed.fetched_until = "2026-01-10"
        self.journal.bank_feed_start_date = "2026-02-01"
        feed._fetch(feed._next_period(), "schedule")
        self.run_jobs()
        self.assertEqual(str(feed.fetched_until), "2026-02-10")

    def test_days_that_were_ignored_are_not_missing(self):
        window = self.fetch(Permanent("nonsense"))
        feed = window.feed_id
        window._ignore("They were uploaded")
        self.TODAY += datetime.timedelta(days=1)
        period = Period(self.TODAY, self.TODAY)
        feed._fetch(period, "request")
        self.run_jobs()
        self.assertEqual(str(feed.fetched_until), "2026-02-11")

    def test_days_that_failed_are_missing(self):
        feed = self.fetch(Permanent("nonsense")).feed_id
        self.TODAY += datetime.timedelta(days=1)
        feed._fetch(Period(self.TODAY, self.TODAY), "request")
        self.run_jobs()
        self.assertFalse(feed.fetched_until)

    def test_a_balance_costs_no_transactions(self):
        errors = (
            NotAuthorised("bank.example answers 403"),
            ConsentExpired("no right to balances"),
            RetryLater("down"),
            KeyError("amount"),
        )

        def fail():
            raise errors[len(self.bank.asked) - 1]

        self.patch(self.bank, "balances", fail)
        feed = self.connect().sudo()
        with self.assertLogs("odoo.addons.account_bank_feed_connection", "ERROR"):
            for _error in errors:
                feed._fetch(feed._next_period(), "request")
                self.run_jobs()
                self.assertEqual(self.connection.state, "connected")
                self.assertEqual(set(feed.window_ids.mapped("state")), {"fetched"})
        self.assertEqual(len(self.bank.asked), len(errors))
        self.assertEqual([row[1] for row in self.books()], [100.0])

    def test_keys_that_are_missing_are_waited_for(self):
        window = self.fetch(UserError("This server has no keys"))
        self.assertEqual((window.state, window.error), ("waiting", "This server has no keys"))
        self.assert_booked_once()

    def test_keys_that_are_missing_when_it_is_kept(self):
        window = self.connect().sudo().window_ids

        def refuse(*_args):
            raise UserError("The keys cannot be used")  # pylint: disable=translation-required

        with patch.object(type(self.env["bank.file"]), "_keep", refuse):
            window._job_fetch()
            self.assertEqual((window.state, window.error), ("waiting", "The keys cannot be used"))
            self.bank.errors = [RetryLater("down", payload=b"why")]
            window._job_fetch()
        self.assertEqual((window.attempts, window.error), (2, "down"))
        self.assertFalse(window.import_ids)
        self.assert_booked_once()

    # When the bank is asked

    def test_a_bank_is_asked_again_however_long_it_wants_us_to_wait(self):
        window = self.fetch(RateLimited("bank.example answers 429", after=1e400))
        latest = fields.Datetime.now() + datetime.timedelta(days=3)
        self.assertLess(window.next_try_at, latest)
        self.assertLess(self.connection.not_before, latest)

    def test_the_schedule_leaves_what_was_put_off_alone(self):
        window = self.fetch(RateLimited("bank.example answers 429", after=7200))
        feed, moment = window.feed_id, window.next_try_at
        feed.next_fetch_at = fields.Datetime.now()
        self.env["bank.feed"].sudo()._cron_fetch()
        self.assertEqual((window.next_try_at, len(feed.window_ids)), (moment, 1))
        feed.action_fetch_now()
        self.assertFalse(window.next_try_at)

    def test_the_banks_limit_is_that_of_all_its_accounts(self):
        window = self.fetch(RateLimited("bank.example answers 429", after=7200))
        self.TODAY += datetime.timedelta(days=1)
        other = window.feed_id._fetch(window.feed_id._next_period(), "schedule")
        other._job_fetch()
        self.assertEqual((other.state, other.attempts, len(self.bank.asked)), ("waiting", 0, 1))
        self.assertTrue(7150 < self.wait_of(other) <= 7200)
        self.connection.sudo().not_before = fields.Datetime.now()
        other._job_fetch()
        self.assertEqual(len(self.bank.asked), 2)

    def test_a_person_does_not_wait_for_the_banks_limit(self):
        window = self.fetch(RateLimited("bank.example answers 429", after=7200))
        with somebody_asks():
            window.feed_id.action_fetch_now()
        window._job_fetch()
        self.assertEqual(len(self.bank.asked), 2)

    def test_a_longer_period_settles_those_in_vain(self):
        window = self.fetch(Permanent("nonsense"))
        feed = window.feed_id
        feed._fetch(feed._next_period(), "history")
        self.run_jobs()
        self.assertEqual(window.state, "fetched")

    def test_a_second_job_leaves_the_bank_alone(self):
        window = self.connect().sudo().window_ids
        jobs = self.env["queue.job"].sudo().search_count([])
        job = Job.load(self.env, window.job_uuid)
        waits = []
        with patch.object(type(window), "_have_connection_to_oneself", lambda self: False):
            for _time in range(20):
                with self.assertRaises(RetryableJobError):
                    job.perform()
                job.postpone()
                waits.append((job.eta - datetime.datetime.now()).total_seconds())
        self.assertEqual((window.state, self.bank.asked), ("waiting", []))
        self.assertEqual(self.env["queue.job"].sudo().search_count([]), jobs)
        self.assertTrue(waits[0] < 7 < 29 < waits[-1] < 61)
        self.assert_booked_once()

    def test_a_job_that_another_one_has_followed_does_nothing(self):
        window = self.fetch(RetryLater("bank.example answers 503"))
        job = Job.load(self.env, window.job_uuid)
        window.feed_id.action_fetch_now()
        job.perform()
        self.assertEqual(len(self.bank.asked), 1)
        self.assert_booked_once()

    def test_the_bank_is_told_of_a_person_at_the_first_try(self):
        feed = self.connect()
        self.run_jobs()
        self.bank.errors = [RetryLater("bank.example answers 503")]
        with somebody_asks():
            feed.action_fetch_now()
        self.run_jobs()
        self.assertEqual([bool(person) for person in self.bank.people], [False, True, False])
        person = self.bank.people[1]
        self.assertEqual(
            (person.address, dict(person.headers)["User-Agent"]), ("192.0.2.7", "Firefox")
        )
        self.assertNotIn("192.0.2.7", repr(person))

    def test_who_asks_for_a_period_is_told_too(self):
        feed = self.connect()
        self.run_jobs()
        period = self.env["bank.feed.period"].with_context(active_ids=feed.ids)
        with somebody_asks():
            period.create({"start_date": "2026-02-01", "end_date": "2026-02-09"}).action_fetch()
        self.run_jobs()
        self.assertTrue(self.bank.people[-1])

    def test_nobody_waits_for_ever(self):
        with somebody_asks():
            window = self.connect().sudo().window_ids
        self.assertTrue(window.person)
        with freeze_time(fields.Datetime.now() + datetime.timedelta(minutes=11)):
            self.run_jobs()
        self.assertEqual(self.bank.people, [None])
        self.assertFalse(window.person)

    def test_who_has_asked_in_vain_is_forgotten(self):
        with somebody_asks():
            feed = self.connect()
        feed.action_stop()
        self.run_jobs()
        window = feed.sudo().window_ids
        self.assertTrue(window.person)
        with freeze_time(fields.Datetime.now() + datetime.timedelta(minutes=11)):
            self.env["bank.feed"].sudo()._cron_fetch()
        self.assertFalse(window.person)

    def test_who_asks_is_kept_from_everybody(self):
        with somebody_asks():
            window = self.connect().window_ids
        with self.assertRaises(AccessError):
            window.with_env(self.env_of(self.make_user("manager"))).read(["person"])

    def test_a_lost_job_is_found(self):
        feed = self.connect()
        self.env["queue.job"].sudo().search([]).unlink()
        self.env["bank.feed"].sudo()._cron_fetch()
        self.assert_booked_once()
        self.assertEqual(feed.window_ids.state, "fetched")
