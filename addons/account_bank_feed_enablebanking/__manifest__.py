{
    "name": "Bank Feed: Enable Banking",
    "summary": "The banks that Enable Banking reaches, with the consent of the account's owner",
    "version": "1.0.0",
    "category": "Accounting/Accounting",
    "license": "LGPL-3",
    "author": "Odoo Bank Feed contributors",
    "depends": ["account_bank_feed_rest"],
    "data": [
        "security/ir.model.access.csv",
        "wizard/enablebanking_bank_views.xml",
        "views/bank_connection_views.xml",
    ],
    "installable": True,
}
