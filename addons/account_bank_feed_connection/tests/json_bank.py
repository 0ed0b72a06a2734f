"""A small REST bank for the tests of connectors, which answers as each of them describes."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import parse_qs, parse_qsl, urlsplit

HALF = "half"
"""A fault: the answer breaks off in the middle."""
AGAIN = "again"
"""A fault: the answer before comes once more."""


class Asked(NamedTuple):
    """A request as the bank gets it; ``query`` has the last value of each parameter."""

    method: str
    path: str
    query: dict
    headers: dict
    form: dict
    data: object

    @property
    def bearer(self):
        return (self.headers.get("Authorization") or "").removeprefix("Bearer ")


class JsonBank(ThreadingHTTPServer):
    """``answer`` gives data, or (status, data), or (status, data, headers) for a request.

    ``faults`` come instead, one for each request in `disturbed`: such an answer, `HALF`, `AGAIN`,
    or None for the right one.
    """

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.asked = []
        self.faults = []
        self.last = b""
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def answer(self, asked):
        raise NotImplementedError

    def disturbed(self, asked):
        """Whether faults are for such a request."""
        return "transactions" in asked.path

    def close(self):
        self.shutdown()
        self.server_close()

    def paths(self):
        return [asked.path for asked in self.asked]


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        bank = self.server
        asked = self._asked()
        bank.asked.append(asked)
        fault = bank.faults.pop(0) if bank.faults and bank.disturbed(asked) else None
        if fault == AGAIN:
            return self._send(200, bank.last, {})
        answer = fault if fault and fault != HALF else bank.answer(asked)
        if not isinstance(answer, tuple):
            answer = (200, answer)
        status, data, headers = (*answer, {})[:3]
        body = data if isinstance(data, bytes) else json.dumps(data).encode()
        if bank.disturbed(asked):
            bank.last = body
        return self._send(status, body, headers, half=fault == HALF)

    do_POST = do_DELETE = do_GET

    def _asked(self):
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        is_json = "json" in (self.headers.get("Content-Type") or "")
        query = {name: values[-1] for name, values in parse_qs(url.query).items()}
        form = {} if is_json else dict(parse_qsl(body))
        data = json.loads(body) if is_json and body else None
        return Asked(self.command, url.path, query, dict(self.headers), form, data)

    def _send(self, status, body, headers, half=False):
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if half else body)

    def log_message(self, *_args):
        """Nothing on the terminal."""
