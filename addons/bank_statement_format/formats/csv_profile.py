"""CSV of the banks that a profile declares.

Nothing is guessed: a file is recognised by the header line of exactly one profile,
and then every row must be as that profile says. The encoding is the byte order
mark's, else UTF-8 where the whole file is valid UTF-8, else the profile's own.
"""

from __future__ import annotations

import codecs
import csv
import datetime
import functools
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import BinaryIO

from ..errors import AmbiguousFormat, InvalidStatement, UnknownFormat
from ..registry import Format
from ..types import Account, Balance, Counterparty, Date, Event, Statement, Transaction
from ._profile import Profile, shipped_profiles
from ._values import (
    AMOUNT_DECIMALS,
    AMOUNT_DIGITS,
    compact,
    is_currency,
    is_iban,
    plausible_date,
)

HEAD_SIZE = 64 * 1024
MAX_LINE = 256 * 1024
MAX_PASSES = 500

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHUNK = 1 << 20


class CsvProfile(Format):
    """CSV files that one of the profiles recognises."""

    name = "csv"
    label = "CSV"

    def __init__(self, profiles: Iterable[Profile] | None = None):
        """:param profiles: for tests; those in the folder ``profiles`` when None"""
        self._profiles = None if profiles is None else tuple(profiles)

    def profiles(self) -> tuple[Profile, ...]:
        return shipped_profiles() if self._profiles is None else self._profiles

    def sniff(self, name: str, head: bytes) -> bool:
        return bool(self._candidates(head))

    def parse(self, stream: BinaryIO) -> Iterator[Event]:
        profile = self.profile_of(stream)
        encoding = _encoding(stream, profile)
        sheet = _Sheet(profile, stream, encoding)
        keys, interleaved = sheet.survey()
        if interleaved and len(keys) > MAX_PASSES:
            raise InvalidStatement(
                f"The file mixes the rows of {len(keys)} accounts",
                expected=f"at most {MAX_PASSES} accounts, or each account's rows together",
            )
        if interleaved:
            for key in keys:
                yield from _statements(profile, sheet, only=key)
        else:
            yield from _statements(profile, sheet)

    def profile_of(self, stream: BinaryIO) -> Profile:
        """The one profile whose header line the file has.

        :raises UnknownFormat: when there is none
        :raises AmbiguousFormat: when there are several; the message names them
        """
        stream.seek(0)
        candidates = self._candidates(stream.read(HEAD_SIZE))
        if not candidates:
            raise UnknownFormat("No CSV profile recognises the file's header line")
        if len(candidates) > 1:
            names = ", ".join(profile.label for profile in candidates)
            raise AmbiguousFormat(f"The CSV could be any of: {names}")
        return candidates[0]

    def _candidates(self, head: bytes) -> list[Profile]:
        return [profile for profile in self.profiles() if _has_header(profile, head)]


def _has_header(profile: Profile, head: bytes) -> bool:
    lines = _lines(io.StringIO(_decoded_head(head, profile.encodings), newline=""), [])
    reader = csv.reader(lines, delimiter=profile.delimiter, quotechar=profile.quote)
    try:
        for _, row in zip(range(profile.lines_before + 1), filter(None, reader), strict=False):
            if _is_header(profile, row):
                return True
    except (csv.Error, InvalidStatement):
        pass
    return False


def _decoded_head(head: bytes, encodings: tuple[str, ...]) -> str:
    """The file's beginning as text. A character may be cut at its end, so that is dropped."""
    declared = [encoding for bom, encoding in _BOMS if head.startswith(bom)]
    for encoding in declared or ("utf-8", *encodings):
        try:
            return codecs.getincrementaldecoder(encoding)().decode(head)
        except UnicodeDecodeError:
            continue
    return ""


def _is_header(profile: Profile, row: list[str]) -> bool:
    cells = [_tidy(cell) for cell in row]
    if profile.exact:
        return cells == list(profile.header)
    return set(profile.header) <= set(cells)


def _tidy(cell: str) -> str:
    """A cell without the blanks around it, no-break ones and stray byte order marks included."""
    return cell.strip().strip("\ufeff").strip()


def _encoding(stream: BinaryIO, profile: Profile) -> str:
    """The first encoding in which the whole file can be read.

    :raises InvalidStatement: when there is none
    """
    stream.seek(0)
    head = stream.read(4)
    declared = [encoding for bom, encoding in _BOMS if head.startswith(bom)]
    candidates = declared or ["utf-8", *profile.encodings]
    for encoding in candidates:
        if _decodes(stream, encoding):
            return encoding
    raise InvalidStatement(
        "The file has characters that none of its possible encodings knows",
        expected=", ".join(candidates),
    )


def _decodes(stream: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    stream.seek(0)
    try:
        while chunk := stream.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _lines(text: io.TextIOBase, kept: list[str]) -> Iterator[str]:
    """The physical lines, each also appended to ``kept``.

    :raises InvalidStatement: for what no text file contains
    """
    number = 0
    while line := text.readline(MAX_LINE):
        number += 1
        if "\0" in line:
            raise InvalidStatement(
                "The file contains NUL characters", line=number, expected="text"
            )
        if len(line) == MAX_LINE and not line.endswith(("\n", "\r")):
            raise InvalidStatement(
                "The line is too long", line=number, expected=f"less than {MAX_LINE} characters"
            )
        kept.append(line)
        yield line


@dataclass(frozen=True, slots=True)
class _Row:
    """One record: its cells, the line it begins on and its text in the file."""

    cells: list[str]
    line: int
    raw: str


@dataclass(frozen=True, slots=True)
class _Key:
    """What a Statement is about: rows of another account or currency are another one's."""

    account: str
    currency: str


class _Sheet:
    """The file seen as rows below a header, read as often as is needed."""

    def __init__(self, profile: Profile, stream: BinaryIO, encoding: str):
        self.profile = profile
        self.fields: dict[str, tuple[str, int]] = {}
        self._stream = stream
        self._encoding = encoding
        self._positions: dict[str, list[int]] = {}
        self._width = 0

    def survey(self) -> tuple[list[_Key], bool]:
        """The statements in the file, and whether their rows are mixed; reads it all once.

        Also fills ``fields`` from the lines around the rows.
        """
        keys: dict[_Key, None] = {}
        interleaved, last, rows = False, None, 0
        for row in self._rows(collect=True):
            key = self.key(row)
            interleaved |= key != last and key in keys
            keys[key] = None
            last, rows = key, rows + 1
        self._check_footer(rows)
        if len(keys) > 1 and {"opening", "closing"} & set(self.fields):
            raise InvalidStatement("Balances around the rows can be of one account only")
        return list(keys), interleaved

    def rows(self) -> Iterator[_Row]:
        return self._rows(collect=False)

    def _check_footer(self, rows: int) -> None:
        if "count" not in self.fields:
            return
        text, line = self.fields["count"]
        if text != str(rows):
            raise InvalidStatement(
                "The file does not hold as many rows as it says",
                line=line,
                expected=f"{rows} as read",
                found=text,
            )

    def _rows(self, *, collect: bool) -> Iterator[_Row]:
        records = self._records()
        for row in records:
            if _is_header(self.profile, row.cells):
                self._read_header(row)
                break
            if collect:
                self._keep_field(row, self.profile.preamble)
        footer = False
        for row in records:
            key = _tidy(row.cells[0]).rstrip(":")
            if key in self.profile.footer:
                footer = True
                if collect:
                    self._keep_field(row, self.profile.footer)
            elif footer:
                raise _broken("There is something after the last line", row, "nothing")
            elif len(row.cells) != self._width:
                expected = f"{self._width} columns"
                raise _broken(f"The row has {len(row.cells)} columns", row, expected)
            else:
                yield row
        if self.profile.footer_required and not footer:
            names = " or ".join(self.profile.footer)
            raise InvalidStatement(
                "The file has no last line, so it was cut off", expected=f"a line {names}"
            )

    def _records(self) -> Iterator[_Row]:
        """All records that are not blank."""
        self._stream.seek(0)
        text = io.TextIOWrapper(self._stream, self._encoding, newline="")
        kept: list[str] = []
        profile = self.profile
        reader = csv.reader(
            _lines(text, kept),
            delimiter=profile.delimiter,
            quotechar=profile.quote,
            strict=True,
        )
        start, raw = 1, "\n"
        try:
            for cells in reader:
                raw = "".join(kept)
                kept.clear()
                if any(map(str.strip, cells)):
                    yield _Row(cells, start, raw.rstrip("\r\n"))
                start = reader.line_num + 1
        except csv.Error as error:
            raise InvalidStatement(
                f"The row cannot be read ({error})",
                line=start,
                expected=f"quotes {profile.quote} that are closed",
            ) from error
        finally:
            # Otherwise the wrapper would close the caller's stream.
            text.detach()
        if profile.final_newline and not raw.endswith(("\n", "\r")):
            raise InvalidStatement(
                "The last line does not end, so the file was cut off",
                line=start - 1,
                expected="a line break",
            )

    def _read_header(self, row: _Row) -> None:
        names = [_tidy(cell) for cell in row.cells]
        self._width = len(names)
        self._positions = {}
        for key, columns in self.profile.columns.items():
            positions = [names.index(column) for column in columns if column in names]
            if any(names.count(column) > 1 for column in columns):
                raise _broken("A column occurs twice", row, "each column once")
            if positions:
                self._positions[key] = positions

    def _keep_field(self, row: _Row, names) -> None:
        name = names.get(_tidy(row.cells[0]).rstrip(":"))
        if not name:
            return
        text = next((_tidy(cell) for cell in row.cells[1:] if _tidy(cell)), "")
        self.fields[name] = (text, row.line)

    def cell(self, row: _Row, key: str) -> str:
        """The text of one column, tidied; empty where the file has no such column."""
        positions = self._positions.get(key)
        return _tidy(row.cells[positions[0]]) if positions else ""

    def joined(self, row: _Row, key: str) -> str:
        cells = (_tidy(row.cells[position]) for position in self._positions.get(key, ()))
        return " ".join(filter(None, cells))

    def has(self, key: str) -> bool:
        return key in self._positions

    def key(self, row: _Row) -> _Key:
        """The account and currency that the row belongs to.

        :raises InvalidStatement: when the row or the preamble should say and does not
        """
        currency = self._stated(row, "currency") or self.profile.currency or ""
        if not is_currency(currency):
            raise _broken(
                "The currency is missing or unreadable", row, "three capital letters", currency
            )
        return _Key(self._stated(row, "account") or self.profile.account or "", currency)

    def _stated(self, row: _Row, key: str) -> str:
        field_names = (*self.profile.preamble.values(), *self.profile.footer.values())
        if self.has(key):
            text = self.cell(row, key)
        elif key in field_names:
            text = self.fields.get(key, ("", 0))[0]
        else:
            return ""
        if not text and getattr(self.profile, key) is None:
            raise _broken(f"The {key} is not given", row, f"the {key}")
        return text

    def empty_key(self) -> _Key | None:
        """What a file without rows is about, if its preamble tells."""
        account = self.fields.get("account", (self.profile.account, 0))[0]
        currency = self.fields.get("currency", (self.profile.currency, 0))[0]
        return _Key(account, currency or "") if account else None


def _broken(message: str, row: _Row, expected: str, found: str | None = None) -> InvalidStatement:
    return InvalidStatement(
        message,
        line=row.line,
        expected=expected,
        found=row.raw if found is None else found,
    )


def _statements(profile: Profile, sheet: _Sheet, only: _Key | None = None) -> Iterator[Event]:
    """The events of one reading of the file.

    :param only: skip the rows of other accounts than this
    """
    current: _Building | None = None
    for row in sheet.rows():
        key = sheet.key(row)
        if only is not None and key != only:
            continue
        if current is None or current.key != key:
            if current is not None:
                yield current.finish()
            current = _Building(profile, sheet, key)
        yield current.read(row)
    if current is None and (key := sheet.empty_key()):
        current = _Building(profile, sheet, key)
    if current is not None:
        yield current.finish()


class _Building:
    """One statement while its rows pass by."""

    def __init__(self, profile: Profile, sheet: _Sheet, key: _Key):
        self.key = key
        self._profile = profile
        self._sheet = sheet
        self._count = self._pending = 0
        self._total = Decimal(0)
        self._dates: list[Date] = []
        self._chains = [
            _Chain(order)
            for order in ("oldest_first", "newest_first")
            if profile.order in ("auto", order)
        ]

    def read(self, row: _Row) -> Transaction:
        """One row as a transaction.

        :raises InvalidStatement: naming the line and the column
        """
        transaction = self._transaction(row)
        if not transaction.booked:
            self._pending += 1
            return transaction
        self._count += 1
        self._total += transaction.amount
        self._note_date(transaction.booking_date)
        self._follow_balance(row, transaction)
        return transaction

    def finish(self) -> Statement:
        opening, closing = self._balances()
        dates = self._dates
        number = self._sheet.fields.get("number", (None, 0))[0]
        return Statement(
            account=_account(self.key.account),
            currency=self.key.currency or None,
            opening=opening,
            closing=closing,
            number=number or None,
            count=self._count,
            total=self._total,
            pending_count=self._pending,
            start_date=min(dates, default=None),
            end_date=max(dates, default=None),
        )

    def _transaction(self, row: _Row) -> Transaction:
        sheet, cell = self._sheet, self._sheet.cell
        value_date = self._date(row, "value_date")
        booking_date = self._date(row, "booking_date") or value_date
        if booking_date is None:
            raise self._wrong(row, "booking_date", "The date is missing", "a date")
        original = self._number(row, "original_amount")
        return Transaction(
            booking_date=booking_date,
            amount=self._amount(row),
            currency=self.key.currency,
            value_date=value_date,
            original_amount=original,
            original_currency=(cell(row, "original_currency") or None) if original else None,
            charges=self._number(row, "charges"),
            counterparty=Counterparty(
                name=cell(row, "name") or None,
                iban=compact(cell(row, "iban")),
                bic=cell(row, "bic") or None,
            ),
            remittance=sheet.joined(row, "remittance"),
            reference=cell(row, "reference") or None,
            end_to_end_id=cell(row, "end_to_end_id") or None,
            mandate_id=cell(row, "mandate_id") or None,
            creditor_id=cell(row, "creditor_id") or None,
            bank_reference=cell(row, "bank_reference") or None,
            code=cell(row, "code") or None,
            booked=cell(row, "status") not in self._profile.pending,
            raw=row.raw,
        )

    def _amount(self, row: _Row) -> Decimal:
        if self._sheet.has("amount"):
            amount = self._number(row, "amount")
            if amount is None:
                raise self._wrong(row, "amount", "The amount is missing", "an amount")
            return self._with_sign(row, amount) if self._sheet.has("sign") else amount
        debit, credit = self._number(row, "debit"), self._number(row, "credit")
        if debit is not None and credit is not None and debit and credit:
            raise self._wrong(row, "credit", "Both debit and credit are given", "one of them")
        if debit is None and credit is None:
            raise self._wrong(row, "debit", "Neither debit nor credit is given", "one of them")
        # Some banks print the amounts of the debit column with a minus.
        return -abs(debit) if debit else credit or Decimal(0)

    def _with_sign(self, row: _Row, amount: Decimal) -> Decimal:
        sign, profile = self._sheet.cell(row, "sign"), self._profile
        if amount < 0 or sign not in profile.debit_signs + profile.credit_signs:
            expected = " or ".join(profile.debit_signs + profile.credit_signs)
            raise self._wrong(row, "sign", "The sign is unknown, or given twice", expected)
        return -amount if sign in profile.debit_signs else amount

    def _date(self, row: _Row, key: str) -> Date | None:
        text = self._sheet.cell(row, key)
        if not text:
            return None
        try:
            return _parse_date(text, self._profile.dates)
        except ValueError as error:
            expected = " or ".join(self._profile.dates)
            raise self._wrong(row, key, f"The date is not readable ({error})", expected) from None

    def _number(self, row: _Row, key: str) -> Decimal | None:
        text = self._sheet.cell(row, key)
        if not text:
            return None
        number = _parse_amount(text, self._profile.decimal, self._profile.thousands)
        if number is None:
            expected = f"a number like 1{self._profile.thousands}234{self._profile.decimal}56"
            raise self._wrong(row, key, "The amount is not readable", expected)
        return number

    def _wrong(self, row: _Row, key: str, message: str, expected: str) -> InvalidStatement:
        return InvalidStatement(
            message,
            line=row.line,
            element=" ".join(self._profile.columns.get(key, (key,))),
            expected=expected,
            found=self._sheet.cell(row, key),
        )

    def _note_date(self, date: Date) -> None:
        """Keep the first, the last, the earliest and the latest booking date."""
        if not self._dates:
            self._dates = [date] * 4
        first, _, earliest, latest = self._dates
        self._dates = [first, date, min(earliest, date), max(latest, date)]

    def _follow_balance(self, row: _Row, transaction: Transaction) -> None:
        balance = self._number(row, "balance")
        before, expected = self._chains, None
        self._chains = []
        for chain in before:
            expected = chain.expected(transaction.amount)
            if balance is None or expected in (None, balance):
                chain.add(transaction.amount, balance)
                self._chains.append(chain)
        if not self._chains:
            raise self._wrong(
                row,
                "balance",
                "The running balance does not follow from the row before",
                f"{expected:f}",
            )

    def _balances(self) -> tuple[Balance | None, Balance | None]:
        """Opening and closing balance, by the lines around the rows, else by the rows."""
        opening, closing = self._running_balances()
        stated = self._stated_balance("opening"), self._stated_balance("closing")
        first, last = self._dates[2:] or (None, None)
        if stated[0] is not None:
            opening = Balance(stated[0], first)
        if stated[1] is not None:
            closing = Balance(stated[1], last)
        return opening, closing

    def _running_balances(self) -> tuple[Balance | None, Balance | None]:
        """What the running balance proves; nothing when both directions fit and differ."""
        first, last = self._dates[:2] or (None, None)
        chains = self._chains
        if len(chains) > 1 and first != last:
            chains = [chain for chain in chains if (chain.order == "newest_first") == (first > last)]
        ends = {chain.ends() for chain in chains}
        if len(ends) != 1 or None in ends:
            return None, None
        (opening, closing) = ends.pop()
        return Balance(opening, self._dates[2]), Balance(closing, self._dates[3])

    def _stated_balance(self, name: str) -> Decimal | None:
        text, line = self._sheet.fields.get(name, ("", 0))
        if not text:
            return None
        amount = _parse_amount(text, self._profile.decimal, self._profile.thousands)
        if amount is None:
            raise InvalidStatement(
                "The balance is not readable", line=line, element=name, found=text
            )
        return amount


class _Chain:
    """Follows the running balance in one order; rows may leave the balance out."""

    def __init__(self, order: str):
        self.order = order
        self._direction = 1 if order == "oldest_first" else -1
        # Balances before the first and after the last row, in the order of the file.
        self._start: Decimal | None = None
        self._end: Decimal | None = None
        self._before_first = Decimal(0)

    def expected(self, amount: Decimal) -> Decimal | None:
        """The balance that a row of this amount must show; None when any will do."""
        if self._end is None:
            return None
        return self._end + amount if self._direction > 0 else self._end

    def add(self, amount: Decimal, balance: Decimal | None) -> None:
        if self._end is not None:
            self._end += self._direction * amount
        elif balance is None:
            self._before_first += self._direction * amount
        elif self._direction > 0:
            self._start, self._end = balance - amount - self._before_first, balance
        else:
            self._start, self._end = balance - self._before_first, balance - amount

    def ends(self) -> tuple[Decimal, Decimal] | None:
        """Opening and closing balance."""
        if self._start is None or self._end is None:
            return None
        ends = (self._start, self._end)
        return ends if self._direction > 0 else ends[::-1]


def _account(text: str) -> Account:
    number = compact(text)
    return Account(iban=number) if is_iban(number) else Account(number=text or None)


@functools.lru_cache(maxsize=4096)
def _parse_date(text: str, patterns: tuple[str, ...]) -> datetime.date:
    for pattern in patterns:
        try:
            return plausible_date(datetime.datetime.strptime(text, pattern).date())
        except ValueError as error:
            problem = error
    raise problem


@functools.cache
def _amount_pattern(decimal: str, thousands: str) -> re.Pattern:
    grouped = rf"[0-9]{{1,3}}(?:{re.escape(thousands)}[0-9]{{3}})+|" if thousands else ""
    return re.compile(
        rf"(?P<sign>[+-]?)(?P<whole>{grouped}[0-9]{{1,{AMOUNT_DIGITS}}})"
        rf"(?:{re.escape(decimal)}(?P<decimals>[0-9]{{0,{AMOUNT_DECIMALS}}}))?(?P<trailing>-?)"
    )


def _parse_amount(text: str, decimal: str, thousands: str) -> Decimal | None:
    """A signed number, or None when the text is no such number."""
    # Typographic minus and blanks are what spreadsheet programs make of plain ones.
    text = text.replace("\u2212", "-").replace("\u00a0", " ").replace("\u202f", " ")
    match = _amount_pattern(decimal, thousands).fullmatch(text)
    if not match or (match["sign"] and match["trailing"]):
        return None
    whole = match["whole"].replace(thousands, "") if thousands else match["whole"]
    if len(whole) > AMOUNT_DIGITS:
        return None
    amount = Decimal(f"{whole}.{match['decimals'] or '0'}" if match["decimals"] else whole)
    return -amount if "-" in (match["sign"], match["trailing"]) else amount
