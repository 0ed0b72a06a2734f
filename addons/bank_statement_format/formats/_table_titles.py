"""What banks call their columns, in the languages of Europe."""

# ruff: noqa: SIM905  (lists of words read best as plain text)

from __future__ import annotations

import functools
import re
import unicodedata

_TITLES = {
    "booking_date": """
        date | booking date | transaction date | posted | posted date | posting date | post date
        | date posted | entry date | trans date | date of transaction | effective date | created
        | created date | completed date | settled date | datum | buchungstag | buchungsdatum
        | buchung | transaktionsdatum | umsatzdatum | belegdatum | abrechnungsdatum
        | abschlussdatum | buchungstag datum | data | data operacji | data transakcji
        | data ksiegowania | data zaksiegowania | boekdatum | boekingsdatum | transactiedatum
        | uitvoeringsdatum | rentedatum boeking | datum van uitvoering | date operation
        | date de l operation | date comptabilisation | date de comptabilisation
        | date de comptabilite | date transaction | date d operation | date comptable
        | date de transaction | fecha | fecha operacion | fecha de operacion | fecha contable
        | f contable | f operacion | fecha movimiento | data contabile | data operazione
        | data registrazione | data movimento | data lancamento | datum zauctovani
        | datum provedeni | datum uctovani | datum transakce | datum splatnosti
        | datum zaúčtování | bokforingsdag | bokforingsdatum | bokfort | bokforingsdato
        | transaktionsdag | datum bokford | dato | bogfort | bogforingsdato | kirjauspaiva
        | kirjauspaivamaara | paivamaara | konyveles datuma | tranzakcio datuma | datum knjizenja
        | journal date | journaldate | processed date | process date | time | timestamp
        | date time | zeit | time of transaction | booked at | booked | erfassungsdatum
        | datum provedeni | tranzakcio datuma | data operaz | date de l ecriture | bokningsdatum""",
    "value_date": """
        value date | valuta | valutadatum | wertstellung | wertstellungstag | wertstellungsdatum
        | valuta datum | wert | date valeur | date de valeur | valeur | fecha valor | f valor
        | fecha de valor | data valuta | valutadato | valutadag | data waluty | rentedatum
        | datum valuty | datum val | arvopaiva | data di valuta | valuta date | erteknap
        | reskontradatum""",
    "amount": """
        amount | total | betrag | umsatz | transaction amount | net amount | kwota | kwota operacji
        | kwota transakcji | bedrag | montant | montant de l operation | importe | importo
        | belopp | belob | castka | castka v mene uctu | objem | beloep | beløp | maara | summa
        | osszeg | valor | importe eur | bedrag eur | mutatiebedrag | mutatie | buchungsbetrag
        | betrag in eur | betrag eur | amount eur | amount local currency | local amount
        | booked amount | transaktionsbetrag | kwota w walucie rachunku | soll haben betrag
        | credit debit amount | debit credit amount | tranzakcio osszege | zauctovana castka
        | netamount | net | netto | net impact | total amount | value""",
    "debit": """
        debit | debits | debit amount | withdrawal | withdrawals | withdrawal amount | money out
        | paid out | out | amount debit | debit amt | soll | lastschrift | belastung | belastungen
        | obciazenia | obciazenie | wyplaty | debet | af | uitgaven | debits eur | debe | cargo
        | cargos | adeudo | addebiti | dare | uscite | addebito | uttag | ut | ud | ut fra konto
        | vydaje | odchozi | na vrub | payments out | belastungsbetrag | lastschriften | outflow
        | spent | payment amount | charge | bedrag af | afgeschreven
        | amount out | sortie | depenses | depense""",
    "credit": """
        credit | credits | credit amount | deposit | deposits | deposit amount | money in | paid in
        | in | amount credit | credit amt | haben | gutschrift | gutschriften | uznania | uznanie
        | wplaty | kredit | bij | inkomsten | haber | abono | abonos | ingreso | ingresos
        | accrediti | avere | entrate | accredito | insattning | ind | inn | inn pa konto | prijmy
        | bedrag bij | bijgeschreven | prichozi | ve prospech | payments in | gutschriftsbetrag
        | inflow | received | receipts | amount in | entree
        | recettes | recette""",
    "sign": """
        debit credit | credit debit | dc | cd | d c | c d | s h | sh | soll haben
        | soll haben kennzeichen | soll haben kennung | af bij | bij af | af bij indicator
        | debit credit indicator | credit debit indicator | dr cr | cr dr | sens | signo | segno
        | sign | transaction type | type | typ | znak | d k | dk | deebet kreedit | debet kredit
        | debetas kreditas | credit debit mark | debet credit | strana | direction | kennzeichen
        | cdtdbtind | umsatzart""",
    "balance": """
        balance | running balance | runningbalance | running bal | account balance | saldo
        | kontostand | saldo nach buchung | saldo po operacji | saldo na rachunku
        | saldo po transakcji | saldo po | solde | saldo na mutatie | saldo na boeking
        | saldo disponible | saldo contabile | saldo kontable | zustatek | zustatek po
        | ledger balance | closing balance | balance after | available balance | kontosaldo
        | bokfort saldo | saldo eur | new balance | resulting balance | stav | book balance
        | zostatok | egyenleg | konyvelt egyenleg | saldo posteriore | saldo posterior""",
    "currency": """
        currency | currency code | waehrung | wahrung | whrg | whg | waluta | valuta code | munt
        | muntsoort | munteenheid | devise | monnaie | monn | moneda | divisa | divisa cuenta
        | mena | valuuta | valiuta | ccy | cur | curr | devizanem | deviza | waluta rachunku
        | valuta kod | converted currency | account currency""",
    "account": """
        account | account number | account no | account iban | konto | kontonummer | auftragskonto
        | iban auftragskonto | eigene iban | own iban | iban auftraggeberkonto | konto nr
        | rekening | rekeningnummer | iban bban | nr rachunku | numer rachunku | rachunek
        | compte | numero de compte | cuenta | numero de cuenta | conto | numero conto
        | clearing account | cislo uctu | vlastni ucet | kontonr | konto nummer | reknr
        | account name | produit | your account | from account | ordering account | posting account
        | bezeichnung auftragskonto""",
    "name": """
        name | who | wer | payee | payee name | payer payee | counterparty | counterparty name
        | merchant | merchant name | partner name | beneficiary | beneficiary name
        | beneficiary or remitter
        | empfanger | auftraggeber empfanger | beguenstigter zahlungspflichtiger
        | begunstigter zahlungspflichtiger | name zahlungsbeteiligter | zahlungsbeteiligter
        | zahlungsempfanger | zahlungspartner | gegenpartei | name des partners | partnername
        | empfanger name
        | auftraggeber | empfanger auftraggeber | nadawca odbiorca | kontrahent
        | nazwa kontrahenta | dane kontrahenta | odbiorca | tegenpartij | naam tegenpartij
        | naam | naam omschrijving | tegenpartij naam | naam tegenrekening | contrepartie
        | nom | nom de la contrepartie | nom contrepartie | tiers | beneficiaire
        | beneficiario | ordenante | ordinante | controparte | nazev protiuctu
        | nazev protistrany | jmeno | mottagare | motpart | modtager | saaja maksaja
        | saaja | from to | to from | full name | partner | contact | company
        | kontoinhaber gegenkonto | gegenkonto inhaber | name gegenkonto | customer name
        | original merchant | navn | recipient""",
    "iban": """
        iban | counterparty iban | partner iban | counterparty account | counter account
        | gegenkonto | kontonummer iban | iban gegenkonto | iban zahlungsbeteiligter
        | account number counterparty | tegenrekening | rekening tegenpartij
        | tegenrekening iban bban | contrapartida | compte contrepartie
        | compte de contrepartie | protiucet | cislo protiuctu | numer rachunku kontrahenta
        | nr rachunku kontrahenta | rachunek kontrahenta | iban kontrahenta | beneficiary account
        | iban beneficiario | cuenta destino | gegenkonto iban | konto partner
        | counterparty account number | account no counterparty | numero compte contrepartie
        | bankkonto empfanger | motkonto | empfanger iban | partner account number
        | rekeningnummer tegenpartij | iban tegenpartij | number""",
    "bic": """
        bic | swift | bic swift | swift bic | bic swift code | bank code bic | counterparty bic
        | bic zahlungsbeteiligter | bic tegenpartij | bic contrepartie | bankleitzahl bic
        | bic code | swift code | bic swift code kontrahenta""",
    "remittance": """
        description | details | what for | zweck | wofur | uitleg | toelichting | memo
        | narrative | reason | remittance | remittance information
        | payment details | payment reference | transaction description | transaction details
        | payment text | purpose | note | notes | text | original description | particulars
        | additional description | items | verwendungszweck | buchungstext | vorgangstext
        | beschreibung | zahlungszweck | mitteilung | buchungsdetails | umsatztext | vwz
        | zahlungsgrund | notiz | tytul | tytul operacji | tytul platnosci | opis
        | opis operacji | opis transakcji | szczegoly transakcji | mededeling | mededelingen
        | omschrijving | beschrijving | communication | libelle | libelle operation | description 1
        | description 2 | description 3 | designation | motif | detail | details de l operation
        | communications | libelle simplifie | concepto | descripcion | concepto ampliado
        | movimiento | observaciones | mas datos | descrizione | causale | descrizione estesa
        | descrizione operazione | dettagli | informace | zprava pro prijemce | zprava | popis
        | popis transakce | poznamka | zprava pro me | meddelande | beskrivning | rubrik
        | tekst | beskrivelse | viesti | selite | selgitus | kozlemeny | megjegyzes
        | transaktionstext | wording | desc | free text | info | subject""",
    "bank_reference": """
        transaction id | transaction reference | transaction number | bank reference
        | referenznummer | transaktions id | transaktionsnummer | buchungsreferenz
        | reference number
        | numer transakcji | id transakcji | referencja | id pohybu | id operace | id transakce
        | numero de transaction | no de transaction | n de transaction | volgnummer | volgnr
        | reference banque | id | transactionid | fitid | row | archivierungskennung
        | arkistointitunnus | order id | unique id | payment id | no operacji""",
    "end_to_end_id": """
        end to end id | end to end reference | ende zu ende referenz | endtoendid | end to end
        | kundenreferenz end to end | kundenreferenz | sepa reference | customer reference
        | end to end identificatie | reference de bout en bout""",
    "mandate_id": """
        mandate | mandate id | mandate reference | mandatsreferenz | mandaatkenmerk
        | mandaat | machtigingskenmerk | reference mandat | mandatsref""",
    "creditor_id": """
        creditor id | glaubiger id | glaubiger identifikationsnummer | glaubigeridentifikation
        | incassant id | creditor identifier | identifiant creancier | gläubiger-id""",
    "reference": """
        creditor reference | structured reference | betalingskenmerk | viitenumero | viite
        | viitenumber | ocr | variable symbol | variabilni symbol | vs
        | structured communication | gestructureerde mededeling
        | communication structuree""",
    "code": """
        booking code | transaction code | buchungsschlussel | posting key | type code
        | geschaftsvorfallcode | gvc | code""",
    "status": """
        status | state | booking status | buchungsstatus | stan | statut | estado | stato | stav
        | umsatzstatus | zustand""",
    "charges": """
        fee | fees | charges | gebuhr | gebuhren | prowizja | kosten | frais | comision
        | comisiones | commissione | commissioni | poplatek | avgift | fee amount | transaction fee
        | entgelt | poplatky | commission | tariffa | tarifa | tarief | oplata""",
    "original_amount": """
        original amount | foreign amount | betrag fremdwahrung | amount foreign currency
        | betrag in fremdwahrung | kwota w walucie operacji | original transaction amount
        | fremdwahrungsbetrag | originalbetrag | ursprungsbetrag | amount in foreign currency
        | montant en devise | originaal bedrag | castka v puvodni mene
        | source amount | ursprunglicher betrag""",
    "original_currency": """
        original currency | foreign currency | fremdwahrung | type foreign currency
        | originalwahrung | ursprungswahrung | waluta operacji | source currency
        | urspr wahrung | ursprungliche wahrung""",
}

_NOTHING = """
    exchange rate | category | subcategory | kategorie | tags | rate | wechselkurs | image
    | time zone | card no | card number | check number | checknumber | type of card | month | year
    | week | day | account type | account holder | kontobezeichnung | unterkategorie
    | converted amount | amount refunded | tax | vat | mwst | original balance
    | kurs | quantity | price | shares | points | hash | available | compensation amount"""

_CURRENCIES = frozenset("eur chf usd gbp pln sek nok dkk czk huf ron".split())
_IN_CURRENCY = re.compile(rf"(.+) (?:in|en|w|v|i) (?:{'|'.join(sorted(_CURRENCIES))})")
_MARKS = re.compile(r"[^0-9a-z]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def plain_title(title: str) -> str:
    """A title in lower case ASCII letters and digits, without what stands in brackets.

    >>> plain_title(" Beguenstigter/Zahlungspflichtiger "), plain_title("Währung (ISO)")
    ('beguenstigter zahlungspflichtiger', 'wahrung')
    """
    text = re.sub(r"[(\[{<][^)\]}>]*[)\]}>]", " ", title.strip("\ufeff"))
    text = _CAMEL.sub(" ", text.translate(_LETTERS))
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    return _MARKS.sub(" ", text).strip()


_LETTERS = str.maketrans({"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "ß": "ss", "æ": "ae", "đ": "d"})


@functools.cache
def _known() -> dict[str, str]:
    phrases = {
        plain_title(phrase): role for role, texts in _TITLES.items() for phrase in texts.split("|")
    }
    phrases.update({plain_title(phrase): "" for phrase in _NOTHING.split("|")})
    return phrases


@functools.lru_cache(maxsize=4096)
def role_of(title: str) -> tuple[str, int]:
    """What a column is by its title, and how sure that is: 3 by the whole title, 1 by its words.

    The role is empty for columns that are known to say nothing about a payment, and for
    titles that nobody knows; only those are 0 sure.
    """
    plain, known = plain_title(title), _known()
    if not plain:
        return "", 0
    if plain in known:
        return known[plain], 3
    if plain in _CURRENCIES:
        return "amount", 2
    if (match := _IN_CURRENCY.fullmatch(plain)) and match[1] in known:
        return known[match[1]], 2
    words = plain.split()
    for size in range(len(words) - 1, 0, -1):
        for start in range(len(words) - size + 1):
            phrase = " ".join(words[start : start + size])
            if phrase in known and len(phrase) > 2:
                return known[phrase], 2 if start == 0 else 1
    without_number = plain.rstrip("0123456789 ")
    if without_number != plain and without_number in known:
        return known[without_number], 2
    return "", 0


DEBIT_WORDS = frozenset(
    """d s - debit debet dbit dr db af soll dare debe belastung lastschrift withdrawal out ausgang
    uscita cargo obciazenie obciążenie débit wn deebet debetas tartozik t terhelés ut uttag
    expense money_out sent ausgabe""".split()
)
CREDIT_WORDS = frozenset(
    """c h + k credit crdt kredit cr bij haben avere haber gutschrift deposit in eingang entrata
    abono uznanie crédit ma kreedit kreditas a j jóváírás insättning income
    received einnahme""".split()
)
GROSS_WORDS = frozenset("gross brutto brut bruto lordo grossamount".split())
NET_WORDS = frozenset("net netto neto netamount".split())
TAX_WORDS = frozenset(
    """vat tax mwst ust umsatzsteuer mehrwertsteuer steuer btw tva iva moms mva dph taxes""".split()
)
SETTLED_WORDS = re.compile(
    r"\b(?:billing|billed|settlement|settled|account currency|kontowahrung|abrechnung\w*"
    r"|abgerechnet\w*|verrechnet\w*|walucie rachunku|waluta rachunku|mene uctu|meny uctu"
    r"|devise du compte|divisa cuenta|divisa de la cuenta|valuta conto)\b"
)
"""What the title of an amount in the account's currency says."""
PENDING_WORDS = frozenset(
    """pending vorgemerkt ausstehend authorised authorized reserved rezerwacja oczekujaca
    oczekująca blokada in_behandeling gereserveerd pendiente in_attesa en_attente reserverat
    offen processing scheduled unposted""".split()
)
DEAD_WORDS = frozenset(
    """declined reverted failed cancelled canceled rejected denied expired abgelehnt storniert
    fehlgeschlagen odrzucona anulowana geweigerd refused voided rechazado annullato""".split()
)
"""What a status says about payments that were not made."""

DAY_FIRST_LANGUAGE = frozenset(
    """buchungstag buchungsdatum wertstellung valutadatum betrag datum umsatz verwendungszweck
    kwota bedrag boekdatum omschrijving montant libelle fecha importe concepto importo descrizione
    castka zustatek belopp belob saldo data tytul opis solde mena""".split()
)
"""Words of titles in languages in which nobody writes the month before the day."""
