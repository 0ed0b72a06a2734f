{
    "name": "Bank Feed: NextGenPSD2",
    "summary": "Accounts, balances and transactions by the Berlin Group's XS2A interface",
    "version": "1.0.0",
    "category": "Accounting/Accounting",
    "license": "LGPL-3",
    "author": "Odoo Bank Feed contributors",
    "depends": ["account_bank_feed_connection"],
    "data": ["views/bank_connection_views.xml"],
    "installable": True,
}
