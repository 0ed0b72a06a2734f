"""The profile of a REST interface: a declaration in JSON, checked when it is loaded.

Every key is explained in the README above, under *Profiles*.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import re
import types
import typing
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from .errors import ProfileError
from .paths import steps

FOLDER = Path(__file__).parent / "profiles"

SIGN_INS = ("header", "client_credentials", "code", "signed")
CLIENT_AUTHS = ("client_secret_basic", "client_secret_post", "private_key_jwt", "none")
PAGINGS = ("none", "link", "page", "offset", "cursor", "last_item")
PERIOD_FORMATS = ("date", "datetime")
KINDS = ("retry", "rate_limited", "consent_expired", "not_authorised", "period_too_long")
KINDS += ("account_consent_expired", "permanent")
BALANCES = ("booked", "available")
PLACEHOLDERS = ("account_id", "account_iban", "client_id", "client_secret", "sandbox_token")
PLACEHOLDERS += ("redirect_host", "redirect_uri")

Texts = tuple[str, ...]


class Part:
    """A part of a profile, which says itself what is wrong with it."""

    __slots__ = ()

    def problems(self):
        """Yield what is wrong with it, in words."""
        yield from ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment(Part):
    """Addresses of the bank, or of its sandbox."""

    api: str
    authorize: str | None = None
    token: str | None = None
    revoke: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def problems(self):
        for name in ("api", "authorize", "token", "revoke"):
            url = getattr(self, name)
            if url and urlsplit(url).scheme != "https":
                yield f"{name} must begin with https://"
        yield from _unknown_placeholders(self.headers.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn(Part):
    """How the bank knows who is asking."""

    kind: str
    header: str = "Authorization"
    value: str | None = None
    scopes: Texts = ()
    client_auth: str = "client_secret_basic"
    assertion: Mapping[str, str] = field(default_factory=dict)
    authorize_params: Mapping[str, str] = field(default_factory=dict)
    token_params: Mapping[str, str] = field(default_factory=dict)
    key_id: str | None = None
    lifetime: int = 3600
    state: bool = True
    certificate: bool = False

    def problems(self):
        yield from _not_among("kind", self.kind, SIGN_INS)
        yield from _not_among("client_auth", self.client_auth, CLIENT_AUTHS)
        if (self.kind == "header") != bool(self.value):
            yield "value is what the header holds: needed for the kind header, and for no other"
        if self.assertion and self.kind != "signed" and self.client_auth != "private_key_jwt":
            yield "assertion goes with the kind signed, or the client_auth private_key_jwt"
        texts = (self.value or "", self.key_id or "", *self.assertion.values())
        yield from _unknown_placeholders(texts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging(Part):
    """How the next page is asked for."""

    kind: str = "none"
    parameter: str | None = None
    path: str | None = None
    size_parameter: str | None = None
    size: int | None = None
    first: int = 1
    id: str | None = None
    widen_seconds: int = 0

    def problems(self):
        yield from _not_among("kind", self.kind, PAGINGS)
        if (self.kind in ("page", "offset", "cursor", "last_item")) != bool(self.parameter):
            yield f"parameter does not go with the kind {self.kind}, or is missing there"
        if self.kind in ("link", "cursor", "last_item") and not self.path:
            yield f"the kind {self.kind} needs a path"
        if self.kind == "last_item" and not self.id:
            yield "the kind last_item needs the path of an id, to know again what it has seen"
        if bool(self.size_parameter) != bool(self.size):
            yield "size and size_parameter go together"
        yield from _no_paths(self.path, self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Days(Part):
    """How a period is asked for."""

    start: str | None = None
    end: str | None = None
    format: str = "date"
    end_exclusive: bool = False
    lead_days: int = 0
    until: str | None = None

    def problems(self):
        yield from _not_among("format", self.format, PERIOD_FORMATS)
        if not self.start and not self.until:
            yield "either start names the parameter of the first day, or until where a date stands"
        yield from _no_paths(self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source(Part):
    """One list that is asked for."""

    path: str
    items: str = ""
    query: Mapping[str, Texts] = field(default_factory=dict)
    where: Mapping[str, Texts] = field(default_factory=dict)
    days: Days | None = None
    paging: Paging = field(default_factory=Paging)

    def problems(self):
        yield from _no_paths(self.items, *self.where)
        texts = (self.path, *(text for value in self.query.values() for text in value))
        yield from _unknown_placeholders(texts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign(Part):
    """Where it stands whether an amount without sign goes out."""

    path: str
    negative: Texts

    def problems(self):
        yield from _no_paths(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Part):
    """What one field is taken from: the first path with a value, or all of them joined."""

    path: Texts = ()
    outgoing: Texts = ()
    separator: str | None = None
    constant: str | None = None
    scale: int = 0
    minus: str | None = None
    sign: Sign | None = None

    def problems(self):
        if bool(self.path) == bool(self.constant):
            yield "either a path or a constant"
        yield from _no_paths(*self.path, *self.outgoing, self.minus)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts(Part):
    """The accounts that the connection reaches."""

    source: Source
    id: Rule
    iban: Rule | None = None
    number: Rule | None = None
    currency: Rule | None = None
    name: Rule | None = None
    valid_until: Rule | None = None
    details: Source | None = None
    """Asked for each account; what it has, such as the IBAN, is taken from its first item."""
    details_iban: Rule | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance(Part):
    """One of an account's balances."""

    kind: str
    amount: Rule
    currency: Rule
    as_of: Rule | None = None
    where: Mapping[str, Texts] = field(default_factory=dict)

    def problems(self):
        yield from _not_among("kind", self.kind, BALANCES)
        yield from _no_paths(*self.where)


@dataclass(frozen=True, slots=True, kw_only=True)
class Balances(Part):
    """Where the balances stand: in the list of accounts, or in one of their own."""

    values: tuple[Balance, ...]
    source: Source | None = None
    """The list of accounts when empty; then the item with the account's id counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields(Part):
    """What a transaction is made of; the names are those of `bank_statement_format`."""

    booking_date: Rule
    amount: Rule
    currency: Rule
    value_date: Rule | None = None
    original_amount: Rule | None = None
    original_currency: Rule | None = None
    charges: Rule | None = None
    name: Rule | None = None
    iban: Rule | None = None
    bic: Rule | None = None
    remittance: Rule | None = None
    reference: Rule | None = None
    end_to_end_id: Rule | None = None
    mandate_id: Rule | None = None
    creditor_id: Rule | None = None
    bank_reference: Rule | None = None
    code: Rule | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Nested(Part):
    """A list within each item whose items are the statement lines, such as the legs of a
    transaction."""

    path: str
    where: Mapping[str, Texts] = field(default_factory=dict)

    def problems(self):
        yield from _no_paths(self.path, *self.where)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transactions(Part):
    """The transactions of an account."""

    source: Source
    fields: Fields
    pending: Source | None = None
    pending_date: Rule | None = None
    """What a pending transaction has for the booking date that it does not have yet."""
    nested: Nested | None = None
    id: Rule | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness(Part):
    """Of a bank's agent that only passes on what it fetched before: in the list of accounts, when
    that was, how old it may be, and what says that the bank lets it in no more."""

    synchronized_at: str
    hours: int
    expired: str | None = None
    expired_values: Texts = ()

    def problems(self):
        if bool(self.expired) != bool(self.expired_values):
            yield "expired and expired_values go together"
        yield from _no_paths(self.synchronized_at, self.expired)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits(Part):
    """What the bank gives at most."""

    history_days: int | None = None
    period_days: int | None = None
    requests_per_minute: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorRule(Part):
    """What to do next, by an answer's status and what stands in it."""

    kind: str
    status: tuple[int, ...] = ()
    path: str | None = None
    values: Texts = ()
    contains: str | None = None
    wait: int | None = None
    wait_header: str = "Retry-After"
    earliest: str | None = None
    earliest_days: int | None = None

    def problems(self):
        yield from _not_among("kind", self.kind, KINDS)
        if not self.status and not self.path:
            yield "either a status or a path"
        if (self.path is None) != (not self.values and not self.contains):
            yield "a path goes with values, or with contains"
        late = self.kind == "period_too_long"
        if late != (self.earliest is not None or self.earliest_days is not None):
            yield "period_too_long, and no other kind, says earliest or earliest_days"
        yield from _no_paths(self.path, self.earliest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile(Part):
    """A bank's REST interface, as far as we use it."""

    name: str
    label: str
    documentation: str
    sign_in: SignIn
    production: Environment
    sandbox: Environment | None = None
    accounts: Accounts
    balances: Balances
    transactions: Transactions
    freshness: Freshness | None = None
    limits: Limits = field(default_factory=Limits)
    errors: tuple[ErrorRule, ...] = ()
    timezone: str = "UTC"

    def problems(self):
        try:
            zoneinfo.ZoneInfo(self.timezone)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError):
            yield f"the timezone {self.timezone!r} is unknown"
        for environment in filter(None, (self.production, self.sandbox)):
            if self.sign_in.kind in ("client_credentials", "code") and not environment.token:
                yield f"signing in by {self.sign_in.kind} needs the address token"
            if self.sign_in.kind == "code" and not environment.authorize:
                yield "signing in by code needs the address authorize"

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.timezone)


def fill(template: str, values: Mapping[str, str]) -> str:
    """A text with its placeholders filled in, ``{account_id}``."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1]) or "", template)


def shipped() -> dict[str, Profile]:
    """The profiles in the folder ``profiles``, by name.

    :raises ProfileError: when one of them cannot be used
    """
    return dict(_all_shipped())


@functools.cache
def _all_shipped():
    data = {path.stem: _read(path) for path in sorted(FOLDER.glob("*.json"))}
    return tuple((name, profile_from(name, content, data)) for name, content in data.items())


def _read(path):
    try:
        return json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise ProfileError(f"The profile {path.stem} is not JSON: {error}") from error


def profile_from(name: str, data: object, others: Mapping[str, object] | None = None) -> Profile:
    """A profile from its JSON data.

    :param others: the data of profiles that it may extend, by name
    :raises ProfileError: naming the profile, the place in it, and what is wrong there
    """
    try:
        return _part(Profile, {"name": name, **_extended(data, others or {})}, "")
    except ProfileError as error:
        raise ProfileError(f"The profile {name} is wrong: {error}") from None


def _extended(data, others):
    """The data with what it does not say itself from the profile that it extends."""
    if not isinstance(data, dict):
        raise ProfileError("it must be a JSON object")
    if "extends" not in data:
        return data
    base = others.get(data["extends"])
    if not isinstance(base, dict) or "extends" in base:
        raise ProfileError(f"it cannot extend {data['extends']!r}")
    return {**base, **{key: value for key, value in data.items() if key != "extends"}}


def _part(cls, data, where):
    if cls is Rule and isinstance(data, str | list):
        data = {"path": data}
    if not isinstance(data, dict):
        raise ProfileError(f"{where or 'it'} must be a JSON object")
    known = {item.name: item for item in dataclasses.fields(cls)}
    if unknown := sorted(set(data) - set(known)):
        raise ProfileError(f"unknown {', '.join(_at(where, key) for key in unknown)}")
    needed = {name for name, item in known.items() if _is_needed(item)}
    if missing := sorted(needed - set(data)):
        raise ProfileError(f"missing {', '.join(_at(where, key) for key in missing)}")
    wanted = _types(cls)
    part = cls(**{key: _value(wanted[key], value, _at(where, key)) for key, value in data.items()})
    for problem in part.problems():
        raise ProfileError(f"{where}: {problem}" if where else problem)
    return part


@functools.cache
def _types(cls):
    return typing.get_type_hints(cls)


def _is_needed(item):
    return item.default is dataclasses.MISSING and item.default_factory is dataclasses.MISSING


def _value(wanted, value, where):
    """A JSON value as the type that a field declares."""
    inner = typing.get_args(wanted)
    if isinstance(wanted, types.UnionType):
        return None if value is None else _value(inner[0], value, where)
    if isinstance(wanted, type) and issubclass(wanted, Part):
        return _part(wanted, value, where)
    if typing.get_origin(wanted) is tuple:
        several = value if isinstance(value, list) else [value]
        return tuple(_value(inner[0], v, f"{where}[{i}]") for i, v in enumerate(several))
    if typing.get_origin(wanted) is Mapping:
        if not isinstance(value, dict):
            raise ProfileError(f"{where} must be a JSON object")
        return {key: _value(inner[1], v, _at(where, key)) for key, v in value.items()}
    if type(value) is not wanted:
        raise ProfileError(f"{where} must be of type {wanted.__name__}")
    return value


def _at(where, key):
    return f"{where}.{key}" if where else key


def _not_among(name, value, known):
    if value not in known:
        yield f"unknown {name} {value!r} (known: {', '.join(known)})"


def _no_paths(*paths):
    for path in filter(None, paths):
        try:
            steps(path)
        except ProfileError as error:
            yield str(error)


_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def _unknown_placeholders(texts):
    for text in texts:
        for name in _PLACEHOLDER.findall(text):
            if name not in PLACEHOLDERS:
                yield f"unknown {{{name}}} (known: {', '.join(PLACEHOLDERS)})"
