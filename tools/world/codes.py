"""Bank transaction codes: ISO 20022 on some accounts, German GVC on the others."""

CODES = {
    "credit": ("PMNT-RCDT-ESCT", "166"),
    "instant": ("PMNT-RRCT-ESCT", "168"),
    "standing": ("PMNT-RCDT-STDO", "152"),
    "abroad": ("PMNT-RCDT-XBCT", "202"),
    "debit": ("PMNT-ICDT-ESCT", "116"),
    "debit abroad": ("PMNT-ICDT-XBCT", "201"),
    "collective debit": ("PMNT-ICDT-ESCT", "191"),
    "salary": ("PMNT-ICDT-SALA", "153"),
    "collected": ("PMNT-IDDT-ESDD", "171"),
    "collective collected": ("PMNT-IDDT-ESDD", "192"),
    "debited": ("PMNT-RDDT-ESDD", "105"),
    "return": ("PMNT-IDDT-UPDD", "109"),
    "bounce": ("PMNT-ICDT-RRTN", "159"),
    "cash": ("PMNT-CNTR-CDPT", "082"),
    "cards": ("PMNT-MCRD-POSC", "166"),
    "own": ("PMNT-ICDT-BOOK", "820"),
    "fees": ("ACMT-MDOP-CHRG", "808"),
    "interest": ("ACMT-MCOP-INTR", "805"),
}
GERMAN = ("second", "shops")
"""Own accounts whose bank sends GVC."""


def code(purpose: str, account: str) -> str:
    return CODES[purpose][account in GERMAN]
