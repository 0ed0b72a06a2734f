from odoo import api, fields, models
from odoo.exceptions import UserError


class BankFeedRuleUndo(models.TransientModel):
    """Undoes what one version of a rule posted, or all of its versions.

    It runs with the rights of the user; what it calls checks the role itself.
    """

    _name = "bank.feed.rule.undo"
    _description = "Undo of a Bank Feed Rule's Postings"

    rule_id = fields.Many2one("bank.feed.rule", required=True, readonly=True)
    version_id = fields.Many2one(
        "bank.feed.rule.version",
        "Version",
        domain="[('rule_id', '=', rule_id)]",
        help="Empty for all versions.",
    )
    reason = fields.Char(help="Kept in the audit log.")
    consequence = fields.Text("What will happen", compute="_compute_consequence")
    possible_count = fields.Integer(compute="_compute_consequence")
    locked_count = fields.Integer(compute="_compute_consequence")

    @api.depends("rule_id", "version_id")
    def _compute_consequence(self):
        for wizard in self:
            days = wizard._days()
            wizard.possible_count = sum(count for *_key, count, lock in days if not lock)
            wizard.locked_count = sum(count for *_key, count, lock in days if lock)
            locks = sorted({lock for *_key, lock in days if lock})
            wizard.consequence = wizard._in_words("; ".join(locks))

    def _domain(self):
        version = self.version_id.version
        return self.env["bank.transaction"]._posted_by_rules(self.rule_id, version)

    def _days(self):
        """What was posted: company, journal, day, how many, and what locks that day or ''."""
        groups = self.env["bank.transaction"]._read_group(
            self._domain(), ["company_id", "journal_id", "booking_date:day"], ["__count"]
        )
        days = []
        for company, journal, day, count in groups:
            violated = company.sudo()._get_violated_lock_dates(day, False, journal)
            lock = company._format_lock_dates(violated) if violated else ""
            days.append((company, journal, day, count, lock))
        return days

    def _in_words(self, locks):
        parts = []
        if self.possible_count:
            parts.append(
                self.env._(
                    "The matches and bookings of %(count)s transactions are taken apart. What "
                    "they paid is open again. The transactions stay in the books, on the "
                    "suspense account, and wait for review.",
                    count=self.possible_count,
                )
            )
        if self.locked_count:
            parts.append(
                self.env._(
                    "%(count)s more are in a locked period and stay as they are: %(locks)s. "
                    "Reopen it first to undo them as well.",
                    count=self.locked_count,
                    locks=locks,
                )
            )
        if not parts:
            parts.append(self.env._("Nothing that it posted still stands: nothing to undo."))
        return "\n\n".join(parts)

    def action_confirm(self):
        self.ensure_one()
        reason = (self.reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why: the reason is kept in the audit log."))
        if not self.possible_count:
            raise UserError(self.consequence)
        locked = {(journal, day) for _company, journal, day, _count, lock in self._days() if lock}
        transactions = self.env["bank.transaction"].search(self._domain())
        transactions = transactions.filtered(
            lambda one: (one.journal_id, one.booking_date) not in locked
        )
        transactions.action_undo(reason)
        self._note(len(transactions), reason)
        return self._done(len(transactions))

    def _note(self, count, reason):
        """Say so in the trail of the rule; each transaction has its own row as well."""
        what = self.version_id.display_name or self.env._("all versions")
        after = self.env._(
            "%(count)s undone, %(locked)s locked", count=count, locked=self.locked_count
        )
        self.env["bank.audit.log"]._record("undo", [(self.rule_id, what, after, reason)])

    def _done(self, count):
        message = self.env._("Undone: %s transactions, large numbers in the background.", count)
        if self.locked_count:
            message += " " + self.env._("%s stay, their period is locked.", self.locked_count)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if self.locked_count else "success",
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
