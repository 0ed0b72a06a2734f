from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import make_iban, run_jobs, statement, transaction
from .test_counterparts import CounterpartCase


class PaymentCase(CounterpartCase):
    """Payments that were registered in Odoo, and money in other currencies."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dollar = cls.env.ref("base.USD")
        cls.dollar.active = True
        for date, rate in (("2026-01-01", 1.25), ("2026-01-10", 1.20), ("2026-01-20", 1.28)):
            cls.env["res.currency.rate"].create(
                {
                    "currency_id": cls.dollar.id,
                    "name": date,
                    "rate": rate,
                    "company_id": cls.company.id,
                }
            )

    def register(self, documents, **values):
        """Register a payment with an entry of its own, as Odoo without Enterprise does."""
        return (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=documents.ids)
            .create({"payment_date": "2026-01-08", "journal_id": self.journal.id, **values})
            ._create_payments()
        )

    def promise(self, documents, amount=None, partner=None):
        """A payment without an entry of its own, as it is made where the bank books it."""
        partner = partner or documents.partner_id or self.partner_a
        inbound = documents[:1].move_type != "in_invoice"
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound" if inbound else "outbound",
                "partner_type": "customer" if inbound else "supplier",
                "partner_id": partner.id,
                "amount": amount or abs(sum(documents.mapped("amount_residual"))),
                "journal_id": self.journal.id,
                "date": "2026-01-08",
                "invoice_ids": [Command.set(documents.ids)],
            }
        )
        payment.outstanding_account_id = False
        with patch.object(
            self.registry["account.move"],
            "_get_invoice_in_payment_state",
            lambda _self: "in_payment",
        ):
            payment.action_post()
        self.assertEqual((payment.state, bool(payment.move_id)), ("in_process", False))
        return payment

    def in_dollars(self, amount):
        """An invoice in dollars, of which 1.25 are a euro."""
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.partner_a.id,
                "invoice_date": "2026-01-05",
                "currency_id": self.dollar.id,
                "invoice_line_ids": [
                    Command.create({"name": "Goods", "price_unit": amount, "tax_ids": []})
                ],
            }
        )
        invoice.action_post()
        return invoice

    def dollars(self, invoice, amount, item_amount):
        return self.item(invoice, amount, item_amount=item_amount)

    def part_of(self, row, kind):
        return row.counterpart_ids.filtered(lambda c: c.kind == kind)

    def coming_back(self, row, amount, **values):
        """What a payment that came back is decided to be."""
        item = row.counterpart_ids.filtered(lambda c: c.kind == "item").line_ids[:1]
        return {"kind": "return", "item_id": item.id, "amount": amount, **values}


@tagged("post_install", "-at_install")
class TestForeignCurrency(PaymentCase):
    """Invoices in dollars are settled to the cent, whatever the rate of the day would say."""

    def test_a_dollar_invoice_is_paid_in_euros(self):
        for told in (True, False):
            with self.subTest(bank_tells_dollars=told), self.forgotten():
                invoice = self.in_dollars(100)
                before = self.picture(invoice)
                values = {"original_amount": 100, "original_currency": "USD"} if told else {}
                row = self.pay(82, [self.dollars(invoice, 82, 100)], **values)
                self.assertEqual((row.state, invoice.payment_state), ("reconciled", "paid"))
                self.assert_entry(row, (self.receivable, self.partner_a.name, -82, 0))
                line = self.part_of(row, "item").line_ids
                self.assertEqual((line.currency_id, line.amount_currency), (self.dollar, -100))
                booked = row.statement_line_id
                self.assertEqual(booked.foreign_currency_id.name, "USD" if told else False)
                exchange = (line.matched_debit_ids | line.matched_credit_ids).exchange_move_id
                self.assertEqual(
                    sorted(exchange.line_ids.mapped("balance")), [-2, 2], "booked at 80 euros"
                )
                self.assert_undone(row, invoice, before=before)

    def test_dollar_invoices_and_a_fee_in_one_payment(self):
        first, second = self.in_dollars(100), self.in_dollars(50)
        before = self.picture(first, second)
        parts = [
            self.dollars(first, 81.08, 100),
            self.dollars(second, 40.54, 50),
            self.part("charges", -1.62),
        ]
        row = self.pay(120, parts)
        self.assertEqual((first | second).mapped("payment_state"), ["paid"] * 2)
        self.assert_entry(
            row,
            (self.receivable, self.partner_a.name, -81.08, 0),
            (self.receivable, self.partner_a.name, -40.54, 0),
            (self.expense, "", 1.62, 0),
        )
        self.assert_undone(row, first, second, before=before)

    def test_part_of_a_dollar_invoice(self):
        invoice = self.in_dollars(100)
        before = self.picture(invoice)
        row = self.pay(41, [self.dollars(invoice, 41, 50)])
        self.assertEqual((row.state, invoice.payment_state), ("reconciled", "partial"))
        self.assertEqual(invoice.amount_residual, 50)
        self.assert_undone(row, invoice, before=before)

    def test_a_dollar_account_is_paid_euros_and_dollars(self):
        journal = self.make_journal(make_iban(7), "BNKD", currency=self.dollar)
        euros, dollars = self.make_invoice(80), self.in_dollars(60)
        before = self.picture(euros, dollars)
        parts = [
            self.item(euros, 98, item_amount=80),
            self.item(dollars, 60, item_amount=60),
            self.part("fee", -2),
        ]
        row = self.pay(156, parts, journal=journal)
        self.assertEqual((row.state, row.explanation), ("reconciled", "Decided by the test."))
        self.assertEqual((euros | dollars).mapped("payment_state"), ["paid"] * 2)
        self.assertEqual(self.trial_balance()[journal.default_account_id.code], 130)
        lines = row.move_id.line_ids.filtered(lambda line: line.account_id == self.receivable)
        self.assertEqual(sorted(lines.mapped("balance")), [-80, -50])
        self.assertEqual(lines.mapped("amount_residual"), [0, 0])
        gain = self.company.income_currency_exchange_account_id
        self.assertEqual(
            row.move_id.line_ids.filtered(lambda line: line.account_id == gain).balance, -1.67
        )
        row.action_undo("Wrong")
        after, states = self.picture(euros, dollars)
        self.assertEqual(states, before[1])
        self.assertEqual(after.pop(journal.default_account_id.code), 130)
        self.assertEqual(after.pop(journal.suspense_account_id.code), -130)
        self.assertEqual(after, before[0])

    def test_settling_later_gives_the_same_in_dollars(self):
        def look(row):
            return [
                (i.account_id.code, i.currency_id.name, i.amount_currency, i.balance)
                for i in row.move_id.line_ids.sorted("id")
            ], (row.statement_line_id.foreign_currency_id, row.statement_line_id.amount_currency)

        invoice = self.in_dollars(100)
        told = {"original_amount": 100, "original_currency": "USD"}
        parts = [self.dollars(invoice, 82, 100)]
        with self.forgotten():
            at_once = look(self.pay(82, parts, **told))
        row = self.pay(82, **told)
        row.sudo()._settle_with(parts, "A person says so")
        self.assertEqual((look(row), invoice.payment_state), (at_once, "paid"))

    def test_no_rate_difference_is_undone_in_a_locked_period(self):
        invoice = self.in_dollars(100)
        row = self.pay(82, [self.dollars(invoice, 82, 100)], date="2026-02-10")
        exchange = self.env["account.move"].search(
            [("journal_id", "=", self.company.currency_exchange_journal_id.id)]
        )
        self.assertEqual(len(exchange), 1)
        self.assertGreater(exchange.date, row.booking_date)
        with (
            patch.object(
                self.registry["res.company"],
                "_get_violated_lock_dates",
                lambda company, date, tax, journal: (
                    [(date, "fiscalyear_lock_date")] if date == exchange.date else []
                ),
            ),
            self.assertRaisesRegex(UserError, "The period is locked"),
        ):
            row.action_undo("Too late")
        self.assertEqual((row.state, invoice.payment_state), ("reconciled", "paid"))


@tagged("post_install", "-at_install")
class TestPayments(PaymentCase):
    """Payments that somebody registered, until the bank books them."""

    def test_a_payment_with_an_entry_is_met_by_the_bank(self):
        invoice = self.make_invoice(100)
        payment = self.register(invoice)
        outstanding = payment.move_id.line_ids.filtered(
            lambda line: line.account_id == payment.outstanding_account_id
        )
        before = self.picture(invoice, payment)
        self.assertFalse(payment.is_matched)
        row = self.pay(98, [
            {"kind": "item", "item_id": outstanding.id, "amount": 100}, self.part("fee", -2)
        ])  # fmt: skip
        self.assertEqual((row.state, payment.is_matched), ("reconciled", True))
        self.assertEqual(payment.reconciled_statement_line_ids, row.statement_line_id)
        self.assert_entry(
            row,
            (payment.outstanding_account_id, self.partner_a.name, -100, 0),
            (self.expense, "", 2, 0),
        )
        self.assert_undone(row, invoice, payment, before=before)
        self.assertFalse(payment.is_matched)
        self.assertEqual(invoice.payment_state, "paid")

    def test_a_payment_without_an_entry_is_settled_with_its_invoices(self):
        for count in (1, 2):
            with self.subTest(invoices=count), self.forgotten():
                invoices = self.make_invoice(100)
                if count == 2:
                    invoices |= self.make_invoice(50)
                payment = self.promise(invoices)
                before = self.picture(*invoices, payment)
                parts = [self.item(i, payment_id=payment.id) for i in invoices]
                row = self.pay(payment.amount, parts)
                self.assertEqual((row.state, payment.state), ("reconciled", "paid"))
                self.assertEqual(invoices.mapped("amount_residual"), [0] * count)
                self.assertFalse(row.statement_line_id.payment_ids)
                self.assert_undone(row, *invoices, payment, before=before)
                self.assertEqual(payment.state, "in_process")

    def test_a_bill_paid_in_part_without_an_entry(self):
        bill = self.make_invoice(100, kind="in_invoice", partner=self.vendor)
        payment = self.promise(bill, amount=40)
        before = self.picture(bill, payment)
        row = self.pay(-40, [self.item(bill, -40, payment_id=payment.id)])
        self.assertEqual((row.state, payment.state), ("reconciled", "paid"))
        self.assertEqual(bill.amount_residual, 60)
        self.assert_undone(row, bill, payment, before=before)

    def test_of_two_equal_payments_the_right_one_is_settled(self):
        invoice = self.make_invoice(100)
        payments = self.promise(invoice, amount=50) | self.promise(invoice, amount=50)
        for one, other in (payments, payments[::-1]):
            with self.subTest(), self.forgotten():
                before = self.picture(invoice, *payments)
                row = self.pay(50, [self.item(invoice, 50, payment_id=one.id)])
                self.assertEqual((one.state, other.state), ("paid", "in_process"))
                self.assert_undone(row, invoice, *payments, before=before)

    def test_an_advance_without_an_entry_stays_open_for_the_customer(self):
        payment = self.promise(self.env["account.move"], amount=70, partner=self.partner_a)
        before = self.picture(payment)
        rest = {**self.rest(70), "payment_id": payment.id}
        rest["account_id"] = payment.destination_account_id.id
        row = self.pay(70, [rest])
        self.assertEqual((row.state, payment.state), ("reconciled", "paid"))
        self.assert_entry(row, (payment.destination_account_id, self.partner_a.name, -70, -70))
        self.assert_undone(row, payment, before=before)
        self.assertEqual(payment.state, "in_process")

    def test_a_payment_that_was_cancelled_meanwhile_goes_to_review(self):
        invoice = self.make_invoice(100)
        payment = self.promise(invoice)
        parts = [self.item(invoice, payment_id=payment.id)]
        with self.decided({"Payment": parts}):
            self.receive(statement([transaction("2026-01-10", 100, "Payment")]), run=False)
            run_jobs(self.env, until="_job_post")
        payment.action_cancel()
        run_jobs(self.env)
        self.assertEqual(self.transactions().state, "processed")


@tagged("post_install", "-at_install")
class TestReturns(PaymentCase):
    """A payment comes back: the invoice is open again, and undo brings the first state back."""

    def test_a_returned_debit_with_a_fee_reopens_its_invoice_alone(self):
        first, second = self.make_invoice(100), self.make_invoice(60)
        paid = self.pay(160, [self.item(first), self.item(second)])
        before = self.picture(first, second, paid)
        row = self.pay(
            -105,
            [self.coming_back(paid, -100), self.part("fee", -5)],
            text="Return",
            date="2026-01-20",
        )
        self.assertEqual((row.state, paid.state), ("reconciled", "reconciled"))
        self.assertEqual((first | second).mapped("payment_state"), ["not_paid", "paid"])
        self.assertEqual(row.counterpart_ids.reopened_item_ids, self.open_items(first))
        self.assert_entry(
            row,
            (self.receivable, self.partner_a.name, 100, 0),
            (self.expense, "", 5, 0),
        )
        self.assert_undone(row, first, second, paid, before=before)
        self.assertEqual((first | second).mapped("payment_state"), ["paid", "paid"])
        self.assertEqual(paid.state, "reconciled")

    def test_of_a_payment_of_two_invoices_in_one_item_one_comes_back(self):
        first, second = self.make_invoice(100), self.make_invoice(60)
        items = self.open_items(first | second)
        paid = self.pay(
            160,
            {
                "counterpart_account_id": self.receivable.id,
                "partner_id": self.partner_a.id,
                "matched_item_ids": [Command.set(items.ids)],
                "matched_residual": 160,
            },
        )
        own = paid.move_id.line_ids.filtered(lambda line: line.account_id == self.receivable)
        before = self.picture(first, second, paid)
        parts = [{"kind": "return", "item_id": own.id, "amount": -60}]
        row = self.pay(-60, parts, text="Return", date="2026-01-20")
        self.assertEqual((row.state, paid.state), ("reconciled", "reconciled"))
        self.assertEqual((first | second).mapped("amount_residual"), [0, 60])
        self.assert_undone(row, first, second, paid, before=before)

    def test_both_are_undone(self):
        for order in ("return first", "original first", "together"):
            with self.subTest(order=order), self.forgotten():
                invoice = self.make_invoice(100)
                before = self.picture(invoice)
                paid = self.pay(100, [self.item(invoice)])
                parts = [self.coming_back(paid, -100)]
                row = self.pay(-100, parts, text="Return", date="2026-01-20")
                if order == "together":
                    (row | paid).action_undo("Wrong")
                elif order == "return first":
                    row.action_undo("Wrong")
                    self.assertEqual(invoice.payment_state, "paid")
                    paid.action_undo("Wrong")
                else:
                    paid.action_undo("Wrong")
                    self.assertEqual(row.state, "processed", "nothing is left that it takes back")
                    row.sudo()._settle_with([self.part("booking", -100)], "Something else")
                    row.action_undo("Wrong")
                self.assertEqual((row | paid).mapped("state"), ["processed"] * 2)
                self.assertEqual(self.picture(invoice), before)

    def test_a_return_takes_the_discount_back(self):
        term = self.make_term("included")
        for kind, account in (("out_invoice", self.receivable), ("in_invoice", self.payable)):
            for given in ("by itself", "in words"):
                with self.subTest(kind=kind, discount=given), self.forgotten():
                    out = kind == "out_invoice"
                    sign, partner = (1, self.partner_a) if out else (-1, self.vendor)
                    name = "account_sale_tax_id" if out else "account_purchase_tax_id"
                    document = self.make_taxed(
                        1000, self.company[name], kind=kind, term=term, partner=partner
                    )
                    paid = self.pay(
                        sign * 1166.20,
                        [self.item(document), self.discount(document, -sign * 23.80)],
                    )
                    before = self.picture(document, paid)
                    if given == "in words":
                        parts = [self.coming_back(paid, -sign * 1190)]
                        parts += [self.discount(document, sign * 23.80)]
                    else:
                        parts = [self.coming_back(paid, -sign * 1166.20)]
                    row = self.pay(-sign * 1166.20, parts, text="Return", date="2026-01-20")
                    self.assertEqual((row.state, paid.state), ("reconciled", "reconciled"))
                    self.assertEqual(document.amount_residual, 1190)
                    self.assertEqual(document.payment_state, "not_paid")
                    lines = self.entry(row)
                    self.assertIn((account.code, partner.name, sign * 1190, 0), lines)
                    self.assertEqual(set(self.tags(row.move_id, paid.move_id).values()), {0})
                    self.assertTrue(self.tags(row.move_id))
                    self.assert_undone(row, document, paid, before=before)

    def test_a_registered_payment_with_a_discount_comes_back(self):
        document = self.make_taxed(
            1000, self.company.account_sale_tax_id, term=self.make_term("included")
        )
        payment = self.register(document)
        self.assertEqual((payment.amount, document.payment_state), (1166.20, "paid"))
        item = payment.move_id.line_ids.filtered(lambda line: line.account_id == self.receivable)
        before = self.picture(document)
        row = self.pay(
            -1166.20, [{"kind": "return", "item_id": item.id, "amount": -1166.20}], text="Return"
        )
        self.assertEqual((row.state, document.payment_state), ("reconciled", "not_paid"))
        self.assertEqual(set(self.tags(row.move_id, payment.move_id).values()), {0})
        self.assertEqual(item.amount_residual, 0)
        self.assert_undone(row, document, before=before)

    def test_a_return_in_another_currency(self):
        invoice = self.in_dollars(100)
        paid = self.pay(82, [self.dollars(invoice, 82, 100)])
        before = self.picture(invoice, paid)
        row = self.pay(-79, [self.coming_back(paid, -79)], text="Return", date="2026-01-20")
        self.assertEqual((row.state, invoice.payment_state), ("reconciled", "not_paid"))
        self.assertEqual(invoice.amount_residual, 100)
        self.assert_entry(row, (self.receivable, self.partner_a.name, 79, 0))
        self.assert_undone(row, invoice, paid, before=before)

    def test_what_cannot_be_matched_again_is_said(self):
        invoice = self.make_invoice(100)
        paid = self.pay(100, [self.item(invoice)])
        parts = [self.coming_back(paid, -100)]
        row = self.pay(-100, parts, text="Return", date="2026-01-20")
        self.pay(100, [self.item(invoice)], text="Second", date="2026-01-25")
        row.action_undo("Wrong")
        self.assertEqual((row.state, paid.state), ("processed", "processed"))
        self.assertIn("could not be matched again", row.explanation)
        self.assertIn("could not be matched again", self.trail("undo", row).reason)

    def test_no_more_comes_back_than_was_paid(self):
        invoice = self.make_invoice(100)
        paid = self.pay(100, [self.item(invoice)])
        for amount in (-110, 100):
            with self.subTest(amount=amount), self.forgotten():
                row = self.pay(amount, [self.coming_back(paid, amount)], text="Return")
                self.assertEqual((row.state, invoice.payment_state), ("processed", "paid"))
                self.assertIn("cannot be", row.explanation)

    def test_a_payment_comes_back_once(self):
        invoice = self.make_invoice(100)
        paid = self.pay(100, [self.item(invoice)])
        parts = [self.coming_back(paid, -100)]
        rows = self.pay_all({"A": (-100, parts), "B": (-100, parts)}, date="2026-01-20")
        self.assertEqual(sorted(rows.mapped("state")), ["processed", "reconciled"])
        self.assertEqual((invoice.payment_state, paid.state), ("not_paid", "reconciled"))

    def test_a_return_whose_payment_was_undone_meanwhile_goes_to_review(self):
        invoice = self.make_invoice(100)
        paid = self.pay(100, [self.item(invoice)])
        said = [transaction("2026-01-20", -100, "Return")]
        with self.decided({"Return": [self.coming_back(paid, -100)]}):
            record = self.receive(statement(said, 100), run=False)
            run_jobs(self.env, until="_job_post")
        paid.action_undo("Wrong")
        run_jobs(self.env)
        self.assertEqual(record.transaction_ids.state, "processed")
        self.assertIn("changed after it was matched", record.transaction_ids.explanation)


@tagged("post_install", "-at_install")
class TestTransfers(PaymentCase):
    """Both sides of a transfer between own accounts wait at the same time."""

    def setUp(self):
        super().setUp()
        self.other = self.make_journal(make_iban(8), "BNKB")
        self.transit = self.company.transfer_account_id
        self.assertTrue(self.transit.reconcile)

    def transfer(self, together=True):
        """Both sides, decided in one run; booked one after the other, journal by journal."""
        said = statement([transaction("2026-01-10", -500, "Out")])
        heard = statement([transaction("2026-01-12", 500, "In")], iban=make_iban(8))

        def decide(transactions):
            return {
                record: {
                    "counterpart_account_id": self.transit.id,
                    "pair_id": (transactions - record).id,
                    "explanation": "Between own accounts.",
                }
                for record in transactions
            }

        with patch.object(self.registry["bank.transaction"], "_decide", decide):
            self.receive(said, heard)
        out, into = self.transactions()
        self.assertEqual((out.pair_id, into.pair_id), (into, out))
        return out, into

    def test_both_sides_meet_on_the_transfer_account(self):
        before = self.picture()
        out, into = self.transfer()
        self.assertNotEqual(out.batch_id, into.batch_id, "a batch is of one journal")
        self.assertEqual((out | into).mapped("state"), ["reconciled"] * 2)
        self.assert_entry(out, (self.transit, "", 500, 0))
        self.assert_entry(into, (self.transit, "", -500, 0))
        out.action_undo("Wrong")
        self.assertEqual((out.state, into.state), ("processed", "reconciled"))
        self.assert_entry(into, (self.transit, "", -500, -500))
        into.action_undo("Wrong")
        codes = [j.default_account_id.code for j in (self.journal, self.other)]
        codes += [self.suspense.code]
        after = self.trial_balance()
        self.assertEqual([after.pop(code, 0) for code in codes], [-500, 500, 0])
        self.assertEqual(after, before[0])

    def test_both_sides_in_one_batch(self):
        """Such as a transfer that the bank books to and fro."""
        rows = self.pay_all(
            {
                "Out": (-500, {"counterpart_account_id": self.transit.id}),
                "In": (500, {"counterpart_account_id": self.transit.id}),
            }
        )
        self.assertEqual(
            rows.move_id.line_ids.filtered("matching_number"), self.env["account.move.line"]
        )
        rows.action_undo("Once more")

        def decide(transactions):
            return {
                record: {
                    "counterpart_account_id": self.transit.id,
                    "pair_id": (transactions - record).id,
                }
                for record in transactions
            }

        said = [transaction("2026-01-15", -70, "Out"), transaction("2026-01-15", 70, "In")]
        with patch.object(self.registry["bank.transaction"], "_decide", decide):
            rows = self.receive(statement(said)).transaction_ids
        self.assertEqual(len(rows.batch_id), 1)
        items = rows.move_id.line_ids.filtered(lambda line: line.account_id == self.transit)
        self.assertEqual(items.mapped("amount_residual"), [0, 0])

    def test_a_side_that_was_undone_can_be_settled_with_the_other_again(self):
        out, into = self.transfer()
        out.action_undo("Wrong")
        parts = [self.part("booking", -500, self.transit)]
        out.sudo()._settle_with(parts, "It is one", pair=into)
        self.assertEqual((out | into).mapped("state"), ["reconciled"] * 2)
        self.assert_entry(out, (self.transit, "", 500, 0))
        self.assert_entry(into, (self.transit, "", -500, 0))
