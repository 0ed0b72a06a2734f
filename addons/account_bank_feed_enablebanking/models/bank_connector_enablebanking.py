import functools
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from odoo import api, models
from odoo.addons.account_bank_feed import vault
from odoo.addons.account_bank_feed_connection.protocol import (
    Consent,
    NotAuthorised,
    PeriodTooLong,
    Permanent,
    RemoteAccount,
)
from odoo.addons.account_bank_feed_rest.format import RestFormat
from odoo.addons.account_bank_feed_rest.rest import account_values, profile_from, utc

from ..session import EnableBankingSession, earlier

PROFILE = Path(__file__).parents[1] / "profile.json"
SESSION = "enablebanking_session"
"""The secret of a connection that holds the id of the consent's session."""
LONGEST = timedelta(days=180)
"""The longest consent that PSD2 knows, where the bank does not say."""

USUAL = ("psu-ip-address", "psu-user-agent")
"""What a bank is told of a person where it does not say what it wants to know."""


class BankConnectorEnableBanking(models.AbstractModel):
    """Enable Banking: our application signs what it asks; an account's owner agrees at his bank.

    What is asked and read is in `profile.json`. Ids of accounts last as long as a consent, so an
    account is known by its ``identification_hash``, and by its id only within the session.
    """

    _name = "bank.connector.enablebanking"
    _inherit = "bank.connector.rest"
    _description = "Bank Connector for Enable Banking"

    _connector_label = "Enable Banking"
    _session_kind = EnableBankingSession

    @api.model
    def _how_to(self):
        return self.env._(
            "Register an application in Enable Banking's control panel, with the address that "
            "people come back to: its id is the client, its RSA key the private key. Then choose "
            "country and bank, and connect."
        )

    @api.model
    def _leads_back(self, connection):
        return True

    @api.model
    def _profile(self, connection):
        return _profile()

    @api.model
    def _formats(self):
        formats = (RestFormat(_profile(), pending) for pending in (False, True))
        return {each.name: each for each in formats}

    @api.model
    def _rest_session(self, connection):
        bank = super()._rest_session(connection).of(connection._secret(SESSION))
        bank.http.headers.update(self._person_headers(connection))
        return bank

    @api.model
    def _person_headers(self, connection):
        """Who asks, while somebody does: banks count that apart. All that the bank wants, or
        nothing; and nothing where it is a schedule that asks."""
        person = connection._person()
        if not person:
            return {}
        told = {f"psu-{name.lower()}": value for name, value in person.headers.items()}
        told["psu-ip-address"] = person.address
        names = (connection.enablebanking_headers or "").lower().split() or USUAL
        return {name: told[name] for name in names} if told.keys() >= set(names) else {}

    # ------------------------------------------------------------------
    # What it gives
    # ------------------------------------------------------------------

    @api.model
    def _banks(self, connection):
        with self._asking(connection) as bank:
            country, kind = connection.enablebanking_country_id, connection.enablebanking_psu_type
            return bank.banks(country.code, kind)

    @api.model
    def _accounts(self, connection):
        with self._asking(connection) as bank:
            found = bank.details()
        return [RemoteAccount(**account_values(_profile(), item)) for item in found]

    @api.model
    def _documents(self, connection, account, period, status="booked"):
        try:
            yield from super()._documents(connection, account, period, status)
        except PeriodTooLong as error:
            raise earlier(error, period.start) from None

    # ------------------------------------------------------------------
    # Signing in and out
    # ------------------------------------------------------------------

    @api.model
    def _sign_in(self, connection):
        if not connection.enablebanking_bank:
            raise Permanent("Choose the bank first")
        longest = timedelta(seconds=connection.enablebanking_seconds) or LONGEST
        until = datetime.now(UTC) + longest - timedelta(minutes=5)  # our clocks may differ
        state, _verifier = self.env["bank.sign.in"]._begin(connection)
        with self._asking(connection) as bank:
            return bank.begin(
                {
                    "access": {
                        "valid_until": until.isoformat(),
                        "balances": True,
                        "transactions": True,
                    },
                    "aspsp": {
                        "name": connection.enablebanking_bank,
                        "country": connection.enablebanking_country_id.code,
                    },
                    "state": state,
                    "redirect_url": connection.redirect_uri,
                    "psu_type": connection.enablebanking_psu_type,
                    "language": (self.env.lang or "en")[:2],
                }
            )

    @api.model
    def _signed_in(self, connection, answer):
        self.env["bank.sign.in"]._use_up(connection, answer.get("state"))
        if answer.get("error") or not answer.get("code"):
            raise NotAuthorised("The bank has not agreed, or somebody went back there")
        with self._asking(connection) as bank:
            session = bank.agreed(answer["code"])
        with connection._apart() as (mine, _cr):  # the code counts once, whatever happens next
            vault.store(mine, SESSION, session)
        connection.env.invalidate_all()

    @api.model
    def _consent(self, connection):
        with self._asking(connection) as bank:
            until = (bank.state().get("access") or {}).get("valid_until")
        return Consent("valid", until and utc(until).replace(microsecond=0))

    @api.model
    def _sign_out(self, connection):
        with self._asking(connection) as bank:
            if bank.consent:
                bank.end()


@functools.cache
def _profile():
    return profile_from("enablebanking", json.loads(PROFILE.read_text("utf-8")))
