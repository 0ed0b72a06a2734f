from odoo import api, fields, models


class BankEnableBankingBank(models.TransientModel):
    """A bank that Enable Banking offers, to be chosen for a connection."""

    _name = "bank.enablebanking.bank"
    _description = "Bank at Enable Banking"
    _order = "name"

    connection_id = fields.Many2one("bank.connection", required=True, ondelete="cascade")
    name = fields.Char(required=True, readonly=True)
    bic = fields.Char("BIC", readonly=True)
    beta = fields.Boolean("On trial", readonly=True)
    days = fields.Integer("Consent (days)", readonly=True)
    seconds = fields.Integer(readonly=True)
    headers = fields.Char(readonly=True)

    @api.model
    def _offer(self, connection, found):
        """The banks of an answer, as records of the user's."""
        return self.create(
            [
                {
                    "connection_id": connection.id,
                    "name": bank["name"],
                    "bic": bank.get("bic"),
                    "beta": bank.get("beta"),
                    "seconds": bank.get("maximum_consent_validity"),
                    "days": (bank.get("maximum_consent_validity") or 0) // 86_400,
                    "headers": " ".join(bank.get("required_psu_headers") or ()),
                }
                for bank in found
            ]
        )

    def action_choose(self):
        self.ensure_one()
        connection = self.connection_id._authorise("manager")
        connection.write(
            {
                "enablebanking_bank": self.name,
                "enablebanking_seconds": self.seconds,
                "enablebanking_headers": self.headers,
            }
        )
        return {"type": "ir.actions.act_window_close"}
