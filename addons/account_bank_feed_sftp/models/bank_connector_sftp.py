from odoo import api, fields, models
from odoo.addons.account_bank_feed_connection.protocol import (
    ConnectorError,
    Consent,
    Document,
    NotAuthorised,
    Permanent,
    RemoteAccount,
    RetryLater,
)

from ..sftp import Place, Sftp, host_key

MOST = 100 * 2**20
"""Bytes that one visit takes along; the rest waits for the next, some minutes later."""


class BankConnectorSftp(models.AbstractModel):
    """Files that a bank leaves in a folder on an SFTP server, of whatever accounts they are.

    Of each file the database decides whether it is known: by its bytes before it is moved, by
    name, size and time before it is read again. Nothing at the bank is changed before the import
    that holds a file is committed, so a crash at any moment neither loses nor doubles.
    """

    _name = "bank.connector.sftp"
    _inherit = "bank.connector"
    _description = "Bank Connector: SFTP"
    _connector_label = "SFTP"
    _asks_for = ("url", "client_id", "client_secret", "private_key")
    _url_example = "sftp://…/…"

    @api.model
    def _how_to(self):
        return self.env._(
            "The address is sftp://server/folder, the client your user there; then its "
            "password, or a private key whose public part the bank has registered."
        )

    @api.model
    def _history_days(self, connection):
        return 0  # whatever lies there, of whatever days, is fetched

    # ------------------------------------------------------------------
    # Signing in
    # ------------------------------------------------------------------

    @api.model
    def _sign_in(self, connection):
        """Look at the server's key, for a person to confirm."""
        if not connection._sftp_known():
            key = host_key(Place.of(connection.url))
            connection.write({"sftp_host_key": key, "sftp_host_key_confirmed": False})

    @api.model
    def _consent(self, connection):
        if not connection._sftp_known():
            return Consent("waiting")
        with self._visit(connection) as visit:
            visit.files(())
        return Consent("valid")

    @api.model
    def _visit(self, connection):
        known = connection._sftp_known()
        if not known:
            raise NotAuthorised("Nobody has confirmed the server's host key yet")
        if not connection.client_id:
            raise NotAuthorised("The server wants a user: enter it as client")
        secrets = map(connection._secret, ("client_secret", "private_key"))
        return Sftp(Place.of(connection.url), connection.client_id, known, *secrets)

    # ------------------------------------------------------------------
    # What a connector gives
    # ------------------------------------------------------------------

    @api.model
    def _accounts(self, connection):
        return [RemoteAccount("inbox", name=f"{connection.name}: files", inbox=True)]

    @api.model
    def _balances(self, connection, account):
        return []

    @api.model
    def _documents(self, connection, account, period, status="booked"):
        """The files that are not known yet, whatever the period.

        One that cannot be had keeps nobody from having the others: it is an error at a visit
        that finds nothing else.
        """
        trouble, taken, count = None, 0, 0
        with self._visit(connection) as visit:
            for file in visit.files(self._patterns(connection)):
                if taken >= MOST:
                    self._come_again(connection)
                    break
                try:
                    content = self._take(connection, visit, file)
                except RetryLater:
                    raise
                except ConnectorError as error:
                    trouble = trouble or error
                    continue
                if content is not None:
                    taken, count = taken + len(content), count + 1
                    yield Document(file.name, content, source=file.mark)
        if trouble and not count:
            raise trouble

    @api.model
    def _patterns(self, connection):
        return [each.strip() for each in (connection.sftp_patterns or "*").split(",")]

    @api.model
    def _take(self, connection, visit, file):
        """The bytes of a new file; a known one goes to the archive, where there is one."""
        archive = connection.sftp_archive
        if not archive and self._kept(connection, [("remote_source", "=", file.mark)]):
            return None
        content = visit.content_of(file)
        if content is None:
            return None  # somebody is writing it: next time
        digest = self.env["bank.file"]._digest(content)
        if not self._kept(connection, [("file_id.sha256", "=", digest)]):
            return content
        if archive and visit.is_as_it_was(file):
            self._archive(visit, file, archive)
        return None

    @api.model
    def _archive(self, visit, file, archive):
        try:
            visit.move(file, archive)
        except (Permanent, RetryLater) as error:
            raise Permanent(f"{file.name} cannot be moved to {archive}: {error.message}") from None

    @api.model
    def _kept(self, connection, domain):
        """Whether an import of this connection has it; those before this job are committed."""
        own = [("feed_id", "in", connection.feed_ids.ids)]
        return self.env["bank.import"].sudo().search_count([*own, *domain], limit=1)

    @api.model
    def _come_again(self, connection):
        connection.feed_ids.filtered("is_inbox").next_fetch_at = fields.Datetime.now()
