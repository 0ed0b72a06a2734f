"""A payment and its truth while a situation writes them."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from decimal import Decimal

from .types import Detail, Document, Payment, Truth


@dataclass(slots=True, eq=False)
class Draft:
    """Fields as in `Payment` and `Truth`; documents instead of their ids."""

    amount: Decimal
    date: datetime.date
    account: str
    name: str = ""
    iban: str | None = None
    remittance: str = ""
    reference: str | None = None
    end_to_end_id: str | None = None
    code: str | None = None
    mandate_id: str | None = None
    creditor_id: str | None = None
    return_reason: str | None = None
    original_amount: Decimal | None = None
    original_currency: str | None = None
    charges: Decimal | None = None
    details: tuple[Detail, ...] = ()
    situation: str = ""
    answer: str = ""
    settled: list[tuple[Document, Decimal]] = field(default_factory=list)
    taken_off: dict[str, Decimal] = field(default_factory=dict)
    rest: Decimal = Decimal(0)
    booked_to: str | None = None
    note: str = ""
    offers: list[tuple[Document, ...]] = field(default_factory=list)
    other_side: Draft | None = None

    def settles(self, *documents: Document, **taken_off: Decimal) -> Draft:
        """The answer: each document in full, and what was taken off."""
        self.answer = "settle"
        self.settled = [(document, document.residual) for document in documents]
        self.taken_off = taken_off
        return self

    def pays(self, document: Document, amount: Decimal) -> Draft:
        """The answer: a part of one document."""
        self.answer, self.settled = "settle", [(document, amount)]
        return self

    def books(self, account: str) -> Draft:
        self.answer, self.booked_to = "book", account
        return self

    def undecidable(self, *offers: tuple[Document, ...], note: str = "") -> Draft:
        """The answer: nobody but a person; what was said of `settles` before is what was meant."""
        self.answer, self.offers, self.note = "nobody", list(offers), note
        return self

    def payment(self, id: str) -> Payment:
        names = [name for name in Payment.__slots__ if name not in ("id", "currency")]
        return Payment(id=id, **{name: getattr(self, name) for name in names})

    def truth(self, id: str, documents: dict[str, str], payments: dict[int, str]) -> Truth:
        """`documents` gives final ids, `payments` the final ids by `id()` of a draft."""
        note = payments[id_of(self.other_side)] if self.other_side else self.note
        return Truth(
            id,
            self.situation,
            self.answer,
            tuple((documents[document.id], amount) for document, amount in self.settled),
            self.taken_off,
            self.rest,
            self.booked_to,
            note,
            tuple(frozenset(documents[item.id] for item in offer) for offer in self.offers),
        )


id_of = id
"""The builtin, since `id` is a parameter above."""
