import base64
import hashlib
import io

from odoo import api, fields, models
from odoo.exceptions import UserError

PIECE = 9 * 2**20
"""Bytes of a file that are stored or read at once; a multiple of three, as Base64 wants it."""
ENCODED = PIECE // 3 * 4
"""Characters of Base64 that they become."""


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
        pieces = (
            base64.b64encode(content[start : start + PIECE])
            for start in range(0, len(content), PIECE)
        )
        record = self.sudo().create(
            {
                "name": name,
                "data": next(pieces, b""),
                "sha256": self._digest(content),
                "size": len(content),
            }
        )
        if len(content) > PIECE:
            record._append(pieces)
        return record

    def _append(self, pieces):
        """Store the rest of a large file: as one parameter it would be in memory ten times."""
        self.flush_recordset(["data"])
        query = self.env.cr.execute
        query("CREATE TEMPORARY TABLE IF NOT EXISTS rest (place int, piece bytea) ON COMMIT DROP")
        query("TRUNCATE rest")
        for place, piece in enumerate(pieces):
            query("INSERT INTO rest VALUES (%s, %s)", [place, piece])
        query(
            "UPDATE bank_file SET data = data || "
            "(SELECT string_agg(piece, '' ORDER BY place) FROM rest) WHERE id = %s",
            [self.id],
        )
        self.invalidate_recordset(["data"])

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
            start += ENCODED
        stream.seek(0)
        return stream

    def _encoded(self, start):
        """As many characters of the kept bytes, from ``start`` on."""
        query = "SELECT substring(data FROM %s FOR %s) FROM bank_file WHERE id = %s"
        self.env.cr.execute(query, [start, ENCODED, self.id])
        return self.env.cr.fetchone()[0]

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Statement files are kept: they prove what the bank reported."))
