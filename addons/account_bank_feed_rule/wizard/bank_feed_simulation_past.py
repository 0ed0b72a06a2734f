from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from odoo import api, models
from odoo.addons.account_bank_feed.money import exact

from ..matching.simulation import NOTHING, Actual, Effect

PARTNER_TYPES = ("asset_receivable", "liability_payable")
BOOKED_IN_PARTS = ("booking", "discount", "charges", "difference", "fee")
"""Kinds of counterparts that are told by account and amount: their taxes are in the amount."""


@dataclass
class Past:
    """What is to be taken back to see the books as they were before some transactions.

    ``restored`` is how much of which journal item these have settled, in the item's currency
    and with its sign. ``own`` are the journal items of these themselves. ``returned`` are
    those among them that took an earlier payment back.
    """

    restored: dict = field(default_factory=lambda: defaultdict(Decimal))
    own: frozenset = frozenset()
    returned: models.Model = None


class BankFeedBooks(models.AbstractModel):
    """The books as they were: read set-wise, nothing is written and nothing locked."""

    _inherit = "bank.feed.books"

    # ------------------------------------------------------------------
    # What was open
    # ------------------------------------------------------------------

    @api.model
    def _items_of_the_past(self, company, transactions, past):
        """What was open before these transactions, and came since."""
        books = self.sudo().with_company(company).with_context(bank_feed_past=past)
        return [item for item in books._items(company, transactions) if item.residual]

    def _past(self):
        past = self.env.context.get("bank_feed_past")
        return past if isinstance(past, Past) else None

    def _openness(self):
        past = self._past()
        if not past:
            return super()._openness()
        again = ["|", *super()._openness(), ("id", "in", list(past.restored))]
        return [*again, ("id", "not in", list(past.own))]

    def _as_of(self, row):
        past = self._past()
        if not past or row.id not in past.restored:
            return super()._as_of(row)
        residual = row.residual + past.restored[row.id]
        in_company = row.balance * residual / row.amount if row.amount else row.balance
        return row._replace(residual=residual, company_residual=in_company)

    def _settled_before(self, company, transactions):
        past = self._past()
        return super()._settled_before(company, past.returned if past else transactions)

    # ------------------------------------------------------------------
    # What was done
    # ------------------------------------------------------------------

    @api.model
    def _actuals(self, company, transactions):
        """What the books say of each of these, and what to take back to decide anew.

        :return: transaction id -> :class:`..matching.simulation.Actual`, and a :class:`Past`
        """
        lines = self._counterpart_lines(transactions)
        settled = self._settled_by(lines)
        came_back = self._reopened(lines)
        booked = self._booked_in_parts(transactions)
        past = Past(own=frozenset(line["id"] for line in lines))
        entries = defaultdict(list)
        for line in lines:
            entries[line["transaction"]].append(line)
        decided = self._items_decided(transactions)
        actuals = {}
        for transaction in transactions:
            entry = entries.get(transaction.id, ())
            effect = _effect(entry, settled, booked.get(transaction.id, {}))
            reopened = _came_back(entry, came_back)
            actuals[transaction.id] = _actual(transaction, reopened or effect, decided, reopened)
            for line in entry:
                if line["id"] in came_back:
                    continue
                for item, amount, _own in settled.get(line["id"], ()):
                    past.restored[item] += amount
        for item in past.own & past.restored.keys():
            del past.restored[item]
        return actuals, past

    def _rows(self, query, *params):
        self.env.flush_all()
        self.env.cr.execute(query, params)
        return self.env.cr.dictfetchall()

    def _counterpart_lines(self, transactions):
        """The journal items of the transactions, but for the bank's own and suspense."""
        return self._rows(
            """
            SELECT line.bank_transaction_id AS transaction, item.id, item.account_id AS account,
                   item.amount_currency AS amount, item.tax_line_id AS tax,
                   account.account_type AS type, part.kind AS kind,
                   account.reconcile AS reconcile, currency.decimal_places AS places
              FROM account_bank_statement_line line
              JOIN account_move move ON move.id = line.move_id AND move.state = 'posted'
              JOIN account_journal journal ON journal.id = move.journal_id
              JOIN account_move_line item ON item.move_id = move.id
               AND item.account_id IS DISTINCT FROM journal.default_account_id
               AND item.account_id IS DISTINCT FROM journal.suspense_account_id
              JOIN account_account account ON account.id = item.account_id
              JOIN res_currency currency ON currency.id = item.currency_id
              LEFT JOIN bank_transaction_counterpart part ON part.id = item.bank_counterpart_id
             WHERE line.bank_transaction_id = ANY(%s)
             ORDER BY item.id
            """,
            transactions.ids,
        )

    def _settled_by(self, lines):
        """What each of these journal items is matched with, exchange differences aside.

        :return: id -> list of (other item's id, amount of it with its sign, amount of this)
        """
        own = [line["id"] for line in lines if line["reconcile"]]
        places = {line["id"]: line["places"] for line in lines}
        settled = defaultdict(list)
        for row in self._rows(
            """
            SELECT pair.own, pair.other, pair.amount, pair.own_amount, currency.decimal_places
              FROM (SELECT debit_move_id AS own, credit_move_id AS other,
                           -credit_amount_currency AS amount, debit_amount_currency AS own_amount
                      FROM account_partial_reconcile WHERE debit_move_id = ANY(%s)
                     UNION ALL
                    SELECT credit_move_id, debit_move_id,
                           debit_amount_currency, -credit_amount_currency
                      FROM account_partial_reconcile WHERE credit_move_id = ANY(%s)) pair
              JOIN account_move_line other ON other.id = pair.other
              JOIN res_currency currency ON currency.id = other.currency_id
             WHERE NOT EXISTS (SELECT FROM account_partial_reconcile main
                                WHERE main.exchange_move_id = other.move_id)
            """,
            own,
            own,
        ):
            amount = _exact(row["amount"], row["decimal_places"])
            own_amount = _exact(row["own_amount"], places[row["own"]])
            settled[row["own"]].append((row["other"], amount, own_amount))
        return settled

    def _reopened(self, lines):
        """What had been settled by those of these journal items that were returned since."""
        reopened = defaultdict(list)
        for row in self._rows(
            """
            SELECT part.item_id AS own, item.id AS other, item.amount_currency AS amount,
                   currency.decimal_places AS places
              FROM bank_transaction_counterpart part
              JOIN bank_transaction_counterpart_reopened_rel rel ON rel.counterpart_id = part.id
              JOIN account_move_line item ON item.id = rel.item_id
              JOIN res_currency currency ON currency.id = item.currency_id
             WHERE part.kind = 'return' AND part.item_id = ANY(%s)
            """,
            [line["id"] for line in lines],
        ):
            reopened[row["own"]].append((row["other"], _exact(row["amount"], row["places"])))
        return reopened

    def _booked_in_parts(self, transactions):
        """By transaction: what its counterparts book to which account, taxes included."""
        booked = defaultdict(lambda: defaultdict(Decimal))
        for row in self._rows(
            """
            SELECT part.transaction_id AS transaction, part.account_id AS account,
                   part.amount AS amount, currency.decimal_places AS places
              FROM bank_transaction_counterpart part
              JOIN bank_transaction ON bank_transaction.id = part.transaction_id
              JOIN res_currency currency ON currency.id = bank_transaction.currency_id
             WHERE part.transaction_id = ANY(%s) AND part.kind = ANY(%s)
               AND EXISTS (SELECT FROM account_move_line WHERE bank_counterpart_id = part.id)
            """,
            transactions.ids,
            list(BOOKED_IN_PARTS),
        ):
            amount = _exact(row["amount"], row["places"])
            booked[row["transaction"]][row["account"]] += amount
        return booked

    def _items_decided(self, transactions):
        """By transaction: the open items that the bank feed settled with it."""
        decided = defaultdict(set)
        for row in self._rows(
            """
            SELECT transaction_id AS transaction, item_id AS item
              FROM bank_transaction_matched_item_rel WHERE transaction_id = ANY(%s)
            """,
            transactions.ids,
        ):
            decided[row["transaction"]].add(row["item"])
        return decided


def _effect(entry, settled, booked):
    """What an entry does, from its journal items; ``booked`` is what its counterparts tell."""
    items, accounts, by_account = defaultdict(Decimal), defaultdict(Decimal), defaultdict(Decimal)
    rest = Decimal(0)
    for account, amount in booked.items():
        accounts[account] += amount
        by_account[account] += amount
    for line in entry:
        if line["kind"] in BOOKED_IN_PARTS:
            continue
        left = -_exact(line["amount"], line["places"])
        by_account[line["account"]] += left
        matched = settled.get(line["id"], ())
        for item, amount, own_amount in matched:
            items[item] += amount
            left += own_amount
        if line["type"] in PARTNER_TYPES or matched:
            rest += left
        else:
            accounts[line["account"]] += left
    _include_taxes(entry, accounts, by_account)
    return Effect(_set(items), _set(accounts), rest, _set(by_account)) if entry else NOTHING


def _include_taxes(entry, *sums):
    """Let taxes count as a part of what they were paid on, where that is one account."""
    own = [line for line in entry if line["kind"] not in BOOKED_IN_PARTS]
    taxes = {line["account"] for line in own if line["tax"]}
    bases = {line["account"] for line in own if not line["tax"] and not line["reconcile"]}
    if len(bases) != 1 or bases & taxes:
        return
    [base] = bases
    for amounts in sums:
        for tax in taxes:
            amounts[base] += amounts.pop(tax, Decimal(0))


def _came_back(entry, came_back):
    """What a payment had settled that was returned since."""
    items = {}
    for line in entry:
        reopened = came_back.get(line["id"], ())
        for item, amount in reopened:
            if len(reopened) == 1:
                amount = abs(_exact(line["amount"], line["places"])).copy_sign(amount)
            items[item] = amount
    return Effect(items) if items else NOTHING


def _actual(transaction, effect, decided, reopened):
    waits = transaction.state == "processed" and not (effect.items or effect.accounts)
    decided_items = decided.get(transaction.id, set())
    as_decided = bool(reopened) or decided_items <= effect.items.keys()
    if waits:
        by = None
    elif transaction.posted_by_rule and as_decided:
        by = "rule"
    elif as_decided and (transaction.counterpart_account_id or transaction.counterpart_ids):
        by = "person"
    else:
        by = "other"
    return Actual(
        transaction.id,
        exact(transaction.amount, transaction.currency_id),
        NOTHING if waits else effect,
        by,
        transaction.rule_id.id if by == "rule" else None,
        bool(reopened),
    )


def _exact(amount, places):
    return Decimal(f"{amount or 0:.{places}f}")


def _set(amounts):
    return {key: amount for key, amount in amounts.items() if amount}
