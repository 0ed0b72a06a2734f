"""What a situation works with: a day, partners, documents, and bank transactions to be drafted."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from decimal import Decimal
from random import Random

from . import check_digits, codes, money, names, noise, words
from .books import MOST_ITEMS, TODAY, Books, stranger
from .drafts import Draft
from .rates import Rates
from .text import digits
from .types import Discount, Document, Partner

DAYS = tuple(TODAY - datetime.timedelta(back) for back in (0, 1, 2, 3, 4))
"""Monday to Friday."""

TERMS = ((Decimal(2), 14), (Decimal(2), 14), (Decimal(3), 10), (Decimal(2), 8), (Decimal(3), 14))


class Scene:
    """One per situation, with a generator of its own: no situation disturbs another's dice."""

    def __init__(self, books: Books, rates: Rates, seed: str):
        self.books, self.rates, self.rng = books, rates, Random(seed)
        self.day = TODAY

    def begin(self) -> None:
        self.day = self.rng.choice(DAYS)

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def earlier(self, least: int, most: int) -> datetime.date:
        return self.day - datetime.timedelta(self.rng.randrange(least, most + 1))

    # partners

    def partner(self, kind: str, ok: Callable[[Partner], bool] = lambda partner: True) -> Partner:
        """Anybody of the kind who still gets documents; somebody new when nobody serves."""
        known = self.books.of_kind[kind]
        for _ in range(60):
            found = self.rng.choice(known)
            if found.id not in self.books.closed and ok(found):
                return found
        for _ in range(500):
            found = stranger(self.books, self.rng, kind)
            if ok(found):
                return found
        raise ValueError(f"no {kind} serves")

    def customer(self, ok: Callable[[Partner], bool] = lambda partner: True) -> Partner:
        return self.partner("company" if self.chance(0.5) else "person", ok)

    def registered(self, partner: Partner) -> bool:
        return bool(partner.ibans)

    def distinct(self, partner: Partner) -> bool:
        """Few open items, an account of its own: where subsets and sums must be unmistakable."""
        few = len(self.books.open_of[partner.id]) <= MOST_ITEMS - 8
        return few and self.registered(partner) and not self.books.shares_account(partner)

    def unused(self, partner: Partner) -> bool:
        return self.distinct(partner) and self.books.unused(partner)

    def abroad(self, *countries: str) -> Partner:
        """A company in one of the countries."""
        country = self.rng.choice(countries)
        known = self.books.of_kind["company"]
        for _ in range(150):
            found = self.rng.choice(known)
            if self.country(found) == country and found.id not in self.books.closed:
                return found
        return stranger(self.books, self.rng, "company", country)

    def country(self, partner: Partner) -> str:
        return self.books.home[partner.id].country

    def known(self, id: str) -> Partner:
        return self.books.partners[int(id[1:]) - 1]

    def known_as(self, name: str) -> Partner:
        """The one institution of this name."""
        kinds = ("psp", "office", "bank")
        return next(one for kind in kinds for one in self.books.of_kind[kind] if one.name == name)

    provider = known_as

    def provider_iban(self, name: str) -> str:
        return self.books.home[self.known_as(name).id].ibans[0]

    def landlord(self) -> Partner:
        """One of those to whom we pay rent and of whom we have no bills."""
        known = [one for one in self.books.of_kind["supplier"] if one.name.startswith("Vermietung")]
        if len(known) < 6 or self.chance(0.02):
            name = f"Vermietung {self.rng.choice(words.SURNAMES)} GbR"
            known = [self.books.add_partner(self.rng, "supplier", name)]
            self.books.close(known[0])
        return self.rng.choice(known)

    # days

    @property
    def first_day(self) -> datetime.date:
        """The first day of the statements; what is paid out was sold before."""
        return DAYS[-1]

    def next_day(self, share: float) -> datetime.date:
        """The same banking day, or with this chance the next."""
        later = self.day + datetime.timedelta(1)
        return later if later <= TODAY and self.chance(share) else self.day

    # documents

    def any_open(self, kind: str) -> Document:
        """Somebody's open document."""
        while True:
            found = self.rng.choice(self.books.documents)
            if found.kind == kind:
                return found

    def amount(
        self, partner: Partner, alone: bool = False, least: int = 0, times: int = 1
    ) -> Decimal:
        """As this partner buys or sells; `alone`: an amount that nobody alike has open.

        `least` EUR are added, for what nobody does with small amounts; `times` is for currencies
        with larger numbers.
        """
        draw = money.retail if partner.kind == "person" else money.trade
        return self.books.free_amount(partner, lambda: (draw(self.rng) + least) * times, alone)

    def invoice(self, partner: Partner, amount: Decimal | None = None, **fields) -> Document:
        """A customer's invoice; a person's comes from a webshop and has an order's number too."""
        amount = self.amount(partner) if amount is None else amount
        issued = fields.pop("date", None) or self.earlier(2, 45)
        fields.setdefault("due_date", issued + datetime.timedelta(self.rng.choice((8, 14, 30, 30))))
        if partner.kind == "person":
            number, order = self._fresh(lambda: self._shop_number(issued)), self.order_number()
            fields.setdefault("other_numbers", (order,))
        else:
            number = self.invoice_number()
            if self.chance(0.3):
                fields.setdefault("reference", self.structured(partner, number))
        return self._open("invoice", partner, number, issued, amount, **fields)

    def refund(self, partner: Partner, amount: Decimal) -> Document:
        """A credit note to a customer; `amount` is positive."""
        number = f"RINV/2026/{self.books.sequence('refund'):05d}"
        return self._open("refund", partner, number, self.earlier(1, 30), -amount)

    def bill(self, partner: Partner, amount: Decimal | None = None, **fields) -> Document:
        """A supplier's bill; `amount` is positive."""
        amount = self.amount(partner) if amount is None else amount
        number = f"BILL/2026/{self.books.sequence('bill'):05d}"
        fields.setdefault("account", "payable")
        issued = fields.pop("date", None) or self.earlier(2, 40)
        fields.setdefault("due_date", issued + datetime.timedelta(30))
        others = (self.vendor_number(),)
        return self._open("bill", partner, number, issued, -amount, other_numbers=others, **fields)

    def vendor_refund(self, partner: Partner, amount: Decimal) -> Document:
        number = f"RBILL/2026/{self.books.sequence('bill refund'):05d}"
        return self._open(
            "vendor_refund",
            partner,
            number,
            self.earlier(1, 30),
            amount,
            account="payable",
            other_numbers=(self.vendor_number(),),
        )

    def order(self, partner: Partner, amount: Decimal | None = None) -> Document:
        amount = self.amount(partner) if amount is None else amount
        number = self.order_number()
        return self._open("order", partner, number, self.earlier(0, 12), amount)

    def open_payment(self, partner: Partner, amount: Decimal, **fields) -> Document:
        """A payment registered in the books; `amount` as it will stand on the bank."""
        number = f"PBNK1/2026/{self.books.sequence('payment'):05d}"
        fields.setdefault("account", "outstanding")
        return self._open("payment", partner, number, self.earlier(1, 5), amount, **fields)

    def settled(self, partner: Partner, number: str, amount: Decimal, **fields) -> Document:
        """What an earlier bank payment paid; `amount` as a return would stand on the bank."""
        return self._open("settled", partner, number, self.earlier(4, 50), amount, **fields)

    def _open(self, kind, partner, number, issued, amount, **fields) -> Document:
        fields.setdefault("due_date", None)
        return self.books.add(
            kind, partner, number, date=issued, total=amount, residual=amount, **fields
        )

    def discount(self, amount: Decimal, issued: datetime.date, percent, days: int) -> Discount:
        """Terms of a document of this signed amount."""
        last_day = issued + datetime.timedelta(days)
        return Discount(percent, -money.percentage(amount, percent), last_day)

    # numbers

    def _shop_number(self, issued: datetime.date) -> str:
        if self.chance(0.7):
            return f"RE-{issued:%y%m%d}-{self.books.sequence(f'shop {issued}', 150):04d}"
        return f"2026{self.books.sequence('plain'):04d}"

    def _fresh(self, draw: Callable[[], str]) -> str:
        """Not one that somebody's typing error was taken to miss."""
        number = draw()
        while number in self.books.numbers:
            number = draw()
        return number

    def invoice_number(self) -> str:
        return self._fresh(lambda: f"INV/2026/{self.books.sequence('invoice'):05d}")

    def order_number(self) -> str:
        if self.chance(0.6):
            return f"{1_000_000_000 + self.books.sequence('order') + 4_700:d}"
        return f"W-{480_000 + self.books.sequence('web order')}"

    def vendor_number(self) -> str:
        """Bills come with numbers of any shape."""
        some = self.rng.randrange
        shape = some(8)
        if shape == 0:
            return f"{some(10_000, 999_999)}"
        if shape == 1:
            return f"RE{some(100_000, 999_999)}"
        if shape == 2:
            return f"2026-{some(1, 1_500):03d}"  # others have the same
        if shape == 3:
            return f"R{some(10, 99)}/{some(1000, 9999)}/{some(1, 12):02d}"
        if shape == 4:
            return f"{some(10**9, 10**10)}"
        if shape == 5:
            return f"AR-26-{some(100, 9999)}"
        if shape == 6:
            return f"{self.rng.choice('ABCFHKMS')}{some(10**6, 10**7)}"
        return f"F26{some(1, 12):02d}.{some(10, 9999):04d}"

    def structured(self, partner: Partner, number: str) -> str:
        """The reference printed on an invoice, as usual in the customer's country."""
        body = digits(number)
        country = self.country(partner)
        if country == "CH":
            return check_digits.swiss_reference((digits(partner.number) or "9") + body)
        if country == "BE":
            return check_digits.belgian_reference(body)
        if country == "FI":
            return check_digits.finnish_reference(body)
        if country == "NO":
            return check_digits.norwegian_reference(body)
        return check_digits.creditor_reference((partner.number or "0") + body)

    def end_to_end(self) -> str:
        letters = "".join(self.rng.choice("0123456789ABCDEF") for _ in range(12))
        return self.rng.choice((f"LW-{letters}", f"E2E{letters}{self.day:%y%m%d}"))

    # the bank's side

    def received(self, partner: Partner, amount: Decimal, text: str, **fields) -> Draft:
        """A credit from this partner, from its own account and under its name."""
        ibans = self.books.home[partner.id].ibans
        fields.setdefault("iban", self.rng.choice(ibans) if ibans else None)
        fields.setdefault("name", self.written(partner))
        fields.setdefault("end_to_end_id", self._payers_reference())
        if self.country(partner) in words.CURRENCIES:
            return self.transaction(amount, text, "abroad", **fields)
        purpose = self.rng.choice(("credit",) * 16 + ("instant",) * 3 + ("standing",))
        return self.transaction(amount, text, purpose, **fields)

    def _payers_reference(self) -> str | None:
        """The end-to-end id that payers or their banks invent: it says nothing to us."""
        dice, some = self.rng.random(), self.rng.randrange
        if dice < 0.30:
            return None
        if dice < 0.75:
            return "NOTPROVIDED"
        if dice < 0.85:
            return f"{self.day:%Y%m%d}{some(10**8):08d}"
        return self.rng.choice((f"ZV{some(10**10)}", f"{some(4_500_000_000, 4_500_999_999)}-1"))

    def sent(self, partner: Partner, amount: Decimal, text: str, **fields) -> Draft:
        """A transfer to this partner; the name is as our books have it. `amount` is negative."""
        ibans = self.books.home[partner.id].ibans
        fields.setdefault("iban", ibans[0] if ibans else None)
        fields.setdefault("name", partner.name[:70])
        if self.chance(0.2):
            text = self.rng.choice((text.upper(), f"SVWZ+{text}", f"EREF+NOTPROVIDED SVWZ+{text}"))
        purpose = "debit" if self.country(partner) not in words.CURRENCIES else "debit abroad"
        return self.transaction(amount, text, purpose, **fields)

    def transaction(self, amount: Decimal, text: str, purpose: str, **fields) -> Draft:
        account = fields.pop("account", None) or ("main" if self.chance(0.7) else "second")
        fields.setdefault("code", codes.code(purpose, account))
        day = fields.pop("date", self.day)
        return Draft(amount, day, account, remittance=text, **fields)

    def written(self, partner: Partner, strict: bool = False) -> str:
        if partner.aliases and not strict and self.chance(0.4):
            return partner.aliases[0]
        return names.on_statement(self.rng, partner.name, partner.kind, strict)

    def say(self, core: str, partner: Partner, amount: Decimal, keep: Sequence[str] = ()) -> str:
        """The core of a remittance among this partner's usual other words."""
        business = partner.kind != "person"
        customer = partner.number if partner.kind in ("company", "person") else ""
        return noise.remittance(self.rng, core, self.day, amount, business, customer, keep)

    def quoting(self, number: str, partner: Partner, patterns=words.INVOICE_WORDS) -> str:
        return self.rng.choice(patterns).format(number)

    def vague(self) -> str:
        return noise.vague(self.rng, self.day)

    def new_iban(self, country: str = "DE") -> str:
        return check_digits.iban(self.rng, country)
