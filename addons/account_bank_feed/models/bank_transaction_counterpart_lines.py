from odoo import Command, models
from odoo.exceptions import UserError

from .bank_transaction_counterpart import discount_account_field

CENTS = 0.05
"""A discount may differ by so much from what Odoo computes: whoever pays rounds otherwise."""

TAX_FIELDS = (
    "name", "display_type", "tax_repartition_line_id", "group_tax_id", "tax_base_amount",
    "tax_tag_invert", "analytic_distribution",
)  # fmt: skip
"""What an item that takes back another one has in common with it, on 18.0 or 19.0."""


class BankTransactionCounterpart(models.Model):
    """The journal items that a counterpart becomes: their values, as Odoo would make them."""

    _inherit = "bank.transaction.counterpart"

    def _line_values(self, rate):
        """Values of its journal items.

        :param float rate: what one unit of the transaction's currency is in the company's
        :raises UserError: when an account is missing, or the amounts cannot be right
        """
        self._check()
        return [{**values, "bank_counterpart_id": self.id} for values in self._lines(rate)]

    def _lines(self, rate):
        if self.kind == "item":
            return [self._item_line(rate)]
        if self.kind == "return":
            return self._return_lines(rate)
        if self.kind == "discount":
            return self._discount_lines(rate)
        return self._taxed_lines(rate) if self.tax_ids else [self._account_line(rate)]

    def _has_taxes(self):
        """Whether taxes are among what it is booked as."""
        if self.kind == "discount":
            return bool(self.item_id.move_id.invoice_line_ids.tax_ids)
        if self.kind == "return":
            return bool(self._discount_taken().tax_ids)
        return bool(self.tax_ids)

    def _balance(self, rate):
        """What its journal items come to, in the company's currency."""
        return self.transaction_id.company_id.currency_id.round(-self.amount * rate)

    def _account_line(self, rate):
        return {
            "name": self.name or self.transaction_id._text(),
            "account_id": self.account_id.id,
            "partner_id": self.partner_id.id or self.transaction_id.partner_id.id,
            "currency_id": self.currency_id.id,
            "amount_currency": -self.amount,
            "balance": self._balance(rate),
            "analytic_distribution": self.analytic_distribution,
        }

    def _item_line(self, rate):
        """In the item's currency, with as much of it as is settled: so no rate is guessed."""
        item = self.item_id
        values = {
            "name": self.name or item.move_id.name,
            "account_id": item.account_id.id,
            "partner_id": item.partner_id.id,
            "currency_id": item.currency_id.id,
            "amount_currency": -self.item_amount,
            "balance": self._balance(rate),
        }
        if item.currency_id == item.company_currency_id:
            values["balance"] = -self.item_amount
        return values

    # ------------------------------------------------------------------
    # Taxes in the amount
    # ------------------------------------------------------------------

    def _taxed_lines(self, rate):
        """The net amount and the taxes within: an entry does not compute them by itself."""
        taxes = self.env["account.tax"]
        company = self.transaction_id.company_id
        base = self._tax_base(rate)
        taxes._add_tax_details_in_base_lines([base], company)
        taxes._round_base_lines_tax_details([base], company)
        taxes._add_accounting_data_in_base_lines_tax_details(
            [base], company, include_caba_tags=True
        )
        result = taxes._prepare_tax_lines([base], company)
        [(_base, amounts)] = result["base_lines_to_update"]
        net = {
            **self._account_line(rate),
            "tax_ids": [Command.set(self.tax_ids.ids)],
            **amounts,
        }
        return [net, *result["tax_lines_to_add"]]

    def _tax_base(self, rate):
        purchase = self.tax_ids[:1].type_tax_use == "purchase"
        is_refund = purchase == (self.amount > 0)
        # Of taxes that the buyer owes nothing is in the amount.
        reverse = any(self.tax_ids.flatten_taxes_hierarchy().mapped("has_negative_factor"))
        return self.env["account.tax"]._prepare_base_line_for_taxes_computation(
            {},
            tax_ids=self.tax_ids,
            price_unit=abs(self.amount),
            quantity=1.0,
            currency_id=self.currency_id,
            rate=1 / rate,
            special_mode="total_excluded" if reverse else "total_included",
            sign=1 if self.amount < 0 else -1,
            is_refund=is_refund,
            tax_tag_invert=purchase == is_refund,  # 18.0
            account_id=self.account_id,
            partner_id=self.partner_id or self.transaction_id.partner_id,
            analytic_distribution=self.analytic_distribution,
        )

    # ------------------------------------------------------------------
    # Discounts
    # ------------------------------------------------------------------

    def _discount_lines(self, rate):
        """What Odoo books when a payment is registered with the discount."""
        if self._goes_with_a_return():
            returned = self.transaction_id.counterpart_ids.filtered(
                lambda c: c.kind == "return" and self.item_id in c.reopened_item_ids | c.item_id
            )
            return self._rounded(
                [values for one in returned for values in one._discount_taken_back()], rate
            )
        self._require_discount_account()
        item = self.item_id
        foreign = item.currency_id != item.company_currency_id
        parts = self.env["account.move"]._get_invoice_counterpart_amls_for_early_payment_discount(
            [
                {
                    "aml": item,
                    "amount_currency": -item.amount_residual_currency,
                    "balance": -item.amount_residual,
                }
            ],
            self._balance(rate) if foreign else item.amount_residual - item.discount_balance,
        )
        return self._rounded([values for lines in parts.values() for values in lines], rate)

    def _rounded(self, lines, rate):
        """The lines in whole cents, which together are this discount."""
        company_currency = self.transaction_id.company_id.currency_id
        currencies = self.env["res.currency"]
        for values in lines:
            currency = currencies.browse(values.get("currency_id")) or company_currency
            values["amount_currency"] = currency.round(values["amount_currency"])
            values["balance"] = company_currency.round(values["balance"])
        gap = company_currency.round(
            self._balance(rate) - sum(values["balance"] for values in lines)
        )
        if not lines or company_currency.compare_amounts(abs(gap), CENTS) > 0:
            raise UserError(
                self.env._("This discount is not the one that was agreed: %s", self._as_text())
            )
        lines[0]["balance"] += gap
        if self.item_id.currency_id == company_currency:
            lines[0]["amount_currency"] += gap
        return lines

    def _require_discount_account(self):
        company = self.transaction_id.company_id
        field = discount_account_field(self.item_id)
        if not company[field]:
            raise UserError(
                self.env._(
                    "To book the discount, set the account “%s” in the accounting settings.",
                    company._fields[field].get_description(self.env)["string"],
                )
            )

    # ------------------------------------------------------------------
    # Payments that came back
    # ------------------------------------------------------------------

    def _return_lines(self, rate):
        """Takes the whole item back, with the discount where only that makes it whole."""
        item = self.item_id
        values = {**self._item_line(rate), "name": self.name or self.transaction_id._text()}
        if item.currency_id == self.currency_id:
            values.update(amount_currency=-self.amount, balance=self._balance(rate))
        discount = self._discount_taken_back()
        lacking = -item.amount_currency - values["amount_currency"]
        given = sum(line["amount_currency"] for line in discount)
        if not discount or item.currency_id.compare_amounts(lacking, -given):
            return [values]
        values["amount_currency"] -= given
        values["balance"] -= sum(line["balance"] for line in discount)
        return [values, *discount]

    def _discount_taken_back(self):
        """The discount that the payment had taken, with all signs reversed."""
        return [_taken_back(line) for line in self._discount_taken()]

    def _discount_taken(self):
        """Journal items of the discount that the payment had taken."""
        origin = self.item_id.bank_counterpart_id
        if origin.kind == "item":
            parts = origin.transaction_id.counterpart_ids.filtered(lambda c: c.kind == "discount")
            return parts.filtered(lambda c: c.item_id == origin.item_id).line_ids
        return self._discount_beside(self.item_id)

    def _discount_beside(self, item):
        """The same for an entry that others have made, if it pays no more than one item."""
        lines = item.move_id.line_ids
        if len(lines.filtered(lambda line: line.account_id == item.account_id)) > 1:
            return lines.browse()
        company = self.transaction_id.company_id
        accounts = (
            company.account_journal_early_pay_discount_loss_account_id
            | company.account_journal_early_pay_discount_gain_account_id
        )
        bases = lines.filtered(lambda line: line.account_id in accounts)
        taxes = bases.tax_ids.flatten_taxes_hierarchy()
        return bases | lines.filtered(lambda line: line.tax_line_id and line.tax_line_id in taxes)


def _taken_back(line):
    """Values of a journal item that reverses another one, in the same boxes of the tax report."""
    values = {name: line[name] for name in TAX_FIELDS if name in line._fields}
    for name in ("tax_repartition_line_id", "group_tax_id"):
        values[name] = line[name].id
    if line.tax_repartition_line_id:
        values["tax_base_amount"] = -line.tax_base_amount
    return {
        **values,
        "account_id": line.account_id.id,
        "partner_id": line.partner_id.id,
        "currency_id": line.currency_id.id,
        "amount_currency": -line.amount_currency,
        "balance": -line.balance,
        "tax_ids": [Command.set(line.tax_ids.ids)],
        "tax_tag_ids": [Command.set(line.tax_tag_ids.ids)],
    }
