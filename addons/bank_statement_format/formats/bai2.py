"""US account statements: BAI2 (Cash Management Balance Reporting, version 2).

A file (01, 99) holds groups (02, 98) of one bank and day, these hold accounts (03, 49)
with balances and totals, these hold transactions (16); 88 continues any record. Read are
records of one line each, several in one line, texts that go on in a line without a code,
records of a fixed length without lines, and several files in one.

- Amounts have no decimal point: their decimals are those of the account's currency, else
  the group's, else USD. The sign is that of the type code: 100 to 399, 721 to 759 and 920
  to 959 are credits, 400 to 699, 760 to 799 and 960 to 999 debits. Records of type 890 move
  no money and are skipped.
- `code` is the type code. The reference numbers are the bank's reference and, as what the
  customer gave, the end-to-end reference.
- Continuations are joined with one blank. Where a bank labels them (`CRNM: Example Inc`),
  counterparty and references are taken from them.
- Opening and closing are the ledger balances 010 and 015. Without 015 the current ledger
  (030), then the current available balance (060) stands in. Where only one side is known
  and the bank tells the totals of credits (100) and debits (400), the other follows.
- A group of interim figures (as-of modifier 1 or 3) is a report: its transactions are not
  booked yet, and it has no balances.
- Control totals are compared as the standard has them and in the other ways that banks
  count: transactions only, net of debits, absolute; records with or without 88 and trailer.

Refused are files that end before record 99, records out of order, groups that delete what
was reported or are tests, and totals or numbers that fit no way of counting. Where an
account's balances and transactions do not fit either, it is handed out as a statement that
does not balance, and the totals above it are not compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import BinaryIO

from ..errors import InvalidStatement
from ..messages import _
from ..registry import Format
from ..types import Account, Balance, Counterparty, Date, Event, Statement, Transaction
from ._bai2_records import Fields, Record, decimals_of, detail_fields, read_records
from ._records import head_text, tidy
from ._values import is_currency

_HEAD = re.compile(
    r"\s*01,[^,\n]*,[^,\n]*,[0-9]{6,8},[0-9]{0,4},[^,\n]*,[0-9 ]*,[0-9 ]*,"
    r"[0-9]?[ ]*/?\s*(?:88,[^\r\n]*[\r\n]\s*)*02,"
)
_LABELLED = re.compile(r"([A-Z]{4}):\s*(.*)", re.DOTALL)

_FOLLOWERS = {
    "": ("01",),
    "01": ("02",),
    "02": ("03", "98"),
    "03": ("16", "49"),
    "16": ("16", "49"),
    "49": ("03", "98"),
    "98": ("02", "99"),
    "99": ("01",),
}
"""Which records may follow one of a code."""

_INFORMATION = 890
_INTERIM = ("1", "3")


class Bai2(Format):
    """BAI2 files, of one account or several."""

    name = "bai2"
    label = "BAI2"
    recognised_by = "a record 01 as BAI version 2 has it, and then a record 02"
    extensions = (".bai", ".bai2", ".txt")

    def sniff(self, name: str, head: bytes) -> bool:
        return bool(_HEAD.match(head_text(head)))

    def parse(self, stream: BinaryIO) -> Iterator[Event]:
        before, last = "", None
        file = group = account = None
        for last in read_records(stream):
            if last.code not in _FOLLOWERS[before]:
                raise last.refusal(
                    _("The record is none that can stand here"),
                    _("code"),
                    " or ".join(_FOLLOWERS[before]),
                    last.code,
                )
            before = last.code
            if before == "01":
                file = _open_file(last)
            elif before == "02":
                group = _open_group(last)
            elif before == "03":
                account = _OpenAccount(last, group)
            elif before == "16":
                transaction = account.read(last)
                if transaction is not None:
                    yield transaction
            elif before == "49":
                yield account.close(last)
            elif before == "98":
                _close(last, group.sums, "accounts")
                file.add(group.sums)
            else:
                _close(last, file, "groups")
        if before != "99":
            raise InvalidStatement(
                _("The file was cut off: its trailer is missing"),
                line=last and last.line,
                expected=_("a record 99"),
                found=last and last.code,
            )


@dataclass(slots=True)
class _Sums:
    """What the trailer of a group or file must tell.

    :ivar told: the sum of the control totals below
    :ivar contradicted: whether one below did not fit, so that these cannot either
    """

    children: int = 0
    told: Decimal = Decimal(0)
    records: int = 2
    continuations: int = 0
    contradicted: bool = False

    def add(self, below: _Sums) -> None:
        self.children += 1
        self.told += below.told
        self.records += below.records
        self.continuations += below.continuations
        self.contradicted |= below.contradicted


@dataclass(slots=True)
class _Group:
    date: Date
    currency: str
    interim: bool
    sums: _Sums = field(default_factory=_Sums)


def _open_file(record: Record) -> _Sums:
    fields = record.fields()
    for _skipped in range(7):
        fields.next()
    version = fields.next()
    if version not in ("2", ""):
        raise record.refusal(_("The version is not known"), _("version"), "2", version)
    sums = _Sums()
    _count(sums, record)
    return sums


def _open_group(record: Record) -> _Group:
    fields = record.fields()
    fields.next()
    fields.next()
    status = fields.next()
    if status not in ("", "1", "3"):
        message = {
            "2": _("The group deletes what was reported before"),
            "4": _("The group is a test, not a report"),
        }.get(status, _("The status of the group is unknown"))
        raise record.refusal(message, _("group status"), _("1 (update) or 3 (correction)"), status)
    date = fields.date("as-of date")
    fields.next()
    currency = fields.next().upper() or "USD"
    if not is_currency(currency):
        raise record.refusal(
            _("The currency is unknown"), _("currency"), _("an ISO 4217 code"), currency
        )
    group = _Group(date, currency, fields.next() in _INTERIM)
    _count(group.sums, record)
    return group


def _count(sums: _Sums, record: Record) -> None:
    sums.records += record.continuations
    sums.continuations += record.continuations


class _OpenAccount:
    """An account whose transactions pass by."""

    def __init__(self, record: Record, group: _Group):
        self._group = group
        self._sums = _Sums()
        self._count = 0
        self._total = Decimal(0)
        # As the file writes them, all positive; and by the sign that the code means.
        self._written = self._absolute = self._net = Decimal(0)
        self._details = self._details_net = Decimal(0)
        _count(self._sums, record)
        fields = record.fields()
        self._number = fields.next()
        if not self._number:
            raise record.refusal(
                _("The account is missing"), _("account"), _("an account number"), ""
            )
        self._currency = fields.next().upper() or group.currency
        if not is_currency(self._currency):
            raise record.refusal(
                _("The currency is unknown"), _("currency"), _("an ISO 4217 code"), self._currency
            )
        self._decimals = decimals_of(self._currency)
        self._status: dict[str, Decimal] = {}
        while fields:
            self._read_summary(record, fields)

    def _read_summary(self, record: Record, fields: Fields) -> None:
        """One balance or total: type, amount, number of items, funds type."""
        code = fields.next()
        amount = fields.amount(self._decimals, "amount")
        fields.next()
        fields.funds(self._decimals)
        if not code:
            if amount is not None:
                raise record.refusal(
                    _("An amount has no type"), _("type code"), _("three digits"), ""
                )
            return
        if not (len(code) == 3 and code.isascii() and code.isdigit()):
            raise record.refusal(_("The type is unknown"), _("type code"), _("three digits"), code)
        if amount is not None:
            self._status.setdefault(code, amount)
            self._tally(amount, _sign(int(code)) or 1)

    def _tally(self, amount: Decimal, sign: int) -> None:
        self._written += amount
        self._absolute += abs(amount)
        self._net += sign * amount

    def read(self, record: Record) -> Transaction | None:
        """A transaction, or None for information only."""
        self._sums.records += 1
        _count(self._sums, record)
        fields, lines = detail_fields(record)
        code = fields.next()
        if not (len(code) == 3 and code.isascii() and code.isdigit()):
            raise record.refusal(_("The type is unknown"), _("type code"), _("three digits"), code)
        written = fields.amount(self._decimals, "amount")
        if int(code) == _INFORMATION and not written:
            return None
        sign = _sign(int(code))
        if not sign:
            expected = _("a credit or debit code, such as 195 or 495")
            raise record.refusal(
                _("The type is neither credit nor debit"), _("type code"), expected, code
            )
        if written is None:
            raise record.refusal(_("The amount is missing"), _("amount"), _("digits"), "")
        self._tally(written, sign)
        amount = sign * written
        self._details += written
        self._details_net += amount
        self._count += 1
        self._total += amount
        return self._transaction(record, fields, lines, code, amount)

    def _transaction(
        self, record: Record, fields: Fields, lines: list[str], code: str, amount: Decimal
    ) -> Transaction:
        value_date = fields.funds(self._decimals)
        bank_reference, reference = fields.next(), fields.next()
        text = ",".join(fields.values[fields.position :])
        labelled = _labelled(lines) if lines else {}
        return Transaction(
            booking_date=self._group.date,
            value_date=value_date,
            amount=amount,
            currency=self._currency,
            counterparty=_counterparty(labelled, amount) if labelled else Counterparty(),
            remittance=tidy(" ".join([text, *lines])),
            end_to_end_id=labelled.get("EREF") or reference or None,
            bank_reference=bank_reference or None,
            code=code,
            booked=not self._group.interim,
            raw="".join(record.raw).rstrip("\r\n"),
        )

    def close(self, record: Record) -> Statement:
        """The statement, when its trailer fits what was read.

        :raises InvalidStatement: when it does not, although the balances do
        """
        _count(self._sums, record)
        opening, closing = self._balances()
        fits = None if opening is None or closing is None else opening + self._total == closing
        problem = self._problem(record)
        # A report has no balances that could show it.
        if problem and (self._group.interim or fits is not False):
            raise problem
        self._sums.contradicted = problem is not None
        self._group.sums.add(self._sums)
        return self._statement(opening, closing)

    def _problem(self, record: Record) -> InvalidStatement | None:
        """What in the trailer is not as it was read."""
        fields = record.fields()
        told = fields.amount(self._decimals, "control total") or Decimal(0)
        # Control totals of groups add up digits, whatever the currency.
        self._sums.told = told.scaleb(self._decimals)
        ways = {
            self._written,
            self._absolute,
            self._net,
            self._details,
            self._details_net,
            abs(self._details_net),
        }
        problem = _contradiction(record, "control total", told, sorted(ways))
        return problem or _wrong_number(record, fields, self._sums)

    def _statement(self, opening: Decimal | None, closing: Decimal | None) -> Statement:
        date = self._group.date
        if self._group.interim:
            return Statement(
                account=Account(number=self._number),
                currency=self._currency,
                pending_count=self._count,
                start_date=date,
                end_date=date,
                kind="report",
            )
        return Statement(
            account=Account(number=self._number),
            currency=self._currency,
            opening=None if opening is None else Balance(opening, date),
            closing=None if closing is None else Balance(closing, date),
            count=self._count,
            total=self._total,
            start_date=date,
            end_date=date,
        )

    def _balances(self) -> tuple[Decimal | None, Decimal | None]:
        """Opening and closing; one follows from the other and the totals of the bank."""
        status = self._status
        opening = status.get("010")
        closing = next((status[code] for code in ("015", "030", "060") if code in status), None)
        if "100" in status and "400" in status:
            change = abs(status["100"]) - abs(status["400"])
            if opening is None and closing is not None:
                opening = closing - change
            elif closing is None and opening is not None:
                closing = opening + change
        return opening, closing


def _sign(code: int) -> int:
    """1 for credits, -1 for debits, 0 for what is neither."""
    if 100 <= code < 400 or 720 <= code < 760 or 920 <= code < 960:
        return 1
    if 400 <= code < 700 or 760 <= code < 800 or 960 <= code < 1000:
        return -1
    return 0


def _labelled(lines: list[str]) -> dict[str, str]:
    """What continuations say, by the four letters that they begin with."""
    return dict(match.groups() for match in map(_LABELLED.fullmatch, lines) if match)


def _counterparty(labelled: dict[str, str], amount: Decimal) -> Counterparty:
    """The other side, where the bank labels creditor (C...) and debtor (D...)."""
    side = "C" if amount < 0 else "D"
    name = labelled.get("CRNM" if amount < 0 else "DBNM")
    account, bic = labelled.get(f"{side}ACT"), labelled.get(f"{side}BIC")
    return Counterparty(name=name or None, iban=account or None, bic=bic or None)


def _close(record: Record, sums: _Sums, children: str) -> None:
    """Compare the trailer of a group or file with what is in it."""
    _count(sums, record)
    fields = record.fields()
    told = fields.amount(0, "control total") or Decimal(0)
    problem = _contradiction(record, "control total", told, [sums.told])
    if fields.integer(f"number of {children}") != sums.children:
        found = fields.values[1].strip()
        problem = problem or record.refusal(
            _("The number of %(children)s is not right", children=children),
            _("number of %(children)s", children=children),
            _("%(children)s as read", children=sums.children),
            found,
        )
    problem = problem or _wrong_number(record, fields, sums)
    if problem and not sums.contradicted:
        raise problem
    sums.told = told


def _contradiction(
    record: Record, what: str, told: Decimal, ways: list[Decimal]
) -> InvalidStatement | None:
    if told in ways:
        return None
    expected = " or ".join(f"{way:f}" for way in ways) + " as read"
    return record.refusal(
        _("The %(what)s is not that of the records", what=what), what, expected, f"{told:f}"
    )


def _wrong_number(record: Record, fields: Fields, sums: _Sums) -> InvalidStatement | None:
    """Whether the number of records fits no way of counting: never more than were read."""
    told = fields.integer("number of records")
    logical = sums.records - sums.continuations
    ways = {sums.records - n for n in range(3)} | {logical - n for n in range(2)}
    if told in ways:
        return None
    return record.refusal(
        _("Records are missing or too many"),
        _("number of records"),
        _("%(records)s as read", records=sums.records),
        str(told),
    )
