from odoo import fields, models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    bank_counterpart_id = fields.Many2one(
        "bank.transaction.counterpart",
        "Part of a bank transaction",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    def _bank_feed_partials(self):
        """What matches this item with others, exchange differences aside."""
        partials = self.matched_debit_ids | self.matched_credit_ids
        exchange = partials.exchange_move_id
        return partials.filtered(
            lambda p: not (p.debit_move_id | p.credit_move_id).move_id & exchange
        )

    def _bank_feed_documents(self):
        """The items that this one is matched with, exchange differences aside."""
        partials = self._bank_feed_partials()
        return (partials.debit_move_id | partials.credit_move_id) - self
