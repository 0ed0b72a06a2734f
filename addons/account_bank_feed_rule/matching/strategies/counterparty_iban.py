"""The account that the money came from or went to, and whose it is."""

from __future__ import annotations

from collections.abc import Iterable

from ..index import ItemIndex
from ..points import COUNTERPARTY, OTHER_PARTNER, SUPPORT
from ..strategy import Strategy
from ..types import Evidence, OpenItem, Payment

EQUAL_AMOUNTS = 10
"""Equal amounts beyond a pair are all ambiguous alike; these many are shown."""
OLDEST = 5
"""So many of the partner's items are suggested when none has the amount."""


class CounterpartyIban(Strategy):
    """The payment's IBAN belongs to the partner of the open item, or to another one."""

    name = "counterparty_iban"
    label = "Counterparty IBAN"
    nature = "counterparty"

    def find(self, payment: Payment, index: ItemIndex) -> Iterable[tuple[OpenItem, Evidence]]:
        partners = index.partners_of(payment)
        found = [
            item
            for partner in partners
            for item in index.of_partner_with_amount(partner, payment, EQUAL_AMOUNTS)
        ] or [item for partner in partners for item in index.of_partner(partner, payment, OLDEST)]
        # An account shared by a whole group must not make a payment expensive.
        for item in sorted(found, key=lambda item: item.age_key)[:EQUAL_AMOUNTS]:
            yield item, Evidence("counterparty_iban", COUNTERPARTY, {"iban": payment.iban})

    def support(self, payment: Payment, item: OpenItem, index: ItemIndex) -> Evidence | None:
        partners = index.partners_of(payment)
        if not partners or item.partner_id is None:
            return None
        if item.partner_id in partners:
            return Evidence("counterparty_iban", SUPPORT, {"iban": payment.iban})
        return Evidence("other_partner", OTHER_PARTNER, {"iban": payment.iban})
