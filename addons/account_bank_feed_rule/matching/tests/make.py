"""Payments and open items with as little writing as a case needs."""

from __future__ import annotations

import datetime
from decimal import Decimal

from ..index import ItemIndex
from ..judge import judge
from ..partners import Partner, PartnerDirectory
from ..settle import settle
from ..strategy import strategies_named
from ..types import Bands, OpenItem, Payment

DAY = datetime.date(2026, 5, 4)
ANNA, BERT = 1, 2
IBAN_ANNA = "DE89370400440532013000"
IBAN_BERT = "NL91ABNA0417164300"
DIRECTORY = PartnerDirectory(
    [
        Partner(ANNA, ("Anna Blume",), (IBAN_ANNA,)),
        Partner(BERT, ("Bert Kramer",), (IBAN_BERT,)),
    ]
)


def item(
    id=1, number="INV/2026/00042", residual="119.00", partner=ANNA, currency="EUR", **more
) -> OpenItem:
    numbers = (number,) if isinstance(number, str) else tuple(number)
    values = {"date": DAY, "due_date": DAY, "references": (), "account_id": 10} | more
    return OpenItem(
        id=id,
        partner_id=partner,
        residual=Decimal(residual),
        currency=currency,
        numbers=numbers,
        **values,
    )


def payment(id="p1", text="", amount="119.00", days=0, **more) -> Payment:
    values = {"currency": "EUR", "identity": f"identity of {id}"} | more
    return Payment(
        id=id,
        date=DAY + datetime.timedelta(days=days),
        amount=Decimal(amount),
        text=text,
        **values,
    )


def index_of(*items: OpenItem) -> ItemIndex:
    return ItemIndex(items, DIRECTORY)


def judged(one, *items, taken=frozenset(), bands=None, strategies=None):
    return judge(one, index_of(*items), bands or Bands(), strategies_named(strategies), taken)


def settled(payments, items, taken=frozenset()):
    return settle(payments, index_of(*items), Bands(), strategies_named(), taken)


def kinds(decision) -> set[str]:
    return {reason.kind for reason in decision.reasons}


def chosen_ids(decision) -> list:
    return [chosen.id for chosen in decision.chosen]
