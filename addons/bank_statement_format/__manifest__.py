{
    "name": "Bank Statement Formats",
    "summary": "One parser for bank statement files: bytes in, typed statements out",
    "version": "1.0.0",
    "category": "Accounting/Accounting",
    "license": "LGPL-3",
    "author": "Odoo Bank Feed contributors",
    "depends": ["base"],
    "external_dependencies": {"python": ["lxml", "pdfminer.six", "python_calamine"]},
    "installable": True,
}
