import importlib
import io

import pytest

from bank_statement_format import (
    AmbiguousFormat,
    Format,
    InvalidStatement,
    UnknownFormat,
    detect,
    formats,
    parse,
    registry,
)

from .test_camt053 import BALANCED


@pytest.fixture
def declared(monkeypatch):
    """Lets a test declare formats, and forgets them afterwards."""
    formats()
    monkeypatch.setattr(registry, "_registered", list(registry._registered))
    formats.cache_clear()
    yield
    formats.cache_clear()


def declare(name_: str, events=lambda stream: iter(())):
    """A format that recognises files that begin with its name."""

    class Declared(Format):
        name = name_
        label = name_.upper()

        def sniff(self, name, head):
            return head.startswith((b"twins", name_.encode()))

        def parse(self, stream):
            return events(stream)

    return Declared


def test_a_file_in_the_folder_is_all_it_takes():
    assert {"camt.053", "csv"} <= set(formats())
    assert all(fmt.name == name and fmt.label for name, fmt in formats().items())


def test_the_function_is_not_hidden_by_the_folder_of_its_name():
    import bank_statement_format

    bank_statement_format.formats()
    importlib.import_module("bank_statement_format.formats.camt053")
    assert callable(bank_statement_format.formats)


def test_a_format_declares_itself(declared):
    declare("mine")
    assert detect("x", io.BytesIO(b"mine and more")).label == "MINE"


def test_a_class_without_a_name_is_no_format(declared):
    before = set(formats())

    class Base(Format):
        pass

    formats.cache_clear()
    assert set(formats()) == before


def test_two_formats_that_recognise_a_file_are_named(declared):
    declare("one")
    declare("two")
    with pytest.raises(AmbiguousFormat, match="ONE, TWO"):
        detect("x", io.BytesIO(b"twins"))


@pytest.mark.parametrize("data", [b"", b"\n \r\n\t", b"\xef\xbb\xbf", b"\0\0\0"])
def test_an_empty_file(data):
    with pytest.raises(UnknownFormat, match="empty"):
        detect("x", io.BytesIO(data))


@pytest.mark.parametrize("data", [b"x", b"\xff\xfe\x00", b"<a/>", b"%!PS", bytes(range(256))])
def test_an_unknown_file_names_what_is_known(data):
    with pytest.raises(UnknownFormat, match="camt.053"):
        detect("x", io.BytesIO(data))


def test_the_name_is_no_reason():
    with pytest.raises(UnknownFormat):
        detect("statement.camt.053.xml", io.BytesIO(b"<a/>"))
    assert detect("picture.png", io.BytesIO(BALANCED)).name == "camt.053"


@pytest.mark.parametrize("slip", [ValueError, KeyError, ZeroDivisionError, TypeError])
def test_a_formats_slip_refuses_the_file(declared, slip):
    def events(stream):
        raise slip("slip")
        yield

    declare("mine", events)
    with pytest.raises(InvalidStatement, match=f"MINE.*{slip.__name__}"):
        list(parse(formats()["mine"], io.BytesIO(b"mine")))


def test_parsing_starts_at_the_beginning():
    stream = io.BytesIO(BALANCED)
    stream.read()
    assert list(parse(formats()["camt.053"], stream))
