"""The name of who paid or was paid, in the bank's field for it."""

from __future__ import annotations

from collections.abc import Iterable

from ..index import ItemIndex
from ..points import NAME_RANGE, name_points
from ..strategy import Strategy
from ..types import Evidence, Id, Payment


class CounterpartyName(Strategy):
    """The counterparty is called like the partner, as far as banks keep names intact."""

    name = "counterparty_name"
    label = "Counterparty name"

    def partners(self, payment: Payment, index: ItemIndex) -> Iterable[tuple[Id, Evidence]]:
        if not payment.name:
            return
        for match in index.partners.named(payment.name):
            points = name_points(match.coincidence, match.similarity, NAME_RANGE)
            kind = "counterparty_name" if match.similarity == 100 else "counterparty_name_like"
            params = {
                "name": payment.name,
                "partner": match.name,
                "similarity": match.similarity,
            }
            yield match.partner_id, Evidence(kind, points, params)
