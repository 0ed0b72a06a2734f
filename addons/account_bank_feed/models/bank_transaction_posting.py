from psycopg2 import IntegrityError
from psycopg2.errors import UniqueViolation

from odoo import Command, models
from odoo.exceptions import RedirectWarning, UserError

from ..bulk import matches, numbers, tracking
from ..bulk.entries import LAST_SEQUENCE
from ..told import as_values, tell

UNDO_AT_ONCE = 500
"""Matches undone while the user waits; more of them are undone in the background."""


class BankTransaction(models.Model):
    """Step 6: into the ledger, and out again."""

    _inherit = "bank.transaction"

    # ------------------------------------------------------------------
    # In
    # ------------------------------------------------------------------

    def _post(self):
        """Book these transactions, each with its final counterpart or on suspense.

        What cannot be booked gets the state error, with the reason, and holds up nobody.
        """
        bookable = self - self._set_aside_locked()
        bookable._drop_stale_decisions()
        bookable._post_together()

    def _set_aside_locked(self):
        """Transactions in a locked period wait for a person; Odoo would move their date."""
        locked = self.browse()
        for violated, records in self._locked_periods():
            reason = self.env._(
                "The period is locked: %s. Reopen it, then retry.",
                records.company_id._format_lock_dates(violated),
            )
            records._set_state("error", reason, reason=reason)
            locked += records
        return locked

    def _locked_periods(self):
        """Yield the lock dates that forbid to book some of these, with those."""
        for (company, journal, day, taxed), records in self.grouped(
            lambda t: (t.company_id, t.journal_id, t.booking_date, t._has_taxes())
        ).items():
            if violated := company._get_violated_lock_dates(day, taxed, journal):
                yield violated, records

    def _has_taxes(self):
        """Whether it is in the tax report, or will be as soon as it is booked."""
        return bool(
            self.counterpart_ids.filtered(lambda c: c._has_taxes())
            or self.statement_line_ids.line_ids.tax_ids
        )

    def _drop_stale_decisions(self):
        """Somebody may have paid or changed an open item since the decision."""
        self._lock_matched_items()
        self._lock_pairs()
        in_parts = self.filtered("counterpart_ids")
        stale = in_parts._stale_in_parts()
        for transaction in (self - in_parts).filtered("matched_item_ids"):
            items = transaction.matched_item_ids
            residual = sum(items.mapped("amount_residual_currency"))
            if any(
                item.reconciled or item.parent_state != "posted" for item in items
            ) or transaction.currency_id.compare_amounts(residual, transaction.matched_residual):
                stale |= transaction
        for company, records in stale.grouped("company_id").items():
            records._forget_decision(tell(company, "item_changed"))

    def _stale_in_parts(self):
        """Those with a counterpart whose item is not as it was, or not enough for all of them."""
        fellows = self.counterpart_ids._fellows()
        stale = self.browse()
        left = {}
        for transaction in self.sorted(lambda t: (t.booking_date, t.ledger_order)):
            parts = transaction.counterpart_ids
            if any(part._is_stale(fellows) for part in parts) or not parts._can_all_be(left):
                stale += transaction
        return stale

    def _lock_matched_items(self):
        """Nobody else may settle the items meanwhile; a lost race makes the job start again."""
        items = self.matched_item_ids | self.counterpart_ids.item_id
        if items:
            self.env.cr.execute(
                "SELECT id FROM account_move_line WHERE id IN %s ORDER BY id FOR UPDATE",
                [tuple(items.ids)],
            )
            items.invalidate_recordset(
                ["reconciled", "amount_residual_currency", "amount_residual"]
            )

    def _lock_pairs(self):
        """Of two batches with one side of a transfer each, the later one must see the earlier."""
        paired = self.filtered("pair_id")
        if paired:
            self.env.cr.execute(
                "SELECT id FROM bank_transaction WHERE id IN %s ORDER BY id FOR UPDATE",
                [tuple((paired | paired.pair_id).ids)],
            )

    def _post_together(self):
        """Book all at once, or halve until what cannot be booked is alone."""
        if not self:
            return
        try:
            with self.env.cr.savepoint():
                self._book()
        except UniqueViolation:
            raise  # another worker took the same number: the whole batch starts again
        except (UserError, RedirectWarning, IntegrityError) as error:
            if len(self) > 1:
                middle = len(self) // 2
                self[:middle]._post_together()
                self[middle:]._post_together()
            elif self.counterpart_account_id or self.counterpart_ids:
                self._forget_decision(tell(self.company_id, "not_bookable", error=str(error)))
                self._post_together()
            else:
                self._set_state("error", str(error), reason=str(error))

    def _book(self):
        """Write the statement lines, which post themselves, and reconcile their counterparts."""
        in_bulk = self._create_in_bulk()
        others = self - in_bulk
        numbers.wait_for_turn(others.journal_id)
        others._create_statement_lines()
        if in_bulk:
            tracking.in_bulk(self)
        self._reconcile_counterparts(in_bulk=bool(in_bulk))
        self.write({"booked_at": self.env.cr.now()})
        self.statement_line_ids.flush_recordset()
        self._note_matches_by_others()
        self.env["bank.audit.log"]._record(
            "book",
            [(t, "pending", t.state, t.explanation) for t in self],
        )
        self.env.flush_all()
        self.env.cr.flush()  # what is tracked is said, before others have to wait for numbers
        in_bulk._number_entries()

    def _create_statement_lines(self):
        """Let Odoo write the statement lines, which post themselves."""
        # A default tax of an account is not in what the bank reports.
        lines = self.env["account.bank.statement.line"].with_context(skip_computed_taxes=True)
        return lines.create([transaction._statement_line_values() for transaction in self])

    def _note_matches_by_others(self):
        """Other modules may match a line as soon as it is created: that decision is not ours."""
        by_others = self.filtered(
            lambda t: (
                t.amount
                and not t.counterpart_account_id
                and not t.counterpart_ids
                and t.state == "reconciled"
            )
        )
        for company, records in by_others.grouped("company_id").items():
            records.write(as_values(tell(company, "matched_by_others")))

    def _text(self):
        return self.remittance or self.reference or self.counterparty_name or self.code or "/"

    def _statement_line_values(self):
        values = {
            "bank_transaction_id": self.id,
            "journal_id": self.journal_id.id,
            "date": self.booking_date,
            "amount": self.amount,
            "payment_ref": self._text(),
            "partner_id": self.partner_id.id,
            "partner_name": self.counterparty_name,
            "account_number": self.counterparty_iban,
            "transaction_type": self.code,
            "sequence": LAST_SEQUENCE - self.ledger_order,
        }
        if not self.counterpart_ids:
            return {**values, "counterpart_account_id": self.counterpart_account_id.id}
        bank_item = self._bank_item_values()
        items = [bank_item, *self._counterpart_item_values(bank_item["balance"])]
        return {
            **values,
            **self._foreign_values(),
            "line_ids": [Command.create(item) for item in items],
        }

    def _reconcile_counterparts(self, in_bulk=False):
        """Reconcile each new line with the open items that it pays, the whole batch at once.

        :param in_bulk: Odoo's way to do that is known, and so can be shortened
        """
        parts = self.counterpart_ids
        plan = [*self._plan_of_whole_items(), *parts._plan(), *self._plan_of_transfers()]
        before = parts._payment_states()
        parts._release_returned()
        if plan:
            items = self.env["account.move.line"]
            if in_bulk:
                matches.reconcile(items, plan)
            else:
                matches.reconcile_as_odoo(items, plan)
        parts._set_payment_states("paid", before)

    def _plan_of_whole_items(self):
        for transaction in self.filtered(lambda t: t.matched_item_ids and not t.counterpart_ids):
            counterpart = transaction.statement_line_ids.line_ids.filtered(
                lambda line, account=transaction.counterpart_account_id: line.account_id == account
            )
            yield counterpart | transaction.matched_item_ids

    def _plan_of_transfers(self):
        """Both sides of each transfer between own accounts, as soon as both are in the books."""
        done = self.browse()
        for transaction in self.filtered("pair_id"):
            pair = transaction.pair_id
            items, others = transaction._open_counterparts(), pair._open_counterparts()
            accounts = items.account_id & others.account_id
            if transaction not in done and len(accounts) == 1:
                done += pair
                yield (items | others).filtered(lambda item, a=accounts: item.account_id == a)

    def _open_counterparts(self):
        """Its items that are still there to be matched."""
        if self.move_id.state != "posted":
            return self.env["account.move.line"]
        _liquidity, _suspense, others = self.statement_line_id._seek_for_lines()
        return others.filtered(lambda item: item.account_id.reconcile and not item.reconciled)

    # ------------------------------------------------------------------
    # Out again
    # ------------------------------------------------------------------

    def action_undo(self, reason=None):
        """Put reconciled transactions back on suspense; they stay in the books.

        Residuals, payment states and balances become what they were before the match.
        """
        records = self._authorise("accountant").filtered(lambda t: t.state == "reconciled")
        if len(records) <= UNDO_AT_ONCE:
            records._undo(reason)
            return
        for start in range(0, len(records), UNDO_AT_ONCE):
            records[start : start + UNDO_AT_ONCE].with_delay(description="Undo matches")._undo(
                reason
            )

    def _undo(self, reason=None):
        self._refuse_locked()
        before = {t: (t.state, t.counterpart_ids._as_text()) for t in self}
        remarks = self._put_back_on_suspense()
        for remark, records in self.grouped(remarks.get).items():
            why = _sentence(_ended(reason), remark)
            for company, ours in records.grouped("company_id").items():
                undone = tell(company, "undone", user=self.env.user.name, why=why)
                ours._forget_decision(undone)
        self.env["bank.audit.log"]._record(
            "undo",
            [
                (t, state, t.state, _sentence(reason, remarks.get(t), parts))
                for t, (state, parts) in before.items()
            ],
        )

    def _put_back_on_suspense(self):
        """Undo all matches of these, and what came with them.

        :return: transaction -> what could not be made as it was
        """
        parts = self.counterpart_ids
        before = parts._payment_states()
        self.statement_line_ids.action_undo_reconciliation()
        parts._set_payment_states("in_process", before)
        return parts._match_returned_again()

    def _refuse_locked(self):
        """:raises UserError: in a locked period, or when a rate difference was booked in one"""
        for violated, records in self._locked_periods():
            self._say_locked(records.company_id, violated)
        for move in self._exchange_moves():
            company = move.company_id
            if violated := company._get_violated_lock_dates(move.date, False, move.journal_id):
                self._say_locked(company, violated)

    def _say_locked(self, company, violated):
        raise UserError(
            self.env._(
                "The period is locked: %s. Reopen it first.",
                company._format_lock_dates(violated),
            )
        )

    def _exchange_moves(self):
        """The rate differences that are undone with the matches of these."""
        items = self.statement_line_ids.line_ids
        return (items.matched_debit_ids | items.matched_credit_ids).exchange_move_id

    def _remove_from_books(self, reason):
        """Cancel the entries of these transactions; what duplicated them takes their place.

        :return: the numbers of the cancelled entries
        """
        in_books = self.filtered(lambda t: t.move_id.state in ("draft", "posted"))
        in_books.filtered(lambda t: t.state == "reconciled" or t.counterpart_ids)._undo(reason)
        in_books._refuse_locked()
        moves = in_books.statement_line_ids.move_id
        moves.filtered(lambda move: move.state == "posted").button_draft()
        moves.button_cancel()
        self.reason = _sentence(self.env._("Removed by %s.", self.env.user.name), reason)
        rest = self - in_books
        rest.filtered(lambda t: t.state != "ignored")._set_state(
            "ignored", reason or "file removed", event="remove"
        )
        self.env["bank.audit.log"]._record(
            "remove", [(t, "processed", t.state, reason or "") for t in in_books]
        )
        heirs = self._hand_down()
        heirs._enqueue_matching(heirs.company_id)
        return moves.mapped("name")


def _sentence(*parts):
    return " ".join(part for part in parts if part)


def _ended(text):
    """What a person wrote, as a sentence that others may follow.

    >>> _ended("Decided by mistake"), _ended("Why?"), _ended(None)
    ('Decided by mistake.', 'Why?', '')
    """
    text = (text or "").rstrip()
    return f"{text}." if text and text[-1] not in ".!?…" else text
