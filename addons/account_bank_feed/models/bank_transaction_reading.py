import logging
from itertools import groupby
from operator import itemgetter

from odoo import Command, api, models

from ..bulk import stock
from ..bulk.rows import Rows, insert
from .bank_transaction_bulk import AT_LEAST

COMPUTED = ("state", "reconciled_at")
"""Stored fields that have no other value in what is new than in the first one of its statement."""

KNOWN = stock.KNOWN_MODULES | {"account_bank_feed", "account_bank_feed_rule"}
KNOWN |= {"account_bank_feed_dashboard"}
"""Addons whose fields of transactions are empty in what is new, or computed."""

_logger = logging.getLogger(__name__)


class BankTransaction(models.Model):
    """Step 2: what a file says becomes records, many at a time."""

    _inherit = "bank.transaction"

    @api.model
    def _create_read(self, rows):
        """As ``create`` does it. Odoo creates the first of a statement, the others are like it.

        :param rows: values for ``create``, all with the same names, one statement's in a row
        """
        odoos = self._why_odoo_creates()
        by_odoo = []
        for _statement, group in groupby(rows, itemgetter("import_statement_id")):
            first, *others = group
            by_odoo.append(first)
            if odoos or len(others) < AT_LEAST or not first["currency_id"]:
                by_odoo += others
            else:
                self._create_like(self.create(by_odoo)[-1], first, others)
                by_odoo = []
        self.create(by_odoo)

    def _create_like(self, record, values, rows):
        """Create what differs from a record in some of the values that it was created with."""
        own = [
            name
            for name, value in values.items()
            if name != "detail_ids" and any(row[name] != value for row in rows)
        ]
        like = Rows.like(record, [{n: row[n] for n in own} for row in rows], record.currency_id)
        (created,) = insert(like, protected=[[self._fields[name] for name in COMPUTED]])
        details = [
            {**detail, "transaction_id": transaction.id}
            for transaction, row in zip(created, rows, strict=True)
            for command, _id, detail in row["detail_ids"]
            if command == Command.CREATE
        ]
        self.env["bank.transaction.detail"].create(details)

    def _why_odoo_creates(self):
        """What an addon changes that is not known here: methods, or values that are not given."""
        given = {self._name: COMPUTED}
        found = stock.strangers(self.env, given, stock.SKIPPED_IN_READING)
        found += [
            f"{self._name}.{name} ({field._module})"
            for name, field in self._fields.items()
            if field.store and (field.default or field.compute) and field._module not in KNOWN
        ]
        if found:
            _logger.info("Odoo creates the transactions, because of %s", ", ".join(found))
        return found
