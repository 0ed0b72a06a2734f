"""From a seed to a world: partners, situations, what is never paid, and then ids for all."""

from random import Random

from . import background
from .books import TODAY, Books, numbered_anew, populate, renamed
from .drafts import Draft
from .rates import Rates
from .registry import all_situations, quotas
from .scene import Scene
from .types import World

NEVER_PAID = 0.15
"""Share of the open items, at least."""


def build(
    seed: int = 20260, partners: int = 5_000, documents: int = 20_000, payments: int = 20_000
) -> World:
    """The world of this seed: exactly so many payments, at least as many of the others."""
    books = Books(seed, documents)
    rates = Rates(Random(f"{seed}:rates"), TODAY)
    populate(books, Random(f"{seed}:partners"), partners)
    drafts = play(books, rates, payments)
    paid = len(books.spent)
    background.never_paid(books, rates, max(documents, round(paid / (1 - NEVER_PAID))))
    background.history(books, rates, documents // 20)
    return published(books, rates, drafts)


def play(books: Books, rates: Rates, payments: int) -> list[Draft]:
    """Every situation as often as its share says; those that need uniqueness come last."""
    found = all_situations()
    counts = quotas(found, payments)
    drafts: list[Draft] = []
    for sensitive in (False, True):
        for situation in found:
            if situation.sensitive == sensitive:
                drafts += _played(books, rates, situation, counts[situation.name])
        if not sensitive:
            background.never_paid(books, rates, len(_open(books)) * 112 // 100)
    return drafts


def _played(books: Books, rates: Rates, situation, count: int) -> list[Draft]:
    scene = Scene(books, rates, f"{books.seed}:{situation.name}")
    drafts: list[Draft] = []
    while len(drafts) < count:
        scene.begin()
        made = situation.play(scene)
        made = made if isinstance(made, tuple) else (made,)
        for draft in made:
            draft.situation = situation.name
            books.spent.update(document.id for document, _ in draft.settled)
        drafts += made
    return drafts


def _open(books: Books) -> list:
    return [document for document in books.documents if document.kind != "settled"]


def published(books: Books, rates: Rates, drafts: list[Draft]) -> World:
    """Shuffle, give the final ids, and freeze."""
    rng = Random(f"{books.seed}:order")
    order = list(range(len(books.documents)))
    rng.shuffle(order)
    ids = numbered_anew(books.documents, order)
    rng.shuffle(drafts)
    drafts.sort(key=lambda draft: draft.date)
    numbers = {id(draft): f"P{place + 1:06d}" for place, draft in enumerate(drafts)}
    return World(
        tuple(books.partners),
        tuple(renamed(books.documents[old], ids) for old in order),
        tuple(draft.payment(numbers[id(draft)]) for draft in drafts),
        tuple(draft.truth(numbers[id(draft)], ids, numbers) for draft in drafts),
        tuple(rates),
        books.own_accounts,
        TODAY,
    )
