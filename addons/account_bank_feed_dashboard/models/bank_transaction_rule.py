from odoo import Command, models
from odoo.exceptions import UserError
from odoo.tools import format_date

MOST_TRIED = 5_000
"""Past transactions on which a rule is tried while the user waits."""

MOST_SHOWN = 8
"""Of these so many are shown at once."""


class BankTransaction(models.Model):
    """A rule that would do with every such transaction what a person does with this one."""

    _inherit = "bank.transaction"

    def review_rule(self, proposal=None):
        """The form of that rule, filled in.

        Nothing is kept until the form is saved, and the rule is switched off until somebody
        switches it on.
        """
        self.ensure_one()
        self._authorise("manager")
        values = {**self._rule_values(proposal), "active": False}
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Rule for such transactions"),
            "res_model": "bank.feed.rule",
            "views": [(False, "form")],
            "target": "current",
            "context": {f"default_{name}": value for name, value in values.items()},
        }

    def review_rule_tried(self, proposal=None):
        """What that rule says, and what it would have done with past transactions.

        :return: its ``summary``, and of how many transactions tried (``total``) how many it would
            have booked as people did, otherwise, and so on (``counts``); some of them
            (``examples``), the counterparties of all (``names``), and ``action``, which lists
            them. Or the ``problem``: what is missing for such a rule; or ``lacks_account``: it is
            not said yet to which account it books
        """
        self.ensure_one()
        self._authorise("manager")
        values = self._rule_values(proposal)
        if values["kind"] == "book" and not values["line_ids"]:
            return {"lacks_account": True}
        simulation = self.env["bank.feed.simulation"].create(
            {
                "company_id": self.company_id.id,
                "edited": {"new": values},
                "limit": MOST_TRIED,
            }
        )
        summary = self.env["bank.feed.rule"].new(values).summary or ""
        try:
            action = simulation.action_simulate()
        except UserError as problem:
            return {"summary": summary, "problem": str(problem)}
        kinds = dict(simulation.count_ids._fields["kind"]._description_selection(self.env))
        return {
            "summary": summary,
            "total": simulation.total,
            "counts": [
                {"kind": one.kind, "label": kinds[one.kind], "count": one.count}
                for one in simulation.count_ids
                if one.count
            ],
            "examples": [_example(one) for one in simulation.line_ids[:MOST_SHOWN]],
            "names": sorted({one.counterparty_name or "" for one in simulation.line_ids}),
            "action": {**action, "views": [(False, "form")]},
        }

    def _rule_values(self, proposal):
        lines = [
            Command.create(self._rule_line(part))
            for part in (proposal or {}).get("parts") or ()
            if part.get("account_id")
        ]
        return {
            "name": self._review_title(),
            "kind": "book" if lines or not self.suggestion_ids else "match",
            "company_id": self.company_id.id,
            "direction": "in" if self.amount > 0 else "out",
            "condition_ids": [Command.create(one) for one in self._rule_conditions()],
            "line_ids": lines,
        }

    def _rule_conditions(self):
        """By what such transactions are known again."""
        if self.counterparty_iban and not self._shares_account():
            return [_condition("iban", "equals", self.counterparty_iban)]
        if self.counterparty_iban and self.counterparty_name:
            return [
                _condition("iban", "equals", self.counterparty_iban),
                _condition("name", "equals", self.counterparty_name),
            ]
        if self.counterparty_name:
            return [_condition("name", "equals", self.counterparty_name)]
        return [_condition("text", "contains", _longest_wording(self.remittance or ""))]

    def _shares_account(self):
        """Whether others are paid through the account too, as with payment providers."""
        others = self.search_fetch(
            [
                ("counterparty_iban", "=", self.counterparty_iban),
                ("company_id", "=", self.company_id.id),
            ],
            ["counterparty_name"],
            limit=MOST_TRIED,
        )
        return len({(one.counterparty_name or "").casefold() for one in others}) > 1

    def _rule_line(self, part):
        amount = part.get("amount")
        whole = amount is None or not self.currency_id.compare_amounts(amount, self.amount)
        share = {"share": "rest"}
        if not whole:
            share = {"share": "percent", "value": round(100 * amount / self.amount, 4)}
        return {
            **share,
            "account_id": part["account_id"],
            "label": part.get("label") or False,
            "tax_ids": [Command.set(part.get("tax_ids") or [])],
            "partner_id": part.get("partner_id") or False,
            "analytic_distribution": part.get("analytic_distribution") or False,
        }


def _example(line):
    transaction = line.transaction_id
    return {
        "id": transaction.id,
        "date": format_date(line.env, line.booking_date),
        "title": transaction._review_title(),
        "amount_text": line.currency_id.format(line.amount),
    }


def _condition(field, operator, value):
    return {"field": field, "operator": operator, "value": value}


def _longest_wording(text):
    """The longest run of words without a digit: numbers differ from one time to the next.

    >>> _longest_wording("Kontofuehrung 03/2026 Entgelt laut Preisverzeichnis")
    'Entgelt laut Preisverzeichnis'
    """
    runs, run = [], []
    for word in [*text.split(), "0"]:
        if any(character.isdigit() for character in word):
            runs.append(" ".join(run))
            run = []
        else:
            run.append(word)
    return max(runs, key=len)
