from psycopg2 import IntegrityError
from psycopg2.errors import UniqueViolation

from odoo import models
from odoo.exceptions import RedirectWarning, UserError

LAST_SEQUENCE = 2_147_483_647
"""Odoo sorts the statement lines of a day by descending ``sequence``."""

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
        for (company, journal, day), records in self.grouped(
            lambda t: (t.company_id, t.journal_id, t.booking_date)
        ).items():
            violated = company._get_violated_lock_dates(day, False, journal)
            if violated:
                reason = self.env._(
                    "The period is locked: %s. Reopen it, then retry.",
                    company._format_lock_dates(violated),
                )
                records._set_state("error", reason, reason=reason)
                locked += records
        return locked

    def _drop_stale_decisions(self):
        """Somebody may have paid or changed an open item since the decision."""
        self._lock_matched_items()
        for transaction in self.filtered("matched_item_ids"):
            items = transaction.matched_item_ids
            residual = sum(items.mapped("amount_residual_currency"))
            if any(
                item.reconciled or item.parent_state != "posted" for item in items
            ) or transaction.currency_id.compare_amounts(residual, transaction.matched_residual):
                transaction._forget_decision(
                    self.env._("The open item changed after it was matched; please review.")
                )

    def _lock_matched_items(self):
        """Nobody else may settle the items meanwhile; a lost race makes the job start again."""
        items = self.matched_item_ids
        if items:
            self.env.cr.execute(
                "SELECT id FROM account_move_line WHERE id IN %s ORDER BY id FOR UPDATE",
                [tuple(items.ids)],
            )
            items.invalidate_recordset(
                ["reconciled", "amount_residual_currency", "amount_residual"]
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
            elif self.counterpart_account_id:
                self._forget_decision(self.env._("Could not be booked as decided: %s", error))
                self._post_together()
            else:
                self._set_state("error", str(error), reason=str(error))

    def _book(self):
        """Write the statement lines, which post themselves, and reconcile their counterparts."""
        lines = self.env["account.bank.statement.line"].create(
            [transaction._statement_line_values() for transaction in self]
        )
        self._reconcile_counterparts()
        self.write({"booked_at": self.env.cr.now()})
        lines.flush_recordset()
        self._note_matches_by_others()
        self.env["bank.audit.log"]._record(
            "book",
            [(t, "pending", t.state, t.explanation) for t in self],
        )

    def _note_matches_by_others(self):
        """Other modules may match a line as soon as it is created: that decision is not ours."""
        self.filtered(
            lambda t: t.amount and not t.counterpart_account_id and t.state == "reconciled"
        ).explanation = self.env._(
            "Matched by another module when it was booked, not by a rule of the bank feed."
        )

    def _statement_line_values(self):
        text = self.remittance or self.reference or self.counterparty_name or self.code or "/"
        return {
            "bank_transaction_id": self.id,
            "journal_id": self.journal_id.id,
            "date": self.booking_date,
            "amount": self.amount,
            "payment_ref": text,
            "partner_id": self.partner_id.id,
            "partner_name": self.counterparty_name,
            "account_number": self.counterparty_iban,
            "transaction_type": self.code,
            "sequence": LAST_SEQUENCE - self.ledger_order,
            "counterpart_account_id": self.counterpart_account_id.id,
        }

    def _reconcile_counterparts(self):
        """Reconcile each new line with the open items that it pays, the whole batch at once."""
        plan = []
        for transaction in self.filtered("matched_item_ids"):
            items = transaction.matched_item_ids
            counterpart = transaction.statement_line_ids.line_ids.filtered(
                lambda line, account=transaction.counterpart_account_id: line.account_id == account
            )
            plan.append(counterpart | items)
        if plan:
            self.env["account.move.line"]._reconcile_plan(plan)

    def _match_with(self, items, why):
        """Reconcile a transaction that waits on suspense with open items of one account.

        :raises UserError: when it does not wait, or an item is settled already
        """
        self.ensure_one()
        if self.state != "processed" or any(item.reconciled for item in items):
            raise UserError(self.env._("The transaction or the open item is settled already."))
        self._refuse_locked()
        _liquidity, suspense, _others = self.statement_line_id._seek_for_lines()
        if not suspense:
            # Undone from the invoice's side, which leaves the counterpart where it was.
            self.statement_line_id.action_undo_reconciliation()
            _liquidity, suspense, _others = self.statement_line_id._seek_for_lines()
        partner, account = items.partner_id, items.account_id
        self.statement_line_id.with_context(skip_readonly_check=True).partner_id = partner
        suspense.with_context(skip_readonly_check=True).write({"account_id": account.id})
        self.env["account.move.line"]._reconcile_plan([suspense | items])
        self.write(
            {
                "partner_id": partner.id,
                "counterpart_account_id": account.id,
                "matched_item_ids": [(6, 0, items.ids)],
                "explanation": why,
            }
        )
        self.env["bank.audit.log"]._record("match", [(self, "processed", self.state, why)])

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
        self.statement_line_ids.action_undo_reconciliation()
        self._forget_decision(
            self.env._("Undone by %(user)s. %(why)s", user=self.env.user.name, why=reason or "")
        )
        self.env["bank.audit.log"]._record(
            "undo", [(t, "reconciled", t.state, reason or "") for t in self]
        )

    def _refuse_locked(self):
        for (company, journal, day), _records in self.grouped(
            lambda t: (t.company_id, t.journal_id, t.booking_date)
        ).items():
            violated = company._get_violated_lock_dates(day, False, journal)
            if violated:
                raise UserError(
                    self.env._(
                        "The period is locked: %s. Reopen it first.",
                        company._format_lock_dates(violated),
                    )
                )

    def _remove_from_books(self, reason):
        """Cancel the entries of these transactions; what duplicated them takes their place.

        :return: the numbers of the cancelled entries
        """
        in_books = self.filtered(lambda t: t.move_id.state in ("draft", "posted"))
        in_books.filtered(lambda t: t.state == "reconciled")._undo(reason)
        in_books._refuse_locked()
        moves = in_books.statement_line_ids.move_id
        moves.filtered(lambda move: move.state == "posted").button_draft()
        moves.button_cancel()
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
