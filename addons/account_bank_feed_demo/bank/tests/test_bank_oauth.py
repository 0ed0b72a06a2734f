"""The authorization server keeps to RFC 6749, 7009, 7636, 8414 and 9207."""

import datetime
import re
import threading

import pytest
import requests

from .. import DemoBank
from .client import BACK, Tpp, answer_in


@pytest.fixture
def tpp(bank):
    return Tpp(bank)


def error(response):
    assert response.status_code in (400, 401)
    return response.json()["error"]


def test_the_metadata_lead_to_the_endpoints(bank, tpp):
    data = tpp.get("/.well-known/oauth-authorization-server").json()
    assert data["issuer"] == bank.url
    assert data["code_challenge_methods_supported"] == ["S256"]
    assert data["token_endpoint"] == f"{bank.url}/oauth/token"


def test_a_code_becomes_tokens_once(bank, tpp):
    answer = answer_in(tpp.authorize().headers["Location"])
    assert answer["state"] == "the state"
    assert answer["iss"] == bank.url
    response = tpp.by_code(answer["code"])
    assert response.headers["Cache-Control"] == "no-store"
    tokens = response.json()
    assert tokens["token_type"] == "Bearer"
    assert tokens["expires_in"] == 300
    assert tokens["scope"] == "AIS"
    assert error(tpp.by_code(answer["code"])) == "invalid_grant"
    assert error(tpp.by_refresh(tokens["refresh_token"])) == "invalid_grant", "all is revoked"


def test_nobody_is_sent_to_an_address_that_the_client_did_not_register(tpp):
    for changed in (
        {"redirect_uri": f"{BACK}/more"},
        {"redirect_uri": "https://evil.example/"},
        {"client_id": "somebody else"},
    ):
        response = tpp.authorize(**changed)
        assert response.status_code == 400
        assert "Location" not in response.headers


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"state": ""}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "payments"}, "invalid_scope"),
        ({"scope": "AIS:no-such-consent"}, "invalid_scope"),
    ],
)
def test_a_wrong_question_is_told_to_the_client(tpp, changed, expected):
    location = tpp.authorize(**changed).headers["Location"]
    assert location.startswith(f"{BACK}?")
    assert answer_in(location)["error"] == expected


def test_the_verifier_must_fit_the_challenge(tpp):
    assert error(tpp.by_code(tpp.code(), code_verifier="x" * 43)) == "invalid_grant"
    assert error(tpp.by_code(tpp.code(), code_verifier="ä")) == "invalid_grant"
    assert error(tpp.by_code(tpp.code(), redirect_uri="https://other.example")) == "invalid_grant"


def test_a_code_lasts_a_minute(bank, tpp):
    code = tpp.code()
    bank.clock.advance(seconds=61)
    assert error(tpp.by_code(code)) == "invalid_grant"


def test_the_client_must_be_who_it_says(bank, tpp):
    response = tpp.token(auth=(bank.client.id, "wrong"), grant_type="refresh_token")
    assert response.status_code == 401
    assert "WWW-Authenticate" in response.headers
    assert error(response) == "invalid_client"
    form = {"client_id": bank.client.id, "client_secret": bank.client.secret}
    response = requests.post(
        f"{bank.url}/oauth/token", {"grant_type": "x", **form}, verify=bank.ca_file, timeout=10
    )
    assert error(response) == "unsupported_grant_type"


def test_refreshing_rotates_and_the_old_token_kills_the_family(tpp):
    first = tpp.by_code(tpp.code()).json()
    second = tpp.by_refresh(first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert error(tpp.by_refresh(first["refresh_token"])) == "invalid_grant"
    assert error(tpp.by_refresh(second["refresh_token"])) == "invalid_grant"
    tpp.access = second["access_token"]
    response = tpp.get("/v1/accounts")
    assert response.status_code == 401
    assert response.json()["tppMessages"][0]["code"] == "TOKEN_INVALID"


def test_of_two_that_refresh_at_once_one_wins_and_the_grant_is_lost(tpp):
    refresh = tpp.by_code(tpp.code()).json()["refresh_token"]
    barrier, statuses = threading.Barrier(2), []

    def work():
        barrier.wait()
        statuses.append(tpp.by_refresh(refresh).status_code)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 400]


def test_tokens_expire(bank, tpp):
    tpp.keep(tpp.by_code(tpp.code()))
    bank.clock.advance(seconds=301)
    response = tpp.get("/v1/accounts")
    assert response.json()["tppMessages"][0]["code"] == "TOKEN_EXPIRED"
    tpp.keep(tpp.by_refresh(tpp.refresh))
    bank.clock.advance(days=91)
    assert error(tpp.by_refresh(tpp.refresh)) == "invalid_grant"


def test_a_revoked_refresh_token_revokes_all(bank, tpp):
    tpp.keep(tpp.by_code(tpp.code()))
    response = tpp.request("POST", "/oauth/revoke", data={"token": tpp.refresh}, auth=tpp.password)
    assert response.status_code == 200
    assert error(tpp.by_refresh(tpp.refresh)) == "invalid_grant"
    assert tpp.get("/v1/accounts").json()["tppMessages"][0]["code"] == "TOKEN_INVALID"
    response = tpp.request("POST", "/oauth/revoke", data={"token": "unknown"}, auth=tpp.password)
    assert response.status_code == 200


def test_scopes_can_be_narrowed_only(tpp):
    tokens = tpp.by_code(tpp.code(scope="AIS offline_access")).json()
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert error(tpp.token(scope="AIS PIS", **form)) == "invalid_scope"
    assert tpp.token(scope="AIS", **form).json()["scope"] == "AIS"


def test_a_person_is_asked_and_may_refuse(clock):
    with DemoBank(clock=clock, redirect_uris=(BACK,)) as bank:
        tpp = Tpp(bank)
        for decision in ("approve", "deny"):
            page = tpp.authorize()
            assert page.status_code == 200
            assert bank.client.id in page.text
            ticket = re.search(r'name="ticket" value="([^"]+)"', page.text).group(1)
            form = {"ticket": ticket, "decision": decision}
            response = tpp.request("POST", "/oauth/decide", data=form)
            answer = answer_in(response.headers["Location"])
            assert ("code" in answer) == (decision == "approve")
            assert answer.get("error") == (None if decision == "approve" else "access_denied")
            assert tpp.request("POST", "/oauth/decide", data=form).status_code == 400


def test_access_tokens_are_short_lived(bank):
    assert bank.oauth.access_lifetime <= datetime.timedelta(minutes=10)
