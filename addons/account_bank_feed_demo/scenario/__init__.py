"""What happens to the demo company: plain Python, the same on every run.

``drafts`` says which invoices and bills there are, ``plan`` what the banks then book, each
transaction with the truth about it, and ``files`` cuts that into statement files.
"""

from .accounts import ACCOUNTS, OWN_IBANS, Account
from .documents import CREDIT_NOTES, Draft, Line, drafts
from .files import BY_FEED, File, demo_bank, files, later
from .partners import CUSTOMERS, LANDLORD_IBAN, PARTNERS, VENDORS, Partner
from .payments import Document, Planned, plan

__all__ = [
    "ACCOUNTS",
    "BY_FEED",
    "CREDIT_NOTES",
    "CUSTOMERS",
    "LANDLORD_IBAN",
    "OWN_IBANS",
    "PARTNERS",
    "VENDORS",
    "Account",
    "Document",
    "Draft",
    "File",
    "Line",
    "Partner",
    "Planned",
    "demo_bank",
    "drafts",
    "files",
    "later",
    "plan",
]
