"""Which rows of a table belong to which account and currency."""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import NamedTuple

from ..errors import InvalidStatement
from ..messages import _
from ._table_layout import broken
from ._table_profile import told_by
from ._table_row import Getter, RowReader, first_of
from ._table_sheet import Sheet
from ._table_source import Row
from ._table_values import currency_beside, currency_of, undressed
from ._values import is_currency


class Key(NamedTuple):
    """What a Statement is about: rows of another account or currency are another one's."""

    account: str
    currency: str | None


class Keys:
    """Which rows belong to which account and currency."""

    def __init__(self, sheet: Sheet):
        self._sheet = sheet
        profile = sheet.profile
        told = {*profile.columns, *told_by(profile.preamble)}
        self._account_told = "account" in told
        self._currency_told = "currency" in told
        self._by_row = bool({"account", "currency"} & set(profile.columns)) or not (
            self._currency_told or profile.currency
        )

    def mixed(self) -> list[Key]:
        """The keys of a file whose accounts' rows are mixed; reads it all.

        :raises InvalidStatement: when balances around the rows can be of several accounts
        """
        seen: dict[Key, None] = {}
        interleaved, last, reader = False, None, None
        for row in self._sheet.rows():
            if reader is None:
                reader, key_of = RowReader(self._sheet), self.reader()
            if reader.skips(row.cells):
                continue
            key = key_of(row)
            if key != last:
                interleaved |= key in seen
                seen[key] = None
                last = key
        if len(seen) > 1 and {"opening", "closing"} & set(self._sheet.fields):
            raise InvalidStatement(_("Balances around the rows can be of one account only"))
        return list(seen) if interleaved else []

    def reader(self) -> Callable[[Row], Key]:
        """A function that tells a row's key; to be made when the header has been read."""
        if not self._by_row:
            return self._same_key()
        positions = self._sheet.layout.positions
        places = [*positions.get("account", ()), *positions.get("currency", ())]
        accounts = len(positions.get("account", ()))
        amounts = self._amount_getters()
        known: dict[object, Key] = {}
        told = itemgetter(*places) if places else None

        def key_of(row: Row) -> Key:
            cells = row.cells
            raw = told(cells) if told else None
            if amounts:
                raw = (raw, *(currency_beside(get(cells)) for get in amounts))
            key = known.get(raw)
            if key is None:
                texts = [cells[place] for place in places]
                account = next(filter(None, texts[:accounts]), "" if accounts else None)
                currency = next(filter(None, texts[accounts:]), "" if texts[accounts:] else None)
                beside = next(filter(None, raw[1:]), None) if amounts else None
                key = known[raw] = self._key(row, account, currency, beside)
            return key

        return key_of

    def _same_key(self) -> Callable[[Row], Key]:
        """For files whose rows are all about one account."""
        only: list[Key] = []

        def key_of(row: Row) -> Key:
            if not only:
                only.append(self._key(row, None, None, None))
            return only[0]

        return key_of

    def _amount_getters(self) -> list[Getter]:
        """Where the currency can only stand beside the amounts, the amounts."""
        layout, profile = self._sheet.layout, self._sheet.profile
        if self._currency_told or profile.currency or layout.currency:
            return []
        names = [name for name in ("amount", "debit", "credit") if name in layout.positions]
        return [first_of(layout.positions[name]) for name in names]

    def _key(self, row: Row, account: str | None, currency: str | None, beside: str | None) -> Key:
        """The account and currency that the row belongs to, by what its cells say.

        :param beside: the currency beside its amount

        :raises InvalidStatement: when the row or the preamble should say and does not
        """
        profile, layout = self._sheet.profile, self._sheet.layout
        if account is None:
            account = self._told("account")
        if account and '"' in undressed(account):
            raise broken(
                _("The account has a quote in it"), row, _("a quote on both sides or none")
            )
        if not account and profile.account is None and self._account_told:
            raise broken(_("The account is not given"), row, _("the account"))
        if currency is None:
            currency = self._told("currency")
        currency = currency or profile.currency or layout.currency or ""
        if not currency and not self._currency_told:
            return Key(undressed(account) or profile.account or "", beside)
        code = currency_of(currency)
        if not is_currency(code):
            message = _("The currency is missing or unreadable")
            raise broken(message, row, _("three capital letters"), currency)
        return Key(undressed(account) or profile.account or "", code)

    def _told(self, name: str) -> str:
        return self._sheet.fields.get(name, ("", 0))[0]

    def of_empty_file(self) -> Key | None:
        """What a file without rows is about, if it can be told."""
        profile, layout = self._sheet.profile, self._sheet.layout
        if layout is None:
            return None
        account = self._told("account") or profile.account or ""
        if not account and self._account_told:
            return None
        currency = self._told("currency") or profile.currency or layout.currency or ""
        return Key(account, currency_of(currency))
