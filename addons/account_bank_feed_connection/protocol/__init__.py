"""What every bank connection needs, whatever the bank; plain Python, no Odoo."""

from .errors import (
    AccountConsentExpired,
    ConnectorError,
    ConsentExpired,
    NotAuthorised,
    PeriodTooLong,
    Permanent,
    RateLimited,
    RetryLater,
)
from .retry import MAX_ATTEMPTS, wait_before
from .types import Consent, Document, Period, Person, RemoteAccount, RemoteBalance
