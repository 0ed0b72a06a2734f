"""What can be wrong with a file, told so that a person can mend it."""

from __future__ import annotations

from .messages import Translate, _, said


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
        return self.in_words(str)

    def in_words(self, translate: Translate) -> str:
        """All of it in one sentence."""
        parts = [said(self.message, translate)]
        if self.element:
            parts.append(translate(_("in %s")) % said(self.element, translate))
        if self.expected:
            parts.append(translate(_("expected %s")) % said(self.expected, translate))
        if self.found is not None:
            parts.append(translate(_("found %s")) % repr(self.found))
        sentence = ", ".join(parts)
        if not self.line:
            return sentence
        return translate(_("line %(line)s: %(what)s")) % {"line": self.line, "what": sentence}

    def translated(self, translate: Translate) -> StatementError:
        """The same in another language, but for what stands in the file.

        :param translate: gives the text of an English message, or the message itself
        """
        other = type(self).__new__(type(self))
        other.__dict__ = dict(self.__dict__)
        other.message = said(self.message, translate)
        other.element = said(self.element, translate)
        other.expected = said(self.expected, translate)
        return other


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

    def translated(self, translate: Translate) -> UnclearLayout:
        other = super().translated(translate)
        other.questions = tuple(said(question, translate) for question in self.questions)
        return other
