from odoo import fields, models

from .bank_feed_task import AT_ONCE


class BankTransaction(models.Model):
    """What the buttons over the list do with many transactions: at once, or as a task."""

    _inherit = "bank.transaction"

    source = fields.Selection(related="import_id.source", string="Source")

    def action_retry_many(self):
        """Try again to book those that could not be booked."""
        records = self.filtered(lambda t: t.state == "error")
        return records._do_many("action_retry", self.env._("Retry to book"))

    def action_confirm_duplicates(self):
        records = self.filtered(lambda t: t._is_doubtful())
        return records._do_many("action_confirm_duplicate", self.env._("Confirm duplicates"))

    def action_not_duplicates(self):
        records = self.filtered(lambda t: t._is_doubtful())
        return records._do_many("action_not_duplicate", self.env._("They are other payments"))

    def action_assign_to_me(self):
        return self._assign_many(self.env.user)

    def _assign_many(self, user):
        """Give these to a user, or to nobody."""
        name = self.env._("Assign to %s", user.name) if user else self.env._("Assign to nobody")
        return self._do_many("review_assign", name, {"user_id": user.id})

    def _do_many(self, method, name, kwargs=None):
        """Do it now for a few, or for all of them or none; in the background for many.

        :return: the action that tells what happened
        """
        if not self:
            return _notification(
                self.env._("This is not for any of the selected transactions."), "warning"
            )
        if len(self) <= AT_ONCE:
            getattr(self, method)(**(kwargs or {}))
            return _notification(self.env._("Done: %s", len(self)), "success")
        self.env["bank.feed.task"]._start(name, self, method, kwargs)
        return _notification(self._told_later(), "info")

    def _told_later(self):
        return self.env._(
            "%s transactions are worked on in the background. You are told when it is done.",
            len(self),
        )


def _notification(message, kind):
    return {
        "type": "ir.actions.client",
        "tag": "display_notification",
        "params": {
            "type": kind,
            "message": message,
            "next": {"type": "ir.actions.client", "tag": "soft_reload"},
        },
    }
