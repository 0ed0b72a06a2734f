"""What tills, card terminals and payment providers owe us, by day; and what a payout says.

Plain helpers for the strategies of payouts and cash deposits. A *day* holds what one source
(a shop's till, a terminal, a merchant account) took on one date; a *run* is some days in a row.
"""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache

from . import references
from .index import ItemIndex
from .normalise import fold
from .types import ZERO, Date, Id, OpenItem

LONGEST_RUN = 31
OLDEST_DAY = datetime.timedelta(40)
"""Providers pay out monthly at the least, some days later."""

PROVIDERS = {
    "PayPal": r"PAYPAL|PP",
    "Stripe": r"STRIPE",
    "Adyen": r"ADYEN",
    "Klarna": r"KLARNA|SOFORT GMBH",
    "Mollie": r"MOLLIE",
    "SumUp": r"SUM ?UP",
    "Zettle": r"I?ZETTLE",
    "First Data": r"FIRST DATA|TELECASH|FISERV|CLOVER",
    "Nexi": r"NEXI|CONCARDIS|OGONE|RATEPAY",
    "Payone": r"PAYONE|B\+S CARD SERVICE|INGENICO",
    "VR Payment": r"VR[- ]?PAY(?:MENT)?|CARDPROCESS",
    "Worldline": r"WORLDLINE|SIX PAYMENT\w*|SIX PAYMENTS?",
    "Elavon": r"ELAVON",
    "Unzer": r"UNZER|HEIDELPAY",
    "Amazon": r"AMAZON PAY\w*|AMAZON PAYMENTS",
    "Square": r"SQUARE|BLOCK INC",
    "Shopify": r"SHOPIFY\w*",
    "American Express": r"AMERICAN EXPRESS|AMEX",
    "Twint": r"TWINT",
    "Worldpay": r"WORLDPAY",
    "Hobex": r"HOBEX",
    "CCV": r"CCV",
    "myPOS": r"MY ?POS",
    "Viva": r"VIVA ?(?:WALLET|\.COM|PAYMENT\w*)",
}
"""How payment providers are written, in the sender's name as in labels of our own."""

_PROVIDER = {name: re.compile(rf"\b(?:{words})\b") for name, words in PROVIDERS.items()}
CARDS = re.compile(
    r"\b(?:GIROCARD|EC[- ](?:CASH|KARTE\w*|UMS\w*|LASTSCHRIFT)|KARTEN\w*|KREDITKARTEN\w*"
    r"|DISAGIO|TERMINAL\w*|TID|POS[- ]UMS\w*|MASTERCARD|MAESTRO|VISA|CARD (?:SALES|SETTLEMENT))\b"
)
_CARD_HINTS = (
    "GIRO", "EC-", "EC ", "KART", "KREDIT", "DISAGIO", "TERMINAL", "TID", "POS", "MASTER",
    "MAESTRO", "VISA", "CARD",
)  # fmt: skip
_CARD_CODE = re.compile(r"MCRD")
CASH = re.compile(
    # Not "Kassel".
    r"\b(?:CASH|KASSE(?:N\w*)?|BAR(?:GELD|EINNAHME\w*)?|TILL|SAFE\w*|TRESOR|(?:GELD)?TRANSIT)\b"
)
_GENERIC = re.compile(
    r"\b(?:TID|TERMINAL(?:[- ]?ID)?|NR|NO|ID|KASSE|TILL|CASH|KARTE\w*|CARD|ACCOUNT|KONTO)\b|[^\w]+"
)
_LEAST_DIGITS = 4
_LONG_NUMBER = re.compile(r"(?<!\d)\d{6,}(?!\d)")
_COMPACT_DATE = re.compile(r"(?:20)?\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")

_AMOUNT = r"(\d{1,3}(?:[.' ]\d{3})+[.,]\d\d|\d+[.,]\d\d)(?!\d)"
_BETWEEN = r"[^\d\n]{0,12}?"
_GROSS = re.compile(rf"\b(?:BRUTTO\w*|GROSS|UMSATZ\s?SUMME|GESAMTUMSATZ){_BETWEEN}{_AMOUNT}")
_FEES = re.compile(
    rf"\b(?:GEB(?:UE?HR(?:EN)?)?|FEES?|DISAGIO|ENTGELTE?|SERVICEENTGELT|PROVISION|KOSTEN|COMMISSION)"
    rf"\b{_BETWEEN}{_AMOUNT}"
)
_DATE = re.compile(
    r"(?<!\d)(?:(?P<y>20\d\d)-?(?P<m>\d\d)-?(?P<d>\d\d)"
    r"|(?P<d2>\d?\d)\.(?P<m2>\d?\d)\.(?P<y2>20\d\d|\d\d)?)(?!\d)"
)


@dataclass(frozen=True, slots=True)
class Run:
    """What some sources took on some days in a row."""

    items: tuple[OpenItem, ...]
    first: Date
    last: Date
    days: int
    total: Decimal


class Receivables:
    """What is receivable, by reference, by source, by provider; made once for an index."""

    def __init__(self, index: ItemIndex):
        self.by_source: dict[str, list[OpenItem]] = defaultdict(list)
        self.by_reference: dict[str, list[OpenItem]] = defaultdict(list)
        self.of_partner: dict[Id, set[str]] = defaultdict(set)
        for item in index.of_kind("receivable"):
            self._add(item)
        self.digits = {digits for key in self.by_reference for digits in re.findall(r"\d+", key)}
        self.shape = references.shape(self.by_reference)

    def _add(self, item: OpenItem) -> None:
        if item.source:
            self.by_source[item.source].append(item)
            for number in _numbers_of(item.source):
                self.by_reference[number].append(item)
            if item.partner_id is not None:
                self.of_partner[item.partner_id].add(item.source)
        for reference in {references.canonical(one) for one in item.references}:
            if sum(map(str.isdigit, reference)) >= _LEAST_DIGITS:
                self.by_reference[reference].append(item)

    @cached_property
    def by_provider(self) -> dict[str, list[str]]:
        """The sources whose label names a provider."""
        found = defaultdict(list)
        for source in self.by_source:
            for provider in providers_named(source):
                found[provider].append(source)
        return dict(found)

    @cached_property
    def any_provider(self) -> re.Pattern:
        """Finds any of the providers that we have something to get from, and cards."""
        words = [PROVIDERS[provider] for provider in self.by_provider]
        return re.compile("|".join([rf"\b(?:{word})\b" for word in words] + [CARDS.pattern]))

    @cached_property
    def hints(self) -> re.Pattern:
        """Finds how the words begin of which :attr:`any_provider` finds one."""
        words = [PROVIDERS[provider].split("|") for provider in self.by_provider]
        plain = [re.match(r"\w{2,}", word) for group in words for word in group]
        beginnings = sorted({found[0] for found in plain if found} | {*_CARD_HINTS})
        return re.compile("|".join(map(re.escape, beginnings)))

    @cached_property
    def cards(self) -> list[str]:
        """The sources that may be card terminals: neither a provider's nor a till's."""
        of_provider = {source for sources in self.by_provider.values() for source in sources}
        return [one for one in self.by_source if one not in of_provider and not is_cash(one)]

    @cached_property
    def phrases(self) -> dict[str, str]:
        """What distinguishes each source, as it would stand in a text: ``DE WEB``."""
        return {source: phrase(source) for source in self.by_source}

    def items_of(self, sources: Iterable[str]) -> list[OpenItem]:
        return [item for source in sources for item in self.by_source[source]]


def _numbers_of(source: str) -> list[str]:
    """The numbers by which a label names a terminal or a merchant account: no dates.

    >>> _numbers_of("Shop 12, TID 54000137, 20260312")
    ['54000137']
    """
    return [one for one in _LONG_NUMBER.findall(source) if not _COMPACT_DATE.fullmatch(one)]


# The same few sources are asked about again and again.
@lru_cache(maxsize=256)
def is_cash(source: str) -> bool:
    """Whether a source is called like a till.

    >>> is_cash("Kasse Filiale 7"), is_cash("Filiale 7 Kassel TID 54000137")
    (True, False)
    """
    return bool(CASH.search(fold(source)))


def providers_named(text: str) -> list[str]:
    """The payment providers that a text names.

    >>> providers_named("PayPal Europe S.à r.l. et Cie, S.C.A."), providers_named("Anna Blume")
    (['PayPal'], [])
    """
    text = fold(text)
    return [name for name, pattern in _PROVIDER.items() if pattern.search(text)]


def is_card_payout(text: str, code: str | None) -> bool:
    """Whether it is of cards, without saying of which."""
    return bool(code and _CARD_CODE.search(code)) or bool(CARDS.search(text))


def phrase(source: str) -> str:
    """A source's label without provider and words that say nothing, in single blanks.

    >>> phrase("PP DE-WEB"), phrase("Filiale 07 Köln TID 54000137")
    ('DE WEB', 'FILIALE 07 KOLN')
    """
    text = fold(source)
    for pattern in _PROVIDER.values():
        text = pattern.sub(" ", text)
    text = re.sub(r"\d{5,}", " ", text)
    return " ".join(_GENERIC.sub(" ", text).split())


def stands_in(words: str, text: str) -> bool:
    """Whether a phrase stands in a text, punctuation apart.

    >>> stands_in("DE WEB", "PP DE-WEB PAYOUT"), stands_in("WEB", "WEBSHOP")
    (True, False)
    """
    return bool(words) and f" {words} " in f" {' '.join(re.split(r'[^A-Z0-9]+', fold(text)))} "


def told_gross(text: str, net: Decimal) -> Decimal | None:
    """The gross amount that a text states, itself or through the fee; None where it is silent.

    >>> told_gross("BRUTTO 1.234,00 GEB 12,34", Decimal("1221.66"))
    Decimal('1234.00')
    >>> told_gross("abzgl. Disagio 12,34", Decimal("1221.66"))
    Decimal('1234.00')
    """
    text = fold(text)
    fees = sum(_decimal(match[1]) for match in _FEES.finditer(text))
    gross = _GROSS.search(text)
    if gross:
        return _decimal(gross[1])
    return net + fees if fees else None


def _decimal(written: str) -> Decimal:
    return Decimal(re.sub(r"\D", "", written)).scaleb(-2)


def told_days(text: str, paid: Date) -> set[Date]:
    """The dates in a text, each in the last year before the payment where it names no year.

    >>> sorted(told_days("UMSATZ 01.05.-03.05.2026", Date(2026, 5, 5)))
    [datetime.date(2026, 5, 1), datetime.date(2026, 5, 3)]
    """
    found = set()
    for match in _DATE.finditer(text):
        day, month = int(match["d"] or match["d2"]), int(match["m"] or match["m2"])
        year = match["y"] or match["y2"]
        years = (int(year) % 100 + 2000,) if year else (paid.year, paid.year - 1)
        found.update(_dates(years, month, day, paid))
    return found


def _dates(years: Iterable[int], month: int, day: int, paid: Date) -> Iterator[Date]:
    for year in years:
        try:
            date = Date(year, month, day)
        except ValueError:
            continue
        if date <= paid:
            yield date
            return


def runs(items: Iterable[OpenItem], paid: Date, most: Decimal) -> Iterator[Run]:
    """All runs of days that may have been paid out on a date, up to a total.

    Days without anything open do not interrupt a run.
    """
    days = _by_day(items, paid)
    for start in range(len(days)):
        taken: list[OpenItem] = []
        total = ZERO
        for end in range(start, min(len(days), start + LONGEST_RUN)):
            date, of_day = days[end]
            taken += of_day
            total += sum(item.residual for item in of_day)
            if total > most:
                break
            yield Run(tuple(taken), days[start][0], date, end - start + 1, total)


def oldest_day(items: Iterable[OpenItem], paid: Date) -> Date:
    """The first day that may still be paid out; the payout's where there is none."""
    days = _by_day(items, paid)
    return days[0][0] if days else paid


def _by_day(items: Iterable[OpenItem], paid: Date) -> Sequence[tuple[Date, list[OpenItem]]]:
    found = defaultdict(list)
    for item in items:
        if paid - OLDEST_DAY <= item.date <= paid:
            found[item.date].append(item)
    return sorted(found.items())
