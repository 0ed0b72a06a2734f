from odoo import models
from odoo.addons.bank_statement_format import Account
from odoo.exceptions import UserError

from ..admission import Cause
from .bank_import_statement import ADMITTED


class BankImportStatement(models.Model):
    """To which journal a statement belongs, where the file alone does not tell."""

    _inherit = "bank.import.statement"

    def action_check_again(self):
        """Look for the account's journal again, then judge anew."""
        self._authorise("operator").filtered(lambda s: s.state == "quarantined")._check_again()

    def _check_again(self):
        for statement in self:
            statement._look_for_journal()
        self._enqueue_admission()

    def _look_for_journal(self):
        if self.cause not in (Cause.UNKNOWN_ACCOUNT, Cause.AMBIGUOUS_ACCOUNT):
            return
        journals = self.env["account.journal"]._bank_feed_find(
            self.company_id, Account(number=self.account_number), self.currency_code
        )
        if len(journals) == 1:
            self.write({"journal_id": journals.id, "journal_count": 1, "cause": False})
            self.transaction_ids.write({"journal_id": journals.id})

    def action_choose_journal(self, journal_id):
        """Say which bank journal statements are of that wait for it.

        Where the file names an account, the journal keeps it from now on, so that its next
        file is known; that is for an accountant.

        :param int journal_id: a bank journal of their company, in their currency
        """
        gives_account = Cause.UNKNOWN_ACCOUNT.value in self.mapped("cause")
        statements = self._authorise("accountant" if gives_account else "operator")
        statements = statements.filtered(lambda s: s.state == "quarantined")
        journal = self.env["account.journal"].browse(journal_id).exists()
        journal.check_access("read")
        for statement in statements.filtered(lambda s: s.cause == Cause.NO_ACCOUNT):
            statement._choose_journal(journal)
        for statement in statements.filtered(lambda s: s.cause == Cause.UNKNOWN_ACCOUNT):
            statements |= statement._give_account_to(journal)
        statements._enqueue_admission()

    def _choose_journal(self, journal):
        self._check_can_be_of(journal)
        currency = journal.bank_feed_currency_id
        self.write({"journal_id": journal.id, "currency_id": currency.id, "cause": False})
        self.transaction_ids.write({"journal_id": journal.id, "currency_id": currency.id})
        self._tell_journal(journal, "the file names no account")

    def _give_account_to(self, journal):
        """Let the journal keep the statement's account.

        :return: all statements that waited for that
        """
        self._check_can_be_of(journal)
        if number := journal.bank_feed_account_number:
            raise UserError(
                self.env._(
                    "%(journal)s keeps the account %(number)s already.",
                    journal=journal.display_name,
                    number=number,
                )
            )
        journal.sudo().bank_feed_account_number = self.account_number
        self._tell_journal(journal, f"keeps the account {self.account_number}")
        waiting = self.search(
            [
                ("state", "=", "quarantined"),
                ("cause", "=", Cause.UNKNOWN_ACCOUNT.value),
                ("company_id", "=", self.company_id.id),
            ]
        ).filtered(lambda s: s.account_key == self.account_key)
        for statement in waiting:
            statement._look_for_journal()
        return waiting

    def _tell_journal(self, journal, why):
        self.env["bank.audit.log"]._record(
            "choose_journal", [(self, "", {"journal": journal.display_name}, why)]
        )
        self.import_id.message_post(
            body=self.env._(
                "%(statement)s belongs to the journal %(journal)s.",
                statement=self.display_name,
                journal=journal.display_name,
            )
        )

    def _check_can_be_of(self, journal):
        if journal.company_id != self.company_id:
            raise UserError(self.env._("Choose a bank journal of %s.", self.company_id.name))
        if not journal._bank_feed_takes(self.currency_code):
            raise UserError(
                self.env._(
                    "Choose a bank journal in %s.", self.currency_code or self.env._("any currency")
                )
            )
        booked_to = self._booked_elsewhere()
        if booked_to and booked_to != journal:
            raise UserError(self._explain())
        digits = journal.bank_feed_currency_id.decimal_places
        if any(round(t.amount, digits) != t.amount for t in self.transaction_ids):
            raise UserError(
                self.env._(
                    "The statement has amounts finer than %s allows.",
                    journal.bank_feed_currency_id.name,
                )
            )

    def _doubt_journal(self):
        """A file without an account that was booked to another journal before waits for a person.

        Known transactions are looked for in one journal only: in another one they would double.
        """
        if self.account_number or not self.journal_id:
            return
        booked_to = self._booked_elsewhere()
        if booked_to and booked_to != self.journal_id:
            self.journal_id = False
            self.transaction_ids.journal_id = False

    def _booked_elsewhere(self):
        """The journal to which the same part of the same bytes was or is being booked, if any."""
        if self.account_number:
            return self.env["account.journal"]
        twins = self.sudo().search(
            [
                ("id", "!=", self.id),
                ("import_id.file_id.sha256", "=", self.import_id.sha256),
                ("company_id", "=", self.company_id.id),
                ("position", "=", self.position),
                ("journal_id", "!=", False),
                ("state", "in", ("read", *ADMITTED)),
            ],
            limit=1,
        )
        return twins.journal_id.with_env(self.env)
