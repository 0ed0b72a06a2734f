"""SWIFT MT940 (customer statement) as banks hand it out: .sta, .940, .swi, .mta, .txt.

Read are statements with or without SWIFT's envelope ({1:...}{2:...}{4: ... -}) and with
whatever a bank writes around them (ABNANL2A/940, 0000 01INGBNL2A..., :940:, STX and ETX);
several statements per file, of several accounts; MT950, which has no texts, as well.

- The account (:25:) may be an IBAN, a number, bank code and number (12345678/1234567890),
  or stand behind a BIC, with the currency at its end or not.
- The booking date is the entry date of :61:, whose year is the one nearest to the value
  date; where a bank leaves it out, it is the value date. A day that the month does not
  have (30 February) is the month's last day.
- C and RD are credits, D and RC (a credit taken back) debits. EC and ED are expected
  entries: not booked.
- A statement in several pages, each with the balance to carry forward (:62M:, :60M:),
  becomes one statement, provided that account, number and balance agree and the page
  itself adds up. A last page that ends with a balance to carry forward is read; the next
  file has to begin with that balance.
- :64:, :65: and texts (:86:) after a balance are for information and not read.
- The code is the type of :61: and the bank's own code, such as NTRF+166. The account
  owner's reference in :61: is the end-to-end id, unless the text gives one or it says
  NONREF; it must look like one (six characters, one of them a digit). What follows // is
  the bank's reference.

The text (:86:) is worded differently by every bank; its content tells which way, and the
statement's dialect names it:

- german: ?20 to ?29 and ?60 to ?63 are the purpose, with SEPA's references in it (EREF+,
  MREF+, CRED+, SVWZ+ and others); ?30 and ?31 the other side's bank and account, ?32 and
  ?33 its name. A full subfield of 27 characters goes on in the next one without a blank,
  which keeps references whole; a shorter one ends a word. OAMT+ is the original amount,
  COAM+ the charges. A return's reason is an ISO code in the text, or follows from ?34.
- polish: the same with ~, < or ^ instead of ?, or words such as TYT.: and TNR:.
- subfields: the same with another separator (Triodos).
- dutch: words between slashes (/TRTP/, /CNTP/, /REMI/, /BENM//NAME/), ABN AMRO's
  columns, Knab's REK: and NAAM:, ING's account and BIC, ASN's and SNS's account and name.
- swift: SWIFT's own words between slashes (/ORDP/, /REMI/, /OCMT/, /CHGS/), and Citi's.
- swiss, hungarian: the other side and its message where the bank marks them.
- multicash: numbered lines under :NS:.
- plain: anything else; all of it is remittance.

Lines are joined without a blank where they are full (65 characters), with one elsewhere.

Refused is a file that has no closing balance where one must be, or that ends inside a
further message (it was cut off), a transaction without an opening balance, an account,
amount or date that cannot be read, fields out of their order, and two currencies in one
statement.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from ..registry import Format
from ..types import Event
from ._mt94x import message_type, read_statements


class Mt940(Format):
    """Customer statements of booked entries."""

    name = "mt940"
    label = "SWIFT MT940"
    recognised_by = "tags between colons (`:20:`, `:25:`, `:60F:`), no floor limit (`:34F:`)"
    extensions = (".sta", ".mt940", ".940", ".swi", ".mta", ".txt")

    def sniff(self, name: str, head: bytes) -> bool:
        return message_type(head) == "940"

    def parse(self, stream: BinaryIO) -> Iterator[Event]:
        yield from read_statements(stream)
