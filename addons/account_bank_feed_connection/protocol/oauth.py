"""OAuth 2.0 as banks use it: authorization code with PKCE, refresh tokens, revocation.

The protocol is Authlib's. Here is what it leaves open: where to ask, how we prove who we are,
when a token is used up, and which error says what to do next. No error holds what the server
said about a token, nor any token.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT

from .errors import ConnectorError, ConsentExpired, NotAuthorised, RateLimited, RetryLater
from .http import TIMEOUTS, OwnTls, as_json, network_errors, read_whole, require_tls, retry_after

AuthMethod = Literal["client_secret_basic", "client_secret_post", "private_key_jwt", "none"]

EARLY = 60
"""Seconds before its end at which an access token is renewed; half its life if that is shorter."""
PASSING = ("temporarily_unavailable", "server_error", "slow_down")
"""Errors of RFC 6749 (4.1.2.1) and RFC 8628 that go away by themselves."""


@dataclass(frozen=True, slots=True)
class OAuthSettings:
    """How to sign in at a bank.

    :param scopes: no more than what the connector uses
    :param auth_method: how we prove at the token address who we are
    :param issuer: which name the bank must give itself in its answer, where it does (RFC 9207)
    :param authorize_params: what the bank wants beside the standard's parameters
    :param token_params: the same in requests for tokens
    :param assertion: claims of our signed proof that differ from the standard's
    :param assertion_header: the same for its header, such as ``kid``
    :param assertion_alg: how it is signed
    """

    authorize_url: str
    token_url: str
    scopes: tuple[str, ...] = ()
    revoke_url: str | None = None
    auth_method: AuthMethod = "client_secret_basic"
    issuer: str | None = None
    authorize_params: Mapping[str, str] = field(default_factory=dict)
    token_params: Mapping[str, str] = field(default_factory=dict)
    assertion: Mapping[str, str] = field(default_factory=dict)
    assertion_header: Mapping[str, str] = field(default_factory=dict)
    assertion_alg: str = "RS256"


@dataclass(frozen=True, slots=True, repr=False)
class Token:
    """What lets us in, and what gets us the next one.

    :param renew_at: seconds since 1970 from which on it is not used any more; None for no end
    """

    access: str
    refresh: str | None = None
    renew_at: float | None = None

    @property
    def is_fresh(self) -> bool:
        return self.renew_at is None or time.time() < self.renew_at


class OAuthClient:
    """Us, at a bank's authorization server.

    :param secret: password or private key, whichever the method of the settings wants
    :param redirect_uri: where people come back to
    :param tls: how to speak TLS, see :func:`~.tls.client_context`; the usual way when None
    """

    def __init__(self, settings, client_id, redirect_uri, *, secret=None, tls=None):
        require_tls(settings.authorize_url)
        require_tls(settings.token_url)
        if settings.revoke_url:
            require_tls(settings.revoke_url)
        self.settings = settings
        self._http = http = _Session(
            client_id,
            secret,
            redirect_uri=redirect_uri,
            token_endpoint_auth_method=settings.auth_method,
            revocation_endpoint_auth_method=settings.auth_method,
            code_challenge_method="S256",
        )
        http.trust_env = False
        if tls:
            http.mount("https://", OwnTls(tls))

    def authorize_at(self, state, verifier):
        """The address at which a person agrees."""
        url, _state = self._http.create_authorization_url(
            self.settings.authorize_url,
            state=state,
            code_verifier=verifier,
            scope=" ".join(self.settings.scopes) or None,
            **self.settings.authorize_params,
        )
        return url

    def exchange(self, answer, verifier):
        """The token for what a person has brought back.

        :param dict answer: the parameters of the address that the bank sent the person to
        """
        if answer.get("error"):
            raise NotAuthorised(f"{self._host} has not agreed: {_code(answer['error'])}")
        issuer = answer.get("iss")
        if issuer and self.settings.issuer and issuer != self.settings.issuer:
            raise NotAuthorised(f"The answer is not from {urlsplit(self.settings.issuer).hostname}")
        if not answer.get("code"):
            raise NotAuthorised(f"{self._host} sent no code along")
        return self._ask(
            self._http.fetch_token,
            self.settings.token_url,
            grant_type="authorization_code",
            code=answer["code"],
            code_verifier=verifier,
        )

    def refresh(self, token):
        """The token that follows one; where the bank gives no new refresh token, with its old."""
        return self._ask(
            self._http.refresh_token, self.settings.token_url, refresh_token=token.refresh
        )

    def revoke(self, token):
        """Give a token back, where the bank takes it (RFC 7009).

        :raises ConnectorError: after all, when it has not taken one of the two
        """
        if not self.settings.revoke_url:
            return
        refused = None
        for text, kind in ((token.refresh, "refresh_token"), (token.access, "access_token")):
            try:
                if text:
                    self._revoke(text, kind)
            except ConnectorError as error:
                refused = refused or error
        if refused:
            raise refused

    def _revoke(self, text, kind):
        self._prove()
        with network_errors(self._host):
            self._http.revoke_token(self.settings.revoke_url, token=text, token_type_hint=kind)

    def _ask(self, ask, url, **parameters):
        self._prove()
        with network_errors(self._host):
            answer = ask(url, **parameters, **self.settings.token_params)
        return _token(answer)

    def _prove(self):
        """Sign anew who we are: a bank accepts each such proof once."""
        if self.settings.auth_method == "private_key_jwt":
            proof = PrivateKeyJWT(
                self.settings.token_url,
                claims=dict(self.settings.assertion),
                headers=dict(self.settings.assertion_header) or None,
                alg=self.settings.assertion_alg,
            )
            self._http.register_client_auth_method(proof)

    @property
    def _host(self):
        return urlsplit(self.settings.token_url).hostname


class _Session(OAuth2Session):
    """Authlib's, with our rules for talking to banks; answers of success only."""

    def request(self, method, url, **kwargs):
        limits = {"timeout": TIMEOUTS, "allow_redirects": False, "stream": True}
        response = super().request(method, url, **{**kwargs, **limits})
        response._content = read_whole(response)
        _check(response, urlsplit(url).hostname)
        return response


def _check(response, host):
    """Nothing, if the server agrees.

    :raises ConnectorError: by its error (RFC 6749, 5.2), else by the status
    """
    status, code = response.status_code, _error_of(response)
    what = f"{host} answers {status} {code or ''}".strip()
    if 200 <= status < 300 and not code:
        if code is None and response.content:
            raise RetryLater(f"{what}, but not as OAuth 2.0 does")
        return
    if status == 429:
        raise RateLimited(what, retry_after(response))
    if status >= 500 or status == 408 or code in PASSING:
        raise RetryLater(what, retry_after(response))
    if code == "invalid_grant":
        raise ConsentExpired(f"{what}: somebody must sign in again")
    raise NotAuthorised(what)


def _error_of(response):
    """The error in an answer, empty where there is none; None where it cannot be read."""
    try:
        return _code(as_json(response).get("error"))
    except (RetryLater, AttributeError):
        return None


def _code(error):
    """An error's name, as far as it is one: it comes from outside, and people read it."""
    return "".join(re.findall(r"[a-zA-Z0-9_. -]", str(error or "")))[:60]


def _token(answer):
    access, kind = answer.get("access_token"), str(answer.get("token_type") or "bearer")
    if not isinstance(access, str) or not access or kind.lower() != "bearer":
        raise NotAuthorised("The bank's answer has no token that we can use")
    try:
        lasts = float(answer["expires_in"])
    except (KeyError, TypeError, ValueError):
        return Token(access, answer.get("refresh_token"))
    return Token(access, answer.get("refresh_token"), time.time() + max(lasts - EARLY, lasts / 2))
