import logging
import time
from collections import Counter

from odoo import models
from odoo.tools import ormcache

from ..bulk import entries, messages, numbers, specimen, stock
from ..series import increase_ranks, is_open_account

AT_LEAST = 20
"""Fewer than these are written by stock Odoo: specimens cost as much as they save."""

GOOD_FOR = 300
"""Seconds for which specimens count."""

_logger = logging.getLogger(__name__)


class BankTransaction(models.Model):
    """What is equal for all transactions of a batch is done once; see the folder ``bulk``."""

    _inherit = "bank.transaction"

    def _create_in_bulk(self):
        """Write the statement lines of those that are plain enough, without numbers yet.

        :return: the transactions that were written
        """
        nothing = self.browse()
        if len(self) < AT_LEAST or self._bulk_obstacles():
            return nothing
        drafts = self._plain_drafts()
        if len(drafts) < AT_LEAST:
            return nothing
        pattern, note = self._pattern_of(drafts)
        if not pattern:
            return nothing
        lines = entries.EntryWriter(drafts, pattern).write_rows()
        note.post(lines.move_id)
        self._raise_ranks(lines.move_id)
        return lines.bank_transaction_id

    def _pattern_of(self, drafts):
        """What these have in common; made anew every five minutes, and when settings change.

        :return: a `Pattern` and what their chatter says, or (None, None) if Odoo has to write them
        """
        # Of each shape the one with most items: it shows whatever the others have.
        found = {draft.shape: draft for draft in sorted(drafts, key=lambda d: len(d.items))}
        one_of_each = {shape: found[shape] for shape in sorted(found)}
        stamp = (time.time() // GOOD_FOR, *self._settings())
        return self._find_pattern(
            self.journal_id.id, tuple(one_of_each), stamp, list(one_of_each.values())
        )

    def _settings(self):
        """Whatever is set on the journal and its company."""
        journal = self.journal_id
        journal.flush_recordset()
        journal.company_id.flush_recordset()
        self.env.cr.execute(
            "SELECT md5(journal::text), md5(company::text) FROM account_journal journal "
            "JOIN res_company company ON company.id = journal.company_id WHERE journal.id = %s",
            [journal.id],
        )
        return self.env.cr.fetchone()

    @ormcache("journal_id", "shapes", "stamp", "self.env.uid", "self.env.lang")
    def _find_pattern(self, journal_id, shapes, stamp, drafts):
        found = specimen.specimens(self.browse(draft.transaction.id for draft in drafts))
        pattern = entries.Pattern.of(self.env, found)
        note = messages.Note.of(self.env, found)
        differences = [
            *entries.EntryWriter(drafts, pattern).differences(found),
            *note.differences(self.env, found),
            *stock.strangers(self.env, pattern.given()),
        ]
        if not differences:
            return pattern, note
        _logger.warning("Odoo writes entries one by one, for: %s", ", ".join(differences))
        return None, None

    def _bulk_obstacles(self):
        """Why nothing of this batch can be written in bulk, whatever its transactions are."""
        journal = self.journal_id
        company = self.company_id
        return (
            len(journal) != 1
            or (journal.currency_id or company.currency_id) != company.currency_id
            or journal.restrict_mode_hash_table
            or not journal.active
            or not journal.suspense_account_id
            or self.env["account.analytic.distribution.model"].sudo().search_count([], limit=1)
        )

    def _plain_drafts(self):
        """Drafts of those that differ from each other in amounts, texts and accounts only."""
        company = self.company_id
        foreign = self.filtered(
            lambda t: t.partner_id.company_id not in (company.browse(), company) or not t.amount
        )
        drafts = [entries.Draft(transaction) for transaction in self - foreign]
        ids = {item["account_id"] for draft in drafts for item in draft.items}
        accounts = self.env["account.account"].browse(ids)
        usable = {
            account.id
            for account in accounts
            if company.root_id in account.company_ids.root_id and is_open_account(account)
        }
        return [draft for draft in drafts if entries.is_plain(draft, usable)]

    def _raise_ranks(self, moves):
        """Who has paid or was paid is a customer or a supplier, as Odoo counts them."""
        for kind, rank in (("asset_receivable", "customer"), ("liability_payable", "supplier")):
            counts = Counter()
            for move in moves:
                items = (i for i in move.line_ids if i.account_id.account_type == kind)
                counts.update({item.partner_id.id for item in items if item.partner_id})
            increase_ranks(self.env["res.partner"], f"{rank}_rank", counts)

    def _number_entries(self):
        """Give the entries of these their numbers: the last thing that is done for a batch."""
        if self:
            numbers.number(self.statement_line_ids.move_id.sorted("id"))
