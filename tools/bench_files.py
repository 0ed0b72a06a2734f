"""The bank statement files of `make bench`, and what is true about them.

    python -m tools.bench_files SPECIFICATION FOLDER

Runs in the project's environment, without Odoo. Of a hundred lines 88 pay an invoice, in four
wordings; 3 pay two, 3 pay a part of one; 3 are bank fees, and 3 come from strangers.
"""

import datetime
import hashlib
import json
import sys
from dataclasses import dataclass
from decimal import Decimal
from math import ceil
from pathlib import Path

from bank_statement_format import Account, Balance, Counterparty, Statement, Transaction
from bank_statement_format.testing import camt053

START = datetime.date(2026, 2, 1)
DAYS = 27
STEP = 7919
"""Prime: strews the kinds of lines over the file, the same way each time."""

WORDINGS = ("Rechnung {}", "RE {} vielen Dank", "{}", "Kd 4711 Rg {} vom 02.01.2026")
PART = Decimal("0.6")


@dataclass(frozen=True, slots=True)
class Item:
    """An open invoice."""

    number: str
    amount: Decimal
    customer: str
    iban: str
    """Empty when the customer's account is not known."""


def main(specification, folder):
    """Write the files and `facts.json`, a fact sheet for each."""
    wanted = json.loads(Path(specification).read_text())
    items = iter([Item(n, Decimal(amount), *rest) for n, amount, *rest in wanted["items"]])
    facts = []
    for place, (iban, lines, *files) in enumerate(wanted["accounts"]):
        made, paid = transactions(lines, items)
        if wanted["references"]:
            made = [
                one._replace(bank_reference=f"B{place}N{number:012}")
                for number, one in enumerate(made)
            ]
        paths = []
        for number, text in enumerate(contents(iban, made, *files)):
            paths.append(Path(folder) / f"{place}-{lines}-{number}.xml")
            paths[-1].write_bytes(text)
        facts.append({"paths": [*map(str, paths)], "iban": iban, **paid, **facts_about(made)})
    (Path(folder) / "facts.json").write_text(json.dumps(facts))


def transactions(count, items):
    """So many lines, and how many invoices they pay wholly and in part.

    :param items: an iterator; what is paid is taken from it
    :raises StopIteration: when it has too few
    """
    made, paid = [], {"whole": 0, "part": 0}
    for place in range(count):
        kind = place * STEP % 100
        if kind < 88:
            values = _whole(place, next(items))
            paid["whole"] += 1
        elif kind < 91:
            values = _two(next(items), next(items))
            paid["whole"] += 2
        elif kind < 94:
            values = _part(next(items))
            paid["part"] += 1
        else:
            values = (_fee if kind < 97 else _stranger)(place)
        day = START + datetime.timedelta(days=place * DAYS // count)
        made.append(_transaction(day, *values))
    return made, paid


def _whole(place, item):
    text = WORDINGS[place % len(WORDINGS)].format(item.number)
    return item.amount, item.customer, item.iban, text


def _two(item, other):
    """The other invoice may be another customer's: so somebody pays for his sister company."""
    text = f"Rechnungen {item.number}, {other.number}"
    return item.amount + other.amount, item.customer, item.iban, text


def _part(item):
    amount = (item.amount * PART).quantize(Decimal("0.01"))
    return amount, item.customer, item.iban, f"Teilzahlung {item.number}"


def _fee(place):
    return -Decimal(390 + 100 * (place % 9)) / 100, "", "", f"Kontofuehrung Posten {place % 50}"


def _stranger(place):
    return Decimal(10_000 + place % 5_000) / 100, f"Fremder {place % 77}", "", f"Zahlung {place}"


def _transaction(day, amount, name, iban, text):
    return Transaction(
        booking_date=day,
        amount=amount,
        currency="EUR",
        counterparty=Counterparty(name=name or None, iban=iban or None),
        remittance=text,
    )


def contents(iban, made, files=1):
    """So many camt.053 files of some days each; before the first the account has nothing."""
    days = ceil(DAYS / files)
    balance = Decimal(0)
    for first in range(0, DAYS, days):
        start = START + datetime.timedelta(days=first)
        end = START + datetime.timedelta(days=min(first + days, DAYS) - 1)
        part = [one for one in made if start <= one.booking_date <= end]
        opening = Balance(balance, start)
        balance += sum(one.amount for one in part)
        statement = Statement(
            account=Account(iban=iban),
            currency="EUR",
            opening=opening,
            closing=Balance(balance, end),
            start_date=start,
            end_date=end,
            transactions=tuple(part),
        )
        yield camt053([statement])


def facts_about(made):
    """What the books must say of these lines; the digest is of dates, amounts and texts."""
    lines = sorted(f"{one.booking_date}|{one.amount:.2f}|{one.remittance}" for one in made)
    return {
        "lines": len(made),
        "closing": f"{sum(one.amount for one in made):.2f}",
        "digest": hashlib.md5("\n".join(lines).encode(), usedforsecurity=False).hexdigest(),
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
