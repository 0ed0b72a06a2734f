from odoo.addons.account_bank_feed_rule.tests.common import RuleCase
from odoo.tests import tagged

IBAN = "DE02100500000054540402"


@tagged("post_install", "-at_install")
class TestReviewFind(RuleCase):
    """What a person finds while deciding."""

    def found(self, paid, text="", **options):
        return [item["name"] for item in paid.review_search(text, **options)]

    def test_items_are_found_by_number_reference_name_and_amount(self):
        self.make_invoice(1234.5, name="RE/2026/00001")
        self.make_invoice(70, name="RE/2026/00002", partner=self.vendor)
        bill = self.make_invoice(80, kind="in_invoice", partner=self.vendor)
        bill.ref = "V-4711"
        paid = self.pay(10, "Thank you")
        for text, names in {
            "00001": ["RE/2026/00001"],
            "1.234,50": ["RE/2026/00001"],
            "1234.50": ["RE/2026/00001"],
            "70": ["RE/2026/00002"],
            "4711": [bill.name],
            f"re {self.vendor.name}": ["RE/2026/00002"],
            "nothing of the kind": [],
        }.items():
            self.assertEqual(self.found(paid, text), names, text)

    def test_what_fits_comes_first_and_is_marked(self):
        self.make_invoice(50, name="RE/2026/00001", date="2026-01-02")
        self.make_invoice(60, name="RE/2026/00002", date="2026-01-03")
        self.make_invoice(60, name="RE/2026/00003", date="2026-01-04", partner=self.vendor)
        paid = self.pay(60, "Thank you")
        items = paid.review_search("RE/2026")
        self.assertEqual(
            [(item["name"], item["fits"]) for item in items],
            [("RE/2026/00002", True), ("RE/2026/00003", True), ("RE/2026/00001", False)],
        )
        self.assertEqual(len(paid.review_search("RE/2026", limit=2)), 2)

    def test_settled_and_draft_documents_are_not_found(self):
        self.make_invoice(50, name="RE/2026/00001")
        self.pay(50, "RE/2026/00001", name=self.partner_a.name)
        draft = self.make_invoice(51, name="RE/2026/00002")
        draft.button_draft()
        self.assertEqual(self.found(self.pay(10, "Thank you"), "RE/2026"), [])

    def test_accounts_are_found_by_code_and_name_but_not_the_banks_own(self):
        paid = self.pay(-10, "Thank you")
        found = [one["id"] for one in paid.review_accounts(self.expense.code)]
        self.assertEqual(found[0], self.expense.id)
        suspense = self.journal.suspense_account_id
        self.assertNotIn(suspense.id, [one["id"] for one in paid.review_accounts(suspense.code)])

    def test_accounts_used_for_the_counterparty_come_first(self):
        revenue = self.company_data["default_account_revenue"]
        for number in (1, 2):
            before = self.pay(-10, f"Abo {number}", iban=IBAN)
            before.review_accept({"parts": [{"account_id": revenue.id, "amount": -10}]})
        paid = self.pay(-10, "Abo 3", iban=IBAN)
        [used] = paid.review_accounts()
        self.assertEqual((used["id"], used["used"]), (revenue.id, 2))

    def make_account(self, code, name):
        return self.env["account.account"].create(
            {
                "code": code,
                "name": name,
                "account_type": "expense",
                "company_ids": [(6, 0, self.company.ids)],
            }
        )

    def book(self, account, times):
        for number in range(times):
            paid = self.pay(-10, f"{account.name} {number}")
            paid.review_accept({"parts": [{"account_id": account.id, "amount": -10}]})

    def test_with_nothing_typed_the_accounts_used_most_come_first(self):
        rent, post = self.make_account("987601", "Rent"), self.make_account("987602", "Post")
        self.book(post, 2)
        self.book(rent, 1)
        found = [one["id"] for one in self.pay(-10, "Something").review_accounts()]
        self.assertEqual(found[:2], [post.id, rent.id])

    def test_a_rest_is_a_discount_or_a_difference_first(self):
        self.book(self.make_account("987601", "Rent"), 2)
        discount = self.make_account("987602", "Discounts")
        self.company.account_journal_early_pay_discount_loss_account_id = discount
        paid = self.pay(98, "Invoice less 2 %")
        self.assertNotEqual(paid.review_accounts()[0]["id"], discount.id)
        self.assertEqual(paid.review_accounts("", 5, -2)[0]["id"], discount.id)
        self.assertNotEqual(paid.review_accounts("", 5, 2)[0]["id"], discount.id)

    def test_accounts_are_ranked_by_code_then_name_then_use(self):
        within = self.make_account("987601", "Other 9876 things")
        named = self.make_account("55501", "9876 things")
        contains = self.make_account("55502", "All 9876 things")
        used = self.make_account("987699", "Used")
        self.book(used, 1)
        found = [one["id"] for one in self.pay(-10, "Something").review_accounts("9876")]
        self.assertEqual(found, [used.id, within.id, named.id, contains.id])

    def test_taxes_of_the_direction_come_first(self):
        paid = self.pay(-10, "Thank you")
        taxes = self.env["account.tax"].browse(one["id"] for one in paid.review_taxes("19"))
        self.assertEqual(taxes[0].type_tax_use, "purchase")
        self.assertEqual(taxes.company_id, self.company)

    def test_look_alikes_are_those_of_one_counterparty_in_one_direction(self):
        first = self.pay(-10, "Abo 1", iban=IBAN)
        second = self.pay(-12, "Anderes 2", iban=IBAN)
        self.pay(12, "Gutschrift", iban=IBAN)
        self.pay(-12, "Abo 1")
        self.pay(-12, "Steuer", iban=IBAN, name="Finanzamt")
        self.assertEqual(first.review_alike()["ids"], second.ids)

    def test_without_an_account_name_and_wording_decide(self):
        first = self.pay(-10, "Entgelt 01/2026", name="Bank")
        second = self.pay(-11, "Entgelt 02/2026", name="BANK")
        self.pay(-11, "Zinsen 02/2026", name="Bank")
        self.pay(-11, "Entgelt 02/2026", name="Other")
        self.assertEqual(first.review_alike()["ids"], second.ids)
