from odoo.addons.account_bank_feed.tests.common import make_iban, transaction
from odoo.tests import tagged

from .common import CUSTOMER_IBAN
from .scenario_case import ScenarioCase


@tagged("post_install", "-at_install")
class TestScenarioCurrency(ScenarioCase):
    """Invoices in dollars, booked at 1.25 for a euro; the bank takes another rate."""

    def exchange(self, row):
        """What the rate differences of its matches come to."""
        items = row.move_id.line_ids
        moves = (items.matched_debit_ids | items.matched_credit_ids).exchange_move_id
        accounts = (
            self.company.income_currency_exchange_account_id
            | self.company.expense_currency_exchange_account_id
        )
        return sum(moves.line_ids.filtered(lambda i: i.account_id in accounts).mapped("balance"))

    def test_the_original_amount_is_known(self):
        invoice, dollar = self.in_dollars(100, "RE/2026/00042")
        paid = self.settled(
            82, "RE/2026/00042", iban=CUSTOMER_IBAN, original_amount=100, original_currency="USD"
        )
        self.assert_entry(
            paid, (self.receivable, self.partner_a, -82, 0), says="$\N{NO-BREAK SPACE}100.00"
        )
        self.assertEqual(paid.statement_line_id.foreign_currency_id, dollar)
        self.assertEqual(self.exchange(paid), -2)
        self.assertEqual(self.open_items(invoice).amount_residual, 0)
        self.assert_paid(invoice)
        self.assert_undone(paid)

    def test_the_original_amount_of_two_invoices(self):
        one, _dollar = self.in_dollars(100, "RE/2026/00042")
        two = one.copy({"invoice_date": "2026-01-05", "name": "RE/2026/00043"})
        two.invoice_line_ids.price_unit = 50
        two.action_post()
        paid = self.settled(
            123,
            "RE/2026/00042 RE/2026/00043",
            iban=CUSTOMER_IBAN,
            original_amount=150,
            original_currency="USD",
        )
        self.assert_entry(
            paid,
            (self.receivable, self.partner_a, -82, 0),
            (self.receivable, self.partner_a, -41, 0),
        )
        self.assertEqual(self.exchange(paid), -3)
        self.assert_paid(one, two)
        self.assert_undone(paid)

    def test_the_original_amount_and_the_name(self):
        invoice, _dollar = self.in_dollars(357.03, "RE/2026/00042")
        paid = self.settled(
            292.76, "Thanks", iban=CUSTOMER_IBAN, original_amount=357.03, original_currency="USD"
        )
        self.assert_paid(invoice)
        self.assertEqual(self.open_items(invoice).amount_residual, 0)
        self.assert_undone(paid)

    def test_only_the_euros_are_known(self):
        invoice, _dollar = self.in_dollars(100, "RE/2026/00042")
        paid = self.settled(78.5, "RE/2026/00042", iban=CUSTOMER_IBAN)
        self.assert_entry(
            paid, (self.receivable, self.partner_a, -78.5, 0), says="about the amount open in USD"
        )
        line = paid.move_id.line_ids.filtered(lambda item: item.account_id == self.receivable)
        self.assertEqual((line.currency_id.name, line.amount_currency), ("USD", -100))
        self.assertEqual(self.exchange(paid), 1.5)
        self.assert_paid(invoice)
        self.assert_undone(paid)

    def test_far_from_the_amount_a_person_decides(self):
        invoice, _dollar = self.in_dollars(100, "RE/2026/00042")
        paid = self.pay(70, "RE/2026/00042", iban=CUSTOMER_IBAN)
        self.assert_waits(paid, invoice, says="USD")

    def in_a_dollar_journal(self, dollar):
        """Lets a bank account in dollars, of which 1.60 are a euro now, report a payment."""
        journal = self.make_journal(make_iban(51), "BNKD", currency=dollar)
        self.set_rate(dollar, "2026-01-08", 1.6)

        def act(amount, text):
            said = transaction("2026-01-10", amount, text, currency="USD", iban=CUSTOMER_IBAN)
            options = {"iban": journal.bank_acc_number, "currency": "USD"}
            return self.receive(self.continued([said], journal, **options)).transaction_ids

        return act

    def test_a_journal_in_dollars(self):
        invoice, dollar = self.in_dollars(100, "RE/2026/00042")
        act = self.in_a_dollar_journal(dollar)
        paid = self.all_settled(lambda: act(100, "RE/2026/00042"))
        self.assert_entry(paid, (self.receivable, self.partner_a, -62.5, 0))
        self.assertEqual(self.exchange(paid), 17.5)
        self.assertEqual(self.open_items(invoice).amount_residual, 0)
        self.assert_paid(invoice)
        self.assert_undone(paid)

    def test_a_euro_invoice_in_a_journal_in_dollars_is_accepted_in_whole(self):
        invoice = self.make_invoice(80, name="RE/2026/00043")
        _other, dollar = self.in_dollars(100, "RE/2026/00042")
        paid = self.in_a_dollar_journal(dollar)(128, "RE/2026/00043")
        self.assertEqual(paid.suggestion_ids[0].item_ids, self.open_items(invoice))
        self.accepted(paid)
        self.assert_entry(paid, (self.receivable, self.partner_a, -80, 0))
        self.assert_paid(invoice)
        self.assert_undone(paid)
