"""Qonto, Revolut Business and Ponto as their public documentation describes them."""

import base64
import datetime
import hashlib
import json
import secrets
from urllib.parse import parse_qsl, urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from odoo.addons.account_bank_feed.tests.common import IBAN
from odoo.addons.account_bank_feed_connection.tests.json_bank import JsonBank

CLIENT, PASSWORD = "erp-7781", "Bank-Password-55"


def private_key():
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def day_before(day, days):
    return (datetime.date.fromisoformat(day) - datetime.timedelta(days=days)).isoformat()


class OAuthBank(JsonBank):
    """Gives tokens for codes; ``rotates`` says whether each refresh token counts once."""

    rotates = True
    token_path = "/oauth2/token"

    def __init__(self):
        super().__init__()
        self.codes, self.good, self.refresh = {}, set(), set()
        self.revoked = False

    def agree(self, address):
        """A person agrees at the address; what the bank sends back with him."""
        query = dict(parse_qsl(urlsplit(address).query))
        code = secrets.token_hex(8)
        self.codes[code] = query
        return {"code": code, "state": query["state"]}

    def answer(self, asked):
        if asked.path == self.token_path:
            return self.token(asked) if self.knows(asked) else (401, {"error": "invalid_client"})
        if asked.path.endswith("/revoke"):
            self.revoked = True
            return {}
        if asked.bearer not in self.good:
            return 401, {"errors": [{"code": "unauthorized", "detail": asked.bearer}]}
        return self.data(asked)

    def knows(self, asked):
        return (asked.form.get("client_id"), asked.form.get("client_secret")) == (CLIENT, PASSWORD)

    def token(self, asked):
        form, refresh = asked.form, None
        if form["grant_type"] == "authorization_code":
            sent = self.codes.pop(form["code"])
            digest = hashlib.sha256(form["code_verifier"].encode()).digest()
            wanted = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            if sent["code_challenge"] != wanted or sent["redirect_uri"] != form["redirect_uri"]:
                return 400, {"error": "invalid_grant"}
            refresh = f"Refresh-{secrets.token_hex(8)}"
        elif form["refresh_token"] not in self.refresh:
            return 400, {"error": "invalid_grant"}
        elif self.rotates:
            self.refresh.remove(form["refresh_token"])
            refresh = f"Refresh-{secrets.token_hex(8)}"
        access = f"Access-{secrets.token_hex(8)}"
        self.good = {access}
        answer = {"access_token": access, "token_type": "bearer", "expires_in": 3600}
        if refresh:
            self.refresh.add(refresh)
            answer["refresh_token"] = refresh
        return answer


class Qonto(OAuthBank):
    """https://docs.qonto.com/api-reference/business-api"""

    def __init__(self):
        super().__init__()
        self.pages_until_token_ends = None
        self.pending = []
        self.booked = [self.transaction(n, "2026-01-20") for n in range(150)]

    @staticmethod
    def transaction(number, date, **values):
        return {
            "id": f"uuid-{number}",
            "amount_cents": 1000 + number,
            "side": "credit",
            "currency": "EUR",
            "local_amount": (1000 + number) / 100,
            "local_currency": "EUR",
            "label": f"Client {number}",
            "reference": f"FAC-{number}",
            "operation_type": "income",
            "status": "completed",
            "emitted_at": f"{date}T09:00:00.000Z",
            "settled_at": f"{date}T10:00:00.000Z",
            **values,
        }

    def data(self, asked):
        if asked.path == "/v2/organization":
            cents = sum(t["amount_cents"] or 0 for t in self.booked)
            account = {"id": "acc-1", "name": "Main", "iban": IBAN, "currency": "EUR"}
            account |= {"balance_cents": cents, "authorized_balance_cents": cents - 500}
            closed = {"id": "acc-2", "name": "Old", "currency": "EUR", "status": "closed"}
            accounts = [{**account, "status": "active"}, closed]
            return {"organization": {"slug": "we", "bank_accounts": accounts}}
        assert asked.query["bank_account_id"] == "acc-1"
        wanted, moment = self.booked, "settled_at"
        if asked.query["status[]"] == "pending":
            wanted, moment = self.pending, "emitted_at"
        start, end = asked.query[f"{moment}_from"], asked.query[f"{moment}_to"]
        found = [t for t in wanted if start <= t[moment] <= end]
        page, size = int(asked.query["current_page"]), min(int(asked.query["per_page"]), 100)
        more = page + 1 if page * size < len(found) else None
        self._use_token(asked)
        meta = {"current_page": page, "next_page": more, "per_page": size}
        return {"transactions": found[(page - 1) * size : page * size], "meta": meta}

    def _use_token(self, asked):
        if self.pages_until_token_ends is not None:
            self.pages_until_token_ends -= 1
            if not self.pages_until_token_ends:
                self.good = set()


class QontoByKey(Qonto):
    """The same with the login and secret key of one's own organization."""

    def answer(self, asked):
        if asked.headers.get("Authorization") != f"{CLIENT}:{PASSWORD}":
            key = asked.headers.get("Authorization")
            return 401, {"errors": [{"code": "unauthorized", "detail": f"unknown key {key}"}]}
        return self.data(asked)


class Revolut(OAuthBank):
    """https://developer.revolut.com/docs/business/business-api; pages hold three transactions."""

    rotates = False
    token_path = "/api/1.0/auth/token"
    size = 3

    def agree(self, address):
        return {"code": super().agree(address)["code"]}  # without our state

    def __init__(self, key, issuer):
        super().__init__()
        self.key, self.issuer = load_pem_private_key(key.encode(), None).public_key(), issuer
        self.proofs = set()
        self.transactions = []

    def knows(self, asked):
        """Whether the client's assertion is as Revolut wants it, and new."""
        proof = asked.form["client_assertion"]
        head, body, signature = (_unpacked(part) for part in proof.split("."))
        signed = proof.rpartition(".")[0].encode()
        self.key.verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
        claims = json.loads(body)
        is_new = claims.get("jti") not in self.proofs
        self.proofs.add(claims.get("jti"))
        return (
            is_new
            and json.loads(head)["alg"] == "RS256"
            and claims["iss"] == self.issuer
            and claims["sub"] == CLIENT
            and claims["aud"] == "https://revolut.com"
        )

    def data(self, asked):
        path = asked.path.removeprefix("/api/1.0/")
        if path == "accounts":
            moment = "2026-02-09T10:00:00Z"
            accounts = [("gbp", "Main", "GBP", 80.3), ("eur", "Euro", "EUR", 57.9)]
            return [
                {"id": a, "name": n, "currency": c, "balance": b, "state": "active"}
                | {"updated_at": moment}
                for a, n, c, b in accounts
            ] + [{"id": "old", "name": "Old", "currency": "USD", "state": "inactive"}]
        if path.endswith("/bank-details"):
            pooled = {"iban": "GB29NWBK60161331926819", "pooled": True}
            own = {"iban": IBAN, "pooled": False}
            return [pooled, own] if "eur" in path else [pooled]
        query = asked.query
        found = [
            t
            for t in self.transactions
            if any(leg["account_id"] == query["account"] for leg in t["legs"])
            and t["state"] == query["state"]
            and query["from"] <= t["created_at"] < query["to"]
        ]
        found.sort(key=lambda t: t["created_at"], reverse=True)
        return found[: min(int(query["count"]), self.size)]


class Ponto(JsonBank):
    """https://documentation.myponto.com; a page holds three transactions, the newest first."""

    def __init__(self):
        super().__init__()
        self.good = set()
        self.synchronized_at = datetime.datetime.now(datetime.UTC).isoformat()
        self.errors = []
        self.booked = []
        self.pending = []

    @staticmethod
    def transaction(number, date, amount=10, **values):
        values = {
            "amount": amount,
            "currency": "EUR",
            "executionDate": f"{date}T00:00:00Z",
            "valueDate": f"{date}T00:00:00Z",
            "counterpartName": f"Client {number}",
            "remittanceInformation": f"RE-{number}",
            **values,
        }
        return {"type": "transaction", "id": f"id-{number}", "attributes": values}

    def answer(self, asked):
        if asked.path == "/oauth2/token":
            basic = base64.b64encode(f"{CLIENT}:{PASSWORD}".encode()).decode()
            if asked.headers.get("Authorization") != f"Basic {basic}":
                return 401, {"error": "invalid_client"}
            assert asked.form == {"grant_type": "client_credentials"}
            self.good = {f"Access-{secrets.token_hex(8)}"}
            return {"access_token": min(self.good), "expires_in": 1800, "token_type": "bearer"}
        if asked.bearer not in self.good:
            return 401, {"errors": [{"code": "unauthorized", "detail": asked.bearer}]}
        if asked.path == "/accounts":
            return {"data": [self.account()], "links": {}, "meta": {}}
        pending = asked.path == "/accounts/acc-1/pending-transactions"
        assert pending or asked.path == "/accounts/acc-1/transactions"
        return self.page(asked, self.pending if pending else self.booked)

    def account(self):
        balance = sum(t["attributes"]["amount"] for t in self.booked)
        return {
            "type": "account",
            "id": "acc-1",
            "attributes": {
                "reference": IBAN,
                "referenceType": "IBAN",
                "currency": "EUR",
                "description": "Current account",
                "currentBalance": balance,
                "availableBalance": balance - 5,
                "currentBalanceReferenceDate": "2026-02-09T00:00:00Z",
                "availableBalanceReferenceDate": "2026-02-09T00:00:00Z",
                "authorizationExpirationExpectedAt": "2026-06-01T12:00:00Z",
            },
            "meta": {
                "synchronizedAt": self.synchronized_at,
                "latestSynchronization": {"attributes": {"errors": self.errors}},
            },
        }

    def page(self, asked, transactions):
        ids = [t["id"] for t in transactions]
        start = ids.index(asked.query["page[after]"]) + 1 if "page[after]" in asked.query else 0
        found = transactions[start : start + 3]
        more = start + 3 < len(ids)
        following = f"{self.url}{asked.path}?page[limit]=3&page[after]={found[-1]['id']}"
        return {"data": found, "links": {"next": following} if more else {}, "meta": {}}


def _unpacked(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
