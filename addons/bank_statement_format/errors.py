"""What can be wrong with a file, told so that a person can mend it."""

from __future__ import annotations


class StatementError(Exception):
    """A file that is refused whole.

    :param message: what is wrong, in one sentence
    :param line: line of the file, counted from 1, where it is known
    :param element: XML path, tag or column
    :param expected: what should have been there
    :param found: the offending text, shortened
    """

    def __init__(self, message, *, line=None, element=None, expected=None, found=None):
        super().__init__(message)
        self.message = message
        self.line = line
        self.element = element
        self.expected = expected
        self.found = None if found is None else str(found)[:200]

    def __str__(self) -> str:
        parts = [self.message]
        if self.element:
            parts.append(f"in {self.element}")
        if self.expected:
            parts.append(f"expected {self.expected}")
        if self.found is not None:
            parts.append(f"found {self.found!r}")
        place = f"line {self.line}: " if self.line else ""
        return place + ", ".join(parts)


class UnknownFormat(StatementError):
    """No format recognises the file."""


class AmbiguousFormat(StatementError):
    """More than one format recognises the file; the message names them."""


class InvalidStatement(StatementError):
    """The file claims a format and breaks it."""


class UnclearEncoding(InvalidStatement):
    """The file's characters can be read in several ways; a person has to say which.

    :param readings: the first text that differs, by the name of the encoding
    """

    def __init__(self, message, *, readings, **place):
        super().__init__(message, **place)
        self.readings: dict[str, str] = dict(readings)


class UnclearLayout(InvalidStatement):
    """A table whose columns, dates or amounts can be read in several ways.

    :param questions: what a person has to answer, in words
    """

    def __init__(self, message, *, questions=(), **place):
        super().__init__(message, **place)
        self.questions: tuple[str, ...] = tuple(questions)
