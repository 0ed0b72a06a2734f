from odoo import api, models

from ..models.bank_feed_task import AT_ONCE


class BankFeedReason(models.TransientModel):
    """Undo: of more than a few transactions as a task, of which the user is told the end."""

    _inherit = "bank.feed.reason"

    @api.model
    def _undo(self, records, reason):
        transactions = records if records._name == "bank.transaction" else records.transaction_ids
        transactions = transactions.filtered(lambda t: t.state == "reconciled")
        if len(transactions) <= AT_ONCE:
            return super()._undo(records, reason)
        self.env["bank.guarded.state"]._require_role("accountant")
        self.env["bank.feed.task"]._start(
            self.env._("Undo matches"), transactions, "action_undo", {"reason": reason}
        )
        return transactions._told_later()
