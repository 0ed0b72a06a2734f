from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

STATES = [
    ("pending", "Pending"),
    ("processed", "To review"),
    ("reconciled", "Reconciled"),
    ("error", "Error"),
    ("duplicate", "Duplicate"),
    ("ignored", "Ignored"),
    ("quarantined", "In quarantine"),
]


DOUBTFUL = [
    ("state", "=", "quarantined"),
    "|",
    ("duplicate_of_id", "!=", False),
    ("duplicate_of_line_id", "!=", False),
]
"""Transactions of which only a person can tell whether they are known; others in quarantine wait
for their statement."""


class BankTransaction(models.Model):
    """A transaction as the bank reported it, and what became of it.

    The ledger is the truth: as soon as a statement line books the transaction, its
    state follows that line's journal items and nothing else. Before that, the state
    moves through :meth:`_set_state`.
    """

    _name = "bank.transaction"
    _description = "Bank Transaction"
    _inherit = ["bank.guarded.state"]
    _order = "booking_date desc, ledger_order desc, id desc"
    _rec_names_search = ["remittance", "counterparty_name", "reference", "end_to_end_id"]
    _check_company_auto = True

    # Where it comes from
    import_id = fields.Many2one(
        "bank.import", required=True, readonly=True, ondelete="restrict", index=True
    )
    import_statement_id = fields.Many2one(
        "bank.import.statement",
        "Statement in the file",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    journal_id = fields.Many2one("account.journal", readonly=True, check_company=True)
    source_format = fields.Char(readonly=True)
    position = fields.Integer(readonly=True, help="Place in the file, from 1.")
    raw = fields.Text("Source fragment", readonly=True, prefetch=False)

    # What the bank said
    booking_date = fields.Date(required=True, readonly=True)
    value_date = fields.Date(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount = fields.Monetary(
        required=True, readonly=True, index=True, help="Positive when money came in."
    )
    original_amount = fields.Float(readonly=True, digits=(16, 5))
    original_currency = fields.Char(readonly=True)
    charges = fields.Monetary(readonly=True)
    counterparty_name = fields.Char("Counterparty", readonly=True, index="trigram")
    counterparty_iban = fields.Char("Counterparty IBAN", readonly=True, index="btree_not_null")
    counterparty_bic = fields.Char("Counterparty BIC", readonly=True)
    remittance = fields.Char("Remittance information", readonly=True, index="trigram")
    reference = fields.Char("Structured reference", readonly=True, index="trigram")
    end_to_end_id = fields.Char("End-to-end id", readonly=True, index="trigram")
    mandate_id = fields.Char("Mandate", readonly=True)
    creditor_id = fields.Char("Creditor id", readonly=True)
    bank_reference = fields.Char(readonly=True, help="The bank's own id: evidence, not identity.")
    code = fields.Char("Bank transaction code", readonly=True)
    return_reason = fields.Char(readonly=True, help="Why the payment came back, as the bank says.")
    detail_ids = fields.One2many(
        "bank.transaction.detail", "transaction_id", "Payments in this booking", readonly=True
    )
    booked = fields.Boolean(
        "Booked by the bank",
        readonly=True,
        default=True,
        help="A statement has booked it; unset while the bank only announces it.",
    )

    # Identity
    identity = fields.Char(readonly=True, help="Digest of account, day, amount, text, occurrence.")
    identity_text = fields.Char(readonly=True)
    duplicate_of_id = fields.Many2one(
        "bank.transaction", "Duplicate of", readonly=True, index="btree_not_null"
    )
    duplicate_of_line_id = fields.Many2one(
        "account.bank.statement.line", "Duplicate of statement line", readonly=True
    )
    ledger_order = fields.Integer(readonly=True, help="Order of admission within its journal.")

    # What became of it
    state = fields.Selection(
        STATES,
        compute="_compute_state",
        store=True,
        readonly=False,
        required=True,
        default="pending",
        index=True,
    )
    reason = fields.Char(readonly=True, help="Why it is in this state, where that needs saying.")
    batch_id = fields.Many2one("bank.import.batch", readonly=True, index="btree_not_null")
    statement_line_ids = fields.One2many(
        "account.bank.statement.line", "bank_transaction_id", readonly=True
    )
    statement_line_id = fields.Many2one(
        "account.bank.statement.line", "Booked by", compute="_compute_statement_line_id"
    )
    move_id = fields.Many2one("account.move", "Journal entry", compute="_compute_statement_line_id")
    booked_at = fields.Datetime("In the books since", readonly=True)
    reconciled_at = fields.Datetime(compute="_compute_state", store=True)

    _state_transitions = {
        "pending": {"quarantined", "duplicate", "ignored", "error"},
        "quarantined": {"pending", "duplicate", "ignored"},
        "error": {"pending", "ignored"},
        "duplicate": {"pending", "ignored"},
        "ignored": {"pending"},
        "processed": set(),
        "reconciled": set(),
    }

    def init(self):
        """What the admission asks for, and the order of lists.

        With what people filter and group by, so that PostgreSQL goes through the million before
        a far page, or groups them, without reading the transactions, which are wide. No texts of
        banks: one that is too long for an index could not be stored.
        """
        self.env.cr.execute(
            """
            CREATE INDEX IF NOT EXISTS bank_transaction_journal_day_index
                ON bank_transaction (journal_id, booking_date, ledger_order);
            DROP INDEX IF EXISTS bank_transaction_order_index;
            CREATE INDEX IF NOT EXISTS bank_transaction_list_index
                ON bank_transaction (booking_date, ledger_order, id)
                INCLUDE (
                    company_id, journal_id, state, partner_id, currency_id, amount, import_id,
                    create_date
                );
            CREATE INDEX IF NOT EXISTS bank_transaction_waiting_index
                ON bank_transaction (company_id) WHERE state = 'pending';
            """
        )

    @api.depends("booking_date", "amount", "counterparty_name")
    def _compute_display_name(self):
        for record in self:
            amount = (
                record.currency_id.format(record.amount) if record.currency_id else record.amount
            )
            party = record.counterparty_name or (record.remittance or "")[:40]
            record.display_name = f"{record.booking_date} {amount} {party}".strip()

    @api.depends("statement_line_ids")
    def _compute_statement_line_id(self):
        for record in self:
            record.statement_line_id = record.statement_line_ids[:1]
            record.move_id = record.statement_line_ids[:1].move_id

    @api.depends(
        "statement_line_ids.move_id.state",
        "statement_line_ids.move_id.line_ids.account_id",
        "statement_line_ids.move_id.line_ids.reconciled",
        "statement_line_ids.move_id.line_ids.amount_residual",
        "counterpart_account_id",
    )
    def _compute_state(self):
        for record in self:
            line = record.statement_line_ids[:1]
            if line:
                record.state = line._bank_feed_state()
            elif record._is_missing():
                # Somebody deleted the line: the transaction is missing in the books.
                record.state = "error"
            else:
                record.state = record.state or "pending"
            if record.state != "reconciled":
                record.reconciled_at = False
            elif not record.reconciled_at:
                record.reconciled_at = fields.Datetime.now()

    def _is_missing(self):
        """Whether it was in the books, and its line is gone; Odoo cancels some before that."""
        return (
            self.booked_at
            and self.state in ("processed", "reconciled", "ignored")
            and self.import_statement_id.state != "removed"
        )

    @api.model
    def search_fetch(self, domain, field_names=None, offset=0, limit=None, order=None):
        """Of a far page look up which ones it has before reading them, and none before it."""
        if not (offset and field_names):
            return super().search_fetch(domain, field_names or [], offset, limit, order)
        records = self.search(domain, offset, limit, order)
        records.fetch(field_names)
        return records

    @api.model
    def _search_without_line(self, domain, **options):
        """What a search finds of those that no statement line books, as a query.

        The domain ``("statement_line_ids", "=", False)`` says the same. But for each transaction
        PostgreSQL walks all lines that there are, a million and more.
        """
        self.env["account.bank.statement.line"].flush_model(["bank_transaction_id"])
        query = self._search(domain, **options)
        query.add_where(
            SQL(
                "NOT EXISTS (SELECT FROM account_bank_statement_line booked_by"
                " WHERE booked_by.bank_transaction_id = %s)",
                SQL.identifier(query.table, "id"),
            )
        )
        return query

    def _source(self):
        """What words it: two transactions of one source differ if their texts do."""
        return self.source_format

    def _is_before_start(self):
        """Before the go-live of its journal's feed, before which nothing is booked."""
        start = self.journal_id.bank_feed_start_date
        return bool(start and self.booking_date < start)

    # ------------------------------------------------------------------
    # Admission
    # ------------------------------------------------------------------

    def _settle_admission(self, pairings):
        """Part the transactions of an admitted statement into new, known and never booked.

        :param pairings: transaction id -> :class:`..admission.Pairing`
        """
        ordered = self.sorted(lambda t: (t.booking_date, t.position))
        known = ordered.filtered(lambda t: t.id in pairings)
        new = ordered - known
        known._mark_known(pairings)
        early = new.filtered(lambda t: t.booked and t._is_before_start())
        early._set_state(
            "ignored",
            "before the start of the bank feed",
            reason=self.env._("Before the day on which the journal's bank feed starts."),
        )
        (new - early)._line_up()

    def _mark_known(self, pairings):
        doubtful = redated = self.browse()
        for transaction in self:
            pairing = pairings[transaction.id]
            original = pairing.known.key
            if pairing.known.date != transaction.booking_date:
                redated += transaction
            if original._name == self._name:
                transaction.duplicate_of_id = original
            else:
                transaction.duplicate_of_line_id = original
            if pairing.doubtful:
                doubtful += transaction
        asked = {one._telling() for one in doubtful._told_again("quarantined")}
        doubtful = doubtful.filtered(lambda t: t._telling() not in asked)
        (self - doubtful)._set_state("duplicate", "known already")
        (doubtful & redated)._set_state(
            "quarantined",
            "may be a duplicate",
            reason=self.env._(
                "A known transaction of another day has the same amount, and the bank's reference "
                "or like words. Is it a duplicate, or another payment?"
            ),
        )
        (doubtful - redated)._set_state(
            "quarantined",
            "may be a duplicate",
            reason=self.env._(
                "Same day and amount as a known transaction, but other words. "
                "Is it a duplicate, or another payment?"
            ),
        )

    def _told_again(self, state):
        """Others in which the same source has said the same, and that were taken for the same.

        A feed fetches its last days every time: a person is asked once.
        """
        domain = [
            ("id", "not in", self.ids),
            ("state", "=", state),
            ("booking_date", "in", self.mapped("booking_date")),
            "|",
            ("duplicate_of_id", "in", self.duplicate_of_id.ids),
            ("duplicate_of_line_id", "in", self.duplicate_of_line_id.ids),
        ]
        told = {one._telling() for one in self}
        return self.search(domain).filtered(lambda t: t._telling() in told) if self else self

    def _telling(self):
        """Which source has said what of which known one."""
        known = self.duplicate_of_id.id, self.duplicate_of_line_id.id
        return *known, self.booking_date, self._source(), self.identity_text

    def _announces(self):
        """Whether it stands in a report or notification, not in a statement."""
        return self.import_statement_id.kind != "statement"

    def _become_details_of(self, entry):
        """This has announced ``entry``, which takes over the payments it told about."""
        if self.detail_ids and not entry.detail_ids:
            self.detail_ids._add_to(entry)
        self._set_state(
            "duplicate",
            "announced what a statement books",
            duplicate_of_id=entry.id,
            reason=self.env._("It announced a transaction that a statement has booked."),
        )

    def _line_up(self, why="admitted"):
        """These are new: give them their order in the journal."""
        for journal, records in self.grouped("journal_id").items():
            last = self.search(
                [("journal_id", "=", journal.id), ("ledger_order", ">", 0)],
                order="ledger_order desc",
                limit=1,
            ).ledger_order
            records._take_places_after(last)
        self.filtered(lambda t: t.state != "pending")._set_state("pending", why)

    def _take_places_after(self, last):
        """One statement for all: a file may hold a hundred thousand."""
        self.flush_recordset(["ledger_order"])
        self.env.cr.execute(
            "UPDATE bank_transaction SET ledger_order = %s + place.number"
            "  FROM unnest(%s) WITH ORDINALITY AS place (id, number)"
            " WHERE bank_transaction.id = place.id",
            [last, self.ids],
        )
        self.invalidate_recordset(["ledger_order"], flush=False)

    def _hand_down(self):
        """These leave the books: a duplicate of each takes its place, if its statement stays."""
        duplicates = self.search(
            [
                ("duplicate_of_id", "in", self.ids),
                ("state", "in", ("duplicate", "quarantined")),
                ("import_statement_id.state", "in", ("admitted", "closed")),
                ("id", "not in", self.ids),
            ],
            order="state, id",
        )
        for _original, heirs in duplicates.grouped("duplicate_of_id").items():
            heir, others = heirs[0], heirs[1:]
            heir.write({"duplicate_of_id": False, "reason": False})
            heir._line_up("what it duplicated was removed")
            others.duplicate_of_id = heir
        return duplicates

    # ------------------------------------------------------------------
    # What people can do
    # ------------------------------------------------------------------

    def action_retry(self):
        """Try once more to book what could not be booked."""
        records = self._authorise("accountant").filtered(lambda t: t.state == "error")
        records._set_state(
            "pending", "retried by a user", event="retry", reason=False, batch_id=False
        )
        records._enqueue_matching(records.company_id)

    def action_confirm_duplicate(self):
        records = self._authorise("accountant").filtered(lambda t: t._is_doubtful())
        records._set_state("duplicate", "confirmed by a user", reason=False)
        records.import_statement_id._enqueue_close()

    def action_not_duplicate(self):
        records = self._authorise("accountant").filtered(lambda t: t._is_doubtful())
        for record in records:
            known_on = record.duplicate_of_id.booking_date or record.duplicate_of_line_id.date
            again = record._told_again("duplicate")
            again.write({"duplicate_of_id": record.id, "duplicate_of_line_id": False})
            record.write({"reason": False, "duplicate_of_id": False, "duplicate_of_line_id": False})
            pairings, _known = record.import_statement_id._pair_with_known()
            if record.id in pairings and not pairings[record.id].doubtful:
                # What it really is has come through another door since it was asked about.
                record._mark_known(pairings)
            else:
                record.import_statement_id._take_off_gap(record, known_on)
                record._line_up("another payment, said a user")
        records.import_statement_id._enqueue_admission()

    def _is_doubtful(self):
        return self.state == "quarantined" and bool(
            self.duplicate_of_id or self.duplicate_of_line_id
        )

    def action_view_entry(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "view_mode": "form",
        }

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Transactions that a bank reported are never deleted."))
