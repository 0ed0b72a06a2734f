"""Bank statement files as typed data: plain Python, usable without Odoo.

``python -m bank_statement_format FILE...`` prints one JSON document per file.
"""

# The folder first: importing it later would hide the function of the same name.
from . import formats as _folder
from .errors import AmbiguousFormat, InvalidStatement, StatementError, UnknownFormat
from .identity import IdentityCounter, identity_text, same_account, text_similarity
from .reader import detect, parse, read_statements
from .registry import Format, formats
from .types import Account, Balance, Counterparty, Event, Statement, Transaction

__all__ = [
    "Account",
    "AmbiguousFormat",
    "Balance",
    "Counterparty",
    "Event",
    "Format",
    "IdentityCounter",
    "InvalidStatement",
    "Statement",
    "StatementError",
    "Transaction",
    "UnknownFormat",
    "detect",
    "formats",
    "identity_text",
    "parse",
    "read_statements",
    "same_account",
    "text_similarity",
]
