"""Nobody's: payers without any relation, whatever their text may look like."""

from .. import check_digits, names, noise
from ..money import retail
from ..registry import situation
from ..text import digits, german

PURPOSES = (
    "Mitgliedsbeitrag 2026",
    "Spende",
    "Rückzahlung Kaution",
    "Erstattung Nebenkosten",
    "Ebay Artikel",
    "Taschengeld",
    "Urlaub",
    "Vertrag {a} Erstattung",
    "Schadennummer {a}-{b}",
    "Kundennummer {a} Guthaben",
    "Miete {b}",
    "Fahrtkosten",
    "",
)


def _payer(scene):
    """Somebody whose name is nobody's in the books."""
    kind = scene.rng.choice(("person", "person", "company"))
    while True:
        name = names.person(scene.rng) if kind == "person" else names.company(scene.rng)
        if not scene.books.has_namesakes(name, kind):
            return names.on_statement(scene.rng, name, kind, strict=True)


def _from_stranger(scene, amount, text):
    fields = {"name": _payer(scene), "iban": check_digits.iban(scene.rng)}
    return scene.transaction(amount, text, "credit", **fields).undecidable()


@situation(share=1.1, sensitive=True)
def stranger(scene):
    """No relation at all; the amount may well be one that somebody owes."""
    some = scene.rng.randrange
    text = scene.rng.choice(PURPOSES).format(a=some(10**7, 10**9), b=some(10, 999))
    return _from_stranger(scene, retail(scene.rng), text)


@situation(share=0.9, sensitive=True)
def digits_inside(scene):
    """Digits of one of our numbers within a longer one: a phone, a meter, somebody's order."""
    invoice = scene.any_open("invoice")
    short = digits(invoice.number)[-scene.rng.choice((4, 5, 6, 8)) :]
    some = scene.rng.randrange
    text = scene.rng.choice(
        (
            f"Zaehlerstand {some(10, 99)}{short}",
            f"Tel. 0511/{short}{some(10, 99)}",
            f"Auftrag {some(100, 999)}{digits(invoice.number)}{some(10, 99)}",
            f"Vertragsnummer {short}{some(1000, 9999)}",
            f"Az. {some(1, 99)} C {short.lstrip('0')}{some(10, 99)}/26",
            f"Ticket {some(10, 99)}{short}{some(10, 99)}",
        )
    )
    amount = invoice.residual if scene.chance(0.15) else retail(scene.rng)
    return _from_stranger(scene, abs(amount), text)


@situation(share=0.25, sensitive=True)
def stranger_debits(scene):
    """Somebody collects from us what no bill of ours knows."""
    text = f"Beitrag {scene.rng.randrange(10**6, 10**7)} {german(retail(scene.rng))}"
    fields = {
        "name": _payer(scene),
        "iban": check_digits.iban(scene.rng),
        "mandate_id": f"X{scene.rng.randrange(10**8)}",
    }
    return scene.transaction(-retail(scene.rng), text, "debited", **fields).undecidable()


@situation(share=0.45, sensitive=True)
def namesake(scene):
    """A customer's name, another account, and an amount that makes no sense."""
    partner = scene.partner("person", lambda one: len(scene.books.open_of[one.id]) in range(1, 8))
    near = scene.books.rivals(partner)
    amount = retail(scene.rng)
    while any(_explains(scene, id, amount) for id in near):
        amount += retail(scene.rng)
    scene.books.close(partner)
    scene.books.reserve(partner, amount)
    text = noise.vague(scene.rng, scene.day)
    fields = {"name": partner.name, "iban": check_digits.iban(scene.rng)}
    return scene.transaction(amount, text, "credit", **fields).undecidable()


def _explains(scene, id, amount):
    """Whether one item, two, or all of them are about the amount."""
    sums = {item.residual for item in scene.books.open_of[id]}
    sums |= {one + other for one in sums for other in sums} | {sum(sums)}
    return any(abs(one - amount) < 3 for one in sums)
