"""Card terminals and cash of the shops."""

import datetime
from decimal import Decimal

from .. import words
from ..money import cents, percentage
from ..registry import situation
from ..text import german

ACQUIRERS = ("Concardis GmbH", "PAYONE GmbH")
RATES = tuple(Decimal(percent) for percent in ("0.25", "0.39", "0.55", "0.89", "1.10"))
"""Percent of the turnover."""

MOST_DAYS = 9
"""Acquirers pay out within two weeks."""


def _terminal(scene, back=None):
    """A terminal whose days are paid out up to `back` days before the statements, or nearly all."""
    known = scene.books.terminals
    fit = [one for one in known if (one[3] == back if back else one[3] <= MOST_DAYS)]
    if len(fit) > 2 and scene.chance(0.9):
        return scene.rng.choice(fit)
    place, branch = scene.rng.choice(words.PLACES), len(known) + 1
    number = f"{54_000_000 + 137 * branch + scene.rng.randrange(100)}"
    made = [f"Filiale {branch:02d} {place}", number, scene.rng.choice(RATES), back or 1]
    known.append(made)
    return made


def _day(scene, terminal):
    """The receivable of one terminal's day."""
    shop, number, _, back = terminal
    terminal[3] += 1
    day = scene.first_day - datetime.timedelta(back)
    amount = cents(scene.rng.lognormvariate(6.6, 0.6))
    return scene.books.add(
        "receivable",
        None,
        f"POS/{number}/{day:%Y%m%d}",
        date=day,
        due_date=None,
        total=amount,
        residual=amount,
        other_numbers=(number,),
        account="terminal",
        source=f"{shop} TID {number}",
    )


def _paid_out(scene, days, percent, text):
    gross = sum(day.residual for day in days)
    fee = percentage(gross, percent)
    last = max(day.date for day in days)
    first = min(day.date for day in days)
    span = f"{last:%d.%m.%Y}" if first == last else f"{first:%d.%m.}-{last:%d.%m.%Y}"
    parts = {"span": span, "gross": german(gross), "fee": german(fee)}
    name = scene.rng.choice(ACQUIRERS)
    fields = {"name": name, "account": "shops", "iban": scene.provider_iban(name)}
    draft = scene.transaction(gross - fee, text.format(**parts), "cards", **fields)
    return draft.settles(*days, fee=-fee)


@situation(share=1.6)
def terminal_payout(scene):
    """Some days of one terminal, less the fee; gross and fee are told or not."""
    terminal = _terminal(scene)
    days = [_day(scene, terminal) for _ in range(scene.rng.choice((1, 1, 2, 3)))]
    text = scene.rng.choice(
        (
            "KARTENUMSAETZE TID {tid} {{span}} BRUTTO {{gross}} ENTGELT {{fee}}",
            "Gutschrift Kartenzahlungen Terminal {tid} {{span}} abzgl. Disagio {{fee}}",
            "TERMINAL-ID {tid} UMSATZ VOM {{span}}",
            "EC-UMSATZ {tid} {{span}}",
        )
    ).format(tid=terminal[1])
    return _paid_out(scene, days, terminal[2], text)


@situation(share=0.5)
def terminals_together(scene):
    """A payout over several shops, each terminal named."""
    first = _terminal(scene)
    other = _terminal(scene, first[3])
    while other is first:
        other = _terminal(scene, first[3])
    chosen = [first, other]
    days = [_day(scene, terminal) for terminal in chosen * scene.rng.choice((1, 1, 2))]
    tids = " ".join(terminal[1] for terminal in chosen)
    text = f"SAMMELAUSZAHLUNG TID {tids} " + "{span} BRUTTO {gross} GEBUEHR {fee}"
    return _paid_out(scene, days, first[2], text)


@situation(share=1.3)
def cash_deposit(scene):
    """A shop's cash, paid in at a machine: the bag's number, sometimes two days in one."""
    branch = scene.rng.randrange(1, 25)
    bag = f"{4_470_000 + scene.books.sequence('bag', 500)}"
    days = [_till(scene, branch, bag, back) for back in range(scene.rng.choice((1, 1, 1, 2)))]
    total = sum(day.residual for day in days)
    text = scene.rng.choice(
        (f"EINZAHLUNG SAFEBAG {bag}", f"SB-EINZAHLUNG FILIALE {branch:02d} BAG {bag}", f"BAG {bag}")
    )
    if scene.chance(0.06):  # somebody counted wrong
        wrong = Decimal(scene.rng.choice((-20, -10, -5, -1, 5, 10)))
        draft = scene.transaction(total + wrong, text, "cash", account="shops")
        return draft.settles(*days, difference=wrong)
    return scene.transaction(total, text, "cash", account="shops").settles(*days)


def _till(scene, branch, bag, back):
    amount = cents(scene.rng.randrange(150, 2_500) * 5)
    day = scene.day - datetime.timedelta(1 + back)
    return scene.books.add(
        "transfer",
        None,
        f"CASH/{branch:02d}/{day:%Y%m%d}/{bag}-{back + 1}",
        date=day,
        due_date=None,
        total=amount,
        residual=amount,
        other_numbers=(bag,),
        account="cash_in_transit",
        source=f"Filiale {branch:02d}",
    )
