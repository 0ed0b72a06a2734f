from odoo import api, fields, models

from ..envelope import KeysUnusable
from ..keys import keyring


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    bank_feed_four_eyes = fields.Boolean(related="company_id.bank_feed_four_eyes", readonly=False)
    bank_feed_unencrypted = fields.Char(
        compute="_compute_bank_feed_unencrypted",
        help="What is not encrypted in the database, and what to do; empty when all is.",
    )

    @api.depends("company_id")
    def _compute_bank_feed_unencrypted(self):
        self.bank_feed_unencrypted = self._say_unencrypted()

    def _say_unencrypted(self):
        try:
            keys = keyring()
        except KeysUnusable as error:
            return self.env._(
                "The keys of this server cannot be used, so no statement file is taken and none "
                "opens. Its operator has to mend this: %s",
                error,
            )
        if not keys:
            return self.env._(
                "Statement files are stored unencrypted, and secrets of bank connections are "
                "refused: this server has no keys. Its operator names the key file in odoo.conf, "
                "as `key_file` in the section `[bank_feed]`; `odoo bank_feed_keys new` makes one."
            )
        plain = self.env["bank.file"]._count_plain()
        if not plain:
            return False
        return self.env._(
            "Statement files that are stored unencrypted, since before this server had keys: %s. "
            "`odoo bank_feed_keys rotate` encrypts them.",
            plain,
        )
