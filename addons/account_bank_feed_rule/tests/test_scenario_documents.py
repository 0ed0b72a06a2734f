from odoo.tests import tagged

from .common import CUSTOMER_IBAN, VENDOR_IBAN
from .scenario_case import ScenarioCase

NAME = "Müller & Söhne Gerätetechnik und Anlagenbau GmbH & Co. KG"


@tagged("post_install", "-at_install")
class TestScenarioDocuments(ScenarioCase):
    """Whole documents, found by what the payer says or by who paid."""

    # ------------------------------------------------------------------
    # Numbers
    # ------------------------------------------------------------------

    def test_a_number_in_another_writing(self):
        for text in ("RE-2026-00042", "re 2026 00042", "Rg. RE2026/42 vom 5.1.", "RE/2026/000 42"):
            with self.subTest(text=text), self.forgotten():
                invoice = self.make_invoice(119, name="RE/2026/00042")
                paid = self.settled(119, text, iban=CUSTOMER_IBAN)
                self.assert_entry(
                    paid, (self.receivable, self.partner_a, -119, 0), says="RE/2026/00042"
                )
                self.assert_paid(invoice)
                self.assert_undone(paid)

    def test_several_invoices_of_a_customer(self):
        texts = ("RE/2026/00042, RE/2026/00043 und RE/2026/00044", "RE/2026/00042, 43, 44")
        for text in texts:
            with self.subTest(text=text), self.forgotten():
                invoices = self.env["account.move"].union(
                    *(self.make_invoice(a, name=f"RE/2026/000{n}") for n, a in
                      ((42, 119.10), (43, 80.55), (44, 33.07)))
                )  # fmt: skip
                paid = self.settled(232.72, text, iban=CUSTOMER_IBAN)
                self.assert_entry(
                    paid, (self.receivable, self.partner_a, -232.72, 0), says="RE/2026/00043"
                )
                self.assertEqual(paid.matched_item_ids, self.open_items(invoices))
                self.assert_paid(*invoices)
                self.assert_undone(paid)

    def test_invoices_on_two_accounts(self):
        other = self.receivable.copy({"name": "Receivables abroad"})
        one = self.make_invoice(119.10, name="RE/2026/00042")
        self.partner_a.property_account_receivable_id = other
        two = self.make_invoice(80.55, name="RE/2026/00043")
        paid = self.settled(199.65, "RE/2026/00042 RE/2026/00043", iban=CUSTOMER_IBAN)
        self.assert_entry(
            paid,
            (self.receivable, self.partner_a, -119.10, 0),
            (other, self.partner_a, -80.55, 0),
        )
        self.assert_paid(one, two)
        self.assert_undone(paid)

    def test_a_credit_note_is_netted(self):
        invoice = self.make_invoice(119.10, name="RE/2026/00042")
        more = self.make_invoice(80.55, name="RE/2026/00043")
        note = self.make_invoice(30.25, name="RRE/2026/00007", kind="out_refund")
        paid = self.settled(
            169.40,
            "RE/2026/00042, RE/2026/00043 abzgl. Gutschrift RRE/2026/00007",
            iban=CUSTOMER_IBAN,
        )
        self.assert_entry(
            paid,
            (self.receivable, self.partner_a, -119.10, 0),
            (self.receivable, self.partner_a, -80.55, 0),
            (self.receivable, self.partner_a, 30.25, 0),
        )
        self.assert_paid(invoice, more, note)
        self.assert_undone(paid)

    def test_a_vendors_credit_note_is_netted(self):
        bill, note = (
            self.make_bill(100.40, "V-4711"),
            self.make_bill(30.15, "G-0815", kind="in_refund"),
        )
        paid = self.settled(-70.25, "V-4711 ./. G-0815", iban=VENDOR_IBAN)
        self.assert_entry(
            paid, (self.payable, self.vendor, 100.40, 0), (self.payable, self.vendor, -30.15, 0)
        )
        self.assert_paid(bill, note)
        self.assert_undone(paid)

    # ------------------------------------------------------------------
    # Many to many
    # ------------------------------------------------------------------

    def test_two_payments_for_parts_of_one_invoice(self):
        invoice = self.make_invoice(100, name="RE/2026/00042")

        def act():
            return self.pay_all(
                (60, "Teil 1 RE/2026/00042", {"iban": CUSTOMER_IBAN}),
                (40, "Rest RE/2026/00042", {"iban": CUSTOMER_IBAN}),
            )

        self.before = self.picture()
        rows = act()
        self.assertEqual(rows.mapped("state"), ["reconciled"] * 2, rows.mapped("explanation"))
        for row in rows:
            self.assert_entry(row, (self.receivable, self.partner_a, -row.amount, 0))
        self.assert_paid(invoice)
        self.assert_undone(rows)

    def test_one_payment_for_two_invoices_one_of_them_in_part_waits(self):
        one = self.make_invoice(100, name="RE/2026/00042")
        two = self.make_invoice(80, name="RE/2026/00043")
        paid = self.pay(150, "RE/2026/00042 RE/2026/00043", iban=CUSTOMER_IBAN)
        self.assertEqual(paid.state, "processed")
        self.assertEqual(paid.suggestion_ids[0].item_ids, self.open_items(one | two))
        self.accepted(paid)
        self.assert_entry(
            paid,
            (self.receivable, self.partner_a, -100, 0),
            (self.receivable, self.partner_a, -50, 0),
        )
        self.assert_paid(one)
        self.assert_paid(two, state="partial", residual=30)
        self.assert_undone(paid)

    # ------------------------------------------------------------------
    # Who paid
    # ------------------------------------------------------------------

    def test_the_customer_number_and_the_amount(self):
        customer = self.make_partner("Gerätebau Nord GmbH", ref="K-10422")
        invoice = self.make_invoice(357.03, partner=customer)
        self.make_invoice(357.03)
        paid = self.settled(357.03, "Kundennr. K-10422")
        self.assert_entry(paid, (self.receivable, customer, -357.03, 0), says="K10422")
        self.assert_paid(invoice)
        self.assert_undone(paid)

    def test_the_name_and_the_amount(self):
        customer = self.make_partner(NAME)
        for name in (
            "MUELLER & SOEHNE GERAETETECHNIK UND ANLAGENBAU GMBH & CO. KG",
            "Gerätetechnik und Anlagenbau Müller & Söhne",
        ):
            with self.subTest(name=name), self.forgotten():
                invoice = self.make_invoice(357.03, partner=customer)
                self.make_invoice(512.88)
                paid = self.settled(357.03, "Rechnung", name=name)
                self.assert_entry(paid, (self.receivable, customer, -357.03, 0), says="name")
                self.assert_paid(invoice)
                self.assert_undone(paid)

    def test_a_name_that_the_bank_cut_off(self):
        """By itself it leads to the right invoice; with a number as well there is no doubt."""
        customer = self.make_partner(NAME)
        for name in ("Müller & Söhne Gerätetechni", "MUELLER & SOEHNE GERAETETECHNIK UND"):
            with self.subTest(name=name), self.forgotten():
                invoice = self.make_invoice(357.03, name="RE/2026/00042", partner=customer)
                self.make_invoice(512.88)
                with self.forgotten(), self.withheld():
                    waiting = self.pay(357.03, "Rechnung", name=name)
                    self.assert_waits(waiting, invoice, says="nearly the partner's name")
                    self.accepted(waiting)
                    self.assert_entry(waiting, (self.receivable, customer, -357.03, 0))
                    self.assert_undone(waiting)
                paid = self.settled(357.03, "2026/00042", name=name)
                self.assert_entry(paid, (self.receivable, customer, -357.03, 0))
                self.assert_paid(invoice)
                self.assert_undone(paid)

    def test_the_account_and_a_unique_amount(self):
        self.make_invoice(119.10, name="RE/2026/00041")
        invoice = self.make_invoice(357.03, name="RE/2026/00042")
        paid = self.settled(357.03, "Danke", iban=CUSTOMER_IBAN)
        self.assert_entry(paid, (self.receivable, self.partner_a, -357.03, 0), says="account")
        self.assertEqual(paid.matched_item_ids, self.open_items(invoice))
        self.assert_undone(paid)

    def test_an_exact_subset_of_what_is_open(self):
        amounts = (119.13, 357.03, 80.55, 595.14)
        invoices = [self.make_invoice(amount) for amount in amounts]
        paid = self.settled(952.17, "Danke", iban=CUSTOMER_IBAN)
        self.assert_entry(paid, (self.receivable, self.partner_a, -952.17, 0), says="no other")
        self.assert_paid(invoices[1], invoices[3])
        self.assert_paid(invoices[0], state="not_paid", residual=119.13)
        self.assert_undone(paid)

    def test_all_that_is_open(self):
        invoices = [self.make_invoice(amount) for amount in (119.13, 357.03, 80.55)]
        paid = self.settled(556.71, "Danke", iban=CUSTOMER_IBAN)
        self.assert_entry(paid, (self.receivable, self.partner_a, -556.71, 0), says="all that is")
        self.assert_paid(*invoices)
        self.assert_undone(paid)

    # ------------------------------------------------------------------
    # The other way round
    # ------------------------------------------------------------------

    def test_a_refund_to_a_customer(self):
        refund = self.make_invoice(30.25, name="RRE/2026/00007", kind="out_refund")
        paid = self.settled(-30.25, "Erstattung RRE/2026/00007", iban=CUSTOMER_IBAN)
        self.assert_entry(paid, (self.receivable, self.partner_a, 30.25, 0))
        self.assert_paid(refund)
        self.assert_undone(paid)

    def test_a_refund_of_a_vendor(self):
        refund = self.make_bill(30.25, "G-0815", kind="in_refund")
        paid = self.settled(30.25, "Gutschrift G-0815", iban=VENDOR_IBAN)
        self.assert_entry(paid, (self.payable, self.vendor, -30.25, 0))
        self.assert_paid(refund)
        self.assert_undone(paid)

    def test_several_bills(self):
        one, two = self.make_bill(100.40, "V-4711"), self.make_bill(30.15, "V-4712")
        paid = self.settled(-130.55, "V-4711, V-4712", iban=VENDOR_IBAN)
        self.assert_entry(paid, (self.payable, self.vendor, 130.55, 0))
        self.assert_paid(one, two)
        self.assert_undone(paid)
