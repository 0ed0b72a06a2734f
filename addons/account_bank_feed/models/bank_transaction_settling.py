from odoo import Command, models
from odoo.exceptions import UserError

from ..told import as_values
from .bank_transaction_matching import NOTHING_DECIDED


class BankTransaction(models.Model):
    """What is in the books, and waits on suspense, is settled: a person says what it is."""

    _inherit = "bank.transaction"

    def _match_with(self, items, why):
        """Reconcile a transaction that waits on suspense with open items of one account.

        :raises UserError: when it does not wait, or an item is settled already
        """
        self.ensure_one()
        if self.state != "processed" or any(item.reconciled for item in items):
            raise UserError(self.env._("The transaction or the open item is settled already."))
        self._refuse_locked()
        suspense = self._suspense_item()
        partner, account = items.partner_id, items.account_id
        self.statement_line_id.with_context(skip_readonly_check=True).partner_id = partner
        suspense.with_context(skip_readonly_check=True).write({"account_id": account.id})
        self.env["account.move.line"]._reconcile_plan([suspense | items])
        self.write(
            {
                **NOTHING_DECIDED,
                "partner_id": partner.id,
                "counterpart_account_id": account.id,
                "matched_item_ids": [(6, 0, items.ids)],
                **as_values(why),
            }
        )
        self.env["bank.audit.log"]._record("match", [(self, "processed", self.state, why)])

    def _settle_with(self, counterparts, why, pair=None):
        """Book a transaction that waits on suspense to these counterparts instead.

        The same journal items as if it had been decided before it was booked.

        :param counterparts: values of ``bank.transaction.counterpart``, without the transaction
        :param pair: the other side, if it is a transfer between own accounts
        :raises UserError: when it does not wait, an item is not as it was, or the counterparts
            do not add up to its amount
        """
        self.ensure_one()
        if self.state != "processed":
            raise UserError(self.env._("The transaction or the open item is settled already."))
        self._refuse_locked()
        self._suspense_item()
        self.write(
            {
                **NOTHING_DECIDED,
                "counterpart_ids": [Command.clear(), *map(Command.create, counterparts)],
                "pair_id": pair.id if pair else False,
                **as_values(why),
            }
        )
        self._lock_matched_items()
        if self._stale_in_parts():
            raise UserError(self.env._("The transaction or the open item is settled already."))
        self._refuse_locked()  # with taxes, another date may count
        self._take_partner()
        self._replace_suspense()
        self._reconcile_counterparts()
        self.env["bank.audit.log"]._record("match", [(self, "processed", self.state, why)])

    def _suspense_item(self):
        """The item to be replaced."""
        line = self.statement_line_id
        _liquidity, suspense, _others = line._seek_for_lines()
        if not suspense:
            # Undone from the invoice's side, which leaves the counterpart where it was.
            self._put_back_on_suspense()
            _liquidity, suspense, _others = line._seek_for_lines()
        return suspense

    def _take_partner(self):
        """Whose transaction it is, where its counterparts are of one partner."""
        partner = self.counterpart_ids.partner_id
        if len(partner) == 1:
            self.partner_id = partner
        self.statement_line_id.with_context(skip_readonly_check=True).write(
            {"partner_id": self.partner_id.id, **self._foreign_values()}
        )

    def _replace_suspense(self):
        """In one write, at the end of which the entry is balanced: it stays posted."""
        liquidity, suspense, others = self.statement_line_id._seek_for_lines()
        values = self._counterpart_item_values(liquidity.balance)
        self.move_id.with_context(
            force_delete=True, skip_readonly_check=True, skip_computed_taxes=True
        ).write(
            {
                "line_ids": [
                    *(Command.delete(item.id) for item in suspense | others),
                    *map(Command.create, values),
                ]
            }
        )
