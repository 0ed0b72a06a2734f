from odoo import api, fields, models


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
        compute="_compute_journal_id",
        store=True,
        readonly=False,
        domain="[('type', 'in', ('bank', 'cash', 'credit')), ('company_id', '=', company_id)]",
    )

    @api.depends("statement_id")
    def _compute_journal_id(self):
        """The one that it can only be, where an account is looked for."""
        for wizard in self:
            journals = self.env["account.journal"].search(
                [("type", "=", "bank"), ("company_id", "=", wizard.company_id.id)]
            )
            free = journals.filtered(
                lambda journal, wizard=wizard: (
                    not journal.bank_account_id
                    and not journal.bank_feed_account_number
                    and journal._bank_feed_takes(wizard.currency_code)
                )
            )
            wizard.journal_id = len(free) == 1 and wizard.account_number and free

    def action_confirm(self):
        self.ensure_one()
        self.statement_id.action_choose_journal(self.journal_id.id)
        return {"type": "ir.actions.act_window_close"}
