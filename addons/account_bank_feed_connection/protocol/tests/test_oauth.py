"""Signing in and renewing tokens, against a small authorization server."""

import base64
import json
import time
from urllib.parse import parse_qsl, urlsplit

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from account_bank_feed_connection.protocol import (
    ConsentExpired,
    NotAuthorised,
    Permanent,
    RateLimited,
    RetryLater,
)
from account_bank_feed_connection.protocol.http import BankSession
from account_bank_feed_connection.protocol.oauth import OAuthClient, OAuthSettings, Token

from .oauth_server import CLIENT, PASSWORD, OAuthServer

BACK = "https://erp.example/back"
VERIFIER = "v" * 64


@pytest.fixture
def server():
    server = OAuthServer()
    yield server
    server.close()


def client_of(server, secret=PASSWORD, **settings):
    url = server.url
    settings = {"revoke_url": f"{url}/revoke", "scopes": ("AIS",), **settings}
    return OAuthClient(
        OAuthSettings(f"{url}/authorize", f"{url}/token", **settings), CLIENT, BACK, secret=secret
    )


def sign_in(server, client):
    return client.exchange(server.agree(client.authorize_at("the-state", VERIFIER)), VERIFIER)


def test_a_person_is_sent_with_challenge_and_state(server):
    client = client_of(server, authorize_params={"prompt": "consent"})
    query = dict(parse_qsl(urlsplit(client.authorize_at("the-state", VERIFIER)).query))
    assert query.pop("code_challenge") and VERIFIER not in query.values()
    assert query == {
        "response_type": "code",
        "client_id": CLIENT,
        "redirect_uri": BACK,
        "scope": "AIS",
        "state": "the-state",
        "code_challenge_method": "S256",
        "prompt": "consent",
    }


def test_a_code_becomes_a_token_and_that_another(server):
    client = client_of(server)
    token = sign_in(server, client)
    assert token.access in server.good and token.is_fresh
    later = client.refresh(token)
    assert later.access in server.good and later.refresh != token.refresh
    assert token.access not in repr(token)
    client.revoke(later)
    assert server.revoked
    kinds = [form["token_type_hint"] for path, form, _ in server.asked if path == "/revoke"]
    assert kinds == ["refresh_token", "access_token"]


def test_one_token_that_is_not_taken_back_does_not_keep_the_other(server):
    client = client_of(server)
    token = sign_in(server, client)
    server.failing = [(503, {})]
    with pytest.raises(RetryLater):
        client.revoke(token)
    assert server.revoked


def test_a_token_is_renewed_before_it_ends(server):
    now = time.time()
    assert abs(sign_in(server, client_of(server)).renew_at - now - 240) < 5
    server.lasts = 20
    assert abs(sign_in(server, client_of(server)).renew_at - now - 10) < 5
    server.lasts = None
    assert sign_in(server, client_of(server)).renew_at is None


def test_a_bank_that_keeps_its_refresh_token(server):
    client = client_of(server)
    token = sign_in(server, client)
    server.failing = [(200, {"access_token": "A2", "token_type": "Bearer"})]
    assert client.refresh(token) == Token("A2", token.refresh, None)


@pytest.mark.parametrize(
    ("method", "basic", "names"),
    [
        ("client_secret_basic", True, ()),
        ("client_secret_post", False, ("client_id", "client_secret")),
        ("none", False, ("client_id",)),
    ],
)
def test_who_we_are(server, method, basic, names):
    sign_in(server, client_of(server, auth_method=method))
    _path, form, authorization = server.asked[-1]
    expected = base64.b64encode(f"{CLIENT}:{PASSWORD}".encode()).decode()
    assert authorization == (f"Basic {expected}" if basic else None)
    given = {"client_id": CLIENT, "client_secret": PASSWORD}
    assert {name: form[name] for name in given if name in form} == {
        name: given[name] for name in names
    }


def test_a_signed_proof_is_new_each_time(server):
    key = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    client = client_of(
        server,
        key.decode(),
        auth_method="private_key_jwt",
        assertion={"iss": "erp.example"},
        assertion_header={"kid": "k1"},
    )
    client.refresh(sign_in(server, client))
    proofs = [form["client_assertion"] for _path, form, _ in server.asked]
    parts = [[_part(text) for text in proof.split(".")[:2]] for proof in proofs]
    assert all(header["kid"] == "k1" and header["alg"] == "RS256" for header, _ in parts)
    for _header, claims in parts:
        expected = {"iss": "erp.example", "sub": CLIENT, "aud": f"{server.url}/token"}
        assert claims.items() >= expected.items()
    assert len({claims["jti"] for _header, claims in parts}) == 2


def _part(text):
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, {"error": "invalid_grant"}, ConsentExpired),
        (401, {"error": "invalid_client"}, NotAuthorised),
        (400, {"error": "invalid_scope"}, NotAuthorised),
        (400, {"error": "temporarily_unavailable"}, RetryLater),
        (429, {}, RateLimited),
        (503, b"<html>down</html>", RetryLater),
        (200, b"<html>down</html>", RetryLater),
        (200, b'["list"]', RetryLater),
        (200, {"error": "invalid_grant"}, ConsentExpired),
        (200, {}, NotAuthorised),
        (200, {"access_token": "x", "token_type": "mac"}, NotAuthorised),
        (302, b"", NotAuthorised),
    ],
)
def test_what_goes_wrong_says_what_to_do(server, status, body, error):
    client = client_of(server)
    token = sign_in(server, client)
    server.failing = [(status, body)]
    with pytest.raises(error) as caught:
        client.refresh(token)
    assert type(caught.value) is error


def test_no_error_has_a_token(server):
    client = client_of(server)
    token = sign_in(server, client)
    client.refresh(token)
    with pytest.raises(ConsentExpired) as caught:
        client.refresh(token)  # the server's description has it
    assert token.refresh not in f"{caught.value!r} {caught.value.payload}"
    with pytest.raises(RetryLater) as caught:
        server.close()
        client.refresh(token)
    assert token.refresh not in repr(caught.value)


@pytest.mark.parametrize(
    "answer",
    [{"error": "access_denied"}, {}, {"code": "c", "iss": "https://other.example"}],
)
def test_a_person_who_brings_nothing(server, answer):
    client = client_of(server, issuer="https://bank.example")
    with pytest.raises(NotAuthorised):
        client.exchange(answer, VERIFIER)
    assert not server.asked


def test_only_tls_leaves_this_machine():
    with pytest.raises(Permanent, match="https"):
        OAuthClient(OAuthSettings("https://b.example/", "http://b.example/"), CLIENT, BACK)


def test_a_session_renews_a_refused_token_once(server):
    client = client_of(server)
    tokens = [sign_in(server, client)]

    def good(refused=None):
        if refused:
            tokens.append(client.refresh(tokens[-1]))
        return tokens[-1].access

    bank = BankSession(server.url, token=good)
    assert bank.get_json("accounts") == {"accounts": []}
    server.good = set()
    assert bank.get_json("accounts") == {"accounts": []}
    assert len(tokens) == 2
    server.token = lambda form: (200, {"access_token": "Access-bad"})
    server.good = set()
    with pytest.raises(NotAuthorised) as caught:
        bank.get("accounts")
    assert len(tokens) == 3
    assert caught.value.payload == b'{"error": "refused: ***"}'
