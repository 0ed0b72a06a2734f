"""A small bank of the shape of Raiffeisenbank's Premium API: mutual TLS, pages, limits."""

import importlib
import json
import ssl
import tempfile
import threading
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

IBAN = "CZ1155000000006760653036"


def entry(number, day, amount, text="", **details):
    """A transaction as the bank's description has them."""
    return {
        "entryReference": str(number),
        "amount": {"value": amount, "currency": "CZK"},
        "creditDebitIndication": "CRDT" if amount >= 0 else "DBIT",
        "bookingDate": f"{day}T00:00:00.000+01:00",
        "valueDate": f"{day}T00:00:00.000+01:00",
        "bankTransactionCode": {"code": "10000401000"},
        "entryDetails": {
            "transactionDetails": {"remittanceInformation": {"unstructured": text}, **details}
        },
    }


class RbServer:
    """Answers as the tests want.

    :ivar entries: what is booked
    :ivar faults: answers for the next requests: (status, headers, body), or the name of a failure
    """

    size = 2

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory()
        certificates = importlib.import_module(
            "odoo.addons.account_bank_feed_demo.bank.certificates"
        )
        self.authority = certificates.Authority(Path(self._folder.name) / "ca")
        self.entries, self.faults, self.asked, self.headers = [], [], [], {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.bank = self
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None
        self.stopping = threading.Event()
        context = certificates.server_context(
            self.authority.server(("localhost",)), self.authority.file
        )
        context.verify_mode = ssl.CERT_OPTIONAL
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = f"https://localhost:{self._server.server_port}/rbcz/premium/api"

    def start(self):
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self):
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._folder.cleanup()

    def answer(self, path, query):
        """Status and data."""
        page = int(query.get("page", 1))
        if path.endswith("/accounts"):
            return self._accounts(page)
        if path.endswith("/balance"):
            return 200, self._balance()
        found = [e for e in self.entries if query["from"] <= e["bookingDate"][:10] <= query["to"]]
        part = found[(page - 1) * self.size : page * self.size]
        if not part:
            return 204, None
        return 200, {"lastPage": page * self.size >= len(found), "transactions": part}

    def _accounts(self, page):
        numbers = ("6760653036", "5500000017")
        if page > len(numbers):
            return 204, None
        account = {
            "accountId": page,
            "accountNumber": numbers[page - 1],
            "bankCode": "5500",
            "friendlyName": f"Account {page}",
            **({"iban": IBAN} if page == 1 else {"accountNumberPrefix": "19"}),
        }
        return 200, {"accounts": [account], "page": page, "last": page == len(numbers)}

    def _balance(self):
        total = float(sum(Decimal(str(e["amount"]["value"])) for e in self.entries))
        balances = [
            {"balanceType": kind, "currency": "CZK", "value": value}
            for kind, value in (("CLAB", 1), ("CLAV", total + 1000), ("CLBD", total), ("BLCK", 0))
        ]
        folders = [
            {"currency": "CZK", "status": "ACTIVE", "balances": balances},
            {"currency": "EUR", "status": "CLOSED"},
        ]
        return {"numberPart2": "6760653036", "bankCode": "5500", "currencyFolders": folders}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        bank = self.server.bank
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query))
        bank.asked.append((parts.path, query, dict(self.headers)))
        self.close_connection = True
        fault = bank.faults.pop(0) if bank.faults else None
        if fault == "timeout":
            bank.stopping.wait(5)
            return
        if fault == "reset":
            return
        if isinstance(fault, tuple):
            self._send(*fault)
            return
        if not self.connection.getpeercert():
            self._send(401, {}, {"error": "UNAUTHORISED", "error_description": "no certificate"})
            return
        status, data = bank.answer(parts.path, query)
        body = b"" if data is None else json.dumps(data).encode()
        if fault == "malformed":
            body = body[: len(body) // 2]
        self._send(status, dict(bank.headers), body, cut=fault == "half_page")

    def _send(self, status, headers, body, cut=False):
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)

    def log_message(self, *_args):
        """Nothing on the terminal."""
