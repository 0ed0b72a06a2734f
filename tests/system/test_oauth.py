"""Sign-in and tokens with an authorization server that nobody here wrote: django-oauth-toolkit.

It is installed in a folder of its own. Transactions are real here, and so are workers that renew
a token at once.
"""

from pathlib import Path

import harness
import pytest

from tools.server import free_port

HERE = Path(__file__).parent
BACK = "http://localhost:8069/account_bank_feed/oauth/callback"
WORKERS = 8

PREPARE = """
import json, os, threading, urllib.request
from urllib.parse import parse_qsl, urljoin, urlsplit
import requests
from odoo import api
from odoo.addons.account_bank_feed import keys
from odoo.addons.account_bank_feed.envelope import new_key
from odoo.addons.account_bank_feed_connection.protocol import ConnectorError
from odoo.addons.account_bank_feed_connection.protocol.oauth import OAuthSettings

os.environ[keys.VARIABLE_KEYS] = f"test {new_key()}"
env["ir.config_parameter"].set_param("web.base.url", "http://localhost:8069")
connector = env["bank.connector.oauth"]
kind = type(connector)
kind._connector_label = "Bank"
kind._oauth = lambda self, connection: OAuthSettings(
    "@URL@/o/authorize/", "@URL@/o/token/", scopes=("accounts",), revoke_url="@URL@/o/revoke_token/"
)
connection = env["bank.connection"].create({
    "name": "Bank", "connector": "bank.connector.oauth", "url": "@URL@",
    "client_id": "erp", "client_secret": "Client-Password-77",
})
env.cr.commit()


def sign_in(connection):
    address = connector._sign_in(connection)
    env.cr.commit()
    with requests.Session() as browser:
        while not address.startswith(connection.redirect_uri):
            answer = browser.get(address, allow_redirects=False)
            address = urljoin(address, answer.headers["Location"])
    return dict(parse_qsl(urlsplit(address).query))


def bank(path):
    with urllib.request.urlopen("@URL@/" + path) as answer:
        return json.loads(answer.read() or "null")


def each_worker(work):
    ready, results = threading.Barrier(@WORKERS@), []

    def one():
        with env.registry.cursor() as cr:
            mine = connection.with_env(api.Environment(cr, env.uid, {}))
            mine.name
            ready.wait()
            try:
                results.append(work(mine))
            except ConnectorError as error:
                results.append(error.kind)

    threads = [threading.Thread(target=one) for _ in range(@WORKERS@)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def kind_of(call, *arguments):
    try:
        call(*arguments)
    except ConnectorError as error:
        return error.kind


connector._signed_in(connection, sign_in(connection))
env.cr.commit()
"""

AT_ONCE = """
bank("expire")
answers = each_worker(lambda mine: mine._connector()._session(mine).get_json("accounts"))
print(json.dumps({"answers": answers, **bank("count")}))
"""

BACK_AT_ONCE = """
answer = sign_in(connection)
answers = each_worker(lambda mine: mine._connector()._signed_in(mine, answer))
connector._session(connection).get("accounts")
print(json.dumps([sorted(map(str, answers)), bank("count")["refresh_tokens"]]))
"""

REUSE = """
token = connector._stored_token(connection)
client = connector._oauth_client(connection)
later = client.refresh(token)
print(json.dumps([
    kind_of(client.refresh, token),
    kind_of(client.refresh, later),
    kind_of(connector._good_token, connection, token.access),
]))
"""

FAILURE = """
bank("expire")
connector._session(connection).get("accounts")
env.cr.rollback()
connector._session(connection).get("accounts")
print(json.dumps(bank("count")["refresh_tokens"]))
"""

SIGN_OUT = """
token = connector._stored_token(connection)
connector._sign_out(connection)
print(json.dumps([
    kind_of(connector._oauth_client(connection).refresh, token),
    kind_of(connector._session(connection).get, "accounts"),
]))
"""

WRONG_PROOF = """
answer = sign_in(connection)
client = connector._oauth_client(connection)
print(json.dumps([
    kind_of(client.exchange, answer, "x" * 64),
    kind_of(connector._signed_in, connection, {"state": answer["state"]}),
    kind_of(connector._signed_in, connection, answer),
]))
"""


@pytest.fixture(scope="module")
def packages(odoo, tmp_path_factory):
    folder = tmp_path_factory.mktemp("packages")
    return harness.install_apart(odoo, HERE / "oauth-requirements.txt", folder)


@pytest.fixture
def bank(odoo, packages, tmp_path):
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [odoo.python, HERE / "oauth_server.py", tmp_path, port, BACK]
    with harness.answering(command, packages, f"{url}/count", tmp_path / "log"):
        yield url


@pytest.fixture
def read(new_books, bank):
    """What a piece of code prints, once somebody has signed in."""
    books = new_books(batch_size=100)
    prepare = PREPARE.replace("@URL@", bank).replace("@WORKERS@", str(WORKERS))
    return lambda code: books.read(prepare + code)


def test_workers_that_renew_at_once_ask_once(read):
    found = read(AT_ONCE)
    assert found["answers"] == [{"accounts": []}] * WORKERS
    assert found["refresh_tokens"] == 2
    assert found["scope"] == "accounts"


def test_a_state_counts_once_also_when_it_comes_many_times_at_once(read):
    answers, given = read(BACK_AT_ONCE)
    assert answers == ["None"] + ["not_authorised"] * (WORKERS - 1)
    assert given == 2  # with that of the first sign-in


def test_a_refresh_token_that_comes_twice_ends_everything(read):
    assert read(REUSE) == ["consent_expired"] * 3


def test_a_renewed_token_outlives_the_transaction_that_wanted_it(read):
    assert read(FAILURE) == 2


def test_after_signing_out_nothing_is_good_any_more(read):
    assert read(SIGN_OUT) == ["consent_expired"] * 2


def test_the_verifier_and_the_state_are_looked_at(read):
    assert read(WRONG_PROOF) == ["consent_expired", "not_authorised", "not_authorised"]
