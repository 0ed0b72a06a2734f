"""The pages of a bank with a profile, as a format of the parser."""

from __future__ import annotations

import datetime
import json

from odoo.addons.account_bank_feed_connection.json_format import JsonFormat
from odoo.addons.bank_statement_format import Counterparty, Transaction

from .rest import line_values


class RestFormat(JsonFormat):
    """What a profile makes of its bank's pages: of the booked transactions, or of the pending.

    Booked ones count for their own period only. Pages may have others, where the bank knows no
    days, or other days than those of booking.
    """

    def __init__(self, profile, pending=False):
        self.profile, self.pending = profile, pending
        self.name = self.name_of(profile, pending)
        self.label = profile.label

    @staticmethod
    def name_of(profile, pending=False):
        return f"rest_{profile.name}{'_pending' if pending else ''}"

    def transactions(self, page, content):
        account = {
            "account_id": content["account"]["id"],
            "account_iban": content["account"]["iban"] or "",
        }
        seen = content.setdefault("seen", set())
        start, end = (datetime.date.fromisoformat(content[name]) for name in ("start", "end"))
        for values in line_values(self.profile, page, account, seen, pending=self.pending):
            if self.pending or start <= values["booking_date"] <= end:
                yield _transaction(values)


def _transaction(values):
    party = {name: values.pop(name, None) for name in ("name", "iban", "bic")}
    raw = json.dumps(values.pop("raw"), ensure_ascii=False, default=str)
    values["remittance"] = values.get("remittance") or ""
    return Transaction(**values, counterparty=Counterparty(**party), raw=raw)
