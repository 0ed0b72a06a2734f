from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    bank_feed_charges_account_id = fields.Many2one(
        related="company_id.bank_feed_charges_account_id", readonly=False
    )
    bank_feed_difference_account_id = fields.Many2one(
        related="company_id.bank_feed_difference_account_id", readonly=False
    )
    bank_feed_fee_account_id = fields.Many2one(
        related="company_id.bank_feed_fee_account_id", readonly=False
    )
    bank_feed_clearing_account_ids = fields.Many2many(
        related="company_id.bank_feed_clearing_account_ids", readonly=False
    )
