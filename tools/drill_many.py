"""Fifty accounts at ten banks, one of which is slow: it holds up nobody else.

    python -m tools.drill_many NUMBER ACCOUNTS TRANSACTIONS BACK FOLDER

serves one of the banks.
"""

import contextlib
import datetime
import json
import random
import signal
import sys
import threading
import time
from decimal import Decimal
from pathlib import Path

from . import demo_bank
from .common import Missing, say

BANKS, ACCOUNTS, TRANSACTIONS = 10, 5, 2_000
DAYS = 25
"""On which they were booked, today not included."""
SLOW = 20
"""Seconds that the slow bank takes for each answer."""
WORKERS = 2
PATIENCE = 600
"""Seconds in which something must move."""
THROUGH = """
SELECT feed.connection_id, count(line.id)
  FROM bank_feed AS feed
  JOIN account_bank_statement_line AS line ON line.journal_id = feed.journal_id
 GROUP BY feed.connection_id
"""


# The banks


def serve(number, accounts, transactions, back, folder):
    """Be one of the banks until told to end."""
    bank = _bank(int(number), int(accounts), int(transactions), back, Path(folder))
    done = threading.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: done.set())
    with bank:
        print(json.dumps(bank.description()), flush=True)
        done.wait()


def _bank(number, accounts, transactions, back, folder):
    demo = demo_bank.package()
    today = datetime.datetime.now(datetime.UTC).date()
    first = today - datetime.timedelta(days=DAYS)
    return demo.DemoBank(
        accounts=[
            demo.Account(
                demo.iban("DE", f"99900050{number:04}{account:06}"),
                "EUR",
                f"Bank {number}, account {account}",
                Decimal(0),
            )
            for account in range(accounts)
        ],
        source=lambda account, day: _booked(account, (day - first).days, day, transactions),
        start=first - datetime.timedelta(days=DAYS),
        folder=folder,
        redirect_uris=[back],
        auto_approve=True,
    )


def _booked(account, number, day, transactions):
    """An equal part of the transactions on each of the days."""
    if not 0 <= number < DAYS:
        return []
    from account_bank_feed_demo.bank.statement_format import Transaction

    draw = random.Random(f"{account.iban} {day}")
    return [
        Transaction(
            day,
            Decimal(draw.randint(-90_000, 90_000) or 1) / 100,
            "EUR",
            remittance=f"Order {draw.randint(1, 10**9):010}",
        )
        for _ in range(number, transactions, DAYS)
    ]


@contextlib.contextmanager
def banks(python, back):
    """Start all of them."""
    with contextlib.ExitStack() as stack:
        size = (str(ACCOUNTS), str(TRANSACTIONS), back)
        programs = (("-m", "tools.drill_many", str(number), *size) for number in range(BANKS))
        yield [stack.enter_context(demo_bank.serving(python, *words)) for words in programs]


# The drill


def many(odoo, database, prepare, back):
    """Fetch and post everything with two workers.

    :param prepare: called with what the banks say of themselves; returns the connections' ids, that
        of the slow bank first
    :return: seconds until all of a bank was in the books; those of the slow one, of the others;
        how many transactions there are of each bank
    """
    with banks(odoo.python, back) as described:
        slow, *others = prepare(described)
        with odoo.running(database, workers=WORKERS + 2, channels=f"root:{WORKERS}"):
            through = _watch(odoo.cluster, database, {slow: "the slow bank"}, len(described))
        booked = {int(count) for _one, count in odoo.cluster.sql(THROUGH, database)}
    return through[slow], sorted(through[one] for one in others), booked


def _watch(cluster, database, names, count):
    """Wait until every bank is through; return after how many seconds each of them was."""
    through, started = {}, time.monotonic()
    moved, last = started, None
    while len(through) < count:
        counts = {int(one): int(count) for one, count in cluster.sql(THROUGH, database)}
        now = time.monotonic()
        if counts != last:
            moved, last = now, counts
        for one in sorted(counts):
            if counts[one] >= ACCOUNTS * TRANSACTIONS and one not in through:
                through[one] = now - started
                say(f"  {names.get(one, 'another bank')}: through after {through[one]:.0f} s")
        if now - moved > PATIENCE:
            raise Missing(f"Nothing moved for {PATIENCE} s.")
        time.sleep(1)
    return through


if __name__ == "__main__":
    serve(*sys.argv[1:])
