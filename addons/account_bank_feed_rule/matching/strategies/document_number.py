"""A document number somewhere in the remittance.

Three digits, as small vendors count, are looked for among what a known partner has open, and
only where they are called an invoice or are all that was written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ..index import ItemIndex
from ..points import FEW_DIGITS, quotation_points
from ..quotations import remittance_tokens, stands_behind_invoice
from ..strategy import Strategy
from ..types import Evidence, Id, OpenItem, Payment

_FEW = 3


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

    def support(self, payment: Payment, item: OpenItem, index: ItemIndex) -> Evidence | None:
        few = [number for number in item.numbers if len(number) == _FEW and number.isdigit()]
        if not payment.text or not few or item.partner_id is None:
            return None
        tokens = remittance_tokens(payment.text)
        for number in few:
            if number in tokens.values:
                place = tokens.values.index(number)
                start, end = tokens.starts[place], tokens.ends[place]
                if len(tokens) == 1 or stands_behind_invoice(payment.text, start):
                    return Evidence("document_number_weak", FEW_DIGITS, _params(number, start, end))
        return None


def _params(number: str, start: int, end: int) -> dict:
    return {
        "number": number,
        "quoted": number,
        "field": "text",
        "start": start,
        "end": end,
        "weaknesses": ["short"],
        "because": "short",
    }
