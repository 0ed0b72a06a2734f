"""What comes and goes without a document: rent, fees, transfers between own accounts, strangers."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from odoo.addons.bank_statement_format import Counterparty, Transaction

from .accounts import ACCOUNTS, END, START, business_day
from .partners import LANDLORD, LANDLORD_IBAN, stranger_iban

COMPANY = "Musterhandel GmbH"
CARD_FEE = Decimal("0.014")
TO_MAIN = Decimal("10000.00")
_MONTHS = ("Januar", "Februar", "März")

_STRANGERS = (
    ("main", "2026-01-12", "-3412.18", "Finanzamt Musterstadt", "USt 11.26 St.Nr. 999/8888/7777"),
    ("main", "2026-01-20", "-640.00", "Musterschutz Versicherung AG", "Beitrag Vers.-Nr. 88-4711"),
    ("main", "2026-01-26", "151.20", "Stadtwerke Beispielhausen", "Erstattung Abrechnung 2025"),
    ("main", "2026-02-10", "-4102.55", "Finanzamt Musterstadt", "USt 01.26 St.Nr. 999/8888/7777"),
    ("main", "2026-02-17", "-1250.00", "Stadt Musterstadt", "Gewerbesteuer Vorauszahlung 1/2026"),
    ("main", "2026-03-03", "320.00", "Messebau Probestand GmbH", "Rückgabe Kaution RE/2025/00987"),
    ("main", "2026-03-10", "-3877.41", "Finanzamt Musterstadt", "USt 02.26 St.Nr. 999/8888/7777"),
    ("second", "2026-02-05", "-89.90", "Demo Leasing AG", "Rate Kopierer 02/2026"),
    ("second", "2026-03-05", "-89.90", "Demo Leasing AG", "Rate Kopierer 03/2026"),
    ("usd", "2026-02-24", "45.10", "Probe Shipping Ltd", "Refund freight AWB 999-11112222"),
)


@dataclass(frozen=True, slots=True)
class Regular:
    """A transaction on one of our accounts, and the rule that it is for; none for strangers."""

    account: str
    transaction: Transaction
    rule: str


def regular_payments() -> Iterator[Regular]:
    """All but the card settlements, which follow from what was paid by card."""
    for month in (1, 2, 3):
        yield from _monthly(month)
    names = sorted({name for _account, _day, _amount, name, _text in _STRANGERS})
    for account, day, amount, name, text in _STRANGERS:
        day, iban = datetime.date.fromisoformat(day), stranger_iban(names.index(name))
        yield _regular(account, day, Decimal(amount), name, iban, text, "")


def _monthly(month: int) -> Iterator[Regular]:
    first = business_day(datetime.date(START.year, month, 1))
    last = _last_business_day(month)
    label, name = f"{month:02}/{START.year}", _MONTHS[month - 1]
    rent = f"Miete {name} {START.year} Lager und Büro"
    yield _regular("main", first, Decimal("-2380.00"), LANDLORD, LANDLORD_IBAN, rent, "Rent")
    salaries = f"Lohn/Gehalt {label} Sammelauftrag"
    payday = business_day(datetime.date(START.year, month, 25))
    yield _regular("main", payday, Decimal("-17450.00"), COMPANY, None, salaries, "Salaries")
    for account, amount, text in (
        ("main", "-14.90", f"Kontoführung {label}"),
        ("second", "-9.50", f"Abschlussentgelt {label}"),
        ("usd", "-12.00", f"Account fee {label}"),
    ):
        yield _regular(account, last, Decimal(amount), None, None, text, "Bank fees")
    yield from _transfer(
        "second", business_day(datetime.date(START.year, month, 15)), TO_MAIN, f"Umbuchung {name}"
    )


def _last_business_day(month: int) -> datetime.date:
    day = datetime.date(START.year, month, calendar.monthrange(START.year, month)[1])
    while day.weekday() >= 5:
        day -= datetime.timedelta(days=1)
    return day


def card_settlements(received: Iterable[Transaction]) -> Iterator[Regular]:
    """Every Friday the card payments since the last one are paid out, less a fee."""
    received = list(received)
    since, friday = START, START + datetime.timedelta(days=(4 - START.weekday()) % 7)
    while friday <= END:
        total = sum(one.amount for one in received if since <= one.booking_date < friday)
        fee = (total * CARD_FEE).quantize(Decimal("0.01"), ROUND_HALF_UP) if total else 0
        if fee:
            week = f"KW {friday.isocalendar().week:02}/{friday.year}"
            yield _regular("card", friday, -fee, None, None, f"Kartenentgelt {week}", "Card fees")
            yield from _transfer("card", friday, total - fee, f"Auszahlung Karten {week}")
        since, friday = friday, friday + datetime.timedelta(days=7)


def _transfer(source: str, day: datetime.date, amount: Decimal, text: str) -> Iterator[Regular]:
    """Both sides of a transfer to the main account."""
    for account, other, signed in ((source, "main", -amount), ("main", source, amount)):
        iban = ACCOUNTS[other].iban
        yield _regular(account, day, signed, COMPANY, iban, text, "Internal transfers")


def _regular(account, day, amount, name, iban, text, rule) -> Regular:
    transaction = Transaction(
        booking_date=day,
        value_date=day,
        amount=amount,
        currency=ACCOUNTS[account].currency,
        counterparty=Counterparty(name=name, iban=iban),
        remittance=text,
        code="PMNT-RCDT-OTHR" if amount > 0 else "PMNT-ICDT-OTHR",
    )
    return Regular(account, transaction, rule)
