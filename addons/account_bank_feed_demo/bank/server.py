"""The bank itself: its services behind one HTTPS server, started and stopped in one process."""

from __future__ import annotations

import contextlib
import datetime
import hmac
import os
import secrets
import select
import socket
import ssl
import struct
import tempfile
import threading
import time
import traceback
from collections import deque
from collections.abc import Iterable, Mapping
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import Map, Rule

from .accounts import ACCOUNTS, Account, opened
from .admin import Admin
from .certificates import Authority, common_name, kept_secret, server_context
from .clock import Clock
from .consents import Consents
from .download import Files, Fio
from .faults import Fault, Faults, spoil
from .ledger import Entry, Ledger, Source
from .nextgenpsd2 import NextGenPsd2
from .oauth import Client, OAuth
from .retailer import Retailer
from .soap import Soap
from .statement_format import Counterparty, Statement, Transaction
from .statements import Statements
from .web import Problem, Request, Response

START = datetime.date(2024, 1, 1)
_LARGEST_BODY = 10**6
_PATIENCE = 60  # seconds without a word from the client
_LOGGED = ("dateFrom", "dateTo", "bookingStatus", "withBalance", "account", "from", "to", "wsdl")


class DemoBank:
    """A bank that listens as soon as it is entered: ``with DemoBank() as bank: ...``

    :param accounts: those of its customer
    :param source: makes the transactions of an account and day; by default a small retailer's
    :param statements: what is booked instead, on their accounts; what is pending in them stays so
    :param clock: the bank's time
    :param start: before which day nothing was booked
    :param host: how clients call it; goes into its certificate
    :param bind: the address to listen at
    :param port: 0 for any that is free
    :param tls: without it everything but the web service works, over plain HTTP
    :param folder: for keys and certificates, kept over restarts; by default a temporary one
    :param redirect_uris: where the default client may be called back
    :param clients: instead of the default client
    :param auto_approve: consents are given without a click
    """

    def __init__(
        self,
        *,
        accounts: Iterable[Account] = ACCOUNTS,
        source: Source | None = None,
        statements: Iterable[Statement] = (),
        clock: Clock | None = None,
        start: datetime.date = START,
        history_days: int = 730,
        host: str = "localhost",
        bind: str = "127.0.0.1",
        port: int = 0,
        tls: bool = True,
        folder: Path | None = None,
        redirect_uris: Iterable[str] = (),
        clients: Iterable[Client] = (),
        auto_approve: bool = False,
    ):
        self.clock = clock or Clock()
        self.ledger = self._opened(accounts, source or Retailer(), start, tuple(statements))
        self.faults = Faults(self.clock, self._names_of)
        self.log: deque[dict] = deque(maxlen=100_000)
        self.errors: list[str] = []
        self._temporary = None if folder else tempfile.TemporaryDirectory(prefix="demo-bank-")
        self.folder = Path(folder or self._temporary.name)
        self._server = _Server((bind, port), _Handler)
        self._server.bank = self
        self._thread: threading.Thread | None = None
        self.port = self._server.server_port
        self.url = f"{'https' if tls else 'http'}://{host}:{self.port}"
        if tls:
            self._secure(host, bind)
        self._key = kept_secret(self.folder / "secret.key")
        own = Client("odoo-bank-feed", self._secret("client"), tuple(redirect_uris))
        self._open_services(tuple(clients) or (own,), auto_approve, history_days)

    def _opened(self, accounts, source: Source, start: datetime.date, statements) -> Ledger:
        if not statements:
            return Ledger(accounts, source, self.clock, start)
        ledger = Ledger(opened(statements), lambda *_: (), self.clock, start)
        for statement in statements:
            for transaction in statement.transactions:
                ledger.book(statement.account.iban, transaction)
        return ledger

    def _secure(self, host: str, bind: str) -> None:
        self.authority = Authority(self.folder)
        self.ca_file = str(self.authority.file)
        hosts = tuple(dict.fromkeys((host, "localhost", bind, "127.0.0.1", "::1")))
        stranger = Authority(self.folder / "stranger", "Nobody knows this CA")
        own, authority = self.authority.server(hosts), self.authority.file
        self._server.context = server_context(own, authority)
        self._server.wrong_contexts = {
            "wrong_certificate": server_context(stranger.server(hosts), authority),
            "refused_certificate": server_context(own, stranger.file),
        }

    def _open_services(self, clients: tuple[Client, ...], auto_approve: bool, history_days: int):
        self.client = clients[0]
        self.statements = Statements(self.ledger, self.clock, history_days)
        self.consents = Consents(self.clock, self.ledger, auto_approve)
        self.oauth = OAuth(self.clock, clients, self.consents, self.url, auto_approve)
        self.psd2 = NextGenPsd2(self.url, self.statements, self.consents, self.oauth)
        self.soap = Soap(self.url, self.statements)
        self.fio = Fio(self.statements, self._secret)
        self.files = Files(self.statements, self.fio)
        self.admin = Admin(self, self._secret("admin"))
        self._services = (
            *(self.oauth, self.consents, self.psd2, self.soap, self.fio, self.files, self.admin),
        )
        rules = (rule for service in self._services for rule in service.rules())
        self._routes = Map(
            [Rule(path, methods=[method], endpoint=call) for method, path, call in rules],
            strict_slashes=False,
            merge_slashes=False,
        ).bind("bank")

    def _secret(self, name: str) -> str:
        """A secret that is the same after a restart, where the folder is."""
        return hmac.digest(self._key, name.encode(), "sha256").hex()

    # In the process

    def __enter__(self) -> DemoBank:
        self.start()
        return self

    def __exit__(self, *_error) -> None:
        self.stop()

    def start(self) -> None:
        """Answer in threads of its own."""
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Stop for good; who still waits for an answer is hung up on."""
        self._server.stopping.set()
        if self._thread:
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()
        if self._temporary:
            self._temporary.cleanup()

    def truth(self, iban: str, first: datetime.date, last: datetime.date) -> list[Transaction]:
        """What is booked in a period, whatever was answered to whom."""
        return [entry.transaction for entry in self.ledger.entries(iban, first, last)]

    def book(
        self,
        iban: str,
        amount: Decimal,
        text: str,
        day: datetime.date | None = None,
        party: Counterparty = Counterparty(),  # noqa: B008  (it is immutable)
        end_to_end_id: str | None = None,
    ) -> Entry:
        """Book a transaction now, with today's or an earlier booking date."""
        day = day or self.clock.today
        account = self.ledger.accounts[iban]
        transaction = Transaction(
            booking_date=day,
            value_date=day,
            amount=amount,
            currency=account.currency,
            counterparty=party,
            remittance=text,
            end_to_end_id=end_to_end_id,
        )
        return self.ledger.book(iban, transaction)

    def client_certificate(self, name: str = "customer", days: int = 365) -> tuple[str, str]:
        """Certificate and key of a customer, as file names, as ``requests`` takes them."""
        certificate, key = self.authority.client(name, days)
        return str(certificate), str(key)

    def description(self) -> dict:
        """All that a client in another process needs, secrets included."""
        ibans = self.ledger.accounts
        data = {
            "url": self.url,
            "client_id": self.client.id,
            "client_secret": self.client.secret,
            "admin_token": self.admin.token,
            "tokens": {iban: self.fio.token(iban) for iban in ibans},
        }
        if self._server.context:
            certificate, key = self.client_certificate()
            data |= {"ca_file": self.ca_file, "certificate": certificate, "key": key}
        return data

    # Requests

    def answer(self, request: Request, fault: Fault | None) -> Response:
        """The answer to a request that gets one."""
        try:
            problem = fault and self.faults.problem(fault)
            if problem:
                raise problem
            if fault:
                self._harm(fault, request)
            return self._call(request)
        except Problem as problem:
            return self._worded(problem, request)
        except Exception:
            self.errors.append(traceback.format_exc())
            return self._worded(
                Problem(500, "INTERNAL_SERVER_ERROR", "A slip of the bank"), request
            )

    def _call(self, request: Request) -> Response:
        try:
            call, arguments = self._routes.match(request.path, request.method)
        except MethodNotAllowed:
            raise Problem(405, "SERVICE_INVALID", "This cannot be done here") from None
        except NotFound:
            raise Problem(404, "RESOURCE_UNKNOWN", "There is nothing here") from None
        return call(request, **arguments)

    def _worded(self, problem: Problem, request: Request) -> Response:
        for service in self._services:
            if request.path.startswith(service.prefixes):
                return service.problem(problem, request)
        return Response(problem.text.encode(), problem.status, "text/plain", problem.headers)

    def _harm(self, fault: Fault, request: Request) -> None:
        """What a fault does to the bank's own state, before the request is answered."""
        request.flaw = fault
        if fault.kind == "expired_consent":
            self.consents.expire(request.headers.get("Consent-ID"))
        elif fault.kind == "revoked_token":
            self.oauth.revoke_grant_of(request.bearer or request.form.get("refresh_token"))

    def answered(self, fault: Fault, request: Request) -> None:
        """What a fault does to the bank's own state, afterwards."""
        if fault.kind == "backdated":
            day = self.clock.today - datetime.timedelta(days=int(fault.options.get("days", 3)))
            amount = Decimal(str(fault.options.get("amount", "12.34")))
            text = f"Booked late {secrets.token_hex(4)}"
            self.book(self._account_of(request), amount, text, day)

    def _account_of(self, request: Request) -> str:
        said = f"{request.path} {request.body.decode('utf-8', 'replace')}"
        for iban in self.ledger.accounts:
            if any(name in said for name in self._names_of(iban)):
                return iban
        return next(iter(self.ledger.accounts))

    def _names_of(self, iban: str) -> tuple[str, ...]:
        return iban, self.ledger.accounts[iban].resource_id, self.fio.token(iban)

    def record(
        self, request: Request, status: int | str, fault: Fault | None, begun: float
    ) -> None:
        """Note a request, without anything that is secret."""
        query = {name: request.query[name] for name in _LOGGED if name in request.query}
        self.log.append(
            {
                "at": f"{self.clock.now.isoformat()}",
                "method": request.method,
                "path": self._masked(request.path),
                "query": query,
                "request_id": request.headers.get("X-Request-ID"),
                "status": status,
                "fault": fault and fault.kind,
                "seconds": round(time.monotonic() - begun, 3),
            }
        )

    def _masked(self, path: str) -> str:
        """A path without the tokens in it."""
        parts = path.split("/")
        if parts[1:2] in (["fio"], ["sca"]) and len(parts) > 3:
            parts[3] = "…"
        return "/".join(parts)


class _Server(ThreadingHTTPServer):
    """Threads that make their own TLS handshakes, so that nobody holds up the others."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    bank: DemoBank
    context: ssl.SSLContext | None = None
    wrong_contexts: Mapping[str, ssl.SSLContext] = {}

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.stopping = threading.Event()

    def server_bind(self):
        # Without asking a name server for our own name, as the stock one does.
        super(ThreadingHTTPServer, self).server_bind()

    def finish_request(self, request, client_address):
        request.settimeout(_PATIENCE)
        if not self.context:
            super().finish_request(request, client_address)
            return
        fault = self.bank.faults.take_for_connection()
        context = self.wrong_contexts[fault.kind] if fault else self.context
        if fault and fault.kind == "wrong_certificate":
            self._record_handshake(fault)
        secured = context.wrap_socket(request, server_side=True, do_handshake_on_connect=False)
        try:
            secured.do_handshake()
        except OSError:
            if fault and fault.kind == "refused_certificate":  # who shows none, does not meet it
                self._record_handshake(fault)
            self._let_hear(secured)
        else:
            super().finish_request(secured, client_address)
        finally:
            self.shutdown_request(secured)

    def _let_hear(self, secured: ssl.SSLSocket) -> None:
        """Whoever is refused hears why; hanging up at once, we would reset what is on its way."""
        time.sleep(0.1)
        with contextlib.suppress(OSError):
            os.read(secured.fileno(), 2**16)

    def _record_handshake(self, fault: Fault) -> None:
        request = Request("CONNECT", "", {}, {}, b"")
        self.bank.record(request, "handshake", fault, time.monotonic())

    def handle_error(self, request, client_address):
        """A client that hangs up is none of our errors."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "DemoBank", ""

    def _do(self) -> None:
        begun = time.monotonic()
        self.close_connection = True
        bank = self.server.bank
        request = self._request()
        fault = None if request.path.startswith("/admin/") else bank.faults.take(request)
        if fault and fault.kind in ("timeout", "reset"):
            bank.record(request, fault.kind, fault, begun)
            self._hold() if fault.kind == "timeout" else self._reset()
            return
        if fault and fault.kind == "slow":
            self._hold(float(fault.options.get("seconds", 1)))
        response = bank.answer(request, fault)
        if fault:
            spoil(fault, response)
            bank.answered(fault, request)
        bank.record(request, response.status, fault, begun)
        self._send(response)

    do_GET = do_POST = do_PUT = do_DELETE = _do

    def _request(self) -> Request:
        parts = urlsplit(self.path)
        length = self.headers.get("Content-Length", "0")
        size = min(int(length) if length.isdecimal() else 0, _LARGEST_BODY)
        secured = isinstance(self.connection, ssl.SSLSocket)
        return Request(
            self.command,
            unquote(parts.path),
            dict(parse_qsl(parts.query, keep_blank_values=True)),
            self.headers,
            self.rfile.read(size),
            common_name(self.connection.getpeercert()) if secured else None,
        )

    def _send(self, response: Response) -> None:
        headers: Mapping[str, str] = {
            "Content-Type": response.content_type,
            "Content-Length": str(len(response.body)),
            "Connection": "close",
            **response.headers,
        }
        self.send_response(response.status)
        for name, value in headers.items():
            self.send_header(name, quote(value, safe="!#$%&'()*+,/:;=?@[]~ \"-._<>|{}^`"))
        self.end_headers()
        self.wfile.write(response.body)

    def _hold(self, seconds: float = 24 * 3600) -> None:
        """Be silent until then, or until the client hangs up or the bank stops."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self.server.stopping.wait(0.02):
            readable, _, _ = select.select([self.connection], [], [], 0)
            if readable and not self._is_alive():
                return

    def _is_alive(self) -> bool:
        try:
            if isinstance(self.connection, ssl.SSLSocket):
                # Nothing more is asked on this connection: what comes now is its end.
                return bool(self.connection.recv(1))
            return bool(self.connection.recv(1, socket.MSG_PEEK))
        except OSError:
            return False

    def _reset(self) -> None:
        """Close at once, so that the client gets a reset instead of an end."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.rfile.close()
        self.connection.close()

    def log_message(self, format, *arguments) -> None:
        """The bank keeps a log of its own, without secrets."""
