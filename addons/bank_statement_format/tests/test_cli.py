import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bank_statement_format import __main__ as cli

from .helpers import IBAN, bal, document, ntry, stmt
from .test_camt053 import BALANCED
from .test_table import DEMO

ADDONS = Path(__file__).parents[2]


def run(*arguments, **kwargs) -> subprocess.CompletedProcess:
    """The command as people call it."""
    return subprocess.run(
        [sys.executable, "-m", "bank_statement_format", *map(str, arguments)],
        env={"PATH": os.defpath, "PYTHONPATH": str(ADDONS), "LC_ALL": "C"},
        capture_output=True,
        timeout=120,
        check=False,
        **kwargs,
    )


def output(*paths) -> tuple[int, list[dict]]:
    """Exit status and documents; the command must say nothing else."""
    done = run(*paths)
    assert done.stderr == b""
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def write(tmp_path):
    def write(name: str, data: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write


def test_the_whole_document(write):
    path = write("Grüße.xml", document(stmt(bal("OPBD", "1.00", date="2024-01-01"), ntry())))
    status, (found,) = output(path)
    assert status == 0
    assert found == {
        "file": str(path),
        "format": "camt.053",
        "statements": [
            {
                "account": {"iban": IBAN, "number": None},
                "kind": "statement",
                "dialect": None,
                "guessed": False,
                "number": "S",
                "currency": "EUR",
                "opening": {"amount": "1.00", "date": "2024-01-01"},
                "closing": None,
                "balanced": None,
                "transactions": [
                    {
                        "booking_date": "2024-01-15",
                        "value_date": None,
                        "amount": "10.00",
                        "currency": "EUR",
                        "original_amount": None,
                        "original_currency": None,
                        "charges": None,
                        "counterparty": {
                            "name": None,
                            "clean_name": None,
                            "iban": None,
                            "bic": None,
                        },
                        "remittance": "",
                        "clean_remittance": "",
                        "reference": None,
                        "end_to_end_id": None,
                        "mandate_id": None,
                        "creditor_id": None,
                        "bank_reference": None,
                        "code": None,
                        "return_reason": None,
                        "booked": True,
                        "details": [],
                    }
                ],
            }
        ],
    }


def test_one_document_per_file_and_line(write):
    paths = [write("a.xml", BALANCED), write("b.csv", DEMO), write("c.xml", b"<x/>")]
    status, documents = output(*paths)
    assert status == 1
    assert [d["file"] for d in documents] == [str(path) for path in paths]
    assert [d.get("format") for d in documents] == ["camt.053", "csv", None]
    assert [len(d["statements"][0]["transactions"]) for d in documents[:2]] == [2, 4]
    assert "No format recognises" in documents[2]["error"]["message"]


def test_amounts_have_no_exponent(write):
    data = document(stmt(ntry(amount="0.000001"), ntry(amount="100000000000000")))
    _, (found,) = output(write("a.xml", data))
    amounts = [t["amount"] for t in found["statements"][0]["transactions"]]
    assert amounts == ["0.000001", "100000000000000"]


def test_two_statements_and_an_empty_one(write):
    _, (found,) = output(write("a.xml", document(stmt(), stmt(ntry(), ntry()))))
    assert [len(s["transactions"]) for s in found["statements"]] == [0, 2]


def test_an_error_tells_the_line_once(write):
    status, (found,) = output(write("a.xml", document(stmt(ntry(amount="x")))))
    assert status == 1
    assert found["error"]["line"] == 6
    assert found["error"]["message"].startswith("The amount is not readable")
    assert set(found) == {"file", "error"}


def test_nothing_of_a_cut_file_is_printed(write):
    status, (found,) = output(write("a.xml", BALANCED[:-40]))
    assert status == 1
    assert set(found) == {"file", "error"}


def test_what_is_no_readable_file(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    status, documents = output(tmp_path, tmp_path / "missing", tmp_path / "pipe", "/dev/zero")
    assert status == 1
    messages = [d["error"]["message"] for d in documents]
    assert "regular file" in messages[0]
    assert "No such file" in messages[1]
    assert "regular file" in messages[2]
    assert "regular file" in messages[3]


def test_a_file_that_may_not_be_read(write, monkeypatch, capsys):
    path = write("a.xml", BALANCED)

    def forbidden(*arguments):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", forbidden)
    assert cli.main([str(path)], sys.stdout) == 1
    assert json.loads(capsys.readouterr().out)["error"]["message"] == "Permission denied"


@pytest.mark.parametrize("name", ["umlaut-ü.xml", b"bytes-\xff.xml", 'quote".xml', "-- .xml"])
def test_any_file_name(tmp_path, name):
    path = os.path.join(os.fsencode(tmp_path), os.fsencode(name))
    with open(path, "wb") as file:
        file.write(BALANCED)
    done = subprocess.run(
        [sys.executable, "-m", "bank_statement_format", path],
        env={"PYTHONPATH": str(ADDONS), "LC_ALL": "C"},
        capture_output=True,
        check=True,
    )
    assert os.fsencode(json.loads(done.stdout)["file"]) == path


@pytest.mark.parametrize("arguments", [[], ["--nonsense"], ["--nonsense", "file"]])
def test_wrong_usage(arguments):
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stdout == b""
    assert b"usage" in done.stderr


def test_help():
    done = run("--help")
    assert done.returncode == 0
    assert b"FILE" in done.stdout


def test_a_reader_that_goes_away(write):
    path = write("a.xml", document(stmt(*[ntry()] * 20_000)))
    command = [sys.executable, "-m", "bank_statement_format", str(path)]
    process = subprocess.Popen(
        command,
        env={"PYTHONPATH": str(ADDONS)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    process.stdout.read(10)
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(60) == 1


def test_a_formats_own_slip_is_no_traceback(write, monkeypatch, capsys):
    def slip(*arguments):
        raise KeyError("slip")

    monkeypatch.setattr(cli, "detect", slip)
    assert cli.main([str(write("a.xml", BALANCED))], sys.stdout) == 1
    assert "slip" in json.loads(capsys.readouterr().out)["error"]["message"]


SAMPLES = os.environ.get("BANK_STATEMENT_SAMPLES")


@pytest.mark.skipif(not SAMPLES, reason="BANK_STATEMENT_SAMPLES names no folder")
def test_no_sample_is_a_traceback():
    paths = sorted(path for path in Path(SAMPLES).rglob("*") if path.is_file())
    status, documents = output(*paths)
    assert status in (0, 1)
    assert [d["file"] for d in documents] == [str(path) for path in paths]
    assert not [d for d in documents if "cannot be read (" in d.get("error", {}).get("message", "")]


def test_the_encoding_can_be_told(write):
    header = "date,amount,currency,account,name\n"
    path = write("a.csv", (header + f"2024-01-02,1.00,EUR,{IBAN},Pčre\n").encode("cp1250"))
    status, (found,) = output(path, "--encoding", "cp1250")
    assert status == 0
    assert found["statements"][0]["transactions"][0]["counterparty"]["name"] == "Pčre"
    assert run(path, "--encoding", "klingon").returncode == 2


def test_a_profile_can_be_told(write):
    path = write("a.csv", f"Tag|Wert|Konto\n02.01.2024|5|{IBAN}\n".encode())
    data = {
        "label": "Mine",
        "header": ["Tag", "Wert", "Konto"],
        "delimiter": "|",
        "dates": "%d.%m.%Y",
        "currency": "EUR",
        "columns": {"booking_date": "Tag", "amount": "Wert", "account": "Konto"},
    }
    profile = write("mine.json", json.dumps(data).encode())
    status, (found,) = output(path, "--profile", str(profile))
    assert status == 0
    assert found["statements"][0]["dialect"] == "mine"
    assert run(path, "--profile", write("wrong.json", b"{}")).returncode == 2
