"""Money in with the number, but not the amount."""

from decimal import Decimal

from ..money import cents
from ..registry import situation


@situation(share=0.8)
def partial_payment(scene):
    """A first instalment; the rest stays open."""
    partner = scene.customer()
    invoice = scene.invoice(partner)
    share = scene.rng.choice((Decimal("0.25"), Decimal("0.3333"), Decimal("0.5"), Decimal("0.4")))
    amount = cents(invoice.residual * share)
    if amount > 100 and scene.chance(0.6):
        amount = cents(int(amount / 50) * 50)
    hint = scene.rng.choice(("Teilzahlung ", "1. Rate ", "a conto ", "Rate ", "Abschlag ", "", ""))
    core = hint + scene.quoting(invoice.number, partner)
    text = scene.say(core, partner, amount, keep=[invoice.number])
    return scene.received(partner, amount, text).pays(invoice, amount)


@situation(share=0.6)
def overpayment(scene):
    """More than is open; the surplus stays on the customer's account."""
    partner = scene.customer()
    invoice = scene.invoice(partner)
    surplus = scene.rng.choice((Decimal("4.90"), Decimal("5.95"), Decimal(10), _rounding(invoice)))
    amount = invoice.residual + surplus
    core = scene.quoting(invoice.number, partner)
    text = scene.say(core, partner, amount, keep=[invoice.number])
    draft = scene.received(partner, amount, text).settles(invoice)
    draft.rest = surplus
    return draft


def _rounding(invoice):
    """Up to the next ten, one euro at least."""
    surplus = -invoice.residual % 10
    return surplus if surplus >= 1 else surplus + 10


@situation(share=0.9)
def small_difference(scene):
    """A few cents too much or too little."""
    partner = scene.customer()
    invoice = scene.invoice(partner)
    cent = Decimal(scene.rng.choice((-5, -3, -2, -1, -1, 1, 1, 2, 3, 5))) / 100
    amount = invoice.residual + cent
    core = scene.quoting(invoice.number, partner)
    text = scene.say(core, partner, amount, keep=[invoice.number])
    return scene.received(partner, amount, text).settles(invoice, difference=cent)
