"""A feed over days: what is asked, what comes in, how far it got."""

import datetime
import json
from decimal import Decimal
from unittest.mock import patch

from odoo import fields
from odoo.addons.account_bank_feed.tests.common import cut, make_iban, transaction
from odoo.addons.bank_statement_format.testing import camt053
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .. import json_format
from ..protocol import (
    Document,
    Period,
    PeriodTooLong,
    Permanent,
    RemoteAccount,
    RemoteBalance,
)
from .common import ConnectionCase


@tagged("post_install", "-at_install")
class TestFeed(ConnectionCase):
    def setUp(self):
        super().setUp()
        self.bank.booked = [
            transaction("2026-01-20", 100, "first"),
            transaction("2026-02-09", 50, "second"),
        ]

    def asked(self):
        return [(str(period.start), str(period.end)) for _id, period, _status in self.bank.asked]

    def test_the_first_fetch_takes_the_history(self):
        feed = self.connect()
        self.run_jobs()
        self.assertEqual(self.asked(), [("2026-01-01", "2026-02-10")])  # the feed's start
        self.assertEqual(str(feed.fetched_until), "2026-02-10")
        self.assertEqual(
            [row[:3] for row in self.books()],
            [("2026-01-20", 100.0, "first"), ("2026-02-09", 50.0, "second")],
        )
        self.assertEqual(feed.booked_balance, 150)
        self.assertEqual(self.transactions().import_id.source, "connection")

    def first(self, **values):
        """Where the first fetch of a journal starts that may begin at any day."""
        self.journal.bank_feed_start_date = False
        self.connection.action_connect()
        feed = self.connection.feed_ids
        feed.write(values)
        feed.action_start()
        return str(feed.window_ids.start_date)

    def test_the_first_fetch_goes_back_as_far_as_the_bank_may_give(self):
        self.assertEqual(self.first(), "2024-02-11")

    def test_a_connector_knows_how_far_its_bank_goes_back(self):
        self.patch(type(self.env["bank.connector"]), "_history_days", lambda *_: 89)
        self.assertEqual(self.first(), "2025-11-13")

    def test_whoever_starts_a_feed_may_say_from_when(self):
        self.assertEqual(self.first(history_start="2026-02-01"), "2026-02-01")

    def test_what_a_bank_does_not_give_shortens_the_first_fetch(self):
        self.bank.errors = [PeriodTooLong("13 months", datetime.date(2025, 1, 10))]
        self.assertEqual(self.first(), "2024-02-11")
        self.run_jobs()
        self.assertEqual(self.asked(), [("2024-02-11", "2026-02-10"), ("2025-01-10", "2026-02-10")])

    def test_a_first_fetch_in_vain_is_settled_by_the_next_days(self):
        """Though that begins a day later, as nobody has named a start."""
        self.bank.errors = [Permanent("nonsense")]
        self.first()
        self.run_jobs()
        feed = self.connection.feed_ids.sudo()
        self.assertEqual(feed.window_ids.state, "dead")
        self.TODAY += datetime.timedelta(days=1)
        feed._fetch_next()
        self.run_jobs()
        self.assertEqual(self.asked()[1], ("2024-02-12", "2026-02-11"))
        self.assertEqual(feed.window_ids.mapped("state"), ["fetched", "fetched"])

    def test_a_first_fetch_in_vain_is_kept_where_a_start_was_named(self):
        self.bank.errors = [Permanent("nonsense")]
        self.first(history_start="2026-01-01")
        self.run_jobs()
        feed = self.connection.feed_ids.sudo()
        feed.history_start = "2026-02-01"
        feed._fetch_next()
        self.run_jobs()
        self.assertEqual(feed.window_ids.mapped("state"), ["fetched", "dead"])

    def test_later_fetches_look_back(self):
        feed = self.connect()
        self.run_jobs()
        self.TODAY += datetime.timedelta(days=1)
        self.bank.booked += [
            transaction("2026-02-06", 7, "booked back"),
            transaction("2026-02-11", 9, "new"),
        ]
        feed.next_fetch_at = "2026-01-01"
        self.env["bank.feed"].sudo()._cron_fetch()
        self.run_jobs()
        self.assertEqual(self.asked()[1:], [("2026-02-03", "2026-02-11")])
        self.assertEqual([row[1] for row in self.books()], [100.0, 7.0, 50.0, 9.0])

    def test_the_schedule_keeps_its_time_of_day(self):
        feed = self.connect()
        self.run_jobs()
        late = fields.Datetime.now().replace(microsecond=0)
        for lateness in (datetime.timedelta(minutes=14), datetime.timedelta(days=3, minutes=9)):
            planned = late - lateness
            feed.next_fetch_at = planned
            with patch.object(fields.Datetime, "now", lambda *_: late):
                self.env["bank.feed"].sudo()._cron_fetch()
            self.assertEqual(
                feed.next_fetch_at, planned + datetime.timedelta(days=lateness.days + 1)
            )

    def test_a_bank_that_lets_us_in_again_is_fetched_at_once(self):
        feed = self.connect()
        self.run_jobs()
        planned = feed.next_fetch_at
        feed.sudo()._pause("disconnected")
        self.connection.action_connect()
        self.run_jobs()
        self.assertEqual((feed.next_fetch_at, len(self.bank.asked)), (planned, 2))

    def test_what_is_started_together_is_fetched_together(self):
        self.bank.accounts.append(RemoteAccount("acc-2", number="4711", currency="EUR"))
        self.connection.action_connect()
        feeds = self.connection.feed_ids
        feeds.filtered(lambda f: not f.journal_id).journal_id = self.make_journal(False, "BNKB")
        seconds = iter(range(1000))
        begin = fields.Datetime.now()

        def later(*_args):
            return begin + datetime.timedelta(seconds=next(seconds))

        with patch.object(fields.Datetime, "now", later):
            feeds.action_start()
        self.assertEqual(len(set(feeds.mapped("next_fetch_at"))), 1)

    def test_numbers_have_limits(self):
        feed = self.connect()
        for values in ({"interval_hours": 0}, {"interval_hours": -1}, {"look_back": -1}):
            with self.assertRaises(ValidationError):
                feed.write(values)

    def test_people_without_a_role_read_journals(self):
        self.connect()
        clerk = self.make_user(groups=["account.group_account_invoice"])
        values = self.journal.with_env(self.env_of(clerk)).read()
        self.assertNotIn("bank_feed_ids", values[0])
        viewer = self.make_user("viewer")
        self.assertIn("bank_feed_ids", self.journal.with_env(self.env_of(viewer)).read()[0])

    def test_a_byte_order_mark_is_no_reason_to_refuse_an_answer(self):
        period = Period(datetime.date(2026, 1, 1), datetime.date(2026, 1, 2))
        page = '{"text": "Ä"}'
        pages = [page.encode("utf-8-sig"), page.encode("utf-16"), page.encode()]
        made = json_format.document("x", "x", RemoteAccount("1"), period, pages)
        self.assertEqual(json.loads(made.content)["pages"], [page] * 3)

    def test_what_was_uploaded_is_not_doubled(self):
        from odoo.addons.account_bank_feed.tests.common import statement

        self.receive(statement(self.bank.booked, start="2026-01-01", end="2026-02-09"))
        self.connect()
        self.run_jobs()
        self.assertEqual([row[1] for row in self.books()], [100.0, 50.0])

    def test_the_same_bytes_make_one_import(self):
        feed = self.connect()
        self.run_jobs()
        feed.action_fetch_now()
        self.run_jobs()
        feed.action_fetch_now()
        self.run_jobs()
        self.assertEqual(len(feed.window_ids), 3)
        self.assertEqual(len(self.transactions().import_id), 2)  # the second was a shorter period

    def test_a_period_by_request_does_not_move_the_end(self):
        feed = self.connect()
        self.run_jobs()
        feed.fetched_until = "2026-01-15"
        period = self.env["bank.feed.period"].with_context(active_ids=feed.ids)
        period.create({"start_date": "2026-02-01", "end_date": "2026-02-09"}).action_fetch()
        self.run_jobs()
        self.assertEqual(self.asked()[-1], ("2026-02-01", "2026-02-09"))
        self.assertEqual(str(feed.fetched_until), "2026-01-15")

    def test_a_feed_that_is_off_is_not_fetched(self):
        feed = self.connect()
        self.run_jobs()
        feed.action_stop()
        self.env["bank.feed"].sudo()._cron_fetch()
        self.run_jobs()
        self.assertEqual(len(self.bank.asked), 1)
        with self.assertRaises(UserError):
            feed.action_fetch_now()

    def test_files_of_any_account_need_no_journal(self):
        """The accounts in them decide the journals."""
        self.bank.accounts = [RemoteAccount("inbox", name="Inbox", inbox=True)]
        self.patch(self.bank, "balances", list)
        feed = self.connect()
        self.assertFalse(feed.journal_id)
        self.run_jobs()
        self.assertEqual([row[1] for row in self.books()], [100.0, 50.0])
        self.assertEqual(self.transactions().journal_id, self.journal)
        self.assertEqual(self.transactions().import_id.remote_source, "period.xml")

    def test_who_is_responsible_may_confirm_the_opening(self):
        """Nobody has uploaded what the bank sent, so there is no second person to wait for."""
        self.company.bank_feed_four_eyes = True
        self.journal.write({"bank_feed_start_confirmed": False, "bank_feed_start_date": False})
        self.bank.booked[0] = transaction("2025-01-20", 100, "long ago")
        cut_off = cut(self.bank.booked, "2026-01-01", "2026-02-10")
        self.patch(self.bank, "documents", lambda *_: [Document("one.xml", camt053([cut_off]))])
        feed = self.connect()
        self.run_jobs()
        self.assertTrue(feed.waits_for_opening)
        action = feed.action_opening()
        statement = self.env[action["res_model"]].browse(action["res_id"])
        statement.with_user(feed.user_id).action_confirm_opening()
        self.run_jobs()
        self.assertEqual([row[1] for row in self.books()], [50.0])
        self.assertFalse(feed.waits_for_opening)

    def test_a_journal_is_made_for_an_account_that_has_none(self):
        iban = make_iban(77)
        self.bank.accounts = [RemoteAccount("acc-2", iban=iban, currency="EUR", name="Savings")]
        self.connection.action_connect()
        feed = self.connection.feed_ids
        self.assertEqual(self.connection.next_step, "link")
        feed.action_make_journal()
        self.assertEqual(self.connection.next_step, "start")
        self.assertEqual((feed.journal_id.name, feed.journal_id.type), ("Savings", "bank"))
        self.assertEqual(feed.journal_id.bank_account_id.sanitized_acc_number, iban)
        self.connection.action_start_feeds()
        self.assertEqual(feed.state, "active")
        self.assertFalse(self.connection.next_step)

    def test_a_journal_is_fetched_in_one_way(self):
        feed = self.connect()
        other = self.connect_elsewhere()
        self.assertEqual(other.journal_id, self.journal)
        with self.assertRaisesRegex(UserError, "is fetched by Current account of House bank"):
            other.action_start()
        feed.action_stop()
        other.action_start()
        with self.assertRaisesRegex(UserError, "of Other bank already"):
            feed.action_start()

    def test_who_moves_to_another_way_disconnects_the_former(self):
        feed = self.connect()
        self.connection.action_disconnect()
        other = self.connect_elsewhere()
        other.action_start()
        self.assertEqual((feed.state, other.state), ("off", "active"))
        self.connection.action_connect()
        self.assertEqual((self.connection.state, feed.state), ("connected", "off"))

    def connect_elsewhere(self):
        """The feed of the same account by another connection, not started."""
        other = self.connection.copy({"name": "Other bank"})
        other.action_connect()
        return other.feed_ids

    def test_a_currency_that_comes_with_the_balance_is_the_journals(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.bank.accounts = [RemoteAccount("acc-2", number="4711")]
        balances = [RemoteBalance("booked", Decimal(5), "USD")]
        self.patch(self.bank, "balances", lambda: balances)
        self.connection.action_connect()
        feed = self.connection.feed_ids
        feed.action_make_journal()
        self.assertEqual((feed.currency_id, feed.journal_id.currency_id), (dollar, dollar))
        self.assertFalse(feed.trouble)

    def test_a_journal_in_another_currency_is_said(self):
        feed = self.connect()
        feed.write({"currency_code": "USD", "balance_at": "2026-02-10 06:00:00"})
        self.assertIn("USD", feed.trouble)
        status = self.journal._bank_feed_status()[self.journal.id]
        self.assertIn("USD", status["trouble"])
        self.assertFalse(status["balance_at"])  # no figure under a wrong sign

    def test_the_dashboard_is_told_how_the_journal_is_fetched(self):
        feed = self.connect()
        self.run_jobs()
        status = self.journal._bank_feed_status()[self.journal.id]
        self.assertEqual((status["record"], status["balance"]), (feed, 150))
        self.assertIn("Next fetch", status["text"])
        self.assertFalse(status["trouble"])
        self.bank.errors = [Permanent("bank.example answers 400")]
        feed.action_fetch_now()
        self.run_jobs()
        status = self.journal._bank_feed_status()[self.journal.id]
        self.assertEqual(status["trouble"], "Not fetched: bank.example answers 400")
        self.assertEqual(feed.trouble, status["trouble"])
        self.connection.action_disconnect()
        status = self.journal._bank_feed_status()[self.journal.id]
        self.assertEqual(status["trouble"], "Disconnected")

    def test_the_journal_shows_the_balances(self):
        self.connect()
        self.run_jobs()
        self.assertEqual(self.journal.bank_feed_available_balance, 150)
        self.bank.booked.append(transaction("2026-02-10", 1, "third"))
        self.journal.action_bank_feed_balances()
        self.assertEqual(self.journal.bank_feed_booked_balance, 151)

    def test_who_may_only_look_does_not_fetch(self):
        feed = self.connect()
        viewer = self.make_user("viewer")
        with self.assertRaises(AccessError):
            feed.with_env(self.env_of(viewer)).action_fetch_now()
