{
    "name": "Bank Feed Demo",
    "summary": "A German demo company, its statement files, and a bank to fetch from",
    "version": "1.0.0",
    "category": "Accounting/Accounting",
    "license": "LGPL-3",
    "author": "Odoo Bank Feed contributors",
    "depends": ["account_bank_feed_connection", "account_bank_feed_dashboard", "l10n_de"],
    "data": [],
    "assets": {
        "web.assets_tests": ["account_bank_feed_demo/static/tests/tours/**/*"],
    },
    "post_init_hook": "make_demo_company",
    "installable": True,
}
