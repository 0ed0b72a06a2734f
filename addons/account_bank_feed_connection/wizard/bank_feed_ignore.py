from odoo import fields, models


class BankFeedIgnore(models.TransientModel):
    """Asks why something that was given up may be left out for good."""

    _name = "bank.feed.ignore"
    _description = "Ignore a Dead Letter"

    letter_ids = fields.Many2many(
        "bank.dead.letter",
        relation="bank_feed_ignore_letter_rel",
        default=lambda self: self.env.context.get("active_ids"),
        required=True,
    )
    reason = fields.Char(required=True, help="Kept in the audit log.")

    def action_ignore(self):
        self.letter_ids._ignore(self.reason)
        return {"type": "ir.actions.act_window_close"}
