from odoo import fields, models


class BankTransactionSuggestion(models.Model):
    """An open item that a transaction may pay, offered to a person."""

    _name = "bank.transaction.suggestion"
    _description = "Suggested Match"
    _order = "transaction_id, rank"

    transaction_id = fields.Many2one(
        "bank.transaction", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="transaction_id.company_id", store=True, index=True)
    rank = fields.Integer(readonly=True)
    item_id = fields.Many2one(
        "account.move.line", "Open item", required=True, readonly=True, ondelete="cascade"
    )
    item_move_id = fields.Many2one(related="item_id.move_id", string="Document")
    item_partner_id = fields.Many2one(related="item_id.partner_id", string="Partner")
    item_residual = fields.Monetary(
        "Open amount", related="item_id.amount_residual_currency", currency_field="item_currency_id"
    )
    item_currency_id = fields.Many2one(related="item_id.currency_id", string="Currency of the item")
    score = fields.Integer(readonly=True)
    explanation = fields.Char(readonly=True)

    def action_accept(self):
        """Reconcile the transaction with this open item, because a person says so."""
        self.ensure_one()
        transaction = self.transaction_id._authorise("accountant")
        transaction._match_with(
            self.sudo().item_id,
            self.env._(
                "Matched by %(user)s: %(why)s", user=self.env.user.name, why=self.explanation
            ),
        )
