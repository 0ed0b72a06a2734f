from odoo import api, fields, models
from odoo.addons.bank_statement_format import same_account
from odoo.tools import SQL

TYPES = ("bank", "cash", "credit")
"""The types of journals that keep an account with a bank."""

START = ("bank_feed_start_date", "bank_feed_start_balance", "bank_feed_start_confirmed")


class AccountJournal(models.Model):
    _inherit = "account.journal"

    bank_feed_account_number = fields.Char(
        "Account number in statements",
        help="Only where the bank's files name the account otherwise than by its IBAN.",
    )
    bank_feed_start_date = fields.Date(
        "Bank feed from",
        help="Transactions before this day are never booked.",
    )
    bank_feed_start_balance = fields.Monetary(
        "Balance at that start",
        currency_field="bank_feed_currency_id",
        help="The bank's balance at the start of that day.",
    )
    bank_feed_book_reports = fields.Boolean(
        "Book reports within the day",
        help="For banks that send no statements: what the bank has booked in a camt.052 or MT942 "
        "is booked at once. Otherwise it waits for the statement.",
    )
    bank_feed_start_confirmed = fields.Boolean(
        "Start confirmed",
        help="Set by a person, or by a first statement that opens with the ledger's balance.",
    )
    bank_feed_currency_id = fields.Many2one(
        "res.currency", compute="_compute_bank_feed_currency_id"
    )

    @api.depends("currency_id", "company_id.currency_id")
    def _compute_bank_feed_currency_id(self):
        for journal in self:
            journal.bank_feed_currency_id = journal.currency_id or journal.company_id.currency_id

    @api.model
    def _bank_feed_find(self, companies, account, currency):
        """The journals of ``companies`` that keep an account in a currency.

        :param account: a :class:`bank_statement_format.Account`
        :param currency: ISO 4217 code, or None where the file does not tell
        """
        journals = self.sudo().search([("type", "in", TYPES), ("company_id", "in", companies.ids)])
        return journals.filtered(
            lambda journal: (
                journal._bank_feed_has_account(account) and journal._bank_feed_takes(currency)
            )
        )

    def _bank_feed_takes(self, currency):
        """Whether statements in a currency can be booked here; any, where the file tells none."""
        self.ensure_one()
        return self.type in TYPES and currency in (None, False, self.bank_feed_currency_id.name)

    def _bank_feed_has_account(self, account):
        numbers = (self.bank_feed_account_number, self.bank_account_id.acc_number)
        return any(same_account(account, number) for number in numbers)

    def write(self, vals):
        """Where the feed starts is a decision about the books: it leaves a trace."""
        changed = [name for name in START if name in vals]
        before = {journal.id: journal._bank_feed_start() for journal in self if changed}
        result = super().write(vals)
        if changed:
            self.env["bank.audit.log"]._record(
                "edit",
                [(j, before[j.id], j._bank_feed_start(), "start of the bank feed") for j in self],
            )
        return result

    def _bank_feed_start(self):
        return {name: self[name] for name in START}

    # ------------------------------------------------------------------
    # Balances: what we hold, as the bank should see it
    # ------------------------------------------------------------------

    def _bank_feed_balance(self, until):
        """The account's balance as of the end of ``until``, by all that we know.

        That is the balance at the start of the feed, plus the journal's statement lines
        (whoever made them) and the admitted transactions that are not in the books yet.
        A journal entry on the bank's account made by hand is deliberately left out: it
        is no transaction of the bank.
        """
        self.ensure_one()
        if self.bank_feed_start_confirmed:
            start, total = self.bank_feed_start_date, self.bank_feed_start_balance
        else:
            start, total = None, self._bank_feed_opening_entry(until)
        return self.bank_feed_currency_id.round(
            total
            + self._bank_feed_sum_lines(start, until)
            + self._bank_feed_sum_unbooked(start, until)
            + self._bank_feed_sum_accepted(until)
        )

    def _bank_feed_confirm_start(self, day, balance):
        """From ``day`` on the feed keeps the account, which then stood at ``balance``."""
        self.write(
            {
                "bank_feed_start_date": day,
                "bank_feed_start_balance": balance,
                "bank_feed_start_confirmed": True,
            }
        )

    def _bank_feed_opening_entry(self, until):
        """What the ledger says beside statement lines: the opening entry, as a rule."""
        domain = [
            ("account_id", "=", self.default_account_id.id),
            ("journal_id.company_id", "=", self.company_id.id),
            ("parent_state", "=", "posted"),
            ("date", "<=", until),
            ("statement_line_id", "=", False),
        ]
        items = self.env["account.move.line"].sudo()
        return items._read_group(domain, [], ["amount_currency:sum"])[0][0] or 0.0

    def _bank_feed_sum_lines(self, start, until):
        domain = [("journal_id", "=", self.id), ("state", "=", "posted"), ("date", "<=", until)]
        if start:
            domain.append(("date", ">=", start))
        lines = self.env["account.bank.statement.line"].sudo()
        return lines._read_group(domain, [], ["amount:sum"])[0][0] or 0.0

    def _bank_feed_sum_unbooked(self, start, until):
        domain = [
            ("journal_id", "=", self.id),
            ("import_statement_id.state", "in", ("admitted", "closed")),
            ("state", "in", ("pending", "error")),
            ("booked", "=", True),
            ("booking_date", "<=", until),
        ]
        if start:
            domain.append(("booking_date", ">=", start))
        transactions = self.env["bank.transaction"].sudo()
        query = transactions._search_without_line(domain)
        amount = transactions._field_to_sql(query.table, "amount", query)
        [(total,)] = self.env.execute_query(query.select(SQL("sum(%s)", amount)))
        return float(total or 0)

    def _bank_feed_sum_accepted(self, until):
        """Gaps that an approver has accepted, from the day on which they became visible."""
        domain = [
            ("journal_id", "=", self.id),
            ("state", "in", ("admitted", "closed")),
            ("accepted_difference", "!=", 0),
        ]
        statements = self.env["bank.import.statement"].sudo().search(domain)
        return sum(s.accepted_difference for s in statements if s.end_date <= until)

    # ------------------------------------------------------------------
    # Screens
    # ------------------------------------------------------------------

    def _bank_feed_status(self):
        """What connections know of these journals; nothing, without connections.

        :return: journal id -> dictionary with ``record``, from which the journal is fetched;
            ``text``, such as when that is next; ``trouble``, in words, if something is wrong; and
            where the bank has told it, ``balance`` with the moment ``balance_at``
        """
        return {}

    def action_bank_feed_upload(self):
        """Open the drop zone for this journal."""
        self.env["bank.guarded.state"]._require_role("operator")
        return {
            "type": "ir.actions.client",
            "tag": "account_bank_feed.upload",
            "name": self.env._("Upload bank statements: %s", self.display_name),
            "params": {"journal_id": self.id, "company_id": self.company_id.id},
            "target": "new",
        }

    def action_bank_feed_transactions(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Bank transactions"),
            "res_model": "bank.transaction",
            "view_mode": "list,form,pivot,graph",
            "domain": [("journal_id", "in", self.ids)],
        }
