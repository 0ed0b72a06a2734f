from collections import defaultdict
from dataclasses import replace
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

    def _days_compared(self):
        """First and last of the days in which any of its transactions may be known.

        Of days around theirs only those that it covers say anything by words alone.
        """
        days = self.transaction_ids.mapped("booking_date")
        if not days:
            return self.start_date, self.end_date
        margin, first, last = timedelta(DAYS_APART), min(days), max(days)
        before, after = max(self.start_date, first - margin), min(self.end_date, last + margin)
        return min(first, before), max(last, after)

    def _told_elsewhere(self, originals, first, last):
        """What has described some known ones on days before or after these."""
        margin = timedelta(DAYS_APART)
        near = self._known_domain(first - margin, last + margin)
        outside = ["|", ("booking_date", "<", first), ("booking_date", ">", last)]
        found = originals.search([*near, *outside, ("state", "=", "duplicate")])
        ids = set(originals.ids)
        return found.filtered(lambda t: t.duplicate_of_id.id in ids)

    def _known_elsewhere(self, transactions):
        """What these are duplicates of, as far as that is of other days than theirs."""
        originals = transactions.duplicate_of_id - transactions
        return originals.filtered(lambda t: t.state not in NOT_IN_BOOKS)

    # ------------------------------------------------------------------
    # What balances say about it
    # ------------------------------------------------------------------

    def _judge_readings(self, pairings, known, filled=0):
        """The verdict, and the pairings that it is about.

        What seems to be known of another day may be another payment: balances tell, where taking
        it so fits and taking it otherwise does not. They do not tell of what we know of days after
        the statement's last, whose amount neither they nor our balance of that day hold.

        :param filled: accepted gaps that the statement is taken to fill
        """
        readings = self._readings(pairings)
        judged = [(self._judge(reading, known, filled), reading) for reading in readings]
        proven = [one for one in judged if one[0].proven]
        admitted = [one for one in judged if one[0].admitted]
        verdict, chosen = (proven or admitted or judged)[0]
        if verdict.proven:
            open_ones = self._redated(chosen) if proven[1:] else {}
            open_ones |= self._redated_after(chosen)
            chosen = chosen | {
                id: replace(pairing, proven=True)
                for id, pairing in chosen.items()
                if pairing.doubtful and id not in open_ones
            }
        return verdict, chosen

    def _readings(self, pairings):
        """The pairings; without those of other days that are in doubt; without any of these."""
        told = self._redated(pairings).keys() - self._redated_after(pairings).keys()
        readings = [pairings]
        for left_out in ({id for id in told if pairings[id].doubtful}, told):
            reading = {id: pairing for id, pairing in pairings.items() if id not in left_out}
            if len(reading) < len(readings[-1]):
                readings.append(reading)
        return readings

    def _redated(self, pairings):
        """Those of the pairings that are of different days."""
        days = {t.id: t.booking_date for t in self.transaction_ids} if pairings else {}
        return {id: p for id, p in pairings.items() if p.known.date != days[id]}

    def _redated_after(self, pairings):
        """Those of the pairings that are known of a day after the statement's last."""
        end = self._last_day()
        return {id: p for id, p in pairings.items() if p.known.date > end}

    def _last_day(self):
        """The last day of what its balances are about."""
        booked = self.transaction_ids.filtered("booked")
        return max([self.end_date, *booked.mapped("booking_date")])

    def _known_after(self, pairings):
        """Sum of what is known of days after the last one and stands in the statement before.

        The balance of that day by our books is without it, and the bank's is not.
        """
        known = [pairing.known for pairing in self._redated_after(pairings).values()]
        return sum((one.amount for one in known if is_booked(one)), Decimal(0))
