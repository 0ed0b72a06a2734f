"""Names and remittance texts as people write them; what the bank wrote stays beside it.

Banks fill fields up, break texts at fixed widths, and put codes between the words.
Cleaning takes away only what carries no meaning: it never joins or cuts words, so a
reference that was there before can be found afterwards.
"""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_CONTROLS = re.compile(r"[\u0000-\u001f\u007f-\u009f\u2028\u2029]")
_BLANKS = re.compile(r"\s+")
_FILLING = " ,;:/|*+-_.'\""


def _tidied(text: str | None) -> str:
    """Composed characters, nothing invisible, single blanks."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFC", text or ""))
    return _BLANKS.sub(" ", _CONTROLS.sub(" ", text)).strip()


def clean_name(name: str | None) -> str | None:
    """A counterparty's name without filling; None when nothing is left.

    >>> clean_name("//  Müller   GmbH ,")
    'Müller GmbH'
    """
    return _tidied(name).lstrip(_FILLING).rstrip(" ,;:/|*+-_") or None


def clean_remittance(text: str | None) -> str:
    """A remittance in one line.

    >>> clean_remittance("RE  2024-001\\r\\nvielen\\u00a0Dank")
    'RE 2024-001 vielen Dank'
    """
    return _tidied(text)
