"""What bulk posting leaves to stock Odoo, all of a batch or some of it, and comes out right."""

import contextlib
from unittest.mock import patch

from odoo import Command

from ..bulk import specimen
from ..models import bank_transaction_bulk
from .bulk_common import BATCH, Payment


@contextlib.contextmanager
def patched(model, name, method):
    """A method is put onto the class of a model in the registry, as automation rules do."""
    assert name not in vars(model)
    setattr(model, name, method)
    try:
        yield
    finally:
        delattr(model, name)


class ExceptionCases:
    def purchase_tax(self, **values):
        return self.env["account.tax"].create(
            {
                "name": "19 % in",
                "amount": 19,
                "type_tax_use": "purchase",
                "price_include_override": "tax_included",
                **values,
            }
        )

    # ------------------------------------------------------------------
    # Nothing of a batch
    # ------------------------------------------------------------------

    def test_a_journal_in_another_currency(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": dollar.id, "name": "2026-01-01", "rate": 1.25}
        )
        journal = self.make_journal("DE02120300000000202051", "BNKD", currency=dollar)
        payments = self.undecided(journal=journal)
        self.assert_same_books(payments, bulk=False)

    def test_a_journal_that_is_hashed(self):
        self.journal.restrict_mode_hash_table = True
        self.assert_same_books(self.undecided(account=self.expense), bulk=False)

    def test_analytic_distribution_models(self):
        plan = self.env["account.analytic.plan"].create({"name": "Plan"})
        account = self.env["account.analytic.account"].create({"name": "A", "plan_id": plan.id})
        self.env["account.analytic.distribution.model"].create(
            {
                "partner_id": self.vendors[0].id,
                "analytic_distribution": {str(account.id): 100},
                "company_id": self.company.id,
            }
        )
        payments = [Payment(-5 - n, account=self.expense) for n in range(BATCH)]
        payments += self.undecided(5, partner=self.vendors[0], account=self.expense)
        books = self.assert_same_books(payments, bulk=False)
        # On both sides: the model asks for the partner alone.
        self.assertEqual(len(books["account_analytic_line"]), 10)

    def test_modules_that_change_a_skipped_method(self):
        for model, name in (
            ("account.move", "_post"),
            ("account.move", "create"),
            ("account.move", "_compute_currency_id"),
            ("account.move", "_check_balanced"),
            ("account.move.line", "create"),
            ("account.move.line", "_compute_account_id"),
            ("account.bank.statement.line", "create"),
            ("account.bank.statement.line", "write"),
            ("account.fiscal.position", "_get_fiscal_position"),
        ):
            with self.subTest(method=f"{model}.{name}"):
                registry_class = self.registry[model]

                def method(records, *args, _class=registry_class, _name=name, **options):
                    return getattr(super(_class, records), _name)(*args, **options)

                with patched(registry_class, name, method), self.forgotten():
                    transactions = self.receive_payments(self.undecided())
                    self.assertFalse(self.book_by_feed(transactions))
                    self.assertEqual(len(transactions.statement_line_ids), BATCH)

    def test_an_automation_that_changes_entries_as_they_are_created(self):
        model = self.registry["account.move"]

        def create(records, vals_list):
            moves = super(model, records).create(vals_list)
            moves.narration = "Seen"
            return moves

        with patched(model, "create", create):
            books = self.assert_same_books(self.undecided(), bulk=False)
        self.assertIn("Seen", str(books["account_move"]))

    def test_specimens_serve_batches_in_any_order(self):
        transactions = self.receive_payments(self.undecided())
        transactions[::2].partner_id = self.partner_a
        drafts = transactions._plain_drafts()
        self.registry.clear_cache()
        with (
            patch.object(specimen, "specimens", side_effect=specimen.specimens) as made,
            patch.object(bank_transaction_bulk, "GOOD_FOR", float("inf")),
        ):
            transactions._pattern_of(drafts)
            transactions._pattern_of(drafts[::-1])
        self.assertEqual(made.call_count, 1)

    # ------------------------------------------------------------------
    # Some of a batch
    # ------------------------------------------------------------------

    def test_taxes_in_a_booking(self):
        tax = self.purchase_tax()
        payments = [Payment(-10 - n, account=self.expense) for n in range(BATCH)]
        payments += [
            Payment(-11.9, account=self.expense, taxes=tax, apart=True) for _number in range(3)
        ]
        self.assert_same_books(payments)

    def test_an_account_with_a_default_tax(self):
        account = self.expense.copy({"tax_ids": [Command.set(self.purchase_tax().ids)]})
        payments = [Payment(-10 - n, account=account) for n in range(BATCH)]
        self.assert_same_books(payments)

    def test_discounts(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "2 %",
                "early_discount": True,
                "discount_percentage": 2,
                "discount_days": 10,
                "early_pay_discount_computation": "included",
                "line_ids": [Command.create({"value": "percent", "value_amount": 100})],
            }
        )
        tax = self.company_data["default_tax_sale"]
        line = {"name": "Goods", "price_unit": 100, "tax_ids": [Command.set(tax.ids)]}
        invoices = self.make_documents(
            3,
            self.customers,
            invoice_payment_term_id=term.id,
            invoice_line_ids=[Command.create(line)],
        )
        items = [self.open_items(invoice) for invoice in invoices]
        payments = [
            Payment(item.discount_amount_currency, discount=item, partner=item.partner_id)
            for item in items
        ]
        for payment in payments:
            payment.apart = True
        self.assert_same_books(self.paid(self.invoices) + payments)

    def foreign_payments(self):
        """Matches of these bring exchange entries."""
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.env["res.currency.rate"].create(
            [
                {"currency_id": dollar.id, "name": date, "rate": rate}
                for date, rate in (("2026-01-01", 1.25), ("2026-01-09", 1.2))
            ]
        )
        foreign = self.make_documents(3, self.customers, currency_id=dollar.id)
        return [
            Payment(round(i.amount_total / 1.2, 2), items=self.open_items(i), partner=i.partner_id)
            for i in foreign
        ]

    def test_invoices_in_another_currency(self):
        self.assert_same_books(self.paid(self.invoices) + self.foreign_payments())

    def test_few_invoices_some_of_which_are_in_another_currency(self):
        """Odoo writes these, and is to put each exchange entry on its own match."""
        payments = self.paid(self.invoices[:2]) + self.foreign_payments()
        self.assert_same_books(payments, bulk=False)

    def taxed_invoices(self, count):
        """The taxes of these fall due when they are paid."""
        self.company.tax_exigibility = True
        tax = self.env["account.tax"].create(
            {
                "name": "19 % when paid",
                "amount": 19,
                "tax_exigibility": "on_payment",
                "cash_basis_transition_account_id": self.expense.copy(
                    {"reconcile": True, "account_type": "asset_current"}
                ).id,
            }
        )
        line = {"name": "Goods", "price_unit": 100, "tax_ids": [Command.set(tax.ids)]}
        return self.make_documents(count, self.customers, invoice_line_ids=[Command.create(line)])

    def test_taxes_that_fall_due_with_the_payment(self):
        payments = self.paid(self.invoices) + self.paid(self.taxed_invoices(3))
        books = self.assert_same_books(payments + self.foreign_payments())
        self.assertGreater(len(books["account_move"]), len(self.invoices) * 2 + 6)

    def test_what_is_paid_back_of_a_payment_that_made_taxes_due(self):
        """Each payment rounded what fell due; Odoo makes up for it when all is settled."""
        owed = self.open_items(self.taxed_invoices(1))
        lines = self.env["account.bank.statement.line"].create(
            [
                {
                    "journal_id": self.journal.id,
                    "date": "2026-01-08",
                    "amount": amount,
                    "payment_ref": "Part",
                    "partner_id": owed.partner_id.id,
                    "counterpart_account_id": owed.account_id.id,
                }
                for amount in (39.67, 39.67, 50)
            ]
        )
        paid = lines.line_ids.filtered(lambda item: item.account_id == owed.account_id)
        for item in paid.sorted("id"):
            (item | owed).reconcile()
        rest = paid.filtered(lambda item: not item.reconciled)
        self.assertEqual(rest.amount_residual, -10.34)
        back = Payment(-10.34, items=rest, partner=owed.partner_id)
        self.assert_same_books([*self.paid(self.invoices), back])

    def test_a_company_that_cancels_by_negative_amounts(self):
        self.company.account_storno = True
        refunds = self.make_documents(5, self.customers, "out_refund", first=300)
        self.assert_same_books(self.paid(self.invoices) + self.paid(refunds))

    def test_nothing_is_paid(self):
        self.assert_same_books([*self.undecided(), Payment(0, apart=True)])

    # ------------------------------------------------------------------
    # Other companies
    # ------------------------------------------------------------------

    def test_another_company(self):
        other = self.make_company("Other")
        journal = self.make_journal("DE02120300000000202051", "BNKO", company=other)
        private = self.env["res.partner"].create({"name": "Theirs", "company_id": other.id})
        payments = self.undecided(journal=journal)
        for payment in payments[::2]:
            payment.partner = self.customers[0]
        for payment in payments[1::4]:
            payment.partner = private
        self.assert_same_books(payments)

    def test_a_branch(self):
        branch = self.env["res.company"].create(
            {
                "name": "Branch",
                "parent_id": self.company.id,
                "country_id": self.company.country_id.id,
            }
        )
        self.env.user.company_ids = [Command.link(branch.id)]
        branch.account_journal_suspense_account_id = self.suspense
        journal = self.make_journal("DE02120300000000202051", "BNKB", company=branch)
        payments = self.undecided(journal=journal)
        for payment, invoice in zip(payments, self.invoices[: BATCH // 2], strict=False):
            payment.items = self.open_items(invoice)
            payment.partner = invoice.partner_id
        self.assert_same_books(payments)

    def test_two_journals(self):
        """A batch is of one journal; another one is left to stock Odoo."""
        journal = self.make_journal("DE02120300000000202051", "BNK2")
        payments = [*self.undecided(), *self.undecided(journal=journal)]
        self.assert_same_books(payments, bulk=False)
