"""The books of `make bench-ui`: two years of a company with a million bank transactions.

Runs inside Odoo. Odoo itself receives two statements with one transaction of each kind in every
journal; then `bench_ui_copies` copies the second one's rows, and proves with the first one that
Odoo would have written the same. What waits on the last day is Odoo's own work again.
"""

import contextlib
import datetime
from dataclasses import dataclass
from decimal import Decimal

from . import bench_books, bench_ui_copies

DAYS = 730
OPEN_SHARE = 50
"""For each so many transactions there is an invoice that nobody has paid."""

KINDS = ("fee", "sale", "paid", "person", "waiting")
"""Booked by a rule, out and in; invoices settled by the engine, by a person, and by nobody yet."""

OF_INVOICES = KINDS[2:]
WORDING = {"fee": "Kontofuehrung Posten {}", "sale": "Kartenumsatz Beleg {}", "paid": "Rechnung {}"}
LAST_DAY = {"fee": 40, "sale": 10, "stranger": 40, "named": 35}
"""Transactions of the last day's statement in each journal, for a million in all."""

LOCKED, LEFT, QUARANTINED = 25, 75, 20
"""In a locked period; admitted but not booked; in a statement with a gap."""


@dataclass(frozen=True, slots=True)
class Line:
    """A transaction that the bank is to report."""

    kind: str
    day: datetime.date
    amount: Decimal
    text: str
    party: str = ""
    iban: str = ""
    invoice: int = 0
    """The id of what it pays."""


def fill(registry, count, worker):
    """Make the company with so many transactions, and commit.

    :param worker: does background jobs, see bench_run.py
    """
    today = datetime.date.today()
    start = today - datetime.timedelta(days=DAYS)
    with _environment(registry) as env:
        bench_books.company(env)
        journals = bench_books.journals(env, start).ids
        bench_books.customers(env)
        _rules(env)
        days = (start, start + datetime.timedelta(days=1))
        plans = [_plan(env, journals, day, nth) for nth, day in enumerate(days)]
    for plan in plans:
        for journal, lines in plan.items():
            _receive(registry, worker, journal, lines)
    with _environment(registry) as env:
        for plan in plans:
            _accept(env, plan)
    with _environment(registry) as env:
        others, sources = (bench_ui_copies.specimens(env, plan) for plan in plans)
        bench_ui_copies.prove(env, others, sources)
        last = today - datetime.timedelta(days=2)
        bench_ui_copies.copy(env, sources, (days[1], last), count, count // OPEN_SHARE)
    _last_day(registry, worker, journals, today, min(max(count / 1_000_000, 0.1), 1))


def _environment(registry):
    """A cursor of its own, committed at the end."""
    from .bench_run import environment  # which imports this module

    return environment(registry)


def _rules(env):
    """Fees and card payments are booked to an account each."""
    accounts = env["account.account"]
    for kind, account_type, direction in (("fee", "expense", "out"), ("sale", "income", "in")):
        account = accounts.search([("account_type", "=", account_type)], limit=1, order="code")
        value = WORDING[kind].partition(" ")[0]
        condition = {"field": "text", "operator": "contains", "value": value}
        env["bank.feed.rule"].create(
            {
                "name": value,
                "kind": "book",
                "company_id": env.company.id,
                "direction": direction,
                "line_ids": [(0, 0, {"account_id": account.id})],
                "condition_ids": [(0, 0, condition)],
            }
        )


# The first two statements


def _plan(env, journals, day, nth):
    """Lines of each journal, one of each kind; with amounts that nothing else has by chance."""
    known = env["res.partner.bank"].search([("partner_id.name", "=like", "Kunde %")], order="id")
    plan = {}
    for seat, journal in enumerate(journals):
        plan[journal] = []
        for place, kind in enumerate(KINDS):
            number = 100 * nth + 10 * seat + place
            amount = Decimal("4321.57") + number * Decimal("37.31")
            account = known[number % len(known)]
            plan[journal].append(_line(env, kind, day, number, amount, account))
    return plan


def _line(env, kind, day, number, amount, account):
    place = f"{9_000_000 + number:07}"
    if kind not in OF_INVOICES:
        amount = -amount if kind == "fee" else amount
        return Line(kind, day, amount, WORDING[kind].format(place))
    before = day - datetime.timedelta(days=bench_ui_copies.EARLIER)
    invoice = bench_books.invoice(env, account.partner_id, before, float(amount))
    text = WORDING["paid"].format(invoice.name) if kind == "paid" else f"Zahlung Nr {place}"
    gross = Decimal(str(invoice.amount_total))
    name = account.partner_id.name
    if kind != "paid":
        # A second invoice of this amount: so the engine leaves the choice to a person.
        bench_books.invoice(env, account.partner_id, before, float(amount))
    return Line(kind, day, gross, text, name, account.acc_number, invoice.id)


def _receive(registry, worker, journal, lines, until=None, **values):
    """Have Odoo do all with a statement that continues its journal."""
    worker.upload(*_file(registry, journal, lines, **values))
    worker.work(until)


def _file(registry, journal_id, lines, number=None, goes_on=False, gap=0):
    """Name and content of a camt.053 file.

    :param goes_on: whether the journal has transactions of that day already
    :param gap: what is missing between the journal and the statement
    """
    from odoo.addons import bank_statement_format as formats
    from odoo.addons.bank_statement_format.testing import camt053

    with _environment(registry) as env:
        journal = env["account.journal"].browse(journal_id)
        iban = journal.bank_account_id.sanitized_acc_number
        start, end = lines[0].day, lines[-1].day
        until = end if goes_on else start - datetime.timedelta(days=1)
        balance = Decimal(f"{journal._bank_feed_balance(until):.2f}") + gap
        number = number or f"{end:%y%m%d}{journal.id:04}"
    statement = formats.Statement(
        account=formats.Account(iban=iban),
        currency="EUR",
        number=number,
        opening=formats.Balance(balance, start),
        closing=formats.Balance(balance + sum(line.amount for line in lines), end),
        start_date=start,
        end_date=end,
        transactions=tuple(_transaction(formats, line) for line in lines),
    )
    return f"statement-{number}.xml", camt053([statement])


def _transaction(formats, line):
    return formats.Transaction(
        booking_date=line.day,
        amount=line.amount,
        currency="EUR",
        counterparty=formats.Counterparty(name=line.party or None, iban=line.iban or None),
        remittance=line.text,
    )


def _accept(env, plan):
    """A person takes the suggestions of one kind."""
    env = env(user=env.ref("base.user_admin").id)
    for line in [line for lines in plan.values() for line in lines if line.kind == "person"]:
        transaction = env["bank.transaction"].search([("remittance", "=", line.text)])
        bench_ui_copies.suggestion_of(transaction, line.invoice).action_accept()


# The last day


def _last_day(registry, worker, journals, today, size):
    """What waits: to review, errors, duplicates, in quarantine, pending, and a file refused.

    :param size: a share of the full size
    """
    yesterday = today - datetime.timedelta(days=1)
    with _environment(registry) as env:
        made = {journal: _waiting(env, nth, today, size) for nth, journal in enumerate(journals)}
    with _locked_until(registry, yesterday):
        for journal, lines in made.items():
            _receive(registry, worker, journal, lines)
    for journal, lines in made.items():
        # The same account once more, in another file: nothing of it is new.
        _receive(registry, worker, journal, lines, number=f"again{journal:04}")
    for journal in journals[:2]:
        strange = [_strange(today, 2_000 + n) for n in range(_some(QUARANTINED, size))]
        _receive(registry, worker, journal, strange, goes_on=True, gap=Decimal(100))
    worker.upload("torn.xml", b"<Document><BkToCstmrStmt>")
    for journal in journals:
        lines = [_strange(today, 3_000 + n) for n in range(_some(LEFT, size))]
        late = {"number": f"late{journal:04}", "goes_on": True}
        _receive(registry, worker, journal, lines, until="post", **late)
        with _environment(registry) as env:
            # They stay where they are, even where a job runner sees this database.
            env.cr.execute("UPDATE queue_job SET eta = '2100-01-01' WHERE state = 'pending'")


def _waiting(env, nth, today, size):
    """The last day's statement of a journal."""
    first = 10_000 * (nth + 1)
    day = today - datetime.timedelta(days=1)
    lines = [_strange(day, first + n) for n in range(_some(LOCKED, size))]
    for kind, count in LAST_DAY.items():
        first += 1_000
        named = _named(env, nth, _some(count, size)) if kind == "named" else [None] * 1_000
        for n in range(_some(count, size)):
            lines.append(_of_today(kind, today, first + n, named[n]))
    return lines


def _some(count, size):
    return max(int(count * size), 1)


def _of_today(kind, today, number, item):
    if item:
        name, iban, amount = item
        return Line(kind, today, amount, f"Zahlung Nr {number:07}", name, iban)
    if kind == "stranger":
        return _strange(today, number)
    amount = Decimal(number % 997 + 100) / 100 * (-1 if kind == "fee" else 1)
    return Line(kind, today, amount, WORDING[kind].format(f"{number:07}"))


def _strange(day, number):
    amount = Decimal(10_007 + number % 50_021) / 100
    return Line("stranger", day, amount, f"Zahlung Nr {number:07}", f"Fremder {number % 77}")


def _named(env, nth, count):
    """Of customers who owe: name, account, and an amount that is open."""
    items = env["account.move.line"].search(
        [
            ("account_id.account_type", "=", "asset_receivable"),
            ("reconciled", "=", False),
            ("parent_state", "=", "posted"),
            ("partner_id.bank_ids", "!=", False),
        ],
        order="id desc",
        limit=4 * count,
    )
    return [
        (item.partner_id.name, item.partner_id.bank_ids[0].acc_number, Decimal(str(item.balance)))
        for item in items[nth::4]
    ]


@contextlib.contextmanager
def _locked_until(registry, day):
    """Meanwhile the books are locked until that day.

    By SQL: Odoo refuses it while anything is unreconciled, and something is always.
    """
    for value in (day, None):
        with _environment(registry) as env:
            env.cr.execute("UPDATE res_company SET fiscalyear_lock_date = %s", [value])
            registry.clear_all_caches()
        if value:
            yield
