"""With whom the company does business. None of these companies exists."""

from __future__ import annotations

from dataclasses import dataclass

from .accounts import german_iban, iban


@dataclass(frozen=True, slots=True)
class Partner:
    """A customer or a vendor, found again by its number ``ref``.

    ``account`` is the key of our account that its money comes to or goes from. ``style``
    is how a vendor numbers its invoices. ``fixed`` customers are billed the same amount
    again and again.
    """

    ref: str
    name: str
    city: str
    country: str
    iban: str
    account: str = "main"
    style: str = ""
    fixed: bool = False


_CITIES = ("Musterstadt", "Beispielhausen", "Probedorf", "Testingen", "Demoburg")

_LETTERS = (
    "Alpha", "Beta", "Gamma", "Delta", "Epsilon", "Zeta", "Eta", "Theta", "Iota", "Kappa",
    "Lambda", "My", "Ny", "Xi", "Omikron", "Pi", "Rho", "Sigma", "Tau", "Ypsilon", "Phi",
    "Chi", "Psi", "Omega",
)  # fmt: skip

_TRADES = (
    "Bürobedarf GmbH", "Gartenwelt KG", "Küchenstudio GmbH", "Fahrradladen e. K.",
    "Buchhandlung GmbH & Co. KG", "Haustechnik GmbH", "Spielwaren KG", "Hotelbetriebe GmbH",
    "Druckerei AG", "Feinkost GmbH", "Möbelhaus GmbH",
)  # fmt: skip

_CARD_NAMES = ("Café Muster", "Kiosk Probe", "Bistro Beispiel", "Salon Test", "Praxis Demo")
_SWISS_NAMES = ("Edelmuster Handel AG", "Probewerk Export AG", "Bergbeispiel Trading AG")

_VENDORS = (
    ("Musterdruck GmbH", "{n:05}/26"),
    ("Beispiel Logistik AG", "BL-{n:06}"),
    ("Papiergroßhandel Probe KG", "AR26{n:05}"),
    ("Demo Telekom GmbH", "TK 2026 {n:06}"),
    ("Stadtwerke Musterstadt GmbH", "SW2026-{n:05}"),
    ("Verpackung Schachtelberg GmbH", "R-{n:05}"),
    ("Softwarehaus Testingen GmbH", "INV-2026-{n:04}"),
    ("Reinigung Blitzblank KG", "RG{n:06}"),
    ("Werbeagentur Probelicht GmbH", "2026-{n:04}"),
    ("Kfz-Werkstatt Demoburg GmbH", "KW/{n:05}"),
    ("Großhandel Musterkauf AG", "GM2600{n:04}"),
    ("Elektro Beispielstrom GmbH", "ES-{n:05}-26"),
    ("Bürotechnik Sigmund Muster KG", "BT{n:05}"),
    ("Lagertechnik Probehalle GmbH", "LT/2026/{n:04}"),
    ("Sicherheitsdienst Testwache GmbH", "TW-26-{n:04}"),
)


def _customers():
    for n in range(37):
        name = f"{_LETTERS[n % len(_LETTERS)]} {_TRADES[n % len(_TRADES)]}"
        account = "second" if n % 6 == 5 else "main"
        yield Partner(
            f"D{10001 + n}", name, _CITIES[n % 5], "DE", german_iban(100 + n % 7, 500100 + n * 17),
            account, fixed=n in (4, 23),
        )  # fmt: skip
    for n, name in enumerate(_CARD_NAMES):
        number = german_iban(107, 700100 + n * 13)
        yield Partner(f"D{10101 + n}", name, _CITIES[n], "DE", number, "card")
    for n, name in enumerate(_SWISS_NAMES):
        number = iban("CH", f"99999{800100 + n * 11:012}")
        yield Partner(f"D{10201 + n}", name, "Beispielikon", "CH", number, "usd")


def _vendors():
    for n, (name, style) in enumerate(_VENDORS):
        account = "second" if n % 5 == 4 else "main"
        number = german_iban(110 + n % 4, 900100 + n * 19)
        yield Partner(f"K{70001 + n}", name, _CITIES[n % 5], "DE", number, account, style)


CUSTOMERS = tuple(_customers())
VENDORS = tuple(_vendors())
PARTNERS = {partner.ref: partner for partner in CUSTOMERS + VENDORS}

LANDLORD = "Musterbau Immobilien GmbH"
LANDLORD_IBAN = german_iban(120, 112233)


def stranger_iban(number: int) -> str:
    """Each of those whom we do not know has an account of its own."""
    return german_iban(121, 445566 + number * 23)
