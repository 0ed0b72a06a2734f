"""What an answer says to do next, and how fast to ask."""

import datetime
import json

import pytest

from account_bank_feed_rest.rest import Pace, profile_from, shipped, verdict

from .samples import listed

TODAY = datetime.date(2026, 2, 10)
RULES = [
    {"path": "code", "values": ["E1", "42"], "kind": "consent_expired"},
    {"path": "errors[*].text", "contains": "scope", "kind": "not_authorised"},
    {
        "path": "code",
        "values": "OLD",
        "kind": "period_too_long",
        "earliest": "from",
        "earliest_days": 89,
    },
    {"status": [200], "path": "trouble", "values": "true", "kind": "retry"},
    {"status": [409, 423], "kind": "retry", "wait": 30},
]
BANK = profile_from("bank", listed(errors=RULES))


def said(status, data, profile=BANK):
    body = data if isinstance(data, bytes) else json.dumps(data).encode()
    return verdict(profile, status, body, TODAY)


@pytest.mark.parametrize(
    ("status", "data", "kind"),
    [
        (400, {"code": "E1"}, "consent_expired"),
        (400, {"code": 42}, "consent_expired"),
        (200, {"code": "E1"}, None),
        (403, {"errors": [{"text": "other"}, {"text": "Missing Scope x"}]}, "not_authorised"),
        (200, {"trouble": True}, "retry"),
        (200, {"list": []}, None),
        (423, b"<html>", "retry"),
        (500, b"<html>", None),
        (400, {"code": "E9"}, None),
    ],
)
def test_rules(status, data, kind):
    found = said(status, data)
    assert (found and found.kind) == kind


def test_waits():
    assert said(409, {}).wait == 30
    assert said(409, {}).wait_header == "Retry-After"


@pytest.mark.parametrize(
    ("answer", "day"),
    [({"from": "2026-01-15"}, "2026-01-15"), ({}, "2025-11-13"), ({"from": "?"}, "2025-11-13")],
)
def test_the_first_day(answer, day):
    assert str(said(400, {"code": "OLD", **answer}).earliest) == day


def test_shipped_rules():
    scope = {"errors": [{"code": "forbidden", "detail": "missing required OAuth scope: x"}]}
    assert said(403, scope, shipped()["qonto"]).kind == "not_authorised"
    assert said(429, b"", shipped()["revolut_business"]) == (
        "rate_limited",
        60,
        "Retry-After",
        None,
    )
    ended = {"errors": [{"code": "authorizationInvalid", "detail": "…"}]}
    assert said(400, ended, shipped()["ponto"]).kind == "account_consent_expired"


def test_no_faster_than_allowed():
    now, slept = [0.0], []

    def sleep(seconds):
        slept.append(seconds)
        now[0] += seconds

    pace = Pace(3, clock=lambda: now[0], sleep=sleep)
    for _ in range(7):
        pace.wait()
        now[0] += 1
    assert slept == [57.0, 57.0]
    Pace(None, clock=None, sleep=None).wait()
