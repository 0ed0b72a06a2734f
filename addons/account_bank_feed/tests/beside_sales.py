"""Bulk posting of payments for what was sold and bought with orders; needs Odoo's modules for that.

Run by ``tests/system/test_retailer.py``, in a database that has them.
"""

from odoo import Command
from odoo.tests import tagged

from .bulk_common import BATCH, BulkCase


@tagged("post_install", "-at_install")
class TestBesideSales(BulkCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The company is older than these modules.
        cls.env["stock.warehouse"].create(
            {"name": "Main", "code": "MAIN", "company_id": cls.company.id}
        )
        cls.product = cls.env["product.product"].create(
            {
                "name": "Delivery",
                "type": "service",
                "invoice_policy": "order",
                "purchase_method": "purchase",
                "list_price": 120,
                "taxes_id": False,
                "supplier_taxes_id": False,
            }
        )

    def invoices_of_orders(self):
        orders = self.env["sale.order"].create(
            [
                {
                    "partner_id": customer.id,
                    "company_id": self.company.id,
                    "order_line": [
                        Command.create({"product_id": self.product.id, "price_unit": 100 + number})
                    ],
                }
                for number, customer in enumerate([*self.customers] * 3)
            ]
        )
        orders.action_confirm()
        invoices = orders._create_invoices(grouped=True)
        self.assertEqual(len(invoices), len(orders))
        invoices.write({"invoice_date": "2026-01-05", "date": "2026-01-05"})
        invoices.action_post()
        return invoices

    def bills_of_orders(self):
        orders = self.env["purchase.order"].create(
            [
                {
                    "partner_id": vendor.id,
                    "company_id": self.company.id,
                    "order_line": [
                        Command.create(
                            {"product_id": self.product.id, "product_qty": 1, "price_unit": price}
                        )
                    ],
                }
                for price, vendor in enumerate([*self.vendors] * 4, 200)
            ]
        )
        orders.button_confirm()
        for order in orders:
            order.action_create_invoice()
        bills = orders.invoice_ids
        self.assertEqual(len(bills), len(orders))
        bills.write({"invoice_date": "2026-01-05", "date": "2026-01-05"})
        bills.action_post()
        return bills

    def test_payments_of_sales_orders(self):
        invoices = self.invoices_of_orders()
        books = self.assert_same_books(self.paid(invoices))
        self.assertEqual(set(invoices.mapped("payment_state")), {"not_paid"}, "both were undone")
        # Each order says that its invoice was paid.
        self.assertGreaterEqual(len(books["mail_message"]), 2 * len(invoices))

    def test_payments_of_purchase_orders(self):
        self.assert_same_books(self.paid(self.bills_of_orders()) + self.undecided(BATCH))
