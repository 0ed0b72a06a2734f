"""Abbreviated lists and ranges of document numbers."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ..number_lists import LONGEST_LIST, continuations
from ..quotations import plain_key, remittance_tokens

LISTS = [
    ("RE 2026/0042, 43, 44", 3, ["RE/2026/0043", "RE/2026/0044"]),
    ("RE-2026-0042/43/44", 3, ["RE/2026/0043", "RE/2026/0044"]),
    ("RE20260042+43", 2, ["RE/20260043"]),
    ("RE20260042 + 20260043", 2, ["RE/20260043"]),
    ("INV/2026/00042 u. 00043", 3, ["INV/2026/00043"]),
    ("INV/2026/00042u.43", 3, ["INV/2026/00043"]),
    ("INV/2026/00042 & 43", 3, ["INV/2026/00043"]),
    ("2026/42 und 2026/43", 2, ["2026/43"]),
    ("2025/42, 2026/7", 2, ["2026/7"]),
    ("RE 1042,1043 und 1050", 2, ["RE/1043", "RE/1050"]),
    ("RE 1042, 1043, und 1050 danke", 2, ["RE/1043", "RE/1050"]),
    ("RE 1042/3/4", 2, ["RE/1043", "RE/1044"]),
    ("1042,43,44", 1, ["1043", "1044"]),
    ("104217 e 104219", 1, ["104219"]),
    ("FAC 2026/0042 et 0045", 3, ["FAC/2026/0045"]),
    ("2026/0042, 0107", 2, ["2026/0107"]),
    ("2026/99, 100, 101", 2, ["2026/100", "2026/101"]),
    ("RE 2026/0042, RE 0043 und Nr. 44", 3, ["RE/2026/0043", "RE/2026/0044"]),
    ("RE 2026/0042 und RE 2026/0043", 3, ["RE/2026/0043"]),
    ("AR/2026/05/0042, 43", 4, ["AR/2026/05/0043"]),
    ("RE 2026/0042,\n43", 3, ["RE/2026/0043"]),
    ("RE 2026/000 42, 00043", 4, ["RE/2026/00043"]),
    ("RE 2026/000 42, 43", 4, ["RE/2026/000/43"]),
    ("RE 2026/0042, 43, 19 % MwSt", 3, ["RE/2026/0043"]),
    ("RE 2026/0042, 43, EUR 119,00", 3, ["RE/2026/0043"]),
    ("RE 2026/0042, 43 vom 03.05.2026", 3, ["RE/2026/0043"]),
]

RANGES = [
    ("2026/0042 - 0045", 2, ["2026/0043", "2026/0044", "2026/0045"]),
    ("2026/0042-45", 2, ["2026/0043", "2026/0044", "2026/0045"]),
    ("RE 1042 bis 1044", 2, ["RE/1043", "RE/1044"]),
    ("RE 1042 to 44", 2, ["RE/1043", "RE/1044"]),
    ("RE 1042 – 44, 47", 2, ["RE/1043", "RE/1044", "RE/1047"]),
    ("RE 98 - 101", 2, ["RE/99", "RE/100", "RE/101"]),
    ("2026/0042 bis 2026/0044", 2, ["2026/0043", "2026/0044"]),
    ("RE-2026-00042 bis RE-20 26-00044", 3, ["RE/2026/00043", "RE/2026/00044"]),
    ("RE-2026-00042 bis RE-2026-0 0044", 3, ["RE/2026/00043", "RE/2026/00044"]),
    ("RE-2026-76650-76 651", 3, ["RE/2026/76651"]),
]

NO_LIST = [
    ("RE 2026/0042, 2 Stück", 3),
    ("RE 2026/0042, 3 Tische", 3),
    ("RE 2026/0042, 1 Tisch", 3),
    ("RE 2026/0042, 10 Stk", 3),
    ("RE 2026/0042, 3. Rate", 3),
    ("RE 2026/0042, 19 % MwSt", 3),
    ("RE 2026/0042, 19% MwSt", 3),
    ("RE 2026/0042, 119,00", 3),
    ("RE 2026/0042, 43,50", 3),
    ("RE 2026/0042/119,00", 3),
    ("RE 2026/0042, 119,00 EUR", 3),
    ("RE20260042,119,00EUR", 2),
    ("RE 2026/0042, 43 EUR", 3),
    ("RE 2026/0042, 43€", 3),
    ("Rechnung 1042 / 15.03.2026", 2),
    ("Rechnung 1042/15.03.2026", 2),
    ("Rechnung 1042/15.03.", 2),
    ("Rechnung 1042, 15. März", 2),
    ("Rechnung 1042, 15/03/2026", 2),
    ("Rechnung 1042, 2026-03-15", 2),
    ("RE 2026/0042, Kundennr. 43", 3),
    ("RE 2026/0042, Kd-Nr. 0043", 3),
    ("RE 2026/0042, KD 43", 3),
    ("RE 0042/2026", 2),
    ("RE 2026/0042 43", 3),
    ("RE 2026/0042 - 0099", 3),
    ("RE 2026/0042 - 0041", 3),
    ("RE 2026/0042-3", 3),
    ("RE 2026/0042 - Danke", 3),
    ("RE 2026/0042, 10:30 Uhr", 3),
    ("RE 2026/0042, 10115123", 3),
    ("RE 2026/0042 und", 3),
    ("RE 2026/0042, Tel 43", 3),
    ("RE 2026/0042, 42", 3),
    ("RE 2026/0042 IBAN DE89370400440532013000", 3),
]


def meant(text, end):
    """What carries on the quotation that the text begins with and that ends at that token."""
    return ["/".join(one.values) for one in continuations(remittance_tokens(text), 0, end)]


@pytest.mark.parametrize(("text", "end", "numbers"), LISTS)
def test_a_list_is_carried_on(text, end, numbers):
    assert meant(text, end) == numbers


@pytest.mark.parametrize(("text", "end", "numbers"), RANGES)
def test_a_range_means_all_numbers_in_between(text, end, numbers):
    assert meant(text, end) == numbers


@pytest.mark.parametrize(("text", "end"), NO_LIST)
def test_what_else_stands_behind_a_number_is_no_list(text, end):
    assert meant(text, end) == []


def test_the_tokens_say_where_it_stands():
    tokens = remittance_tokens("Danke, RE 2026/0042, 43")
    (one,) = continuations(tokens, 1, 4)
    assert tokens.values[one.start_token : one.end_token] == ("43",)


def test_the_keys_of_an_abbreviated_number_are_those_of_the_number():
    tokens = remittance_tokens("INV/2026/42, 43")
    (one,) = continuations(tokens, 0, 3)
    assert plain_key(one.values) == plain_key(("INV", "2026", "00043"))


def test_a_long_list_is_read_up_to_a_limit():
    text = "RE 1042" + ", 1043, 1044" * 10_000
    tokens = remittance_tokens(text)
    started = time.process_time()
    assert len(continuations(tokens, 0, 2)) == LONGEST_LIST
    assert time.process_time() - started < 5


@given(
    st.text("0123456789 ,/+&-.un%€", max_size=60),
    st.sampled_from(["RE 2026/0042", "1042", "RE20260042"]),
)
def test_any_continuation_keeps_the_form_of_the_number(behind, number):
    tokens = remittance_tokens(f"{number},{behind}")
    end = len(remittance_tokens(number))
    if tokens.values[:end] != remittance_tokens(number).values:
        return
    for one in continuations(tokens, 0, end):
        assert end <= one.start_token < one.end_token <= len(tokens)
        assert len("".join(one.values)) - len("".join(tokens.values[:end])) in (0, 1)
