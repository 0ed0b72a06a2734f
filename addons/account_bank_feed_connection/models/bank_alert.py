from odoo import fields, models


class BankAlert(models.AbstractModel):
    """Something that people should see, about a record of whatever model."""

    _name = "bank.alert"
    _description = "Alert"

    model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference("Record", model_field="model", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True, index=True)

    def _record(self):
        self.ensure_one()
        return self.env[self.model].browse(self.res_id)

    def action_open(self):
        """The record itself, where it is settled."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.model,
            "res_id": self.res_id,
            "view_mode": "form",
        }
