import pytest
from hypothesis import given
from hypothesis import strategies as st

from bank_statement_format import Counterparty
from bank_statement_format.cleaning import clean_name, clean_remittance


@pytest.mark.parametrize(
    "name, clean",
    [
        (None, None),
        ("", None),
        (" // ", None),
        ("Example GmbH", "Example GmbH"),
        ("  EXAMPLE   GMBH  ", "EXAMPLE GMBH"),
        ("Example\u00a0GmbH\r\nStreet 1", "Example GmbH Street 1"),
        ("*Example GmbH,", "Example GmbH"),
        ("Example B.V.", "Example B.V."),
        ("Mu\u0308ller", "Müller"),
        ("Exam\u200bple\u00ad", "Example"),
    ],
)
def test_names(name, clean):
    assert clean_name(name) == clean
    assert Counterparty(name=name).clean_name == clean


@pytest.mark.parametrize(
    "text, clean",
    [
        (None, ""),
        ("", ""),
        ("a\r\nb\tc", "a b c"),
        ("\ufeffInvoice 1", "Invoice 1"),
        ("+++012/3456/78901+++", "+++012/3456/78901+++"),
        ("SVWZ+RE-1", "SVWZ+RE-1"),
    ],
)
def test_remittances(text, clean):
    assert clean_remittance(text) == clean


@given(st.text())
def test_no_word_is_lost(text):
    def words(part):
        return "".join(letter for letter in part if letter.isascii() and letter.isalnum())

    assert words(clean_remittance(text)) == words(text)
    assert words(clean_name(text) or "") == words(text)
    assert clean_remittance(clean_remittance(text)) == clean_remittance(text)
