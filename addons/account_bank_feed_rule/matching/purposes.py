"""What payers say a payment is for, where that is no delivery and no service of a company."""

from __future__ import annotations

import re

from .normalise import fold

_PURPOSE = re.compile(
    r"\b(?:"
    r"KAUTION|SPENDE|DARLEHEN|DARLEHNS\w*|KREDITRATE|TILGUNG|GUTSCHEIN|GESCHENK|MITGLIEDSBEITRAG"
    r"|SCHADEN(?:S?ERSATZ)?|VERSICHERUNGSLEISTUNG|GEHALT|LOHN|BEZUEGE|BEZUGE|TASCHENGELD|ERBE"
    r"|UNTERHALT|STIPENDIUM|RUECKZAHLUNG|RUCKZAHLUNG|ERSTATTUNG|PRIVAT(?:ENTNAHME|EINLAGE)"
    r"|LOAN|DONATION|DEPOSIT|VOUCHER|GIFT|SALARY|WAGES?|PAYROLL|INSURANCE CLAIM|REFUND|PENSION"
    r"|CAUTION|DON|PRET|SALAIRE|REMBOURSEMENT|CAUZIONE|PRESTITO|STIPENDIO|RIMBORSO|DONAZIONE"
    r"|BORG|LENING|GIFT|SALARIS|KAUCJA|POZYCZKA|DAROWIZNA|WYNAGRODZENIE|ZWROT|PUJCKA|DAR|MZDA"
    r")\b"
)


def other_purpose(text: str) -> str | None:
    """The word that says so.

    >>> other_purpose("Darlehen Rate 4/12"), other_purpose("Rechnung Mai")
    ('DARLEHEN', None)
    """
    found = _PURPOSE.search(fold(text))
    return found[0] if found else None
