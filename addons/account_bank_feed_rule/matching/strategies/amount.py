"""The amount: strong beside a name, nothing by itself."""

from __future__ import annotations

from ..index import ItemIndex
from ..points import AMOUNT_EQUAL, DAYS_BEFORE_DOCUMENT
from ..strategy import Strategy
from ..types import Evidence, OpenItem, Payment


class Amount(Strategy):
    """The payment is just what is open, in the same currency.

    Many items have the same amount, so it finds no candidates; beside the counterparty's
    IBAN it picks among the partner's items.
    """

    name = "amount"
    label = "Amount"
    nature = "supports"

    def support(self, payment: Payment, item: OpenItem, index: ItemIndex) -> Evidence | None:
        if (payment.amount, payment.currency) != (item.residual, item.currency):
            return None
        if (item.date - payment.date).days > DAYS_BEFORE_DOCUMENT:
            return Evidence("long_before_document", 0, {"date": item.date.isoformat()})
        params = {"amount": str(abs(payment.amount)), "currency": payment.currency}
        return Evidence("amount_equal", AMOUNT_EQUAL, params)
