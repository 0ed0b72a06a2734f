from odoo import Command
from odoo.tests import tagged

from .common import CUSTOMER_IBAN
from .scenario_case import ScenarioCase


@tagged("post_install", "-at_install")
class TestScenarioRules(ScenarioCase):
    """What a rule books: accounts, taxes, analytics and shares; and what it leaves."""

    def setUp(self):
        super().setUp()
        self.purchase_tax = self.company.account_purchase_tax_id
        lines = self.purchase_tax.invoice_repartition_line_ids
        self.input_tax = lines.filtered(lambda line: line.repartition_type == "tax").account_id
        plan = self.env["account.analytic.plan"].create({"name": "Shops"})
        self.shops = self.env["account.analytic.account"].create(
            [
                {"name": name, "plan_id": plan.id, "company_id": self.company.id}
                for name in ("North", "South")
            ]
        )
        self.other = self.make_account("490098")

    def booked(self, amount, text, *lines, **values):
        """A rule books it by itself."""
        self.make_rule(
            ("text", "contains", text.split()[0]),
            sequence=20,
            line_ids=[Command.create(line) for line in lines],
            **values,
        )
        self.before = self.picture()
        row = self.pay(amount, text)
        self.assertEqual(row.state, "reconciled", row.explanation)
        return row

    def tags(self, move):
        """What an entry brings into each box of the tax report."""
        sums = {}
        for line in move.line_ids:
            sign = -1 if "tax_tag_invert" in line._fields and line.tax_tag_invert else 1
            for tag in line.tax_tag_ids:
                name, negate = tag.name.strip("+-"), -1 if tag.name.startswith("-") else 1
                sums[name] = round(sums.get(name, 0) + sign * negate * line.balance, 2)
        return sums

    def test_tax_and_analytics(self):
        shop = {str(self.shops[0].id): 100}
        line = {
            "account_id": self.expense.id,
            "tax_ids": [Command.set(self.purchase_tax.ids)],
            "analytic_distribution": shop,
            "partner_id": self.vendor.id,
            "label": "Rent of the shop",
        }
        row = self.booked(-1190, "Miete Januar", line)
        self.assert_entry(
            row,
            (self.expense, self.vendor, 1000, 0),
            (self.input_tax, self.vendor, 190, 0),
            says="Miete",
        )
        net = row.move_id.line_ids.filtered(lambda item: item.account_id == self.expense)
        self.assertEqual((net.tax_ids, net.name), (self.purchase_tax, "Rent of the shop"))
        self.assertEqual(net.analytic_distribution, shop)
        self.assertEqual(net.analytic_line_ids.mapped("amount"), [-1000])
        bill = self.make_taxed(1000, kind="in_invoice")
        self.assertEqual(self.tags(row.move_id), self.tags(bill))
        bill.button_draft()
        self.before["moves"][bill.id] = ("draft", bill.payment_state)
        self.assert_undone(row)
        self.assertFalse(self.env["account.analytic.line"].search(
            [("account_id", "in", self.shops.ids)]
        ))  # fmt: skip

    def test_a_split_by_percentage_and_fixed_amount(self):
        row = self.booked(
            -100.01,
            "Telefon 4711",
            {"account_id": self.expense.id, "share": "percent", "value": 33.33,
             "analytic_distribution": {str(self.shops[0].id): 100}},
            {"account_id": self.other.id, "share": "fixed", "value": 10},
            {"account_id": self.expense.id, "share": "rest",
             "analytic_distribution": {str(self.shops[1].id): 100}},
        )  # fmt: skip
        self.assert_entry(
            row, (self.expense, None, 33.33, 0), (self.other, None, 10, 0),
            (self.expense, None, 56.68, 0),
        )  # fmt: skip
        self.assert_undone(row)

    def test_a_split_with_tax_keeps_every_cent(self):
        tax = [Command.set(self.purchase_tax.ids)]
        row = self.booked(
            -33.33,
            "Leasing 4711",
            {"account_id": self.expense.id, "share": "percent", "value": 50, "tax_ids": tax},
            {"account_id": self.other.id, "share": "rest", "tax_ids": tax},
        )
        lines = row.move_id.line_ids
        self.assertEqual(round(sum((lines - self._bank_item(row)).mapped("balance")), 2), 33.33)
        self.assertEqual(set(lines.mapped("amount_residual")) - {-33.33}, {0})
        self.assert_undone(row)

    def test_the_account_has_a_tax_of_its_own(self):
        """A default tax of the account is no tax of the rule."""
        account = self.make_account("490097")
        account.tax_ids = self.purchase_tax
        row = self.booked(-119, "Gebuehr", {"account_id": account.id})
        self.assert_entry(row, (account, None, 119, 0))
        self.assertFalse(row.move_id.line_ids.tax_ids)
        self.assert_undone(row)

    def test_a_fee_that_the_text_tells_is_taken_off(self):
        sales = self.company_data["default_account_revenue"]
        row = self.booked(
            97.10,
            "Marktplatz Auszahlung 100,00 Gebuehr 2,90",
            {"account_id": self.expense.id, "share": "captured", "deducted": True,
             "pattern": r"Gebuehr ([\d.,]{1,12})", "label": "Fee"},
            {"account_id": sales.id, "share": "rest"},
        )  # fmt: skip
        self.assert_entry(row, (self.expense, None, 2.90, 0), (sales, None, -100, 0))
        self.assert_undone(row)

    def test_a_fee_with_a_captured_part_of_its_own(self):
        row = self.booked(
            -14.90,
            "Kontoabschluss Porto 2,40",
            {"account_id": self.other.id, "share": "captured", "pattern": r"Porto ([\d.,]{1,12})"},
            {"account_id": self.expense.id, "share": "rest"},
        )
        self.assert_entry(row, (self.other, None, 2.40, 0), (self.expense, None, 12.50, 0))
        self.assert_undone(row)

    def test_the_usual_rule_for_fees(self):
        rules, _missing = self.env["bank.feed.rule"]._install_usual_rules(self.company)
        rules.active = True
        self.before = self.picture()
        row = self.pay("-14.90", "Kontoführungsentgelt Januar", code="NCHG+805")
        fees = self.company._bank_feed_account("fee")
        self.assertEqual(row.state, "reconciled", row.explanation)
        self.assert_entry(row, (fees, None, 14.90, 0))
        self.assert_undone(row)

    def test_a_captured_number_that_is_missing_waits(self):
        self.make_rule(
            ("text", "contains", "Auszahlung"),
            sequence=20,
            line_ids=[
                Command.create({"account_id": self.expense.id, "share": "captured",
                                "pattern": r"Gebuehr ([\d.,]{1,12})"}),
                Command.create({"account_id": self.other.id, "share": "rest"}),
            ],
        )  # fmt: skip
        row = self.pay(97.10, "Auszahlung")
        self.assert_waits(row, says="Gebuehr")

    def test_a_rule_that_leaves_it_to_a_person(self):
        self.make_rule(("text", "contains", "Vorsicht"), sequence=20, kind="leave", line_ids=[])
        invoice = self.make_invoice(119, name="RE/2026/00042")
        row = self.pay(119, "Vorsicht RE/2026/00042", iban=CUSTOMER_IBAN)
        self.assert_waits(row, says="person")
        self.assert_paid(invoice, state="not_paid", residual=119)
