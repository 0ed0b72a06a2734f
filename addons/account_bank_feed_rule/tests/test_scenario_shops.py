import datetime
from decimal import Decimal
from unittest.mock import patch

from odoo import Command
from odoo.addons.account_bank_feed_rule.matching import OpenItem
from odoo.tests import tagged

from .common import CUSTOMER_IBAN
from .scenario_case import ScenarioCase


@tagged("post_install", "-at_install")
class TestScenarioShops(ScenarioCase):
    """What tills, card terminals and payment providers owe, and orders that are paid first."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.revenue = cls.company_data["default_account_revenue"]
        cls.clearing = cls.make_account(cls, "136900", "asset_current", reconcile=True)
        cls.company.bank_feed_clearing_account_ids = cls.clearing
        cls.fees = cls.company._bank_feed_account("charges")

    def sold(self, date, amount, name):
        """What a shop sold on a day, and its provider or till owes."""
        return self.make_entry(date, self.clearing, amount, self.revenue, name=name)

    def still_open(self, *moves):
        items = [i for move in moves for i in move.line_ids if i.account_id == self.clearing]
        return [item.amount_residual for item in items]

    def test_a_provider_pays_out_less_its_fee(self):
        days = [
            self.sold("2026-01-07", 412.35, "Stripe"),
            self.sold("2026-01-08", 388.10, "Stripe"),
        ]
        later = self.sold("2026-01-12", 100, "Stripe")
        paid = self.settled(
            782.44,
            "STRIPE PAYOUT Brutto 800,45 Gebuehr 18,01",
            name="STRIPE PAYMENTS EUROPE LTD",
        )
        self.assert_entry(
            paid,
            (self.clearing, None, -412.35, 0),
            (self.clearing, None, -388.10, 0),
            (self.fees, None, 18.01, 0),
            says="less the fee of 18.01\N{NO-BREAK SPACE}€ that it states",
        )
        self.assertEqual(self.still_open(*days, later), [0, 0, 100])
        self.assert_undone(paid)

    def test_a_terminal_pays_out_a_day_with_the_fee_told_in_charges(self):
        day = self.sold("2026-01-08", 412.35, "Terminal 54012345")
        paid = self.settled(409.05, "TID 54012345 VOM 08.01.2026", charges=3.30, name="NEXI")
        self.assert_entry(
            paid, (self.clearing, None, -412.35, 0), (self.fees, None, 3.30, 0), says="54012345"
        )
        self.assertEqual(self.still_open(day), [0])
        self.assert_undone(paid)

    def test_a_terminal_pays_out_in_full(self):
        day = self.sold("2026-01-08", 412.35, "Terminal 54012345")
        paid = self.settled(412.35, "TID 54012345", name="NEXI")
        self.assert_entry(paid, (self.clearing, None, -412.35, 0))
        self.assertEqual(self.still_open(day), [0])
        self.assert_undone(paid)

    def test_cash_of_a_till_is_paid_in(self):
        day = self.sold("2026-01-08", 1250, "Kasse Altstadt")
        paid = self.settled(1250, "SB-EINZAHLUNG Altstadt", code="NTRF+082")
        self.assert_entry(paid, (self.clearing, None, -1250, 0), says="the cash of Kasse Altstadt")
        self.assertEqual(self.still_open(day), [0])
        self.assert_undone(paid)

    # ------------------------------------------------------------------
    # Orders
    # ------------------------------------------------------------------

    def make_order(self, amount):
        """A sales order that is not invoiced; where sales are not installed, what it would be."""
        if "sale.order" in self.env:
            product = self.env["product.product"].create(
                {"name": "Goods", "taxes_id": False, "invoice_policy": "order"}
            )
            line = {"product_id": product.id, "price_unit": amount, "tax_id": False}
            if "tax_ids" in self.env["sale.order.line"]._fields:
                line["tax_ids"] = line.pop("tax_id")
            order = self.env["sale.order"].create(
                {
                    "partner_id": self.partner_a.id,
                    "company_id": self.company.id,
                    "name": "S00042",
                    "order_line": [Command.create(line)],
                }
            )
            order.date_order = "2026-01-05"
            self.assertEqual(order.amount_total, amount)
            return
        item = OpenItem(
            id="order-7",
            account_id=self.receivable.id,
            partner_id=self.partner_a.id,
            date=datetime.date(2026, 1, 5),
            due_date=None,
            residual=Decimal(str(amount)),
            currency="EUR",
            numbers=("S00042",),
            kind="order",
        )
        orders = patch.object(
            self.registry["bank.feed.books"], "_orders", lambda _self, _company: [item]
        )
        orders.start()
        self.addCleanup(orders.stop)

    def test_an_order_that_is_not_invoiced_is_paid_in_advance(self):
        self.make_order(357.03)
        if "sale.order" in self.env:
            self.env["sale.order"].search([("name", "=", "S00042")]).action_quotation_sent()
        paid = self.settled(357.03, "Bestellung S00042", iban=CUSTOMER_IBAN)
        self.assert_entry(paid, (self.receivable, self.partner_a, -357.03, -357.03), says="S00042")
        self.assert_undone(paid)

    def test_a_part_of_an_order_is_no_advance_by_itself(self):
        self.make_order(357.03)
        if "sale.order" in self.env:
            self.env["sale.order"].search([("name", "=", "S00042")]).action_quotation_sent()
        paid = self.pay(100, "Danke", iban=CUSTOMER_IBAN)
        self.assertEqual(paid.state, "processed")
