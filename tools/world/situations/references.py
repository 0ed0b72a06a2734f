"""Money in with a structured reference, or with the customer's number."""

from .. import words
from ..registry import situation
from ..text import digits


@situation(share=2.2)
def structured_reference(scene):
    """RF, Swiss QR, Belgian, Finnish, Norwegian: in its field, or typed into the text."""
    country = scene.rng.choice(("CH", "BE", "FI", "NO", "DE", "DE", "NL", "AT"))
    partner = scene.abroad(country)
    number = scene.invoice_number()
    amount = scene.amount(partner)
    invoice = scene.books.add(
        "invoice",
        partner,
        number,
        date=scene.earlier(5, 40),
        due_date=None,
        total=amount,
        residual=amount,
        reference=scene.structured(partner, number),
    )
    reference, text = invoice.reference, ""
    if scene.chance(0.4):
        reference, text = None, _typed(scene, invoice.reference)
    elif scene.chance(0.3):
        text = scene.vague()
    return scene.received(partner, amount, text, reference=reference).settles(invoice)


def _typed(scene, reference):
    """As printed on the slip, in groups, or bare."""
    if reference.startswith("+++"):
        return scene.rng.choice((reference, digits(reference), reference.replace("+", "*")))
    grouped = " ".join(reference[start : start + 4] for start in range(0, len(reference), 4))
    return scene.rng.choice((reference, grouped, f"Ref. {grouped}", f"REF {reference}"))


@situation(share=1.6, sensitive=True)
def customer_number(scene):
    """The customer's number and an amount that only one open item of this customer has."""
    partner = scene.customer(lambda partner: bool(partner.number))
    invoice = scene.invoice(partner, scene.amount(partner, alone=True))
    scene.books.reserve(partner, invoice.residual)
    pattern = scene.rng.choice(words.CUSTOMER_WORDS)
    text = f"{pattern.format(partner.number)} {scene.vague()}".strip()
    fields = {} if scene.chance(0.6) else {"iban": scene.new_iban()}
    return scene.received(partner, invoice.residual, text, **fields).settles(invoice)
