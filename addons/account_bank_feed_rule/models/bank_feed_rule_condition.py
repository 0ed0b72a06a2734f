from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..language import problem_of
from ..matching import Condition
from ..matching.conditions import VALUELESS


class BankFeedRuleCondition(models.Model):
    """One thing that must be true of a transaction for the rule to apply."""

    _name = "bank.feed.rule.condition"
    _description = "Condition of a Bank Feed Rule"
    _inherit = ["bank.feed.rule.part"]

    field = fields.Selection(
        [
            ("text", "Remittance information"),
            ("name", "Counterparty"),
            ("iban", "Counterparty IBAN"),
            ("code", "Bank transaction code"),
            ("reference", "Structured reference"),
            ("end_to_end_id", "End-to-end id"),
            ("mandate_id", "Mandate"),
            ("return_reason", "Reason of a return"),
            ("original_currency", "Original currency"),
            ("amount", "Amount, without sign"),
            ("direction", "Direction (in or out)"),
        ],
        required=True,
        default="text",
    )
    operator = fields.Selection(
        [
            ("contains", "contains"),
            ("not_contains", "does not contain"),
            ("equals", "equals"),
            ("starts_with", "starts with"),
            ("regex", "matches the regular expression"),
            ("is_set", "is set"),
            ("is_empty", "is empty"),
            ("at_least", "is at least"),
            ("at_most", "is at most"),
            ("more_than", "is more than"),
            ("less_than", "is less than"),
        ],
        required=True,
        default="contains",
        help="Capitals, accents and the number of blanks do not count, but for regular "
        "expressions: those are applied as they are written; (?i) at the start lets capitals "
        "not count.",
    )
    value = fields.Char(help="Numbers with a point: 4.90. The direction is in or out.")

    @api.onchange("operator")
    def _onchange_operator(self):
        if self.operator in VALUELESS:
            self.value = False

    @api.constrains("field", "operator", "value")
    def _check_condition(self):
        for record in self:
            try:
                record._spec()
            except ValueError as error:
                raise ValidationError(problem_of(self.env, error)) from error

    def _spec(self):
        return Condition(self.field, self.operator, self.value or "")

    def _in_words(self):
        """The condition as a person would say it, in the user's language."""
        labels = {
            name: dict(self._fields[name]._description_selection(self.env))
            for name in ("field", "operator")
        }
        field, operator = labels["field"][self.field], labels["operator"][self.operator]
        if self.operator in VALUELESS:
            return f"{field} {operator}"
        return self.env._(
            "%(field)s %(operator)s “%(value)s”", field=field, operator=operator, value=self.value
        )
