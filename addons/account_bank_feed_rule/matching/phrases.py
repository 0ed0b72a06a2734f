"""Which words do texts have in common, and where do they stand?

A phrase is some adjacent words of a text as :func:`~.normalise.words` folds it, without
numbers, dates, months and ids. The words that banks and payers put on everything tell nothing:
no phrase begins or ends with one, so none is made of them alone.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from itertools import islice

from .names import plain
from .normalise import words

LONGEST = 4
"""So many words make a phrase at most."""
_LEAST_LETTERS = 4
"""A condition looks inside words too, where less than this stands everywhere."""
_MOST_WORDS = 60
_WORD = re.compile(r"[^\W_]+")
_LONGEST_GAP = 3

_GENERIC_WORDS = """
    SEPA SCT SDD ÜBERWEISUNG ÜBERTRAG ÜBERWEISUNGEN ÜBERWEISUNGSGUTSCHRIFT ONLINEÜBERWEISUNG
    EUROÜBERWEISUNG SEPAÜBERWEISUNG ECHTZEITÜBERWEISUNG ECHTZEIT INSTANT GUTSCHRIFT
    GUTSCHRIFTEN SEPAGUTSCHRIFT LASTSCHRIFT LASTSCHRIFTEN EINZUG LASTSCHRIFTEINZUG
    BASISLASTSCHRIFT FIRMENLASTSCHRIFT FOLGELASTSCHRIFT ERSTLASTSCHRIFT EINMALLASTSCHRIFT BASIS
    CORE DAUERAUFTRAG DAUERAUFTRAGSGUTSCHRIFT AUFTRAG SAMMLER SAMMELÜBERWEISUNG SAMMELAUFTRAG
    EINZELÜBERWEISUNG EINZELAUFTRAG BELASTUNG ABBUCHUNG BUCHUNG BUCHUNGSTEXT BUCHUNGSTAG UMSATZ
    ZAHLUNG ZAHLUNGEN ZAHLUNGSEINGANG ZAHLUNGSAUSGANG ABSCHLAG EINZAHLUNG AUSZAHLUNG EINGANG
    AUSGANG ANFRAGE BETRAG SUMME SALDO VALUTA WERT WERTSTELLUNG KONTO KONTONUMMER KONTONR BLZ
    BANKLEITZAHL BANK IBAN BIC SWIFT VERWENDUNGSZWECK ZWECK REFERENZ KUNDENREFERENZ
    MANDATSREFERENZ MANDAT GLÄUBIGER GLÄUBIGERID CREDITOR CREDITORID END TO ENDTOEND REF
    REFERENCE EREF KREF MREF CRED SVWZ DEBT COAM OAMT ABWA ABWE ANAM BREF RREF PURP CDTRREF TAN
    NOTPROVIDED NONREF NICHT ANGEGEBEN UNBEKANNT EMPFÄNGER AUFTRAGGEBER ABSENDER KUNDE KUNDEN
    KUNDENNR KUNDENNUMMER KDNR KD NR NO NUMMER NUMBER ID RECHNUNG RECHNUNGEN RECHNUNGSNR
    RECHNUNGSNUMMER RECHNUNGSDATUM RE RG RNR RGNR INV INVOICE INVOICES BILL BELEG BELEGNR DATUM
    DATE DAT UHR UHRZEIT TIME TAG MONAT JAHR MONTH YEAR QUARTAL QUARTER KW PERIODE ZEITRAUM VOM
    VON BIS PER AM AN IM IN FÜR ZU ZUM ZUR AUF AUS BEI DER DIE DAS DEM DEN DES EIN EINE UND ODER
    MIT OHNE IHR IHRE IHREN UNSER UNSERE SIEHE GEM GEMÄSS LAUT LT BETR BETREFF ABZGL ABZÜGLICH
    ZZGL INKL EXKL DANKE DANK VIELEN BITTE GRUSS GRÜSSE EUR EURO EUROS USD CHF GBP THE OF FOR
    FROM BY YOUR OUR AND WITH THANK THANKS YOU PAYMENT PAYMENTS PAID TRANSFER TRANSFERS CREDIT
    DEBIT DIRECT ORDER STANDING TRANSACTION TRANSACTIONS BANKING ONLINE CARD KARTE KARTENZAHLUNG
    KAUF VISA MASTERCARD MAESTRO GIROCARD EC POS ELV DEBITKARTE KREDITKARTE KARTENNR FOLGENR
    GEBUCHT VORGEMERKT STORNO RÜCKGABE RETOURE RÜCKLASTSCHRIFT ACCOUNT AMOUNT VIREMENT
    PRELEVEMENT PAIEMENT FACTURE BONIFICO FATTURA PAGAMENTO TRANSFERENCIA FACTURA RECIBO PAGO
    OVERBOEKING BETALING FACTUUR INCASSO DE LA LE DU DI EL A
"""
GENERIC = frozenset(map(plain, _GENERIC_WORDS.split()))
"""What banks and payers write on payments of every kind."""

_MONTH_WORDS = """
    JAN JANUAR JÄNNER JANUARY FEB FEBRUAR FEBER FEBRUARY MÄR MÄRZ MRZ MAR MARCH APR APRIL MAI MAY
    JUN JUNI JUNE JUL JULI JULY AUG AUGUST SEP SEPT SEPTEMBER OKT OKTOBER OCT OCTOBER NOV NOVEMBER
    DEZ DEZEMBER DEC DECEMBER JANVIER FEVRIER MARS AVRIL JUIN JUILLET AOUT SEPTEMBRE OCTOBRE
    NOVEMBRE DECEMBRE GENNAIO FEBBRAIO MARZO APRILE MAGGIO GIUGNO LUGLIO AGOSTO SETTEMBRE OTTOBRE
    DICEMBRE ENERO FEBRERO ABRIL MAYO JUNIO JULIO SEPTIEMBRE OCTUBRE NOVIEMBRE DICIEMBRE
    JANUARI FEBRUARI MAART MEI AUGUSTUS
"""
_MONTHS = frozenset(map(plain, _MONTH_WORDS.split()))


class Vocabulary:
    """What kind of word each one is; remembered, since the same words come again and again."""

    def __init__(self):
        self._generic: dict[str, bool] = {}

    def is_generic(self, word: str) -> bool:
        """Whether banks and payers write it on everything."""
        known = self._generic.get(word)
        if known is None:
            known = self._generic[word] = len(word) < 2 or plain(word) in GENERIC
        return known


_VOCABULARY = Vocabulary()


def is_generic(text: str) -> bool:
    """Whether no word of the text tells what the payment is for.

    >>> is_generic("SEPA-Überweisung"), is_generic("GUTSCHRIFT 05/2026"), is_generic("Miete")
    (True, True, False)
    """
    return all(
        not word.isalpha() or word in _MONTHS or _VOCABULARY.is_generic(word)
        for word in _WORD.findall(words(text))
    )


def is_telling(word: str) -> bool:
    """Whether a word may tell what a payment is for."""
    return not _VOCABULARY.is_generic(word)


Run = list[tuple[str, int, int]]


def runs(folded: str) -> list[Run]:
    """Stretches of adjacent words, each word with its place; numbers, ids and months part them.

    >>> runs("MIETE LAGER 05/2026 DANKE")
    [[('MIETE', 0, 5), ('LAGER', 6, 11)], [('DANKE', 20, 25)]]
    """
    found: list[Run] = []
    end = -_LONGEST_GAP - 1
    for match in islice(_WORD.finditer(folded), _MOST_WORDS):
        word = match[0]
        if not word.isalpha() or word in _MONTHS:
            end = -_LONGEST_GAP - 1
            continue
        start = match.start()
        if start - end > _LONGEST_GAP:
            found.append([])
        end = match.end()
        found[-1].append((word, start, end))
    return found


def telling_words(parted: list[Run]) -> set[str]:
    """The words of a text that may tell what the payment is for.

    >>> sorted(telling_words(runs("SEPA UBERWEISUNG MIETE 05/2026 LAGER")))
    ['LAGER', 'MIETE']
    """
    return {word for run in parted for word, _s, _e in run if is_telling(word)}


def phrases(folded: str, parted: list[Run], wanted: Collection[str], least: int = 1) -> set[str]:
    """The phrases of a text that begin and end with a wanted word.

    :param parted: the :func:`runs` of the text
    :param least: how many words they have at least

    >>> text = "MIETE FUR LAGER 05/2026"
    >>> sorted(phrases(text, runs(text), {"MIETE", "LAGER"}))
    ['LAGER', 'MIETE', 'MIETE FUR LAGER']
    """
    found = set()
    for run in parted:
        places = [place for place, (word, _s, _e) in enumerate(run) if word in wanted]
        for count, first in enumerate(places):
            start = run[first][1]
            for last in places[count : count + LONGEST]:
                if last - first >= LONGEST:
                    break
                end = run[last][2]
                if last - first >= least - 1 and end - start >= _LEAST_LETTERS:
                    found.add(folded[start:end])
    return found


def words_of(phrase: str) -> list[str]:
    """The words of a phrase."""
    return _WORD.findall(phrase)


def as_written(phrase: str, text: str) -> str:
    """The phrase as it stands in a text, with its capitals and accents.

    >>> as_written("KONTOFUHRUNG", "Entgelt  für Kontoführung")
    'Kontoführung'
    """
    single = " ".join(text.split())
    folded = words(text)
    place = folded.find(phrase)
    # Where folding made letters more ("ß"), places do not correspond.
    if place < 0 or len(single) != len(folded):
        return phrase
    return single[place : place + len(phrase)]


class Texts:
    """Many folded texts, searched as if they were one.

    >>> Texts(["MIETE LAGER", "VERMIETER", "GEHALT"]).containing("MIETE")
    [0, 1]
    """

    def __init__(self, folded: Sequence[str]):
        self._all = "\n".join(folded)
        self._starts = _starts(folded)

    def containing(self, phrase: str) -> list[int]:
        """The places of the texts in which it stands, as a condition finds it: in words too."""
        found = []
        at = self._all.find(phrase)
        while at >= 0:
            place = bisect_right(self._starts, at) - 1
            found.append(place)
            if place + 1 == len(self._starts):
                break
            at = self._all.find(phrase, self._starts[place + 1])
        return found


def _starts(folded: Iterable[str]) -> list[int]:
    starts, at = [], 0
    for text in folded:
        starts.append(at)
        at += len(text) + 1
    return starts
