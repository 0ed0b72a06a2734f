"""The accounts that the bank keeps for its customer."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from stdnum.iso7064 import mod_97_10

from .statement_format import Statement

BIC = "DEMODEFFXXX"
OWNER = "Lindner Haushaltswaren GmbH"


def iban(country: str, bban: str) -> str:
    """An IBAN with its check digits.

    Not by ``stdnum.iban``: the import hook of Odoo 19.0 keeps it from reading its data file.

    >>> iban("DE", "370400440532013000")
    'DE89370400440532013000'
    """
    return f"{country}{mod_97_10.calc_check_digits(f'{bban}{country}')}{bban}"


@dataclass(frozen=True, slots=True)
class Account:
    """An account, and how much was on it before its first transaction."""

    iban: str
    currency: str
    name: str
    opening: Decimal
    owner: str = OWNER
    bic: str = BIC

    @property
    def resource_id(self) -> str:
        """What the account is called in the REST interface, which tells nothing of its number."""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"demo-bank/{self.iban}"))


def opened(statements: Iterable[Statement]) -> list[Account]:
    """The accounts of statements, each as it was before the first of them."""
    found: dict[str, Account] = {}
    for each in statements:
        iban, opening = each.account.iban, each.opening.amount if each.opening else Decimal(0)
        found.setdefault(iban, Account(iban, each.currency, f"Account {iban[-4:]}", opening))
    return list(found.values())


# None of these banks exists: no German, Polish or Czech bank has such a code.
ACCOUNTS = (
    Account(iban("DE", "999000500000123400"), "EUR", "Geschäftskonto", Decimal("48250.00")),
    Account(iban("DE", "999000500000123401"), "EUR", "Onlinehandel", Decimal("12000.00")),
    Account(iban("PL", "999999990000000012345678"), "PLN", "Rachunek firmowy", Decimal("64300.00")),
    Account(iban("CZ", "99990000000012345678"), "CZK", "Běžný účet", Decimal("310000.00")),
)
