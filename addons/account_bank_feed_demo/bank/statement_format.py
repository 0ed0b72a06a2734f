"""The project's own types and writers of statements, by the name that they have here.

Within Odoo all addons lie under ``odoo.addons``; elsewhere their folder is on the path.
"""

import importlib

_PREFIX = __name__.partition("account_bank_feed_demo.")[0]
_types = importlib.import_module(f"{_PREFIX}bank_statement_format.types")
_reader = importlib.import_module(f"{_PREFIX}bank_statement_format.reader")
testing = importlib.import_module(f"{_PREFIX}bank_statement_format.testing")

Balance = _types.Balance
Counterparty = _types.Counterparty
Statement = _types.Statement
StatementAccount = _types.Account
Transaction = _types.Transaction
read_statements = _reader.read_statements
