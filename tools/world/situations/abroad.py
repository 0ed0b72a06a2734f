"""Charges deducted on the way, and invoices in another currency."""

from decimal import Decimal

from .. import words
from ..money import cents
from ..registry import situation

OUTSIDE = tuple(words.CURRENCIES)
"""Countries that pay in another currency, or with charges."""

CHARGES = tuple(Decimal(amount) for amount in ("5.00", "7.50", "10.00", "12.50", "15.00", "20.00"))
LEAST = 250
"""EUR: below it nobody pays across a border with charges."""


def _sizeable(scene, partner):
    return scene.amount(partner, least=LEAST)


def _in_currency(scene, partner, currency):
    """A sizeable amount in the customer's own currency."""
    return scene.amount(partner, least=LEAST, times=int(scene.rates.today(currency)) or 1)


@situation(share=0.5)
def charges_known(scene):
    """A bank on the way deducted charges, and the statement says how much."""
    partner = scene.abroad(*OUTSIDE)
    invoice = scene.invoice(partner, _sizeable(scene, partner))
    charges = scene.rng.choice(CHARGES)
    amount = invoice.residual - charges
    text = scene.say(scene.quoting(invoice.number, partner), partner, amount, [invoice.number])
    fields = {"charges": charges, "original_currency": "EUR", "original_amount": invoice.residual}
    if scene.chance(0.3):
        fields = {"charges": None}
        text += f" /OCMT/EUR{invoice.residual}/CHGS/EUR{charges}"
    return scene.received(partner, amount, text, **fields).settles(invoice, charges=-charges)


@situation(share=0.4)
def charges_unknown(scene):
    """The same, and the statement says nothing."""
    partner = scene.abroad(*OUTSIDE)
    invoice = scene.invoice(partner, _sizeable(scene, partner))
    charges = scene.rng.choice(CHARGES)
    amount = invoice.residual - charges
    text = scene.say(scene.quoting(invoice.number, partner), partner, amount, [invoice.number])
    text += scene.rng.choice(("", " OUR BANK CHARGES DEDUCTED", " CHARGES SHA", " BEN"))
    draft = scene.received(partner, amount, text).settles(invoice, charges=-charges)
    draft.note = "or_partial"
    return draft


def _converted(scene, document):
    """What the bank makes of it on the day, at its own rate; and the difference to the books."""
    residual, currency = document.residual, document.currency
    booked = scene.rates.in_euro(residual, currency, document.date)
    market = scene.rates.in_euro(residual, currency, scene.day)
    amount = cents(market * (1 + Decimal(scene.rng.randrange(-60, 20)) / 10_000))
    return amount, amount - booked


@situation(share=0.9)
def foreign_currency(scene):
    """An invoice in the customer's currency arrives in EUR."""
    partner = scene.abroad(*OUTSIDE)
    currency = words.CURRENCIES[scene.country(partner)]
    invoice = scene.invoice(partner, _in_currency(scene, partner, currency), currency=currency)
    amount, exchange = _converted(scene, invoice)
    text = scene.say(scene.quoting(invoice.number, partner), partner, amount, [invoice.number])
    fields = {"original_amount": invoice.residual, "original_currency": currency}
    return scene.received(partner, amount, text, **fields).settles(invoice, exchange=exchange)


@situation(share=0.4)
def foreign_bill(scene):
    """We pay a bill in the supplier's currency out of a EUR account."""
    partner = scene.partner("supplier", lambda one: scene.country(one) in words.CURRENCIES)
    currency = words.CURRENCIES[scene.country(partner)]
    bill = scene.bill(partner, _in_currency(scene, partner, currency), currency=currency)
    amount, exchange = _converted(scene, bill)
    text = scene.quoting(bill.other_numbers[0], partner, words.BILL_WORDS)
    fields = {"original_amount": bill.residual, "original_currency": currency}
    return scene.sent(partner, amount, text, **fields).settles(bill, exchange=exchange)
