import functools
import re
from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.account_bank_feed_connection.protocol import (
    Consent,
    Document,
    Period,
    PeriodTooLong,
    Permanent,
    RemoteAccount,
)

from ..service import answers
from ..service.camt060 import RELEASES, request
from ..service.soap import NoData, SoapSession, TooLong

DAY = timedelta(days=1)
IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")


class BankConnectorIso20022(models.AbstractModel):
    """A camt.060 in a SOAP body is answered by a camt.052 or camt.053; mutual TLS.

    Banks of this shape differ in the names of operations and in their error codes: a connector
    of one bank inherits this one, and gives its own.
    """

    _name = "bank.connector.iso20022"
    _inherit = "bank.connector"
    _description = "Bank Connector: ISO 20022 web service"
    _connector_label = "ISO 20022 web service"
    _asks_for = ("url", "client_id", "private_key", "certificate", "key_file", "authorities")

    _balance_operation = "GetAccountBalance"
    _report_operation = "GetAccountReport"
    _statement_operation = "GetStatement"

    @api.model
    def _how_to(self):
        return self.env._(
            "The address of the bank's web service, and the certificate that the bank has "
            "registered, with its private key: one .p12 file, or both as text. The rest is in"
            " the bank's manual."
        )

    @api.model
    def _session(self, connection):
        """
        :rtype: SoapSession
        """
        if not connection.url:
            raise Permanent("The connection has no address")
        return SoapSession(
            connection.url,
            tls=connection._tls(),
            wsdl=connection.iso20022_wsdl,
            namespace=connection.iso20022_namespace,
        )

    @api.model
    def _ask(self, connection, session, operation, wanted, account, period=None):
        """The Document that answers, or None where there is nothing to report."""
        release = RELEASES[connection.iso20022_release or "2019"]
        document = request(
            release.request, getattr(release, wanted), account, period, connection.client_id
        )
        try:
            return session.call(operation, document)
        except NoData:
            return None
        except PeriodTooLong as error:
            if not period or error.earliest > period.start:
                raise
            # Its words only repeat the days that were asked for: the first one is to be found out.
            raise TooLong(error.message, error.payload) from None

    # ------------------------------------------------------------------
    # What a connector gives
    # ------------------------------------------------------------------

    @api.model
    def _accounts(self, connection):
        """Those that a person has named, or that the journals have: no bank lists them here."""
        if connection.iso20022_accounts:
            lines = filter(str.strip, connection.iso20022_accounts.splitlines())
            return [_named(line) for line in lines]
        journals = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", connection.company_id.id)]
        )
        numbers = filter(None, journals.mapped("bank_account_id.sanitized_acc_number"))
        return [_named(number) for number in numbers if IBAN.fullmatch(number)]

    @api.model
    def _balances(self, connection, account):
        session = self._session(connection)
        document = self._ask(connection, session, self._balance_operation, "report", account)
        return [] if document is None else answers.balances(document, account)

    @api.model
    def _documents(self, connection, account, period, status="booked"):
        """Closed days as statements, today as a report; or what the connection says."""
        session = self._session(connection)
        for operation, wanted, days in self._pieces(connection, period):
            yield from self._fetch(connection, session, operation, wanted, account, days)

    @api.model
    def _pieces(self, connection, period):
        """What to ask for: operation, message, days; the oldest first."""
        today = fields.Date.context_today(connection)
        source = connection.iso20022_source or "both"
        report = (self._report_operation, "report")
        statement = (self._statement_operation, "statement")
        closed_until = min(period.end, today - DAY)
        most = max(connection.iso20022_days, 1)
        if source == "reports":
            yield from ((*report, days) for days in period.pieces(most))
            return
        if period.start <= closed_until:
            closed = Period(period.start, closed_until)
            yield from ((*statement, days) for days in closed.pieces(most))
        if source == "both" and period.start <= today <= period.end:
            yield (*report, Period(today, today))

    @api.model
    def _fetch(self, connection, session, operation, wanted, account, days):
        """One document; several of fewer days where the bank does not give all at once."""
        length = (days.end - days.start).days + 1
        try:
            document = self._ask(connection, session, operation, wanted, account, days)
        except TooLong as error:
            if length == 1:
                ask = functools.partial(self._ask, connection, session, operation, wanted, account)
                today = fields.Date.context_today(connection)
                last = today - DAY if wanted == "statement" else today
                raise _too_old(error, days.start, last, ask) from None
        else:
            if document is None:
                return
            if answers.is_whole(document):
                name = f"{wanted} {account.label} {days.start} {days.end}.xml"
                yield Document(name, answers.as_file(document))
                return
            if length == 1:
                raise Permanent(f"The bank gives only a part of {days.start}: that day is too long")
        for half in days.pieces((length + 1) // 2):
            yield from self._fetch(connection, session, operation, wanted, account, half)

    # ------------------------------------------------------------------
    # Signing in
    # ------------------------------------------------------------------

    @api.model
    def _consent(self, connection):
        """The certificate must be good, and the bank answer to it."""
        connection._require_certificate()
        for account in self._accounts(connection)[:1]:
            self._balances(connection, account)
        return Consent("valid")


def _too_old(error, refused, last, ask):
    """The error for a day that the bank does not give, with the first one that it does.

    That is looked for until the last day that there is, each time in one half of what is left; the
    error itself where the bank refuses that, too.

    :param ask: asks for a period
    """

    def is_given(day):
        try:
            ask(Period(day, day))
        except TooLong:
            return False
        return True

    if refused >= last or not is_given(last):
        return error
    while last - refused > DAY:
        middle = refused + (last - refused) // 2
        if is_given(middle):
            last = middle
        else:
            refused = middle
    return PeriodTooLong(error.message, last, error.payload)


def _named(line):
    """The account of a line such as ``PL61 1090 … PLN``."""
    number, currency = line.strip().upper(), None
    if match := re.fullmatch(r"(.*\S)\s+([A-Z]{3})", number):
        number, currency = match.groups()
    number = re.sub(r"\s", "", number)
    if IBAN.fullmatch(number):
        return RemoteAccount(number, iban=number, currency=currency)
    return RemoteAccount(number, number=number, currency=currency)
