from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..language import problem_of
from ..matching import BookingSpec


class BankFeedRuleLine(models.Model):
    """A part of what a rule books: which account gets how much of the transaction."""

    _name = "bank.feed.rule.line"
    _description = "Account of a Bank Feed Rule"
    _inherit = ["bank.feed.rule.part", "analytic.mixin"]
    _order = "sequence, id"
    _check_company_auto = True

    sequence = fields.Integer(default=10)
    account_id = fields.Many2one("account.account", "Account", required=True, check_company=True)
    share = fields.Selection(
        [
            ("rest", "What remains"),
            ("percent", "Percentage"),
            ("fixed", "Fixed amount"),
            ("captured", "Number in the text"),
        ],
        "How much",
        required=True,
        default="rest",
    )
    value = fields.Float(digits=(16, 4), help="The percentage, or the fixed amount without sign.")
    pattern = fields.Char(
        "Number found by",
        help="A regular expression with one group ( ) around the number, such as "
        r"Entgelt\s{1,3}([\d.,]{1,12}). Without such a number a person decides.",
    )
    deducted = fields.Boolean(
        "Taken off",
        help="A fixed amount or a number that was taken off, such as the fee that a provider "
        "kept: it is booked with the other sign, and what remains is larger by it.",
    )
    tax_ids = fields.Many2many(
        "account.tax", string="Taxes", check_company=True, help="The amount includes them."
    )
    label = fields.Char(help="Empty for the transaction's own text.")
    partner_id = fields.Many2one("res.partner", "Partner", check_company=True)

    @api.onchange("share")
    def _onchange_share(self):
        if self.share not in ("percent", "fixed"):
            self.value = 0
        if self.share != "captured":
            self.pattern = False
        if self.share not in ("fixed", "captured"):
            self.deducted = False

    @api.constrains("account_id", "share", "value", "pattern", "deducted")
    def _check_line(self):
        for line in self:
            try:
                line._spec()
            except ValueError as error:
                raise ValidationError(problem_of(self.env, error)) from error

    def _spec(self):
        """The line as the matching core knows it.

        :raises ValueError: when it makes no sense
        """
        by_value = self.share in ("percent", "fixed")
        return BookingSpec(
            account_id=self.account_id.id or None,
            share=self.share,
            value=self._exact_value() if by_value else None,
            pattern=self.pattern if self.share == "captured" else None,
            deducted=self.deducted,
            # What was archived since must not turn a booking with tax into one without.
            tax_ids=tuple(self.with_context(active_test=False).tax_ids.ids),
            analytic=tuple(sorted((self.analytic_distribution or {}).items())),
            label=self.label or "",
            partner_id=self.partner_id.id or None,
        )

    def _exact_value(self):
        """The value as people typed it, with two decimals at least."""
        exact = Decimal(f"{self.value:.4f}")
        return exact.quantize(Decimal("0.01")) if exact == round(exact, 2) else exact

    def _wording(self):
        """All that makes the line what it is, as JSON can hold it."""
        names = ("account_id", "share", "value", "pattern", "deducted", "tax_ids",
                 "analytic_distribution", "label", "partner_id")  # fmt: skip
        values = self.with_context(active_test=False).read(names, load=None)[0]
        return {name: values[name] for name in names if values[name]}

    def _in_words(self, alone):
        """The line as a person would say it.

        :param alone: whether the rule has no other line
        """
        account = self.account_id.with_company(self.company_id).display_name
        return f"{account} ({'100 %' if alone else self._how_much()})"

    def _how_much(self):
        how_much = {
            "rest": self.env._("the rest"),
            "percent": f"{self._exact_value()} %",
            "fixed": f"{self._exact_value()}",
            "captured": self.env._("the number in the text that %s finds", self.pattern),
        }[self.share]
        return self.env._("%s, taken off", how_much) if self.deducted else how_much
