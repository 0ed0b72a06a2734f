from odoo import api, fields, models

TERMS = (
    "post_score", "suggest_score", "margin", "tolerance", "tolerance_percent", "discount_days",
    "most_charges", "partial", "overpaid", "difference_account_id", "charges_account_id",
    "fee_account_id",
)  # fmt: skip


class BankFeedRule(models.Model):
    """A rule in words."""

    _inherit = "bank.feed.rule"

    summary = fields.Char("In words", compute="_compute_summary")

    @api.depends_context("lang", "company")
    @api.depends(
        "kind", "journal_ids", "direction", "amount_min", "amount_max", "strategy_ids",
        "post_score", "company_id",
        "condition_ids.field", "condition_ids.operator", "condition_ids.value",
        "line_ids.sequence", "line_ids.account_id", "line_ids.share", "line_ids.value",
        "line_ids.pattern", "line_ids.deducted",
    )  # fmt: skip
    def _compute_summary(self):
        for rule in self:
            rule.summary = rule.env._(
                "%(when)s: %(what)s", when=rule._when_in_words(), what=rule._what_in_words()
            )

    def _when_in_words(self):
        rule = self.with_context(active_test=False)
        directions = dict(self._fields["direction"]._description_selection(self.env))
        parts = [directions.get(self.direction) or self.env._("Money in or out")]
        if rule.journal_ids:
            parts.append(self.env._("on %s", ", ".join(rule.journal_ids.mapped("name"))))
        if self.amount_min:
            parts.append(self.env._("from %.2f", self.amount_min))
        if self.amount_max:
            parts.append(self.env._("up to %.2f", self.amount_max))
        conditions = [condition._in_words() for condition in self.condition_ids if condition.field]
        if conditions:
            parts.append(self.env._("when %s", self.env._(" and ").join(conditions)))
        return ", ".join(parts)

    def _what_in_words(self):
        if self.kind == "book":
            lines = self._lines().filtered("account_id")
            said = [line._in_words(alone=len(lines) == 1) for line in lines]
            return self.env._("book to %s", ", ".join(said) or "…")
        if self.kind == "transfer":
            if self.condition_ids:
                return self.env._("book as a transfer between our own banks")
            return self.env._("book as a transfer when the other account is one of our own banks")
        if self.kind == "leave":
            return self.env._("leave it to a person")
        strategies = self.with_context(active_test=False).strategy_ids.mapped("display_name")
        if strategies:
            return self.env._(
                "match open items by %(strategies)s, post from %(score)s points",
                strategies=", ".join(strategies),
                score=self.post_score,
            )
        return self.env._("match open items, post from %s points", self.post_score)

    def _in_words(self):
        """The rule in full, a line for each thing that it says."""
        said = [self.name, self.summary]
        if self.kind == "match":
            said += [f"{self._label(name)}: {self._value_in_words(name)}" for name in TERMS]
        for line in self._lines() if self.kind == "book" else ():
            said += [
                f"{line.account_id.with_company(line.company_id).code}: {detail}"
                for detail in line._details_in_words()
            ]
        if not self.active:
            said.append(self.env._("Switched off"))
        return "\n".join(said)

    def _label(self, name):
        return self._fields[name]._description_string(self.env)

    def _value_in_words(self, name):
        field, value = self._fields[name], self[name]
        if field.type == "many2one":
            return value.display_name or self.env._("as in the settings")
        if field.type == "boolean":
            return self.env._("yes") if value else self.env._("no")
        return f"{value:.2f}" if field.type == "float" else str(value)


class BankFeedRuleLine(models.Model):
    _inherit = "bank.feed.rule.line"

    def _details_in_words(self):
        """What the summary leaves out."""
        line = self.with_context(active_test=False)
        for name in ("tax_ids", "partner_id"):
            if line[name]:
                label = line._fields[name]._description_string(self.env)
                yield f"{label}: {', '.join(line[name].mapped('display_name'))}"
        if self.label:
            yield self.env._("Label: %s", self.label)
        for ids, percent in (self.analytic_distribution or {}).items():
            accounts = self.env["account.analytic.account"].sudo()
            accounts = accounts.browse(map(int, ids.split(",")))
            names = ", ".join(accounts.exists().mapped("display_name"))
            yield self.env._(
                "Analytics: %(accounts)s %(percent)s %%", accounts=names, percent=percent
            )
