"""What else stands in a remittance, and what the payer's bank makes of it."""

import datetime
from collections.abc import Sequence
from decimal import Decimal
from random import Random

from . import words
from .text import bare, german, transliterated, wrapped

LIMIT = 140
"""Characters of a SEPA remittance."""


def remittance(
    rng: Random,
    core: str,
    day: datetime.date,
    amount: Decimal,
    business: bool = False,
    customer: str = "",
    keep: Sequence[str] = (),
) -> str:
    """`core` among other things, as the bank delivers it.

    The strings of `keep` survive: situations whose point is a damaged number damage it themselves.
    """
    before, after = _additions(rng, day, amount, business, customer)
    glue = rng.choice((" ", " ", " ", ", ", " / ", "\n", "; "))
    text = glue.join(piece for piece in (*before, core, *after) if piece)
    if len(text) > LIMIT:
        text = core
    return _through_bank(rng, text, keep)


def _additions(rng, day, amount, business, customer):
    before, after = [], []
    side = [before, after]
    issued = day - datetime.timedelta(rng.randrange(3, 40))
    if rng.random() < (0.22 if business else 0.07):
        rng.choice(side).append(
            f"v. {issued:%d.%m.%Y}" if rng.random() < 0.5 else f"{issued:%d.%m.%y}"
        )
    if rng.random() < 0.08:
        after.append(
            rng.choice(("EUR {}", "{} EUR", "Betrag {}", "ueber {}")).format(german(amount))
        )
    if customer and rng.random() < 0.18:
        rng.choice(side).append(rng.choice(words.CUSTOMER_WORDS).format(customer))
    if business and rng.random() < 0.15:
        own = rng.randrange(4_500_000_000, 4_500_999_999)
        rng.choice(side).append(rng.choice(("Best.Nr. {}", "PO {}", "Ihre Best. {}")).format(own))
    if rng.random() < 0.02:
        after.append(f"Tel. 0{rng.randrange(30, 999)}/{rng.randrange(100_000, 9_999_999)}")
    if not business and rng.random() < 0.14:
        after.append(rng.choice(words.GREETINGS).format(place=rng.choice(words.PLACES)))
    return before, after


def _through_bank(rng: Random, text: str, keep: Sequence[str]) -> str:
    dice = rng.random()
    if dice < 0.16:
        changed = transliterated(text).upper()
    elif dice < 0.22:
        changed = _with_keywords(rng, text)
    elif dice < 0.27:
        changed = wrapped(text, glue=rng.choice((" ", "\n")))
    elif dice < 0.40:
        changed = transliterated(text)
    elif dice < 0.42:
        changed = bare(text)
    elif dice < 0.44:
        changed = text.replace("ä", "?").replace("ö", "?").replace("ü", "?").replace("ß", "?")
    else:
        changed = text
    whole = changed.lower()
    return changed if all(number.lower() in whole for number in keep) else text


def _with_keywords(rng: Random, text: str) -> str:
    """The keywords of German MT940, as much of them as a bank leaves in."""
    made = "".join(rng.choice("ABCDEF0123456789") for _ in range(rng.choice((10, 16, 22))))
    head = rng.choice(("EREF+NOTPROVIDED ", f"EREF+{made} ", "EREF+NOTPROVIDED KREF+NONREF ", ""))
    tail = rng.choice(("", "", " ABWA+" + rng.choice(words.SURNAMES), f" IBAN+ BIC+ KREF+{made}"))
    return f"{head}SVWZ+{text}{tail}"


def vague(rng: Random, day: datetime.date) -> str:
    """A remittance that says nothing."""
    issued = day - datetime.timedelta(rng.randrange(3, 40))
    month = words.MONTHS[issued.month - 1]
    return rng.choice(words.VAGUE).format(month=month, date=f"{issued:%d.%m.%Y}")
