"""Statement files, Odoo nodes behind a dispatcher, and the books to look at afterwards."""

import base64
import collections
import contextlib
import datetime
import json
import select
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from decimal import Decimal
from pathlib import Path

from tools import environment
from tools.common import CACHE, run
from tools.demo import PASSWORD, Client
from tools.server import free_port, process_stat

IBAN = "DE89370400440532013000"
START = datetime.date(2026, 1, 1)
DAYS = 28
OPENING = Decimal("1000.00")
INVOICES = 60
PATIENCE = 120  # seconds in which something must move
RUNNER_LOCK = 2293787760715711918  # the advisory lock that queue_job's leader holds

PREPARE = """
from odoo.addons.account_bank_feed.series import user_groups_field
import datetime, json

env.company.write({
    "country_id": env.ref("base.de").id, "currency_id": env.ref("base.EUR").id,
})
env["account.chart.template"].try_loading("de_skr03", env.company)
groups = [env.ref(f"account_bank_feed.group_{role}").id for role in ("manager", "approver")]
groups += [env.ref("account.group_account_manager").id]
field = user_groups_field(env)
env.ref("base.user_admin").write({field: [(4, group) for group in groups]})
env["res.users"].create({
    "name": "Second", "login": "second", "password": "admin",
    field: [(4, group) for group in groups],
})
journal = env["account.journal"].create({
    "name": "Main account", "code": "BNKM", "type": "bank", "bank_acc_number": "@IBAN@",
})
journal._bank_feed_confirm_start(datetime.date(2026, 1, 1), @OPENING@)
partners = env["res.partner"].create([{"name": f"Customer {n}"} for n in range(12)])
invoices = env["account.move"].create([
    {
        "move_type": "out_invoice",
        "partner_id": partners[n % 12].id,
        "invoice_date": "2025-12-01",
        "invoice_line_ids": [
            (0, 0, {"name": "Goods", "quantity": 1, "price_unit": 100 + n, "tax_ids": []})
        ],
    }
    for n in range(@INVOICES@)
])
invoices.action_post()
env.cr.commit()
print(json.dumps([[i.name, i.amount_total, i.partner_id.name] for i in invoices]))
"""


def prepare(odoo, database):
    """Return the open invoices as (number, amount, customer)."""
    code = PREPARE.replace("@IBAN@", IBAN).replace("@OPENING@", str(OPENING))
    printed = odoo.shell(database, code.replace("@INVOICES@", str(INVOICES)))
    return [tuple(row) for row in json.loads(printed.splitlines()[-1])]


# Servers of others


def install_apart(odoo, pins, folder):
    """Install packages where nothing else finds them.

    :param pins: the requirements, those of the requirements among them
    """
    pip = [odoo.python, "-m", "pip", "install", "--quiet", "--no-deps", "--target", folder]
    run([*pip, "-r", pins], f"What {pins.name} names could not be installed: does pip reach PyPI?")
    return folder


@contextlib.contextmanager
def answering(command, packages, url, log):
    """Run a server with packages of its own, from when it answers at an address."""
    environ = environment.clean_environ(PYTHONPATH=str(packages))
    words = [str(word) for word in command]
    with log.open("w") as output:
        process = subprocess.Popen(words, env=environ, stdout=output, stderr=output)
        try:
            deadline = time.monotonic() + PATIENCE
            while not _answers(url):
                late = time.monotonic() > deadline or process.poll() is not None
                assert not late, f"no server: {log.read_text()[-2000:]}"
                time.sleep(0.2)
            yield
        finally:
            process.terminate()
            process.wait()


def _answers(url):
    try:
        with urllib.request.urlopen(url, timeout=10):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


# Files


def statement_file(count, invoices=()):
    """A camt.053 file with `count` lines; payments of the invoices are strewn over it.

    Every third payment comes twice, early and late in the file: two claims on one invoice.
    """
    from bank_statement_format import Account, Balance, Counterparty, Statement, Transaction
    from bank_statement_format.testing import camt053

    payments = {}
    for number, (name, amount, customer) in enumerate(invoices):
        for copy in range(2 if number % 3 == 0 else 1):
            place = (number * 7 + copy * (count // 2)) % count
            payments[place] = (Decimal(str(amount)), f"Invoice {name}", customer)
    transactions = []
    for number in range(count):
        amount = Decimal((number * 7919) % 90_000 + 100) / 100 * (-1 if number % 3 == 0 else 1)
        amount, text, name = payments.get(
            # Two in three texts are unlike all others; the rest are real repetitions.
            number,
            (amount, f"Transfer {number if number % 3 else number % 9}", f"Party {number % 50}"),
        )
        transactions.append(
            Transaction(
                booking_date=START + datetime.timedelta(days=number * DAYS // count),
                amount=amount,
                currency="EUR",
                counterparty=Counterparty(name=name),
                remittance=text,
            )
        )
    closing = OPENING + sum(one.amount for one in transactions)
    end = START + datetime.timedelta(days=DAYS - 1)
    statement = Statement(
        account=Account(iban=IBAN),
        currency="EUR",
        opening=Balance(OPENING, START),
        closing=Balance(closing, end),
        start_date=START,
        end_date=end,
        transactions=tuple(transactions),
    )
    return StatementFile(camt053([statement]), transactions, closing)


class StatementFile:
    def __init__(self, content, transactions, closing):
        self.content = content
        self.closing = closing
        self.lines = collections.Counter(
            (str(one.booking_date), one.amount, one.remittance) for one in transactions
        )


class Person(Client):
    """Somebody at a browser."""

    def __init__(self, node, login="admin"):
        super().__init__(node)
        parameters = {"db": node.database, "login": login, "password": PASSWORD}
        self._rpc("/web/session/authenticate", parameters)

    def drop(self, file):
        """Drop the file on the dashboard; return the id of its import."""
        one = {"name": "statement.xml", "data": base64.b64encode(file.content).decode()}
        return self.upload([one])[0]["import_id"]


# Nodes


@contextlib.contextmanager
def nodes(books, count, jobs):
    """Run nodes as the worker containers run: one port, an address each, a dispatcher before them.

    They are threaded, so that a node is one process and a job's `worker_pid` names its node.
    """
    port = free_port()
    addresses = [f"127.0.0.{2 + number}" for number in range(count)]
    with contextlib.ExitStack() as stack:
        stack.enter_context(Dispatcher(("127.0.0.1", port), [(ip, port) for ip in addresses]))
        started = []
        for ip in addresses:
            node = stack.enter_context(
                books.odoo.running(
                    books.name,
                    workers=0,
                    channels=f"root:{jobs}",
                    port=port,
                    log=books.log(ip),
                    http_interface=ip,
                    max_cron_threads=0,
                )
            )
            node.url = f"http://{ip}:{port}"
            node.wait_until_ready()
            started.append(node)
        yield started


class Dispatcher:
    """Hands every connection to the node that has fewest, as docker/dispatcher does.

    It does not let go of a node when the client does: queue_job's leader never waits for an
    answer, and a connection given up counts as a free place although its job goes on.
    """

    def __init__(self, address, targets):
        self.open = dict.fromkeys(targets, 0)
        self.lock = threading.Lock()
        self.server = socket.create_server(address, backlog=64)

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *error):
        self.server.shutdown(socket.SHUT_RDWR)  # wakes up whoever waits in accept()
        self.server.close()

    def _accept(self):
        while True:
            try:
                client, _address = self.server.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        tried = set()
        while tried != set(self.open):
            with self.lock:
                target = min(set(self.open) - tried, key=lambda one: (self.open[one], one))
                self.open[target] += 1
            try:
                with contextlib.suppress(OSError), socket.create_connection(target) as node:
                    with client:
                        _relay(client, node)
                    return
            finally:
                with self.lock:
                    self.open[target] -= 1
            tried.add(target)
        client.close()


def _relay(client, node):
    """Copy both ways until the node has said everything."""
    readable = [client, node]
    while node in readable:
        for source in select.select(readable, [], [])[0]:
            data = source.recv(65536)
            if not data:
                readable.remove(source)
            elif source is client:
                node.sendall(data)
            else:
                with contextlib.suppress(OSError):
                    client.sendall(data)


def busy_workers(node, count, seconds=0.3):
    """So many of a node's processes, those that take most processor time now."""
    before = _processor_time(node)
    time.sleep(seconds)
    taken = {pid: ticks - before.get(pid, 0) for pid, ticks in _processor_time(node).items()}
    return sorted(taken, key=taken.get)[-count:]


def _processor_time(node):
    """Process -> ticks, of all that the first one has started."""
    master = node.process.pid
    pids = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    return {int(pid): sum(map(int, stat[11:13])) for pid in pids if (stat := process_stat(pid))}


# Books


class Books:
    """One database and what is in it, read by SQL: no Odoo needs to run for that."""

    def __init__(self, odoo, name):
        self.odoo = odoo
        self.name = name

    def sql(self, statement):
        return self.odoo.cluster.sql(statement, self.name)

    def log(self, node):
        return CACHE / "log" / f"{self.name}-{node}.log"

    @contextlib.contextmanager
    def on(self, tablespace):
        """All files of the database are there meanwhile."""
        move = f'ALTER DATABASE "{self.name}" SET TABLESPACE '
        self.odoo.cluster.sql(move + tablespace)
        try:
            yield
        finally:
            self.wait(lambda: not self.connections(), "silence")  # else it cannot be moved
            self.odoo.cluster.sql(move + "pg_default")

    def set_parameter(self, key, value):
        self.sql(f"DELETE FROM ir_config_parameter WHERE key = '{key}'")
        self.sql(f"INSERT INTO ir_config_parameter (key, value) VALUES ('{key}', '{value}')")

    def booked(self):
        return int(self.sql("SELECT count(*) FROM account_bank_statement_line")[0][0])

    def lines(self):
        """What is in the books: (date, amount, text) -> how often."""
        rows = self.sql(
            "SELECT move.date, line.amount, line.payment_ref FROM account_bank_statement_line line "
            "JOIN account_move move ON move.id = line.move_id WHERE move.state = 'posted'"
        )
        return collections.Counter((date, Decimal(amount), text) for date, amount, text in rows)

    def jobs(self):
        """Processes by job that has ended well: uuid -> worker_pid, of batches only."""
        rows = self.sql(
            "SELECT uuid, worker_pid FROM queue_job "
            "WHERE method_name = '_job_post' AND state = 'done'"
        )
        return {uuid: int(pid) for uuid, pid in rows}

    def read(self, code):
        """What this code, run in Odoo, prints as JSON."""
        return json.loads(self.odoo.shell(self.name, code).splitlines()[-1])

    def connections(self):
        """How many others are connected to the database."""
        rows = self.sql(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return int(rows[0][0])

    def jobs_in_hand(self):
        return int(self.sql("SELECT count(*) FROM queue_job WHERE state = 'started'")[0][0])

    def leader(self):
        """The process whose job runner holds the lock, or None."""
        rows = self.sql(
            "SELECT activity.application_name FROM pg_locks JOIN pg_stat_activity activity "
            "USING (pid) WHERE locktype = 'advisory' AND granted "
            "AND activity.datname = current_database() "
            f"AND (classid::bigint << 32 | objid::bigint) = {RUNNER_LOCK}"
        )
        return int(rows[0][0].removeprefix("odoo-")) if rows else None

    def wait(self, condition, what, pause=0.1):
        """Wait until it is true; give up when nothing has moved for a long time.

        :param pause: seconds between two looks, each of which starts processes and so takes
            processor time from those that are waited for
        """
        moved, last = time.monotonic(), None
        while not condition():
            now = self.sql(
                "SELECT (SELECT count(*) FROM account_bank_statement_line), "
                "(SELECT string_agg(state, ',' ORDER BY id) FROM queue_job)"
            )
            if now != last:
                moved, last = time.monotonic(), now
            assert time.monotonic() - moved < PATIENCE, f"no {what}: {now}, {self._troubles()}"
            time.sleep(pause)

    def wait_until_finished(self):
        """Wait until every import is through and no job is left."""
        self.wait(
            lambda: (
                self.sql(
                    "SELECT (SELECT count(*) FROM bank_import WHERE state "
                    "IN ('received', 'processing')), (SELECT count(*) FROM queue_job "
                    "WHERE state NOT IN ('done', 'failed', 'cancelled'))"
                )
                == [["0", "0"]]
            ),
            "end",
            pause=0.5,
        )
        assert not self._troubles()

    def _troubles(self):
        return self.sql(
            "SELECT method_name, state, exc_name, exc_message FROM queue_job WHERE exc_name <> ''"
        )

    def assert_hold(self, file):
        """Every line of the file is there once, and all that is said about it is true."""
        lines = self.lines()
        assert not file.lines - lines, "lost"
        assert not lines - file.lines, "doubled"
        count = str(sum(file.lines.values()))
        assert self.sql(
            "SELECT count(*), count(DISTINCT name), count(DISTINCT sequence_number), "
            "max(sequence_number) FROM account_move WHERE statement_line_id IS NOT NULL"
        ) == [[count] * 4], "journal numbers have holes or repeat"
        assert self.sql("SELECT state, count(*) FROM bank_import_batch GROUP BY state") == [
            ["done", self.sql("SELECT count(*) FROM bank_import_batch")[0][0]]
        ]
        assert (
            self.sql(
                "SELECT transaction.id FROM bank_transaction transaction LEFT JOIN "
                "account_bank_statement_line line ON line.bank_transaction_id = transaction.id "
                "WHERE (transaction.state IN ('processed', 'reconciled')) <> (line.id IS NOT NULL)"
            )
            == []
        ), "a state says what the ledger does not"
        assert self.sql(DIFFERENT_DAYS) == [], "what is kept of the days is not what there is"
        assert self.read(TRUTH) == {
            "untrue": [],
            "statements": [["closed", float(OPENING), float(file.closing), True, True]],
            "bank": float(file.closing - OPENING),
        }


KINDS = "company_id, journal_id, booking_date, state, booked, rule_id, rule_version, posted_by_rule"
DIFFERENT_DAYS = f"""
SELECT {KINDS}, sum(number), sum(amount) FROM (
    SELECT {KINDS}, transaction_count AS number, amount FROM bank_transaction_day
    UNION ALL
    SELECT {KINDS}, -1, -amount FROM bank_transaction
) rows GROUP BY {KINDS} HAVING sum(number) <> 0 OR sum(amount) <> 0
"""
TRUTH = """
import json

transactions = env["bank.transaction"].search([("state", "in", ("processed", "reconciled"))])
journal = transactions.journal_id
statements = transactions.import_statement_id
groups = env["account.move.line"]._read_group(
    [("account_id", "=", journal.default_account_id.id), ("parent_state", "=", "posted")],
    [], ["balance:sum"],
)
print(json.dumps({
    "untrue": [
        t.id for t in transactions if t.state != t.statement_line_ids._bank_feed_state()
    ],
    "statements": [
        [
            s.state,
            s.ledger_statement_id.balance_start,
            s.ledger_statement_id.balance_end_real,
            s.ledger_statement_id.is_complete,
            s.ledger_statement_id.is_valid,
        ]
        for s in statements
    ],
    "bank": journal.company_id.currency_id.round(groups[0][0] or 0),
}))
"""
