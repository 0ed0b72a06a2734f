import time

from odoo import api, fields, models
from odoo.addons.account_bank_feed_connection.protocol import (
    Consent,
    Document,
    Period,
    RemoteAccount,
    RemoteBalance,
)

from ..fio import PAUSE, FioSession, TooMany


class BankConnectorFio(models.AbstractModel):
    """A token is for one account. It is the connection's secret, its client secret.

    Periods with a cursor of our own, never the bank's "what is new since the last time": that
    moves on even when its answer gets lost.
    """

    _name = "bank.connector.fio"
    _inherit = "bank.connector"
    _description = "Bank Connector: Fio banka"
    _connector_label = "Fio banka (CZ, SK)"

    @api.model
    def _session(self, connection):
        token = connection._secret("client_secret")
        return FioSession(token, connection.url or None, tls=connection._tls())

    @api.model
    def _consent(self, connection):
        """Fetches today, which tells the account too; another request would have to wait."""
        statement = self._today(connection)
        connection.write(
            {
                "fio_iban": statement.iban,
                "fio_number": statement.number,
                "fio_currency": statement.currency,
            }
        )
        return Consent("valid")

    @api.model
    def _today(self, connection):
        today = fields.Date.context_today(connection)
        return self._session(connection).statement(Period(today, today))

    @api.model
    def _accounts(self, connection):
        if not connection.fio_number:
            self._consent(connection)
        number, iban = connection.fio_number, connection.fio_iban
        return [RemoteAccount(number, iban or None, number, connection.fio_currency or None)]

    @api.model
    def _balances(self, connection, account):
        """What came along with the transactions in this job, or else asked for."""
        told = self.env.cr.cache.pop(self._told(connection), None)
        return self._balance(self._today(connection)) if told is None else told

    @api.model
    def _documents(self, connection, account, period, status="booked"):
        session = self._session(connection)
        told = []
        for days, statement in self._statements(session, period):
            yield Document(f"{account.label} {days.start} {days.end}.xml", statement.content)
            if days.end >= fields.Date.context_today(connection):
                told = self._balance(statement)
        self.env.cr.cache[self._told(connection)] = told

    @api.model
    def _statements(self, session, period):
        """The period, in halves where it has too many transactions."""
        try:
            yield period, session.statement(period)
            return
        except TooMany:
            length = (period.end - period.start).days + 1
            if length == 1:
                raise
        for half in period.pieces((length + 1) // 2):
            time.sleep(PAUSE + 1)
            yield from self._statements(session, half)

    @api.model
    def _balance(self, statement):
        if statement.closing is None:
            return []
        return [RemoteBalance("booked", statement.closing, statement.currency)]

    @api.model
    def _told(self, connection):
        return self._name, connection.id
