from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..matching import Condition


class BankFeedRuleCondition(models.Model):
    """One thing that must be true of a transaction for the rule to apply."""

    _name = "bank.feed.rule.condition"
    _description = "Condition of a Bank Feed Rule"

    rule_id = fields.Many2one("bank.feed.rule", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="rule_id.company_id", store=True)
    field = fields.Selection(
        [
            ("text", "Remittance information"),
            ("name", "Counterparty"),
            ("iban", "Counterparty IBAN"),
            ("code", "Bank transaction code"),
            ("reference", "Structured reference"),
            ("amount", "Amount, without sign"),
        ],
        required=True,
        default="text",
    )
    operator = fields.Selection(
        [
            ("contains", "contains"),
            ("equals", "equals"),
            ("starts_with", "starts with"),
            ("regex", "matches the regular expression"),
            ("at_least", "is at least"),
            ("at_most", "is at most"),
        ],
        required=True,
        default="contains",
    )
    value = fields.Char(required=True)

    @api.constrains("field", "operator", "value")
    def _check_condition(self):
        for record in self:
            try:
                record._spec()
            except ValueError as error:
                raise ValidationError(str(error)) from error

    # A condition is a part of its rule's wording, also when it is changed by itself.

    @api.model_create_multi
    def create(self, vals_list):
        default = self.default_get(["rule_id"])
        ids = {(default | values).get("rule_id") for values in vals_list} - {None, False}
        with self.env["bank.feed.rule"].browse(ids)._edited() as edited:
            conditions = super(BankFeedRuleCondition, self.with_env(edited.env)).create(vals_list)
        return conditions.with_env(self.env)

    def write(self, vals):
        rules = self.rule_id | self.rule_id.browse(vals.get("rule_id", ()))
        with rules._edited() as edited:
            return super(BankFeedRuleCondition, self.with_env(edited.env)).write(vals)

    def unlink(self):
        with self.rule_id._edited() as edited:
            return super(BankFeedRuleCondition, self.with_env(edited.env)).unlink()

    def _spec(self):
        return Condition(self.field, self.operator, self.value)
