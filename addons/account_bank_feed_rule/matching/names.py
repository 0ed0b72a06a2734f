"""Which registered partner does the bank call "MUELLER, MAX" or "Elektro Gross Gm"?

A name is read into plain words and legal forms and compared as a set of words, so that
order, titles and spelling do not matter. Every other way of writing it is a look-up of a
key that was prepared for it; nothing ever goes through all partners.

==========================================  ============================================
The bank's name                             Similarity
==========================================  ============================================
same words                                  100
… a legal form left out                     -2
… "KG" for "GmbH & Co. KG"                  -8
… other blanks ("ElektroGroß handel")       -3
… cut off by the bank                       -6, marked as truncated
… a word of 7 letters or more mistyped      by the share of equal letters
… a name for its initial                    -32, shared by the words: "M. Muster" has 84
… more words, or fewer                      -36 times the share of what differs
… more words, where both lack a legal form  -10 at most
… two different legal forms                 no match
==========================================  ============================================

The share of what differs counts rare words for more: "Peter" more or less is little,
"Zybartowski" more or less is another company. Only one side may have words of its own,
and two words that are not generic must agree. Below 80 there is no match.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations, islice, product
from math import exp, log, prod
from operator import itemgetter
from typing import NamedTuple

from rapidfuzz import fuzz, process

from .normalise import fold
from .types import Id

LEAST = 80
MOST = 5
MOST_ALIKE = 200
# What old banks, SWIFT and MT940 have room for; a blank at the end is lost on the way.
_WIDTHS = frozenset(width - blank for width in (27, 35, 54, 70) for blank in (0, 1))
_LEAST_CUT = 15
_LONGEST = 7
"""So many words of a name are combined; what has more is an address, not a name."""
_MOST_WORDS = 200
"""So many words of a text are read; a remittance that goes on and on must not cost more."""
_CROWD = 20
"""A key that more names share than this tells nobody apart."""
_TELLING = 3
"""A word of less letters is no family's or group's name."""
_MISTYPED = 7
_LONG = 12
_EQUAL_LETTERS, _EQUAL_LETTERS_OF_LONG = 88, 83
"""At 88 a letter may be missing from 7, and one be wrong in 9; at 83 two in 12."""
_SHORTENED = 90
"""Of a company that is called by its first words only."""
_RARE_WORD = 8
_RARE = 3
"""A single word identifies a company in a text from 8 letters on, in at most 3 names."""

_WORD = re.compile(r"[^\W_]+")
_LETTERS = {code: fold(chr(code)) for code in range(0xC0, 0x180)}
_LETTERS |= str.maketrans(dict(zip("ØŁĐÐĦ", "OLDDH", strict=True)))
_LETTERS |= str.maketrans({"Æ": "AE", "Œ": "OE", "ẞ": "SS", "Þ": "TH", "'": "", "’": "", "ʼ": ""})
# "Bauer", "Samuel" and "Michael" have no umlaut, "Zoe" and "Xue" neither.
_UMLAUT = re.compile(
    r"A(?<=AA)\B|E(?<=OE)\B|E(?<=AE)\B(?!L(?:A?\b|I))|E(?<=UE)(?<![AEQ]UE)\B(?!LA?\b)"
    r"|E(?<=UEE)(?<![AEQ]UEE)\B"  # "Rueegg" is Rüegg
)
_CUT_UMLAUT = re.compile(r"(?<=[AOU])E$|(?<=A)A$")


def plain(name: str) -> str:
    """Folded, with every transliteration of an umlaut brought down to its bare vowel.

    >>> plain("Müller"), plain("MUELLER"), plain("Muller"), plain("Bauer"), plain("Ærøskøbing")
    ('MULLER', 'MULLER', 'MULLER', 'BAUER', 'AROSKOBING')
    """
    if name.isascii():
        letters = name.upper().replace("'", "")
    else:
        letters = fold(name.upper().translate(_LETTERS))
    return _UMLAUT.sub("", letters)


_FORMS = {
    "AG": "AG|Aktiengesellschaft",
    "GMBH": "GmbH|gGmbH|mbH|Gesellschaft mbH|Ges mbH|Gesellschaft mit beschränkter Haftung",
    "UG": "UG|UG haftungsbeschränkt|haftungsbeschränkt|Unternehmergesellschaft",
    "KG": "KG|CoKG|Kommanditgesellschaft",
    "KGAA": "KGaA|Kommanditgesellschaft auf Aktien",
    "OHG": "OHG|offene Handelsgesellschaft",
    "GBR": "GbR|GesbR|BGB Gesellschaft|Gesellschaft bürgerlichen Rechts",
    "EK": "eK|eKfm|eKfr|eingetragener Kaufmann|eingetragene Kauffrau",
    "EV": "eV|eingetragener Verein",
    "EG": "eG|eingetragene Genossenschaft",
    "PARTG": "PartG|PartGmbB|PartG mbB|Partnerschaftsgesellschaft mbB",
    "LTD": "Ltd|Limited|Private Limited|Pty Ltd|Pvt Ltd",
    "INC": "Inc|Incorporated",
    "CORP": "Corp|Corporation",
    "LLC": "LLC|Limited Liability Company",
    "AS": "AS|A/S|Aktieselskab|Aksjeselskap|akciova spolecnost",
    "SRO": "sro|spol sro|spolecnost s rucenim omezenym",
    "SPZOO": "Sp zoo|Spzoo|Spolka zoo|Spółka z ograniczoną odpowiedzialnością",
    "SRL": "Srl|Società a responsabilità limitata",
    "SARL": "SARL|Société à responsabilité limitée",
    "SA": "SA|Société anonyme|Sociedad anónima|Spółka akcyjna",
    "AB": "AB|Aktiebolag",
    "OY": "Oy|Oyj|Osakeyhtiö",
    "SOCCOOP": "Soc Coop|Società cooperativa",
    "KFT": "Kft|Korlátolt felelősségű társaság",
}
_SHORT_FORMS = (
    "SE PLC LLP LP SAS SASU EURL SCI SNC SPA SL SLU LDA BV NV BVBA SPRL VOF APS IVS ANS OG EU "
    "BT ZRT NYRT DOO DD SPK SPJ OOD EOOD OU UAB SIA"
)
_PASSED_OVER = (
    "und|and|et|u|Co|c/o|Company|Herr|Herrn|Frau|Hr|Fr|Eheleute|Familie|Fam|Firma|Fa|Mr|Mrs|Ms|Miss|"
    "Mister|Mme|Madame|Monsieur|Mlle|Sig|Signor|Signora|Inh|Inhaber|Inhaberin|Dr|Prof|Professor|"
    "Mag|Dipl|Dipl Ing|Dipl Kfm|Dipl Kffr|Dr Ing|Dr med|Dr med dent|Dr med vet|Dr rer nat|Dr jur"
)
_GENERIC_WORDS = (
    "BANK HANDEL HANDELS HANDELSGESELLSCHAFT VERTRIEB VERTRIEBS SERVICE SERVICES GESELLSCHAFT "
    "GROUP GRUPPE HOLDING INTERNATIONAL DEUTSCHLAND GERMANY EUROPE EUROPA ONLINE SHOP STORE "
    "FILIALE NIEDERLASSUNG ZWEIGNIEDERLASSUNG CIE PAYMENT PAYMENTS KONTO KUNDE RECHNUNG INVOICE "
    "PAYPAL STRIPE AMAZON KLARNA ADYEN MOLLIE SUMUP ZETTLE EBAY"
    " JANUAR FEBRUAR MAERZ MARZ APRIL JUNI JULI AUGUST SEPTEMBER OKTOBER NOVEMBER DEZEMBER"
    " JANUARY FEBRUARY MARCH JUNE JULY OCTOBER DECEMBER JANVIER FEVRIER MARS AVRIL JUIN JUILLET"
    " SEPTEMBRE OCTOBRE NOVEMBRE DECEMBRE"
)
_GENERIC = frozenset(_GENERIC_WORDS.split())
_SPELLED = _FORMS | {form: form for form in _SHORT_FORMS.split()} | {"": _PASSED_OVER}
_DROPPED: dict[str, frozenset[str]] = {
    "".join(_WORD.findall(plain(written))): frozenset(form.split())
    for form, ways in _SPELLED.items()
    for written in ways.split("|")
}
_BEGINNINGS = frozenset(key[:end] for key in _DROPPED for end in range(1, len(key) + 1))
_NO_FORM: frozenset[str] = frozenset()


def read_name(text: str) -> tuple[list[str], dict[int, frozenset[str]]]:
    """The words, and the legal forms by the number of words that stand before them.

    >>> read_name("Frau Dr. Anna Müller-Lüdenscheidt")
    (['ANNA', 'MULLER', 'LUDENSCHEIDT'], {})
    >>> words, forms = read_name("Zybartowski G.m.b.H. & Co. KG")
    >>> words, sorted(forms[1])
    (['ZYBARTOWSKI'], ['GMBH', 'KG'])
    """
    # No word ends in GMBH: a line wrap took the blank away.
    tokens = _WORD.findall(plain(text).replace("GMBH", " GMBH "))
    if _BEGINNINGS.isdisjoint(tokens):
        return tokens, {}
    words: list[str] = []
    forms: dict[int, frozenset[str]] = {}
    after = 0
    for at, token in enumerate(tokens):
        if at < after:
            continue
        end = _end_of_dropped(tokens, at) if token in _BEGINNINGS else at
        if end == at:
            words.append(token)
            continue
        if form := _DROPPED["".join(tokens[at:end])]:
            forms[len(words)] = forms.get(len(words), _NO_FORM) | form
        after = end
    return _as_one_word(words, forms)


def _as_one_word(words: list[str], forms: dict) -> tuple[list[str], dict]:
    """A company that is called by its initials: "D.E.B. OG"."""
    if not forms or len(words) < _TELLING or max(map(len, words)) > 1:
        return words, forms
    return ["".join(words)], {1: _NO_FORM.union(*forms.values())}


def _end_of_dropped(tokens: list[str], at: int) -> int:
    joined, best = "", at
    for end in range(at, len(tokens)):
        joined += tokens[end]
        if joined not in _BEGINNINGS:
            break
        # "A. S. Muster" and "U. Muster" begin with initials.
        if joined in _DROPPED and (at or len(tokens[0]) > 1 or joined == "CO"):
            best = end + 1
    return best


def _without_cut_form(words: list[str]) -> list[str]:
    """The words without what is left of a legal form at the end: "Muster Gm"."""
    for start in range(max(1, len(words) - 4), len(words)):
        if "".join(words[start:]) in _BEGINNINGS:
            return words[:start]
    return words


def _form_cost(one: frozenset[str], other: frozenset[str]) -> int:
    if one == other:
        return 0
    if not one or not other:
        return 2
    return 8 if one < other or other < one else 100


def _is_generic(word: str) -> bool:
    return word in _GENERIC or word.isdigit()


def _is_significant(word: str) -> bool:
    return len(word) > 1 and word not in _GENERIC and not word.isdigit()


def _significant(words: Iterable[str]) -> list[str]:
    return [word for word in words if _is_significant(word)]


def _key(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(words))


def are_called_alike(one: str, other: str) -> bool:
    """Whether two names may be those of a family or a group: of companies the first word counts.

    >>> are_called_alike("Zybartowski Holding GmbH", "Zybartowski Transporte GmbH")
    True
    >>> are_called_alike("Anna Müller", "Mueller, Jan"), are_called_alike("Süd AG", "Nord Süd AG")
    (True, False)
    """
    (words, forms), (other_words, other_forms) = read_name(one), read_name(other)
    own, others = _significant(words), _significant(other_words)
    if forms or other_forms:
        own, others = own[:1], others[:1]
    return any(len(word) >= _TELLING for word in set(own) & set(others))


class NameMatch(NamedTuple):
    """A partner whose name agrees.

    ``name`` is as registered and ``similarity`` goes up to 100. ``coincidence``
    estimates the probability that a stranger's name agrees in as many words, from how
    often these words are registered: common names agree by chance. ``truncated`` says
    that the bank cut the name, so that what followed is unknown.
    """

    partner_id: Id
    name: str
    similarity: int
    coincidence: float
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class _Entry:
    partner_id: Id
    name: str
    words: tuple[str, ...]
    form: frozenset[str]


class _Agreement(NamedTuple):
    entry: _Entry
    similarity: float
    words: tuple[str, ...]
    truncated: bool = False


class NameIndex:
    """Registered names, prepared once so that each look-up costs the same few keys.

    :param names: partner and name; a partner may have several names

    >>> index = NameIndex([(7, "Müller & Söhne GmbH"), (8, "Anna Schmidt")])
    >>> [(match.partner_id, match.similarity) for match in index.find("MUELLER U. SOEHNE")]
    [(7, 98)]
    >>> [match.partner_id for match in index.find_in_text("PAYPAL Schmidt, Anna Rechnung 42")]
    [8]
    """

    def __init__(self, names: Iterable[tuple[Id, str]]):
        self._by_words: dict[tuple, list[_Entry]] = defaultdict(list)
        self._by_letters: dict[str, list[_Entry]] = defaultdict(list)
        self._by_initial: dict[tuple, list[_Entry]] = defaultdict(list)
        self._by_pair: dict[tuple, list[_Entry]] = defaultdict(list)
        self._spellings: dict[str, list[str]] = defaultdict(list)
        counts: Counter[str] = Counter()
        self._size = 0
        for partner_id, name in names:
            self._add(partner_id, name, counts)
        # As if a hundred more names were known: a word is not rare because partners are few.
        self._unknown = log(self._size + 100)
        self._weights = {word: self._unknown - log(n + 1) for word, n in counts.items()}
        self._all_letters = sorted(self._by_letters)
        for word in sorted(counts):
            for block in _spelling_blocks(word):
                self._spellings[block].append(word)

    def _add(self, partner_id: Id, name: str, counts: Counter[str]) -> None:
        words, forms = read_name(name or "")
        significant = _significant(words)
        if not significant:
            return
        entry = _Entry(partner_id, name, tuple(words), _NO_FORM.union(*forms.values()))
        key = _key(words)
        self._size += 1
        counts.update({*key, *(word[0] for word in key)})
        self._by_words[key].append(entry)
        self._by_letters["".join(words)].append(entry)
        if len(key) <= 3 and not entry.form:
            for abbreviated in _abbreviations(key):
                self._by_initial[abbreviated].append(entry)
        for pair in _pairs(significant) if len(key) > 2 or len(significant) < len(key) else ():
            self._by_pair[pair].append(entry)

    def find(self, name: str) -> list[NameMatch]:
        """The partners that are called so, best first; none for a generic name.

        At most 5, unless more are called just alike.

        Where a name is registered in just these words, weaker matches are left out.
        """
        words, forms = read_name(name)
        if not _significant(words):
            return []
        cut = len(name.strip()) in _WIDTHS
        form = _NO_FORM.union(*forms.values()) if forms else _NO_FORM
        return (
            self._best(self._equal_or_shortened(words, form), form)
            or cut
            and self._best(self._truncated(words), form)
            or form  # "Muster Sp. z o.o. Sp." has two of them: the bank cut the second
            and self._best(self._without_form_cut(words), form)
            or self._best(self._weaker(words), form)
        )

    def _equal(self, words: list[str]) -> Iterator[_Agreement]:
        found = self._by_words.get(_key(words), ())
        for entry in found or self._by_letters.get("".join(words), ()):
            yield _Agreement(entry, 100 if found else 97, entry.words)

    def _equal_or_shortened(self, words: list[str], form) -> Iterator[_Agreement]:
        """A company without its legal form may be another one, shortened by more than that."""
        found = list(self._equal(words))
        yield from found
        if found and not form and all(one.entry.form for one in found):
            for longer in self._with_more_words(_key(words), 1):
                yield longer._replace(similarity=max(longer.similarity, _SHORTENED))

    def _without_form_cut(self, words: list[str]) -> Iterator[_Agreement]:
        without_form = _without_cut_form(words)
        for agreement in self._equal(without_form) if len(without_form) < len(words) else ():
            yield _Agreement(agreement.entry, 96, agreement.words, True)

    def _truncated(self, words: list[str]) -> Iterator[_Agreement]:
        yield from self._without_form_cut(words)
        # "Mue" may be what is left of "Müller".
        letters = _CUT_UMLAUT.sub("", "".join(words))
        if len(letters) < _LEAST_CUT:
            return
        start = bisect_left(self._all_letters, letters)
        for longer in self._all_letters[start : start + MOST + 1]:
            if longer.startswith(letters):
                for entry in self._by_letters[longer]:
                    yield _Agreement(entry, 94, _within(entry.words, len(letters)), True)

    def _weaker(self, words: list[str]) -> Iterator[_Agreement]:
        for spelled, ratio in self._spelled(words):
            key = _key(spelled)
            known = [word for word in key if word in self._weights]
            if known and ratio < 1:
                yield from _few(self._by_words.get(key), 100 * ratio, key)
            if known:
                yield from self._initials(key, ratio)
                yield from self._with_fewer_words(key, known, ratio)
            if len(known) == len(key):
                yield from self._with_more_words(key, ratio)

    def _spelled(self, words: list[str]) -> Iterator[tuple[tuple[str, ...], float]]:
        choices = product(*(self._alternatives(word) for word in words[:_LONGEST]))
        for choice in islice(choices, 4):
            yield tuple(word for word, _ratio in choice), prod(ratio for _word, ratio in choice)

    def _alternatives(self, word: str) -> list[tuple[str, float]]:
        """What a word may be a misspelling of. A word that somebody is called is none."""
        if word in self._weights or len(word) < _MISTYPED:
            return [(word, 1)]
        first, last = (self._spellings.get(block, []) for block in _spelling_blocks(word))
        # A list without doubles, in a fixed order: a set's order would decide between equals.
        block = list(dict.fromkeys(first + last))
        least = _EQUAL_LETTERS_OF_LONG if len(word) >= _LONG else _EQUAL_LETTERS
        near = process.extract(word, block, scorer=fuzz.ratio, score_cutoff=least, limit=2)
        return [(other, ratio / 100) for other, ratio, _place in near] or [(word, 1)]

    def _initials(self, key: tuple[str, ...], ratio: float) -> Iterator[_Agreement]:
        similarity = (100 - 32 / len(key)) * ratio
        if any(len(word) == 1 for word in key):
            yield from _few(self._by_initial.get(key), similarity, key)
        if 1 < len(key) <= 3:
            for abbreviated in _abbreviations(key):
                yield from _few(self._by_words.get(abbreviated), similarity, abbreviated)

    def _with_fewer_words(
        self, key: tuple[str, ...], known: list[str], ratio: float
    ) -> Iterator[_Agreement]:
        """Names whose words are all here, beside others: a second holder, a middle name."""
        # "M. Müller" is a person, not the company Müller: the initial asks for a name too.
        least = min(2, len([word for word in key if not _is_generic(word)]))
        for size in range(min(len(known), len(key) - 1), 0, -1):
            for some in combinations(known, size):
                if some in self._by_words and len(_significant(some)) >= least:
                    similarity = self._partly(some, key) * ratio
                    yield from _few(self._by_words[some], similarity, some)

    def _with_more_words(self, key: tuple[str, ...], ratio: float) -> Iterator[_Agreement]:
        """Names that have all the words here, and others."""
        crowds = [self._by_pair.get(pair, ()) for pair in _pairs(_significant(key))]
        fewest = min(crowds, key=len, default=())
        words = set(key)
        for entry in fewest if len(fewest) <= _CROWD else ():
            if words.issubset(entry.words) and len(entry.words) > len(key):
                yield _Agreement(entry, self._partly(key, entry.words) * ratio, key)

    def _partly(self, some: Iterable[str], every: Iterable[str]) -> float:
        return 100 - 36 * (1 - self._weight(some) / self._weight(every))

    def _weight(self, words: Iterable[str]) -> float:
        """How much the words tell, in natural units of information; generic ones tell half."""
        return sum(
            self._weights.get(word, self._unknown) / (2 if _is_generic(word) else 1)
            for word in words
        )

    def _best(self, agreements: Iterable[_Agreement], form: frozenset[str]) -> list[NameMatch]:
        best: dict[Id, tuple[int, _Agreement]] = {}
        for found in agreements:
            entry = found.entry
            similarity = int(found.similarity - _form_cost(form, entry.form))
            known = best.get(entry.partner_id)
            if similarity >= LEAST and (not known or known[0] < similarity):
                best[entry.partner_id] = similarity, found
        if not best:
            return []
        first = sorted(best.values(), key=itemgetter(0), reverse=True)
        return [self._match(found, similarity) for similarity, found in _without_worse(first)]

    def _match(self, found: _Agreement, similarity: int) -> NameMatch:
        known = [self._weights.get(word, 0) for word in dict.fromkeys(found.words)]
        chance = exp(-sum(known))
        entry = found.entry
        return NameMatch(entry.partner_id, entry.name, similarity, chance, found.truncated)

    def find_in_text(self, text: str) -> list[NameMatch]:
        """The partners whose whole name stands in a remittance, best first: at most 5.

        All words must stand together, in any order: two that are not generic, or a
        company's one long and rare word.
        """
        words, forms = read_name(text)
        spans = [
            (first, end, entries)
            for first, end, key in self._windows(words)
            if (entries := self._clear_in_text(key))
        ]
        found: list[NameMatch] = []
        if not spans:
            return found
        for first, end, entries in spans:
            inside = any(a <= first and end <= b and b - a > end - first for a, b, _e in spans)
            if not inside and not _is_hyphenated(text, words, first, end):
                likely = self._likely(words, first, end)
                agreements = [_Agreement(entry, likely, entry.words) for entry in entries]
                found += self._best(agreements, forms.get(end, _NO_FORM))
        return _first_of_each(found)

    def _windows(self, words: list[str]) -> Iterator[tuple[int, int, tuple[str, ...]]]:
        weights = self._weights
        for first, word in enumerate(words[:_MOST_WORDS]):
            if word not in weights:
                continue
            for end, word in enumerate(words[first : first + _LONGEST], start=first + 1):
                if word not in weights:
                    break
                yield first, end, _key(words[first:end])

    def _clear_in_text(self, key: tuple[str, ...]) -> list[_Entry]:
        """The names of these words that no other text contains by chance."""
        entries = self._by_words.get(key, [])
        significant = _significant(key)
        if not entries or len(significant) > 1:
            return entries
        is_rare = self._weights[significant[0]] >= self._unknown - log(_RARE + 1)
        if not is_rare or len(significant[0]) < _RARE_WORD:
            return []
        return [entry for entry in entries if entry.form]

    def _likely(self, words: list[str], first: int, end: int) -> int:
        """Less for one word, or beside another name: "Hans Peter Muster" is not Peter Muster."""
        beside = words[max(0, first - 1) : first] + words[end : end + 1]
        alone = not any(word in self._weights for word in _significant(beside))
        return 100 if alone and end - first > 1 else 90


def _few(
    entries: list[_Entry] | None, similarity: float, words: tuple[str, ...]
) -> Iterator[_Agreement]:
    """What is not quite the name and fits a crowd, as "M. Schmidt", identifies nobody."""
    if entries and similarity >= LEAST and len(entries) <= _CROWD:
        for entry in entries:
            yield _Agreement(entry, similarity, words)


def _within(words: tuple[str, ...], letters: int) -> tuple[str, ...]:
    """The words of which at least four letters were left."""
    seen = []
    for word in words:
        if letters < min(4, len(word)):
            break
        seen.append(word)
        letters -= len(word)
    return tuple(seen)


def _pairs(significant: list[str]) -> Iterable[tuple[str, ...]]:
    return (
        combinations(_key(significant)[:_LONGEST], 2) if len(significant) > 1 else [(*significant,)]
    )


def _abbreviations(key: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for word in key:
        if len(key) > 1 and len(word) > 1:
            yield _key(word[0] if one == word else one for one in key)


def _spelling_blocks(word: str) -> tuple[str, ...]:
    """A mistyped word keeps its first and last letter, and four at either end.

    The last one tells "Zybartowski" from "Zybartowska": grammar, not a mistake.
    """
    return (word[:4] + word[-1], word[0] + "-" + word[-4:]) if len(word) >= _MISTYPED else ()


def _is_hyphenated(text: str, words: list[str], first: int, end: int) -> bool:
    """Whether a hyphen ties one more word to the name: "Anna Muster-Beispiel"."""
    before = f"{words[first - 1]}-{words[first]}" if first else "\0"
    after = f"{words[end - 1]}-{words[end]}" if end < len(words) else "\0"
    text = plain(text)
    return before in text or after in text


def _without_worse(ranked: list[tuple[int, _Agreement]]) -> list[tuple[int, _Agreement]]:
    """The best few; but of those that are called alike all, since each is the other's rival."""
    if len(ranked) <= MOST:
        return ranked
    alike = sum(similarity == ranked[0][0] for similarity, _found in ranked)
    return ranked[: max(MOST, min(alike, MOST_ALIKE))]


def _first_of_each(matches: list[NameMatch]) -> list[NameMatch]:
    best: dict[Id, NameMatch] = {}
    for match in sorted(matches, key=lambda match: (-match.similarity, match.coincidence)):
        best.setdefault(match.partner_id, match)
    return list(best.values())[:MOST]
