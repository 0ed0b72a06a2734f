from odoo import models
from odoo.exceptions import UserError

AT_ONCE = 50
"""Decided while the user waits; more of them are decided in the background."""


class BankTransaction(models.Model):
    """The same decision for many transactions."""

    _inherit = "bank.transaction"

    def review_accept_many(self, proposal):
        """Decide about all of these in the same way.

        :param proposal: ``{"best": True}`` for the best suggestion of each, or ``{"parts": [...]}``
            with accounts, as for one, but with a ``share`` in percent instead of an amount
        :return: how many were done, and why others were not; or the task that does it
        """
        self._authorise("accountant")
        if len(self) > AT_ONCE:
            task = self.env["bank.feed.task"]._start(
                self.env._("Decide alike"), self, "_review_accept_alike", {"proposal": proposal}
            )
            return {"done": 0, "failed": [], "task_id": task.id}
        done, failed = 0, []
        for transaction in self:
            try:
                with self.env.cr.savepoint():
                    transaction._review_accept_alike(proposal)
                done += 1
            except UserError as error:
                title = transaction._review_title()
                failed.append({"id": transaction.id, "title": title, "reason": str(error)})
        return {"done": done, "failed": failed, "task_id": False}

    def _review_accept_alike(self, proposal):
        """Decide about each of these; ``UserError`` where that is not possible."""
        for transaction in self:
            transaction.review_accept(transaction._own_proposal(proposal))

    def _own_proposal(self, proposal):
        """The proposal for many, as one for this transaction."""
        if proposal.get("best"):
            best = self._review_suggestions().filtered(lambda one: not one.obstacle)[:1]
            if not best:
                raise UserError(self.env._("Nothing is suggested for it."))
            if not best._is_likely():
                raise UserError(self.env._("No candidate is likely enough: look at it by itself."))
            return {"suggestion_id": best.id}
        parts = proposal.get("parts") or ()
        if not parts or not all(part.get("account_id") for part in parts):
            raise UserError(self.env._("Only accounts can be the same for several transactions."))
        return {"parts": self._by_share(parts)}

    def _by_share(self, parts):
        """Each part with its amount; the last one takes what rounding leaves."""
        left, shared = self.amount, []
        for part in parts[:-1]:
            amount = self.currency_id.round(self.amount * float(part.get("share") or 0) / 100)
            left -= amount
            shared.append({**part, "amount": amount})
        return [*shared, {**parts[-1], "amount": self.currency_id.round(left)}]
