"""What the bank says is wrong, and the error that it becomes."""

import datetime
import json
from types import SimpleNamespace

from odoo.addons.account_bank_feed_connection.protocol import (
    ConnectorError,
    ConsentExpired,
    NotAuthorised,
    PeriodTooLong,
    Permanent,
    RateLimited,
    RetryLater,
)
from odoo.tests import BaseCase, tagged

from ..xs2a.session import HISTORY, Xs2aSession


def response(status, body, query="", **headers):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return SimpleNamespace(
        status_code=status,
        reason="",
        content=content,
        headers=headers,
        url=f"https://bank.example/psd2/v1/accounts/1/transactions{query}",
    )


def messages(code, text=""):
    return {"tppMessages": [{"category": "ERROR", "code": code, "text": text, "validUntil": "x"}]}


@tagged("post_install", "-at_install")
class TestSession(BaseCase):
    def setUp(self):
        super().setUp()
        self.session = Xs2aSession("https://bank.example/psd2/v1", consent="C1")

    def error(self, *arguments, **headers):
        with self.assertRaises(ConnectorError) as caught:
            self.session.check(response(*arguments, **headers))
        return caught.exception

    def test_each_code_says_what_to_do(self):
        for status, code, kind in (
            (401, "CONSENT_EXPIRED", ConsentExpired),
            (401, "CONSENT_INVALID", ConsentExpired),
            (400, "CONSENT_UNKNOWN", ConsentExpired),
            (403, "CONSENT_UNKNOWN", ConsentExpired),
            (401, "TOKEN_EXPIRED", NotAuthorised),
            (401, "TOKEN_UNKNOWN", NotAuthorised),
            (401, "CERTIFICATE_REVOKED", NotAuthorised),
            (401, "SIGNATURE_MISSING", NotAuthorised),
            (401, "PSU_CREDENTIALS_INVALID", NotAuthorised),
            (403, "SERVICE_BLOCKED", NotAuthorised),
            (429, "ACCESS_EXCEEDED", RateLimited),
            (400, "PERIOD_INVALID", PeriodTooLong),
            (404, "RESOURCE_UNKNOWN", Permanent),
            (403, "RESOURCE_EXPIRED", Permanent),
            (400, "FORMAT_ERROR", Permanent),
            (406, "REQUESTED_FORMATS_INVALID", Permanent),
            (409, "STATUS_INVALID", Permanent),
            (500, "INTERNAL_SERVER_ERROR", RetryLater),
            (503, "SERVICE_UNAVAILABLE", RetryLater),
            (429, "SOMETHING_ELSE", RateLimited),
        ):
            with self.subTest(code=code, status=status):
                error = self.error(status, messages(code, "So says the bank"))
                self.assertIs(type(error), kind)
                self.assertEqual(error.codes, [code])
                self.assertIn(str(status), error.message)
                self.assertTrue(error.payload)

    def test_other_wordings_of_the_same(self):
        problem = {
            "type": "about:blank",
            "title": "No",
            "detail": "Gone",
            "code": "CONSENT_EXPIRED",
        }
        row = messages("CONSENT_EXPIRED")["tppMessages"]
        for body in (problem, row, {"tppMessages": row[0]}):
            self.assertIs(type(self.error(401, body)), ConsentExpired)
        more = {"title": "No", "additionalErrors": [{"code": "CONSENT_EXPIRED"}]}
        self.assertIs(type(self.error(401, more)), ConsentExpired)

    def test_a_status_without_a_code(self):
        for body in (b"", b"<html>", {"title": "No"}, "text", [1], {"tppMessages": None}):
            self.assertIs(type(self.error(503, body)), RetryLater)
            self.assertIs(type(self.error(403, body)), NotAuthorised)

    def test_warnings_of_a_success_are_none(self):
        self.session.check(response(200, messages("CONSENT_EXPIRED")))

    def test_how_far_back(self):
        error = self.error(400, messages("PERIOD_INVALID", "Not before 2026-05-01, please"))
        self.assertEqual(error.earliest, datetime.date(2026, 5, 1))
        error = self.error(400, messages("PERIOD_INVALID", "Too long"))
        self.assertEqual(error.earliest, datetime.date.today() - HISTORY)

    def earliest(self, text, start):
        today = datetime.date.today()
        body = messages("PERIOD_INVALID", text.format(start=start, today=today))
        return self.error(400, body, query=f"?dateFrom={start}&dateTo={today}").earliest

    def test_days_that_we_asked_for_are_not_how_far_back(self):
        today = datetime.date.today()
        start = today - datetime.timedelta(days=400)
        usual = today - HISTORY
        self.assertEqual(self.earliest("{start} to {today} exceeds 90 days", start), usual)
        self.assertEqual(self.earliest("{start}/{today}: since 2001-01-01 nothing", start), usual)
        first = start + datetime.timedelta(days=200)
        text = f"{{start}} to {{today}} is too long, {first} is the first day on {today}"
        self.assertEqual(self.earliest(text, start), first)

    def test_a_quota_of_the_day_is_over_until_tomorrow(self):
        wait = self.error(429, messages("ACCESS_EXCEEDED")).after
        self.assertTrue(30 * 60 <= wait <= 24.5 * 3600)
        error = self.error(429, messages("ACCESS_EXCEEDED"), **{"Retry-After": "90"})
        self.assertEqual(error.after, 90)

    def test_only_a_token_is_renewed(self):
        for body, renewed in (
            (b"", True),
            (messages("TOKEN_EXPIRED"), True),
            (messages("CONSENT_EXPIRED"), False),
            (messages("CERTIFICATE_EXPIRED"), False),
        ):
            self.assertIs(self.session.refuses_token(response(401, body)), renewed)
        self.assertFalse(self.session.refuses_token(response(403, messages("TOKEN_INVALID"))))

    def test_links_without_a_scheme(self):
        for link in ("bank.example/psd2/v1/x", "/psd2/v1/x", "https://bank.example/psd2/v1/x", "x"):
            self.assertEqual(self.session.url(link), "https://bank.example/psd2/v1/x")
        with self.assertRaises(Permanent):
            self.session.url("https://other.example/v1/x")
