import json

from odoo import api, models
from odoo.exceptions import UserError

from ..rule_files import FORMAT, FORMAT_VERSION, TERM_FIELDS, changed_keys

ACCOUNT_FIELDS = {
    "difference": "difference_account_id",
    "charges": "charges_account_id",
    "fee": "fee_account_id",
}


class BankFeedRule(models.Model):
    """Rules as files: ids replaced by what means the same in another database."""

    _inherit = "bank.feed.rule"

    def action_export(self):
        """Download these rules, in their order."""
        self.check_access("read")
        export = self.env["bank.feed.rule.export"].create({"rule_ids": [(6, 0, self.ids)]})
        return export._download()

    @api.model
    def _export_file(self, rules):
        """The content of a file with these rules.

        :raises UserError: when a rule refers to something without a name or number of its own
        """
        data = {
            "format": FORMAT,
            "version": FORMAT_VERSION,
            "rules": [rule._export() for rule in rules.sorted()],
        }
        return json.dumps(data, indent=2, ensure_ascii=False).encode() + b"\n"

    def _export(self):
        """The rule as JSON can hold it, without ids; its order and whether it is on are left out.

        The opposite is :meth:`..wizard.bank_feed_rule_import.Resolver.values`.
        """
        self.ensure_one()
        rule = self.with_context(active_test=False, lang=None)
        if self.company_id:
            rule = rule.with_company(self.company_id)
        data = {
            "name": rule.name,
            "kind": rule.kind,
            "all_companies": not rule.company_id,
            "journals": sorted(rule.journal_ids.mapped("code")),
            "direction": rule.direction or None,
            "amount_min": f"{rule.amount_min:.2f}",
            "amount_max": f"{rule.amount_max:.2f}",
            "conditions": [
                {"field": one.field, "operator": one.operator, "value": one.value or ""}
                for one in rule.condition_ids
            ],
        }
        return data | rule._export_match() | {"lines": [line._export() for line in rule._lines()]}

    def _export_match(self):
        return {
            "strategies": sorted(self.strategy_ids.mapped("name")),
            "bands": {
                "post": self.post_score, "suggest": self.suggest_score, "margin": self.margin
            },
            "terms": {
                name: f"{self[name]:.2f}" if convert is str else self[name]
                for name, convert in TERM_FIELDS.items()
            },
            "accounts": {
                kind: self[field].code for kind, field in ACCOUNT_FIELDS.items() if self[field]
            },
        }  # fmt: skip

    @api.model
    def _named(self, name, company):
        """The rules of that name in a company, or among those of all companies."""
        rules = self.with_context(active_test=False, lang=None)
        found = rules.search([("company_id", "=", company.id), ("name", "=", name)])
        return found.with_env(self.env)

    def _differs_from(self, other):
        """What of it reads otherwise in the other rule."""
        return changed_keys(self._export(), other._export())


class BankFeedRuleLine(models.Model):
    _inherit = "bank.feed.rule.line"

    def _export(self):
        by_value = self.share in ("percent", "fixed")
        return {
            "account": self.account_id.code,
            "share": self.share,
            "value": str(self._exact_value()) if by_value else None,
            "pattern": self.pattern or None,
            "deducted": self.deducted,
            "taxes": [
                {"name": tax.name, "use": tax.type_tax_use} for tax in self.tax_ids.sorted("id")
            ],
            "analytic": [
                {"accounts": self._export_analytic(ids), "percent": percent}
                for ids, percent in sorted((self.analytic_distribution or {}).items())
            ],
            "label": self.label or None,
            "partner": self._export_partner(),
        }

    def _export_analytic(self, ids):
        # Whoever may read the rule may know their names, without the rights of analytics.
        accounts = self.env["account.analytic.account"].sudo()
        accounts = accounts.browse(map(int, ids.split(","))).exists()
        if len(accounts) != len(ids.split(",")):
            raise UserError(
                self.env._("%s: an analytic account is gone.", self.rule_id.display_name)
            )
        return [
            {"code": one.code or None, "name": one.name, "plan": one.root_plan_id.name}
            for one in accounts
        ]

    def _export_partner(self):
        partner = self.partner_id
        if not partner:
            return None
        return {"name": partner.name, "ref": partner.ref or None, "vat": partner.vat or None}
