from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.account_bank_feed_connection.json_format import document
from odoo.addons.account_bank_feed_connection.protocol import (
    Consent,
    RemoteAccount,
    RemoteBalance,
    tls,
)
from odoo.addons.account_bank_feed_connection.protocol.answers import as_described, decimal

from ..rb import HISTORY, RbFormat, RbSession

KINDS = (("booked", ("CLBD",)), ("available", ("CLAV", "CLAB")))
YEAR = timedelta(days=365)


class BankConnectorRb(models.AbstractModel):
    """An account has a folder for each currency: those are the accounts here."""

    _name = "bank.connector.rb"
    _inherit = "bank.connector"
    _description = "Bank Connector: Raiffeisenbank CZ"
    _connector_label = "Raiffeisenbank CZ (Premium API)"
    _asks_for = ("client_id", "private_key", "certificate", "key_file")

    @api.model
    def _how_to(self):
        return self.env._(
            "The client is the id of the application at the bank's developer portal; the key "
            "file is the .p12 file of the certificate from the internet banking. The bank "
            "blocks certificates every year: unblock it there, then connect again here."
        )

    @api.model
    def _session(self, connection):
        return RbSession(connection.client_id, connection.url or None, tls=connection._tls())

    @api.model
    def _history_days(self, connection):
        return HISTORY

    @api.model
    def _formats(self):
        return {RbFormat.name: RbFormat()}

    @api.model
    def _consent(self, connection):
        """Until the certificate is blocked: the bank does that every year."""
        connection._require_certificate()
        next(self._pages_of_accounts(self._session(connection)), None)
        block, _end = tls.validity(connection.certificate)
        while block <= fields.Datetime.now():
            block += YEAR
        return Consent("valid", block)

    @api.model
    def _pages_of_accounts(self, session):
        for _body, page in session.pages("accounts", "last", size=50):
            yield page.get("accounts") or ()

    @api.model
    def _accounts(self, connection):
        session = self._session(connection)
        found = []
        with as_described("accounts"):
            for accounts in self._pages_of_accounts(session):
                for account in accounts:
                    found += self._folders_of(session, account)
        return found

    @api.model
    def _folders_of(self, session, account):
        number = str(account["accountNumber"])
        prefix = account.get("accountNumberPrefix") or ""
        national = f"{prefix}-{number}" if prefix.strip("0") else number
        names = (account.get("friendlyName"), account.get("accountName"))
        return [
            RemoteAccount(
                id=f"{number}/{folder['currency']}",
                iban=account.get("iban") or None,
                number=f"{national}/{account['bankCode']}",
                currency=folder["currency"],
                name=next(filter(None, names), None),
            )
            for folder in self._folders(session, number)
            if folder.get("status") == "ACTIVE"
        ]

    @api.model
    def _folders(self, session, number):
        return session.get_json(f"accounts/{number}/balance").get("currencyFolders") or ()

    @api.model
    def _balances(self, connection, account):
        number, currency = account.id.split("/")
        with as_described("balances"):
            found = {
                balance["balanceType"]: decimal(balance["value"])
                for folder in self._folders(self._session(connection), number)
                if folder["currency"] == currency
                for balance in folder.get("balances") or ()
            }
        return [
            RemoteBalance(kind, found[next(code for code in codes if code in found)], currency)
            for kind, codes in KINDS
            if found.keys() & set(codes)
        ]

    @api.model
    def _documents(self, connection, account, period, status="booked"):
        number, currency = account.id.split("/")
        pages = self._session(connection).pages(
            f"accounts/{number}/{currency}/transactions",
            "lastPage",
            **{"from": str(period.start), "to": str(period.end)},
        )
        bodies = [body for body, page in pages if page.get("transactions")]
        if bodies:
            name = f"{account.label} {currency} {period.start} {period.end}"
            yield document(RbFormat.name, name, account, period, bodies)
