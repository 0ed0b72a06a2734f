"""A structured reference: the bank's own field for it, the end-to-end id, or the remittance."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ..index import ItemIndex
from ..points import QUOTED, REFERENCE, quotation_points
from ..references import is_given
from ..strategy import Strategy
from ..types import Evidence, Id, OpenItem, Payment

_FIELDS = {"reference": "structured_reference", "end_to_end_id": "end_to_end_id"}


class StructuredReference(Strategy):
    """The payment carries the very value that we asked the payer to give."""

    name = "structured_reference"
    label = "Structured reference"

    def documents(
        self, payment: Payment, index: ItemIndex, known: Collection[Id] = ()
    ) -> Iterable[tuple[OpenItem, Evidence]]:
        for field, kind in _FIELDS.items():
            value = getattr(payment, field)
            found = index.named_by(value) if value else ()
            if found and is_given(value):
                params = {"quoted": value, "field": field, "start": 0, "end": len(value)}
                for item in found:
                    yield item, Evidence(kind, REFERENCE, params)
        for quotation in index.references_quoted(payment.text):
            params = {
                "quoted": quotation.quoted,
                "field": "text",
                "start": quotation.start,
                "end": quotation.end,
                "weaknesses": list(quotation.weaknesses),
            }
            points = REFERENCE - QUOTED + quotation_points(quotation.weaknesses)
            yield quotation.item, Evidence("structured_reference", points, params)
