"""Text files of unknown encoding, as lines.

A byte order mark decides, then UTF-8 where the whole file is valid UTF-8. Otherwise
every encoding that banks use is tried on every word that is not ASCII: a reading is
plausible when all of them consist of one language's letters, in words that begin or
consist of capitals as people write them. Where plausible readings differ, the file's own
country decides (account numbers, currencies, common words); where that does not help
either, a person is asked. Nothing is replaced or dropped.
"""

from __future__ import annotations

import codecs
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from ..errors import InvalidStatement, UnclearEncoding
from ..messages import _
from ._alphabets import CURRENCY_COUNTRIES, LANGUAGES, LAST_RESORT, REGIONS, Language

_CHUNK = 1 << 18
_MAX_WORDS = 20_000
_MAX_WORD = 200
_CHANCE = 5
"""Words that can be valid UTF-8 by chance: few, and in no European script."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LETTERS = re.compile(rb"[A-Za-z\x80-\xff]+")
_IBAN = re.compile(rb"(?<![A-Z0-9])([A-Z]{2})[0-9]{2} ?[A-Z0-9]{4} ?[0-9]{4}")
_CURRENCY = re.compile(rb"(?<![A-Z])[A-Z]{3}(?![A-Z])")
_ASCII_WORD = re.compile(rb"[a-z]{2,}")
_SIGNS_BEFORE = "€£§«„“‘‚–—…•·´`\u00a0№±×¿¡"
_SIGNS_AFTER = "€£§°»”“’–—…•·®©™´`\u00a0²³±×ºª"
"""Signs that words begin or end with. A currency sign (¤) is none: it is a misread €."""

_FIRST_GREEK = "\u0370"
_INNER_SIGNS = frozenset("’´`·\u00a0–—\u00ad")


def open_text(stream: BinaryIO, countries: Iterable[str] = ()) -> io.TextIOWrapper:
    """The file as text from its start, line ends as they are.

    Whoever opens it must ``detach()`` it, or the caller's stream is closed with it.

    :param countries: ISO 3166 codes of where the bank may be, as the file tells
    :raises UnclearEncoding: when the characters can be read in several ways
    :raises InvalidStatement: when they can be read in none
    """
    encoding = encoding_of(stream, countries)
    stream.seek(0)
    return io.TextIOWrapper(stream, encoding, newline="")


def encoding_of(stream: BinaryIO, countries: Iterable[str] = ()) -> str:
    """The name of the encoding in which the whole file is meant to be read.

    :raises UnclearEncoding: see :func:`open_text`
    """
    stream.seek(0)
    head = stream.read(_CHUNK)
    marked = _marked(head)
    if marked:
        return marked
    unicode = _decodes(stream, "utf-8")
    words = _words(stream, _CHANCE + 1 if unicode else _MAX_WORDS)
    if unicode and (len(words) > _CHANCE or all(map(_is_european, words))):
        return "utf-8"
    countries = frozenset(countries) or _countries(head)
    for languages in _by_evidence(countries, head):
        readings = _readings(words, languages)
        if unicode and readings:
            readings[frozenset(word.decode(errors="ignore") for word in words)] = "utf-8"
        if len(readings) == 1:
            return next(iter(readings.values()))
        if readings:
            raise _unclear(words, readings)
    if unicode:
        return "utf-8"
    raise _unreadable(stream)


def _is_european(word: bytes) -> bool:
    """Whether all letters of a word in UTF-8 are Latin, Greek or Cyrillic."""
    text = word.decode(errors="ignore")  # a long one was cut
    return all(
        not letter.isalpha() or letter < "\u0530" or "\u1e00" <= letter < "\u2000"
        for letter in text
    )


def _marked(head: bytes) -> str | None:
    """What a byte order mark says, or the zero bytes of UTF-16 without one."""
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return encoding
    start = head[:200]
    if len(start) >= 4 and start.count(0) * 3 > len(start):
        return "utf-16-le" if start[1] == 0 and start[0] else "utf-16-be"
    return None


def _decodes(stream: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    stream.seek(0)
    try:
        while chunk := stream.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _words(stream: BinaryIO, enough: int) -> set[bytes]:
    """The words with characters beyond ASCII; no more are looked for than are enough."""
    words: set[bytes] = set()
    stream.seek(0)
    rest = b""
    while (chunk := stream.read(_CHUNK)) and len(words) < enough:
        data = rest + chunk
        # A word may go on in the next chunk.
        cut = max(data.rfind(b"\n"), data.rfind(b" "), len(data) - _MAX_WORD, 0)
        rest = data[cut:]
        words.update(_words_in(data[:cut]))
    words.update(_words_in(rest))
    return words


def _words_in(data: bytes) -> Iterator[bytes]:
    for line in data.split(b"\n"):
        # Most lines are ASCII, and looking for words in them would take long.
        if not line.isascii():
            yield from (word[:_MAX_WORD] for word in _LETTERS.findall(line) if not word.isascii())


def _countries(head: bytes) -> frozenset[str]:
    """The countries that a file's account numbers and currencies speak of most."""
    known = frozenset().union(*(language.countries for language in LANGUAGES))
    found = Counter(match.decode() for match in _IBAN.findall(head))
    found = Counter({country: n for country, n in found.items() if country in known})
    if not found:
        currencies = (CURRENCY_COUNTRIES.get(code) for code in _CURRENCY.findall(head))
        found = Counter(filter(None, currencies))
    return frozenset(country for country, _skipped in found.most_common(1))


def _by_evidence(countries: frozenset[str], head: bytes) -> Iterator[list[Language]]:
    """The languages to try, those that the file itself speaks for first."""
    if countries:
        yield [language for language in LANGUAGES if language.countries & countries]
        yield [region for region in REGIONS if region.countries & countries]
    else:
        words = set(_ASCII_WORD.findall(head.lower()))
        spoken = [(len(language.words & words), language) for language in LANGUAGES]
        most = max(count for count, _skipped in spoken)
        if most >= 3:
            yield [language for count, language in spoken if count == most]
    yield list(LANGUAGES)
    yield list(REGIONS)
    whole = frozenset().union(*(language.letters for language in LANGUAGES))
    yield [Language(whole, LAST_RESORT)]


def _readings(words: set[bytes], languages: list[Language]) -> dict[frozenset[str], str]:
    """The different texts that the words can mean, and an encoding for each."""
    readings: dict[frozenset[str], str] = {}
    for language in languages:
        for encoding in language.encodings:
            try:
                texts = frozenset(word.decode(encoding) for word in words)
            except UnicodeError:
                continue
            if all(_plausible(text, language.letters) for text in texts):
                readings.setdefault(texts, encoding)
    return readings


def _plausible(word: str, letters: frozenset[str]) -> bool:
    """Whether a word can be of a language that has these letters beside the ASCII ones."""
    inner = word.lstrip(_SIGNS_BEFORE).rstrip(_SIGNS_AFTER)
    if any(letter in letters and letter >= _FIRST_GREEK for letter in inner):
        # Greek and Cyrillic letters share no word with Latin ones.
        return all(letter in letters or letter in _INNER_SIGNS for letter in inner)
    for before, letter in zip(" " + inner, inner, strict=False):
        if letter.isascii():
            continue
        if letter not in letters:
            if letter not in _INNER_SIGNS:
                return False
        elif before.isalpha() and letter.isupper() and before.islower():
            return False
    return _even_case(inner)


def _even_case(word: str) -> bool:
    """Whether small letters beyond ASCII stand in no word of capitals, as misread ones do."""
    small = [letter for letter in word if letter.islower()]
    if not small or any(letter.isascii() for letter in small) or len(word) < 3:
        return True
    return not any(letter.isupper() and letter.isascii() for letter in word[1:]) or set(small) <= {
        "ß"
    }


def _unclear(words: set[bytes], readings: dict[frozenset[str], str]) -> UnclearEncoding:
    """The question, with a word that tells the readings apart."""
    encodings = list(readings.values())
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    differing = (
        word
        for word in longest_first
        if len({word.decode(encoding) for encoding in encodings}) == len(encodings)
    )
    word = next(differing, longest_first[0])
    samples = {encoding: word.decode(encoding) for encoding in encodings}
    return UnclearEncoding(
        _("The characters of the file can be read in several ways"),
        readings=samples,
        expected=" or ".join(f"{text} ({encoding})" for encoding, text in samples.items()),
    )


def _unreadable(stream: BinaryIO) -> InvalidStatement:
    """A refusal that names the first line that is not UTF-8."""
    stream.seek(0)
    for number, line in enumerate(iter(lambda: stream.readline(_CHUNK), b""), start=1):
        try:
            line.decode()
        except UnicodeDecodeError as error:
            found = line[max(0, error.start - 20) : error.end + 20].decode(
                "ascii", "backslashreplace"
            )
            return InvalidStatement(
                _("The file mixes encodings, or is in one that is not known"),
                line=number,
                expected=_("UTF-8, or one encoding of the bank's country"),
                found=found.strip(),
            )
    return InvalidStatement(_("The file is not in one encoding"))
