"""HTTPS to a bank: what it answers, or an error that says what to do next.

TLS is always verified; there is no setting for leaving that out. Requests go to the bank's own
host only: a redirect or a next page elsewhere is refused, since it would take our token along.
"""

from __future__ import annotations

import datetime
import email.utils
import json
import logging
import threading
from contextlib import contextmanager
from decimal import Decimal
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.exceptions import ConnectionError, RequestException, SSLError, Timeout
from urllib3.exceptions import HTTPError

from .errors import ConnectorError, NotAuthorised, Permanent, RateLimited, RetryLater

TIMEOUTS = (10, 60)
"""Seconds to connect, and to wait for the next bytes."""
LARGEST = 200 * 2**20
"""Bytes of one answer: more is no list of transactions."""
PIECE = 2**16

REFUSALS = (
    "BAD_CERTIFICATE",
    "CERTIFICATE_EXPIRED",
    "CERTIFICATE_REQUIRED",
    "CERTIFICATE_REVOKED",
    "CERTIFICATE_UNKNOWN",
    "UNSUPPORTED_CERTIFICATE",
    "UNKNOWN_CA",
    "ACCESS_DENIED",
)
"""Alerts by which a bank says that it does not want our certificate."""


class OwnTls(HTTPAdapter):
    """HTTPS by a given context, and by nothing that lies about beside it."""

    def __init__(self, context):
        self._context = context
        super().__init__()

    def init_poolmanager(self, *args, **kwargs):
        super().init_poolmanager(*args, ssl_context=self._context, **kwargs)

    def cert_verify(self, conn, url, verify, cert):
        """Stock requests would add the usual authorities to those of the context."""
        conn.cert_reqs = "CERT_REQUIRED"


class BankSession:
    """Speaks with one bank.

    :param base: the address that paths are relative to; ``https`` only, except to this machine
    :param tls: how to speak TLS, see :func:`~.tls.client_context`; the usual way when None
    :param token: gives an access token; called with one that the bank refused, another one
    """

    def __init__(self, base, *, headers=None, auth=None, tls=None, token=None):
        require_tls(base)
        self.base = base.rstrip("/") + "/"
        self.token = token
        self.http = requests.Session()
        self.http.trust_env = False  # neither proxies nor passwords that lie about
        self.http.headers.update(headers or {})
        self.http.auth = auth
        if tls:
            self.http.mount("https://", OwnTls(tls))

    def get(self, path, **kwargs):
        return self.request("GET", path, **kwargs)

    def post(self, path, **kwargs):
        return self.request("POST", path, **kwargs)

    def get_json(self, path, **kwargs):
        return as_json(self.get(path, **kwargs))

    def request(self, method, path, **kwargs):
        """The answer, whole and of success.

        :raises ConnectorError: otherwise
        """
        url = self.url(path)
        token = self.token and self.token()
        response = self._send(method, url, token, kwargs)
        if token and self.refuses_token(response):
            token = self.token(token)
            response = self._send(method, url, token, kwargs)
        try:
            self.check(response)
        except ConnectorError as error:
            raise scrubbed(error, token) from None
        return response

    def _send(self, method, url, token, kwargs):
        if token:
            headers = {**(kwargs.get("headers") or {}), "Authorization": f"Bearer {token}"}
            kwargs = {**kwargs, "headers": headers}
        with network_errors(self._host):
            response = self.http.request(
                method, url, timeout=TIMEOUTS, stream=True, allow_redirects=False, **kwargs
            )
            response._content = read_whole(response)
        return response

    def refuses_token(self, response):
        """Whether another access token may help; not when it is a consent that has ended."""
        return response.status_code == 401

    def check(self, response):
        """Nothing, if it is an answer of success.

        A protocol that says more than its status overrides this, and calls it for the rest.

        :raises ConnectorError: by the status
        """
        status, host = response.status_code, self._host
        if 200 <= status < 300:
            return
        what, body = f"{host} answers {status} {response.reason or ''}".strip(), response.content
        if status == 429:
            raise RateLimited(what, retry_after(response), body)
        if status in (401, 403):
            raise NotAuthorised(what, body)
        if status in (408, 425) or status >= 500:
            raise RetryLater(what, retry_after(response), body)
        raise Permanent(what, body)

    def url(self, path):
        """The whole address of a path, or of a link that the bank gave.

        :raises Permanent: when the link leads to somebody else
        """
        url = urljoin(self.base, path)
        if urlsplit(url)[:2] != urlsplit(self.base)[:2]:
            raise Permanent(f"{self._host} refers to another host, {urlsplit(url).hostname}")
        return url

    @property
    def _host(self):
        return urlsplit(self.base).hostname


def require_tls(url):
    """Nothing, if an address is safe; only this machine may be spoken with in the clear.

    :raises Permanent: otherwise
    """
    parts = urlsplit(url or "")
    if parts.scheme != "https" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise Permanent(f"The address of {parts.hostname or 'the bank'} must begin with https")


@contextmanager
def network_errors(host):
    """What goes wrong on the way to a host, as an error that says what to do next."""
    try:
        with unlogged():
            yield
    except SSLError as error:
        raise _unsafe(host, _why(error)) from None
    except Timeout:
        raise RetryLater(f"{host} does not answer in time") from None
    except ConnectionError:
        raise RetryLater(f"{host} cannot be reached") from None
    except RequestException as error:
        raise RetryLater(f"{host}: {type(error).__name__}") from None


def _unsafe(host, why):
    """What a failure of TLS means: the bank refuses our certificate, or we theirs."""
    if any(refusal in why for refusal in REFUSALS):
        return NotAuthorised(f"{host} does not accept our certificate: {why}")
    return RetryLater(f"{host}: the connection is not safe: {why}")


def scrubbed(error, *secrets):
    """An error without the secrets that a bank may have put into its answer."""
    for secret in filter(None, secrets):
        error.message = error.message.replace(secret, "***")
        if error.payload:
            error.payload = error.payload.replace(secret.encode(), b"***")
    error.args = (error.message,)
    return error


def as_json(response):
    """The answer's data, amounts exact.

    :raises RetryLater: when it is not JSON
    """
    try:
        return json.loads(response.content, parse_float=Decimal)
    except ValueError:
        raise RetryLater("The bank's answer is no valid JSON", payload=response.content) from None


def retry_after(response, header="Retry-After"):
    """Seconds that the bank asks us to wait, or None where it does not say."""
    value = response.headers.get(header, "").strip()
    if value.isdecimal():
        return float(value)
    try:
        date = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None
    now = datetime.datetime.now(date.tzinfo or datetime.UTC)
    if not date.tzinfo:
        date = date.replace(tzinfo=datetime.UTC)
    return max((date - now).total_seconds(), 0)


def read_whole(response):
    """The body. A page that breaks off is an error: half of it would look like all of it."""
    body = bytearray()
    for piece in response.iter_content(PIECE):
        body += piece
        if len(body) > LARGEST:
            raise Permanent(f"The bank's answer is larger than {LARGEST >> 20} MB")
    told = response.headers.get("Content-Length")
    if told and "Content-Encoding" not in response.headers and len(body) < int(told):
        raise ConnectionError("broken off")
    return bytes(body)


def _why(error):
    """Of a TLS error the reason only: the whole text may have the address in it."""
    inner = error.args[0] if error.args else error
    reason = getattr(inner, "reason", inner)
    if isinstance(reason, HTTPError) and reason.args:  # urllib3 wraps what OpenSSL says
        reason = reason.args[0]
    return (
        getattr(reason, "verify_message", None)
        or getattr(reason, "reason", None)
        or type(reason).__name__
    )


_here = threading.local()


@contextmanager
def unlogged():
    """Keep addresses out of the log: urllib3 writes them there, and some have a token in them."""
    _here.silent = True
    try:
        yield
    finally:
        _here.silent = False


logging.getLogger("urllib3.connectionpool").addFilter(
    lambda record: not getattr(_here, "silent", False)
)
