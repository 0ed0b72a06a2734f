"""From one page to the next: five ways in which banks do it, and an end to all of them.

What repeats itself is an error: a loop would never end, and a page that came instead of another
one would leave transactions out.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

from .errors import BrokenAnswer
from .lines import items_of, parse
from .paths import find

MOST_PAGES = 10_000
"""More is no period any more."""


class Request(NamedTuple):
    """What to ask for; the address is relative, or a link that the bank gave."""

    address: str
    query: tuple[tuple[str, str], ...] = ()

    def with_parameter(self, name, value):
        return self._replace(
            query=(*(pair for pair in self.query if pair[0] != name), (name, value))
        )


class Page(NamedTuple):
    body: bytes
    data: object
    items: list


def pages(source, request: Request, get: Callable[[Request], bytes]) -> Iterator[Page]:
    """All pages of a list, each as soon as it is there.

    :param get: gives the body of the answer to a request
    :raises BrokenAnswer: when a page is not as described, or comes again
    """
    paging = source.paging
    asked, bodies, state = set(), set(), {}
    request = _first(paging, request)
    while request:
        if request in asked or len(asked) >= MOST_PAGES:
            raise BrokenAnswer("The bank's pages go in a circle")
        asked.add(request)
        body = get(request)
        data = parse(body)
        try:
            page = Page(body, data, items_of(source, data))
        except BrokenAnswer as error:
            raise BrokenAnswer(error.message, body) from None
        digest = hashlib.sha256(body).digest()
        # What lies at the edge of such pages may come twice: they look after that themselves.
        if page.items and digest in bodies and paging.kind != "last_item":
            raise BrokenAnswer("The bank gives the same page again", body)
        bodies.add(digest)
        yield page
        request = _NEXT[paging.kind](paging, request, page, state)


def _first(paging, request):
    if paging.size:
        request = request.with_parameter(paging.size_parameter, str(paging.size))
    if paging.kind == "page":
        request = request.with_parameter(paging.parameter, str(paging.first))
    return request


def _no_next(_paging, _request, _page, _state):
    return None


def _link(paging, _request, page, _state):
    """The whole address of the next page stands in this one."""
    link = find(paging.path, page.data)
    return Request(str(link)) if link else None


def _page_number(paging, request, page, state):
    """Pages are numbered; the next number stands in this one, or else pages go on until one is
    empty."""
    if paging.path:
        number = find(paging.path, page.data)
    else:
        number = state["number"] = state.get("number", paging.first) + 1 if page.items else None
    return None if number is None else request.with_parameter(paging.parameter, str(number))


def _offset(paging, request, page, state):
    """The next page begins after as many items as there were, until there are as many as the bank
    says, or a page is empty."""
    state["count"] = state.get("count", 0) + len(page.items)
    total = find(paging.path, page.data) if paging.path else None
    if not page.items or (total is not None and state["count"] >= int(total)):
        return None
    return request.with_parameter(paging.parameter, str(state["count"]))


def _cursor(paging, request, page, _state):
    """A key that stands in this page gets the next one; also from an empty page."""
    key = find(paging.path, page.data)
    return request.with_parameter(paging.parameter, str(key)) if key not in (None, "") else None


def _last_item(paging, request, page, state):
    """The next page is what lies before, or after, the last item of this one, until a page has
    nothing new.

    A moment that several items share can fall between two pages. So the limit is moved by
    ``widen_seconds``, and what comes twice for that is known by its id.
    """
    seen, widen = state.setdefault("seen", set()), datetime.timedelta(seconds=paging.widen_seconds)
    places = [find(paging.path, item) for item in page.items]
    if None in places:
        raise BrokenAnswer("An item of a page does not say where the next one begins", page.body)
    ids = {str(find(paging.id, item)) for item in page.items}
    if ids <= seen:
        if paging.size and len(page.items) >= paging.size:
            raise BrokenAnswer("More transactions than a page holds share one moment", page.body)
        if not all(_is_at(place, state["last"], widen) for place in places):
            raise BrokenAnswer("The bank gives the same page again", page.body)
        return None
    seen |= ids
    state["last"] = places[-1]
    limit = _later(places[-1], widen) if widen else str(places[-1])
    return request.with_parameter(paging.parameter, limit)


def _is_at(place, last, widen):
    """Whether an item is so near to the last one that it may come again."""
    return place == last or (widen and abs(_moment(place) - _moment(last)) <= widen)


def _later(place, widen):
    return (_moment(place) + widen).isoformat().replace("+00:00", "Z")


def _moment(value):
    try:
        return datetime.datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise BrokenAnswer(f"{str(value)[:40]!r} is no moment") from None


_NEXT = {
    "none": _no_next,
    "link": _link,
    "page": _page_number,
    "offset": _offset,
    "cursor": _cursor,
    "last_item": _last_item,
}
