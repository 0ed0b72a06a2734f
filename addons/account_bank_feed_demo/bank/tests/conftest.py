import datetime

import pytest

from .. import Clock, DemoBank
from .client import BACK, Tpp

NOW = datetime.datetime(2026, 3, 18, 15, 0, tzinfo=datetime.UTC)


@pytest.fixture
def clock():
    return Clock(NOW)


@pytest.fixture
def bank(clock):
    with DemoBank(clock=clock, redirect_uris=(BACK,), auto_approve=True) as bank:
        yield bank
    assert not bank.errors, bank.errors[0]


@pytest.fixture
def tpp(bank):
    """A client with a consent for everything and tokens."""
    tpp = Tpp(bank)
    tpp.consent_to({"allPsd2": "allAccounts"})
    tpp.sign_in()
    return tpp


@pytest.fixture
def main(bank):
    """The first account."""
    return next(iter(bank.ledger.accounts.values()))
