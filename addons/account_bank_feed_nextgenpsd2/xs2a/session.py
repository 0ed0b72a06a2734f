"""Requests with their ids, and ``tppMessages`` as the errors that say what to do next."""

from __future__ import annotations

import datetime
import re
import uuid
from contextlib import suppress
from urllib.parse import urlsplit

from odoo.addons.account_bank_feed_connection.protocol import (
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
)

CONSENT = ("CONSENT_EXPIRED", "CONSENT_INVALID", "CONSENT_UNKNOWN")
TOKEN = ("TOKEN_EXPIRED", "TOKEN_INVALID", "TOKEN_UNKNOWN", "BEARER_TOKEN_EMPTY")
NOBODY = (
    "CERTIFICATE_",
    "SIGNATURE_",
    "ROLE_INVALID",
    "PSU_CREDENTIALS_INVALID",
    "CORPORATE_ID_INVALID",
    "SERVICE_BLOCKED",
    "KID_MISSING",
    "UNAUTHORIZED",
    "FORBIDDEN",
    *TOKEN,
)
"""Codes, or how they begin, of a bank that does not accept who we are."""
HISTORY = datetime.timedelta(days=89)
"""What every bank gives without a new strong authentication, where it does not say how much."""


class Xs2aSession(BankSession):
    """Speaks with one bank.

    :param consent: the consent's id, for what is about accounts
    :param person: headers that tell of the person who asks; none for what we fetch by ourselves
    """

    def __init__(self, base, *, consent=None, person=None, **options):
        super().__init__(base, **options)
        self.http.headers.update({"Accept": "application/json", **(person or {})})
        if consent:
            self.http.headers["Consent-ID"] = consent

    def url(self, path):
        host = urlsplit(self.base).netloc
        if path.startswith(f"{host}/"):  # as in the standard's own example
            path = f"{urlsplit(self.base).scheme}://{path}"
        return super().url(path)

    def _send(self, method, url, token, kwargs):
        headers = {**(kwargs.get("headers") or {}), "X-Request-ID": str(uuid.uuid4())}
        return super()._send(method, url, token, {**kwargs, "headers": headers})

    def refuses_token(self, response):
        codes = [code for code, _text in problems(response)]
        return response.status_code == 401 and (not codes or bool(set(codes) & set(TOKEN)))

    def check(self, response):
        """The first message that we know says what to do; else the status does.

        ``codes`` of the error are all that the bank gave.
        """
        if 200 <= response.status_code < 300:
            return
        found = problems(response)
        try:
            for code, text in found:
                self._check_code(code, text, response)
            super().check(response)
        except (ConsentExpired, NotAuthorised, PeriodTooLong, Permanent, RetryLater) as error:
            error.codes = [code for code, _text in found]
            raise

    def _check_code(self, code, text, response):
        what = f"{self._host} answers {response.status_code} {code}"
        what, body = f"{what}: {text}" if text else what, response.content
        if code in CONSENT:
            raise ConsentExpired(what, body)
        if code.startswith(NOBODY):
            raise NotAuthorised(what, body)
        if code == "ACCESS_EXCEEDED":
            raise RateLimited(what, retry_after(response) or _until_tomorrow(), body)
        if code == "PERIOD_INVALID":
            raise PeriodTooLong(what, _earliest(text, response.url), body)
        if response.status_code < 500 and response.status_code not in (408, 425, 429):
            raise Permanent(what, body)


def problems(response):
    """What the bank says is wrong: codes and texts, of ``tppMessages`` or of RFC 7807."""
    try:
        body = as_json(response)
    except RetryLater:
        return []
    if isinstance(body, dict):
        rows = body.get("tppMessages") or [body, *_list(body.get("additionalErrors"))]
    else:
        rows = body
    return [
        (str(row["code"]).strip().upper(), _text(row))
        for row in _list(rows)
        if isinstance(row, dict) and row.get("code")
    ]


def _list(value):
    return value if isinstance(value, list) else [value] if isinstance(value, dict) else []


def _text(row):
    text = row.get("text") or row.get("detail") or row.get("title") or ""
    return " ".join(str(text).split())[:200]


def _earliest(text, address):
    """The first day that the bank gives; it says so, if at all, in words.

    :param address: what we asked; its days, which the bank may repeat, are none that it tells
    """
    today = datetime.date.today()
    asked = _days(address)
    start = min(asked, default=datetime.date.min)
    told = (day for day in _days(text) if day not in asked and start < day < today)
    return min(told, default=today - HISTORY)


def _days(text):
    days = []
    for found in re.findall(r"\d{4}-\d{2}-\d{2}", text):
        with suppress(ValueError):
            days.append(datetime.date.fromisoformat(found))
    return days


def _until_tomorrow():
    """Seconds until the bank counts anew: it does so by the day."""
    now = datetime.datetime.now(datetime.UTC)
    tomorrow = datetime.datetime.combine(now.date(), datetime.time(0, 30), datetime.UTC)
    return (tomorrow + datetime.timedelta(days=1) - now).total_seconds()
