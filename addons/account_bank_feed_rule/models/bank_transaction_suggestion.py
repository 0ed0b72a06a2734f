from odoo import api, fields, models
from odoo.addons.account_bank_feed.told import Told, as_values, data_of, said, tell

from ..matching import reasons_as_data

MOST_SUGGESTIONS = 5


class BankTransactionSuggestion(models.Model):
    """What a transaction may settle, offered to a person."""

    _name = "bank.transaction.suggestion"
    _description = "Suggested Match"
    _order = "transaction_id, rank"

    transaction_id = fields.Many2one(
        "bank.transaction", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="transaction_id.company_id", store=True, index=True)
    rank = fields.Integer(readonly=True)
    item_id = fields.Many2one(
        "account.move.line",
        "Open item",
        readonly=True,
        ondelete="cascade",
        help="The first of the open items.",
    )
    item_ids = fields.Many2many("account.move.line", string="Open items", readonly=True)
    label = fields.Char("Settles", readonly=True)
    item_move_id = fields.Many2one(related="item_id.move_id", string="Document")
    item_partner_id = fields.Many2one(related="item_id.partner_id", string="Partner")
    item_residual = fields.Monetary(
        "Residual of the first item",
        related="item_id.amount_residual_currency",
        currency_field="item_currency_id",
    )
    item_currency_id = fields.Many2one(related="item_id.currency_id", string="Currency of the item")
    open_amount = fields.Monetary(
        "Open amount",
        compute="_compute_open_amount",
        currency_field="item_currency_id",
        help="What is open now on all of the items together.",
    )
    left_open = fields.Monetary(
        "Stays open",
        compute="_compute_open_amount",
        currency_field="item_currency_id",
        help="What is still open on the items once this is matched.",
    )
    obstacle = fields.Char(
        "Note", compute="_compute_open_amount", help="Why it cannot be matched any more."
    )
    score = fields.Integer(readonly=True)
    explanation = fields.Text("Explanation, company's language", readonly=True)
    explanation_data = fields.Json(readonly=True, help="What the explanation says.")
    explained = fields.Text(
        "Explanation",
        compute="_compute_explained",
        help="Why it is suggested, in the language of who reads it.",
    )
    counterparts = fields.Json(
        readonly=True, help="What accepting it books, where that is more than whole items."
    )

    @api.depends(
        "item_ids.amount_residual_currency",
        "item_ids.reconciled",
        "counterparts",
        "transaction_id.amount",
    )
    @api.depends_context("lang")
    def _compute_open_amount(self):
        for suggestion in self:
            by_currency = suggestion.item_ids.grouped("currency_id")
            items = by_currency.get(suggestion.item_currency_id, suggestion.item_id.browse())
            suggestion.open_amount = sum(items.mapped("amount_residual_currency"))
            settled = suggestion._items_to_settle().filtered("reconciled")
            suggestion.obstacle = self.env._("Settled meanwhile") if settled else False
            suggestion.left_open = 0 if settled else suggestion._what_stays_open()

    @api.depends("explanation", "explanation_data")
    @api.depends_context("lang")
    def _compute_explained(self):
        for suggestion in self:
            foreign = suggestion.transaction_id._is_foreign_to_reader()
            data = foreign and suggestion.explanation_data
            suggestion.explained = said(self.env, data) if data else suggestion.explanation

    def _what_stays_open(self):
        """Of the open amount, what accepting this does not settle."""
        currency, rows = self.item_currency_id, self.counterparts or ()
        if rows:
            settled = sum(
                row.get("item_amount") or row["amount"]
                for row in rows
                if row["kind"] == "item" and row.get("item_currency_id") == currency.id
            )
        elif currency == self.transaction_id.currency_id:
            settled = self.transaction_id.amount
        else:
            return 0
        left = self.open_amount - settled
        return currency.round(left) if left * self.open_amount > 0 else 0

    def _items_to_settle(self):
        """The items, but for those that a payment which came back had settled."""
        rows = self.counterparts or ()
        returned = [row.get("item_id") for row in rows if row["kind"] == "return"]
        return self.item_ids - self.item_ids.browse(filter(None, returned))

    @api.model
    def _keep(self, decisions):
        """Keep the ranked candidates of what a person has to decide.

        :param decisions: transaction id -> :class:`..matching.Decision`
        """
        self.search([("transaction_id", "in", list(decisions))]).unlink()
        self.create(
            [
                self._values(
                    self.env["bank.transaction"].browse(transaction_id), rank, one, decision
                )
                for transaction_id, decision in decisions.items()
                if decision.band != "post"
                for rank, one in enumerate(decision.candidates[:MOST_SUGGESTIONS], start=1)
            ]
        )

    def _values(self, transaction, rank, candidate, decision):
        reasons = reasons_as_data(candidate.evidence)
        items = [item.id for item in candidate.items if isinstance(item.id, int)]
        return {
            "transaction_id": transaction.id,
            "rank": rank,
            "label": candidate.label,
            "item_id": items[0] if items else False,
            "item_ids": [(6, 0, items)],
            "score": candidate.score,
            **as_values(tell(transaction.company_id, "evidence", reasons=reasons)),
            "counterparts": self._counterparts(transaction, candidate, decision),
        }

    def _counterparts(self, transaction, candidate, decision):
        """What to book, unless the whole items say it already; False where a person must."""
        if transaction._is_plain(candidate):
            return False
        counterpart = self.env["bank.transaction.counterpart"]
        rows = counterpart._of_candidate(transaction, candidate, decision)
        complete = all(row.get("account_id") or row["kind"] == "discount" for row in rows)
        return rows if complete else False

    @api.model
    def _offer_again(self, transactions):
        """Suggest what was posted, so that who undoes a match too many can make it again."""
        self.create([self._again(one) for one in transactions if self._is_nowhere_else(one)])

    def _is_nowhere_else(self, transaction):
        """Whether a transaction settles what none of its suggestions would."""
        offered = transaction.suggestion_ids
        items = transaction.matched_item_ids | transaction.counterpart_ids.item_id
        if items:
            return bool(items - offered.item_ids)
        return "rest" in transaction.counterpart_ids.mapped("kind") and not offered

    def _again(self, transaction):
        parts = transaction.counterpart_ids
        items = transaction.matched_item_ids | parts.item_id
        names = list(filter(None, parts.mapped("name"))) or items.mapped("move_name")
        told = transaction._what_it_says() or data_of(transaction.explanation or "")
        why = Told(transaction.explanation or "", told)
        return {
            "transaction_id": transaction.id,
            # The last: Enter must not book again what was undone just now.
            "rank": max(transaction.suggestion_ids.mapped("rank"), default=0) + 1,
            "item_id": items[:1].id,
            "item_ids": [(6, 0, items.ids)],
            "label": ", ".join(names),
            "score": transaction.score,
            **as_values(tell(transaction.company_id, "matched_before", why=why)),
            "counterparts": parts._as_values() or False,
        }

    def action_accept(self):
        """Reconcile the transaction as this suggests, because a person says so."""
        self.ensure_one()
        transaction = self.transaction_id._authorise("accountant")
        explanation = self.explanation or ""
        told = Told(explanation, self.explanation_data or data_of(explanation))
        why = tell(transaction.company_id, "matched_by", user=self.env.user.name, why=told)
        if self.counterparts:
            transaction._settle_with(self.sudo().counterparts, why)
        else:
            transaction._match_with(self.sudo().item_ids, why)
