"""What is found out about an unknown table, step by step, and what a person is asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ._table_columns import Column, Table, label


@dataclass(frozen=True)
class Question:
    """What a person has to decide, since the rows do not.

    :ivar choices: values and what they mean in words
    """

    key: str
    text: str
    choices: tuple[tuple[str, str], ...]


@dataclass
class Finding:
    """What was found out: a draft of a profile, and what it takes to finish it."""

    draft: dict[str, Any]
    questions: list[Question] = field(default_factory=list)
    header_line: int | None = None
    problem: str | None = None


class Clues:
    """What the steps share: the table, the answers, and what is known so far.

    :ivar roles: which columns are what
    :ivar extra: all else that a profile of the table says
    """

    def __init__(self, table: Table, answers: dict[str, str]):
        self.table = table
        self.answers = answers
        self.questions: list[Question] = []
        self.roles: dict[str, list[Column]] = {}
        self.extra: dict[str, Any] = {}
        self.header = list(table.top.titles) or [
            f"#{number}" for number in range(1, table.top.width + 1)
        ]

    def _ask(self, key: str, text: str, *choices: tuple[str, str]) -> str | None:
        """The answer to a question, if it was given."""
        answer = self.answers.get(key)
        if answer in [value for value, _ in choices]:
            return answer
        self.questions.append(Question(key, text, choices))
        return None

    def _ask_column(self, key: str, text: str, columns: list[Column]) -> Column | None:
        names = {self.table.reference(column): column for column in columns}
        labels = [(name, label(column)) for name, column in names.items()]
        answer = self._ask(key, text, *labels)
        return names[answer] if answer else None
