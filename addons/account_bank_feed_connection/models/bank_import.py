from odoo import api, fields, models
from odoo.addons.account_bank_feed.models.bank_import_set_aside import BROKEN

UNREAD = [
    ("state", "in", ("received", "unconfirmed", *BROKEN, "set_aside")),
    ("settled_by_id", "=", False),
]
"""Files that have not been read, nor came whole in another."""


class BankImport(models.Model):
    _inherit = "bank.import"

    feed_window_id = fields.Many2one(
        "bank.feed.window", "Fetched period", readonly=True, ondelete="restrict", index=True
    )
    remote_source = fields.Char(
        "The bank's file", readonly=True, help="Which of the files at the bank it is.", index=True
    )
    is_of_former_try = fields.Boolean(
        "Of a former try",
        readonly=True,
        copy=False,
        help="The period was fetched again since, so this file has no part in what becomes of it.",
    )
    feed_id = fields.Many2one(related="feed_window_id.feed_id", store=True, index=True)

    @api.model
    def _receive_from(self, window, document):
        """Keep a document that a bank gave; not one that is in the books already, byte by byte.

        :param window: the ``bank.feed.window``
        :param document: the :class:`~..protocol.Document`
        :return: the new import, or none
        """
        digest = self.env["bank.file"]._digest(document.content)
        same = [("feed_id", "=", window.feed_id.id), ("file_id.sha256", "=", digest)]
        # An archive is done once it is unpacked, whatever becomes of the files in it.
        read = [("state", "=", "done"), ("member_ids", "not any", UNREAD)]
        if self.search_count([*same, *read], limit=1):
            return self.browse()
        feed = window.feed_id
        record = self._receive(
            document.name,
            document.content,
            company=feed.company_id,
            journal=feed.journal_id,
            source="connection",
        )
        former = record.feed_window_id - window
        record.write(
            {
                "feed_window_id": window.id,
                "remote_source": document.source,
                "is_of_former_try": False,
            }
        )
        for other in former.filtered(lambda w: w.state == "reading" and not w.import_ids):
            other._set_state("ignored", f"its file came again with {window.display_name}")
        return record

    @api.model
    def _receive(self, name, content, *, archive=None, **values):
        """What was in an archive belongs to the same period."""
        record = super()._receive(name, content, archive=archive, **values)
        if archive and archive.feed_window_id:
            record.feed_window_id = archive.feed_window_id
        return record

    def _is_left_out(self):
        """Whether a person has decided that it is not read."""
        return self.state == "removed" or self.state == "set_aside" and not self.settled_by_id

    def _set_state(self, state, why, event=None, **values):
        super()._set_state(state, why, event, **values)
        self.sudo().feed_window_id._follow_imports()

    def _formats(self):
        """Those of the connector, for what it has fetched."""
        connection = self.feed_id.connection_id
        own = connection and connection._connector()._formats()
        return own or super()._formats()
