"""Files by token or certificate."""

import datetime

import pytest
import requests

from .client import DAY, read

TODAY = datetime.date(2026, 3, 18)


@pytest.fixture
def get(bank):
    def get(path, **options):
        options = {"verify": bank.ca_file, "timeout": 10} | options
        return requests.get(f"{bank.url}{path}", **options)

    return get


@pytest.fixture
def czech(bank):
    return next(each for each in bank.ledger.accounts.values() if each.currency == "CZK")


def test_fio_of_a_period_is_what_is_true(bank, get, czech):
    first, last = TODAY - 20 * DAY, TODAY - DAY
    token = bank.fio.token(czech.iban)
    assert len(token) == 64
    response = get(f"/fio/periods/{token}/{first}/{last}/transactions.xml")
    [statement] = read(response.content)
    assert statement.dialect == "xml_fio_banka"
    assert statement.account.iban == czech.iban
    assert statement.balanced
    truth = bank.truth(czech.iban, first, last)
    assert [(e.bank_reference, e.amount) for e in statement.transactions] == [
        (e.bank_reference, e.amount) for e in truth
    ]
    assert any(each.reference for each in statement.transactions), "variable symbols"


def test_fio_wants_half_a_minute_between_requests(bank, get, czech):
    path = f"/fio/periods/{bank.fio.token(czech.iban)}/{TODAY}/{TODAY}/transactions.xml"
    assert get(path).status_code == 200
    assert get(path).status_code == 409
    bank.clock.advance(seconds=30)
    assert get(path).status_code == 200


def test_fio_tells_news_once(bank, get, czech):
    token = bank.fio.token(czech.iban)
    path = f"/fio/last/{token}/transactions.xml"
    assert get(f"/fio/set-last-date/{token}/{TODAY - 5 * DAY}/").status_code == 200
    bank.clock.advance(seconds=30)
    [first] = read(get(path).content)
    assert first.balanced
    assert len(first.transactions) == len(bank.truth(czech.iban, TODAY - 5 * DAY, TODAY))
    bank.clock.advance(seconds=30)
    [second] = read(get(path).content)
    assert not second.transactions
    bank.clock.advance(days=1)
    [third] = read(get(path).content)
    assert third.transactions
    assert third.opening.amount == first.closing.amount
    known = third.transactions[0].bank_reference
    assert get(f"/fio/set-last-id/{token}/{known}/").status_code == 200
    bank.clock.advance(seconds=30)
    [again] = read(get(path).content)
    assert known not in {each.bank_reference for each in again.transactions}
    assert len(again.transactions) == len(third.transactions) - 1


def test_fio_refuses(bank, get, czech):
    token = bank.fio.token(czech.iban)
    assert get(f"/fio/last/{'0' * 64}/transactions.xml").status_code == 500
    assert get(f"/fio/periods/{token}/yesterday/{TODAY}/transactions.xml").status_code == 404
    bank.clock.advance(seconds=30)
    old = get(f"/fio/periods/{token}/2020-01-01/{TODAY}/transactions.xml")
    assert old.status_code == 422
    assert f"(od {bank.statements.earliest:%d.%m.%Y})" in old.text
    assert get(f"/fio/set-last-id/{token}/99/").status_code == 404


@pytest.mark.parametrize("name", ["camt053.xml", "camt052.xml", "mt940.sta"])
def test_files_are_what_is_true(bank, get, main, name):
    first, last = TODAY - 20 * DAY, TODAY - DAY
    path = f"/files/{main.iban}/{first}/{last}/{name}"
    assert get(path).status_code == 401
    by_token = get(path, headers={"Authorization": f"Bearer {bank.fio.token(main.iban)}"})
    by_certificate = get(path, cert=bank.client_certificate())
    for response in (by_token, by_certificate):
        assert response.status_code == 200
        [statement] = read(response.content, name)
        assert statement.balanced
        assert statement.opening.amount == bank.ledger.balance(main.iban, first - DAY)
        truth = bank.truth(main.iban, first, last)
        assert [(e.bank_reference, e.amount, e.booking_date) for e in statement.transactions] == [
            (e.bank_reference, e.amount, e.booking_date) for e in truth
        ]


def test_another_accounts_token_opens_nothing(bank, get, main, czech):
    path = f"/files/{main.iban}/{TODAY}/{TODAY}/camt052.xml"
    headers = {"Authorization": f"Bearer {bank.fio.token(czech.iban)}"}
    assert get(path, headers=headers).status_code == 401
    assert get("/files/DE00/2026-01-01/2026-01-02/camt053.xml").status_code == 404
