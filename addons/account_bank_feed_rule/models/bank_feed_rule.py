import contextlib
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..language import problem_of
from ..matching import Bands, RuleSpec, Terms

WORDING = {
    "name", "active", "company_id", "kind", "journal_ids", "direction", "amount_min",
    "amount_max", "condition_ids", "strategy_ids", "post_score", "suggest_score", "margin",
    "tolerance", "tolerance_percent", "discount_days", "most_charges", "partial", "overpaid",
    "difference_account_id", "charges_account_id", "fee_account_id", "line_ids",
}  # fmt: skip
"""The fields that make a rule what it is: changing one of them makes a new version."""

PARTS = {"condition_ids", "line_ids"}
NOT_NEGATIVE = (
    "amount_min", "amount_max", "tolerance", "tolerance_percent", "discount_days", "most_charges"
)  # fmt: skip

# An object that no remote caller can put into a context: contexts travel as JSON.
_EDITED = object()


class BankFeedRule(models.Model):
    """What finance wants done with transactions of some kind, in the order of the rules."""

    _name = "bank.feed.rule"
    _description = "Bank Feed Rule"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(
        default=1000, help="Rules are tried in this order; the first that is sure decides."
    )
    active = fields.Boolean(
        default=True,
        help="A rule that is on decides about what is imported from now on. What waits for review "
        "already stays as it is.",
    )
    company_id = fields.Many2one("res.company", help="Empty for a rule of all companies.")
    version = fields.Integer(default=1, readonly=True, copy=False)
    kind = fields.Selection(
        [
            ("match", "Match open items"),
            ("book", "Book to accounts"),
            ("transfer", "Transfer between our own banks"),
            ("leave", "Leave to a person"),
        ],
        "What to do",
        required=True,
        default="match",
        help="Match: find what is paid, post it when sure enough, suggest it otherwise.\n"
        "Book: to the accounts below, when the conditions hold.\n"
        "Transfer: to the transfer account, where both banks' sides meet. Without conditions, "
        "of transactions that name a bank account of ours.\n"
        "Leave: a person decides, no further rule is tried.",
    )

    # When
    journal_ids = fields.Many2many(
        "account.journal",
        string="Journals",
        check_company=True,
        domain="[('type', 'in', ('bank', 'cash', 'credit'))]",
        help="Empty for all of them.",
    )
    direction = fields.Selection([("in", "Money in"), ("out", "Money out")], help="Empty for both.")
    amount_min = fields.Float("Amount from", digits=(16, 2), help="Without sign; 0 for no limit.")
    amount_max = fields.Float("Amount to", digits=(16, 2), help="Without sign; 0 for no limit.")
    condition_ids = fields.One2many(
        "bank.feed.rule.condition",
        "rule_id",
        "Conditions",
        copy=True,
        help="All of them must hold.",
    )

    # What: match
    strategy_ids = fields.Many2many(
        "bank.feed.strategy", string="Strategies", help="How open items are found; empty for all."
    )
    tolerance = fields.Float(
        digits=(16, 2),
        default=0.05,
        help="A difference up to this amount, in the transaction's currency, is booked to the "
        "account for small differences.",
    )
    tolerance_percent = fields.Float(
        "Tolerance in percent",
        digits=(16, 2),
        help="The same as a share of what is open; the smaller of both counts; 0 for none.",
    )
    discount_days = fields.Integer(
        "Days of grace for a discount",
        default=3,
        help="An early-payment discount is granted so many days after its last day.",
    )
    most_charges = fields.Float(
        "Bank charges up to",
        digits=(16, 2),
        default=30,
        help="What banks may have taken off on the way, where no bank says how much.",
    )
    partial = fields.Boolean(
        "Post partial payments",
        default=True,
        help="Less than what is open is posted when the payer names the document and is known. "
        "Otherwise it is suggested.",
    )
    overpaid = fields.Boolean(
        "Post overpayments",
        default=True,
        help="More than what is open is posted when the payer names the document and is known; "
        "the rest stays open for the partner. Otherwise it is suggested.",
    )
    difference_account_id = fields.Many2one(
        "account.account",
        "Account for small differences",
        check_company=True,
        help="Empty for the one in the settings.",
    )
    charges_account_id = fields.Many2one(
        "account.account",
        "Account for bank charges",
        check_company=True,
        help="For what banks took off on the way. Empty for the one in the settings.",
    )
    fee_account_id = fields.Many2one(
        "account.account",
        "Account for fees of returns",
        check_company=True,
        help="For what the bank charges when a direct debit or payment comes back. "
        "Empty for the one in the settings.",
    )

    # What: book
    line_ids = fields.One2many(
        "bank.feed.rule.line", "rule_id", "Accounts", copy=True, help="Which account gets how much."
    )

    # How sure
    post_score = fields.Integer(
        "Post from", default=95, help="From so many points on, a match is posted by itself."
    )
    suggest_score = fields.Integer(
        "Suggest from",
        default=20,
        help="From so many points on, a match is suggested; below, it is hardly one.",
    )
    margin = fields.Integer(
        "Lead over the next",
        default=10,
        help="By how many points the best match must beat the next one to be posted.",
    )

    # ------------------------------------------------------------------
    # As the matching core knows it
    # ------------------------------------------------------------------

    @api.onchange("kind")
    def _onchange_kind(self):
        """Accounts are those of a company: the present one, unless another was chosen."""
        if self.kind == "book" and not self.company_id:
            self.company_id = self.env.company

    @api.constrains(*sorted(WORDING - {"name", "active"}))
    def _check_wording(self):
        for rule in self:
            if rule.kind == "book" and not rule.company_id:
                raise ValidationError(
                    self.env._("A rule that books to an account belongs to one company.")
                )
            for name in NOT_NEGATIVE:
                if rule[name] < 0:
                    label = rule._fields[name]._description_string(rule.env)
                    raise ValidationError(self.env._("“%s” cannot be below zero.", label))
            try:
                rule._spec()
            except ValueError as error:
                raise ValidationError(problem_of(self.env, error)) from error

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
            amount_min=_exact(self.amount_min) if self.amount_min else None,
            amount_max=_exact(self.amount_max) if self.amount_max else None,
            strategies=tuple(rule.strategy_ids.filtered("active").mapped("name"))
            if rule.strategy_ids
            else None,
            bands=Bands(self.post_score, self.suggest_score, self.margin),
            terms=self._terms(),
            bookings=tuple(line._spec() for line in self._lines()) if self.kind == "book" else (),
        )

    def _lines(self):
        """The lines in their order, also where they were just made or moved."""
        return self.line_ids.sorted("sequence")

    def _terms(self):
        return Terms(
            tolerance=_exact(self.tolerance),
            tolerance_percent=_exact(self.tolerance_percent) if self.tolerance_percent else None,
            discount_days=self.discount_days,
            most_charges=_exact(self.most_charges),
            partial=self.partial,
            overpaid=self.overpaid,
        )

    @api.model
    def _of_company(self, company):
        """The rules that hold for a company, in their order: none that is switched off.

        Also where the caller comes from a screen that shows those that are off.
        """
        return (
            self.sudo()
            .with_context(active_test=True)
            .search([("company_id", "in", (False, company.id))])
        )

    def _adjustment_account(self, kind, amount, company=None):
        """Where an adjustment of a match is booked, see ``matching.types.Adjustment``.

        :param kind: discount, charges, difference or fee
        :param amount: the adjustment's amount; below zero when we receive less, or pay more
        :param company: of the transaction, by default the rule's or else the current one
        :return: the rule's own account, else the company's; empty when there is none
        """
        own = {
            "difference": self.difference_account_id,
            "charges": self.charges_account_id,
            "fee": self.fee_account_id,
        }
        company = company or self.company_id or self.env.company
        return own.get(kind) or company._bank_feed_account(kind, amount)

    # ------------------------------------------------------------------
    # Every change is a new version, and leaves a trace
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        new = super(BankFeedRule, self.with_context(bank_feed_edited=_EDITED)).create(vals_list)
        rules = new.with_env(self.env)
        rules._keep_version([(None, "created")] * len(rules))
        return rules

    def write(self, vals):
        if not WORDING & vals.keys():
            return self._write_order(vals)
        with self._edited() as rules:
            return super(BankFeedRule, rules).write(vals)

    def _write_order(self, vals):
        """A rule that moves says what it said before: the log tells it, the version stays."""
        places = {rule.id: rule.sequence for rule in self}
        # pylint: disable-next=super-method-mismatch
        result = super().write(vals)
        moved = self.filtered(lambda rule: rule.sequence != places[rule.id])
        self.env["bank.audit.log"]._record(
            "edit",
            [
                (rule, {"sequence": places[rule.id]}, {"sequence": rule.sequence}, "moved")
                for rule in moved
            ],
        )
        return result

    @contextlib.contextmanager
    def _edited(self):
        """Whatever changes inside is one new version of these rules, in the audit log.

        A rule that says the same as before stays at its version.

        Rules, conditions and lines all come through here. The rules that this gives know that
        their change is being recorded, so that it counts once.
        """
        if self.env.context.get("bank_feed_edited") is _EDITED:
            yield self
            return
        before = {rule: rule._wording() for rule in self}
        yield self.with_context(bank_feed_edited=_EDITED)
        self._check_wording()
        changed = self.filtered(lambda rule: rule._wording() != before[rule])
        for rule in changed:
            # pylint: disable-next=super-method-mismatch
            super(BankFeedRule, rule).write({"version": rule.version + 1})
        changed._keep_version([(before[rule], f"version {rule.version}") for rule in changed])

    def _keep_version(self, changes):
        """Keep the present wording of each rule, in the trail and as a version.

        :param changes: for each rule its wording before, and what happened
        """
        wordings = [rule._wording() for rule in self]
        self.env["bank.audit.log"]._record(
            "edit",
            [
                (rule, before, wording, why)
                for rule, wording, (before, why) in zip(self, wordings, changes, strict=True)
            ],
        )
        self.env["bank.feed.rule.version"]._keep(self, wordings)

    def unlink(self):
        self.env["bank.audit.log"]._record(
            "edit", [(rule, rule._wording(), None, "deleted") for rule in self]
        )
        return super().unlink()

    def _wording(self):
        """All that makes the rule what it is, as JSON can hold it."""
        names = sorted(WORDING - PARTS) + ["sequence"]
        values = self.with_context(active_test=False).read(names, load=None)[0]
        values["conditions"] = [
            f"{condition.field} {condition.operator} {condition.value or ''}".strip()
            for condition in self.condition_ids
        ]
        values["lines"] = [line._wording() for line in self._lines()]
        return values

    def action_view_versions(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Versions"),
            "res_model": "bank.feed.rule.version",
            "view_mode": "list,form",
            "domain": [("rule_id", "=", self.id)],
        }


def _exact(number):
    """A number with two decimals, as people typed it."""
    return Decimal(f"{number:.2f}")
