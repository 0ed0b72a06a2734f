"""What the Odoo tests of the rules share: payments, rules, and the books free of ids."""

import re

from odoo.addons.account_bank_feed.tests.common import BankFeedCase, day, statement, transaction

CUSTOMER_IBAN = "DE02120300000000202051"
VENDOR_IBAN = "DE02500105170137075030"


class RuleCase(BankFeedCase):
    """A German company whose customer and vendor are known by their accounts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vendor = cls.env["res.partner"].create({"name": "Vendor"})
        cls.env["res.partner.bank"].create(
            [
                {"acc_number": CUSTOMER_IBAN, "partner_id": cls.partner_a.id},
                {"acc_number": VENDOR_IBAN, "partner_id": cls.vendor.id},
            ]
        )
        cls.match_rule = cls.env.ref("account_bank_feed_rule.rule_open_items")
        cls.expense = cls.company_data["default_account_expense"]

    @classmethod
    def make_rule(cls, *conditions, **values):
        """A rule that books all to an expense account, unless the values say otherwise.

        :param conditions: (field, operator, value)
        """
        return cls.env["bank.feed.rule"].create(cls.rule_values(*conditions, **values))

    @classmethod
    def rule_values(cls, *conditions, **values):
        return {
            "name": "Bank fees",
            "kind": "book",
            "company_id": cls.company.id,
            "line_ids": [(0, 0, {"account_id": cls.expense.id})],
            "condition_ids": [
                (0, 0, dict(zip(("field", "operator", "value"), condition, strict=True)))
                for condition in conditions
            ],
            **values,
        }

    @classmethod
    def continued(cls, transactions, journal=None, **values):
        """The statement that goes on from what the journal holds."""
        journal = journal or cls.journal
        balance = journal._bank_feed_balance(day("2027-01-01"))
        return statement(transactions, f"{balance:.2f}", **values)

    @classmethod
    def pay(cls, amount, text="", date="2026-01-10", **values):
        """Let the bank report one transaction; return it, matched and posted."""
        paid = transaction(date, amount, text, **values)
        return cls.receive(cls.continued([paid])).transaction_ids

    def set_rate(self, currency, date, rate):
        self.env["res.currency.rate"].create(
            {
                "currency_id": currency.id,
                "name": date,
                "rate": rate,
                "company_id": self.company.id,
            }
        )

    def in_dollars(self, amount, name):
        """An invoice in dollars, of which 1.25 are a euro, and that currency."""
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.set_rate(dollar, "2026-01-01", 1.25)
        goods = {"name": "Goods", "quantity": 1, "price_unit": amount, "tax_ids": []}
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.partner_a.id,
                "invoice_date": "2026-01-05",
                "name": name,
                "currency_id": dollar.id,
                "invoice_line_ids": [(0, 0, goods)],
            }
        )
        invoice.action_post()
        return invoice, dollar

    def trial_balance(self):
        """What every account holds, by its code."""
        groups = self.env["account.move.line"]._read_group(
            [("company_id", "=", self.company.id), ("parent_state", "=", "posted")],
            ["account_id"],
            ["balance:sum"],
        )
        currency = self.company.currency_id
        return {
            account.code: currency.round(balance)
            for account, balance in groups
            if not currency.is_zero(balance)
        }

    def entry(self, record):
        """The journal items that book a transaction: account, partner, amount, what is open."""
        return sorted(
            (item.account_id.code, item.partner_id.name, item.balance, item.amount_residual)
            for item in record.statement_line_ids.line_ids
        )

    def decisions(self):
        """What became of every transaction that is no duplicate, and why, free of ids."""
        return sorted(
            (
                str(record.booking_date),
                record.amount,
                record.remittance or "",
                record.state,
                record.score,
                (record.rule_id.name, record.rule_version),
                record.partner_id.name or "",
                record.counterpart_account_id.code or "",
                tuple(record.matched_item_ids.move_id.mapped("name")),
                re.sub(r"payment [\d, ]*\d", "payment #", record.explanation or ""),
                tuple(
                    (offer.rank, offer.item_id.move_id.name, offer.score, offer.explanation)
                    for offer in record.suggestion_ids
                ),
                self.entry(record),
            )
            for record in self.transactions()
            if record.state != "duplicate"
        )

    def residuals(self, *invoices):
        return [(i.name, i.amount_residual, i.payment_state) for i in invoices]
