"""What the tests of writing rules share: rules in the shape that finance gives them."""

import json

from .common import RuleCase

FEE = ("text", "contains", "fee")


class RuleWritingCase(RuleCase):
    """Rules that book to an expense account before any other is asked."""

    @classmethod
    def rule_values(cls, *conditions, **values):
        return super().rule_values(*conditions, **{"sequence": 20, **values})

    def account(self, code, kind="expense", **values):
        return (
            self.env["account.account"]
            .with_company(self.company)
            .create(
                {
                    "name": f"Account {code}",
                    "code": code,
                    "account_type": kind,
                    "company_ids": [(6, 0, self.company.ids)],
                    **values,
                }
            )
        )

    def versions(self, rule):
        """The kept versions of a rule, the oldest first."""
        return self.env["bank.feed.rule.version"].search([("rule_id", "=", rule.id)], order="id")

    def exported(self, rules):
        return json.loads(self.env["bank.feed.rule"]._export_file(rules))
