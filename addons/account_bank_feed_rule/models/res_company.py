from odoo import fields, models


class ResCompany(models.Model):
    """Where the bank feed books what a payment and an invoice differ by."""

    _inherit = "res.company"

    bank_feed_charges_account_id = fields.Many2one(
        "account.account",
        "Bank charges",
        check_company=True,
        help="For what banks took off a payment on its way. Empty in a German chart: its account "
        "for incidental monetary transaction costs.",
    )
    bank_feed_difference_account_id = fields.Many2one(
        "account.account",
        "Small differences",
        check_company=True,
        help="For differences within a rule's tolerance. Empty: Odoo's accounts for cash "
        "differences.",
    )
    bank_feed_fee_account_id = fields.Many2one(
        "account.account",
        "Fees of returned payments",
        check_company=True,
        help="For what a bank charges when a direct debit or a payment comes back. Empty: the "
        "account for bank charges.",
    )
    bank_feed_clearing_account_ids = fields.Many2many(
        "account.account",
        "bank_feed_clearing_account_rel",
        "company_id",
        "account_id",
        "Accounts of tills, card terminals and payment providers",
        check_company=True,
        domain="[('reconcile', '=', True)]",
        help="Their open items are matched with payouts and cash deposits.",
    )

    def _bank_feed_account(self, kind, amount=0):
        """Where an adjustment is booked.

        :param kind: charges, difference, fee or discount
        :param amount: of the adjustment; below zero when we receive less, or pay more
        :return: an account, empty when there is none
        """
        self.ensure_one()
        company = self.sudo()
        if kind == "discount":
            return (
                company.account_journal_early_pay_discount_loss_account_id
                if amount < 0
                else company.account_journal_early_pay_discount_gain_account_id
            )
        if kind == "difference":
            return company.bank_feed_difference_account_id or (
                company.default_cash_difference_expense_account_id
                if amount < 0
                else company.default_cash_difference_income_account_id
            )
        if kind not in ("charges", "fee"):
            raise ValueError(f"No account for {kind!r}")
        charges = company.bank_feed_charges_account_id or self._bank_feed_usual_account("fees")
        return company.bank_feed_fee_account_id or charges if kind == "fee" else charges
