from types import SimpleNamespace

from odoo import api, fields, models
from odoo.addons.account_bank_feed.admission import Cause
from odoo.addons.account_bank_feed.models.account_journal import TYPES
from odoo.addons.account_bank_feed.models.bank_import_statement import ADMITTED
from odoo.addons.account_bank_feed.models.bank_transaction import DOUBTFUL
from odoo.tools import SQL
from odoo.tools.misc import format_date, format_datetime

TRANSACTION = "bank.transaction"
STATEMENT = "bank.import.statement"
BATCH = "bank.import.batch"

STILL_DUE = [("booked", "=", True), ("import_statement_id.state", "in", ADMITTED)]
"""The bank has booked it in a statement that counts."""

TOPICS = {
    "review": (
        TRANSACTION,
        ["|", ("state", "in", ("processed", "error")), "&", *DOUBTFUL],
    ),
    "on_way": (TRANSACTION, [("state", "in", ("pending", "error")), *STILL_DUE]),
    "doubtful": (TRANSACTION, [("state", "=", "quarantined"), *STILL_DUE]),
    "announced": (TRANSACTION, [("state", "=", "pending"), ("booked", "=", False)]),
    "errors": (TRANSACTION, [("state", "=", "error")]),
    "quarantine": (STATEMENT, [("state", "=", "quarantined")]),
    "accepted": (STATEMENT, [("state", "in", ADMITTED), ("accepted_difference", "!=", 0)]),
    "gaps": (
        STATEMENT,
        [
            "|",
            "&",
            ("state", "=", "quarantined"),
            ("cause", "=", Cause.GAP.value),
            "&",
            ("state", "in", ADMITTED),
            ("accepted_difference", "!=", 0),
        ],
    ),
    "openings": (STATEMENT, [("state", "=", "quarantined"), ("cause", "=", Cause.OPENING.value)]),
    "batches": (BATCH, [("state", "=", "failed")]),
}
"""What is counted for each account: its model, and which of its records."""

AMOUNTS = {TRANSACTION: "amount:sum", STATEMENT: "accepted_difference:sum"}


class BankFeedDashboard(models.AbstractModel):
    """One card per bank account: what the bank says, what the books say, and how they go on."""

    _inherit = "bank.feed.dashboard"

    @api.model
    def cards(self):
        """The bank accounts of the companies on the screen.

        :return: ``cards``, and ``steps``, the way to the first reconciled file until it is gone
        """
        self._require_viewer()
        journals = self._journals()
        facts = self._facts(journals)
        return {
            "cards": [self._card(journal, facts) for journal in journals],
            "steps": self._first_steps(journals),
        }

    def _journals(self):
        """Journals that keep an account with a bank and have a feed or a transaction.

        A feed that was started counts before anything has come.
        """
        journals = self.env["account.journal"].search(
            [("type", "in", TYPES), *self._of_companies()]
        )
        used = self._used(journals) | journals._bank_feed_status().keys()
        return journals.filtered(
            lambda j: j.id in used or j.bank_feed_start_confirmed or j.bank_feed_account_number
        )

    def _used(self, journals):
        """Ids of those with anything from a bank; asked once for each, however much that is."""
        if not journals:
            return set()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT journal.id FROM account_journal journal
                 WHERE journal.id IN %s
                   AND (EXISTS (SELECT FROM bank_transaction WHERE journal_id = journal.id)
                     OR EXISTS (SELECT FROM bank_import_statement WHERE journal_id = journal.id))
                """,
                journals._ids,
                to_flush=self.env[TRANSACTION]._fields["journal_id"],
            )
        )
        return {journal_id for (journal_id,) in rows}

    # ------------------------------------------------------------------
    # What is asked for all accounts at once
    # ------------------------------------------------------------------

    def _facts(self, journals):
        closing = [*self._admitted(), ("has_closing", "=", True)]
        return SimpleNamespace(
            **{name: self._by_journal(name, journals) for name in TOPICS},
            books=self._books(journals),
            last=self._latest(journals, self._admitted()),
            closing=self._latest(journals, closing),
            rhythm=self._rhythms(journals),
            status=journals._bank_feed_status(),
            several=len(self.env.companies) > 1,
        )

    def _by_journal(self, topic, journals):
        """journal id -> how many records, and what their amounts add up to."""
        model, domain = TOPICS[topic]
        aggregates = ["__count", *filter(None, [AMOUNTS.get(model)])]
        groups = self.env[model]._read_group(
            [("journal_id", "in", journals.ids), *domain], ["journal_id"], aggregates
        )
        return {journal.id: (count, *sums) for journal, count, *sums in groups}

    def _books(self, journals):
        """account id -> what its posted items add up to, in their currency and the company's."""
        self._plan_without_jit()
        groups = self.env["account.move.line"]._read_group(
            self._items_of(journals.default_account_id),
            ["account_id"],
            ["amount_currency:sum", "balance:sum"],
        )
        return {account.id: sums for account, *sums in groups}

    def _items_of(self, accounts):
        return [("account_id", "in", accounts.ids), ("parent_state", "=", "posted")]

    def _admitted(self):
        """Statements that count, those of banks that send only reports included."""
        return [
            ("state", "in", ADMITTED),
            "|",
            ("kind", "=", "statement"),
            "&",
            ("kind", "=", "report"),
            ("journal_id.bank_feed_book_reports", "=", True),
        ]

    def _latest(self, journals, domain):
        """journal id -> the last one of its statements in a domain."""
        statements = self.env[STATEMENT]
        domain = [("journal_id", "in", journals.ids), *domain]
        ends = statements._read_group(domain, ["journal_id"], ["end_date:max"])
        terms = [["&", ("journal_id", "=", j.id), ("end_date", "=", day)] for j, day in ends]
        if not terms:
            return {}
        any_of = ["|"] * (len(terms) - 1) + [term for both in terms for term in both]
        found = statements.search([*domain, *any_of], order="start_date, number, id")
        return {j.id: _last_in_chain(same) for j, same in found.grouped("journal_id").items()}

    # ------------------------------------------------------------------
    # One account
    # ------------------------------------------------------------------

    def _card(self, journal, facts):
        status = facts.status.get(journal.id, {})
        bank_now = self._feed_balance(journal, status)
        bank = self._bank_balance(journal, facts.closing.get(journal.id))
        if bank_now and not self._last_tells_balance(journal, facts):
            bank = bank_now
        books = self._books_balance(journal, facts)
        return {
            "id": journal.id,
            "name": journal.name,
            "company": journal.company_id.name if facts.several else "",
            "account_number": journal.bank_account_id.acc_number
            or journal.bank_feed_account_number
            or "",
            "bank": bank,
            "bank_now": bank_now if bank_now != bank else False,
            "books": books,
            "difference": bank and self._difference(journal, bank["value"] - books["value"], facts),
            "announced": self._count(journal, "announced", facts),
            "review": {**self._count(journal, "review", facts), "review": True},
            "gaps": self._count(journal, "gaps", facts),
            "last": self._last(journal, facts),
            "health": self._health(journal, facts),
            "status": self._status(status),
            "transactions": self._all_of(journal, TRANSACTION),
            "statements": self._all_of(journal, STATEMENT),
        }

    def _labels(self):
        return {
            "review": self.env._("To review"),
            "on_way": self.env._("On the way into the books"),
            "doubtful": self.env._("May be duplicates"),
            "announced": self.env._("Announced by the bank"),
            "errors": self.env._("Could not be booked"),
            "quarantine": self.env._("Statements in quarantine"),
            "accepted": self.env._("Released over a gap"),
            "gaps": self.env._("Gaps"),
            "openings": self.env._("Opening balance not confirmed"),
            "batches": self.env._("Failed batches"),
        }

    def _count(self, journal, topic, facts, text=None):
        """How many records of a topic the account has, with the way to them."""
        model, domain = TOPICS[topic]
        count = getattr(facts, topic).get(journal.id, (0,))[0]
        domain = [("journal_id", "=", journal.id), *domain]
        return self._way(self._labels()[topic], model, domain, count, text)

    def _sum(self, journal, topic, facts):
        return getattr(facts, topic).get(journal.id, (0, 0))[1] or 0

    def _all_of(self, journal, model):
        return {"model": model, "domain": [("journal_id", "=", journal.id)], "label": journal.name}

    def _bank_balance(self, journal, statement):
        """The balance that the last statement closes with, or False if none tells."""
        if not statement:
            return False
        way = self._way(
            self.env._("Balance by the bank"),
            STATEMENT,
            [("id", "=", statement.id)],
            statement.closing_balance,
            journal.bank_feed_currency_id.format(statement.closing_balance),
        )
        date = format_date(self.env, statement.end_date)
        return {**way, "res_id": statement.id, "date": date}

    def _last_tells_balance(self, journal, facts):
        """Whether the last balance that a statement tells is that of today's books."""
        closing, last = facts.closing.get(journal.id), facts.last.get(journal.id)
        return bool(closing) and closing.end_date >= last.end_date

    def _feed_balance(self, journal, status):
        """What the bank itself has told last, or False.

        It may hold what no statement has yet: the books are compared with it only where the last
        statement tells no balance.
        """
        if not status.get("balance_at"):
            return False
        balance, feed = status["balance"], status["record"]
        way = self._way(
            self.env._("Balance by the bank"),
            feed._name,
            [("id", "=", feed.id)],
            balance,
            journal.bank_feed_currency_id.format(balance),
        )
        moment = format_datetime(self.env, status["balance_at"], dt_format="short")
        return {**way, "res_id": feed.id, "date": moment}

    def _status(self, status):
        """How the account is fetched, with the way there; False where it is not."""
        feed = status.get("record")
        if not feed:
            return False
        label = self.env._("Fetched from the bank")
        way = self._way(label, feed._name, [("id", "=", feed.id)], 1, status["text"])
        return {**way, "res_id": feed.id}

    def _books_balance(self, journal, facts):
        account, currency = journal.default_account_id, journal.bank_feed_currency_id
        in_currency, in_company = facts.books.get(account.id, (0, 0))
        is_foreign = currency != journal.company_id.currency_id
        balance = currency.round((in_currency if is_foreign else in_company) or 0)
        label = self.env._("Balance in the books")
        domain = self._items_of(account)
        return self._way(label, "account.move.line", domain, balance, currency.format(balance))

    def _difference(self, journal, difference, facts):
        """Bank minus books, and what explains it.

        What came with a statement and is not in the books yet, and gaps that were released. What
        may be a duplicate explains it only where it fits to the cent.
        """
        currency = journal.bank_feed_currency_id
        difference = currency.round(difference)
        parts = self._explanations(journal, facts)
        rest = difference - sum(self._sum(journal, topic, facts) for topic in parts)
        if not currency.is_zero(rest) and "doubtful" in parts:
            without = rest + self._sum(journal, "doubtful", facts)
            rest = without if currency.is_zero(without) else rest
        if not currency.is_zero(rest) and currency.is_zero(rest - self._opening_missing(journal)):
            parts["opening"] = self._missing_opening(journal, rest)
            rest = 0
        level = "explained" if currency.is_zero(rest) else "unexplained"
        if level == "unexplained" and (start := self._unconfirmed_start(journal, facts)):
            level, parts["start"] = "unproven", start
        return {
            "value": difference,
            "text": currency.format(difference),
            "level": "even" if currency.is_zero(difference) and level == "explained" else level,
            "parts": list(parts.values()),
            "rest": currency.format(rest),
        }

    def _explanations(self, journal, facts):
        found = {}
        for topic in ("on_way", "accepted", "doubtful"):
            if count := getattr(facts, topic).get(journal.id, (0,))[0]:
                text = {
                    "on_way": self.env._("%s on the way", count),
                    "accepted": self.env._("%s released over a gap", count),
                    "doubtful": self.env._("%s in question", count),
                }[topic]
                found[topic] = self._count(journal, topic, facts, text)
        return found

    def _unconfirmed_start(self, journal, facts):
        """Why nothing can be said of a difference: nobody has told with what the books begin."""
        text = self.env._("opening balance not confirmed")
        if facts.openings.get(journal.id):
            return self._count(journal, "openings", facts, text)
        today = fields.Date.context_today(self)
        if journal.bank_feed_start_confirmed or journal._bank_feed_opening_entry(today):
            return False
        way = self._way(text, journal._name, [("id", "=", journal.id)], 1, text)
        return {**way, "res_id": journal.id}

    def _opening_missing(self, journal):
        """What the ledger lacks of the opening balance that was confirmed for the feed."""
        if not journal.bank_feed_start_confirmed:
            return 0
        day = journal.bank_feed_start_date
        return journal.bank_feed_start_balance - journal._bank_feed_opening_entry(day)

    def _missing_opening(self, journal, missing):
        amount = journal.bank_feed_currency_id.format(missing)
        return self._way(
            self.env._("Balance in the books"),
            "account.move.line",
            [*self._items_of(journal.default_account_id), ("statement_line_id", "=", False)],
            missing,
            self.env._("%s of the opening balance, which the ledger lacks", amount),
        )

    def _last(self, journal, facts):
        statement = facts.last.get(journal.id)
        if not statement:
            return False
        start, end = (
            format_date(self.env, day) for day in (statement.start_date, statement.end_date)
        )
        return {
            **self._way(
                self.env._("Last statement"),
                STATEMENT,
                [("id", "=", statement.id)],
                1,
                end if start == end else f"{start} – {end}",
            ),
            "res_id": statement.id,
            "number": statement.number and self.env._("no. %s", statement.number) or "",
            "proven": statement.proven,
        }


def _last_in_chain(statements):
    """Of statements that end on one day, the one whose closing balance no other opens with."""
    ends = statements.filtered(
        lambda one: (
            not any(
                other != one and other.has_opening and other.opening_balance == one.closing_balance
                for other in statements
            )
        )
    )
    return (ends or statements)[-1:]
