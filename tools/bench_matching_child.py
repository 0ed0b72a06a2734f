"""The measuring part of `make bench-matching`, in the project's environment."""

import argparse
import statistics
import sys
import time

from . import without_odoo, world  # noqa: F401  the first lets the engine be imported

FEW, MANY = (3_000, 1_000), (100_000, 20_000)
"""Open items and partners; the time for a payment must hardly depend on them."""
TIMED = 3_000
ROUNDS = 5


def main():
    arguments = _arguments()
    from . import bench_matching_report as report

    sizes = (arguments.partners, arguments.documents, arguments.payments)
    made = world.build(arguments.seed, *sizes)
    decisions, each = _decide(made)
    found = report.count(decisions, made.truths)
    _say(report.table(found), report.totals(found), report.calibration(decisions, made.truths))
    if arguments.show:
        situation, _colon, wanted = arguments.show.partition(":")
        _say(report.cases(made, decisions, situation, wanted, arguments.most))
    print(f"{len(made.payments):,} payments, {each:.3f} ms each, on a machine that may be busy\n")
    if not arguments.quick:
        _scale(arguments.seed)
    return 0


def _arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=20260)
    parser.add_argument("--partners", type=int, default=5_000)
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--payments", type=int, default=20_000)
    parser.add_argument("--quick", action="store_true", help="without 100,000 open items")
    parser.add_argument("--show", default="", help="list cases: SITUATION, SITUATION:OUTCOME")
    parser.add_argument("--most", type=int, default=12, help="cases to list")
    return parser.parse_args()


def _say(*parts):
    for part in parts:
        print("\n".join(part), end="\n\n")


def _decide(made):
    """The decisions, and the milliseconds of processor time for each payment."""
    from account_bank_feed_rule.matching import decide

    from .bench_matching_world import index, payments, rules

    books, waiting = index(made), payments(made)
    started = time.process_time()
    decisions = decide(waiting, rules(), books)
    return decisions, (time.process_time() - started) / len(waiting) * 1000


def _scale(seed):
    """Matching alone, against few and many open items, turn by turn."""
    from account_bank_feed_rule.matching import decide

    from .bench_matching_world import index, payments, rules

    measured = {}
    prepared = {}
    for items, partners in (FEW, MANY):
        made = world.build(seed, partners, items, TIMED if items > TIMED else items)
        books = index(made)
        books.partners.names  # prepared once, like the index
        prepared[items] = books, payments(made)[:TIMED]
    for _round in range(ROUNDS):
        for items, (books, waiting) in prepared.items():
            started = time.process_time()
            decide(waiting, rules(), books)
            each = (time.process_time() - started) / len(waiting) * 1000
            measured.setdefault(items, []).append(each)
    few, many = (statistics.median(measured[items]) for items, _partners in (FEW, MANY))
    best = min(measured[MANY[0]])
    print(f"{FEW[0]:>8,} open items: {few:.3f} ms for each payment (median of {ROUNDS})")
    print(f"{MANY[0]:>8,} open items: {many:.3f} ms, best {best:.3f}  (0.5 ms)")
    print(f"{'ratio':>19}: {many / few:.2f}  (1.5)")


if __name__ == "__main__":
    sys.exit(main())
