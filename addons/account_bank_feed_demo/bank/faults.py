"""What a bank does wrong, ordered beforehand: for the next requests that match."""

from __future__ import annotations

import datetime
import fnmatch
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from email.utils import format_datetime

from .clock import Clock
from .web import Problem, Request, Response

KINDS = {
    "status": "answers with `status` (401, 403, 429, 500, 503, ...); `retry_after` in seconds, "
    "with `as_date` as an HTTP date",
    "closed": "503 with Retry-After until `hours` are over",
    "timeout": "never answers",
    "reset": "resets the connection instead of answering",
    "half_page": "announces more bytes than it sends",
    "malformed": "sends JSON or XML that ends in the middle",
    "slow": "answers after `seconds`",
    "repeated_page": "the link to the next page leads to the same page again",
    "changed_ids": "gives every entry another id",
    "backdated": "books a transaction of `days` ago as soon as it has answered",
    "expired_consent": "the request's consent is expired from now on",
    "revoked_token": "the request's token, and all of its grant, are revoked from now on",
    "wrong_certificate": "shows a certificate of an authority that nobody knows",
    "refused_certificate": "does not accept the client's certificate",
}
OF_CONNECTIONS = ("wrong_certificate", "refused_certificate")
"""What a connection meets before it has asked for anything."""
CODES = {
    401: "TOKEN_INVALID",
    403: "SERVICE_BLOCKED",
    404: "RESOURCE_UNKNOWN",
    429: "ACCESS_EXCEEDED",
    500: "INTERNAL_SERVER_ERROR",
    503: "SERVICE_UNAVAILABLE",
}


@dataclass(slots=True, eq=False)
class Fault:
    """One order.

    :ivar times: for how many requests; None for all until it is cleared
    :ivar names: of the account that the request must be about: its IBAN, resource id, token
    """

    kind: str
    times: int | None = 1
    path: str = "*"
    method: str | None = None
    names: tuple[str, ...] = ()
    options: dict = field(default_factory=dict)
    until: datetime.datetime | None = None

    def matches(self, request: Request) -> bool:
        if self.method and self.method != request.method:
            return False
        if not fnmatch.fnmatchcase(request.path, self.path):
            return False
        said = f"{request.path} {request.body.decode('utf-8', 'replace')}"
        return not self.names or any(name in said for name in self.names)

    def as_data(self) -> dict:
        return {
            "kind": self.kind,
            "times": self.times,
            "path": self.path,
            "method": self.method,
            **self.options,
        }


class Faults:
    """The faults that are still to happen, in the order in which they were ordered.

    :param names_of: all names by which requests call an account
    """

    def __init__(self, clock: Clock, names_of: Callable[[str], Iterable[str]]):
        self._clock = clock
        self._names_of = names_of
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []

    def add(
        self,
        kind: str,
        *,
        times: int | None = 1,
        path: str = "*",
        method: str | None = None,
        account: str | None = None,
        **options,
    ) -> None:
        """Order a fault of one of the ``KINDS`` for the next requests that match.

        :param path: a pattern such as ``/v1/accounts/*``; those of certificates come before any
        :param account: an IBAN
        """
        if kind not in KINDS:
            raise ValueError(f"There is no fault {kind!r}: {', '.join(KINDS)}")
        names = tuple(self._names_of(account)) if account else ()
        fault = Fault(kind, times, path, method, names, options)
        if kind == "closed":
            fault.times = None
            fault.until = self._clock.now + datetime.timedelta(hours=options.get("hours", 24))
        with self._lock:
            self._waiting.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._waiting.clear()

    def waiting(self) -> list[Fault]:
        with self._lock:
            self._forget_what_is_over()
            return list(self._waiting)

    def take(self, request: Request) -> Fault | None:
        """The fault that the request meets, used up by it."""
        return self._take(lambda f: f.kind not in OF_CONNECTIONS and f.matches(request))

    def take_for_connection(self) -> Fault | None:
        """The fault that a connection meets before it says anything."""
        return self._take(lambda fault: fault.kind in OF_CONNECTIONS)

    def _take(self, wanted: Callable[[Fault], bool]) -> Fault | None:
        with self._lock:
            self._forget_what_is_over()
            fault = next(filter(wanted, self._waiting), None)
            if fault and fault.times:
                fault.times -= 1
            return fault

    def _forget_what_is_over(self) -> None:
        now = self._clock.now
        self._waiting = [
            f for f in self._waiting if f.times != 0 and (not f.until or f.until > now)
        ]

    def problem(self, fault: Fault) -> Problem | None:
        """What is answered instead, where the fault is an answer by itself."""
        if fault.kind == "closed":
            seconds = int((fault.until - self._clock.now).total_seconds())
            return _refusal(503, {"Retry-After": str(max(1, seconds))})
        if fault.kind != "status":
            return None
        return _refusal(int(fault.options.get("status", 500)), self._retry_after(fault.options))

    def _retry_after(self, options: dict) -> dict[str, str]:
        wait = options.get("retry_after")
        if wait is None:
            return {}
        if not options.get("as_date"):
            return {"Retry-After": str(wait)}
        moment = self._clock.now + datetime.timedelta(seconds=int(wait))
        return {"Retry-After": format_datetime(moment, usegmt=True)}


def _refusal(status: int, headers: dict[str, str]) -> Problem:
    return Problem(status, CODES.get(status, "ERROR"), "Ordered by a drill", headers=headers)


def spoil(fault: Fault, response: Response) -> None:
    """Do to a finished answer what the fault is."""
    whole = response.body
    if fault.kind in ("malformed", "half_page"):
        response.body = whole[: len(whole) // 2]
    if fault.kind == "half_page":
        response.headers["Content-Length"] = str(len(whole))
