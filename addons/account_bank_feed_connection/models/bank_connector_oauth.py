import json
from dataclasses import asdict

from psycopg2.errors import SerializationFailure

from odoo import api, models
from odoo.addons.account_bank_feed import vault

from ..protocol import ConsentExpired
from ..protocol.http import BankSession
from ..protocol.oauth import OAuthClient, Token

TOKEN = "oauth_token"
"""The secret of a connection that holds its token."""


class BankConnectorOAuth(models.AbstractModel):
    """A bank where somebody signs in on its own pages, and whose tokens are renewed from then on.

    A connector inherits this one, tells in `_oauth` where the bank's authorization server is,
    and asks the bank with what `_session` gives it.

    The token is read and written in database transactions of its own, never in the caller's: a
    bank that rotates refresh tokens takes everything back when one comes twice. So whoever
    renews it locks its row, and commits the new one before anybody uses it; another worker waits
    there, and then finds the new one.
    """

    _name = "bank.connector.oauth"
    _inherit = "bank.connector"
    _description = "Bank Connector with OAuth 2.0"

    _connector_label = None
    _comes_back = True

    # ------------------------------------------------------------------
    # What a connector tells
    # ------------------------------------------------------------------

    @api.model
    def _oauth(self, connection):
        """Where and how to sign in.

        :rtype: OAuthSettings
        """
        raise NotImplementedError

    @api.model
    def _session(self, connection, kind=BankSession, base=None, **options):
        """What the connector asks the bank with: it carries a good access token.

        A token that the bank refuses is renewed, once for each request.

        :param kind: :class:`BankSession`, or what the connector has made of it
        :param base: the address that paths are relative to, where it is not the connection's
        :param options: for its constructor
        """
        options = {"tls": connection._tls(), **options}
        return kind(base or connection.url, token=_Tokens(self, connection), **options)

    # ------------------------------------------------------------------
    # In and out
    # ------------------------------------------------------------------

    @api.model
    def _sign_in(self, connection):
        client = self._oauth_client(connection)
        return client.authorize_at(*self.env["bank.sign.in"]._begin(connection))

    @api.model
    def _signed_in(self, connection, answer):
        verifier = self.env["bank.sign.in"]._use_up(connection, answer.get("state"))
        self._keep_token(connection, self._oauth_client(connection).exchange(answer, verifier))

    @api.model
    def _sign_out(self, connection):
        token = self._stored_token(connection)
        if token:
            self._oauth_client(connection).revoke(token)

    @api.model
    def _oauth_client(self, connection):
        settings = self._oauth(connection)
        with_key = settings.auth_method == "private_key_jwt"
        return OAuthClient(
            settings,
            connection.client_id,
            connection.redirect_uri,
            secret=connection._secret("private_key" if with_key else "client_secret"),
            tls=connection._tls(),
        )

    # ------------------------------------------------------------------
    # The token
    # ------------------------------------------------------------------

    @api.model
    def _keep_token(self, connection, token):
        """Commit a token in place of the one that there is."""
        with connection._apart() as (mine, _cr):
            vault.store(mine, TOKEN, json.dumps(asdict(token)))

    @api.model
    def _stored_token(self, connection):
        with connection._apart() as (mine, _cr):
            return _read(mine)

    @api.model
    def _good_token(self, connection, refused=None):
        """A token that is still good, renewed where it is not.

        :param str refused: the access token that the bank does not take any more
        :raises ConsentExpired: when somebody must sign in again
        """
        while True:
            token = self._stored_token(connection)
            if _is_good(token, refused):
                return token
            try:
                return self._renew_token(connection, refused)
            except SerializationFailure:
                continue  # somebody else has renewed it while we waited

    @api.model
    def _renew_token(self, connection, refused):
        client = self._oauth_client(connection)
        with connection._apart() as (mine, _cr):
            vault.hold(mine, TOKEN)
            token = _read(mine)
            if not _is_good(token, refused):
                if not token or not token.refresh:
                    raise ConsentExpired(f"{connection.name}: somebody must sign in again")
                token = client.refresh(token)
                vault.store(mine, TOKEN, json.dumps(asdict(token)))
        return token


class _Tokens:
    """The access tokens of a connection, for as long as a session lasts."""

    def __init__(self, connector, connection):
        self.connector, self.connection = connector, connection
        self.token = None

    def __call__(self, refused=None):
        if not _is_good(self.token, refused):
            self.token = self.connector._good_token(self.connection, refused)
        return self.token.access


def _read(connection):
    kept = vault.fetch(connection, TOKEN)
    return kept and Token(**json.loads(vault.reveal(kept)))


def _is_good(token, refused=None):
    return bool(token) and token.is_fresh and token.access != refused
