"""A bank within the process: what the tests of feeds ask."""

from decimal import Decimal
from types import SimpleNamespace
from unittest.mock import patch

from odoo import fields
from odoo.addons.account_bank_feed.tests.common import IBAN, BankFeedCase, cut
from odoo.addons.bank_statement_format.testing import camt053

from ..models import bank_connection
from ..protocol import Consent, Document, RemoteAccount, RemoteBalance


def somebody_asks():
    """A person at a browser, for as long as this lasts."""
    browser = SimpleNamespace(remote_addr="192.0.2.7", headers={"User-Agent": "Firefox"})
    asking = SimpleNamespace(session=SimpleNamespace(uid=2), httprequest=browser)
    return patch.object(bank_connection, "request", asking)


class InnerBank:
    """Gives statements of what is booked there, or fails as it is told.

    ``errors`` are raised one after the other, each by one request for documents.
    """

    def __init__(self):
        self.accounts = [RemoteAccount("acc-1", iban=IBAN, currency="EUR", name="Current account")]
        self.booked = []
        self.errors = []
        self.asked = []
        self.people = []
        self.consent = Consent("valid")
        self.sign_in_at = None
        self.signed_out = False

    def documents(self, account, period, status, person=None):
        self.asked.append((account.id, period, status))
        self.people.append(person)
        if self.errors:
            raise self.errors.pop(0)
        start, end = str(period.start), str(period.end)
        if any(period.start <= t.booking_date <= period.end for t in self.booked):
            content = camt053([cut(self.booked, start, end)])
            yield Document("period.xml", content, source="period.xml")

    def balances(self):
        total = sum((t.amount for t in self.booked), Decimal(0))
        return [RemoteBalance("booked", total, "EUR"), RemoteBalance("available", total, "EUR")]


class ConnectionCase(BankFeedCase):
    """A company whose bank is within the process, and whose clock stands at 2026-02-10."""

    TODAY = fields.Date.to_date("2026-02-10")

    @classmethod
    def _request_handler(cls, session, request, /, **options):
        # Odoo's knows one time-out only; ours are two.
        if isinstance(options.get("timeout"), tuple):
            options["timeout"] = max(options["timeout"])
        return super()._request_handler(session, request, **options)

    def setUp(self):
        super().setUp()
        self.bank = bank = InnerBank()
        methods = {
            "_connector_label": "Inner bank",
            "_accounts": lambda model, connection: bank.accounts,
            "_balances": lambda model, connection, account: bank.balances(),
            "_documents": lambda model, connection, account, period, status="booked": (
                bank.documents(account, period, status, connection._person())
            ),
            "_sign_in": lambda model, connection: bank.sign_in_at,
            "_consent": lambda model, connection: bank.consent,
            "_sign_out": lambda model, connection: setattr(bank, "signed_out", True),
        }
        connector = type(self.env["bank.connector"])
        for name, value in methods.items():
            self.startPatcher(patch.object(connector, name, value))
        self.startPatcher(patch.object(fields.Date, "context_today", lambda *_: self.TODAY))
        self.connection = self.env["bank.connection"].create(
            {"name": "House bank", "connector": "bank.connector", "company_id": self.company.id}
        )

    def connect(self):
        """Connect, find the account, start its feed; nothing is fetched yet."""
        self.connection.action_connect()
        self.connection.action_find_accounts()
        feed = self.connection.feed_ids
        feed.action_start()
        return feed
