"""Document numbers and structured references in a payer's words."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ..normalise import fold
from ..points import REFERENCE, quotation_points
from ..quotations import KeyShape, is_quotable, keys, prefix, remittance_tokens, weaknesses, windows
from ..references import scheme
from ..strategy import strategies_named
from .make import index_of, item, payment

INV = "INV/2026/00042"

WHOLE = [
    (INV, "INV/2026/00042"),
    (INV, "inv/2026/00042"),
    (INV, "Inv 2026 00042"),
    (INV, "INV-2026-00042"),
    (INV, "INV.2026.00042"),
    (INV, "INV202600042"),
    (INV, "INV2026/00042"),
    (INV, "INV: 2026/00042"),
    (INV, "INV# 2026/00042"),
    (INV, "INV/2026/\n00042"),
    (INV, "INV–2026–00042"),
    (INV, "SVWZ+INV/2026/00042, danke"),
    (INV, "(INV/2026/00042)"),
    (INV, "Rechnung INV/2026/00042 vom 01.02.2026"),
    (INV, "INV/2026/00042 EUR 119,00"),
    (INV, "INV/2026/00042EUR"),
    ("RE-2024/00123", "RE2024 00123"),
    ("RE-2024/00123", "re-2024-00123"),
    ("RE-2024/00123", "RE.2024.00123"),
    ("RE-2024/00123", "RE_2024_00123"),
    ("RG 20260042", "RG20260042"),
    ("R2026-17", "Danke R2026-17"),
    ("R2026-17", "R 2026 17"),
    ("20260042", "Rechnung 20260042"),
    ("20260042", "Rechnungsnr.:20260042"),
    ("20260042", "Re-Nr. 20260042"),
    ("20260042", "RG20260042"),
    ("20260042", "20260041 20260042"),
    ("20260042", "Telekom 20260042"),
    ("20260042", "Kd-Nr. 10023 / 20260042"),
    ("2026/00042", "Rechnung 2026/00042"),
    ("2026/00042", "Rechnung 202600042"),
    ("СФ-2024/00123", "оплата сф 2024 00123"),
    ("FAÇ-2024-001234", "fac 2024 001234"),
]

WEAK = [
    (INV, "INV/2026/000 42", ("wrapped",)),
    (INV, "INV/2026/00\n042", ("wrapped",)),
    (INV, "INV/20 26/00042", ("wrapped",)),
    (INV, "INV/2026/000-42", ("wrapped",)),
    ("20260042", "2026 0042", ("wrapped",)),
    (INV, "INV/2026/42", ("leading_zeros",)),
    (INV, "INV 2026 0042", ("leading_zeros",)),
    (INV, "Rechnung 2026/00042", ("prefix_left_out",)),
    (INV, "Rechnung2026/00042", ("prefix_left_out",)),
    (INV, "202600042", ("prefix_left_out",)),
    ("RG 20260042", "Rechnung 20260042", ("prefix_left_out",)),
    (INV, "2026/42", ("leading_zeros", "prefix_left_out")),
    ("20260042", "K20260042", ("other_prefix",)),
    ("20260042", "20260042-1", ("attached",)),
    ("20260042", "10023/20260042", ("attached",)),
    (INV, "INV/2026/00042/2", ("attached",)),
    (INV, "INV/2026/00042A", ("attached",)),
    ("10115", "10115 Berlin", ("short",)),
    ("100123", "Rechnung 100123", ("short",)),
    ("03/2026", "Miete 03/2026", ("short",)),
    ("20260115", "Rechnung 20260115", ("short",)),
]

NOT_QUOTED = [
    ("20260042", "9202600421"),
    ("20260042", "202600421"),
    ("20260042", "120260042"),
    (INV, "INV/2026/000421"),
    (INV, "INV/2026/000043"),
    (INV, "INV/2025/00042"),
    (INV, "RINV/2026/00042"),
    (INV, "K-2026/00042"),
    (INV, "42"),
    (INV, "00042"),
    (INV, "INV 00042"),
    (INV, "2026"),
    (INV, "INV/2026, 00042"),
    ("2026/17", "Kunde 202617"),
    ("20260042", "20.26/0042"),
    ("20260042", "2 0 2 6 0 0 4 2"),
    ("1234", "12 34"),
    ("37040044", "DE89 3704 0044 0532 0130 00"),
    ("37040044", "von DE89 3704 0044 0532 0130 00 RECHNUNG"),
    ("0532013000", "DE89370400440532013000"),
    ("20260042", "Mandat: 20260042"),
    ("20260042", "Mandatsreferenz 20260042"),
    ("20260042", "MREF+20260042"),
    ("20260042", "Tel. 20260042"),
    ("20260042", "Tel 089 20260042"),
    ("20260042", "+49 89 20260042"),
    ("20260042", "Kd-Nr. 20260042"),
    ("20260042", "Kundennummer: 20260042"),
    ("01022026", "vom 01.02.2026"),
    ("20260201", "vom 2026-02-01"),
    ("1022026", "am 1.02.2026"),
    (INV, "vom 01.02.2026 00042"),
    ("2026", "Danke 2026"),
    ("17", "17"),
    ("123", "Rechnung 123"),
    ("Beratung", "Beratung"),
    ("01.02.2026", "01.02.2026"),
]


# What German payers write, by the number that they mean: (writing, weaknesses).
WRITINGS = {
    "RE-2026-00042": [
        ("RG.-NR.RE2026-00042", ()),
        ("RE.2026.00042", ()),
        ("RE 2026 / 00042 vom 3.5.", ()),
        ("RE202600042KDNR4711", ()),
        ("EREF+RE202600042SVWZ+Danke", ()),
        ("RE2026-00042vom 01.02.2026", ()),
        ("Rechnungsnr.RE2026-00042/Kd.4711", ()),
        ("03.05.2026RE-2026-00042", ()),
        ("RE-2026-00042IBANDE89370400440532013000", ()),
        ("RE-2026-00042v.01.02.26", ()),
        ("RE-2026-00042/03.05.2026", ()),
        ("RE-2026-00042-03.05.2026", ()),
        ("RE-2026-00042/119,00", ()),
        ("RE-2026-00042u.RE-2026-00043", ()),
        ("RE2026-00043RE2026-00042", ()),
        ("RechnungRE-2026-00042", ()),
        ("RENr.RE-2026-00042Kd.Nr.12345", ()),
        ("ÜberweisungRE-2026-00042", ()),
        ("LieferungRE-2026-00042", ("attached",)),
        ("RE/2026/0 0042", ("wrapped",)),
        ("R\nE-2026-00042", ("wrapped",)),
        ("RNr:2026-00042", ("prefix_left_out",)),
        ("Nr2026-00042", ("prefix_left_out",)),
        ("RENr2026-00042", ("prefix_left_out",)),
        ("R.Nr.2026-00042", ("prefix_left_out",)),
        ("R E 2026-00042", ("wrapped",)),
        ("lt.2026-00042", ("prefix_left_out",)),
        ("für 2026-00042", ("prefix_left_out",)),
        ("RE-Nr. 00042/2026", ("prefix_left_out", "year_moved")),
        ("RE 42/2026", ("year_moved",)),
    ],
    "INV/2026/00042": [
        ("INV/2026/00042Danke", ()),
        ("Kd4711INV/2026/00042", ()),
        ("4711-INV-2026-00042", ()),
        ("INV/2026/00042(2.Rate)", ()),
        ("SVWZ+INV/2026/00042DATUM 03.05.2026, 10.23 UHR", ()),
        ("I NV/2026/00042", ("wrapped",)),
        ("INVNO2026/00042", ("prefix_left_out",)),
        ("R.2026/00042", ("prefix_left_out",)),
        ("RN2026/00042", ("prefix_left_out",)),
        ("INV/2026/00042-4711", ("attached",)),
    ],
    "RE20260042": [
        ("Re. 20260042", ()),
        ("RE20260042vom03.05.2026", ()),
        ("RE2026/0042", ("wrapped",)),
        ("RE 2026 0042", ("wrapped",)),
        ("RE0020260042", ("leading_zeros",)),
        ("RECHNUNGSNUMMER20260042KUNDENNUMMER4711", ("prefix_left_out",)),
    ],
    "2026-10042": [
        ("RE2026-10042vom 3.5.26", ()),
        ("RE-NR2026-10042", ()),
        ("Rechnung 10042/2026", ("year_moved",)),
        ("10042/2026", ("year_moved",)),
        ("Rechnung Nr. 10042", ("year_left_out",)),
        ("RE10042", ("year_left_out",)),
    ],
    "104217": [
        ("RNR104217", ("short",)),
        ("R.104217", ("short",)),
        ("Rg104217v.3.5.", ("short",)),
        ("RE.NR.104217KD.NR.4711", ("short",)),
        ("104218 +104217", ("short",)),
        ("0000104217", ("leading_zeros", "short")),
        ("R104217", ("other_prefix", "short")),
    ],
    "20260042": [
        ("2026/41 +20260042", ()),
        ("Rechnungsnr./Kundennr. 20260042/4711", ("attached",)),
    ],
    "2026/00042": [
        ("RE 2026/00041 +2026/00042", ()),
    ],
    "1042": [
        ("1042,43 u. 44 zus. EUR 357,00", ("short",)),
    ],
    "R26-1042": [
        ("RechnungR26-1042", ()),
        ("RER26-1042", ()),
        ("26-1042", ("prefix_left_out",)),
    ],
    "AR/2026/05/0042": [
        ("AR2026050042", ()),
        ("Rechnung AR/2026/05/0042vom", ()),
        ("AR/2026/5/42", ("leading_zeros",)),
        ("Rechnung 2026-05-0042", ("prefix_left_out",)),
    ],
    "26050042": [
        ("RG-Nr.26050042KD123", ()),
        ("26050041 +26050042", ()),
        ("26-05-0042", ("wrapped",)),
        ("Kd.4711/26050042", ("attached",)),
    ],
    "RG-1042": [
        ("Rg. 1042", ()),
        ("Rechnung 1042", ("prefix_left_out", "short")),
        ("Rechnung Nr. 1042", ("prefix_left_out", "short")),
        ("RgNr1042", ("prefix_left_out", "short")),
    ],
}

NOT_WRITINGS = {
    "RE-2026-00042": [
        "RRE-2026-00042",
        "KDRE-2026-00042",
        "Gläubiger-ID: RE-2026-00042",
        "RE-2025-00042",
    ],
    "2026/0042": ["KW 42/2026", "42 2026", "Rechnung 42/2025"],
    "2026/0005": ["Rechnung 05/2026", "Rechnung 5"],
    "INV/2026/10042": [
        "10042",
        "Auftrag 10042",
        "Nr. 10042",
        "Kd 10042 2026",
        "Kd-Nr. 10042/2026",
        "INV 10042/7",
        "Rechnung 10043",
    ],
    "INV/2026/00042": ["Rechnung 00042", "Rechnung 42", "INV 42"],
    "RG-1042": ["1042", "Nr. 1042", "Kunde 1042", "Kunden-Nr. 1042", "Auftrag Nr. 1042"],
    "RG-2026": ["Rechnung 2026"],
    "20260042": ["2026/0042"],
    "4711": ["RE202600042KDNR4711", "Kunde Nr. 4711", "Kd-Nummer 4711", "Debitor-Nr. 4711"],
    "1042": ["EUR 1042,00", "1042,00 EUR", "1.042,00€", "EUR1.042,00"],
}


def read(number, text, series=()):
    """The fewest weaknesses with which a text quotes a number; None: it does not."""
    known, tokens = keys(number), remittance_tokens(text)
    readings = [
        weaknesses(number, tokens, first, end, {prefix(number), *series} - {""})
        for first, end, *looked_up in windows(tokens, KeyShape.of(known))
        if not known.isdisjoint(looked_up)
    ]
    return min((weak for weak in readings if weak is not None), key=len, default=None)


def by_number(table):
    return [(number, line) for number, lines in table.items() for line in lines]


@pytest.mark.parametrize(("number", "writing"), by_number(WRITINGS))
def test_what_german_payers_write_is_read(number, writing):
    text, weak = writing
    assert read(number, text) == weak


@pytest.mark.parametrize(("number", "text"), by_number(NOT_WRITINGS))
def test_what_looks_similar_is_not_read(number, text):
    assert read(number, text) is None


def test_a_known_series_in_front_is_neither_a_word_nor_left_out():
    assert read("RE-2026-00042", "StornoRE-2026-00042", ["STORNORE"]) == (
        "prefix_left_out",
        "other_prefix",
    )
    assert read("INV/2026/10042", "Beitrag 10042/2026") == ("prefix_left_out", "year_moved")
    assert read("INV/2026/10042", "Beitrag 10042/2026", ["BEITRAG"]) is None


@pytest.mark.parametrize("width", [27, 35])
@pytest.mark.parametrize("number", [number for number in WRITINGS if len(number) >= 6])
@pytest.mark.parametrize("between", [" ", "\n"])
def test_a_line_wrap_anywhere_in_the_number_does_no_harm(number, width, between):
    for offset in range(width - len(number) - 1, width):
        text = ("Danke " * 9)[: offset - 1] + " " + number + ", Danke"
        wrapped = text[:width] + between + text[width:]
        assert read(number, wrapped) is not None, wrapped


def found(number, text):
    """The least weak quotation of a number in a text, by the index."""
    quotations = index_of(item(number=number)).documents_quoted(text)
    return min(quotations, key=lambda one: len(one.weaknesses), default=None)


@pytest.mark.parametrize(("number", "text"), WHOLE)
def test_whole_number_is_found(number, text):
    quotation = found(number, text)
    assert quotation is not None
    assert quotation.weaknesses == ()


@pytest.mark.parametrize(("number", "text", "weak"), WEAK)
def test_imperfect_quotation_is_weaker(number, text, weak):
    quotation = found(number, text)
    assert quotation is not None
    assert quotation.weaknesses == weak


@pytest.mark.parametrize(("number", "text"), NOT_QUOTED)
def test_number_is_not_found(number, text):
    assert found(number, text) is None


def test_evidence_shows_the_words_of_the_payer():
    assert found(INV, "bitte inv-2026 000 42 buchen").quoted == "INV-2026 000 42"


def test_a_known_series_in_front_means_another_document():
    index = index_of(item(1, "INV/2026/00042"), item(2, "BILL/2026/00099", "-5"))
    quotations = index.documents_quoted("BILL/2026/00042")
    assert {one.weaknesses for one in quotations} == {("prefix_left_out", "other_prefix")}


def test_a_number_that_many_items_carry_identifies_none():
    items = [item(i, "Rent 03/2026") for i in range(21)]
    assert list(index_of(*items[:20]).documents_quoted("Rent 03/2026"))
    assert not list(index_of(*items).documents_quoted("Rent 03/2026"))


@pytest.mark.parametrize("weakness", ["year_moved", "year_left_out"])
def test_every_weakness_counts(weakness):
    assert quotation_points((weakness,)) < quotation_points(())


@given(
    number=st.integers(10**5, 10**9).map(str),
    before=st.text("0123456789", max_size=3),
    after=st.text("0123456789", max_size=3),
)
def test_a_number_within_longer_digits_is_never_found(number, before, after):
    if before or after:
        longer = before + number + after
        if longer.lstrip("0") != number:
            assert found(number, longer) is None


@given(
    prefix=st.sampled_from(["", "RE", "INV", "X"]),
    runs=st.lists(st.integers(10**3, 10**6).map(str), min_size=2, max_size=3),
    gap=st.sampled_from(["", " ", "-", "/", ".", " - ", "\n"]),
    words=st.sampled_from(["", "Danke, ", "Rechnung ", "xyz; "]),
)
def test_separators_and_case_do_not_matter(prefix, runs, gap, words):
    number = "/".join([prefix, *runs] if prefix else runs)
    if is_quotable(number):
        assert found(number, words + number.replace("/", gap).lower()) is not None


@given(st.text(max_size=300), st.text(max_size=40))
def test_any_text_can_be_read(text, number):
    found(number, text)
    remittance_tokens(text)
    assert fold(fold(text)) == fold(text) or not text.isascii()


@pytest.mark.parametrize(
    "text", ["TEL" + " " * 20_000, "1 " * 5_000, "A" * 20_000, "DE12 " * 4_000, "1.1." * 5_000]
)
def test_a_hostile_text_does_not_take_long(text):
    started = time.process_time()
    found(INV, text)
    assert time.process_time() - started < 5


RF = "RF18539007547034"
BELGIAN = "+++090/9337/55493+++"
SWISS = "210000000003139471430009017"

REFERENCES = [
    (RF, "rf", "RF18 5390 0754 7034"),
    (RF, "rf", "Zahlung rf18 5390 0754 7034 danke"),
    (RF, "rf", "RF18-5390-0754-7034"),
    ("RF18000539007547034", "rf", "RF18539007547034"),
    (BELGIAN, "be", "***090/9337/55493***"),
    (BELGIAN, "be", "+++090/9337/55493+++"),
    (BELGIAN, "be", "090933755493"),
    (SWISS, "qr", "21 00000 00003 13947 14300 09017"),
    ("000000000000000000000018785", None, "x"),
    ("12345672", "fi", "Viite 12345672"),
    ("00000 1234 5672", "fi", "12345672"),
    ("2345676", "kid", "KID 2345676"),
]


@pytest.mark.parametrize(("reference", "standard", "text"), REFERENCES)
def test_structured_reference_in_text(reference, standard, text):
    assert scheme(reference) == standard
    if standard:
        points = [evidence.points for evidence in by_reference(reference, text=text)]
        assert points == [REFERENCE]


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        (RF, "RF18 5390 0754 70341"),
        (RF, "XRF18539007547034"),
        (RF, "RF18 5390 0754 7034-1"),
        ("RF19539007547034", "RF19539007547034"),
        ("090933755493", "1090933755493"),
        ("090933755493", "090933755493/5"),
        ("12345672", "K12345672"),
        ("12345672", "9912345672"),
        ("2024", "Jahr 2024"),
    ],
)
def test_not_the_structured_reference(reference, text):
    assert by_reference(reference, text=text) == []


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"reference": "RF18 5390 0754 7034"}, "structured_reference"),
        ({"reference": "rf180005 3900 7547 034"}, "structured_reference"),
        ({"end_to_end_id": "RF18539007547034"}, "end_to_end_id"),
    ],
)
def test_reference_in_its_own_field(fields, kind):
    assert [one.kind for one in by_reference(RF, **fields)] == [kind]


def test_end_to_end_id_that_is_our_number():
    (strategy,) = strategies_named(["structured_reference"])
    hits = strategy.documents(payment(end_to_end_id="INV-2026-00042"), index_of(item()))
    assert [(one.kind, one.points) for _item, one in hits] == [("end_to_end_id", REFERENCE)]


@pytest.mark.parametrize("value", ["NOTPROVIDED", "", None, "not provided", "RF18"])
def test_an_empty_field_names_nothing(value):
    assert by_reference(RF, end_to_end_id=value, reference=value) == []


def by_reference(ours, **fields):
    (strategy,) = strategies_named(["structured_reference"])
    index = index_of(item(number=(), references=(ours,)))
    return [evidence for _item, evidence in strategy.documents(payment(**fields), index)]
