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

from .errors import NotAuthorised, Permanent, RateLimited, RetryLater

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


class _OwnTls(HTTPAdapter):
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
    :param trusted: a PEM file of authorities to trust instead of the usual ones
    :param tls: how to speak TLS, see :func:`~.tls.client_context`; then ``trusted`` is not needed
    """

    def __init__(self, base, *, headers=None, auth=None, trusted=None, tls=None):
        self.base = base.rstrip("/") + "/"
        self._require_tls()
        self.http = requests.Session()
        self.http.trust_env = False  # neither proxies nor passwords that lie about
        self.http.headers.update(headers or {})
        self.http.auth = auth
        self.http.verify = trusted or True
        if tls:
            self.http.mount("https://", _OwnTls(tls))

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
        try:
            with _unlogged():
                response = self.http.request(
                    method, url, timeout=TIMEOUTS, stream=True, allow_redirects=False, **kwargs
                )
                response._content = _read_whole(response)
        except SSLError as error:
            raise self._unsafe(error) from None
        except Timeout:
            raise RetryLater(f"{self._host} does not answer in time") from None
        except ConnectionError:
            raise RetryLater(f"{self._host} cannot be reached") from None
        except RequestException as error:
            raise RetryLater(f"{self._host}: {type(error).__name__}") from None
        self.check(response)
        return response

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

    def _unsafe(self, error):
        """What a failure of TLS means: the bank refuses our certificate, or we theirs."""
        why = _why(error)
        if any(refusal in why for refusal in REFUSALS):
            return NotAuthorised(f"{self._host} does not accept our certificate: {why}")
        return RetryLater(f"{self._host}: the connection is not safe: {why}")

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

    def _require_tls(self):
        parts = urlsplit(self.base)
        if parts.scheme != "https" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
            raise Permanent(f"The address of {parts.hostname or 'the bank'} must begin with https")


def as_json(response):
    """The answer's data, amounts exact.

    :raises RetryLater: when it is not JSON
    """
    try:
        return json.loads(response.content, parse_float=Decimal)
    except ValueError:
        raise RetryLater("The bank's answer is no valid JSON", payload=response.content) from None


def retry_after(response):
    """Seconds that the bank asks us to wait, or None where it does not say."""
    value = response.headers.get("Retry-After", "").strip()
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


def _read_whole(response):
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
def _unlogged():
    """Keep addresses out of the log: urllib3 writes them there, and some have a token in them."""
    _here.silent = True
    try:
        yield
    finally:
        _here.silent = False


logging.getLogger("urllib3.connectionpool").addFilter(
    lambda record: not getattr(_here, "silent", False)
)
