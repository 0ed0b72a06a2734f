"""What is said about a file can be said in another language, with what was filled in."""

import pytest

from bank_statement_format.errors import InvalidStatement, UnclearEncoding, UnclearLayout
from bank_statement_format.messages import Message, _, said

GERMAN = {
    "The row has %(count)s columns": "Die Zeile hat %(count)s Spalten",
    "%(width)s columns": "%(width)s Spalten",
    "The file is cut off (%(why)s)": "Die Datei ist abgeschnitten (%(why)s)",
    "no end": "kein Ende",
    "expected %s": "erwartet: %s",
    "found %s": "gefunden: %s",
    "line %(line)s: %(what)s": "Zeile %(line)s: %(what)s",
    "Which day?": "Welcher Tag?",
}


def german(text):
    return GERMAN.get(text, text)


def refusal():
    message, expected = _("The row has %(count)s columns", count=3), _("%(width)s columns", width=5)
    return InvalidStatement(message, line=7, expected=expected, found="columns")


def test_a_refusal_is_said_in_one_sentence():
    assert str(refusal()) == "line 7: The row has 3 columns, expected 5 columns, found 'columns'"
    assert refusal().in_words(german) == (
        "Zeile 7: Die Zeile hat 3 Spalten, erwartet: 5 Spalten, gefunden: 'columns'"
    )


def test_what_stands_in_the_file_is_not_translated():
    told = refusal().translated(german)
    assert (told.message, told.expected) == ("Die Zeile hat 3 Spalten", "5 Spalten")
    assert (told.found, told.line) == ("columns", 7)


def test_what_is_filled_in_is_translated_first():
    message = _("The file is cut off (%(why)s)", why=_("no end"))
    assert message == "The file is cut off (no end)"
    assert said(message, german) == "Die Datei ist abgeschnitten (kein Ende)"


@pytest.mark.parametrize("text", ["5 % of 100", "50%(of) it", ""])
def test_a_text_with_nothing_to_fill_in_may_have_any_signs(text):
    assert said(_(text), german) == text
    assert not isinstance(_(text), Message)


def test_questions_are_translated_with_what_belongs_to_them():
    layout = UnclearLayout("x", questions=[_("Which day?")], line=2).translated(german)
    assert (layout.questions, layout.line) == (("Welcher Tag?",), 2)
    letters = UnclearEncoding("x", readings={"latin1": "é"}).translated(german)
    assert isinstance(letters, UnclearEncoding)
    assert letters.readings == {"latin1": "é"}
