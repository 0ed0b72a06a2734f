import base64

from odoo import fields, models

FILE_NAME = "bank_feed_rules.json"


class BankFeedRuleExport(models.TransientModel):
    """A file of rules for the browser to fetch; only for who asked for it."""

    _name = "bank.feed.rule.export"
    _description = "Export of Bank Feed Rules"

    rule_ids = fields.Many2many("bank.feed.rule", required=True)
    file = fields.Binary(compute="_compute_file")

    def _compute_file(self):
        for export in self:
            # What is archived is exported, too.
            rules = export.with_context(active_test=False).rule_ids
            content = rules._export_file(rules)
            export.file = base64.b64encode(content)

    def _download(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/file/{FILE_NAME}?download=true",
            "target": "download",
        }
