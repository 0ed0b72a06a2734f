{
    "name": "Bank Feed: ISO 20022 Web Service",
    "summary": "Statements, reports and balances from a bank's XML web service, with a certificate",
    "version": "1.0.0",
    "category": "Accounting/Accounting",
    "license": "LGPL-3",
    "author": "Odoo Bank Feed contributors",
    "depends": ["account_bank_feed_connection"],
    "external_dependencies": {"python": ["lxml", "zeep"]},
    "data": ["views/bank_connection_views.xml"],
    "installable": True,
}
