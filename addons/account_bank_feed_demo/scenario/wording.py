"""How payers word what they pay. One document's number, seen in many ways."""

from __future__ import annotations

import random
from collections.abc import Mapping

_WHOLE = (
    "Rechnung {number}",
    "{number} vom {date}",
    "Re.-Nr. {number} Kd.-Nr. {customer}",
    "Zahlung {number}, vielen Dank",
    "SVWZ+{number} RG-BETRAG {amount} EUR",
    "Ihre Lieferung vom {date}, Beleg {number}",
)
_THANKS = ("Vielen Dank", "Ihre Lieferung", "lt. Rechnung vom {date}", "Ware erhalten, danke")

WORDINGS: Mapping[str, tuple[str, ...]] = {
    "whole": _WHOLE,
    "spelled": (
        "{prefix}-{year}-{serial}",
        "{lower} {year}/{serial}",
        "Rechnungsnr. {prefix}.{year}.{serial}",
        "{prefix}{year}{serial}",
        "{prefix}{year}-{serial} Kd {customer}",
        "Rg {prefix} {year} / {short}",
        "Überweisung {prefix}_{year}_{serial}",
    ),
    "wrapped": ("Rechnung {prefix}/{year}/{head} {tail}", "{prefix}-{year}-{head}- {tail}"),
    "bare": ("{year}/{serial}", "Rechnung {year}-{serial}", "Rg.Nr. {year}/{serial} / {customer}"),
    "end_to_end": _THANKS,
    "account_only": _THANKS,
    "other_account": _WHOLE,
    "typo": (
        "Rechnung {prefix}/{year}/{swapped}",
        "{prefix}/{year}/{dropped} vom {date}",
        "{prefix}/{year}/{lettered}",
    ),
    "partial": ("Abschlag {number}", "Teilzahlung 1 auf Rechnung {number}"),
    "discount": ("{number} abzgl. 2% Skonto", "Rechnung {number} ./. Skonto"),
    "double": _WHOLE,
    "old_number": ("Rechnung {old}",),
    "nameless": _THANKS,
    "collective": ("{number} + {other}", "Rechnungen {number} und {other}"),
    "card": ("Kartenzahlung VISA {number}", "Kartenzahlung MC {number} TA-Nr. {short}77"),
    "usd": ("Invoice {number}", "Payment {number} dated {date}", "INVOICE {prefix}{year}{serial}"),
    "usd_charges": ("Invoice {number} less charges",),
    "bill": ("Rechnung {ref} vom {date}", "{ref} / Kd.-Nr. {customer}", "Rg. {ref}"),
    "bills": ("{ref}, {other_ref}",),
    "credit_note": ("Gutschrift {number}", "Erstattung {number} vom {date}"),
}


def word(kind: str, rng: random.Random, document, other=None) -> str:
    """A payer's words for a document, and for another one that is mentioned as well."""
    return rng.choice(WORDINGS[kind]).format(**_parts(document, other))


def _parts(document, other) -> dict[str, str]:
    prefix, year, serial = document.number.split("/")
    return {
        "number": document.number,
        "ref": document.ref,
        "prefix": prefix,
        "lower": prefix.lower(),
        "year": year,
        "serial": serial,
        "short": serial.lstrip("0"),
        "head": serial[:3],
        "tail": serial[3:],
        "swapped": serial[:2] + serial[2:][::-1] + "1",
        "dropped": serial[:3] + serial[4:],
        "lettered": serial.replace("0", "O", 1),
        "date": f"{document.date:%d.%m.%Y}",
        "amount": f"{document.amount:.2f}".replace(".", ","),
        "customer": document.partner.ref,
        "old": other.number if other else "",
        "other": other.number if other else "",
        "other_ref": other.ref if other else "",
    }
