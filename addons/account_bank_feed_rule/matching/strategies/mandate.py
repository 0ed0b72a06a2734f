"""The SEPA mandate under which a direct debit was drawn."""

from __future__ import annotations

from collections.abc import Iterable

from ..index import ItemIndex
from ..points import IBAN
from ..strategy import Strategy
from ..types import Evidence, Id, Payment


class Mandate(Strategy):
    """The payment carries the id of a mandate that the partner gave us."""

    name = "mandate"
    label = "SEPA mandate"

    def partners(self, payment: Payment, index: ItemIndex) -> Iterable[tuple[Id, Evidence]]:
        if not payment.mandate_id:
            return
        for partner in sorted(index.partners.with_mandate(payment.mandate_id), key=str):
            yield partner, Evidence("mandate", IBAN, {"mandate": payment.mandate_id})
