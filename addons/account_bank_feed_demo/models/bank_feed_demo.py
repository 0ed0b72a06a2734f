import base64
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..installer import COMPANY_XMLID
from ..scenario import (
    ACCOUNTS,
    BY_FEED,
    PARTNERS,
    Document,
    demo_bank,
    drafts,
    files,
    later,
    plan,
)
from ..scenario.accounts import END


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

    @api.model
    @api.readonly
    def bank_accounts(self):
        """What the demo bank has on the company's accounts there, which a feed can fetch.

        It begins anew whenever it is started: payments that are in the books already were booked
        on the day that these say, the others are still to come.

        :return: the IBANs in the order in which the ways in are shown, the file of what is booked,
            and the payments that come next
        :raises AccessError: for a user who may not upload statement files
        """
        self.env["bank.guarded.state"]._require_role("operator")
        planned = self._plan()
        payments, days = later(planned), self._days_of_payments()
        arrived = [
            one._replace(booking_date=days[one.remittance], value_date=days[one.remittance])
            for one in payments
            if one.remittance in days
        ]
        data = demo_bank(planned, arrived, fields.Date.today())
        return {
            "ibans": [ACCOUNTS[key].iban for key in BY_FEED],
            "name": "demo_bank.xml",
            "data": base64.b64encode(data).decode(),
            "next": [_order(one) for one in payments if one.remittance not in days],
        }

    def _days_of_payments(self):
        """The days of what is in the books after the quarter, by the payers' texts."""
        transactions = self.env["bank.transaction"].search(
            [
                ("company_id", "=", self._company().id),
                ("journal_id.bank_account_id.acc_number", "=", ACCOUNTS[BY_FEED[0]].iban),
                ("booking_date", ">", END),
                ("state", "in", ("processed", "reconciled")),
            ]
        )
        return {one.remittance: one.booking_date for one in transactions}

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


def _order(transaction):
    """As the bank takes it that something is to be booked."""
    return {
        "account": ACCOUNTS[BY_FEED[0]].iban,
        "amount": f"{transaction.amount:.2f}",
        "text": transaction.remittance,
        "party": transaction.counterparty.name,
        "party_account": transaction.counterparty.iban,
        "end_to_end_id": transaction.end_to_end_id,
    }


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
