from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

from odoo import models
from odoo.addons.bank_statement_format import text_similarity

from ..admission import DAYS_APART, Coverage, Incoming, Known, is_reference, pair_redated
from .bank_import_statement import is_booked

NOT_IN_BOOKS = ("duplicate", "ignored", "quarantined")


class BankImportStatement(models.Model):
    """What another source has dated otherwise is known all the same."""

    _inherit = "bank.import.statement"

    def _pair_redated(self, transactions, paired, known):
        """Which of its transactions are known of another day.

        :param paired: those that are known of the same day: transaction id -> pairing
        :param known: what the journal holds in the days of the transactions
        """
        booked = transactions.filtered("booked")
        rest = booked.filtered(lambda t: t.id not in paired)
        if not rest or not self._books():
            return {}
        by_reference = self._known_by_reference(rest)
        keys = {entry.key for entry in by_reference}
        others = [
            entry
            for entry in known
            if entry.key._name == "bank.transaction"
            and entry.key not in keys
            and entry.key.booked
            and entry.key.state not in NOT_IN_BOOKS
        ]
        if not (by_reference or others):
            return {}
        incoming = [
            Incoming(
                t.id,
                t.booking_date,
                self._exact(t.amount),
                t._source(),
                t.identity_text,
                t.bank_reference or None,
            )
            for t in booked
        ]
        # Where there are balances, they tell whether something is missing or doubled.
        coverage = Coverage(self.start_date, self.end_date, words=self._opening() is None)
        return pair_redated(incoming, [*by_reference, *others], paired, text_similarity, coverage)

    def _known_by_reference(self, transactions):
        """What the journal holds with the bank's references of some transactions, in their days,
        and some before and after.
        """
        days, margin = transactions.mapped("booking_date"), timedelta(DAYS_APART)
        near = self._known_domain(min(days) - margin, max(days) + margin)
        if not transactions.search_count(near, limit=1):
            return []
        references = {t.bank_reference for t in transactions if is_reference(t.bank_reference)}
        if not references:
            return []
        found = transactions.search(
            [*near, ("bank_reference", "in", list(references)), ("booked", "=", True)],
            order="booking_date, ledger_order, id",
        )
        if not found:
            return []
        originals = found.filtered(lambda t: not t.duplicate_of_id) | found.duplicate_of_id
        originals = originals.filtered(lambda t: t.state not in NOT_IN_BOOKS)
        more = [("duplicate_of_id", "in", originals.ids), ("state", "=", "duplicate")]
        tellers = originals | found.search(more)
        descriptions, redated = self._descriptions(tellers)
        told = defaultdict(set)
        for teller in tellers.filtered("bank_reference"):
            told[teller.duplicate_of_id or teller].add(teller.bank_reference)
        return [self._as_known(t, descriptions, redated, told[t]) for t in originals]

    def _as_known(self, transaction, descriptions, redated, references=()):
        return Known(
            transaction,
            transaction.booking_date,
            self._exact(transaction.amount),
            frozenset(descriptions[transaction]),
            frozenset(references),
            frozenset(redated[transaction]),
        )

    def _descriptions(self, transactions):
        """What has described each known one: (source, text); on another day (day, source, text)."""
        descriptions, redated = defaultdict(set), defaultdict(set)
        for one in transactions:
            original = one.duplicate_of_id or one
            key = one.duplicate_of_line_id or original
            words = one._source(), one.identity_text
            if original.booking_date == one.booking_date:
                descriptions[key].add(words)
            else:
                redated[key].add((one.booking_date, *words))
        return descriptions, redated

    def _known_elsewhere(self, transactions):
        """What these are duplicates of, as far as that is of other days than theirs."""
        originals = transactions.duplicate_of_id - transactions
        return originals.filtered(lambda t: t.state not in NOT_IN_BOOKS)

    def _has_redated(self, pairings):
        return any(
            pairings[t.id].known.date != t.booking_date
            for t in self.transaction_ids
            if t.id in pairings
        )

    def _known_after(self, day, pairings):
        """Sum of what is known of days after ``day`` and stands in the statement before.

        The balance of that day by our books is without it, and the bank's is not.
        """
        return sum(
            (
                pairing.known.amount
                for pairing in pairings.values()
                if pairing.known.date > day and is_booked(pairing.known)
            ),
            Decimal(0),
        )
