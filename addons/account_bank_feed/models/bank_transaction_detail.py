from odoo import api, fields, models


class BankTransactionDetail(models.Model):
    """One payment within a batch booking. The bank books the batch, not its payments."""

    _name = "bank.transaction.detail"
    _description = "Payment in a Batch Booking"
    _order = "transaction_id, sequence, id"

    transaction_id = fields.Many2one(
        "bank.transaction", required=True, readonly=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(readonly=True, help="Place in the batch, from 1.")
    currency_id = fields.Many2one(related="transaction_id.currency_id")
    has_amount = fields.Boolean(
        readonly=True, help="Unset where the bank tells only the amount of the whole batch."
    )
    amount = fields.Monetary(readonly=True, help="Positive when money came in.")
    original_amount = fields.Float(readonly=True, digits=(16, 5))
    original_currency = fields.Char(readonly=True)
    charges = fields.Monetary(readonly=True)
    counterparty_name = fields.Char("Counterparty", readonly=True)
    counterparty_iban = fields.Char("Counterparty IBAN", readonly=True)
    counterparty_bic = fields.Char("Counterparty BIC", readonly=True)
    remittance = fields.Char("Remittance information", readonly=True)
    reference = fields.Char("Structured reference", readonly=True)
    end_to_end_id = fields.Char("End-to-end id", readonly=True)
    mandate_id = fields.Char("Mandate", readonly=True)
    creditor_id = fields.Char("Creditor id", readonly=True)
    bank_reference = fields.Char(readonly=True)
    code = fields.Char("Bank transaction code", readonly=True)
    return_reason = fields.Char(readonly=True)

    @api.model
    def _values_of(self, details):
        """Field values for each :class:`bank_statement_format.Detail` of a transaction."""
        return [
            {
                "sequence": sequence,
                "has_amount": detail.amount is not None,
                "amount": detail.amount or 0,
                **payment_values(detail),
            }
            for sequence, detail in enumerate(details, start=1)
        ]

    def _add_to(self, transaction):
        """Let another transaction have these details too."""
        self.create([{**values, "transaction_id": transaction.id} for values in self.copy_data()])


def payment_values(payment):
    """Field values that a transaction and a payment in a batch have in common.

    Names and texts are the cleaned ones: what the bank wrote is in the source fragment.

    :param payment: a ``Transaction`` or a ``Detail`` of ``bank_statement_format``
    """
    party = payment.counterparty
    return {
        "original_amount": payment.original_amount or 0,
        "original_currency": payment.original_currency,
        "charges": payment.charges or 0,
        "counterparty_name": party.clean_name,
        "counterparty_iban": party.iban,
        "counterparty_bic": party.bic,
        "remittance": payment.clean_remittance,
        "reference": payment.reference,
        "end_to_end_id": payment.end_to_end_id,
        "mandate_id": payment.mandate_id,
        "creditor_id": payment.creditor_id,
        "bank_reference": payment.bank_reference,
        "code": payment.code,
        "return_reason": payment.return_reason,
    }
