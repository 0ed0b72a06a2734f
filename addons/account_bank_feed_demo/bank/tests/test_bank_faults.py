"""Each fault happens to the requests that it was ordered for, and to no other."""

import datetime
import socket
import time
from email.utils import parsedate_to_datetime

import pytest
import requests
from lxml import etree

from .. import KINDS, DemoBank, difference
from .client import DAY, read
from .test_bank_nextgenpsd2 import as_transaction, path_of, period, problem

TODAY = datetime.date(2026, 3, 18)
FIRST = TODAY - 30 * DAY


@pytest.fixture
def fetch(tpp, main):
    return lambda **options: tpp.get(path_of(main), **period(FIRST))


def log_of_faults(bank):
    return [entry["fault"] for entry in bank.log if entry["fault"]]


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (401, "TOKEN_INVALID"),
        (403, "SERVICE_BLOCKED"),
        (429, "ACCESS_EXCEEDED"),
        (500, "INTERNAL_SERVER_ERROR"),
        (503, "SERVICE_UNAVAILABLE"),
    ],
)
def test_a_status_as_often_as_ordered(bank, fetch, status, code):
    bank.faults.add("status", status=status, times=2)
    for _ in range(2):
        assert problem(fetch(), status) == (code, None)
    assert fetch().status_code == 200
    assert log_of_faults(bank) == ["status"] * 2


def test_retry_after_is_a_number_or_a_date(bank, fetch):
    bank.faults.add("status", status=429, retry_after=30)
    bank.faults.add("status", status=503, retry_after=90, as_date=True)
    assert fetch().headers["Retry-After"] == "30"
    moment = parsedate_to_datetime(fetch().headers["Retry-After"])
    assert moment == bank.clock.now + datetime.timedelta(seconds=90)


def test_only_what_matches(bank, tpp, main):
    other = list(bank.ledger.accounts.values())[1]
    bank.faults.add("status", path="/v1/accounts/*", method="GET", account=other.iban)
    assert tpp.get(path_of(main, "balances")).ok
    assert tpp.get("/v1/accounts").ok
    assert tpp.get(path_of(other, "balances")).status_code == 500
    assert tpp.get(path_of(other, "balances")).ok


def test_in_every_service_in_its_own_words(bank, tpp, main):
    bank.faults.add("status", status=503, times=None)
    assert tpp.by_refresh("x").json()["error"] == "service_unavailable"
    response = tpp.request("POST", "/ws/accounts", data="<x/>")
    assert response.status_code == 503
    assert etree.fromstring(response.content).findtext(".//faultcode") == "soap:Server"
    assert tpp.get(f"/fio/last/{bank.fio.token(main.iban)}/transactions.xml").status_code == 503
    bank.faults.clear()
    assert tpp.get("/v1/accounts").ok


def test_closed_until_it_opens(bank, tpp):
    bank.faults.add("closed", hours=20)
    for hours in (20, 8):
        response = tpp.get("/v1/accounts")
        assert problem(response, 503) == ("SERVICE_UNAVAILABLE", None)
        assert response.headers["Retry-After"] == f"{hours * 3600}"
        bank.clock.advance(hours=12)
    tpp.keep(tpp.by_refresh(tpp.refresh))
    assert tpp.get("/v1/accounts").ok
    assert not bank.faults.waiting()


def test_no_answer(bank, tpp):
    bank.faults.add("timeout")
    with pytest.raises(requests.exceptions.ReadTimeout):
        tpp.request("GET", "/v1/accounts", timeout=0.3)
    assert tpp.get("/v1/accounts").ok


def test_the_bank_stops_though_somebody_waits(bank, tpp):
    bank.faults.add("timeout")
    with pytest.raises(requests.exceptions.ReadTimeout):
        tpp.request("GET", "/v1/accounts", timeout=0.2)
    started = time.monotonic()
    bank.stop()
    assert time.monotonic() - started < 10


def test_connection_reset(bank, tpp):
    bank.faults.add("reset")
    with pytest.raises(requests.exceptions.ConnectionError):
        tpp.get("/v1/accounts")
    assert tpp.get("/v1/accounts").ok


def test_the_reset_is_a_reset():
    # Without TLS, because Python's takes a reset for an end.
    with DemoBank(tls=False) as bank:
        bank.faults.add("reset")
        with socket.create_connection(("127.0.0.1", bank.port), 5) as raw:
            raw.sendall(b"GET / HTTP/1.1\r\n\r\n")
            with pytest.raises(ConnectionResetError):
                raw.recv(1)


def test_half_a_page(bank, fetch):
    bank.faults.add("half_page")
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        fetch()
    assert fetch().json()


def test_malformed(bank, tpp, fetch, main):
    bank.faults.add("malformed", times=2)
    with pytest.raises(requests.exceptions.JSONDecodeError):
        fetch().json()
    response = tpp.get(path_of(main), {"Accept": "application/xml"}, **period(FIRST))
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(response.content)
    assert fetch().json()


def test_slow(bank, fetch):
    bank.faults.add("slow", seconds=0.4)
    started = time.monotonic()
    assert fetch().ok
    assert time.monotonic() - started > 0.4


def test_a_page_that_comes_twice(bank, tpp, main):
    bank.psd2.page_size = 10
    truth = bank.truth(main.iban, FIRST, TODAY)
    bank.faults.add("repeated_page", path="/v1/accounts/*/transactions")
    found = list(map(as_transaction, tpp.transactions(main, FIRST, TODAY)))
    lost, doubled = difference(truth, found)
    assert not lost
    assert len(doubled) == 10


def test_other_ids_for_the_same(bank, tpp, main):
    first = tpp.transactions(main, FIRST, TODAY)
    bank.faults.add("changed_ids")
    second = tpp.transactions(main, FIRST, TODAY)
    third = tpp.transactions(main, FIRST, TODAY)
    ids = [{each["entryReference"] for each in found} for found in (first, second, third)]
    assert not ids[0] & ids[1]
    assert ids[0] == ids[2]
    found = [list(map(as_transaction, each)) for each in (first, second)]
    assert difference(*found) == ([], [])
    bank.faults.add("changed_ids")
    response = tpp.get(path_of(main), {"Accept": "application/xml"}, **period(FIRST))
    [statement] = read(response.content)
    assert not ids[0] & {each.bank_reference for each in statement.transactions}
    assert len(statement.transactions) == len(first)


def test_a_back_dated_entry_appears_afterwards(bank, tpp, main):
    other = list(bank.ledger.accounts.values())[1]
    bank.faults.add("backdated", days=4, amount="77.70", account=other.iban)
    tpp.transactions(main, FIRST, TODAY)
    before = tpp.transactions(other, FIRST, TODAY)
    after = tpp.transactions(other, FIRST, TODAY)
    [late] = [each for each in after if each not in before]
    assert late["bookingDate"] == f"{TODAY - 4 * DAY}"
    assert late["transactionAmount"] == {"currency": "EUR", "amount": "77.70"}
    truth = bank.truth(other.iban, FIRST, TODAY)
    assert difference(truth, map(as_transaction, after)) == ([], [])


def test_an_expired_consent(bank, tpp, fetch):
    bank.faults.add("expired_consent")
    for _ in range(2):
        assert problem(fetch(), 401) == ("CONSENT_EXPIRED", None)
    tpp.consent_to({"allPsd2": "allAccounts"})
    tpp.sign_in()
    assert fetch().ok


def test_a_revoked_token(bank, tpp, fetch):
    bank.faults.add("revoked_token")
    for _ in range(2):
        assert problem(fetch(), 401) == ("TOKEN_INVALID", None)
    assert tpp.by_refresh(tpp.refresh).json()["error"] == "invalid_grant"


def test_a_token_revoked_while_it_is_refreshed(bank, tpp):
    bank.faults.add("revoked_token", path="/oauth/token")
    assert tpp.by_refresh(tpp.refresh).json()["error"] == "invalid_grant"


def test_a_wrong_certificate(bank, tpp):
    bank.faults.add("wrong_certificate")
    with pytest.raises(requests.exceptions.SSLError):
        tpp.get("/v1/accounts")
    assert tpp.get("/v1/accounts").ok
    assert log_of_faults(bank) == ["wrong_certificate"]


def test_a_certificate_that_is_refused(bank, tpp):
    bank.faults.add("refused_certificate", times=2)
    assert tpp.get("/v1/accounts").ok  # nobody has shown one
    with pytest.raises(requests.exceptions.SSLError, match="UNKNOWN_CA"):
        requests.get(bank.url, cert=bank.client_certificate(), verify=bank.ca_file, timeout=60)
    assert log_of_faults(bank) == ["refused_certificate"]


def test_an_unknown_fault_is_refused(bank):
    with pytest.raises(ValueError, match="There is no fault"):
        bank.faults.add("flood")
    assert len(KINDS) == 14
