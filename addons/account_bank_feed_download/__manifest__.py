{
    "name": "Bank Feed: Downloads",
    "summary": "Fio banka by token, Raiffeisenbank CZ by certificate",
    "version": "1.0.0",
    "category": "Accounting/Accounting",
    "license": "LGPL-3",
    "author": "Odoo Bank Feed contributors",
    "depends": ["account_bank_feed_connection"],
    "data": ["views/bank_connection_views.xml"],
    "installable": True,
}
