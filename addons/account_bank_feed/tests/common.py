"""What the Odoo tests of the bank feed share: a German company, statements, and its jobs."""

import contextlib
import datetime
import json
from decimal import Decimal
from unittest.mock import patch

from odoo import SUPERUSER_ID, fields, models
from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.addons.bank_statement_format import Account, Balance, Counterparty, Statement, Transaction
from odoo.addons.bank_statement_format.testing import camt053
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.job import Job
from odoo.api import Environment
from odoo.modules.registry import Registry
from odoo.tests import TransactionCase
from odoo.tests.common import get_db_name

from ..series import user_groups_field
from . import ledger_rows

IBAN = "DE89370400440532013000"
CHART = "de_skr03"
PREPARED = ("Prepared company 1", "Prepared company 2")
"""Companies with a chart of accounts that `prepare` has left in the database."""

WORLD = "account_bank_feed.test_world"
"""The parameter that tells what else it has left there: what Odoo sets up for each test class."""

ODOOS = set(AccountTestInvoicingCommon.__mro__) - set(TransactionCase.__mro__)


def day(text):
    return datetime.date.fromisoformat(text)


def transaction(date, amount, text="", *, name=None, iban=None, currency="EUR", **values):
    """A transaction with as little as a test needs to say.

    :param str date: ISO date
    :param amount: anything that Decimal takes
    """
    return Transaction(
        booking_date=day(date),
        value_date=day(date),
        amount=Decimal(str(amount)),
        currency=currency,
        counterparty=Counterparty(name=name, iban=iban),
        remittance=text,
        **values,
    )


def statement(
    transactions, opening=0, *, iban=IBAN, currency="EUR", start=None, end=None, **values
):
    """A statement that adds up, over the days of its transactions."""
    total = sum((t.amount for t in transactions if t.booked), Decimal(0))
    opening = Decimal(str(opening))
    days = [t.booking_date for t in transactions]
    first = day(start) if start else min(days)
    last = day(end) if end else max(days)
    values = {
        "account": Account(iban=iban),
        "currency": currency,
        "opening": Balance(opening, first),
        "closing": Balance(opening + total, last),
        "start_date": first,
        "end_date": last,
        **values,
    }
    return Statement(transactions=tuple(transactions), **values)


def cut(transactions, start, end, balance=0, *, also_later=(), **values):
    """The statement that a bank gives for the days from ``start`` to ``end``.

    :param balance: the account's balance before the first of ``transactions``
    :param also_later: transactions that the bank had not booked yet when it was made
    """
    before = sum((t.amount for t in transactions if t.booking_date < day(start)), Decimal(0))
    inside = [
        t
        for t in transactions
        if day(start) <= t.booking_date <= day(end) and not any(t is late for late in also_later)
    ]
    opening = Decimal(str(balance)) + before
    return statement(inside, opening, start=start, end=end, **values)


def make_iban(number):
    """A German IBAN with right check digits."""
    national = f"37040044{number:010}"
    return f"DE{98 - int(national + '131400') % 97:02}{national}"


def run_jobs(env, pick=lambda jobs: jobs[0], until=None):
    """Run the waiting queue jobs, each as a worker would, until none is left or all come back only.

    :param pick: chooses the next one among those that wait
    :param until: name of a method; stops before a job that runs it
    :return: how many were run
    """
    done, came_back = 0, env["queue.job"].sudo()
    while jobs := came_back.search([("state", "=", "pending")], order="id") - came_back:
        record = pick(jobs)
        if record.method_name == until:
            break
        job = Job.load(env, record.uuid)
        job.set_started()
        job.store()
        try:
            with _not_before(record.eta), env.cr.savepoint():
                job.perform()
        except RetryableJobError as refused:
            if not refused.ignore_retry:
                raise
            job.set_pending(reset_retry=False)
            came_back += record
        else:
            job.set_done()
            came_back = came_back.browse()
            done += 1
        job.store()
        env.flush_all()
        env.invalidate_all()
    return done


def _not_before(eta):
    """The time at which a worker would begin, which is not before the job's own."""
    if not eta or eta <= fields.Datetime.now():
        return contextlib.nullcontext()
    return patch.object(fields.Datetime, "now", lambda *_: eta)


def prepare(env):
    """Build the companies of the tests once for a database, and not in every class anew.

    Loading a chart of accounts takes longer than all else that a class sets up. Nothing of a test
    stays in these companies: each runs in a transaction that is rolled back.
    """
    if env["ir.config_parameter"].get_param(WORLD):
        return
    germany = env.ref("base.de")
    values = {"country_id": germany.id, "currency_id": germany.currency_id.id}
    for name in PREPARED:
        if not env["res.company"].search_count([("name", "=", name)]):
            company = env["res.company"].create({"name": name, **values})
            env["account.chart.template"].try_loading(CHART, company, install_demo=False)
    env.cr.commit()
    _OdoosWorld.leave()


def _to_json(value):
    """Records, or records by name, that Odoo's own set-up has put on a test class; else None."""
    if isinstance(value, models.BaseModel):
        return {"model": value._name, "ids": value.ids, "context": dict(value.env.context)}
    if isinstance(value, dict) and value:
        each = {name: _to_json(record) for name, record in value.items()}
        return {"each": each} if all(each.values()) else None
    return None


def _from_json(env, value):
    if "each" in value:
        return {name: _from_json(env, record) for name, record in value["each"].items()}
    return env(context=value["context"])[value["model"]].browse(value["ids"])


def _left_world():
    """What `prepare` has left in this database, if it has."""
    with Registry(get_db_name()).cursor() as cr:
        found = Environment(cr, SUPERUSER_ID, {})["ir.config_parameter"].get_param(WORLD)
    return json.loads(found) if found else None


class BankFeedCase(AccountTestInvoicingCommon):
    """A German company with one bank journal whose feed starts at 0.00 on 2026-01-01."""

    @classmethod
    @AccountTestInvoicingCommon.setup_country("de")
    def setUpClass(cls):
        if world := _left_world():
            odoos = [each for each in cls.__mro__ if each in ODOOS]
            super(odoos[-1], cls).setUpClass()
            cls._enter(world)
        else:
            super().setUpClass()
        cls.company = cls.company_data["company"]
        cls.env.user.write(
            {
                user_groups_field(cls.env): [
                    (4, cls.env.ref(f"account_bank_feed.group_{role}").id)
                    for role in ("manager", "approver", "auditor")
                ]
            }
        )
        cls.company.bank_feed_four_eyes = False
        cls.journal = cls.make_journal(IBAN, "BNKA")

    @classmethod
    def _enter(cls, world):
        """Take over Odoo's users, products, taxes and so on: those that `prepare` has left."""
        cls.maxDiff = None
        cls.env = cls.env(user=world["uid"], context=world["context"])
        for name, value in world["attributes"].items():
            setattr(cls, name, _from_json(cls.env, value))

    @classmethod
    def _create_company(cls, **values):
        """A prepared company while there is one that the user does not have; else a new one."""
        free = [("name", "in", PREPARED), ("id", "not in", cls.env.user.company_ids.ids)]
        company = cls.env["res.company"].sudo().search(free, order="id", limit=1).sudo(False)
        if not company:
            return super()._create_company(**values)
        cls.env.user.company_ids = [(4, company.id)]
        company.write(values)
        return company

    @classmethod
    def make_journal(cls, iban, code, company=None, currency=None, start="2026-01-01", balance=0):
        journal = cls.env["account.journal"].create(
            {
                "name": f"Bank {code}",
                "code": code,
                "type": "bank",
                "company_id": (company or cls.company).id,
                "currency_id": currency.id if currency else False,
                "bank_acc_number": iban,
            }
        )
        if start:
            journal._bank_feed_confirm_start(day(start), balance)
        return journal

    @classmethod
    def make_company(cls, name):
        """One more company, with as much of a chart as bank statements need."""
        company = cls.env["res.company"].create(
            {
                "name": name,
                "country_id": cls.company.country_id.id,
                "currency_id": cls.company.currency_id.id,
                "bank_account_code_prefix": "1200",
            }
        )
        cls.env.user.company_ids = [(4, company.id)]
        company.account_journal_suspense_account_id = (
            cls.env["account.account"]
            .with_company(company)
            .create(
                {
                    "name": "Suspense",
                    "code": "1299",
                    "account_type": "asset_current",
                    "company_ids": [(6, 0, company.ids)],
                }
            )
        )
        return company

    @classmethod
    def receive(cls, *statements, name="statement.xml", run=True, content=None, env=None):
        """Drop a camt.053 file with these statements, and let the jobs run."""
        env = env or cls.env
        content = content if content is not None else camt053(statements)
        record = env["bank.import"]._upload(name, content).with_env(env)
        if run:
            run_jobs(cls.env)
        return record

    def run_jobs(self, **options):
        return run_jobs(self.env, **options)

    @classmethod
    def transactions(cls, **domain):
        terms = [("company_id", "=", cls.company.id)]
        terms += [(name, "=", value) for name, value in domain.items()]
        return cls.env["bank.transaction"].search(terms, order="booking_date, ledger_order, id")

    def books(self, journal=None):
        """What is in the books, free of ids: day, amount, text, counterpart accounts, state."""
        lines = self.env["account.bank.statement.line"].search(
            [("journal_id", "=", (journal or self.journal).id), ("state", "=", "posted")]
        )
        return sorted(
            (
                str(line.date),
                line.amount,
                line.payment_ref,
                tuple(sorted(line.line_ids.mapped("account_id.code"))),
                line.bank_transaction_id.state,
            )
            for line in lines
        )

    @classmethod
    def make_invoice(
        cls, amount, *, name=None, partner=None, date="2026-01-05", kind="out_invoice"
    ):
        """A posted invoice without tax; ``name`` is its number."""
        invoice = cls.env["account.move"].create(
            {
                "move_type": kind,
                "partner_id": (partner or cls.partner_a).id,
                "invoice_date": date,
                "date": date,
                "name": name or "/",
                "invoice_line_ids": [
                    (0, 0, {"name": "Goods", "quantity": 1, "price_unit": amount, "tax_ids": []})
                ],
            }
        )
        invoice.action_post()
        return invoice

    def audit_trail_is_on(self):
        """Whether Odoo protects posted entries; the German chart demands it."""
        fields = ("restrictive_audit_trail", "check_account_audit_trail")  # 19.0, 18.0
        return any(self.company[name] for name in fields if name in self.company._fields)

    @classmethod
    def make_user(cls, *roles, companies=None, groups=()):
        """A user with roles of the bank feed, and groups by their external ids."""
        companies = companies or cls.company
        wanted = [f"account_bank_feed.group_{role}" for role in roles] + list(groups)
        number = cls.env["res.users"].search_count([])
        return cls.env["res.users"].create(
            {
                "name": f"User {number}",
                "login": f"bank_feed_user_{number}",
                "company_id": companies[0].id,
                "company_ids": [(6, 0, companies.ids)],
                user_groups_field(cls.env): [
                    (6, 0, [cls.env.ref(name).id for name in ("base.group_user", *wanted)])
                ],
            }
        )

    @classmethod
    def env_of(cls, user, companies=None):
        """The environment of a request by ``user``, with these companies chosen on the screen."""
        companies = companies or user.company_ids
        return cls.env(user=user, su=False, context={"allowed_company_ids": companies.ids})

    @contextlib.contextmanager
    def forgotten(self):
        """What happens inside is undone at the end, as between two tests."""
        savepoint = self.env.cr.savepoint()
        try:
            yield
        finally:
            savepoint.close(rollback=True)

    @contextlib.contextmanager
    def matching(self, items):
        """Let transactions be matched as a matching engine would: text -> open items."""

        def decide(transactions):
            return {
                transaction: {
                    "partner_id": found.partner_id.id,
                    "counterpart_account_id": found.account_id.id,
                    "matched_item_ids": [(6, 0, found.ids)],
                    "matched_residual": sum(found.mapped("amount_residual_currency")),
                    "explanation": "The text names it.",
                }
                for transaction in transactions
                if (found := items.get(transaction.remittance))
            }

        with patch.object(self.registry["bank.transaction"], "_decide", decide):
            yield

    @staticmethod
    def open_items(invoice):
        return invoice.line_ids.filtered(
            lambda line: line.account_id.account_type in ("asset_receivable", "liability_payable")
        )

    def ledger_balance(self, account, journal=None):
        """The sum of an account's posted journal items, those of one journal only if given."""
        domain = [("account_id", "=", account.id), ("parent_state", "=", "posted")]
        if journal:
            domain.append(("journal_id", "=", journal.id))
        return self.env["account.move.line"]._read_group(domain, [], ["balance:sum"])[0][0]

    def rows_of(self, run):
        """What is written when this runs; then all of it is taken back.

        :return: see `ledger_rows.described`
        """
        cr = self.env.cr
        cr.flush()
        self.env.invalidate_all()
        with self.forgotten():
            begun = ledger_rows.begin(cr)
            run()
            self.env.flush_all()
            cr.flush()
            found = ledger_rows.written(cr, begun)
        self.env.invalidate_all()
        return ledger_rows.described(cr, *found)

    def assert_same_rows(self, stock, ours):
        """Compare what `rows_of` returned."""
        if found := ledger_rows.differences(stock, ours):
            self.fail("\n".join([f"{len(found)} differences", *found]))

    def trail(self, event, *records):
        """The audit log's rows of an event, those of the records only if any are given."""
        domain = [("event", "=", event), ("company_id", "=", self.company.id)]
        if records:
            domain += [("model", "=", records[0]._name)]
            domain += [("res_id", "in", [record.id for record in records])]
        return self.env["bank.audit.log"].search(domain)


class _OdoosWorld(BankFeedCase):
    """What Odoo's own set-up of accounting tests makes, left in the database for good."""

    @classmethod
    def leave(cls):
        before = set(vars(cls))
        cls.setUpClass()
        try:
            made = {
                name: _to_json(value) for name, value in vars(cls).items() if name not in before
            }
            world = {
                "uid": cls.env.uid,
                "context": dict(cls.env.context),
                "attributes": {name: value for name, value in made.items() if value},
            }
            cls.env["ir.config_parameter"].sudo().set_param(WORLD, json.dumps(world))
            type(cls.cr).commit(cls.cr)  # on the cursor itself it is forbidden in tests
        finally:
            cls.tearDownClass()
            cls.doClassCleanups()

    @classmethod
    @AccountTestInvoicingCommon.setup_country("de")
    def setUpClass(cls):
        super(BankFeedCase, cls).setUpClass()


class BankFeedAloneCase(BankFeedCase):
    """The bank feed by itself: nothing is matched, even where a matching engine is installed."""

    def setUp(self):
        super().setUp()
        undecided = patch.object(self.registry["bank.transaction"], "_decide", lambda records: {})
        undecided.start()
        self.addCleanup(undecided.stop)
