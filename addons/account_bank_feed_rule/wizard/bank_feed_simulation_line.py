from odoo import api, fields, models

from ..language import language_of
from ..matching import explain
from ..matching.simulation import KINDS, NOTHING
from .bank_feed_simulation import MOST_LINES

KIND_LABELS = [
    ("differs", "Would be posted differently"),
    ("conflicts", "Loses its item to another payment"),
    ("loses", "Posted by a rule, would wait"),
    ("misses", "Settled by hand, would wait"),
    ("new", "Waits, would be posted"),
    ("agrees", "Would be posted the same"),
    ("waits", "Waits, would still wait"),
]


class BankFeedSimulationCount(models.TransientModel):
    """How many transactions of a simulation are of a kind."""

    _name = "bank.feed.simulation.count"
    _description = "Kind of Result of a Simulation"

    simulation_id = fields.Many2one("bank.feed.simulation", required=True, ondelete="cascade")
    kind = fields.Selection(KIND_LABELS, required=True, readonly=True)
    count = fields.Integer("Transactions", readonly=True)
    share = fields.Float(readonly=True)
    on_top = fields.Integer(
        "Best suggestion is right",
        readonly=True,
        help="Of those that would not be posted: what was done is the best suggestion.",
    )

    def action_view_lines(self):
        """The transactions of this kind."""
        self.ensure_one()
        return self.simulation_id._view_lines([("kind", "=", self.kind)])


class BankFeedSimulationLine(models.TransientModel):
    """One transaction of a simulation: what was done, and what the rules would have done."""

    _name = "bank.feed.simulation.line"
    _description = "Transaction of a Simulation"
    _rec_name = "transaction_id"
    _order = "id"

    simulation_id = fields.Many2one("bank.feed.simulation", required=True, ondelete="cascade")
    kind = fields.Selection(KIND_LABELS, "Result", required=True, readonly=True)
    transaction_id = fields.Many2one("bank.transaction", readonly=True)
    booking_date = fields.Date(related="transaction_id.booking_date")
    amount = fields.Monetary(related="transaction_id.amount")
    currency_id = fields.Many2one(related="transaction_id.currency_id")
    counterparty_name = fields.Char(related="transaction_id.counterparty_name")
    remittance = fields.Char(related="transaction_id.remittance")
    done = fields.Char("What was done", readonly=True)
    done_by = fields.Selection(
        [("person", "A person"), ("rule", "A rule"), ("other", "Outside the bank feed")],
        "Done by",
        readonly=True,
    )
    done_rule_id = fields.Many2one("bank.feed.rule", "Rule then", readonly=True)
    would = fields.Char("What would be done", readonly=True)
    rule_id = fields.Many2one("bank.feed.rule", "Rule now", readonly=True)
    score = fields.Integer(readonly=True)
    explanation = fields.Text(readonly=True)
    found = fields.Selection(
        [("top", "The best one"), ("among", "Among them"), ("no", "Not among them")],
        "In the suggestions",
        readonly=True,
        help="Whether what was done is among the suggestions.",
    )

    def action_view_transaction(self):
        """The transaction itself."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "bank.transaction",
            "res_id": self.transaction_id.id,
            "view_mode": "form",
        }

    # ------------------------------------------------------------------
    # Made from a result
    # ------------------------------------------------------------------

    @api.model
    def _values(self, result, rules):
        """Field values for examples of each kind.

        :param result: :class:`..matching.simulation.Result`
        :param rules: the rules tried, by the id that decisions name them by
        """
        shown = [one for kind in KINDS for one in result.of(kind)[:MOST_LINES]]
        words = _Words(self.env, shown)
        return [
            {
                "kind": one.kind,
                "transaction_id": one.payment_id,
                "done": words.of(one.actual.effect, one),
                "done_by": one.actual.by,
                "done_rule_id": one.actual.rule_id,
                "would": words.of(one.effect, one),
                "rule_id": rules[one.decision.rule_id]._origin.id
                if one.decision.rule_id in rules
                else False,
                "score": one.decision.score,
                "explanation": explain(one.decision, language_of(self.env)),
                "found": one.found,
            }
            for one in shown
        ]


class _Words:
    """Effects in the words of an accountant, with the names read at once."""

    def __init__(self, env, differences):
        self.env = env
        effects = [one.actual.effect for one in differences] + [one.effect for one in differences]
        items = {key for effect in effects for key in effect.items if isinstance(key, int)}
        accounts = {key for effect in effects for key in effect.accounts if key}
        self.items = {item.id: item for item in env["account.move.line"].browse(sorted(items))}
        self.accounts = {
            account.id: account for account in env["account.account"].browse(sorted(accounts))
        }
        self.currencies = {
            record.id: record.currency_id
            for record in env["bank.transaction"].browse([one.payment_id for one in differences])
        }

    def of(self, effect, difference):
        """What is settled and booked; empty for nothing."""
        if effect == NOTHING:
            return False
        currency = self.currencies[difference.payment_id]
        parts = [self._item(key, amount, currency) for key, amount in effect.items.items()]
        parts += [
            f"{self.accounts[key].code} {_money(amount, currency)}"
            for key, amount in effect.accounts.items()
            if key
        ]
        if effect.rest:
            parts.append(self.env._("%s left open", _money(effect.rest, currency)))
        return ", ".join(parts)

    def _item(self, key, amount, currency):
        item = self.items.get(key)
        if item is None:
            return f"{key} {_money(amount, currency)}"
        return f"{item.move_name or item.ref or item.name} {_money(amount, item.currency_id)}"


def _money(amount, currency):
    return currency.format(float(amount))
