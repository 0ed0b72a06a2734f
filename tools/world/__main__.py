"""``python -m tools.world --out DIR``: the world as JSON lines, one file per kind of record."""

import argparse
import dataclasses
import datetime
import json
import time
from collections import Counter
from decimal import Decimal
from pathlib import Path

from .build import build

FILES = ("own_accounts", "partners", "documents", "payments", "truths", "rates")


def plain(value):
    """As JSON can hold it: amounts and dates as text, sets sorted."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError(f"{value!r} has no place in a world")


def write(world, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        with open(folder / f"{name}.jsonl", "w") as file:
            for record in getattr(world, name):
                line = json.dumps(dataclasses.asdict(record), default=plain, ensure_ascii=False)
                file.write(line + "\n")
    (folder / "world.json").write_text(json.dumps({"today": world.today.isoformat()}) + "\n")


def summary(world) -> str:
    """What is in it: totals, and payments by situation."""
    answers = Counter(truth.answer for truth in world.truths)
    lines = [f"{len(getattr(world, name)):8} {name}" for name in FILES]
    lines += [f"{count:8} {answer}" for answer, count in sorted(answers.items())]
    found = Counter(truth.situation for truth in world.truths)
    lines += [f"{count:8}   {situation}" for situation, count in found.most_common()]
    return "\n".join(lines)


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m tools.world", description=__doc__)
    options.add_argument("--out", type=Path, help="folder for the files")
    options.add_argument("--seed", type=int, default=20260)
    options.add_argument("--partners", type=int, default=5_000)
    options.add_argument("--documents", type=int, default=20_000)
    options.add_argument("--payments", type=int, default=20_000)
    chosen = options.parse_args()
    started = time.monotonic()
    world = build(chosen.seed, chosen.partners, chosen.documents, chosen.payments)
    print(summary(world))
    print(f"built in {time.monotonic() - started:.1f} s")
    if chosen.out:
        write(world, chosen.out)


if __name__ == "__main__":
    main()
