"""The short form of `make drill`: the demo bank does wrong in the ways that matter most."""

import base64
import os

import pytest

from tools import drill, drill_scenarios, drill_secrets


def _base64(text):
    return base64.b64encode(text.encode()).decode()


@pytest.fixture(scope="module")
def found(odoo):
    return drill.faults(odoo, os.environ["BANK_FEED_DATABASE"], short=True, parts=("secrets",))


def test_nothing_is_lost_or_doubled_and_everybody_is_told_once(found):
    wanted = [one.name for one in drill_scenarios.SCENARIOS if one.short]
    assert [row["name"] for row in found["rows"]] == wanted
    assert drill.problems(found) == []


def test_every_scenario_was_one(found):
    rows = {(row["bank"], row["name"]): row for row in found["rows"]}
    refreshes = rows[drill_scenarios.REST, "workers refresh at once"]["refreshes"]
    assert refreshes >= 1
    waits = rows[drill_scenarios.REST, "429, Retry-After 2 h"]["waits"]
    assert min(waits) >= 7200


def test_ends_are_announced_beforehand(found):
    rows = {(row["bank"], row["name"]): row for row in found["rows"]}
    for bank, name in (
        (drill_scenarios.REST, "consent ends"),
        (drill_scenarios.XML, "own certificate ends"),
    ):
        assert rows[bank, name]["announced"] == [14, 7, 1]


def test_secrets_were_searched_for_where_they_could_be(found, odoo):
    assert len(found["secrets"]) > 20
    log = drill.log_of(odoo).read_text()
    assert " DEBUG " in log and "oauth/callback?… " in log
    assert min(size for size, _count in found["shown"].values()) > 0
    assert min(fields for _models, fields, _shown in found["readers"].values()) > 100


@pytest.mark.parametrize(
    "spoilt",
    [
        {"rows": [{"bank": "a", "name": "b", "why": "1 lost"}]},
        {"slips": 1},
        {"shown": {"log": (10, 1)}},
        {"readers": {"viewer": (1, 1, ["bank.connection.url"])}},
        {"keys": {"broken": 1, "why": []}},
    ],
)
def test_what_is_wrong_is_found_out(spoilt):
    assert drill.problems({"rows": [], "slips": 0, **spoilt})


@pytest.mark.parametrize("way", [str, lambda text: text.encode().hex(), _base64])
def test_a_secret_is_found_however_it_is_written(way):
    text = f"some words {way('a secret/of mine')} and more".encode()
    assert drill_secrets.found_in(text, ["a secret/of mine", "another secret"]) == 1
