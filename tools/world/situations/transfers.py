"""Between our own accounts."""

from decimal import Decimal

from ..books import OWN_NAME
from ..registry import situation


def _round_sum(scene):
    """An amount that no other transfer of these days has: two alike would be anybody's guess."""
    used = scene.books.moved
    amount = Decimal(scene.rng.randrange(2, 120) * 500)
    while amount in used:
        amount += Decimal(250)
    used.add(amount)
    return amount.quantize(Decimal("0.01"))


def _accounts(scene):
    source, target = scene.rng.sample(scene.books.own_accounts, 2)
    text = scene.rng.choice(
        (
            "Umbuchung",
            "Liquiditätsausgleich",
            "Übertrag",
            f"Übertrag von {source.id}",
            "Cash Pooling",
        )
    )
    return source, target, text


@situation(share=0.8, makes=2)
def internal_transfer(scene):
    """Both sides wait on the same day or one day apart."""
    source, target, text = _accounts(scene)
    amount = _round_sum(scene)
    out = _side(scene, -amount, text, source, target)
    into = _side(scene, amount, text, target, source, date=scene.next_day(0.3))
    out.other_side, into.other_side = into, out
    return out, into


def _side(scene, amount, text, own, other, **fields):
    draft = scene.transaction(
        amount, text, "own", account=own.id, name=OWN_NAME, iban=other.iban, **fields
    )
    draft.answer = "transfer"
    return draft


@situation(share=0.25)
def second_side(scene):
    """The other side was booked before and stands open on the transfer account."""
    source, target, text = _accounts(scene)
    amount = _round_sum(scene)
    item = scene.books.add(
        "transfer",
        None,
        f"BNK/2026/{scene.books.sequence('transfer', 500):05d}",
        date=scene.earlier(4, 5),
        due_date=None,
        total=amount,
        residual=amount,
        account="transfer",
        source=source.id,
    )
    fields = {"account": target.id, "name": OWN_NAME, "iban": source.iban}
    return scene.transaction(amount, text, "own", **fields).settles(item)
