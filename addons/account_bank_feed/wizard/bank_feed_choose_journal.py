from odoo import fields, models


class BankFeedChooseJournal(models.TransientModel):
    """Asks of which bank journal a statement is that waits for it."""

    _name = "bank.feed.choose.journal"
    _description = "Bank Feed Choice of Journal"

    statement_id = fields.Many2one(
        "bank.import.statement",
        required=True,
        readonly=True,
        default=lambda self: self.env.context.get("active_id"),
    )
    company_id = fields.Many2one(related="statement_id.company_id")
    currency_code = fields.Char(related="statement_id.currency_code")
    account_number = fields.Char(related="statement_id.account_number")
    journal_id = fields.Many2one(
        "account.journal",
        required=True,
        domain="[('type', 'in', ('bank', 'cash', 'credit')), ('company_id', '=', company_id)]",
    )

    def action_confirm(self):
        self.ensure_one()
        self.statement_id.action_choose_journal(self.journal_id.id)
        return {"type": "ir.actions.act_window_close"}
