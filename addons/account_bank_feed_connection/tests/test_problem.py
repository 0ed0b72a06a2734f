"""Everybody is told once, and when it is over."""

from dataclasses import replace
from datetime import date, timedelta
from unittest.mock import patch

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from odoo import fields
from odoo.addons.account_bank_feed.tests.common import statement, transaction
from odoo.tests import tagged

from ..protocol import (
    AccountConsentExpired,
    Consent,
    ConsentExpired,
    Period,
    PeriodTooLong,
    Permanent,
    RemoteAccount,
    RetryLater,
    tls,
)
from .common import ConnectionCase


def self_signed(days):
    """A certificate that ends in so many days."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "we")])
    now = fields.Datetime.now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=100))
        .not_valid_after(now + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(Encoding.PEM).decode()


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

    def test_a_consent_of_one_account_that_ended(self):
        self.bank.errors = [AccountConsentExpired("The access has ended")]
        feed = self.connect()
        self.run_jobs()
        problem = self.check(times=3)
        self.assertEqual(problem.kind, "connection")
        self.assert_told_once(feed, "The access has ended")
        feed.action_resume()
        self.run_jobs()
        self.assertTrue(self.check().closed_at)

    def test_a_consent_of_one_account_that_will_end(self):
        ends = fields.Datetime.now() + timedelta(days=6)
        self.bank.accounts = [replace(self.bank.accounts[0], valid_until=ends)]
        feed = self.connect()
        self.run_jobs()
        self.assertEqual(feed.valid_until, ends)
        self.assertEqual(self.check(times=2).kind, "consent")
        self.assert_told_once(feed, "ends on")
        later = ends + timedelta(days=90)
        self.bank.accounts = [replace(self.bank.accounts[0], valid_until=later)]
        self.connection.action_find_accounts()
        self.assertTrue(self.check().closed_at)

    def ends_in(self, days):
        """The account's own consent ends then, says the bank."""
        ends = fields.Datetime.now() + timedelta(days=days)
        self.bank.accounts = [replace(self.bank.accounts[0], valid_until=ends)]
        return ends

    def test_a_consent_of_one_account_that_was_renewed_in_time(self):
        """The bank does not tell us; the next fetch asks, before the end is announced."""
        self.ends_in(15)
        feed = self.connect()
        self.run_jobs()
        later = self.ends_in(90)
        feed.action_fetch_now()
        self.run_jobs()
        self.assertEqual(feed.valid_until, later)
        self.assertFalse(self.check())
        self.ends_in(180)
        feed.action_fetch_now()
        self.run_jobs()
        self.assertEqual(feed.valid_until, later)  # not asked before it is time

    def test_a_consent_of_one_account_that_was_renewed_late(self):
        self.ends_in(6)
        feed = self.connect()
        self.check()
        self.bank.errors = [AccountConsentExpired("The access has ended")]
        self.run_jobs()
        self.assertEqual(set(self.check().mapped("kind")), {"connection", "consent"})
        later = self.ends_in(90)
        feed.action_resume()
        self.assertEqual(feed.valid_until, later)
        self.assertTrue(all(self.check().mapped("closed_at")))

    def test_to_ask_whether_it_was_renewed_costs_nothing(self):
        ends = self.ends_in(6)
        feed = self.connect()
        with patch.object(
            type(self.connection), "_find_accounts", side_effect=RetryLater("down", after=3600)
        ):
            self.run_jobs()
            self.assertEqual((feed.valid_until, feed.window_ids.state), (ends, "fetched"))
            feed.sudo()._pause("The access has ended", error="The access has ended")
            feed.action_resume()
        self.assertEqual(feed.state, "active")
        self.assertTrue(self.connection.not_before)

    def test_a_consent_that_ends_while_its_renewal_is_left_open(self):
        now = fields.Datetime.now()
        feed = self.connect()
        self.connection.sudo().consent_until = now + timedelta(days=6)
        self.run_jobs()
        self.bank.sign_in_at = "https://bank.example/agree"
        self.connection.action_connect()
        self.assertEqual(self.check().kind, "consent")
        self.bank.errors = [ConsentExpired("The consent has ended")]
        feed.action_fetch_now()
        self.run_jobs()
        self.assertEqual(self.connection.state, "expired")
        kinds = self.check(times=2).mapped("kind")
        self.assertEqual(kinds, ["consent", "connection"])
        self.assertEqual(len(self.mails()), 2)

    def test_people_read_it_in_the_companys_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.env["ir.module.module"]._load_module_terms(["account_bank_feed_connection"], ["de_DE"])
        self.company.partner_id.lang = "de_DE"
        self.receive(content=b"no statement", name="letter.txt")
        problem = self.check()
        self.assertEqual(problem.text, "Lesen einer Datei: fehlgeschlagen, wartet auf eine Person")
        self.assertIn("Zustand", self.mails().body_html)

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

    def two_accounts(self):
        """The feeds of two accounts, not started."""
        self.bank.accounts.append(RemoteAccount("acc-2", number="4711", currency="EUR"))
        self.connection.action_connect()
        self.connection.action_find_accounts()
        feed, other = self.connection.feed_ids.sorted("account_ref")
        other.journal_id = self.make_journal(False, "BNKB")
        return feed, other

    def give_up(self, feed, days, why="no such account"):
        """Its next period is given up so many days from now."""
        self.TODAY += timedelta(days=1)
        self.bank.errors = [Permanent(why)]
        feed.sudo()._fetch_next()
        self.run_jobs()
        window = feed.sudo().window_ids[0]
        self.assertEqual(window.state, "dead")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE bank_feed_window SET write_date = %s WHERE id = %s",
            [fields.Datetime.now() + timedelta(days=days), window.id],
        )
        self.env.invalidate_all()
        return window

    def test_lost_days_that_lie_there_hide_nothing(self):
        self.bank.errors = [PeriodTooLong("only 26 days", date(2026, 1, 15))]
        feed = self.connect()
        self.run_jobs()
        lost = self.check(times=2)
        self.assert_told_once(feed, "only 26 days")
        given_up = self.give_up(feed, 1)
        self.assertEqual(len(self.check(times=2)), 2)
        self.assertEqual(len(self.mails()), 2)
        given_up.action_requeue()
        self.run_jobs()
        self.assertEqual(self.check().mapped(lambda one: bool(one.closed_at)), [False, True])
        self.assertEqual(feed.activity_ids.summary, lost.text)

    def test_another_account_that_is_given_up_is_told_too(self):
        feed, other = self.two_accounts()
        (feed | other).action_start()
        self.run_jobs()
        self.give_up(feed, 1)
        problem = self.check(times=2)
        self.assert_told_once(feed, "no such account")
        for days in (2, 3):  # the same account, each day anew
            self.give_up(feed, days)
            self.check()
        self.assertEqual(len(self.mails()), 1)
        self.give_up(other, 4, "nonsense")
        self.assertEqual(self.check(times=2), problem)
        self.assertEqual(len(self.mails()), 2)
        self.assertIn("nonsense", problem.text)
        self.assertFalse(feed.activity_ids)
        self.assertEqual(self.connection.activity_ids.summary, problem.text)

    def test_an_account_that_fails_again_is_told_again(self):
        feed = self.connect()
        self.run_jobs()
        period = Period(date(2025, 12, 1), date(2025, 12, 2))
        self.bank.errors = [Permanent("nonsense")]
        feed.sudo()._fetch(period, "request")
        self.run_jobs()
        self.check()
        self.give_up(feed, 1)
        self.check(times=2)
        self.assertEqual(len(self.mails()), 2)

    def test_what_a_bank_says_is_no_part_of_our_page(self):
        self.bank.errors = [Permanent("<img src=x onerror=alert(1)>")]
        feed = self.connect()
        self.run_jobs()
        self.check()
        for body in (self.mails().body_html, *feed.message_ids.mapped("body")):
            self.assertNotIn("<img", str(body))

    def test_a_bank_that_is_down_is_one_problem_for_all_accounts(self):
        feed, other = self.two_accounts()
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

    def test_to_begin_to_renew_is_not_the_end_of_it(self):
        """Whoever clicks, and then does not sign in, is still told."""
        self.bank.errors = [ConsentExpired("The consent has ended")]
        self.connect()
        self.run_jobs()
        problem = self.check()
        self.bank.sign_in_at = "https://bank.example/agree"
        self.connection.action_connect()
        self.assertEqual(self.connection.state, "waiting")
        self.assertEqual(self.check(times=2), problem)
        self.assertFalse(problem.closed_at)
        self.connection._signed_in({})
        self.assertTrue(self.check().closed_at)

    def test_a_consent_that_ends_while_somebody_renews_it(self):
        feed = self.connect()
        self.run_jobs()
        self.connection.sudo().consent_until = fields.Datetime.now() + timedelta(days=3)
        announced = self.check()
        self.bank.sign_in_at = "https://bank.example/agree"
        self.connection.action_connect()
        self.assertEqual(self.check(), announced)
        self.assertFalse(announced.closed_at)
        self.bank.errors = [ConsentExpired("The consent has ended")]
        feed.action_fetch_now()
        self.run_jobs()
        self.assertEqual((self.connection.state, feed.state), ("expired", "paused"))
        self.assertEqual(len(self.check()), 2)

    def test_a_consent_that_ends_before_its_day_is_not_over(self):
        """That it has ended is told, and nothing more, until it is renewed."""
        feed = self.connect()
        self.run_jobs()
        now = fields.Datetime.now()
        self.connection.sudo().consent_until = now + timedelta(days=3)
        announced = self.check()
        self.bank.errors = [ConsentExpired("The consent was revoked")]
        feed.action_fetch_now()
        self.run_jobs()
        for days in range(5):
            with self.clock(now + timedelta(days=days)):
                self.assertEqual(len(self.check()), 2)
                self.assertFalse(announced.closed_at)
        self.assertEqual(len(self.mails()), 2)
        self.connection._become_connected(Consent("valid", now + timedelta(days=90)))
        self.assertTrue(self.check()[0].closed_at)

    def test_a_consent_that_was_revoked_is_not_announced_to_end(self):
        feed = self.connect()
        self.run_jobs()
        now = fields.Datetime.now()
        self.connection.sudo().consent_until = now + timedelta(days=20)
        self.bank.errors = [ConsentExpired("The consent was revoked")]
        feed.action_fetch_now()
        self.run_jobs()
        for days in (0, 10, 21):
            with self.clock(now + timedelta(days=days)):
                self.assertEqual(self.check().kind, "connection")
        self.assertEqual(len(self.mails()), 1)

    def test_the_end_is_told_at_14_and_7_days_and_1(self):
        end = fields.Datetime.now() + timedelta(days=20)
        self.connection.action_connect()
        self.connection.sudo().consent_until = end
        told = []
        for days in range(21):
            now = end - timedelta(days=20 - days, seconds=-1)
            with self.clock(now):
                told.append(len(self.check()))
        self.assertEqual((told[5], told[-1]), (0, 1))
        self.assertEqual(len(self.mails()), 3)
        self.assertEqual(len(self.connection.activity_ids), 1)
        over = self.connection.message_ids.filtered(lambda message: "Over" in (message.body or ""))
        self.assertFalse(over)
        self.connection._become_connected(Consent("valid", end + timedelta(days=90)))
        with self.clock(end):
            self.assertTrue(self.check().closed_at)
        self.assertFalse(self.connection.activity_ids)

    def test_a_certificate_of_ours_that_will_end(self):
        """Whatever the bank says of the consent."""
        self.connection.certificate = self_signed(days=30)
        self.bank.consent = Consent("valid", fields.Datetime.now() + timedelta(days=170))
        self.connection.action_connect()
        self.assertFalse(self.check())
        self.connection.certificate = self_signed(days=10)
        problem = self.check(times=2)
        self.assertEqual(problem.kind, "consent")
        self.assert_told_once(self.connection, "certificate ends on")
        self.connection.certificate = "nonsense"  # replaced, by whatever
        self.assertTrue(self.check().closed_at)

    def test_a_certificate_that_is_the_consent_is_told_once(self):
        self.connection.certificate = self_signed(days=10)
        _begin, end = tls.validity(self.connection.certificate)
        self.bank.consent = Consent("valid", end)
        self.connection.action_connect()
        self.assertEqual(len(self.check()), 1)

    def test_certificates_that_nobody_uses_are_left_alone(self):
        self.connection.certificate = self_signed(days=10)
        self.assertFalse(self.check())

    def clock(self, now):
        return patch.object(fields.Datetime, "now", lambda *_: now.replace(microsecond=0))

    def test_a_feed_that_is_late(self):
        feed = self.connect()
        self.run_jobs()
        feed.sudo().active_since = fields.Datetime.now() - timedelta(days=9)
        feed.sudo().last_fetch_at = fields.Datetime.now() - timedelta(hours=48, minutes=10)
        self.assertFalse(self.check())  # the second fetch is on its way
        feed.sudo().last_fetch_at = fields.Datetime.now() - timedelta(hours=50)
        self.assertEqual(self.check(times=2).kind, "late")
        self.assert_told_once(feed, "not been fetched")

    def test_a_feed_is_not_late_as_soon_as_it_is_started(self):
        self.connection.action_connect()
        feed = self.connection.feed_ids
        long_ago = fields.Datetime.now() - timedelta(days=9)
        self.env.cr.execute("UPDATE bank_feed SET create_date = %s", [long_ago])
        self.env.invalidate_all()
        feed.action_start()
        self.assertFalse(self.check())

    def test_files_that_fail_are_told_together(self):
        for name in ("one.txt", "two.txt"):
            self.receive(content=name.encode(), name=name)
        problem = self.check(times=2)
        self.assertEqual(problem.kind, "dead_letter")
        self.assert_told_once(problem, "waits for a person")
        self.env["bank.import"].search([]).action_set_aside("no statements")
        self.assertTrue(self.check().closed_at)
        self.assertFalse(problem.activity_ids)
        self.assertIn("Over", "".join(problem.message_ids.mapped("body")))

    def test_a_letter_names_whom_it_concerns(self):
        self.receive(content=b"no statement", name="letter.txt")
        self.env.flush_all()
        self.assertEqual(self.env["bank.dead.letter"].search([]).user_id, self.owner)

    def test_what_concerns_nobody_at_work_concerns_a_manager(self):
        self.company.bank_feed_user_id = False
        nobody = self.env.ref("base.user_root")
        record = self.receive(content=b"no statement", name="letter.txt")
        self.env.cr.execute(
            "UPDATE bank_import SET user_id = %s WHERE id = %s", [nobody.id, record.id]
        )
        self.env.invalidate_all()
        problem = self.check()
        self.assertTrue(problem.user_id.has_group("account_bank_feed.group_manager"))
        self.assertTrue(problem.user_id.active)
        self.assertEqual(problem.activity_ids.user_id, problem.user_id)

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
