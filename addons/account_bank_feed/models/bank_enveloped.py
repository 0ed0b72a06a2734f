from odoo import api, fields, models
from odoo.tools import SQL

from ..envelope import EnvelopeError


class BankEnveloped(models.AbstractModel):
    """A table whose rows hold something locked, each under a data key of its own."""

    _name = "bank.enveloped"
    _description = "Data in an Envelope"

    lock = fields.Char(
        readonly=True,
        copy=False,
        exportable=False,
        groups=fields.NO_ACCESS,
        help="The data key, wrapped by one of the operator's keys.",
    )

    def _place(self):
        """What the row is bound to: (model, record id, field)."""
        raise NotImplementedError

    @api.model
    def _keys_in_use(self):
        """How many rows are locked under each of the operator's keys: key id -> count."""
        query = SQL(
            "SELECT split_part(lock, ':', 2), count(*) FROM %s WHERE lock IS NOT NULL GROUP BY 1",
            SQL.identifier(self._table),
        )
        return dict(self.env.execute_query(query))

    @api.model
    def _rewrap(self, keys, after=0, limit=1_000):
        """Put the next rows under the current key, without touching what is locked.

        :param keys: the `Keyring`
        :param int after: the id after which they are looked for
        :return: the last id that was looked at, or None at the end; how many are under the
            current key now; and why the others are not: id -> error
        """
        rows = self.sudo().browse(self._under_other_keys(keys.current, after, limit))
        if not rows:
            return None, 0, {}
        done, failed = [], {}
        for row in rows:
            try:
                done.append((row.id, keys.rewrap(row.lock, row._place())))
            except EnvelopeError as error:
                failed[row.id] = error
        if done:
            self._put_locks(done)
        self.env.invalidate_all()
        return rows.ids[-1], len(done), failed

    def _under_other_keys(self, current, after, limit):
        # What another transaction is writing right now, it writes under a key of its choice:
        # whether an old one is still in use, `_keys_in_use` tells afterwards.
        query = SQL(
            """
            SELECT id FROM %s
             WHERE lock IS NOT NULL AND split_part(lock, ':', 2) != %s AND id > %s
             ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
            """,
            SQL.identifier(self._table),
            current,
            after,
            limit,
        )
        return [row_id for (row_id,) in self.env.execute_query(query)]

    def _put_locks(self, locks):
        ids, texts = map(list, zip(*locks, strict=True))
        self.env.cr.execute(
            SQL(
                """
                UPDATE %s AS kept SET lock = new.lock
                  FROM unnest(%s, %s) AS new (id, lock) WHERE kept.id = new.id
                """,
                SQL.identifier(self._table),
                ids,
                texts,
            )
        )
