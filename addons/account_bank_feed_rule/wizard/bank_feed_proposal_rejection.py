from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class BankFeedProposalRejection(models.TransientModel):
    """Asks why proposals are rejected."""

    _name = "bank.feed.proposal.rejection"
    _description = "Rejection of Proposals"

    proposal_ids = fields.Many2many("bank.feed.proposal", required=True, readonly=True)
    reason = fields.Char(required=True, help="Kept with the proposal and in the audit log.")

    @api.model
    def default_get(self, fields_list):
        """The proposals are those from which the dialog was opened."""
        values = super().default_get(fields_list)
        if self.env.context.get("active_model") == "bank.feed.proposal":
            ids = self.env.context.get("active_ids") or []
            values.setdefault("proposal_ids", [Command.set(ids)])
        return values

    def action_confirm(self):
        self.ensure_one()
        reason = (self.reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why: the reason is kept in the audit log."))
        self.proposal_ids.action_reject(reason)
        return {"type": "ir.actions.act_window_close"}
