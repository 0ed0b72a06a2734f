"""What a bank's table looks like."""

from __future__ import annotations

import codecs
import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from ..profile import Profile
from ._values import is_currency

ORDERS = ("auto", "oldest_first", "newest_first")

WRITTEN_MINUS: Mapping[str, Callable[[Decimal, bool], Decimal]] = {
    "agrees": lambda amount, debit: -abs(amount) if debit else amount,
    "ignored": lambda amount, debit: -abs(amount) if debit else abs(amount),
    "reverses": lambda amount, debit: -amount if debit else amount,
}
"""What a minus means beside a column that tells debit from credit: the same, nothing, or the
opposite. Each gives the effect on the account."""

DATE_DIRECTIVES = ("%d", "%m", "%b", "%Y", "%y", "%H", "%I", "%M", "%S", "%f", "%p", "%Z")
"""What a date may consist of. ``%b`` is a month's name, short or in full, in any language of
``_table_values``; ``%Z`` is any time zone. Times are read over, since only the day counts."""

COLUMNS = (
    "account",
    "amount",
    "balance",
    "bank_code",
    "bank_reference",
    "bic",
    "booking_date",
    "charges",
    "code",
    "credit",
    "creditor_id",
    "currency",
    "debit",
    "end_to_end_id",
    "iban",
    "mandate_id",
    "name",
    "original_amount",
    "original_currency",
    "payee",
    "payee_iban",
    "payer",
    "payer_iban",
    "reference",
    "remittance",
    "sign",
    "status",
    "value_date",
)
"""What a profile can say about a transaction.

Several columns for one of them mean: texts (``name``, ``remittance``) are joined, ``charges``
are added up, and of all others the first that is not empty counts.
"""

DATE_COLUMNS = ("booking_date", "value_date")
MONEY_COLUMNS = ("amount", "debit", "credit", "balance", "charges", "original_amount")

LINE_FIELDS = ("account", "closing", "count", "currency", "number", "opening")
"""What lines before the header and after the rows can say about the whole file."""

ANY_DECIMAL = "any"
"""The decimal mark is what each file proves, since the bank writes it as the user's language."""

_LINE_FIELD = re.compile(r"([a-z]*)(?:#([1-9][0-9]?)( below)?)?")

CURRENCY_SLOT = "{currency}"
"""Stands within a title for the three letters of the account's currency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableProfile(Profile):
    """One bank's table. See the README for what each field means.

    A column is called by its title, by ``Title#2`` where a title occurs twice, or by ``#3``
    for the third one, whatever its title is. Titles are compared without regard to case,
    blanks around them and byte order marks.
    """

    kind = "table"

    header: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]
    dates: tuple[str, ...]
    exact: bool = True
    headerless: bool = False
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    delimiter: str = ","
    quote: str = '"'
    encodings: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    decimal: str = "."
    thousands: str = ""
    lines_before: int = 0
    preamble: Mapping[str, str] = field(default_factory=dict)
    footer: Mapping[str, str] = field(default_factory=dict)
    footer_required: bool = False
    balance_rows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    final_newline: bool = False
    debit_signs: tuple[str, ...] = ()
    credit_signs: tuple[str, ...] = ()
    written_minus: str = "agrees"
    invert: bool = False
    invert_balance: bool = False
    amount_excludes_charges: bool = False
    charges_negative: bool = False
    pending: tuple[str, ...] = ()
    booked: tuple[str, ...] = ()
    nothing: tuple[str, ...] = ()
    continuation: bool = False
    spill: str | None = None
    skip: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    order: str = "auto"
    account: str | None = None
    currency: str | None = None

    def problems(self):
        return _problems(self)

    @property
    def optional_columns(self) -> frozenset[str]:
        """Columns that a file of this profile may lack."""
        named = {column for columns in self.columns.values() for column in columns}
        return frozenset(column for column in named if not self.declares(column))

    def declares(self, column: str) -> bool:
        """Whether a column is one of the header's."""
        title, mark, number = column.rpartition("#")
        if mark and number.isdigit():
            times = self.header.count(title) if title else len(self.header)
            return 1 <= int(number) <= times
        return column in self.header


class LineField(NamedTuple):
    """What a line around the rows says, as a profile writes it: ``closing#5``.

    :ivar name: empty for a line that says nothing
    :ivar place: the cell that says it; None for the first one behind the line's name
    :ivar below: it stands in that cell of the next line
    """

    name: str
    place: int | None
    below: bool


@functools.cache
def line_field(text: str) -> LineField | None:
    """What the declaration of a line means; None where it is none.

    >>> line_field("closing#5")
    LineField(name='closing', place=4, below=False)
    """
    match = _LINE_FIELD.fullmatch(text)
    if not match or (match[1] or match[2]) and match[1] not in LINE_FIELDS:
        return None
    return LineField(match[1], int(match[2]) - 1 if match[2] else None, bool(match[3]))


def told_by(lines: Mapping[str, str]) -> set[str]:
    """What a preamble or footer says about the file."""
    return {field.name for text in lines.values() if (field := line_field(text)) and field.name}


def date_orders(patterns: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """The patterns with the day first and those with the month first, where both are declared.

    >>> date_orders(("%d/%m/%Y", "%m/%d/%Y"))
    (('%d/%m/%Y',), ('%m/%d/%Y',))
    >>> date_orders(("%d/%m/%Y",))
    ()
    """
    both = {pattern for pattern in patterns if _other_order(pattern) in patterns}
    if not both:
        return ()
    day_first = {pattern for pattern in both if pattern.index("%d") < pattern.index("%m")}
    return (
        tuple(pattern for pattern in patterns if pattern not in both - day_first),
        tuple(pattern for pattern in patterns if pattern not in day_first),
    )


def _other_order(pattern: str) -> str | None:
    if "%d" not in pattern or "%m" not in pattern:
        return None
    return re.sub("%[dm]", lambda match: {"%d": "%m", "%m": "%d"}[match[0]], pattern)


def _problems(profile: TableProfile):
    columns = profile.columns
    if not profile.label or not profile.header or not profile.dates:
        yield "label, header and dates must not be empty"
    if unknown := set(columns) - set(COLUMNS):
        yield f"unknown columns {', '.join(sorted(unknown))} (known: {', '.join(COLUMNS)})"
    if empty := sorted(key for key, names in columns.items() if not all((names, *names))):
        yield f"columns without a title: {', '.join(empty)}"
    if profile.exact and profile.optional_columns:
        yield f"columns not in header: {', '.join(sorted(profile.optional_columns))}"
    if "booking_date" not in columns and "value_date" not in columns:
        yield "there is no column for the booking date"
    yield from _amount_problems(profile)
    yield from _line_problems(profile)
    yield from _text_problems(profile)


def _amount_problems(profile: TableProfile):
    columns = profile.columns
    pair = {"debit", "credit"} & set(columns)
    if ("amount" in columns) == bool(pair) or len(pair) == 1:
        yield "the amount must be either one column or the pair debit and credit"
    signs = bool(profile.debit_signs and profile.credit_signs)
    if signs != bool(profile.debit_signs or profile.credit_signs) or (
        "sign" in columns and not signs
    ):
        yield "a sign column needs debit_signs and credit_signs, and each of them the other"
    if profile.written_minus not in WRITTEN_MINUS:
        yield f"written_minus must be one of {', '.join(WRITTEN_MINUS)}"
    if ("status" in columns) != bool(profile.pending):
        yield "a status column needs the values that mean pending, and the other way round"
    if profile.booked and not profile.pending:
        yield "booked, the values of a status, needs those that mean pending too"
    yield from _mark_problems(profile)
    if profile.amount_excludes_charges and "charges" not in columns:
        yield "amount_excludes_charges needs a column for the charges"
    if profile.currency is not None and not is_currency(profile.currency):
        yield f"the currency {profile.currency!r} is no ISO 4217 code"


def _mark_problems(profile: TableProfile):
    marks = (profile.decimal, profile.thousands)
    if profile.decimal == ANY_DECIMAL:
        if profile.thousands:
            yield "with decimal any there is no thousands, which the file proves too"
        if profile.headerless:
            yield "a file without header needs a decimal that is known"
    elif len(profile.decimal) != 1 or len(profile.thousands) > 1 or marks[0] == marks[1]:
        yield f"decimal must be one character or {ANY_DECIMAL}, and thousands another one or none"


def _line_problems(profile: TableProfile):
    declared = [*profile.preamble.values(), *profile.footer.values()]
    if unknown := {text for text in declared if line_field(text) is None}:
        yield (
            f"unknown line fields {', '.join(sorted(unknown))} (known: {', '.join(LINE_FIELDS)}, "
            "each maybe with the cell that says it, as in closing#5 or account#3 below)"
        )
        return
    if any(line_field(text).below for text in profile.footer.values()):
        yield "below is for the preamble only"
    if early := {"account", "currency"} & told_by(profile.footer):
        yield f"{', '.join(early)} must be known before the rows, not in the footer"
    if profile.preamble and not profile.lines_before:
        yield "a preamble needs lines_before"
    if profile.footer_required and not (profile.footer or profile.balance_rows):
        yield "footer_required without a footer"
    if profile.balance_rows:
        words = [word for words in profile.balance_rows.values() for word in words]
        values = {word.casefold() for word in words}
        if len(profile.balance_rows) != 1 or len(values) != 2 or "amount" not in profile.columns:
            yield (
                "balance_rows must be one column with two values, for opening and closing, "
                "and need the column amount"
            )
        elif not all(map(profile.declares, profile.balance_rows)):
            yield f"the column of balance_rows is not in header: {', '.join(profile.balance_rows)}"
    if profile.spill is not None and not profile.declares(profile.spill):
        yield f"the column to spill into is not in header: {profile.spill}"
    if profile.continuation and "remittance" not in profile.columns:
        yield "continuation needs a column for the remittance"
    if profile.order not in ORDERS:
        yield f"order must be one of {', '.join(ORDERS)}"


def _text_problems(profile: TableProfile):
    if len(profile.delimiter) != 1 or len(profile.quote) > 1:
        yield "delimiter must be one character, and quote one or none"
    for directive in re.findall("%.?", "".join(profile.dates)):
        if directive not in DATE_DIRECTIVES:
            yield f"dates know {' '.join(DATE_DIRECTIVES)}, not {directive}"
    for encoding in profile.encodings:
        try:
            codecs.lookup(encoding)
        except LookupError:
            yield f"the encoding {encoding!r} is unknown"
