import base64
from decimal import Decimal

from odoo import api, models
from odoo.exceptions import UserError

from ..installer import COMPANY_XMLID
from ..scenario import PARTNERS, Document, drafts, files, plan


class BankFeedDemo(models.AbstractModel):
    """Hands out the statement files of the demo company's banks."""

    _name = "bank.feed.demo"
    _description = "Bank Feed Demo"

    @api.model
    @api.readonly
    def statement_files(self):
        """The statement files to try the bank feed with, the same ones on every call.

        :return: list of ``{"name": ..., "data": base64}``
        :raises AccessError: for a user who may not upload statement files
        """
        self.env["bank.guarded.state"]._require_role("operator")
        return [
            {"name": file.name, "data": base64.b64encode(file.data).decode()}
            for file in files(self._plan())
        ]

    def _company(self):
        company = self.env.ref(COMPANY_XMLID, raise_if_not_found=False)
        if not company:
            raise UserError(
                self.env._("The demo company is gone. To get it back, install the addon again.")
            )
        return company

    def _plan(self):
        """What the banks book, with the truth about every transaction."""
        return plan(self._documents())

    def _documents(self):
        """The demo's documents as the books hold them, whether they are paid or not."""
        by_number = {draft.number: draft for draft in drafts()}
        moves = self.env["account.move"].search(
            [
                ("company_id", "=", self._company().id),
                ("move_type", "in", ("out_invoice", "out_refund", "in_invoice")),
                ("name", "in", list(by_number)),
            ]
        )
        return [_document(move) for move in moves if move.partner_id.ref in PARTNERS]


def _document(move):
    return Document(
        kind=move.move_type,
        number=move.name,
        partner=PARTNERS[move.partner_id.ref],
        date=move.invoice_date,
        amount=Decimal(f"{move.amount_total:.2f}"),
        currency=move.currency_id.name,
        ref=move.ref or "",
    )
