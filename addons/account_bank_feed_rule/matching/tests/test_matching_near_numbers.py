"""Document numbers that a payer mistyped, or a field cut off."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ..near_numbers import near, near_any
from ..quotations import remittance_tokens

INV = "INV/2026/10042"

MISTAKEN = [
    (INV, "Rechnung INV/2026/10024 danke", "digits_swapped", "INV/2026/10024"),
    (INV, "inv 2026 10024", "digits_swapped", "INV 2026 10024"),
    (INV, "INV202610024", "digits_swapped", "INV202610024"),
    (INV, "Rechnung 2026/10024", "digits_swapped", "2026/10024"),
    (INV, "SVWZ+INV2026/10043 Danke", "digit_wrong", "INV2026/10043"),
    (INV, "INV/2026/1042 danke", "digit_missing", "INV/2026/1042"),
    (INV, "INV/2026/100442", "digit_extra", "INV/2026/100442"),
    (INV, "INV/2026/1O042", "letter_mixed_up", "INV/2026/1O042"),
    (INV, "INV/2026/I0042", "letter_mixed_up", "INV/2026/I0042"),
    (INV, "INV2O2610042", "letter_mixed_up", "INV2O2610042"),
    ("26050842", "26050B42", "letter_mixed_up", "26050B42"),
    ("26055042", "2605S042", "letter_mixed_up", "2605S042"),
    ("INV/2026/00042", "INV/2026/24", "digits_swapped", "INV/2026/24"),
    ("INV/2026/00042", "INV/2206/00042", "digits_swapped", "INV/2206/00042"),
    ("104217", "Rechnungsnr.104271", "digits_swapped", "104271"),
    ("RE20260042", "RE 20260024", "digits_swapped", "RE 20260024"),
    ("RG-1042", "Rg. 1024", "digits_swapped", "RG. 1024"),
    ("R26-1042", "R26-1024", "digits_swapped", "R26-1024"),
    ("AR/2026/05/0042", "AR 2026/05/0024", "digits_swapped", "AR 2026/05/0024"),
    (INV, "Lieferung im Mai INV/2026/1004", "cut_off", "INV/2026/1004"),
    ("INV/2026/00042", "Lieferung im Mai INV/2026/0004", "cut_off", "INV/2026/0004"),
    ("RE20260042", "Danke RE2026004", "cut_off", "RE2026004"),
    ("26051042", "Danke 2605104", "cut_off", "2605104"),
]

NOT_NEAR = [
    (INV, "INV/2026/10042"),
    (INV, "INV202610042"),
    (INV, "2026/10042"),
    (INV, "INV/2026/10042 und INV/2026/10043"),
    (INV, "INV/2026/10043 und INV/2026/10042"),
    ("INV/2026/00042", "INV/2026/42"),
    ("INV/2026/00042", "INV/2026/0042"),
    ("INV/2026/00042", "INV/2026/42 und INV/2026/00043"),
    (INV, "INV/2026/10420"),
    (INV, "INV/2026/11043"),
    (INV, "INV/2025/10042"),
    (INV, "INV/2027/10042"),
    ("AR/2026/05/0042", "AR/2026/06/0042"),
    ("INV/2026/00042", "INV/2026/0002"),
    ("INV/2026/00042", "Danke INV/2026/000"),
    ("INV/2026/00042", "INV/2026/0004 danke"),
    (INV, "Danke INV/2026"),
    ("26050042", "Danke 260500"),
    ("26050042", "RE 2605OO42"),
    (INV, "KD-2026/10043"),
    (INV, "INV/2026/10043-1"),
    ("104217", "K104271"),
    ("104217", "Kd-Nr. 104271"),
    ("104217", "104 271"),
    ("104217", "EUR 104271,00"),
    ("RG-1042", "1024"),
    ("1042", "1024"),
    ("RG-142", "RG-124"),
    (INV, ""),
    ("", "INV/2026/10042"),
    ("Beratung", "Beratumg"),
]


@pytest.mark.parametrize(("number", "text", "error", "quoted"), MISTAKEN)
def test_one_mistake_is_named(number, text, error, quoted):
    found = near(number, remittance_tokens(text))
    assert found is not None
    assert (found.error, found.quoted) == (error, quoted)


@pytest.mark.parametrize(("number", "text"), NOT_NEAR)
def test_neither_the_number_itself_nor_another_one(number, text):
    assert near(number, remittance_tokens(text)) is None


def test_the_characters_say_where_it_stands():
    tokens = remittance_tokens("Danke, Rechnung INV/2026/10024 vom Mai")
    found = near(INV, tokens)
    assert tokens.text[found.start : found.end] == found.quoted == "INV/2026/10024"


def test_what_is_another_number_to_the_letter_is_near_none():
    tokens = remittance_tokens("INV/2026/10024 und INV/2026/10043")
    assert set(near_any(tokens, [INV])) == {INV}
    found = near_any(tokens, [INV, "INV/2026/10024"])
    assert {number: one.quoted for number, one in found.items()} == {INV: "INV/2026/10043"}
    assert near_any(tokens, [INV, "INV/2026/10024", "INV/2026/10043"]) == {}


@given(st.integers(10**6, 10**9), st.integers(0, 8), st.integers(1, 9))
def test_any_wrong_digit_is_found_and_the_number_itself_never(number, place, by):
    number = str(number)
    place %= len(number)
    wrong = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
    assert near(number, remittance_tokens(f"Danke, {number}")) is None
    found = near(number, remittance_tokens(f"Danke, {wrong}"))
    assert wrong.startswith("0") or found.error == "digit_wrong"


@given(st.text(max_size=40), st.text(max_size=200))
def test_any_text_can_be_compared(number, text):
    near(number, remittance_tokens(text))
