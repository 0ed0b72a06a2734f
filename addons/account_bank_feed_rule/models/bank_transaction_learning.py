from odoo import api, models
from odoo.tools import SQL

from ..matching.learning import Booked, History

MOST = 100_000
"""So many of the newest transactions are learned from."""
AT_ONCE = 5_000

DECIDING = ("book", "match", "undo", "unreconcile")
"""Events of the audit log that tell how a transaction came to what it is now."""


class BankTransaction(models.Model):
    """What became of past transactions, for learning.

    A reconciled transaction was decided *by a rule, or by another module as soon as it was
    booked*, when the last of these events in the audit log is that it was booked reconciled.
    All others were decided by hand: a suggestion that was accepted or a match made in the bank
    feed (the last event is the match, with its user), or what was done in Odoo's own screens
    or in another module later on. That leaves no event of ours; who wrote the journal item last
    is taken for the person.
    """

    _inherit = "bank.transaction"

    @api.model
    def _learning_history(self, company):
        """What became of the newest reconciled transactions.

        :return: list of :class:`..matching.learning.History`
        """
        transactions = self.sudo().with_company(company)
        newest = transactions.search(
            [("company_id", "=", company.id), ("state", "=", "reconciled")],
            order="booking_date desc, id desc",
            limit=MOST,
        )
        history = []
        for start in range(0, len(newest), AT_ONCE):
            chunk = newest[start : start + AT_ONCE].with_prefetch()
            history += chunk._what_became()
            chunk.invalidate_recordset()
        return history

    def _what_became(self):
        items = self._booked_items()
        events = self._last_events()
        return [
            transaction._past(items[transaction.id], events.get(transaction.id))
            for transaction in self
            if items.get(transaction.id)
        ]

    def _booked_items(self):
        """Transaction id -> its journal items beside those of the bank and of suspense."""
        found = self.env["account.move.line"].search_fetch(
            [
                ("statement_line_id.bank_transaction_id", "in", self.ids),
                ("parent_state", "=", "posted"),
            ],
            ["account_id", "partner_id", "tax_ids", "tax_line_id", "analytic_distribution",
             "write_uid", "statement_line_id", "journal_id", "reconciled",
             "balance", "amount_residual"],
        )  # fmt: skip
        found.statement_line_id.fetch(["bank_transaction_id"])
        of_bank = {
            journal: journal.default_account_id | journal.suspense_account_id
            for journal in found.journal_id
        }
        others = found.filtered(lambda item: item.account_id not in of_bank[item.journal_id])
        return {
            transaction.id: items
            for transaction, items in others.grouped(
                lambda item: item.statement_line_id.bank_transaction_id
            ).items()
        }

    def _last_events(self):
        """Transaction id -> the last event that decided it, the state after, and its user."""
        self.env["bank.audit.log"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT DISTINCT ON (res_id) res_id, event, after, user_id
                  FROM bank_audit_log
                 WHERE model = %s AND res_id IN %s AND event IN %s
                 ORDER BY res_id, id DESC
                """,
                self._name,
                tuple(self.ids),
                DECIDING,
            )
        )
        return {row[0]: row[1:] for row in self.env.cr.fetchall()}

    def _past(self, items, last_event):
        event, after, user_id = last_event or (None, None, None)
        booked = items.filtered(lambda item: not item.tax_line_id)
        return History(
            payment=self._payment(),
            partner_id=self._whose(items),
            booked=tuple(_booked(item) for item in booked),
            settled=any(_is_settled(item) for item in items),
            by_hand=not (event == "book" and after == "reconciled"),
            person_id=user_id if event == "match" else items[0].write_uid.id,
            date=self.reconciled_at.date() if self.reconciled_at else None,
        )

    def _whose(self, items):
        """The one partner of the items: as a company, and not our own one."""
        partners = items.partner_id.commercial_partner_id - self.company_id.partner_id
        return partners.id if len(partners) == 1 else None


def _booked(item):
    return Booked(
        item.account_id.id,
        tuple(item.tax_ids.ids),
        tuple(sorted((item.analytic_distribution or {}).items())),
    )


def _is_settled(item):
    """Whether it is matched with what was open, or there to be: not only booked."""
    if item.account_id.account_type in ("asset_receivable", "liability_payable"):
        return True
    return item.account_id.reconcile and (
        item.reconciled
        or item.company_currency_id.compare_amounts(item.amount_residual, item.balance)
    )
