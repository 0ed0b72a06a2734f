"""A small client of the bank, written from the standards: what a connector will have to do."""

import base64
import datetime
import hashlib
import io
import secrets
import uuid
from urllib.parse import parse_qs, urlsplit

import requests

from bank_statement_format import read_statements

BACK = "https://odoo.example/bank/back"
DAY = datetime.timedelta(days=1)


def read(data, name="answer.xml"):
    """The statements in a file, by the project's own parser."""
    return read_statements(name, io.BytesIO(data))[1]


def answer_in(location):
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


class Tpp:
    """Keeps tokens and a consent."""

    def __init__(self, bank):
        self.bank = bank
        self.verifier = secrets.token_urlsafe(48)
        self.verify = getattr(bank, "ca_file", True)
        self.consent = self.access = self.refresh = None

    def request(self, method, path, headers=None, auth=None, **options):
        headers = {"X-Request-ID": str(uuid.uuid4()), **(headers or {})}
        if self.access and not auth:
            headers.setdefault("Authorization", f"Bearer {self.access}")
        if self.consent:
            headers.setdefault("Consent-ID", self.consent)
        options = {"timeout": 60, "allow_redirects": False, "verify": self.verify, **options}
        headers = {name: value for name, value in headers.items() if value is not None}
        return requests.request(
            method, f"{self.bank.url}{path}", headers=headers, auth=auth, **options
        )

    def get(self, path, headers=None, **params):
        return self.request("GET", path, headers, params=params)

    @property
    def password(self):
        return self.bank.client.id, self.bank.client.secret

    # OAuth

    def question(self, **changed):
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return {
            "response_type": "code",
            "client_id": self.bank.client.id,
            "redirect_uri": BACK,
            "state": "the state",
            "scope": f"AIS:{self.consent}" if self.consent else "AIS",
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        } | changed

    def authorize(self, **changed):
        return self.get("/oauth/authorize", **self.question(**changed))

    def code(self, **changed):
        return answer_in(self.authorize(**changed).headers["Location"])["code"]

    def token(self, auth=None, **form):
        return self.request("POST", "/oauth/token", data=form, auth=auth or self.password)

    def by_code(self, code, **changed):
        form = {"code": code, "redirect_uri": BACK, "code_verifier": self.verifier}
        return self.token(grant_type="authorization_code", **(form | changed))

    def by_refresh(self, refresh):
        return self.token(grant_type="refresh_token", refresh_token=refresh)

    def sign_in(self):
        self.keep(self.by_code(self.code()))

    def keep(self, response):
        tokens = response.json()
        self.access, self.refresh = tokens["access_token"], tokens["refresh_token"]

    # NextGenPSD2

    def ask_consent(self, access, headers=None, **changed):
        body = {
            "access": access,
            "recurringIndicator": True,
            "validUntil": f"{self.bank.clock.today + 90 * DAY}",
            "frequencyPerDay": 1000,
            "combinedServiceIndicator": False,
        } | changed
        asked = {"PSU-IP-Address": "192.0.2.7", "TPP-Redirect-URI": BACK, **(headers or {})}
        return self.request("POST", "/v1/consents", asked, auth=self.password, json=body)

    def consent_to(self, access, **changed):
        self.consent = self.ask_consent(access, **changed).json()["consentId"]

    def transactions(self, account, first, last, status="booked"):
        """All booked transactions of a period, over all pages."""
        response = self.get(
            f"/v1/accounts/{account.resource_id}/transactions",
            dateFrom=f"{first}",
            dateTo=f"{last}",
            bookingStatus=status,
        )
        found = []
        while True:
            response.raise_for_status()
            report = response.json()["transactions"]
            found += report.get("booked", [])
            following = report["_links"].get("next")
            if not following:
                return found
            response = self.get(following["href"])
