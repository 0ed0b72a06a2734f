"""What the scenario tests share: a situation is booked, accepted by hand instead, and undone."""

import contextlib
from unittest.mock import patch

from odoo.addons.account_bank_feed.tests.common import transaction

from ..matching import Evidence
from ..models import bank_transaction
from .scenario_documents import DocumentsCase


class ScenarioCase(DocumentsCase):
    """From what the bank says to the journal items, and back.

    ``settled`` lets the same happen twice: first everything is only suggested and a person
    accepts the best suggestion, which is rolled back; then it is posted by itself. Both must
    give the same journal items. ``assert_undone`` compares with the books as they were before.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bank = cls.journal.default_account_id
        cls.suspense = cls.journal.suspense_account_id
        cls.receivable = cls.partner_a.property_account_receivable_id
        cls.payable = cls.vendor.property_account_payable_id
        cls.before = None

    # ------------------------------------------------------------------
    # What happens
    # ------------------------------------------------------------------

    def settled(self, amount, text="", date="2026-01-10", **values):
        """The bank reports one transaction, which is posted by itself."""
        return self.all_settled(lambda: self.pay(amount, text, date, **values))

    def all_settled(self, act):
        """The same for more of them.

        :param act: lets the bank report them, and returns them
        """
        self.before = self.picture()
        accepted = self._accepted(act)
        rows = act()
        for row in rows:
            self.assertEqual(row.state, "reconciled", row.explanation)
        self.assertEqual([self.booked_as(row) for row in rows], accepted)
        return rows

    def _accepted(self, act):
        """The journal items when a person accepts the first suggestion of each, and no trace."""
        with self.forgotten():
            with self.withheld():
                rows = act()
            for row in rows:
                self.assertEqual(row.state, "processed", row.explanation)
                self.assertTrue(row.suggestion_ids, row.explanation)
                row.suggestion_ids[0].action_accept()
            booked = [self.booked_as(row) for row in rows]
            self.assertEqual(set(rows.mapped("state")), {"reconciled"})
            self.assert_undone(rows)
        return booked

    def accepted(self, row, place=0):
        """A person accepts a suggestion of what waits."""
        self.before = self._without(row)
        row.suggestion_ids[place].action_accept()
        self.assertEqual(row.state, "reconciled", row.explanation)
        return row

    def _without(self, row):
        """The books as they were before a transaction that waits on suspense was booked."""
        picture = self.picture()
        balance = self._bank_item(row).balance
        for account, amount in (
            (self._bank_item(row).account_id, balance),
            (self.suspense, -balance),
        ):
            self._add(picture["balance"], account, -amount)
        return picture

    @contextlib.contextmanager
    def withheld(self):
        """Whatever would be posted is only suggested."""
        decide = bank_transaction.decide

        def decide_nothing(*args, **options):
            found = decide(*args, **options)
            doubt = Evidence("below_post", 0, {"score": 0, "post": 100})
            return {
                key: one.withheld(doubt) if one.band == "post" else one
                for key, one in found.items()
            }

        with patch.object(bank_transaction, "decide", decide_nothing):
            yield

    def pay_all(self, *said):
        """Let the bank report several in one statement: (amount, text, more values)."""
        rows = [
            transaction(values.pop("date", "2026-01-10"), amount, text, **values)
            for amount, text, values in ((a, t, dict(*v)) for a, t, *v in said)
        ]
        return self.receive(self.continued(rows)).transaction_ids.sorted("ledger_order")

    def statement_of(self, journal, *transactions):
        """The next statement of another journal."""
        return self.continued(list(transactions), journal, iban=journal.bank_acc_number)

    # ------------------------------------------------------------------
    # Looking at the books
    # ------------------------------------------------------------------

    def picture(self):
        """All that undoing has to bring back."""
        self.env.flush_all()
        self.env.invalidate_all()
        of_company = [("company_id", "=", self.company.id)]
        items = self.env["account.move.line"].search(
            [*of_company, ("account_id.reconcile", "=", True), ("parent_state", "=", "posted")]
        )
        moves = self.env["account.move"].search(of_company)
        payments = self.env["account.payment"].search(of_company)
        return {
            "balance": self.trial_balance(),
            "open": {i.id: (i.amount_residual, i.amount_residual_currency) for i in items},
            "moves": {move.id: (move.state, move.payment_state) for move in moves},
            "payments": {payment.id: (payment.state, payment.is_matched) for payment in payments},
        }

    def _bank_item(self, row):
        bank = row.journal_id.default_account_id
        return row.statement_line_ids.line_ids.filtered(lambda item: item.account_id == bank)

    def _add(self, balances, account, amount):
        total = self.company.currency_id.round(balances.pop(account.code, 0) + amount)
        if total:
            balances[account.code] = total

    def booked_as(self, row):
        """The journal items in all that matters, free of ids."""
        return sorted(
            (
                item.account_id.code,
                item.partner_id.name or "",
                item.balance,
                item.amount_currency,
                item.currency_id.name,
                item.amount_residual,
                tuple(item.tax_ids.mapped("name")),
                item.tax_line_id.name or "",
                tuple(sorted(item.tax_tag_ids.mapped("name"))),
                str(item.analytic_distribution or ""),
                tuple(sorted(item._bank_feed_documents().mapped("move_name"))),
            )
            for item in row.statement_line_ids.line_ids
        )

    def assert_entry(self, row, *items, says=""):
        """All but the bank's item: account, partner, amount, and what is open.

        :param says: a part of the explanation
        """
        lines = row.statement_line_ids.line_ids
        bank = self._bank_item(row)
        self.assertEqual(len(bank), 1)
        self.assertEqual(bank.amount_currency, row.amount)
        found = [
            (i.account_id.code, i.partner_id.name or "", i.balance, i.amount_residual)
            for i in lines - bank
        ]
        expected = [
            (account.code, partner.name if partner else "", amount, rest)
            for account, partner, amount, rest in items
        ]
        self.assertEqual(sorted(found), sorted(expected))
        self.assertNotIn(self.suspense, lines.account_id)
        self.assertEqual(lines.move_id.state, "posted")
        self.assertIn(says, row.explanation or "")
        self.assertTrue(row.explanation)

    def assert_paid(self, *documents, state="paid", residual=0):
        for document in documents:
            self.assertEqual(document.payment_state, state, document.name)
            self.assertEqual(document.amount_residual, residual, document.name)

    def assert_undone(self, rows):
        """Undo; the books are as before, but for the amounts on bank and suspense.

        What was posted by a matching rule is offered now, and gives the same items again.
        """
        posted = rows.filtered(lambda r: r.rule_id.kind == "match" and not r.suggestion_ids)
        booked = {row: self.booked_as(row) for row in posted}
        rows.action_undo("wrong")
        self._assert_as_before(rows)
        with self.forgotten():
            for row in posted:
                self.assertEqual(len(row.suggestion_ids), 1, "what was posted is offered again")
                row.suggestion_ids.action_accept()
                self.assertEqual(row.state, "reconciled")
            self.assertEqual({row: self.booked_as(row) for row in posted}, booked)

    def _assert_as_before(self, rows):
        after = self.picture()
        balance = dict(self.before["balance"])
        for row in rows:
            self.assertEqual(row.state, "processed")
            accounts = row.journal_id.default_account_id | row.journal_id.suspense_account_id
            self.assertEqual(row.statement_line_ids.line_ids.account_id, accounts)
            self.assertFalse(row.counterpart_ids or row.matched_item_ids)
            amount = self._bank_item(row).balance
            self._add(balance, row.journal_id.default_account_id, amount)
            self._add(balance, row.journal_id.suspense_account_id, -amount)
        self.assertEqual(after["balance"], balance)
        for name in ("open", "moves", "payments"):
            known = self.before[name]
            self.assertEqual({key: after[name].get(key) for key in known}, known, name)

    def assert_waits(self, row, *suggested, says=""):
        """On suspense, with these sets of documents offered in this order.

        :param suggested: a document, or several that are offered together
        """
        self.assertEqual(row.state, "processed", row.explanation)
        self.assertFalse(row.matched_item_ids or row.counterpart_account_id or row.counterpart_ids)
        offered = [offer.item_ids.move_id for offer in row.suggestion_ids]
        self.assertEqual([sorted(one.ids) for one in offered], [sorted(o.ids) for o in suggested])
        accounts = row.journal_id.default_account_id | row.journal_id.suspense_account_id
        self.assertEqual(row.statement_line_ids.line_ids.account_id, accounts)
        self.assertIn(says, row.explanation or "")
        self.assertTrue(row.explanation)
