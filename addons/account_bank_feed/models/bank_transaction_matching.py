from odoo import Command, api, fields, models

from ..bulk.rows import link
from ..bulk.statements import of_many_rows
from ..jobs import AHEAD, repeatable
from ..told import as_values, said
from .bank_transaction_counterpart import MATCHED_KINDS

AT_ONCE = 20_000
"""Transactions decided in one job: of more, the memory of a worker would not be bounded, and the
first batch would be booked only when the last transaction has been looked at."""

NOTHING_DECIDED = {
    "counterpart_account_id": False,
    "matched_item_ids": [(5,)],
    "matched_residual": 0,
    "counterpart_ids": [(5,)],
    "pair_id": False,
}


class BankTransaction(models.Model):
    """Step 5: what is each waiting transaction? Decided for all of them before any is booked."""

    _inherit = "bank.transaction"

    partner_id = fields.Many2one("res.partner", readonly=True, index="btree_not_null")
    counterpart_account_id = fields.Many2one(
        "account.account",
        readonly=True,
        help="Where its statement line is born; the suspense account when there is none.",
    )
    matched_item_ids = fields.Many2many(
        "account.move.line",
        "bank_transaction_matched_item_rel",
        "transaction_id",
        "item_id",
        "Open items",
        readonly=True,
        help="The journal items that it pays; claimed from the decision on.",
    )
    matched_residual = fields.Monetary(
        readonly=True,
        help="What was open on those items when the decision was made; 0 where it is in parts.",
    )
    counterpart_ids = fields.One2many(
        "bank.transaction.counterpart",
        "transaction_id",
        "Booked to",
        readonly=True,
        help="What it is booked to, in parts, where one account and whole items do not tell it.",
    )
    pair_id = fields.Many2one(
        "bank.transaction",
        "Other side",
        readonly=True,
        index="btree_not_null",
        help="The same transfer between own accounts, as the other bank reports it.",
    )
    score = fields.Integer(
        readonly=True, aggregator=None, help="How sure the decision is, from 0 to 100."
    )
    explanation = fields.Text(
        "Explanation, company's language", readonly=True, help="Why it was decided so, in words."
    )
    explanation_data = fields.Json(readonly=True, help="What the explanation says.")
    explained = fields.Text(
        "Explanation",
        compute="_compute_explained",
        help="Why it was decided so, in the language of who reads it.",
    )
    reasons = fields.Json(readonly=True, help="The evidence behind the decision.")

    @api.model
    def _enqueue_matching(self, companies):
        for company in companies:
            self.env["bank.transaction"].sudo().with_delay(
                priority=AHEAD, description=f"Match transactions of {company.name}"
            )._job_match(company)

    @api.model
    @repeatable
    def _job_match(self, company):
        """Decide on every waiting transaction of the company, then hand them out in batches.

        Competing claims on one open item are settled over all of them, so the outcome
        depends neither on batches nor on workers. Files dropped together are waited for.
        Of very many the oldest come first, as if they had been imported first.
        """
        if not self.env["bank.feed.turn"]._take_or_come_back(f"match.{company.id}"):
            return
        if self._files_are_being_read(company):
            return
        query = self._search_without_line(
            self._waiting_domain(company), order="booking_date, identity, id", limit=AT_ONCE + 1
        )
        waiting = self.with_company(company).browse(query)
        if not waiting:
            return
        if len(waiting) > AT_ONCE:
            waiting = waiting[:AT_ONCE]
            self._enqueue_matching(company)
        waiting._forget_earlier_decisions()
        with of_many_rows():
            decisions = waiting._decide()
            batches = self.env["bank.import.batch"]._cut(waiting)
            for batch, transactions in batches.items():
                for transaction in transactions:
                    decisions.setdefault(transaction, {})["batch_id"] = batch.id
            self._keep_decisions(decisions)
            self.env["bank.import.batch"].union(*batches)._enqueue()
            self.env.flush_all()

    @api.model
    def _waiting_domain(self, company):
        return [
            ("company_id", "=", company.id),
            ("state", "=", "pending"),
            ("booked", "=", True),
            ("batch_id", "=", False),
            ("import_statement_id.state", "in", ("admitted", "closed")),
        ]

    def _files_are_being_read(self, company):
        """Whether a file dropped just now still has to be read, or a statement to be judged.

        The job that does so starts matching again.
        """
        imports = self.env["bank.import"]
        unjudged = [
            ("company_id", "=", company.id),
            ("state", "=", "read"),
            ("import_id.received_at", ">=", imports._just_now()),
        ]
        return imports._are_being_read(company) or bool(
            self.env["bank.import.statement"].search_count(unjudged, limit=1)
        )

    def _waiting_companies(self):
        """Companies with transactions that no job will pick up by itself."""
        groups = self._read_group(
            [
                ("state", "=", "pending"),
                ("booked", "=", True),
                ("batch_id", "=", False),
                ("import_statement_id.state", "in", ("admitted", "closed")),
            ],
            ["company_id"],
        )
        return self.env["res.company"].union(*(company for (company,) in groups))

    def _decide(self):
        """What each transaction is.

        The seam for matching engines. Without one nothing is decided, and everything
        is booked on suspense.

        :return: transaction -> values of the fields above; transactions left out wait
            on suspense
        """
        return {}

    def _keep_decisions(self, decisions):
        """As ``write`` would do it, one transaction after the other, but for all at once.

        :param decisions: transaction, of which nothing is decided yet -> values of the fields above
        """
        claims, parts = {}, []
        for transaction, values in decisions.items():
            for _set, _id, items in values.pop("matched_item_ids", ()):
                claims[transaction] = items
            for command in values.pop("counterpart_ids", ()):
                if command[0] == Command.CREATE:
                    parts.append({**command[2], "transaction_id": transaction.id})
        self._assign(decisions)
        link(self.union(*claims), "matched_item_ids", claims.values())
        self.env["bank.transaction.counterpart"].create(parts)

    def _assign(self, values_by_transaction):
        """Write values of columns, all by one statement; what depends on them is told once."""
        names = sorted({name for values in values_by_transaction.values() for name in values})
        fields = {name: self._fields[name] for name in names}
        transactions = self.union(*values_by_transaction)
        transactions.flush_recordset(names)
        rows = [
            {name: fields[name].convert_to_column_insert(v, one) for name, v in values.items()}
            for one, values in values_by_transaction.items()
        ]
        transactions._write_multi(rows)
        transactions.invalidate_recordset([*names, "write_uid", "write_date"], flush=False)
        # Whatever is decided, they wait until they are booked.
        fixed = [*fields.values(), self._fields["state"], self._fields["reconciled_at"]]
        with self.env.protecting(fixed, transactions):
            transactions.modified(names)

    def _final_account(self):
        """The account that it was decided to book to, with nothing there to be matched yet.

        Such as the transfer account, until the other bank reports its side.
        """
        return self.counterpart_account_id if not self.matched_item_ids else None

    def _planned_open_items(self):
        """Its journal items on which nothing need be matched, such as what was paid too much."""
        planned = self.counterpart_ids.filtered(lambda c: c.kind not in MATCHED_KINDS)
        return planned.line_ids

    def _forget_earlier_decisions(self):
        """What could not be booked and is retried is decided anew, whatever was decided then."""
        self.filtered(
            lambda t: t.counterpart_account_id or t.matched_item_ids or t.counterpart_ids
        )._forget_decision(False)

    def _forget_decision(self, why):
        """Book on suspense after all."""
        self.write({**NOTHING_DECIDED, **as_values(why)})

    @api.depends("explanation", "explanation_data")
    @api.depends_context("lang")
    def _compute_explained(self):
        for transaction in self:
            data = transaction._is_foreign_to_reader() and transaction._what_it_says()
            transaction.explained = said(self.env, data) if data else transaction.explanation

    def _is_foreign_to_reader(self):
        """Whether who reads it has another language than the company."""
        return (self.env.lang or "en_US") != (self.company_id.sudo().partner_id.lang or "en_US")

    def _what_it_says(self):
        return self.explanation_data

    @api.depends("counterpart_ids.line_ids")
    def _compute_state(self):
        return super()._compute_state()
