from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.addons.bank_statement_format import text_similarity
from odoo.addons.bank_statement_format.identity import account_key, normalise
from odoo.exceptions import UserError

from ..admission import Cause, Incoming, Known, Verdict, judge, pair
from ..jobs import AHEAD, repeatable
from ..money import exact

ADMITTED = ("admitted", "closed")
"""States in which a statement's transactions count as known."""
MOST_ASKED, MOST_NAMED = 200, 3
"""Users who are looked through for somebody with a role, and so many of them who are named."""


JUDGED_BY = (
    "position",
    "booking_date",
    "booked",
    "journal_id",
    "state",
    "duplicate_of_id",
    "bank_reference",
)
"""What admission asks of all transactions of a statement: by one query, not one per thousand."""


class BankImportStatement(models.Model):
    """One account's statement within an import, from the file to the journal's chain.

    It is admitted when it adds up and continues what its journal holds; else it
    waits in quarantine with the exact difference, and is looked at again whenever
    another statement of its journal has been admitted.
    """

    _name = "bank.import.statement"
    _description = "Imported Bank Statement"
    _inherit = ["bank.guarded.state"]
    _order = "start_date desc, id desc"
    _check_company_auto = True

    import_id = fields.Many2one(
        "bank.import", required=True, readonly=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    journal_id = fields.Many2one("account.journal", readonly=True, index=True, check_company=True)
    journal_count = fields.Integer(
        readonly=True, help="How many journals claim this account and currency."
    )
    position = fields.Integer(readonly=True, help="Place in the file, from 0.")
    account_number = fields.Char("Account", readonly=True)
    account_key = fields.Char(compute="_compute_account_key")
    number = fields.Char("Statement number", readonly=True)
    dialect = fields.Char(readonly=True, help="Whose wording it is, such as a CSV profile.")
    currency_id = fields.Many2one("res.currency", readonly=True)
    currency_code = fields.Char(readonly=True)
    start_date = fields.Date(readonly=True)
    end_date = fields.Date(readonly=True)
    has_opening = fields.Boolean(readonly=True)
    has_closing = fields.Boolean(readonly=True)
    opening_balance = fields.Monetary(readonly=True)
    closing_balance = fields.Monetary(readonly=True)
    total = fields.Monetary(readonly=True, help="Sum of the booked transactions in the file.")
    balance_error = fields.Monetary(
        "Does not add up by",
        readonly=True,
        help="Closing balance minus opening balance minus transactions.",
    )
    state = fields.Selection(
        [
            ("read", "Read"),
            ("quarantined", "In quarantine"),
            ("admitted", "Admitted"),
            ("closed", "In the books"),
            ("removed", "Removed"),
        ],
        required=True,
        readonly=True,
        default="read",
        index=True,
    )
    proven = fields.Boolean(
        "Complete",
        readonly=True,
        help="Balances prove that nothing is missing. Without balances completeness is unproven.",
    )
    cause = fields.Selection(
        [
            (Cause.UNBALANCED.value, "Does not add up"),
            (Cause.UNKNOWN_ACCOUNT.value, "Account unknown"),
            (Cause.AMBIGUOUS_ACCOUNT.value, "Several journals for the account"),
            (Cause.NO_ACCOUNT.value, "The file does not say which account it is of"),
            (Cause.OPENING.value, "Opening balance not confirmed"),
            (Cause.GAP.value, "A statement before it is missing"),
            (Cause.SURPLUS.value, "The books hold transactions that it lacks"),
        ],
        readonly=True,
    )
    bank_balance = fields.Monetary(
        readonly=True, help="The bank's balance before the first new transaction."
    )
    our_balance = fields.Monetary(readonly=True, help="The balance at that point by our books.")
    difference = fields.Monetary(compute="_compute_difference")
    explanation = fields.Char(compute="_compute_explanation")
    second_person = fields.Char(
        compute="_compute_second_person", help="Why somebody else has to decide, and who can."
    )
    accepted_difference = fields.Monetary(
        readonly=True, help="A gap that an approver released; shrinks as the gap is filled."
    )
    transaction_ids = fields.One2many("bank.transaction", "import_statement_id", readonly=True)
    ledger_statement_id = fields.Many2one("account.bank.statement", readonly=True)

    _state_transitions = {
        "read": {"quarantined", "admitted", "removed"},
        "quarantined": {"admitted", "removed"},
        "admitted": {"closed", "removed"},
        "closed": {"admitted", "removed"},
        "removed": set(),
    }

    @api.depends("account_number", "start_date", "end_date", "number")
    def _compute_display_name(self):
        for record in self:
            period = f"{record.start_date or ''} – {record.end_date or ''}"
            record.display_name = " ".join(
                part for part in (record.account_number, record.number, period) if part
            )

    @api.depends("account_number")
    def _compute_account_key(self):
        for record in self:
            record.account_key = account_key(record.account_number)

    @api.depends("bank_balance", "our_balance", "balance_error", "cause")
    def _compute_difference(self):
        for record in self:
            if record.cause == Cause.UNBALANCED:
                record.difference = record.balance_error
            elif record.cause in (Cause.OPENING, Cause.GAP, Cause.SURPLUS):
                record.difference = record.bank_balance - record.our_balance
            else:
                record.difference = 0

    @api.depends("cause", "bank_balance", "our_balance", "balance_error", "state")
    def _compute_explanation(self):
        for record in self:
            if record.cause:
                record.explanation = record._explain()
            else:
                waits = record.state == "quarantined"
                record.explanation = waits and self.env._("It is being checked again.")

    @api.depends("state", "cause", "company_id.bank_feed_four_eyes")
    @api.depends_context("uid")
    def _compute_second_person(self):
        for record in self:
            differs = record.cause in (Cause.OPENING, Cause.GAP, Cause.SURPLUS)
            waits = record.state == "quarantined" and differs and record._is_by_user()
            record.second_person = waits and record._say_second_person()

    def _is_by_user(self):
        """Whether who looks at it may not decide because of having uploaded it.

        What the bank itself has sent, nobody has uploaded.
        """
        uploads = self.import_id.filtered(lambda one: one.source != "connection")
        return self.company_id.sudo().bank_feed_four_eyes and self.env.user in uploads.user_id

    def _say_second_person(self):
        role = "accountant" if self.cause == Cause.OPENING else "approver"
        users = self.env["res.users"].sudo()
        users = users.search(
            [("company_ids", "in", self.company_id.ids), ("share", "=", False)], limit=MOST_ASKED
        )
        others = (users - self.env.user).filtered(
            lambda user: user.has_group(f"account_bank_feed.group_{role}")
        )
        if others:
            return self.env._(
                "You uploaded it, so somebody else has to confirm it (four-eyes principle): %s.",
                ", ".join(others[:MOST_NAMED].mapped("name")),
            )
        return self.env._(
            "You uploaded it, so somebody else has to confirm it (four-eyes principle), but nobody "
            "else has the role. Give it to somebody, or switch the principle off in the settings, "
            "under Bank Feed: Four-eyes principle for bank statements."
        )

    def _explain(self):
        """Why the statement waits, with figures, and what a person can do about it."""
        amounts = {
            "bank": self._money(self.bank_balance),
            "ours": self._money(self.our_balance),
            "difference": self._money(self.difference),
            "date": self.start_date,
            "account": self.account_number,
            "currency": self.currency_code or self.currency_id.name or "",
        }
        if self.cause == Cause.UNBALANCED:
            return self.env._(
                "Opening balance and transactions miss the closing balance by %(difference)s: "
                "a page or an entry is missing or doubled. Get the file from the bank again.",
                **amounts,
            )
        if self.cause == Cause.UNKNOWN_ACCOUNT:
            return self.env._(
                "No bank journal keeps account %(account)s in %(currency)s. Choose the journal "
                "that does, or enter the account on a bank journal and check again.",
                **amounts,
            )
        if self.cause == Cause.AMBIGUOUS_ACCOUNT:
            return self.env._(
                "Several bank journals keep account %(account)s in %(currency)s. Leave it on "
                "one of them, then check again.",
                **amounts,
            )
        if self.cause == Cause.NO_ACCOUNT and (booked_to := self._booked_elsewhere()):
            return self.env._(
                "This very file, which does not say which account it is of, was booked to "
                "%(journal)s before. If that was wrong, remove it there first.",
                journal=booked_to.display_name,
            )
        if self.cause == Cause.NO_ACCOUNT:
            return self.env._(
                "The file does not say which account it is of. Choose its bank journal. To be "
                "spared this, upload the bank's files from the journal itself."
            )
        if self.cause == Cause.OPENING:
            return self.env._(
                "The journal's first statement starts at %(bank)s, the ledger says %(ours)s: "
                "%(difference)s differ. Confirm the opening balance on the journal.",
                **amounts,
            )
        if self.cause == Cause.GAP:
            return self.env._(
                "Before its first new transaction the bank has %(bank)s, we have %(ours)s: a "
                "statement over %(difference)s before %(date)s is missing. Import it, and this "
                "one follows by itself.",
                **amounts,
            )
        return self.env._(
            "Before its first new transaction the bank has %(bank)s, we have %(ours)s: the "
            "journal holds transactions over %(difference)s in this period that the bank "
            "does not report. Look for lines typed in twice.",
            **amounts,
        )

    def _money(self, amount):
        return self.currency_id.format(amount) if self.currency_id else f"{amount:.2f}"

    @api.model
    def _values_of(self, statement, journals):
        """Field values for a parsed :class:`bank_statement_format.Statement`.

        :param journals: those that claim its account; they know a currency that it does not tell
        """
        currency = self.env["res.currency"].with_context(active_test=False)
        currency = currency.search([("name", "=", statement.currency)], limit=1)
        currency = currency or journals.bank_feed_currency_id[:1]
        opening, closing = statement.opening, statement.closing
        start = statement.start_date or (opening and opening.date) or statement.end_date
        end = statement.end_date or (closing and closing.date) or start
        start, end = start or fields.Date.today(), end or fields.Date.today()
        return {
            "account_number": statement.account.label,
            "number": statement.number,
            "currency_id": currency.id,
            "dialect": statement.dialect,
            "kind": statement.kind,
            "currency_code": statement.currency,
            "start_date": start,
            "end_date": end,
            "has_opening": opening is not None,
            "has_closing": closing is not None,
            "opening_balance": opening.amount if opening else 0,
            "closing_balance": closing.amount if closing else 0,
            "total": statement.total,
            "balance_error": statement.difference or 0,
        }

    # ------------------------------------------------------------------
    # 3. Gate: is it ours, and does it add up by itself?
    # ------------------------------------------------------------------

    def _gate(self):
        for record in self:
            record._doubt_journal()
            cause = record._gate_cause()
            if cause:
                record._quarantine(cause)

    def _gate_cause(self):
        if self.balance_error:
            return Cause.UNBALANCED
        if not self.journal_id and not self.account_number:
            return Cause.NO_ACCOUNT
        if not self.journal_id:
            several = self.journal_count > 1
            return Cause.AMBIGUOUS_ACCOUNT if several else Cause.UNKNOWN_ACCOUNT
        return None

    def _quarantine(self, cause, verdict=None):
        values = {
            "cause": cause.value,
            "bank_balance": verdict.bank_balance if verdict else 0,
            "our_balance": verdict.our_balance if verdict else 0,
        }
        if self.state == "quarantined" and self.cause == values["cause"]:
            self.write(values)
            return
        self._set_state("quarantined", cause.value, **values)
        waiting = self.transaction_ids.filtered(lambda t: t.state == "pending")
        waiting._set_state("quarantined", cause.value)

    # ------------------------------------------------------------------
    # 4. Admission: duplicates and continuity, one journal at a time
    # ------------------------------------------------------------------

    def _enqueue_admission(self):
        for journal in self.journal_id:
            journal.env["bank.import.statement"].with_delay(
                priority=AHEAD, description=f"Admit statements of {journal.display_name}"
            )._job_admit(journal)

    @api.model
    @repeatable
    def _job_admit(self, journal):
        """Admit every waiting statement of the journal that continues what it holds.

        In the order of their dates, again and again until none is left that fits: so
        the order in which files arrive does not matter. Files dropped together are waited for,
        else one that is read before its predecessor went into quarantine and out again.
        """
        turn = self.env["bank.feed.turn"]
        if not turn._take_or_come_back(f"admit.{journal.id}"):
            return
        waiting = self.with_context(prefetch_fields=False).search(
            [
                ("journal_id", "=", journal.id),
                ("state", "in", ("read", "quarantined")),
                ("cause", "not in", (Cause.UNBALANCED.value,)),
            ],
        )
        new = waiting.filtered(lambda s: s.state == "read").import_id
        dropped = min(new.mapped("received_at"), default=None)
        if new and new._are_being_read(journal.company_id, around=dropped):
            turn._come_back("Files are being read")
            return
        waiting = waiting.sorted(lambda s: (s.start_date, s.end_date, s.number or "", s.id))
        admitted = self.browse()
        progress = True
        while progress:
            progress = False
            for statement in waiting - admitted:
                if statement._try_to_admit():
                    admitted += statement
                    progress = True
        waiting.import_id._follow_statements()
        admitted._enqueue_close()
        self.env["bank.transaction"]._enqueue_matching(journal.company_id)

    def _try_to_admit(self, approved=False, reason=None):
        """Admit the statement if it continues its journal; else say why it waits.

        :param approved: an approver released it: the difference is taken as a known gap
        :param reason: the approver's words
        """
        self.ensure_one()
        self.transaction_ids.fetch(JUDGED_BY)
        pairings, known = self._pair_with_known()
        seeming, verdict = pairings, Verdict(admitted=True)
        if self._books():
            verdict, pairings = self._judge_readings(seeming, known)
        gaps = self.browse() if verdict.admitted else self._accepted_inside()
        if gaps:
            accepted = sum(gaps.mapped("accepted_difference"))
            filled, filling = self._judge_readings(seeming, known, filled=accepted)
            if filled.admitted:
                verdict, pairings = filled, filling
                gaps.accepted_difference = 0
        if not verdict.admitted and not approved:
            self._quarantine(verdict.cause, verdict)
            return False
        if verdict.overlap_void:
            pairings = {}
        self._confirm_start(verdict, pairings)
        self._admit(verdict, pairings, reason)
        return True

    def _pair_with_known(self):
        """Which of its transactions are known already, and all that is known in its period."""
        transactions = self.transaction_ids.sorted("position")
        known = self._known_entries(*self._days_compared())
        pairings = self._pair_same_day(transactions, known) if known else {}
        return pairings | self._pair_redated(transactions, pairings, known), known

    def _pair_same_day(self, transactions, known):
        pairings = {}
        # What the bank calls pending is compared with what it called so before, and so is
        # what it has booked.
        for booked in (True, False):
            incoming = (
                Incoming(t.id, t.booking_date, self._exact(t.amount), t._source(), t.identity_text)
                for t in transactions
                if t.booked == booked
            )
            same = [entry for entry in known if is_booked(entry) == booked]
            pairings |= pair(incoming, same, text_similarity)
        return pairings

    def _known_entries(self, first, last):
        """What the journal holds in some days."""
        transactions = self.env["bank.transaction"].search(
            self._known_domain(first, last), order="booking_date, ledger_order, id"
        )
        lines = self.env["account.bank.statement.line"].search(
            [
                ("journal_id", "=", self.journal_id.id),
                ("date", ">=", first),
                ("date", "<=", last),
                ("state", "=", "posted"),
                ("bank_transaction_id", "=", False),
            ]
        )
        originals = transactions.filtered(lambda t: t.state != "duplicate")
        # What was found to be known of a day before or after these is so again.
        originals |= self._known_elsewhere(transactions)
        tellers = transactions | self._told_elsewhere(originals, first, last)
        descriptions, redated = self._descriptions(tellers | originals)
        return [self._as_known(t, descriptions, redated) for t in originals] + [
            Known(
                line,
                line.date,
                self._exact(line.amount),
                frozenset(descriptions[line] | {("ledger", _line_text(line))}),
            )
            for line in lines
        ]

    def _known_domain(self, first, last):
        """Transactions of the journal's admitted statements in some days."""
        return [
            ("journal_id", "=", self.journal_id.id),
            ("booking_date", ">=", first),
            ("booking_date", "<=", last),
            ("import_statement_id.state", "in", ADMITTED),
            ("state", "!=", "quarantined"),
        ]

    def _judge(self, pairings, known, filled=0):
        """:param filled: accepted gaps that the statement is taken to fill"""
        booked = self.transaction_ids.filtered("booked")
        paired = booked.filtered(lambda t: t.id in pairings)
        before_start = (booked - paired).filtered(lambda t: t._is_before_start())
        new = booked - paired - before_start
        opening = self._opening()
        return judge(
            opening=opening,
            known_total=sum((self._exact(t.amount) for t in paired | before_start), Decimal(0)),
            has_new=bool(new),
            our_balance=self._exact(self.journal_id._bank_feed_balance(self._last_day()) - filled)
            + self._known_after(pairings),
            is_first=not self.journal_id.bank_feed_start_confirmed,
            has_surplus=self._has_surplus(pairings, known),
            may_void_overlap=self._may_void_overlap(pairings),
        )

    def _accepted_inside(self):
        """Statements within this one's period that were released over a gap."""
        return self.search(
            [
                ("journal_id", "=", self.journal_id.id),
                ("state", "in", ADMITTED),
                ("accepted_difference", "!=", 0),
                ("end_date", ">=", self.start_date),
                ("end_date", "<=", self.end_date),
            ]
        )

    def _opening(self):
        """The opening balance, derived from the closing one where only that is given."""
        if self.has_opening:
            return self._exact(self.opening_balance)
        if self.has_closing:
            return self._exact(self.closing_balance - self.total)
        return None

    def _has_surplus(self, pairings, known):
        taken = {pairing.known.key for pairing in pairings.values()}
        return any(
            entry.key not in taken and self.start_date < entry.date < self.end_date
            for entry in known
            if is_booked(entry)
        )

    def _may_void_overlap(self, pairings):
        """Whether what looks known may be other payments of the same day, worded alike.

        Either the bank's own ids differ, or the statement opens elsewhere than our books
        stood before the ones that look the same.
        """
        paired = self.transaction_ids.filtered(lambda t: t.booked and t.id in pairings)
        pairs = [(t, pairings[t.id].known.key) for t in paired.sorted("position")]
        if (
            self._redated(pairings)
            or not pairs
            or any(
                known._name != "bank.transaction" or known.import_id.sha256 == self.import_id.sha256
                for _transaction, known in pairs
            )
        ):
            return False
        if all(t.bank_reference and t.bank_reference != k.bank_reference for t, k in pairs):
            return True
        return self._opening() != self._balance_before(pairs[0][1])

    def _balance_before(self, transaction):
        """The journal's balance just before a transaction that it holds."""
        evening_before = transaction.booking_date - timedelta(days=1)
        earlier = self.env["bank.transaction"].search(
            [
                ("journal_id", "=", self.journal_id.id),
                ("booking_date", "=", transaction.booking_date),
                ("ledger_order", "<", transaction.ledger_order),
                ("booked", "=", True),
                ("import_statement_id.state", "in", ADMITTED),
                ("state", "in", ("pending", "processed", "reconciled", "error")),
            ]
        )
        balance = self.journal_id._bank_feed_balance(evening_before)
        return self._exact(balance + sum(earlier.mapped("amount")))

    def _confirm_start(self, verdict, pairings):
        """A first statement that agrees with the ledger is the start of the feed."""
        journal = self.journal_id
        if journal.bank_feed_start_confirmed or not verdict.proven:
            return
        days = self.transaction_ids.mapped("booking_date")
        start = journal.bank_feed_start_date or min([self.start_date, *days])
        end = self._last_day()
        since = journal._bank_feed_sum_lines(start, end)
        since += journal._bank_feed_sum_unbooked(start, end)
        ours = verdict.our_balance - self._known_after(pairings)
        journal._bank_feed_confirm_start(start, float(ours) - since)

    def _admit(self, verdict, pairings, reason=None):
        gap = self.currency_id.round(float(verdict.difference or 0)) if not verdict.admitted else 0
        self._set_state(
            "admitted",
            "continues the journal" if verdict.admitted else reason or "released by an approver",
            event=None if verdict.admitted else "release",
            proven=verdict.proven,
            cause=False,
            bank_balance=verdict.bank_balance or 0,
            our_balance=verdict.our_balance or 0,
            accepted_difference=gap,
        )
        self.transaction_ids._settle_admission(pairings)
        self._meet_announcements()
        self._supersede_pending()
        self._shrink_later_gap()

    def _supersede_pending(self):
        """What the bank called pending before is in its booked statement now, or fell away."""
        if not self.transaction_ids.filtered("booked"):
            return
        pending = self.env["bank.transaction"].search(
            [
                ("journal_id", "=", self.journal_id.id),
                ("booked", "=", False),
                ("state", "=", "pending"),
                ("booking_date", "<=", self.end_date),
                ("import_statement_id", "!=", self.id),
                # Announced again: still pending.
                ("id", "not in", self.transaction_ids.duplicate_of_id.ids),
            ]
        )
        pending._set_state("ignored", "superseded by a booked statement")

    def _shrink_later_gap(self):
        """A statement that fills a gap takes its part off what was accepted for it.

        So the balance at the end of the statement that was released over the gap remains.
        """
        later = self.search(
            [
                ("journal_id", "=", self.journal_id.id),
                ("state", "in", ADMITTED),
                ("accepted_difference", "!=", 0),
                ("end_date", ">", self.end_date),
            ],
            order="end_date, id",
            limit=1,
        )
        if later:
            new = self.transaction_ids.filtered(lambda t: t.booked and t.state == "pending")
            brought = sum(new.mapped("amount")) + self.accepted_difference
            later.accepted_difference -= brought

    def _take_off_gap(self, transaction, known_on):
        """A transaction is new after all; the gap was accepted while it counted as known.

        :param known_on: the day of what it was taken for; balances do not reach later ones
        """
        if self.accepted_difference and known_on <= self._last_day():
            self.accepted_difference -= transaction.amount

    def _exact(self, amount):
        return exact(amount, self.currency_id)

    # ------------------------------------------------------------------
    # Last: Odoo's own statement, when every line is in the books
    # ------------------------------------------------------------------

    def _enqueue_close(self):
        for record in self:
            record.with_delay(description=f"Close {record.display_name}")._job_close()

    @repeatable
    def _job_close(self):
        """Create Odoo's bank statement over the new lines, once none of them waits."""
        self.ensure_one()
        if self.state == "admitted" and not self._waits():
            # Each batch asks for this, and several of them may find that nothing waits any more.
            if not self.env["bank.feed.turn"]._take_or_come_back(f"close.{self.journal_id.id}"):
                return
            # Of each of very many lines a few columns are needed, and no more than these read.
            self.with_context(prefetch_fields=False)._close()
        self.import_id._follow_statements()

    def _waits(self):
        return bool(
            self.env["bank.transaction"].search_count(
                [
                    ("import_statement_id", "=", self.id),
                    ("booked", "=", True),
                    ("state", "in", ("pending", "error", "quarantined")),
                ],
                limit=1,
            )
        )

    def _close(self):
        lines = self.env["account.bank.statement.line"].search(
            [("bank_transaction_id.import_statement_id", "=", self.id), ("state", "=", "posted")]
        )
        statement = self.env["account.bank.statement"]
        if lines and self.proven:
            end = self.bank_balance + sum(lines.mapped("amount"))
            values = {
                "name": self.display_name,
                "reference": self.import_id.name,
                "balance_start": self.bank_balance,
                "balance_end_real": self.currency_id.round(end),
            }
            statement = statement._of_lines(lines, values)
        self._set_state(
            "closed", "all transactions are in the books", ledger_statement_id=statement.id
        )

    # ------------------------------------------------------------------
    # What people can do
    # ------------------------------------------------------------------

    def action_confirm_opening(self):
        """Take the statement's opening balance as where the journal's bank feed starts."""
        statement = self._authorise("accountant").filtered(
            lambda s: s.state == "quarantined" and s.cause == Cause.OPENING
        )
        for record in statement:
            record._require_second_person()
            before = {"balance": record.our_balance, "date": record.journal_id.bank_feed_start_date}
            after = record._start_to_confirm()
            record.journal_id._bank_feed_confirm_start(after["date"], after["balance"])
            self.env["bank.audit.log"]._record(
                "confirm_opening", [(record, before, after, record.explanation)]
            )
            record.cause = False  # it is being checked again
        statement._enqueue_admission()

    def _start_to_confirm(self):
        """Its opening, or the balance on the day on which the journal goes live."""
        start = self.journal_id.bank_feed_start_date or self.start_date
        early = self.transaction_ids.filtered(lambda t: t.booked and t.booking_date < start)
        balance = self._opening() + self._exact(sum(early.mapped("amount")))
        return {"balance": float(balance), "date": max(start, self.start_date)}

    def action_release(self, reason=None):
        """Admit a statement over a gap; for an approver who did not upload it."""
        statements = self._authorise("approver").filtered(
            lambda s: s.state == "quarantined" and s.cause in (Cause.GAP, Cause.SURPLUS)
        )
        for record in statements:
            record._require_second_person()
            self.env["bank.feed.turn"]._take(f"admit.{record.journal_id.id}")
            record._try_to_admit(approved=True, reason=reason)
        statements.import_id._follow_statements()
        statements._enqueue_admission()

    def _require_second_person(self):
        if self._is_by_user():
            raise UserError(self._say_second_person())

    def action_remove(self, reason=None):
        """Take wrong statements out of the books.

        Journal entries are cancelled, not deleted, so their numbers remain.

        :return: the numbers of the cancelled entries
        """
        statements = self._authorise("manager").filtered(lambda s: s.state != "removed")
        numbers = statements.transaction_ids._remove_from_books(reason)
        for statement in statements:
            statement.ledger_statement_id.unlink()
            statement._set_state("removed", reason or "removed by a manager", event="remove")
        statements.import_id._follow_statements()
        for record in statements.import_id:
            record.message_post(
                body=self.env._(
                    "Removed from the books. Cancelled entries keep their numbers: %s",
                    ", ".join(numbers) or "–",
                )
            )
        return numbers


def is_booked(entry):
    """Whether a known entry is booked by the bank; a statement line always is."""
    return entry.key._name != "bank.transaction" or entry.key.booked


def _line_text(line):
    """The text of a statement line that did not come through the bank feed, normalised."""
    parts = (line.payment_ref, line.partner_name, line.account_number, line.ref)
    return normalise(" ".join(part for part in parts if part))
