from odoo import api, fields, models


class BankTransaction(models.Model):
    """Which rule posted a transaction, and which one's posting did not last."""

    _inherit = "bank.transaction"

    posted_by_rule = fields.Boolean(
        readonly=True, help="A rule decided it, and no person had to confirm."
    )
    undone_rule_id = fields.Many2one(
        "bank.feed.rule",
        "Undone of rule",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The rule whose posting was undone.",
    )
    undone_rule_version = fields.Integer(readonly=True)

    def _decision_values(self, decision, *args, **kwargs):
        values = super()._decision_values(decision, *args, **kwargs)
        return {**values, "posted_by_rule": decision.band == "post"}

    def _undo(self, *args, **kwargs):
        self._note_undone_rule()
        return super()._undo(*args, **kwargs)

    def _match_with(self, *args, **kwargs):
        # What was undone on the invoice or in another module is seen here at the latest.
        self._note_undone_rule()
        return super()._match_with(*args, **kwargs)

    def _forget_decision(self, *args, **kwargs):
        self.write({"posted_by_rule": False})
        return super()._forget_decision(*args, **kwargs)

    def _note_undone_rule(self):
        for (rule, version), records in (
            self.filtered(lambda t: t.posted_by_rule and t.rule_id)
            .grouped(lambda t: (t.rule_id, t.rule_version))
            .items()
        ):
            records.write(
                {
                    "posted_by_rule": False,
                    "undone_rule_id": rule.id,
                    "undone_rule_version": version,
                }
            )

    @api.model
    def _posted_by_rules(self, rules, version=None):
        """The domain of what these rules posted and what still stands."""
        domain = [
            ("rule_id", "in", rules.ids),
            ("posted_by_rule", "=", True),
            ("state", "=", "reconciled"),
        ]
        return domain + ([("rule_version", "=", version)] if version else [])

    @api.model
    def _undone_of_rules(self, rules):
        """The domain of what these rules posted and what was undone, in whatever way."""
        return ["|", *self._noted_as_undone(rules), "&", "&", *self._come_undone(rules)]

    @api.model
    def _noted_as_undone(self, rules):
        return [("undone_rule_id", "in", rules.ids)]

    @api.model
    def _come_undone(self, rules):
        """Undone on the invoice or in another module, which nobody has told us yet."""
        return [
            ("rule_id", "in", rules.ids),
            ("posted_by_rule", "=", True),
            ("state", "=", "processed"),
        ]

    @api.model
    def _rule_counts(self, rules, by_version=False):
        """How many transactions each rule posted, and how many of its postings were undone.

        :return: two dictionaries, by rule id or by rule id and version
        """
        decided = ["rule_id", "rule_version"]
        posted = self._read_group(self._posted_by_rules(rules), decided, ["__count"])
        undone = [
            *self._read_group(
                self._noted_as_undone(rules),
                ["undone_rule_id", "undone_rule_version"],
                ["__count"],
            ),
            *self._read_group(self._come_undone(rules), decided, ["__count"]),
        ]
        return _summed(posted, by_version), _summed(undone, by_version)


def _summed(groups, by_version):
    counts = {}
    for rule, version, count in groups:
        key = (rule.id, version) if by_version else rule.id
        counts[key] = counts.get(key, 0) + count
    return counts
