"""Statements (MT940) and interim reports (MT942) out of their SWIFT fields."""

from __future__ import annotations

import calendar
import datetime
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import BinaryIO

from ..errors import InvalidStatement
from ..messages import _
from ..types import Account, Balance, Counterparty, Date, Event, Statement, Transaction
from ._mt94x_texts import read_text
from ._swift import END, ENVELOPE, Field, read_fields
from ._text import open_text
from ._values import AMOUNT_DECIMALS, AMOUNT_DIGITS, compact, is_iban, plausible_date

_HEAD_SIZE = 64 * 1024

_AMOUNT = re.compile(rf"0*([0-9]{{0,{AMOUNT_DIGITS}}})(?:[,.]([0-9]{{0,{AMOUNT_DECIMALS}}}))?")
_BALANCE = re.compile(r"([CD])([0-9]{6})([A-Z]{3})?([0-9]*[,.]?[0-9]*)")
_ENTRY = re.compile(
    r"[ \t]*+([0-9]{6})([0-9]{4}|[ ]{4}|)[ ]*+"  # value date, entry date
    r"(R[CD]|E[CD]|[CDcd])[ ]*[A-Z]?[ ]*"  # direction, third letter of the currency
    r"([0-9]*[,.]?[0-9]+[,.]?)(?![0-9.,])[ ]?"  # amount
    r"(?:(?!NONREF)([A-Z][A-Z0-9 ]{3}))?"  # type of transaction
    r"(.*)"  # references
)
_NUMBER = re.compile(r"\s*([0-9]+)")
_SUM = re.compile(r"([0-9]+)[ ]*([A-Z]{3})[ ]*([0-9]*[,.]?[0-9]*)")
_FLOOR = re.compile(r"([A-Z]{3})[ ]*([CD]?)[ ]*([0-9]*[,.]?[0-9]*)")
_CODEWORD_BEHIND = re.compile(r"/(?:OCMT|CHGS|IACC|EXCH)/")
_MESSAGE_TYPE = re.compile(r"\{2:[IO]([0-9]{3})")
_FILLING = " \t\n\x01\x03\x1a\ufeff"
_BEGUN_TAG = re.compile(r"^[ \t\x01\x03\ufeff]*:[0-9]{0,3}[A-Za-z]?:?\Z", re.MULTILINE)
_BLOCKS = re.compile(r"^(?:-[^{\n]*)?(\{(?s:.*))", re.MULTILINE)
_MESSAGE_BLOCK = re.compile(r"\{[1-4]")
_CURRENCY_AT_END = re.compile(r"[ /]?([A-Z]{3})$")
_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
_REFERENCE_ELSEWHERE = frozenset(("NONREF", "NOREF", "NOTPROVIDED", "EREF", "MARF", "PREF", "KREF"))

_BOOKED_MARKS = {"C": 1, "D": -1, "c": 1, "d": -1, "RC": -1, "RD": 1}
_EXPECTED_MARKS = {"EC": 1, "ED": -1}
_MARKS = _BOOKED_MARKS | _EXPECTED_MARKS

_TAG_LINE = re.compile(
    r"(?:^|(?<=[\r\n]))[ \t\x01\ufeff]*:"
    r"(20|25P?|28C?|34F?|60[FM]?|61|62[FM]?|13D?|64|65|86|90[CD]|NS):",
    re.IGNORECASE,
)

# There is one of each per entry, and checking the number of fields would take its time.
_transaction_of = functools.partial(tuple.__new__, Transaction)
_party_of = functools.partial(tuple.__new__, Counterparty)

# Where the bank is, by what stands at the head of the file.
_COUNTRY = re.compile(
    rb":25P?:/{0,2}(?:([A-Z]{2})[0-9]{2}[A-Z0-9]{8}|[A-Z]{4}([A-Z]{2})[A-Z0-9]{2}(?:[A-Z0-9]{3})?/)"
    rb"|\{1:F01[A-Z]{4}([A-Z]{2})|\b0000 01[A-Z]{4}([A-Z]{2})|^[A-Z]{4}([A-Z]{2})[A-Z0-9]{2}\s*$",
    re.MULTILINE,
)
_BANK_CODE = re.compile(rb":25P?:[0-9]{8}/[0-9]+")
_CURRENCY = re.compile(rb":(?:60[FM]?:[CD][0-9]{6}|34F?:)([A-Z]{2})[A-Z]")


def message_type(head: bytes) -> str | None:
    """``940`` or ``942``, by the first message in a file's first bytes; None when neither.

    MT950, which is MT940 without texts, counts as MT940.
    """
    text = _decoded(head)
    # What comes before the first tag or envelope is a bank's wrapper, but never markup.
    if text.lstrip("\x01\ufeff \t\r\n").startswith(("<", "%PDF", "PK", "!Type")):
        return None
    envelope = _MESSAGE_TYPE.search(text)
    tags = [match[1].upper() for match in _TAG_LINE.finditer(text)]
    if envelope and envelope[1] not in ("940", "942", "950"):
        return None
    if not tags:
        return None
    if envelope:
        return "942" if envelope[1] == "942" else "940"
    second = tags.index("20", tags.index("20") + 1) if tags.count("20") > 1 else len(tags)
    first_message = set(tags[:second])
    if first_message & {"34", "34F"}:
        return "942"
    interim = first_message & {"13", "13D", "90C", "90D"}
    return "942" if interim and not first_message & {"60", "60F", "60M"} else "940"


def _decoded(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "ignore")
    return head.decode("latin-1").removeprefix("\xef\xbb\xbf")


def countries_of(head: bytes) -> tuple[str, ...]:
    """ISO 3166 codes of where the accounts may be, most telling first."""
    found = [next(filter(None, match.groups())).decode() for match in _COUNTRY.finditer(head)]
    if not found and _BANK_CODE.search(head):
        found = ["DE"]
    found += [match[1].decode() for match in _CURRENCY.finditer(head)]
    # The first two letters of a currency are a country's, except for the euro.
    return tuple(dict.fromkeys(country for country in found if country != "EU"))


def read_statements(stream: BinaryIO) -> Iterator[Event]:
    """Each statement's transactions, then the statement.

    :raises InvalidStatement: at the first thing that breaks the format
    """
    head = stream.read(_HEAD_SIZE)
    text = open_text(stream, countries_of(head))
    try:
        yield from _Reader().events(read_fields(text))
    except UnicodeDecodeError as error:
        raise InvalidStatement(
            _("The file has bytes that are no characters"),
            expected=_("text in %(encoding)s", encoding=error.encoding),
        ) from None
    finally:
        text.detach()


@dataclass(slots=True)
class _Header:
    """What a message says before its opening balance."""

    line: int
    type: str | None = None
    account: Account | None = None
    account_currency: str | None = None
    number: str | None = None


@dataclass(slots=True)
class _Sums:
    """What was read, and what the bank says there is, in one direction."""

    count: int = 0
    amount: Decimal = Decimal(0)


@dataclass(slots=True)
class _Open:
    """A statement whose entries pass by; its pages may be several messages."""

    header: _Header
    kind: str
    line: int
    currency: str | None = None
    opening: Balance | None = None
    closing: Balance | None = None
    dialects: dict[str, int] = field(default_factory=dict)
    # What was read, by the mark as it is written, and the days it was booked on.
    sums: dict[str, _Sums] = field(default_factory=dict)
    days: set[Date] = field(default_factory=set)
    stated: dict[str, tuple[int, Decimal, int]] = field(default_factory=dict)
    floor: bool = False

    def add(self, size: Decimal, mark: str, day: Date) -> None:
        """Count an entry; all that is told of the statement follows from these sums."""
        sums = self.sums.get(mark)
        if sums is None:
            sums = self.sums[mark] = _Sums()
        sums.count += 1
        sums.amount += size
        self.days.add(day)

    @property
    def count(self) -> int:
        """How many entries are booked."""
        return sum(sums.count for sums in self._booked().values())

    @property
    def pending(self) -> int:
        return sum(sums.count for sums in self.sums.values()) - self.count

    @property
    def total(self) -> Decimal:
        """What the booked entries change the balance by."""
        booked = self._booked().items()
        return sum((_MARKS[mark] * sums.amount for mark, sums in booked), Decimal(0))

    def _booked(self) -> dict[str, _Sums]:
        if self.kind == "report":
            return {}
        return {mark: sums for mark, sums in self.sums.items() if mark in _BOOKED_MARKS}

    @property
    def reversed(self) -> bool:
        """Whether there are entries of which banks disagree on which side they count."""
        return any(len(mark) > 1 for mark in self.sums)

    def read_sum(self, sign: int) -> _Sums:
        """Number and amount of all entries that act on the account in one direction."""
        found = [sums for mark, sums in self.sums.items() if _MARKS[mark] == sign]
        amount = sum((sums.amount for sums in found), Decimal(0))
        return _Sums(sum(sums.count for sums in found), amount)

    def adds_up(self) -> bool:
        return self.opening.amount + self.total == self.closing.amount

    def continues_in(self, header: _Header, opening: Balance, currency: str) -> bool:
        """Whether a message is this statement's next page."""
        return (
            header.account == self.header.account
            and header.number == self.header.number
            and currency == self.currency
            and opening.amount == self.closing.amount
        )

    def finish(self) -> Statement:
        return Statement(
            account=self.header.account,
            currency=self.currency,
            opening=self.opening,
            closing=self.closing,
            number=self.header.number,
            count=self.count,
            total=self.total,
            pending_count=self.pending,
            start_date=min(self.days) if self.days else self.opening and self.opening.date,
            end_date=max(self.days) if self.days else self.closing and self.closing.date,
            dialect=self._dialect(),
            kind=self.kind,
        )

    def _dialect(self) -> str | None:
        """The wording that most texts have; any is more telling than none."""
        return max(
            self.dialects, key=lambda name: (name != "plain", self.dialects[name]), default=None
        )


class _Reader:
    """Follows the fields of a file through its messages."""

    def __init__(self):
        self._type: str | None = None
        self._header: _Header | None = None
        self._open: _Open | None = None
        # Ended with an interim balance, so that another page may follow.
        self._waiting: _Open | None = None
        self._entry: Field | None = None
        self._texts: list[Field] = []
        self._count = 0

    def events(self, fields: Iterator[Field]) -> Iterator[Event]:
        handlers = {
            ENVELOPE: self._read_envelope,
            END: self._end_message,
            "20": self._begin_message,
            "25": self._read_account,
            "25P": self._read_account,
            "28": self._read_number,
            "28C": self._read_number,
            "34": self._read_floor,
            "34F": self._read_floor,
            "13": self._read_time,
            "13D": self._read_time,
            "60": self._read_opening,
            "60F": self._read_opening,
            "60M": self._read_opening,
            "62": self._read_closing,
            "62F": self._read_closing,
            "62M": self._read_closing,
            "90C": self._read_sum,
            "90D": self._read_sum,
        }
        item = None
        for item in fields:
            tag = item.tag
            if tag == "61":
                if self._entry is not None:
                    yield self._end_entry()
                elif self._open is None:
                    raise self._out_of_place(item)
                if item.text is not None:
                    yield self._transaction(item, item.text, item.raw)
                    continue
                self._entry = item
                self._texts = []
                continue
            if self._entry is not None:
                if tag == "86" or tag == "NS":
                    self._texts.append(item)
                    continue
                yield self._end_entry()
            # What is left are balances and texts for information, such as 64 and 65.
            if handler := handlers.get(tag):
                yield from handler(item)
        if self._entry is not None:
            yield self._end_entry()
        yield from self._end_of_file(item)

    # Messages

    def _read_envelope(self, item: Field) -> Iterator[Statement]:
        yield from self._end_open(item.line)
        match = _MESSAGE_TYPE.search(item.value)
        if match:
            self._type = match[1]

    def _begin_message(self, item: Field) -> Iterator[Statement]:
        yield from self._end_open(item.line)
        if self._header is not None:
            raise InvalidStatement(
                _("The message ends before its statement begins"),
                line=self._header.line,
                expected=_(":60F: with the opening balance"),
            )
        self._header = _Header(item.line, self._type)
        self._type = None

    def _end_message(self, item: Field) -> Iterator[Statement]:
        if self._open is not None and self._open.kind == "report":
            yield self._finish_report()
        if _MESSAGE_TYPE.search(item.value):
            # The next message's envelope on the same line.
            yield from self._read_envelope(item)

    def _end_of_file(self, last: Field | None) -> Iterator[Statement]:
        yield from self._end_open(None)
        if self._header is not None:
            raise _cut_off(self._header.line)
        if last is not None:
            _refuse_begun_message(last)
        if self._waiting is not None:
            yield self._waiting.finish()
        elif not self._count:
            raise InvalidStatement(
                _("The file contains no statement"), expected=_(":60F: and :62F:")
            )

    def _end_open(self, line: int | None) -> Iterator[Statement]:
        """What is open ends without an end of its own: at the next message, or with the file.

        :param line: where the next message begins
        """
        if self._open is None:
            return
        if self._open.kind != "report":
            raise InvalidStatement(
                _("The statement is cut off: it has no closing balance"),
                line=line or self._open.line,
                element=":62F:",
                expected=_("a closing balance after the last transaction"),
            )
        if not self._open.stated:
            raise InvalidStatement(
                _("The report is cut off: it has neither totals nor an end"),
                line=line or self._open.line,
                expected=_(":90D:, :90C: or a line with only -"),
            )
        yield self._finish_report()

    def _out_of_place(self, item: Field) -> InvalidStatement:
        return InvalidStatement(
            _("The field is not where it can be"),
            line=item.line,
            element=f":{item.tag}:",
            expected=_(":60F: with the opening balance first")
            if item.tag == "61"
            else _("the fields of a statement in their order"),
            found=item.value.strip(),
        )

    # Header

    def _head(self, item: Field) -> _Header:
        if self._open is not None:
            raise self._out_of_place(item)
        if self._header is None:
            self._header = _Header(item.line, self._type)
            self._type = None
        return self._header

    def _read_account(self, item: Field) -> Iterator[Statement]:
        header = self._head(item)
        if header.account is not None:
            raise self._out_of_place(item)
        header.account, header.account_currency = _account(item)
        yield from ()

    def _read_number(self, item: Field) -> Iterator[Statement]:
        header = self._head(item)
        match = _NUMBER.match(item.value)
        header.number = match and match[1]
        yield from ()

    def _read_time(self, item: Field) -> Iterator[Statement]:
        if self._header is not None and self._header.type != "940":
            yield from self._begin_report(item)

    def _read_floor(self, item: Field) -> Iterator[Statement]:
        yield from self._begin_report(item)
        match = _FLOOR.match(item.value.strip())
        if not match:
            raise _refusal(_("The floor limit is not readable"), item, _("currency and amount"))
        self._set_currency(match[1], item)
        self._open.floor |= bool(_amount(match[3], item))

    def _begin_report(self, item: Field) -> Iterator[Statement]:
        if self._open is not None:
            return
        header = self._complete_header(item)
        if self._waiting is not None:
            yield self._waiting.finish()
            self._waiting = None
        self._open = _Open(header, "report", item.line, header.account_currency)

    def _complete_header(self, item: Field) -> _Header:
        header = self._head(item)
        if header.account is None:
            raise InvalidStatement(
                _("The statement names no account"),
                line=item.line,
                expected=_(":25: with the account"),
            )
        self._header = None
        return header

    # Balances

    def _read_opening(self, item: Field) -> Iterator[Statement]:
        if self._open is not None and self._open.kind == "report":
            if self._open.count or self._open.pending or self._open.header.type == "942":
                return
            # A time stamp in a statement does not make it a report.
            self._header, self._open = self._open.header, None
        header = self._complete_header(item)
        balance, currency = _balance(item, header.account_currency)
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            if waiting.continues_in(header, balance, currency):
                self._open = waiting
                return
            yield waiting.finish()
        self._open = _Open(header, "statement", item.line, currency, balance)

    def _read_closing(self, item: Field) -> Iterator[Statement]:
        current = self._open
        if current is None:
            raise self._out_of_place(item)
        if current.kind == "report":
            return
        balance, currency = _balance(item, current.currency)
        if currency != current.currency:
            raise _refusal(
                _("The closing balance is in another currency"),
                item,
                _("currency %(currency)s", currency=current.currency),
            )
        current.closing, self._open = balance, None
        self._count += 1
        self._check_sums(current)
        if item.tag == "62M" and current.adds_up():
            self._waiting = current
        else:
            yield current.finish()

    # Reports

    def _read_sum(self, item: Field) -> Iterator[Statement]:
        current = self._open
        if current is None:
            # After a statement's closing balance; that one proves more.
            return
        match = _SUM.match(item.value.strip())
        if not match:
            raise _refusal(_("The total is not readable"), item, _("number, currency and amount"))
        self._set_currency(match[2], item)
        current.stated[item.tag[2]] = int(match[1]), _amount(match[3], item), item.line
        yield from ()

    def _finish_report(self) -> Statement:
        current, self._open = self._open, None
        self._count += 1
        self._check_sums(current)
        return current.finish()

    def _check_sums(self, current: _Open) -> None:
        """Entries that are missing or doubled show in the number and sum of entries.

        A report may leave out small entries, or all of them; then there are fewer.
        """
        for mark, (count, amount, line) in current.stated.items():
            read = current.read_sum(_MARKS[mark])
            if current.reversed or (read.count, read.amount) == (count, amount):
                continue
            if read.count < count and (current.floor or not current.count + current.pending):
                continue
            raise InvalidStatement(
                _("The total does not fit the entries"),
                line=line,
                element=f":90{mark}:",
                expected=_(
                    "%(count)s entries with %(amount)s as read",
                    count=read.count,
                    amount=format(read.amount, "f"),
                ),
                found=_(
                    "%(count)s entries with %(amount)s", count=count, amount=format(amount, "f")
                ),
            )

    def _set_currency(self, currency: str, item: Field) -> None:
        current = self._open
        if current.currency is None:
            current.currency = currency
        elif currency != current.currency:
            raise _refusal(
                _("The currency changes"),
                item,
                _("currency %(currency)s", currency=current.currency),
            )

    # Entries

    def _end_entry(self) -> Transaction:
        """The transaction of an entry whose texts, if any, came as fields of their own."""
        item, self._entry = self._entry, None
        texts = self._texts
        text = "\n".join([below.value for below in texts]) if texts else None
        raw = item.raw + "".join([below.raw for below in texts])
        return self._transaction(item, text, raw, bool(texts) and texts[0].tag == "NS")

    def _transaction(
        self, item: Field, text: str | None, raw: str, multicash: bool = False
    ) -> Transaction:
        """The transaction of an entry.

        :param text: the lines of its texts, None where it has none
        :param multicash: whether these are numbered as in :NS:
        """
        current = self._open
        currency = current.currency
        match, supplement = _split_entry(item)
        value, entry, mark, digits, kind, references = match.groups()
        reference, _skipped, bank_reference = references.partition("//")
        size = _amount(digits, item)
        sign = _MARKS[mark]
        try:
            value_date, booking_date = _entry_dates(value, entry)
        except ValueError as error:
            raise _impossible_date(error, item) from None
        if "/" in bank_reference and (behind := _CODEWORD_BEHIND.search(bank_reference)):
            supplement = bank_reference[behind.start() :] + supplement
            bank_reference = bank_reference[: behind.start()]
        told = read_text(text, supplement, _reference(reference), multicash)
        current.add(size, mark, booking_date)
        if text is not None:
            current.dialects[told.dialect] = current.dialects.get(told.dialect, 0) + 1
        original, original_currency = told.original or (None, None)
        if original is not None and sign < 0:
            original = -original
        kind = kind.rstrip() if kind else ""
        # By position and from one tuple, which takes a third of the time that names take.
        fields = (
            booking_date,
            size if sign > 0 else -size,
            currency,
            value_date,
            original,
            original_currency or (currency if original else None),
            told.charges and _own_charges(told.charges, currency),
            _party_of((told.name, told.account, told.bic)),
            told.remittance,
            told.reference,
            told.end_to_end_id,
            told.mandate_id,
            told.creditor_id,
            _reference(bank_reference) or told.bank_reference,
            (f"{kind}+{told.code}" if told.code and kind else told.code or kind) or None,
            told.return_reason,
            mark in _BOOKED_MARKS and current.kind != "report",
            (),  # details: no wording of :86: tells a batch's payments apart
            raw.rstrip("\r\n"),
        )
        return _transaction_of(fields)


def _refuse_begun_message(last: Field) -> None:
    """What follows the last statement may be a trailer, but not the start of a message.

    :raises InvalidStatement: for an envelope without its message, or for a part of a tag
    """
    text = last.value.rstrip(_FILLING)
    begun = _BEGUN_TAG.search(text)
    if begun is None:
        begun = _BLOCKS.search(text)
        if begun is None or not _is_cut(begun[1]):
            return
    raise _cut_off(last.line + text.count("\n", 0, begun.start()), begun[0])


def _is_cut(blocks: str) -> bool:
    """Whether SWIFT's blocks begin a message, or the trailer ({5:...}) is not complete."""
    return bool(_MESSAGE_BLOCK.search(blocks)) or blocks.count("{") > blocks.count("}")


def _cut_off(line: int, found: str | None = None) -> InvalidStatement:
    return InvalidStatement(
        _("The file is cut off: it ends inside a message"),
        line=line,
        expected=_("a complete statement, or nothing behind the last one"),
        found=found,
    )


def _refusal(message: str, item: Field, expected: str) -> InvalidStatement:
    found = item.value.strip()
    return InvalidStatement(
        message, line=item.line, element=f":{item.tag}:", expected=expected, found=found
    )


def _account(item: Field) -> tuple[Account, str | None]:
    """The account, and the currency when the bank writes it behind the number."""
    first, _skipped, second = item.value.strip().partition("\n")
    text = first.strip().lstrip("/")
    bic = compact(second) if item.tag == "25P" else None
    if not text:
        raise _refusal(_("The statement names no account"), item, _("an account number"))
    currency = None
    match = _CURRENCY_AT_END.search(text)
    if match and any(char.isdigit() for char in text[: match.start()]):
        shorter = text[: match.start()]
        # Letters at the end may belong to an IBAN or to the bank's own number.
        if match[0] != match[1] or shorter[-1].isdigit():
            text, currency = shorter, match[1]
    bank, slash, number = text.partition("/")
    if slash and _BIC.fullmatch(bank):
        text, bic = number.strip(), bank
    joined = compact(text) or ""
    if is_iban(joined):
        return Account(iban=joined, bic=bic), currency
    return Account(number=text.strip(), bic=bic), currency


def _balance(item: Field, default: str | None) -> tuple[Balance, str]:
    text = "".join(item.value.partition("\n")[0].split()).upper()
    match = _BALANCE.fullmatch(text)
    if not match:
        raise _refusal(
            _("The balance is not readable"),
            item,
            _("C or D, date, currency and amount, comma before"),
        )
    mark, day, currency, digits = match.groups()
    currency = currency or default
    if currency is None:
        raise _refusal(_("The balance has no currency"), item, _("a currency before the amount"))
    amount = _amount(digits, item)
    return Balance(amount if mark == "C" else -amount, _balance_date(day, item)), currency


def _amount(digits: str, item: Field) -> Decimal:
    """An amount without sign; a comma before its decimals, which may be missing."""
    # Nearly all amounts are short, and quickly read.
    if len(digits) <= AMOUNT_DIGITS and -1 < digits.find(",") >= len(digits) - 3 and digits != ",":
        return Decimal(digits.replace(",", "."))
    match = _AMOUNT.fullmatch(digits)
    if not match or not any(map(str.isdigit, digits)):
        raise _refusal(_("The amount is not readable"), item, _("digits with a decimal comma"))
    whole, decimals = match.groups()
    if "." in digits and len(decimals) == 3:
        raise _refusal(
            _("The dot may stand before decimals or thousands"), item, _("a decimal comma")
        )
    return Decimal(f"{whole or 0}.{decimals}" if decimals else whole or 0)


def _balance_date(text: str, item: Field) -> Date | None:
    # Banks write zeros before the first entry of an account.
    return None if text == "000000" else _value_date(text, item)


def _value_date(text: str, item: Field) -> Date:
    try:
        return _date(text)
    except ValueError as error:
        raise _refusal(
            _("The date is not possible (%(error)s)", error=error), item, "YYMMDD"
        ) from None


@functools.lru_cache(maxsize=4096)
def _date(text: str) -> Date:
    """The day written YYMMDD, between 1970 and 2069."""
    year = int(text[:2])
    return plausible_date(_day(year + (1900 if year >= 70 else 2000), text[2:]))


def _day(year: int, text: str) -> Date:
    """The day written MMDD.

    Banks that count interest by equal months write days that a month does not have, such
    as 30 February; these are its last day.
    """
    month, day = int(text[:2]), int(text[2:])
    if 28 < day <= 31 and 1 <= month <= 12:
        day = min(day, calendar.monthrange(year, month)[1])
    return datetime.date(year, month, day)


def _impossible_date(error: ValueError, item: Field) -> InvalidStatement:
    expected = _("value date YYMMDD, entry date MMDD")
    return _refusal(_("The date is not possible (%(error)s)", error=error), item, expected)


@functools.lru_cache(maxsize=4096)
def _entry_dates(value: str, entry: str) -> tuple[Date, Date]:
    """Value date (YYMMDD) and booking date, which is the entry date (MMDD) if there is one.

    The entry date's year is the one that brings it nearest to the value date.
    """
    value_date = _date(value)
    if not entry.strip():
        return value_date, value_date
    year = value_date.year
    days = [_day(year + years, entry) for years in (0, -1, 1)]
    return value_date, plausible_date(min(days, key=lambda day: abs(day - value_date)))


def _split_entry(item: Field) -> tuple[re.Match, str]:
    """The first line of an entry, matched, and the supplementary details below it."""
    # Most entries are one line, behind which the pattern does not look.
    match = _ENTRY.match(item.value)
    if match is not None and match.end() == len(item.value):
        return match, ""
    first, _skipped, rest = item.value.partition("\n")
    if match is None and rest:
        # Some banks break the line before the amount.
        second, _skipped, rest = rest.partition("\n")
        match = _ENTRY.match(first.rstrip() + second)
    if match is None:
        raise _refusal(
            _("The transaction is not readable"),
            item,
            _("value date, C or D, amount with comma, type"),
        )
    return match, "\n".join(filter(None, map(str.strip, rest.split("\n")))) if rest else ""


def _reference(text: str | None) -> str | None:
    """A reference, unless it says that there is none, or that it is in the text below."""
    if not text or text in _REFERENCE_ELSEWHERE:
        return None
    text = text.strip()
    bare = text.rstrip("+").upper()
    return None if not bare.strip("0") or bare in _REFERENCE_ELSEWHERE else text


def _own_charges(charges: tuple[Decimal, str | None], currency: str | None) -> Decimal | None:
    """What the bank kept, when it is told in the account's own currency."""
    amount, own = charges
    return amount if own in (None, currency) else None
