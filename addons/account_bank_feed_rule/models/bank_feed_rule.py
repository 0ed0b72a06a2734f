import contextlib
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..matching import Bands, RuleSpec

WORDING = {
    "name", "sequence", "active", "company_id", "kind", "journal_ids", "direction", "amount_min",
    "amount_max", "condition_ids", "strategy_ids", "post_score", "suggest_score", "margin",
    "account_id",
}  # fmt: skip
"""The fields that make a rule what it is: changing one of them makes a new version."""

# An object that no remote caller can put into a context: contexts travel as JSON.
_EDITED = object()


class BankFeedRule(models.Model):
    """What finance wants done with transactions of some kind, in the order of the rules."""

    _name = "bank.feed.rule"
    _description = "Bank Feed Rule"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty for a rule of all companies.")
    version = fields.Integer(default=1, readonly=True, copy=False)
    kind = fields.Selection(
        [("match", "Match open items"), ("write_off", "Book to an account")],
        required=True,
        default="match",
    )
    journal_ids = fields.Many2many(
        "account.journal", string="Journals", check_company=True, help="Empty for all of them."
    )
    direction = fields.Selection([("in", "Money in"), ("out", "Money out")])
    amount_min = fields.Float("Amount from", digits=(16, 2), help="Without sign; 0 for no limit.")
    amount_max = fields.Float("Amount to", digits=(16, 2), help="Without sign; 0 for no limit.")
    condition_ids = fields.One2many("bank.feed.rule.condition", "rule_id", copy=True)
    strategy_ids = fields.Many2many(
        "bank.feed.strategy", string="Strategies", help="How open items are found; empty for all."
    )
    post_score = fields.Integer("Post from", default=90)
    suggest_score = fields.Integer("Suggest from", default=40)
    margin = fields.Integer(
        default=10, help="By how many points the best candidate must beat the next one."
    )
    account_id = fields.Many2one("account.account", "Book to", check_company=True)
    transaction_count = fields.Integer("Decided", compute="_compute_transaction_count")

    def _compute_transaction_count(self):
        groups = self.env["bank.transaction"]._read_group(
            [("rule_id", "in", self.ids)], ["rule_id"], ["__count"]
        )
        counts = {rule.id: count for rule, count in groups}
        for rule in self:
            rule.transaction_count = counts.get(rule.id, 0)

    @api.constrains(*sorted(WORDING - {"name", "sequence", "active"}))
    def _check_wording(self):
        for rule in self:
            if rule.kind == "write_off" and not rule.company_id:
                raise ValidationError(
                    self.env._("A rule that books to an account belongs to one company.")
                )
            try:
                rule._spec()
            except ValueError as error:
                raise ValidationError(str(error)) from error

    def _spec(self):
        """The rule as the matching core knows it.

        :raises ValueError: when it makes no sense
        """
        self.ensure_one()
        # What was archived since must not turn a limited rule into one without limits.
        rule = self.with_context(active_test=False)
        return RuleSpec(
            id=self.id,
            name=self.name,
            kind=self.kind,
            version=self.version,
            conditions=tuple(condition._spec() for condition in self.condition_ids),
            journals=frozenset(rule.journal_ids.ids) or None,
            direction=self.direction or None,
            amount_min=Decimal(str(self.amount_min)) if self.amount_min else None,
            amount_max=Decimal(str(self.amount_max)) if self.amount_max else None,
            strategies=tuple(rule.strategy_ids.filtered("active").mapped("name"))
            if rule.strategy_ids
            else None,
            bands=Bands(self.post_score, self.suggest_score, self.margin),
            account_id=self.account_id.id or None,
        )

    @api.model
    def _of_company(self, company):
        """The rules that hold for a company, in their order."""
        return self.sudo().search([("company_id", "in", (False, company.id))])

    # ------------------------------------------------------------------
    # Every change is a new version, and leaves a trace
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        new = super(BankFeedRule, self.with_context(bank_feed_edited=_EDITED)).create(vals_list)
        rules = new.with_env(self.env)
        self.env["bank.audit.log"]._record(
            "edit", [(rule, None, rule._wording(), "created") for rule in rules]
        )
        return rules

    def write(self, vals):
        if not WORDING & vals.keys():
            return super().write(vals)
        with self._edited() as rules:
            return super(BankFeedRule, rules).write(vals)

    @contextlib.contextmanager
    def _edited(self):
        """Whatever changes inside is one new version of these rules, in the audit log.

        Rules and conditions both come through here. The rules that this gives know that
        their change is being recorded, so that it counts once.
        """
        if self.env.context.get("bank_feed_edited") is _EDITED:
            yield self
            return
        before = {rule.id: rule._wording() for rule in self}
        yield self.with_context(bank_feed_edited=_EDITED)
        self._check_wording()
        for rule in self:
            # pylint: disable-next=super-method-mismatch
            super(BankFeedRule, rule).write({"version": rule.version + 1})
        self.env["bank.audit.log"]._record(
            "edit",
            [(rule, before[rule.id], rule._wording(), f"version {rule.version}") for rule in self],
        )

    def unlink(self):
        self.env["bank.audit.log"]._record(
            "edit", [(rule, rule._wording(), None, "deleted") for rule in self]
        )
        return super().unlink()

    def _wording(self):
        values = self.read(sorted(WORDING - {"condition_ids"}), load=None)[0]
        values["conditions"] = [
            f"{condition.field} {condition.operator} {condition.value}"
            for condition in self.condition_ids
        ]
        return values

    def action_view_transactions(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Transactions"),
            "res_model": "bank.transaction",
            "view_mode": "list,form",
            "domain": [("rule_id", "in", self.ids)],
        }
