"""ISO 20022 bank-to-customer statements (camt.053), versions .001.01 to .001.13.

What a bank books to an account in a period, closed. Elements are known by their local
names, because the namespace changes with every version and some banks write their own.
Required is what the books depend on: the account, and for each entry an amount in the
account's currency and its direction. A file is read in one pass; what was read is freed
at once.

Where real files bend the standard:

- A missing booking date is the value date. Where both are missing, a booked entry counts
  for the day of a statement about a single day (FrToDt, or balances of one date), and is
  refused in a longer one. What is pending counts for the end of the period, or for when
  the statement or the message was made.
- An entry without a status is booked, since a statement is about nothing else.
- A booked entry in another currency than the account's counts with the amount in the
  account's currency that stands below it (AmtDtls, or its one payment), and is refused
  where there is none, or several. One that is not booked yet is read as it stands.
- A booked balance in another currency than the account's is not its balance and
  counts as not given. A balance without direction is taken for a credit: if it is none,
  the statement does not add up.
- A page of a longer statement has interim balances (ITBD) at its ends, and its
  summary (TxsSummry) may be about the whole statement, so it is not compared.
- Banks count a batch in the summary as one entry or as its details, add pending
  entries or not, and give the gross or the net sum: one of these must fit, or the file
  is refused as incomplete. Where there are opening and closing balance, they prove the
  file instead.

Batch bookings: an entry with two or more payments (TxDtls) is one transaction with the
entry's amount and the payments as details. Each detail has the direction of the entry
unless it tells its own, its amount where it is told in the account's currency (TxDtls/Amt,
TxAmt, CntrValAmt, InstdAmt, in this order), and a foreign one beside it. The transaction
keeps what all payments agree on, and their texts joined. What the batch says of itself
(Btch: number, total) is not compared: banks give details in part, gross where the entry is
net, or only in a camt.054. The entry's amount is what the account moved, always.

One payment, or none, is no batch: what it tells is told by the transaction.

The counterparty is the other side of the payment; in a return or reversal the sides are
those of the original payment, hence swapped. Our own account is never the other side. A
bank as party (Agt) is a counterparty, too. The bank's reference is AcctSvcrRef, else
NtryRef, else that of the only payment, else its UETR.
"""

from __future__ import annotations

from ._camt import CamtFormat


class Camt053(CamtFormat):
    name = "camt.053"
    label = "ISO 20022 camt.053"
    recognised_by = "the element `BkToCstmrStmt`, in any namespace"
    kind = "statement"
    message = "BkToCstmrStmt"
    statement = "Stmt"
