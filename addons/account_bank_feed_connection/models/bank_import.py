from odoo import api, fields, models


class BankImport(models.Model):
    _inherit = "bank.import"

    feed_window_id = fields.Many2one(
        "bank.feed.window", "Fetched period", readonly=True, ondelete="restrict", index=True
    )
    remote_source = fields.Char(
        "The bank's file", readonly=True, help="Which of the files at the bank it is.", index=True
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
        if self.search_count([*same, ("state", "=", "done")], limit=1):
            return self.browse()
        feed = window.feed_id
        record = self._receive(
            document.name,
            document.content,
            company=feed.company_id,
            journal=feed.journal_id,
            source="connection",
        )
        record.write({"feed_window_id": window.id, "remote_source": document.source})
        return record

    def _formats(self):
        """Those of the connector, for what it has fetched."""
        connection = self.feed_id.connection_id
        own = connection and connection._connector()._formats()
        return own or super()._formats()
