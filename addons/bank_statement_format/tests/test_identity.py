import datetime
from decimal import Decimal

import pytest

from bank_statement_format import (
    Account,
    Counterparty,
    IdentityCounter,
    Transaction,
    identity_text,
    same_account,
    text_similarity,
)
from bank_statement_format.identity import account_key, normalise

PAYMENT = Transaction(
    booking_date=datetime.date(2024, 1, 15),
    amount=Decimal("10.00"),
    currency="EUR",
    counterparty=Counterparty(name="Muster GmbH"),
    remittance="Rechnung RE-1",
    bank_reference="NONREF",
)


def test_equal_transactions_of_a_day_are_told_apart_by_their_order():
    counter = IdentityCounter("X")
    assert counter.identity(PAYMENT) != counter.identity(PAYMENT)


def test_the_same_day_downloaded_again_gives_the_same_identities():
    first, second = IdentityCounter("X"), IdentityCounter("X")
    expected = [first.identity(PAYMENT), first.identity(PAYMENT)]
    assert [second.identity(PAYMENT), second.identity(PAYMENT)] == expected


@pytest.mark.parametrize(
    "change",
    [
        {"amount": Decimal("10.0000")},
        {"remittance": " RECHNUNG  re 1"},
        {"bank_reference": "another", "code": "PMNT", "raw": "<Ntry/>"},
        {"value_date": datetime.date(2024, 1, 16)},
    ],
)
def test_what_another_download_may_write_otherwise(change):
    changed = PAYMENT._replace(**change)
    assert IdentityCounter("X").identity(changed) == IdentityCounter("X").identity(PAYMENT)


@pytest.mark.parametrize(
    "change",
    [
        {"amount": Decimal("-10.00")},
        {"booking_date": datetime.date(2024, 1, 16)},
        {"remittance": "Rechnung RE-2"},
        {"counterparty": Counterparty(name="Beispiel AG")},
    ],
)
def test_what_makes_another_transaction(change):
    changed = PAYMENT._replace(**change)
    assert IdentityCounter("X").identity(changed) != IdentityCounter("X").identity(PAYMENT)
    assert IdentityCounter("Y").identity(PAYMENT) != IdentityCounter("X").identity(PAYMENT)


def test_the_text_holds_all_that_survives():
    transaction = PAYMENT._replace(
        reference="RF18",
        end_to_end_id="E2E",
        counterparty=Counterparty(name="Müller", iban="DE1"),
    )
    assert identity_text(transaction) == "rechnung re 1 rf18 e2e muller de1"


@pytest.mark.parametrize(
    "left, right, low, high",
    [
        ("", "", 1, 1),
        ("", "a", 0, 0),
        ("rechnung 1", "rechnung 1", 1, 1),
        ("rechnung 1", "muster gmbh rechnung 1 vielen dank", 1, 1),
        ("rechnung 1", "miete januar", 0, 0.5),
    ],
)
def test_similarity(left, right, low, high):
    assert low <= text_similarity(left, right) <= high
    assert low <= text_similarity(right, left) <= high


@pytest.mark.parametrize(
    "account, number, same",
    [
        (Account(iban="DE02120300000000202051"), "de02 1203 0000 0000 2020 51", True),
        (Account(number="12030000/202051"), "DE02120300000000202051", True),
        (Account(number="12030000/202052"), "DE02120300000000202051", False),
        (Account(iban="DE02500105170137075030"), "DE02120300000000202051", False),
        (Account(), "DE02120300000000202051", False),
        (Account(iban="DE02120300000000202051"), None, False),
    ],
)
def test_same_account(account, number, same):
    assert same_account(account, number) is same


def test_keys():
    assert account_key(" 00-12 a ") == "12A"
    assert account_key(None) == ""
    assert normalise("Rückzahlung  RE-2024/001") == "ruckzahlung re 2024 001"
