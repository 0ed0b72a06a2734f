from odoo import api, models

from ..protocol import Consent

HISTORY = 2 * 365
"""Days that a first fetch asks for: what banks give at most, right after somebody has agreed."""


class BankConnector(models.AbstractModel):
    """How to speak with one bank, or with many that speak alike.

    A connector is a model that inherits this one and has a label: nothing else lists it. It
    keeps nothing of its own. What it needs to sign in is in the ``bank.connection`` that it is
    given. It raises the errors of ``protocol/errors.py`` and no others that it knows of.
    ``docs/connectors.md`` walks through writing one.
    """

    _name = "bank.connector"
    _description = "Bank Connector"

    _connector_label = None
    """The bank's or protocol's name, for people. Without one it is not offered."""
    _comes_back = False
    """Whether people sign in on the bank's pages and come back from there."""
    _asks_for = (
        *("url", "client_id", "client_secret", "private_key", "certificate", "key_file"),
        "authorities",
    )
    """The connection's fields that its form shows for this connector."""
    _url_example = "https://…"
    """What an address looks like."""

    @api.model
    def _wants(self, connection):
        """Those of them that this connection needs, where that differs."""
        return self._asks_for

    @api.model
    def _leads_back(self, connection):
        """Whether people of this connection come back from the bank's pages."""
        return self._comes_back

    @api.model
    def _how_to(self):
        """What to enter where, and where it is to be had: for people, below the connector."""
        return ""

    @api.model
    def _labels(self):
        """The connectors of this database: their models' names and labels."""
        names = self.env.registry.descendants(["bank.connector"], "_inherit")
        labels = ((name, self.env[name]._connector_label) for name in names)
        return sorted(((name, label) for name, label in labels if label), key=lambda one: one[1])

    # ------------------------------------------------------------------
    # What a connector gives
    # ------------------------------------------------------------------

    @api.model
    def _accounts(self, connection):
        """The accounts that the connection reaches.

        :rtype: list[RemoteAccount]
        """
        raise NotImplementedError

    @api.model
    def _balances(self, connection, account):
        """What stands on an account; empty where the bank does not tell.

        :param account: the :class:`RemoteAccount`
        :rtype: list[RemoteBalance]
        """
        raise NotImplementedError

    @api.model
    def _documents(self, connection, account, period, status="booked"):
        """The transactions of an account, as documents that the parser reads.

        All pages: half a period is none. Nothing where the period has no transactions.

        :param period: the :class:`Period` of days, by booking date
        :param str status: what to ask for: ``booked``, or ``both`` for those that the bank calls
            pending, too. A bank that gives these unasked does no harm: they are never booked.
        :rtype: Iterable[Document]
        :raises PeriodTooLong: when the bank does not go back that far
        """
        raise NotImplementedError

    @api.model
    def _history_days(self, connection):
        """How many days back the first fetch asks, where nobody has said how many.

        Too many rather than too few: `PeriodTooLong` tells where the bank's history begins.
        """
        return HISTORY

    @api.model
    def _formats(self):
        """The formats of its documents by name; None for whatever files may be of."""
        return None

    # ------------------------------------------------------------------
    # Signing in and out
    # ------------------------------------------------------------------

    @api.model
    def _sign_in(self, connection):
        """Begin to connect.

        :return: the bank's address at which a person must agree, or None when nobody needs to
        """
        return None

    @api.model
    def _signed_in(self, connection, answer):
        """Go on when the person comes back from the bank.

        :param dict answer: the parameters that the bank sent along
        :return: a further address at the bank to which the person must go, or None
        """

    @api.model
    def _consent(self, connection):
        """Whether the bank is there and lets us in, and until when; asks the bank.

        :rtype: Consent
        :raises ConnectorError: when it is not well
        """
        self._accounts(connection)
        return Consent("valid")

    @api.model
    def _sign_out(self, connection):
        """Tell the bank that we will not come again, where it wants to know."""
