"""What the Odoo tests of the bank feed share: a German company, statements, and its jobs."""

import datetime
from decimal import Decimal

from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.addons.bank_statement_format import Account, Balance, Counterparty, Statement, Transaction
from odoo.addons.bank_statement_format.testing import camt053
from odoo.addons.queue_job.job import Job

from ..series import user_groups_field

IBAN = "DE89370400440532013000"


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


def statement(transactions, opening=0, *, iban=IBAN, currency="EUR", start=None, end=None, **values):
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


def run_jobs(env, pick=lambda jobs: jobs[0], until=None):
    """Run the waiting queue jobs until none is left, each as a worker would.

    :param pick: chooses the next one among those that wait
    :param until: name of a method; stops before a job that runs it
    :return: how many were run
    """
    done = 0
    while jobs := env["queue.job"].sudo().search([("state", "=", "pending")], order="id"):
        record = pick(jobs)
        if record.method_name == until:
            break
        job = Job.load(env, record.uuid)
        job.set_started()
        job.store()
        job.perform()
        job.set_done()
        job.store()
        env.flush_all()
        env.invalidate_all()
        done += 1
    return done


class BankFeedCase(AccountTestInvoicingCommon):
    """A German company with one bank journal whose feed starts at 0.00 on 2026-01-01."""

    @classmethod
    @AccountTestInvoicingCommon.setup_country("de")
    def setUpClass(cls):
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

    def receive(self, *statements, name="statement.xml", run=True, content=None, env=None):
        """Drop a camt.053 file with these statements, and let the jobs run."""
        env = env or self.env
        content = content if content is not None else camt053(statements)
        record = env["bank.import"]._upload(name, content).with_env(env)
        if run:
            run_jobs(self.env)
        return record

    def transactions(self, **domain):
        terms = [("company_id", "=", self.company.id)]
        terms += [(name, "=", value) for name, value in domain.items()]
        return self.env["bank.transaction"].search(terms, order="booking_date, ledger_order, id")

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

    def make_invoice(self, amount, *, name=None, partner=None, date="2026-01-05", kind="out_invoice"):
        """A posted invoice without tax; ``name`` is its number."""
        invoice = self.env["account.move"].create(
            {
                "move_type": kind,
                "partner_id": (partner or self.partner_a).id,
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


