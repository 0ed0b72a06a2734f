{
    "name": "Bank Feed: SFTP",
    "summary": "Picks up the files that a bank leaves on an SFTP server",
    "version": "1.0.0",
    "category": "Accounting/Accounting",
    "license": "LGPL-3",
    "author": "Odoo Bank Feed contributors",
    "depends": ["account_bank_feed_connection"],
    "external_dependencies": {"python": ["paramiko"]},
    "data": ["views/bank_connection_views.xml"],
    "installable": True,
}
