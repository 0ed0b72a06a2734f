"""What each piece of evidence counts for. The only place with numbers to argue about.

=========================================  ======  =============================================
Evidence                                   Points  Why
=========================================  ======  =============================================
Who is named (the strongest of these counts; a second kind only supports)
------------------------------------------------------------------------------------------------
document number, whole                         75  named, but not posted without a second reason
structured reference, end-to-end id            75  whole value equal: as good as the number
… wrapped by a blank or dash inside digits     -5  what a line wrap leaves; others may stand by
… other leading zeros                          -5  "INV/2026/42" for "INV/2026/00042"
… short, or looks like a date or period       -15  postcodes, months, amounts look the same
… prefix left out                             -20  other series count in the same years
… behind a foreign prefix                     -20  the bare number of somebody else's series
… attached to more digits or a letter         -20  may be part of a longer number, or of a list
counterparty IBAN belongs to the partner       55  who, but not for what
-----------------------------------------  ------  ---------------------------------------------
What supports
------------------------------------------------------------------------------------------------
amount equal, same currency                    20  the usual second reason: 75 + 20 is posted
the partner's only item with that amount       17  beside the IBAN: 55 + 20 + 17 is posted
a second way of naming (IBAN and number)       15  two independent hints agree
-----------------------------------------  ------  ---------------------------------------------
What contradicts
------------------------------------------------------------------------------------------------
IBAN belongs to another partner               -30  somebody else's account: a person looks
paid more than 60 days before the document      0  an equal amount is then chance: no points
amount or currency differs                 cap 70  a partial or a mistake: a person looks
=========================================  ======  =============================================

A quotation is never worth less than 40, so that it is at least suggested; a score is
never below 0 nor above 100. Weaknesses of a quotation add up.
"""

from __future__ import annotations

QUOTED = 75
QUOTED_LEAST = 40
QUOTE_CLEARLY = 70
WEAKNESSES = {
    "wrapped": 5,
    "leading_zeros": 5,
    "short": 15,
    "prefix_left_out": 20,
    "other_prefix": 20,
    "attached": 20,
}
COUNTERPARTY = 55
AMOUNT_EQUAL = 20
ONLY_ITEM = 17
SUPPORT = 15
OTHER_PARTNER = -30
CONTRADICTED_CAP = 70
HIGHEST = 100
DAYS_BEFORE_DOCUMENT = 60


def quotation_points(weaknesses: tuple[str, ...]) -> int:
    """What a quotation with these weaknesses is worth by itself.

    >>> quotation_points(()), quotation_points(("wrapped",)), quotation_points(("short",) * 4)
    (75, 70, 40)
    """
    return max(QUOTED_LEAST, QUOTED - sum(WEAKNESSES[weakness] for weakness in weaknesses))
