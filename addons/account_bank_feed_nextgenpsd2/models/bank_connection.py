from odoo import fields, models

OF_ONE_BANK = (
    *("xs2a_authorize_url", "xs2a_token_url", "xs2a_revoke_url"),
    *("xs2a_consent", "xs2a_next_consent", "xs2a_resources"),
)
"""The fields with what a bank has told, which is nothing to the next one."""


class BankConnection(models.Model):
    _inherit = "bank.connection"

    xs2a_path = fields.Char(
        "Version in addresses", default="v1", help="What stands between the address and /accounts."
    )
    xs2a_sign_in = fields.Selection(
        [
            ("redirect", "On the bank's page, no OAuth"),
            ("oauth", "OAuth for a consent"),
            ("oauth_first", "OAuth first, then the consent"),
        ],
        "Sign-in",
        default="oauth",
        help="The bank's manual calls it redirect, integrated OAuth, or pre-step OAuth.",
    )
    xs2a_scope = fields.Char(
        "Scope", help="AIS:{consent} or AIS when empty; {consent} stands for the consent's id."
    )
    xs2a_auth_method = fields.Selection(
        [
            ("none", "Certificate or nothing"),
            ("client_secret_basic", "Password in a header"),
            ("client_secret_post", "Password in the form"),
            ("private_key_jwt", "Signed with the private key"),
        ],
        "Proof for tokens",
        default="none",
    )
    xs2a_authorize_url = fields.Char(
        "Sign-in page", help="Left empty, the bank is asked for this and the next two."
    )
    xs2a_token_url = fields.Char("Address for tokens")
    xs2a_revoke_url = fields.Char("Address for giving tokens back")
    xs2a_access = fields.Selection(
        [
            ("offered", "Chosen at the bank"),
            ("all", "All of them"),
            ("listed", "Those named here"),
        ],
        "Accounts",
        default="offered",
    )
    xs2a_accounts = fields.Text("IBANs", help="One in a line.")
    xs2a_days = fields.Integer("Consent for (days)", default=180)
    xs2a_frequency = fields.Integer("Fetches a day", default=4, help="What the consent allows.")
    xs2a_psu_id = fields.Char("User at the bank", help="PSU-ID, where the bank wants it.")
    xs2a_corporate_id = fields.Char("Company at the bank", help="PSU-Corporate-ID.")
    xs2a_format = fields.Selection(
        [
            ("application/json", "JSON"),
            ("application/xml", "camt (XML)"),
            ("text/plain", "MT940"),
        ],
        "Transactions as",
        default="application/json",
    )
    xs2a_unsigned = fields.Boolean(
        "Amounts without sign", help="The bank tells the direction only by who is named."
    )
    xs2a_consent = fields.Char("Consent", readonly=True, copy=False)
    xs2a_next_consent = fields.Char(
        "Next consent",
        readonly=True,
        copy=False,
        help="Waits to be given; then it takes the other's place.",
    )
    xs2a_resources = fields.Json(
        "The bank's names of the accounts",
        copy=False,
        help="How the bank wants each account to be named, as long as the consent holds.",
    )

    def write(self, vals):
        if "url" in vals and not self.env.su:
            address = {"url": vals["url"]}
            moved = self.filtered(lambda one: one.url and one._is_for_others(address))
            moved.sudo().write(dict.fromkeys(OF_ONE_BANK, False))
        return super().write(vals)

    def _recipients(self):
        return (*super()._recipients(), "xs2a_token_url", "xs2a_revoke_url")
