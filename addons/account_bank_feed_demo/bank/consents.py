"""What a customer allows whom to read, and the page where the customer says so."""

from __future__ import annotations

import datetime
import secrets
import uuid
from collections import Counter
from dataclasses import dataclass, field

from .clock import Clock
from .ledger import Ledger
from .web import HTML, Problem, Request, Response, consent_form, page, redirect

LONGEST = datetime.timedelta(days=180)
RIGHTS = ("accounts", "balances", "transactions")
_EVERYTHING = ("allPsd2", "availableAccounts", "availableAccountsWithBalance")


@dataclass(slots=True, eq=False)
class Consent:
    """A consent of the Berlin Group's standard.

    :ivar rights: the accounts' IBANs, for each of the ``RIGHTS``
    :ivar ticket: what makes the link to its page secret
    """

    id: str
    client: str
    access: dict
    rights: dict[str, frozenset[str]]
    recurring: bool
    valid_until: datetime.date
    frequency: int
    redirect_uri: str | None
    refused_uri: str | None
    changed: datetime.date
    status: str = "received"
    ticket: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    uses: Counter = field(default_factory=Counter)


class Consents:
    """All consents, and the pages under ``/sca``."""

    prefixes = ("/sca/",)

    def __init__(self, clock: Clock, ledger: Ledger, auto_approve: bool):
        self.auto_approve = auto_approve
        self._clock, self._ledger = clock, ledger
        self._all: dict[str, Consent] = {}

    def rules(self):
        return (
            ("GET", "/sca/<id>/<ticket>", self._ask),
            ("POST", "/sca/<id>", self._decide),
        )

    def problem(self, problem: Problem, request: Request) -> Response:
        return page("Demo Bank", problem.text, status=problem.status)

    def create(self, client: str, wanted: dict, redirect_uri, refused_uri) -> Consent:
        """Keep a consent that the customer has still to give.

        :param wanted: the request's body, its types checked
        """
        today = self._clock.today
        consent = Consent(
            id=str(uuid.uuid4()),
            client=client,
            access=wanted["access"],
            rights=self._rights(wanted["access"]),
            recurring=wanted["recurringIndicator"],
            valid_until=min(wanted["validUntil"], today + LONGEST),
            frequency=wanted["frequencyPerDay"],
            redirect_uri=redirect_uri,
            refused_uri=refused_uri,
            changed=today,
        )
        self._all[consent.id] = consent
        return consent

    def get(self, id: str | None) -> Consent | None:
        """The consent, its status of today."""
        consent = self._all.get(id or "")
        if consent and consent.status == "valid" and consent.valid_until < self._clock.today:
            self._change(consent, "expired")
        return consent

    def expire(self, id: str | None) -> None:
        if consent := self.get(id):
            self._change(consent, "expired")

    def terminate(self, consent: Consent) -> None:
        self._change(consent, "terminatedByTpp")

    def count(self, consent: Consent, what: str) -> bool:
        """Count a fetch without the customer; whether it is still within the frequency."""
        consent.uses[self._clock.today, what] += 1
        return consent.uses[self._clock.today, what] <= consent.frequency

    # What the authorization server asks, where a consent is named in a scope

    def is_of(self, id: str, client: str) -> bool:
        consent = self.get(id)
        return bool(consent) and consent.client == client

    def ibans_in(self, scope: str) -> list[str]:
        named = [consent.rights["accounts"] for consent in self._named_in(scope)]
        return sorted(frozenset().union(*named)) or list(self._ledger.accounts)

    def decide_in(self, scope: str, approved: bool) -> None:
        for consent in self._named_in(scope):
            self._settle(consent, approved)

    def _named_in(self, scope: str) -> list[Consent]:
        named = (self.get(each.removeprefix("AIS:")) for each in scope.split())
        return [consent for consent in named if consent]

    # The page

    def _ask(self, request: Request, id: str, ticket: str) -> Response:
        consent = self._waiting(id, ticket)
        if self.auto_approve:
            return self._answer(consent, approved=True)
        form = consent_form(f"/sca/{id}", ticket, sorted(consent.rights["accounts"]))
        return page("Demo Bank", f"{consent.client} asks to read your accounts.", form)

    def _decide(self, request: Request, id: str) -> Response:
        consent = self._waiting(id, request.form.get("ticket", ""))
        return self._answer(consent, request.form.get("decision") == "approve")

    def _waiting(self, id: str, ticket: str) -> Consent:
        consent = self.get(id)
        if not consent or not secrets.compare_digest(consent.ticket.encode(), ticket.encode()):
            raise Problem(404, "RESOURCE_UNKNOWN", "There is no such question.")
        if consent.status != "received":
            raise Problem(409, "STATUS_INVALID", "This question was answered before.")
        return consent

    def _answer(self, consent: Consent, approved: bool) -> Response:
        self._settle(consent, approved)
        back = consent.redirect_uri if approved else consent.refused_uri or consent.redirect_uri
        if back:
            return redirect(back)
        return Response(page("Demo Bank", "Thank you.").body, 200, HTML)

    def _settle(self, consent: Consent, approved: bool) -> None:
        if consent.status == "received":
            self._change(consent, "valid" if approved else "rejected")

    def _change(self, consent: Consent, status: str) -> None:
        consent.status, consent.changed = status, self._clock.today

    def _rights(self, access: dict) -> dict[str, frozenset[str]]:
        everything = frozenset(self._ledger.accounts)
        if access.get("availableAccounts"):
            return dict.fromkeys(RIGHTS, frozenset()) | {"accounts": everything}
        if access.get("availableAccountsWithBalance"):
            return dict.fromkeys(RIGHTS, everything) | {"transactions": frozenset()}
        listed = {right: self._ibans(access.get(right) or ()) for right in RIGHTS}
        if access.get("allPsd2") or not any(listed.values()):
            # Which accounts is asked at the bank; this customer gives all of them.
            return dict.fromkeys(RIGHTS, everything)
        # Who may see what is on an account may see that there is one.
        return listed | {"accounts": frozenset().union(*listed.values())}

    def _ibans(self, references) -> frozenset[str]:
        ibans = frozenset(str(reference.get("iban", "")) for reference in references)
        if unknown := ibans - set(self._ledger.accounts):
            raise Problem(400, "RESOURCE_UNKNOWN", f"Unknown account {min(unknown)}", path="access")
        return ibans
