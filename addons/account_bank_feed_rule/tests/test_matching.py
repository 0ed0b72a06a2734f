from odoo.addons.account_bank_feed.tests.common import (
    BankFeedCase,
    run_jobs,
    statement,
    transaction,
)
from odoo.tests import tagged

CUSTOMER_IBAN = "DE02120300000000202051"


@tagged("post_install", "-at_install")
class TestMatching(BankFeedCase):
    """From open items and rules to reconciled entries, and back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.partner.bank"].create(
            {"acc_number": CUSTOMER_IBAN, "partner_id": cls.partner_a.id}
        )

    def test_an_invoice_number_and_the_amount_reconcile(self):
        invoice = self.make_invoice(119, name="RE/2026/00042")
        self.receive(
            statement(
                [transaction("2026-01-10", "119.00", "Zahlung Re. 2026-00042, RE 2026/00042")]
            )
        )
        paid = self.transactions()
        self.assertEqual(paid.state, "reconciled", paid.explanation)
        self.assertEqual(invoice.payment_state, "paid")
        self.assertFalse(invoice.amount_residual)
        self.assertEqual(paid.partner_id, self.partner_a)
        self.assertEqual(paid.rule_id, self.env.ref("account_bank_feed_rule.rule_open_items"))
        self.assertIn("RE/2026/00042", paid.explanation)
        suspense = self.journal.suspense_account_id
        self.assertNotIn(suspense, paid.statement_line_ids.line_ids.account_id)

    def test_a_different_amount_is_suggested_and_accepted_by_a_person(self):
        invoice = self.make_invoice(119, name="RE/2026/00042")
        self.receive(statement([transaction("2026-01-10", "100.00", "RE/2026/00042")]))
        payment = self.transactions()
        self.assertEqual(payment.state, "processed")
        self.assertEqual(payment.suggestion_ids.item_id.move_id, invoice)
        payment.suggestion_ids.action_accept()
        self.assertEqual(payment.state, "reconciled")
        self.assertEqual(invoice.amount_residual, 19)
        self.assertEqual(invoice.payment_state, "partial")

    def test_two_equal_candidates_are_never_posted(self):
        self.make_invoice(50, name="RE/2026/00001")
        self.make_invoice(50, name="RE/2026/00002")
        self.receive(statement([transaction("2026-01-10", "50.00", "Zahlung", iban=CUSTOMER_IBAN)]))
        payment = self.transactions()
        self.assertEqual(payment.state, "processed")
        self.assertEqual(len(payment.suggestion_ids), 2)

    def test_the_account_and_the_only_equal_amount_reconcile(self):
        invoice = self.make_invoice(50, name="RE/2026/00001")
        self.make_invoice(70, name="RE/2026/00002")
        self.receive(statement([transaction("2026-01-10", "50.00", "Danke", iban=CUSTOMER_IBAN)]))
        self.assertEqual(self.transactions().state, "reconciled")
        self.assertEqual(invoice.payment_state, "paid")

    def test_a_bill_is_paid_by_money_out(self):
        bill = self.make_invoice(80, kind="in_invoice")
        bill.ref = "V-4711"
        self.receive(statement([transaction("2026-01-10", "-80.00", "Rechnung V-4711")], opening=0))
        self.assertEqual(self.transactions().state, "reconciled", self.transactions().explanation)
        self.assertFalse(bill.amount_residual)

    def test_bank_fees_are_booked_by_a_rule(self):
        expense = self.company_data["default_account_expense"]
        rule = self.env["bank.feed.rule"].create(
            {
                "name": "Bank fees",
                "kind": "book",
                "company_id": self.company.id,
                "line_ids": [(0, 0, {"account_id": expense.id})],
                "direction": "out",
                "condition_ids": [
                    (0, 0, {"field": "text", "operator": "contains", "value": "Kontoführung"})
                ],
            }
        )
        self.receive(statement([transaction("2026-01-31", "-4.90", "Kontoführung 01/2026")]))
        fee = self.transactions()
        self.assertEqual((fee.state, fee.rule_id), ("reconciled", rule))
        self.assertIn(expense, fee.statement_line_ids.line_ids.account_id)

    def test_a_transfer_is_final_before_the_other_bank_reports_its_side(self):
        transfer = self.company.transfer_account_id
        self.assertTrue(transfer.reconcile)
        self.env["bank.feed.rule"].create(
            {
                "name": "Own accounts",
                "kind": "book",
                "company_id": self.company.id,
                "line_ids": [(0, 0, {"account_id": transfer.id})],
                "condition_ids": [
                    (0, 0, {"field": "text", "operator": "contains", "value": "Umbuchung"})
                ],
            }
        )
        self.receive(statement([transaction("2026-01-31", "-500.00", "Umbuchung Sparkonto")]))
        self.assertEqual(self.transactions().state, "reconciled")

    def test_one_item_is_never_claimed_twice(self):
        invoice = self.make_invoice(50, name="RE/2026/00001")
        self.receive(
            statement(
                [
                    transaction("2026-01-10", "50.00", "RE/2026/00001", iban=CUSTOMER_IBAN),
                    transaction("2026-01-11", "50.00", "RE/2026/00001", iban=CUSTOMER_IBAN),
                ]
            )
        )
        first, second = self.transactions()
        self.assertEqual((first.state, second.state), ("reconciled", "processed"))
        self.assertIn("double payment", second.explanation)
        self.assertEqual(invoice.payment_state, "paid")

    def test_undo_restores_what_was_before(self):
        invoice = self.make_invoice(119, name="RE/2026/00042")
        before = (invoice.amount_residual, invoice.payment_state)
        record = self.receive(statement([transaction("2026-01-10", "119.00", "RE/2026/00042")]))
        record.action_undo("wrong invoice")
        payment = self.transactions()
        self.assertEqual((invoice.amount_residual, invoice.payment_state), before)
        self.assertEqual(payment.state, "processed")
        self.assertIn(
            self.journal.suspense_account_id, payment.statement_line_ids.line_ids.account_id
        )
        run_jobs(self.env)
        self.assertEqual(
            payment.state, "processed", "what was undone is not matched again by itself"
        )

    def test_an_item_paid_meanwhile_is_not_paid_again(self):
        invoice = self.make_invoice(119, name="RE/2026/00042")
        self.receive(statement([transaction("2026-01-10", "119.00", "RE/2026/00042")]), run=False)
        run_jobs(self.env, until="_job_post")
        payment = self.transactions()
        self.assertTrue(payment.matched_item_ids)
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({})._create_payments()
        run_jobs(self.env)
        self.assertEqual(payment.state, "processed")
        self.assertIn("changed after it was matched", payment.explanation)

    def test_every_change_of_a_rule_is_a_version_in_the_audit_log(self):
        rule = self.env.ref("account_bank_feed_rule.rule_open_items")
        version = rule.version
        rule.post_score = 96
        self.assertEqual(rule.version, version + 1)
        trail = self.env["bank.audit.log"].search(
            [("model", "=", "bank.feed.rule"), ("res_id", "=", rule.id)], limit=1
        )
        self.assertEqual(trail.event, "edit")
        self.assertIn('"post_score": 96', trail.after)
