"""What connectors give: accounts, balances, consents, and documents that the parser reads."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal


@dataclass(frozen=True, slots=True)
class RemoteAccount:
    """An account as the bank offers it; ``id`` is how the bank wants it to be named."""

    id: str
    iban: str | None = None
    number: str | None = None
    """The bank's own number, where there is no IBAN."""
    currency: str | None = None
    name: str | None = None
    inbox: bool = False
    """No account, but a place with files of any accounts: what is in them decides the journals."""
    valid_until: datetime.datetime | None = None
    """When its own consent ends, where each account has one (UTC, without time zone)."""

    @property
    def label(self) -> str:
        return self.iban or self.number or self.id


@dataclass(frozen=True, slots=True)
class RemoteBalance:
    """What stands on an account: by the bank's books, or what may be spent of it."""

    kind: Literal["booked", "available"]
    amount: Decimal
    currency: str
    as_of: datetime.datetime | None = None
    """UTC, without time zone, as Odoo keeps it."""


@dataclass(frozen=True, slots=True)
class Consent:
    """Whether the account's owner lets us in, and until when (UTC, without time zone)."""

    state: Literal["missing", "waiting", "valid", "expired", "revoked"]
    valid_until: datetime.datetime | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks, and waits for the answer: banks count apart what is fetched by itself.

    It shows nothing of itself in logs and errors.

    :param address: the IP address
    :param headers: what the browser tells of itself, by the names of HTTP
    """

    address: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Period:
    """Days, both included, by booking date."""

    start: datetime.date
    end: datetime.date

    def __post_init__(self):
        if self.start > self.end:
            raise ValueError(f"a period cannot end ({self.end}) before it starts ({self.start})")

    def pieces(self, days: int) -> Iterator[Period]:
        """The period in pieces of at most so many days, the oldest first."""
        start = self.start
        while start <= self.end:
            end = min(start + datetime.timedelta(days=days - 1), self.end)
            yield Period(start, end)
            start = end + datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Document:
    """What a bank gave for a period, as a file: the bytes are kept, and read by the parser.

    :param name: what people see as the file's name
    :param source: which of the bank's files it is, where the bank has files; kept with the import
    """

    name: str
    content: bytes
    source: str | None = None
