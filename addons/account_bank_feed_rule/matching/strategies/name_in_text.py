"""A name in the remittance: who really paid, behind a payment provider or somebody's account."""

from __future__ import annotations

from collections.abc import Iterable

from ..index import ItemIndex
from ..points import TEXT_NAME_RANGE, name_points
from ..strategy import Strategy
from ..types import Evidence, Id, Payment


class NameInText(Strategy):
    """The remittance names the partner."""

    name = "name_in_text"
    label = "Name in the remittance"

    def partners(self, payment: Payment, index: ItemIndex) -> Iterable[tuple[Id, Evidence]]:
        for match in index.partners.names.find_in_text(payment.text):
            points = name_points(match.coincidence, match.similarity, TEXT_NAME_RANGE)
            yield match.partner_id, Evidence("name_in_text", points, {"partner": match.name})
