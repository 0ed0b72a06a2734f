from odoo import api, fields, models
from odoo.exceptions import AccessError


class BankFeedRuleVersion(models.Model):
    """What a rule said at a time. Rows are only ever added, and outlive their rule."""

    _name = "bank.feed.rule.version"
    _description = "Version of a Bank Feed Rule"
    _order = "date desc, id desc"
    _log_access = False

    rule_id = fields.Many2one(
        "bank.feed.rule", "Rule", readonly=True, ondelete="set null", index="btree_not_null"
    )
    name = fields.Char("Name of the rule", required=True, readonly=True)
    version = fields.Integer(required=True, readonly=True, aggregator=None)
    date = fields.Datetime(required=True, readonly=True)
    user_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", readonly=True)
    wording = fields.Json(required=True, readonly=True)
    text = fields.Text("What it said", readonly=True)
    changes = fields.Text("What changed", compute="_compute_changes")
    posted_count = fields.Integer("Posted", compute="_compute_counts")
    undone_count = fields.Integer("Undone", compute="_compute_counts")

    @api.depends("name", "version")
    def _compute_display_name(self):
        for record in self:
            record.display_name = self.env._(
                "%(rule)s, version %(version)s", rule=record.name, version=record.version
            )

    @api.depends("text")
    @api.depends_context("lang")
    def _compute_changes(self):
        kept = self.search([("rule_id", "in", self.rule_id.ids)])
        texts = {(one.rule_id, one.version): one.text for one in kept}
        for record in self:
            before = record.rule_id and texts.get((record.rule_id, record.version - 1))
            record.changes = record._changes_since(before or "")

    def _changes_since(self, before):
        """The lines of the wording that are no longer so, and those that are new."""
        now = (self.text or "").split("\n")
        if not before:
            return self.env._("New: %s", "\n".join(now[1:2]))
        then = before.split("\n")
        gone = [self.env._("Before: %s", line) for line in then if line not in now]
        added = [self.env._("Now: %s", line) for line in now if line not in then]
        return "\n".join(gone + added)

    def _compute_counts(self):
        posted, undone = self.env["bank.transaction"]._rule_counts(self.rule_id, by_version=True)
        for record in self:
            key = (record.rule_id.id, record.version)
            record.posted_count = posted.get(key, 0)
            record.undone_count = undone.get(key, 0)

    @api.model
    def _keep(self, rules, wordings):
        """Keep what the rules say now, and who made them say it."""
        now = fields.Datetime.now()
        self.sudo().create(
            [
                {
                    "rule_id": rule.id,
                    "name": rule.name,
                    "version": rule.version,
                    "date": now,
                    "user_id": self.env.uid,
                    "company_id": rule.company_id.id,
                    "wording": wording,
                    "text": rule._in_words(),
                }
                for rule, wording in zip(rules, wordings, strict=True)
            ]
        )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(self.env._("Versions are kept by the system only."))
        return super().create(vals_list)

    def write(self, vals):  # pylint: disable=method-required-super
        raise AccessError(self.env._("A version cannot be changed: change the rule instead."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise AccessError(self.env._("A version cannot be deleted."))

    def action_undo(self):
        """Ask for the reason, then undo what this version posted."""
        self.ensure_one()
        return self.rule_id._undo_dialog(self)
