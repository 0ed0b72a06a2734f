"""The number under which we know a customer or supplier, or under which a supplier knows us."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ..index import ItemIndex
from ..normalise import compact, fold
from ..points import BARE_CUSTOMER_NUMBER, CUSTOMER_NUMBER
from ..strategy import Strategy
from ..types import Evidence, Id, Payment

_SHORTEST_BARE = 5
_CALLED = re.compile(
    r"(?<![A-Z])(?:KD|KDN|KUNDEN?|CUST(?:OMER)?|DEB(?:ITOR(?:EN)?)?|KRED(?:ITOR(?:EN)?)?|CLIENT|ACC(?:OUNT)?)"
    r"[\s.-]{0,2}(?:NR|NUMMER|NO|NUMBER|N)?[\s.:#-]{0,3}"
    r"(?=[A-Z/-]{0,4}\d)([A-Z]{0,4}[\s-]?\d[\d-]{2,14})"
)
_WITH_DIGIT = re.compile(rf"(?<!\S)(?=\S*\d)\S{{{_SHORTEST_BARE},}}")
_HINT = re.compile("KD|KUND|CUST|DEB|KRED|CLIENT|ACC")
"""One of these is in all that the above finds; most payments have none."""


class CustomerNumber(Strategy):
    """The payer writes the customer number, with or without calling it so."""

    name = "customer_number"
    label = "Customer number"

    def partners(self, payment: Payment, index: ItemIndex) -> Iterable[tuple[Id, Evidence]]:
        text = fold(payment.text)
        for match in _CALLED.finditer(text) if _HINT.search(text) else ():
            yield from _owners(index, compact(match[1]), CUSTOMER_NUMBER)
        for number in _standing_alone(text):
            yield from _owners(index, number, BARE_CUSTOMER_NUMBER)


def _owners(index: ItemIndex, number: str, points: int) -> Iterable[tuple[Id, Evidence]]:
    owners = index.partners.with_number(number)
    for partner in sorted(owners, key=str) if owners else ():
        yield partner, Evidence("customer_number", points, {"number": number})


def _standing_alone(text: str) -> Iterator[str]:
    """Letters and digits between blanks, long enough to be no quantity.

    >>> list(_standing_alone("K-10422 2 ST. 104711/26"))
    ['K10422', '10471126']
    """
    for word in _WITH_DIGIT.findall(text):
        value = compact(word)
        if len(value) >= _SHORTEST_BARE:
            yield value
