"""Payments that came back: how to recognise one, what the bank took for it, what it undoes.

A direct debit that we drew is returned with a fee on top, a transfer that could not be
delivered comes back, less a fee at times. Neither has anything to do with what is open.

Sources: ISO 20022 external code set, bank transaction sub-families (RRTN, RPCR, UPDD, PRDD,
RCDD, UPCQ; PMDD is an ordinary direct debit); Deutsche Kreditwirtschaft, business transaction
codes (GVC; 185 is a cheque); SWIFT MT940 field 61, transaction type RTI.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from .normalise import fold
from .scoring import scored
from .types import Candidate, Evidence, Payment

MOST_FEE = Decimal("15")
"""What banks take for a return, where nobody says how much."""
MOST_TOLD_FEE = Decimal("60")

_SUBFAMILIES = frozenset({"RRTN", "RPCR", "UPDD", "PRDD", "RCDD", "UPCQ"})
_GVC = frozenset(["009", "059", "108", "109", "110", "111", "159", "181", "182", "183", "184"])
# "109", "NTRF+109", but not CODA's "0137+109", which means something else.
_GERMAN_CODE = re.compile(r"(?:[A-Z][A-Z0-9]{3}\+)?(\d{3})")
_CODE_PARTS = re.compile(r"[-+/]")
_SURE = re.compile(
    r"RUE?CK(?:LAST|BELAST|SCHECK|UE?BERWEIS|BUCHUNG)|\bRLS\b"
    r"|LASTSCHRIFT\s?-?(?:RUE?CKGABE|RETOURE)"
    r"|(?:SEPA|UE?BERWEISUNGS?)[\s-]{0,2}RETOURE|RETOURE (?:SEPA|UE?BERW|LASTSCH)"
    r"|RETURNED (?:DIRECT|PAYMENT|DEBIT|CREDIT)|(?:PAYMENT|DEBIT) RETURN\b"
    r"|(?:DIRECT DEBIT|PAYMENT|TRANSFER) (?:WAS )?(?:RETURN|REJECT)ED"
    r"|UNPAID (?:DIRECT|CHEQUE|CHECK)|UNZUSTELLBAR|NICHT AUSFUE?HRBAR"
    r"|IMPAYE|INSOLUTO|REJET (?:DE )?(?:PRELEVEMENT|VIREMENT)"
    r"|(?:IBAN|KONTO(?:NUMMER)?) (?:IST )?(?:UNGUE?LTIG|FALSCH|FEHLERHAFT|ERLOSCHEN)"
)
_REASON = r"A[CG]0[1-6]|AM04|MD0[1-7]|MS0[23]|RR0[1-4]"
_SAID = re.compile(
    rf"\b(?:RETOURE|RUE?CKGABE|RETURN(?:ED)?|UNPAID|REJECTED|DEVOLUCION|{_REASON})\b"
)
"""In words, or by the reason's code alone (ISO 20022, external return reasons)."""

_HINTS = (
    "RUCK", "RUECK", "RLS", "RETOUR", "RETURN", "REJE", "UNPAID", "IMPAY", "INSOLUTO", "UNZUST",
    "AUSFUHR", "AUSFUEHR", "IBAN", "KONTO", "DEVOLU",
)  # fmt: skip
_HINT = re.compile("|".join((*_HINTS, _REASON)))
"""One of these is in all that the two above find."""

_AMOUNT = r"(\d{1,3}(?:[.' ]\d{3})+[.,]\d\d|\d+[.,]\d\d)(?!\d)"
_ORIGINAL = re.compile(
    rf"(?:OAMT|URSPRUNGS?BETRAG|ORIGINAL(?:BETRAG|\s?AMOUNT))[^\w-]{{0,4}}(?:EUR ?)?{_AMOUNT}"
)
_FEE = re.compile(
    r"(?:COAM|ENTGELTE?|GEB(?:UE?HR(?:EN)?)?|FEES?|CHARGES?|SPESEN|KOSTEN|FRAIS)\b"
    rf"[^\d]{{0,20}}?{_AMOUNT}"
)


_CHARGES = re.compile(r"CHRG|\b808\b")
"""Charges, by ISO 20022 and by the German banks."""


def how_returned(payment: Payment) -> Literal["sure", "said"] | None:
    """Whether the bank says that a payment came back, or a word that may mean goods as well."""
    return how_told(payment.return_reason, payment.code, payment.text)


def how_told(reason: str | None, code: str | None, text: str) -> Literal["sure", "said"] | None:
    """The same of a payment that has this reason for a return, this code and this text."""
    return "sure" if reason else _how_told(code, text)


@lru_cache(maxsize=64)
def _how_told(code: str | None, text: str) -> Literal["sure", "said"] | None:
    """
    >>> _how_told("NTRF+109", ""), _how_told("PMNT-RDDT-PMDD", ""), _how_told("0137+109", "")
    ('sure', None, None)
    >>> _how_told(None, "Rücklastschrift"), _how_told(None, "Gutschrift Retoure")
    ('sure', 'said')
    >>> _how_told(None, "2026/1949 AC04")
    'said'
    """
    if code and _is_return_code(code):
        return "sure"
    if code and _is_charges_code(code):
        # "Entgelt Rücklastschrift" as an entry of its own is the bank's fee alone.
        return None
    text = fold(text)
    # Most payments say nothing of the kind, which is found out in a tenth of the time.
    if not _HINT.search(text):
        return None
    if _SURE.search(text):
        return "sure"
    return "said" if _SAID.search(text) else None


@lru_cache(maxsize=256)
def _is_charges_code(code: str) -> bool:
    return bool(_CHARGES.search(code))


# A bank has a few dozen codes.
@lru_cache(maxsize=256)
def _is_return_code(code: str) -> bool:
    if german := _GERMAN_CODE.fullmatch(code):
        return german[1] in _GVC or code[1:4] == "RTI"
    parts = _CODE_PARTS.split(code)
    return not _SUBFAMILIES.isdisjoint(parts) or parts[0] in ("NRTI", "FRTI", "RTI")


def told_fees(payment: Payment) -> set[Decimal]:
    """What the bank says that it took, in each way that it says so; empty where it is silent.

    >>> import datetime
    >>> day = datetime.date(2026, 5, 4)
    >>> text = "OAMT+119,00 COAM+3,50 RUECKLASTSCHRIFT"
    >>> told_fees(Payment("p", day, Decimal("-122.50"), "EUR", text))
    {Decimal('3.50')}
    """
    text = fold(payment.text)
    found = {abs(payment.charges)} if payment.charges else set()
    fees = [_decimal(match[1]) for match in _FEE.finditer(text)]
    if fees:
        found.update((sum(fees), max(fees)))
    originals = [_decimal(match[1]) for match in _ORIGINAL.finditer(text)]
    if payment.original_amount and payment.original_currency in (None, payment.currency):
        originals.append(abs(payment.original_amount))
    # What goes out is larger by the fee, what comes in is smaller.
    found.update(original.copy_sign(payment.amount) - payment.amount for original in originals)
    return {fee for fee in found if 0 <= fee <= MOST_TOLD_FEE}


def _decimal(written: str) -> Decimal:
    return Decimal(re.sub(r"\D", "", written)).scaleb(-2)


def only_what_came_back(payment: Payment, ranked: Sequence[Candidate]) -> list[Candidate]:
    """Without what is open, if the bank says that it is a return and its original is known."""
    if how_returned(payment) != "sure":
        return list(ranked)
    undone = [one for one in ranked if _came_back(one)]
    return scored(undone) if undone else list(ranked)


def unknown_return(payment: Payment, best: Candidate | None) -> list[Evidence]:
    """The objection against settling anything open with a payment that came back."""
    if how_returned(payment) != "sure" or (best and _came_back(best)):
        return []
    return [Evidence("return_unknown")]


def _came_back(candidate: Candidate) -> bool:
    return all(item.kind == "settled" for item in candidate.items)
