from collections import Counter
from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.account_bank_feed.admission import Cause

LOOK_BACK = timedelta(days=62)
"""How long before a statement its books are looked through for what was typed in twice."""

BY_BALANCE = (Cause.GAP.value, Cause.SURPLUS.value, Cause.OPENING.value)
"""Causes in which the bank's balance and ours differ."""


class BankImportStatement(models.Model):
    """What probably keeps a statement in quarantine, and the ways out of it."""

    _inherit = "bank.import.statement"

    likely_cause = fields.Char(compute="_compute_likely_cause")
    double_count = fields.Integer(
        "Possible doubles",
        compute="_compute_likely_cause",
        help="Entries of equal day and amount that may be one: in the file where it does not add "
        "up, else in the books.",
    )

    @api.depends("cause", "state", "balance_error", "bank_balance", "our_balance")
    def _compute_likely_cause(self):
        for record in self:
            doubles = record._doubles()
            record.double_count = len(doubles)
            record.likely_cause = record._guess(doubles) if record.state == "quarantined" else False

    def _guess(self, doubles):
        """One sentence, or nothing where the explanation tells all that is known."""
        fitting = doubles.filtered(self._makes_the_difference)
        if fitting:
            return self._guess_double(fitting[0])
        if self.cause == Cause.UNBALANCED:
            return self.env._(
                "Transactions over %s seem to be missing in the file, such as a page of it.",
                self._money(self.difference),
            )
        return self._guess_missing() if self.cause == Cause.GAP else False

    def _makes_the_difference(self, entry):
        return not self.currency_id.compare_amounts(entry.amount, -self.difference)

    def _guess_double(self, entry):
        in_file = entry._name == "bank.transaction"
        values = {
            "amount": self._money(entry.amount),
            "day": entry.booking_date if in_file else entry.date,
        }
        if in_file:
            return self.env._(
                "%(amount)s of %(day)s stands in the file more than once. Counted once less, it "
                "adds up.",
                **values,
            )
        return self.env._(
            "%(amount)s of %(day)s is in the books more often than the bank reports it. Without "
            "the one too many, the balances agree.",
            **values,
        )

    def _guess_missing(self):
        before = self._statement_before()
        if not before:
            return False
        if numbers := _numbers_between(before.number, self.number):
            return self.env._(
                "The statement before it has number %(last)s: %(missing)s is missing.",
                last=before.number,
                missing=numbers,
            )
        return self.env._(
            "The statement before it ended on %(end)s; this one starts on %(start)s.",
            end=before.end_date,
            start=self.start_date,
        )

    def _statement_before(self):
        return self.search(
            [
                ("journal_id", "=", self.journal_id.id),
                ("state", "in", ("admitted", "closed")),
                ("end_date", "<=", self.start_date),
            ],
            order="end_date desc, id desc",
            limit=1,
        )

    # ------------------------------------------------------------------
    # Doubled entries
    # ------------------------------------------------------------------

    def _doubles(self):
        """Entries that may be one: transactions of the file, or statement lines of the books.

        Those whose amount is just the difference stand alone where there are any.
        """
        if self.state != "quarantined" or not self.difference:
            return self.env["bank.transaction"]
        doubles = self.env["bank.transaction"]
        if self.cause == Cause.UNBALANCED:
            doubles = self._doubles_in_file()
        elif self.cause in BY_BALANCE and self.journal_id:
            doubles = self._doubles_in_books()
        return doubles.filtered(self._makes_the_difference) or doubles

    def _doubles_in_file(self):
        def key(transaction):
            return transaction.booking_date, transaction.amount

        counts = Counter(map(key, self.transaction_ids))
        return self.transaction_ids.filtered(lambda t: counts[key(t)] > 1).sorted(key)

    def _doubles_in_books(self):
        """Lines that stand there more often than the statement reports them."""
        lines = self.env["account.bank.statement.line"]
        period = [
            ("journal_id", "=", self.journal_id.id),
            ("state", "=", "posted"),
            ("date", ">=", self.start_date - LOOK_BACK),
            ("date", "<=", self.end_date),
        ]
        reported = Counter((t.booking_date, t.amount) for t in self.transaction_ids)
        for day, amount, count in lines._read_group(period, ["date:day", "amount"], ["__count"]):
            inside = self.start_date < day < self.end_date
            if count > 1 and count > reported[day, amount] or inside and not reported[day, amount]:
                lines |= lines.search([*period, ("date", "=", day), ("amount", "=", amount)])
        return lines

    # ------------------------------------------------------------------
    # Ways out
    # ------------------------------------------------------------------

    def action_view_doubles(self):
        self.ensure_one()
        doubles = self._doubles()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Possible doubles"),
            "res_model": doubles._name,
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", doubles.ids)],
            "context": {"create": False},
        }

    def action_upload_missing(self):
        """To the drop zone, for what is missing before this statement or in its file."""
        self.ensure_one()
        if self.journal_id:
            return self.journal_id.action_bank_feed_upload()
        return self.env["ir.actions.client"]._for_xml_id("account_bank_feed.action_upload")

    def action_download(self):
        return self.import_id.action_download()


def _numbers_between(last, this):
    """The numbers between those of two statements, where both are plain.

    >>> _numbers_between("12", "15"), _numbers_between("12", "14"), _numbers_between("12", "13")
    ('13–14', '13', '')
    """
    if not (last or "").isdecimal() or not (this or "").isdecimal():
        return ""
    first, final = int(last) + 1, int(this) - 1
    if final < first:
        return ""
    return f"{first}–{final}" if final > first else str(first)
