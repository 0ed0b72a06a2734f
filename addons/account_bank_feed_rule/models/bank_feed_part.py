from odoo import api, fields, models


class BankFeedRulePart(models.AbstractModel):
    """A part of a rule's wording: changing it by itself is a new version of the rule, too."""

    _name = "bank.feed.rule.part"
    _description = "Part of a Bank Feed Rule"

    rule_id = fields.Many2one("bank.feed.rule", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="rule_id.company_id", store=True)

    @api.model_create_multi
    def create(self, vals_list):
        default = self.default_get(["rule_id"])
        ids = {(default | values).get("rule_id") for values in vals_list} - {None, False}
        with self.env["bank.feed.rule"].browse(ids)._edited() as edited:
            parts = super(BankFeedRulePart, self.with_env(edited.env)).create(vals_list)
        return parts.with_env(self.env)

    def write(self, vals):
        rules = self.rule_id | self.rule_id.browse(vals.get("rule_id", ()))
        with rules._edited() as edited:
            return super(BankFeedRulePart, self.with_env(edited.env)).write(vals)

    def unlink(self):
        with self.rule_id._edited() as edited:
            return super(BankFeedRulePart, self.with_env(edited.env)).unlink()
