"""Names as the books know them, and as banks and payers write the same name."""

import re
from random import Random

from . import words
from .text import bare, plain, transliterated

LONG_FORMS = {
    "GmbH & Co. KG": ("GmbH + Co. KG", "GmbH u. Co KG", "GmbH&Co.KG", "GmbH & Co KG"),
    "GmbH": ("Gesellschaft mit beschränkter Haftung", "G.m.b.H.", "Gmbh", "mbH"),
    "AG": ("Aktiengesellschaft", "A.G."),
    "e.K.": ("e.K", "eK", "eingetragener Kaufmann"),
    "e.V.": ("eV", "e. V."),
    "UG": ("UG (haftungsbeschränkt)", "UG haftungsbeschraenkt"),
    "B.V.": ("BV",),
    "Ltd": ("Limited", "LTD."),
}
ANY_FORM = re.compile(
    r"\b(GmbH & Co\. KG|GmbH|AG|KG|OHG|e\.K\.|UG|e\.V\.|GbR|e\.U\.|SA|B\.V\.|NV|SPRL|SARL|"
    r"S\.A\.S\.|Oy|AS|AB|ApS|A/S|Ltd|Limited|Sp\. z o\.o\.|S\.r\.l\.|S\.p\.A\.|Inc\.|LLC)(?!\w)"
)


def person(rng: Random) -> str:
    """Common names are common: the earlier in the list the likelier."""
    skewed = int(len(words.SURNAMES) * rng.random() ** 1.7)
    surname = words.SURNAMES[skewed]
    if rng.random() < 0.04:
        surname += "-" + rng.choice(words.SURNAMES)
    return f"{rng.choice(words.FIRST_NAMES)} {surname}"


def company(rng: Random, country: str = "DE") -> str:
    fields = {
        "trade": rng.choice(words.TRADES),
        "surname": rng.choice(words.SURNAMES),
        "brand": rng.choice(words.BRANDS),
        "sector": rng.choice(words.SECTORS),
        "place": rng.choice(words.PLACES),
        "form": rng.choice(words.FORMS),
    }
    if country != "DE":
        return rng.choice(words.ABROAD[country]).format(**fields)
    pattern = rng.choice(
        (
            "{trade} {surname} {form}",
            "{trade} {surname} {place} {form}",
            "{brand} {sector} {form}",
            "{surname} {sector} {form}",
            "{surname} & {brand} {sector}gesellschaft {form}",
            "{brand} {sector}gesellschaft {place} {form}",
        )
    )
    return pattern.format(**fields)


def without_form(name: str) -> str:
    """
    >>> without_form("Autohaus Weber GmbH & Co. KG")
    'Autohaus Weber'
    """
    return " ".join(ANY_FORM.sub("", name).split())


def keys(name: str, kind: str) -> tuple[str, ...]:
    """Names of which one writing could be taken for the other have a key in common.

    A person is surname and first initial, both ways round since many names are either; a company
    the first letters without legal form: stricter than need be, so that what counts as unique here
    is unique for anybody.
    """
    if kind in ("person", "employee"):
        first, _, last = (plain(bare(name)) for name in name.partition(" "))
        return f"{last},{first[:1]}", f"{first},{last[:1]}"
    return (plain(bare(without_form(name)))[:16],)


def on_statement(rng: Random, name: str, kind: str, strict: bool = False) -> str:
    """One of the ways in which this name stands on a bank statement.

    `strict` leaves out what somebody else's name could be as well.
    """
    written = _person(rng, name, strict) if kind in ("person", "employee") else _firm(rng, name)
    dice = rng.random()
    if dice < 0.25:
        written = transliterated(written).upper()
    elif dice < 0.40:
        written = transliterated(written)
    elif dice < 0.44:
        written = bare(written)
    limit = rng.choice((27, 35, 70, 70, 70, 70))
    return written[:limit].rstrip()


def _person(rng: Random, name: str, strict: bool) -> str:
    first, _, last = name.partition(" ")
    dice = rng.random()
    if dice < 0.55:
        return name
    if dice < 0.72:
        return f"{last}, {first}"
    if dice < 0.82:
        return f"{last} {first}"
    if dice < 0.86:
        return rng.choice(("Dr. ", "Frau ", "Herr ", "Prof. Dr. ")) + name
    if strict:
        return f"{last},{first}"
    other = rng.choice(words.FIRST_NAMES)
    joint = (f"{first} u. {other} {last}", f"{last}, {first} und {other}", f"{first[0]}. {last}")
    return rng.choice(joint)


def _firm(rng: Random, name: str) -> str:
    dice = rng.random()
    if dice < 0.55:
        return name
    if dice < 0.68:
        return without_form(name)
    if dice < 0.72:
        return f"Firma {without_form(name)}"
    if dice < 0.76:
        return f"{name} {rng.choice(words.PLACES)}"
    for form, others in LONG_FORMS.items():
        if name.endswith(form):
            return name.removesuffix(form) + rng.choice(others)
    return name
