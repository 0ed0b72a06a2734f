"""Asking Enable Banking (https://enablebanking.com/docs/api/reference/)."""

from __future__ import annotations

import datetime

from odoo.addons.account_bank_feed_connection.protocol import (
    ConsentExpired,
    PeriodTooLong,
    Permanent,
    RateLimited,
)
from odoo.addons.account_bank_feed_connection.protocol.http import as_json, retry_after
from odoo.addons.account_bank_feed_rest.session import RestSession

OVER = ("CANCELLED", "CLOSED", "EXPIRED", "INVALID", "REVOKED")
"""States of a session that somebody must begin anew."""
STEPS_BACK = (89, 59, 29)
"""Days to try one after the other where a bank refuses a period and names no first day. Some
refuse exactly 90."""


class EnableBankingSession(RestSession):
    """One application of ours, and one consent of an account's owner."""

    consent = None

    def of(self, consent):
        """The same, for the consent whose session has this id."""
        self.consent = consent
        self._secrets = (*self._secrets, consent)
        return self

    def begin(self, request):
        """Where somebody must agree to what is asked for."""
        return self._data(self.post("auth", json=request))["url"]

    def agreed(self, code):
        """The id of the session that a code is for, which counts once."""
        return self._data(self.post("sessions", json={"code": code}))["session_id"]

    def end(self):
        self.request("DELETE", f"sessions/{self.consent}")

    def state(self):
        """The session as it is now.

        :raises ConsentExpired: when it is over, or never was
        """
        if not self.consent:
            raise ConsentExpired("Nobody has agreed at the bank yet")
        found = self._data(self.get(f"sessions/{self.consent}"))
        if found.get("status") in OVER:
            raise ConsentExpired(f"The consent at the bank is over ({found['status']})")
        return found

    def uids(self):
        """The accounts' ids within the session: by each hash that tells an account for good."""
        found = {}
        for account in self.state().get("accounts_data") or ():
            for name in (account["identification_hash"], *account.get("identification_hashes", ())):
                found.setdefault(name, account.get("uid"))
        return found

    def details(self):
        """All accounts of the session, with what the bank tells of each."""
        uids = dict.fromkeys(filter(None, self.uids().values()))
        return [self._data(self.get(f"accounts/{uid}/details")) for uid in uids]

    def values_of(self, account):
        uid = self.uids().get(account.id)
        if not uid:
            raise Permanent(f"The consent at the bank does not have {account.label} any more")
        return {**super().values_of(account), "account_id": uid}

    def banks(self, country, psu_type):
        """The banks of a country that tell of accounts of this kind."""
        query = {"country": country, "psu_type": psu_type, "service": "AIS"}
        return self._data(self.get("aspsps", params=query))["aspsps"]

    def _data(self, response):
        data = as_json(response)
        return data if isinstance(data, dict) else {}

    def _error(self, found, response):
        error = super()._error(found, response)
        of_the_day = b'"message":"Daily' in response.content.replace(b": ", b":")
        if isinstance(error, RateLimited) and of_the_day and not retry_after(response):
            error.after = _until_midnight()
        return error


def earlier(error, start):
    """The error, with a first day that is later than the one that was refused."""
    today = datetime.datetime.now(datetime.UTC).date()
    days = (today - datetime.timedelta(days=days) for days in STEPS_BACK)
    later = next((day for day in days if day > start), None)
    if not later:
        return Permanent(error.message, error.payload)
    return PeriodTooLong(error.message, later, error.payload)


def _until_midnight():
    now = datetime.datetime.now(datetime.UTC)
    tomorrow = now.replace(hour=0, minute=0, second=0) + datetime.timedelta(days=1)
    return (tomorrow - now).total_seconds()
