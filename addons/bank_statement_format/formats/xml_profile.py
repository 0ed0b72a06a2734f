"""XML of the banks that a profile declares.

Beside ISO 20022, banks have XML of their own. A profile says which root element tells
such a file, and by paths of local names where the account, the balances and the rows
are, and within a row what is what. A path is like Info/iban; @name is an attribute,
../ goes up to what is around a row (such as its day), and / begins at the root.

Profiles are shipped for:

- Fio banka (Czechia, Slovakia): the root AccountStatement, with columns by number. The
  variable symbol is the reference.
- ČSOB (Czechia): the root FINSTA. CR and DR are taken-back credits and debits. The sums
  of the turnovers are not compared, since their signs are not documented.

The file is read in one pass; what was read is freed at once. Refused are: a file that is
cut off or not well-formed, a DOCTYPE, an element that a field needs once and that is
there twice with different texts, rows in another currency than the account's, and a
number or a sum of transactions that contradicts those read. XML without a profile is
refused, naming its root element.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree

from ..errors import AmbiguousFormat, InvalidStatement, UnknownFormat
from ..messages import _
from ..profile import shipped
from ..reader import HEAD_SIZE
from ..registry import ProfiledFormat
from ..types import Event
from ._described import Place, StatementBuilder, Texts, ValueReader
from ._xml import element_names, local_name, read_events
from ._xml_profile_paths import Capture, PathMap
from ._xml_profile_type import XmlProfile

MAX_ROW_ELEMENTS = 10_000
"""Elements within one row; more is no transaction."""

_STANDARDS = ("OFX", "BkToCstmr")
"""How the elements begin by which formats of their own are recognised."""


class XmlByProfile(ProfiledFormat):
    """XML files that one of the profiles recognises."""

    name = "xml"
    label = "XML of a bank"
    recognised_by = "the root element, and others, of exactly one profile"
    extensions = (".xml",)
    profile_kind = "xml"

    def sniff(self, name: str, head: bytes) -> bool:
        return bool(self._candidates(head))

    def parse(self, stream: BinaryIO) -> Iterator[Event]:
        profile = self.profile_of(stream)
        stream.seek(0)
        yield from _Reading(profile).events(stream)

    def profile_of(self, stream: BinaryIO) -> XmlProfile:
        """The one profile that the file fits.

        :raises UnknownFormat: when there is none; names the root element
        :raises AmbiguousFormat: when there are several; the message names them
        """
        stream.seek(0)
        head = stream.read(HEAD_SIZE)
        candidates = self._candidates(head)
        if len(candidates) > 1:
            names = ", ".join(profile.label for profile in candidates)
            raise AmbiguousFormat(_("The XML could be any of: %(names)s", names=names))
        if not candidates:
            raise UnknownFormat(
                _("No profile describes XML with this root element; one can be written"),
                element=next(element_names(head), None),
                expected=" or ".join(p.root for p in self._profiles()) or "a profile",
            )
        return candidates[0]

    def _profiles(self) -> tuple[XmlProfile, ...]:
        return (*self.own_profiles, *shipped(self.profile_kind))

    def _candidates(self, head: bytes) -> list[XmlProfile]:
        """The profiles that fit; the caller's own come before those that are shipped."""
        names = list(element_names(head))
        if not names or any(name.startswith(_STANDARDS) for name in names):
            return []
        for profiles in (self.own_profiles, shipped(self.profile_kind)):
            if found := [p for p in profiles if _fits(p, names, head)]:
                return found
        return []


def _fits(profile: XmlProfile, names: list[str], head: bytes) -> bool:
    if names[0] != profile.root or not set(profile.elements).issubset(names):
        return False
    # The namespace stands in the head as it is, whatever its prefix; UTF-16 has NULs between.
    return not profile.namespace or profile.namespace.encode() in head.replace(b"\0", b"")


class _Reading:
    """One reading of a file: a walk along its elements, with a look at those that matter."""

    def __init__(self, profile: XmlProfile):
        self._profile = profile
        self._map = PathMap(profile)
        self._values = ValueReader(profile)
        self._capture = Capture()
        self._builder: StatementBuilder | None = None
        self._statements = self._rows = 0

    def events(self, stream: BinaryIO) -> Iterator[Event]:
        # The node of the map for each element that is open, None where nothing is wanted.
        nodes: list = []
        row, elements = None, 0
        for event, element in read_events(stream, ("*",)):
            if event == "start":
                node = self._enter(nodes, element)
                nodes.append(node)
                if row is not None:
                    elements += 1
                    if elements > MAX_ROW_ELEMENTS:
                        raise self._place(row).wrong(
                            _("The row is too large"),
                            "elements",
                            _("at most %(most)s", most=MAX_ROW_ELEMENTS),
                            "",
                        )
                elif node is not None and node.is_row:
                    row, elements = element, 0
                continue
            node = nodes.pop()
            if node is not None:
                self._capture.text(node, element)
            if element is row:
                yield self._read_row(row)
                row = None
            elif node is not None and node.is_statement:
                yield self._finish(element)
            if row is None:
                _forget(element)
        if not self._statements:
            raise InvalidStatement(
                _("The file contains no statement"),
                element=self._profile.root,
                expected=self._profile.statement or self._profile.root,
                found="",
            )

    def _enter(self, nodes: list, element):
        """The node of the map for an element that opens."""
        if not nodes:
            if local_name(element) != self._profile.root:
                raise Place("", element.sourceline).wrong(
                    _("The root element is another one"), "root", self._profile.root, element.tag
                )
            node = self._map.root
        else:
            node = nodes[-1] and nodes[-1].child(element.tag)
        if node is None:
            return None
        if node.is_statement:
            self._statements += 1
            self._rows = 0
            self._builder = None
        self._capture.enter(node, element)
        return node

    def _read_row(self, row):
        place = self._place(row, self._rows + 1)
        if self._builder is None:
            header = self._capture.header(self._profile.header)
            currency = self._values.currency(header, "currency", place)
            self._builder = StatementBuilder(self._profile, self._values, currency)
        self._rows += 1
        raw = etree.tostring(row, encoding="unicode", with_tail=False)
        return self._builder.add(self._capture.row(self._profile.fields), raw, place)

    def _finish(self, element):
        header: Texts = self._capture.header(self._profile.header)
        place = self._place(element)
        builder = self._builder or StatementBuilder(self._profile, self._values, None)
        self._builder = None
        return builder.finish(header, place)

    def _place(self, element, row: int = 0) -> Place:
        where = f"{local_name(element)}[{row or self._statements}]"
        return Place(where, element.sourceline)


def _forget(element) -> None:
    """Drop a finished element's content and those before it, so that memory stays flat."""
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while parent[0] is not element:
            del parent[0]
