"""What a small retailer's accounts see, day by day: the same for the same seed."""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from .accounts import Account, iban
from .statement_format import Counterparty, Transaction

RECEIVED, SENT, CARDS = "PMNT-RCDT-ESCT", "PMNT-ICDT-ESCT", "PMNT-MCRD-POSP"
DEBITED, SALARIES, FEES = "PMNT-RDDT-ESDD", "PMNT-ICDT-SALA", "ACMT-MDOP-CHRG"


@dataclass(frozen=True, slots=True)
class Market:
    """How business is done in an account's country.

    ``scale`` is what a euro is worth in the currency, roughly.
    """

    country: str
    bank: str
    scale: int
    customers: tuple[str, ...]
    vendors: tuple[str, ...]
    invoice: str
    bill: str
    cards: tuple[str, str]
    rent: tuple[str, str]
    phone: tuple[str, str]
    fee: str
    salaries: str


MARKETS = {
    "EUR": Market(
        "DE", "99900", 1,
        ("Pension Seeblick", "Café Morgenrot GbR", "Kita Sonnenhügel e. V.", "Hotel Lindenhof KG",
         "Gasthaus Zum Anker", "Bäckerei Krümel GmbH", "Hofladen Wiesengrund", "Kantine Nord eG",
         "Catering Löffelweise", "Tanja Probst", "Murat Beispieloglu", "Jürgen Demuth"),
        ("Porzellan Import Weißbach GmbH", "Glaswerk Klarblick AG", "Topf & Pfanne Großhandel KG",
         "Kartonagen Faltfix GmbH", "Spedition Rollt OHG"),
        "Rechnung RE-{year}-{number:05}", "Ihre Rechnung {number:06}, Kd. 20817",
        ("Kartenpay Abrechnung GmbH", "Umsätze Terminal 6204{number:04} abzgl. Entgelt"),
        ("Hausverwaltung Ziegel GbR", "Miete Ladenlokal {month}"),
        ("Fernruf Kommunikation GmbH", "Rechnung {number:08} Kundenkonto 44 871 220"),
        "Entgelt Kontoführung {month}", "Lohn/Gehalt {month}",
    ),
    "PLN": Market(
        "PL", "9999", 4,
        ("Hurtownia Kubek Sp. z o.o.", "Restauracja Pod Lipą", "Kawiarnia Ziarenko s.c.",
         "Anna Wzorowa", "Hotel Zdrój Sp. z o.o."),
        ("Szkło i Ceramika S.A.", "Opakowania Karton Sp. z o.o."),
        "Faktura FV/{number}/{year}", "Zapłata za fakturę {number:06}",
        ("Terminale Płatnicze S.A.", "Rozliczenie transakcji kartowych {number:06}"),
        ("Zarząd Nieruchomości Cegła", "Czynsz {month}"),
        ("Telefonia Demo S.A.", "Abonament faktura {number:08}"),
        "Opłata za prowadzenie rachunku {month}", "Wynagrodzenie {month}",
    ),
    "CZK": Market(
        "CZ", "9999", 25,
        ("Penzion U Jezera s.r.o.", "Kavárna Zrnko", "Jana Vzorová", "Hotel Lípa a.s."),
        ("Porcelán Vzor s.r.o.", "Obaly Krabice s.r.o."),
        "Faktura {number}", "Platba faktury {number:06}",
        ("Platební terminály a.s.", "Vyúčtování karet {number:06}"),
        ("Správa domů Cihla", "Nájem {month}"),
        ("Telefon Demo a.s.", "Faktura {number:08}"),
        "Poplatek za vedení účtu {month}", "Mzda {month}",
    ),
}  # fmt: skip


class Retailer:
    """Makes the transactions that are booked on an account on a day.

    :param busy: how many times as many customers pay
    """

    def __init__(self, seed: int | str = "demo", busy: int = 1):
        self.seed = seed
        self.busy = busy

    def __call__(self, account: Account, day: datetime.date) -> list[Transaction]:
        if day.weekday() >= 5 or (day.month, day.day) in {(1, 1), (12, 25), (12, 26)}:
            return []
        return list(_Day(account, day, f"{self.seed}/{account.iban}/{day}", self.busy).bookings())


class _Day:
    def __init__(self, account: Account, day: datetime.date, seed: str, busy: int):
        self.account, self.day, self.busy = account, day, busy
        self.market = MARKETS.get(account.currency, MARKETS["EUR"])
        self.rng = random.Random(seed)
        self.count = 0

    def bookings(self) -> Iterator[Transaction]:
        yield self._cards()
        for _customer in range(self.rng.randint(1, 4) * self.busy):
            yield self._customer()
        if self.rng.random() < 0.9:
            yield self._vendor()
        yield from self._monthly()

    def _monthly(self) -> Iterator[Transaction]:
        for from_day, what in ((1, self._rent), (5, self._phone), (27, self._salaries)):
            if self._is_first_from(from_day):
                yield what()
        if self._is_first_from(28):
            yield self._booking(-self._amount(9, 15), Counterparty(), self.market.fee, FEES)

    def _is_first_from(self, from_day: int) -> bool:
        """Whether this is the month's first working day from that one on."""
        return self.day.day == from_day or (
            self.day.weekday() == 0 and 0 < self.day.day - from_day < 3
        )

    def _cards(self) -> Transaction:
        name, text = self.market.cards
        return self._booking(self._amount(180, 900), self._party(name), text, CARDS)

    def _customer(self) -> Transaction:
        party = self._party(self.rng.choice(self.market.customers))
        booked = self._booking(self._amount(15, 1200), party, self.market.invoice, RECEIVED)
        if self.market.country != "CZ":
            return booked
        # Czech payers give the invoice's number as the variable symbol.
        return booked._replace(reference=booked.remittance.split()[-1])

    def _vendor(self) -> Transaction:
        party = self._party(self.rng.choice(self.market.vendors))
        return self._booking(-self._amount(200, 3100), party, self.market.bill, SENT)

    def _rent(self) -> Transaction:
        name, text = self.market.rent
        return self._booking(Decimal(-1850 * self.market.scale), self._party(name), text, SENT)

    def _phone(self) -> Transaction:
        name, text = self.market.phone
        booked = self._booking(-self._amount(40, 90), self._party(name), text, DEBITED)
        return booked._replace(mandate_id="M-2019-4471", creditor_id="DE98ZZZ09999999999")

    def _salaries(self) -> Transaction:
        return self._booking(
            -self._amount(5200, 6100), Counterparty(), self.market.salaries, SALARIES
        )

    def _booking(self, amount: Decimal, party: Counterparty, text: str, code: str) -> Transaction:
        self.count += 1
        number = self.rng.randint(100, 99999)
        words = text.format(year=self.day.year, number=number, month=f"{self.day:%m/%Y}")
        return Transaction(
            booking_date=self.day,
            value_date=self.day,
            amount=amount,
            currency=self.account.currency,
            counterparty=party,
            remittance=words,
            end_to_end_id=f"E{self.day:%y%m%d}{self.count:03}{number:05}",
            code=code,
        )

    def _amount(self, least: int, most: int) -> Decimal:
        """An amount between two, which are in euros."""
        cents = self.rng.randint(least * 100, most * 100) * self.market.scale
        return Decimal(cents).scaleb(-2)

    def _party(self, name: str) -> Counterparty:
        """A party with an account that is the same whenever it pays."""
        digits = 24 if self.market.country == "PL" else 20 if self.market.country == "CZ" else 18
        number = random.Random(name).randrange(10**10)
        bban = f"{self.market.bank}{number:0{digits - len(self.market.bank)}}"
        return Counterparty(name=name, iban=iban(self.market.country, bban))
