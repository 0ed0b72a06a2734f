"""A document number somewhere in the remittance.

Two writings say something only about what a known partner has open: three digits, as small
vendors count, called an invoice or all that was written; and "2026/8357" for 20268357.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from ..index import ItemIndex
from ..normalise import Tokens
from ..points import OF_KNOWN, quotation_points
from ..quotations import remittance_tokens, stands_behind_invoice
from ..strategy import Strategy
from ..types import Evidence, Id, OpenItem, Payment

_FEW = 3
_WITH_YEAR = 7
_YEAR = re.compile(r"(?:19|20)\d\d")


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
        if not payment.text or item.partner_id is None:
            return None
        for number in item.numbers:
            if number.isdigit() and (place := _written(number, payment.text)):
                params = {"number": number, "field": "text", **place}
                return Evidence("document_number_weak", OF_KNOWN, params)
        return None


def _written(number: str, text: str) -> dict | None:
    """Where digits stand that say too little about anybody's documents, and enough about his."""
    tokens = remittance_tokens(text)
    if len(number) == _FEW:
        if number not in tokens.values:
            return None
        first, end, weakness = tokens.values.index(number), tokens.values.index(number) + 1, "short"
        if len(tokens) > 1 and not stands_behind_invoice(text, tokens.starts[first]):
            return None
    else:
        first = _behind_year(number, tokens)
        if first is None:
            return None
        end, weakness = first + 2, "wrapped"
    start, stop = tokens.starts[first], tokens.ends[end - 1]
    return {
        "quoted": tokens.text[start:stop],
        "start": start,
        "end": stop,
        "weaknesses": [weakness],
        "because": weakness,
    }


def _behind_year(number: str, tokens: Tokens) -> int | None:
    """Where it stands with a separator behind its year: "2026/8357" for 20268357."""
    for first in range(len(tokens) - 1 if len(number) >= _WITH_YEAR else 0):
        year, rest = tokens.values[first : first + 2]
        whole = _YEAR.fullmatch(year) and year + rest == number and tokens.is_attached(first + 1)
        if whole and not tokens.is_attached(first) and not tokens.is_attached(first + 2):
            return first
    return None
