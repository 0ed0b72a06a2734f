from odoo import Command, api, fields, models
from odoo.exceptions import UserError

KINDS = [
    ("item", "Open item"),
    ("return", "Returned payment"),
    ("discount", "Early payment discount"),
    ("charges", "Charges on the way"),
    ("difference", "Small difference"),
    ("fee", "Bank fee"),
    ("rest", "Left open"),
    ("booking", "Booking"),
]
MATCHED_KINDS = ("item", "return")
"""What these become is reconciled at once; the items of the others may stay open."""

OF_AN_ITEM = (*MATCHED_KINDS, "discount")


class BankTransactionCounterpart(models.Model):
    """One part of what a transaction is booked to, where one account is not enough.

    Amounts have the sign of the transaction and add up to it: a customer who pays 119.00
    less 2 % gives an item of 119.00 and a discount of -2.38 for a transaction of 116.62.
    Decided by a matching engine or accepted by a person, never edited.
    """

    _name = "bank.transaction.counterpart"
    _description = "Counterpart of a Bank Transaction"
    _order = "transaction_id, sequence, id"

    transaction_id = fields.Many2one(
        "bank.transaction", required=True, readonly=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(readonly=True)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    name = fields.Char("Label", readonly=True)
    currency_id = fields.Many2one(related="transaction_id.currency_id")
    amount = fields.Monetary(
        required=True, readonly=True, help="Signed like the transaction; the sum is its amount."
    )
    item_id = fields.Many2one(
        "account.move.line",
        "Journal item",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="What it is reconciled with; for a discount, the item of the document.",
    )
    item_currency_id = fields.Many2one(
        "res.currency", "Currency of the journal item", readonly=True, ondelete="restrict"
    )
    item_amount = fields.Monetary(
        "Amount in the item's currency",
        currency_field="item_currency_id",
        readonly=True,
        help="How much of the journal item is settled, signed like what is open on it.",
    )
    item_residual = fields.Monetary(
        "Open before",
        currency_field="item_currency_id",
        readonly=True,
        help="What was open on the journal item when it was decided.",
    )
    account_id = fields.Many2one(
        "account.account",
        readonly=True,
        help="Decided for what is no journal item; otherwise the one that belongs to it.",
    )
    partner_id = fields.Many2one("res.partner", readonly=True)
    payment_id = fields.Many2one(
        "account.payment",
        readonly=True,
        ondelete="set null",
        help="A payment without an entry of its own, which is settled by this.",
    )
    tax_ids = fields.Many2many(
        "account.tax", string="Taxes", readonly=True, help="Contained in the amount."
    )
    analytic_distribution = fields.Json(readonly=True)
    reopened_item_ids = fields.Many2many(
        "account.move.line",
        "bank_transaction_counterpart_reopened_rel",
        "counterpart_id",
        "item_id",
        "Reopened",
        readonly=True,
        help="What the payment that came back had settled.",
    )
    line_ids = fields.One2many(
        "account.move.line", "bank_counterpart_id", "Booked as", readonly=True
    )

    @api.model_create_multi
    def create(self, vals_list):
        items = self.env["account.move.line"].browse(
            {vals["item_id"] for vals in vals_list if vals.get("item_id")}
        )
        known = {item.id: item for item in items}
        counterparts = super().create(
            [_with_what_the_item_tells(vals, known.get(vals.get("item_id"))) for vals in vals_list]
        )
        counterparts._claim()
        counterparts._complete_item_amounts()
        return counterparts

    def _claim(self):
        """Whoever asks what a transaction claims looks at its open items alone."""
        claims = self.filtered(lambda c: c.kind == "item" and c.item_id)
        links = [
            (transaction, [Command.link(item.id) for item in parts.item_id])
            for transaction, parts in claims.grouped("transaction_id").items()
        ]
        if links:  # as `write` would do it, but with one query for all
            claims.transaction_id._fields["matched_item_ids"].write_batch(links)

    def _complete_item_amounts(self):
        for counterpart in self.filtered(lambda c: c.item_id and not c.item_amount):
            if counterpart.item_currency_id == counterpart.currency_id:
                counterpart.item_amount = counterpart.amount
            elif counterpart.kind == "return":
                counterpart.item_amount = counterpart.item_id.amount_currency

    # ------------------------------------------------------------------
    # Is it right, and still so?
    # ------------------------------------------------------------------

    def _check(self):
        """:raises UserError: when this cannot be booked as it is"""
        self.ensure_one()
        if self.kind in OF_AN_ITEM and not self.item_id:
            raise UserError(self.env._("The journal item to book to is gone."))
        if self.kind not in OF_AN_ITEM and not self.account_id:
            raise UserError(self.env._("An account is missing for: %s", self._as_text()))
        if self.kind in MATCHED_KINDS and self._item_amount_is_wrong():
            raise UserError(
                self.env._(
                    "%(part)s cannot be %(amount)s of that journal item.",
                    part=self._as_text(),
                    amount=self.item_currency_id.format(self.item_amount),
                )
            )

    def _item_amount_is_wrong(self):
        """More than there is, or against its sign, or not what the bank says."""
        whole = self.item_id.amount_currency if self.kind == "return" else self.item_residual
        if self.item_amount * whole <= 0:
            return True
        if self.item_currency_id.compare_amounts(abs(self.item_amount), abs(whole)) > 0:
            return True
        if self.kind == "item" and self.item_currency_id == self.currency_id:
            return self.currency_id.compare_amounts(self.item_amount, self.amount) != 0
        return self.item_amount * self.amount < 0

    def _is_stale(self, fellows):
        """Whether its item is not as it was when this was decided.

        :param fellows: others that were decided on the same items, and are booked since
        """
        item = self.item_id
        if self.kind not in OF_AN_ITEM or self._goes_with_a_return():
            return self._payment_is_settled()
        if not item or item.parent_state != "posted":
            return True
        if self.kind == "return" and item._bank_feed_documents() != self.reopened_item_ids:
            return True
        if self.kind != "return" and item.reconciled:
            return True
        since = fellows.filtered(
            lambda c: (
                c.item_id == item
                and not item.currency_id.compare_amounts(c.item_residual, self.item_residual)
            )
        )
        before = item.amount_residual_currency + sum(since.mapped("item_amount"))
        if item.currency_id.compare_amounts(before, self.item_residual):
            return True
        return self._payment_is_settled()

    def _can_all_be(self, left):
        """Whether the items suffice for these too; if so, take these off what is left.

        :param dict left: item -> what earlier transactions of the batch leave open
        """
        after = {}
        for counterpart in self.filtered(lambda c: c.kind in MATCHED_KINDS):
            item = counterpart.item_id
            rest = after.get(item, left.get(item))
            if counterpart.kind == "return":
                if rest is not None:
                    return False  # it comes back once
                after[item] = 0
                continue
            if rest is None:
                rest = item.amount_residual_currency
            if item.currency_id.compare_amounts(abs(counterpart.item_amount), abs(rest)) > 0:
                return False
            after[item] = rest - counterpart.item_amount
        left.update(after)
        return True

    def _goes_with_a_return(self):
        """Whether it takes back the discount of a payment that came back."""
        return self.kind == "discount" and "return" in self.transaction_id.counterpart_ids.mapped(
            "kind"
        )

    def _payment_is_settled(self):
        return bool(self.payment_id) and self.payment_id.state != "in_process"

    def _fellows(self):
        """Counterparts of other transactions that settle part of the same items, booked by now."""
        items = self.filtered(lambda c: c.kind == "item").item_id
        if not items:
            return self.browse()
        others = self.search(
            [
                ("kind", "=", "item"),
                ("item_id", "in", items.ids),
                ("transaction_id", "not in", self.transaction_id.ids),
                ("line_ids", "!=", False),
            ]
        )
        return others.filtered(lambda c: c.item_id in c._own_item()._bank_feed_documents())

    def _as_text(self):
        """What these are, for the audit log."""
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        return "; ".join(
            " ".join(
                part
                for part in (
                    kinds[counterpart.kind],
                    counterpart.item_id.move_id.name or counterpart.account_id.code,
                    f"{counterpart.amount:.{counterpart.currency_id.decimal_places}f}",
                )
                if part
            )
            for counterpart in self
        )


def _with_what_the_item_tells(vals, item):
    """The values, completed from the journal item that they are about."""
    if not item:
        return vals
    known = {
        "item_currency_id": item.currency_id.id,
        "item_residual": item.amount_residual_currency,
        "partner_id": item.partner_id.id,
    }
    if vals["kind"] == "discount":
        known["account_id"] = item.company_id[discount_account_field(item)].id
    else:
        known["account_id"] = item.account_id.id
    if vals["kind"] == "return":
        known["reopened_item_ids"] = [Command.set(item._bank_feed_documents().ids)]
    return {**known, **vals}


def discount_account_field(item):
    """Name of the company's field with the account for a discount on this document's item."""
    name = "gain" if item.balance < 0 else "loss"
    return f"account_journal_early_pay_discount_{name}_account_id"
