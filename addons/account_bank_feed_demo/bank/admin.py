"""What a drill in another process does with the bank: faults, time, truth, the log."""

from __future__ import annotations

import datetime
import json
import secrets
from decimal import Decimal

from .statement_format import Counterparty
from .web import Problem, Request, Response, json_response


class Admin:
    """The service under ``/admin``, for whoever has the token."""

    prefixes = ("/admin/",)

    def __init__(self, bank, token: str):
        self.token = token
        self._bank = bank

    def rules(self):
        return tuple(
            (method, path, self._guarded(call))
            for method, path, call in (
                ("GET", "/admin/state", self._state),
                ("GET", "/admin/faults", self._show_faults),
                ("POST", "/admin/faults", self._add_fault),
                ("DELETE", "/admin/faults", self._clear_faults),
                ("POST", "/admin/clock", self._advance),
                ("POST", "/admin/book", self._book),
                ("GET", "/admin/truth", self._truth),
                ("GET", "/admin/log", self._log),
            )
        )

    def problem(self, problem: Problem, request: Request) -> Response:
        return json_response({"error": problem.text}, problem.status)

    def _guarded(self, call):
        def checked(request: Request) -> Response:
            given = request.headers.get("X-Admin-Token", "")
            if not secrets.compare_digest(given.encode(), self.token.encode()):
                raise Problem(403, "FORBIDDEN", "The admin token is wrong")
            try:
                return json_response(call(request))
            except (KeyError, TypeError, ValueError, ArithmeticError) as error:
                raise Problem(400, "FORMAT_ERROR", f"{error!r}") from None

        return checked

    def _state(self, request: Request) -> dict:
        accounts = self._bank.ledger.accounts.values()
        return {
            "now": f"{self._bank.clock.now.isoformat()}",
            "accounts": [{"iban": each.iban, "currency": each.currency} for each in accounts],
            "errors": len(self._bank.errors),
        }

    def _show_faults(self, request: Request) -> list[dict]:
        return [fault.as_data() for fault in self._bank.faults.waiting()]

    def _add_fault(self, request: Request) -> list[dict]:
        self._bank.faults.add(**json.loads(request.body))
        return self._show_faults(request)

    def _clear_faults(self, request: Request) -> list[dict]:
        self._bank.faults.clear()
        return []

    def _advance(self, request: Request) -> dict:
        self._bank.clock.advance(**json.loads(request.body))
        return self._state(request)

    def _book(self, request: Request) -> dict:
        data = json.loads(request.body)
        day = data.get("day") and datetime.date.fromisoformat(data["day"])
        party = Counterparty(data.get("party"), data.get("party_account"))
        amount, id = Decimal(data["amount"]), data.get("end_to_end_id")
        entry = self._bank.book(data["account"], amount, data["text"], day, party, id)
        return {"id": entry.id}

    def _truth(self, request: Request) -> list[dict]:
        query = request.query
        first, last = (datetime.date.fromisoformat(query[name]) for name in ("from", "to"))
        return [
            {
                "id": each.bank_reference,
                "booking_date": f"{each.booking_date}",
                "amount": f"{each.amount:f}",
                "currency": each.currency,
                "remittance": each.remittance,
                "end_to_end_id": each.end_to_end_id,
            }
            for each in self._bank.truth(query["account"], first, last)
        ]

    def _log(self, request: Request) -> list[dict]:
        return list(self._bank.log)
