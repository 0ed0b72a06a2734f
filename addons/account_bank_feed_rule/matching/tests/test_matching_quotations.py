"""Document numbers and structured references in a payer's words."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ..normalise import fold
from ..quotations import is_quotable, remittance_tokens
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
    (INV, "INV/2026/000 42", 70, ["wrapped"]),
    (INV, "INV/2026/00\n042", 70, ["wrapped"]),
    (INV, "INV/20 26/00042", 70, ["wrapped"]),
    (INV, "INV/2026/000-42", 70, ["wrapped"]),
    ("20260042", "2026 0042", 70, ["wrapped"]),
    (INV, "INV/2026/42", 70, ["leading_zeros"]),
    (INV, "INV 2026 0042", 70, ["leading_zeros"]),
    (INV, "Rechnung 2026/00042", 55, ["prefix_left_out"]),
    (INV, "Rechnung2026/00042", 55, ["prefix_left_out"]),
    (INV, "202600042", 55, ["prefix_left_out"]),
    ("RG 20260042", "Rechnung 20260042", 55, ["prefix_left_out"]),
    (INV, "2026/42", 50, ["leading_zeros", "prefix_left_out"]),
    ("20260042", "K20260042", 55, ["other_prefix"]),
    ("20260042", "20260042-1", 55, ["attached"]),
    ("20260042", "10023/20260042", 55, ["attached"]),
    (INV, "INV/2026/00042/2", 55, ["attached"]),
    (INV, "INV/2026/00042A", 55, ["attached"]),
    ("10115", "10115 Berlin", 60, ["short"]),
    ("100123", "Rechnung 100123", 60, ["short"]),
    ("03/2026", "Miete 03/2026", 60, ["short"]),
    ("20260115", "Rechnung 20260115", 60, ["short"]),
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


def found(number, text):
    """The strongest evidence of a number in a text, by the strategy."""
    (strategy,) = strategies_named(["document_number"])
    hits = strategy.find(payment(text=text), index_of(item(number=number)))
    return max((evidence for _item, evidence in hits), key=lambda one: one.points, default=None)


@pytest.mark.parametrize(("number", "text"), WHOLE)
def test_whole_number_is_found(number, text):
    evidence = found(number, text)
    assert evidence is not None
    assert (evidence.kind, evidence.points) == ("document_number", 75)


@pytest.mark.parametrize(("number", "text", "points", "weaknesses"), WEAK)
def test_imperfect_quotation_is_weaker(number, text, points, weaknesses):
    evidence = found(number, text)
    assert evidence is not None
    assert (evidence.params["weaknesses"], evidence.points) == (weaknesses, points)


@pytest.mark.parametrize(("number", "text"), NOT_QUOTED)
def test_number_is_not_found(number, text):
    assert found(number, text) is None


def test_evidence_shows_the_words_of_the_payer():
    assert found(INV, "bitte inv-2026 000 42 buchen").params["quoted"] == "INV-2026 000 42"


def test_a_known_series_in_front_means_another_document():
    index = index_of(item(1, "INV/2026/00042"), item(2, "BILL/2026/00099", "-5"))
    (strategy,) = strategies_named(["document_number"])
    hits = list(strategy.find(payment(text="BILL/2026/00042"), index))
    assert {evidence.points for _item, evidence in hits} == {40}


def test_a_number_that_many_items_carry_identifies_none():
    items = [item(i, "Rent 03/2026") for i in range(21)]
    (strategy,) = strategies_named(["document_number"])
    assert list(strategy.find(payment(text="Rent 03/2026"), index_of(*items[:20])))
    assert not list(strategy.find(payment(text="Rent 03/2026"), index_of(*items)))


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
    started = time.perf_counter()
    found(INV, text)
    assert time.perf_counter() - started < 5


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
        assert [evidence.points for evidence in by_reference(reference, text=text)] == [75]


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
    hits = strategy.find(payment(end_to_end_id="INV-2026-00042"), index_of(item()))
    assert [(one.kind, one.points) for _item, one in hits] == [("end_to_end_id", 75)]


@pytest.mark.parametrize("value", ["NOTPROVIDED", "", None, "not provided", "RF18"])
def test_an_empty_field_names_nothing(value):
    assert by_reference(RF, end_to_end_id=value, reference=value) == []


def by_reference(ours, **fields):
    (strategy,) = strategies_named(["structured_reference"])
    index = index_of(item(number=(), references=(ours,)))
    return [evidence for _item, evidence in strategy.find(payment(**fields), index)]
