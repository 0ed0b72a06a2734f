"""The REST interface keeps to the Berlin Group's NextGenPSD2 1.3."""

import datetime
import re
import uuid
from collections import Counter
from decimal import Decimal

import pytest

from .. import DemoBank, difference
from ..statement_format import Transaction
from .client import BACK, DAY, Tpp, read

TODAY = datetime.date(2026, 3, 18)
FIRST = TODAY - 60 * DAY


def problem(response, status):
    assert response.status_code == status, response.text
    [message] = response.json()["tppMessages"]
    assert message["category"] == "ERROR"
    return message["code"], message.get("path")


def as_transaction(data):
    """What a connector makes of an entry."""
    return Transaction(
        datetime.date.fromisoformat(data["bookingDate"]),
        Decimal(data["transactionAmount"]["amount"]),
        data["transactionAmount"]["currency"],
        remittance=data["remittanceInformationUnstructured"],
    )


def path_of(account, tail="transactions"):
    return f"/v1/accounts/{account.resource_id}/{tail}"


def period(first=FIRST, last=TODAY, status="booked", **more):
    return {"dateFrom": f"{first}", "dateTo": f"{last}", "bookingStatus": status, **more}


# Consents


def test_a_consent_is_given_at_the_bank(bank, main):
    tpp = Tpp(bank)
    access = {"balances": [{"iban": main.iban}], "transactions": [{"iban": main.iban}]}
    response = tpp.ask_consent(access)
    assert response.status_code == 201
    assert response.headers["ASPSP-SCA-Approach"] == "REDIRECT"
    data = response.json()
    assert data["consentStatus"] == "received"
    assert response.headers["Location"] == data["_links"]["self"]["href"]
    status = data["_links"]["status"]["href"]
    page = tpp.request("GET", data["_links"]["scaRedirect"]["href"].removeprefix(bank.url))
    assert page.headers["Location"] == BACK
    found = tpp.request("GET", status, auth=tpp.password).json()
    assert found == {"consentStatus": "valid"}
    shown = tpp.request("GET", data["_links"]["self"]["href"], auth=tpp.password).json()
    assert shown["access"] == access
    assert shown["validUntil"] == f"{TODAY + 90 * DAY}"
    tpp.keep(tpp.by_code(tpp.code()))
    tpp.consent = data["consentId"]
    assert [each["iban"] for each in tpp.get("/v1/accounts").json()["accounts"]] == [main.iban]


def test_a_scope_that_names_the_consent_gives_it(bank):
    tpp = Tpp(bank)
    tpp.consent_to({"allPsd2": "allAccounts"})
    tpp.sign_in()
    assert tpp.get(f"/v1/consents/{tpp.consent}/status").json()["consentStatus"] == "valid"
    assert len(tpp.get("/v1/accounts").json()["accounts"]) == 4
    other = tpp.consent
    tpp.consent_to({"allPsd2": "allAccounts"})
    assert tpp.consent != other
    assert problem(tpp.get("/v1/accounts"), 401) == ("CONSENT_INVALID", None)


def test_a_person_may_refuse_a_consent(clock):
    with DemoBank(clock=clock, redirect_uris=(BACK, f"{BACK}?no")) as bank:
        tpp = Tpp(bank)
        headers = {"TPP-Nok-Redirect-URI": f"{BACK}?no"}
        data = tpp.ask_consent({"allPsd2": "allAccounts"}, headers).json()
        link = data["_links"]["scaRedirect"]["href"].removeprefix(bank.url)
        page = tpp.request("GET", link)
        assert "Refuse" in page.text
        ticket = re.search(r'name="ticket" value="([^"]+)"', page.text).group(1)
        action = re.search(r'action="([^"]+)"', page.text).group(1)
        form = {"ticket": ticket, "decision": "deny"}
        answer = tpp.request("POST", action, data=form)
        assert answer.headers["Location"] == f"{BACK}?no"
        status = tpp.request("GET", data["_links"]["status"]["href"], auth=tpp.password).json()
        assert status["consentStatus"] == "rejected"
        assert tpp.request("POST", action, data=form).status_code == 409


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"validUntil": "soon"}, "validUntil"),
        ({"validUntil": "2026-03-17"}, "validUntil"),
        ({"frequencyPerDay": "4"}, "frequencyPerDay"),
        ({"recurringIndicator": None}, "recurringIndicator"),
    ],
)
def test_a_consent_must_be_well_formed(bank, changed, path):
    response = Tpp(bank).ask_consent({"allPsd2": "allAccounts"}, **changed)
    assert problem(response, 400) == ("FORMAT_ERROR", path)


def test_who_asks_for_a_consent_must_be_known(bank):
    tpp = Tpp(bank)
    response = tpp.ask_consent({}, {"PSU-IP-Address": None})
    assert problem(response, 400) == ("FORMAT_ERROR", "PSU-IP-Address")
    response = tpp.ask_consent({}, {"TPP-Redirect-URI": "https://evil.example"})
    assert problem(response, 400) == ("FORMAT_ERROR", "TPP-Redirect-URI")
    response = tpp.ask_consent({"accounts": [{"iban": "DE00"}]})
    assert problem(response, 400) == ("RESOURCE_UNKNOWN", "access")
    response = tpp.request("POST", "/v1/consents", json={})
    assert problem(response, 401) == ("CERTIFICATE_MISSING", None)
    by_certificate = tpp.request(
        "POST", "/v1/consents", json={}, cert=bank.client_certificate(bank.client.id)
    )
    assert problem(by_certificate, 400) == ("FORMAT_ERROR", "PSU-IP-Address")


def test_consents_end(bank, tpp):
    bank.clock.advance(days=91)
    assert bank.consents.get(tpp.consent).status == "expired"
    tpp.consent_to({"allPsd2": "allAccounts"}, validUntil="9999-12-31")
    longest = bank.clock.today + 180 * DAY
    assert bank.consents.get(tpp.consent).valid_until == longest
    tpp.sign_in()
    assert tpp.get("/v1/accounts").status_code == 200
    response = tpp.request("DELETE", f"/v1/consents/{tpp.consent}")
    assert (response.status_code, response.content) == (204, b"")
    assert problem(tpp.get("/v1/accounts"), 401) == ("CONSENT_INVALID", None)


def test_rights_are_those_of_the_consent(bank, main):
    tpp = Tpp(bank)
    tpp.consent_to({"accounts": [{"iban": main.iban}], "balances": [{"iban": main.iban}]})
    tpp.sign_in()
    [account] = tpp.get("/v1/accounts", withBalance="true").json()["accounts"]
    assert set(account["_links"]) == {"balances"}
    assert len(account["balances"]) == 3
    assert problem(tpp.get(path_of(main), **period()), 401) == ("CONSENT_INVALID", None)
    other = list(bank.ledger.accounts.values())[1]
    assert problem(tpp.get(path_of(other, "balances")), 404) == ("RESOURCE_UNKNOWN", None)
    tpp.consent_to({"availableAccounts": "allAccounts"})
    tpp.sign_in()
    assert len(tpp.get("/v1/accounts").json()["accounts"]) == 4
    assert problem(tpp.get(path_of(main, "balances")), 401) == ("CONSENT_INVALID", None)


def test_without_the_customer_only_as_often_as_allowed(bank, main):
    tpp = Tpp(bank)
    tpp.consent_to({"allPsd2": "allAccounts"}, frequencyPerDay=2)
    tpp.sign_in()
    bank.psd2.page_size = 20
    for _ in range(2):
        assert len(tpp.transactions(main, FIRST, TODAY)) > 60
    response = tpp.get(path_of(main), **period())
    assert problem(response, 429) == ("ACCESS_EXCEEDED", None)
    assert tpp.get(path_of(main), {"PSU-IP-Address": "192.0.2.7"}, **period()).ok
    assert tpp.get(path_of(main, "balances")).ok
    bank.clock.advance(days=1)
    tpp.keep(tpp.by_refresh(tpp.refresh))
    assert tpp.get(path_of(main), **period()).ok


# Accounts and balances


def test_balances_are_those_of_the_ledger(bank, tpp):
    for account in bank.ledger.accounts.values():
        data = tpp.get(path_of(account, "balances")).json()
        assert data["account"] == {"iban": account.iban, "currency": account.currency}
        found = {each["balanceType"]: each for each in data["balances"]}
        amounts = {kind: Decimal(each["balanceAmount"]["amount"]) for kind, each in found.items()}
        assert amounts == {
            "closingBooked": bank.ledger.balance(account.iban, TODAY - DAY),
            "interimBooked": bank.ledger.balance(account.iban, TODAY),
            "interimAvailable": bank.ledger.available(account.iban),
        }
        assert found["closingBooked"]["referenceDate"] == f"{TODAY - DAY}"


def test_an_account_is_shown(tpp, main):
    data = tpp.get(f"/v1/accounts/{main.resource_id}").json()["account"]
    assert (data["iban"], data["currency"]) == (main.iban, "EUR")
    assert data["_links"]["transactions"]["href"] == path_of(main)
    assert tpp.get("/v1/accounts/nonsense").status_code == 404


# Transactions


@pytest.mark.parametrize("size", [1, 7, 100, 10_000])
def test_pages_hold_each_entry_once(bank, tpp, main, size):
    bank.psd2.page_size = size
    first = TODAY - 20 * DAY if size == 1 else FIRST
    found = tpp.transactions(main, first, TODAY)
    assert difference(bank.truth(main.iban, first, TODAY), map(as_transaction, found)) == ([], [])
    assert set(Counter(each["entryReference"] for each in found).values()) == {1}


def test_pages_stay_as_they_were_while_the_bank_goes_on(bank, tpp, main):
    bank.psd2.page_size = 10
    truth = bank.truth(main.iban, FIRST, TODAY)
    report = tpp.get(path_of(main), **period()).json()["transactions"]
    bank.book(main.iban, Decimal("1.00"), "in between", FIRST)
    found = report["booked"]
    while "next" in report["_links"]:
        report = tpp.get(report["_links"]["next"]["href"]).json()["transactions"]
        found += report["booked"]
    assert difference(truth, map(as_transaction, found)) == ([], [])


def test_an_entry_tells_who_paid_whom(bank, tpp, main):
    truth = {each.bank_reference: each for each in bank.truth(main.iban, FIRST, TODAY)}
    for data in tpp.transactions(main, FIRST, TODAY):
        each = truth[data["entryReference"]]
        party = "debtor" if each.amount > 0 else "creditor"
        assert data.get(f"{party}Name") == each.counterparty.name
        assert data.get(f"{party}Account", {}).get("iban") == each.counterparty.iban
        assert data["endToEndId"] == each.end_to_end_id
        assert data["bankTransactionCode"] == each.code
        assert data["valueDate"] == f"{each.value_date}"


def test_pending_ones_are_apart_and_unnumbered(bank, tpp, main):
    both = tpp.get(path_of(main), **period(status="both")).json()["transactions"]
    assert len(both["pending"]) == len(bank.ledger.pending(main.iban))
    assert not {"bookingDate", "entryReference"} & set(both["pending"][0])
    assert "pending" not in tpp.get(path_of(main), **period()).json()["transactions"]
    only = tpp.get(path_of(main), **period(status="pending")).json()["transactions"]
    assert "booked" not in only
    assert only["pending"] == both["pending"]


def test_many_are_for_download(bank, tpp, main):
    bank.psd2.download_from = 50
    data = tpp.get(path_of(main), **period()).json()
    assert "transactions" not in data
    response = tpp.get(data["_links"]["download"]["href"])
    [statement] = read(response.content)
    assert statement.balanced
    truth = bank.truth(main.iban, FIRST, TODAY)
    assert [each._replace(raw="") for each in statement.transactions] == truth


def test_other_formats_are_had_by_asking(bank, tpp, main):
    count = len(bank.truth(main.iban, FIRST, TODAY))
    for accept, name in (("application/xml", "x.xml"), ("text/plain", "x.sta")):
        response = tpp.get(path_of(main), {"Accept": accept}, **period())
        [statement] = read(response.content, name)
        assert len(statement.transactions) == count
        assert statement.balanced
    response = tpp.get(path_of(main), {"Accept": "image/png"}, **period())
    assert problem(response, 406) == ("REQUESTED_FORMATS_INVALID", None)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"dateFrom": "today"}, ("FORMAT_ERROR", "dateFrom")),
        ({"dateFrom": None}, ("FORMAT_ERROR", "dateFrom")),
        ({"dateTo": "31.12.2025"}, ("FORMAT_ERROR", "dateTo")),
        ({"bookingStatus": None}, ("FORMAT_ERROR", "bookingStatus")),
        ({"bookingStatus": "information"}, ("PARAMETER_NOT_SUPPORTED", "bookingStatus")),
        ({"deltaList": "true"}, ("PARAMETER_NOT_SUPPORTED", "deltaList")),
        ({"dateFrom": f"{TODAY + DAY}"}, ("PERIOD_INVALID", None)),
        ({"dateFrom": "2024-01-15"}, ("PERIOD_INVALID", None)),
        ({"pageToken": "unknown.0"}, ("FORMAT_ERROR", "pageToken")),
    ],
)
def test_what_is_wrong_with_a_question_is_told(tpp, main, query, expected):
    assert problem(tpp.get(path_of(main), **(period() | query)), 400) == expected


def test_the_earliest_date_is_told(bank, tpp, main):
    response = tpp.get(path_of(main), **period(first=TODAY - 1000 * DAY))
    assert f"{TODAY - 730 * DAY}" in response.json()["tppMessages"][0]["text"]
    assert tpp.get(path_of(main), **period(first=TODAY - 730 * DAY)).ok


# Headers


def test_every_request_has_an_id_of_its_own(tpp, main):
    number = str(uuid.uuid4())
    assert tpp.get("/v1/accounts", {"X-Request-ID": number}).headers["X-Request-ID"] == number
    for wrong in (None, "1"):
        response = tpp.get("/v1/accounts", {"X-Request-ID": wrong})
        assert problem(response, 400) == ("FORMAT_ERROR", "X-Request-ID")


def test_tokens_and_consents_must_be_known(tpp):
    response = tpp.get("/v1/accounts", {"Authorization": "Bearer nonsense"})
    assert problem(response, 401) == ("TOKEN_UNKNOWN", None)
    assert "WWW-Authenticate" in response.headers
    response = tpp.get("/v1/accounts", {"Authorization": None})
    assert problem(response, 401) == ("TOKEN_UNKNOWN", None)
    response = tpp.get("/v1/accounts", {"Consent-ID": str(uuid.uuid4())})
    assert problem(response, 400) == ("CONSENT_UNKNOWN", "Consent-ID")
    response = tpp.get("/v1/accounts", {"Consent-ID": None})
    assert problem(response, 400) == ("FORMAT_ERROR", "Consent-ID")
    assert problem(tpp.get(f"/v1/consents/{uuid.uuid4()}"), 403) == ("CONSENT_UNKNOWN", None)


def test_what_is_not_there(tpp):
    assert problem(tpp.get("/v1/cards"), 404) == ("RESOURCE_UNKNOWN", None)
    assert problem(tpp.request("DELETE", "/v1/accounts"), 405) == ("SERVICE_INVALID", None)
