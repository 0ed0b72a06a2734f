from psycopg2.errors import LockNotAvailable

from odoo import models
from odoo.exceptions import UserError

WAIT = "2s"
"""So long a preview waits for whoever has locked the items; it is not worth more."""


class _TriedOut(Exception):
    """Carries what was seen out of the database savepoint that is rolled back."""

    def __init__(self, seen):
        super().__init__()
        self.seen = seen


class BankTransaction(models.Model):
    """What posting would write, seen before it is done: it is done, looked at and taken back."""

    _inherit = "bank.transaction"

    def review_preview(self, proposal):
        """The journal items that accepting a proposal writes, and what becomes of the documents.

        To be called by itself: what was to happen after the commit is forgotten with the trial.
        """
        self.ensure_one()
        self._authorise("accountant")
        try:
            with self.env.cr.savepoint():
                self.env.cr.execute("SET LOCAL lock_timeout = %s", [WAIT])
                self._settle_as_proposed(proposal)
                raise _TriedOut(self._review_written())
        except _TriedOut as tried:
            return {**tried.seen, "error": ""}
        except UserError as error:
            return _nothing(str(error))
        except LockNotAvailable:
            return _nothing(self.env._("Just now something else is booked to these items."))
        finally:
            self.env.cr.postcommit.clear()  # no mail about what was never done

    def _review_written(self):
        items = self.sudo().statement_line_id.move_id.line_ids
        liquidity, _suspense, _others = self.sudo().statement_line_id._seek_for_lines()
        documents = items._bank_feed_documents().filtered(lambda i: i.move_id not in items.move_id)
        return {
            "entry": [_item_values(item, is_bank=item in liquidity) for item in items],
            "effects": [
                {"document": item.move_name, "text": self._effect_on(item)} for item in documents
            ]
            + self._effects_beside(items),
        }

    def _effect_on(self, item):
        if item.reconciled:
            return self.env._("settled in full")
        open_amount = item.currency_id.format(item.amount_residual_currency)
        return self.env._("%s stay open", open_amount)

    def _effects_beside(self, items):
        """What is booked or opened beside the entry itself."""
        partials = items.matched_debit_ids | items.matched_credit_ids
        effects = [
            {
                "document": move.journal_id.display_name,
                "text": self.env._(
                    "exchange difference of %s",
                    move.company_currency_id.format(sum(move.line_ids.mapped("debit"))),
                ),
            }
            for move in partials.exchange_move_id
        ]
        reopened = self.sudo().counterpart_ids.reopened_item_ids
        return effects + [
            {"document": item.move_name, "text": self.env._("open again")}
            for item in reopened
            if not item.reconciled
        ]


def _nothing(error):
    return {"entry": [], "effects": [], "error": error}


def _item_values(item, is_bank):
    own, foreign = item.company_currency_id, item.currency_id
    return {
        "account": item.account_id.display_name,
        "partner": item.partner_id.display_name or "",
        "label": item.name or "",
        "debit_text": own.format(item.debit) if item.debit else "",
        "credit_text": own.format(item.credit) if item.credit else "",
        "foreign_text": foreign.format(item.amount_currency) if foreign != own else "",
        "is_bank": is_bank,
        "matched": ", ".join(item._bank_feed_documents().move_id.mapped("name")),
    }
