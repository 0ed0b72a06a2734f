from odoo import api, models
from odoo.exceptions import UserError

from ..usual_rules import USUAL_RULES, account_code


class BankFeedRule(models.Model):
    """The usual rules for fees, interest, taxes, salaries and rent, as proposals."""

    _inherit = "bank.feed.rule"

    def action_add_usual_rules(self):
        """Add them to the current company, switched off, and show them."""
        made, missing = self._install_usual_rules(self.env.company)
        if not made:
            raise UserError(
                self.env._(
                    "Nothing to add: the usual rules are there already, or the chart of accounts "
                    "lacks their accounts (%s).",
                    ", ".join(missing) or "–",
                )
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Usual rules to check"),
            "res_model": self._name,
            "view_mode": "list,form",
            "domain": [("id", "in", made.ids)],
            "context": {"active_test": False},
        }

    @api.model
    def _install_usual_rules(self, company):
        """Create what is not there yet. Nothing is booked by them until somebody looked.

        :return: the new rules, and the names of those whose account the chart lacks
        """
        known = self.with_context(active_test=False).search([("company_id", "=", company.id)])
        taken = set(known.mapped("name"))
        vals_list, missing, names = [], [], self._usual_names()
        for usual in USUAL_RULES:
            name = names[usual.account]
            if name in taken:
                continue
            if account := company._bank_feed_usual_account(usual.account):
                vals_list.append({**_values(usual, account, company), "name": name})
            else:
                missing.append(name)
        last = self._last_sequence()
        for place, vals in enumerate(vals_list, start=1):
            vals["sequence"] = last + 10 * place
        return self.create(vals_list), missing

    def _usual_names(self):
        """What the usual rules are called, by their account."""
        return {
            "fees": self.env._("Bank fees"),
            "interest_paid": self.env._("Interest paid"),
            "interest_received": self.env._("Interest received"),
            "vat": self.env._("VAT prepayment"),
            "wage_tax": self.env._("Wage tax"),
            "salaries": self.env._("Salaries"),
            "rent": self.env._("Rent"),
        }

    @api.model
    def _last_sequence(self):
        last = self.with_context(active_test=False).search([], order="sequence desc", limit=1)
        return last.sequence


class ResCompany(models.Model):
    _inherit = "res.company"

    def _bank_feed_usual_account(self, account):
        """The chart's own account for fees, rent and such; empty when it is not known.

        A number may have been filled up with zeros, as longer codes demand.
        """
        self.ensure_one()
        accounts = self.env["account.account"].sudo().with_company(self)
        code = account_code(account, self.root_id.sudo().chart_template)
        if not code:
            return accounts
        found = accounts.search(
            [*accounts._check_company_domain(self), ("code", "=like", f"{code}%")]
        )
        return found.filtered(lambda one: one.code.rstrip("0") == code.rstrip("0"))[:1]


def _values(usual, account, company):
    return {
        "active": False,
        "company_id": company.id,
        "kind": "book",
        "direction": usual.direction,
        "condition_ids": [
            (0, 0, {"field": field, "operator": "regex", "value": pattern})
            for field, pattern in usual.conditions
        ],
        "line_ids": [(0, 0, {"account_id": account.id})],
    }
