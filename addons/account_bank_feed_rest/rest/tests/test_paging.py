"""Five ways from page to page, against lists that behave as each of them is described."""

import datetime
import json

import pytest

from account_bank_feed_rest.rest import BrokenAnswer, ask, profile_from
from account_bank_feed_rest.rest import paging as paging_module

from .samples import listed

ITEMS = [{"id": number, "day": "2026-01-20", "amount": number} for number in range(7)]
DAY = datetime.date(2026, 1, 20)


def fetch(paging, get, days=None, start=DAY, end=DAY):
    """The ids of all pages, and what was asked."""
    asked = []

    def answer(request):
        asked.append(request)
        data = get(request.address, dict(request.query))
        return data if isinstance(data, bytes) else json.dumps(data, default=str).encode()

    profile = profile_from("bank", listed(paging, days))
    source = profile.transactions.source
    pages = list(ask(profile, source, answer, {"account_id": "a/1"}, start, end))
    return [item["id"] for page in pages for item in page.items], asked


def test_no_paging():
    found, asked = fetch({}, lambda address, query: {"list": ITEMS})
    assert found == list(range(7))
    assert [request.address for request in asked] == ["accounts/a%2F1/list"]


def test_a_link_in_the_page():
    def get(address, query):
        start = int(address.partition("from=")[2] or 0)
        following = f"https://bank.example/api/list?from={start + 3}" if start < 6 else None
        return {"list": ITEMS[start : start + 3], "links": {"next": following}}

    paging = {"kind": "link", "path": "links.next", "size_parameter": "limit", "size": 3}
    found, asked = fetch(paging, get)
    assert found == list(range(7))
    assert asked[0].query == (("limit", "3"),)
    assert not asked[1].query  # the link says it all


def numbered(address, query):
    page = int(query["page"])
    more = page + 1 if page * 3 < len(ITEMS) else None
    return {"list": ITEMS[(page - 1) * 3 : page * 3], "meta": {"next_page": more}}


def test_numbers_of_pages_that_the_bank_gives():
    found, asked = fetch({"kind": "page", "parameter": "page", "path": "meta.next_page"}, numbered)
    assert found == list(range(7))
    assert len(asked) == 3


def test_numbers_of_pages_that_we_count():
    found, asked = fetch({"kind": "page", "parameter": "page"}, numbered)
    assert found == list(range(7))
    assert [dict(request.query)["page"] for request in asked] == ["1", "2", "3", "4"]


def by_offset(address, query):
    start = int(query.get("offset", 0))
    # fewer than asked for: the bank has a smaller limit
    return {"list": ITEMS[start : start + 2], "total": len(ITEMS)}


@pytest.mark.parametrize(("total", "requests"), [("total", 4), (None, 5)])
def test_offsets(total, requests):
    paging = {"kind": "offset", "parameter": "offset", "size_parameter": "limit", "size": 5}
    found, asked = fetch({**paging, **({"path": total} if total else {})}, by_offset)
    assert found == list(range(7))
    assert len(asked) == requests


def test_a_cursor_also_from_empty_pages():
    keys = {None: ([], "a"), "a": (ITEMS[:4], "b"), "b": ([], "c"), "c": (ITEMS[4:], None)}

    def get(address, query):
        items, following = keys[query.get("key")]
        return {"list": items, "key": following}

    found, asked = fetch({"kind": "cursor", "parameter": "key", "path": "key"}, get)
    assert found == list(range(7))
    assert len(asked) == 4


def moments(count, shared):
    """Items, the newest first, all at seconds of their own but for those that share one."""
    seconds = [59 - (min(shared) if number in shared else number) for number in range(count)]
    return [
        {"id": number, "at": f"2026-01-20T10:00:{second:02}.5Z"}
        for number, second in enumerate(seconds)
    ]


def before(items, size):
    def get(address, query):
        limit = query.get("to", "2027")
        return {"list": [item for item in items if item["at"] < limit][:size]}

    return get


LAST_ITEM = {
    "kind": "last_item",
    "parameter": "to",
    "path": "at",
    "id": "id",
    "size_parameter": "count",
    "size": 3,
}


def test_before_the_last_item_equal_moments_are_not_lost():
    items = moments(9, shared=(5, 6))
    lost, _asked = fetch(LAST_ITEM, before(items, 3))
    assert 6 not in lost  # `to` is exclusive: what shares the moment with the last item is gone
    found, _asked = fetch({**LAST_ITEM, "widen_seconds": 1}, before(items, 3))
    assert set(found) == set(range(9))


@pytest.mark.parametrize("shared", [(5, 6, 7, 8), (0, 1, 2, 3)])
def test_more_at_one_moment_than_a_page_holds(shared):
    with pytest.raises(BrokenAnswer, match="share one moment|circle"):
        fetch({**LAST_ITEM, "widen_seconds": 1}, before(moments(9, shared), 3))


@pytest.mark.parametrize("count", [0, 1, 2])
def test_the_last_items_come_twice(count):
    found, asked = fetch({**LAST_ITEM, "widen_seconds": 1}, before(moments(count, ()), 3))
    assert set(found) == set(range(count))
    assert len(asked) == min(count, 1) + 1


@pytest.mark.parametrize("again", [1, 2])
def test_a_page_instead_of_the_next_one(again):
    """Also where it has nothing new, which would look like the end."""
    right, pages = before(moments(9, ()), 4), []

    def get(address, query):
        pages.append(right(address, query))
        return pages[-1] if len(pages) < 3 else pages[-1 - again]

    with pytest.raises(BrokenAnswer, match="same page"):
        fetch({**LAST_ITEM, "size": 5, "widen_seconds": 1}, get)


@pytest.mark.parametrize(
    "paging",
    [
        {"kind": "link", "path": "next"},
        {"kind": "cursor", "parameter": "key", "path": "next"},
        {"kind": "page", "parameter": "page"},
        {"kind": "offset", "parameter": "offset"},
    ],
)
def test_the_same_page_for_ever_is_an_error(paging):
    with pytest.raises(BrokenAnswer, match="circle|same page"):
        fetch(paging, lambda address, query: {"list": ITEMS, "next": "KEY"})


def test_keys_for_ever_are_an_error(monkeypatch):
    monkeypatch.setattr(paging_module, "MOST_PAGES", 5)
    keys = iter(range(100))
    with pytest.raises(BrokenAnswer, match="circle"):
        fetch(
            {"kind": "cursor", "parameter": "key", "path": "next"},
            lambda address, query: {"list": [], "next": next(keys)},
        )


@pytest.mark.parametrize("body", [b'{"list": [{"id": 1}', b"<html>", b'{"message": "soon"}', b"[]"])
def test_a_page_that_is_none(body):
    with pytest.raises(BrokenAnswer) as caught:
        fetch({}, lambda address, query: body)
    assert caught.value.body == body


def test_days_are_asked_for():
    days = {"start": "from", "end": "to"}
    _found, asked = fetch({}, lambda *_: {"list": []}, days, DAY, datetime.date(2026, 1, 31))
    assert asked[0].query == (("from", "2026-01-20"), ("to", "2026-01-31"))


def test_days_as_moments():
    days = {"start": "from", "end": "to", "format": "datetime"}
    _found, asked = fetch({}, lambda *_: {"list": []}, days)
    assert dict(asked[0].query) == {
        "from": "2026-01-20T00:00:00.000Z",
        "to": "2026-01-20T23:59:59.999Z",
    }
    _found, asked = fetch(
        {}, lambda *_: {"list": []}, {**days, "end_exclusive": True, "lead_days": 14}
    )
    assert dict(asked[0].query) == {
        "from": "2026-01-06T00:00:00.000Z",
        "to": "2026-01-21T00:00:00.000Z",
    }


def test_without_days_it_ends_where_a_whole_page_is_older():
    dates = ["01-22", "01-20", "01-10", "01-21", "01-09", "01-08", "01-07", "01-06"]
    items = [{"id": date, "day": f"2026-{date}T00:00:00Z"} for date in dates]

    def get(address, query):
        page = int(query["page"])
        return {"list": items[page * 2 - 2 : page * 2]}

    found, _asked = fetch({"kind": "page", "parameter": "page"}, get, {"until": "day"})
    assert found == dates[:6]  # the second page had a younger one, the third had none
    with pytest.raises(BrokenAnswer, match="no day"):
        fetch({}, lambda *_: {"list": [{"id": 1}]}, {"until": "day"})
