import datetime
from urllib.parse import quote, urlsplit

from odoo import api, fields, models
from odoo.addons.account_bank_feed_connection.json_format import document
from odoo.addons.account_bank_feed_connection.protocol import (
    ConnectorError,
    Consent,
    ConsentExpired,
    Document,
    NotAuthorised,
    Permanent,
    RetryLater,
)
from odoo.addons.account_bank_feed_connection.protocol.http import (
    BankSession,
    as_json,
    require_tls,
)
from odoo.addons.account_bank_feed_connection.protocol.oauth import OAuthSettings
from odoo.addons.bank_statement_format.registry import formats

from ..xs2a import answers
from ..xs2a.session import Xs2aSession
from ..xs2a.transactions import FORMATS

MOST_PAGES = 10_000
ENDINGS = {"application/xml": "xml", "text/xml": "xml", "text/plain": "sta"}
WELL_KNOWN = "/.well-known/oauth-authorization-server"
"""Where an authorization server describes itself (RFC 8414)."""


class BankConnectorNextGenPsd2(models.AbstractModel):
    """Account information by the Berlin Group's NextGenPSD2 XS2A, versions 1.3.

    A connector of one bank inherits this one, and gives what is its own.
    """

    _name = "bank.connector.nextgenpsd2"
    _inherit = "bank.connector.oauth"
    _description = "Bank Connector: NextGenPSD2"
    _connector_label = "NextGenPSD2 (Berlin Group)"

    @api.model
    def _how_to(self):
        return self.env._(
            "The address is that of the bank's interface without the version, the client and "
            "its secret what the bank's developer portal gives. Register there where people "
            "come back to. Connect then leads to the bank's page, where you agree."
        )

    @api.model
    def _session(self, connection, kind=Xs2aSession, **options):
        options = {"base": _base(connection), "person": _told_of(connection), **options}
        if connection.xs2a_sign_in == "redirect":
            return self._session_without_token(connection, kind, **options)
        return super()._session(connection, kind, **options)

    @api.model
    def _session_without_token(self, connection, kind=Xs2aSession, **options):
        """We ourselves: by certificate, or by a password where the bank takes that."""
        secret = None if connection.certificate else connection._secret("client_secret")
        options = {"base": _base(connection), "person": _told_of(connection), **options}
        auth = (connection.client_id, secret) if secret else None
        return kind(tls=connection._tls(), auth=auth, **options)

    # ------------------------------------------------------------------
    # What a connector gives
    # ------------------------------------------------------------------

    @api.model
    def _accounts(self, connection):
        session = self._account_session(connection)
        names, found = answers.accounts(session.get_json("accounts"))
        if connection.xs2a_resources != names:
            connection.sudo().xs2a_resources = names
        return found

    @api.model
    def _balances(self, connection, account):
        _session, response = self._about(connection, account, "balances")
        return list(answers.balances(as_json(response), account))

    @api.model
    def _documents(self, connection, account, period, status="booked"):
        try:
            return self._fetch(connection, account, period, status)
        except Permanent as error:
            if status == "booked" or "PARAMETER_NOT_SUPPORTED" not in _codes(error):
                raise
        return self._fetch(connection, account, period, "booked")

    @api.model
    def _formats(self):
        return {**formats(), **FORMATS}

    @api.model
    def _account_session(self, connection):
        if not connection.xs2a_consent:
            raise ConsentExpired("Nobody has agreed at the bank yet")
        return self._session(connection, consent=connection.xs2a_consent)

    @api.model
    def _about(self, connection, account, what, **options):
        """The session, and its answer about an account; banks may name accounts anew."""
        session = self._account_session(connection)
        name = (connection.xs2a_resources or {}).get(account.id)
        if name:
            try:
                return session, session.get(_path("accounts", name, what), **options)
            except Permanent as error:
                if "RESOURCE_UNKNOWN" not in _codes(error):
                    raise
        self._accounts(connection)
        anew = connection.xs2a_resources.get(account.id)
        if not anew or anew == name:
            raise Permanent(f"The bank does not give the account {account.label} any more")
        return session, session.get(_path("accounts", anew, what), **options)

    # ------------------------------------------------------------------
    # Transactions
    # ------------------------------------------------------------------

    @api.model
    def _fetch(self, connection, account, period, status):
        session, response = self._about(
            connection,
            account,
            "transactions",
            params={
                "bookingStatus": status,
                "dateFrom": period.start.isoformat(),
                "dateTo": period.end.isoformat(),
            },
            headers={"Accept": connection.xs2a_format or "application/json"},
        )
        name = f"{account.label} {period.start} {period.end}"
        pages = []
        for answer in self._pages(session, response):
            if not _is_json(answer):
                return [_file(name, answer)]
            pages.append(answer.content)
        if not pages:
            return []
        kind = "nextgenpsd2_unsigned" if connection.xs2a_unsigned else "nextgenpsd2"
        return [document(kind, name, account, period, pages)]

    @api.model
    def _pages(self, session, response):
        """The answers with transactions in them, one after the other.

        :raises RetryLater: when a page, or a part of it, comes twice: then another is missing, or
            what was booked meanwhile has moved them
        """
        seen, known, before = set(), {}, None
        while len(seen) < MOST_PAGES:
            if not _is_json(response):
                yield response
                return
            body = as_json(response)
            if not isinstance(body, dict):
                raise RetryLater("The bank's answer has no transactions", payload=response.content)
            report = body.get("transactions")
            rows = _rows(report)
            if rows and rows == before or _overlap(report, known):
                raise RetryLater("The bank gives a page twice", payload=response.content)
            if rows:
                yield response
            address = answers.link(report, "next")
            if not report:
                address = answers.link(body, "download")
            if not address:
                return
            if address in seen:
                raise RetryLater("The bank's pages lead in a circle", payload=response.content)
            seen.add(address)
            before = rows
            response = session.get(address, headers={"Accept": "*/*"} if not report else None)
        raise Permanent("The bank's pages do not end")

    # ------------------------------------------------------------------
    # Signing in
    # ------------------------------------------------------------------

    @api.model
    def _oauth(self, connection):
        if not connection.xs2a_token_url:
            self._discover(connection, _origin(connection.url) + WELL_KNOWN)
        after = connection.xs2a_sign_in == "oauth"
        scope = connection.xs2a_scope or ("AIS:{consent}" if after else "AIS")
        consent = connection.xs2a_next_consent or connection.xs2a_consent or ""
        return OAuthSettings(
            connection.xs2a_authorize_url,
            connection.xs2a_token_url,
            scopes=tuple(scope.replace("{consent}", consent).split()),
            revoke_url=connection.xs2a_revoke_url or None,
            auth_method=connection.xs2a_auth_method or "none",
        )

    @api.model
    def _discover(self, connection, address):
        """Ask the bank where one signs in."""
        session = BankSession(_origin(address), tls=connection._tls())
        told = session.get_json(address)
        if not isinstance(told, dict) or not told.get("token_endpoint"):
            raise Permanent("The bank does not tell where one signs in")
        connection.sudo().write(
            {
                "xs2a_authorize_url": told.get("authorization_endpoint"),
                "xs2a_token_url": told["token_endpoint"],
                "xs2a_revoke_url": told.get("revocation_endpoint"),
            }
        )

    @api.model
    def _sign_in(self, connection):
        if connection.xs2a_sign_in == "oauth_first":
            return super()._sign_in(connection)
        body = self._ask_for_consent(connection, self._session_without_token(connection))
        if connection.xs2a_sign_in == "redirect":
            return self._redirect(connection, body)
        if answers.link(body, "scaOAuth"):
            self._discover(connection, answers.link(body, "scaOAuth"))
        return super()._sign_in(connection)

    @api.model
    def _signed_in(self, connection, answer):
        if answer.get("state") == self.env["bank.sign.in"]._implied_state():
            self.env["bank.sign.in"]._use_up(connection, answer["state"])
            return None
        super()._signed_in(connection, answer)
        if connection.xs2a_sign_in != "oauth_first":
            return None
        body = self._ask_for_consent(connection, self._session(connection))
        return self._redirect(connection, body)

    @api.model
    def _ask_for_consent(self, connection, session):
        """Ask for a consent; it takes the place of the former one as soon as it is given."""
        body = as_json(
            session.post(
                "consents", json=self._consent_wanted(connection), headers=_back(connection)
            )
        )
        if not isinstance(body, dict) or not body.get("consentId"):
            raise RetryLater("The bank's answer has no consent")
        connection.xs2a_next_consent = body["consentId"]
        start = answers.link(body, "startAuthorisation")
        if start and not (answers.link(body, "scaRedirect") or answers.link(body, "scaOAuth")):
            return as_json(session.post(start, json={}, headers=_back(connection)))
        return body

    @api.model
    def _consent_wanted(self, connection):
        """The standard's request for a consent."""
        names = ("accounts", "balances", "transactions")
        lines = filter(str.strip, (connection.xs2a_accounts or "").splitlines())
        listed = [{"iban": "".join(line.split()).upper()} for line in lines]
        access = {
            "offered": {name: [] for name in names},
            "all": {"allPsd2": "allAccounts"},
            "listed": dict.fromkeys(names, listed),
        }
        end = fields.Date.today() + datetime.timedelta(days=connection.xs2a_days or 180)
        return {
            "access": access[connection.xs2a_access or "offered"],
            "recurringIndicator": True,
            "validUntil": end.isoformat(),
            "frequencyPerDay": connection.xs2a_frequency or 4,
            "combinedServiceIndicator": False,
        }

    @api.model
    def _redirect(self, connection, body):
        """The page at which the person agrees; None where that has happened already."""
        if body.get("consentStatus") == "valid":
            return None
        address = answers.link(body, "scaRedirect")
        if not address:
            raise Permanent("The bank does not tell where one agrees")
        require_tls(address)
        self.env["bank.sign.in"]._begin(connection, with_state=False)
        return address

    @api.model
    def _consent(self, connection):
        waits = connection.xs2a_next_consent
        if waits:
            found = self._consent_of(connection, waits)
            if found.state == "waiting":
                return found
            connection.xs2a_next_consent = False
            if found.state == "valid":
                connection.write({"xs2a_consent": waits, "xs2a_resources": False})
                return found
            if not connection.xs2a_consent:
                raise NotAuthorised("Nobody has agreed at the bank")
        if not connection.xs2a_consent:
            return Consent("missing")
        return self._consent_of(connection, connection.xs2a_consent)

    @api.model
    def _consent_of(self, connection, consent):
        return answers.consent(self._session(connection).get_json(_path("consents", consent)))

    @api.model
    def _sign_out(self, connection):
        consent = connection.xs2a_consent
        if consent:
            try:
                self._session(connection).request("DELETE", _path("consents", consent))
            except ConnectorError as error:
                if not {"CONSENT_EXPIRED", "CONSENT_INVALID", "CONSENT_UNKNOWN"} & set(
                    _codes(error)
                ):
                    super()._sign_out(connection)
                    raise
        connection.write({"xs2a_consent": False, "xs2a_resources": False})
        super()._sign_out(connection)


def _base(connection):
    path = (connection.xs2a_path or "").strip("/")
    return f"{(connection.url or '').rstrip('/')}/{path}"


def _path(*names):
    """A path of names that the bank gave."""
    return "/".join(quote(name, safe="") for name in names)


def _origin(address):
    parts = urlsplit(address or "")
    return f"{parts.scheme}://{parts.netloc}"


def _back(connection):
    """Headers of a request for a consent: where people come back to, and who they are there."""
    headers = {
        "PSU-IP-Address": "127.0.0.1",  # for when nobody is there; the bank wants one
        **_told_of(connection),
        "TPP-Redirect-URI": connection.redirect_uri,
        "PSU-ID": connection.xs2a_psu_id,
        "PSU-Corporate-ID": connection.xs2a_corporate_id,
    }
    if connection.xs2a_sign_in != "oauth":
        headers["TPP-Redirect-Preferred"] = "true"
    return {name: value for name, value in headers.items() if value}


def _told_of(connection):
    """Headers that tell of the person who asks; none for what is fetched by itself."""
    person = connection._person()
    if not person:
        return {}
    headers = {
        "PSU-IP-Address": person.address,
        "PSU-User-Agent": person.headers.get("User-Agent"),
    }
    return {name: value for name, value in headers.items() if value}


def _rows(report):
    """All transactions of a page, of whatever status."""
    if not isinstance(report, dict):
        return []
    return [each for kind in ("booked", "pending") for each in report.get(kind) or ()]


def _overlap(report, known):
    """Whether something booked was on a page before; keeps what is on this one.

    :param dict known: what was booked on the pages before, by the bank's id
    """
    booked = report.get("booked") if isinstance(report, dict) else None
    rows = [each for each in booked or () if isinstance(each, dict)]
    named = {each["transactionId"]: each for each in rows if each.get("transactionId")}
    again = any(known.get(name) == each for name, each in named.items())
    known.update(named)
    return again


def _is_json(response):
    return "json" in _media(response)


def _media(response):
    return response.headers.get("Content-Type", "application/json").partition(";")[0].strip()


def _file(name, response):
    return Document(f"{name}.{ENDINGS.get(_media(response), 'txt')}", response.content)


def _codes(error):
    return getattr(error, "codes", ())
