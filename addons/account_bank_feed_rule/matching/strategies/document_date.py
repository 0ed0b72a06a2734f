"""The date of an invoice in the remittance: "invoice of 12.03.2026", without its number."""

from __future__ import annotations

import re
from functools import lru_cache

from ..index import ItemIndex
from ..normalise import fold
from ..points import DOCUMENT_DATE
from ..strategy import Strategy
from ..types import Evidence, OpenItem, Payment

_INVOICE = r"\b(?:RECHN\w*|RE|RG|RGNR|INV\w*|FACT\w*|FAKT\w*|FATT\w*|FA|FT)\b"
_OF = r"\b(?:VOM|V|VON|DATED?|OF|DU|DEL|ZE DNE|(?:RE|RG|RECHNUNGS)?DAT(?:UM)?)\W{0,3}"
_DATE = (
    r"(?:(?P<y>20\d\d)-(?P<m>\d\d)-(?P<d>\d\d)"
    r"|(?P<d2>\d?\d)[./](?P<m2>\d?\d)[./](?P<y2>2\s?0\s?\d\s?\d|\d\d)?)(?!\d)"
)
_INVOICE_OF = re.compile(rf"{_INVOICE}.{{0,40}}?{_OF}{_DATE}", re.DOTALL)


class DocumentDate(Strategy):
    """The payer wrote the date of an item; who paid must be known otherwise."""

    name = "document_date"
    label = "Document date"

    def support(self, payment: Payment, item: OpenItem, index: ItemIndex) -> Evidence | None:
        found = _day_in(payment.text) if payment.text else None
        if not found or item.kind != "document":
            return None
        day, month, year = found
        if (day, month) != (item.date.day, item.date.month):
            return None
        if year is not None and year != item.date.year % 100:
            return None
        return Evidence("document_date", DOCUMENT_DATE, {"date": item.date.isoformat()})


# Asked for each of a partner's items in turn, with the same answer.
@lru_cache(maxsize=16)
def _day_in(text: str) -> tuple[int, int, int | None] | None:
    """The day, month and year of the century behind "invoice of".

    >>> _day_in("Rechnung 4711 vom 12.3.26"), _day_in("facture du 01/02/"), _day_in("am 12.3.26")
    ((12, 3, 26), (1, 2, None), None)
    >>> _day_in("Rechnung vom 15.03.202 6")
    (15, 3, 26)
    """
    found = _INVOICE_OF.search(fold(text))
    if not found:
        return None
    year = found["y"] or found["y2"]
    day, month = found["d"] or found["d2"], found["m"] or found["m2"]
    # A line wrap may have cut the year in two.
    return int(day), int(month), int("".join(year.split())) % 100 if year else None
