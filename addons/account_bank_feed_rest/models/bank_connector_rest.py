import contextlib
import datetime
from urllib.parse import urlsplit, urlunsplit

from odoo import api, fields, models
from odoo.addons.account_bank_feed_connection.json_format import document
from odoo.addons.account_bank_feed_connection.protocol import (
    AccountConsentExpired,
    Consent,
    NotAuthorised,
    PeriodTooLong,
    Permanent,
    RemoteAccount,
    RemoteBalance,
    RetryLater,
)
from odoo.addons.account_bank_feed_connection.protocol.oauth import OAuthSettings

from ..format import RestFormat
from ..rest import (
    BrokenAnswer,
    account_values,
    ask,
    balance_values,
    fill,
    find,
    find_all,
    selected,
    shipped,
    text,
    utc,
)
from ..session import ClientToken, RestSession, SignedToken


class BankConnectorRest(models.AbstractModel):
    """Whatever bank has a profile: the profile says all that is its own."""

    _name = "bank.connector.rest"
    _inherit = "bank.connector.oauth"
    _description = "Bank Connector by REST Profile"

    _connector_label = "REST interface (Ponto, Qonto, Revolut Business)"
    _session_kind = RestSession

    @api.model
    def _accounts(self, connection):
        profile = self._profile(connection)
        with self._asking(connection) as bank:
            accounts = [account_values(profile, item) for item in bank.accounts()]
            return [RemoteAccount(**self._with_iban(bank, values)) for values in accounts]

    def _with_iban(self, bank, values):
        """An account with its IBAN, where the bank tells that only of one account at a time."""
        rules = bank.profile.accounts
        if rules.details and not values["iban"]:
            account = {"account_id": values["id"]}
            for page in ask(bank.profile, rules.details, bank.body, account):
                for item in page.items:
                    if not values["iban"] and selected(rules.details.where, account, item):
                        values["iban"] = text(rules.details_iban, item)
        return values

    @api.model
    def _balances(self, connection, account):
        source = self._profile(connection).balances.source
        with self._asking(connection) as bank:
            if source:
                pages = ask(bank.profile, source, bank.body, bank.values_of(account))
                items = [item for page in pages for item in page.items]
            else:
                items = [bank.account(account)]
            return [
                RemoteBalance(kind, amount, currency or account.currency, as_of)
                for kind, amount, currency, as_of in balance_values(bank.profile, items)
            ]

    @api.model
    def _documents(self, connection, account, period, status="booked"):
        profile = self._profile(connection)
        self._require_history(profile, period)
        with self._asking(connection) as bank:
            self._require_fresh(bank, account, period)
            days = profile.limits.period_days or (period.end - period.start).days + 1
            for piece in period.pieces(days):
                yield from self._pages_of(bank, account, piece)
            if status == "both" and profile.transactions.pending:
                yield from self._pages_of(bank, account, period, pending=True)

    def _pages_of(self, bank, account, period, pending=False):
        profile, rules = bank.profile, bank.profile.transactions
        source = rules.pending if pending else rules.source
        values = bank.values_of(account)
        pages = list(ask(profile, source, bank.body, values, period.start, period.end))
        if any(page.items for page in pages):
            kind = RestFormat.name_of(profile, pending)
            name = f"{profile.name} {'pending' if pending else period.start} {period.end}"
            yield document(kind, name, account, period, [page.body for page in pages])

    def _require_history(self, profile, period):
        days = profile.limits.history_days
        earliest = days and fields.Date.context_today(self) - datetime.timedelta(days=days)
        if earliest and period.start < earliest:
            raise PeriodTooLong(f"{profile.label} goes back {days} days only", earliest)

    def _require_fresh(self, bank, account, period):
        """Whether what is passed on to us is young enough for the days that we ask for.

        :raises RetryLater: otherwise; so these days do not count as fetched
        """
        who, rules = bank.profile.label, bank.profile.freshness
        if not rules:
            return
        item = bank.account(account)
        if rules.expired and set(find_all(rules.expired, item)) & set(rules.expired_values):
            what = f"{who}: the access to {account.label} must be renewed there"
            raise AccountConsentExpired(what)
        found = find(rules.synchronized_at, item)
        if not found:
            raise RetryLater(f"{who} has not asked the bank for {account.label} yet")
        asked_at = utc(found)
        oldest = fields.Datetime.now() - datetime.timedelta(hours=rules.hours)
        if asked_at < oldest and asked_at.date() <= period.end:
            when = f"{asked_at:%Y-%m-%d %H:%M} UTC"
            raise RetryLater(f"{who} asked the bank for {account.label} last on {when}")

    @api.model
    def _formats(self):
        profiles = shipped().values()
        formats = [
            RestFormat(profile, pending) for profile in profiles for pending in (False, True)
        ]
        return {each.name: each for each in formats}

    # ------------------------------------------------------------------
    # Signing in and out
    # ------------------------------------------------------------------

    @api.model
    def _sign_in(self, connection):
        sign_in = self._profile(connection).sign_in
        if sign_in.kind != "code":
            return None
        begun = self.env["bank.sign.in"]._begin(connection, with_state=sign_in.state)
        return self._oauth_client(connection).authorize_at(*begun)

    @api.model
    def _consent(self, connection):
        """Whether the accounts are told; until when, each of them says, where it ends at all."""
        with self._asking(connection) as bank:
            list(bank.accounts())
        return Consent("valid")

    @api.model
    def _sign_out(self, connection):
        if self._profile(connection).sign_in.kind == "code":
            super()._sign_out(connection)

    @api.model
    def _oauth(self, connection):
        sign_in, addresses = self._profile(connection).sign_in, self._addresses(connection)
        values = self._placeholders(connection)
        return OAuthSettings(
            addresses["authorize"],
            addresses["token"],
            scopes=sign_in.scopes,
            revoke_url=addresses["revoke"],
            auth_method=sign_in.client_auth,
            authorize_params=_filled(sign_in.authorize_params, values),
            token_params=_filled(sign_in.token_params, values),
            assertion=_filled(sign_in.assertion, values),
        )

    # ------------------------------------------------------------------
    # What the profile makes of a connection
    # ------------------------------------------------------------------

    @api.model
    def _profile(self, connection):
        """:raises Permanent: when none is chosen, or it is not there any more"""
        profile = shipped().get(connection.rest_profile)
        if not profile:
            raise Permanent("No bank is chosen for the REST interface")
        return profile

    @api.model
    def _environment(self, connection):
        profile = self._profile(connection)
        if connection.rest_sandbox and not profile.sandbox:
            raise Permanent(f"{profile.label} has no sandbox at an address of its own")
        return profile.sandbox if connection.rest_sandbox else profile.production

    @api.model
    def _addresses(self, connection):
        """The bank's addresses; all at the host of the connection's address, where it has one."""
        environment = self._environment(connection)
        names = ("api", "authorize", "token", "revoke")
        return {name: _at_host(getattr(environment, name), connection.url) for name in names}

    @api.model
    def _placeholders(self, connection):
        return {
            "client_id": connection.client_id or "",
            "redirect_uri": connection.redirect_uri or "",
            "redirect_host": urlsplit(connection.redirect_uri or "").hostname or "",
        }

    @contextlib.contextmanager
    def _asking(self, connection):
        """A session with the bank. What is not as the profile says is a fault of the bank's."""
        try:
            yield self._rest_session(connection)
        except BrokenAnswer as error:
            raise RetryLater(error.message, payload=error.body) from None

    @api.model
    def _rest_session(self, connection):
        profile, address = self._profile(connection), self._addresses(connection)
        sign_in = profile.sign_in
        if sign_in.certificate and not connection.certificate:
            raise NotAuthorised(f"{profile.label} wants a certificate and its private key")
        secrets = {
            "client_secret": connection._secret("client_secret") or "",
            "sandbox_token": connection._secret("rest_sandbox_token") or "",
        }
        values = {**self._placeholders(connection), **secrets}
        headers = _filled(self._environment(connection).headers, values)
        options = {"profile": profile, "secrets": tuple(secrets.values()), "headers": headers}
        if sign_in.kind == "code":
            return self._session(connection, self._session_kind, address["api"], **options)
        options["tls"] = connection._tls()
        if sign_in.kind == "header":
            headers[sign_in.header] = fill(sign_in.value, values)
        elif sign_in.kind == "signed":
            key, key_id = connection._secret("private_key"), fill(sign_in.key_id or "", values)
            claims = _filled(sign_in.assertion, values)
            options["token"] = SignedToken(key, key_id, claims, sign_in.lifetime)
        else:
            who = (values["client_id"], values["client_secret"])
            options["token"] = ClientToken(address["token"], who, sign_in, options["tls"])
        return self._session_kind(address["api"], **options)


def _at_host(address, elsewhere):
    if not address or not elsewhere:
        return address
    host = urlsplit(elsewhere)
    return urlunsplit(urlsplit(address)._replace(scheme=host.scheme, netloc=host.netloc))


def _filled(templates, values):
    return {name: fill(template, values) for name, template in templates.items()}
