"""Reading XML from strangers: streaming, without entities, and by local names."""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import BinaryIO

from lxml import etree

from ..errors import InvalidStatement
from ..messages import _
from ._values import AMOUNT_DECIMALS, AMOUNT_DIGITS, plausible_date

Found = dict[str, list]
"""What :meth:`Paths.collect` found: elements by key, in document order."""

Event = tuple[str, etree._Element]

CHUNK = 64 * 1024
"""How many bytes of a file are read at once."""

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_NO_BOM = ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
_COMMENT = re.compile(r"<!--.*?(-->|$)", re.DOTALL)
_ELEMENT = re.compile(r"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)[\s/>]")
_POSITION = re.compile(r",? line \d+.*$", re.DOTALL)
_AMOUNT = re.compile(
    rf"\+?(?:[0-9]{{1,{AMOUNT_DIGITS}}}(?:\.[0-9]{{0,{AMOUNT_DECIMALS}}})?"
    rf"|\.[0-9]{{1,{AMOUNT_DECIMALS}}})"
)
_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:T[0-9:.,]+)?(?:Z|[+-]\d{2}:?\d{2})?", re.ASCII)


def element_names(head: bytes) -> Iterator[str]:
    """Local names of the elements that a file's first bytes open; none when it is not XML."""
    text = _COMMENT.sub("", _decode(head)).lstrip("\ufeff \t\r\n")
    if text.startswith("<"):
        for match in _ELEMENT.finditer(text):
            yield match[1]


def _decode(head: bytes) -> str:
    for mark, encoding in _BOMS + _NO_BOM:
        if head.startswith(mark):
            return head.decode(encoding, "replace")
    return head.decode("latin-1")


def local_name(element) -> str:
    """The element's tag without its namespace."""
    return element.tag.rpartition("}")[2]


class Document:
    """An XML document that is fed piece by piece, and whose elements come out as events.

    An event is ``("start" | "end", element)``. A DOCTYPE is refused as soon as any of
    the names is met.

    :param names: the local names of the elements to tell about; the usual root first
    """

    def __init__(self, names: tuple[str, ...]):
        self._doctype_checked = False
        self._parser = etree.XMLPullParser(
            events=("start", "end"),
            tag=[f"{{*}}{name}" for name in names],
            # A comment would split the text around it; neither carries data.
            remove_comments=True,
            remove_pis=True,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
        )

    def feed(self, data: bytes) -> Iterator[Event]:
        """What is known once these bytes have been read as well.

        :raises InvalidStatement: for what is not well-formed
        """
        return self._events(self._parser.feed, data)

    def close(self) -> Iterator[Event]:
        """What the end of the document tells.

        :raises InvalidStatement: when the document is not complete
        """
        return self._events(self._parser.close)

    def _events(self, advance, *args) -> Iterator[Event]:
        problem = None
        try:
            advance(*args)
        except etree.LxmlError as error:
            problem = error
        # What comes before the broken place may be wrong for a reason that says more.
        for event, element in self._parser.read_events():
            if not self._doctype_checked:
                self._refuse_doctype(element)
            yield event, element
        if problem is not None:
            raise InvalidStatement(
                _(
                    "The XML is broken or cut off (%(position)s)",
                    position=_POSITION.sub("", problem.msg or str(problem)),
                ),
                line=getattr(problem, "lineno", None),
                expected=_("one complete, well-formed XML document"),
            ) from problem

    def _refuse_doctype(self, element) -> None:
        self._doctype_checked = True
        if element.getroottree().docinfo.internalDTD is not None:
            raise InvalidStatement(
                _("The file declares a DOCTYPE, which bank statements never need"),
                line=element.sourceline,
                element="DOCTYPE",
                expected=_("XML without a DOCTYPE"),
            )


def read_events(stream: BinaryIO, names: tuple[str, ...]) -> Iterator[Event]:
    """The events of a whole :class:`Document`."""
    document = Document(names)
    while data := stream.read(CHUNK):
        yield from document.feed(data)
    yield from document.close()


class Paths(dict):
    """A prepared look-up of many paths below an element, by local names, in one walk.

    Maps a full tag, once seen, to ``(key, Paths below)``, so that namespaces are
    resolved once per document and not once per element.
    """

    def __init__(self, paths: dict[str, str]):
        """:param paths: keys by path, like ``{"Acct/Id/IBAN": "iban"}``"""
        super().__init__()
        children: dict[str, tuple[str | None, dict[str, str]]] = {}
        for path, key in paths.items():
            name, _skipped, rest = path.partition("/")
            own, below = children.get(name, (None, {}))
            if rest:
                below[rest] = key
            else:
                own = key
            children[name] = (own, below)
        self._children = {
            name: (own, Paths(below) if below else None) for name, (own, below) in children.items()
        }

    def __missing__(self, tag):
        step = self[tag] = self._children.get(tag.rpartition("}")[2])
        return step

    def step(self, name: str) -> tuple[str | None, Paths | None] | None:
        """The key at a child of this local name, and the paths below it."""
        return self._children.get(name)

    def collect(self, element, until=None, found: Found | None = None) -> Found:
        """The elements at the paths, by key, in document order.

        :param until: the child before which to stop; None for all
        """
        if found is None:
            found = {}
        for child in element:
            if child is until:
                break
            step = self[child.tag]
            if step is None:
                continue
            key, below = step
            if key is not None:
                if key in found:
                    found[key].append(child)
                else:
                    found[key] = [child]
            if below is not None:
                below.collect(child, None, found)
        return found


def first_text(found: Found, key: str) -> str | None:
    """The first non-empty text at a key, trimmed."""
    for element in found.get(key, ()):
        text = (element.text or "").strip()
        if text:
            return text
    return None


def refusal(message: str, element, where: str, expected: str | None = None) -> InvalidStatement:
    """An error that names the element, its line and its text."""
    return InvalidStatement(
        message,
        line=element.sourceline,
        element=where,
        expected=expected,
        found=(element.text or "").strip(),
    )


def single(found: Found, key: str, parent, where: str):
    """The one element at a key.

    :raises InvalidStatement: when it is missing or repeated
    """
    elements = found.get(key, ())
    if len(elements) == 1:
        return elements[0]
    if elements:
        raise refusal(
            _("%(where)s occurs %(count)s times", where=where, count=len(elements)),
            elements[1],
            where,
            _("it once"),
        )
    raise missing(parent, where)


def missing(parent, where: str) -> InvalidStatement:
    """An error for something required that ``parent`` does not contain."""
    return missing_on_line(parent.sourceline, where)


def missing_on_line(line: int, where: str, expected: str | None = None) -> InvalidStatement:
    """An error for something required that an element, which starts on that line, lacks."""
    return InvalidStatement(
        _("A required element is missing or empty"),
        line=line,
        element=where,
        expected=expected or where.rpartition("/")[2],
        found="",
    )


def unsigned_amount(element, where: str) -> Decimal:
    """The amount in an element; see :func:`amount_from`."""
    amount = None if len(element) else amount_from((element.text or "").strip())
    if amount is None:
        raise refusal(
            _("The amount is not readable"), element, where, _("digits and a decimal point")
        )
    return amount


def amount_from(text: str) -> Decimal | None:
    """An amount as ISO 20022 writes it: no sign, no exponent, a decimal point."""
    return Decimal(text) if _AMOUNT.fullmatch(text) else None


def date_of(element, where: str) -> datetime.date:
    """The day in an element; see :func:`date_from`."""
    try:
        return date_from((element.text or "").strip())
    except ValueError as error:
        raise refusal(
            _("The date is not readable (%(error)s)", error=error), element, where, "YYYY-MM-DD"
        ) from None


@functools.lru_cache(maxsize=4096)
def date_from(text: str) -> datetime.date:
    """The day of an ISO date or date and time, as written (time zones are not converted).

    :raises ValueError: for anything else, and for days no statement can be about
    """
    match = _DATE.fullmatch(text)
    if not match:
        raise ValueError("not an ISO date")
    return plausible_date(datetime.date.fromisoformat(match[1]))
