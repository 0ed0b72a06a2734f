"""A small bank that answers over HTTPS: for demonstrations, tests and authors of connectors.

::

    with DemoBank() as bank:
        bank.url                                   # https://localhost:40123
        bank.faults.add("status", status=503, path="/v1/*", times=2)
        bank.truth(iban, first_day, last_day)      # what a connector must have fetched

Plain Python; see README.md.
"""

from .accounts import ACCOUNTS, Account, iban
from .clock import Clock
from .faults import KINDS, Faults
from .ledger import Entry, Ledger, difference
from .oauth import Client
from .retailer import Retailer
from .server import DemoBank
from .statement_format import read_statements

__all__ = [
    "ACCOUNTS",
    "KINDS",
    "Account",
    "Client",
    "Clock",
    "DemoBank",
    "Entry",
    "Faults",
    "Ledger",
    "Retailer",
    "difference",
    "iban",
    "read_statements",
]
