{
    "name": "Bank Feed Rules",
    "summary": "Finds what a bank transaction pays: ordered rules, evidence, scores, suggestions",
    "version": "1.0.0",
    "category": "Accounting/Accounting",
    "license": "LGPL-3",
    "author": "Odoo Bank Feed contributors",
    "depends": ["account_bank_feed"],
    "external_dependencies": {"python": ["python-stdnum"]},
    "data": [
        "security/ir.model.access.csv",
        "security/rules.xml",
        "data/bank_feed_rule.xml",
        "views/bank_feed_rule_views.xml",
        "views/bank_transaction_views.xml",
    ],
    "installable": True,
}
