from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    bank_feed_user_id = fields.Many2one(
        "res.users",
        "Responsible for the bank feed",
        help="Is told when files, batches or jobs fail. Else whoever uploaded or started them.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    bank_feed_user_id = fields.Many2one(related="company_id.bank_feed_user_id", readonly=False)
