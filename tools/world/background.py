"""What is in the books and nobody pays: open items that stay open, and settled history."""

from .books import Books
from .rates import Rates
from .scene import TERMS, Scene


def never_paid(books: Books, rates: Rates, total: int) -> None:
    """Fill up to so many open items, with what nobody of this world pays."""
    count = sum(document.kind != "settled" for document in books.documents)
    scene = Scene(books, rates, f"{books.seed}:never paid:{count}")
    for _ in range(count, total):
        scene.begin()
        _left_open(scene)


def _left_open(scene: Scene) -> None:
    dice = scene.rng.random()
    if dice < 0.10:
        scene.bill(scene.partner("supplier"))
    elif dice < 0.13:
        scene.order(scene.partner("person"))
    elif dice < 0.15:
        partner = scene.customer()
        scene.refund(partner, scene.amount(partner))
    elif dice < 0.25:
        partner = scene.partner("company")
        amount, issued = scene.amount(partner), scene.earlier(2, 20)
        terms = scene.discount(amount, issued, *scene.rng.choice(TERMS))
        scene.invoice(partner, amount, date=issued, discount=terms)
    else:
        scene.invoice(scene.customer(), date=scene.earlier(2, 80))


def history(books: Books, rates: Rates, count: int) -> None:
    """Paid invoices and collected direct debits that nobody returns."""
    scene = Scene(books, rates, f"{books.seed}:history")
    for _ in range(count):
        scene.begin()
        partner = scene.customer()
        number = scene.invoice_number()
        e2e = (scene.end_to_end(), partner.mandate) if partner.mandate else ()
        scene.settled(partner, number, -scene.amount(partner), other_numbers=e2e)
