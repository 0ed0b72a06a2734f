from decimal import Decimal

from odoo.addons.account_bank_feed.tests.common import transaction
from odoo.addons.bank_statement_format import Counterparty, Detail
from odoo.tests import tagged

from .common import CUSTOMER_IBAN, VENDOR_IBAN
from .scenario_case import ScenarioCase

RETURNED = "PMNT-RDDT-UPDD"


@tagged("post_install", "-at_install")
class TestScenarioReturns(ScenarioCase):
    """What was paid comes back: the document is open again, the bank's fee on its account."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fees = cls.company._bank_feed_account("fee")
        cls.customers = [
            cls.env["res.partner"].create({"name": f"Kunde {name}"})
            for name in ("Anlagenbau", "Brunnenbau", "Containerdienst")
        ]

    def collected(self, amount=119.10, name="RE/2026/00042", partner=None, **values):
        """An invoice and the direct debit that collected it."""
        invoice = self.make_invoice(amount, name=name, partner=partner)
        values = {"end_to_end_id": f"E2E-{name[-5:]}", "iban": CUSTOMER_IBAN, **values}
        paid = self.pay(amount, f"Lastschrift {name}", **values)
        self.assertEqual((paid.state, invoice.payment_state), ("reconciled", "paid"))
        return invoice, paid

    def test_a_direct_debit_comes_back_with_a_fee(self):
        for charges, text in (
            (3.50, "Ruecklastschrift"),
            (None, "Ruecklastschrift Entgelt 3,50 EUR"),
        ):
            with self.subTest(text=text), self.forgotten():
                invoice, paid = self.collected()
                back = self.settled(
                    -122.60,
                    text,
                    "2026-01-20",
                    end_to_end_id="E2E-00042",
                    code=RETURNED,
                    return_reason="AC04",
                    charges=charges,
                )
                self.assert_entry(
                    back,
                    (self.receivable, self.partner_a, 119.10, 0),
                    (self.fees, self.partner_a, 3.50, 0),
                    says="bank's fee of 3.50\N{NO-BREAK SPACE}€",
                )
                self.assert_paid(invoice, state="not_paid", residual=119.10)
                self.assertEqual(paid.state, "reconciled")
                self.assert_undone(back)
                self.assert_paid(invoice)

    def test_what_was_paid_with_a_discount_comes_back(self):
        invoice = self.make_taxed(1000, name="RE/2026/00042", term=self.make_term())
        paid = self.pay(1166.20, "RE/2026/00042", iban=CUSTOMER_IBAN, end_to_end_id="E2E-00042")
        self.assertEqual((paid.state, invoice.payment_state), ("reconciled", "paid"))
        loss = self.company.account_journal_early_pay_discount_loss_account_id
        tax = paid.move_id.line_ids.filtered("tax_line_id").account_id
        back = self.settled(
            -1169.70,
            "Ruecklastschrift",
            "2026-01-20",
            end_to_end_id="E2E-00042",
            return_reason="AC04",
            charges=3.5,
        )
        self.assert_entry(
            back,
            (self.receivable, self.partner_a, 1190, 0),
            (loss, self.partner_a, -20, 0),
            (tax, self.partner_a, -3.80, 0),
            (self.fees, self.partner_a, 3.5, 0),
        )
        self.assert_paid(invoice, state="not_paid", residual=1190)
        self.assert_undone(back)

    def test_without_a_fee_told_by_the_account_and_the_number(self):
        invoice, _paid = self.collected(end_to_end_id=None)
        back = self.settled(
            -119.10, "RETOURE SEPA LASTSCHRIFT RE/2026/00042", "2026-01-20", iban=CUSTOMER_IBAN
        )
        self.assert_entry(back, (self.receivable, self.partner_a, 119.10, 0))
        self.assert_paid(invoice, state="not_paid", residual=119.10)
        self.assert_undone(back)

    def test_it_can_be_collected_once_more(self):
        invoice, _paid = self.collected()
        back = self.pay(-119.10, "Ruecklastschrift", "2026-01-20", end_to_end_id="E2E-00042")
        self.assertEqual((back.state, invoice.payment_state), ("reconciled", "not_paid"))
        again = self.settled(119.10, "RE/2026/00042", "2026-01-25", iban=CUSTOMER_IBAN)
        self.assert_paid(invoice)
        self.assert_undone(again)

    def test_the_original_is_not_known(self):
        invoice = self.make_invoice(119.10, kind="out_refund")
        back = self.pay(-119.10, "Ruecklastschrift", end_to_end_id="E2E-7", iban=CUSTOMER_IBAN)
        self.assertEqual(back.state, "processed")
        self.assert_paid(invoice, state="not_paid", residual=119.10)
        self.assertIn("came back", back.explanation)

    def test_a_transfer_of_ours_bounces(self):
        bill = self.make_bill(119.10, "ER-4711-26")
        paid = self.pay(-119.10, "ER-4711-26", iban=VENDOR_IBAN, end_to_end_id="OUT-77")
        self.assertEqual((paid.state, bill.payment_state), ("reconciled", "paid"))
        back = self.settled(
            119.10,
            "Rueckueberweisung Konto erloschen",
            "2026-01-14",
            end_to_end_id="OUT-77",
            code="PMNT-ICDT-RRTN",
            return_reason="AC04",
        )
        self.assert_entry(back, (self.payable, self.vendor, -119.10, 0))
        self.assert_paid(bill, state="not_paid", residual=119.10)
        self.assert_undone(back)

    def test_a_registered_payment_bounces(self):
        bill = self.make_bill(119.10, "ER-4711-26")
        payment = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=bill.ids)
            .create({"payment_date": "2026-01-08", "journal_id": self.journal.id})
            ._create_payments()
        )
        paid = self.pay(-119.10, "ER-4711-26", iban=VENDOR_IBAN, end_to_end_id=payment.name)
        self.assertTrue(payment.is_matched, paid.explanation)
        back = self.settled(
            119.10,
            "Rueckueberweisung",
            "2026-01-14",
            end_to_end_id=payment.name,
            return_reason="AC04",
        )
        self.assert_entry(back, (self.payable, self.vendor, -119.10, 0))
        self.assert_paid(bill, state="not_paid", residual=119.10)
        self.assert_undone(back)

    # ------------------------------------------------------------------
    # Collective bookings
    # ------------------------------------------------------------------

    def batch(self, date, details, amount=None, **values):
        """Let the bank book some payments in one, with their details."""
        total = amount or sum(detail.amount for detail in details)
        booked = transaction(date, total, **values)._replace(details=tuple(details))
        return self.receive(self.continued([booked])).transaction_ids

    def detail(self, amount, text, number, name=None, **values):
        return Detail(
            amount=Decimal(str(amount)),
            currency="EUR",
            remittance=text,
            end_to_end_id=f"E2E-{number}",
            counterparty=Counterparty(name=name),
            **values,
        )

    def three(self):
        """Three customers with an invoice each, and what the bank says of their payments."""
        amounts = (119.10, 80.55, 33.07)
        numbers = ("00042", "00043", "00044")
        invoices = [
            self.make_invoice(amount, name=f"RE/2026/{number}", partner=customer)
            for amount, number, customer in zip(amounts, numbers, self.customers, strict=True)
        ]
        details = [
            self.detail(amount, f"RE/2026/{number}", number, customer.name)
            for amount, number, customer in zip(amounts, numbers, self.customers, strict=True)
        ]
        return invoices, details

    def test_a_collective_credit_of_three_customers(self):
        invoices, details = self.three()
        paid = self.all_settled(lambda: self.batch("2026-01-10", details))
        self.assertEqual(paid.amount, 232.72)
        self.assert_entry(
            paid,
            (self.receivable, self.customers[0], -119.10, 0),
            (self.receivable, self.customers[1], -80.55, 0),
            (self.receivable, self.customers[2], -33.07, 0),
            says="RE/2026/00043",
        )
        self.assert_paid(*invoices)
        self.assert_undone(paid)

    def test_of_a_collective_credit_one_is_not_known(self):
        invoices, details = self.three()
        stranger = self.detail(55, "Danke", "00099", "Niemand Bekanntes")
        paid = self.batch("2026-01-10", [*details, stranger])
        self.assertEqual(paid.state, "processed")
        self.assertEqual(set(paid.suggestion_ids.item_ids.move_id), set(invoices))
        self.assertIn("1 of its 4", paid.explanation)

    def test_two_of_a_collective_debit_come_back_in_one(self):
        invoices, details = self.three()
        self.batch("2026-01-10", details)
        self.assert_paid(*invoices)
        came_back = [
            self.detail(-122.60, "Ruecklastschrift", "00042", charges=Decimal("3.5"),
                        return_reason="AC04", code=RETURNED),
            self.detail(-36.57, "Ruecklastschrift", "00044", charges=Decimal("3.5"),
                        return_reason="MD06", code=RETURNED),
        ]  # fmt: skip
        back = self.all_settled(lambda: self.batch("2026-01-20", came_back, code=RETURNED))
        self.assertEqual(back.amount, -159.17)
        found = sorted(
            (i.account_id.code, i.partner_id.name, i.balance, i.amount_residual)
            for i in back.move_id.line_ids
            if i.account_id == self.receivable
        )
        code = self.receivable.code
        self.assertEqual(
            found,
            [
                (code, self.customers[0].name, 119.10, 0),
                (code, self.customers[2].name, 33.07, 0),
            ],
        )
        fees = back.move_id.line_ids.filtered(lambda item: item.account_id == self.fees)
        self.assertEqual(round(sum(fees.mapped("balance")), 2), 7)
        self.assertNotIn(self.suspense, back.move_id.line_ids.account_id)
        self.assert_paid(invoices[1])
        self.assert_paid(invoices[0], state="not_paid", residual=119.10)
        self.assert_paid(invoices[2], state="not_paid", residual=33.07)
        self.assert_undone(back)

    def test_one_of_a_collective_debit_comes_back(self):
        invoices, details = self.three()
        self.batch("2026-01-10", details)
        back = self.settled(
            -84.05,
            "Ruecklastschrift",
            "2026-01-20",
            end_to_end_id="E2E-00043",
            return_reason="AC04",
            code=RETURNED,
            charges=3.5,
        )
        self.assert_entry(
            back,
            (self.receivable, self.customers[1], 80.55, 0),
            (self.fees, self.customers[1], 3.5, 0),
        )
        self.assert_paid(invoices[0], invoices[2])
        self.assert_paid(invoices[1], state="not_paid", residual=80.55)
        self.assert_undone(back)
