from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    bank_feed_four_eyes = fields.Boolean(related="company_id.bank_feed_four_eyes", readonly=False)
