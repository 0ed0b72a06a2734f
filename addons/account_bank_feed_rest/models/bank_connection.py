from odoo import api, fields, models
from odoo.addons.account_bank_feed.models.bank_secret import SecretField

from ..rest import shipped


class BankConnection(models.Model):
    _inherit = "bank.connection"

    rest_profile = fields.Selection(
        "_rest_profiles", "Bank", tracking=True, help="Whose REST interface, and how to sign in."
    )
    rest_sandbox = fields.Boolean(
        "Sandbox", tracking=True, help="Speak with the bank's test system, which has no money."
    )
    rest_sandbox_token = SecretField(
        "Sandbox token", help="Where the bank's test system asks for one beside our own."
    )

    def _recipients(self):
        return (*super()._recipients(), "rest_profile", "rest_sandbox")

    @api.model
    def _described_in(self):
        return (*super()._described_in(), "rest_profile")

    @api.model
    def _rest_profiles(self):
        return sorted(((name, p.label) for name, p in shipped().items()), key=lambda one: one[1])
