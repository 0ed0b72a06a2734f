from odoo.addons.account_bank_feed.tests.common import make_iban, statement, transaction
from odoo.tests import tagged
from odoo.tools import format_amount

from ..language import language_of
from .common import CUSTOMER_IBAN, VENDOR_IBAN, RuleCase

REFERENCE = "RF18539007547034"


@tagged("post_install", "-at_install")
class TestCandidates(RuleCase):
    """Which open item a payment settles, and what its entry looks like afterwards."""

    def assert_settles(self, paid, document, account=None):
        """Bank against the document's own item, on its account, with its partner, to the cent."""
        self.assertEqual(paid.state, "reconciled", paid.explanation)
        item = self.open_items(document)
        self.assertEqual(paid.matched_item_ids, item)
        self.assertEqual((item.amount_residual, item.amount_residual_currency), (0, 0))
        self.assertEqual(document.payment_state, "paid")
        bank = self.journal.default_account_id
        partner = document.commercial_partner_id.name
        self.assertEqual(
            self.entry(paid),
            sorted(
                [
                    (bank.code, partner, paid.amount, paid.amount),
                    (item.account_id.code, partner, -paid.amount, 0),
                ]
            ),
        )

    def assert_waits(self, paid, *suggested):
        """On suspense, with these documents offered in this order."""
        self.assertEqual(paid.state, "processed")
        self.assertFalse(paid.matched_item_ids or paid.counterpart_account_id)
        self.assertEqual(paid.suggestion_ids.item_id.move_id.ids, [d.id for d in suggested])
        accounts = self.journal.default_account_id | self.journal.suspense_account_id
        self.assertEqual(paid.statement_line_ids.line_ids.account_id, accounts)

    # ------------------------------------------------------------------
    # Documents of every kind
    # ------------------------------------------------------------------

    def test_amounts_are_written_as_on_all_screens(self):
        self.make_invoice(1190, name="RE/2026/00042")
        paid = self.pay(1190, "RE/2026/00042")
        amount = paid.currency_id.format(1190)
        self.assertIn(f"the amount of {amount} is just what is open", paid.explanation)

    def test_amounts_of_all_signs_and_currencies_are_written_so(self):
        self.env["res.lang"]._activate_lang("de_DE")
        for code in ("en_US", "de_DE"):
            language = language_of(self.env(context={"lang": code}))
            for name in ("EUR", "USD", "JPY"):
                currency = self.env.ref(f"base.{name}")
                for number in ("0", "-12.5", "1234567.89", "1000", "-0.01", "0.01"):
                    usual = format_amount(self.env, float(number), currency, lang_code=code)
                    self.assertEqual(language.money(number, name), usual)
        self.assertEqual(language.money("1.50", "no such"), "1,50 no such")

    def test_amounts_are_grouped_as_the_language_does_it(self):
        lang = self.env["res.lang"]._activate_lang("de_DE")
        euro = self.env.ref("base.EUR")
        for grouping in ("[3,0]", "[3,2,0]"):
            for separator in (".", "\u202f", False):
                lang.write({"grouping": grouping, "thousands_sep": separator})
                self.env.cr.cache.pop("bank_feed_languages", None)
                language = language_of(self.env(context={"lang": "de_DE"}))
                for number in ("1.5", "999.99", "1000", "1234567.89", "-12345678.9"):
                    usual = format_amount(self.env, float(number), euro, lang_code="de_DE")
                    self.assertEqual(language.money(number, "EUR"), usual)

    def test_what_was_mistyped_is_not_called_unnamed(self):
        self.make_invoice(119, name="RE/2026/04711")
        paid = self.pay(119, "RE/2026/04171", iban=CUSTOMER_IBAN)
        said = " ".join([paid.explanation, *paid.suggestion_ids.mapped("explanation")])
        self.assertIn("it writes", said)
        self.assertNotIn("it names none", said)

    def test_an_invoice_is_paid_by_money_in(self):
        self.assertTrue(self.audit_trail_is_on())
        invoice = self.make_invoice(119, name="RE/2026/00042")
        self.assert_settles(self.pay(119, "RE 2026/00042"), invoice)

    def test_a_bill_is_paid_by_money_out_that_quotes_the_vendors_number(self):
        bill = self.make_invoice(80, kind="in_invoice", partner=self.vendor)
        bill.ref = "V-4711"
        self.assert_settles(self.pay(-80, "Rechnung V-4711"), bill)

    def test_a_customers_refund_is_paid_by_money_out(self):
        refund = self.make_invoice(30, name="RRE/2026/00007", kind="out_refund")
        self.assert_settles(self.pay(-30, "Gutschrift RRE/2026/00007"), refund)

    def test_a_vendors_refund_is_paid_by_money_in(self):
        refund = self.make_invoice(30, kind="in_refund", partner=self.vendor)
        refund.ref = "G-0815"
        self.assert_settles(self.pay(30, "Gutschrift G-0815"), refund)

    def test_money_in_the_wrong_direction_settles_nothing(self):
        self.make_invoice(30, name="RE/2026/00001")
        refund = self.make_invoice(30, kind="in_refund", partner=self.vendor)
        refund.ref = "G-0815"
        for text in ("RE/2026/00001", "G-0815"):
            paid = self.pay(-30, text)
            self.assert_waits(paid)
            self.assertIn("money must flow the other way", paid.explanation)

    def test_invoice_and_refund_of_one_number_are_told_apart_by_direction(self):
        invoice = self.make_invoice(30, name="RE/2026/00001")
        bill = self.make_invoice(30, kind="in_invoice", partner=self.vendor)
        bill.ref = "RE/2026/00001"
        self.assert_settles(self.pay(-30, "RE/2026/00001"), bill)
        self.assert_settles(self.pay(30, "RE/2026/00001"), invoice)

    def test_a_manual_entry_on_a_receivable_account_is_an_open_item(self):
        entry = self.make_entry(90, self.partner_a, ref="OPENING-4711")
        paid = self.pay(90, "OPENING-4711")
        self.assertEqual(paid.state, "reconciled", paid.explanation)
        self.assertFalse(self.open_items(entry).amount_residual)

    def make_entry(self, amount, partner, **values):
        """A journal entry by hand, by which the partner owes the amount."""
        receivable = self.company_data["default_account_receivable"]
        owed = {"account_id": receivable.id, "partner_id": partner.id, "debit": amount}
        other = {"account_id": self.expense.id, "credit": amount}
        values = {"date": "2026-01-05", "line_ids": [(0, 0, owed), (0, 0, other)], **values}
        entry = self.env["account.move"].create(values)
        entry.action_post()
        return entry

    def test_an_instalment_is_told_by_its_amount(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "30/70",
                "line_ids": [
                    (0, 0, {"value": "percent", "value_amount": 30, "nb_days": 0}),
                    (0, 0, {"value": "percent", "value_amount": 70, "nb_days": 30}),
                ],
            }
        )
        invoice = self.make_invoice(100, name="RE/2026/00001")
        invoice.button_draft()
        invoice.invoice_payment_term_id = term
        invoice.action_post()
        paid = self.pay(70, "RE/2026/00001")
        self.assertEqual(paid.state, "reconciled", paid.explanation)
        self.assertEqual((invoice.amount_residual, invoice.payment_state), (30, "partial"))
        self.assertEqual(paid.matched_item_ids.date_maturity.isoformat(), "2026-02-04")

    # ------------------------------------------------------------------
    # References
    # ------------------------------------------------------------------

    def with_reference(self, reference=REFERENCE):
        invoice = self.make_invoice(75, name="RE/2026/00001")
        invoice.payment_reference = reference
        return invoice

    def test_the_structured_reference_names_the_invoice(self):
        invoice = self.with_reference()
        paid = self.pay(75, reference="RF18 5390 0754 7034")
        self.assert_settles(paid, invoice)
        self.assertIn("structured reference", paid.explanation)

    def test_the_structured_reference_is_found_in_the_text(self):
        invoice = self.with_reference()
        self.assert_settles(self.pay(75, "Danke. RF18 5390 0754 7034"), invoice)

    def test_a_reference_with_wrong_check_digits_names_nothing(self):
        self.with_reference()
        self.assert_waits(self.pay(75, reference="RF19 5390 0754 7034"))

    def test_the_end_to_end_id_names_the_invoice(self):
        invoice = self.with_reference(False)
        paid = self.pay(75, "Danke", end_to_end_id="RE-2026-00001")
        self.assert_settles(paid, invoice)
        self.assertIn("end-to-end id", paid.explanation)

    def test_a_reference_that_contradicts_the_text_is_left_to_a_person(self):
        quoted = self.make_invoice(75, name="RE/2026/00001")
        other = self.make_invoice(75, name="RE/2026/00002")
        paid = self.pay(75, "RE/2026/00001", end_to_end_id="RE/2026/00002")
        self.assert_waits(paid, other, quoted)
        self.assertIn("it quotes RE/2026/00001 as well", paid.explanation)

    def test_a_text_that_names_two_invoices_pays_both(self):
        one = self.make_invoice(75, name="RE/2026/00001")
        two = self.make_invoice(25, name="RE/2026/00002")
        paid = self.pay(100, "RE/2026/00001 und RE/2026/00002")
        self.assertEqual(paid.state, "reconciled", paid.explanation)
        self.assertEqual(paid.matched_item_ids, self.open_items(one) | self.open_items(two))
        self.assertEqual((one | two).mapped("payment_state"), ["paid", "paid"])
        self.assertIn("together are just the amount", paid.explanation)

    def test_a_text_that_names_what_is_not_open_speaks_against_the_account(self):
        invoice = self.make_invoice(75, name="RE/2026/00001")
        paid = self.pay(75, "RE/2026/00099", iban=CUSTOMER_IBAN)
        self.assert_waits(paid, invoice)
        self.assertIn("which is not open", paid.explanation)

    # ------------------------------------------------------------------
    # Partners and their accounts
    # ------------------------------------------------------------------

    def test_an_account_of_a_contact_is_one_of_its_company(self):
        contact = self.env["res.partner"].create({"name": "Buying", "parent_id": self.partner_a.id})
        self.env["res.partner.bank"].create({"acc_number": make_iban(41), "partner_id": contact.id})
        invoice = self.make_invoice(75, name="RE/2026/00001")
        paid = self.pay(75, "Danke", iban=make_iban(41))
        self.assert_settles(paid, invoice)
        self.assertEqual(paid.partner_id, self.partner_a)

    def test_an_item_of_a_contact_is_one_of_its_company(self):
        contact = self.env["res.partner"].create({"name": "Buying", "parent_id": self.partner_a.id})
        entry = self.make_entry(90, contact)
        self.assertEqual(self.open_items(entry).partner_id, contact)
        paid = self.pay(90, "Danke", iban=CUSTOMER_IBAN)
        self.assertEqual(paid.state, "reconciled", paid.explanation)

    def test_the_invoice_of_a_contact_is_paid_from_the_companys_account(self):
        contact = self.env["res.partner"].create({"name": "Buying", "parent_id": self.partner_a.id})
        invoice = self.make_invoice(75, name="RE/2026/00001", partner=contact)
        self.assert_settles(self.pay(75, "Danke", iban=CUSTOMER_IBAN), invoice)

    def test_a_payment_from_another_partners_account_is_not_posted(self):
        invoice = self.make_invoice(75, name="RE/2026/00001")
        paid = self.pay(75, "RE/2026/00001", iban=VENDOR_IBAN)
        self.assert_waits(paid, invoice)
        self.assertIn("but it is Vendor who paid", paid.explanation)
        self.assertEqual(paid.partner_id, self.vendor)

    def test_an_account_of_two_partners_names_neither(self):
        self.env["res.partner.bank"].create(
            {"acc_number": CUSTOMER_IBAN, "partner_id": self.vendor.id}
        )
        theirs = self.make_invoice(75, name="RE/2026/00001")
        others = self.make_invoice(75, name="RE/2026/00002", partner=self.vendor)
        paid = self.pay(75, "Danke", iban=CUSTOMER_IBAN)
        self.assert_waits(paid, theirs, others)
        self.assertFalse(paid.partner_id)

    def test_the_partner_of_an_unmatched_payment_is_told_by_its_account(self):
        paid = self.pay(1, "Danke", iban=CUSTOMER_IBAN)
        self.assert_waits(paid)
        self.assertEqual(paid.statement_line_ids.partner_id, self.partner_a)

    # ------------------------------------------------------------------
    # Currencies and companies
    # ------------------------------------------------------------------

    def test_an_item_in_another_currency_needs_about_its_worth(self):
        invoice, _dollar = self.in_dollars(100, "RE/2026/00001")
        with self.forgotten():
            paid = self.pay(100, "RE/2026/00001", iban=CUSTOMER_IBAN)
            self.assert_waits(paid, invoice)
            self.assertIn("the item is in USD", paid.explanation)
        paid = self.pay(81, "RE/2026/00001", iban=CUSTOMER_IBAN)
        self.assertEqual(paid.state, "reconciled", paid.explanation)
        item = self.open_items(invoice)
        self.assertEqual((item.amount_residual, item.amount_residual_currency), (0, 0))
        self.assertEqual(abs(item.matched_credit_ids.exchange_move_id.line_ids[0].balance), 1)
        self.assertEqual(self.ledger_balance(item.account_id), 0)

    def test_a_dollar_journal_pays_a_dollar_invoice_exactly(self):
        invoice, dollar = self.in_dollars(100, "RE/2026/00001")
        journal = self.make_journal(make_iban(51), "BNKD", currency=dollar)
        self.set_rate(dollar, "2026-01-08", 1.6)
        said = transaction("2026-01-10", "100.00", "RE/2026/00001", currency="USD")
        paid = self.receive(
            statement([said], iban=journal.bank_acc_number, currency="USD")
        ).transaction_ids
        self.assertEqual(paid.state, "reconciled", paid.explanation)
        item = self.open_items(invoice)
        self.assertEqual((item.amount_residual, item.amount_residual_currency), (0, 0))
        self.assertEqual(invoice.payment_state, "paid")
        lines = paid.statement_line_ids.line_ids
        self.assertEqual(sorted(lines.mapped("amount_currency")), [-100, 100])
        self.assertEqual(sorted(lines.mapped("balance")), [-62.5, 62.5])
        exchange = item.matched_credit_ids.exchange_move_id
        self.assertEqual(abs(exchange.line_ids[0].balance), 17.5)
        self.assertEqual(self.ledger_balance(item.account_id), 0)

    def test_items_of_another_company_are_no_candidates(self):
        other = self.setup_other_company()
        invoice = (
            self.env["account.move"]
            .with_company(other["company"])
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.partner_a.id,
                    "invoice_date": "2026-01-05",
                    "name": "RE/2026/00001",
                    "company_id": other["company"].id,
                    "invoice_line_ids": [
                        (0, 0, {"name": "Goods", "quantity": 1, "price_unit": 75, "tax_ids": []})
                    ],
                }
            )
        )
        invoice.action_post()
        paid = self.pay(75, "RE/2026/00001", iban=CUSTOMER_IBAN)
        self.assert_waits(paid)
        self.assertEqual(invoice.payment_state, "not_paid")

    def test_draft_and_cancelled_documents_are_no_candidates(self):
        draft = self.make_invoice(75, name="RE/2026/00001")
        draft.button_draft()
        gone = self.make_invoice(75, name="RE/2026/00002")
        gone.button_draft()
        gone.button_cancel()
        self.assert_waits(self.pay(75, "RE/2026/00001"))
        self.assert_waits(self.pay(75, "RE/2026/00002"))

    def test_a_write_off_is_booked_to_its_account_and_nothing_else(self):
        self.make_rule(("text", "contains", "Kontoführung"))
        fee = self.pay("-4.90", "Kontoführung")
        self.assertEqual(fee.state, "reconciled")
        bank = self.journal.default_account_id
        items = [(bank.code, False, -4.9, -4.9), (self.expense.code, False, 4.9, 0)]
        self.assertEqual(self.entry(fee), sorted(items))
        self.assertFalse(fee.matched_item_ids or fee.suggestion_ids)
