from odoo.tests import tagged

from .common import CUSTOMER_IBAN, VENDOR_IBAN
from .scenario_case import ScenarioCase


@tagged("post_install", "-at_install")
class TestScenarioDifferences(ScenarioCase):
    """Less or more than what is open: parts, rests, small differences, charges on the way."""

    def test_a_partial_payment(self):
        invoice = self.make_invoice(100, name="RE/2026/00042")
        paid = self.settled(60, "Anzahlung RE/2026/00042", iban=CUSTOMER_IBAN)
        self.assert_entry(
            paid,
            (self.receivable, self.partner_a, -60, 0),
            says="60.00\N{NO-BREAK SPACE}€ of 100.00\N{NO-BREAK SPACE}€ are paid",
        )
        self.assert_paid(invoice, state="partial", residual=40)
        self.assert_undone(paid)

    def test_the_rest_of_an_invoice_paid_in_part_before(self):
        invoice = self.make_invoice(100, name="RE/2026/00042")
        first = self.pay(60, "Anzahlung RE/2026/00042", iban=CUSTOMER_IBAN)
        paid = self.settled(40, "Rest RE/2026/00042", "2026-01-20", iban=CUSTOMER_IBAN)
        self.assert_entry(paid, (self.receivable, self.partner_a, -40, 0))
        self.assert_paid(invoice)
        self.assert_undone(paid)
        self.assertEqual((first.state, invoice.amount_residual), ("reconciled", 40))

    def test_an_overpayment_stays_open_for_the_customer(self):
        invoice = self.make_invoice(119, name="RE/2026/00042")
        paid = self.settled(150, "RE/2026/00042", iban=CUSTOMER_IBAN)
        self.assert_entry(
            paid,
            (self.receivable, self.partner_a, -119, 0),
            (self.receivable, self.partner_a, -31, -31),
            says="150.00\N{NO-BREAK SPACE}€ are paid where 119.00\N{NO-BREAK SPACE}€ are open",
        )
        self.assert_paid(invoice)
        self.assert_undone(paid)

    def test_a_bill_overpaid_and_paid_in_part(self):
        for amount, items, state, residual in (
            (-150, ((119, 0), (31, 31)), "paid", 0),
            (-60, ((60, 0),), "partial", 59),
        ):
            with self.subTest(amount=amount), self.forgotten():
                bill = self.make_bill(119, "ER-4711-26")
                paid = self.settled(amount, "ER-4711-26", iban=VENDOR_IBAN)
                self.assert_entry(
                    paid, *((self.payable, self.vendor, booked, left) for booked, left in items)
                )
                self.assert_paid(bill, state=state, residual=residual)
                self.assert_undone(paid)

    def test_a_small_difference_on_the_companys_or_the_rules_account(self):
        loss = self.company.default_cash_difference_expense_account_id
        gain = self.company.default_cash_difference_income_account_id
        own = self.make_account("490099")
        for amount, account, on in (
            (118.97, loss, None),
            (119.03, gain, None),
            (118.97, own, "company"),
            (119.03, own, "rule"),
        ):
            with self.subTest(amount=amount, account_on=on), self.forgotten():
                if on == "company":
                    self.company.bank_feed_difference_account_id = own
                elif on == "rule":
                    self.match_rule.difference_account_id = own
                invoice = self.make_invoice(119, name="RE/2026/00042")
                paid = self.settled(amount, "RE/2026/00042", iban=CUSTOMER_IBAN)
                rest = round(119 - amount, 2)
                self.assert_entry(
                    paid,
                    (self.receivable, self.partner_a, -119, 0),
                    (account, self.partner_a, rest, 0),
                    says="small difference",
                )
                self.assert_paid(invoice)
                self.assert_undone(paid)

    def test_a_small_difference_with_no_account_for_it_waits(self):
        self.company.default_cash_difference_expense_account_id = False
        invoice = self.make_invoice(119, name="RE/2026/00042")
        paid = self.pay(118.97, "RE/2026/00042", iban=CUSTOMER_IBAN)
        self.assert_waits(paid, invoice, says="account")

    def test_charges_that_the_bank_tells(self):
        fees = self.company._bank_feed_account("charges")
        invoice = self.make_invoice(119, name="RE/2026/00042")
        paid = self.settled(106.5, "RE/2026/00042", charges=12.5, name="partner_a")
        self.assert_entry(
            paid,
            (self.receivable, self.partner_a, -119, 0),
            (fees, self.partner_a, 12.5, 0),
            says="bank charges of 12.50\N{NO-BREAK SPACE}€",
        )
        self.assert_paid(invoice)
        self.assert_undone(paid)

    def test_charges_that_are_usual_abroad(self):
        fees = self.company._bank_feed_account("charges")
        invoice = self.make_invoice(119, name="RE/2026/00042")
        paid = self.settled(106.5, "RE/2026/00042", name="partner_a", code="PMNT-RCDT-XBCT")
        self.assert_entry(
            paid,
            (self.receivable, self.partner_a, -119, 0),
            (fees, self.partner_a, 12.5, 0),
            says="which banks on the way may have taken",
        )
        self.assert_paid(invoice)
        self.assert_undone(paid)

    def test_within_sepa_nobody_takes_charges(self):
        invoice = self.make_invoice(119, name="RE/2026/00042")
        paid = self.pay(115, "RE/2026/00042", iban=CUSTOMER_IBAN)
        self.assert_waits(paid, invoice, says="are paid")
