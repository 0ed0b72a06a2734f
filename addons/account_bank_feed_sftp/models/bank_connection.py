from odoo import api, fields, models
from odoo.exceptions import UserError

from ..sftp import Place, fingerprint


class BankConnection(models.Model):
    _inherit = "bank.connection"

    sftp_patterns = fields.Char(
        "Files", default="*", help="Patterns of their names, such as *.xml, *.sta"
    )
    sftp_archive = fields.Char(
        "Archive folder",
        help="Where files are moved once they are kept here, at the visit after that; relative to "
        "the folder, or absolute. Empty: they are left where they are.",
    )
    sftp_host_key = fields.Char("Host key", readonly=True, copy=False)
    sftp_host_key_confirmed = fields.Boolean(readonly=True, copy=False)
    sftp_fingerprint = fields.Char("Fingerprint", compute="_compute_sftp_fingerprint")

    @api.depends("sftp_host_key")
    def _compute_sftp_fingerprint(self):
        for connection in self:
            key = connection.sftp_host_key
            connection.sftp_fingerprint = fingerprint(key) if key else False

    def _sftp_known(self):
        """The server's key that a person has confirmed; none for another server."""
        key = self.sftp_host_key_confirmed and self.sftp_host_key
        return key if key and key.split()[0] == Place.of(self.url).known_as else None

    def action_sftp_confirm_host_key(self):
        """A person has compared the fingerprint with what the bank says: go on."""
        connection = self._authorise("manager")
        connection.ensure_one()
        if not connection.sftp_host_key:
            raise UserError(self.env._("Connect first: then the server shows its key."))
        connection.sftp_host_key_confirmed = True
        connection.message_post(
            body=self.env._("Host key confirmed: %s", connection.sftp_fingerprint)
        )
        return connection.action_connect()

    def action_sftp_forget_host_key(self):
        """The bank has announced another key: look at it, and confirm that one."""
        for connection in self._authorise("manager"):
            connection.message_post(
                body=self.env._("Host key forgotten: %s", connection.sftp_fingerprint)
            )
            connection.write({"sftp_host_key": False, "sftp_host_key_confirmed": False})
