"""A small authorization server, with a bank behind it, for tests.

It checks PKCE and our proof, rotates refresh tokens, and takes everything back when one comes
twice. ``failing`` are answers (status, body) for the next requests for tokens.
"""

import base64
import hashlib
import json
import secrets
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

CLIENT, PASSWORD = "erp", "Client-Password-77"


class OAuthServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.lasts = 300
        self.failing = []
        self.asked = []
        self.codes = {}
        self.refresh_tokens = {}
        self.good = set()
        self.revoked = False
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def agree(self, address):
        """A person agrees at the address; what the bank sends back with him."""
        query = dict(parse_qsl(urlsplit(address).query))
        assert query["code_challenge_method"] == "S256"
        code = secrets.token_hex(8)
        self.codes[code] = query["code_challenge"]
        return {"code": code, "state": query["state"]}

    def close(self):
        self.shutdown()
        self.server_close()

    def token(self, form):
        if form["grant_type"] == "authorization_code":
            digest = hashlib.sha256(form["code_verifier"].encode()).digest()
            challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            if self.codes.pop(form["code"], None) != challenge:
                return 400, {"error": "invalid_grant", "error_description": form["code"]}
        elif self.revoked or self.refresh_tokens.get(form["refresh_token"]) != "new":
            self.revoke()
            return 400, {"error": "invalid_grant", "error_description": form["refresh_token"]}
        else:
            self.refresh_tokens[form["refresh_token"]] = "used"
        access, refresh = f"Access-{secrets.token_hex(8)}", f"Refresh-{secrets.token_hex(8)}"
        self.good = {access}
        self.refresh_tokens[refresh] = "new"
        return 200, {
            "access_token": access,
            "token_type": "bearer",
            "expires_in": self.lasts,
            "refresh_token": refresh,
        }

    def revoke(self):
        self.revoked, self.good = True, set()


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = dict(parse_qsl(body))
        self.server.asked.append((self.path, form, self.headers.get("Authorization")))
        if self.server.failing:
            self._answer(*self.server.failing.pop(0))
        elif self.path == "/revoke":
            self.server.revoke()
            self._answer(200, b"")
        else:
            self._answer(*self.server.token(form))

    def do_GET(self):
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        if token in self.server.good:
            self._answer(200, {"accounts": []})
        else:
            self._answer(401, {"error": f"refused: {token}"})

    def _answer(self, status, body):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_args):
        """Nothing on the terminal."""
