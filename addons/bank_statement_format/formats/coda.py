"""Belgian coded account statements: Febelfin CODA, versions 1 and 2.

Records of 128 characters: header (0), old balance (1), movements (2.1 to 2.3) with
information records (3.1 to 3.3), new balance (8), free communications (4), trailer (9).
A file holds any number of statements, and a statement without movements may lack record 8.
Lines without their trailing blanks are read, and so are files without line ends.

- What the account's balance changes by is the movement with detail number 0000. What has
  the same sequence number and another detail number tells more of it and is not added:
  the payments of a total (types 1 and 2) become details of one transaction, the parts of
  a single amount (types 3 and 7: gross amount, commissions, VAT) become its charges.
- `code` is family and transaction, with the category where there is one: `0150`, `0137+013`.
- Structured communications 100 to 102 are the creditor's reference, 127 gives creditor,
  mandate and the reason of a return, 105 and 113 the original amount. Of others the
  readable parts are kept: terminal, number of the cheque, bill, card or invoice.
- Free information records and the bank's own communication (002) follow the text of the
  movement; the full name (001) replaces one that was cut at 35 characters.
- Account numbers of twelve digits are given as IBAN where their check digits are right.
- Where files of a separate application (details of totals that the statement books) have
  zero balances, they are a notification: nothing in them is added to the statement.
- Free communications (4) belong to no transaction and are not kept. That more statements
  should follow (trailer, position 128) is not insisted on: files are split by account.

Refused are files that end before the trailer, records out of order, and a number of
records or sums in the trailer that are not those of the movements. Where old
balance, movements and new balance do not fit either, the statement is handed out as
one that does not balance.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import BinaryIO

from ..errors import InvalidStatement
from ..messages import _
from ..registry import Format
from ..types import Account, Balance, Counterparty, Detail, Event, Statement, Transaction
from ._coda_records import (
    DATE,
    WIDTH,
    Movement,
    Payment,
    amount_of,
    belgian_iban,
    payment_of,
)
from ._records import Record, first_records, fixed_records
from ._values import is_currency, is_iban

_HEADER = re.compile(r"00000[0-9]{6}[0-9]{3}[0-9]{2}[D ]")
_OLD_BALANCE = re.compile(r"1[0-3].{3}.{37}[01][0-9]{15}[0-9]{6}", re.DOTALL)
_AGREED = (
    "counterparty",
    "reference",
    "end_to_end_id",
    "mandate_id",
    "creditor_id",
    "return_reason",
    "remittance",
)
_MAX_RECORDS = 500_000
"""Records of one movement: a batch of a hundred thousand payments has fewer."""

_PAYMENT_FIELDS = tuple(Payment.__slots__)
_payment_values = operator.attrgetter(*_PAYMENT_FIELDS)

_FOLLOWERS = {
    "": "0",
    "0": "1",
    "1": "289",
    "2": "2389",
    "3": "2389",
    "8": "49",
    "4": "49",
    "9": "0",
}
"""Which records may follow one of a type; only movements may stand between 1 and 8."""


class Coda(Format):
    """CODA files, of one statement or several."""

    name = "coda"
    label = "CODA"
    recognised_by = "two records of 128 characters: a header, an old balance"
    extensions = (".cod", ".coda", ".txt", ".bc2")

    def sniff(self, name: str, head: bytes) -> bool:
        records = first_records(head, WIDTH, 2)
        if not records or not _HEADER.match(records[0]):
            return False
        # A file of the header alone claims to be CODA, and is refused as cut off.
        return bool(_OLD_BALANCE.match(records[1])) if len(records) > 1 else records[0][127] != " "

    def parse(self, stream: BinaryIO) -> Iterator[Event]:
        statement: _OpenStatement | None = None
        last, before = None, ""
        for last in fixed_records(stream, ("BE",), WIDTH):
            kind = last.text[0]
            if kind not in _FOLLOWERS[before]:
                expected = " or ".join(_FOLLOWERS[before])
                raise last.refusal(_("The record is none that can stand here"), 1, 1, expected)
            before = kind
            if kind == "0":
                statement = _OpenStatement(last)
            elif kind == "3" or (kind == "2" and last.text[1] != "1"):
                statement.complete(last)
            else:
                if statement.is_complete_before(last):
                    yield statement.finish()
                if kind == "9":
                    yield statement.close(last)
                else:
                    statement.add(last)
        if before != "9":
            raise InvalidStatement(
                _("The file was cut off: the trailer is missing"),
                line=last and last.line,
                expected=_("a record 9"),
                found=last and last.text.rstrip(),
            )


class _OpenStatement:
    """A statement whose movements pass by."""

    def __init__(self, header: Record):
        self._version = header.text.rstrip()[-1:]
        if self._version not in ("1", "2"):
            raise header.refusal(_("The version is not known"), 128, 128, _("1 or 2"))
        header.date(6, 11, DATE, "creation date")
        self._bic = header.get(61, 71) or None
        self._separate = bool(header.get(84, 88).strip("0"))
        self._old: Record | None = None
        self._new: Record | None = None
        self._movement: Movement | None = None
        self._open: Movement | None = None
        self._records = 0
        self._count = 0
        self._credits = self._debits = Decimal(0)
        self._account = Account()
        self._currency: str | None = None

    def add(self, record: Record) -> None:
        """A balance, the first record of a movement or detail, or a free communication."""
        kind = record.text[0]
        self._records += kind != "4"
        if kind == "1":
            self._old = record
            self._account, self._currency = _account(record, self._version, self._bic)
        elif kind == "8":
            self._new = record
        elif kind == "2":
            self._begin(record)

    def is_complete_before(self, record: Record) -> bool:
        """Whether there is a movement, and the record does not belong to it."""
        text = record.text
        if self._movement is None:
            return False
        if text[0] != "2" or text[2:6] != self._movement.sequence:
            return True
        # After 9999 details the number begins again.
        return text[6:10] == "0000" and self._open.detail_number != "9999"

    def _begin(self, record: Record) -> None:
        self._open = Movement(record)
        if self._movement is None:
            if record.text[6:10] != "0000":
                raise record.refusal(
                    _("The detail belongs to no movement"), 3, 10, _("a detail 0000")
                )
            self._movement = self._open
        else:
            self._movement.details.append(self._open)
        self._keep(record)

    def complete(self, record: Record) -> None:
        """Records 2.2 to 3.3, of the movement or detail before them."""
        movement = self._open
        if movement is None or record.text[2:6] != movement.sequence:
            expected = (
                _("sequence number %(sequence)s", sequence=movement.sequence)
                if movement
                else _("a record 2.1 before")
            )
            raise record.refusal(_("The record completes no movement"), 1, 10, expected)
        kind = record.text[:2]
        if kind == "22" and movement.second is None and movement.third is None:
            movement.second = record
        elif kind == "23" and movement.third is None:
            movement.third = record
        elif kind == "31":
            movement.infos.append([record])
        elif kind in ("32", "33") and movement.infos and movement.infos[-1][-1].text[1] < kind[1]:
            movement.infos[-1].append(record)
        else:
            raise record.refusal(_("The record is none that can stand here"), 1, 2, _("2.1 to 3.3"))
        self._records += 1
        self._keep(record)

    def _keep(self, record: Record) -> None:
        records = self._movement.records
        records.append(record)
        if len(records) > _MAX_RECORDS:
            raise record.refusal(
                _("The movement never ends"), 3, 6, _("at most %(most)s records", most=_MAX_RECORDS)
            )

    def finish(self) -> Transaction:
        """The movement, which is now complete."""
        movement = self._movement
        self._movement = self._open = None
        amount = movement.amount()
        self._count += 1
        if amount < 0:
            self._debits -= amount
        else:
            self._credits += amount
        payment = payment_of(movement, self._version, self._currency)
        details, costs = self._details(movement, payment) if movement.details else ((), Decimal(0))
        if len(details) == 1:
            _fill(payment, details[0])
        elif details:
            _agree(payment, details)
        if costs == -amount:
            # All of it is the bank's: there is no payment that was charged.
            costs = Decimal(0)
        return Transaction(
            booking_date=movement.booking_date(),
            value_date=movement.value_date(),
            amount=amount,
            currency=self._currency,
            charges=costs or None,
            bank_reference=movement.main.get(11, 31) or None,
            code=movement.code,
            details=tuple(details) if len(details) > 1 else (),
            raw="".join(record.raw for record in movement.records).rstrip("\r\n"),
            **_fields(payment),
        )

    def _details(self, movement: Movement, payment: Payment) -> tuple[list[Detail], Decimal]:
        """The payments that a total is made of, and what was charged on a single one."""
        details: list[Detail] = []
        costs = Decimal(0)
        for part in movement.details:
            if part.kind not in "89":
                details.append(self._detail(part))
            elif part.kind == "9" and details:
                details[-1] = _charged(details[-1], part.cost())
            else:
                costs += part.cost()
                _fill(payment, payment_of(part, self._version, self._currency))
        return details, costs

    def _detail(self, part: Movement) -> Detail:
        return Detail(
            amount=part.amount(),
            currency=self._currency,
            bank_reference=part.main.get(11, 31) or None,
            code=part.code,
            **_fields(payment_of(part, self._version, self._currency)),
        )

    def close(self, trailer: Record) -> Statement:
        """The statement, when its last records fit what was read.

        :raises InvalidStatement: when they do not, although the balances do
        """
        if self._new is None and self._count:
            raise trailer.refusal(_("The new balance is missing"), 1, 1, _("a record 8 before"))
        statement = self._statement()
        for problem in self._contradictions(trailer):
            if statement.balanced is not False:
                raise problem
        return statement

    def _statement(self) -> Statement:
        opening = _balance(self._old, 43, "old balance")
        # Nothing has changed where there was no movement.
        closing = _balance(self._new, 42, "new balance") if self._new else opening
        number = next(filter(_is_number, (self._old.get(3, 5), self._old.get(126, 128))), None)
        statement = Statement(
            account=self._account,
            currency=self._currency,
            opening=opening,
            closing=closing,
            number=number,
            count=self._count,
            total=self._credits - self._debits,
            start_date=opening.date,
            end_date=closing.date,
        )
        if self._separate and self._count and not opening.amount and not closing.amount:
            return replace(statement, kind="notification", opening=None, closing=None)
        return statement

    def _contradictions(self, trailer: Record) -> Iterator[InvalidStatement]:
        """Each of the last records' claims that is not what was read."""
        if trailer.integer(17, 22, "number of records") != self._records:
            message = _("Records are missing or too many")
            yield trailer.refusal(message, 17, 22, _("%(records)s as read", records=self._records))
        for first, side, read in ((23, "debits", self._debits), (38, "credits", self._credits)):
            if amount_of(trailer, first, first + 14, f"sum of {side}") != read:
                message = _("The sum of %(side)s is not that of the movements", side=side)
                yield trailer.refusal(
                    message, first, first + 14, _("%(read)s as read", read=format(read, "f"))
                )


def _account(record: Record, version: str, bic: str | None) -> tuple[Account, str]:
    """Account and currency of the old balance."""
    text = record.text[5:42]
    national = text[:12].strip()
    currency = text[34:37]
    if len(national) == 12 and national.isalnum() and not text[12].strip():
        currency = text[13:16]
        account = Account(iban=belgian_iban(national), number=national, bic=bic)
    else:
        number = "".join(text[:34].split())
        if not number:
            raise record.refusal(_("The account is missing"), 6, 42, _("an account number"))
        account = (
            Account(iban=number, bic=bic) if is_iban(number) else Account(number=number, bic=bic)
        )
    if not currency.strip() and version == "1":
        return account, "EUR"
    if not is_currency(currency):
        raise record.refusal(_("The currency is missing"), 6, 42, _("an ISO 4217 code"))
    return account, currency


def _balance(record: Record, position: int, what: str) -> Balance:
    """A balance: its sign, fifteen digits, and the date."""
    sign = record.text[position - 1]
    if sign not in "01":
        raise record.refusal(
            _("The sign is unknown"), position, position, _("0 (credit) or 1 (debit)")
        )
    amount = amount_of(record, position + 1, position + 15, what)
    date = None
    if record.get(position + 16, position + 21).strip("0"):
        date = record.date(position + 16, position + 21, DATE, f"date of the {what}")
    return Balance(-amount if sign == "1" else amount, date)


def _is_number(text: str) -> bool:
    return bool(text.strip("0"))


def _fields(payment: Payment) -> dict:
    return dict(zip(_PAYMENT_FIELDS, _payment_values(payment), strict=True))


def _charged(detail: Detail, cost: Decimal) -> Detail:
    return detail._replace(charges=(detail.charges or 0) + cost) if cost else detail


def _fill(payment: Payment, more: Payment | Detail) -> None:
    """Take over what is not known yet from a part of the movement."""
    for name in _PAYMENT_FIELDS:
        if getattr(payment, name) in (None, "", Counterparty()):
            setattr(payment, name, getattr(more, name))


def _agree(payment: Payment, details: list[Detail]) -> None:
    """Take over what all details agree on."""
    first, *others = details
    for name in _AGREED:
        value = getattr(first, name)
        agreed = all(getattr(other, name) == value for other in others)
        if agreed and getattr(payment, name) in (None, "", Counterparty()):
            setattr(payment, name, value)
