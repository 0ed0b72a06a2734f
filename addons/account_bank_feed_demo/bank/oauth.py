"""OAuth 2.0: authorization code with PKCE, rotating refresh tokens, revocation."""

from __future__ import annotations

import base64
import binascii
import datetime
import hashlib
import hmac
import secrets
import threading
from dataclasses import dataclass, field
from urllib.parse import unquote_plus

from .clock import Clock
from .web import Problem, Request, Response, consent_form, json_response, page, redirect

_MINUTE = datetime.timedelta(minutes=1)
_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


@dataclass(frozen=True, slots=True)
class Client:
    """Who may fetch for customers: in PSD2's words, the third-party provider."""

    id: str
    secret: str
    redirect_uris: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Client({self.id!r})"


@dataclass(slots=True, eq=False)
class Grant:
    """What a person has allowed, and all tokens that came of it."""

    client: str
    scope: str
    revoked: bool = False


@dataclass(slots=True, eq=False)
class Token:
    grant: Grant
    scope: str
    expires: datetime.datetime
    used: bool = False


@dataclass(slots=True, eq=False)
class Ask:
    """A request for authorization that waits for a person, or its code for the client."""

    client: str
    redirect_uri: str
    state: str
    scope: str
    challenge: str
    expires: datetime.datetime
    grant: Grant | None = field(default=None)


class OAuth:
    """The authorization server.

    :param consents: where a scope ``AIS:<consent id>`` makes a consent valid
    :param auto_approve: answer for the person, as tests want it
    """

    prefixes = ("/oauth/", "/.well-known/")
    scopes = ("AIS", "offline_access")

    def __init__(self, clock: Clock, clients, consents, url: str, auto_approve: bool):
        self.clients = {client.id: client for client in clients}
        self.auto_approve = auto_approve
        self.access_lifetime = 5 * _MINUTE
        self.refresh_lifetime = datetime.timedelta(days=90)
        self._clock, self._consents, self._url = clock, consents, url
        self._lock = threading.Lock()
        self._asks: dict[str, Ask] = {}
        self._codes: dict[str, Ask] = {}
        self._access: dict[str, Token] = {}
        self._refresh: dict[str, Token] = {}

    def rules(self):
        return (
            ("GET", "/.well-known/oauth-authorization-server", self._metadata),
            ("GET", "/oauth/authorize", self._authorize),
            ("POST", "/oauth/decide", self._decide),
            ("POST", "/oauth/token", self._token),
            ("POST", "/oauth/revoke", self._revoke),
        )

    def problem(self, problem: Problem, request: Request) -> Response:
        """An error as RFC 6749 words it."""
        data = {"error": problem.code.lower(), "error_description": problem.text}
        response = json_response(data, problem.status)
        response.headers |= {**_NO_STORE, **problem.headers}
        return response

    # What the other services ask

    def bearer(self, request: Request) -> Token:
        """The access token of a request, or why it does not count."""
        token = self._access.get(request.bearer or "")
        if token is None:
            raise _unauthorised("TOKEN_UNKNOWN", "The access token is unknown")
        if token.grant.revoked:
            raise _unauthorised("TOKEN_INVALID", "The access token was revoked")
        if token.expires <= self._clock.now:
            raise _unauthorised("TOKEN_EXPIRED", "The access token has expired")
        return token

    def client_of(self, request: Request) -> str | None:
        """The client that a request comes from: by token, certificate, or its own password."""
        if request.bearer:
            return self.bearer(request).grant.client
        if request.certificate in self.clients:
            return request.certificate
        try:
            return self._client(request).id
        except Problem:
            return None

    def revoke_grant_of(self, token: str | None) -> None:
        found = self._access.get(token or "") or self._refresh.get(token or "")
        if found:
            found.grant.revoked = True

    # Endpoints

    def _metadata(self, request: Request) -> Response:
        methods = ["client_secret_basic", "client_secret_post"]
        return json_response(
            {
                "issuer": self._url,
                "authorization_endpoint": f"{self._url}/oauth/authorize",
                "token_endpoint": f"{self._url}/oauth/token",
                "revocation_endpoint": f"{self._url}/oauth/revoke",
                "response_types_supported": ["code"],
                "grant_types_supported": ["authorization_code", "refresh_token"],
                "code_challenge_methods_supported": ["S256"],
                "token_endpoint_auth_methods_supported": methods,
                "revocation_endpoint_auth_methods_supported": methods,
                "scopes_supported": list(self.scopes),
                "authorization_response_iss_parameter_supported": True,
            }
        )

    def _authorize(self, request: Request) -> Response:
        query = request.query
        client = self.clients.get(query.get("client_id", ""))
        uri = query.get("redirect_uri", "")
        if not client or uri not in client.redirect_uris:
            # Nobody is redirected to where the client never said that it is.
            return page("Demo Bank", "Unknown client or redirect address.", status=400)
        try:
            ask = self._ask(client, uri, query)
        except Problem as problem:
            return self._back(uri, query.get("state"), error=problem.code)
        ticket = secrets.token_urlsafe(24)
        with self._lock:
            self._asks[ticket] = ask
        if self.auto_approve:
            return self._answer(ticket, "approve")
        ibans = self._consents.ibans_in(ask.scope)
        form = consent_form("/oauth/decide", ticket, ibans)
        return page("Demo Bank", f"{client.id} asks to read your accounts.", form)

    def _ask(self, client: Client, uri: str, query) -> Ask:
        if query.get("response_type") != "code":
            raise Problem(400, "unsupported_response_type", "Only code is supported")
        if (
            query.get("code_challenge_method") != "S256"
            or len(query.get("code_challenge", "")) != 43
        ):
            raise Problem(400, "invalid_request", "PKCE with S256 is required")
        if not query.get("state"):
            raise Problem(400, "invalid_request", "A state is required")
        scope = query.get("scope", "AIS")
        for each in scope.split():
            consent = each.removeprefix("AIS:")
            if each not in self.scopes and not self._consents.is_of(consent, client.id):
                raise Problem(400, "invalid_scope", "A scope is unknown")
        expires = self._clock.now + 10 * _MINUTE
        return Ask(client.id, uri, query["state"], scope, query["code_challenge"], expires)

    def _decide(self, request: Request) -> Response:
        return self._answer(request.form.get("ticket", ""), request.form.get("decision", ""))

    def _answer(self, ticket: str, decision: str) -> Response:
        with self._lock:
            ask = self._asks.pop(ticket, None)
        if ask is None:
            return page("Demo Bank", "This question was answered before.", status=400)
        self._consents.decide_in(ask.scope, decision == "approve")
        if decision != "approve":
            return self._back(ask.redirect_uri, ask.state, error="access_denied")
        code = secrets.token_urlsafe(32)
        ask.expires = self._clock.now + _MINUTE
        with self._lock:
            self._codes[code] = ask
        return self._back(ask.redirect_uri, ask.state, code=code)

    def _back(self, uri: str, state: str | None, **parameters: str) -> Response:
        return redirect(uri, **parameters, state=state, iss=self._url)

    def _token(self, request: Request) -> Response:
        client = self._client(request)
        form = request.form
        grants = {"authorization_code": self._by_code, "refresh_token": self._by_refresh}
        by = grants.get(form.get("grant_type", ""))
        if by is None:
            raise Problem(400, "unsupported_grant_type", "The grant type is not supported")
        with self._lock:
            return self._issue(*by(client, form))

    def _by_code(self, client: Client, form) -> tuple[Grant, str]:
        ask = self._codes.get(form.get("code", ""))
        if ask is None or ask.client != client.id:
            raise _invalid_grant("The code is unknown")
        if ask.grant:
            # Somebody else has it, too.
            ask.grant.revoked = True
            raise _invalid_grant("The code was used before")
        ask.grant = Grant(client.id, ask.scope)
        verifier = form.get("code_verifier", "")
        fits = hmac.compare_digest(_challenge(verifier).encode(), ask.challenge.encode())
        if (
            ask.expires <= self._clock.now
            or form.get("redirect_uri") != ask.redirect_uri
            or not fits
        ):
            ask.grant.revoked = True
            raise _invalid_grant("The code has expired, or does not fit address or verifier")
        return ask.grant, ask.scope

    def _by_refresh(self, client: Client, form) -> tuple[Grant, str]:
        token = self._refresh.get(form.get("refresh_token", ""))
        if token is None or token.grant.client != client.id:
            raise _invalid_grant("The refresh token is unknown")
        if token.used:
            token.grant.revoked = True
            raise _invalid_grant("The refresh token was used before: all of its grant is revoked")
        if token.grant.revoked or token.expires <= self._clock.now:
            raise _invalid_grant("The refresh token has expired or was revoked")
        scope = form.get("scope") or token.scope
        if not set(scope.split()) <= set(token.scope.split()):
            raise Problem(400, "invalid_scope", "More is asked than was granted")
        token.used = True
        return token.grant, scope

    def _issue(self, grant: Grant, scope: str) -> Response:
        access, refresh = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        now = self._clock.now
        self._access[access] = Token(grant, scope, now + self.access_lifetime)
        self._refresh[refresh] = Token(grant, grant.scope, now + self.refresh_lifetime)
        data = {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": int(self.access_lifetime.total_seconds()),
            "refresh_token": refresh,
            "scope": scope,
        }
        response = json_response(data)
        response.headers |= _NO_STORE
        return response

    def _revoke(self, request: Request) -> Response:
        client = self._client(request)
        token = request.form.get("token", "")
        with self._lock:
            found = self._refresh.get(token)
            if found and found.grant.client == client.id:
                found.grant.revoked = True
            found = self._access.get(token)
            if found and found.grant.client == client.id:
                found.expires = self._clock.now
        # RFC 7009: unknown tokens are no error, what is wanted is so already.
        return Response()

    def _client(self, request: Request) -> Client:
        name, secret = _basic(request) or self._posted(request)
        client = self.clients.get(name)
        if client and hmac.compare_digest(client.secret.encode(), secret.encode()):
            return client
        challenge = {"WWW-Authenticate": 'Basic realm="Demo Bank"'}
        raise Problem(401, "invalid_client", "Client or secret is wrong", headers=challenge)

    @staticmethod
    def _posted(request: Request) -> tuple[str, str]:
        form = request.form
        return form.get("client_id", ""), form.get("client_secret", "")


def _basic(request: Request) -> tuple[str, str] | None:
    kind, _, value = (request.headers.get("Authorization") or "").partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        name, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return unquote_plus(name), unquote_plus(secret)


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _invalid_grant(text: str) -> Problem:
    return Problem(400, "invalid_grant", text)


def _unauthorised(code: str, text: str) -> Problem:
    return Problem(401, code, text, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
