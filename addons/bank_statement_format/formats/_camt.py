"""What the three ISO 20022 bank-to-customer messages (camt.052, .053, .054) share.

They differ in the names of two elements and in what they are for. Elements are known by
their local names, because the namespace changes with every version and some banks
write their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import BinaryIO

from ..errors import InvalidStatement
from ..identity import account_key
from ..messages import _
from ..registry import Format
from ..types import Account, Balance, Date, Event, Statement, StatementKind, Transaction
from ._camt_entry import CREDIT, EntryContext, EntryReader
from ._camt_source import ENTRY, read_document
from ._shape import Fragment
from ._values import compact, is_currency
from ._xml import (
    Found,
    Paths,
    date_of,
    element_names,
    first_text,
    local_name,
    missing,
    refusal,
    single,
    unsigned_amount,
)

_HEADER = {
    "Id": "id",
    "ElctrncSeqNb": "electronic_number",
    "LglSeqNb": "legal_number",
    **{
        f"{kind}Pgntn/{path}": key
        for kind in ("Stmt", "Rpt", "Ntfctn")
        for path, key in (("PgNb", "page"), ("LastPgInd", "last_page"))
    },
    "CreDtTm": "created",
    "FrToDt/FrDtTm": "from",
    "FrToDt/FrDt": "from",
    "FrToDt/ToDtTm": "to",
    "FrToDt/ToDt": "to",
    "Acct/Id/IBAN": "iban",
    "Acct/Id/Othr/Id": "number",
    "Acct/Id/BBAN": "number",
    "Acct/Id/UPIC": "number",
    "Acct/Id/PrtryAcct/Id": "number",
    "Acct/Prxy/Id": "number",
    "Acct/Ccy": "currency",
    "Acct/Svcr/FinInstnId/BIC": "bic",
    "Acct/Svcr/FinInstnId/BICFI": "bic",
    "Acct": "account",
    "Bal": "balance",
    "TxsSummry": "summary",
}
_BALANCE = {
    "Tp/CdOrPrtry/Cd": "type",
    "Tp/Cd": "type",
    "Amt": "amount",
    "CdtDbtInd": "sign",
    "Dt/Dt": "date",
    "Dt/DtTm": "date",
}
_SUMMARY = {
    f"{tag}/{name}": f"{key} {what}"
    for tag, key in (("TtlNtries", "all"), ("TtlCdtNtries", "credit"), ("TtlDbtNtries", "debit"))
    for name, what in (("NbOfNtries", "count"), ("Sum", "sum"))
}
_MESSAGE_HEADER = Paths({"GrpHdr/CreDtTm": "sent"})
_PERIOD = {"from": "FrToDt", "to": "FrToDt", "created": "CreDtTm", "sent": "GrpHdr/CreDtTm"}
_BALANCE_TYPES = ("OPBD", "PRCD", "CLBD", "ITBD")


class CamtFormat(Format):
    """One of the messages.

    :cvar kind: what its statements are
    :cvar message: the element that holds the whole message, such as ``BkToCstmrStmt``
    :cvar statement: the element of one statement in it, such as ``Stmt``
    """

    kind: StatementKind
    message: str
    statement: str
    extensions = (".xml",)

    @property
    def _messages(self) -> tuple[str, str]:
        # Version 1 puts its version into the name of the message.
        return self.message, f"{self.message}V01"

    def sniff(self, name: str, head: bytes) -> bool:
        return any(element in self._messages for element in element_names(head))

    def parse(self, stream: BinaryIO) -> Iterator[Event]:
        reader = EntryReader()
        message, statement, count = None, None, 0
        message_header: Found = {}
        names = ("Document", *self._messages, self.statement)
        for event, element, entries in read_document(stream, names, reader.shapes):
            if statement is not None:
                if event != "start" and statement.owns(element):
                    yield from statement.read_entries(element, entries)
                    _free(element)
                elif event == "end" and element is statement.element:
                    yield statement.finish()
                    statement = None
                    _free(element)
            elif event == "start" and local_name(element) in self._messages:
                message = element
            elif event == "start" and self._is_statement(element, message):
                count += 1
                message_header = message_header or _MESSAGE_HEADER.collect(message)
                where = f"{self.statement}[{count}]"
                statement = _OpenStatement(element, self.kind, reader, where, message_header)
        if not count:
            raise InvalidStatement(
                _("The file contains no statement"),
                line=None if message is None else message.sourceline,
                element=self.message,
                expected=_("at least one %(statement)s", statement=self.statement),
                found="",
            )

    def _is_statement(self, element, message) -> bool:
        return local_name(element) == self.statement and element.getparent() is message


def _free(element) -> None:
    """Forget a finished element and everything before it, so that memory stays flat."""
    element.clear()
    parent = element.getparent()
    while parent[0] is not element:
        del parent[0]


@dataclass(slots=True)
class _Tally:
    """How many entries, and how much, under each way of counting that banks use."""

    count: int = 0
    details: int = 0
    gross: Decimal = Decimal(0)
    net: Decimal = Decimal(0)

    def add(self, amount: Decimal, details: int) -> None:
        self.count += 1
        self.details += details or 1
        self.gross += abs(amount)
        self.net += amount

    def __add__(self, other: _Tally) -> _Tally:
        return _Tally(
            self.count + other.count,
            self.details + other.details,
            self.gross + other.gross,
            self.net + other.net,
        )


class _OpenStatement:
    """What is known of a statement while its entries pass by."""

    def __init__(self, element, kind: StatementKind, reader, where: str, message_header: Found):
        self.element = element
        self._kind = kind
        self._reader = reader
        self._where = where
        self._paths = Paths(_HEADER)
        self._balance_paths = Paths(_BALANCE)
        self._header: Found = dict(message_header)
        self._balances: list[tuple[str, str, Balance]] = []
        self._account: Account | None = None
        self._context = EntryContext(closed=kind == "statement", day_of=self._day_of)
        # By (is credit, is booked).
        self._tallies = {(c, b): _Tally() for c in (True, False) for b in (True, False)}
        self._count = 0
        self._first: Date | None = None
        self._last: Date | None = None
        self._has_reversal = False

    def owns(self, element) -> bool:
        """Whether the element is an entry of this very statement, not one nested elsewhere."""
        return element.getparent() is self.element and local_name(element) == ENTRY

    def read_entries(self, element, entries: Iterable[Fragment]) -> Iterator[Transaction]:
        """The entries as transactions, counted.

        :param element: the entry, or what stands for several of them in the document
        :param entries: the several
        """
        self._absorb(element)
        for fragment in entries or (self._reader.shapes.of_element(element),):
            yield self._read_entry(fragment)

    def _read_entry(self, fragment: Fragment) -> Transaction:
        self._count += 1
        where = f"{self._where}/{ENTRY}[{self._count}]"
        transaction = self._reader.read(fragment, where, self._context)
        self._context.currency = self._context.currency or transaction.currency
        self._has_reversal |= self._reader.reversal
        tally = self._tallies[self._reader.credit, transaction.booked]
        tally.add(transaction.amount, self._reader.details_count)
        date = transaction.booking_date
        if self._first is None or date < self._first:
            self._first = date
        if self._last is None or date > self._last:
            self._last = date
        return transaction

    def finish(self) -> Statement:
        """The statement, once all of its elements have been seen."""
        self._absorb(None)
        opening, closing = self._opening_and_closing()
        if "summary" in self._header and (opening is None or closing is None):
            self._check_summary(self._header["summary"][0])
        booked, pending = self._tally("all", True), self._tally("all", False)
        return Statement(
            account=self._account,
            currency=self._context.currency,
            opening=opening,
            closing=closing,
            number=self._number(),
            count=booked.count,
            total=booked.net,
            pending_count=pending.count,
            start_date=self._period("from") or (opening and opening.date) or self._first,
            end_date=self._period("to") or (closing and closing.date) or self._last,
            kind=self._kind,
        )

    def _absorb(self, until) -> None:
        """Keep what the header elements say, before they are freed."""
        found = self._paths.collect(self.element, until)
        for element in found.pop("balance", ()):
            self._read_balance(element)
        for key, elements in found.items():
            self._header.setdefault(key, []).extend(elements)
        if self._account is None:
            self._read_account()

    def _read_account(self) -> None:
        header = self._header
        iban, number = compact(first_text(header, "iban")), first_text(header, "number")
        if not iban and not number:
            parent = header["account"][0] if "account" in header else self.element
            raise missing(parent, f"{self._where}/Acct/Id")
        self._account = Account(iban=iban, number=number, bic=first_text(header, "bic"))
        self._context.own_key = account_key(self._account.label)
        self._context.currency = self._declared_currency()

    def _declared_currency(self) -> str | None:
        currency = first_text(self._header, "currency")
        if currency is not None and not is_currency(currency):
            element = self._header["currency"][0]
            where = f"{self._where}/Acct/Ccy"
            raise refusal(
                _("The currency is not readable"), element, where, _("three capital letters")
            )
        return currency or next((own for _skipped, own, _skipped in self._balances), None)

    def _read_balance(self, element) -> None:
        found = self._balance_paths.collect(element)
        kind = first_text(found, "type")
        if kind not in _BALANCE_TYPES:
            return
        where = f"{self._where}/Bal({kind})"
        amount_element = single(found, "amount", element, f"{where}/Amt")
        amount = unsigned_amount(amount_element, f"{where}/Amt")
        currency = amount_element.get("Ccy")
        if not is_currency(currency):
            raise refusal(_("The balance has no currency"), amount_element, f"{where}/Amt/@Ccy")
        dates = found.get("date")
        date = date_of(dates[0], f"{where}/Dt") if dates else None
        signed = amount if self._is_credit(found, f"{where}/CdtDbtInd") else -amount
        self._balances.append((kind, currency, Balance(signed, date)))

    def _is_credit(self, balance: Found, where: str) -> bool:
        """A balance that tells no direction is taken for a credit: adding up proves it."""
        signs = balance.get("sign", ())
        for sign in signs:
            credit = CREDIT.get((sign.text or "").strip())
            if credit is None or len(signs) > 1:
                raise refusal(_("The direction is unknown"), sign, where, _("CRDT or DBIT"))
            return credit
        return True

    def _opening_and_closing(self) -> tuple[Balance | None, Balance | None]:
        """The earliest opening and the latest closing balance, if the file gives them.

        Interim balances stand in for what is missing; a single one alone could be
        either, so it is neither.
        """
        of = {kind: [] for kind in _BALANCE_TYPES}
        for kind, currency, balance in self._balances:
            if self._context.currency is None:
                self._context.currency = currency
            if currency == self._context.currency:
                of[kind].append(balance)
        opening = _earliest(of["OPBD"]) or _earliest(of["PRCD"])
        closing, interim = _latest(of["CLBD"]), of["ITBD"]
        if opening is None and interim and (closing or len(interim) > 1):
            opening = _earliest(interim)
        if closing is None and interim and (of["OPBD"] or of["PRCD"] or len(interim) > 1):
            closing = _latest(interim)
        return opening, closing

    def _number(self) -> str | None:
        header = self._header
        numbers = (first_text(header, key) for key in ("electronic_number", "legal_number", "id"))
        return next(filter(None, numbers), None)

    def _period(self, key: str) -> Date | None:
        elements = self._header.get(key)
        return date_of(elements[0], f"{self._where}/{_PERIOD[key]}") if elements else None

    def _day_of(self, booked: bool) -> Date | None:
        """The day of an entry that tells none.

        What a closed statement books has a certain day only where the statement is about
        a single one. Anything else counts for when it was announced.
        """
        start, end = self._period("from"), self._period("to")
        if not (booked and self._kind == "statement"):
            return end or self._period("created") or self._period("sent")
        if start or end:
            return start if start == end else None
        days = {balance.date for _skipped, _skipped, balance in self._balances}
        kinds = {kind for kind, _skipped, _skipped in self._balances}
        return days.pop() if len(days) == 1 and kinds >= {"OPBD", "CLBD"} else None

    def _tally(self, kind: str, booked: bool) -> _Tally:
        credit, debit = self._tallies[True, booked], self._tallies[False, booked]
        return {"credit": credit, "debit": debit}.get(kind) or credit + debit

    def _check_summary(self, summary) -> None:
        """A cut or doubled entry shows as a summary that fits no way of counting.

        Where there are balances they show it better, since banks err in their summaries.
        """
        if self._is_page():
            return
        found = Paths(_SUMMARY).collect(summary)
        # Banks disagree on whether a reversed credit counts as a credit.
        for kind in ("all",) if self._has_reversal else ("all", "credit", "debit"):
            booked = self._tally(kind, True)
            both = booked + self._tally(kind, False)
            counts = {booked.count, booked.details, both.count, both.details}
            sums = {booked.gross, abs(booked.net), both.gross, abs(both.net)}
            self._compare(found, f"{kind} count", counts)
            self._compare(found, f"{kind} sum", sums)

    def _is_page(self) -> bool:
        page, last = first_text(self._header, "page"), first_text(self._header, "last_page")
        return (page or "1").lstrip("0") != "1" or last in ("false", "0")

    def _compare(self, found: Found, key: str, read: set) -> None:
        for element in found.get(key, ()):
            where = f"{self._where}/TxsSummry ({key})"
            # A net sum may carry a sign.
            text = (element.text or "").strip()
            if text.startswith("-"):
                element.text = text[1:]
            if unsigned_amount(element, where) not in read:
                expected = " or ".join(str(value) for value in sorted(read))
                raise refusal(
                    _("The summary does not fit the entries"),
                    element,
                    where,
                    _("%(expected)s as read", expected=expected),
                )


def _earliest(balances: list[Balance]) -> Balance | None:
    return min(balances, key=lambda balance: balance.date or Date.min, default=None)


def _latest(balances: list[Balance]) -> Balance | None:
    """The last one in the file among those of the latest date."""
    return max(reversed(balances), key=lambda balance: balance.date or Date.min, default=None)
