"""Where values stand."""

import pytest

from account_bank_feed_rest.rest.errors import ProfileError
from account_bank_feed_rest.rest.paths import find, find_all

ITEM = {"a": {"b": [{"c": 1}, {"c": None}, {"c": 3}]}, "page[limit]": 0, "empty": None}


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("", [ITEM]),
        ("a.b[0].c", [1]),
        ("a.b[*].c", [1, 3]),
        ("a.b[7].c", []),
        ("a.x.c", []),
        ("a.b.c", []),
        ("empty", []),
        ("^.id", ["outer"]),
        ("^", [{"id": "outer"}]),
    ],
)
def test_values_at_a_path(path, values):
    assert find_all(path, ITEM, {"id": "outer"}) == values


def test_the_first_one():
    assert find("a.b[*].c", ITEM) == 1
    assert find("a.d", ITEM) is None
    assert find("[1]", ["x", "y"]) == "y"


@pytest.mark.parametrize("path", ["a..b", ".a", "a[", "a[x]", "a.", "a.^"])
def test_what_is_no_path(path):
    if path == "a.^":
        assert find(path, {"a": {"^": 1}}) == 1  # a name like any other, there
        return
    with pytest.raises(ProfileError, match="no path"):
        find(path, ITEM)
