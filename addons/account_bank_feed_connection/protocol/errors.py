"""What can go wrong with a bank, named after what to do next.

A message is read by people, kept in the database and sent by mail: it says what the bank
answered, and never holds a secret, nor an address with one in it.
"""

from __future__ import annotations

import datetime

LONGEST_PAUSE = 2 * 24 * 3600
"""Seconds after which a bank is asked again, whatever it wants: more is a mistake, such as
milliseconds."""


class ConnectorError(Exception):
    """A bank did not give what it was asked for.

    :param message: what happened, in a sentence
    :param payload: what the bank sent, where that helps whoever looks into it
    """

    kind: str
    """Short technical name, kept with whatever failed."""

    def __init__(self, message: str, payload: bytes | None = None):
        super().__init__(message)
        self.message = message
        self.payload = payload


class RetryLater(ConnectorError):
    """The bank is not itself: down, slow, or sending nonsense. It comes round by itself.

    :param after: seconds that the bank wants us to wait, None where it does not say
    """

    kind = "retry"

    def __init__(self, message: str, after: float | None = None, payload: bytes | None = None):
        super().__init__(message, payload)
        self.after = after and min(after, LONGEST_PAUSE)


class RateLimited(RetryLater):
    """We ask more often than the bank allows."""

    kind = "rate_limited"


class ConsentExpired(ConnectorError):
    """The account's owner must consent anew. Nothing can be fetched until a person has done so."""

    kind = "consent_expired"


class AccountConsentExpired(ConsentExpired):
    """The same for the account that was asked for, and for no other: each has its own consent."""

    kind = "account_consent_expired"


class NotAuthorised(ConnectorError):
    """The bank does not accept who we say we are: a token, key or certificate is not, or no
    longer, good. A person must look at it."""

    kind = "not_authorised"


class PeriodTooLong(ConnectorError):
    """The bank does not go back that far.

    :param earliest: the first day that it gives
    """

    kind = "period_too_long"

    def __init__(self, message: str, earliest: datetime.date, payload: bytes | None = None):
        super().__init__(message, payload)
        self.earliest = earliest


class Permanent(ConnectorError):
    """Asking again will not help: the bank does not know the account, or we ask in a way that
    it does not understand."""

    kind = "permanent"
