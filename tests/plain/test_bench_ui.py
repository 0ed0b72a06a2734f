"""`make bench-ui`, as far as it is plain Python: what is a copy's own, and what differs."""

import datetime
from decimal import Decimal

import pytest

from tools import bench_copies, bench_ui
from tools.bench_copies import Facts
from tools.screens import SCREENS
from tools.screenshots import FOLDER, MOST_BYTES, PAGE, page

DAY = datetime.date(2026, 3, 1)
FACTS = Facts(
    texts=[("INV/1", "seeds.name"), ("Rechnung INV/1", "seeds.text"), ("", "seeds.party")],
    amounts=[(119.5, "seeds.gross"), (0, "seeds.tax")],
    days={DAY: "seeds.day"},
)


class Rows:
    """A cursor that has one row for each id."""

    def __init__(self, *rows):
        self.rows = dict(enumerate(rows, start=1))

    def execute(self, _query, parameters):
        self.row = self.rows[parameters[0]]

    def dictfetchone(self):
        return self.row


def own(value, ids=None):
    return FACTS.own(Rows({"x": value}), "a_table", 1, ids or {}).get("x")


@pytest.mark.parametrize(
    ("value", "sql"),
    [
        (Decimal("119.50"), "seeds.gross"),
        (-119.5, "-(seeds.gross)"),
        (Decimal("119.51"), None),
        (0, None),
        (True, None),
        (None, None),
        (DAY, "seeds.day"),
        (datetime.datetime(2026, 3, 1), None),
        ("INV/1", "replace(source.\"x\", 'INV/1', seeds.name)"),
        ("Rechnung INV/1", "replace(source.\"x\", 'Rechnung INV/1', seeds.text)"),
        ("another text", None),
        ({"a": "INV/1"}, "(replace(source.\"x\"::text, 'INV/1', seeds.name))::jsonb"),
    ],
)
def test_what_is_known_of_the_original_is_a_copys_own(value, sql):
    assert own(value) == sql


def test_an_id_is_a_copys_own_where_the_original_has_one():
    assert own(7, {"x": "seeds.move"}) == "seeds.move"
    assert own(None, {"x": "seeds.move"}) is None


def test_a_column_that_differs_is_told():
    rows = Rows({"id": 1, "name": "A", "rank": 1}, {"id": 2, "name": "B", "rank": 1})
    assert bench_copies.differences(rows, "t", 1, 2, {"id"}) == ["t.name 'A', not 'B'"]
    assert bench_copies.differences(rows, "t", 1, 2, {"id", "name"}) == []


def test_the_verdict_is_on_the_median_and_the_worst_is_told():
    row = bench_ui._row("a screen", [0.2, 0.3, 4.0])
    assert (row.verdict, row.measured, row.note) == ("met", "0.30 s", "worst of 3: 4.00 s")
    assert bench_ui._row("a screen", [0.2, 1.3, 1.4]).verdict == "MISSED"


def test_a_full_disk_is_foreseen(tmp_path):
    class Cluster:
        folder = tmp_path

    with pytest.raises(bench_ui.Missing, match="--quick"):
        bench_ui._room(Cluster, 10**12)


def test_the_page_of_screens_is_up_to_date():
    assert PAGE.read_text() == page()


def test_every_picture_of_the_page_is_there_and_small():
    shown = {f"{one.name}-{variant}.png" for one in SCREENS for variant in one.variants}
    assert {path.name for path in FOLDER.glob("*.png")} == shown
    assert all((FOLDER / name).stat().st_size <= MOST_BYTES for name in shown)
