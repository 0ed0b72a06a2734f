import re
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import BankFeedAloneCase, day, statement, transaction

PAYMENT = transaction("2026-01-08", 119, "RE-1", name="Muster GmbH")
OTHER = transaction("2026-01-09", "-7.50", "Fee")


@tagged("post_install", "-at_install")
class TestBooks(BankFeedAloneCase):
    """What is in the ledger decides; what was done can be undone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls.make_invoice(119, date="2026-01-05")
        cls.receivable = cls.open_items(cls.invoice).account_id

    def setUp(self):
        super().setUp()
        self.assertTrue(self.audit_trail_is_on())

    def receive_matched(self, *more):
        """The payment of the invoice arrives and is matched with it."""
        with self.matching({"RE-1": self.open_items(self.invoice)}):
            record = self.receive(statement([PAYMENT, OTHER, *more]))
        row = record.transaction_ids.filtered(lambda t: t.remittance == "RE-1")
        self.assertEqual((row.state, self.invoice.payment_state), ("reconciled", "paid"))
        return record, row

    def picture(self):
        """All that undoing has to bring back."""
        accounts = (
            self.journal.default_account_id,
            self.journal.suspense_account_id,
            self.receivable,
        )
        return {
            "payment_state": self.invoice.payment_state,
            "residual": self.invoice.amount_residual,
            "items": [
                (item.account_id.id, item.amount_residual, item.reconciled)
                for item in self.invoice.line_ids
            ],
            "balances": [self.ledger_balance(account) for account in accounts],
            "books": self.books(),
        }

    # ------------------------------------------------------------------
    # Born with the final counterpart
    # ------------------------------------------------------------------

    def test_a_matched_transaction_is_born_reconciled(self):
        record, row = self.receive_matched()
        self.assertEqual(self.invoice.amount_residual, 0)
        self.assertTrue(row.reconciled_at)
        self.assertEqual(row.statement_line_id.partner_id, self.invoice.partner_id)
        accounts = row.statement_line_id.line_ids.account_id
        self.assertEqual(accounts, self.journal.default_account_id | self.receivable)
        self.assertEqual((record.reconciled_count, record.review_count), (1, 1))
        self.assertEqual(self.trail("book", row).after, "reconciled")
        self.assertEqual(self.trail("book", row).reason, "The text names it.")

    def test_an_item_that_changed_since_the_decision_is_left_alone(self):
        with self.matching({"RE-1": self.open_items(self.invoice)}):
            record = self.receive(statement([PAYMENT, OTHER]), run=False)
            self.run_jobs(until="_job_post")
        self.invoice.button_draft()
        self.invoice.invoice_line_ids.price_unit = 120
        self.invoice.action_post()
        self.run_jobs()
        row = record.transaction_ids.filtered(lambda t: t.remittance == "RE-1")
        self.assertEqual((row.state, self.invoice.amount_residual), ("processed", 120))
        self.assertIn("changed", row.explanation)
        self.assertFalse(row.matched_item_ids)

    # ------------------------------------------------------------------
    # Undo
    # ------------------------------------------------------------------

    def test_undo_brings_everything_back(self):
        with self.forgotten():
            self.receive(statement([PAYMENT, OTHER]))
            unmatched = self.picture()
        for what in ("transaction", "batch", "import"):
            with self.subTest(what=what), self.forgotten():
                record, row = self.receive_matched()
                line = row.statement_line_id
                target = {"transaction": row, "batch": row.batch_id, "import": record}[what]
                target.action_undo("Wrong invoice")
                self.assertEqual(self.picture(), unmatched)
                self.assertEqual((row.state, row.reconciled_at), ("processed", False))
                self.assertFalse(row.matched_item_ids or row.counterpart_account_id)
                self.assertEqual(row.statement_line_id, line)
                self.assertEqual(line.move_id.state, "posted")
                self.assertTrue(record.file_id._open().read())
                log = self.trail("undo", row)
                self.assertEqual((log.before, log.after), ("reconciled", "processed"))
                self.assertEqual((log.reason, log.user_id), ("Wrong invoice", self.env.user))
                self.assertTrue(self.trail("book", row), "the trail stays")

    def test_many_matches_are_undone_in_the_background(self):
        _record, row = self.receive_matched()
        posting = "odoo.addons.account_bank_feed.models.bank_transaction_posting"
        second = self.make_invoice(20)
        with self.matching({"RE-2": self.open_items(second)}):
            self.receive(statement([transaction("2026-01-10", 20, "RE-2")], "111.50"))
        both = self.transactions(state="reconciled")
        self.assertEqual(len(both), 2)
        with patch(f"{posting}.UNDO_AT_ONCE", 1):
            both.action_undo("Wrong invoices")
        self.assertEqual(row.state, "reconciled")
        self.run_jobs()
        self.assertEqual(both.mapped("state"), ["processed", "processed"])
        self.assertEqual((self.invoice | second).mapped("payment_state"), ["not_paid", "not_paid"])
        self.assertEqual(self.trail("undo", *both).user_id, self.env.user)

    def test_undo_from_the_side_of_the_invoice(self):
        _record, row = self.receive_matched()
        self.open_items(self.invoice).remove_move_reconcile()
        self.assertEqual(row.state, "processed")
        self.assertEqual(self.invoice.payment_state, "not_paid")
        log = self.trail("unreconcile", row)
        self.assertEqual((log.before, log.after), ("reconciled", "processed"))

    def test_a_match_undone_elsewhere_can_be_made_again(self):
        _record, row = self.receive_matched()
        self.open_items(self.invoice).remove_move_reconcile()
        row.sudo()._match_with(self.open_items(self.invoice), "The same again")
        self.assertEqual((row.state, self.invoice.payment_state), ("reconciled", "paid"))
        self.assertEqual(self.ledger_balance(self.journal.suspense_account_id), 7.5)

    def test_undo_by_the_button_of_odoo(self):
        _record, row = self.receive_matched()
        row.statement_line_id.action_undo_reconciliation()
        self.assertEqual(row.state, "processed")
        self.assertEqual(self.invoice.payment_state, "not_paid")
        self.assertTrue(self.trail("unreconcile", row))

    def test_reconciled_by_hand(self):
        record = self.receive(statement([PAYMENT, OTHER]))
        row = record.transaction_ids.filtered(lambda t: t.remittance == "RE-1")
        _liquidity, suspense, _others = row.statement_line_id._seek_for_lines()
        suspense.with_context(skip_readonly_check=True).account_id = self.receivable
        self.assertEqual(row.state, "processed", "nothing is paid with it yet")
        (suspense | self.open_items(self.invoice)).reconcile()
        self.assertEqual((row.state, record.reconciled_count), ("reconciled", 1))
        row.action_undo("By mistake")
        self.assertEqual((row.state, self.invoice.payment_state), ("processed", "not_paid"))

    def test_nothing_is_undone_in_a_locked_period(self):
        _record, row = self.receive_matched()
        fee = self.transactions(remittance="Fee")
        _liquidity, suspense, _others = fee.statement_line_id._seek_for_lines()
        expense = self.company_data["default_account_expense"]
        suspense.with_context(skip_readonly_check=True).account_id = expense
        self.assertEqual(fee.state, "reconciled")
        self.company.fiscalyear_lock_date = "2026-01-31"
        for call in (row.action_undo, row.import_id.action_remove):
            with self.assertRaisesRegex(UserError, "The period is locked"):
                call("Too late")
        self.assertEqual((row.state, self.invoice.payment_state), ("reconciled", "paid"))

    # ------------------------------------------------------------------
    # The line changes under our feet
    # ------------------------------------------------------------------

    def test_a_cancelled_line_is_ignored_until_it_is_posted_again(self):
        row = self.receive(statement([OTHER], 0)).transaction_ids
        move = row.move_id
        move.button_draft()
        self.assertEqual(row.state, "pending")
        self.env["bank.import"].sudo()._cron_sweep()
        self.run_jobs()
        self.assertEqual(len(row.statement_line_ids), 1, "a draft is not booked a second time")
        move.button_cancel()
        self.assertEqual(row.state, "ignored")
        self.assertEqual(self.books(), [])
        move.button_draft()
        move.action_post()
        self.assertEqual(row.state, "processed")

    def test_a_deleted_line_is_missed_and_can_be_booked_again(self):
        record = self.receive(statement([PAYMENT, OTHER]))
        before = self.books()
        row = self.transactions(remittance="Fee")
        row.statement_line_id.unlink()
        self.assertEqual((row.state, record.error_count), ("error", 1))
        self.assertIn("deleted", row.reason)
        self.assertEqual(self.trail("delete_line", row).before, "processed")
        self.assertEqual(self.journal._bank_feed_balance(day("2026-01-31")), 111.5)
        row.action_retry()
        self.run_jobs()
        self.assertEqual((row.state, self.books()), ("processed", before))

    # ------------------------------------------------------------------
    # What cannot be booked
    # ------------------------------------------------------------------

    def test_a_locked_period_waits_for_a_person_and_no_date_moves(self):
        self.company.fiscalyear_lock_date = "2026-01-31"
        late = transaction("2026-02-02", 10, "February")
        record = self.receive(statement([PAYMENT, OTHER, late]))
        locked = record.transaction_ids.filtered(lambda t: t.remittance != "February")
        self.assertEqual(locked.mapped("state"), ["error", "error"])
        self.assertTrue(all("locked" in reason for reason in locked.mapped("reason")))
        self.assertEqual([str(line[0]) for line in self.books()], ["2026-02-02"])
        self.assertEqual((record.state, record.error_count), ("done", 2))
        self.assertEqual(record.statement_ids.state, "admitted")
        follower = self.receive(statement([transaction("2026-02-03", 1, "Next")], "121.50"))
        self.assertEqual(follower.state, "done", "what waits is no gap")
        locked.action_retry()
        self.run_jobs()
        self.assertEqual(locked.mapped("state"), ["error", "error"], "still locked")
        self.company.fiscalyear_lock_date = False
        locked.action_retry()
        self.run_jobs()
        self.assertEqual(locked.mapped("state"), ["processed", "processed"])
        self.assertFalse(any(locked.mapped("reason")))
        for row in locked:
            self.assertEqual(row.statement_line_id.date, row.booking_date)
        self.assertEqual(record.statement_ids.state, "closed")
        self.assertEqual(len(self.trail("retry", locked[0])), 2)

    def test_a_counterpart_that_cannot_be_used_sinks_nobody(self):
        """The one decision is dropped: that transaction is booked on suspense."""
        foreign = self.company_data["default_account_expense"].copy()
        foreign.currency_id = self.env.ref("base.USD")
        parts = [transaction("2026-01-08", number, f"Payment {number}") for number in range(1, 21)]
        with patch.object(
            self.registry["bank.transaction"],
            "_decide",
            lambda records: {
                record: {"counterpart_account_id": foreign.id}
                for record in records
                if record.remittance == "Payment 13"
            },
        ):
            self.receive(statement(parts))
        rows = self.transactions()
        self.assertEqual(rows.mapped("state"), ["processed"] * 20)
        bad = self.transactions(remittance="Payment 13")
        self.assertIn("Could not be booked as decided", bad.explanation)
        self.assertFalse(bad.counterpart_account_id)
        self.assertEqual(self.ledger_balance(self.journal.default_account_id), 210)

    def test_a_transaction_that_cannot_be_booked_sinks_nobody(self):
        parts = [transaction("2026-01-08", number, f"Payment {number}") for number in range(1, 21)]
        lines = self.registry["account.bank.statement.line"]
        create = lines.create

        def refuse(records, vals_list):
            if any(vals["payment_ref"] == "Payment 13" for vals in vals_list):
                raise UserError("Thirteen is unlucky")  # pylint: disable=translation-required
            return create(records, vals_list)

        with patch.object(lines, "create", refuse):
            record = self.receive(statement(parts))
        bad = self.transactions(remittance="Payment 13")
        self.assertEqual((bad.state, bad.reason), ("error", "Thirteen is unlucky"))
        self.assertEqual((record.processed_count, record.error_count), (19, 1))
        self.assertEqual(bad.batch_id.state, "done")
        self.assertEqual(len(self.books()), 19)
        bad.action_retry()
        self.run_jobs()
        self.assertEqual((bad.state, bad.reason), ("processed", False))
        self.assertEqual(self.ledger_balance(self.journal.default_account_id), 210)

    # ------------------------------------------------------------------
    # Remove
    # ------------------------------------------------------------------

    def test_a_removed_file_leaves_the_books_as_if_it_never_came(self):
        before = self.picture()
        record, row = self.receive_matched()
        moves = record.transaction_ids.move_id
        numbers = sorted(moves.mapped("name"))
        self.assertEqual(sorted(record.action_remove("Wrong company")), numbers)
        self.assertEqual(self.picture(), before)
        self.assertEqual(set(moves.mapped("state")), {"cancel"})
        self.assertEqual(sorted(moves.mapped("name")), numbers)
        self.assertEqual((record.state, record.statement_ids.state), ("removed", "removed"))
        self.assertEqual(set(record.transaction_ids.mapped("state")), {"ignored"})
        self.assertEqual(
            set(record.transaction_ids.mapped("reason")),
            {f"Removed by {self.env.user.name}. Wrong company"},
        )
        said = record.message_ids.filtered(lambda m: numbers[0] in m.body)
        self.assertIn(numbers[1], said.body)
        self.assertTrue(record.file_id._open().read())
        self.assertFalse(
            self.env["account.bank.statement"].search([("journal_id", "=", self.journal.id)])
        )
        log = self.trail("remove", row)
        self.assertEqual((log.reason, log.after), ("Wrong company", "ignored"))
        self.assertEqual(self.trail("remove", record.statement_ids).before, "closed")

    def test_a_removed_file_can_be_imported_again(self):
        record, _row = self.receive_matched()
        books = self.books()
        record.action_remove("Too early")
        again, _row = self.receive_matched()
        self.assertEqual((again.state, again.duplicate_count), ("done", 0))
        self.assertEqual(self.books(), books)
        with self.assertRaises(UserError):
            record.sudo()._set_state("done", "once removed, it stays removed")

    def test_a_file_is_removed_while_it_waits_to_be_booked(self):
        record = self.receive(statement([PAYMENT, OTHER]), run=False)
        self.run_jobs(until="_job_post")
        self.assertEqual(record.action_remove("Wrong file"), [])
        self.run_jobs()
        self.assertEqual((record.state, self.books()), ("removed", []))
        self.assertEqual(set(record.transaction_ids.mapped("state")), {"ignored"})

    def test_a_draft_line_leaves_with_its_file(self):
        record = self.receive(statement([PAYMENT, OTHER]))
        moves = record.transaction_ids.move_id
        moves[0].button_draft()
        record.action_remove("Wrong file")
        self.assertEqual(set(moves.mapped("state")), {"cancel"})
        self.assertEqual(set(record.transaction_ids.mapped("state")), {"ignored"})

    def test_a_file_in_quarantine_is_removed(self):
        record = self.receive(statement([OTHER], 55))
        self.assertEqual(record.state, "quarantined")
        record.action_remove("Wrong file")
        self.assertEqual((record.state, record.transaction_ids.state), ("removed", "ignored"))
        self.env["bank.import"].sudo()._cron_sweep()
        self.run_jobs()
        self.assertEqual(record.state, "removed")

    # ------------------------------------------------------------------
    # Guards
    # ------------------------------------------------------------------

    def test_no_state_is_written_from_outside(self):
        record = self.receive(statement([OTHER]))
        row = record.transaction_ids
        for one, state in (
            (record, "received"),
            (record.statement_ids, "read"),
            (row, "reconciled"),
            (row.batch_id, "waiting"),
        ):
            for env in (self.env, self.env(su=True)):
                for guard in (None, True, "x", {}, [1]):
                    with self.subTest(model=one._name, guard=guard), self.assertRaises(AccessError):
                        one.with_env(env).with_context(bank_feed_guard=guard).write(
                            {"state": state}
                        )

    def test_no_state_is_skipped(self):
        record = self.receive(statement([OTHER]))
        for one, state in (
            (record, "received"),
            (record.statement_ids, "read"),
            (record.transaction_ids, "pending"),
            (record.transaction_ids, "duplicate"),
            (record.transaction_ids.batch_id, "waiting"),
        ):
            with self.subTest(model=one._name, state=state), self.assertRaises(UserError):
                one.sudo()._set_state(state, "by force")

    def test_what_a_bank_reported_is_never_deleted(self):
        record = self.receive(statement([OTHER]))
        for one in (record.transaction_ids, record, record.file_id):
            with self.subTest(model=one._name), self.assertRaisesRegex(UserError, "never|kept"):
                one.sudo().unlink()

    def test_the_audit_log_tells_the_life_of_a_transaction(self):
        record, row = self.receive_matched()
        row.action_undo("Wrong invoice")
        record.action_remove("Wrong file")
        everything = self.env["bank.audit.log"].search(
            [("model", "=", "bank.transaction"), ("res_id", "=", row.id)], order="id"
        )
        self.assertEqual(everything.mapped("event"), ["book", "unreconcile", "undo", "remove"])
        self.assertEqual(everything.user_id, self.env.user)
        self.assertEqual(everything.company_id, self.company)
        self.assertTrue(all(everything.mapped("date")))
        self.assertTrue(
            all(re.search("2026-01-08.*119", name) for name in everything.mapped("record_name"))
        )
        upload = self.trail("upload", record)
        self.assertIn(record.sha256, upload.after)
        self.assertEqual(upload.user_id, self.env.user)
        admitted = self.trail("admitted", record.statement_ids)
        self.assertEqual((admitted.before, admitted.after), ("read", "admitted"))
