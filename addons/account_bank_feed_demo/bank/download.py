"""Downloads with a token in the address, as Fio banka has them, and of plain files."""

from __future__ import annotations

import datetime
import secrets
import threading
from collections.abc import Callable

from .statement_format import testing
from .statements import Statements
from .web import XML, Problem, Request, Response

_TEXT = "text/plain; charset=utf-8"
_MIDNIGHT = datetime.time(tzinfo=datetime.UTC)


class Fio:
    """The service under ``/fio``: all that a client has is a token for an account.

    :param token_of: makes an account's token, 64 signs long
    :ivar pause: between two requests with one token
    """

    prefixes = ("/fio/",)

    def __init__(self, statements: Statements, token_of: Callable[[str], str]):
        self.pause = datetime.timedelta(seconds=30)
        self._statements, self._ledger = statements, statements.ledger
        self._clock = statements.clock
        self._lock = threading.Lock()
        self._accounts = {token_of(iban): iban for iban in self._ledger.accounts}
        self._last_request: dict[str, datetime.datetime] = {}
        self._told_until: dict[str, datetime.datetime] = {}

    def rules(self):
        return (
            ("GET", "/fio/periods/<token>/<first>/<last>/transactions.xml", self._periods),
            ("GET", "/fio/last/<token>/transactions.xml", self._last),
            ("GET", "/fio/set-last-id/<token>/<id>/", self._set_last_id),
            ("GET", "/fio/set-last-date/<token>/<day>/", self._set_last_date),
        )

    def problem(self, problem: Problem, request: Request) -> Response:
        return Response(problem.text.encode(), problem.status, _TEXT, problem.headers)

    def token(self, iban: str) -> str:
        """An account's token."""
        return next(token for token, each in self._accounts.items() if each == iban)

    def _periods(self, request: Request, token: str, first: str, last: str) -> Response:
        iban = self._iban(token)
        period = _day(first), _day(last)
        try:
            self._statements.check(*period)
        except Problem as problem:
            # As Fio words it: what is older only after a person has authorised it.
            text = f"{problem.text} (od {self._statements.earliest:%d.%m.%Y})"
            raise Problem(422, problem.code, text) from None
        return _as_fio(self._statements.of_period(request, iban, *period))

    def _last(self, request: Request, token: str) -> Response:
        """What was not told yet; from then on it counts as told, whether or not it arrives."""
        iban = self._iban(token)
        begin = datetime.datetime.combine(self._statements.earliest, _MIDNIGHT)
        entries = self._ledger.since(iban, self._told_until.get(token, begin))
        self._told_until[token] = self._clock.now
        return _as_fio(self._statements.of_news(request, iban, entries))

    def _set_last_id(self, request: Request, token: str, id: str) -> Response:
        iban = self._iban(token, pause=False)
        entries = self._ledger.entries(iban, self._statements.earliest, self._clock.today)
        found = next((entry for entry in entries if entry.id == id), None)
        if found is None:
            raise Problem(404, "RESOURCE_UNKNOWN", "There is no such transaction")
        self._told_until[token] = found.booked
        return Response(b"", 200, _TEXT)

    def _set_last_date(self, request: Request, token: str, day: str) -> Response:
        self._iban(token, pause=False)
        self._told_until[token] = datetime.datetime.combine(_day(day), _MIDNIGHT)
        return Response(b"", 200, _TEXT)

    def _iban(self, token: str, pause: bool = True) -> str:
        iban = self._accounts.get(token)
        if iban is None:
            # Fio, too, does not tell a wrong token from a broken server.
            raise Problem(500, "INTERNAL_SERVER_ERROR", "Internal server error")
        with self._lock:
            now, before = self._clock.now, self._last_request.get(token)
            if pause and before and now - before < self.pause:
                raise Problem(409, "CONFLICT", "One request in 30 seconds")
            self._last_request[token] = now
        return iban


class Files:
    """The service under ``/files``: statement files for a client certificate, or Fio's token."""

    prefixes = ("/files/",)

    def __init__(self, statements: Statements, fio: Fio):
        self._statements, self._fio = statements, fio
        self._kinds = {
            "camt053.xml": (statements.camt053, XML),
            "camt052.xml": (statements.camt052, XML),
            "mt940.sta": (statements.mt940, _TEXT),
        }

    def rules(self):
        return (("GET", "/files/<iban>/<first>/<last>/<name>", self._file),)

    problem = Fio.problem

    def _file(self, request: Request, iban: str, first: str, last: str, name: str) -> Response:
        if iban not in self._statements.ledger.accounts or name not in self._kinds:
            raise Problem(404, "RESOURCE_UNKNOWN", "There is no such file")
        token = (request.bearer or "").encode()
        known = secrets.compare_digest(token, self._fio.token(iban).encode())
        if not (request.certificate or known):
            raise Problem(401, "CERTIFICATE_MISSING", "A client certificate or token is needed")
        period = _day(first), _day(last)
        self._statements.check(*period)
        write, content_type = self._kinds[name]
        return Response(write(request, iban, *period), 200, content_type)


def _as_fio(statement) -> Response:
    return Response(testing.xml_fio_banka(statement), 200, XML)


def _day(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise Problem(404, "FORMAT_ERROR", "A day is written as 2026-01-31") from None
