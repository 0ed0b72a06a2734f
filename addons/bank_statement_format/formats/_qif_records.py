"""QIF as records under headings, read from a stream."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..errors import InvalidStatement
from ..messages import _

MAX_RECORD = 256 * 1024
"""Characters of a record; more is no statement."""

_CHUNK = 1 << 16
_MONEY = frozenset(("bank", "cash", "ccard", "invoice", "otha", "othl"))
_INVESTMENTS = frozenset(("401(k)/403(b)", "inv", "invst", "mutual", "port"))
_NO_FIELD = frozenset(("", "!", "#", "\r", "\t", " "))
"""How blank lines, headings and comments begin."""

_LISTS = frozenset(
    ("bill", "budget", "cat", "class", "memorized", "prices", "security", "tag", "template")
)


@dataclass(slots=True)
class Section:
    """The records under one heading ``!Type:``.

    ``account`` is the name in the last ``!Account`` before it, if that named a single one.
    """

    line: int
    account: str = ""
    investments: bool = False


@dataclass(slots=True)
class Record:
    """The lines of a transaction without the end sign, and the line that it begins on.

    ``ended`` is False for the last record of a file when its end sign is missing.
    """

    section: Section
    line: int
    lines: list[str]
    ended: bool


_OF_A_TRANSACTION = re.compile(r"[PM]|[TU][-+]?[0-9.,']+\s*$")
"""Payee, memo and amount, which an account's record never has."""


class _Context:
    """What the headings have said so far."""

    def __init__(self):
        self.section: Section | None = None
        self.lists_accounts = False
        self.accounts: list[str] = []

    def read(self, heading: str, line: int) -> None:
        """Take a line that begins with an exclamation mark.

        :raises InvalidStatement: for headings that are unknown
        """
        name, _skipped, kind = heading[1:].partition(":")
        name, kind = name.strip().lower(), "".join(kind.split()).lower()
        if name == "type" and kind not in _LISTS:
            if kind not in _MONEY | _INVESTMENTS:
                raise InvalidStatement(
                    _("The type of the section is unknown"),
                    line=line,
                    expected=_("Bank, Cash, CCard, Oth A, Oth L, Invst or a list"),
                    found=heading,
                )
            # A list of several accounts does not say which one is meant.
            account = self.accounts[0] if len(self.accounts) == 1 else ""
            self.section = Section(line, account, kind in _INVESTMENTS)
        elif name not in ("type", "account", "option", "clear"):
            raise InvalidStatement(
                _("The heading is unknown"),
                line=line,
                expected=_("!Type, !Account, !Option or !Clear"),
                found=heading,
            )
        else:
            self.section = None
        self.lists_accounts = name == "account"
        if name in ("account", "clear"):
            self.accounts = []


def records(text: io.TextIOBase) -> Iterator[Section | Record]:
    """The sections that hold transactions, each followed by its records.

    :raises InvalidStatement: for what no QIF file contains, and when it was cut off
    """
    context = _Context()
    for line, lines, ended in _blocks(text):
        if lines[0][:1] in _NO_FIELD:
            headings = _headings(lines, in_section=context.section is not None)
            for position, heading in enumerate(headings):
                if heading.startswith("!"):
                    context.read(heading.strip(), line + position)
                    if context.section is not None:
                        yield context.section
            del lines[: len(headings)]
            line += len(headings)
            if not lines:
                continue
        if context.section is not None:
            yield Record(context.section, line, lines, ended)
        elif ended:
            _read_list(context, lines, line)
        else:
            raise cut_off(line)


def _headings(lines: list[str], *, in_section: bool) -> list[str]:
    """The lines before those of the record: headings, blank ones, and comments before sections."""
    headings: list[str] = []
    for line in lines:
        if not _is_blank_or_heading(line) or (in_section and line.startswith("#")):
            break
        in_section |= line.startswith("!")
        headings.append(line)
    return headings


def _is_blank_or_heading(line: str) -> bool:
    return line[:1] in ("!", "#") or not line.strip()


def _read_list(context: _Context, lines: list[str], line: int) -> None:
    for number, text in enumerate(lines):
        if text.startswith("!"):
            raise InvalidStatement(
                _("A record does not end before the next heading"),
                line=line + number,
                expected="^",
                found=text,
            )
        if not context.lists_accounts:
            continue
        if _OF_A_TRANSACTION.match(text):
            raise InvalidStatement(
                _("A transaction stands in a list of accounts"),
                line=line + number,
                expected=_("a heading like !Type:Bank before it"),
                found=text,
            )
        if text.startswith("N"):
            context.accounts.append(text[1:].strip())


def cut_off(line: int) -> InvalidStatement:
    """The error about a record that lacks its end sign."""
    return InvalidStatement(
        _("The file ends within a record, so it was cut off"), line=line, expected="^"
    )


def _blocks(text: io.TextIOBase) -> Iterator[tuple[int, list[str], bool]]:
    """The lines between end signs: the number of the first one, and whether an end sign follows."""
    rest, line, single = "\n", 0, None
    while chunk := text.read(_CHUNK):
        if single is None:
            single = "\r" in chunk and "\n" not in chunk
        if single:
            chunk = chunk.replace("\r", "\n")
        data = rest + chunk
        if "\0" in chunk:
            place = line + data[: data.index("\0")].count("\n")
            raise InvalidStatement(
                _("The file contains NUL characters"), line=place, expected=_("text")
            )
        blocks = data.split("\n^")
        rest = blocks.pop()
        if len(rest) > MAX_RECORD:
            place = line + sum(block.count("\n") + 1 for block in blocks) + 1
            raise InvalidStatement(
                _("The record is too long"),
                line=place,
                expected=_("at most %(most)s characters", most=MAX_RECORD),
            )
        for block in blocks:
            lines = _lines(block, line)
            yield line + 1, lines, True
            line += block.count("\n") + 1
    yield line + 1, _lines(rest, line), False


def _lines(block: str, line: int) -> list[str]:
    lines = block.split("\n")
    # What is left of the line with the end sign, which some programs write twice.
    first = lines.pop(0)
    if first and first.strip("^ \t\r\ufeff"):
        raise InvalidStatement(
            _("There is something behind the end of a record"), line=line, expected="^", found=first
        )
    return lines or [""]
