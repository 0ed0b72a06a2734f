"""What was given up: one list, and the two ways out."""

from unittest.mock import patch

from odoo.addons.account_bank_feed.tests.common import statement, transaction
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..protocol import Permanent
from .common import ConnectionCase


@tagged("post_install", "-at_install")
class TestDeadLetter(ConnectionCase):
    def setUp(self):
        super().setUp()
        self.bank.booked = [transaction("2026-01-20", 100, "first")]
        self.letters = self.env["bank.dead.letter"]

    def give_up(self):
        self.bank.errors = [Permanent("bank.example answers 404", b"no such account")]
        feed = self.connect()
        self.run_jobs()
        self.env.flush_all()
        return feed.window_ids

    def test_a_period(self):
        window = self.give_up()
        letter = self.letters.search([])
        self.assertEqual((letter.kind, letter._record()), ("connection", window.sudo()))
        self.assertEqual((letter.cause, letter.attempts), ("bank.example answers 404", 1))
        self.assertEqual(letter.user_id, self.connection.user_id)
        self.assertTrue(letter.payload_id)
        letter.action_requeue()
        self.run_jobs()
        self.assertEqual([row[1] for row in self.books()], [100.0])
        self.assertFalse(self.letters.search([]))

    def test_a_file_and_a_job(self):
        record = self.receive(content=b"no statement", name="letter.txt")
        job = self.env["bank.transaction"].sudo().with_delay()._job_match(self.company)
        row = self.env["queue.job"].sudo().search([("uuid", "=", job.uuid)])
        row.write({"state": "failed", "exc_message": "broken"})
        self.env.flush_all()
        by_kind = self.letters.search([]).grouped("kind")
        self.assertEqual(by_kind["file"].res_id, record.id)
        self.assertEqual(by_kind["job"].cause, "broken")
        self.letters.action_requeue_all()
        self.assertEqual((record.state, row.state), ("received", "pending"))

    def test_what_cannot_be_tried_again_stops_nothing_else(self):
        wrong = {"one.txt": UserError("This one cannot"), "two.txt": KeyError("a fault")}

        def retry(record):
            if record.name in wrong:
                raise wrong[record.name]
            return action_retry(record)

        records = [
            self.receive(content=b"no statement " + name.encode(), name=name)
            for name in ("one.txt", "two.txt", "three.txt")
        ]
        self.env.flush_all()
        imports = type(self.env["bank.import"])
        action_retry = imports.action_retry
        with (
            patch.object(imports, "action_retry", retry),
            self.assertLogs("odoo.addons.account_bank_feed_connection.models", "ERROR"),
        ):
            answer = self.letters.action_requeue_all()
        text = answer["params"]["message"]
        for words in ("1 are being", "one.txt: This one cannot", "two.txt: An unexpected error"):
            self.assertIn(words, text)
        states = [record.state for record in records]
        self.assertEqual(states, ["refused", "refused", "received"])

    def test_jobs_of_all_our_addons(self):
        name = "bank.feed.proposal"
        if name not in self.env:
            self.skipTest("account_bank_feed_rule is not installed")
        job = self.env[name].sudo().with_delay()._learn(self.company)
        row = self.env["queue.job"].sudo().search([("uuid", "=", job.uuid)])
        row.write({"state": "failed", "exc_message": "broken"})
        self.env.flush_all()
        self.assertEqual(self.letters.search([("kind", "=", "job")]).res_id, row.id)

    def test_ignoring_needs_a_reason_and_leaves_a_trail(self):
        window = self.give_up()
        wizard = self.env["bank.feed.ignore"].with_context(active_ids=self.letters.search([]).ids)
        wizard.create({"reason": "The account was closed"}).action_ignore()
        self.assertEqual(window.state, "ignored")
        trail = self.env["bank.audit.log"].search(
            [("model", "=", "bank.feed.window"), ("res_id", "=", window.id)], limit=1
        )
        self.assertEqual((trail.event, trail.reason), ("ignored", "The account was closed"))
        window.action_requeue()
        self.assertEqual(window.state, "waiting")

    def test_whoever_ignores_sees_what(self):
        window = self.give_up()
        self.assertEqual(self.letters.search([]).display_name, window.display_name)

    def test_a_file_is_set_aside(self):
        record = self.receive(content=b"no statement", name="letter.txt")
        self.letters.search([])._ignore("A letter, no statement")
        self.assertEqual(record.state, "set_aside")
        self.assertFalse(self.letters.search([]))

    def test_a_batch_is_not_left_out(self):
        record = self.receive(statement([transaction("2026-01-05", 10, "a")], 0))
        batch = record.transaction_ids.batch_id.sudo()
        self.env.cr.execute(
            "UPDATE bank_import_batch SET state = 'failed' WHERE id = %s", batch.ids
        )
        self.env.invalidate_all()
        with self.assertRaises(UserError):
            self.letters.search([])._ignore("why not")

    def test_who_may_what(self):
        self.give_up()
        seen = self.letters.with_env(self.env_of(self.make_user("viewer"))).search([])
        self.assertTrue(seen.record_name)
        with self.assertRaises(AccessError):
            seen.action_requeue()
        stranger = self.make_user("viewer", companies=self.make_company("Elsewhere"))
        self.assertFalse(self.letters.with_env(self.env_of(stranger)).search([]))
