"""The REST interface of the Berlin Group: NextGenPSD2 XS2A 1.3, its account information."""

from __future__ import annotations

import datetime
import json
import secrets
import threading
import uuid
from collections import OrderedDict
from urllib.parse import urlencode

from .accounts import Account
from .consents import Consent, Consents
from .ledger import Entry
from .oauth import OAuth
from .statements import Statements, amount
from .web import XML, Problem, Request, Response, json_response

_KEPT_LISTS = 1000
_STATUSES = ("booked", "pending", "both")
_WRITERS = {
    "application/json": "json",
    "application/xml": "camt",
    "text/plain": "mt940",
    "application/*": "json",
    "*/*": "json",
}
_CONSENT = {
    "access": dict,
    "recurringIndicator": bool,
    "validUntil": str,
    "frequencyPerDay": int,
    "combinedServiceIndicator": bool,
}


class NextGenPsd2:
    """The service under ``/v1``.

    :ivar page_size: how many transactions a page holds
    :ivar download_from: of how many transactions on they are only offered for download
    """

    prefixes = ("/v1/",)

    def __init__(self, url: str, statements: Statements, consents: Consents, oauth: OAuth):
        self.page_size, self.download_from = 100, 1000
        self._url, self._statements = url, statements
        self._ledger, self._clock = statements.ledger, statements.clock
        self._consents, self._oauth = consents, oauth
        self._lock = threading.Lock()
        self._lists: OrderedDict[str, list[Entry]] = OrderedDict()

    def rules(self):
        account = "/v1/accounts/<resource_id>"
        return (
            ("POST", "/v1/consents", self._create_consent),
            ("GET", "/v1/consents/<id>", self._show_consent),
            ("GET", "/v1/consents/<id>/status", self._show_status),
            ("DELETE", "/v1/consents/<id>", self._delete_consent),
            ("GET", "/v1/accounts", self._show_accounts),
            ("GET", account, self._show_account),
            ("GET", f"{account}/balances", self._show_balances),
            ("GET", f"{account}/transactions", self._show_transactions),
            ("GET", f"{account}/transactions/download/<first>/<last>", self._download),
        )

    def problem(self, problem: Problem, request: Request) -> Response:
        """An error as the standard words it."""
        message = {"category": "ERROR", "code": problem.code, "text": problem.text}
        if problem.path:
            message["path"] = problem.path
        response = json_response({"tppMessages": [message]}, problem.status)
        response.headers |= problem.headers | _request_id(request)
        return response

    # Consents

    def _create_consent(self, request: Request) -> Response:
        client = self._client(request)
        if not request.headers.get("PSU-IP-Address"):
            raise _format_error("PSU-IP-Address", "The header is missing")
        back = request.headers.get("TPP-Redirect-URI")
        refused = request.headers.get("TPP-Nok-Redirect-URI")
        known = self._oauth.clients[client].redirect_uris
        if any(uri and uri not in known for uri in (back, refused)):
            raise _format_error("TPP-Redirect-URI", "The address is not the client's")
        consent = self._consents.create(client, self._wanted(request), back, refused)
        return self._created(request, consent)

    def _created(self, request: Request, consent: Consent) -> Response:
        here = f"/v1/consents/{consent.id}"
        links = {
            "scaRedirect": f"{self._url}/sca/{consent.id}/{consent.ticket}",
            "scaOAuth": f"{self._url}/.well-known/oauth-authorization-server",
            "self": here,
            "status": f"{here}/status",
        }
        if request.headers.get("TPP-Redirect-Preferred", "").lower() == "true":
            del links["scaOAuth"]
        data = {"consentStatus": consent.status, "consentId": consent.id, "_links": _links(links)}
        return self._answer(request, data, 201, Location=here, ASPSP_SCA_Approach="REDIRECT")

    def _wanted(self, request: Request) -> dict:
        try:
            wanted = json.loads(request.body)
        except ValueError:
            raise _format_error("", "The body is no JSON") from None
        for name, kind in _CONSENT.items():
            value = wanted.get(name) if isinstance(wanted, dict) else None
            if type(value) is not kind:
                raise _format_error(name, f"{name} is missing or of the wrong type")
        wanted["validUntil"] = _date(wanted["validUntil"], "validUntil")
        if wanted["validUntil"] < self._clock.today or wanted["frequencyPerDay"] < 1:
            raise _format_error("validUntil", "The consent would never be valid")
        return wanted

    def _show_consent(self, request: Request, id: str) -> Response:
        consent = self._own_consent(request, id)
        data = {
            "access": consent.access,
            "recurringIndicator": consent.recurring,
            "validUntil": f"{consent.valid_until}",
            "frequencyPerDay": consent.frequency,
            "lastActionDate": f"{consent.changed}",
            "consentStatus": consent.status,
        }
        return self._answer(request, data)

    def _show_status(self, request: Request, id: str) -> Response:
        return self._answer(request, {"consentStatus": self._own_consent(request, id).status})

    def _delete_consent(self, request: Request, id: str) -> Response:
        self._consents.terminate(self._own_consent(request, id))
        return Response(b"", 204, headers=_request_id(request))

    def _own_consent(self, request: Request, id: str) -> Consent:
        client, consent = self._client(request), self._consents.get(id)
        if consent is None or consent.client != client:
            raise Problem(403, "CONSENT_UNKNOWN", "The consent is unknown")
        return consent

    # Accounts

    def _show_accounts(self, request: Request) -> Response:
        consent = self._consent(request, "accounts")
        allowed = consent.rights["accounts"]
        accounts = [each for each in self._ledger.accounts.values() if each.iban in allowed]
        data = [self._account_data(request, consent, account) for account in accounts]
        return self._answer(request, {"accounts": data})

    def _show_account(self, request: Request, resource_id: str) -> Response:
        account, consent = self._account(request, resource_id, "accounts")
        return self._answer(request, {"account": self._account_data(request, consent, account)})

    def _show_balances(self, request: Request, resource_id: str) -> Response:
        account, _consent = self._account(request, resource_id, "balances")
        data = {"account": _reference(account), "balances": self._balances(account)}
        return self._answer(request, data)

    def _account_data(self, request: Request, consent: Consent, account: Account) -> dict:
        here = f"/v1/accounts/{account.resource_id}"
        links = {right: f"{here}/{right}" for right in ("balances", "transactions")}
        allowed = {
            right: link for right, link in links.items() if account.iban in consent.rights[right]
        }
        data = {
            "resourceId": account.resource_id,
            "iban": account.iban,
            "currency": account.currency,
            "name": account.name,
            "ownerName": account.owner,
            "product": "Girokonto",
            "cashAccountType": "CACC",
            "status": "enabled",
            "bic": account.bic,
            "usage": "ORGA",
            "_links": _links(allowed),
        }
        if request.query.get("withBalance") == "true" and "balances" in allowed:
            data["balances"] = self._balances(account)
        return data

    def _balances(self, account: Account) -> list[dict]:
        today, yesterday = self._clock.today, self._statements.yesterday
        booked = self._ledger.balance(account.iban, today)
        rows = (
            ("closingBooked", self._ledger.balance(account.iban, yesterday), yesterday),
            ("interimBooked", booked, today),
            ("interimAvailable", self._ledger.available(account.iban), today),
        )
        return [
            {
                "balanceAmount": amount(value, account.currency),
                "balanceType": kind,
                "referenceDate": f"{day}",
                "creditLimitIncluded": False,
            }
            for kind, value, day in rows
        ]

    # Transactions

    def _show_transactions(self, request: Request, resource_id: str) -> Response:
        writer = _writer(request)
        account, consent = self._account(request, resource_id, "transactions")
        first, last, status = self._period(request)
        if writer == "camt":
            body = self._statements.camt053(request, account.iban, first, last)
            return Response(body, 200, XML, _request_id(request))
        if writer == "mt940":
            body = self._statements.mt940(request, account.iban, first, last)
            return Response(body, 200, "text/plain; charset=utf-8", _request_id(request))
        data = self._page(request, account, first, last, status)
        if (
            request.query.get("withBalance") == "true"
            and account.iban in consent.rights["balances"]
        ):
            data["balances"] = self._balances(account)
        return self._answer(request, {"account": _reference(account), **data})

    def _period(self, request: Request) -> tuple[datetime.date, datetime.date, str]:
        query = request.query
        for name in ("deltaList", "entryReferenceFrom"):
            if query.get(name, "false") != "false":
                raise Problem(400, "PARAMETER_NOT_SUPPORTED", "Not supported", path=name)
        status = query.get("bookingStatus")
        if status in ("information", "all"):
            raise Problem(400, "PARAMETER_NOT_SUPPORTED", "Not supported", path="bookingStatus")
        if status not in _STATUSES:
            raise _format_error("bookingStatus", f"It is one of {', '.join(_STATUSES)}")
        first = _date(query.get("dateFrom"), "dateFrom")
        last = _date(query["dateTo"], "dateTo") if "dateTo" in query else self._clock.today
        self._statements.check(first, last)
        return first, last, status

    def _page(self, request: Request, account: Account, first, last, status: str) -> dict:
        here = f"/v1/accounts/{account.resource_id}"
        key, offset, entries = self._listed(request, account, first, last, status)
        if len(entries) >= self.download_from:
            download = f"{here}/transactions/download/{first}/{last}"
            return {"_links": _links({"download": download})}
        shown = entries[offset : offset + self.page_size]
        links = {"account": here, "first": self._link(request)}
        following = offset + self.page_size
        if request.has_flaw("repeated_page"):
            links["next"] = self._link(request, f"{key}.{offset}")
        elif following < len(entries):
            links["next"] = self._link(request, f"{key}.{following}")
        report = {"_links": _links(links)}
        if status != "pending":
            report["booked"] = [_transaction(entry, booked=True) for entry in shown]
        if status != "booked":
            waiting = [] if offset else self._statements.pending(request, account.iban)
            report["pending"] = [_transaction(entry, booked=False) for entry in waiting]
        return {"transactions": report}

    def _listed(self, request, account, first, last, status) -> tuple[str, int, list[Entry]]:
        """The list that is paged through. It stays as it was, whatever is booked meanwhile."""
        token = request.query.get("pageToken")
        if token is None:
            entries = []
            if status != "pending":
                entries = self._statements.entries(request, account.iban, first, last)
            return self._keep(entries), 0, entries
        key, _, offset = token.partition(".")
        with self._lock:
            entries = self._lists.get(key)
        if entries is None or not offset.isdecimal():
            raise _format_error("pageToken", "The page is not known any more")
        return key, int(offset), entries

    def _keep(self, entries: list[Entry]) -> str:
        key = secrets.token_urlsafe(12)
        with self._lock:
            self._lists[key] = entries
            if len(self._lists) > _KEPT_LISTS:
                self._lists.popitem(last=False)
        return key

    @staticmethod
    def _link(request: Request, token: str | None = None) -> str:
        query = {name: value for name, value in request.query.items() if name != "pageToken"}
        return f"{request.path}?{urlencode(query | ({'pageToken': token} if token else {}))}"

    def _download(self, request: Request, resource_id: str, first: str, last: str) -> Response:
        account, _consent = self._account(request, resource_id, "transactions")
        period = _date(first, "dateFrom"), _date(last, "dateTo")
        self._statements.check(*period)
        body = self._statements.camt053(request, account.iban, *period)
        return Response(body, 200, XML, _request_id(request))

    # Who may

    def _account(self, request: Request, resource_id: str, right: str) -> tuple[Account, Consent]:
        consent = self._consent(request, right)
        accounts = self._ledger.accounts.values()
        account = next((each for each in accounts if each.resource_id == resource_id), None)
        if account is None or account.iban not in consent.rights["accounts"]:
            raise Problem(404, "RESOURCE_UNKNOWN", "The account is unknown")
        if account.iban not in consent.rights[right]:
            raise Problem(401, "CONSENT_INVALID", f"The consent does not cover {right}")
        return account, consent

    def _consent(self, request: Request, right: str) -> Consent:
        _check_request_id(request)
        token = self._oauth.bearer(request)
        id = request.headers.get("Consent-ID")
        if not id:
            raise _format_error("Consent-ID", "The header is missing")
        consent = self._consents.get(id)
        if consent is None or consent.client != token.grant.client:
            raise Problem(400, "CONSENT_UNKNOWN", "The consent is unknown", path="Consent-ID")
        if consent.status == "expired":
            raise Problem(401, "CONSENT_EXPIRED", "The consent has expired")
        if consent.status != "valid" or not _covers(token.scope, consent):
            raise Problem(401, "CONSENT_INVALID", f"The consent is {consent.status}")
        self._count(request, consent, right)
        return consent

    def _count(self, request: Request, consent: Consent, right: str) -> None:
        """Only what is fetched while the customer is away is limited, and a list only once."""
        if request.headers.get("PSU-IP-Address") or "pageToken" in request.query:
            return
        if not self._consents.count(consent, f"{right} {request.path}"):
            raise Problem(429, "ACCESS_EXCEEDED", "More often than the consent allows on a day")

    def _client(self, request: Request) -> str:
        _check_request_id(request)
        client = self._oauth.client_of(request)
        if client is None:
            raise Problem(401, "CERTIFICATE_MISSING", "It is unknown who asks")
        return client

    def _answer(self, request: Request, data: dict, status: int = 200, **headers) -> Response:
        response = json_response(data, status, **headers)
        response.headers |= _request_id(request)
        return response


def _covers(scope: str, consent: Consent) -> bool:
    """Whether a token is for the consent: one that names no consent is for each."""
    named = [each for each in scope.split() if each.startswith("AIS:")]
    return not named or f"AIS:{consent.id}" in named


def _transaction(entry: Entry, booked: bool) -> dict:
    each = entry.transaction
    party = "debtor" if each.amount >= 0 else "creditor"
    data = {
        # A pending one gets its number when it is booked.
        "transactionId": entry.id if booked else f"P{entry.id}",
        "entryReference": entry.id if booked else None,
        "endToEndId": each.end_to_end_id,
        "mandateId": each.mandate_id,
        "creditorId": each.creditor_id,
        "bookingDate": f"{each.booking_date}" if booked else None,
        "valueDate": f"{each.value_date}" if each.value_date else None,
        "transactionAmount": amount(each.amount, each.currency),
        f"{party}Name": each.counterparty.name,
        f"{party}Account": {"iban": each.counterparty.iban} if each.counterparty.iban else None,
        "remittanceInformationUnstructured": each.remittance,
        "remittanceInformationStructured": each.reference,
        "bankTransactionCode": each.code,
    }
    return {name: value for name, value in data.items() if value}


def _reference(account: Account) -> dict[str, str]:
    return {"iban": account.iban, "currency": account.currency}


def _links(links: dict[str, str]) -> dict[str, dict[str, str]]:
    return {name: {"href": link} for name, link in links.items()}


def _writer(request: Request) -> str:
    wanted = [
        part.partition(";")[0].strip() for part in request.headers.get("Accept", "*/*").split(",")
    ]
    for each in wanted:
        if each in _WRITERS:
            return _WRITERS[each]
    raise Problem(406, "REQUESTED_FORMATS_INVALID", "JSON, camt.053 and MT940 can be had")


def _check_request_id(request: Request) -> None:
    try:
        uuid.UUID(request.headers.get("X-Request-ID", ""))
    except ValueError:
        raise _format_error("X-Request-ID", "The header must be a UUID") from None


def _request_id(request: Request) -> dict[str, str]:
    given = request.headers.get("X-Request-ID")
    return {"X-Request-ID": given} if given else {}


def _date(text: str | None, name: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text or "")
    except ValueError:
        raise _format_error(name, "It must be a date, such as 2026-01-31") from None


def _format_error(path: str, text: str) -> Problem:
    return Problem(400, "FORMAT_ERROR", text, path=path)
