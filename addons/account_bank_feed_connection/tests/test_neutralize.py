"""A neutralized copy of a database asks no bank."""

from odoo import fields
from odoo.addons.account_bank_feed.tests.common import transaction
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import tagged

from ..protocol import Consent, RetryLater
from .common import ConnectionCase

WHERE = ("account_bank_feed", "account_bank_feed_connection")


@tagged("post_install", "-at_install")
class TestNeutralize(ConnectionCase):
    def neutralize(self):
        self.env.flush_all()
        for query in get_neutralization_queries(WHERE):
            self.env.cr.execute(query)
        self.env.invalidate_all()

    def jobs(self):
        return self.env["queue.job"].sudo().search([("model_name", "=", "bank.feed.window")])

    def test_nothing_is_fetched_any_more(self):
        self.bank.booked = [transaction("2026-01-20", 100, "first")]
        self.bank.consent = Consent("valid", fields.Datetime.now())
        feed = self.connect()
        self.env["bank.sign.in"].sudo().create(
            {
                "connection_id": self.connection.id,
                "user_id": self.env.uid,
                "digest": "one",
                "ends_at": "2100-01-01",
            }
        )
        self.bank.errors = [RetryLater("bank.example answers 503", after=7200)]
        feed.window_ids.sudo()._job_fetch()
        asked = len(self.bank.asked)
        self.neutralize()
        connection = self.connection
        self.assertEqual(connection.state, "disconnected")
        self.assertFalse(connection.valid_until or connection.consent_until)
        self.assertFalse(connection.not_before)
        self.assertEqual((feed.state, feed.next_fetch_at), ("off", False))
        self.assertEqual(feed.window_ids.mapped("state"), ["ignored"])
        self.assertEqual(set(self.jobs().mapped("state")), {"cancelled"})
        self.assertFalse(self.env["bank.sign.in"].sudo().search([]))
        self.env["bank.feed"]._cron_fetch()
        self.run_jobs()
        self.assertEqual(len(self.bank.asked), asked)

    def test_it_can_be_connected_with_a_bank_for_tests(self):
        self.bank.booked = [transaction("2026-01-20", 100, "first")]
        feed = self.connect()
        self.neutralize()
        self.connection.action_connect()
        self.run_jobs()
        self.assertFalse(self.bank.asked)
        feed.action_start()
        self.run_jobs()
        self.assertEqual([row[1] for row in self.books()], [100.0])
