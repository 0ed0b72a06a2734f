"""Whether the rows of an unknown table say that they are pending, booked, or were never paid."""

# ruff: noqa: SIM905  (lists of words read best as plain text)

from __future__ import annotations

import re

from ..messages import _
from ._table_clues import Clues
from ._table_columns import Column, label
from ._table_titles import DEAD_WORDS, PENDING_WORDS, plain_title

_BOOKED = frozenset(
    """booked posted settled cleared contabilizzato contabilizzata contabilizado contabilizada
    gebucht verbucht geboekt comptabilise comptabilisee comptabilises zaksiegowana zaksiegowano
    zaksiegowany bokford bokfort bogfort zauctovano zauctovana kirjattu""".split()
)
"""What says that a payment is in the books; with a "not" before it, it is still to come."""

_DONE = _BOOKED | frozenset(
    """completed complete done executed succeeded success successful paid processed received
    sent book ok closed reconciled erledigt abgeschlossen erfolgreich gezahlt bezahlt
    ausgefuhrt erhalten
    zrealizowana zrealizowano zrealizowany zakonczona wykonana wykonano eseguito eseguita
    completato completata ejecutado ejecutada completado completada realizado realizada
    effectue effectuee execute executee termine terminee uitgevoerd voltooid verwerkt
    genomford utford gennemfort gjennomfort provedeno provedena""".split()
)
_PENDING = PENDING_WORDS | frozenset(
    """vorgemerkte vorgemerkter unbooked uncleared unsettled ungebucht behandeling attesa attente
    realizacji trakcie sospeso oczekujace oczekujacy rezerwacji preautorizado provisional
    provisorisch vorlaufig gereserveerde reservert reserveret ceka cekajici autorizzato autorizzata
    autorisiert vorlaeufig reservation avvaktar varaus""".split()
)
_DEAD = DEAD_WORDS | frozenset(
    """odrzucony anulowano anulowany annullata rifiutato rifiutata refuse refusee annule annulee
    rechazada cancelado cancelada geannuleerd returned aborted abgebrochen""".split()
)
_NOT = frozenset("nicht noch not non no nie niet ej ikke inte ne pas nog yet".split())
_WAYS = {"pending": _PENDING, "dead": _DEAD, "booked": _DONE}

_CHOICES = (
    ("booked", _("the money has moved")),
    ("pending", _("it is still to come")),
    ("dead", _("it never will, so these rows can be left out")),
)


def status_of(value: str) -> str | None:
    """What a status means: booked, pending or dead (never paid); None for one that nobody knows.

    >>> status_of("Umsatz vorgemerkt"), status_of("Non contabilizzato"), status_of("Phase 2")
    ('pending', 'pending', None)
    """
    words = set(plain_title(value).split())
    if words & _NOT:
        return "pending" if words & _BOOKED and not words & (_PENDING | _DEAD) else None
    ways = [way for way, known in _WAYS.items() if words & known]
    return ways[0] if len(ways) == 1 else None


class StatusClues(Clues):
    """Finds the column that says whether a row is booked."""

    def _find_status(self) -> None:
        taken = sum(self.roles.values(), [])
        titled = [c for c in self.table.with_role("status") if c.surety == 3 and c not in taken]
        for column in titled:
            if column.values and not _says_something_else(column):
                self._take_status(column)
                return
        for column in self.table.columns:
            if column not in taken and column.values and _is_status(column):
                self._take_status(column)
                return

    def _take_status(self, column: Column) -> None:
        ways: dict[str | None, list[str]] = {}
        for value in sorted(column.values):
            ways.setdefault(status_of(value), []).append(value)
        if unknown := ways.pop(None, None):
            answer = self._ask(
                "status",
                _(
                    "What does the column %(column)s say of a row with %(values)s?",
                    column=label(column),
                    values=" or ".join(map(repr, unknown[:10])),
                ),
                *_CHOICES,
            )
            if answer:
                ways[answer] = sorted([*ways.get(answer, ()), *unknown])
        if "dead" in ways:
            self.extra.setdefault("skip", {})[self.table.reference(column)] = ways["dead"]
        told = column.filled == self.table.data_rows and "booked" in ways
        if "pending" in ways or told:
            # Where all rows are booked, the next file may have others: those must not be taken
            # for booked ones.
            self.roles["status"] = [column]
            self.extra["pending"] = ways.get("pending", ["pending"])
        if told:
            self.extra["booked"] = ways["booked"]


def _says_something_else(column: Column) -> bool:
    """Whether it holds numbers or dates, or codes of two letters: those of the states of a land."""
    codes = all(re.fullmatch("[a-z]{2}", value) for value in column.values)
    known = any(map(status_of, column.values))
    return column.is_numbers or column.is_dates or (codes and not known)


def _is_status(column: Column) -> bool:
    """Whether a column of any title says of rows whether they are pending, and nothing else."""
    ways = {status_of(value) for value in column.values if len(value.split()) <= 3}
    short = all(len(value.split()) <= 3 for value in column.values)
    return short and "pending" in ways and None not in ways and column.role != "name"
