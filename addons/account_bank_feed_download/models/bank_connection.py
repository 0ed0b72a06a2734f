from odoo import fields, models


class BankConnection(models.Model):
    _inherit = "bank.connection"

    fio_iban = fields.Char("Account of the token", readonly=True, copy=False)
    fio_number = fields.Char(readonly=True, copy=False)
    fio_currency = fields.Char(readonly=True, copy=False, size=3)
