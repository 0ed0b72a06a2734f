from odoo import fields, models


class AccountBankStatementLine(models.Model):
    _inherit = "account.bank.statement.line"

    bank_transaction_id = fields.Many2one(
        "bank.transaction",
        "Bank transaction",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="The transaction, as the bank reported it, that this line books.",
    )

    def init(self):
        super().init()
        # The last guard against booking a transaction twice, whatever goes wrong above it.
        self.env.cr.execute(
            """
            CREATE UNIQUE INDEX IF NOT EXISTS account_bank_statement_line_bank_transaction_unique
                ON account_bank_statement_line (bank_transaction_id)
             WHERE bank_transaction_id IS NOT NULL
            """
        )

    def unlink(self):
        """Keep trace of lines deleted by hand: their transactions are missing in the books."""
        transactions = self.bank_transaction_id.sudo()
        before = {transaction.id: transaction.state for transaction in transactions}
        result = super().unlink()
        missing = transactions.filtered(lambda t: t.state == "error")
        reason = self.env._("Its statement line was deleted.")
        missing.reason = reason
        self.env["bank.audit.log"]._record(
            "delete_line", [(t, before[t.id], t.state, reason) for t in missing]
        )
        return result

    def _bank_feed_state(self):
        """What the ledger says of a line: is it booked, and to its final counterpart?

        Odoo's ``is_reconciled`` asks for the suspense account alone, and stays set when a
        match is undone from the invoice's side. So the counterparts are looked at too:
        all that is there to be matched has to be, except what was booked to stay open.
        """
        self.ensure_one()
        if self.move_id.state == "cancel":
            return "ignored"
        if self.move_id.state != "posted":
            return "pending"
        _liquidity, suspense, others = self._seek_for_lines()
        if any(not item.currency_id.is_zero(item.amount_currency) for item in suspense):
            return "processed"
        final = self.bank_transaction_id._final_account()
        left_open = self.bank_transaction_id._planned_open_items()
        open_items = [
            item for item in others - left_open if item.account_id != final and _is_untouched(item)
        ]
        return "processed" if open_items else "reconciled"


def _is_untouched(item):
    """Whether nothing at all has been matched with an item that is there to be matched."""
    return (
        item.account_id.reconcile
        and not item.reconciled
        and item.company_currency_id.compare_amounts(item.amount_residual, item.balance) == 0
    )
