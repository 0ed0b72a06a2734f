"""What is asked for a list: of an account, for a period."""

from __future__ import annotations

import datetime
from urllib.parse import quote

from .errors import BrokenAnswer
from .lines import day_of
from .paging import Request, pages
from .paths import find
from .profile import fill

ONE_DAY = datetime.timedelta(days=1)
MILLISECOND = datetime.timedelta(milliseconds=1)


def ask(profile, source, get, values=None, start=None, end=None):
    """All pages of a list; of those that know no period, as many as it needs.

    :param get: gives the body of the answer to a :class:`~.paging.Request`
    :param values: what the placeholders stand for
    :param start: the first day, and ``end`` the last one, where the list is of a period
    :raises BrokenAnswer: when a page is not as described, or comes again
    """
    request = request_for(profile, source, values or {}, start, end)
    for page in pages(source, request, get):
        yield page
        if source.days and source.days.until and _lies_before(profile, source.days, page, start):
            return


def request_for(profile, source, values, start=None, end=None) -> Request:
    """What to ask first."""
    quoted = {name: quote(value or "", safe="") for name, value in values.items()}
    query = [(name, fill(text, values)) for name, texts in source.query.items() for text in texts]
    if source.days and source.days.start:
        query += _bounds(source.days, profile.zone, start, end)
    return Request(fill(source.path, quoted), tuple(query))


def _bounds(days, zone, start, end):
    start -= ONE_DAY * days.lead_days
    after = end + ONE_DAY
    if days.format == "date":
        bounds = start.isoformat(), (after if days.end_exclusive else end).isoformat()
    else:
        last = _midnight(after, zone) - (MILLISECOND * (not days.end_exclusive))
        bounds = _in_utc(_midnight(start, zone)), _in_utc(last)
    return [pair for pair in zip((days.start, days.end), bounds, strict=True) if pair[0]]


def _midnight(day, zone):
    return datetime.datetime.combine(day, datetime.time(), zone).astimezone(datetime.UTC)


def _in_utc(moment):
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _lies_before(profile, days, page, start):
    """Whether a page is older than the period. One item proves nothing: the order is not sure."""
    dates = [find(days.until, item) for item in page.items]
    if None in dates:
        raise BrokenAnswer(f"A transaction of the bank's answer has no {days.until}", page.body)
    limit = start - ONE_DAY * days.lead_days
    return bool(dates) and all(day_of(date, profile.zone) < limit for date in dates)
