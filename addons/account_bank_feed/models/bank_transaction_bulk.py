import logging

from odoo import models

from ..bulk import entries, messages, numbers, specimen, stock
from ..series import is_open_account

AT_LEAST = 20
"""Fewer than these are written by stock Odoo: specimens cost as much as they save."""

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
        one_of_each = {draft.shape: draft.transaction.id for draft in reversed(drafts)}
        found = specimen.specimens(self.browse(one_of_each.values()))
        writer = entries.EntryWriter(drafts, found)
        chatter = messages.Chatter(self.env, found)
        differences = [
            *writer.differences(),
            *chatter.differences([draft.line for draft in drafts]),
            *stock.strangers(self.env, writer.given()),
        ]
        if differences:
            _logger.warning("Entries are not written in bulk: %s differ", ", ".join(differences))
            return nothing
        lines = writer.write()
        chatter.write(lines.move_id)
        self._raise_ranks(lines.move_id)
        return lines.bank_transaction_id

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
            items = moves.line_ids.filtered(
                lambda item, kind=kind: item.partner_id and item.account_id.account_type == kind
            )
            counts = {}
            for _move, of_one in items.grouped("move_id").items():
                for partner in of_one.partner_id:
                    counts[partner] = counts.get(partner, 0) + 1
            by_count = {}
            for partner, count in counts.items():
                by_count.setdefault(count, self.env["res.partner"])
                by_count[count] |= partner | partner.commercial_partner_id
            for count, partners in by_count.items():
                partners._increase_rank(f"{rank}_rank", count)

    def _number_entries(self):
        """Give the entries of these their numbers: the last thing that is done for a batch."""
        if self:
            numbers.number(self.statement_line_ids.move_id.sorted("id"))
