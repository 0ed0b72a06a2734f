from odoo.addons.account_bank_feed.tests.common import make_iban
from odoo.tests import tagged

from .common import CUSTOMER_IBAN, VENDOR_IBAN
from .scenario_case import ScenarioCase


@tagged("post_install", "-at_install")
class TestScenarioWaiting(ScenarioCase):
    """What only a person can decide: nothing is posted, and the right things are offered."""

    def test_two_equal_invoices_of_a_customer_and_no_number(self):
        one = self.make_invoice(357.03, name="RE/2026/00042")
        two = self.make_invoice(357.03, name="RE/2026/00043", date="2026-01-06")
        paid = self.pay(357.03, "Danke", iban=CUSTOMER_IBAN)
        self.assert_waits(paid, one, two, says="RE/2026/00043")
        self.accepted(paid, place=1)
        self.assert_entry(paid, (self.receivable, self.partner_a, -357.03, 0))
        self.assert_paid(two)
        self.assert_paid(one, state="not_paid", residual=357.03)
        self.assert_undone(paid)

    def test_a_number_that_is_paid_already(self):
        self.make_invoice(357.03, name="RE/2026/00041")
        first = self.pay(357.03, "RE/2026/00041", iban=CUSTOMER_IBAN)
        self.assertEqual(first.state, "reconciled")
        other = self.make_invoice(357.03, name="RE/2026/00042")
        paid = self.pay(357.03, "RE/2026/00041", "2026-01-12", iban=CUSTOMER_IBAN)
        self.assert_waits(paid, other, says="RE/2026/00041")

    def test_a_stranger(self):
        self.make_invoice(357.03, name="RE/2026/00042")
        paid = self.pay(357.03, "Danke", name="Niemand Bekanntes GmbH", iban=make_iban(4711))
        self.assertEqual(paid.state, "processed")
        self.assertFalse(paid.suggestion_ids)
        self.assertIn("nobody whom we know", paid.explanation)

    def test_the_account_of_another_partner(self):
        invoice = self.make_invoice(357.03, name="RE/2026/00042")
        paid = self.pay(360, "2026/00042", iban=VENDOR_IBAN)
        self.assert_waits(paid, invoice, says="Vendor")

    def test_less_than_is_open_by_somebody_unknown(self):
        invoice = self.make_invoice(357.03, name="RE/2026/00042")
        paid = self.pay(100, "RE/2026/00042")
        self.assert_waits(paid, invoice)
        self.accepted(paid)
        self.assert_entry(paid, (self.receivable, self.partner_a, -100, 0))
        self.assert_paid(invoice, state="partial", residual=257.03)
        self.assert_undone(paid)

    def test_more_than_is_open_by_somebody_unknown(self):
        invoice = self.make_invoice(100, name="RE/2026/00042")
        paid = self.pay(150, "RE/2026/00042")
        self.assert_waits(paid, invoice)
        self.accepted(paid)
        self.assert_entry(
            paid,
            (self.receivable, self.partner_a, -100, 0),
            (self.receivable, self.partner_a, -50, -50),
        )
        self.assert_undone(paid)

    def test_the_same_invoice_paid_twice_in_one_file(self):
        invoice = self.make_invoice(357.03, name="RE/2026/00042")
        first, second = self.pay_all(
            (357.03, "RE/2026/00042", {"iban": CUSTOMER_IBAN}),
            (357.03, "RE/2026/00042", {"iban": CUSTOMER_IBAN, "date": "2026-01-11"}),
        )
        self.assertEqual((first.state, second.state), ("reconciled", "processed"))
        self.assertIn("double payment", second.explanation)
        self.assert_paid(invoice)
