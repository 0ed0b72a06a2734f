from odoo import models
from odoo.exceptions import UserError


class BankTransaction(models.Model):
    """The journal items of an entry with several counterparts."""

    _inherit = "bank.transaction"

    def _check_counterparts(self):
        """:raises UserError: when they do not add up to the transaction"""
        total = sum(self.counterpart_ids.mapped("amount"))
        if self.currency_id.compare_amounts(total, self.amount):
            raise UserError(
                self.env._(
                    "The counterparts come to %(total)s, the transaction to %(amount)s.",
                    total=self.currency_id.format(total),
                    amount=self.currency_id.format(self.amount),
                )
            )

    def _bank_item_values(self):
        """Values of the journal item on the bank's account, as Odoo would make it."""
        return {
            "name": self._text(),
            "account_id": self.journal_id.default_account_id.id,
            "partner_id": self.partner_id.id,
            "currency_id": self.currency_id.id,
            "amount_currency": self.amount,
            "balance": self._company_amount(),
        }

    def _company_amount(self):
        company_currency = self.company_id.currency_id
        if self.currency_id == company_currency:
            return self.amount
        foreign = self._foreign_values()
        if foreign.get("foreign_currency_id") == company_currency.id:
            return foreign["amount_currency"]
        return self.currency_id._convert(
            self.amount, company_currency, self.company_id, self.booking_date
        )

    def _foreign_values(self):
        """What the parties agreed on, where the bank tells it and the items are in it."""
        foreign = self.counterpart_ids.item_currency_id - self.currency_id
        if len(foreign) != 1 or foreign.name != self.original_currency or not self.original_amount:
            return {}
        amount = abs(self.original_amount) * (1 if self.amount > 0 else -1)
        return {"foreign_currency_id": foreign.id, "amount_currency": foreign.round(amount)}

    def _counterpart_item_values(self, balance):
        """Values of the journal items that the counterparts become, in their order.

        :param float balance: of the bank's item, in the company's currency
        """
        self._check_counterparts()
        rate = balance / self.amount if self.amount else 1
        items = [item for part in self.counterpart_ids for item in part._line_values(rate)]
        gap = self.company_id.currency_id.round(-balance - sum(item["balance"] for item in items))
        if gap and self.currency_id != self.company_id.currency_id:
            items.append(self._rate_difference(gap))
        return items

    def _rate_difference(self, gap):
        """What is left in the company's currency, when another one is paid in whole."""
        direction = "expense" if gap > 0 else "income"
        account = self.company_id[f"{direction}_currency_exchange_account_id"]
        if not account:
            raise UserError(
                self.env._("To book rate differences, set their accounts in accounting settings.")
            )
        return {
            "name": self.env._("Rate difference"),
            "account_id": account.id,
            "currency_id": self.currency_id.id,
            "amount_currency": 0,
            "balance": gap,
        }
