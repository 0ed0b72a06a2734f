"""What nearly every company has on its bank accounts beside its customers and vendors.

Each usual rule books to an account of the chart. The accounts are given by their number in
the charts that are known here; a chart that is not known gets no such rules.
"""

from dataclasses import dataclass

CHARTS = ("de_skr03", "de_skr04", "generic_coa")

ACCOUNTS = {
    "fees": ("4970", "6855", "6200"),
    "interest_paid": ("2110", "7310", None),
    "interest_received": ("2650", "7110", None),
    "vat": ("1780", "3820", None),
    "wage_tax": ("1741", "3730", None),
    "salaries": ("1740", "3720", "2300"),
    "rent": ("4210", "6310", "6120"),
}
"""The number of each account, in the order of the charts."""


@dataclass(frozen=True)
class UsualRule:
    """A rule that books to one account; all conditions are regular expressions.

    :param account: see :data:`ACCOUNTS`; there is one rule for each
    :param conditions: pairs of field and pattern, all of which must match
    """

    account: str
    direction: str
    conditions: tuple[tuple[str, str], ...]


_TAX_OFFICE = ("name", r"(?i)\b(?:finanzamt|finanzkasse|landeskasse|steuerverwaltung|tax office)")

USUAL_RULES = (
    UsualRule(
        "fees",
        "out",
        (
            (
                "text",
                r"(?i)\b(?:kontof(?:ü|ue)hrung|rechnungsabschlu(?:ss|ß)|buchungsposten"
                r"|abrechnung entgelte|bank (?:fee|charge)s?\b|account fee)",
            ),
        ),
    ),
    UsualRule(
        "interest_paid",
        "out",
        (
            (
                "text",
                r"(?i)\b(?:sollzins|(?:ü|ue)berziehungszins|debit interest|overdraft interest)",
            ),
        ),
    ),
    UsualRule(
        "interest_received",
        "in",
        (("text", r"(?i)\b(?:habenzins|guthabenzins|zinsgutschrift|credit interest)"),),
    ),
    UsualRule(
        "vat",
        "out",
        (_TAX_OFFICE, ("text", r"(?i)\b(?:ust|umsatzst|ustva|vat\b)")),
    ),
    UsualRule(
        "wage_tax",
        "out",
        (_TAX_OFFICE, ("text", r"(?i)\b(?:lst|lohnst|lohnsteuer|wage tax|payroll tax)")),
    ),
    UsualRule(
        "salaries",
        "out",
        (("text", r"(?i)\b(?:lohn|gehalt|lohn\W{1,3}gehalt|salary|wages|payroll)\b"),),
    ),
    UsualRule(
        "rent",
        "out",
        (("text", r"(?i)\b(?:miete|mietzahlung|b(?:ü|ue)romiete|office rent|rent)\b"),),
    ),
)


def account_code(account, chart):
    """The number of an account in a chart; None when it is not known.

    >>> account_code("fees", "de_skr04"), account_code("fees", "fr"), account_code("vat", "fr")
    ('6855', None, None)
    """
    return ACCOUNTS[account][CHARTS.index(chart)] if chart in CHARTS else None
