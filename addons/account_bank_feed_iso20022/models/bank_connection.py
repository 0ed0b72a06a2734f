from odoo import fields, models

from ..service.camt060 import RELEASES


class BankConnection(models.Model):
    _inherit = "bank.connection"

    iso20022_wsdl = fields.Char(
        "WSDL",
        help="Its address at the bank, where there is one. It is read again for every fetch.",
    )
    iso20022_namespace = fields.Char(
        "Namespace of the operations", help="Where there is no WSDL; the bank's manual tells it."
    )
    iso20022_release = fields.Selection(
        [
            (name, f"{versions.statement}, {versions.report}, {versions.request}")
            for name, versions in RELEASES.items()
        ],
        "Messages",
        default="2019",
    )
    iso20022_source = fields.Selection(
        [
            ("both", "Statements, and a report of today"),
            ("statements", "Statements only"),
            ("reports", "Reports only"),
        ],
        "What to fetch",
        default="both",
        help="With reports only, switch on in the journals that reports within the day are booked.",
    )
    iso20022_days = fields.Integer(
        "Days per request", default=31, help="Longer periods are asked for in pieces."
    )
    iso20022_accounts = fields.Text(
        "Accounts",
        help="The IBANs or numbers, one in a line, each with its currency if the bank wants that: "
        "PL61 1090 1014 0000 0712 1981 2874 PLN. Empty: the accounts of the company's bank "
        "journals.",
    )
