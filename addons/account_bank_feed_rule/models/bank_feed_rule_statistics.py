from odoo import api, fields, models


class BankFeedRule(models.Model):
    """How a rule does: what it decided, posted, and what of that people undid."""

    _inherit = "bank.feed.rule"

    transaction_count = fields.Integer(
        "Decided",
        compute="_compute_statistics",
        help="Transactions that it decided about: posted, suggested or left.",
    )
    posted_count = fields.Integer(
        "Posted",
        compute="_compute_statistics",
        help="Transactions that it reconciled without a person, and that still are.",
    )
    undone_count = fields.Integer(
        "Undone", compute="_compute_statistics", help="Its postings that were undone since."
    )
    undo_rate = fields.Float(
        "Undo rate",
        compute="_compute_statistics",
        help="The share of its postings that was undone.",
    )

    @api.depends_context("allowed_company_ids")
    def _compute_statistics(self):
        transactions = self.env["bank.transaction"]
        groups = transactions._read_group([("rule_id", "in", self.ids)], ["rule_id"], ["__count"])
        decided = {rule.id: count for rule, count in groups}
        posted, undone = transactions._rule_counts(self)
        for rule in self:
            rule.transaction_count = decided.get(rule.id, 0)
            rule.posted_count = posted.get(rule.id, 0)
            rule.undone_count = undone.get(rule.id, 0)
            ever = rule.posted_count + rule.undone_count
            rule.undo_rate = rule.undone_count / ever if ever else 0

    def action_view_transactions(self):
        return self._view_transactions([("rule_id", "in", self.ids)])

    def action_view_posted(self):
        return self._view_transactions(self.env["bank.transaction"]._posted_by_rules(self))

    def action_view_undone(self):
        return self._view_transactions(self.env["bank.transaction"]._undone_of_rules(self))

    def _view_transactions(self, domain):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Transactions"),
            "res_model": "bank.transaction",
            "view_mode": "list,form",
            "domain": domain,
        }

    def action_undo(self):
        """Ask for version and reason, then undo what it posted.

        The present version is chosen already, unless only earlier ones posted something.
        """
        self.ensure_one()
        version = self.env["bank.feed.rule.version"].search(
            [("rule_id", "=", self.id), ("version", "=", self.version)], limit=1
        )
        return self._undo_dialog(version.filtered("posted_count"))

    def _undo_dialog(self, version):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Undo what a rule posted"),
            "res_model": "bank.feed.rule.undo",
            "view_mode": "form",
            "target": "new",
            "context": {"default_rule_id": self.id, "default_version_id": version.id},
        }
