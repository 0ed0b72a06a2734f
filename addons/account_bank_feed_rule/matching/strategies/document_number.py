"""A document number somewhere in the remittance."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ..index import ItemIndex
from ..points import quotation_points
from ..strategy import Strategy
from ..types import Evidence, Id, OpenItem, Payment


class DocumentNumber(Strategy):
    """The payer wrote the number of an invoice or another document of ours."""

    name = "document_number"
    label = "Document number"

    def documents(
        self, payment: Payment, index: ItemIndex, known: Collection[Id] = ()
    ) -> Iterable[tuple[OpenItem, Evidence]]:
        for quotation in index.documents_quoted(payment.text, known):
            kind = "document_number_weak" if quotation.weaknesses else "document_number"
            params = {
                "number": quotation.number,
                "quoted": quotation.quoted,
                "field": "text",
                "start": quotation.start,
                "end": quotation.end,
                "weaknesses": list(quotation.weaknesses),
                "because": ", ".join(quotation.weaknesses).replace("_", " "),
            }
            yield quotation.item, Evidence(kind, quotation_points(quotation.weaknesses), params)
