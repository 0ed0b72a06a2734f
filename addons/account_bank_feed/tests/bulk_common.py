"""What the tests of bulk posting share: payments that are booked in two ways, and both results.

The plain way is that of somebody without the bank feed: stock Odoo creates the statement lines, and
each is reconciled with what it pays, one after the other.
"""

import contextlib
from dataclasses import dataclass, field
from unittest.mock import patch

from odoo import Command

from ..bulk import tracking
from ..models import bank_transaction_bulk
from .common import BankFeedAloneCase, day, run_jobs, statement, transaction

LAST_SEQUENCE = 2_147_483_647
"""Odoo sorts the statement lines of a day by descending sequence."""

FEW = {bank_transaction_bulk: 8, tracking: 4}
"""What bulk posting leaves to stock Odoo is less than that many here: stock Odoo books all that is
compared, and takes most of the time."""

BATCH = 12
"""As many transactions are enough to be written in bulk here."""


@dataclass(eq=False)
class Payment:
    """What the bank reports, and what it is decided to be booked to; undecided by default.

    :param items: open items that are paid as a whole, on one account
    :param account: what it is booked to otherwise
    :param parts: several counterparts: (open item or None, amount, account or None, partner)
    :param discount: an open item that is paid with the discount that was agreed
    :param apart: stock Odoo is expected to write this one, though the others are written in bulk
    """

    amount: float
    text: str | None = None
    items: object = None
    account: object = None
    parts: list = field(default_factory=list)
    discount: object = None
    taxes: object = None
    partner: object = None
    date: str = "2026-01-10"
    name: str | None = None
    iban: str | None = None
    code: str | None = None
    journal: object = None
    apart: bool = False


class BulkCase(BankFeedAloneCase):
    """Documents to be paid, and both ways to book their payments."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # As in production: the tests of Odoo are without chatter, jobs are with all rights.
        cls.env = cls.env(context={}, su=True)
        for name in ("company", "journal", "partner_a", "partner_b"):
            setattr(cls, name, getattr(cls, name).with_env(cls.env))
        cls.bank = cls.journal.default_account_id
        cls.suspense = cls.journal.suspense_account_id
        cls.expense = cls.company_data["default_account_expense"].with_env(cls.env)
        cls.customers = cls.env["res.partner"].create(
            [{"name": f"Customer {number}"} for number in range(1, 6)]
        )
        cls.vendors = cls.env["res.partner"].create(
            [{"name": f"Vendor {number}"} for number in range(1, 4)]
        )
        cls.invoices = cls.make_documents(BATCH + 6, cls.customers)
        cls.arrival = cls._arrival()

    def setUp(self):
        super().setUp()
        self.few = contextlib.ExitStack()
        self.addCleanup(self.few.close)
        for module, least in FEW.items():
            self.few.enter_context(patch.object(module, "AT_LEAST", least))

    @classmethod
    def _arrival(cls):
        """Some statement, as part of which the transactions of a test come."""
        record = cls.receive(statement([transaction("2026-01-03", 1, "First")]), run=False)
        run_jobs(cls.env, until="_job_match")
        return record.transaction_ids

    @classmethod
    def make_documents(cls, count, partners, kind="out_invoice", first=100, **values):
        """Posted invoices or the like over 101, 102 and so on, for one partner after the other."""
        documents = cls.env["account.move"].create(
            [
                {
                    "move_type": kind,
                    "partner_id": partners[number % len(partners)].id,
                    "invoice_date": "2026-01-05",
                    "date": "2026-01-05",
                    "invoice_line_ids": [
                        Command.create(
                            {"name": "Goods", "price_unit": first + number, "tax_ids": []}
                        )
                    ],
                    **values,
                }
                for number in range(1, count + 1)
            ]
        )
        documents.action_post()
        cls.env.cr.flush()
        return documents

    # ------------------------------------------------------------------
    # Payments
    # ------------------------------------------------------------------

    def paid(self, documents, **values):
        """A payment of each as a whole, by whoever owes it."""
        return [self.pays(document, **values) for document in documents]

    def pays(self, *documents, amount=None, **values):
        items = self.env["account.move.line"].union(*map(self.open_items, documents))
        if amount is None:
            amount = sum(items.mapped("amount_residual"))
        partner = values.pop("partner", items.partner_id[:1])
        return Payment(amount, items=items, partner=partner, **values)

    def undecided(self, count=BATCH, **values):
        """Payments of which nobody knows what they are for."""
        return [Payment(10 + number, **values) for number in range(1, count + 1)]

    def item_part(self, document, amount=None):
        item = self.open_items(document)
        return item, item.amount_residual if amount is None else amount, None, None

    def receive_payments(self, payments):
        """The transactions, as they are when they have been decided."""
        texts = [payment.text or f"Payment {n}" for n, payment in enumerate(payments)]
        for payment, text in zip(payments, texts, strict=True):
            payment.text = text
        return self.env["bank.transaction"].create(
            [self._transaction_values(payment, order) for order, payment in enumerate(payments, 2)]
        )

    def _transaction_values(self, payment, order):
        journal = payment.journal or self.journal
        source = self.arrival
        account = payment.account or payment.items and payment.items.account_id
        return {
            "import_id": source.import_id.id,
            "import_statement_id": source.import_statement_id.id,
            "company_id": journal.company_id.id,
            "journal_id": journal.id,
            "booking_date": payment.date,
            "currency_id": (journal.currency_id or journal.company_id.currency_id).id,
            "amount": payment.amount,
            "counterparty_name": payment.name,
            "counterparty_iban": payment.iban,
            "code": payment.code,
            "remittance": payment.text,
            "ledger_order": order,
            "partner_id": payment.partner and payment.partner.id,
            "counterpart_account_id": account and not self._is_in_parts(payment) and account.id,
            "matched_item_ids": [Command.set(payment.items.ids)] if payment.items else [],
            "counterpart_ids": [Command.create(values) for values in self._part_values(payment)],
        }

    def _is_in_parts(self, payment):
        return bool(payment.parts or payment.discount or payment.taxes)

    def _part_values(self, payment):
        if payment.taxes:
            yield {
                "kind": "booking",
                "amount": payment.amount,
                "account_id": payment.account.id,
                "tax_ids": [Command.set(payment.taxes.ids)],
            }
        if payment.discount:
            owed = payment.discount.amount_residual
            yield {"kind": "item", "item_id": payment.discount.id, "amount": owed}
            yield {
                "kind": "discount",
                "item_id": payment.discount.id,
                "amount": payment.amount - owed,
            }
        for item, amount, account, partner in payment.parts:
            if item:
                yield {"kind": "item", "item_id": item.id, "amount": amount}
            else:
                yield {
                    "kind": "rest" if account.reconcile else "booking",
                    "amount": amount,
                    "account_id": account.id,
                    "partner_id": partner and partner.id,
                }

    # ------------------------------------------------------------------
    # The plain way
    # ------------------------------------------------------------------

    def book_plainly(self, payments, first=()):
        """As somebody without the bank feed would.

        :param first: those whose lines are created before those of the others
        """
        order = {payment: number for number, payment in enumerate(payments, 2)}
        lines = {}
        others = [payment for payment in payments if payment not in first]
        for some in (list(first), others):
            values = [self._plain_values(payment, order[payment]) for payment in some]
            # Nor would they let Odoo add the default taxes of an account.
            model = self.env["account.bank.statement.line"].with_context(skip_computed_taxes=True)
            lines |= dict(zip(some, model.create(values), strict=True))
        for payment in payments:
            self._reconcile_plainly(payment, lines[payment].with_context(skip_computed_taxes=False))

    def _plain_values(self, payment, order):
        account = payment.account or payment.items and payment.items.account_id
        values = {
            "journal_id": (payment.journal or self.journal).id,
            "date": payment.date,
            "amount": payment.amount,
            "payment_ref": payment.text,
            "partner_id": payment.partner and payment.partner.id,
            "partner_name": payment.name,
            "account_number": payment.iban,
            "transaction_type": payment.code,
            "sequence": LAST_SEQUENCE - order,
        }
        if self._is_in_parts(payment):
            return {**values, "line_ids": self._plain_items(payment)}
        return {**values, "counterpart_account_id": account and account.id}

    def _plain_items(self, payment):
        items = [self._plain_item(payment, self.bank, payment.amount, payment.text)]
        if payment.discount:
            items += self._discount_items(payment)
        if payment.taxes:
            items += self._taxed_items(payment)
        for item, amount, account, partner in payment.parts:
            label = item.move_id.name if item else payment.text
            whose = item.partner_id if item else partner
            account = item.account_id if item else account
            items.append(self._plain_item(payment, account, -amount, label, whose))
        return [Command.create(values) for values in items]

    def _plain_item(self, payment, account, balance, label, partner=None):
        partner = partner or payment.partner
        return {
            "name": label,
            "account_id": account.id,
            "partner_id": partner and partner.id,
            "currency_id": self.company.currency_id.id,
            "amount_currency": balance,
            "balance": balance,
        }

    def _discount_items(self, payment):
        """What Odoo's own helper gives for a payment with a discount."""
        item = payment.discount
        yield self._plain_item(
            payment, item.account_id, -item.amount_residual, item.move_id.name, item.partner_id
        )
        parts = self.env["account.move"]._get_invoice_counterpart_amls_for_early_payment_discount(
            [
                {
                    "aml": item,
                    "amount_currency": -item.amount_residual_currency,
                    "balance": -item.amount_residual,
                }
            ],
            item.amount_residual - item.discount_balance,
        )
        for lines in parts.values():
            yield from lines

    def _taxed_items(self, payment):
        """Net and tax, as Odoo's computation gives them for an amount with the tax in it."""
        found = payment.taxes.with_context(force_price_include=True).compute_all(
            abs(payment.amount), is_refund=payment.amount > 0
        )
        sign = -1 if payment.amount > 0 else 1
        yield {
            **self._plain_item(
                payment, payment.account, sign * found["total_excluded"], payment.text
            ),
            "tax_ids": [Command.set(payment.taxes.ids)],
            "tax_tag_ids": [Command.set(found["base_tags"])],
        }
        for tax in found["taxes"]:
            account = self.env["account.account"].browse(tax["account_id"]) or payment.account
            yield {
                **self._plain_item(payment, account, sign * tax["amount"], tax["name"]),
                "tax_repartition_line_id": tax["tax_repartition_line_id"],
                "tax_tag_ids": [Command.set(tax["tag_ids"])],
                "tax_base_amount": tax["base"],
            }

    def _reconcile_plainly(self, payment, line):
        items = line.line_ids.filtered(lambda item: item.account_id != self.bank).sorted("id")
        if payment.items:
            own = items.filtered(lambda item: item.account_id == payment.items.account_id)
            (own | payment.items).reconcile()
        settled = [item for item, *_rest in payment.parts]
        if payment.discount:
            settled = [payment.discount]
        for own, item in zip(items, settled, strict=False):
            if item:
                (own | item).reconcile()

    # ------------------------------------------------------------------
    # Both ways
    # ------------------------------------------------------------------

    def assert_same_books(self, payments, **options):
        """Book these plainly, and as the bank feed does; both write the same, or this fails.

        :return: what is written, see `ledger_rows.described`
        """
        stock, ours = self.both_books(payments, **options)
        self.assert_same_rows(stock, ours)
        return ours

    def both_books(self, payments, bulk=True, first=()):
        """What is written when these are booked plainly, and when the bank feed books them.

        :param bool bulk: whether any of them is expected to be written in bulk
        """
        transactions = self.receive_payments(payments)
        self.env.cr.flush()
        apart = [payment for payment in payments if payment.apart]
        stock = self.rows_of(lambda: self.book_plainly(payments, first=apart))
        in_bulk = []
        ours = self.rows_of(lambda: in_bulk.extend(self.book_by_feed(transactions)))
        wanted = [
            transaction.id
            for transaction, payment in zip(transactions, payments, strict=True)
            if bulk and not payment.apart
        ]
        self.assertEqual(sorted(in_bulk), sorted(wanted), "written in bulk")
        return stock, ours

    def book_by_feed(self, transactions):
        """:return: ids of those that were written in bulk"""
        model = self.registry["bank.transaction"]
        original = model._create_in_bulk
        in_bulk = []

        def watched(records):
            found = original(records)
            in_bulk.extend(found.ids)
            return found

        with patch.object(model, "_create_in_bulk", watched), self.env.cr.savepoint():
            transactions._book()
        return in_bulk

    def month(self, number):
        return str(day("2026-01-10").replace(month=number))
