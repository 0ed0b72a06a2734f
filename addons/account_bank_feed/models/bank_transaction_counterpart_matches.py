from odoo import models

from .bank_transaction_counterpart import MATCHED_KINDS


class BankTransactionCounterpart(models.Model):
    """What is reconciled and what comes apart when counterparts are booked, and undone."""

    _inherit = "bank.transaction.counterpart"

    def _plan(self):
        """What is to be reconciled, each new journal item with what it settles."""
        return [
            counterpart._own_item() | counterpart.item_id
            for counterpart in self
            if counterpart.kind in MATCHED_KINDS
        ]

    def _own_item(self):
        """The journal item, of those that this was booked as, that is reconciled."""
        return self.line_ids.filtered(lambda line: line.account_id == self.item_id.account_id)[:1]

    def _release_returned(self):
        """Take what came back off the documents that it had settled."""
        for counterpart in self.filtered(lambda c: c.kind == "return"):
            partials = counterpart.item_id._bank_feed_partials()
            exact = partials.filtered(
                lambda p, c=counterpart: not c.currency_id.compare_amounts(p.amount, abs(c.amount))
            )
            partials = exact[:1] or partials
            sides = partials.debit_move_id | partials.credit_move_id
            counterpart.reopened_item_ids = sides - counterpart.item_id
            partials.unlink()

    def _match_returned_again(self):
        """Give what had come back, and did not after all, to the documents that it settled.

        :return: transaction -> why that was not possible
        """
        remarks = {}
        for counterpart in self.filtered(lambda c: c.kind == "return"):
            item = counterpart.item_id.exists()
            documents = counterpart.reopened_item_ids.exists()
            if not item:
                continue  # its own transaction was undone as well
            if not item.reconciled and documents and not any(documents.mapped("reconciled")):
                self.env["account.move.line"]._reconcile_plan([item | documents])
            if item.currency_id.compare_amounts(
                item.amount_residual_currency, counterpart.item_residual
            ):
                remarks[counterpart.transaction_id] = self.env._(
                    "%s could not be matched again with what it had paid: that changed meanwhile.",
                    item.move_id.name,
                )
        return remarks

    # ------------------------------------------------------------------
    # Payments without an entry of their own
    # ------------------------------------------------------------------

    def _payment_states(self):
        """State of each payment without an entry that concerns one of these items' documents.

        Odoo guesses by the amount which of them was settled; so it may be the wrong one.
        """
        payments = self.payment_id | self.item_id.move_id.matched_payment_ids
        return {p: p.state for p in payments if not p.move_id and p.state in ("in_process", "paid")}

    def _set_payment_states(self, state, before):
        """Set those that are settled by these to ``state``, the others as they were before."""
        wanted = {p: state if p in self.payment_id else earlier for p, earlier in before.items()}
        # An invoice calls itself paid as soon as a payment is on its way, whereupon Odoo takes
        # all its other payments for paid: so those that are not are set last, and all at once.
        for one in ("paid", "in_process"):
            payments = self.env["account.payment"].union(*(p for p in wanted if wanted[p] == one))
            if payments:
                self.env.flush_all()
                if set(payments.mapped("state")) != {one}:
                    payments.state = one
