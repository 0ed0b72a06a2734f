from odoo.tests import tagged

from .common import CUSTOMER_IBAN, VENDOR_IBAN
from .scenario_case import ScenarioCase


@tagged("post_install", "-at_install")
class TestScenarioDiscounts(ScenarioCase):
    """2 % for paying within ten days; with the tax corrected where the term says so."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.loss = cls.company.account_journal_early_pay_discount_loss_account_id
        cls.gain = cls.company.account_journal_early_pay_discount_gain_account_id
        cls.match_rule.discount_days = 0

    def tax_account(self, tax):
        lines = tax.invoice_repartition_line_ids
        return lines.filtered(lambda line: line.repartition_type == "tax").account_id

    def of_invoice(self, computation):
        """What is paid of 1,190.00, and what is booked beside the invoice itself."""
        tax = self.tax_account(self.company.account_sale_tax_id)
        if computation == "included":
            return 1190, 1166.20, [(self.loss, 20), (tax, 3.80)]
        if computation == "mixed":
            return 1186.20, 1166.20, [(self.loss, 20)]
        return 1190, 1170, [(self.loss, 20)]

    def test_an_invoice_in_time(self):
        for computation in ("included", "excluded", "mixed"):
            with self.subTest(computation=computation), self.forgotten():
                total, amount, beside = self.of_invoice(computation)
                invoice = self.make_taxed(
                    1000, name="RE/2026/00042", term=self.make_term(computation)
                )
                paid = self.settled(
                    amount, "RE/2026/00042 abzgl. 2 %", "2026-01-15", iban=CUSTOMER_IBAN
                )
                self.assert_entry(
                    paid,
                    (self.receivable, self.partner_a, -total, 0),
                    *((account, self.partner_a, part, 0) for account, part in beside),
                    says="early-payment discount",
                )
                base = paid.move_id.line_ids.filtered(lambda line: line.account_id == self.loss)
                taxes = self.company.account_sale_tax_id
                self.assertEqual(
                    base.tax_ids, taxes if computation == "included" else taxes.browse()
                )
                self.assert_paid(invoice)
                self.assert_undone(paid)

    def test_an_invoice_without_a_word_of_it(self):
        invoice = self.make_taxed(1000, name="RE/2026/00042", term=self.make_term())
        paid = self.settled(1166.20, "Danke", "2026-01-15", iban=CUSTOMER_IBAN)
        self.assert_paid(invoice)
        self.assert_undone(paid)

    def test_a_day_late_it_waits_and_a_person_may_grant_it(self):
        invoice = self.make_taxed(1000, name="RE/2026/00042", term=self.make_term())
        paid = self.pay(1166.20, "RE/2026/00042", "2026-01-16", iban=CUSTOMER_IBAN)
        self.assert_waits(paid, invoice, says="days")
        self.accepted(paid)
        tax = self.tax_account(self.company.account_sale_tax_id)
        self.assert_entry(
            paid,
            (self.receivable, self.partner_a, -1190, 0),
            (self.loss, self.partner_a, 20, 0),
            (tax, self.partner_a, 3.80, 0),
        )
        self.assert_paid(invoice)
        self.assert_undone(paid)

    def test_within_the_days_of_grace_it_is_posted(self):
        self.match_rule.discount_days = 3
        invoice = self.make_taxed(1000, name="RE/2026/00042", term=self.make_term())
        paid = self.settled(1166.20, "RE/2026/00042", "2026-01-18", iban=CUSTOMER_IBAN)
        self.assert_paid(invoice)
        self.assert_undone(paid)

    def test_several_invoices_of_which_some_take_it(self):
        term = self.make_term()
        one = self.make_taxed(1000, name="RE/2026/00042", term=term)
        two = self.make_taxed(500, name="RE/2026/00043", term=term)
        plain = self.make_invoice(77.11, name="RE/2026/00044")
        tax = self.tax_account(self.company.account_sale_tax_id)
        partner = self.partner_a
        paid = self.settled(
            1166.20 + 583.10 + 77.11,
            "RE/2026/00042, RE/2026/00043, RE/2026/00044 abzgl. Skonto",
            iban=CUSTOMER_IBAN,
        )
        self.assert_entry(
            paid,
            (self.receivable, partner, -1190, 0),
            (self.receivable, partner, -595, 0),
            (self.receivable, partner, -77.11, 0),
            (self.loss, partner, 20, 0),
            (self.loss, partner, 10, 0),
            (tax, partner, 3.80, 0),
            (tax, partner, 1.90, 0),
        )
        self.assert_paid(one, two, plain)
        self.assert_undone(paid)

    def test_a_discount_and_a_cent(self):
        """Whoever pays rounds otherwise: 2 % of 999.99 are 20.00 or 19.99."""
        invoice = self.make_taxed(840.33, name="RE/2026/00042", term=self.make_term())
        self.assertEqual(invoice.amount_total, 999.99)
        off = self.open_items(invoice).discount_amount_currency
        difference = self.company.default_cash_difference_expense_account_id
        paid = self.settled(off - 0.01, "RE/2026/00042", iban=CUSTOMER_IBAN)
        lines = paid.move_id.line_ids
        self.assertIn(self.loss, lines.account_id)
        self.assertEqual(lines.filtered(lambda line: line.account_id == difference).balance, 0.01)
        self.assert_paid(invoice)
        self.assert_undone(paid)

    def test_a_bill_in_time(self):
        for computation in ("included", "excluded"):
            with self.subTest(computation=computation), self.forgotten():
                bill = self.make_taxed(1000, kind="in_invoice", term=self.make_term(computation))
                bill.ref = "ER-4711-26"
                tax = self.tax_account(self.company.account_purchase_tax_id)
                amount, beside = 1170, [(self.gain, -20)]
                if computation == "included":
                    amount, beside = 1166.20, [(self.gain, -20), (tax, -3.80)]
                paid = self.settled(-amount, "ER-4711-26 abzgl. Skonto", iban=VENDOR_IBAN)
                self.assert_entry(
                    paid,
                    (self.payable, self.vendor, 1190, 0),
                    *((account, self.vendor, part, 0) for account, part in beside),
                    says="early-payment discount",
                )
                self.assert_paid(bill)
                self.assert_undone(paid)

    def test_no_account_for_the_discount_waits(self):
        invoice = self.make_taxed(1000, name="RE/2026/00042", term=self.make_term())
        self.company.account_journal_early_pay_discount_loss_account_id = False
        paid = self.pay(1166.20, "RE/2026/00042", iban=CUSTOMER_IBAN)
        self.assert_waits(paid, invoice, says="account")
