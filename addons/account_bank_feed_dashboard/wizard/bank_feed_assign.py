from odoo import api, fields, models


class BankFeedAssign(models.TransientModel):
    """Asks who is to decide about the selected transactions."""

    _name = "bank.feed.assign"
    _description = "Assign Bank Transactions"

    res_ids = fields.Json(required=True, readonly=True)
    company_ids = fields.Many2many("res.company", readonly=True)
    user_id = fields.Many2one(
        "res.users",
        "Assign to",
        domain="[('share', '=', False), ('company_ids', 'in', company_ids)]",
        help="Who decides about transactions; empty for nobody.",
    )

    @api.model
    def default_get(self, fields_list):
        """The transactions are those from which the dialog was opened."""
        ids = self.env.context.get("active_ids") or []
        transactions = self.env["bank.transaction"].browse(ids)
        return super().default_get(fields_list) | {
            "res_ids": ids,
            "company_ids": [(6, 0, transactions.company_id.ids)],
        }

    def action_assign(self):
        self.ensure_one()
        transactions = self.env["bank.transaction"].browse(self.res_ids)
        answer = transactions._assign_many(self.user_id)
        answer["params"]["next"] = {"type": "ir.actions.act_window_close"}
        return answer
