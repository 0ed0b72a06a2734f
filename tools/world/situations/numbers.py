"""Money in, with the number of one document, written well or badly."""

from .. import words, writing
from ..registry import situation
from ..text import wrapped


@situation(share=17)
def exact_number(scene):
    """A business customer quotes the invoice as it is printed."""
    partner = scene.partner("company")
    invoice = scene.invoice(partner)
    text = scene.quoting(invoice.number, partner)
    text = scene.say(text, partner, invoice.residual, keep=[invoice.number])
    if scene.chance(0.04):  # some programs put the number into the field for references
        fields = {"reference": invoice.number}
        return scene.received(partner, invoice.residual, invoice.number, **fields).settles(invoice)
    return scene.received(partner, invoice.residual, text).settles(invoice)


@situation(share=12)
def webshop_invoice(scene):
    """A consumer quotes the order or the invoice of the webshop."""
    partner = scene.partner("person")
    invoice = scene.invoice(partner)
    if scene.chance(0.6):
        number, patterns = invoice.other_numbers[0], words.ORDER_WORDS
    else:
        number, patterns = invoice.number, words.INVOICE_WORDS
    text = scene.quoting(number, partner, patterns)
    text = scene.say(text, partner, invoice.residual, keep=[number])
    return scene.received(partner, invoice.residual, text).settles(invoice)


@situation(share=4)
def number_and_order(scene):
    """Invoice and order number together."""
    partner = scene.partner("person")
    invoice = scene.invoice(partner)
    both = [invoice.number, invoice.other_numbers[0]]
    text = scene.rng.choice(("{} {}", "Rechnung {} Bestellung {}", "{}, Order {}", "{}/{}"))
    text = scene.say(text.format(*both), partner, invoice.residual, keep=both)
    return scene.received(partner, invoice.residual, text).settles(invoice)


@situation(share=2)
def order_not_invoiced(scene):
    """Paid in advance: the webshop's order has no invoice yet."""
    partner = scene.partner("person")
    order = scene.order(partner)
    text = scene.quoting(order.number, partner, words.ORDER_WORDS)
    text = scene.say(text, partner, order.residual, keep=[order.number])
    return scene.received(partner, order.residual, text).settles(order)


@situation(share=6)
def number_reformatted(scene):
    """No separators or others, lower case, no prefix, leading zeros dropped."""
    partner = scene.customer()
    invoice = scene.invoice(partner)
    number = writing.reformatted(scene.rng, invoice.number)
    text = scene.say(scene.quoting(number, partner), partner, invoice.residual, keep=[number])
    return scene.received(partner, invoice.residual, text).settles(invoice)


@situation(share=2.5)
def number_wrapped(scene):
    """A statement's fixed lines break the number in two."""
    partner = scene.customer()
    invoice = scene.invoice(partner)
    number = invoice.number
    if scene.chance(0.4):
        text = scene.quoting(writing.broken(scene.rng, number), partner)
    else:
        lead = scene.rng.choice(("Kundennummer {} Rechnung", "Rechnung v. Oktober, {} Nr", "{}"))
        lead = lead.format(partner.number or scene.written(partner))
        lead = lead[-27:].rjust(27 - scene.rng.randrange(3, len(number) - 2), ".")[:24]
        text = wrapped(f"{lead} {number} Danke", glue=scene.rng.choice((" ", "\n")))
    return scene.received(partner, invoice.residual, text).settles(invoice)


@situation(share=1, sensitive=True)
def number_truncated(scene):
    """The field was too short for the number; account and amount agree with one item only."""
    partner = scene.customer(scene.registered)
    invoice = scene.invoice(partner, scene.amount(partner, alone=True))
    scene.books.reserve(partner, invoice.residual)
    lead = scene.rng.choice(("Rechnung", "Begleichung Ihrer Rechnung", "Zahlung RG"))
    text = f"{lead} {writing.cut(scene.rng, invoice.number)}"
    return scene.received(partner, invoice.residual, text).settles(invoice)


@situation(share=1.5, sensitive=True)
def number_mistyped(scene):
    """A digit is wrong; account and amount agree with one item only."""
    partner = scene.customer(scene.registered)
    invoice = scene.invoice(partner, scene.amount(partner, alone=True))
    scene.books.reserve(partner, invoice.residual)
    number = writing.mistyped(scene.rng, invoice.number)
    while number in scene.books.numbers:
        number = writing.mistyped(scene.rng, invoice.number)
    scene.books.numbers.add(number)
    text = scene.say(scene.quoting(number, partner), partner, invoice.residual, keep=[number])
    return scene.received(partner, invoice.residual, text).settles(invoice)


@situation(share=0.4)
def paid_and_open(scene):
    """Two numbers; the first was paid long since, and the amount is the other's."""
    partner = scene.partner("company", scene.registered)
    invoice = scene.invoice(partner)
    paid = scene.settled(partner, scene.invoice_number(), -scene.amount(partner))
    while abs(paid.residual) == invoice.residual:
        paid = scene.settled(partner, scene.invoice_number(), -scene.amount(partner))
    both = writing.listed(scene.rng, [paid.number, invoice.number])
    text = scene.rng.choice(("{}", "Rechnungen {}", "Re {} (erste schon bezahlt)")).format(both)
    return scene.received(partner, invoice.residual, text).settles(invoice)


@situation(share=1.5)
def other_payer(scene):
    """The spouse, the parent company or a payment service pays, quoting number and amount."""
    partner = scene.customer()
    invoice = scene.invoice(partner)
    name, text = _who_pays(scene, partner)
    quoted = f"{text} {scene.quoting(invoice.number, partner)}".strip()
    text = scene.say(quoted, partner, invoice.residual, keep=[invoice.number])
    fields = {"name": name, "iban": scene.new_iban()}
    return scene.received(partner, invoice.residual, text, **fields).settles(invoice)


def _who_pays(scene, partner):
    """Name on the statement, and what the text says of it."""
    if scene.chance(0.3):
        services = ("PayPal Europe S.a.r.l. et Cie S.C.A", "Sofort GmbH", "Trustly Group AB")
        return scene.rng.choice(services), f"im Auftrag von {partner.name}"
    if partner.kind == "person":
        surname = partner.name.partition(" ")[2]
        first = scene.rng.choice(words.FIRST_NAMES)
        other = scene.rng.choice((surname, surname, scene.rng.choice(words.SURNAMES)))
        return f"{first} {other}", scene.rng.choice(("", f"für {partner.name}"))
    brand = scene.rng.choice(words.BRANDS)
    return f"{brand} Holding GmbH", scene.rng.choice(("", f"i.A. {partner.name}"))
