"""The words of the benchmark world: partners, documents, payments, and the truth about each.

Plain data, `Decimal` amounts, `datetime.date` dates. Ids are strings and stable for a seed.

**Signs.** Everything is seen from our bank account: money in is positive, money out negative.
A document's `residual` has the sign of the payment that would settle it: an invoice is positive, a
bill negative, a credit note to a customer negative, a vendor's refund positive. An open payment
has the sign that it will have on the bank; what an earlier payment settled ("settled") has the
sign of its *return*, so a collected invoice is negative there and a bill that we paid positive.

For every truth whose answer is "settle", and for every other that names documents::

    payment.amount == sum(settles) + sum(taken_off.values()) + rest

So what makes an incoming payment shorter (discount, charges, fee) is negative, and so is a fee that
makes an outgoing return larger; a discount that we take on a bill is positive. `rest` is what
nothing explains and stays open on the partner's account: an overpayment by a customer is positive.
Amounts of documents in a foreign currency are in that currency in `settles`. In the sum they count
in EUR as they stand in the books: divided by the rate of the *document's* date, rounded to the
cent, each. "exchange" in `taken_off` is what the payment's day made of it.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

Date = datetime.date
PartnerKind = Literal["person", "company", "supplier", "bank", "psp", "office", "employee"]
DocumentKind = Literal[
    "invoice",
    "refund",
    "bill",
    "vendor_refund",
    "payment",
    "order",
    "receivable",
    "transfer",
    "settled",
]
LedgerAccount = Literal[
    "receivable",
    "payable",
    "outstanding",
    "till",
    "terminal",
    "psp",
    "transfer",
    "cash_in_transit",
]
Answer = Literal["settle", "book", "transfer", "nobody"]


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """A bank account of the retailer."""

    id: str
    iban: str
    name: str
    currency: str = "EUR"


@dataclass(frozen=True, slots=True)
class Rate:
    """Units of `currency` for one EUR on `date`, as the ECB quotes them."""

    currency: str
    date: Date
    rate: Decimal


@dataclass(frozen=True, slots=True)
class Partner:
    """Whom the books know. `ibans` are the registered ones, often none for a person."""

    id: str
    name: str
    number: str
    ibans: tuple[str, ...]
    kind: PartnerKind
    mandate: str | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Discount:
    """Early-payment discount: pay `residual + amount` until `last_day`, that day included.

    `percent` is 2 for 2 %. `amount` is what is taken off, with the sign against the residual.
    """

    percent: Decimal
    amount: Decimal
    last_day: Date


@dataclass(frozen=True, slots=True)
class Document:
    """Something open in the books, or ("settled") what an earlier bank payment paid.

    `other_numbers`: the vendor's own number on a bill, the order behind an invoice, a PSP's
    reference, the terminal, the end-to-end id of an open payment; of "settled" the end-to-end id
    and the mandate of the original. `covers`: what an open payment without journal entry will
    settle. `source`: the shop, terminal or merchant account.
    """

    id: str
    kind: DocumentKind
    partner: str | None
    number: str
    date: Date
    due_date: Date | None
    total: Decimal
    residual: Decimal
    currency: str = "EUR"
    other_numbers: tuple[str, ...] = ()
    reference: str | None = None
    discount: Discount | None = None
    batch: str | None = None
    account: LedgerAccount = "receivable"
    covers: tuple[str, ...] = ()
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Detail:
    """One of the transactions in a collective booking, or one order of a PSP's payout.

    `amount` is what it adds to the booking, after `charges`; of a PSP's payout `original_amount`
    is the gross.
    """

    amount: Decimal
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


@dataclass(frozen=True, slots=True)
class Payment:
    """A bank transaction, as the bank tells it.

    `original_amount` is signed like `amount`. `charges` is positive: what was deducted on the way,
    when the bank says so. `code` is an ISO 20022 bank transaction code or a German GVC.
    """

    id: str
    date: Date
    amount: Decimal
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
    currency: str = "EUR"


@dataclass(frozen=True, slots=True)
class Truth:
    """What is right for one payment.

    - "settle": it pays `settles`, `taken_off` and `rest` as the module says;
    - "book": it pays nothing open and goes to the account named `account`;
    - "transfer": between own accounts; `note` is the id of the other side;
    - "nobody": only a person can decide, or it is a stranger's. `settles` may hold what was
      meant, and `plausible` the sets of documents that a careful accountant would offer.

    A `note` of "either" says that another payment has the same claim and may be given it instead.
    "or_partial" says that settling only what was paid, with the remainder left open, is right too.
    """

    payment_id: str
    situation: str
    answer: Answer
    settles: tuple[tuple[str, Decimal], ...] = ()
    taken_off: Mapping[str, Decimal] = field(default_factory=dict)
    rest: Decimal = Decimal(0)
    account: str | None = None
    note: str = ""
    plausible: tuple[frozenset[str], ...] = ()


@dataclass(frozen=True, slots=True)
class World:
    """The books of one evening, the payments that wait, and what is right for each."""

    partners: tuple[Partner, ...]
    documents: tuple[Document, ...]
    payments: tuple[Payment, ...]
    truths: tuple[Truth, ...]
    rates: tuple[Rate, ...]
    own_accounts: tuple[OwnAccount, ...]
    today: Date
