"""Documents of every kind for the scenario tests."""

from odoo import Command

from .common import RuleCase


class DocumentsCase(RuleCase):
    """Partners, invoices, bills and entries, made in a line each."""

    def make_partner(self, name, iban=None, **values):
        partner = self.env["res.partner"].create({"name": name, **values})
        if iban:
            self.env["res.partner.bank"].create({"acc_number": iban, "partner_id": partner.id})
        return partner

    def make_bill(self, amount, ref, partner=None, kind="in_invoice"):
        """A vendor's document, with the vendor's number."""
        bill = self.make_invoice(amount, kind=kind, partner=partner or self.vendor)
        bill.ref = ref
        return bill

    def make_taxed(self, net, *, name=None, kind="out_invoice", term=None, partner=None):
        """A document with 19 % tax on top."""
        sale = kind.startswith("out")
        tax = self.company.account_sale_tax_id if sale else self.company.account_purchase_tax_id
        goods = {"name": "Goods", "price_unit": net, "tax_ids": [Command.set(tax.ids)]}
        document = self.env["account.move"].create(
            {
                "move_type": kind,
                "partner_id": (partner or (self.partner_a if sale else self.vendor)).id,
                "invoice_date": "2026-01-05",
                "date": "2026-01-05",
                "name": name or "/",
                "invoice_payment_term_id": term.id if term else False,
                "invoice_line_ids": [Command.create(goods)],
            }
        )
        document.action_post()
        return document

    def make_term(self, computation="included"):
        """2 % off within 10 days, else 30 days."""
        return self.env["account.payment.term"].create(
            {
                "name": f"2 % {computation}",
                "company_id": self.company.id,
                "early_discount": True,
                "discount_percentage": 2,
                "discount_days": 10,
                "early_pay_discount_computation": computation,
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 100, "nb_days": 30})
                ],
            }
        )

    def make_account(self, code, kind="expense", **values):
        return (
            self.env["account.account"]
            .with_company(self.company)
            .create({"name": f"Account {code}", "code": code, "account_type": kind, **values})
        )

    def make_entry(self, date, account, amount, against, **values):
        """A posted entry: the amount on an account, and against another one."""
        items = [
            {"account_id": account.id, "balance": amount, **values},
            {"account_id": against.id, "balance": -amount},
        ]
        move = self.env["account.move"].create(
            {"date": date, "line_ids": [Command.create(item) for item in items]}
        )
        move.action_post()
        return move
