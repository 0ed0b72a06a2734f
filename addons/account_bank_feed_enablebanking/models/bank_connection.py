from odoo import api, fields, models
from odoo.addons.account_bank_feed.models.bank_secret import SecretField
from odoo.addons.account_bank_feed_connection.protocol import ConnectorError
from odoo.exceptions import UserError


class BankConnection(models.Model):
    _inherit = "bank.connection"

    enablebanking_country_id = fields.Many2one("res.country", "Bank's country", tracking=True)
    enablebanking_bank = fields.Char("Bank's name", readonly=True, tracking=True, copy=False)
    enablebanking_psu_type = fields.Selection(
        [("business", "Business"), ("personal", "Personal")],
        "Kind of account",
        default="business",
        tracking=True,
        help="Which of the bank's sign-ins is offered, where it has one for each.",
    )
    enablebanking_seconds = fields.Integer(
        "Longest consent", readonly=True, copy=False, help="In seconds, as the bank allows it."
    )
    enablebanking_headers = fields.Char(
        "Told of people", readonly=True, copy=False, help="What the bank wants to know of them."
    )
    enablebanking_session = SecretField(
        "Session", help="The consent's session; comes from the bank."
    )

    @api.onchange("enablebanking_country_id", "enablebanking_psu_type")
    def _onchange_enablebanking_country_id(self):
        self.enablebanking_bank = False

    def action_enablebanking_banks(self):
        """The banks of the country, to choose one."""
        connection = self._authorise("manager")
        connection.ensure_one()
        if not connection.enablebanking_country_id:
            raise UserError(connection.env._("Choose the country first."))
        try:
            found = connection._connector()._banks(connection)
        except ConnectorError as error:
            raise UserError(connection._in_words(error)) from error
        banks = self.env["bank.enablebanking.bank"]._offer(self, found)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Choose the bank"),
            "res_model": "bank.enablebanking.bank",
            "view_mode": "list",
            "domain": [("id", "in", banks.ids)],
            "target": "new",
        }
