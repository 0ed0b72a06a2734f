"""Which letters a language writes, where it is written, and in which encodings.

Evidence for judging texts of unknown encoding, used by ``_text.py``. The ASCII words
are what bank statements of that language hold almost always.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Language:
    """A language, or all languages of a region taken together."""

    letters: frozenset[str]
    encodings: tuple[str, ...]
    countries: frozenset[str] = frozenset()
    words: frozenset[bytes] = frozenset()


WESTERN = ("cp1252", "iso8859-15", "cp850", "cp437")
CENTRAL = ("cp1250", "iso8859-2", "cp852")
BALTIC = ("cp1257", "iso8859-13", "cp775")
GREEK = ("cp1253", "iso8859-7", "cp737")
TURKISH = ("cp1254", "iso8859-9", "cp857")
CYRILLIC = ("cp1251", "iso8859-5", "cp866", "koi8-r")
LAST_RESORT = ("mac_roman", "mac_latin2")


def _language(letters: str, encodings: tuple[str, ...], countries: str, words: str = ""):
    cased = {form for letter in letters for form in (letter, letter.upper(), letter.lower())}
    return Language(
        letters=frozenset(form for form in cased if len(form) == 1 and not form.isascii()),
        encodings=encodings,
        countries=frozenset(countries.split()),
        words=frozenset(words.encode().split()),
    )


def _region(encodings: tuple[str, ...], languages: list[Language]) -> Language:
    return Language(
        letters=frozenset().union(*(language.letters for language in languages)),
        encodings=encodings,
        countries=frozenset().union(*(language.countries for language in languages)),
    )


_WEST = [
    _language(
        "äöüß",
        WESTERN,
        "DE AT CH LI LU",
        "buchung betrag konto datum verwendungszweck gutschrift lastschrift valuta umsatz "
        "rechnung kontonummer buchungstag empfaenger auftraggeber svwz gmbh saldo",
    ),
    _language(
        "àâæçéèêëîïôœùûüÿ",
        WESTERN,
        "FR BE CH LU MC CA",
        "montant virement compte solde operation libelle carte facture devise debit paiement "
        "prelevement valeur de la le du",
    ),
    _language(
        "áàäèéêëíïóöúü",
        WESTERN,
        "NL BE",
        "rekening bedrag boekdatum omschrijving naam betaling rente saldo bij af van het",
    ),
    _language(
        "áéíñóúüºª¿¡",
        WESTERN,
        "ES",
        "fecha importe concepto saldo cuenta transferencia recibo tarjeta valor pago compra",
    ),
    _language(
        "áâãàçéêíóôõúü",
        WESTERN,
        "PT BR",
        "data valor saldo conta transferencia pagamento compra montante moeda",
    ),
    _language(
        "àèéìíîòóùú",
        WESTERN,
        "IT SM",
        "importo conto data bonifico saldo causale valuta addebito accredito pagamento di",
    ),
    _language("æøåéöäü", WESTERN, "DK NO", "dato tekst saldo bel konto overf kr tekst betaling"),
    _language("åäöéü", WESTERN, "SE FI AX", "datum belopp konto saldo text kontot maksu tili"),
    _language("áéíóúýþæöð", WESTERN, "IS"),
    _language("éèêàâçôïáíóúñöü", WESTERN, "GB IE US AU NZ"),
]
_MIDDLE = [
    _language(
        "ąćęłńóśźż",
        CENTRAL,
        "PL",
        "data kwota opis saldo rachunek przelew rachunku operacji tytu waluta nadawca odbiorca "
        "przelewu faktura prowizja sp zoo",
    ),
    _language(
        "áčďéěíňóřšťúůýž",
        CENTRAL,
        "CZ",
        "datum objem platba banka symbol zpr castka ucet prevod faktura uhrada",
    ),
    _language("áäčďéíĺľňóôŕšťúýž", CENTRAL, "SK", "datum suma platba banka symbol prevod uhrada"),
    _language("áéíóöőúüű", CENTRAL, "HU", "bank forint utal kamat jutal huf"),
    _language("čćđšž", CENTRAL, "SI HR BA ME", "datum iznos racun uplata opis stanje promet"),
    _language("ăâîșțşţ", CENTRAL, "RO MD", "data suma cont plata detalii sold"),
    _language("äöüß", CENTRAL, ""),
]
_BALTS = [
    _language("ąčęėįšųūž", BALTIC, "LT"),
    _language("āčēģīķļņšūžōŗ", BALTIC, "LV"),
    _language("äõöüšž", BALTIC + WESTERN, "EE", "kuup summa makse konto selgitus"),
]
_GREEKS = [_language("αβγδεζηθικλμνξοπρστυφχψωςάέήίόύώϊϋΐΰ", GREEK, "GR CY")]
_TURKS = [
    _language("çğıİöşüâîû", TURKISH, "TR CY", "tarih tutar bakiye hesap havale fatura aciklama eft")
]
_CYRILLIC = [
    _language("абвгдежзийклмнопрстуфхцчшщъьюя", CYRILLIC, "BG"),
    _language("абвгдеёжзийклмнопрстуфхцчшщъыьэюя№", CYRILLIC, "RU BY"),
    _language("абвгґдеєжзиіїйклмнопрстуфхцчшщьюя№", CYRILLIC, "UA"),
    _language("абвгдђежзијклљмнњопрстћуфхцчџш", CYRILLIC, "RS ME BA MK"),
]

LANGUAGES = (*_WEST, *_MIDDLE, *_BALTS, *_GREEKS, *_TURKS, *_CYRILLIC)
REGIONS = (
    _region(WESTERN, _WEST),
    _region(CENTRAL, _MIDDLE),
    _region(BALTIC, _BALTS),
    _region(GREEK, _GREEKS),
    _region(TURKISH, _TURKS),
    _region(CYRILLIC, _CYRILLIC),
)
"""A file holds foreign names too: all that the region's encodings are used for."""

CURRENCY_COUNTRIES = {
    b"PLN": "PL",
    b"CZK": "CZ",
    b"HUF": "HU",
    b"RON": "RO",
    b"BGN": "BG",
    b"TRY": "TR",
    b"SEK": "SE",
    b"NOK": "NO",
    b"DKK": "DK",
    b"ISK": "IS",
    b"RSD": "RS",
    b"UAH": "UA",
    b"RUB": "RU",
    b"CHF": "CH",
    b"GBP": "GB",
    b"USD": "US",
}
