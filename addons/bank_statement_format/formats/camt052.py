"""ISO 20022 account reports (camt.052), versions .001.01 to .001.13.

What a bank tells within the day: balances so far, and entries booked or pending. Read as
camt.053 is, but never proof of what the account holds: a report says ``kind`` "report".

Where it differs from camt.053:

- A report may have balances and no entries, or entries and no balances. Interim balances
  (ITBD) stand in for opening and closing ones.
- An entry without any date counts for the end of the period, or for when the report or
  the message was made.
- An entry without a status is refused, since it may be pending as well as booked.
"""

from __future__ import annotations

from ._camt import CamtFormat


class Camt052(CamtFormat):
    name = "camt.052"
    label = "ISO 20022 camt.052"
    recognised_by = "the element `BkToCstmrAcctRpt`, in any namespace"
    kind = "report"
    message = "BkToCstmrAcctRpt"
    statement = "Rpt"
