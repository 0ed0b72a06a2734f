{
    "name": "Bank Feed Demo",
    "summary": "A German demo company, and statement files that show the bank feed at work",
    "version": "1.0.0",
    "category": "Accounting/Accounting",
    "license": "LGPL-3",
    "author": "Odoo Bank Feed contributors",
    "depends": ["account_bank_feed_connection", "account_bank_feed_dashboard", "l10n_de"],
    "data": [],
    "post_init_hook": "make_demo_company",
    "installable": True,
}
