from dataclasses import dataclass
from datetime import date, timedelta

from odoo import models
from odoo.tools import SQL, format_date

from .bank_feed_closing import ADMITTED, NONE, Month

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Anchor:
    """A balance that the bank has told: at the end of a day."""

    day: date
    balance: float
    stated: bool
    """By a statement, and not by the start of the journal's bank feed."""


class BankFeedClosing(models.AbstractModel):
    """How far statements reach, and the bank against the books, for all journals at once."""

    _inherit = "bank.feed.closing"

    # ------------------------------------------------------------------
    # Gaps
    # ------------------------------------------------------------------

    def _check_coverage(self, last, journals):
        """Whether statements reach to the month's end; what lies before is proven by the chain."""
        ends = dict(
            self.env["bank.import.statement"]._read_group(
                self._books_domain(journals), ["journal_id"], ["end_date:max"]
            )
        )
        return {j.id: self._coverage(j, ends.get(j), last) for j in journals}

    def _books_domain(self, journals):
        """Statements whose transactions are for the ledger."""
        return [
            ("journal_id", "in", journals.ids),
            ("state", "in", ADMITTED),
            "|",
            ("kind", "=", "statement"),
            "&",
            ("kind", "=", "report"),
            ("journal_id.bank_feed_book_reports", "=", True),
        ]

    def _coverage(self, journal, end, last):
        label = self.env._("Statements up to the month's end")
        if not self._is_fed(journal, end, last):
            text = self.env._("No statements come in for this journal.")
            return {**self._check("coverage", label, 0, text=text), "level": NONE}
        if not end:
            text = self.env._("No statement has come in yet.")
            return self._check("coverage", label, 1, *self._way_to_upload(journal), text=text)
        shown = format_date(self.env, end)
        if end >= last:
            return self._check("coverage", label, 0, text=self.env._("They reach to %s.", shown))
        if _is_weekend(end + timedelta(days=1), last):
            text = self.env._("They end on %s; only a weekend follows.", shown)
            return self._check("coverage", label, 0, text=text)
        text = self.env._("They end on %s: what came after it is missing.", shown)
        return self._check("coverage", label, 1, *self._way_to_upload(journal), text=text)

    def _is_fed(self, journal, end, last):
        started = journal.bank_feed_start_confirmed and journal.bank_feed_start_date
        return bool(end) or bool(started and journal.bank_feed_start_date <= last)

    def _way_to_upload(self, journal):
        if self.env.user.has_group("account_bank_feed.group_operator"):
            label = self.env._("Upload statement")
            yield {"label": label, "count": None, "action": journal.action_bank_feed_upload()}

    def _check_accepted(self, last, journals):
        """Gaps over which an approver has released a statement."""
        domain = [
            ("journal_id", "in", journals.ids),
            ("state", "in", ADMITTED),
            ("accepted_difference", "!=", 0),
            ("end_date", "<=", last),
        ]
        groups = self.env["bank.import.statement"]._read_group(
            domain, ["journal_id"], ["__count", "accepted_difference:sum"]
        )
        return {
            journal.id: self._check(
                "accepted",
                self.env._("Gaps that were accepted"),
                count,
                self._way(
                    self.env._("Show statements"),
                    "bank.import.statement",
                    [("journal_id", "=", journal.id), *domain[1:]],
                ),
                text=self.env._(
                    "%s differ in all.", journal.bank_feed_currency_id.format(difference)
                ),
            )
            for journal, count, difference in groups
        }

    # ------------------------------------------------------------------
    # The bank against the books
    # ------------------------------------------------------------------

    def _check_balances(self, last, journals):
        anchors = self._anchors(last, journals)
        since = self._sums_since(last, anchors)
        unbooked = self._unbooked(last, anchors)
        books = self._books(last, journals)
        checks = {}
        for journal in journals:
            anchor = anchors.get(journal.id)
            waiting, waiting_since = unbooked.get(journal.id, (0, 0))
            moved = since.get(journal.id, 0) + waiting_since
            checks[journal.id] = self._balance(journal, anchor, moved, books, waiting, last)
        return checks

    def _balance(self, journal, anchor, moved, books, waiting, last):
        currency = journal.bank_feed_currency_id
        label = self.env._("The bank against the books")
        held = currency.round(books.get((journal.default_account_id, journal.company_id), 0))
        if not anchor:
            text = self.env._("No balance of the bank is known.")
            check = self._check("balance", label, 0, text=text)
            return {**check, "level": NONE, "books": held, "books_text": currency.format(held)}
        bank = anchor.balance + moved
        difference = currency.round(bank - held)
        return self._check(
            "balance",
            label,
            0 if currency.is_zero(difference) else 1,
            *self._ways_to_difference(journal, last),
            text=self._explain_difference(currency, difference, waiting),
            bank=currency.round(bank),
            books=held,
            difference=difference,
            bank_text=currency.format(bank),
            books_text=currency.format(held),
            difference_text=currency.format(difference),
            as_of=self._as_of(anchor, currency, moved),
        )

    def _as_of(self, anchor, currency, moved):
        day = format_date(self.env, anchor.day)
        if anchor.stated and not currency.is_zero(moved):
            return self.env._(
                "%(balance)s by the bank's statement of %(day)s, and %(moved)s since then, for "
                "which there is no balance of the bank",
                balance=currency.format(anchor.balance),
                day=day,
                moved=currency.format(moved),
            )
        if anchor.stated:
            return self.env._("By the bank's statement of %s", day)
        return self.env._("From the start of the bank feed after %s on", day)

    def _explain_difference(self, currency, difference, waiting):
        if currency.is_zero(difference):
            return ""
        if currency.is_zero(difference - waiting):
            return self.env._("All of it is in transactions that are not in the books yet.")
        if currency.is_zero(waiting):
            return self.env._("Look for entries that the bank does not know.")
        return self.env._(
            "%s of it is in transactions that are not in the books yet. For the rest, look for "
            "entries that the bank does not know.",
            currency.format(waiting),
        )

    def _ways_to_difference(self, journal, last):
        yield self._way(
            self.env._("Show entries beside statement lines"),
            "account.move.line",
            [
                ("account_id", "=", journal.default_account_id.id),
                ("company_id", "=", journal.company_id.id),
                ("parent_state", "=", "posted"),
                ("date", "<=", last),
                ("statement_line_id", "=", False),
            ],
        )
        yield self._way(
            self.env._("Show lines of the month"),
            "account.bank.statement.line",
            [
                ("journal_id", "=", journal.id),
                ("date", ">=", Month(last.replace(day=1)).first),
                ("date", "<=", last),
            ],
        )

    def _anchors(self, last, journals):
        """The last balance up to a day that the bank has told for each journal, where it has."""
        anchors = {
            journal.id: Anchor(
                journal.bank_feed_start_date - timedelta(days=1),
                journal.bank_feed_start_balance,
                stated=False,
            )
            for journal in journals
            if journal.bank_feed_start_confirmed
            and journal.bank_feed_start_date
            and journal.bank_feed_start_date <= last
        }
        for journal_id, day, balance in self._last_closing_balances(last, journals):
            anchors[journal_id] = Anchor(day, float(balance), stated=True)
        return anchors

    def _last_closing_balances(self, last, journals):
        if not journals:
            return []
        self.env["bank.import.statement"].flush_model()
        return self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (s.journal_id) s.journal_id, s.end_date, s.closing_balance
                  FROM bank_import_statement s
                  JOIN account_journal j ON j.id = s.journal_id
                 WHERE s.journal_id IN %s AND s.state IN %s AND s.has_closing
                   AND s.end_date <= %s
                   AND (s.kind = 'statement' OR s.kind = 'report' AND j.bank_feed_book_reports)
                 ORDER BY s.journal_id, s.end_date DESC, s.start_date DESC, s.number DESC, s.id DESC
                """,
                tuple(journals.ids),
                ADMITTED,
                last,
            )
        )

    def _sums_since(self, last, anchors):
        """Statement lines, whoever made them, after the day of each journal's anchor."""
        anchors = {journal: anchor for journal, anchor in anchors.items() if anchor.day < last}
        if not anchors:
            return {}
        self.env["account.bank.statement.line"].flush_model()
        self.env["account.move"].flush_model(["date", "state", "journal_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT m.journal_id, sum(l.amount)
                  FROM unnest(%s::int[], %s::date[]) AS anchor (journal_id, day)
                  JOIN account_move m ON m.journal_id = anchor.journal_id AND m.date > anchor.day
                  JOIN account_bank_statement_line l ON l.move_id = m.id
                 WHERE m.state = 'posted' AND m.date > %s AND m.date <= %s
                 GROUP BY m.journal_id
                """,
                list(anchors),
                [anchor.day for anchor in anchors.values()],
                # Of the days in the array, PostgreSQL can't know how recent they are.
                min(anchor.day for anchor in anchors.values()),
                last,
            )
        )
        return {journal_id: float(total) for journal_id, total in rows}

    def _unbooked(self, last, anchors):
        """What is not in the books: journal id -> in all, and after the day of its anchor."""
        if not anchors:
            return {}
        self.env["bank.transaction"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT t.journal_id, sum(t.amount),
                       sum(t.amount) FILTER (WHERE t.booking_date > anchor.day)
                  FROM unnest(%s::int[], %s::date[]) AS anchor (journal_id, day)
                  JOIN bank_transaction t ON t.journal_id = anchor.journal_id
                  JOIN bank_import_statement s ON s.id = t.import_statement_id
                 WHERE t.state IN ('pending', 'error') AND t.booked AND t.booking_date <= %s
                   AND s.state IN %s
                   AND NOT EXISTS (SELECT FROM account_bank_statement_line l
                                    WHERE l.bank_transaction_id = t.id)
                 GROUP BY t.journal_id
                """,
                list(anchors),
                [anchor.day for anchor in anchors.values()],
                last,
                ADMITTED,
            )
        )
        return {journal: (float(total), float(later or 0)) for journal, total, later in rows}

    def _books(self, last, journals):
        """(account, company) -> its balance in the books, in the account's currency."""
        groups = self.env["account.move.line"]._read_group(
            [
                ("account_id", "in", journals.default_account_id.ids),
                ("company_id", "in", journals.company_id.ids),
                ("parent_state", "=", "posted"),
                ("date", "<=", last),
            ],
            ["account_id", "company_id"],
            ["amount_currency:sum"],
        )
        return {(account, company): total for account, company, total in groups}


def _is_weekend(first, last):
    days = (last - first).days + 1
    return all((first + timedelta(days=day)).weekday() >= SATURDAY for day in range(days))
