import pytest

from account_bank_feed_connection.protocol import Permanent, RetryLater
from account_bank_feed_connection.protocol.xml import parse_xml

BOMB = '<!ENTITY a0 "x">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9))


def test_xml():
    assert parse_xml(b"<a><b/></a>").tag == "a"


@pytest.mark.parametrize("data", [b"", b"<a><b></a>", b"<a>", b"\xff\xfe", b"{}", b"<a/><b/>"])
def test_what_is_none(data):
    with pytest.raises(RetryLater) as caught:
        parse_xml(data)
    assert caught.value.payload == data


@pytest.mark.parametrize(
    "kind",
    [
        "<!DOCTYPE a>",
        '<!DOCTYPE a SYSTEM "http://evil.example/a.dtd">',
        '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
        f"<!DOCTYPE a [{BOMB}]>",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_document_types(kind, encoding):
    data = f'<?xml version="1.0" encoding="{encoding}"?>{kind}<a>&e;&a8;</a>'.encode(encoding)
    with pytest.raises((Permanent, RetryLater)) as caught:
        parse_xml(data)
    assert "root:" not in caught.value.message


def test_a_document_type_without_a_use_of_it():
    with pytest.raises(Permanent, match="DOCTYPE"):
        parse_xml(b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>')
