from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import BankFeedCase, camt053, statement, transaction


@tagged("post_install", "-at_install")
class TestSetAside(BankFeedCase):
    """Files that were refused wait for a person, until somebody or a good file settles it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        rows = [transaction("2026-01-05", number, f"Payment {number}") for number in range(1, 20)]
        cls.good = camt053([statement(rows)])
        cls.refused = cls.receive(content=cls.good[: len(cls.good) * 6 // 10])

    def of_event(self, event):
        return self.env["bank.audit.log"].search(
            [("event", "=", event), ("res_id", "=", self.refused.id)]
        )

    def waiting(self):
        return self.env["bank.import"].search([("state", "in", ("refused", "failed"))])

    def test_a_person_sets_it_aside_with_a_reason_and_takes_it_up_again(self):
        self.assertIn(self.refused, self.waiting())
        operator = self.make_user("operator")
        dialog = Form(
            self.env["bank.feed.reason"]
            .with_user(operator)
            .with_context(
                active_model="bank.import",
                active_ids=self.refused.ids,
                default_action="set_aside",
            )
        )
        self.assertIn("no longer waits", dialog.consequence)
        dialog.reason = "A test of the bank"
        dialog.save().action_confirm()
        self.assertEqual(self.refused.state, "set_aside")
        self.assertNotIn(self.refused, self.waiting())
        entry = self.of_event("set_aside")
        self.assertEqual((entry.reason, entry.user_id), ("A test of the bank", operator))
        self.refused.with_user(operator).action_retry()
        self.run_jobs()
        self.assertEqual(self.refused.state, "refused")

    def test_who_may_only_look_sets_nothing_aside(self):
        with self.assertRaises(AccessError):
            self.refused.with_user(self.make_user("viewer")).action_set_aside("why")

    def test_what_is_in_the_books_is_not_set_aside(self):
        done = self.receive(content=self.good)
        done.action_set_aside("why")
        self.assertEqual(done.state, "done")

    def test_the_good_file_of_the_same_statement_settles_it(self):
        done = self.receive(content=self.good)
        self.assertEqual(done.state, "done")
        self.assertEqual(self.refused.state, "set_aside")
        self.assertEqual(self.refused.settled_by_id, done)
        self.assertIn(done.name, self.of_event("settled").reason)

    def test_what_all_files_begin_with_is_no_statement(self):
        start = self.receive(content=self.good[:300])
        self.assertEqual(start.state, "refused")
        self.receive(content=self.good)
        self.assertEqual(start.state, "refused")

    def test_another_statement_does_not_settle_it(self):
        rows = [transaction("2026-01-05", number, f"Another {number}") for number in range(1, 30)]
        self.assertEqual(self.receive(content=camt053([statement(rows)])).state, "done")
        self.assertEqual(self.refused.state, "refused")
