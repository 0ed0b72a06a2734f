from unittest.mock import patch

from odoo.addons.account_bank_feed.tests.common import run_jobs, statement, transaction
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import RuleCase


@tagged("post_install", "-at_install")
class TestPosting(RuleCase):
    """Between decision and posting the world goes on; what is wrong by then hits itself alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoices = [
            cls.make_invoice(100 + number, name=f"RE/2026/{number:05}") for number in range(1, 6)
        ]
        said = [transaction("2026-01-10", i.amount_total, i.name) for i in cls.invoices]
        cls.receive(statement(said), run=False)
        run_jobs(cls.env, until="_job_post")
        cls.payments = cls.transactions().sorted("amount")

    def setUp(self):
        super().setUp()
        self.assertEqual(len(self.payments.batch_id), 1)
        self.assertEqual(len(self.payments.matched_item_ids), 5)

    def assert_only_on_suspense(self, odd, why):
        """All are in the books, the odd one on suspense with the reason, the others reconciled."""
        self.assertEqual(odd.state, "processed")
        self.assertIn(why, odd.explanation)
        self.assertFalse(odd.matched_item_ids or odd.counterpart_account_id)
        others = self.payments - odd
        self.assertEqual(set(others.mapped("state")), {"reconciled"})
        bank, suspense = self.journal.default_account_id, self.journal.suspense_account_id
        self.assertEqual(odd.statement_line_ids.line_ids.account_id, bank | suspense)
        self.assertNotIn(suspense, others.statement_line_ids.line_ids.account_id)
        self.assertEqual(self.ledger_balance(suspense), -odd.amount)
        total = sum(self.payments.mapped("amount"))
        self.assertEqual(self.ledger_balance(bank, self.journal), total)
        self.assertEqual(self.payments.batch_id.state, "done")

    def test_an_item_that_was_paid_in_part_meanwhile_goes_to_review(self):
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=self.invoices[2].ids
        )
        wizard.create({"amount": 3})._create_payments()
        self.assertEqual(self.invoices[2].amount_residual, 100)
        run_jobs(self.env)
        self.assert_only_on_suspense(self.payments[2], "changed after it was matched")

    def test_a_document_that_was_reset_to_draft_meanwhile_goes_to_review(self):
        self.invoices[2].button_draft()
        run_jobs(self.env)
        self.assert_only_on_suspense(self.payments[2], "changed after it was matched")

    def test_an_item_whose_account_was_closed_meanwhile_goes_to_review(self):
        closed = self.open_items(self.invoices[2]).account_id.copy()
        moved = self.invoices[2]
        moved.button_draft()
        self.open_items(moved).account_id = closed
        moved.action_post()
        self.payments[2].sudo().write(
            {
                "matched_item_ids": [(6, 0, self.open_items(moved).ids)],
                "counterpart_account_id": closed.id,
            }
        )
        if "deprecated" in closed._fields:  # 18.0
            closed.deprecated = True
        else:
            closed.active = False
        run_jobs(self.env)
        self.assert_only_on_suspense(self.payments[2], "Could not be booked as decided")

    def test_a_counterpart_account_that_is_wrong_hits_its_own_line_alone(self):
        other = self.setup_other_company()["default_account_expense"]
        self.payments[2].sudo().write(
            {"counterpart_account_id": other.id, "matched_item_ids": [(5,)]}
        )
        run_jobs(self.env)
        self.assert_only_on_suspense(self.payments[2], "Could not be booked as decided")

    def test_what_cannot_be_booked_at_all_is_an_error_alone(self):
        model = self.registry["bank.transaction"]
        original = model._statement_line_values
        odd = self.payments[2]

        def refuse(record):
            if record == odd:
                raise UserError("The bank is on fire.")  # pylint: disable=translation-required
            return original(record)

        with patch.object(model, "_statement_line_values", refuse):
            run_jobs(self.env)
        self.assertEqual((odd.state, odd.reason), ("error", "The bank is on fire."))
        self.assertFalse(odd.statement_line_ids)
        self.assertEqual(set((self.payments - odd).mapped("state")), {"reconciled"})
        self.assertEqual(self.invoices[2].payment_state, "not_paid")
        odd.action_retry()
        run_jobs(self.env)
        self.assertEqual((odd.state, self.invoices[2].payment_state), ("reconciled", "paid"))

    def test_a_retry_is_decided_anew(self):
        self.company.fiscalyear_lock_date = "2026-01-31"
        run_jobs(self.env)
        self.assertEqual(set(self.payments.mapped("state")), {"error"})
        odd = self.payments[2]
        self.env["bank.feed.rule"].search([]).active = False
        self.company.fiscalyear_lock_date = False
        odd.action_retry()
        run_jobs(self.env)
        self.assertEqual(odd.state, "processed", "no rule applies any more")
        self.assertIn("no rule applies", odd.explanation)
        self.assertEqual(self.invoices[2].payment_state, "not_paid")
