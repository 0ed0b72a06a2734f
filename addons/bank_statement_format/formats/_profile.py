"""What a bank's CSV looks like: a declaration in ``profiles/*.json``, checked when loaded."""

from __future__ import annotations

import codecs
import dataclasses
import functools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import StatementError
from ._values import is_currency

FOLDER = Path(__file__).parent.parent / "profiles"

ORDERS = ("auto", "oldest_first", "newest_first")

DATE_DIRECTIVES = ("%d", "%m", "%Y", "%y", "%H", "%M", "%S", "%f")
"""What a date may consist of; names of months would depend on the machine's language."""

COLUMNS = (
    "account",
    "amount",
    "balance",
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
    "reference",
    "remittance",
    "sign",
    "status",
    "value_date",
)
"""What a profile can say about a transaction; ``remittance`` may be several columns."""

LINE_FIELDS = ("account", "closing", "count", "currency", "number", "opening")
"""What lines before the header and after the rows can say about the whole file."""


class ProfileError(StatementError):
    """A profile that declares nonsense: a mistake in this software, not in a bank's file."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One bank's CSV. See the README for what each field means.

    :raises ProfileError: when fields are missing, unknown or contradict each other
    """

    name: str
    label: str
    header: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]
    dates: tuple[str, ...]
    exact: bool = True
    delimiter: str = ","
    quote: str = '"'
    encodings: tuple[str, ...] = ()
    decimal: str = "."
    thousands: str = ""
    lines_before: int = 0
    preamble: Mapping[str, str] = field(default_factory=dict)
    footer: Mapping[str, str] = field(default_factory=dict)
    footer_required: bool = False
    final_newline: bool = False
    debit_signs: tuple[str, ...] = ()
    credit_signs: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()
    order: str = "auto"
    account: str | None = None
    currency: str | None = None

    def __post_init__(self):
        for problem in _problems(self):
            raise ProfileError(f"The CSV profile {self.name} is wrong: {problem}")

    @property
    def optional_columns(self) -> frozenset[str]:
        """Columns that a file of this profile may lack."""
        named = {column for columns in self.columns.values() for column in columns}
        return frozenset(named.difference(self.header))


def _problems(profile: Profile):
    columns = profile.columns
    if not profile.label or not profile.header or not profile.dates:
        yield "label, header and dates must not be empty"
    if unknown := set(columns) - set(COLUMNS):
        yield f"unknown columns {', '.join(sorted(unknown))} (known: {', '.join(COLUMNS)})"
    wrong = [key for key, names in columns.items() if len(names) != 1 and key != "remittance"]
    if wrong:
        yield f"only remittance can be several columns, not {', '.join(wrong)}"
    if profile.exact and profile.optional_columns:
        yield f"columns not in header: {', '.join(sorted(profile.optional_columns))}"
    if "booking_date" not in columns and "value_date" not in columns:
        yield "there is no column for the booking date"
    yield from _amount_problems(profile)
    yield from _field_problems(profile)


def _amount_problems(profile: Profile):
    columns = profile.columns
    pair = {"debit", "credit"} & set(columns)
    if ("amount" in columns) == bool(pair) or len(pair) == 1:
        yield "the amount must be either one column or the pair debit and credit"
    if ("sign" in columns) != bool(profile.debit_signs and profile.credit_signs):
        yield "a sign column needs debit_signs and credit_signs, and the other way round"
    if ("status" in columns) != bool(profile.pending):
        yield "a status column needs the values that mean pending, and the other way round"
    marks = (profile.decimal, profile.thousands)
    if len(profile.decimal) != 1 or len(profile.thousands) > 1 or marks[0] == marks[1]:
        yield "decimal must be one character and thousands another one or none"


def _field_problems(profile: Profile):
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
    if len(profile.delimiter) != 1 or len(profile.quote) != 1:
        yield "delimiter and quote must be one character each"
    if not ("currency" in profile.columns or profile.currency or "currency" in fields):
        yield "the currency is nowhere: neither column, line nor fixed"
    if profile.currency is not None and not is_currency(profile.currency):
        yield f"the currency {profile.currency!r} is no ISO 4217 code"
    for directive in re.findall("%.?", "".join(profile.dates)):
        if directive not in DATE_DIRECTIVES:
            yield f"dates know {' '.join(DATE_DIRECTIVES)}, not {directive}"
    for encoding in profile.encodings:
        try:
            codecs.lookup(encoding)
        except LookupError:
            yield f"the encoding {encoding!r} is unknown"


def profile_from(name: str, data: object) -> Profile:
    """A profile from its JSON data.

    :raises ProfileError: naming the profile and what is wrong with it
    """
    if not isinstance(data, dict):
        raise ProfileError(f"The CSV profile {name} is wrong: it must be a JSON object")
    kinds = {item.name: item for item in dataclasses.fields(Profile) if item.name != "name"}
    if unknown := set(data) - set(kinds):
        raise ProfileError(f"The CSV profile {name} is wrong: unknown {', '.join(sorted(unknown))}")
    try:
        values = {key: _frozen(key, kinds[key].type, value) for key, value in data.items()}
        return Profile(name=name, **values)
    except TypeError as error:
        raise ProfileError(f"The CSV profile {name} is wrong: {error}") from None


def _frozen(key: str, kind: str, value: object):
    """A JSON value as the type that the field declares."""
    if kind.startswith("tuple"):
        return _texts(key, value)
    if kind.startswith("Mapping"):
        if not isinstance(value, dict):
            raise TypeError(f"{key} must be an object")
        return {
            name: _texts(key, item) if key == "columns" else str(item or "")
            for name, item in value.items()
        }
    expected = {"bool": bool, "int": int}.get(kind, str)
    if type(value) is not expected:
        raise TypeError(f"{key} must be of type {expected.__name__}")
    return value


def _texts(key: str, value: object) -> tuple[str, ...]:
    texts = (value,) if isinstance(value, str) else value
    if not isinstance(texts, list | tuple) or not all(isinstance(text, str) for text in texts):
        raise TypeError(f"{key} must be a text or a list of texts")
    return tuple(texts)


@functools.cache
def shipped_profiles() -> tuple[Profile, ...]:
    """The profiles in the folder ``profiles``, by name.

    :raises ProfileError: when one of them cannot be used
    """
    return tuple(_load(path) for path in sorted(FOLDER.glob("*.json")))


def _load(path: Path) -> Profile:
    try:
        data = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise ProfileError(f"The CSV profile {path.stem} is not JSON: {error}") from error
    return profile_from(path.stem, data)
