from odoo import models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    def unlink(self):
        """Keep trace of matches undone elsewhere: on the invoice, or by another module."""
        moves = (self.debit_move_id | self.credit_move_id).move_id
        transactions = moves.statement_line_id.bank_transaction_id.sudo()
        before = {transaction.id: transaction.state for transaction in transactions}
        result = super().unlink()
        self.env["bank.audit.log"]._record(
            "unreconcile",
            [
                (transaction, before[transaction.id], transaction.state, "")
                for transaction in transactions.exists()
            ],
        )
        return result
