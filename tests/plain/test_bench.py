"""`make bench`, as far as it is plain Python: the files, the verdicts, what is not measured."""

import doctest
import io
import itertools
from decimal import Decimal
from types import SimpleNamespace

import pytest

from bank_statement_format import read_statements
from tools import bench, bench_files, bench_nodes
from tools.bench_report import MET, MISSED, UNKNOWN, Row


@pytest.fixture
def items():
    return [
        bench_files.Item(f"INV/2026/{n:05d}", Decimal(n + 100), f"Customer {n}", "")
        for n in range(1_000)
    ]


def test_a_hundred_lines_have_each_kind_as_often_as_told(items):
    made, paid = bench_files.transactions(100, iter(items))
    assert paid == {"whole": 88 + 2 * 3, "part": 3}
    assert sum(one.amount < 0 for one in made) == 3
    assert sum("Fremder" in (one.counterparty.name or "") for one in made) == 3


def test_no_invoice_is_paid_twice(items):
    made, paid = bench_files.transactions(900, iter(items))
    quoted = [word.strip(",") for one in made for word in one.remittance.split() if "INV/" in word]
    assert len(quoted) == len(set(quoted)) == paid["whole"] + paid["part"]


def test_too_few_open_items_are_no_short_file(items):
    with pytest.raises(StopIteration):
        bench_files.transactions(100, iter(items[:10]))


def test_the_digest_knows_lost_doubled_and_changed_lines(items):
    made, _paid = bench_files.transactions(50, iter(items))
    others = [made[1:], [*made, made[0]], [made[1], *made[1:]]]
    digest = bench_files.facts_about(made)["digest"]
    assert digest == bench_files.facts_about(made[::-1])["digest"]
    assert digest not in [bench_files.facts_about(other)["digest"] for other in others]


def test_files_of_an_account_continue_one_another(items):
    made, _paid = bench_files.transactions(100, iter(items))
    read = [
        statement
        for content in bench_files.contents("DE89370400440532013000", made, 4)
        for statement in read_statements("file.xml", io.BytesIO(content))[1]
    ]
    assert len(read) == 4
    assert [one.opening.amount for one in read[1:]] == [one.closing.amount for one in read[:-1]]
    assert all(one.end_date < other.start_date for one, other in itertools.pairwise(read))
    assert [one.amount for each in read for one in each.transactions] == [m.amount for m in made]


def test_what_is_missed_is_said():
    assert Row.at_most("", 5.1, 5, "ms").verdict == MISSED
    assert Row.at_most("", 5, 5, "ms").verdict == MET
    assert Row.at_least("", 34.9, 35).verdict == MISSED


@pytest.fixture
def measured(monkeypatch):
    """The benchmark on two cores, with runs that are told instead of measured."""

    def run(_odoo, _template, accounts, workers, warm=None):
        seconds = 100 / workers**0.9
        stages = {"post": [0, 0, 0, seconds / 2]}
        lines = sum(lines for _account, lines, *_files in accounts)
        found = bench_nodes.Run(lines, workers, len(accounts), seconds, stages, cpu=lines / 500)
        return found

    monkeypatch.setattr(bench.bench_nodes, "run", run)
    monkeypatch.setattr(bench.bench_database, "template", lambda *_arguments: "template")
    monkeypatch.setattr(bench.bench_report, "cores", lambda: 2)
    return bench.Bench(SimpleNamespace(cluster=None, series="18.0"))


def test_four_workers_on_two_cores_are_not_measured(measured):
    measured.workers()
    verdicts = {row.what: row.verdict for row in measured.rows}
    many = "100,000 lines in four files"
    assert verdicts[f"{many}, 4 workers against 1, one journal"] == UNKNOWN
    assert verdicts[f"{many}, 2 workers against 1, 4 journals"] == MET
    assert len(verdicts) == 1 + 2 * 2


def test_two_cores_have_eight_minutes(measured):
    measured.many()
    assert [row.target for row in measured.rows] == ["≤ 8 minutes", "≤ 8 minutes", "≤ 1.2 times"]
    assert {row.verdict for row in measured.rows} == {MET}


def test_the_examples_of_the_table_are_true():
    assert not doctest.testmod(bench.bench_report).failed
