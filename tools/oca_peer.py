"""The peer of our matching benchmark: OCA's reconciliation engine on the same data, on 18.0.

Here: its environment, its database, the world in Odoo's terms, and what of the result is right.
What happens inside Odoo is in oca_peer_run.py. Several configurations are tried, and the one that
serves its user best stands for the engine, see `merit`.

**What counts as right.** A posting is right when it settles exactly the documents of the truth.
That is generous: nobody asks what became of a discount, a fee or a rest. It is wrong when it
settles others, or some of them and leaves the rest on the partner's account, and always on a
payment that is nobody's, a booking without documents or a transfer.
"""

import argparse
import contextlib
import datetime
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path

from . import environment, postgres
from .common import CACHE, PROJECT, Missing, locked, run, say, step
from .server import Odoo

SERIES = "18.0"
MODULES = {
    "account_statement_base": "18.0.1.3.1",
    "account_statement_import_base": "18.0.1.0.2.4",
    "account_reconcile_model_oca": "18.0.1.2.0",
    "account_reconcile_oca": "18.0.1.3.0.1",
}
"""The versions of the packages. The import's base finds the partner by the payer's account."""

FOLDER = CACHE / f"oca-{SERIES}"
DATABASE = "bench_oca"
HOME = "EUR"
INVOICES = {
    "invoice": "out_invoice",
    "refund": "out_refund",
    "bill": "in_invoice",
    "vendor_refund": "in_refund",
}
ENTRIES = {"payment", "receivable", "transfer"}
OUTCOMES = ("right", "wrong", "suggested", "misled", "left")
PRICE_OF_A_WRONG_POSTING = 10
"""In right postings. Finding and undoing one takes a person longer than ten that wait."""


def run_oca(world_dir, out_file, only=None):
    """Match the world in a folder with OCA's engine, write what it did, and return that.

    `only` are the names of the configurations to try, all by default: each takes the engine about
    a fifth of a second per payment.

    The file has, of the best configuration, `payments` (by id: `posted` and `suggested` document
    ids, and the `outcome`); beside it `configurations` with counts and seconds of each, by
    situation too, and `left_out`: how many documents of a kind Odoo has no open item for.
    """
    world = read_world(Path(world_dir))
    source, left_out = in_odoo_terms(world)
    source["only"] = only
    with postgres.cluster() as cluster, tempfile.TemporaryDirectory() as folder:
        written, answer = Path(folder) / "input.json", Path(folder) / "output.json"
        written.write_text(json.dumps(source))
        peer = Peer(cluster)
        with peer.database():
            peer.match(written, answer)
        found = json.loads(answer.read_text())
    result = summary(world, source, found, left_out)
    Path(out_file).write_text(json.dumps(result, indent=1) + "\n")
    return result


def read_world(folder):
    """The tables of a world, each a list of dicts; a line of a file is one record."""
    world = {}
    for name in ("partners", "documents", "payments", "truths", "rates", "own_accounts"):
        path = folder / f"{name}.jsonl"
        if not path.exists():
            raise Missing(f"{path} is missing: write the world with `python -m tools.world`.")
        lines = path.read_text().splitlines()
        world[name] = [json.loads(line) for line in lines if line.strip()]
    return world


# The world in Odoo's terms


def in_odoo_terms(world):
    """What is booked and imported, as plain JSON, and how many documents of a kind are not."""
    documents, left_out = [], Counter()
    for row in world["documents"]:
        if row["kind"] in INVOICES:
            documents.append(_invoice(row))
        elif row["kind"] in ENTRIES and not row.get("covers"):
            documents.append(_entry(row))
        else:
            left_out[row["kind"]] += 1
    _tell_apart(documents)
    payments = [line for row in world["payments"] for line in _lines(row)]
    currencies = {row["currency"] for row in documents} | {HOME}
    currencies |= {line["foreign"][0] for line in payments if line["foreign"]}
    accounts = {row["id"]: row.get("currency") or HOME for row in world["own_accounts"]}
    source = {
        "currency": HOME,
        "currencies": sorted(currencies | set(accounts.values())),
        "rates": world["rates"],
        "accounts": accounts,
        "partners": world["partners"],
        "documents": documents,
        "payments": payments,
    }
    return source, dict(left_out)


def _head(row):
    others = row.get("other_numbers") or []
    return {
        "id": row["id"],
        "partner": row.get("partner"),
        "number": row["number"],
        "ref": " ".join(others) or None,
        "reference": row.get("reference"),
        "date": row["date"],
        "due": row.get("due_date"),
        "currency": row.get("currency") or HOME,
    }


def _invoice(row):
    amount = abs(Decimal(row["residual"]))
    discount = row.get("discount")
    terms = None
    # Odoo offers a discount on a whole invoice only, and no longer once a part is paid.
    if discount and abs(Decimal(row["total"])) == amount:
        start = datetime.date.fromisoformat(row["date"])
        ends = (discount["last_day"], row.get("due_date") or discount["last_day"])
        days = [(datetime.date.fromisoformat(end) - start).days for end in ends]
        terms = [discount["percent"], *days]
    kind = INVOICES[row["kind"]]
    return {**_head(row), "type": kind, "amount": float(amount), "discount": terms}


def _entry(row):
    amount = float(row["residual"])
    account = row.get("account") or "receivable"
    return {**_head(row), "type": "entry", "amount": amount, "account": account}


def _tell_apart(documents):
    """Odoo has no two entries of one name in a journal: the second gets a mark."""
    seen = Counter()
    for row in documents:
        key = (row["type"].partition("_")[0], row["number"])
        seen[key] += 1
        if seen[key] > 1:
            row["number"] += f" ({seen[key]})"


def _lines(row):
    """The statement lines of a payment: OCA's import makes one of each part of a booking.

    The orders of a provider's payout come from the provider: no bank file has them.
    """
    parts = row.get("details") or []
    if len(parts) > 1 and not any(part.get("original_amount") for part in parts):
        total = sum(Decimal(part["amount"]) for part in parts)
        if total == Decimal(row["amount"]):
            return [_line(row, {**row, "original_amount": None, **part}) for part in parts]
    return [_line(row, row)]


def _line(row, part):
    amount, currency = part.get("original_amount"), part.get("original_currency")
    foreign = None
    if amount and currency and currency != (row.get("currency") or HOME):
        foreign = (currency, float(amount))
    return {
        "payment": row["id"],
        "account": row["account"],
        "date": row["date"],
        "amount": float(part["amount"]),
        "text": part.get("remittance") or "",
        "reference": part.get("reference") or _given(part.get("end_to_end_id")),
        "name": part.get("name") or None,
        "iban": part.get("iban"),
        "foreign": foreign,
    }


def _given(end_to_end_id):
    """Without what banks write where there is none."""
    return None if end_to_end_id == "NOTPROVIDED" else end_to_end_id


# What of it is right


class Judge:
    """Knows the truth in terms of what has been booked."""

    def __init__(self, world, source):
        # A payment without a journal entry of its own is nothing in the ledger: what it covers is.
        self.covers = {row["id"]: row["covers"] for row in world["documents"] if row.get("covers")}
        self.booked = {row["id"] for row in source["documents"]}
        self.truths = {row["payment_id"]: row for row in world["truths"]}
        self.answers = {key: self._answer(row) for key, row in self.truths.items()}

    def _answer(self, truth):
        """The documents to settle; empty when none may be."""
        if truth["answer"] != "settle":
            return frozenset()
        named = [pair[0] for pair in truth["settles"]]
        return frozenset(one for key in named for one in self.covers.get(key) or [key])

    def reachable(self, payment):
        """Whether there is a right answer among what has been booked."""
        answer = self.answers[payment]
        return bool(answer) and answer <= self.booked

    def outcome(self, payment, done):
        """One of OUTCOMES; a right part of a collective booking waits for its other parts."""
        answer, posted = self.answers[payment], set(done["posted"])
        if done["posted"] or done["settled"]:
            if answer and posted == answer:
                return "right"
            if not (done["waits"] and posted and posted < answer):
                return "wrong"
        offered = posted | set(done["suggested"])
        if not offered - posted:
            return "left"
        return "suggested" if offered in self._offers(payment) else "misled"

    def _offers(self, payment):
        """What a careful accountant would offer."""
        truth = self.truths[payment]
        meant = {pair[0] for pair in truth["settles"]}
        plausible = [set(one) for one in truth.get("plausible") or []]
        return [one for one in (set(self.answers[payment]), meant, *plausible) if one]


def by_payment(source, found):
    """What one configuration did with each payment, all its statement lines together."""
    payments = defaultdict(lambda: {"posted": [], "suggested": [], "settled": 0, "waits": 0})
    for place, line in enumerate(source["payments"]):
        one = payments[line["payment"]]
        posted = found["posted"].get(str(place))
        one["settled" if posted is not None else "waits"] += 1
        one["posted"] += posted or []
        one["suggested"] += found["suggested"].get(str(place), [])
    return dict(payments)


def count(judge, payments):
    """Counts of a configuration; `reachable` are the payments with an answer in these books."""
    outcomes = {key: judge.outcome(key, done) for key, done in payments.items()}
    situations = defaultdict(Counter)
    for key, outcome in outcomes.items():
        situations[judge.truths[key]["situation"]][outcome] += 1
    counts = Counter(outcomes.values())
    return {
        **{name: counts[name] for name in OUTCOMES},
        "payments": len(payments),
        "with an answer": sum(map(bool, judge.answers.values())),
        "reachable": sum(map(judge.reachable, payments)),
        "situations": {
            name: {key: found[key] for key in OUTCOMES}
            for name, found in sorted(situations.items())
        },
    }


def merit(counts):
    """What a configuration is worth to its user; among equals, good suggestions decide."""
    gain = counts["right"] - PRICE_OF_A_WRONG_POSTING * counts["wrong"]
    return (gain, counts["suggested"] - counts["misled"])


def summary(world, source, found, left_out):
    """All that is worth keeping, as JSON."""
    judge = Judge(world, source)
    done = {name: by_payment(source, one) for name, one in found["configurations"].items()}
    counts = {name: count(judge, payments) for name, payments in done.items()}
    best = max(counts, key=lambda name: merit(counts[name]))
    return {
        "engine": MODULES,
        "documents": len(source["documents"]),
        "statement lines": len(source["payments"]),
        "seconds": found["seconds"],
        "left_out": left_out,
        "best": best,
        "configurations": {
            name: {**found["configurations"][name]["about"], **counts[name]} for name in counts
        },
        "payments": {
            key: {
                "posted": sorted(set(one["posted"])),
                "suggested": sorted(set(one["suggested"])),
                "outcome": judge.outcome(key, one),
            }
            for key, one in done[best].items()
        },
    }


def show(result):
    """Print the comparison of configurations."""
    lines = result["statement lines"]
    say(f"\nOCA's engine: {result['documents']:,} documents booked, {lines:,} statement lines")
    for kind, number in result["left_out"].items():
        say(f"  {number:,} documents not booked, since Odoo has no open item for them: {kind}")
    some = next(iter(result["configurations"].values()))
    say(
        f"  {some['payments']:,} payments, {some['with an answer']:,} with an answer, "
        f"{some['reachable']:,} of them in these books"
    )
    say(f"\n{'configuration':<38}" + "".join(f"{name:>10}" for name in OUTCOMES) + "   ms/line")
    for name, one in result["configurations"].items():
        mark = "  best" if name == result["best"] else ""
        numbers = "".join(f"{one[key]:>10,}" for key in OUTCOMES)
        say(f"{name:<38}{numbers}{one['seconds']['match'] / lines * 1000:>10.1f}{mark}")


# Its environment


def _modules():
    """The folder with the engine's addons, filled anew when the pins change."""
    key = hashlib.sha256(repr(MODULES).encode()).hexdigest()
    stamp = FOLDER / "key"
    with locked(CACHE / f"{FOLDER.name}.lock"):
        if not stamp.exists() or stamp.read_text() != key:
            shutil.rmtree(FOLDER, ignore_errors=True)
            names = [f"odoo-addon-{name}=={version}" for name, version in MODULES.items()]
            python = environment.ensure(SERIES) / "bin" / "python"
            options = ["--quiet", "--no-input", "--no-deps", "--only-binary", ":all:"]
            with step("getting OCA's reconciliation engine"):
                run(
                    [python, "-m", "pip", "install", *options, "--target", FOLDER, *names],
                    "OCA's engine could not be got: check that pip reaches its package index.",
                )
            stamp.write_text(key)
    return FOLDER / "odoo" / "addons"


class Peer:
    """The engine in a database of its own, which is dropped at the end."""

    def __init__(self, cluster):
        self.odoo = Odoo(SERIES, cluster)
        path = environment.addons_path(SERIES, self.odoo.venv).split(",")
        theirs = [folder for folder in path if not folder.startswith(str(PROJECT))]
        settings = {"addons_path": ",".join([str(_modules()), *theirs]), "max_cron_threads": 0}
        self.conf = self.odoo.config(DATABASE, **settings)

    @contextlib.contextmanager
    def database(self):
        """Its database, new."""
        try:
            self.odoo.drop(DATABASE)
            with step(f"installing the engine into the database {DATABASE}"):
                words = ["-d", DATABASE, "-i", ",".join(MODULES), "--stop-after-init", "--no-http"]
                self._call([self.odoo.venv / "bin" / "odoo", "-c", self.conf, *words])
            yield
        finally:
            self.odoo.drop(DATABASE)

    def match(self, source, target):
        """Book the input and write what each configuration did with it."""
        with step("booking documents and lines, and matching with each configuration"):
            self._call(["-m", "tools.oca_peer_run", self.conf, DATABASE, source, target])

    def _call(self, words):
        """Run it; its log is of warnings only, and shown when it fails."""
        log = CACHE / "log" / f"{DATABASE}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with open(log, "w") as output:
            done = subprocess.run(
                [str(word) for word in (self.odoo.python, *words)],
                env=environment.clean_environ(),
                cwd=PROJECT,
                stdin=subprocess.DEVNULL,
                stderr=output,
                check=False,
            )
        if done.returncode:
            say(log.read_text(errors="replace")[-6000:])
            raise Missing("OCA's engine failed: the log above says why.")


def main(arguments=None):
    """Command line: DIR OUT; return the exit code."""
    parser = argparse.ArgumentParser(prog="oca-peer", description=__doc__.splitlines()[0])
    parser.add_argument("world", type=Path, help="the folder of a world")
    parser.add_argument("out", type=Path, help="the JSON file to write")
    parser.add_argument("--only", action="append", help="a configuration to try, by its name")
    chosen = parser.parse_args(arguments)
    try:
        show(run_oca(chosen.world, chosen.out, chosen.only))
    except Missing as error:
        say(f"Error: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
