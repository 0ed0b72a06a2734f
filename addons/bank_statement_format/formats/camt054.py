"""ISO 20022 debit and credit notifications (camt.054), versions .001.01 to .001.13.

Single entries as they happen, or the payments of a batch that the statement books in one
sum. They announce or explain entries of a camt.053 and do not stand for bookings of their
own: ``kind`` is "notification". Read as camt.053 is.

Where it differs from camt.053:

- There are no balances, so nothing can add up.
- An entry without any date counts for the end of the period, or for when the notification
  or the message was made.
- An entry without a status is refused.
"""

from __future__ import annotations

from ._camt import CamtFormat


class Camt054(CamtFormat):
    name = "camt.054"
    label = "ISO 20022 camt.054"
    recognised_by = "the element `BkToCstmrDbtCdtNtfctn`, in any namespace"
    kind = "notification"
    message = "BkToCstmrDbtCdtNtfctn"
    statement = "Ntfctn"
