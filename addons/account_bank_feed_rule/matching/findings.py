"""What a payment says: which documents it names, and who may have paid."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from .index import ItemIndex
from .points import SECOND_PARTNER_KIND
from .strategy import Proposal, Strategy
from .types import Evidence, Id, OpenItem, Payment

_DIGITS = re.compile(r"\d+")


@dataclass(slots=True)
class Findings:
    """All that the strategies found for one payment.

    ``items`` are those that it names, with the strongest evidence in ``quotes``. ``who``
    holds the evidence for each partner, the strongest first.
    """

    items: dict[Id, OpenItem] = field(default_factory=dict)
    quotes: dict[Id, Evidence] = field(default_factory=dict)
    who: dict[Id, list[Evidence]] = field(default_factory=dict)
    proposals: list[Proposal] = field(default_factory=list)
    _ranked: list[Id] | None = field(default=None, init=False, repr=False, compare=False)

    def add_document(self, item: OpenItem, evidence: Evidence) -> None:
        known = self.quotes.get(item.id)
        if known is None or evidence.points > known.points:
            self.items[item.id] = item
            self.quotes[item.id] = evidence

    def add_partner(self, partner_id: Id, evidence: Evidence) -> None:
        self._ranked = None
        found = self.who.setdefault(partner_id, [])
        found.append(evidence)
        if len(found) > 1:
            found.sort(key=lambda one: -one.points)

    @staticmethod
    def strongest(evidence: Iterable[Evidence]) -> list[Evidence]:
        """The strongest evidence in full, and each further kind for a few points."""
        evidence = list(evidence)
        if len(evidence) < 2:
            return evidence
        counted: dict[str, Evidence] = {}
        for one in sorted(evidence, key=lambda one: -one.points):
            if one.kind not in counted:
                further = counted and one.points > SECOND_PARTNER_KIND
                counted[one.kind] = one.counting(SECOND_PARTNER_KIND) if further else one
        return list(counted.values())

    def partners_by_points(self) -> list[Id]:
        """The partners, the most likely first."""
        if self._ranked is None:
            self._ranked = sorted(self.who, key=lambda one: (-self.who[one][0].points, str(one)))
        return self._ranked


def gather(payment: Payment, index: ItemIndex, strategies: Sequence[Strategy]) -> Findings:
    """Ask every strategy."""
    findings = Findings()
    strategies = tuple(strategies)
    for strategy in offering("partners", strategies):
        for partner_id, evidence in strategy.partners(payment, index):
            findings.add_partner(partner_id, evidence)
    for strategy in offering("documents", strategies):
        for item, evidence in strategy.documents(payment, index, findings.who):
            findings.add_document(item, evidence)
    for strategy in offering("proposals", strategies):
        findings.proposals.extend(strategy.proposals(payment, index))
    return findings


# A rule asks the same strategies for each payment.
@lru_cache(maxsize=256)
def offering(what: str, strategies: tuple[Strategy, ...]) -> tuple[Strategy, ...]:
    """Those of the strategies that have such a method of their own."""
    return tuple(one for one in strategies if what in one.offers)


def same_place(one: Evidence, other: Evidence) -> bool:
    """Whether two quotations are the same words, read as two numbers."""
    if _is_of_a_range(one) and _is_of_a_range(other):
        return False
    if _is_within_a_range(one) or _is_within_a_range(other):
        return False
    if one.params["quoted"] == other.params["quoted"]:
        return True
    return (
        one.params["field"] == other.params["field"]
        and one.params["start"] < other.params["end"]
        and other.params["start"] < one.params["end"]
    )


def _is_of_a_range(quote: Evidence) -> bool:
    """Whether it continues a list: "0042-0045" means all four of them."""
    return "continued" in quote.params.get("weaknesses", ())


def _is_within_a_range(quote: Evidence) -> bool:
    """Whether it is meant, and not written: "0042 - 0045" means 0043 where 0045 is written."""
    if not _is_of_a_range(quote):
        return False
    written = _DIGITS.findall(quote.params["quoted"])
    return bool(written) and not quote.params["number"].endswith(written[-1])
