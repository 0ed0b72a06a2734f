"""What stands in an answer, by the rules of a profile: accounts, balances, statement lines."""

from __future__ import annotations

import datetime
import json
import re
from decimal import Decimal, InvalidOperation

from .errors import BrokenAnswer
from .paths import find, find_all
from .profile import fill

AMOUNTS = ("amount", "original_amount", "charges")
DATES = ("booking_date", "value_date")

_IBAN = re.compile(r"[A-Z]{2}\d{2}[0-9A-Z]{11,30}")


def parse(body: bytes):
    """The data of an answer, amounts exact.

    :raises BrokenAnswer: when it is not JSON
    """
    try:
        return json.loads(body, parse_float=Decimal)
    except ValueError:
        raise BrokenAnswer("The bank's answer is no valid JSON", body) from None


def items_of(source, data) -> list:
    """The items of one page; an answer without its list is no empty list.

    :raises BrokenAnswer: when the list is missing
    """
    found = find(source.items, data)
    if not isinstance(found, list):
        raise BrokenAnswer(f"The bank's answer has no list {source.items or 'of items'}")
    return found


def selected(where, values, item, outer=None) -> bool:
    """Whether an item has one of the wanted values at each of some paths.

    :param where: path -> values; true and false are written so
    """
    return all(
        plain(find(path, item, outer)) in {fill(text, values) for text in wanted}
        for path, wanted in where.items()
    )


def account_values(profile, item) -> dict:
    """An account's id, iban, number, currency, name, and the end of its own consent, as far as they
    are there."""
    rules = profile.accounts
    names = ("id", "iban", "number", "currency", "name")
    values = {name: text(getattr(rules, name), item) for name in names}
    if not values["id"]:
        raise BrokenAnswer("An account of the bank's answer has no id")
    if values["iban"] and not _IBAN.fullmatch(values["iban"].replace(" ", "")):
        values["number"] = values["number"] or values["iban"]
        values["iban"] = None
    values["valid_until"] = rules.valid_until and moment(rules.valid_until, item)
    return values


def balance_values(profile, items):
    """Yield each balance that items tell: kind, amount, currency, as of (UTC). Of each kind there
    is one, by the first rule that finds it."""
    found = set()
    for rule in profile.balances.values:
        for item in items:
            value = amount(rule.amount, item) if selected(rule.where, {}, item) else None
            if value is not None and rule.kind not in found:
                found.add(rule.kind)
                as_of = rule.as_of and moment(rule.as_of, item)
                yield rule.kind, value, text(rule.currency, item), as_of


def line_values(profile, data, account, seen, *, pending=False):
    """Yield each statement line of a page as values of a transaction.

    :param dict account: ``account_id`` and the like, for what selects by account
    :param set seen: ids of lines that earlier pages had; they are left out, and added to
    """
    rules = profile.transactions
    source = rules.pending if pending else rules.source
    for item, outer in _lines(rules, source, data, account):
        key = text(rules.id, item, outer) if rules.id else None
        if key in seen:
            continue
        if key:
            seen.add(key)
        yield _line(profile, item, outer, pending)


def _lines(rules, source, data, account):
    for item in items_of(source, data):
        if not selected(source.where, account, item):
            continue
        if not rules.nested:
            yield item, None
            continue
        for line in find(rules.nested.path, item) or ():
            if selected(rules.nested.where, account, line, item):
                yield line, item


def _line(profile, item, outer, pending):
    rules = profile.transactions.fields
    values = {"raw": item if outer is None else outer, "booked": not pending}
    goes_out = (amount(rules.amount, item, outer) or 0) < 0
    for name in rules.__dataclass_fields__:
        rule = getattr(rules, name)
        if name == "booking_date" and pending:
            rule = profile.transactions.pending_date or rule
        if rule is not None:
            values[name] = _field(name, rule, profile.zone, item, outer, goes_out)
    for name in ("booking_date", "amount"):
        if values[name] is None:
            raise BrokenAnswer(f"A transaction of the bank's answer has no {name}")
    if values.get("original_currency") in (None, values["currency"]):
        values["original_amount"] = values["original_currency"] = None
    return values


def _field(name, rule, zone, item, outer, goes_out):
    if name in AMOUNTS:
        return amount(rule, item, outer)
    if name in DATES:
        return date(rule, item, zone, outer)
    return text(rule, item, outer, goes_out=goes_out)


def text(rule, item, outer=None, *, goes_out=False) -> str | None:
    """A text; several joined, each once, where the rule has a separator.

    :param goes_out: whether money does; then the rule may look elsewhere
    """
    if rule is None:
        return None
    if rule.constant:
        return rule.constant
    paths = rule.outgoing if goes_out and rule.outgoing else rule.path
    found = [plain(value) for path in paths for value in find_all(path, item, outer)]
    found = [value.strip() for value in found if value.strip()]
    if rule.separator is None:
        return found[0] if found else None
    return rule.separator.join(dict.fromkeys(found)) or None


def amount(rule, item, outer=None) -> Decimal | None:
    """An amount in units of its currency, signed.

    :raises BrokenAnswer: when it is none
    """
    value = _number(next(_values(rule, item, outer), None))
    if value is None:
        return None
    if rule.minus:
        value -= _number(find(rule.minus, item, outer)) or 0
    if rule.sign:
        side = plain(find(rule.sign.path, item, outer))
        value = -abs(value) if side in rule.sign.negative else abs(value)
    return value.scaleb(-rule.scale)


def _number(value):
    if value is None or value == "":
        return None
    try:
        number = Decimal(value) if not isinstance(value, bool) else None
    except (InvalidOperation, TypeError, ValueError):
        number = None
    if number is None or not number.is_finite():
        raise BrokenAnswer(f"The bank's answer has {plain(value)[:40]!r} for an amount")
    return number


def date(rule, item, zone, outer=None) -> datetime.date | None:
    """The day that a date, or a moment at the bank's place, is on."""
    value = next(_values(rule, item, outer), None)
    return None if value is None else day_of(value, zone)


def day_of(value, zone) -> datetime.date:
    found = _moment(value)
    return found.astimezone(zone).date() if found.tzinfo else found.date()


def moment(rule, item) -> datetime.datetime | None:
    """A moment in UTC, without time zone."""
    value = next(_values(rule, item, None), None)
    return None if value is None else utc(value)


def utc(value) -> datetime.datetime:
    found = _moment(value)
    return found.astimezone(datetime.UTC).replace(tzinfo=None) if found.tzinfo else found


def _moment(value):
    try:
        return datetime.datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise BrokenAnswer(f"The bank's answer has {str(value)[:40]!r} for a date") from None


def _values(rule, item, outer):
    return (value for path in rule.path for value in find_all(path, item, outer) if value != "")


def plain(value) -> str:
    """A value as a text; true and false as JSON writes them."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
