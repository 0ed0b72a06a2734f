"""Asking a bank by its profile."""

from __future__ import annotations

import datetime
import time

from odoo.addons.account_bank_feed_connection.protocol import (
    AccountConsentExpired,
    ConnectorError,
    ConsentExpired,
    NotAuthorised,
    PeriodTooLong,
    Permanent,
    RateLimited,
    RetryLater,
)
from odoo.addons.account_bank_feed_connection.protocol.http import (
    BankSession,
    as_json,
    retry_after,
    scrubbed,
)

from .rest import Pace, ask, selected, signed, text, verdict

ERRORS = {
    kind.kind: kind
    for kind in (
        RetryLater,
        RateLimited,
        ConsentExpired,
        AccountConsentExpired,
        NotAuthorised,
        PeriodTooLong,
        Permanent,
    )
}


MARGIN = 60
"""Seconds before its end from which on a signed token is not used any more."""


class RestSession(BankSession):
    """Speaks with one bank as its profile says.

    :param secrets: what must be in no error
    """

    def __init__(self, base, profile, *, secrets=(), headers=None, **options):
        super().__init__(base, headers={"Accept": "application/json", **(headers or {})}, **options)
        self.profile, self._secrets = profile, secrets
        self._pace = Pace(profile.limits.requests_per_minute)

    def body(self, request):
        """The body of the answer to a :class:`~.rest.Request`."""
        self._pace.wait()
        return self.get(request.address, params=request.query or None).content

    def accounts(self):
        """The items of the list of accounts that count."""
        source = self.profile.accounts.source
        for page in ask(self.profile, source, self.body):
            yield from (item for item in page.items if selected(source.where, {}, item))

    def account(self, account):
        """The item of one account.

        :raises Permanent: when it is not there any more
        """
        for item in self.accounts():
            if text(self.profile.accounts.id, item) == account.id:
                return item
        raise Permanent(f"{self._host} does not know the account {account.label} any more")

    @staticmethod
    def values_of(account):
        """What the placeholders of requests for an account stand for."""
        return {"account_id": account.id, "account_iban": account.iban or ""}

    def check(self, response):
        found = self._verdict(response)
        try:
            if found:
                raise self._error(found, response)
            super().check(response)
        except ConnectorError as error:
            raise scrubbed(error, *self._secrets) from None

    def refuses_token(self, response):
        found = self._verdict(response)
        return super().refuses_token(response) and (not found or found.kind == NotAuthorised.kind)

    def _verdict(self, response):
        today = datetime.datetime.now(self.profile.zone).date()
        return verdict(self.profile, response.status_code, response.content, today)

    def _error(self, found, response):
        what = f"{self._host} answers {response.status_code} {response.reason or ''}".strip()
        kind, body = ERRORS[found.kind], response.content
        if kind is PeriodTooLong:
            return PeriodTooLong(what, found.earliest, body)
        if issubclass(kind, RetryLater):
            after = retry_after(response, found.wait_header)
            return kind(what, found.wait if after is None else after, body)
        return kind(what, body)


class ClientToken:
    """The access token that our own name and password get (RFC 6749, 4.4); nobody signs in.

    It is kept for as long as the session lasts, and nowhere else.

    :param who: name and password
    """

    def __init__(self, url, who, sign_in, tls):
        self._url, self._who, self._sign_in, self._tls = url, who, sign_in, tls
        self._token = None

    def __call__(self, refused=None):
        if not self._token or self._token == refused:
            self._token = self._ask()
        return self._token

    def _ask(self):
        form = {"grant_type": "client_credentials", **self._sign_in.token_params}
        if self._sign_in.scopes:
            form["scope"] = " ".join(self._sign_in.scopes)
        basic = self._sign_in.client_auth == "client_secret_basic"
        if not basic:
            form |= dict(zip(("client_id", "client_secret"), self._who, strict=True))
        bank = _TokenSession(self._url, auth=self._who if basic else None, tls=self._tls)
        answer = as_json(bank.post(self._url, data=form))
        token = answer.get("access_token") if isinstance(answer, dict) else None
        if not isinstance(token, str) or not token:
            raise NotAuthorised("The bank's answer has no token that we can use")
        return token


class SignedToken:
    """A token that we sign ourselves; a new one for each session, and where one is refused.

    :param key: our private key
    """

    def __init__(self, key, key_id, claims, lifetime):
        self._key, self._key_id, self._claims, self._lifetime = key, key_id, claims, lifetime
        self._token, self._ends = None, 0

    def __call__(self, refused=None):
        now = int(time.time())
        if not self._token or self._token == refused or now > self._ends - MARGIN:
            self._ends = now + self._lifetime
            header = {"kid": self._key_id} if self._key_id else {}
            claims = {**self._claims, "iat": now, "exp": self._ends}
            try:
                self._token = signed(self._key or "", header, claims)
            except ValueError as error:
                raise NotAuthorised(str(error)) from None
        return self._token


class _TokenSession(BankSession):
    def check(self, response):
        """What it says of our password is nobody's business, nor is it waiting that mends it."""
        try:
            super().check(response)
        except RetryLater as error:
            error.payload = None
            raise
        except ConnectorError as error:
            raise NotAuthorised(error.message) from None
