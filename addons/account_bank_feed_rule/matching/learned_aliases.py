"""Whose account is it, and who is called so? Learned from whose payments they turned out to be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache

from .conditions import Condition
from .learned import LEAST_SUPPORT, ONE_IN, History, Known, Proposal, propose
from .names import plain, read_name
from .normalise import compact, words
from .phrases import (
    Texts,
    as_written,
    is_generic,
    is_telling,
    phrases,
    runs,
    telling_words,
    words_of,
)
from .types import Id

MOST_OWNERS = 3
"""An account of more partners than this is a provider's, not theirs."""
SAME_NAME = 95
"""From this similarity on a name is known as it is."""
_COMMON = 5
"""A word that one partner in so many has in the text is no part of anybody's name."""
_PROVIDER_WORDS = """
    PAYPAL STRIPE KLARNA ADYEN MOLLIE SUMUP ZETTLE IZETTLE AMAZON EBAY PAYONE WORLDLINE WORLDPAY
    NEXI CONCARDIS UNZER RATEPAY BILLIE MONDU PAYDIREKT GIROPAY SOFORT SOFORTÜBERWEISUNG WISE
    REVOLUT SHOPIFY CHECKOUT GOCARDLESS RAPYD SQUARE TWINT DATATRANS WALLEE SAFERPAY VIVAWALLET
    BRAINTREE AFTERPAY RIVERTY SKRILL PAYSAFE FONDY ETSY
"""
PROVIDERS = frozenset(map(plain, _PROVIDER_WORDS.split()))
"""Who pays for a hundred customers from one account."""


def propose_ibans(history: Sequence[History], known: Known) -> Iterator[Proposal]:
    """Accounts that only one partner pays from, beside the partners that they belong to."""
    for iban, entries in _by(history, _iban).items():
        if known.directory.own_account(iban) is not None:
            continue
        owners = known.directory.partners_of(iban)
        strangers = {one.partner_id for one in entries} - owners
        if len(strangers) != 1 or len(strangers | owners) > MOST_OWNERS:
            continue
        (partner,) = strangers
        examples = [one for one in entries if one.by_hand and one.partner_id == partner]
        if len(examples) < LEAST_SUPPORT["iban"] or _is_through_provider(examples, partner, known):
            continue
        counters = [one for one in entries if one.partner_id != partner]
        yield propose("iban", Condition("iban", "equals", iban), partner, examples, counters)


def propose_names(
    history: Sequence[History], known: Known, explained: Collection[Id]
) -> Iterator[Proposal]:
    """Counterparty names that are one partner's.

    :param explained: ids of payments that another proposal is made for
    """
    for entries in _by(history, _name).values():
        examples_of = defaultdict(list)
        for one in entries:
            if one.by_hand and _is_unexplained(one, known, explained):
                examples_of[one.partner_id].append(one)
        for partner, examples in examples_of.items():
            counters = [one for one in entries if one.partner_id != partner]
            if len(examples) < LEAST_SUPPORT["name"] or ONE_IN * len(counters) > len(entries):
                continue
            name = _usual(one.payment.name for one in examples)
            if not _is_known_name(known.directory.named(name)):
                condition = Condition("name", "equals", name)
                yield propose("name", condition, partner, examples, counters)


def propose_names_in_texts(
    history: Sequence[History], known: Known, explained: Collection[Id]
) -> Iterator[Proposal]:
    """Who pays behind a provider, or without account and name: two words or more of the text."""
    nameless = _nameless(history)
    folded = {one.payment.id: words(one.payment.text) for one in nameless}
    examples_of = defaultdict(list)
    for one in nameless:
        if one.by_hand and _is_unexplained(one, known, explained):
            examples_of[one.partner_id].append(one)
    crowded = {p: some for p, some in examples_of.items() if len(some) >= LEAST_SUPPORT["name"]}
    if not crowded:
        return
    common = _common_words(nameless, folded)
    texts = Texts(list(folded.values()))
    for partner, examples in crowded.items():
        phrase, supporting = _shared_name(examples, folded, common)
        if not phrase:
            continue
        holding = [nameless[place] for place in texts.containing(phrase)]
        counters = [one for one in holding if one.partner_id != partner]
        name = as_written(phrase, supporting[-1].payment.text)
        known_names = known.directory.names.find_in_text(name)
        if ONE_IN * len(counters) <= len(holding) and not _is_known_name(known_names):
            condition = Condition("text", "contains", name)
            yield propose("name", condition, partner, supporting, counters)


def _iban(entry: History) -> str:
    return compact(entry.payment.iban) if entry.payment.iban else ""


def _name(entry: History) -> str:
    """How the counterparty is called; empty for a bank's own words and for a provider."""
    return _nameable(entry.payment.name) if entry.payment.name else ""


@lru_cache(maxsize=4096)
def _nameable(name: str) -> str:
    parts = read_name(name)[0]
    tells = any(len(word) > 2 and word.isalpha() and is_telling(word) for word in parts)
    return " ".join(sorted(parts)) if tells and PROVIDERS.isdisjoint(parts) else ""


@lru_cache(maxsize=4096)
def _is_provider(name: str) -> bool:
    return not PROVIDERS.isdisjoint(read_name(name)[0])


def _by(history: Iterable[History], key) -> dict[str, list[History]]:
    """Payments of known partners by what they share; batch bookings are of many at once."""
    found = defaultdict(list)
    for one in history:
        if one.partner_id is not None and not one.payment.details and (value := key(one)):
            found[value].append(one)
    return found


def _is_through_provider(examples: list[History], partner: Id, known: Known) -> bool:
    if _is_provider(known.directory.name_of(partner)):
        return False
    return any(one.payment.name and _is_provider(one.payment.name) for one in examples)


def _is_unexplained(one: History, known: Known, explained: Collection[Id]) -> bool:
    """Whether neither its account tells the partner, nor another proposal is made for it."""
    is_owner = one.partner_id in known.directory.partners_of(one.payment.iban)
    return not is_owner and one.payment.id not in explained


def _is_known_name(matches) -> bool:
    """Whether it is somebody's name already; another partner's, it must not become this one's."""
    return any(match.similarity >= SAME_NAME for match in matches)


def _usual(spellings: Iterable[str]) -> str:
    """The most frequent spelling, of equals the first in the alphabet."""
    counts = defaultdict(int)
    for spelling in spellings:
        counts[" ".join(spelling.split())] += 1
    return min(counts, key=lambda spelling: (-counts[spelling], spelling))


def _nameless(history: Sequence[History]) -> list[History]:
    """Payments whose account and name, if they have any, are those of several partners."""
    partners = {key: _partners_of(_by(history, key)) for key in (_iban, _name)}
    return [
        one
        for one in history
        if one.partner_id is not None
        and one.payment.text
        and not one.payment.details
        and all(partners[key].get(key(one), 2) > 1 for key in partners)
    ]


def _partners_of(groups: dict[str, list[History]]) -> dict[str, int]:
    return {value: len({one.partner_id for one in some}) for value, some in groups.items()}


def _common_words(nameless: list[History], folded: dict[Id, str]) -> set[str]:
    """Words that several partners have in the text, such as the shop's own name."""
    having = defaultdict(set)
    for one in nameless:
        for word in telling_words(runs(folded[one.payment.id])):
            having[word].add(one.partner_id)
    everyone = len({one.partner_id for one in nameless})
    return {w for w, some in having.items() if len(some) > 1 and _COMMON * len(some) > everyone}


def _shared_name(examples, folded: dict[Id, str], common: set[str]) -> tuple[str, list[History]]:
    """The longest phrase that as many as possible of these have in common, and those."""
    having = defaultdict(list)
    for one in examples:
        text = folded[one.payment.id]
        parted = runs(text)
        for phrase in phrases(text, parted, telling_words(parted) - common, least=2):
            if not common.intersection(words_of(phrase)) and _reads_as_name(phrase):
                having[phrase].append(one)
    most = max(map(len, having.values()), default=0)
    if most < LEAST_SUPPORT["name"]:
        return "", []
    phrase = min(
        (phrase for phrase, some in having.items() if len(some) == most),
        key=lambda phrase: (-len(words_of(phrase)), phrase),
    )
    return phrase, having[phrase]


@lru_cache(maxsize=65536)
def _reads_as_name(phrase: str) -> bool:
    """Whether as many as two words could be somebody's, and none is a bank's."""
    return not any(map(is_generic, words_of(phrase))) and len(read_name(phrase)[0]) > 1
