"""What a bank's table looks like."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..profile import Profile
from ._values import is_currency

ORDERS = ("auto", "oldest_first", "newest_first")

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

LINE_FIELDS = ("account", "closing", "count", "currency", "number", "opening")
"""What lines before the header and after the rows can say about the whole file."""

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
    final_newline: bool = False
    debit_signs: tuple[str, ...] = ()
    credit_signs: tuple[str, ...] = ()
    invert: bool = False
    invert_balance: bool = False
    amount_excludes_charges: bool = False
    charges_negative: bool = False
    pending: tuple[str, ...] = ()
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
        return frozenset(column for column in named if not self._declares(column))

    def _declares(self, column: str) -> bool:
        """Whether the column is one of the header's."""
        title, mark, number = column.rpartition("#")
        if mark and number.isdigit():
            times = self.header.count(title) if title else len(self.header)
            return 1 <= int(number) <= times
        return column in self.header


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
    if ("status" in columns) != bool(profile.pending):
        yield "a status column needs the values that mean pending, and the other way round"
    marks = (profile.decimal, profile.thousands)
    if len(profile.decimal) != 1 or len(profile.thousands) > 1 or marks[0] == marks[1]:
        yield "decimal must be one character and thousands another one or none"
    if profile.amount_excludes_charges and "charges" not in columns:
        yield "amount_excludes_charges needs a column for the charges"
    if profile.currency is not None and not is_currency(profile.currency):
        yield f"the currency {profile.currency!r} is no ISO 4217 code"


def _line_problems(profile: TableProfile):
    fields = [*profile.preamble.values(), *profile.footer.values()]
    if unknown := set(fields) - set(LINE_FIELDS) - {""}:
        yield f"unknown line fields {', '.join(unknown)} (known: {', '.join(LINE_FIELDS)})"
    if early := {"account", "currency"} & set(profile.footer.values()):
        yield f"{', '.join(early)} must be known before the rows, not in the footer"
    if profile.preamble and not profile.lines_before:
        yield "a preamble needs lines_before"
    if profile.footer_required and not profile.footer:
        yield "footer_required without a footer"
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
