"""Names come out right, or a person is asked; never silently wrong."""

import io
import time

import pytest

from bank_statement_format import InvalidStatement, UnclearEncoding, recoded
from bank_statement_format.formats import _text
from bank_statement_format.formats._text import encoding_of, open_text

WORDS = {
    "DE": "Müller Straße Überweisung Köln Düsseldorf Gößweinstein Rückzahlung Geschäft ÄRZTE "
    "GEBÜHR MÜNCHEN fällig für Öl Äpfel ÖLMÜHLE",
    "FR": "Société Générale prélèvement Père crêpe façade Noël hôtel août Orléans reçu œuvre "
    "GÉNÉRALE élève",
    "ES": "España Muñoz transferencia año Málaga León Cádiz señor pingüino DISEÑO",
    "PT": "São João pagamento ações Conceição água Évora",
    "IT": "città università perché però più Forlì società",
    "DK": "Søren Århus København smørrebrød Ærø Færøerne",
    "SE": "Malmö Göteborg Västerås årsavgift Åkeri Örebro",
    "PL": "Łódź Kraków źdźbło zażółć gęślą jaźń Wrocław płatność świadczeń PRZEDSIĘBIORSTWO "
    "ŁÓDŹ żądanie usługi",
    "CZ": "Dvořák Plzeň příkaz účet částka Žižkov šťastný kůň děkujeme ŘÍJEN",
    "SK": "Košice účet ľudia kôň Žilina platba mäso dĺžka",
    "HU": "Győr fizetés számla díj átutalás köszönjük tűzoltó BŐRÖND Székesfehérvár",
    "SI": "Škofja račun plačilo Žalec čaj Koper šola",
    "RO": "Brașov București plată înapoi țară mâine",
    "TR": "Şirket İstanbul çağrı Muğla ödeme ışık güneş Beşiktaş ŞUBE",
    "GR": "Αθήνα τράπεζα πληρωμή Θεσσαλονίκη λογαριασμός εταιρεία",
    "BG": "София плащане сметка фирма Пловдив",
    "LT": "Vilnius mokėjimas sąskaita Šiauliai ačiū žemė",
    "LV": "Rīga maksājums ķēde Jūrmala paldies",
}
ENCODINGS = {
    "DE": ["cp1252", "iso8859-1", "iso8859-15", "cp850", "cp437"],
    "FR": ["cp1252", "iso8859-15", "cp850"],
    "ES": ["cp1252", "cp850"],
    "PT": ["cp1252", "cp850"],
    "IT": ["cp1252", "cp850"],
    "DK": ["cp1252", "cp850"],
    "SE": ["cp1252", "cp850"],
    "PL": ["cp1250", "iso8859-2", "cp852"],
    "CZ": ["cp1250", "iso8859-2", "cp852"],
    "SK": ["cp1250", "iso8859-2", "cp852"],
    "HU": ["cp1250", "iso8859-2", "cp852"],
    "SI": ["cp1250", "iso8859-2", "cp852"],
    "RO": ["cp1250", "iso8859-2", "cp852"],
    "TR": ["cp1254", "iso8859-9", "cp857"],
    "GR": ["cp1253", "iso8859-7", "cp737"],
    "BG": ["cp1251", "cp866"],
    "LT": ["cp1257", "iso8859-13"],
    "LV": ["cp1257", "iso8859-13"],
}
CASES = [(country, encoding) for country, several in ENCODINGS.items() for encoding in several]
UTF = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"]


def text_of(data: bytes, *countries: str) -> str:
    text = open_text(io.BytesIO(data), countries)
    try:
        return text.read()
    finally:
        text.detach()


def encodable(country: str, encoding: str) -> list[str]:
    words = WORDS[country]
    if country == "RO":
        words = words.replace("ș", "ş").replace("ț", "ţ")
    if encoding in ("cp850", "cp437", "iso8859-1"):
        words = words.replace("œ", "oe")
    if encoding == "cp437":
        words = words.replace("õ", "o").replace("ã", "a")
    return words.split()


@pytest.mark.parametrize("country, encoding", CASES)
def test_a_file_of_a_known_country(country, encoding):
    text = "\n".join(encodable(country, encoding))
    assert text_of(text.encode(encoding), country) == text


@pytest.mark.parametrize("country, encoding", CASES)
def test_a_single_word_of_a_known_country_is_right_or_asked(country, encoding):
    for word in encodable(country, encoding):
        try:
            found = text_of(f"1;{word};2".encode(encoding), country)
        except UnclearEncoding:
            continue
        assert found == f"1;{word};2"


@pytest.mark.parametrize("country, encoding", CASES)
def test_a_whole_file_of_nowhere_is_right_or_asked(country, encoding):
    text = "\n".join(encodable(country, encoding))
    try:
        found = text_of(text.encode(encoding))
    except UnclearEncoding as error:
        assert any(word in text for word in error.readings.values())
    else:
        assert found == text


@pytest.mark.parametrize("country, encoding", CASES)
def test_a_single_word_of_nowhere_is_right_or_asked(country, encoding):
    for word in encodable(country, encoding):
        try:
            found = text_of(word.encode(encoding))
        except (UnclearEncoding, InvalidStatement):
            continue
        assert found == word, (word, found)


@pytest.mark.parametrize("encoding", UTF)
def test_unicode_is_known_by_itself(encoding):
    text = "\r\n".join(WORDS.values())
    assert text_of(text.encode(encoding)) == text


def test_a_word_may_be_cut_by_a_chunk(monkeypatch):
    monkeypatch.setattr(_text, "_CHUNK", 5)
    text = "Überweisung;Düsseldorf;Köln"
    assert text_of(text.encode("cp1252")) == text


def test_what_the_file_says_of_its_country_decides():
    word = "Père".encode("cp1252")
    with pytest.raises(UnclearEncoding) as asked:
        text_of(word)
    assert {"Père", "Pčre"} <= set(asked.value.readings.values())
    assert text_of(b"FR7630006000011234567890189;" + word).endswith("Père")
    assert text_of(b"CZ6508000000192000145399;" + word).endswith("Pčre")
    assert text_of(b"100,00;PLN;" + "ręka".encode("cp1250")).endswith("ręka")
    assert text_of(b"operation;montant;libelle;solde\n" + word).endswith("Père")


def test_foreign_names_in_a_domestic_file():
    text = "Müller;Señor;Søren;Père;Straße"
    assert text_of(text.encode("cp1252"), "DE") == text


def test_other_scripts_are_fine_in_unicode():
    assert text_of("支付宝".encode()) == "支付宝"


def test_mixed_encodings_are_refused_with_the_place():
    data = "Köln\n".encode() + "Düsseldorf\n".encode("cp1252") + "Łódź".encode()
    with pytest.raises(InvalidStatement) as refused:
        text_of(data)
    assert refused.value.line == 2
    assert "\\xfc" in refused.value.found


def test_what_a_person_chose_is_obeyed():
    data = "Pčre".encode("cp1250")
    stream = recoded(io.BytesIO(data), "cp1250")
    assert encoding_of(stream) == "utf-8-sig"
    stream.seek(0)
    assert stream.read().decode("utf-8-sig") == "Pčre"
    with pytest.raises(InvalidStatement, match="chosen"):
        recoded(io.BytesIO(b"\x81"), "cp1252")


def test_an_endless_word_takes_no_time():
    data = "ü".encode("cp1252") + b"x" * 2_000_000
    started = time.process_time()
    assert encoding_of(io.BytesIO(data), ["DE"]) == "cp1252"
    assert time.process_time() - started < 5
