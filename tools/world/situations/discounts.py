"""Early-payment discount, taken by customers and by us."""

import datetime

from .. import words, writing
from ..registry import situation
from ..scene import TERMS

HINTS = (" abzgl. {} % Skonto", " ./. Skonto", " unter Abzug von {}% Skonto", " -{}%", "", "")


def _discounted(scene, partner, late: int = 0):
    """An invoice with terms, paid on time or `late` days after."""
    percent, days = scene.rng.choice(TERMS)
    amount = scene.amount(partner)
    age = days + late if late else scene.rng.randrange(1, days + 1)
    issued = scene.day - datetime.timedelta(age)
    terms = scene.discount(amount, issued, percent, days)
    return scene.invoice(partner, amount, date=issued, discount=terms)


def _hint(scene, percent):
    return scene.rng.choice(HINTS).format(percent)


@situation(share=2.2)
def discount(scene):
    """Less the discount, within its days."""
    partner = scene.partner("company")
    invoice = _discounted(scene, partner)
    off = invoice.discount.amount
    amount = invoice.residual + off
    core = scene.quoting(invoice.number, partner) + _hint(scene, invoice.discount.percent)
    text = scene.say(core, partner, amount, keep=[invoice.number])
    return scene.received(partner, amount, text).settles(invoice, discount=off)


@situation(share=0.7)
def discount_on_several(scene):
    """Several invoices less their discounts; perhaps one whose days are over, paid in full."""
    partner = scene.partner("company")
    invoices = [_discounted(scene, partner) for _ in range(scene.rng.choice((2, 2, 3)))]
    off = sum(invoice.discount.amount for invoice in invoices)
    if scene.chance(0.25):
        invoices.append(_discounted(scene, partner, late=scene.rng.randrange(3, 20)))
    numbers = [invoice.number for invoice in invoices]
    amount = sum(invoice.residual for invoice in invoices) + off
    core = scene.quoting(writing.listed(scene.rng, numbers), partner)
    core += _hint(scene, invoices[0].discount.percent)
    text = scene.say(core, partner, amount, keep=numbers)
    return scene.received(partner, amount, text).settles(*invoices, discount=off)


@situation(share=0.4)
def discount_late(scene):
    """Taken one to four days too late: to be granted or claimed back by a person."""
    partner = scene.partner("company")
    invoice = _discounted(scene, partner, late=scene.rng.choice((1, 1, 2, 3, 4)))
    off = invoice.discount.amount
    amount = invoice.residual + off
    core = scene.quoting(invoice.number, partner) + _hint(scene, invoice.discount.percent)
    text = scene.say(core, partner, amount, keep=[invoice.number])
    draft = scene.received(partner, amount, text).settles(invoice, discount=off)
    return draft.undecidable((invoice,))


@situation(share=0.8)
def bill_discount(scene):
    """We pay a supplier less the discount."""
    partner = scene.partner("supplier")
    percent, days = scene.rng.choice(TERMS)
    amount = scene.amount(partner)
    issued = scene.earlier(1, days)
    terms = scene.discount(-amount, issued, percent, days)
    bill = scene.bill(partner, amount, date=issued, discount=terms)
    number = bill.other_numbers[0]
    text = scene.quoting(number, partner, words.BILL_WORDS) + _hint(scene, percent)
    paid = bill.residual + terms.amount
    return scene.sent(partner, paid, text).settles(bill, discount=terms.amount)
