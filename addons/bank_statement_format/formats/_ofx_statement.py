"""A statement of an OFX file while its transactions pass by."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from decimal import Decimal

from ..errors import InvalidStatement
from ..messages import _
from ..types import Account, Balance, Date, Event, Statement, Transaction
from ._ofx_tags import Piece
from ._ofx_values import french_iban
from ._values import compact, is_currency, is_iban

MAX_FOREIGN = 20_000
"""Transactions in other currencies, which are kept until their account's statement ends."""

BLANK = " "
"""The text of an element that is opened and closed around nothing: not left out, but empty."""

_BIC = re.compile(r"[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
_GERMAN_BANK_CODE = re.compile(r"[1-9][0-9]{7}")


class Building:
    """One statement while its transactions pass by."""

    def __init__(self):
        self.currency: str | None = None
        self.closing: Balance | None = None
        self._account: dict[str, str] = {}
        self._period: dict[str, Date | None] = {}
        self._sums = Sums()
        self._foreign: dict[str, list[Transaction]] = {}
        self._foreign_count = 0

    def set_currency(self, text: str, broken: Callable[..., InvalidStatement]) -> None:
        if not text.strip():
            return
        if not is_currency(text):
            raise broken(_("The currency is not readable"), expected=_("three letters"), found=text)
        if self._sums and self.currency != text:
            raise broken(
                _("The currency comes after transactions"), expected=_("it before"), found=text
            )
        self.currency = text

    def set_period(self, tag: str, date: Date | None) -> None:
        self._period.setdefault(tag, date)

    def set_account(self, texts: dict[str, str]) -> None:
        self._account = self._account or texts

    def currency_of(self, piece: Piece, path: str) -> str | None:
        """The currency of a transaction's amount.

        :param path: where the piece names one, if it does
        """
        named = piece.fields.get(path)
        return self.other_currency(piece, path, named) if named else self.currency

    def other_currency(self, piece: Piece, path: str, named: str) -> str:
        named = named.upper()
        if not is_currency(named):
            raise piece.refusal(
                _("The currency is not readable"), path, expected=_("three letters")
            )
        if self.currency is None and not self._sums:
            self.currency = named
        return named

    def counts(self, transaction: Transaction) -> bool:
        """Add a transaction up; False when it belongs to a statement in another currency."""
        if transaction.currency == self.currency:
            self._sums.add(transaction)
            return True
        if self._foreign_count >= MAX_FOREIGN:
            raise InvalidStatement(
                _("Too many transactions are in another currency than their account"),
                expected=_("at most %(most)s", most=MAX_FOREIGN),
            )
        self._foreign_count += 1
        self._foreign.setdefault(transaction.currency, []).append(transaction)
        return False

    def finish(self, line: int) -> Iterator[Event]:
        """The statement, and one for each other currency."""
        account = account_of(self._account, self.currency)
        if not (account.label or self.currency or self.closing or self._sums):
            raise InvalidStatement(
                _("The statement names neither account nor currency, and holds nothing"),
                line=line,
                expected=_("BANKACCTFROM, CCACCTFROM or INVACCTFROM"),
            )
        yield self._statement(account, self.currency, self._sums, self.closing)
        for currency, transactions in self._foreign.items():
            sums = Sums()
            for transaction in transactions:
                sums.add(transaction)
                yield transaction
            yield self._statement(account, currency, sums, None)

    def _statement(self, account, currency, sums: Sums, closing) -> Statement:
        return Statement(
            account=account,
            currency=currency,
            closing=closing,
            count=sums.count,
            total=sums.total,
            pending_count=sums.pending,
            start_date=self._period.get("DTSTART") or sums.first,
            end_date=self._period.get("DTEND") or sums.last,
        )


class Sums:
    """What a statement tells about its transactions together."""

    __slots__ = ("count", "first", "last", "pending", "total")

    def __init__(self):
        self.count = self.pending = 0
        self.total = Decimal(0)
        self.first: Date | None = None
        self.last: Date | None = None

    def __bool__(self) -> bool:
        return bool(self.count or self.pending)

    def add(self, transaction: Transaction) -> None:
        if not transaction.booked:
            self.pending += 1
            return
        self.count += 1
        self.total += transaction.amount
        date = transaction.booking_date
        if self.first is None or date < self.first:
            self.first = date
        if self.last is None or date > self.last:
            self.last = date


def account_of(texts: dict[str, str], currency: str | None) -> Account:
    number, bank, branch, key = (
        texts.get(tag, "").strip(BLANK) for tag in ("ACCTID", "BANKID", "BRANCHID", "ACCTKEY")
    )
    iban = compact(number)
    if not is_iban(iban):
        iban = french_iban(bank, branch, number, key)
    if iban:
        return Account(iban=iban, bic=bic_of(bank))
    if currency == "EUR" and _GERMAN_BANK_CODE.fullmatch(bank) and number.isdecimal():
        number = f"{bank}/{number}"
    return Account(number=number or None, bic=bic_of(bank))


@functools.lru_cache(maxsize=1024)
def bic_of(bank: str) -> str | None:
    bank = bank.strip()
    return bank if _BIC.fullmatch(bank) else None
