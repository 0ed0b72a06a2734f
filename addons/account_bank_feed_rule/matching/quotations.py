"""Document numbers in a payer's words.

People quote ``INV/2026/00042`` as ``inv-2026 00042``, ``INV202600042``, ``2026/00042`` or
with a line wrap inside. A text is cut into runs of letters and digits; each sequence of
neighbouring runs is one lookup in the index, so the effort depends on the text alone. A
run is never cut, which is why ``20260042`` is not found in ``9202600421``. What comes out
of the index is then compared with the number proper: :func:`weaknesses` says what makes
the quotation less than perfect, or refuses it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from stdnum.iso7064 import mod_97_10

from .normalise import Tokens, compact, fold, token_values, without_zeros

LONGEST = 35
"""Letters and digits of the longest number that is looked for: ISO 20022 allows 35."""

_SHORT_BARE = 6
_SHORT_PREFIXED = 3
_LEAST_BARE = 4
_LEAST_WITHOUT_PREFIX = 5
_LEAST_CALLED_INVOICE = 4
_LEAST_WITHOUT_YEAR = 5
_LEAST_YEAR_MOVED = len("2026|1000")
_LEAST_WRAPPED = 6
_LEAST_CLOSED_UP = 8
_MOST_WRAPS = 2

_DAY, _MONTH, _YEAR = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])", r"(?:(?:19|20)\d\d|\d\d)"
_FULL_YEAR = r"(?:19|20)\d\d"
_MONTHS = frozenset(f"{month:0{width}d}" for month in range(1, 13) for width in (1, 2))
_DATE = rf"(?:{_DAY}([./-])\s?{_MONTH}\1\s?{_YEAR}|{_FULL_YEAR}([./-]){_MONTH}\2{_DAY})"
_LONE_DATE = re.compile(rf"(?<![0-9A-Z])(?<![0-9A-Z][-/.]){_DATE}(?![0-9])(?![-/.][0-9])", re.ASCII)
_COMPACT_DATE = re.compile(
    r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    r"|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:(?:19|20)\d\d|\d\d)"
)
_IBAN = re.compile(r"(?<![0-9A-Z])[A-Z]{2}\d\d(?:\s?[0-9A-Z]{4}){2,7}(?:\s?[0-9A-Z]{1,4})?")
_SAYS_ID = r"(?:[\s.-]{0,3}(?:NR|NO|NUMMER|NUMBER|ID|REF\w{0,9}))?[\s.:#+-]{0,5}"
_MANDATE = r"(?:MANDAT\w{0,12}|MREF|CRED|GLAE?UBIGER\w{0,12}|BIC)"
_PHONE = r"(?:TEL|TELEFON|TELEPHONE|FAX|PHONE|MOBILE?)\b"
_CUSTOMER = (
    # Behind "Rechnungs-Nr./Kd-Nr." the invoice comes first.
    r"(?<![A-Z]/)(?<![A-Z]\./)"
    r"(?:KD[\s.-]{0,3}(?:NR|NUMMER)|KUNDEN?[\s.-]{0,3}N\w{1,6}|CUSTOMER\s{1,3}N\w{1,6}"
    r"|DEBITOR(?:EN)?[\s.-]{0,3}(?:NR|NUMMER))"
)
_LABELLED = re.compile(
    # Not a word boundary: "RE202600042KDNR4711" has none in front of the label.
    rf"(?=[BCDFGKMPT])(?<![A-Z])(?:{_MANDATE}{_SAYS_ID}(?=[A-Z/-]*\d)[0-9A-Z/-]+"
    rf"|{_PHONE}{_SAYS_ID}[0-9(][0-9 ()/-]{{4,}}"
    rf"|(?:KTO|KONTO|BLZ|{_CUSTOMER}){_SAYS_ID}\d+)"
)
# At least ten digits and blanks, and no year: "104217 +104218", "2026/41 +2026/42" are lists.
_INTERNATIONAL_PHONE = re.compile(r"\+(?<![+\w]\+)(?!20[0-4]\d)\d{2}[\d ()/-]{8,}(?!\+)")
_AMOUNT = re.compile(r"\d(?<![\d.]\d)[\d.]*,\d\d(?!\d)", re.ASCII)
_CURRENCY_BEFORE = re.compile(r"(?:EURO?|€)\s?$")
_CURRENCY_BEHIND = re.compile(r"\s?(?:EUR|€)")
_SAYS_NUMBER = re.compile(
    r"(?:RECH\w*|NR|NO|N|NUM\w*|INVOICE\w*|FACT\w*|FAKT\w*|FATT\w*|REF\w*|BELEG\w*|DOC\w*"
    r"|SVWZ|EREF|KREF|KID|OCR|\w*(?:NR|NUMMER|NUMBER)|(?:INV|RE|RG)NO"
    r"|VS|RFB|OGM|VCS"  # Czech variable symbol, Belgian and other banks' labels
    r"|VWZ|VERWENDUNGSZWECK|BETR|BETREFF|LT|ZU|ZUR|FUE?R|WG|WEGEN|IHRE|ZAHLUNG|UE?BERWEISUNG)"
)
ABBREVIATES_INVOICE = frozenset({"RE", "RG", "RN", "RCH", "RCHG", "INV", "FA", "FAC", "FT", "BILL"})
_NO_COUNTRY = ABBREVIATES_INVOICE | {"RF"}
"""What two letters in front of digits mean more often than a country."""
_MEANS_INVOICE = re.compile(
    r"(?:RECH\w*|RCHG?|RE|RG|RN|INV|INVOICE\w*|FACT\w*|FAKT\w*|FATT\w*)(?:NR|NO|NUMMER)?|RNR"
)
_MEANS_NUMBER = frozenset({"NR", "NO", "N", "NUM", "NUMMER", "NUMBER"})
_LEAST_GLUED_WORD = 4
_OTHER_THING_FOLLOWS = re.compile(
    rf"[VU](?:\.|\s)|\s?[-/.]\s?(?:{_DATE}(?![0-9])|\d+,\d\d(?![0-9]))", re.ASCII
)


@lru_cache(maxsize=512)
def remittance_tokens(text: str) -> Tokens:
    """The tokens of a payer's words, without dates, bank accounts, mandates and telephones.

    Customer numbers and amounts with their currency are taken out as well.

    >>> remittance_tokens("RE-17 vom 01.02.2026, IBAN DE89 3704 0044 0532 0130 00").values
    ('RE', '17', 'VOM', 'IBAN')
    """
    text = fold(text)
    text = _IBAN.sub(_blank_iban, text)
    text = _LABELLED.sub(_blanked, text)
    if "+" in text:
        text = _INTERNATIONAL_PHONE.sub(_blanked, text)
    text = _LONE_DATE.sub(_blanked, text)
    if "," in text and ("EUR" in text or "€" in text):
        text = _AMOUNT.sub(_blank_amount, text)
    return Tokens.of(text)


def _blanked(match: re.Match) -> str:
    # A semicolon ends a number, so that nothing is read across what was taken out.
    return ";" * len(match[0])


def _blank_amount(match: re.Match) -> str:
    text, start, end = match.string, *match.span()
    before = text[max(0, start - 5) : start]
    is_amount = _CURRENCY_BEHIND.match(text, end) or _CURRENCY_BEFORE.search(before)
    return _blanked(match) if is_amount else match[0]


def _blank_iban(match: re.Match) -> str:
    """The match without the IBAN that it begins with, if it does."""
    found = match[0]
    blanks = [gap.start() for gap in re.finditer(r"\s", found)]
    for end in [len(found), *reversed(blanks)]:
        if _is_iban(compact(found[:end])):
            return ";" * end + found[end:]
    return found


def _is_iban(value: str) -> bool:
    """Whether the check digits are right, whatever the country; ISO 11649 has the same ones.

    Not ``stdnum.iban``: the import hook of Odoo 19.0 keeps it from reading its data file.
    """
    rearranged = value[4:] + value[:4]
    right = 15 <= len(value) <= 34 and mod_97_10.is_valid(rearranged)
    return right and value[:2] not in _NO_COUNTRY


def keys(number: str) -> frozenset[str]:
    """The keys under which a document number is put into the index.

    >>> sorted(keys("RE-2024/00123"))
    ['123|2024', '202400123', '2024|123', 'RE202400123', 'RE|2024|123']
    >>> sorted(keys("2026")), sorted(keys("17"))
    ([], [])
    """
    if not is_quotable(number):
        return frozenset()
    values, bare, _letters, _plain = _read(number)
    found = {"".join(values), plain_key(values)}
    if bare != values and (_is_bare_quotable(bare) or _is_quotable_behind_label(bare)):
        found |= {"".join(bare), plain_key(bare)}
    year = _year_at(bare)
    if year is not None:
        found.add(plain_key(bare[::-1]))
    if year == 0 and len(without_zeros(bare[1])) >= _LEAST_WITHOUT_YEAR:
        found |= {bare[1], without_zeros(bare[1])}
    return frozenset(found)


def plain_key(values: Iterable[str]) -> str:
    """The key of a number whose leading zeros may be others.

    >>> plain_key(("INV", "2026", "00042"))
    'INV|2026|42'
    """
    return "|".join(map(without_zeros, values))


def is_quotable(number: str) -> bool:
    """Whether a number says enough to be recognised in a text at all."""
    values = _read(number).whole
    digits = _count_digits(values)
    length = sum(map(len, values))
    if length > LONGEST:
        return False
    if digits < length:
        return digits >= 2 and length >= 4
    is_date = _is_year(values) or _LONE_DATE.fullmatch(fold(number).strip())
    return digits >= _LEAST_BARE and not is_date


def _count_digits(values: Iterable[str]) -> int:
    return sum(map(len, filter(str.isdigit, values)))


def _is_year(values: tuple[str, ...]) -> bool:
    # A run that begins with digits has nothing else.
    return len(values) == 1 and len(values[0]) == 4 and values[0][:2] in ("19", "20")


def _is_bare_quotable(bare: tuple[str, ...]) -> bool:
    digits = _count_digits(map(without_zeros, bare))
    return digits >= _LEAST_WITHOUT_PREFIX and not _is_period(bare)


def _is_period(values: tuple[str, ...]) -> bool:
    """Whether the digits are a year, or a month of a year."""
    months = values[:-1]
    return _is_year(values[-1:]) and (not months or (len(months) == 1 and months[0] in _MONTHS))


def _is_quotable_behind_label(bare: tuple[str, ...]) -> bool:
    """Whether "Rechnung 1042" may mean RG-1042, though "1042" alone never does."""
    digits = len(without_zeros(bare[0])) if len(bare) == 1 else 0
    return digits >= _LEAST_CALLED_INVOICE and not _is_year(bare)


def _year_at(bare: tuple[str, ...]) -> int | None:
    """Where the year is in "2026/0042" or "42/2026"; None where it cannot change places."""
    if len(bare) != 2 or not bare[1].isdigit():
        return None
    ahead, behind = _is_year(bare[:1]), _is_year(bare[1:])
    if ahead == behind:
        return None
    # "5/2026" is a month.
    return int(behind) if int(bare[int(ahead)]) > 12 else None


def _without_prefix(values: tuple[str, ...]) -> tuple[str, ...]:
    for first, value in enumerate(values):
        if value.isdigit():
            return values[first:]
    return ()


def shape_of(number: str) -> str:
    """What a number has in common with others of its series, see :func:`shape`.

    >>> shape_of("INV/2026/00042")
    'INV|4|5'
    """
    return shape(_read(number).whole)


def prefix(number: str) -> str:
    """The letters that a number begins with, which name its series.

    >>> prefix("INV/2026/00042"), prefix("20260042")
    ('INV', '')
    """
    return _read(number).letters


@dataclass(frozen=True, slots=True)
class KeyShape:
    """What all keys of an index have in common, so that most of a text need not be looked up."""

    longest: int
    beginnings: frozenset[str]

    @classmethod
    def of(cls, keys: Collection[str]) -> KeyShape:
        beginnings = frozenset({key[:2] for key in keys} | {key[:3] for key in keys})
        return cls(max(map(len, keys), default=0), beginnings)

    def joined(self, other: KeyShape) -> KeyShape:
        """The shape of the keys of both."""
        longest = max(self.longest, other.longest)
        return KeyShape(longest, self.beginnings | other.beginnings)


def windows(tokens: Tokens, shape: KeyShape) -> Iterator[tuple[int, int, str, str]]:
    """All sequences of linked tokens that may be a key of that shape.

    Yields first token, end, the values closed up, the values without leading zeros.
    """
    values, plain_values, linked = tokens.values, tokens.plain, tokens.linked
    count, longest, beginnings = len(values), shape.longest, shape.beginnings
    # Leading zeros do not count: SAP fills numbers up to ten digits.
    lengths = list(map(len, plain_values))
    for first, closed in enumerate(values):
        # Zeros may be dropped, and a single character may be torn off by a line wrap.
        if closed[0] != "0" and len(closed) > 1 and closed[:3] not in beginnings:
            continue
        plain = plain_values[first]
        end, length = first + 1, lengths[first]
        while length <= longest:
            # No number is made of letters alone.
            if not closed.isalpha():
                yield first, end, closed, plain
            if end == count or not linked[end]:
                break
            closed += values[end]
            plain += "|" + plain_values[end]
            length += lengths[end]
            end += 1


class _Number(NamedTuple):
    """A document number as it is read; ``bare`` is what stands behind its ``letters``.

    ``plain`` is all of it without leading zeros.
    """

    whole: tuple[str, ...]
    bare: tuple[str, ...]
    letters: str
    plain: tuple[str, ...]


# An item's numbers are looked at several times in a row, then hardly ever again.
@lru_cache(maxsize=512)
def _read(number: str) -> _Number:
    whole = token_values(number)
    bare = _without_prefix(whole)
    letters = "".join(whole[: len(whole) - len(bare)])
    return _Number(whole, bare, letters, tuple(map(without_zeros, whole)))


def weaknesses(
    number: str, tokens: Tokens, first: int, end: int, series: Container[str]
) -> tuple[str, ...] | None:
    """What weakens tokens ``first`` to ``end`` as a quotation of the number; None: it is none.

    ``series`` are the prefixes of all documents: a known other prefix in front says that
    another document is meant.

    >>> tokens = Tokens.of("Rechnung 2026/000 42")
    >>> weaknesses("INV/2026/00042", tokens, 1, 4, {"INV"})
    ('wrapped', 'prefix_left_out')
    """
    whole, bare, letters, plain = _read(number)
    for values in (whole, bare) if letters else (whole,):
        found = _spelling(values, plain[len(whole) - len(values) :], tokens, first, end)
        if found is None or not _is_called(values, whole, tokens, first):
            continue
        in_front = _prefix_weakness(whole, values, tokens, first, series)
        if in_front is not None:
            attached = ("attached",) if _is_attached(tokens, first, end) else ()
            short = ("short",) if _is_short(values, bare, letters) else ()
            return found + in_front + attached + short
    return _changed_year(whole, bare, tokens, first, end, series)


def _is_called(values, whole, tokens: Tokens, first: int) -> bool:
    """Whether the words in front allow for digits that say too little by themselves."""
    too_short = values != whole and not _is_bare_quotable(values)
    return not too_short or _behind_label(tokens, first)


def _behind_label(tokens: Tokens, first: int) -> bool:
    """Whether "invoice" or "invoice number" stands right in front."""
    before = first - 1
    if before > 0 and tokens.linked[first] and tokens.values[before] in _MEANS_NUMBER:
        first, before = before, before - 1
    return (
        before >= 0
        and tokens.linked[first]
        and bool(_MEANS_INVOICE.fullmatch(tokens.values[before]))
    )


def stands_behind_invoice(text: str, start: int) -> bool:
    """Whether "invoice" stands in front of what begins at that character of the remittance.

    >>> stands_behind_invoice("Rechnung Nr. 126029", 13), stands_behind_invoice("PLZ 126029", 4)
    (True, False)
    """
    tokens = remittance_tokens(text)
    return start in tokens.starts and _behind_label(tokens, tokens.starts.index(start))


def _changed_year(
    whole, bare, tokens: Tokens, first: int, end: int, series: Container[str]
) -> tuple[str, ...] | None:
    """The weaknesses of "42/2026" and of "Rechnung 10042", for 2026/0042 and 2026/10042."""
    quoted = tokens.plain[first:end]
    if _year_at(bare) is None or quoted not in _without_year(bare):
        return None
    if _is_attached(tokens, first, end):
        return None
    in_front = _prefix_weakness(whole, bare, tokens, first, series)
    if in_front is None or "other_prefix" in in_front:
        return None
    labelled = _behind_label(tokens, first)
    if tokens.linked[first] and tokens.values[first - 1] == "".join(whole[: -len(bare)]):
        labelled, in_front = True, ()
    if len(quoted) == 2:
        # "KW 42/2026" is a week.
        long = len(plain_key(bare)) >= _LEAST_YEAR_MOVED
        moved = tokens.gap(first + 1).strip() and (labelled or long)
        return (*in_front, "year_moved") if moved else None
    return (*in_front, "year_left_out") if labelled else None


def _without_year(bare: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """The digits with the year behind the number, or with it left out."""
    first, second = map(without_zeros, bare)
    return (second, first), (second,)


def _spelling(values, plain, tokens: Tokens, first: int, end: int) -> tuple[str, ...] | None:
    """How the quoted tokens differ from the number's own, if they are the same at all.

    :param plain: the number's own without leading zeros
    """
    quoted = tokens.values[first:end]
    if values == quoted:
        return ()
    if plain == tokens.plain[first:end]:
        return ("leading_zeros",)
    if "".join(values) != "".join(quoted):
        return None
    own, theirs = _breaks(values), _breaks(quoted)
    digits = sum(len(value) for value in values if value.isdigit())
    has_letters = any(not value.isdigit() for value in values)
    if own - theirs.keys() and not has_letters and digits < _LEAST_CLOSED_UP:
        return None
    wraps = [first + position for offset, position in theirs.items() if offset not in own]
    if not wraps:
        return ()
    if has_letters and len(wraps) == 1 and _is_behind_year(tokens, wraps[0]):
        return ("wrapped",)
    if len(wraps) > _MOST_WRAPS or not all(map(tokens.is_wrapped, wraps)):
        return None
    return ("wrapped",) if has_letters or digits >= _LEAST_WRAPPED else None


def _is_behind_year(tokens: Tokens, position: int) -> bool:
    """Whether a separator was put behind the year: "RE2026/0042" for RE20260042."""
    return tokens.is_attached(position) and _is_year(tokens.values[position - 1 : position])


def _breaks(values: tuple[str, ...]) -> dict[int, int]:
    """Where a sequence of tokens is broken: characters before the break -> tokens before it."""
    breaks, length = {}, 0
    for position, value in enumerate(values[:-1], start=1):
        length += len(value)
        breaks[length] = position
    return breaks


def _prefix_weakness(whole, values, tokens: Tokens, first: int, series) -> tuple[str, ...] | None:
    """What the letters in front of a quotation say about it."""
    left_out = ("prefix_left_out",) if values != whole else ()
    before = tokens.values[first - 1] if first and tokens.linked[first] else ""
    if not before or before.isdigit():
        return left_out
    attached = tokens.is_attached(first)
    if not values[0].isdigit():
        # "BR/INV/2026/1" is not "INV/2026/1", where a series BR/INV exists.
        return None if attached and before + values[0] in series else ()
    own_prefix = "".join(whole[: len(whole) - len(values)])
    glued = _glued_prefix(before, own_prefix, series)
    if glued is not None:
        return glued
    if before == own_prefix or _SAYS_NUMBER.fullmatch(before):
        return left_out
    if before in series:
        return (*left_out, "other_prefix")
    if before in ABBREVIATES_INVOICE or not attached:
        return left_out
    if before == "R" and tokens.gap(first).startswith("."):
        return left_out
    return None if left_out else ("other_prefix",)


def _glued_prefix(before: str, own_prefix: str, series) -> tuple[str, ...] | None:
    """What it says that the letters in front are a word with the prefix glued to its end.

    Statements are cut every 27 or 35 characters and put together without a blank:
    "ZahlungRE-2026-00042". One letter more may be a series: RINV is not INV.
    """
    word = before.removesuffix(own_prefix)
    if not own_prefix or before in series or not 1 < len(word) < len(before):
        return None
    if _SAYS_NUMBER.fullmatch(word) or word in ABBREVIATES_INVOICE:
        return ()
    is_word = len(word) >= _LEAST_GLUED_WORD and len(own_prefix) > 1
    return ("attached",) if is_word else None


def means_invoice(word: str) -> bool:
    """Whether a word of a remittance says "invoice", or "invoice number".

    >>> means_invoice("RECHNUNG"), means_invoice("RENR"), means_invoice("MIETE")
    (True, True, False)
    """
    return bool(_MEANS_INVOICE.fullmatch(word))


def shape(values: tuple[str, ...]) -> str:
    """What numbers of one series have in common.

    >>> shape(("INV", "2026", "00042")), shape(("20260042",)), shape(("20", "1042"))
    ('INV|4|5', '20#8', '2|4')
    """
    if len(values) == 1 and values[0].isdigit():
        return f"{values[0][:2]}#{len(values[0])}"
    return "|".join(str(len(value)) if value.isdigit() else value for value in values)


def is_introduced(tokens: Tokens, first: int) -> bool:
    """Whether the token in front is a word for "invoice" or "number", or one like "for".

    >>> is_introduced(Tokens.of("RE2026"), 1), is_introduced(Tokens.of("KD2026"), 1)
    (True, False)
    """
    before = tokens.values[first - 1] if first and tokens.linked[first] else ""
    return before in ABBREVIATES_INVOICE or bool(_SAYS_NUMBER.fullmatch(before))


def stands_behind_another_word(tokens: Tokens, first: int) -> bool:
    """Whether letters that do not mean "number" are attached in front of a digit run."""
    return (
        tokens.is_attached(first)
        and tokens.values[first].isdigit()
        and tokens.values[first - 1].isalpha()
        and not _SAYS_NUMBER.fullmatch(tokens.values[first - 1])
    )


def _is_attached(tokens: Tokens, first: int, end: int) -> bool:
    """Whether the quotation goes on to the left or right without a blank."""
    values = tokens.values
    if tokens.is_attached(first) and values[first - 1].isdigit() and values[first].isdigit():
        return True
    if not tokens.is_attached(end):
        return False
    if _OTHER_THING_FOLLOWS.match(tokens.text, tokens.ends[end - 1]):
        return False
    following = values[end]
    closed_up = not tokens.gap(end)
    if following.isdigit():
        return values[end - 1].isdigit() or closed_up
    return len(following) == 1 and closed_up


def _is_short(values: tuple[str, ...], bare: tuple[str, ...], letters: str) -> bool:
    """Whether other things than document numbers often look like this."""
    if letters and values == bare and not _is_bare_quotable(bare):
        return True
    digits = _count_digits(values)
    if letters:
        return digits <= _SHORT_PREFIXED or _is_period(bare)
    return (
        digits <= _SHORT_BARE
        or _is_period(values)
        or bool(_COMPACT_DATE.fullmatch("".join(values)))
    )
