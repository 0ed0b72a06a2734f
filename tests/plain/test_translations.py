"""Templates ask for what the sources say, and German answers all of it."""

import ast
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import polib
import pytest

from tools.translations_child import leave_out_tests, merge, same_terms

ADDONS = Path(__file__).resolve().parents[2] / "addons"
TEMPLATES = sorted(ADDONS.glob("*/i18n/*.pot"))
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?(?:\.\d)?[sdf%]")
TAG = re.compile(r"</?\w+[^>]*>")
SHOWN = ("string", "help", "placeholder", "confirm")
"""Attributes of views that people read."""
BEYOND = {"tests", "testing"}

each_template = pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)


def sources(addon, pattern):
    """The files of an addon that people meet."""
    paths = addon.rglob(pattern)
    return [path for path in paths if not BEYOND & set(path.relative_to(addon).parts)]


def said_in_python(addon):
    """The texts that are marked for translation, and labels and helps of fields, with the place."""
    for path in sources(addon, "*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                for text in _texts_of(node):
                    yield text, f"{path.name}:{node.lineno}"


def _texts_of(call):
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    of_fields = isinstance(call.func, ast.Attribute) and getattr(call.func.value, "id", "")
    texts = []
    if name == "_" and call.args:
        texts = [call.args[0]]
    elif of_fields == "fields":
        texts = [word.value for word in call.keywords if word.arg in ("string", "help")]
    return [node.value for node in texts if isinstance(node, ast.Constant) and node.value]


def said_in_javascript(addon):
    for path in sources(addon, "*.js"):
        for found in re.finditer(r'\b_t\(\s*"((?:[^"\\]|\\.)*)"', path.read_text()):
            yield ast.literal_eval(f'"{found[1]}"'), path.name


def said_in_views(addon):
    for folder in ("views", "wizard"):
        for path in addon.glob(f"{folder}/*.xml"):
            for element in ElementTree.parse(path).iter():
                for name in SHOWN:
                    if element.get(name):
                        yield element.get(name), path.name


def is_python(term):
    return "odoo-python" in term.comment


def test_every_addon_that_says_something_has_a_template():
    with_template = {path.parent.parent for path in TEMPLATES}
    for addon in (path.parent for path in ADDONS.glob("*/__manifest__.py")):
        assert addon in with_template or not list(said_in_python(addon)), addon


@each_template
def test_a_template_has_what_the_sources_say(path):
    addon, known = path.parent.parent, {term.msgid for term in polib.pofile(str(path))}
    said = [*said_in_python(addon), *said_in_javascript(addon), *said_in_views(addon)]
    assert said
    missing = [f"{place}: {text}" for text, place in said if text not in known]
    assert not missing, "`make translations` is due"


@each_template
def test_a_template_has_nothing_that_python_no_longer_says(path):
    said = {text for text, _place in said_in_python(path.parent.parent)}
    terms = filter(is_python, polib.pofile(str(path)))
    # What is also a label of Odoo's own stands under both.
    gone = [term.msgid for term in terms if term.msgid not in said]
    assert not gone, "`make translations` is due"


@each_template
def test_no_text_to_be_translated_is_filled_in_before(path):
    """Odoo's exporter does not see such texts, and fails on formatted strings beside them."""
    for source in sources(path.parent.parent, "*.py"):
        for node in ast.walk(ast.parse(source.read_text())):
            name = getattr(getattr(node, "func", None), "attr", None)
            if "_" in (name, getattr(getattr(node, "func", None), "id", None)):
                inside = [one for one in ast.walk(node) if isinstance(one, ast.JoinedStr)]
                assert not inside, f"{source}:{node.lineno}"


@each_template
def test_german_is_complete(path):
    german = polib.pofile(str(path.with_name("de.po")))
    assert same_terms(german, polib.pofile(str(path))), "`make translations` is due"
    for term in german:
        assert term.translated() and not term.fuzzy and not term.obsolete, term.msgid


@each_template
def test_german_fills_in_the_same(path):
    for term in polib.pofile(str(path.with_name("de.po"))):
        for pattern in (PLACEHOLDER, TAG):
            asked, said = pattern.findall(term.msgid), pattern.findall(term.msgstr)
            assert sorted(asked) == sorted(said), term.msgid
        blanks = [(text[0].isspace(), text[-1].isspace()) for text in (term.msgid, term.msgstr)]
        assert blanks[0] == blanks[1], term.msgid


def test_what_only_tests_say_is_not_translated():
    template = polib.POFile()
    places = {"Kept": "addons/a/models/b.py", "Gone": "addons/a/tests/test_b.py"}
    for text, path in places.items():
        template.append(polib.POEntry(msgid=text, occurrences=[(path, "0")]))
    leave_out_tests(template)
    assert [term.msgid for term in template] == ["Kept"]


def test_a_merge_keeps_what_is_translated_and_asks_for_what_is_new():
    def term(text, said=""):
        return polib.POEntry(msgid=text, msgstr=said, comment="odoo-python")

    template, translation = polib.POFile(), polib.POFile()
    template.extend([term("Booked"), term("Charges")])
    translation.extend([term("Gone", "Fort"), term("Charges", "Entgelte")])
    merge(translation, template)
    assert [(one.msgid, one.msgstr) for one in translation] == [
        ("Booked", ""),
        ("Charges", "Entgelte"),
    ]
    assert same_terms(translation, template)
