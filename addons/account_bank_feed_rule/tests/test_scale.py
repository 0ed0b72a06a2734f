from odoo.addons.account_bank_feed.tests.common import run_jobs, statement, transaction
from odoo.tests import tagged

from .common import CUSTOMER_IBAN, RuleCase

PAYMENTS = 300
FEW, MANY = 200, 2_000


@tagged("post_install", "-at_install")
class TestScale(RuleCase):
    def make_items(self, first, last):
        """Open items, a hundred in an entry, each with a partner and an amount of its own."""
        receivable = self.company_data["default_account_receivable"]
        partners = self.env["res.partner"].create(
            [{"name": f"Customer {number}"} for number in range(first, last)]
        )
        entries = []
        for start in range(0, len(partners), 100):
            lines = [
                {
                    "account_id": receivable.id,
                    "partner_id": partner.id,
                    "debit": 1000 + first + start + number,
                }
                for number, partner in enumerate(partners[start : start + 100])
            ]
            total = sum(line["debit"] for line in lines)
            lines.append({"account_id": self.expense.id, "credit": total})
            entries.append(
                {
                    "date": "2026-01-05",
                    "ref": f"OPENING-{first + start}",
                    "line_ids": [(0, 0, line) for line in lines],
                }
            )
        self.env["account.move"].create(entries).action_post()

    def count_queries(self):
        """How many it takes to match what waits; nothing of it is kept."""
        with self.forgotten():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["bank.transaction"].sudo()._job_match(self.company)
            self.env.flush_all()
            count = self.env.cr.sql_log_count - before
            matched = len(self.transactions().matched_item_ids)
        self.env.invalidate_all()
        return count, matched

    def open_item_count(self):
        return len(self.env["bank.feed.books"]._documents(self.company))

    def test_the_number_of_queries_does_not_grow_with_the_open_items(self):
        invoices = [self.make_invoice(50 + n, name=f"RE/2026/{n:05}") for n in range(1, 11)]
        said = [transaction("2026-01-10", i.amount_total, i.name) for i in invoices]
        said += [
            transaction("2026-01-11", number, f"Transfer {number}", iban=CUSTOMER_IBAN)
            for number in range(1, PAYMENTS - len(said) + 1)
        ]
        self.receive(statement(said), run=False)
        run_jobs(self.env, until="_job_match")
        self.assertEqual(len(self.transactions()), PAYMENTS)
        self.make_items(0, FEW - len(invoices))
        few, matched = self.count_queries()
        self.assertEqual(matched, len(invoices))
        self.make_items(FEW - len(invoices), MANY - len(invoices))
        self.assertEqual(self.open_item_count(), MANY)
        many, matched = self.count_queries()
        self.assertEqual(matched, len(invoices))
        self.assertLessEqual(many, few)
