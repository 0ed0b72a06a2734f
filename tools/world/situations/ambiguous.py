"""Nobody but a person: more than one reading, each as good as the other."""

from decimal import Decimal

from .. import names
from ..money import cents
from ..registry import situation


def _lone(scene, kind="company"):
    """A customer with an amount of its own, and the amount reserved."""
    partner = scene.partner(kind, scene.registered)
    amount = scene.amount(partner, alone=True)
    scene.books.reserve(partner, amount)
    return partner, amount


@situation(share=0.35, sensitive=True)
def twin_partners(scene):
    """Two customers of one name owe the same, and nothing tells which one paid."""
    one, amount = _lone(scene, "person")
    other = scene.books.add_partner(scene.rng, "person", one.name)
    offers = [(scene.invoice(partner, amount),) for partner in (one, other)]
    for partner in (one, other):
        scene.books.close(partner)
    name = names.on_statement(scene.rng, one.name, "person", strict=True)
    fields = {"name": name, "iban": scene.new_iban()}
    return scene.received(one, amount, scene.vague(), **fields).undecidable(*offers)


@situation(share=0.7, sensitive=True)
def subscription(scene):
    """Two open invoices of the same amount, and no number."""
    partner, amount = _lone(scene, scene.rng.choice(("company", "person")))
    invoices = [
        scene.invoice(partner, amount, date=scene.earlier(*ages))
        for ages in ((5, 20), (36, 50), (66, 80))[: scene.rng.choice((2, 2, 3))]
    ]
    scene.books.close(partner)
    draft = scene.received(partner, amount, scene.rng.choice(("Abo", "Servicepauschale", "")))
    return draft.undecidable(*((invoice,) for invoice in invoices))


@situation(share=0.45, sensitive=True)
def paid_before(scene):
    """The quoted invoice is paid; another one of the same amount is open. Again, or the next?"""
    partner, amount = _lone(scene)
    number = scene.invoice_number()
    scene.settled(partner, number, -amount)
    invoice = scene.invoice(partner, amount)
    scene.books.close(partner)
    text = scene.say(scene.quoting(number, partner), partner, amount, keep=[number])
    return scene.received(partner, amount, text).undecidable((invoice,))


@situation(share=0.3, sensitive=True)
def contradiction(scene):
    """One customer's number, another one's amount, a third one's account."""
    partner, amount = _lone(scene)
    near = [partner.id]
    quoted = scene.partner("company", lambda one: _apart(scene, one, near, amount))
    near.append(quoted.id)
    payer = scene.partner(
        "company", lambda one: scene.registered(one) and _apart(scene, one, near, amount)
    )
    scene.books.reserve(payer, amount)
    first = scene.invoice(quoted, _other_amount(scene, quoted, amount))
    second = scene.invoice(partner, amount)
    third = scene.invoice(payer, _other_amount(scene, payer, amount))
    text = scene.say(scene.quoting(first.number, payer), payer, amount, keep=[first.number])
    return scene.received(payer, amount, text).undecidable((first,), (second,), (third,))


def _apart(scene, partner, others, amount):
    """Whether this is none of the others, and nobody who could be confused owes the amount."""
    near = scene.books.rivals(partner)
    owed = (item.residual for id in near for item in scene.books.open_of[id])
    return amount not in owed and not set(near) & set(others)


def _other_amount(scene, partner, amount):
    """So far off that it is no partial payment's or discount's doing."""
    other = scene.amount(partner, alone=True)
    while abs(other - amount) < amount / 3:
        other = scene.amount(partner, alone=True)
    return other


@situation(share=0.4, sensitive=True)
def short_without_number(scene):
    """About a third too little, and nothing quoted."""
    partner = scene.partner("company", scene.distinct)
    invoice = scene.invoice(partner, scene.amount(partner, alone=True, least=40))
    share = Decimal(scene.rng.randrange(62, 74)) / 100
    amount = cents(invoice.residual * share)
    while scene.books.subsets(partner, amount):
        amount -= Decimal("0.37")
    scene.books.close(partner)
    scene.books.reserve(partner, amount)
    draft = scene.received(partner, amount, scene.vague()).pays(invoice, amount)
    return draft.undecidable((invoice,))


@situation(share=0.5, makes=2)
def paid_twice(scene):
    """The same invoice paid twice within these days; one of the two is right."""
    partner = scene.customer()
    invoice = scene.invoice(partner)
    drafts = [_copy(scene, partner, invoice) for _ in range(2)]
    drafts.sort(key=lambda draft: draft.date)
    first, second = drafts
    first.settles(invoice).note = "either"
    second.undecidable((invoice,), note="either")
    return first, second


def _copy(scene, partner, invoice):
    text = scene.quoting(invoice.number, partner)
    text = scene.say(text, partner, invoice.residual, keep=[invoice.number])
    draft = scene.received(partner, invoice.residual, text)
    scene.begin()
    return draft
