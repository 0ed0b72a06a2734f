"""The account that the money came from or went to, and whose it is."""

from __future__ import annotations

from collections.abc import Iterable
from math import log10

from ..index import ItemIndex
from ..points import IBAN
from ..strategy import Strategy
from ..types import Evidence, Id, Payment

MOST_OWNERS = 20
"""An account of more partners than this, such as a factoring bank's, tells nothing."""


class CounterpartyIban(Strategy):
    """The payment's IBAN belongs to the partner."""

    name = "counterparty_iban"
    label = "Counterparty IBAN"

    def partners(self, payment: Payment, index: ItemIndex) -> Iterable[tuple[Id, Evidence]]:
        owners = index.partners.partners_of(payment.iban)
        if not 0 < len(owners) <= MOST_OWNERS:
            return
        points = IBAN - round(10 * log10(len(owners)))
        for owner in sorted(owners, key=str):
            yield owner, Evidence("counterparty_iban", points, {"iban": payment.iban})
