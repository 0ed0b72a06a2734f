import io
from datetime import date

from odoo import api, models
from odoo.addons.account_bank_feed_connection.protocol import (
    Document,
    Period,
    RemoteAccount,
    RemoteBalance,
)
from odoo.addons.account_bank_feed_connection.protocol.http import BankSession
from odoo.addons.bank_statement_format import read_statements


class DemoBankConnector(models.AbstractModel):
    """The demo bank, by its simplest way in: an account's statement as a file, for a token.

    The connection's client is the account's IBAN, its secret the token.
    """

    _name = "bank.connector.demo"
    _inherit = "bank.connector"
    _description = "Demo bank"

    _connector_label = "Demo bank"

    @api.model
    def _accounts(self, connection):
        iban = connection.client_id
        statement = self._statement(connection, iban)
        return [RemoteAccount(iban, iban=iban, currency=statement.currency, name="Demo account")]

    @api.model
    def _balances(self, connection, account):
        closing = self._statement(connection, account.id).closing
        return [RemoteBalance("booked", closing.amount, account.currency)]

    @api.model
    def _documents(self, connection, account, period, status="booked"):
        path = f"files/{account.id}/{period.start}/{period.end}/camt053.xml"
        answer = self._bank(connection).get(path)
        yield Document(f"{account.id} {period.start} {period.end}.xml", answer.content)

    def _bank(self, connection):
        token = connection._secret("client_secret")
        return BankSession(
            connection.url, headers={"Authorization": f"Bearer {token}"}, tls=connection._tls()
        )

    def _statement(self, connection, iban):
        """Today's, for what stands in its head: currency and balance."""
        today = Period(date.today(), date.today())
        (document,) = self._documents(connection, RemoteAccount(iban), today)
        _format, (statement,) = read_statements(document.name, io.BytesIO(document.content))
        return statement
