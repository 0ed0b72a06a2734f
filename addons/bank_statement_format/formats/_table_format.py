"""What formats of tables have in common: which profile a file is read with."""

from __future__ import annotations

from collections.abc import Iterable

from ..errors import AmbiguousFormat, UnknownFormat
from ..messages import _
from ..profile import shipped
from ..registry import ProfiledFormat
from ._table_layout import Header
from ._table_profile import TableProfile


class TableFormat(ProfiledFormat):
    """A format whose files are rows below a header."""

    profile_kind = "table"

    def __init__(self, own: Iterable = ()):
        super().__init__(own)
        self._headers: dict[int, Header] = {}

    def profiles(self) -> tuple[TableProfile, ...]:
        """All profiles that are tried."""
        return (*self.own_profiles, *shipped(self.profile_kind))

    @property
    def top_rows(self) -> int:
        """Among how many rows of a file a header is looked for."""
        return 1 + max((profile.lines_before for profile in self.profiles()), default=0)

    def begins(self, profile: TableProfile, top: list[list[str]]) -> bool:
        """Whether the profile's header is where it must be among a file's first rows."""
        header = self._headers.get(id(profile))
        if header is None:
            header = self._headers[id(profile)] = Header(profile)
        if profile.headerless:
            return bool(top) and header.could_be_a_row(top[0])
        return any(header.is_in(cells) for cells in top[: profile.lines_before + 1])

    def best(self, candidates: Iterable[TableProfile]) -> list[TableProfile]:
        """Those of the caller if any, and no one that another one says more exactly."""
        fitting = list(candidates)
        # By identity: a caller's copy of a shipped profile is equal to it, and meant instead.
        ours = set(map(id, self.own_profiles))
        own = [profile for profile in fitting if id(profile) in ours]
        fitting = own or fitting
        return [one for one in fitting if not any(_says_more(other, one) for other in fitting)]

    def only(self, candidates: list[TableProfile]) -> TableProfile:
        """The one profile that fits.

        :raises UnknownFormat: when there is none
        :raises AmbiguousFormat: when there are several; the message names them
        """
        if not candidates:
            raise UnknownFormat(_("No profile recognises the table's header"))
        if len(candidates) > 1:
            names = ", ".join(profile.label for profile in candidates)
            raise AmbiguousFormat(_("The table could be any of: %(names)s", names=names))
        return candidates[0]


def _says_more(one: TableProfile, other: TableProfile) -> bool:
    """Whether one profile's header demands what the other's does, and more."""
    ours, theirs = Header(one).required, Header(other).required
    return ours > theirs or (ours == theirs and one.exact and not other.exact)
