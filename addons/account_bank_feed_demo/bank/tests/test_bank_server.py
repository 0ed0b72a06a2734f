"""Listening, TLS, the log, the way in for other processes."""

import contextlib
import datetime
import json
import socket
import ssl
import stat
import subprocess
import sys
import threading
import time
from decimal import Decimal
from pathlib import Path

import pytest
import requests
from cryptography.hazmat.primitives.serialization import pkcs12

from .. import ACCOUNTS, DemoBank, Retailer, read_statements
from ..accounts import opened
from ..server import START
from ..statement_format import Balance, Statement, StatementAccount, Transaction, testing
from .client import BACK, DAY, Tpp

BANK = Path(__file__).resolve().parents[1]


def test_only_tls_that_can_be_verified(bank):
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(bank.url, timeout=60, verify=True)
    assert requests.get(bank.url, timeout=60, verify=bank.ca_file).status_code == 404
    context = ssl.create_default_context(cafile=bank.ca_file)
    port = bank.port
    with (
        socket.create_connection(("127.0.0.1", port), 5) as raw,
        context.wrap_socket(raw, server_hostname="localhost") as secured,
    ):
        assert secured.version() in ("TLSv1.2", "TLSv1.3")


def test_who_says_nothing_holds_up_nobody(bank, tpp):
    port = bank.port
    silent = [socket.create_connection(("127.0.0.1", port), 5) for _ in range(20)]
    started = time.monotonic()
    assert tpp.get("/v1/accounts").ok
    assert time.monotonic() - started < 30
    for each in silent:
        each.close()


def test_many_at_once(bank, tpp, main):
    first, last = bank.clock.today - 30 * DAY, bank.clock.today
    truth, counts = len(bank.truth(main.iban, first, last)), []

    def work():
        counts.append(len(tpp.transactions(main, first, last)))

    threads = [threading.Thread(target=work) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [truth] * 16


def test_plain_http_for_a_demonstration(clock):
    with DemoBank(clock=clock, tls=False, redirect_uris=(BACK,), auto_approve=True) as bank:
        assert bank.url.startswith("http://")
        tpp = Tpp(bank)
        tpp.consent_to({"allPsd2": "allAccounts"})
        tpp.sign_in()
        assert len(tpp.get("/v1/accounts").json()["accounts"]) == 4
        assert tpp.request("POST", "/ws/accounts", data="<x/>").status_code == 403


def test_authority_and_secrets_outlive_a_restart(tmp_path):
    with DemoBank(folder=tmp_path) as first, DemoBank() as other:
        authority, known = Path(first.ca_file).read_bytes(), first.description()
        assert not set(known["tokens"].values()) & set(other.description()["tokens"].values())
        assert first.client.secret != other.client.secret
    with DemoBank(folder=tmp_path) as second:
        assert Path(second.ca_file).read_bytes() == authority
        assert second.description() == known | {"url": second.url}
        assert requests.get(second.url, timeout=60, verify=second.ca_file).status_code == 404
    keys = list(tmp_path.rglob("*.key"))
    assert keys
    assert all(stat.S_IMODE(key.stat().st_mode) == 0o600 for key in keys)


def test_a_customers_certificate_comes_as_p12_as_well(bank):
    data = bank.authority.client_p12("customer", "secret")
    key, certificate, others = pkcs12.load_key_and_certificates(data, b"secret")
    assert key and certificate and others
    with pytest.raises(ValueError, match="password"):
        pkcs12.load_key_and_certificates(data, b"wrong")


def test_the_log_tells_all_but_secrets(bank, tpp, main):
    bank.faults.add("status", status=503, path="/oauth/token")
    tpp.by_refresh(tpp.refresh)
    tpp.keep(tpp.by_refresh(tpp.refresh))
    tpp.transactions(main, bank.clock.today - 5 * DAY, bank.clock.today)
    token = bank.fio.token(main.iban)
    tpp.get(f"/fio/last/{token}/transactions.xml")
    ask = tpp.ask_consent({"allPsd2": "allAccounts"}).json()
    link = ask["_links"]["scaRedirect"]["href"]
    tpp.request("GET", link.removeprefix(bank.url))
    text = json.dumps(list(bank.log))
    for secret in (tpp.access, tpp.refresh, token, link.rsplit("/", 1)[1], bank.client.secret):
        assert secret not in text
    for secret in (tpp.verifier, "the state", bank.admin.token):
        assert secret not in text
    [failed] = [entry for entry in bank.log if entry["fault"]]
    assert (failed["status"], failed["path"]) == (503, "/oauth/token")
    [fetched] = [entry for entry in bank.log if entry["path"].endswith("/transactions")]
    assert fetched["query"]["bookingStatus"] == "booked"
    assert fetched["request_id"]


def test_too_much_is_not_read(bank, tpp):
    response = tpp.request("POST", "/v1/consents", data=b"x" * 10**6, auth=tpp.password)
    assert response.status_code == 400


@pytest.mark.parametrize("line", [b"nonsense\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n"])
def test_what_is_no_tls_is_hung_up_on(bank, tpp, line):
    with socket.create_connection(("127.0.0.1", bank.port), 5) as raw:
        raw.sendall(line)
        raw.settimeout(5)
        with contextlib.suppress(ConnectionError):
            while raw.recv(1000):
                pass
    assert tpp.get("/v1/accounts").ok


def test_another_process_runs_it_and_orders_faults(tmp_path):
    command = [sys.executable, str(BANK), "--port=0", f"--folder={tmp_path}", "--auto-approve"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        known = json.loads(process.stdout.readline())
        admin = requests.Session()
        admin.trust_env = False
        admin.verify = known["ca_file"]
        url = f"{known['url']}/admin"
        assert admin.get(f"{url}/state", timeout=9).status_code == 403
        admin.headers["X-Admin-Token"] = known["admin_token"]
        state = admin.get(f"{url}/state", timeout=9).json()
        iban = state["accounts"][0]["iban"]
        fault = {"kind": "status", "status": 503, "path": "/v1/*", "retry_after": 5}
        assert admin.post(f"{url}/faults", json=fault, timeout=9).json()[0]["status"] == 503
        assert admin.post(f"{url}/faults", json={"kind": "flood"}, timeout=9).status_code == 400
        assert admin.get(f"{known['url']}/v1/accounts", timeout=9).headers["Retry-After"] == "5"
        assert admin.get(f"{url}/faults", timeout=9).json() == []
        moved = admin.post(f"{url}/clock", json={"days": 3}, timeout=9).json()
        day = moved["now"][:10]
        assert day > state["now"][:10]
        booked = {"account": iban, "amount": "9.95", "text": "by hand", "day": day}
        booked |= {"party": "Tanja Probst", "end_to_end_id": "E1"}
        number = admin.post(f"{url}/book", json=booked, timeout=9).json()["id"]
        query = {"account": iban, "from": day, "to": day}
        truth = admin.get(f"{url}/truth", params=query, timeout=9).json()
        [entry] = [each for each in truth if each["id"] == number]
        assert (entry["amount"], entry["end_to_end_id"]) == ("9.95", "E1")
        assert admin.get(f"{url}/log", timeout=9).json()[1]["status"] == 200
        certificate = known["certificate"], known["key"]
        options = {"verify": known["ca_file"], "cert": certificate, "timeout": 9}
        assert requests.post(f"{known['url']}/ws/accounts", "<x/>", **options).status_code == 500
    finally:
        process.terminate()
        assert process.wait(10) == 0


def test_the_accounts_of_a_statement_are_kept_as_they_are_in_it(tmp_path):
    iban, day = ACCOUNTS[0].iban, datetime.date(2026, 1, 15)
    deposit = Transaction(day, Decimal(50), "EUR", remittance="Deposit")
    fee = deposit._replace(amount=Decimal(-3), remittance="Fee", booked=False)
    statement = Statement(
        StatementAccount(iban=iban), "EUR", Balance(Decimal(100)), transactions=(deposit, fee)
    )
    file = tmp_path / "january.xml"
    file.write_bytes(testing.camt053([statement]))
    [account] = opened([statement])
    assert (account.iban, account.opening) == (iban, 100)
    with DemoBank(statements=read_statements(file.name, file.open("rb"))[1]) as bank:
        assert list(bank.ledger.accounts) == [iban]
        [booked] = bank.truth(iban, START, bank.clock.today)
        assert (booked.amount, booked.remittance) == (50, "Deposit")
        assert bank.ledger.balance(iban, bank.clock.today) == 150
        assert bank.ledger.available(iban) == 147
        [waiting] = bank.ledger.pending(iban)
        assert waiting.transaction.remittance == "Fee"
    command = [sys.executable, str(BANK), "--port=0", f"--statement={file}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        known = json.loads(process.stdout.readline())
        process.terminate()
    assert list(known["tokens"]) == [iban]


def test_a_busy_bank_pages_through_thousands(clock):
    with DemoBank(
        source=Retailer("big", busy=40), clock=clock, redirect_uris=(BACK,), auto_approve=True
    ) as bank:
        bank.psd2.download_from = 100_000
        tpp = Tpp(bank)
        tpp.consent_to({"allPsd2": "allAccounts"})
        tpp.sign_in()
        account = next(iter(bank.ledger.accounts.values()))
        first, last = clock.today - 30 * DAY, clock.today
        truth = bank.truth(account.iban, first, last)
        assert len(truth) > 1500
        assert len(tpp.transactions(account, first, last)) == len(truth)
