"""A document number that was mistyped, or cut off at the end of the text."""

from __future__ import annotations

from functools import lru_cache

from ..index import ItemIndex
from ..near_numbers import NearNumber, near_any
from ..points import NEAR_NUMBER
from ..quotations import remittance_tokens
from ..strategy import Strategy
from ..types import Evidence, OpenItem, Payment

MOST_ITEMS = 40


class MistypedNumber(Strategy):
    """The payer wrote nearly the number of an item; who paid must be known otherwise."""

    name = "near_number"
    label = "Mistyped number"

    def support(self, payment: Payment, item: OpenItem, index: ItemIndex) -> Evidence | None:
        if not payment.text or item.partner_id is None:
            return None
        found = _near(payment.text, _numbers(item, index))
        for number in item.numbers:
            if near := found.get(number):
                params = {
                    "number": number,
                    "quoted": near.quoted,
                    "field": "text",
                    "start": near.start,
                    "end": near.end,
                    "error": near.error.replace("_", " "),
                }
                return Evidence("near_number", NEAR_NUMBER, params)
        return None


def _numbers(item: OpenItem, index: ItemIndex) -> tuple[str, ...]:
    """The partner's numbers: what is just one of them was not mistyped for another."""
    others = index.of_partner(item.partner_id)[:MOST_ITEMS]
    return tuple({number: None for one in (item, *others) for number in one.numbers})


# Asked for each of a partner's items in turn, with the same answer.
@lru_cache(maxsize=16)
def _near(text: str, numbers: tuple[str, ...]) -> dict[str, NearNumber]:
    return near_any(remittance_tokens(text), numbers)
