"""Bank statement files as typed data: plain Python, usable without Odoo.

``python -m bank_statement_format FILE...`` prints one JSON document per file.
"""

# The folder first: importing it later would hide the function of the same name.
from . import formats as _folder
from .errors import (
    AmbiguousFormat,
    InvalidStatement,
    StatementError,
    UnclearEncoding,
    UnclearLayout,
    UnknownFormat,
)
from .identity import IdentityCounter, identity_text, same_account, text_similarity
from .profile import ProfileError, profile_data, profile_from
from .reader import detect, parse, read_statements, recoded
from .registry import Format, formats, formats_with
from .types import Account, Balance, Counterparty, Detail, Event, Statement, Transaction

__all__ = [
    "Account",
    "AmbiguousFormat",
    "Balance",
    "Counterparty",
    "Detail",
    "Event",
    "Format",
    "IdentityCounter",
    "InvalidStatement",
    "ProfileError",
    "Statement",
    "StatementError",
    "Transaction",
    "UnclearEncoding",
    "UnclearLayout",
    "UnknownFormat",
    "detect",
    "formats",
    "formats_with",
    "identity_text",
    "parse",
    "profile_data",
    "profile_from",
    "read_statements",
    "recoded",
    "same_account",
    "text_similarity",
]
