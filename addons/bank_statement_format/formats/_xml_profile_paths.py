"""Which elements of a bank's XML matter, and the texts that were found there."""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import InvalidStatement
from ..messages import _
from ._described import Texts
from ._xml_profile_type import XmlProfile

JOINED = ("name", "remittance")
"""Fields whose texts are joined when there are several."""

Paths = Mapping[str, tuple[str, ...]]

_ROW, _HEADER = "row", "header"


class Node:
    """An element that is wanted: for its text, its attributes, or what is within it."""

    __slots__ = ("_by_tag", "_children", "about", "attributes", "is_row", "is_statement", "keys")

    def __init__(self):
        self._children: dict[str, Node] = {}
        # By full tag, so that a namespace is resolved once per file and not once per element.
        self._by_tag: dict[str, Node | None] = {}
        self.keys: list[tuple] = []
        self.attributes: dict[str, list[tuple]] = {}
        self.is_row = self.is_statement = False
        # Keys about this element: what was found before it opened is about an earlier one.
        self.about: list[tuple] = []

    def child(self, tag: str) -> Node | None:
        try:
            return self._by_tag[tag]
        except KeyError:
            node = self._by_tag[tag] = self._children.get(tag.rpartition("}")[2])
            return node

    def make(self, name: str) -> Node:
        return self._children.setdefault(name, Node())


class PathMap:
    """A profile's paths as one tree of nodes below the root."""

    def __init__(self, profile: XmlProfile):
        self.root = Node()
        statement = _steps(profile.statement)
        row = statement + _steps(profile.row)
        self._node(statement).is_statement = True
        self._node(row).is_row = True
        for scope, base, paths in (
            (_HEADER, statement, profile.header),
            (_ROW, row, profile.fields),
        ):
            for key, several in paths.items():
                for path in several:
                    self._want(base, path, (scope, key, path))

    def _want(self, base: tuple[str, ...], path: str, key: tuple) -> None:
        steps = _resolved(base, path)
        attribute = steps[-1].startswith("@")
        elements = steps[:-1] if attribute else steps
        node = self._node(elements)
        if attribute:
            node.attributes.setdefault(steps[-1][1:], []).append(key)
        else:
            node.keys.append(key)
        self._node(_common(base, elements)).about.append(key)

    def _node(self, steps) -> Node:
        node = self.root
        for step in steps:
            node = node.make(step)
        return node


def _steps(path: str) -> tuple[str, ...]:
    return tuple(step for step in path.split("/") if step not in ("", "."))


def _resolved(base: tuple[str, ...], path: str) -> tuple[str, ...]:
    """The steps from the root to where a path leads."""
    steps = [] if path.startswith("/") else list(base)
    for step in _steps(path):
        if step == "..":
            steps = steps[:-1]
        else:
            steps.append(step)
    return tuple(steps)


def _common(base: tuple[str, ...], steps: tuple[str, ...]) -> tuple[str, ...]:
    """How far two ways from the root are the same."""
    length = 0
    for ours, theirs in zip(base, steps, strict=False):
        if ours != theirs:
            break
        length += 1
    return base[:length]


class Capture:
    """The texts found so far, by scope, field and path."""

    def __init__(self):
        self._found: dict[tuple, list[str]] = {}

    def enter(self, node: Node, element) -> None:
        """An element opens: forget what was about an earlier one, read its attributes."""
        for key in node.about:
            self._found.pop(key, None)
        for name, keys in node.attributes.items():
            text = _attribute(element, name)
            for key in keys if text else ():
                self._keep(key, text, element)

    def text(self, node: Node, element) -> None:
        """An element closes: keep its text where that is wanted."""
        for key in node.keys:
            text = (element.text or "").strip()
            if len(element) and key[1] in JOINED:
                text = " ".join("".join(element.itertext()).split())
            elif len(element) and text:
                raise _refusal(
                    _("There are elements within the text"), key, element, _("a text"), text
                )
            if text:
                self._keep(key, text, element)

    def _keep(self, key: tuple, text: str, element) -> None:
        found = self._found.setdefault(key, [])
        if not found or key[1] in JOINED:
            found.append(text)
        elif found[0] != text:
            raise _refusal(
                _("It is given twice"),
                key,
                element,
                _("only %(found)s", found=repr(found[0][:80])),
                text,
            )

    def row(self, fields: Paths) -> Texts:
        return self._texts(_ROW, fields)

    def header(self, fields: Paths) -> Texts:
        return self._texts(_HEADER, fields)

    def _texts(self, scope: str, fields: Paths) -> Texts:
        texts = {}
        for key, paths in fields.items():
            several = [text for path in paths for text in self._found.get((scope, key, path), ())]
            if key in JOINED:
                # Some banks repeat a text in several elements.
                texts[key] = " ".join(dict.fromkeys(several))
            else:
                texts[key] = several[0] if several else ""
        return texts


def _attribute(element, name: str) -> str:
    """An attribute's text by its local name."""
    if (text := element.get(name)) is not None:
        return text.strip()
    for full_name, text in element.items():
        if full_name.rpartition("}")[2] == name:
            return text.strip()
    return ""


def _refusal(message: str, key: tuple, element, expected: str, found: str) -> InvalidStatement:
    return InvalidStatement(
        message, line=element.sourceline, element=key[2], expected=expected, found=found
    )
