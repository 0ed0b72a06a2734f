"""The developer toolchain, as far as it is plain Python."""

import configparser
import sys
import time
from pathlib import Path

import pytest

from tools import environment, odoo_source, server, testing
from tools.pool import Pool

DEB822 = """\
Types: deb
URIs: http://security.example/debian-security
Suites: bookworm-security
Components: main

Types: deb
# a comment
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main contrib
"""
ONE_LINE = """\
deb https://other.example/linux bookworm stable
# deb http://commented.example/debian bookworm main
deb [arch=amd64 signed-by=/x.gpg] http://mirror.example/debian bookworm main contrib
"""


@pytest.mark.parametrize("text", [DEB822, ONE_LINE])
def test_the_mirror_is_the_one_with_the_release_itself(text):
    assert odoo_source.mirror_in(text, "bookworm") == "http://mirror.example/debian"
    assert odoo_source.mirror_in(text, "trixie") is None


def test_a_series_is_read_from_its_source(tmp_path):
    assert odoo_source.series_of(tmp_path) is None
    release = tmp_path / "odoo" / "release.py"
    release.parent.mkdir()
    release.write_text("FINAL = 'final'\nversion_info = (18, 0, 0, FINAL, 0, '')\n")
    assert odoo_source.series_of(tmp_path) == "18.0"


def test_odoo_home_that_is_no_odoo_is_said_in_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("ODOO_HOME", str(tmp_path))
    with pytest.raises(odoo_source.Missing, match="is no Odoo source"):
        odoo_source.at_hand("18.0")


def test_queue_job_is_that_of_the_series():
    assert "odoo-addon-queue-job==18.0" in environment.requirements("18.0")
    nineteen = environment.requirements("19.0")
    assert "odoo-addon-queue-job==19.0" in nineteen
    assert "odoo-addon-queue-job==18.0" not in nineteen
    assert "openupgradelib" in nineteen


def test_no_test_file_is_in_two_groups_or_in_none():
    addons = testing.ADDONS
    files = {group: set(testing.files_of(group)) for group in ("plain", "odoo", "browser")}
    assert not files["odoo"] & files["browser"]
    for path in addons.glob("*/**/test_*.py"):
        groups = [
            group
            for group, places in files.items()
            if any(path == place or place in path.parents for place in places)
        ]
        assert len(groups) == 1, f"{path.relative_to(addons)} is in {groups}"


@pytest.mark.parametrize("group", testing.GROUPS[2:])
def test_portions_hold_each_file_of_the_group_once(group):
    files = [file for portion in testing.portions(group) for file in portion]
    assert sorted(files) == testing.files_of(group)
    assert testing.portions(group, "-k word") == [testing.files_of(group)]


def test_the_lowest_rank_is_run_first_and_tasks_add_tasks():
    done = []
    pool = Pool(1)
    pool.add(2, done.append, "last")
    pool.add(1, lambda: pool.add(0, done.append, "added"))
    pool.add(1, done.append, "second")
    pool.run()
    assert done == ["added", "second", "last"]


def test_after_the_deadline_what_may_is_left_out():
    done = []
    pool = Pool(2, deadline=time.monotonic())
    pool.add(1, done.append, "must", left_out=False)
    pool.add(1, done.append, "may", left_out="may")
    pool.run()
    assert (done, pool.left_out) == (["must"], ["may"])


def test_an_error_ends_what_runs_beside_it_and_begins_nothing_more(tmp_path):
    code = f"import time, pathlib; pathlib.Path({str(tmp_path / 'on')!r}).touch(); time.sleep(60)"
    done = []

    def fail():
        while not (tmp_path / "on").exists():
            time.sleep(0.01)
        raise ValueError("broken")

    pool = Pool(2)
    pool.add(1, pool.attend, [sys.executable, "-c", code], "label")
    pool.add(1, fail)
    pool.add(2, done.append, "later")
    started = time.monotonic()
    with pytest.raises(ValueError, match="broken"):
        pool.run()
    assert not done and time.monotonic() - started < 30


@pytest.mark.parametrize(("left_out", "code"), [(["19.0"], 0), (["18.0", "19.0"], 1)])
def test_a_group_must_have_run_on_some_series(capsys, left_out, code):
    pool = Pool(1)
    pool.left_out = [("odoo", series, testing.files_of("odoo")[:1]) for series in left_out]
    run = testing.Run(pool, "", may_leave_out=True)
    run.count("plain", "", 3, 0, 0)
    assert run.report(["odoo"], ["18.0", "19.0"]) == code
    printed = capsys.readouterr().out
    assert printed.count("NOT RUN") == len(left_out)
    assert printed.endswith(f"3 passed, {code} failed\n")


def test_subtests_count_as_one_test_and_one_failure_is_enough():
    report = """<testsuites><testsuite>
        <testcase classname="a" name="passes" />
        <testcase classname="a" name="passes" />
        <testcase classname="a" name="fails"><failure /></testcase>
        <testcase classname="a" name="fails" />
        <testcase classname="b" name="fails"><error /></testcase>
        <testcase classname="b" name="skipped"><skipped /></testcase>
    </testsuite></testsuites>"""
    assert testing.counts(report) == (1, 2, 1)


def test_jobs_at_once():
    assert server.capacity("root:4") == 4
    assert server.capacity("root:8,root.bank_feed:2") == 8


def test_slow_banks_do_not_take_all_jobs():
    conf = configparser.RawConfigParser()
    conf.read(testing.PROJECT / "odoo.conf")
    channels = dict(each.split(":") for each in conf["queue_job"]["channels"].split(","))
    assert int(channels[server.FETCH]) == server.fetching(int(channels["root"])) == 2
    assert server.fetching(8) == 4


def test_nothing_names_a_place_that_only_one_machine_has():
    project = Path(testing.PROJECT)
    for path in [*project.glob("tools/*"), project / "Makefile", project / "pyproject.toml"]:
        if path.is_file():
            assert "/root/" not in path.read_text(), path
