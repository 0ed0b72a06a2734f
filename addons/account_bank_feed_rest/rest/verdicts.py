"""What an answer's status and content say to do next, by the rules of a profile."""

from __future__ import annotations

import datetime
from typing import NamedTuple

from .errors import BrokenAnswer
from .lines import day_of, parse, plain
from .paths import find, find_all


class Verdict(NamedTuple):
    """The kind of an error; the first day that the bank gives, or how long it wants us to wait."""

    kind: str
    wait: float | None = None
    wait_header: str | None = None
    earliest: datetime.date | None = None


def verdict(profile, status: int, body: bytes, today: datetime.date) -> Verdict | None:
    """The first rule that fits an answer, or None: then its status alone says what to do.

    Rules without a status are for answers of failure only.
    """
    rules = [rule for rule in profile.errors if _fits_status(rule, status)]
    if not rules:
        return None
    try:
        data = parse(body)
    except BrokenAnswer:
        data = None
    for rule in rules:
        if _fits(rule, data):
            return Verdict(
                rule.kind, rule.wait, rule.wait_header, _earliest(rule, data, today, profile)
            )
    return None


def _fits_status(rule, status):
    return status in rule.status if rule.status else not 200 <= status < 300


def _fits(rule, data):
    if rule.path is None:
        return True
    texts = [plain(value) for value in find_all(rule.path, data)]
    if rule.contains:
        return any(rule.contains.lower() in text.lower() for text in texts)
    return any(text in rule.values for text in texts)


def _earliest(rule, data, today, profile):
    if rule.kind != "period_too_long":
        return None
    value = find(rule.earliest, data) if rule.earliest else None
    if value is not None:
        try:
            return day_of(value, profile.zone)
        except BrokenAnswer:
            pass
    return today - datetime.timedelta(days=rule.earliest_days or 0)
