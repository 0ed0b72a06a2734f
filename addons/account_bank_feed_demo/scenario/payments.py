"""What the banks book: the payments of the documents, each with the truth about it."""

from __future__ import annotations

import dataclasses
import datetime
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from odoo.addons.bank_statement_format import Counterparty, Transaction

from .accounts import ACCOUNTS, SEED, business_day, german_iban
from .partners import Partner
from .regular import Regular, card_settlements, regular_payments
from .wording import word

LAST_DAY = datetime.date(2026, 4, 10)
"""Until then there are payments; those after the quarter fill the files that are broken."""

_MIX = {
    "whole": 36,
    "spelled": 22,
    "wrapped": 6,
    "bare": 8,
    "end_to_end": 6,
    "account_only": 8,
    "other_account": 3,
    "typo": 2,
    "partial": 1,
    "discount": 2,
    "double": 1,
    "old_number": 1,
    "nameless": 1,
    "collective": 2,
    "unpaid": 1,
}
"""How customers word their payments, of a hundred invoices."""

_SIMPLE_WHEN_FIXED = {"double", "old_number", "partial", "discount", "collective", "nameless"}


@dataclass(frozen=True, slots=True)
class Document:
    """An invoice, credit note or bill as the books hold it.

    ``amount`` is positive for all of them; ``ref`` is the vendor's own number.
    """

    kind: str
    number: str
    partner: Partner
    date: datetime.date
    amount: Decimal
    currency: str
    ref: str = ""

    @property
    def serial(self) -> int:
        return int(self.number.rpartition("/")[2])


@dataclass(frozen=True, slots=True)
class Planned:
    """A transaction and the truth about it.

    :param account: key of our account that it is booked on
    :param kind: how the payer behaves
    :param settles: our numbers of the documents that it really pays
    :param rule: the rule that it is for, where no document is behind it
    """

    account: str
    kind: str
    transaction: Transaction
    settles: tuple[str, ...] = ()
    rule: str = ""


def plan(documents: Iterable[Document]) -> list[Planned]:
    """Everything that the banks book, oldest first, with references that are all different."""
    documents = sorted(documents, key=lambda document: document.number)
    paid = [one for one in _payments(documents) if one.transaction.booking_date <= LAST_DAY]
    received = [one.transaction for one in paid if one.account == "card"]
    regular = [_planned(one) for one in [*regular_payments(), *card_settlements(received)]]
    # Python's sort keeps the order of equals, so every run gives the same.
    ordered = sorted([*paid, *regular], key=lambda one: (one.transaction.booking_date, one.account))
    return [_with_reference(one, n) for n, one in enumerate(ordered, start=1)]


def _planned(regular: Regular) -> Planned:
    return Planned(regular.account, "regular", regular.transaction, rule=regular.rule)


def _with_reference(planned: Planned, n: int) -> Planned:
    reference = f"{ACCOUNTS[planned.account].mark}26{n:06}"
    transaction = planned.transaction._replace(bank_reference=reference)
    return dataclasses.replace(planned, transaction=transaction)


def _payments(documents: Sequence[Document]) -> Iterator[Planned]:
    by_kind = defaultdict(list)
    for document in documents:
        by_kind[document.kind].append(document)
    yield from _from_customers(by_kind["out_invoice"])
    yield from _to_vendors(by_kind["in_invoice"])
    for document in by_kind["out_refund"]:
        yield _payment("credit_note", document, -1)


# Customers


def _from_customers(invoices: Sequence[Document]) -> Iterator[Planned]:
    cycle = [kind for kind, count in _MIX.items() for _n in range(count)]
    random.Random(SEED).shuffle(cycle)
    neighbours = _neighbours(invoices)
    paid_with_another = set()
    for invoice in invoices:
        if invoice.number in paid_with_another:
            continue
        before, after = neighbours[invoice.number]
        kind = _behaviour(cycle[invoice.serial % len(cycle)], invoice, before, after)
        if kind == "collective":
            paid_with_another.add(after.number)
        yield from _by_customer(kind, invoice, before, after)


def _neighbours(invoices: Sequence[Document]) -> dict:
    """For each invoice number, the same customer's invoice before and after it."""
    by_partner = defaultdict(list)
    for invoice in invoices:
        by_partner[invoice.partner].append(invoice)
    found = {}
    for row in by_partner.values():
        for before, invoice, after in zip([None, *row], row, [*row[1:], None], strict=False):
            found[invoice.number] = (before, after)
    return found


def _behaviour(kind: str, invoice: Document, before, after) -> str:
    """What the customer does, given who it is and what it can do."""
    partner = invoice.partner
    if kind == "unpaid":
        return kind
    if partner.account == "card":
        return "card"
    if partner.account == "usd":
        return "usd" if invoice.serial % 12 else "usd_charges"
    if partner.fixed and kind in _SIMPLE_WHEN_FIXED:
        return "whole"
    if (kind == "old_number" and not before) or (kind == "collective" and not after):
        return "whole"
    return kind


def _by_customer(kind: str, invoice: Document, before, after) -> Iterator[Planned]:
    if kind == "unpaid":
        return
    other = {"old_number": before, "collective": after}.get(kind)
    payment = _payment(kind, invoice, 1, other)
    yield payment
    if kind == "double":
        day = business_day(payment.transaction.booking_date + datetime.timedelta(days=7))
        again = payment.transaction._replace(booking_date=day, value_date=day)
        yield dataclasses.replace(payment, transaction=again, settles=())


# Vendors


def _to_vendors(bills: Sequence[Document]) -> Iterator[Planned]:
    """Every bill by itself, but two of one vendor now and then together."""
    neighbours = _neighbours(bills)
    paid_with_another = set()
    for bill in bills:
        if bill.number in paid_with_another:
            continue
        after = neighbours[bill.number][1]
        if bill.serial % 25 == 0 and after:
            paid_with_another.add(after.number)
            yield _payment("bills", bill, -1, after)
        else:
            yield _payment("bill", bill, -1)


# Both


def _payment(kind: str, document: Document, sign: int, other: Document | None = None) -> Planned:
    rng = random.Random(f"{SEED} {document.number}")
    together = [document, other] if kind in ("collective", "bills") else [document]
    latest = max(one.date for one in together)
    day = business_day(latest + datetime.timedelta(days=rng.choice((3, 6, 8, 10, 13, 14, 20, 27))))
    amount = sign * sum(one.amount for one in together)
    paid, charges = _reduced(kind, amount)
    transaction = Transaction(
        booking_date=day,
        value_date=day,
        amount=paid,
        currency=document.currency,
        counterparty=_counterparty(kind, document),
        remittance=word(kind, rng, document, other),
        end_to_end_id=document.number if kind == "end_to_end" else None,
        charges=charges,
        code=_code(kind, sign),
    )
    settles = tuple(one.number for one in together)
    return Planned(document.partner.account, kind, transaction, settles)


def _reduced(kind: str, amount: Decimal) -> tuple[Decimal, Decimal | None]:
    """What is paid of an amount, and the charges that the banks have kept."""
    if kind == "partial":
        return _rounded(amount / 2), None
    if kind == "discount":
        return _rounded(amount * Decimal("0.98")), None
    if kind == "usd_charges":
        return amount - 15, Decimal("15.00")
    return amount, None


def _rounded(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _counterparty(kind: str, document: Document) -> Counterparty:
    partner = document.partner
    if kind == "card":
        return Counterparty(name=partner.name)
    if kind in ("other_account", "nameless"):
        return Counterparty(name=partner.name, iban=german_iban(130, 600000 + document.serial))
    return Counterparty(name=partner.name, iban=partner.iban)


def _code(kind: str, sign: int) -> str:
    if kind == "card":
        return "PMNT-MCRD-POSP"
    return "PMNT-RCDT-ESCT" if sign > 0 else "PMNT-ICDT-ESCT"
