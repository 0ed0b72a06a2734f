from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from .common import CUSTOMER_IBAN, VENDOR_IBAN
from .scenario_case import ScenarioCase


class RegisteredPaymentsCase(ScenarioCase):
    """Payments that somebody registered in Odoo before the bank reports them."""

    def register(self, documents, **values):
        """With an entry of its own, as Odoo without Enterprise does."""
        return (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=documents.ids)
            .create({"payment_date": "2026-01-08", "journal_id": self.journal.id, **values})
            ._create_payments()
        )

    def promise(self, documents, amount=None, partner=None, **values):
        """Without an entry of its own, as it is made where the bank books it."""
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
                **values,
            }
        )
        payment.outstanding_account_id = False
        state = "_get_invoice_in_payment_state"
        with patch.object(self.registry["account.move"], state, lambda _self: "in_payment"):
            payment.action_post()
        self.assertEqual((payment.state, bool(payment.move_id)), ("in_process", False))
        return payment

    def outstanding(self, payment):
        return payment.move_id.line_ids.filtered(
            lambda item: item.account_id == payment.outstanding_account_id
        )


@tagged("post_install", "-at_install")
class TestScenarioPaymentsWithEntry(RegisteredPaymentsCase):
    """Their item on the outstanding account is settled, not the document's."""

    def test_found_by_its_own_number_its_memo_or_the_end_to_end_id(self):
        for given in ("name", "memo", "end_to_end_id"):
            with self.subTest(by=given), self.forgotten():
                bill = self.make_bill(119.10, "ER-4711-26")
                payment = self.register(bill, communication="ER-4711-26")
                values = {"end_to_end_id": payment.name} if given == "end_to_end_id" else {}
                text = {"name": payment.name, "memo": payment.memo}.get(given, "")
                paid = self.settled(-119.10, text, iban=VENDOR_IBAN, **values)
                account = payment.outstanding_account_id
                self.assert_entry(
                    paid, (account, self.vendor, 119.10, 0), says="in the books already"
                )
                self.assertTrue(payment.is_matched)
                self.assertEqual(self.outstanding(payment).amount_residual, 0)
                self.assert_undone(paid)
                self.assertFalse(payment.is_matched)

    def test_preferred_to_an_invoice_of_the_same_amount(self):
        first = self.make_invoice(119.10, name="RE/2026/00042")
        payment = self.register(first)
        second = self.make_invoice(119.10, name="RE/2026/00043")
        paid = self.settled(119.10, "RE/2026/00042", iban=CUSTOMER_IBAN)
        self.assert_entry(paid, (payment.outstanding_account_id, self.partner_a, -119.10, 0))
        self.assert_paid(second, state="not_paid", residual=119.10)
        self.assert_undone(paid)

    def test_less_what_the_bank_took(self):
        invoice = self.make_invoice(119.10, name="RE/2026/00042")
        payment = self.register(invoice)
        paid = self.settled(109.10, "RE/2026/00042", iban=CUSTOMER_IBAN, charges=10)
        fees = self.company._bank_feed_account("charges")
        self.assert_entry(
            paid,
            (payment.outstanding_account_id, self.partner_a, -119.10, 0),
            (fees, self.partner_a, 10, 0),
        )
        self.assert_undone(paid)

    def test_several_of_a_day_whose_sum_it_is(self):
        vendors = [self.make_partner(f"Lieferant {letter}") for letter in "ABC"]
        amounts = (119.10, 80.55, 33.07)
        payments = self.env["account.payment"].union(
            *(
                self.register(self.make_bill(amount, f"ER-{amount}", partner=vendor))
                for vendor, amount in zip(vendors, amounts, strict=True)
            )
        )
        paid = self.settled(-232.72, "SEPA Sammelueberweisung 3 Posten")
        account = payments.outstanding_account_id
        self.assert_entry(
            paid,
            *((account, v, amount, 0) for v, amount in zip(vendors, amounts, strict=True)),
        )
        self.assertEqual(payments.mapped("is_matched"), [True] * 3)
        self.assert_undone(paid)

    def test_several_of_one_partner_whose_sum_it_is(self):
        one = self.register(self.make_bill(119.10, "ER-1"))
        two = self.register(self.make_bill(80.55, "ER-2"))
        paid = self.settled(-199.65, "Sammler", iban=VENDOR_IBAN)
        self.assert_entry(paid, (one.outstanding_account_id, self.vendor, 199.65, 0))
        self.assertTrue(one.is_matched and two.is_matched)
        self.assert_undone(paid)


@tagged("post_install", "-at_install")
class TestScenarioPaymentsWithoutEntry(RegisteredPaymentsCase):
    """The documents that they are for are settled, and the payment is done."""

    def test_for_one_invoice(self):
        invoice = self.make_invoice(119.10, name="RE/2026/00042")
        payment = self.promise(invoice, memo="Lastschrift RE/2026/00042")
        paid = self.settled(119.10, f"{payment.name}", iban=CUSTOMER_IBAN)
        self.assert_entry(paid, (self.receivable, self.partner_a, -119.10, 0))
        self.assertEqual((payment.state, invoice.amount_residual), ("paid", 0))
        self.assert_undone(paid)
        self.assertEqual(payment.state, "in_process")

    def test_found_by_the_invoices_number(self):
        """Both the invoice and the payment for it are named, and they are the same."""
        invoice = self.make_invoice(119.10, name="RE/2026/00042")
        payment = self.promise(invoice, memo="RE/2026/00042")
        paid = self.settled(119.10, "RE/2026/00042", iban=CUSTOMER_IBAN)
        self.assert_entry(paid, (self.receivable, self.partner_a, -119.10, 0))
        self.assertEqual((payment.state, invoice.amount_residual), ("paid", 0))
        self.assert_undone(paid)

    def test_for_two_bills(self):
        bills = self.make_bill(119.10, "ER-1") | self.make_bill(80.55, "ER-2")
        payment = self.promise(bills)
        paid = self.settled(-199.65, payment.name, iban=VENDOR_IBAN)
        self.assert_entry(
            paid, (self.payable, self.vendor, 119.10, 0), (self.payable, self.vendor, 80.55, 0)
        )
        self.assertEqual(payment.state, "paid")
        self.assertEqual(bills.mapped("amount_residual"), [0, 0])
        self.assert_undone(paid)

    def test_for_a_part_of_an_invoice(self):
        invoice = self.make_invoice(119.10, name="RE/2026/00042")
        payment = self.promise(invoice, amount=40)
        paid = self.settled(40, payment.name, iban=CUSTOMER_IBAN)
        self.assert_entry(paid, (self.receivable, self.partner_a, -40, 0))
        self.assertEqual((payment.state, invoice.amount_residual), ("paid", 79.10))
        self.assert_undone(paid)

    def test_in_advance(self):
        payment = self.promise(self.env["account.move"], amount=70, partner=self.partner_a)
        paid = self.settled(70, payment.name, iban=CUSTOMER_IBAN)
        account = payment.destination_account_id
        self.assert_entry(paid, (account, self.partner_a, -70, -70))
        self.assertEqual(payment.state, "paid")
        self.assert_undone(paid)
