"""Money in with nothing quoted: who pays, and an amount that is open only once."""

from ..registry import situation


@situation(share=3, sensitive=True)
def account_and_amount(scene):
    """A registered account, and an amount that only one open item has."""
    partner = scene.customer(scene.registered)
    invoice = scene.invoice(partner, scene.amount(partner, alone=True))
    scene.books.reserve(partner, invoice.residual)
    text = scene.vague() or scene.written(partner)
    return scene.received(partner, invoice.residual, text).settles(invoice)


@situation(share=2, sensitive=True)
def name_and_amount(scene):
    """An unknown account; the name in some writing, and an amount that is open only once."""
    partner = scene.customer()
    invoice = scene.invoice(partner, scene.amount(partner, alone=True))
    scene.books.reserve(partner, invoice.residual)
    fields = {"name": scene.written(partner, strict=True), "iban": scene.new_iban()}
    return scene.received(partner, invoice.residual, scene.vague(), **fields).settles(invoice)


@situation(share=0.3, sensitive=True)
def number_short(scene):
    """Only the last digits of the number, from a registered account with the exact amount."""
    partner = scene.partner("company", scene.registered)
    invoice = scene.invoice(partner, scene.amount(partner, alone=True))
    scene.books.reserve(partner, invoice.residual)
    short = invoice.number.rpartition("/")[2].lstrip("0")
    text = scene.rng.choice(("RG {}", "Rechnung Nr. {}", "Re {}", "{}")).format(short)
    return scene.received(partner, invoice.residual, text).settles(invoice)
