from collections import Counter

from odoo import fields, models
from odoo.addons.bank_statement_format import text_similarity

from ..admission import Incoming, Known, pair

ADMITTED = ("admitted", "closed")


class BankImportStatement(models.Model):
    """What a bank sends before or beside its statements: it announces, and is never booked.

    A report shows the day so far (camt.052, MT942); a notification tells the payments
    within entries that a statement books (camt.054). Whichever comes first, the entry
    that books a payment gets the details that announced it.
    """

    _inherit = "bank.import.statement"

    kind = fields.Selection(
        [
            ("statement", "Statement"),
            ("report", "Report within the day"),
            ("notification", "Notification"),
        ],
        required=True,
        readonly=True,
        default="statement",
    )

    def _books(self):
        """Whether the bank's booked transactions in it are for the ledger."""
        return self.kind == "statement" or (
            self.kind == "report" and self.journal_id.bank_feed_book_reports
        )

    def _meet_announcements(self):
        """Bring together what announces a transaction and what books it."""
        transactions = self.transaction_ids.filtered(
            lambda t: t.state == "pending" and not t.duplicate_of_id
        )
        if not transactions:
            return
        others = self._others_in(transactions.mapped("booking_date"))
        if not others:
            return
        if self._books():
            booked = transactions.filtered("booked")
            announced = others.filtered(
                lambda t: not t.booked and t.state == "pending" and t._announces()
            )
        else:
            booked = others.filtered(lambda t: t.booked and t.state not in ("duplicate", "ignored"))
            announced = transactions
        for announcing, entry in self._announced_pairs(announced, booked):
            announcing._become_details_of(entry)

    def _others_in(self, dates):
        """The journal's transactions of other statements in the days of ``dates``."""
        return self.env["bank.transaction"].search(
            [
                ("journal_id", "=", self.journal_id.id),
                ("booking_date", ">=", min(dates)),
                ("booking_date", "<=", max(dates)),
                ("import_statement_id.state", "in", ADMITTED),
                ("import_statement_id", "!=", self.id),
            ],
            order="booking_date, ledger_order, id",
        )

    def _announced_pairs(self, announced, booked):
        """Which announcement is of which entry: by the bank's reference, else amount and text."""
        pairs = []
        by_reference = {
            (t.bank_reference, t.booking_date, t.amount): t for t in booked if t.bank_reference
        }
        for transaction in announced:
            key = (transaction.bank_reference, transaction.booking_date, transaction.amount)
            entry = by_reference.pop(key, None)
            if entry:
                pairs.append((transaction, entry))
                announced -= transaction
                booked -= entry
        days = Counter((t.booking_date, t.amount) for t in announced)
        entries = Counter((t.booking_date, t.amount) for t in booked)
        found = pair(
            [
                Incoming(t, t.booking_date, self._exact(t.amount), t._source(), t.identity_text)
                for t in announced
            ],
            [
                Known(
                    t,
                    t.booking_date,
                    self._exact(t.amount),
                    frozenset({(t._source(), t.identity_text)}),
                )
                for t in booked
            ],
            text_similarity,
        )
        for transaction, pairing in found.items():
            day = (transaction.booking_date, transaction.amount)
            # The texts may share nothing: the entry may just say "collective credit".
            if not pairing.doubtful or days[day] == entries[day] == 1:
                pairs.append((transaction, pairing.known.key))
        return pairs
