from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    bank_feed_four_eyes = fields.Boolean(
        "Four-eyes principle for bank statements",
        default=True,
        help="A quarantined statement is released by an approver who did not upload it.",
    )
