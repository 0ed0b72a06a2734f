"""Who pays: partners by what a bank transaction may say of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from .names import NameIndex, NameMatch
from .normalise import compact
from .types import Id


@dataclass(frozen=True, slots=True)
class Partner:
    """A customer or supplier: as a company, not as one of its contacts.

    ``names`` are all the names that it pays under, ``numbers`` its customer and supplier
    numbers, ``mandates`` the ids of its SEPA mandates.
    """

    id: Id
    names: tuple[str, ...] = ()
    ibans: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    mandates: tuple[str, ...] = ()


class PartnerDirectory:
    """Whom an IBAN, a name, a customer number or a mandate belongs to.

    One bank account may serve several partners of a group.

    :param own_ibans: our own bank accounts, by IBAN: whatever identifies them to the caller

    >>> directory = PartnerDirectory([Partner(7, ibans=("DE89 3704 0044 0532 0130 00",))])
    >>> directory.partners_of("de89370400440532013000")
    frozenset({7})
    """

    def __init__(self, partners: Iterable[Partner] = (), own_ibans: dict[str, Id] | None = None):
        self._partners = {partner.id: partner for partner in partners}
        self._by_iban = self._lookup("ibans")
        self._by_mandate = self._lookup("mandates")
        self._by_number = self._lookup("numbers")
        self._own = {compact(iban): account for iban, account in (own_ibans or {}).items()}

    def _lookup(self, field: str) -> dict[str, frozenset]:
        found = defaultdict(set)
        for partner in self._partners.values():
            for value in getattr(partner, field):
                if key := compact(value):
                    found[key].add(partner.id)
        return {key: frozenset(ids) for key, ids in found.items()}

    def __len__(self) -> int:
        return len(self._partners)

    def name_of(self, partner_id: Id) -> str:
        """What to call a partner in a sentence."""
        partner = self._partners.get(partner_id)
        return partner.names[0] if partner and partner.names else str(partner_id)

    @cached_property
    def names(self) -> NameIndex:
        """The names of all partners; made when the first payment asks for one."""
        return NameIndex(
            (partner.id, name) for partner in self._partners.values() for name in partner.names
        )

    def named(self, name: str) -> list[NameMatch]:
        """The partners with that name, or nearly so."""
        return self.names.find(name)

    def partners_of(self, iban: str | None) -> frozenset:
        """The IBAN's owners; empty where it is unknown."""
        if not iban:
            return frozenset()
        return self._by_iban.get(iban) or self._by_iban.get(compact(iban), frozenset())

    def own_account(self, iban: str | None) -> Id | None:
        """Which of our own bank accounts the IBAN is."""
        return self._own.get(compact(iban)) if iban else None

    def with_mandate(self, mandate_id: str | None) -> frozenset:
        """Who gave a SEPA mandate."""
        return self._by_mandate.get(compact(mandate_id), frozenset()) if mandate_id else frozenset()

    def with_number(self, number: str) -> frozenset:
        """Who has a customer or supplier number."""
        return self._by_number.get(number, frozenset())
