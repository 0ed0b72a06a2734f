"""The wordings of field :86:, which the standard leaves to the banks, and which fields they fill.

Every wording is told by the text itself. What none of them claims is remittance.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from ._values import compact, is_iban, parse_amount

_LINE = 65
"""Characters of a full line of :86:, behind which the text goes on without a blank."""

_FIRST_LINE = _LINE - len(":86:")
"""The same for a first line whose bank counts the tag, too."""

_FULL = (_FIRST_LINE, _LINE)

_SUBFIELD = 27
"""Characters of a full subfield, behind which the text goes on without a blank."""


class Text:
    """What a transaction's texts tell. ``code`` is the bank's own code of its kind.

    ``original`` and ``charges`` are an amount without sign and its currency, None for
    the account's.
    """

    # What no text fills stays here, since most of it is missing from most of the texts.
    dialect: str = "plain"
    code: str | None = None
    name: str | None = None
    account: str | None = None
    bic: str | None = None
    remittance: str = ""
    reference: str | None = None
    end_to_end_id: str | None = None
    mandate_id: str | None = None
    creditor_id: str | None = None
    bank_reference: str | None = None
    return_reason: str | None = None
    original: tuple[Decimal, str | None] | None = None
    charges: tuple[Decimal, str | None] | None = None


def _filled(dialect: str, **fields) -> Text:
    text = Text()
    vars(text).update(fields, dialect=dialect)
    return text


def read_text(
    value: str | None, supplement: str, own_reference: str | None, multicash: bool = False
) -> Text:
    """What the text that follows an entry says.

    :param value: the lines of :86: or :NS:, None where there is no such field
    :param supplement: the supplementary details of the entry itself
    :param own_reference: the account owner's reference in the entry
    :param multicash: whether the field is :NS:
    """
    if value is None:
        text = Text()
    elif multicash:
        text = _read_multicash(value.split("\n"))
    elif usual := _usual_german(value):
        text = _read_usual_german(usual)
    else:
        text = _read_lines(value.split("\n"))
    if supplement or own_reference:
        lines = [] if value is None else value.split("\n")
        _add_entry(text, lines, supplement, own_reference)
    return text


def _read_lines(lines: list[str]) -> Text:
    first = lines[0]
    if len(first) <= _CODE and len(lines) > 1 and _HEAD.match(lines[1]):
        # The code stands on a line of its own, and some banks then repeat it.
        again = lines[1].startswith(first)
        first = lines[1] if again else first + lines[1]
        lines = [first, *lines[2:]]
    if match := _HEAD.match(first):
        separator = match[2]
        key = _subfield_key(separator)
        if separator == "?" or sum(len(key.findall(line)) for line in lines) > 1:
            return _read_subfields(_joined(lines, key), match[1], separator)
    if first.startswith("/"):
        joined = _joined(lines)
        if _CODEWORD.match(joined):
            return _read_codewords(joined)
        if joined.startswith("/PT/"):
            return _read_citi(joined)
    if len(lines) > 2 and _HUNGARIAN_ACCOUNT.fullmatch(lines[1].strip()):
        return _read_hungarian(lines)
    for dialect, labels in _LABELLED.items():
        if any(map(labels.sign.search, lines)):
            return labels.read(_joined(lines, apart=labels.split), dialect)
    return _read_plain(" ".join(filter(None, map(str.strip, _unwrapped(lines)))))


# Lines


def _joined(
    lines: list[str], key: re.Pattern | None = None, apart: re.Pattern | None = None
) -> str:
    """The lines as one text, breaks at the fixed width undone.

    :param key: what begins a subfield, which needs no blank before it
    :param apart: what begins a text of its own
    """
    return " ".join(_unwrapped(lines, key, apart)) if len(lines) > 1 else lines[0]


def _unwrapped(
    lines: list[str], key: re.Pattern | None = None, apart: re.Pattern | None = None
) -> list[str]:
    parts = [lines[0]]
    full = len(lines[0]) in _FULL
    for line in lines[1:]:
        if full and not (apart and apart.match(line)) or key and key.match(line):
            parts[-1] += line
        else:
            parts.append(line.lstrip())
        full = len(line) == _LINE
    return parts


def _continued(parts: Iterable[str]) -> str:
    """Subfields of one text: a full one goes on in the next, a shorter one ends its line."""
    text, full = "", True
    for part in parts:
        text += part if full else f"\n{part}"
        full = len(part) >= _SUBFIELD
    return text


def _one_line(text: str) -> str:
    return text.replace("\n", " ").strip()


# Subfields: German, Austrian, Polish and others, told apart by separator and two digits

_CODE = 4
"""Characters of a bank's own code at most."""

_HEAD = re.compile(r"\s*([0-9A-Z]{0,4}?)\s*([?~<>^|@!])[0-7][0-9]")
_SEPARATORS = {"?": "german", "~": "polish", "<": "polish", "^": "polish"}
_NOT_GIVEN = frozenset(("", "NOTPROVIDED", "NOT PROVIDED", "NONREF"))
_ALL_OF_PURPOSE = 10
_MORE = frozenset(("60", "61", "62", "63"))
_TAGS = "EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|IBAN|BIC|COAM|OAMT|PURP|BREF|RREF|RTRN"
_TAGGED = re.compile(rf"(?:^|(?<=\s))({_TAGS}|MTLG)(?:\+|(?<=MTLG):)[ ]?")
_FREE_TEXTS = frozenset(("", "SVWZ", "MTLG"))
_TAG_AT_START = {f"{tag}+": tag for tag in _TAGS.split("|") if len(tag) == 4} | {
    f"{tag}:": tag for tag in ("EREF", "KREF", "MREF", "CRED", "SVWZ", "MTLG")
}
_SPELLED_OUT = {
    re.compile(r"\b(?:EREF|END-TO-END-REF\.?): ?(\S+)"): "end_to_end_id",
    re.compile(r"\b(?:MREF|MANDATSREF\.?): ?(\S+)"): "mandate_id",
    re.compile(r"\b(?:CRED|GL.{1,2}UBIGER-ID): ?(\S+)"): "creditor_id",
}
_RETURN_CODES = frozenset(["108", "109", "159", "181", "184"])
_RETURN_WORDS = re.compile(r"RETURN|RETOURE|R(?:UE|Ü)CK(?:LAST|BEL|GABE|UEB|ÜB)", re.IGNORECASE)
_REASON = re.compile(
    r"\b(A[CGM][0-9]{2}|BE0[1-8]|CNOR|DNOR|ED05|FF0[15]|M[DS]0[1-9]|RC01|RR0[1-4]|SL01|"
    r"FOCR|DUPL|CUST|TECH|FRAD)\b"
)
_REASON_NUMBERS = {"901": "AC01", "902": "AC04", "903": "AC06", "912": "MD06", "914": "MS03"}
_NUMBER = re.compile(r"([A-Z]{3})?\s*([0-9.]*[0-9](?:,[0-9]*)?)\s*([A-Z]{3})?")


@functools.cache
def _subfield_key(separator: str) -> re.Pattern:
    return re.compile(rf"{re.escape(separator)}[0-7][0-9]")


@functools.cache
def _subfield(separator: str) -> re.Pattern:
    """Number and text of a subfield; a separator without a number stands in a text."""
    sign = re.escape(separator)
    return re.compile(rf"{sign}([0-7][0-9])([^{sign}]*(?:{sign}(?![0-7][0-9])[^{sign}]*)*)")


def _read_subfields(joined: str, code: str, separator: str) -> Text:
    pieces = _subfield(separator).findall(joined)
    fields = dict(pieces)
    if len(fields) != len(pieces):
        fields = _merged(pieces)
    purpose = [part for number, part in pieces if number[0] == "2"]
    more = [part for number, part in pieces if number in _MORE] if f"{separator}6" in joined else []
    get = fields.get
    text = _filled(_SEPARATORS.get(separator, "subfields"))
    account = compact(get("38")) or compact(get("31"))
    _fill_party(text, get("30"), account, get("32"), get("33"))
    if len(purpose) == _ALL_OF_PURPOSE:
        # Where all of the purpose is used up, they go on; else they hold something else.
        purpose += more
        more = []
    if purpose:
        _read_purpose(text, purpose)
    if more:
        text.remittance = f"{text.remittance} {_one_line(_continued(more))}".strip()
    _fill_kind(text, joined, code, get("00"), get("34"))
    return text


def _fill_party(
    text: Text, bank: str | None, account: str | None, name: str | None, rest: str | None
) -> None:
    if rest:
        name = _one_line(_continued((name or "", rest)))
    text.name = name.strip() or None if name else None
    text.bic = compact(bank)
    text.account = account


def _fill_kind(text: Text, joined: str, code: str, kind: str | None, extension: str | None) -> None:
    """The bank's code of the transaction, what it calls it, and why a payment came back."""
    text.code = code or None
    extension = extension.strip() if extension else ""
    if code in _RETURN_CODES or (extension and _RETURN_WORDS.search(joined)):
        reason = _reason(extension, text.remittance)
        text.return_reason = text.return_reason or reason
    # What the bank calls the transaction stands in where nobody wrote a purpose.
    if kind and not text.remittance:
        text.remittance = kind.strip()


# Most German texts have their subfields in one order, their purpose with SEPA's tags; these
# are read by one pattern, several times as fast as piece by piece and with the same outcome.
_USUAL_TAGS = ("EREF", "KREF", "MREF", "CRED", "SVWZ")
# Possessive are single characters only: for groups Python before 3.11.5 gets it wrong.
_USUAL_VALUE = r"([^?]*+(?:\?2[0-9](?![A-Z]{4}[+:])[^?]*+)*)"
_USUAL_GERMAN = re.compile(
    r"([0-9A-Z]{0,4})(?=\?)(?:\?00([^?]*+))?(?:\?10[^?]*+)?"
    + "".join(rf"(?:\?2[0-9]{tag}\+{_USUAL_VALUE})?" for tag in _USUAL_TAGS)
    + "".join(rf"(?:\?{number}([^?]*+))?" for number in range(30, 35))
)


def _usual_german(value: str) -> re.Match | None:
    """The subfields of a text whose lines are full, or end where a subfield does."""
    width = value.find("\n")
    if width >= 0:
        full = width in _FULL and value[width :: _LINE + 1] == "\n" * value.count("\n")
        value = value.replace("\n", "") if full else value.replace("\n?", "?")
        if not full and "\n" in value:
            return None
    return _USUAL_GERMAN.fullmatch(value)


def _read_usual_german(match: re.Match) -> Text:
    code, kind, eref, kref, mref, cred, svwz, bank, account, name, more, extension = match.groups()
    text = Text()
    text.dialect = "german"
    _fill_party(text, bank, compact(account), name, more)
    if eref:
        if "?" in eref or "+" in eref:
            _take_usual(text, "EREF", eref)
        else:
            text.end_to_end_id = _given(eref)
    if kref:
        _take_usual(text, "KREF", kref)
    if mref:
        _take_usual(text, "MREF", mref)
    if cred:
        _take_usual(text, "CRED", cred)
    if svwz:
        _take_usual(text, "SVWZ", svwz)
    if text.remittance:
        text.remittance = _one_line(text.remittance)
    _fill_kind(text, match.string, code, kind, extension)
    return text


def _take_usual(text: Text, tag: str, value: str) -> None:
    if "?" in value:
        first, *parts = value.split("?")
        value = first
        full = len(tag) + 1 + len(first) >= _SUBFIELD
        for part in parts:
            value += part[2:] if full else f"\n{part[2:]}"
            full = len(part) - 2 >= _SUBFIELD
    _take(text, tag, value)


def _merged(pieces: list[tuple[str, str]]) -> dict[str, str]:
    """A number that comes again continues the subfield of that number."""
    fields: dict[str, str] = {}
    for number, part in pieces:
        fields[number] = fields.get(number, "") + part
    return fields


def _reason(extension: str, remittance: str) -> str | None:
    match = _REASON.search(remittance)
    return match[1] if match else _REASON_NUMBERS.get(extension)


def _read_purpose(text: Text, parts: list[str]) -> None:
    """The purpose, with SEPA's references taken out of it."""
    tag = value = ""
    full = True
    for part in parts:
        if new := _TAG_AT_START.get(part[:5]):
            if value:
                _take(text, tag, value)
            tag, value = new, part[5:]
        else:
            value += part if full else f"\n{part}"
        full = len(part) >= _SUBFIELD
    if value:
        _take(text, tag, value)
    text.remittance = _one_line(text.remittance)
    if not tag and ":" in text.remittance:
        _read_spelled_out(text, text.remittance)


def _take(text: Text, tag: str, value: str) -> None:
    """Fill the field that a tag stands for; what has no tag is remittance."""
    if "+" in value:
        # Some banks begin a reference within a subfield, or break its tag.
        value, *more = _TAGGED.split(value)
        _take_value(text, tag, value)
        for other, other_value in zip(more[::2], more[1::2], strict=True):
            _take_value(text, other, other_value)
    else:
        _take_value(text, tag, value)


def _take_value(text: Text, tag: str, value: str) -> None:
    if tag not in _FREE_TEXTS:
        # An identifier goes on only after a full subfield; what follows else is text.
        identifier, _, value = value.partition("\n")
        if identifier := identifier.strip():
            _take_identifier(text, tag, identifier)
    if value:
        text.remittance = f"{text.remittance}\n{value}" if text.remittance else value


def _take_identifier(text: Text, tag: str, value: str) -> None:
    if tag == "EREF":
        text.end_to_end_id = _given(value)
    elif tag == "MREF":
        text.mandate_id = _given(value)
    elif tag == "CRED":
        text.creditor_id = compact(value)
    elif tag == "OAMT":
        text.original = _money(value)
    elif tag == "COAM":
        text.charges = _money(value)
    elif tag == "IBAN":
        text.account = text.account or compact(value)
    elif tag == "BIC":
        text.bic = text.bic or compact(value)
    elif tag in ("ABWA", "ABWE"):
        text.name = text.name or value
    elif tag == "RTRN" and (match := _REASON.search(value)):
        text.return_reason = match[1]


def _read_spelled_out(text: Text, purpose: str) -> None:
    """References behind words and a colon, which stay in the remittance."""
    for label, field in _SPELLED_OUT.items():
        if getattr(text, field) is None and (match := label.search(purpose)):
            setattr(text, field, _given(match[1]))


def _given(value: str | None) -> str | None:
    if not value:
        return None
    value = value.strip()
    return None if value.upper() in _NOT_GIVEN else value


def _money(value: str | None) -> tuple[Decimal, str | None] | None:
    """An amount without sign, and its currency when it has one; None when it is no amount."""
    match = _NUMBER.match((value or "").strip())
    if not match:
        return None
    amount = parse_amount(match[2].rstrip(","), ",", ".")
    return None if amount is None else (amount, match[1] or match[3])


# Codewords between slashes: Dutch banks and SWIFT's own

_CODEWORDS = [
    "TRTP",
    "IBAN",
    "BIC",
    "NAME",
    "REMI",
    "EREF",
    "MARF",
    "CSID",
    "CNTP",
    "BENM",
    "ORDP",
    "RTRN",
    "BUSP",
    "PREF",
    "PURP",
    "OCMT",
    "CHGS",
    "EXCH",
    "ADDR",
    "ISDT",
    "TRCD",
    "ULTD",
    "ULTC",
    "ULTB",
    "ULCR",
    "KREF",
    "SVWZ",
    "SVCL",
]
_DUTCH = frozenset(["TRTP", "CNTP", "CSID", "MARF", "ISDT", "TRCD", "BUSP", "PREF", "BENM", "ORDP"])
_CODEWORD = re.compile(rf"/({'|'.join(_CODEWORDS)})/")
_AMOUNTS = frozenset(["OCMT", "CHGS", "EXCH"])
_CREDITOR_REFERENCE = re.compile(
    r"/?STRD/[A-Z]*/([^/]+)/*$|.*(?:SCOR/CUR|/CDTRREF)/([^/]+)", re.DOTALL
)


def _read_codewords(joined: str) -> Text:
    pieces = _CODEWORD.split(joined)
    values: dict[str, str] = {}
    rest = [pieces[0]]
    for word, value in zip(pieces[1::2], pieces[2::2], strict=True):
        if word in _AMOUNTS:
            value, _, text = value.partition("/")
            rest.append(text)
        values.setdefault(word, value)
    get = values.get
    text = _filled("dutch" if _is_dutch(values) else "swift")
    _read_party(text, get("CNTP") or get("BENM", "").strip("/") or get("ORDP", ""))
    text.name = _value(get("NAME")) or text.name
    text.account = compact(_value(get("IBAN"))) or text.account
    text.bic = compact(_value(get("BIC"))) or text.bic
    text.end_to_end_id = _given(_value(get("EREF")))
    text.mandate_id = _given(_value(get("MARF")))
    text.creditor_id = compact(_value(get("CSID")))
    text.original = _money(_value(get("OCMT")))
    text.charges = _money(_value(get("CHGS")))
    if match := _REASON.search(get("RTRN", "")):
        text.return_reason = match[1]
    _read_remittance(text, get("REMI") or get("SVWZ") or "")
    said = (text.remittance, *map(_value, rest))
    text.remittance = " ".join(filter(None, said)) or _value(get("TRTP") or get("BUSP")) or ""
    return text


def _is_dutch(values: dict[str, str]) -> bool:
    """Whether there are the words, or an account, of a Dutch bank."""
    return bool(_DUTCH & values.keys()) or (_value(values.get("IBAN")) or "").startswith("NL")


def _value(value: str | None) -> str | None:
    return (value or "").strip("/ ") or None


def _read_party(text: Text, value: str) -> None:
    """``account/BIC/name/city``, each of which may be missing."""
    parts = [part.strip() for part in value.split("/")]
    for part in parts:
        joined = compact(part) or ""
        if text.account is None and (is_iban(joined) or joined.isdigit()):
            text.account = joined
        elif text.bic is None and text.name is None and _BIC.fullmatch(joined):
            text.bic = joined
        elif text.name is None and part:
            text.name = part


_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")


def _read_remittance(text: Text, value: str) -> None:
    value = value.strip()
    if match := _CREDITOR_REFERENCE.match(value):
        text.reference = (match[1] or match[2]).strip()
    value = value.removeprefix("/").removeprefix("USTD/").strip("/ ")
    text.remittance = value


# Citi


_CITI = re.compile(r"/(PT|PY|BN|BI|BO|OB|EI|RP|GI|CTC|OI|AB)/")


def _read_citi(joined: str) -> Text:
    pieces = _CITI.split(joined)
    values = dict(zip(pieces[1::2], pieces[2::2], strict=True))
    name = values.get("BO") or values.get("BN")
    return _filled(
        "swift",
        code=(values.get("PT") or "").strip() or None,
        name=name.strip() if name else None,
        remittance=" ".join((values.get("PY") or joined).split()),
        end_to_end_id=_given(values.get("EI")),
    )


# MultiCash's own field :NS:, two digits at the start of each line


def _read_multicash(lines: list[str]) -> Text:
    values = {line[:2]: line[2:].strip() for line in lines if line[:2].isdigit()}
    get = values.get
    purpose = [get(f"{number:02}", "") for number in range(1, 15)]
    return _filled(
        "multicash",
        name=" ".join(filter(None, (get("15"), get("16")))) or None,
        account=compact(get("34")),
        bic=compact(get("33")),
        remittance=" ".join(filter(None, purpose)) or get("17", ""),
    )


# Labels before a colon


@dataclass(frozen=True, slots=True)
class _Labels:
    """A wording with labels: which must be there, and which field each of them fills."""

    sign: re.Pattern
    split: re.Pattern
    fields: dict[str, str]

    def read(self, joined: str, dialect: str) -> Text:
        pieces = self.split.split(joined)
        text = _filled(dialect.partition(" ")[0])
        head = " ".join(pieces[0].split())
        for label, value in zip(pieces[1::2], pieces[2::2], strict=True):
            value = " ".join(value.strip(" ;/").split())
            field = self.fields[" ".join(label.upper().rstrip(".").split())]
            if field in ("account", "bic", "creditor_id"):
                value = compact(value)
            elif field in ("end_to_end_id", "mandate_id"):
                value = _given(value)
            if value and not getattr(text, field):
                setattr(text, field, value)
        text.remittance = text.remittance or head
        return text


def _labels(sign: str, fields: dict[str, str], end: str = ":") -> _Labels:
    names = "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in fields)
    return _Labels(
        re.compile(sign), re.compile(rf"(?:^|(?<=[\s/;]))({names})\.?\s*{end}\s*"), fields
    )


_LABELLED = {
    "dutch abn": _labels(
        r"^SEPA [A-Z ]+IBAN: ",
        {
            "IBAN": "account",
            "BIC": "bic",
            "NAAM": "name",
            "OMSCHRIJVING": "remittance",
            "KENMERK": "end_to_end_id",
            "MACHTIGING": "mandate_id",
            "INCASSANT": "creditor_id",
            "BETALINGSKENM": "reference",
        },
    ),
    "dutch knab": _labels(r"(?:^|\s)REK: .*/NAAM: ", {"REK": "account", "NAAM": "name"}),
    "polish": _labels(
        r"; (?:TYT|TNR)\.?: ",
        {
            "Z RACH": "account",
            "NA RACH": "account",
            "OD": "name",
            "DLA": "name",
            "TYT": "remittance",
            "TNR": "bank_reference",
        },
    ),
    "swiss": _labels(
        r"\b(?:AUFTRAGGEBER|MITTEILUNGEN): ",
        {"AUFTRAGGEBER": "name", "MITTEILUNGEN": "remittance"},
    ),
}


# Texts without fields of their own

_UNSTRUCTURED_CODE = re.compile(r"999(?=\D)")
_ING = re.compile(
    r"(?:([A-Z]{2}[0-9]{2})\s+)?([A-Z]{2}[0-9]{2}[A-Z]{4}[0-9A-Z]{10,26})\s+"
    r"([A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?)\s+(.*)",
    re.DOTALL,
)
_HUNGARIAN_ACCOUNT = re.compile(r"[0-9]{24}|[0-9]{16}")


def _read_plain(joined: str) -> Text:
    if match := _UNSTRUCTURED_CODE.match(joined):
        # The German code for a text without structure.
        return _filled("german", code=match[0], remittance=joined[match.end() :].strip())
    if match := _ING.fullmatch(joined):
        reason, account, bic, remittance = match.groups()
        return _filled(
            "dutch", account=account, bic=bic, remittance=remittance, return_reason=reason
        )
    return _filled("plain", remittance=joined)


def _read_hungarian(lines: list[str]) -> Text:
    """The bank's reference, the other side's account and name, each on a line of its own."""
    reference, account, name, *rest = (line.strip() for line in lines)
    return _filled(
        "hungarian",
        account=account,
        name=name or None,
        remittance=" ".join(filter(None, rest)),
        bank_reference=reference or None,
    )


# The entry's own reference and supplementary details

_SUPPLEMENT = re.compile(r"/+(OCMT|CHGS|EXCH|TRCD|IACC)/")
_ACCOUNT_AND_NAME = re.compile(r"([0-9]{9,10}|NONREF)\s{2,}(\S.*)")
_DUTCH_ACCOUNT = re.compile(r"P?[0-9]{9,10}")
_OWN_REFERENCE = re.compile(r"(?=\S*[0-9])(?!.*\s\s).{6,}")


def _add_entry(text: Text, lines: list[str], supplement: str, own_reference: str | None) -> None:
    """What the entry's first line and the line below it tell, where the text does not."""
    reference = own_reference or ""
    if supplement.startswith("/"):
        pieces = _SUPPLEMENT.split(supplement)
        words = dict(zip(pieces[1::2], pieces[2::2], strict=True))
        text.original = text.original or _money(words.get("OCMT"))
        text.charges = text.charges or _money(words.get("CHGS"))
    elif supplement:
        _add_supplement(text, lines, supplement, reference)
    if match := _ACCOUNT_AND_NAME.match(reference):
        # Rabobank's older files have the other side there.
        account, name = match.groups()
        text.account = text.account or (None if account == "NONREF" else account)
        text.name = text.name or name
    elif text.end_to_end_id is None and reference != text.account:
        text.end_to_end_id = reference if _OWN_REFERENCE.fullmatch(reference) else None


def _add_supplement(text: Text, lines: list[str], supplement: str, reference: str) -> None:
    account = compact(supplement)
    if is_iban(account) or (text.dialect == "dutch" and _DUTCH_ACCOUNT.fullmatch(supplement)):
        text.account = text.account or account
    elif reference and lines and lines[0].strip() == f"{reference} {supplement}":
        # SNS and ASN repeat account and name at the start of their text.
        text.dialect, text.account, text.name = "dutch", reference, supplement
        rest = filter(None, map(str.strip, _unwrapped(lines[1:] or [""])))
        text.remittance = " ".join(rest)
    elif not text.remittance:
        text.remittance = supplement
