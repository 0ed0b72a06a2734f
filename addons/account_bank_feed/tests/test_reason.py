from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .common import BankFeedCase, statement, transaction


@tagged("post_install", "-at_install")
class TestReason(BankFeedCase):
    """The dialog that asks why says what will happen, and does no more than its user may."""

    def ask(self, action, records, user=None):
        wizard = self.env["bank.feed.reason"].with_user(user or self.env.user)
        return Form(
            wizard.with_context(
                active_model=records._name, active_ids=records.ids, default_action=action
            )
        )

    def test_remove(self):
        record = self.receive(
            statement([transaction("2026-01-05", 10, "One"), transaction("2026-01-06", 5, "Two")])
        )
        numbers = record.transaction_ids.move_id.mapped("name")
        dialog = self.ask("remove", record)
        self.assertIn("2 transactions are removed for good", dialog.consequence)
        self.assertIn("“Ignored”", dialog.consequence)
        for number in numbers:
            self.assertIn(number, dialog.consequence)
        dialog.reason = "Wrong bank"
        answer = dialog.save().action_confirm()
        self.assertIn(numbers[0], answer["params"]["message"])
        self.assertEqual(record.state, "removed")
        log = self.env["bank.audit.log"].search([("event", "=", "remove")])
        self.assertIn("Wrong bank", log.mapped("reason"))

    def test_buttons_say_what_they_do(self):
        for model, words in {
            "bank.import": ("Undo matches…", "Remove from the books…"),
            "bank.import.statement": ("Remove from the books…",),
            "bank.import.batch": ("Undo matches…",),
            "bank.transaction": ("Undo matches…",),
        }.items():
            form = self.env[model].get_view(view_type="form")["arch"]
            for word in words:
                self.assertIn(f'string="{word}"', form)

    def test_nothing_to_undo(self):
        record = self.receive(statement([transaction("2026-01-05", 10, "One")]))
        dialog = self.ask("undo", record.transaction_ids)
        self.assertFalse(dialog.possible)
        self.assertIn("nothing to undo", dialog.consequence)

    def test_release(self):
        self.receive(statement([transaction("2026-01-05", 10, "One")]))
        late = self.receive(statement([transaction("2026-03-05", 10, "Late")], opening=70))
        self.assertEqual(late.state, "quarantined")
        dialog = self.ask("release", late.statement_ids)
        self.assertIn("60.00", dialog.consequence)
        dialog.reason = "Known: closed sub-account"
        dialog.save().action_confirm()
        self.assertNotEqual(late.statement_ids.state, "quarantined")

    def test_blank_reason(self):
        record = self.receive(statement([transaction("2026-01-05", 10, "One")]))
        dialog = self.ask("remove", record)
        dialog.reason = "   "
        with self.assertRaises(UserError):
            dialog.save().action_confirm()
        self.assertEqual(record.state, "done")

    def test_role(self):
        """Who may not remove is told so: the dialog grants nothing."""
        record = self.receive(statement([transaction("2026-01-05", 10, "One")]))
        operator = new_test_user(
            self.env,
            "reason_operator",
            "account_bank_feed.group_operator",
            company_id=self.company.id,
        )
        dialog = self.ask("remove", record, operator)
        dialog.reason = "Because"
        with self.assertRaises(AccessError):
            dialog.save().action_confirm()
