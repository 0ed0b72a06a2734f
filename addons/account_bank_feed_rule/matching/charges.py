"""What banks take off on the way: said in a field, said in the text, or to be expected.

Countries of the Single Euro Payments Area, where payments arrive in full: European Payments
Council, EPC409-09, list of countries in the geographical scope. ``/OCMT/`` and ``/CHGS/`` are
SWIFT's code words for the original amount and the charges, in field 72 and in remittances.
"""

from __future__ import annotations

import re
from decimal import Decimal

from .normalise import compact, fold
from .types import Payment

_CODES = (
    "AD AL AT BE BG CH CY CZ DE DK EE ES FI FO FR GB GF GG GI GL GP GR HR HU IE IM IS IT JE LI LT "
    "LU LV MC MD ME MF MK MQ MT NL NO PL PM PT RE RO RS SE SI SK SM VA WF YT"
)
SEPA = frozenset(_CODES.split())
_ABROAD = re.compile(r"2\d\d")
_CODE_WORD = re.compile(r"/CHGS/[A-Z]{3}([0-9]{1,9}(?:[.,][0-9]{0,2})?)")
_DEDUCTED = re.compile(
    r"\bCHARGES? (?:SHA|BEN)\b|\bBEN\b|LESS (?:BANK ?)?CHARGES"
    r"|CHARGES? (?:WERE |HAVE BEEN |ARE )?(?:DEDUCTED|TAKEN|WITHHELD)"
    r"|(?:ABZ(?:UE|U)GLICH|ABZGL\.?|MINUS) (?:\w+ )?(?:BANK)?(?:SPESEN|GEB(?:UE|U)HR)"
)


def is_outside_sepa(iban: str | None) -> bool:
    """Whether an account is outside the area; one without IBAN is, since all inside have one.

    >>> is_outside_sepa("DE89370400440532013000"), is_outside_sepa("0012345678")
    (False, True)
    >>> is_outside_sepa(None)
    False
    """
    return bool(iban) and compact(iban)[:2] not in SEPA


def charges_in_text(text: str) -> Decimal | None:
    """The charges that a bank's code word states.

    >>> charges_in_text("INV/2026/00042 /OCMT/EUR119,00/CHGS/EUR12,50")
    Decimal('12.50')
    """
    if "/CHGS/" not in text:
        return None
    found = _CODE_WORD.search(text)
    return Decimal(found[1].replace(",", ".").rstrip(".")) if found else None


def says_charges_deducted(text: str) -> bool:
    """Whether the text says that charges were taken off, without saying how much.

    >>> says_charges_deducted("OUR BANK CHARGES DEDUCTED"), says_charges_deducted("charges OUR")
    (True, False)
    """
    return bool(_DEDUCTED.search(fold(text)))


def may_take_charges(payment: Payment) -> bool:
    """Whether banks on the way may have taken something: it crossed a border, or says so.

    SEPA transfers have codes of their own; ``XBCT`` and the German 2xx are transfers abroad.
    """
    code = payment.code or ""
    crossed = "XBCT" in code or bool(_ABROAD.fullmatch(code))
    return crossed or is_outside_sepa(payment.iban) or says_charges_deducted(payment.text)
