"""Everybody is told once, and when it is over."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.addons.account_bank_feed.tests.common import statement, transaction
from odoo.tests import tagged

from ..protocol import Consent, ConsentExpired, Permanent, RemoteAccount, RetryLater
from .common import ConnectionCase


@tagged("post_install", "-at_install")
class TestProblem(ConnectionCase):
    def setUp(self):
        super().setUp()
        self.owner = self.make_user("manager")
        self.owner.email = "owner@company.example"
        self.connection.user_id = self.owner
        self.company.bank_feed_user_id = self.owner
        self.bank.booked = [transaction("2026-01-20", 100, "first")]
        self.env["queue.job"].sudo().search([]).unlink()

    def check(self, times=1):
        for _ in range(times):
            self.env.flush_all()
            self.env["bank.feed.problem"].sudo()._cron_check()
        return self.env["bank.feed.problem"].search(
            [("company_id", "=", self.company.id)], order="id"
        )

    def mails(self):
        """Whoever wrote them: Odoo itself would announce what is put on somebody's list."""
        told = ["|", ("email_to", "ilike", "owner@company")]
        told.append(("recipient_ids", "in", self.owner.partner_id.ids))
        return self.env["mail.mail"].sudo().search(told)

    def assert_told_once(self, record, text):
        self.assertEqual(len(self.mails()), 1)
        self.assertIn(text, self.mails().subject)
        said = record.message_ids.filtered(lambda message: text in (message.body or ""))
        self.assertEqual(len(said), 1)
        todo = record.activity_ids.filtered(lambda activity: text in (activity.summary or ""))
        self.assertEqual(todo.user_id, self.owner)

    def test_all_is_well(self):
        self.connect()
        self.run_jobs()
        self.assertFalse(self.check())

    def test_a_consent_that_ended(self):
        self.bank.errors = [ConsentExpired("The consent has ended")]
        self.connect()
        self.run_jobs()
        problem = self.check(times=3)
        self.assertEqual(problem.kind, "connection")
        self.assert_told_once(self.connection, "The consent has ended")
        self.connection.action_connect()
        self.run_jobs()
        self.check(times=2)
        self.assertTrue(problem.closed_at)
        self.assertFalse(self.connection.activity_ids)
        over = self.connection.message_ids.filtered(lambda message: "Over" in (message.body or ""))
        self.assertEqual(len(over), 1)
        self.assertEqual(len(self.mails()), 1)

    def test_people_read_it_in_the_companys_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.env["ir.module.module"]._load_module_terms(["account_bank_feed_connection"], ["de_DE"])
        self.company.partner_id.lang = "de_DE"
        self.receive(content=b"no statement", name="letter.txt")
        problem = self.check()
        self.assertEqual(problem.text, "Lesen einer Datei: fehlgeschlagen, wartet auf eine Person")

    def test_a_try_in_vain_is_nobodys_business_yet(self):
        self.bank.errors = [RetryLater("down")]
        self.connect().sudo().window_ids._job_fetch()
        self.assertFalse(self.check())

    def test_a_period_that_was_given_up(self):
        self.bank.errors = [Permanent("no such account")]
        feed = self.connect()
        self.run_jobs()
        self.assertEqual(self.check(times=2).kind, "dead_letter")
        self.assert_told_once(feed, "no such account")
        feed.window_ids.action_requeue()
        self.run_jobs()
        self.assertTrue(self.check().closed_at)

    def test_what_a_bank_says_is_no_part_of_our_page(self):
        self.bank.errors = [Permanent("<img src=x onerror=alert(1)>")]
        feed = self.connect()
        self.run_jobs()
        self.check()
        for body in (self.mails().body_html, *feed.message_ids.mapped("body")):
            self.assertNotIn("<img", str(body))

    def test_a_bank_that_is_down_is_one_problem_for_all_accounts(self):
        self.bank.accounts.append(RemoteAccount("acc-2", number="4711", currency="EUR"))
        self.connection.action_connect()
        self.connection.action_find_accounts()
        feed, other = self.connection.feed_ids.sorted("account_ref")
        other.journal_id = self.make_journal(False, "BNKB")
        self.bank.errors = [Permanent("no such account"), Permanent("no such account")]
        (feed | other).action_start()
        self.run_jobs()
        self.assertEqual(self.check(times=2).kind, "dead_letter")
        self.assert_told_once(self.connection, "no such account")
        self.connection.feed_ids.window_ids.action_requeue()
        self.run_jobs()
        self.assertTrue(self.check().closed_at)

    def test_a_consent_that_will_end(self):
        now = fields.Datetime.now()
        told = []
        for days in (20, 13, 10, 6, 0.5):
            self.bank.consent = Consent("valid", now + timedelta(days=days))
            self.connection._become_connected(self.bank.consent)
            told.append(len(self.check()))
        # The day of the end is part of what is told, so each of these is told anew, but the first.
        self.assertEqual(told, [0, 1, 2, 3, 4])

    def test_the_end_is_told_at_14_and_7_days_and_1(self):
        end = fields.Datetime.now() + timedelta(days=20)
        self.connection.action_connect()
        self.connection.sudo().valid_until = end
        told = []
        for days in range(21):
            now = end - timedelta(days=20 - days, seconds=-1)
            with self.clock(now):
                told.append(len(self.check()))
        self.assertEqual(told[5], 0)
        self.assertEqual(told[-1], 3)
        self.assertEqual(len(self.mails()), 3)

    def clock(self, now):
        return patch.object(fields.Datetime, "now", lambda *_: now.replace(microsecond=0))

    def test_a_feed_that_is_late(self):
        feed = self.connect()
        self.run_jobs()
        feed.sudo().last_fetch_at = fields.Datetime.now() - timedelta(hours=48, minutes=10)
        self.assertFalse(self.check())  # the second fetch is on its way
        feed.sudo().last_fetch_at = fields.Datetime.now() - timedelta(hours=50)
        self.assertEqual(self.check(times=2).kind, "late")
        self.assert_told_once(feed, "not been fetched")

    def test_files_that_fail_are_told_together(self):
        for name in ("one.txt", "two.txt"):
            self.receive(content=name.encode(), name=name)
        self.assertEqual(self.check(times=2).kind, "dead_letter")
        self.assertEqual(len(self.mails()), 1)

    def test_a_queue_that_stands_still(self):
        job = self.env["bank.transaction"].sudo().with_delay()._job_match(self.company)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE queue_job SET date_created = %s WHERE uuid = %s",
            [fields.Datetime.now() - timedelta(hours=2), job.uuid],
        )
        self.env.invalidate_all()
        self.assertEqual(self.check(times=2).kind, "queue")
        self.run_jobs()
        self.assertTrue(self.check().closed_at)

    def test_a_statement_that_is_missing(self):
        self.receive(statement([transaction("2026-01-05", 10, "a")], 0))
        late = self.receive(statement([transaction("2026-01-25", 10, "b")], 50))
        self.assertFalse(self.check())
        yesterday = fields.Datetime.now() - timedelta(days=2)
        self.env.cr.execute(
            "UPDATE bank_import_statement SET create_date = %s WHERE import_id = %s",
            [yesterday, late.id],
        )
        self.env.invalidate_all()
        self.assertEqual(self.check(times=2).kind, "gap")
        self.assert_told_once(self.journal, "a statement is missing")
