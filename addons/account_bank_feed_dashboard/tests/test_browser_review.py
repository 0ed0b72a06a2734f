from odoo.addons.account_bank_feed.tests.browser import BrowserCase
from odoo.addons.account_bank_feed_rule.tests.common import CUSTOMER_IBAN, RuleCase
from odoo.tests import tagged

DOUBTFUL = b"""date,amount,currency,account,remittance
2026-03-11,50,EUR,DE89370400440532013000,Donation
"""
"""Another file's words for a payment that is known already, or another payment."""


@tagged("post_install", "-at_install")
class TestBrowserReview(RuleCase, BrowserCase):
    """The review screen in a real browser, and what is in the ledger afterwards."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls.make_login("manager")
        cls.tax = cls.env["account.tax"].create(
            {
                "name": "Review 19 %",
                "amount": 19,
                "type_tax_use": "purchase",
                "company_id": cls.company.id,
                "country_id": cls.company.country_id.id,
            }
        )

    @classmethod
    def make_waiting(cls):
        """Twelve transactions that wait, of ten kinds; the newest is looked at first."""
        for number, amount in enumerate((200, 200, 310, 90, 500, 150, 80), start=2):
            cls.make_invoice(amount, name=f"RE/2026/{number:05}")
        cls.lost = cls.pay(33, "Lost line", "2026-03-09")
        cls.lost.statement_line_id.unlink()
        cls.known = cls.pay(50, "4711 XYZ", "2026-03-11")
        cls.alike = [
            cls.pay(-5.9, f"Entgelt {day}", f"2026-03-{day}", name="Hausbank")
            for day in (12, 13, 14)
        ]
        cls.advice = cls.pay(-119, "Beratung", "2026-03-15")
        cls.short = cls.pay(77, "regards", "2026-03-16")
        cls.part = cls.pay(120, "first instalment", "2026-03-17")
        cls.both = cls.pay(400, "for the goods", "2026-03-18")
        cls.second = cls.pay(200, "thanks", "2026-03-19", iban=CUSTOMER_IBAN)
        cls.named = cls.pay(143, "RE/2026/00007", "2026-03-20")
        cls.doubtful = cls.receive(name="donation.csv", content=DOUBTFUL).transaction_ids

    def invoice(self, number):
        return self.env["account.move"].search(
            [("name", "=", f"RE/2026/{number:05}"), ("company_id", "=", self.company.id)]
        )

    def booked(self, record):
        """Accounts and amounts of a transaction's journal items, but for the bank's."""
        bank = self.journal.default_account_id
        items = record.statement_line_id.move_id.line_ids.filtered(lambda i: i.account_id != bank)
        return sorted((item.account_id.code, item.balance) for item in items)

    def test_ten_exceptions_are_cleared_by_keyboard(self):
        self.make_waiting()
        self.assertEqual(self.doubtful.state, "quarantined")
        self.assertEqual(self.lost.state, "error")
        self.start_tour(
            "/odoo/bank-feed-review",
            "account_bank_feed_review_keyboard",
            login="bank_feed_manager",
        )
        self.env.invalidate_all()
        self.run_jobs()
        self.assert_documents()
        self.assert_entries()
        self.assert_answers()

    def assert_documents(self):
        left = {number: self.invoice(number).amount_residual for number in range(2, 9)}
        self.assertEqual(left, {2: 200, 3: 0, 4: 0, 5: 0, 6: 380, 7: 7, 8: 0})

    def assert_entries(self):
        receivable = self.open_items(self.invoice(2)).account_id.code
        self.assertEqual(self.booked(self.named), [(receivable, -143)])
        self.assertEqual(self.booked(self.second), [(receivable, -200)])
        self.assertEqual(self.booked(self.both), [(receivable, -400)])
        self.assertEqual(self.booked(self.part), [(receivable, -120)])
        self.assertEqual(self.booked(self.short), [(receivable, -80), ("4900", 3)])
        self.assertEqual(self.booked(self.advice), [("4950", 19), ("4950", 100)])
        for record in self.alike:
            self.assertEqual(self.booked(record), [("4970", 5.9)])

    def assert_answers(self):
        self.assertEqual(
            (self.doubtful.state, self.doubtful.duplicate_of_id.ids), ("processed", [])
        )
        self.assertEqual(self.lost.state, "processed")
        self.assertEqual(self.known.assigned_user_id, self.user)
        self.assertEqual(self.known.state, "processed")
        [undone] = self.trail("undo", self.named)
        self.assertIn("mistake", undone.reason)
        self.assertEqual(len(self.trail("match", self.named)), 2)

    def test_nothing_is_booked_unseen(self):
        for number, amount in ((1, 60), (2, 60), (3, 90), (4, 90), (5, 70)):
            self.make_invoice(amount, name=f"RE/2026/{number:05}")
        rival = self.pay(80, "rival", "2026-03-02")
        self.pay(70, "RE/2026/00005", "2026-03-03", iban=CUSTOMER_IBAN)
        advice = self.pay(-119, "Beratung", "2026-03-15")
        twice = self.pay(70, "RE/2026/00005", "2026-03-16", iban=CUSTOMER_IBAN)
        late = self.pay(90, "late", "2026-03-17")
        early = self.pay(90, "early", "2026-03-18")
        unlikely = self.pay(60, "for you", "2026-03-19", iban=CUSTOMER_IBAN)
        unlikely.sudo().suggestion_ids.score = 27
        self.start_tour(
            "/odoo/bank-feed-review", "account_bank_feed_review_unseen", login="bank_feed_manager"
        )
        self.env.invalidate_all()
        self.assertEqual(
            [t.state for t in (rival, advice, twice, late, early, unlikely)],
            ["reconciled", "processed", "reconciled", "processed", "reconciled", "reconciled"],
        )
        receivable = self.partner_a.property_account_receivable_id
        credit = twice.move_id.line_ids.filtered(lambda item: item.account_id == receivable)
        self.assertEqual(
            (credit.amount_residual, credit.partner_id, credit.reconciled),
            (-70, self.partner_a, False),
        )

    def test_what_goes_wrong_comes_back_and_a_rule_is_made(self):
        for number, amount in ((2, 200), (3, 200), (5, 90), (7, 150)):
            self.make_invoice(amount, name=f"RE/2026/{number:05}")
        rival = self.pay(150, "rival", "2026-03-02")
        advice = self.pay(-119, "Beratung", "2026-03-15")
        ticked = self.pay(200, "thanks", "2026-03-17", iban=CUSTOMER_IBAN)
        clash = self.pay(143, "RE/2026/00007", "2026-03-19")
        over = self.pay(95, "too much", "2026-03-20")
        self.start_tour(
            "/odoo/bank-feed-review",
            "account_bank_feed_review_troubles",
            login="bank_feed_manager",
        )
        self.env.invalidate_all()
        self.assertEqual(
            [t.state for t in (rival, advice, ticked, clash, over)],
            ["reconciled", "processed", "reconciled", "processed", "reconciled"],
        )
        self.assertEqual(self.invoice(5).payment_state, "paid")
        left_open = self.partner_a.property_account_receivable_id
        rest = over.move_id.line_ids.filtered(
            lambda i: i.account_id == left_open and not i.reconciled
        )
        self.assertEqual((rest.balance, rest.partner_id), (-5, self.partner_a))
        rule = self.env["bank.feed.rule"].with_context(active_test=False)
        rule = rule.search([("company_id", "=", self.company.id), ("name", "=", "Beratung")])
        self.assertEqual(rule.line_ids.account_id.code, "4950")
        self.assertFalse(rule.active, "it is tried on past transactions first")
