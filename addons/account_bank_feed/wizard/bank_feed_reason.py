from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.bank_import_set_aside import BROKEN

NUMBERS_SHOWN = 10
"""Journal entry numbers named before a removal; the rest is counted."""


class BankFeedReason(models.TransientModel):
    """Asks why, says what will happen, then does it on the selected records.

    It runs with the rights of the user; the called methods check the role themselves.
    """

    _name = "bank.feed.reason"
    _description = "Bank Feed Reason"

    action = fields.Selection(
        [
            ("undo", "Undo"),
            ("remove", "Remove"),
            ("release", "Release"),
            ("set_aside", "Set aside"),
        ],
        required=True,
        readonly=True,
    )
    res_model = fields.Char(required=True, readonly=True)
    res_ids = fields.Json(required=True, readonly=True)
    reason = fields.Char(required=True, help="Kept in the audit log.")
    consequence = fields.Text("What will happen", compute="_compute_consequence")
    possible = fields.Boolean(compute="_compute_consequence")

    @api.model
    def default_get(self, fields_list):
        """The records are those from which the dialog was opened."""
        context = self.env.context
        return super().default_get(fields_list) | {
            "res_model": context.get("active_model"),
            "res_ids": context.get("active_ids") or [],
        }

    @api.depends("action", "res_model", "res_ids")
    def _compute_consequence(self):
        for wizard in self:
            consequence = {
                "undo": wizard._consequence_of_undo,
                "remove": wizard._consequence_of_remove,
                "release": wizard._consequence_of_release,
                "set_aside": wizard._consequence_of_set_aside,
            }[wizard.action]
            wizard.possible, wizard.consequence = consequence()

    def action_confirm(self):
        self.ensure_one()
        reason = (self.reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why: the reason is kept in the audit log."))
        records = self._records()
        message = {
            "undo": self._undo,
            "remove": self._remove,
            "release": self._release,
            "set_aside": self._set_aside,
        }[self.action](records, reason)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _undo(self, records, reason):
        records.action_undo(reason)
        return self.env._("Undone: the matches are taken apart, large numbers in the background.")

    def _remove(self, records, reason):
        numbers = records.action_remove(reason)
        if not numbers:
            return self.env._("Removed. No journal entry was concerned.")
        return self.env._("Removed. These entries remain as cancelled: %s", self._some(numbers))

    def _release(self, records, reason):
        records.action_release(reason)
        return self.env._("Released.")

    def _set_aside(self, records, reason):
        records.action_set_aside(reason)
        return self.env._("Set aside.")

    # ------------------------------------------------------------------
    # What will happen, in words
    # ------------------------------------------------------------------

    def _consequence_of_undo(self):
        count = self._count("reconciled")
        if not count:
            return False, self.env._("None of these transactions is reconciled: nothing to undo.")
        return True, self.env._(
            "The matches of %(count)s reconciled transactions are taken apart. What they paid is "
            "open again. The transactions stay in the books, on the suspense account, and wait "
            "for review.",
            count=count,
        )

    def _consequence_of_remove(self):
        total, reconciled = self._count(), self._count("reconciled")
        states = dict(
            self.env["bank.transaction"]._fields["state"]._description_selection(self.env)
        )
        parts = [
            self.env._(
                "%(total)s transactions are removed for good. They stay in the lists as "
                "“%(state)s”.",
                total=total,
                state=states["ignored"],
            )
        ]
        if reconciled:
            parts.append(
                self.env._(
                    "%(count)s of them are reconciled: what they paid is open again.",
                    count=reconciled,
                )
            )
        lines = self.env["account.bank.statement.line"].search(
            [(f"bank_transaction_id.{self._path()}", "in", self.res_ids), ("state", "=", "posted")]
        )
        if not lines:
            parts.append(self.env._("None of them is in the books."))
        else:
            parts.append(
                self.env._(
                    "%(count)s journal entries are cancelled, not deleted. Their numbers remain: "
                    "%(numbers)s.",
                    count=len(lines),
                    numbers=self._some(sorted(lines.move_id.mapped("name"))),
                )
            )
        parts.append(
            self.env._(
                "The file and the trail are kept. Duplicates of these transactions in other "
                "files take their place."
            )
        )
        return True, "\n\n".join(parts)

    def _consequence_of_release(self):
        waiting = self._records().filtered(lambda statement: statement.state == "quarantined")
        if not waiting:
            return False, self.env._("None of these statements is in quarantine.")
        return True, "\n\n".join(
            self.env._(
                "%(statement)s is taken into the books although %(difference)s differ before its "
                "first new transaction. The difference is kept as accepted, with your name.",
                statement=statement.display_name,
                difference=statement._money(statement.difference),
            )
            for statement in waiting
        )

    def _consequence_of_set_aside(self):
        broken = self._records().filtered(lambda record: record.state in BROKEN)
        if not broken:
            return False, self.env._("None of these files was refused or failed.")
        return True, self.env._(
            "%(files)s: nothing of it is in the books. The file and its trail are kept, but it no "
            "longer waits for a person. “Retry” takes it up again.",
            files=self._some(broken.mapped("name")),
        )

    def _records(self):
        return self.env[self.res_model].browse(self.res_ids)

    def _path(self):
        """How a transaction leads to the selected records."""
        if self.res_model == "bank.transaction":
            return "id"
        return self.env[self.res_model]._fields["transaction_ids"].inverse_name

    def _count(self, state=None):
        domain = [(self._path(), "in", self.res_ids)]
        return self.env["bank.transaction"].search_count(
            domain + ([("state", "=", state)] if state else [])
        )

    def _some(self, numbers):
        shown = ", ".join(numbers[:NUMBERS_SHOWN])
        more = len(numbers) - NUMBERS_SHOWN
        return (
            self.env._("%(shown)s and %(more)s more", shown=shown, more=more) if more > 0 else shown
        )
