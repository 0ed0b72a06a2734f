import base64
import hashlib
import io

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..envelope import OVERHEAD
from ..keys import in_words, keyring, required_keyring

PIECE = 9 * 2**20
"""Bytes of a file that are stored or read at once; a multiple of three, as Base64 wants it.

Locked files open in pieces of just this size."""
ENCODED = PIECE // 3 * 4
"""Characters of Base64 that they become."""
SEALED = PIECE + OVERHEAD
"""Bytes that they become in a locked file."""


class BankFile(models.Model):
    """A statement file as it was received: bytes, digest, and nothing derived.

    It stands apart from the imports because one file may hold accounts of several
    companies: each company has an import of its own, and only who may see all of
    them may open the file.
    """

    _name = "bank.file"
    _description = "Bank Statement File"
    _inherit = ["bank.enveloped"]
    _order = "id desc"

    name = fields.Char(required=True, readonly=True)
    # In the table itself, not as an attachment: nothing in plain sight in the file store.
    # Not required, because a file may be empty. Out of reach of every remote call: the download
    # route is the one way to the bytes, and records who took them. Base64, or sealed pieces where
    # there is a lock.
    data = fields.Binary(readonly=True, attachment=False, groups=fields.NO_ACCESS)
    sha256 = fields.Char("SHA-256", required=True, readonly=True, index=True)
    size = fields.Integer("Size (bytes)", required=True, readonly=True)
    import_ids = fields.One2many("bank.import", "file_id", readonly=True)

    @api.model
    def _keep(self, name, content):
        """Store the bytes.

        :param bytes content: the file as it came
        """
        record = self.sudo().create(
            {"name": name, "sha256": self._digest(content), "size": len(content)}
        )
        record._store(content[start : start + PIECE] for start in range(0, len(content), PIECE))
        return record

    def _place(self):
        return self._name, self.id, "data"

    def _store(self, pieces):
        """Keep the bytes, locked if this server has keys.

        :param pieces: as `bytes` of `PIECE` each
        """
        self.flush_recordset()
        with in_words(self.env, self.name):
            keys = keyring()
            lock, box = keys.box(self._place()) if keys and self.size else (None, None)
        if lock:
            pieces = (
                box.seal(piece, number, self._is_last(number))
                for number, piece in enumerate(pieces)
            )
        else:
            pieces = map(base64.b64encode, pieces)
        if self.size > PIECE:
            self._put_large(pieces, lock)
        else:
            self._put(SQL("%s", next(pieces, b"")), lock)
        self.invalidate_recordset(["data", "lock"])

    def _is_last(self, number):
        return number == (self.size - 1) // PIECE

    def _put_large(self, pieces, lock):
        """Put a large file together: as one parameter it would be in memory ten times."""
        query = self.env.cr.execute
        query("CREATE TEMPORARY TABLE IF NOT EXISTS pieces (place int, piece bytea) ON COMMIT DROP")
        query("TRUNCATE pieces")
        for place, piece in enumerate(pieces):
            query("INSERT INTO pieces VALUES (%s, %s)", [place, piece])
        self._put(SQL("(SELECT string_agg(piece, '' ORDER BY place) FROM pieces)"), lock)

    def _put(self, data, lock):
        query = SQL("UPDATE bank_file SET data = %s, lock = %s WHERE id = %s", data, lock, self.id)
        self.env.cr.execute(query)

    @api.model
    def _digest(self, content):
        """The SHA-256 of some bytes, as the field holds it."""
        return hashlib.sha256(content).hexdigest()

    def _open(self):
        """The file as a seekable binary stream.

        It is decoded piece by piece: a large file would otherwise be in memory three times.
        """
        self.ensure_one()
        stream = io.BytesIO()
        for piece in self.sudo()._pieces():
            stream.write(piece)
        stream.seek(0)
        return stream

    def _pieces(self):
        """The bytes in pieces of `PIECE`, each read when it is asked for."""
        self.flush_recordset()
        if self.lock:
            yield from self._opened()
            return
        start = 1
        while piece := self._stored(start, ENCODED):
            yield base64.b64decode(piece)
            start += ENCODED

    def _opened(self):
        with in_words(self.env, self.name):
            box = required_keyring().open_box(self.lock, self._place())
            for number in range((self.size - 1) // PIECE + 1):
                sealed = self._stored(number * SEALED + 1, SEALED)
                yield box.open(sealed or b"", number, self._is_last(number))

    def _stored(self, start, length):
        """As many of the kept bytes, from ``start`` on."""
        query = "SELECT substring(data FROM %s FOR %s) FROM bank_file WHERE id = %s"
        self.env.cr.execute(query, [start, length, self.id])
        return self.env.cr.fetchone()[0]

    @api.model
    def _count_plain(self):
        """How many files were kept before this server had keys; an empty one needs none."""
        return self.sudo().search_count([("lock", "=", False), ("size", ">", 0)])

    @api.model
    def _lock_plain(self, after=0):
        """Lock the next file that was kept before this server had keys.

        :param int after: the id after which it is looked for
        :return: the file, or nothing at the end
        """
        query = (
            "SELECT id FROM bank_file WHERE lock IS NULL AND size > 0 AND id > %s "
            "ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED"
        )
        self.env.cr.execute(query, [after])
        record = self.sudo().browse([row_id for (row_id,) in self.env.cr.fetchall()])
        if record:
            record._store(record._pieces())
        return record

    @api.ondelete(at_uninstall=False)
    def _unlink_none_that_was_imported(self):
        if self.sudo().import_ids:
            raise UserError(
                self.env._("Statement files are kept: they prove what the bank reported.")
            )
