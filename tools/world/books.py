"""The books while they are being built: partners, documents, and who must not be confused."""

from __future__ import annotations

import datetime
import itertools
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random

from . import check_digits, names, words
from .money import CENT
from .types import Document, OwnAccount, Partner

OWN_NAME = "Lindgrün Wohnwelt GmbH"
CREDITOR_ID = "DE98ZZZ09999999999"
TODAY = datetime.date(2026, 11, 20)
MOST_ITEMS = 14
"""Partners with more open items never serve where subsets of them count."""


@dataclass(frozen=True, slots=True)
class Home:
    """Where a partner really pays from, registered in the books or not."""

    country: str
    ibans: tuple[str, ...]


class Numbers:
    """A series of document numbers: dense, drawn in any order, none twice.

    Half of the series is never drawn: those documents are paid long since, but a typing error or
    a stranger's number may hit them.
    """

    def __init__(self, rng: Random, size: int):
        self._rng, self._size, self._next, self._pool = rng, size, 1, []

    def draw(self) -> int:
        if not self._pool:
            block = list(range(self._next, self._next + 2 * self._size))
            self._rng.shuffle(block)
            self._pool, self._next = block[: self._size], self._next + 2 * self._size
        return self._pool.pop()


class Books:
    """Grows by `add_partner` and `add`; knows rivals, reserved amounts and closed partners."""

    def __init__(self, seed: int, documents: int):
        self.seed = seed
        rng = Random(f"{seed}:books")
        self.partners: list[Partner] = []
        self.of_kind: dict[str, list[Partner]] = defaultdict(list)
        self.home: dict[str, Home] = {}
        self.documents: list[Document] = []
        self.open_of: dict[str, list[Document]] = defaultdict(list)
        self.spent: set[str] = set()
        self.closed: set[str] = set()
        self.numbers: set[str] = set()
        self.terminals: list[list] = []
        self.payout_days: dict[tuple[str, str], int] = {}
        self.moved: set[Decimal] = set()
        self._sharing: dict[str, list[str]] = defaultdict(list)
        self._keys: dict[str, list[str]] = {}
        self._reserved: dict[str, set[Decimal]] = defaultdict(set)
        self._series: dict[str, Numbers] = {}
        self._rng, self._size = rng, max(300, documents // 3)
        self._partner_numbers = Numbers(rng, 20_000)
        self.own_accounts = tuple(
            OwnAccount(id, check_digits.iban(rng), f"{OWN_NAME} {id}")
            for id in ("main", "second", "shops", "reserve")
        )

    # partners

    def add_partner(
        self, rng: Random, kind: str, name: str, country: str = "DE", **more
    ) -> Partner:
        """Put somebody in the books; the real accounts are registered, or not yet."""
        home = more.pop("home", None) or Home(country, self._accounts(rng, kind, country))
        chances = {"person": 0.45, "company": 0.78, "supplier": 0.95}
        known = rng.random() < chances.get(kind, 1)
        partner = Partner(
            f"C{len(self.partners) + 1:06d}",
            name,
            more.pop("number", self._partner_number(rng, kind)),
            home.ibans if known else (),
            kind,
            **more,
        )
        self.partners.append(partner)
        self.of_kind[kind].append(partner)
        self.home[partner.id] = home
        self._index(partner)
        return partner

    def _accounts(self, rng: Random, kind: str, country: str) -> tuple[str, ...]:
        if country not in check_digits.LAYOUTS:
            return ()
        several = 2 if kind in ("company", "supplier") and rng.random() < 0.12 else 1
        return tuple(check_digits.iban(rng, country) for _ in range(several))

    def _partner_number(self, rng: Random, kind: str) -> str:
        number = self._partner_numbers.draw()
        if kind == "supplier":
            return f"{70_000 + number % 9_999}" if number < 9_999 else f"7{number:06d}"
        if kind == "company":
            return f"{100_000 + number}" if rng.random() < 0.95 else ""
        if kind == "person":
            return f"K-{10_000 + number}" if rng.random() < 0.8 else ""
        return ""

    def _index(self, partner: Partner) -> None:
        found = [f"iban {iban}" for iban in self.home[partner.id].ibans]
        found += [f"name {key}" for key in names.keys(partner.name, partner.kind)]
        found.append(f"partner {partner.id}")
        self._keys[partner.id] = found
        for key in found:
            self._sharing[key].append(partner.id)

    def rivals(self, partner: Partner) -> list[str]:
        """Ids of all who share the account, or a name that could be written alike; and itself."""
        found = itertools.chain.from_iterable(self._sharing[key] for key in self._keys[partner.id])
        return list(dict.fromkeys(found))

    def has_namesakes(self, name: str, kind: str) -> bool:
        return any(self._sharing.get(f"name {key}") for key in names.keys(name, kind))

    # what is open

    def sequence(self, series: str, size: int | None = None) -> int:
        """The next number of a series; `size` is how many it will need, about."""
        if series not in self._series:
            self._series[series] = Numbers(self._rng, size or self._size)
        return self._series[series].draw()

    def add(self, kind: str, partner: Partner | None, number: str, **fields) -> Document:
        """Put a document in the books; everything but "settled" is open."""
        id = f"D{len(self.documents) + 1:06d}"
        document = Document(id, kind, partner and partner.id, number, **fields)
        self.documents.append(document)
        self.numbers.update((number, *document.other_numbers))
        if partner and kind != "settled":
            self.open_of[partner.id].append(document)
        return document

    def free_amount(self, partner: Partner, draw: Callable[[], Decimal], alone: bool) -> Decimal:
        """An amount that takes nobody's reserved one; `alone`: that no rival has open either."""
        taken = set().union(*(self._reserved[key] for key in self._keys[partner.id]))
        if alone:
            others = (self.open_of[id] for id in self.rivals(partner))
            taken |= {abs(item.residual) for item in itertools.chain.from_iterable(others)}
        amount = draw()
        for attempt in range(200):
            if amount not in taken:
                return amount
            amount = draw() if attempt < 30 else amount + CENT
        raise ValueError(f"no free amount for {partner.name}")

    def reserve(self, partner: Partner, amount: Decimal) -> None:
        """Nobody who could be confused with this partner gets an item of this amount any more."""
        for key in self._keys[partner.id]:
            self._reserved[key].add(abs(amount))

    def close(self, partner: Partner) -> None:
        """No more documents for this partner."""
        self.closed.add(partner.id)

    def subsets(self, partner: Partner, amount: Decimal) -> list[tuple[Document, ...]]:
        """All sets of the partner's open items that sum to the amount."""
        items = self.open_of[partner.id]
        if len(items) > MOST_ITEMS:
            raise ValueError(f"{partner.name} has too many open items")
        sizes = range(1, len(items) + 1)
        chosen = itertools.chain.from_iterable(itertools.combinations(items, n) for n in sizes)
        return [some for some in chosen if sum(item.residual for item in some) == amount]

    def is_only_set(self, partner: Partner, amount: Decimal) -> bool:
        """Whether exactly one set of the partner's open items sums to the amount."""
        few = len(self.open_of[partner.id]) <= MOST_ITEMS
        return few and len(self.subsets(partner, amount)) == 1

    def unused(self, partner: Partner) -> bool:
        """Whether nobody pays any open item of this partner so far."""
        return not any(item.id in self.spent for item in self.open_of[partner.id])

    def shares_account(self, partner: Partner) -> bool:
        ibans = self.home[partner.id].ibans
        return any(len(self._sharing[f"iban {iban}"]) > 1 for iban in ibans)


def populate(books: Books, rng: Random, size: int) -> None:
    """The partners: mostly people, a third companies, some suppliers, a few of each other kind."""
    staff = max(6, size // 60)
    kinds = Counter(company=size * 30 // 100, supplier=size // 10)
    for kind, count in sorted(kinds.items()):
        for _ in range(count):
            stranger(books, rng, kind)
    for _ in range(staff):
        books.add_partner(rng, "employee", names.person(rng))
    _institutions(books, rng)
    while len(books.partners) < size:
        stranger(books, rng, "person")


def stranger(books: Books, rng: Random, kind: str, country: str | None = None) -> Partner:
    """Somebody new in the books; now and then a second customer with the same account."""
    if kind == "person":
        return _person(books, rng)
    if country is None:
        country = rng.choice(tuple(words.ABROAD)) if rng.random() < 0.2 else "DE"
    name = names.company(rng, country)
    mandate = f"LW-M{rng.randrange(10**7):07d}" if country == "DE" and rng.random() < 0.2 else None
    brand = (f"{rng.choice(words.BRANDS)} {rng.choice(words.PLACES)}",)
    known_as = brand if rng.random() < 0.06 else ()
    return books.add_partner(rng, kind, name, country, mandate=mandate, aliases=known_as)


def _person(books: Books, rng: Random) -> Partner:
    name = names.person(rng)
    others = books.of_kind["person"]
    if others and rng.random() < 0.015:  # spouses with one account
        spouse = rng.choice(others)
        name = f"{rng.choice(words.FIRST_NAMES)} {spouse.name.partition(' ')[2]}"
        return books.add_partner(rng, "person", name, home=books.home[spouse.id])
    mandate = f"LW-K{rng.randrange(10**7):07d}" if rng.random() < 0.15 else None
    country = "AT" if rng.random() < 0.06 else "DE"
    return books.add_partner(rng, "person", name, country, mandate=mandate)


def _institutions(books: Books, rng: Random) -> None:
    for name in ("Sparkasse Leinetal", "Norddeutsche Handelsbank AG", "Volksbank Heideland eG"):
        books.add_partner(rng, "bank", name)
    for name in ("PayPal Europe S.à r.l. et Cie, S.C.A.", "Stripe Payments Europe Ltd"):
        books.add_partner(rng, "psp", name, country="GB")
    for name in ("Adyen N.V.", "Klarna Bank AB", "Concardis GmbH", "PAYONE GmbH"):
        books.add_partner(rng, "psp", name, country="NL" if "N.V." in name else "DE")
    for name in ("Finanzamt Hannover-Nord", "Bundeskasse Halle", "AOK Niedersachsen"):
        books.add_partner(rng, "office", name)


def numbered_anew(documents: list[Document], order: list[int]) -> dict[str, str]:
    """New ids in another order, so that ids tell nothing about who pays what."""
    return {documents[old].id: f"D{new + 1:06d}" for new, old in enumerate(order)}


def renamed(document: Document, ids: dict[str, str]) -> Document:
    covers = tuple(ids[id] for id in document.covers)
    return replace(document, id=ids[document.id], covers=covers)
