import base64
import hashlib
import io

from odoo import api, fields, models
from odoo.exceptions import UserError

PIECE = 12 * 2**20
"""Characters of Base64 that are decoded at once; a multiple of four."""


class BankFile(models.Model):
    """A statement file as it was received: bytes, digest, and nothing derived.

    It stands apart from the imports because one file may hold accounts of several
    companies: each company has an import of its own, and only who may see all of
    them may open the file.
    """

    _name = "bank.file"
    _description = "Bank Statement File"
    _order = "id desc"

    name = fields.Char(required=True, readonly=True)
    # In the table itself, not as an attachment: nothing in plain sight in the file store.
    # Not required, because a file may be empty. Out of reach of every remote call: the download
    # route is the one way to the bytes, and records who took them.
    data = fields.Binary(readonly=True, attachment=False, groups=fields.NO_ACCESS)
    sha256 = fields.Char("SHA-256", required=True, readonly=True, index=True)
    size = fields.Integer("Size (bytes)", required=True, readonly=True)
    import_ids = fields.One2many("bank.import", "file_id", readonly=True)

    @api.model
    def _keep(self, name, content):
        """Store the bytes.

        :param bytes content: the file as it came
        """
        return self.sudo().create(
            {
                "name": name,
                "data": base64.b64encode(content),
                "sha256": self._digest(content),
                "size": len(content),
            }
        )

    @api.model
    def _digest(self, content):
        """The SHA-256 of some bytes, as the field holds it."""
        return hashlib.sha256(content).hexdigest()

    def _open(self):
        """The file as a seekable binary stream.

        It is decoded piece by piece: a large file would otherwise be in memory three times.
        """
        self.ensure_one()
        self.flush_recordset(["data"])
        stream = io.BytesIO()
        start = 1
        while piece := self._encoded(start):
            stream.write(base64.b64decode(piece))
            start += PIECE
        stream.seek(0)
        return stream

    def _encoded(self, start):
        """As many characters of the kept bytes, from ``start`` on."""
        query = "SELECT substring(data FROM %s FOR %s) FROM bank_file WHERE id = %s"
        self.env.cr.execute(query, [start, PIECE, self.id])
        return self.env.cr.fetchone()[0]

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Statement files are kept: they prove what the bank reported."))
