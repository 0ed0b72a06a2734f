"""Enable Banking, with one bank behind it, as its public documentation describes it."""

import datetime
import secrets
from urllib.parse import parse_qsl, urlsplit

from authlib.jose import JsonWebToken, errors
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from odoo.addons.account_bank_feed.tests.common import IBAN
from odoo.addons.account_bank_feed_connection.tests.json_bank import JsonBank

APPLICATION = "2f1a9d1e-app"
HASH = "hash-of-the-account"


class EnableBanking(JsonBank):
    """https://enablebanking.com/docs/api/reference/; three transactions a page, every other page
    empty."""

    def __init__(self, key):
        super().__init__()
        self.key = load_pem_private_key(key.encode(), None).public_key()
        self.codes, self.sessions = set(), {}
        self.agreed_to = None
        self.history = 10_000
        self.booked = []
        self.pending = []

    def agree(self, address):
        """A person agrees at the address; what the bank sends back with him."""
        query = dict(parse_qsl(urlsplit(address).query))
        self.codes.add("code-1")
        return {"code": "code-1", "state": query["state"]}

    @staticmethod
    def transaction(number, date, amount=10, **values):
        return {
            "entry_reference": f"ref-{number}",
            "transaction_amount": {"currency": "EUR", "amount": f"{abs(amount):.2f}"},
            "credit_debit_indicator": "CRDT" if amount > 0 else "DBIT",
            "creditor": {"name": f"Creditor {number}"},
            "debtor": {"name": f"Debtor {number}"},
            "status": "BOOK",
            "booking_date": date,
            "value_date": date,
            "remittance_information": [f"RE-{number}", "thank you"],
            "bank_transaction_code": {"code": "PMNT", "sub_code": "ICDT-STDO"},
            **values,
        }

    def answer(self, asked):
        if not self.knows(asked):
            return error(401, "UNAUTHORIZED_ACCESS", "Wrong signature")
        if asked.path == "/aspsps":
            assert asked.query == {"country": "FI", "psu_type": "business", "service": "AIS"}
            bank = {"name": "Nordea", "country": "FI", "maximum_consent_validity": 90 * 86_400}
            return {"aspsps": [bank, {**bank, "name": "Aktia", "required_psu_headers": PERSON}]}
        if asked.path == "/auth":
            self.agreed_to = asked.data
            return {"url": f"{self.url}/agree?state={asked.data['state']}", "authorization_id": "a"}
        if asked.path == "/sessions":
            return self.begin(asked.data["code"])
        if asked.path.startswith("/sessions/"):
            return self.session(asked.method, asked.path.rpartition("/")[2])
        return self.account(asked)

    def knows(self, asked):
        try:
            token = JsonWebToken(["RS256"]).decode(asked.bearer, self.key)
        except errors.JoseError:
            return False
        lasts = token["exp"] - token["iat"]
        who = (token["iss"], token["aud"], token.header["kid"])
        return lasts <= 86_400 and who == (
            "enablebanking.com",
            "api.enablebanking.com",
            APPLICATION,
        )

    def begin(self, code):
        if code not in self.codes:
            return error(422, "WRONG_AUTHORIZATION_CODE")
        self.codes.remove(code)
        session = f"session-{secrets.token_hex(6)}"
        until = self.agreed_to["access"]["valid_until"]
        self.sessions[session] = {
            "status": "AUTHORIZED",
            "accounts_data": [
                {
                    "uid": f"uid-{secrets.token_hex(6)}",  # another one in each session
                    "identification_hash": HASH,
                    "identification_hashes": [HASH, "another"],
                }
            ],
            "access": {"valid_until": until},
        }
        return {"session_id": session, "accounts": []}

    def session(self, method, session):
        if session not in self.sessions:
            return error(404, "SESSION_DOES_NOT_EXIST")
        if method == "DELETE":
            self.sessions[session]["status"] = "CLOSED"
            return {"message": "OK"}
        return self.sessions[session]

    def account(self, asked):
        _, _, uid, what = asked.path.split("/")
        good = [s for s in self.sessions.values() if s["status"] == "AUTHORIZED"]
        if uid not in [account["uid"] for s in good for account in s["accounts_data"]]:
            return error(401, "EXPIRED_SESSION")
        if what == "details":
            names = {"identification_hash": HASH, "uid": uid, "details": "Current account"}
            return {**names, "account_id": {"iban": IBAN}, "currency": "EUR"}
        if what == "balances":
            return {"balances": [balance("XPCD", 1), balance("ITAV", 95), balance("CLBD", 100)]}
        return self.page(asked.query)

    def page(self, query):
        start, end = query["date_from"], query["date_to"]
        oldest = datetime.datetime.now(datetime.UTC).date()
        oldest -= datetime.timedelta(days=self.history)
        if start < oldest.isoformat():
            return error(422, "WRONG_TRANSACTIONS_PERIOD")
        of = self.booked if query["transaction_status"] == "BOOK" else self.pending
        found = [t for t in of if start <= t["booking_date"] <= end]
        number = int(query.get("continuation_key", "key-0").removeprefix("key-"))
        page = found[number // 2 * 3 :][:3] if number % 2 else []
        more = (number + 1) // 2 * 3 < len(found)
        return {"transactions": page, "continuation_key": f"key-{number + 1}" if more else None}


PERSON = ["Psu-Ip-Address", "Psu-User-Agent"]


def balance(kind, amount):
    return {
        "balance_type": kind,
        "balance_amount": {"currency": "EUR", "amount": f"{amount:.2f}"},
        "reference_date": "2026-02-09",
    }


def error(status, name, message="No"):
    return status, {"code": status, "error": name, "message": message, "detail": "of the bank"}
