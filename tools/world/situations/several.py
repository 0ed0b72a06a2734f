"""Money in for several documents at once."""

from .. import words, writing
from ..registry import situation
from ..text import parts


@situation(share=2.8)
def several_numbers(scene):
    """A business customer lists every invoice in full."""
    partner = scene.partner("company")
    invoices = [scene.invoice(partner) for _ in range(scene.rng.choice((2, 2, 2, 3, 3, 4, 5)))]
    numbers = [invoice.number for invoice in invoices]
    total = sum(invoice.residual for invoice in invoices)
    core = scene.quoting(writing.listed(scene.rng, numbers), partner)
    return scene.received(partner, total, scene.say(core, partner, total, keep=numbers)).settles(
        *invoices
    )


@situation(share=1)
def abbreviated_list(scene):
    """Of the further numbers only the last digits: ``RE 2026/0042, 43, 44``."""
    partner = scene.partner("company")
    invoices = _neighbours(scene, partner, scene.rng.choice((2, 2, 3, 3, 4)))
    numbers = [invoice.number for invoice in invoices]
    if scene.chance(0.4):
        numbers = ["/".join(parts(number)[1:]) for number in numbers]
    total = sum(invoice.residual for invoice in invoices)
    text = scene.quoting(writing.abbreviated(scene.rng, numbers), partner)
    return scene.received(partner, total, text).settles(*invoices)


def _neighbours(scene, partner, count):
    """Invoices whose numbers follow each other closely, as of one month to one customer."""
    start = scene.books.sequence("monthly") * 10 + 300_000
    found = []
    for step in range(count):
        number = f"INV/2026/{start + step * scene.rng.choice((1, 1, 2)):06d}"
        if number not in scene.books.numbers:
            found.append(_numbered(scene, partner, number))
    return found


def _numbered(scene, partner, number):
    amount, issued = scene.amount(partner), scene.earlier(5, 40)
    return scene.books.add(
        "invoice", partner, number, date=issued, due_date=None, total=amount, residual=amount
    )


@situation(share=0.7)
def credit_netted(scene):
    """Invoices less a credit note; the credit note is quoted, or only named as such."""
    partner = scene.partner("company", scene.registered)
    invoices = [scene.invoice(partner) for _ in range(scene.rng.choice((1, 1, 2, 3)))]
    least = min(invoice.residual for invoice in invoices)
    refund = scene.refund(partner, (least * scene.rng.randrange(5, 60) / 100).quantize(least))
    numbers = [invoice.number for invoice in invoices]
    listed = writing.listed(scene.rng, numbers)
    less = scene.rng.choice((" abzgl. GS {}", " ./. Gutschrift {}", " - {}", ", {}")).format(
        refund.number
    )
    total = sum(invoice.residual for invoice in invoices) + refund.residual
    text = scene.quoting(listed + less, partner)
    return scene.received(partner, total, text).settles(*invoices, refund)


@situation(share=0.8, sensitive=True)
def only_subset(scene):
    """No number, but exactly one choice of the partner's open items makes the amount."""
    chosen = None
    while not chosen:
        partner = scene.partner("company", scene.distinct)
        for _ in range(scene.rng.choice((3, 4, 4, 5, 6))):
            scene.invoice(partner, scene.amount(partner, alone=True))
        chosen = _only_choice(scene, partner)
    scene.books.close(partner)
    total = sum(item.residual for item in chosen)
    text = _without_numbers(scene)
    return scene.received(partner, total, text, date=_late_enough(scene, chosen)).settles(*chosen)


def _only_choice(scene, partner):
    """Two or three of the unpaid invoices that no other items add up to; none if not found soon."""
    items = scene.books.open_of[partner.id]
    usable = [one for one in items if one.kind == "invoice" and one.currency == "EUR"]
    usable = [one for one in usable if one.id not in scene.books.spent]
    for _ in range(10):
        chosen = scene.rng.sample(usable, scene.rng.choice((2, 2, 3)))
        if scene.books.is_only_set(partner, sum(item.residual for item in chosen)):
            return chosen
    return None


def _late_enough(scene, items):
    """Nobody pays what is not written yet."""
    return max(scene.day, *(item.date for item in items))


def _without_numbers(scene):
    return scene.rng.choice(
        ("Rechnungen Oktober", "lt. Avis", "Sammelzahlung", "diverse Rechnungen", scene.vague())
    )


@situation(share=0.6, sensitive=True)
def all_open(scene):
    """Everything that is open, credit notes included, and no number."""
    total = None
    while not total:
        partner = scene.partner("company", scene.unused)
        for _ in range(scene.rng.choice((2, 2, 3, 4))):
            scene.invoice(partner, scene.amount(partner, alone=True))
        items = scene.books.open_of[partner.id]
        total = sum(item.residual for item in items)
        if total < 0 or not scene.books.is_only_set(partner, total):
            total = None
    scene.books.close(partner)
    text = scene.rng.choice(
        ("Kontoausgleich", "Ausgleich aller Rechnungen", "Saldo", scene.vague())
    )
    return scene.received(partner, total, text, date=_late_enough(scene, items)).settles(*items)


@situation(share=0.4)
def orders_together(scene):
    """A consumer pays two orders of the webshop in one transfer."""
    partner = scene.partner("person")
    invoices = [scene.invoice(partner), scene.invoice(partner)]
    orders = [invoice.other_numbers[0] for invoice in invoices]
    total = sum(invoice.residual for invoice in invoices)
    core = scene.quoting(writing.listed(scene.rng, orders), partner, words.ORDER_WORDS)
    return scene.received(partner, total, scene.say(core, partner, total, keep=orders)).settles(
        *invoices
    )
