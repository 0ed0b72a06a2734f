"""What pays nothing open: fees, interest, taxes, salaries, rent."""

from decimal import Decimal

from ..money import cents
from ..registry import situation


def _some(scene, least, most):
    return cents(Decimal(scene.rng.randrange(least * 100, most * 100)) / 100)


def _last_month(scene):
    return f"{(scene.day.month - 2) % 12 + 1:02d}/{scene.day.year}"


@situation(share=0.6)
def bank_fees(scene):
    """The bank's own price list."""
    text = scene.rng.choice(
        (
            f"Kontoführungsentgelt {_last_month(scene)}",
            "ENTGELT SAMMELUEBERWEISUNG",
            f"BUCHUNGSPOSTEN {_last_month(scene)} {scene.rng.randrange(100, 4000)} STUECK",
            "Entgelt Rücklastschrift",
            f"ABSCHLUSS PER {scene.earlier(1, 4):%d.%m.%Y} ENTGELTE",
            "Porto Kontoauszug",
        )
    )
    return scene.transaction(-_some(scene, 1, 90), text, "fees").books("bank_fees")


@situation(share=0.15)
def interest(scene):
    """Paid or earned."""
    sign = scene.rng.choice((-1, -1, 1))
    text = scene.rng.choice(("SOLLZINSEN" if sign < 0 else "HABENZINSEN", "Zinsen/Kontoabschluss"))
    text = f"{text} PER {scene.earlier(1, 20):%d.%m.%Y}"
    return scene.transaction(sign * _some(scene, 1, 400), text, "interest").books("interest")


@situation(share=0.35)
def tax_office(scene):
    """Advance returns, collected or transferred."""
    office = scene.known_as("Finanzamt Hannover-Nord")
    tax = scene.rng.choice(("USt-VA", "LOHNST", "KSt", "Umsatzsteuer", "SolZ/KSt"))
    text = f"STEUERNR {scene.rng.randrange(10, 99)}/2{scene.rng.randrange(10, 99)}/04711 {tax} "
    text += _last_month(scene)
    amount = -_some(scene, 200, 40_000)
    if scene.chance(0.5):
        return scene.sent(office, amount, text).books("tax")
    fields = {"name": "FINANZAMT HANNOVER-NORD", "iban": scene.books.home[office.id].ibans[0]}
    return scene.transaction(amount, text, "debited", **fields).books("tax")


@situation(share=1)
def salary(scene):
    """Wages to one of the staff."""
    employee = scene.partner("employee")
    text = scene.rng.choice(("Lohn/Gehalt {}", "LOHN {}", "Gehalt {} PersNr {}", "Entgelt {}"))
    text = text.format(_last_month(scene), scene.rng.randrange(100, 999))
    draft = scene.sent(employee, -_some(scene, 500, 4_800), text)
    return draft.books("salary")


@situation(share=0.25)
def rent(scene):
    """A shop's rent, on a standing order to somebody of whom we have no bills."""
    landlord = scene.landlord()
    month = f"{scene.day.month:02d}/{scene.day.year}"
    text = f"Miete Filiale {scene.rng.randrange(1, 25):02d} {month}"
    return scene.sent(landlord, -_some(scene, 1_800, 9_000), text).books("rent")
