"""What each piece of evidence counts for. The only place with numbers to argue about.

Ten points make something ten times as likely. The points of a candidate's evidence add up,
and its score is its share of the likelihood of everything that the payment may be: this
candidate, another one, or none of them, which counts 0 points. So 20 points above all else
make a score of 99, two equal candidates have 50 at most, three have 33.

=========================================  ======  =============================================
Evidence                                   Points  Why
=========================================  ======  =============================================
What is named
------------------------------------------------------------------------------------------------
document number, whole                         33  a mistyped number seldom is another open one
… each further document named                   5  so that none of them is left out
… wrapped by a blank or dash inside digits     -3  what a line wrap leaves
… other leading zeros                          -3  "INV/2026/42" for "INV/2026/00042"
… year behind the number                       -5  "42/2026" for "2026/0042"
… continues a list                             -6  "42, 43, 44": the second may be a quantity
… prefix left out                              -8  other series count in the same years
… short, or looks like a date or period       -12  postcodes, months, amounts look the same
… year left out                               -12  "Invoice 10042": other years have it too
… attached to more digits or a letter         -12  may be part of a longer number, or of a list
… behind a foreign prefix                     -14  the bare number of somebody else's series
structured reference, end-to-end id            40  proves itself, or is quoted as a whole
mistyped or cut-off number                     15  of a partner known otherwise
three digits, or the year's wrongly set off    18  of a partner known otherwise
date of the document                           12  the same; by itself it decides nothing
nothing                                   -17…-37  one of so many: ten times as many items, -10
-----------------------------------------  ------  ---------------------------------------------
Who is named (the strongest counts, each further kind a few more)
------------------------------------------------------------------------------------------------
IBAN or mandate of the partner                 45  as good as certain
customer number, called so                     40
customer number, standing alone                25  other numbers look the same
name in the counterparty's field           8…  40  by how many strangers have such a name
name in the text                           5…  30  the same, and it may be anybody's
… a name not quite equal                  up to -14
IBAN of another partner                       -15  people do pay for each other
… who is called alike: parent, family          -5
name of another partner                        -8
-----------------------------------------  ------  ---------------------------------------------
How much
------------------------------------------------------------------------------------------------
amount equal                               10…  30  by how many open items have that amount
… several items together                   10…  45  by how fine the amounts are: 952.17 is no
                                                   chance; less 17, less 10 per ten times choices
… after the early-payment discount             -3  known terms, kept
… and too late for it                         -10  another one may be due for it still
… after the charges that the bank names        -3
… but for a small difference                   -6
charges taken off that nobody names             3
original amount equal, other currency      10…  30
about equal after conversion                    5
less, or more                                 -15  where named; -30 where not
a later one of equal instalments              -20  the one that is due first is paid first
a payment that is in the books already          6  it waits for just this
… dated more than 3 days after the bank's      -6  it waits for the next one
paid more than 60 days before the document      0  an equal amount is then chance
-----------------------------------------  ------  ---------------------------------------------
What came back (looked for only among what earlier payments settled)
------------------------------------------------------------------------------------------------
nothing named, partner known              -17…-37  one of so many, as above
… and nobody known                             -8  the amount alone: a suggestion at most
the bank's fee on top, told                    -3  beside the equal amount
the bank's fee, up to 15, not told        3…  15  by how many originals lie within
only a word that may mean goods, too          -25  shops take back more goods than payments
-----------------------------------------  ------  ---------------------------------------------
What belongs together
------------------------------------------------------------------------------------------------
name of the batch payment                      40  quoted as a whole, by us to the bank
only the total of a batch or a day              3  equal to the cent, beside the equal sum
… for each tenfold of batches and days        -10  any of them might have it by chance
… more than ten days old                      -10  banks execute within days
terminal, merchant account named               17  49 of 50 such payouts are of days in the books
provider named                                 13  19 of 20; others sell by the same provider
cards, nobody says whose                        5
… for each tenfold of sources                 -10
run of days: up to 3, paid within 5 days      -13  one of some 20 such runs
… up to 7 days: -8, longer: -18; later: -8         so rare are weekly, monthly and late payouts
… from and to dates that the text names         2  instead: there was no choice of days
gross just the sum, told or without fee        30  equal to the cent
fee of up to 4 %, not told                     17  one of 25…50 sums is so near; only the oldest
cash: the bag's number is quoted               33  like a document number
cash: deposit and till, one day                13  19 of 20 deposits are of tills in the books
… some days in a row                          -10
… for each tenfold of tills and days          -10
… equal amount                                 25  notes only: no cents
… the shop named, or another one           15/-15  another one is an objection, too
=========================================  ======  =============================================
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import gcd, log10

QUOTED = 33
QUOTED_LEAST = 5
QUOTED_FURTHER = 5
MOST_FURTHER = 50
REFERENCE = 40
NEAR_NUMBER = 15
DOCUMENT_DATE = 12
OF_KNOWN = 18
WEAKNESSES = {
    "wrapped": 3,
    "leading_zeros": 3,
    "year_moved": 5,
    "continued": 6,
    "prefix_left_out": 8,
    "short": 12,
    "year_left_out": 12,
    "attached": 12,
    "other_prefix": 14,
}
SERIOUS = frozenset({"short", "year_left_out", "attached", "other_prefix"})
"""What is quoted like this is posted only when somebody who fits is known."""
QUOTE_CLEARLY = QUOTED - WEAKNESSES["prefix_left_out"]

IBAN = 45
CUSTOMER_NUMBER = 40
BARE_CUSTOMER_NUMBER = 25
NAME_RANGE = (8, 40)
TEXT_NAME_RANGE = (5, 30)
SECOND_PARTNER_KIND = 4
OTHER_PARTNER = -15
OTHER_NAME = -8
RELATED_PARTNER = -5

AMOUNT_RANGE = (10, 30)
SUM_RANGE = (10, 45)
SUM_EQUAL = 30
_UNEVEN = 10
SEVERAL = -17
DISCOUNTED = -3
DISCOUNT_LATE = -10
DIFFERENT = -10
CHARGES_ASSUMED = 3
CONVERTED = 5
PART_NAMED = -15
PART_UNNAMED = -30
REGISTERED = 6
"""A payment that is in the books already is looked for before the documents of the partner."""
REGISTERED_LATER = -6
REGISTERED_DAYS = 3
"""But nobody registers a payment weeks after the bank has booked it: that is the next one."""

LATER_INSTALMENT = -20
"""Of equal instalments of a document the one that is due first is paid first."""

RETURN_UNNAMED = -8
PERHAPS_RETURNED = -25
_RETURN_FEE_RANGE = (3, 15)
BATCH_NAMED = 40
BATCH_TOTAL = 3
BATCH_FAR = -10
BATCH_DAYS = 10
PAYOUT_NAMED = 17
PAYOUT_PROVIDER = 13
PAYOUT_CARDS = 5
PAYOUT_DATES = 2
PAYOUT_EQUAL = 30
PAYOUT_FEE = 17
CASH_DEPOSIT = 13
CASH_NAMED = 33
CASH_SEVERAL_DAYS = -10
CASH_EQUAL = 25
CASH_SHOP = 15
CASH_OTHER_SHOP = -15
_SOON_PAID_OUT = 5

OF_A_HUNDRED = {
    # Usually right all the same; but whether something else is meant is for a person to see.
    "quotes_others": 97,
    "perhaps_mistyped": 96,
    "other_partner": 96,
    "amount_differs": 97,
    "discount_late": 96,
    "hardly_named": 96,
    "other_identity": 96,
    "hardly_known": 96,
    "quotes_unknown": 95,
    "currency_differs": 95,
    # As likely something else.
    "difference_unnamed": 70,
    "details_undecided": 60,
    "details_differ": 60,
    "already_claimed": 50,
    # Rather something else.
    "payee_unknown": 40,
    "long_before_document": 30,
    "return_unknown": 30,
    "other_purpose": 20,
}
"""What an objection leaves of a score of 100: how often the best candidate was right all the same.

Measured, not guessed, on payments whose document is known: of 100 with such an objection and the
score of a certain thing, so many were for that document. They come from three generators; those of
the lower half, where nearly none was right or nobody could know, are set by judgement. Who names a
paid document and pays an open one of just that amount pays the open one; who is unknown and gets
the amount of a bill does not.

Only the gravest objection counts: several see the same oddity from different sides.
"""
CONTRADICTED = 40
"""Where the amount differs and one of these doubts comes on top: rather something else."""
_WITH_ANOTHER_AMOUNT = frozenset(
    {"other_partner", "hardly_named", "hardly_known", "quotes_unknown"}
)

DAYS_BEFORE_DOCUMENT = 60
_FEWEST = 1_000
_KNOWN_SHARE = 13
"""Of the payments that name nobody and nothing, 19 of 20 are for one of the open items."""


def quotation_points(weaknesses: tuple[str, ...]) -> int:
    """What a quotation with these weaknesses is worth.

    >>> quotation_points(()), quotation_points(("wrapped",)), quotation_points(("short",) * 4)
    (33, 30, 5)
    """
    if not weaknesses:
        return QUOTED
    return max(QUOTED_LEAST, QUOTED - sum([WEAKNESSES[weakness] for weakness in weaknesses]))


@lru_cache(maxsize=1024)
def amount_points(equal: int, items: int) -> int:
    """What an equal amount is worth when so many of all open items have it.

    >>> amount_points(1, 20_000), amount_points(1_000, 20_000), amount_points(1, 3)
    (30, 13, 23)
    """
    return within(AMOUNT_RANGE, -10 * log10((equal - 0.5) / (items + 100)))


def sum_points(amounts: Sequence[int]) -> int:
    """What it is worth that several amounts, in the smallest units, add up.

    The sums that could be hit lie as far apart as what all amounts are multiples of; amounts
    are not spread evenly, hence ten points less.

    >>> sum_points([35703, 59514]), sum_points([4990, 9990, 1990])
    (35, 22)
    """
    apart = gcd(*amounts) or 1
    return within(SUM_RANGE, 10 * log10(max(abs(sum(amounts)) / apart, 1)) - _UNEVEN)


def crowd_points(items: int) -> int:
    """What counts against an item that nobody named: it is one of so many.

    >>> crowd_points(20_000), crowd_points(3)
    (-30, -17)
    """
    return -round(10 * log10(max(items, _FEWEST)) - _KNOWN_SHARE)


def name_points(coincidence: float, similarity: int, span: tuple[int, int]) -> int:
    """What a name is worth that a stranger has with a probability of ``coincidence``.

    :param similarity: of both names, 80…100

    >>> name_points(1e-8, 100, NAME_RANGE), name_points(1e-2, 100, NAME_RANGE)
    (40, 20)
    >>> name_points(1e-8, 90, NAME_RANGE)
    33
    """
    points = within(span, -10 * log10(max(coincidence, 1e-12)))
    return max(1, points - round(0.7 * (100 - similarity)))


def choice_points(choices: int) -> int:
    """What counts against items that nobody named, chosen out of so many choices.

    >>> choice_points(1), choice_points(15)
    (-17, -29)
    """
    return SEVERAL - round(10 * log10(max(choices, 1)))


def window_points(near: int, items: int) -> int:
    """What it is worth that an amount is up to a fee more than so many of all items.

    >>> window_points(0, 2_000), window_points(60, 2_000), window_points(1_500, 2_000)
    (15, 15, 3)
    """
    return within(_RETURN_FEE_RANGE, -10 * log10((near + 0.5) / (items + 100)))


def choices_points(choices: int) -> int:
    """What counts against one of so many choices, each as likely.

    >>> choices_points(1), choices_points(20)
    (0, -13)
    """
    return -round(10 * log10(max(choices, 1)))


def run_points(days_ago: int, days: int) -> int:
    """What counts against a run of so many days, paid out so long after the last of them.

    >>> run_points(1, 1), run_points(1, 7), run_points(9, 20)
    (-13, -21, -39)
    """
    length = -6 if days <= 3 else -14 if days <= 7 else -24
    return length - (7 if days_ago <= _SOON_PAID_OUT else 15)


def left_by(kinds: Sequence[str]) -> int:
    """What evidence and objections of these kinds leave of a score of 100.

    >>> left_by(["amount_equal"]), left_by(["quotes_unknown", "hardly_known"])
    (100, 95)
    >>> left_by(["other_partner", "amount_differs"])
    40
    """
    left = min([OF_A_HUNDRED.get(kind, 100) for kind in kinds], default=100)
    contradicted = "amount_differs" in kinds and not _WITH_ANOTHER_AMOUNT.isdisjoint(kinds)
    return min(left, CONTRADICTED) if contradicted else left


def within(span: tuple[int, int], points: float) -> int:
    """The points, kept between a lowest and a highest."""
    lowest, highest = span
    return max(lowest, min(highest, round(points)))
