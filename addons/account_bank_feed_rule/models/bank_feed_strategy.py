from odoo import api, fields, models

from ..matching import all_strategies


class BankFeedStrategy(models.Model):
    """The matching strategies that are there, so that rules can choose among them.

    A strategy is a file in ``matching/strategies``; installing or updating the addon
    enters it here.
    """

    _name = "bank.feed.strategy"
    _description = "Matching Strategy"
    _order = "id"

    name = fields.Char("Technical name", required=True, readonly=True)
    label = fields.Char(required=True, readonly=True)
    active = fields.Boolean(default=True)

    _rec_name = "label"

    @api.depends("label")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for strategy in self:
            # Marked for translation with the sentences of the matching core.
            strategy.display_name = self.env._(strategy.label)  # pylint: disable=translation-not-lazy

    def init(self):
        self.env.cr.execute(
            "CREATE UNIQUE INDEX IF NOT EXISTS bank_feed_strategy_name_unique"
            " ON bank_feed_strategy (name)"
        )
        found = {strategy.name: strategy.label for strategy in all_strategies().values()}
        known = {record.name: record for record in self.with_context(active_test=False).search([])}
        for name, label in found.items():
            if name not in known:
                self.create({"name": name, "label": label})
            elif known[name].label != label:
                known[name].label = label
        for name, record in known.items():
            record.active = name in found
