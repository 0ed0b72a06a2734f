"""TLS with a certificate of ours, against a server that wants one."""

import contextlib
import datetime
import glob
import logging
import os
import socket
import ssl
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from account_bank_feed_demo.bank.certificates import Authority, server_context

from account_bank_feed_connection.protocol import NotAuthorised, RetryLater
from account_bank_feed_connection.protocol.http import BankSession
from account_bank_feed_connection.protocol.tls import (
    client_context,
    from_file,
    in_lines,
    validity,
)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_args):
        """Nothing on the terminal."""


class Server(ThreadingHTTPServer):
    """Wants a certificate, and lets who has none hear the alert before it hangs up."""

    context = None

    def handle_error(self, request, client_address):
        """A client that hangs up is none of our errors."""

    def finish_request(self, request, client_address):
        secured = self.context.wrap_socket(request, server_side=True, do_handshake_on_connect=False)
        try:
            secured.do_handshake()
        except ssl.SSLError:
            time.sleep(0.1)
            with contextlib.suppress(OSError):
                os.read(secured.fileno(), 2**16)
        else:
            super().finish_request(secured, client_address)
        finally:
            secured.close()


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path / "bank")


@pytest.fixture
def server(authority):
    context = server_context(authority.server(("localhost",)), authority.file)
    context.verify_mode = ssl.CERT_REQUIRED
    server = Server(("127.0.0.1", 0), Handler)
    server.context = context
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def get(server, *arguments):
    base = f"https://localhost:{server.server_port}"
    return BankSession(base, tls=client_context(*arguments)).get("secret/token-4711").content


def texts(*paths):
    return [path.read_text() for path in paths]


def test_with_our_certificate(server, authority):
    assert get(server, *texts(*authority.client("we"), authority.file)) == b"ok"


def test_without_one_the_bank_refuses(server, authority):
    with pytest.raises(NotAuthorised, match="certificate"):
        get(server, None, None, authority.file.read_text())


def test_one_that_has_ended(server, authority):
    with pytest.raises(NotAuthorised, match="EXPIRED"):
        get(server, *texts(*authority.client("late", days=-1), authority.file))


def test_one_of_somebody_else(server, authority, tmp_path):
    other = Authority(tmp_path / "other")
    with pytest.raises(NotAuthorised, match="UNKNOWN_CA"):
        get(server, *texts(*other.client("we"), authority.file))


@pytest.mark.parametrize("trusted", ["usual", "another"])
def test_a_bank_that_nobody_vouches_for(server, authority, tmp_path, trusted):
    others = Authority(tmp_path / "other").file.read_text() if trusted == "another" else None
    with pytest.raises(RetryLater, match="not safe") as caught:
        get(server, *texts(*authority.client("we")), others)
    assert "4711" not in caught.value.message


def test_the_bank_under_another_name(server, authority):
    context = client_context(*texts(*authority.client("we"), authority.file))
    bank = BankSession(f"https://127.0.0.1:{server.server_port}", tls=context)
    with pytest.raises(RetryLater, match="not safe"):
        bank.get("x")


def test_own_authorities_take_the_place_of_the_usual_ones(authority):
    context = client_context(None, None, authority.file.read_text())
    assert [each["subject"] for each in context.get_ca_certs()] == [
        ((("commonName", "Demo Bank CA"),),)
    ]


def test_key_and_certificate_that_are_not_a_pair(authority):
    (certificate, _key), (_other, key) = authority.client("we"), authority.client("they")
    with pytest.raises(NotAuthorised, match="another one's"):
        client_context(*texts(certificate, key))


@pytest.mark.parametrize("spoilt", ["", "nonsense", "-----BEGIN PRIVATE KEY-----\nx\n-----END"])
def test_a_key_that_is_none(authority, spoilt):
    certificate, _key = authority.client("we")
    with pytest.raises(NotAuthorised, match="PEM"):
        client_context(certificate.read_text(), spoilt)


def test_no_key_lies_about(authority, monkeypatch):
    """Neither afterwards, nor in plain while OpenSSL reads it."""
    seen = []
    load = ssl.SSLContext.load_cert_chain

    def watched(self, path, **options):
        with open(path) as file:
            seen.append((path, file.read()))
        return load(self, path, **options)

    monkeypatch.setattr(ssl.SSLContext, "load_cert_chain", watched)
    certificate, key = texts(*authority.client("we"))
    client_context(certificate, key)
    [(path, content)] = seen
    assert not glob.glob(path)
    assert "ENCRYPTED PRIVATE KEY" in content
    assert key.splitlines()[1] not in content
    assert path.startswith(tempfile.gettempdir())


def test_p12(authority):
    certificate, key = from_file(authority.client_p12("we", "hunter2"), "hunter2")
    client_context(certificate, key)
    left = validity(certificate)[1] - datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    assert left.days == 364
    with pytest.raises(ValueError):
        from_file(authority.client_p12("we", "hunter2"), "wrong")
    with pytest.raises(NotAuthorised):
        validity("nonsense")


def test_a_bank_that_hangs_up(authority):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

        def hang_up():
            with contextlib.suppress(OSError):
                listening.accept()[0].close()

        threading.Thread(target=hang_up, daemon=True).start()
        with pytest.raises(RetryLater):
            BankSession(f"https://localhost:{port}", tls=client_context()).get("x")


def test_no_address_in_the_log(server, authority, caplog):
    caplog.set_level(logging.DEBUG)
    get(server, *texts(*authority.client("we"), authority.file))
    assert "4711" not in caplog.text


def test_key_and_certificate_in_one_pem_file(authority):
    p12 = from_file(authority.client_p12("we", "hunter2"), "hunter2")
    assert from_file("".join(p12).encode(), "") == p12
    for alone in p12:
        with pytest.raises(ValueError):
            from_file(alone.encode(), "")


def test_a_key_that_was_pasted_into_one_line(authority):
    certificate, key = from_file(authority.client_p12("we", "hunter2"), "hunter2")
    assert in_lines(key) == key.strip()
    client_context(certificate, in_lines(key.replace("\n", "")))
