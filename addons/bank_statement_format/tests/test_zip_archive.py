"""ZIP and GZIP archives of statements."""

import io
import struct
import tracemalloc
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bank_statement_format import (
    AmbiguousFormat,
    InvalidStatement,
    StatementError,
    UnknownFormat,
    detect,
    formats,
    formats_with,
    parse,
    profile_from,
    testing,
)
from bank_statement_format.formats import _zip_members
from bank_statement_format.formats.zip_archive import members

from .helpers import parse_as, read
from .test_round_trip import TEXT, example, statements
from .test_xml_profile import DAYS, DAYS_FILE, FIO

CAMT = testing.camt053(example())
CSV = testing.csv_demo_bank(example())
MB = 1 << 20


def refused(data: bytes) -> StatementError:
    with pytest.raises(StatementError) as refusal:
        read(data)
    return refusal.value


def names(data: bytes) -> list[str]:
    return [name for name, _ in members(io.BytesIO(data))]


def test_each_member_is_read_by_its_own_format():
    data = testing.zip_archive({"a/one.xml": CAMT, "two.csv": CSV, "three.bin": FIO.encode()})
    assert detect("x", io.BytesIO(data)).name == "zip"
    found = read(data)
    assert [item.dialect for item in found] == ["camt.053", "csv/demo_bank", "xml/xml_fio_banka"]
    assert [len(item.transactions) for item in found] == [10, 10, 2]
    assert found[0].transactions == read(CAMT)[0].transactions


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_methods_of_packing(method):
    assert read(testing.zip_archive({"one.xml": CAMT}, method))[0].count == 10


def test_a_member_that_is_there_twice_is_read_twice():
    assert len(read(testing.zip_archive({"one.xml": CAMT, "copy of one.xml": CAMT}))) == 2


def test_a_gzip_is_one_member():
    data = testing.gzipped(CAMT)
    assert detect("x", io.BytesIO(data)).name == "zip"
    (found,) = read(data)
    assert (found.dialect, found.count) == ("camt.053", 10)
    assert names(data) == ["content"]


def test_archives_in_an_archive():
    inner = testing.zip_archive({"b/two.xml": CAMT})
    data = testing.zip_archive({"one.xml": CAMT, "in.zip": inner, "x.gz": testing.gzipped(CAMT)})
    assert names(data) == ["one.xml", "in.zip/b/two.xml", "x.gz/content"]
    assert len(read(data)) == 3
    error = refused(testing.zip_archive({"deep.zip": testing.zip_archive({"in.zip": inner})}))
    assert "nested too deep" in error.message and error.element == "deep.zip/in.zip"
    assert (
        "nested too deep"
        in refused(testing.gzipped(testing.gzipped(testing.gzipped(b"x")))).message
    )


def test_folders_and_what_systems_add_are_passed_over():
    junk = ("folder/", "__MACOSX/._one.xml", ".DS_Store", "folder/.DS_Store", "Thumbs.db", "._one")
    data = testing.zip_archive({**dict.fromkeys(junk, b""), "folder/one.xml": CAMT})
    assert names(data) == ["folder/one.xml"]


def test_members_are_seekable_streams():
    data = testing.zip_archive({"one.xml": CAMT, "two.csv": CSV})
    for (name, member), expected in zip(members(io.BytesIO(data)), (CAMT, CSV), strict=True):
        assert member.read() == expected, name
        member.seek(5)
        assert member.read(3) == expected[5:8]


def test_profiles_of_the_caller_are_known_within():
    known = formats_with([profile_from("days", DAYS)])
    stream = io.BytesIO(testing.zip_archive({"days.xml": DAYS_FILE.encode()}))
    events = list(parse(detect("x", stream, known), stream))
    assert events[-1].dialect == "xml/days"
    stream.seek(0)
    with pytest.raises(UnknownFormat):
        list(parse(formats()["zip"], stream))


def test_a_format_that_the_caller_leaves_out_is_left_out_within():
    known = {name: fmt for name, fmt in formats_with([]).items() if name != "csv"}
    known["zip"] = type(known["zip"])(known)
    with pytest.raises(UnknownFormat, match="two.csv"):
        list(parse(known["zip"], io.BytesIO(testing.zip_archive({"two.csv": CSV}))))


@pytest.mark.parametrize("extra", [b"just a note", b"", b"PK", b"<html></html>"])
def test_a_member_that_no_format_knows_refuses_the_archive(extra):
    error = refused(testing.zip_archive({"one.xml": CAMT, "note.txt": extra}))
    assert isinstance(error, UnknownFormat)
    assert error.message.startswith("note.txt: ") and error.element == "note.txt"


def test_a_members_error_names_it_and_keeps_its_place():
    broken = CAMT.replace(b"<Dt>2024-01-03</Dt>", b"<Dt>2024-13-03</Dt>")
    error = refused(testing.zip_archive({"ok.xml": CAMT, "in/bad.xml": broken}))
    assert isinstance(error, InvalidStatement)
    assert error.message.startswith("in/bad.xml: The date")
    assert error.element.startswith("in/bad.xml, Stmt[1]/Ntry[3]")
    assert error.line and error.found == "2024-13-03"


@pytest.mark.parametrize("files", [{}, {"folder/": b""}, {".DS_Store": b"x"}])
def test_an_archive_without_a_statement(files):
    assert "no statement" in refused(testing.zip_archive(files)).message


@pytest.mark.parametrize("first", ["[Content_Types].xml", "mimetype", "_rels/.rels", "xl/a.xml"])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_office_documents_are_not_claimed(first, method):
    for files in ({first: b"x" * 300, "a.xml": CAMT}, {"a.xml": CAMT, first: b"x"}):
        data = testing.zip_archive(files, method)
        assert not formats()["zip"].sniff("x.xlsx", data)
        # Nor opened when it lies in an archive.
        assert names(testing.zip_archive({"table.xlsx": data})) == ["table.xlsx"]
    streamed = io.BytesIO()
    with zipfile.ZipFile(Unseekable(streamed), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("docs.xml", b"y" * 500)
        archive.writestr(first, b"x")
    assert not formats()["zip"].sniff("x.xlsx", streamed.getvalue())


class Unseekable:
    """What makes a ZIP be written with the sizes behind the data."""

    def __init__(self, stream):
        self.write, self.flush = stream.write, stream.flush


def test_an_archive_written_to_a_pipe():
    streamed = io.BytesIO()
    with zipfile.ZipFile(Unseekable(streamed), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("one.xml", CAMT)
        archive.writestr("two.csv", CSV)
    assert len(read(streamed.getvalue())) == 2


def test_a_stored_document_does_not_hide_an_archive():
    inner = testing.zip_archive({"[Content_Types].xml": b"x"})
    data = testing.zip_archive({"a.xlsx": inner}, zipfile.ZIP_STORED)
    assert formats()["zip"].sniff("x", data)


def test_an_encrypted_member():
    data = bytearray(testing.zip_archive({"one.xml": CAMT}))
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + place] |= 1
    error = refused(bytes(data))
    assert "password" in error.message and error.element == "one.xml"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_unusual_methods(method):
    error = refused(testing.zip_archive({"one.xml": CAMT}, method))
    assert "unusual way" in error.message and error.element == "one.xml"


def test_too_many_members(monkeypatch):
    monkeypatch.setattr(_zip_members, "MAX_MEMBERS", 5)
    files = {f"{number}.xml": CAMT for number in range(6)}
    assert "too many" in refused(testing.zip_archive(files)).message
    nested = {f"{number}.zip": testing.zip_archive({"a": CAMT, "b": CAMT}) for number in range(3)}
    assert "too many" in refused(testing.zip_archive(nested)).message


def test_a_directory_of_millions():
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 100 * MB, 0, 0)
    assert "too many" in refused(b"PK\x03\x04" + bytes(60) + end).message


def test_a_bomb():
    """A small archive that unpacks to far more than statements do."""
    bomb = testing.zip_archive({"bomb.xml": b"<a>" + bytes(70 * MB)})
    assert len(bomb) < MB
    tracemalloc.start()
    try:
        error = refused(bomb)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert "far more" in error.message and error.element == "bomb.xml"
    assert peak < 40 * MB
    assert "far more" in refused(testing.gzipped(b"<a>" + bytes(70 * MB))).message


def test_a_nested_bomb(monkeypatch):
    """Each level is harmless; the budget is one for all."""
    monkeypatch.setattr(_zip_members, "FREE_SIZE", 2 * MB)
    inner = testing.zip_archive({f"{n}.xml": bytes(MB) for n in range(4)})
    bomb = testing.zip_archive({f"{n}.zip": inner for n in range(50)})
    with pytest.raises(InvalidStatement, match="far more"):
        for _ in members(io.BytesIO(bomb)):
            pass


def test_members_that_share_their_data(monkeypatch):
    """Many entries of the directory may point to the same bytes; new Pythons see that too."""
    monkeypatch.setattr(_zip_members, "FREE_SIZE", 2 * MB)
    data = testing.zip_archive({"a.xml": bytes(MB)})
    start = data.index(b"PK\x01\x02")
    end = data.index(b"PK\x05\x06")
    entry = data[start:end]
    record = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 500, 500, 500 * len(entry), start, 0)
    with pytest.raises(InvalidStatement, match="far more|damaged"):
        for _ in members(io.BytesIO(data[:start] + entry * 500 + record)):
            pass


def test_sizes_that_are_too_large(monkeypatch):
    monkeypatch.setattr(_zip_members, "MAX_MEMBER_SIZE", len(CAMT) - 1)
    assert "too large" in refused(testing.zip_archive({"one.xml": CAMT})).message
    assert "too large" in refused(testing.gzipped(CAMT)).message
    monkeypatch.setattr(_zip_members, "MAX_MEMBER_SIZE", MB)
    monkeypatch.setattr(_zip_members, "MAX_TOTAL_SIZE", 3 * len(CAMT))
    assert len(read(testing.zip_archive(dict.fromkeys("abc", CAMT)))) == 3
    assert "too large" in refused(testing.zip_archive(dict.fromkeys("abcd", CAMT))).message


@pytest.mark.parametrize("change", [-1, 1, -5_000, 5_000])
def test_a_size_that_lies(change):
    data = bytearray(testing.zip_archive({"one.xml": CAMT}))
    for signature, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.index(signature) + place
        struct.pack_into("<I", data, at, len(CAMT) + change)
    error = refused(bytes(data))
    assert "damaged" in error.message and error.element == "one.xml"


def test_a_checksum_that_is_wrong():
    data = bytearray(testing.zip_archive({"one.xml": CAMT}, zipfile.ZIP_STORED))
    place = data.index(b"<Amt")
    data[place + 1] ^= 1
    assert "damaged" in refused(bytes(data)).message


@pytest.mark.parametrize(
    "data", [testing.zip_archive({"a": CAMT, "b": CSV}), testing.gzipped(CAMT)]
)
def test_a_cut_archive_is_refused(data):
    for tenth in range(1, 10):
        assert "damaged or cut off" in refused(data[: len(data) * tenth // 10]).message
    assert "damaged or cut off" in refused(data[:-1]).message


def test_an_archive_behind_something_else_or_with_junk_behind_it():
    data = testing.zip_archive({"a": CAMT})
    assert len(read(data + b"\0" * 100)) == 1
    with pytest.raises(UnknownFormat):
        read(b"MZ program" + data)
    assert "damaged" in refused(testing.gzipped(CAMT) + b"junk").message


def test_names_are_never_paths(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    evil = (
        "../../evil.xml",
        "/tmp/evil.xml",
        "C:\\evil.xml",
        "a\0b.xml",
        "\u202eevil",
        "x" * 9_000,
    )
    found = read(testing.zip_archive(dict.fromkeys(evil, CAMT)))
    assert len(found) == len(evil)
    assert not list(tmp_path.iterdir())


def test_ambiguity_within_names_the_member(monkeypatch):
    fmt = formats()["camt.053"]
    twins = {"one": fmt, "two": fmt}
    archive = type(formats()["zip"])(twins)
    with pytest.raises(AmbiguousFormat, match="a.xml: The file could be"):
        list(parse(archive, io.BytesIO(testing.zip_archive({"a.xml": CAMT}))))


@given(statements(TEXT, full=True), st.booleans())
@settings(max_examples=20)
def test_what_is_packed_is_read_back(written, nested):
    data = testing.zip_archive({"a.xml": testing.camt053(written)})
    if nested:
        data = testing.gzipped(data)
    found = read(data)
    assert [item.transactions for item in found] == [
        item.transactions for item in read(testing.camt053(written))
    ]


@given(st.data())
@settings(max_examples=150)
def test_a_damaged_archive_is_read_or_refused(data):
    damaged = bytearray(
        data.draw(
            st.sampled_from(
                [
                    testing.zip_archive({"a.xml": CAMT, "b.csv": CSV}),
                    testing.zip_archive({"in.zip": testing.zip_archive({"a.xml": CAMT})}),
                    testing.gzipped(CAMT),
                ]
            )
        )
    )
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(damaged) - 1))
        if data.draw(st.booleans()):
            damaged[place] = data.draw(st.integers(0, 255))
        else:
            damaged[place : place + data.draw(st.integers(0, 20))] = data.draw(
                st.binary(max_size=6)
            )
    try:
        parse_as("zip", bytes(damaged))
    except StatementError as error:
        assert str(error)


def test_a_hostile_gzip_header():
    header = b"\x1f\x8b\x08\x08" + bytes(6) + b"n" * 1_000_000
    assert "damaged" in refused(header).message
    raw = zlib.compressobj(wbits=-15)
    cut = b"\x1f\x8b\x08\x00" + bytes(6) + raw.compress(CAMT) + raw.flush()
    assert "damaged" in refused(cut).message
