"""The NextGenPSD2 connector with a server that connexion makes of the public description.

It answers with the description's examples, and refuses every request that is not as described:
paths, parameters, headers and bodies. It keeps nothing, pages nothing and sends no files.
"""

import lzma
from pathlib import Path

import harness
import pytest

from tools.server import free_port

HERE = Path(__file__).parent / "nextgenpsd2"
DESCRIPTION = HERE / "psd2-api_v1.3.12-2022-07-06.yaml.xz"

PREPARE = """
import datetime, json, os
from odoo.addons.account_bank_feed import keys
from odoo.addons.account_bank_feed.envelope import new_key
from odoo.addons.account_bank_feed_connection.protocol import ConnectorError, Period
from odoo.addons.bank_statement_format import Transaction, detect
import io

os.environ[keys.VARIABLE_KEYS] = f"test {new_key()}"
connection = env["bank.connection"].create({
    "name": "Bank", "connector": "bank.connector.nextgenpsd2", "url": "@URL@",
    "xs2a_sign_in": "redirect", "xs2a_psu_id": "PSU-1234",
})
connector = connection._connector()
env.cr.commit()
address = connector._sign_in(connection)
env.cr.commit()
state = env["bank.sign.in"]._implied_state()
connector._signed_in(connection, {"state": state})
consent = connector._consent(connection)
env.cr.commit()


def read(documents):
    for file in documents:
        stream = io.BytesIO(file.content)
        for event in detect(file.name, stream, connector._formats()).parse(stream):
            if isinstance(event, Transaction):
                yield event


def kind_of(call, *arguments, **options):
    try:
        call(*arguments, **options)
    except ConnectorError as error:
        return error.kind
"""

SIGN_IN = """
print(json.dumps([address, consent.state, connection.xs2a_consent]))
connector._sign_out(connection)
"""

OFFERS = """
accounts = connector._accounts(connection)
balances = connector._balances(connection, accounts[0])
print(json.dumps([
    [[account.iban, account.currency] for account in accounts],
    [[balance.kind, str(balance.amount), balance.currency] for balance in balances],
]))
"""

TRANSACTIONS = """
period = Period(datetime.date(2017, 10, 1), datetime.date(2017, 10, 31))
account = connector._accounts(connection)[0]
print(json.dumps([
    [str(one.booking_date), str(one.amount), one.currency, one.counterparty.name, one.booked]
    for one in read(connector._documents(connection, account, period, "both"))
]))
"""

REFUSED = """
session = connector._session(connection, consent="C")
print(json.dumps([
    kind_of(session.get, "accounts/a/transactions", params={"bookingStatus": "some"}),
    kind_of(session.get, "accounts/a/transactions", params={"bookingStatus": "booked", "x": "y"}),
    kind_of(session.post, "consents", json={"access": {}}),
    kind_of(connector._session(connection).get, "accounts"),
]))
"""


@pytest.fixture(scope="module")
def bank(odoo, tmp_path_factory):
    folder = tmp_path_factory.mktemp("mock")
    packages = harness.install_apart(odoo, HERE / "requirements.txt", folder / "packages")
    described = folder / "description.yaml"
    described.write_bytes(lzma.decompress(DESCRIPTION.read_bytes()))
    port = free_port()
    url = f"http://127.0.0.1:{port}/psd2"
    start = "from connexion.cli import main; main()"
    options = ["run", described, "--mock", "all", "--strict-validation", "-H", "127.0.0.1"]
    command = [odoo.python, "-c", start, *options, "--port", port]
    with harness.answering(command, packages, f"{url}/v1/accounts", folder / "log"):
        yield url


@pytest.fixture(scope="module")
def read(new_books, bank):
    """What a piece of code prints, once there is a consent."""
    books = new_books(batch_size=100)
    return lambda code: books.read(PREPARE.replace("@URL@", bank) + code)


def test_a_consent_is_asked_for_and_given_back(read):
    address, state, consent = read(SIGN_IN)
    assert address.startswith("https://")
    assert state == "valid"
    assert consent


def test_accounts_and_balances(read):
    accounts, balances = read(OFFERS)
    assert ["DE2310010010123456789", "EUR"] in accounts
    assert {kind for kind, _amount, _currency in balances} <= {"booked", "available"}
    assert balances


def test_transactions(read):
    assert read(TRANSACTIONS) == [
        ["2017-10-25", "256.67", "EUR", "John Miles", True],
        ["2017-10-25", "343.01", "EUR", "Paul Simpson", True],
        ["2017-10-26", "-100.03", "EUR", "Claude Renault", False],
    ]


def test_the_server_refuses_what_is_not_as_described(read):
    assert read(REFUSED) == ["permanent"] * 4
