"""The invoices, credit notes and bills of the first quarter, in the order of their numbers."""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from .accounts import END, SEED, START, business_day
from .partners import CUSTOMERS, VENDORS, Partner

INVOICES, CREDIT_NOTES, BILLS = 400, 6, 80

_GOODS = (
    "Schreibtischlampe", "Aktenordner, 20 Stück", "Kopierpapier, Palette", "Bürostuhl",
    "Regal, verzinkt", "Versandkartons", "Werkzeugkoffer", "Rollcontainer", "Whiteboard",
    "Kaffeevollautomat",
)  # fmt: skip
_FIXED_AMOUNT = Decimal("480.00")


@dataclass(frozen=True, slots=True)
class Line:
    """``rate`` is the tax rate in percent."""

    text: str
    net: Decimal
    rate: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A document to be written. ``ref`` is the vendor's own number for it."""

    kind: str
    number: str
    partner: Partner
    date: datetime.date
    lines: tuple[Line, ...]
    ref: str = ""


def drafts() -> list[Draft]:
    """All documents, always the same ones."""
    rng = random.Random(SEED)
    return [*_invoices(rng), *_credit_notes(rng), *_bills(rng)]


def _days(rng: random.Random, count: int) -> list[datetime.date]:
    span = (END - START).days
    days = [START + datetime.timedelta(days=rng.randrange(span)) for _n in range(count)]
    return sorted(min(business_day(day), END) for day in days)


def _invoices(rng: random.Random) -> Iterator[Draft]:
    for n, day in enumerate(_days(rng, INVOICES), start=1):
        partner = rng.choice(CUSTOMERS)
        yield Draft(
            "out_invoice", f"RE/{START.year}/{n:05}", partner, day, tuple(_sold(rng, partner))
        )


def _sold(rng: random.Random, partner: Partner) -> Iterator[Line]:
    if partner.fixed:
        yield Line("Wartungspauschale", _FIXED_AMOUNT, 19)
        return
    rate = 0 if partner.account == "usd" else 19
    for text in rng.sample(_GOODS, rng.choice((1, 1, 2, 3))):
        yield Line(text, _amount(rng, 20, 900), rate)
    if rate and rng.random() < 0.2:
        yield Line("Fachbuch Lagerhaltung", _amount(rng, 20, 60), 7)


def _amount(rng: random.Random, least: int, most: int) -> Decimal:
    return Decimal(rng.randrange(least * 100, most * 100)) / 100


def _credit_notes(rng: random.Random) -> Iterator[Draft]:
    buyers = [partner for partner in CUSTOMERS if partner.account == "main" and not partner.fixed]
    for n, day in enumerate(_days(rng, CREDIT_NOTES), start=1):
        line = Line("Retoure", _amount(rng, 20, 150), 19)
        number = f"GS/{START.year}/{n:05}"
        yield Draft("out_refund", number, rng.choice(buyers), day, (line,))


def _bills(rng: random.Random) -> Iterator[Draft]:
    for n, day in enumerate(_days(rng, BILLS), start=1):
        vendor = VENDORS[n % len(VENDORS)]
        ref = vendor.style.format(n=1040 + n * 37)
        line = Line("Lieferung und Leistung", _amount(rng, 60, 2400), 19)
        yield Draft("in_invoice", f"ER/{START.year}/{n:05}", vendor, day, (line,), ref)
