"""HTTPS to a bank, against a server that answers as each test wants."""

import contextlib
import datetime
import email.utils
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from account_bank_feed_connection.protocol import NotAuthorised, Permanent, RateLimited, RetryLater
from account_bank_feed_connection.protocol import http as http_module
from account_bank_feed_connection.protocol.http import BankSession, as_json


class Server(ThreadingHTTPServer):
    """Answers every request alike: ``answer`` is a status, headers and a body."""

    answer = (200, {}, b"")
    seen = ()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.seen = (*self.server.seen, (self.path, dict(self.headers)))
        status, headers, body = self.server.answer
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        if "Content-Length" in headers:
            self.close_connection = True

    def log_message(self, *_args):
        """Nothing on the terminal."""


@pytest.fixture
def server():
    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def bank(server):
    return BankSession(f"http://127.0.0.1:{server.server_port}/api", headers={"X-Client": "us"})


def test_an_answer(server, bank):
    server.answer = (200, {}, b'{"amount": 0.10}')
    assert str(as_json(bank.get("accounts?a=1"))["amount"]) == "0.10"
    path, headers = server.seen[0]
    assert path == "/api/accounts?a=1"
    assert headers["X-Client"] == "us"


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, Permanent),
        (401, NotAuthorised),
        (403, NotAuthorised),
        (404, Permanent),
        (408, RetryLater),
        (500, RetryLater),
        (503, RetryLater),
        (302, Permanent),
    ],
)
def test_the_status_says_what_to_do(server, bank, status, error):
    server.answer = (status, {"Location": "https://elsewhere.example/"}, b"why")
    with pytest.raises(error) as caught:
        bank.get("accounts")
    assert type(caught.value) is error
    assert str(status) in caught.value.message
    assert caught.value.payload == b"why"
    assert len(server.seen) == 1


def test_too_often(server, bank):
    server.answer = (429, {"Retry-After": "120"}, b"")
    with pytest.raises(RateLimited) as caught:
        bank.get("accounts")
    assert caught.value.after == 120


def test_a_day_on_which_to_come_back(server, bank):
    moment = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=9)
    server.answer = (503, {"Retry-After": email.utils.format_datetime(moment, usegmt=True)}, b"")
    with pytest.raises(RetryLater) as caught:
        bank.get("accounts")
    assert 9 * 3600 - 60 < caught.value.after <= 9 * 3600


@pytest.mark.parametrize("value", ["soon", "", "-5"])
def test_a_wait_that_says_nothing(server, bank, value):
    server.answer = (503, {"Retry-After": value}, b"")
    with pytest.raises(RetryLater) as caught:
        bank.get("accounts")
    assert caught.value.after is None


def test_half_a_page_is_none(server, bank):
    server.answer = (200, {"Content-Length": "100"}, b'{"transactions": []}')
    with pytest.raises(RetryLater):
        bank.get("accounts")


def test_nonsense_is_kept_for_whoever_looks(server, bank):
    server.answer = (200, {}, b"<html>maintenance</html>")
    with pytest.raises(RetryLater) as caught:
        bank.get_json("accounts")
    assert caught.value.payload == b"<html>maintenance</html>"


def test_an_answer_without_end(server, bank, monkeypatch):
    monkeypatch.setattr(http_module, "LARGEST", 1000)
    server.answer = (200, {}, b"x" * 100_000)
    with pytest.raises(Permanent, match="larger"):
        bank.get("accounts")


def test_nobody_there():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(RetryLater, match="cannot be reached"):
        BankSession(f"http://127.0.0.1:{port}").get("")


def test_somebody_who_says_nothing(monkeypatch):
    monkeypatch.setattr(http_module, "TIMEOUTS", (1, 0.2))
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as silent:
        bank = BankSession(f"http://127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(RetryLater, match="in time"):
            bank.get("accounts")


def test_a_page_elsewhere_is_refused(server, bank):
    with pytest.raises(Permanent, match="another host"):
        bank.get("https://elsewhere.example/page2")
    assert not server.seen
    bank.get("/api/page2")
    assert server.seen[0][0] == "/api/page2"


def test_only_tls_leaves_this_machine():
    with pytest.raises(Permanent, match="https"):
        BankSession("http://bank.example/api")


def test_an_address_with_a_token_is_in_no_error(server, bank):
    server.answer = (500, {}, b"")
    with pytest.raises(RetryLater) as caught:
        bank.get("periods/SECRET/transactions?token=SECRET")
    assert "SECRET" not in caught.value.message
