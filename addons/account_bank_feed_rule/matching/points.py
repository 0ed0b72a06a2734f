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
… each further document named                   5  up to four of them
… wrapped by a blank or dash inside digits     -3  what a line wrap leaves
… other leading zeros                          -3  "INV/2026/42" for "INV/2026/00042"
… year behind the number                   -5  "42/2026" for "2026/0042"
… continues a list                             -6  "42, 43, 44": the second may be a quantity
… prefix left out                              -8  other series count in the same years
… short, or looks like a date or period       -12  postcodes, months, amounts look the same
… year left out                           -12  "Invoice 10042": other years have it too
… attached to more digits or a letter         -12  may be part of a longer number, or of a list
… behind a foreign prefix                     -14  the bare number of somebody else's series
structured reference, end-to-end id            40  proves itself, or is quoted as a whole
mistyped or cut-off number                     15  of a partner known otherwise
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
name of another partner                        -8
-----------------------------------------  ------  ---------------------------------------------
How much
------------------------------------------------------------------------------------------------
amount equal                               10…  30  by how many open items have that amount
… several items together                       30  less 17, less 10 for ten times the choices
… after the early-payment discount             -3  known terms, kept
… after the charges that the bank names        -3
… but for a small difference                   -6
charges taken off that nobody names             3
original amount equal, other currency      10…  30
about equal after conversion                    5
less, or more                                 -15  where named; -30 where not
paid more than 60 days before the document      0  an equal amount is then chance
=========================================  ======  =============================================
"""

from __future__ import annotations

from math import log10

QUOTED = 33
QUOTED_LEAST = 5
QUOTED_FURTHER = 5
MOST_FURTHER = 4
REFERENCE = 40
NEAR_NUMBER = 15
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

AMOUNT_RANGE = (10, 30)
SUM_EQUAL = 30
SEVERAL = -17
DISCOUNTED = -3
DIFFERENT = -6
CHARGES_ASSUMED = 3
CONVERTED = 5
PART_NAMED = -15
PART_UNNAMED = -30
REGISTERED = 6
"""A payment that is in the books already is looked for before the documents of the partner."""

DAYS_BEFORE_DOCUMENT = 60
_FEWEST = 1_000
_KNOWN_SHARE = 13
"""Of the payments that name nobody and nothing, 19 of 20 are for one of the open items."""


def quotation_points(weaknesses: tuple[str, ...]) -> int:
    """What a quotation with these weaknesses is worth.

    >>> quotation_points(()), quotation_points(("wrapped",)), quotation_points(("short",) * 4)
    (33, 30, 5)
    """
    return max(QUOTED_LEAST, QUOTED - sum(WEAKNESSES[weakness] for weakness in weaknesses))


def amount_points(equal: int, items: int) -> int:
    """What an equal amount is worth when so many of all open items have it.

    >>> amount_points(1, 20_000), amount_points(1_000, 20_000), amount_points(1, 3)
    (30, 13, 23)
    """
    return within(AMOUNT_RANGE, -10 * log10((equal - 0.5) / (items + 100)))


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


def within(span: tuple[int, int], points: float) -> int:
    """The points, kept between a lowest and a highest."""
    lowest, highest = span
    return max(lowest, min(highest, round(points)))
