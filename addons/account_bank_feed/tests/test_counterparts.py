from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import BankFeedAloneCase, day, run_jobs, statement, transaction


class CounterpartCase(BankFeedAloneCase):
    """Transactions that are decided to be booked to a list of counterparts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bank = cls.journal.default_account_id
        cls.suspense = cls.journal.suspense_account_id
        cls.expense = cls.company_data["default_account_expense"]
        cls.other_expense = cls.expense.copy({"name": "Write-offs"})
        cls.vendor = cls.env["res.partner"].create({"name": "Vendor"})
        cls.receivable = cls.partner_a.property_account_receivable_id
        cls.payable = cls.vendor.property_account_payable_id

    # ------------------------------------------------------------------
    # Deciding
    # ------------------------------------------------------------------

    def decided(self, decisions):
        """What happens inside is decided so: by text, counterpart values or those of a decision."""

        def decide(transactions):
            return {
                record: _decision(decisions[record.remittance])
                for record in transactions
                if record.remittance in decisions
            }

        return patch.object(self.registry["bank.transaction"], "_decide", decide)

    def pay(self, amount, parts=None, text="Payment", date="2026-01-10", journal=None, **values):
        """The bank reports a transaction, which is decided so; return it when it is booked."""
        return self.pay_all({text: (amount, parts)}, date, journal, **values)

    def pay_all(self, decided, date="2026-01-10", journal=None, **values):
        """The same for several in one batch: text -> (amount, counterparts)."""
        journal = journal or self.journal
        currency = (journal.currency_id or self.company.currency_id).name
        said = [
            transaction(date, amount, text, currency=currency, **values)
            for text, (amount, _parts) in decided.items()
        ]
        opening = f"{journal._bank_feed_balance(day('2027-01-01')):.2f}"
        options = {"iban": journal.bank_acc_number, "currency": currency}
        with self.decided({text: parts for text, (_amount, parts) in decided.items() if parts}):
            return self.receive(statement(said, opening, **options)).transaction_ids

    def item(self, document, amount=None, **values):
        item = self.open_items(document)
        return {
            "kind": "item",
            "item_id": item.id,
            "amount": item.amount_residual if amount is None else amount,
            **values,
        }

    def part(self, kind, amount, account=None, **values):
        return {
            "kind": kind,
            "amount": amount,
            "account_id": (account or self.expense).id,
            **values,
        }

    def discount(self, document, amount):
        return {"kind": "discount", "item_id": self.open_items(document).id, "amount": amount}

    def rest(self, amount, partner=None):
        partner = partner or self.partner_a
        return self.part("rest", amount, self.receivable, partner_id=partner.id)

    # ------------------------------------------------------------------
    # Looking at the books
    # ------------------------------------------------------------------

    def entry(self, record):
        """Account, partner, balance and what is open, of all but the bank's item."""
        return sorted(
            (item.account_id.code, item.partner_id.name or "", item.balance, item.amount_residual)
            for item in record.statement_line_ids.line_ids
            if item.account_id != record.journal_id.default_account_id
        )

    def assert_entry(self, record, *items):
        """As above; accounts by record."""
        expected = sorted((account.code, *rest) for account, *rest in items)
        self.assertEqual(self.entry(record), expected)
        lines = record.statement_line_ids.line_ids
        bank = record.journal_id.default_account_id
        liquidity = lines.filtered(lambda line: line.account_id == bank)
        self.assertEqual(len(liquidity), 1)
        self.assertEqual(liquidity.amount_currency, record.amount)
        self.assertAlmostEqual(sum(lines.mapped("balance")), 0)
        self.assertEqual(lines.move_id.state, "posted")

    def trial_balance(self):
        groups = self.env["account.move.line"]._read_group(
            [("company_id", "=", self.company.id), ("parent_state", "=", "posted")],
            ["account_id"],
            ["balance:sum"],
        )
        return {a.code: round(b, 2) for a, b in groups if round(b, 2)}

    def picture(self, *records):
        """What undoing has to bring back."""
        self.env.flush_all()
        self.env.invalidate_all()
        states = [
            (r.amount_residual, r.payment_state) if r._name == "account.move" else r.state
            for r in records
        ]
        return self.trial_balance(), states

    def assert_undone(self, row, *records, before):
        """Undo; the books are as they were, with the amount on suspense."""
        row.action_undo("Wrong")
        self.assertEqual(row.state, "processed")
        self.assertFalse(row.counterpart_ids or row.matched_item_ids)
        self.assert_entry(row, (self.suspense, row.partner_id.name or "", -row.amount, 0))
        balance, states = before
        expected = dict(balance)
        for account, amount in ((self.bank, row.amount), (self.suspense, -row.amount)):
            expected[account.code] = round(expected.get(account.code, 0) + amount, 2)
        after, now = self.picture(*records)
        self.assertEqual(after, {code: amount for code, amount in expected.items() if amount})
        self.assertEqual(now, states)

    def make_taxed(self, amount, tax, *, kind="out_invoice", term=None, partner=None):
        document = self.env["account.move"].create(
            {
                "move_type": kind,
                "partner_id": (partner or self.partner_a).id,
                "invoice_date": "2026-01-05",
                "date": "2026-01-05",
                "invoice_payment_term_id": term.id if term else False,
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Goods", "price_unit": amount, "tax_ids": [Command.set(tax.ids)]}
                    )
                ],
            }
        )
        document.action_post()
        return document

    def make_term(self, computation):
        return self.env["account.payment.term"].create(
            {
                "name": f"2 % {computation}",
                "company_id": self.company.id,
                "early_discount": True,
                "discount_percentage": 2,
                "discount_days": 10,
                "early_pay_discount_computation": computation,
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 100, "nb_days": 30})
                ],
            }
        )

    def tags(self, *moves):
        """What the entries bring into each box of the tax report."""
        sums = {}
        for line in [line for move in moves for line in move.line_ids]:
            sign = -1 if "tax_tag_invert" in line._fields and line.tax_tag_invert else 1
            for tag in line.tax_tag_ids:
                name, negate = tag.name.strip("+-"), -1 if tag.name.startswith("-") else 1
                sums[name] = round(sums.get(name, 0) + sign * negate * line.balance, 2)
        return sums


def _decision(parts):
    if isinstance(parts, dict):
        return parts
    return {
        "explanation": "Decided by the test.",
        "counterpart_ids": [
            Command.create({"sequence": number, **values}) for number, values in enumerate(parts)
        ],
    }


@tagged("post_install", "-at_install")
class TestCounterparts(CounterpartCase):
    """One transaction, several counterparts: right on every journal item, and undone exactly."""

    # ------------------------------------------------------------------
    # Customers and vendors
    # ------------------------------------------------------------------

    def test_two_invoices_on_two_accounts_are_paid_at_once(self):
        other = self.receivable.copy()
        first = self.make_invoice(100)
        partner = self.env["res.partner"].create(
            {"name": "Other", "property_account_receivable_id": other.id}
        )
        second = self.make_invoice(250, partner=partner)
        before = self.picture(first, second)
        row = self.pay(350, [self.item(first), self.item(second)])
        self.assertEqual(row.state, "reconciled")
        self.assert_entry(
            row,
            (self.receivable, self.partner_a.name, -100, 0),
            (other, "Other", -250, 0),
        )
        self.assertEqual((first | second).mapped("payment_state"), ["paid", "paid"])
        self.assertEqual(row.matched_item_ids, self.open_items(first | second))
        self.assertEqual(self.trail("book", row).reason, "Decided by the test.")
        self.assert_undone(row, first, second, before=before)

    def test_a_partial_payment_leaves_the_rest_open(self):
        invoice = self.make_invoice(100)
        before = self.picture(invoice)
        row = self.pay(60, [self.item(invoice, 60)])
        self.assertEqual((row.state, invoice.payment_state), ("reconciled", "partial"))
        self.assertEqual(invoice.amount_residual, 40)
        self.assert_entry(row, (self.receivable, self.partner_a.name, -60, 0))
        self.assert_undone(row, invoice, before=before)

    def test_two_partial_payments_settle_one_invoice_in_one_batch_or_two(self):
        for batches in (1, 2):
            with self.subTest(batches=batches), self.forgotten():
                invoice = self.make_invoice(100)
                parts = {"A": (60, [self.item(invoice, 60)]), "B": (40, [self.item(invoice, 40)])}
                posting = "odoo.addons.account_bank_feed.models.bank_import_batch"
                with patch(f"{posting}.BATCH_SIZE", 2 // batches):
                    rows = self.pay_all(parts)
                self.assertEqual(len(rows.batch_id), batches)
                self.assertEqual(rows.mapped("state"), ["reconciled"] * 2)
                self.assertEqual(invoice.payment_state, "paid")
                rows.filtered(lambda t: t.amount == 60).action_undo("Wrong")
                self.assertEqual((invoice.amount_residual, invoice.payment_state), (60, "partial"))

    def test_more_than_is_open_is_not_settled_twice(self):
        invoice = self.make_invoice(100)
        parts = {"A": (60, [self.item(invoice, 60)]), "B": (70, [self.item(invoice, 70)])}
        rows = self.pay_all(parts).sorted("amount")
        self.assertEqual(rows.mapped("state"), ["reconciled", "processed"])
        self.assertIn("changed after it was matched", rows[1].explanation)
        self.assertEqual(invoice.amount_residual, 40)

    def test_what_was_paid_too_much_stays_open_for_the_customer(self):
        invoice = self.make_invoice(119)
        before = self.picture(invoice)
        row = self.pay(150, [self.item(invoice), self.rest(31)])
        self.assertEqual((row.state, invoice.payment_state), ("reconciled", "paid"))
        self.assert_entry(
            row,
            (self.receivable, self.partner_a.name, -119, 0),
            (self.receivable, self.partner_a.name, -31, -31),
        )
        with self.forgotten():
            self.open_items(invoice).remove_move_reconcile()
            self.assertEqual(row.state, "processed", "the invoice is not paid any more")
        self.assertEqual(row.state, "reconciled")
        self.assert_undone(row, invoice, before=before)

    def test_a_rest_that_pays_another_invoice_later_is_freed_by_undo(self):
        invoice, later = self.make_invoice(119), self.make_invoice(31)
        before = self.picture(invoice, later)
        row = self.pay(150, [self.item(invoice), self.rest(31)])
        rest = row.counterpart_ids.filtered(lambda c: c.kind == "rest").line_ids
        (rest | self.open_items(later)).reconcile()
        self.assertEqual((row.state, later.payment_state), ("reconciled", "paid"))
        self.assert_undone(row, invoice, later, before=before)

    def test_charges_on_the_way_and_small_differences(self):
        for kind in ("charges", "difference"):
            with self.subTest(kind=kind), self.forgotten():
                invoice = self.make_invoice(100)
                before = self.picture(invoice)
                row = self.pay(95, [self.item(invoice), self.part(kind, -5)])
                self.assertEqual((row.state, invoice.payment_state), ("reconciled", "paid"))
                self.assert_entry(
                    row,
                    (self.receivable, self.partner_a.name, -100, 0),
                    (self.expense, "", 5, 0),
                )
                self.assert_undone(row, invoice, before=before)

    def test_a_bill_and_a_credit_note_are_paid_together(self):
        bill = self.make_invoice(100, kind="in_invoice", partner=self.vendor)
        credit = self.make_invoice(30, kind="in_refund", partner=self.vendor)
        before = self.picture(bill, credit)
        row = self.pay(-70, [self.item(bill), self.item(credit)])
        self.assertEqual((row.state, bill.payment_state), ("reconciled", "paid"))
        self.assertEqual(credit.payment_state, "paid")
        self.assert_entry(row, (self.payable, "Vendor", 100, 0), (self.payable, "Vendor", -30, 0))
        self.assert_undone(row, bill, credit, before=before)

    # ------------------------------------------------------------------
    # Discounts
    # ------------------------------------------------------------------

    def test_early_payment_discount(self):
        sale = self.company.account_sale_tax_id
        purchase = self.company.account_purchase_tax_id
        loss = self.company.account_journal_early_pay_discount_loss_account_id
        gain = self.company.account_journal_early_pay_discount_gain_account_id
        cases = [
            ("out_invoice", "included", 1190, 1166.20, loss, 20, 3.80),
            ("out_invoice", "excluded", 1190, 1170.00, loss, 20, 0),
            ("out_invoice", "mixed", 1186.20, 1166.20, loss, 20, 0),
            ("in_invoice", "included", 1190, 1166.20, gain, 20, 3.80),
            ("in_invoice", "excluded", 1190, 1170.00, gain, 20, 0),
            ("in_invoice", "mixed", 1186.20, 1166.20, gain, 20, 0),
        ]
        for kind, computation, total, paid, account, base, tax in cases:
            with self.subTest(kind=kind, computation=computation), self.forgotten():
                out = kind == "out_invoice"
                sign = 1 if out else -1
                partner = self.partner_a if out else self.vendor
                rate = sale if out else purchase
                term = self.make_term(computation)
                document = self.make_taxed(1000, rate, kind=kind, term=term, partner=partner)
                self.assertEqual(document.amount_total, total)
                before = self.picture(document)
                row = self.pay(
                    sign * paid,
                    [self.item(document), self.discount(document, round(sign * (paid - total), 2))],
                )
                self.assertEqual((row.state, document.payment_state), ("reconciled", "paid"))
                tax_account = document.line_ids.filtered("tax_line_id").account_id
                due = self.receivable if out else self.payable
                items = [(due, partner.name, -sign * total, 0)]
                items += [(account, partner.name, sign * base, 0)]
                items += [(tax_account, partner.name, sign * tax, 0)] if tax else []
                self.assert_entry(row, *items)
                discount = row.counterpart_ids.filtered(lambda c: c.kind == "discount")
                self.assertEqual(len(discount.line_ids), 2 if tax else 1)
                if tax:
                    boxes = self.tags(document)
                    for name, amount in self.tags(row.move_id).items():
                        self.assertEqual(amount, round(boxes[name] * -0.02, 2), name)
                self.assert_undone(row, document, before=before)

    def test_a_cent_of_rounding_goes_to_the_discount_and_more_is_refused(self):
        term = self.make_term("included")
        for paid, state in ((1166.19, "reconciled"), (1165, "processed")):
            with self.subTest(paid=paid), self.forgotten():
                document = self.make_taxed(1000, self.company.account_sale_tax_id, term=term)
                parts = [self.item(document), self.discount(document, round(paid - 1190, 2))]
                row = self.pay(paid, parts)
                self.assertEqual(row.state, state)
                if state == "reconciled":
                    loss = self.company.account_journal_early_pay_discount_loss_account_id
                    self.assertIn(20.01, [b for a, _p, b, _r in self.entry(row) if a == loss.code])
                else:
                    self.assertIn("not the one that was agreed", row.explanation)

    def test_a_missing_discount_account_is_named(self):
        document = self.make_taxed(
            1000, self.company.account_sale_tax_id, term=self.make_term("included")
        )
        self.company.account_journal_early_pay_discount_loss_account_id = False
        row = self.pay(1166.20, [self.item(document), self.discount(document, -23.80)])
        self.assertEqual((row.state, document.payment_state), ("processed", "not_paid"))
        self.assertIn("To book the discount, set the account", row.explanation)

    # ------------------------------------------------------------------
    # Bookings
    # ------------------------------------------------------------------

    def test_a_booking_with_tax_in_the_amount_has_the_boxes_of_a_bill(self):
        tax = self.company.account_purchase_tax_id
        before = self.picture()
        row = self.pay(-119, [self.part("booking", -119, tax_ids=[Command.set(tax.ids)])])
        self.assertEqual(row.state, "reconciled")
        input_tax = tax.invoice_repartition_line_ids.account_id
        self.assert_entry(row, (self.expense, "", 100, 0), (input_tax, "", 19, 0))
        bill = self.make_taxed(100, tax, kind="in_invoice", partner=self.vendor)
        self.assertEqual(self.tags(row.move_id), self.tags(bill))
        bill.button_draft()
        self.assert_undone(row, before=before)

    def test_a_booking_is_split_over_accounts_and_analytic_accounts(self):
        plan = self.env["account.analytic.plan"].create({"name": "Projects"})
        one, two = self.env["account.analytic.account"].create(
            [{"name": name, "plan_id": plan.id} for name in ("One", "Two")]
        )
        tax = self.company.account_purchase_tax_id
        shares = {str(one.id): 60, str(two.id): 40}
        row = self.pay(
            -219,
            [
                self.part(
                    "booking",
                    -119,
                    tax_ids=[Command.set(tax.ids)],
                    analytic_distribution=shares,
                ),
                self.part("booking", -100, self.other_expense),
            ],
        )
        self.assertEqual(row.state, "reconciled")
        input_tax = tax.invoice_repartition_line_ids.account_id
        self.assert_entry(
            row,
            (self.expense, "", 100, 0),
            (input_tax, "", 19, 0),
            (self.other_expense, "", 100, 0),
        )
        lines = row.move_id.line_ids.analytic_line_ids
        self.assertEqual(sorted(lines.mapped("amount")), [-60, -40])
        row.action_undo("Wrong")
        self.assertFalse(lines.exists())

    def test_a_booking_to_an_account_that_is_reconciled_later_is_final(self):
        clearing = self.receivable.copy({"account_type": "asset_current", "reconcile": True})
        row = self.pay(50, [self.part("booking", 50, clearing)])
        self.assertEqual(row.state, "reconciled")
        self.assert_entry(row, (clearing, "", -50, -50))

    # ------------------------------------------------------------------
    # What cannot be right
    # ------------------------------------------------------------------

    def test_counterparts_that_do_not_add_up_are_never_posted(self):
        invoice = self.make_invoice(100)
        wrong = {
            "sum": [self.item(invoice)],
            "account": [{"kind": "booking", "amount": 95}],
            "item": [{"kind": "item", "amount": 95}],
            "sign": [self.item(invoice, -5), self.part("booking", 100)],
        }
        reasons = {
            "sum": "The counterparts come to",
            "account": "An account is missing",
            "item": "changed after it was matched",
            "sign": "cannot be",
        }
        for name, parts in wrong.items():
            with self.subTest(wrong=name), self.forgotten():
                row, good = self.pay_all(
                    {"Bad": (95, parts), "Good": (1, [self.part("booking", 1)])}
                ).sorted("remittance")
                self.assertEqual((row.state, good.state), ("processed", "reconciled"))
                self.assert_entry(row, (self.suspense, "", -95, 0))
                self.assertIn(reasons[name], row.explanation)
                self.assertFalse(row.counterpart_ids)
                with self.assertRaises(UserError), self.cr.savepoint():
                    row.sudo()._settle_with(parts, "Wrong")
                self.assertEqual(invoice.payment_state, "not_paid")

    def test_an_item_that_changed_meanwhile_goes_to_review(self):
        def pay_part(invoice):
            self.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=invoice.ids
            ).create({"amount": 3})._create_payments()

        for change in (pay_part, lambda invoice: invoice.button_draft()):
            with self.subTest(), self.forgotten():
                invoice = self.make_invoice(119)
                said = statement([transaction("2026-01-10", 150, "Payment")])
                with self.decided({"Payment": [self.item(invoice), self.rest(31)]}):
                    row = self.receive(said, run=False).transaction_ids
                    run_jobs(self.env, until="_job_post")
                row = self.transactions()
                change(invoice)
                run_jobs(self.env)
                self.assertEqual(row.state, "processed")
                self.assertIn("changed after it was matched", row.explanation)
                self.assertFalse(row.counterpart_ids or row.matched_item_ids)
                self.assert_entry(row, (self.suspense, "", -150, 0))

    def test_nothing_is_undone_in_a_locked_period(self):
        invoice = self.make_invoice(119)
        row = self.pay(150, [self.item(invoice), self.rest(31)])
        self.company.fiscalyear_lock_date = "2026-01-31"
        with self.assertRaisesRegex(UserError, "The period is locked"):
            row.action_undo("Too late")
        self.assertEqual((row.state, invoice.payment_state), ("reconciled", "paid"))

    def test_no_tax_is_booked_in_a_period_whose_tax_return_is_made(self):
        tax = self.company.account_purchase_tax_id
        self.company.tax_lock_date = "2026-01-31"
        parts = [self.part("booking", -119, tax_ids=[Command.set(tax.ids)])]
        rows = self.pay_all({"Taxed": (-119, parts), "Free": (-5, [self.part("fee", -5)])})
        taxed, free = rows.sorted("amount")
        self.assertEqual((taxed.state, free.state), ("error", "reconciled"))
        self.assertIn("locked", taxed.reason)

    # ------------------------------------------------------------------
    # Later
    # ------------------------------------------------------------------

    def test_settling_what_waits_gives_the_same_items_as_at_once(self):
        term = self.make_term("included")
        tax = self.company.account_sale_tax_id
        document = self.make_taxed(1000, tax, term=term)
        invoice = self.make_invoice(100)

        def parts():
            return [
                self.item(document),
                self.discount(document, -23.80),
                self.item(invoice),
                self.part("charges", -5),
                self.rest(7),
            ]

        def look(row):
            return [
                (
                    item.account_id.code,
                    item.partner_id.name,
                    item.name,
                    item.balance,
                    item.amount_residual,
                    item.tax_tag_ids.mapped("name"),
                    item.bank_counterpart_id.kind,
                )
                for item in row.move_id.line_ids.sorted("id")
            ]

        before = self.picture(document, invoice)
        with self.forgotten():
            decision = _decision(parts())
            decision["partner_id"] = self.partner_a.id
            row = self.pay(1268.20, decision)
            at_once = look(row), self.picture(document, invoice)
            self.assertEqual(row.state, "reconciled")
        row = self.pay(1268.20)
        self.assertEqual(row.state, "processed")
        number = row.move_id.name
        row.sudo()._settle_with(
            [{"sequence": n, **values} for n, values in enumerate(parts())], "A person says so"
        )
        self.assertEqual(row.state, "reconciled")
        self.assertEqual((look(row), self.picture(document, invoice)), at_once)
        self.assertEqual((row.move_id.name, row.move_id.state), (number, "posted"))
        log = self.trail("match", row)
        self.assertEqual((log.before, log.after), ("processed", "reconciled"))
        self.assertEqual(log.reason, "A person says so")
        with self.assertRaisesRegex(UserError, "settled already"):
            row.sudo()._settle_with(parts(), "Once more")
        self.assert_undone(row, document, invoice, before=before)
        self.assertIn("-23.80", self.trail("undo", row).reason)

    def test_a_match_undone_from_the_invoice_can_be_settled_again(self):
        invoice = self.make_invoice(119)
        row = self.pay(150, [self.item(invoice), self.rest(31)])
        self.open_items(invoice).remove_move_reconcile()
        self.assertEqual(row.state, "processed")
        row.sudo()._settle_with([self.item(invoice), self.rest(31)], "The same again")
        self.assertEqual((row.state, invoice.payment_state), ("reconciled", "paid"))
        self.assertEqual(len(row.counterpart_ids), 2)
        self.assert_entry(
            row,
            (self.receivable, self.partner_a.name, -119, 0),
            (self.receivable, self.partner_a.name, -31, -31),
        )

    def test_a_retry_is_decided_anew(self):
        self.company.fiscalyear_lock_date = "2026-01-31"
        row = self.pay(10, [self.part("booking", 10)])
        self.assertEqual((row.state, len(row.counterpart_ids)), ("error", 1))
        self.company.fiscalyear_lock_date = False
        row.action_retry()
        with self.decided({"Payment": [self.part("booking", 10, self.other_expense)]}):
            run_jobs(self.env)
        self.assertEqual(row.state, "reconciled")
        self.assert_entry(row, (self.other_expense, "", -10, 0))

    def test_a_retry_claims_other_items(self):
        first, second = self.make_invoice(10), self.make_invoice(10)
        self.company.fiscalyear_lock_date = "2026-01-31"
        with self.matching({"Payment": self.open_items(first)}):
            row = self.receive(
                statement([transaction("2026-01-10", 10, "Payment")])
            ).transaction_ids
        self.assertEqual(row.state, "error")
        self.assertEqual(row.matched_item_ids, self.open_items(first))
        self.company.fiscalyear_lock_date = False
        row.action_retry()
        with self.matching({"Payment": self.open_items(second)}):
            run_jobs(self.env)
        self.assertEqual((row.state, row.matched_item_ids.move_id), ("reconciled", second))
        self.assertEqual(first.payment_state, "not_paid")

    def test_a_removed_file_leaves_nothing_settled(self):
        invoice = self.make_invoice(119)
        before = self.picture(invoice)
        row = self.pay(150, [self.item(invoice), self.rest(31)])
        self.open_items(invoice).remove_move_reconcile()
        row.import_id.action_remove("Wrong file")
        self.assertEqual((row.state, self.picture(invoice)), ("ignored", before))
        self.assertFalse(row.counterpart_ids)

    def test_counterparts_are_read_like_their_transaction_and_written_by_nobody(self):
        row = self.pay(1, [self.part("booking", 1)])
        viewer = self.env_of(self.make_user("viewer"))
        part = row.counterpart_ids.with_env(viewer)
        self.assertEqual(part.amount, 1)
        self.assertEqual(len(Form(row.with_env(viewer)).counterpart_ids), 1)
        for role in ("manager", "approver"):
            part = row.counterpart_ids.with_env(self.env_of(self.make_user(role)))
            for call in (lambda p: p.write({"amount": 2}), lambda p: p.unlink()):
                with self.assertRaises(AccessError), self.cr.savepoint():
                    call(part)
        other = self.setup_other_company()["company"]
        stranger = self.make_user("viewer", companies=other)
        self.assertFalse(
            self.env["bank.transaction.counterpart"].with_env(self.env_of(stranger)).search([])
        )
